"""Owns the constraint model of weekly tours (OR-tools CP-SAT): who goes where on which day, in which order and when."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any

import numpy as np

from geodata.mobile_office import LunchBreak
from sim.mobile_office.tour_types import ONCE, TWICE, WEEKLY, WEEKS, TourAsk

SEED = 2031
_NOISE_S = 1e-3
"""Bounds of sums of whole seconds come out this close to them [s]."""


@dataclass(frozen=True, slots=True)
class Effort:
    """
    How long the solver may look, in its own deterministic time (about seconds on one core, never the clock).

    `feasible`: to find tours or prove that there are none. `shorten`: to drive less.
    """

    feasible: float = 10.0
    shorten: float = 8.0


@dataclass(frozen=True, slots=True)
class Timed:
    """One way to make all visits: place → crew-day, weeks, opening [s]; crew-day = vehicle × weekdays + weekday."""

    crew_day: tuple[int, ...]
    weeks: tuple[tuple[int, ...], ...]
    start_s: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """
    What one search came to.

    `way` None: there is none if `settled`, else it is not known. `bound_s`: no way drives less in weeks 1–4 [s].
    """

    way: Timed | None
    settled: bool
    bound_s: int = 0


def whole_seconds(bound: float) -> int:
    """Return the whole seconds that a bound of the solver proves: rounded up, but not by the noise of its sums."""
    return max(0, math.ceil(bound - _NOISE_S))


@dataclass(slots=True)
class TourModel:
    """
    The model while it is built and solved.

    Weeks that must look alike are one *class* (one where every place is visited weekly, two where nothing is visited
    once a month, else four). Crew-days are alike but for their number, so they are filled in order.

    Notes
    -----
    Two visits of one crew-day in one class are held apart by packing, driving and setting up; by the triangle
    inequality that is enough for the whole chain. The lunch break lies in one gap of the chain, whose two ends are
    held apart by its length too.
    """

    ask: TourAsk
    classes: tuple[tuple[int, ...], ...]
    cp: Any
    x: Any = field(default_factory=dict)  # (place, crew-day) → is visited then
    y: Any = field(default_factory=dict)  # (place, class) → is visited in that class of weeks
    on: Any = field(default_factory=dict)  # (place, crew-day, class) → both
    start: Any = field(default_factory=list)  # place → opening [steps]
    before: Any = field(default_factory=dict)  # (place, place) → the first one packs in time for the second
    after_lunch: Any = field(default_factory=dict)  # (place, class) → is visited after the break
    cost: Any = None

    @property
    def places(self) -> range:
        """The places."""
        return range(self.ask.crew.n_places)

    @property
    def crew_days(self) -> range:
        """The crew-days."""
        return range(min(self.ask.crew.n_vehicles * len(self.ask.weekdays), self.ask.crew.n_places))

    @property
    def kinds(self) -> range:
        """The classes of weeks."""
        return range(len(self.classes))


def build_model(ask: TourAsk) -> TourModel:
    """Return the model of all feasible tours."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 -- slow to load, only wanted here

    model = TourModel(ask, week_classes(ask), cp_model.CpModel())
    _add_days(model)
    _add_weeks(model)
    _add_both(model)
    _add_times(model)
    _add_load(model)
    if ask.crew.lunch is not None:
        _add_lunch(model, ask.crew.lunch)
    return model


def week_classes(ask: TourAsk) -> tuple[tuple[int, ...], ...]:
    """Return the weeks of the month in groups that may look alike."""
    if (ask.visits_per_month == WEEKLY).all():
        return (WEEKS,)
    if (ask.visits_per_month != ONCE).all():
        return ((1, 3), (2, 4))
    return tuple((w,) for w in WEEKS)


def _add_days(m: TourModel) -> None:
    """Give every place one crew-day; a crew-day is used only after the one before it, by a later place."""
    for p in m.places:
        for c in m.crew_days:
            m.x[p, c] = m.cp.new_bool_var(f"x{p},{c}") if c <= p else m.cp.new_constant(0)
        m.cp.add_exactly_one(m.x[p, c] for c in m.crew_days)
        for c in m.crew_days[1:]:
            if c <= p:
                m.cp.add_bool_or(m.x[p, c].negated(), *(m.x[q, c - 1] for q in range(p)))


def _add_weeks(m: TourModel) -> None:
    frequency = m.ask.visits_per_month
    for p in m.places:
        for k in m.kinds:
            m.y[p, k] = m.cp.new_constant(1) if frequency[p] == WEEKLY else m.cp.new_bool_var(f"y{p},{k}")
        if frequency[p] == TWICE:
            half = len(m.classes) // 2
            m.cp.add_exactly_one(m.y[p, k] for k in m.kinds[:2])
            if half > 1:
                m.cp.add(m.y[p, 0] == m.y[p, 2])
                m.cp.add(m.y[p, 1] == m.y[p, 3])
        elif frequency[p] == ONCE:
            m.cp.add_exactly_one(m.y[p, k] for k in m.kinds)
    seldom = np.flatnonzero(frequency != WEEKLY)
    if len(seldom):
        m.cp.add(m.y[int(seldom[0]), 0] == 1)  # weeks are alike: say which comes first


def _add_both(m: TourModel) -> None:
    for p in m.places:
        for c in m.crew_days:
            for k in m.kinds:
                if m.ask.visits_per_month[p] == WEEKLY:
                    m.on[p, c, k] = m.x[p, c]
                    continue
                both = m.on[p, c, k] = m.cp.new_bool_var(f"on{p},{c},{k}")
                m.cp.add_implication(both, m.x[p, c])
                m.cp.add_implication(both, m.y[p, k])
                m.cp.add_bool_or(m.x[p, c].negated(), m.y[p, k].negated(), both)


def _add_times(m: TourModel) -> None:
    """Open within the window and the shift, with every two visits of one day apart."""
    ask, crew, step = m.ask, m.ask.crew, m.ask.step_s
    for p in m.places:
        low, high = opening_bounds(ask, p)
        m.start.append(m.cp.new_int_var(-(-low // step), high // step, f"t{p}"))
    for p, q in permutations(m.places, 2):
        m.before[p, q] = m.cp.new_bool_var(f"b{p},{q}")
        apart = int(ask.dwell_s[p]) + 2 * crew.setup_s + int(crew.drive_s[p, q])
        m.cp.add(step * m.start[q] >= step * m.start[p] + apart).only_enforce_if(m.before[p, q])
    for p, q in combinations(m.places, 2):
        m.cp.add_at_most_one(m.before[p, q], m.before[q, p])
        for c in m.crew_days:
            for k in m.kinds:
                clash = (m.on[p, c, k].negated(), m.on[q, c, k].negated())
                m.cp.add_bool_or(*clash, m.before[p, q], m.before[q, p])


def opening_bounds(ask: TourAsk, place: int) -> tuple[int, int]:
    """Return the earliest and latest opening of a place visited alone, without a break [s]; empty if out of order."""
    crew, depot = ask.crew, ask.crew.n_places
    (shift_start, shift_end), (opens, closes) = ask.shift_s, ask.opening_s[place].tolist()
    dwell = int(ask.dwell_s[place])
    low = max(opens, shift_start + int(crew.drive_s[depot, place]) + crew.setup_s)
    high = min(closes, shift_end - int(crew.drive_s[place, depot]) - crew.setup_s) - dwell
    return low, high


def work_s(ask: TourAsk) -> list[int]:
    """Return place → least time a visit takes of a crew-day [s]: open, set up, pack, the shortest drive there."""
    drive = ask.crew.drive_s.astype(np.int64).copy()
    np.fill_diagonal(drive, np.iinfo(np.int64).max)
    nearest = drive.min(axis=0)[: ask.crew.n_places]
    return [int(d + 2 * ask.crew.setup_s + n) for d, n in zip(ask.dwell_s, nearest, strict=True)]


def crew_day_s(ask: TourAsk) -> int:
    """Return the most of a crew-day that visits can take [s]: the shift without lunch and the shortest way home."""
    lunch = ask.crew.lunch
    start, end = ask.shift_s
    home = int(ask.crew.drive_s[:-1, -1].min())
    return end - start - home - (lunch.duration_s if lunch is not None else 0)


def hours_suffice(ask: TourAsk) -> bool:
    """Return whether weeks 1–4 have as many vehicle hours as the visits take at least; where not, no tours exist."""
    needed = sum(int(n) * s for n, s in zip(ask.visits_per_month, work_s(ask), strict=True))
    return needed <= ask.crew.n_vehicles * len(ask.weekdays) * len(WEEKS) * max(0, crew_day_s(ask))


def _add_load(m: TourModel) -> None:
    """Say outright what follows from the times: no crew-day holds more work than hours."""
    work, most = work_s(m.ask), crew_day_s(m.ask)
    for c in m.crew_days:
        for k in m.kinds:
            m.cp.add(sum(work[p] * m.on[p, c, k] for p in m.places) <= most)


def _add_lunch(m: TourModel, lunch: LunchBreak) -> None:
    """Put one break into every crew-day of every class: before the first, between two, or after the last visit."""
    ask, crew, step = m.ask, m.ask.crew, m.ask.step_s
    depot = crew.n_places
    latest = lunch.latest_s - lunch.duration_s
    shift_start, shift_end = ask.shift_s
    low, high = max(lunch.earliest_s, shift_start), min(latest, shift_end - lunch.duration_s)
    for p in m.places:
        for k in m.kinds:
            m.after_lunch[p, k] = m.cp.new_bool_var(f"l{p},{k}")
    if low > high:
        m.cp.add_bool_or([])  # no such break on any day
        return
    for c in m.crew_days:
        for k in m.kinds:
            begins = m.cp.new_int_var(low, high, f"lunch{c},{k}")
            for p in m.places:
                packed = int(ask.dwell_s[p]) + crew.setup_s
                on, after = m.on[p, c, k], m.after_lunch[p, k]
                m.cp.add(begins + lunch.duration_s <= step * m.start[p] - crew.setup_s).only_enforce_if(on, after)
                m.cp.add(begins >= step * m.start[p] + packed).only_enforce_if(on, after.negated())
    for p in m.places:
        away, back = int(crew.drive_s[depot, p]), int(crew.drive_s[p, depot])
        for k in m.kinds:
            on, after = m.y[p, k], m.after_lunch[p, k]
            earliest = shift_start + lunch.duration_s + away + crew.setup_s
            m.cp.add(step * m.start[p] >= earliest).only_enforce_if(on, after)
            left = shift_end - lunch.duration_s - back - crew.setup_s - int(ask.dwell_s[p])
            m.cp.add(step * m.start[p] <= left).only_enforce_if(on, after.negated())
    for p, q in permutations(m.places, 2):
        apart = int(ask.dwell_s[p]) + 2 * crew.setup_s + int(crew.drive_s[p, q]) + lunch.duration_s
        for k in m.kinds:
            between = (m.y[p, k], m.y[q, k], m.before[p, q], m.after_lunch[p, k].negated(), m.after_lunch[q, k])
            m.cp.add(step * m.start[q] >= step * m.start[p] + apart).only_enforce_if(*between)


def add_driving(m: TourModel) -> None:
    """Add the order of each day as a chain of drives, and ask for as little driving as can be (weeks 1–4)."""
    crew, depot = m.ask.crew, m.ask.crew.n_places
    costs: list[Any] = []
    for k in m.kinds:
        arcs: list[tuple[int, int, Any]] = []  # node 0 = depot
        leaving = []
        for p in m.places:
            out, back = m.cp.new_bool_var(f"o{p},{k}"), m.cp.new_bool_var(f"r{p},{k}")
            arcs += [(0, p + 1, out), (p + 1, 0, back), (p + 1, p + 1, m.y[p, k].negated())]
            leaving.append(out)
            costs += [(len(m.classes[k]) * int(crew.drive_s[depot, p]), out)]
            costs += [(len(m.classes[k]) * int(crew.drive_s[p, depot]), back)]
        for p, q in permutations(m.places, 2):
            arc = m.cp.new_bool_var(f"a{p},{q},{k}")
            arcs.append((p + 1, q + 1, arc))
            m.cp.add_implication(arc, m.before[p, q])
            for c in m.crew_days:
                m.cp.add_bool_or(arc.negated(), m.x[p, c].negated(), m.x[q, c])
            costs.append((len(m.classes[k]) * int(crew.drive_s[p, q]), arc))
        m.cp.add_multiple_circuit(arcs)
        used = []
        for c in m.crew_days:
            is_used = m.cp.new_bool_var(f"u{c},{k}")
            for p in m.places:
                m.cp.add_implication(m.on[p, c, k], is_used)
            m.cp.add_bool_or(is_used.negated(), *(m.on[p, c, k] for p in m.places))
            used.append(is_used)
        m.cp.add(sum(leaving) == sum(used))  # one tour a day: no way back to the depot in between
    m.cost = sum(cost * arc for cost, arc in costs)
    m.cp.minimize(m.cost)
