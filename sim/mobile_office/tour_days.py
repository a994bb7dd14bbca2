"""
Owns tours where every place is visited equally often: list every set of places one day can hold, then pick days.

Days of different weeks do not touch each other then, so that the least driving is a set partition, solved exactly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sim.mobile_office.tour_model import SEED, Found, Timed, crew_day_s, whole_seconds, work_s
from sim.mobile_office.tour_types import WEEKLY, WEEKS, TourAsk

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DAYS = 12_000
"""Sets of one size beyond which not all of them are listed."""
KEPT_DAYS = 1_000
"""Sets of one size that are listed then: for every place those with the least driving."""


class _Label(NamedTuple):
    """One way through some places: packed at [s], driven so far [s], whether lunch is taken, order and openings."""

    packed_s: int
    driven_s: int
    lunched: bool
    order: tuple[int, ...]
    start_s: tuple[int, ...]


class _Day(NamedTuple):
    """The best day that visits a set of places: least driving, then soonest back."""

    driven_s: int
    back_s: int
    order: tuple[int, ...]
    start_s: tuple[int, ...]


def is_uniform(ask: TourAsk) -> bool:
    """Return whether every place is visited equally often."""
    return bool((ask.visits_per_month == ask.visits_per_month[0]).all())


def fits_alone(ask: TourAsk, place: int) -> bool:
    """Return whether some day can hold a visit to a place and nothing else, lunch break included."""
    return any(_closed(ask, label) is not None for label in _extended(ask, _start(ask), place))


def find_by_days(ask: TourAsk, effort: float) -> Found | None:
    """
    Return the way with the least driving; None where places are not visited equally often.

    Where there are too many sets to list, only the most promising ones are: the driving is not proven the least then,
    and where they do not do, it is not settled that nothing does.
    """
    if not is_uniform(ask):
        return None
    days, is_whole = _list_days(ask)
    found = _pick_days(ask, list(days.values()), effort)
    if is_whole:
        return found
    return None if found.way is None else replace(found, bound_s=least_driving_s(ask))


def least_driving_s(ask: TourAsk) -> int:
    """Return a bound that no way can beat: every place is reached from its nearest neighbor, weeks 1–4 [s]."""
    into = [w - int(d) - 2 * ask.crew.setup_s for w, d in zip(work_s(ask), ask.dwell_s, strict=True)]
    return sum(int(n) * s for n, s in zip(ask.visits_per_month, into, strict=True))


def _list_days(ask: TourAsk) -> tuple[dict[frozenset[int], _Day], bool]:
    """Return set of places → its best day, smaller sets first, and whether all sets are there."""
    found: dict[frozenset[int], _Day] = {}
    layer: dict[frozenset[int], list[_Label]] = {frozenset(): [_start(ask)]}
    work, most_s, is_whole = work_s(ask), crew_day_s(ask), True
    while layer:
        longer: dict[frozenset[int], list[_Label]] = {}
        for places, labels in layer.items():
            left_s = most_s - sum(work[place] for place in places)
            for place in range(ask.crew.n_places):
                if place not in places and work[place] <= left_s:  # else no order of them fits a day
                    grown = [new for label in labels for new in _extended(ask, label, place)]
                    longer.setdefault(places | {place}, []).extend(grown)
        layer = {places: _undominated(labels) for places, labels in longer.items()}
        best = {p: min(days) for p, kept in layer.items() if (days := _closed_all(ask, kept))}
        if len(best) > MOST_DAYS:
            best, is_whole = _promising(best, ask.crew.n_places), False
        found |= best
        layer = {places: layer[places] for places in best}  # what one day cannot hold, it cannot hold with more
    return found, is_whole


def _promising(best: dict[frozenset[int], _Day], n_places: int) -> dict[frozenset[int], _Day]:
    """Return the sets that are among those with the least driving for one of their places."""
    quota = -(-KEPT_DAYS // n_places)
    seen = [0] * n_places
    kept: dict[frozenset[int], _Day] = {}
    for places, day in sorted(best.items(), key=lambda item: item[1]):
        if any(seen[p] < quota for p in places):
            kept[places] = day
            for p in places:
                seen[p] += 1
    return kept


def _start(ask: TourAsk) -> _Label:
    return _Label(ask.shift_s[0], 0, ask.crew.lunch is None, (), ())


def _extended(ask: TourAsk, label: _Label, place: int) -> Iterator[_Label]:
    """Yield the ways on to one more place, without and with the lunch break before it."""
    crew = ask.crew
    drive = int(crew.drive_s[label.order[-1] if label.order else crew.n_places, place])
    setting_up = label.packed_s + drive
    yield from _opened(ask, label, place, drive, setting_up, lunched=label.lunched)
    if not label.lunched and crew.lunch is not None:
        lunch_end = max(label.packed_s, crew.lunch.earliest_s) + crew.lunch.duration_s
        if lunch_end <= crew.lunch.latest_s:
            after = max(setting_up + crew.lunch.duration_s, lunch_end)
            yield from _opened(ask, label, place, drive, after, lunched=True)


def _opened(
    ask: TourAsk, label: _Label, place: int, drive: int, setting_up_s: int, *, lunched: bool
) -> Iterator[_Label]:
    opens, closes = ask.opening_s[place].tolist()
    earliest = max(setting_up_s + ask.crew.setup_s, opens)
    start = -(-earliest // ask.step_s) * ask.step_s
    end = start + int(ask.dwell_s[place])
    if end <= closes:
        driven = label.driven_s + drive
        yield _Label(end + ask.crew.setup_s, driven, lunched, (*label.order, place), (*label.start_s, start))


def _closed(ask: TourAsk, label: _Label) -> _Day | None:
    """Return the day that ends here, lunch taken at the latest now; None where it is too late."""
    home = int(ask.crew.drive_s[label.order[-1], ask.crew.n_places])
    back, lunch = label.packed_s + home, ask.crew.lunch
    if not label.lunched and lunch is not None:
        lunch_end = max(label.packed_s, lunch.earliest_s) + lunch.duration_s
        back = max(back + lunch.duration_s, lunch_end)
        if lunch_end > lunch.latest_s:
            return None
    return _Day(label.driven_s + home, back, label.order, label.start_s) if back <= ask.shift_s[1] else None


def _closed_all(ask: TourAsk, labels: list[_Label]) -> list[_Day]:
    return [day for label in labels if (day := _closed(ask, label)) is not None]


def _undominated(labels: list[_Label]) -> list[_Label]:
    """Return the ways that no other one with the same last place and lunch beats in both time and driving."""
    kept: list[_Label] = []
    for label in sorted(labels):
        rivals = (k for k in kept if k.order[-1] == label.order[-1] and k.lunched == label.lunched)
        if all(label.driven_s < k.driven_s for k in rivals):
            kept.append(label)
    return kept


def _pick_days(ask: TourAsk, days: list[_Day], effort: float) -> Found:
    """Return the days that visit every place once with the least driving, within the crew-days there are."""
    weeks_each = int(ask.visits_per_month[0])
    turns = len(WEEKS) // weeks_each
    most = ask.crew.n_vehicles * len(ask.weekdays) * turns
    first = _partition(ask, days, [day.driven_s for day in days], most, effort)
    if first.picked is None:
        return Found(None, settled=first.settled)
    driven = sum(days[n].driven_s for n in first.picked)
    second = _partition(
        ask, days, [day.back_s // 60 for day in days], most, effort / 4, driven_s=driven, hint=first.picked
    )
    chosen = sorted((days[n] for n in second.picked or first.picked), key=lambda day: min(day.order))
    return Found(_timed(ask, chosen, turns), settled=True, bound_s=weeks_each * first.bound)


class _Picked(NamedTuple):
    """Days picked by number; None: there are none if `settled`. `bound`: no other pick costs less."""

    picked: tuple[int, ...] | None
    settled: bool
    bound: int = 0


def _partition(
    ask: TourAsk,
    days: list[_Day],
    costs: list[int],
    most: int,
    effort: float,
    *,
    driven_s: int | None = None,
    hint: tuple[int, ...] = (),
) -> _Picked:
    """Pick at most so many days that visit every place once at the least cost; `driven_s`: with that driving in all."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 -- slow to load, only wanted here

    model = cp_model.CpModel()
    used = [model.new_bool_var(f"d{n}") for n in range(len(days))]
    for place in range(ask.crew.n_places):
        holding = [u for u, day in zip(used, days, strict=True) if place in day.order]
        model.add_exactly_one(holding) if holding else model.add_bool_or([])
    model.add(sum(used) <= most)
    if driven_s is not None:
        model.add(sum(day.driven_s * u for u, day in zip(used, days, strict=True)) <= driven_s)
        for n, u in enumerate(used):
            model.add_hint(u, n in hint)
    model.minimize(sum(c * u for c, u in zip(costs, used, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return _Picked(None, settled=status == cp_model.INFEASIBLE)
    picked = tuple(n for n, u in enumerate(used) if solver.value(u))
    return _Picked(picked, settled=True, bound=whole_seconds(solver.best_objective_bound))


def _timed(ask: TourAsk, chosen: list[_Day], turns: int) -> Timed:
    """Return the days put on crew-days in order, as many turns of weeks on each as there are."""
    n = ask.crew.n_places
    crew_day, start_s = [0] * n, [0] * n
    weeks: list[tuple[int, ...]] = [()] * n
    for number, day in enumerate(chosen):
        for place, start in zip(day.order, day.start_s, strict=True):
            crew_day[place], start_s[place] = number // turns, start
            weeks[place] = WEEKS if ask.visits_per_month[0] == WEEKLY else WEEKS[number % turns :: turns]
    return Timed(tuple(crew_day), tuple(weeks), tuple(start_s))
