"""Owns finding weekly tours of the mobile office: feasible first, then with little driving, then early."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from geodata.errors import ModelError, Text, error, raise_errors
from geodata.mobile_office import OfficeVisit
from sim.mobile_office.tour_days import find_by_days
from sim.mobile_office.tour_model import (
    SEED,
    Effort,
    Found,
    Timed,
    TourModel,
    add_driving,
    build_model,
    hours_suffice,
    whole_seconds,
)
from sim.mobile_office.tour_types import WEEKLY, TourAsk, Tours

if TYPE_CHECKING:
    from collections.abc import Sequence


def plan_tours(ask: TourAsk, effort: Effort | None = None) -> Tours:
    """
    Find weekly tours that make all visits.

    Parameters
    ----------
    ask
        Places, frequencies, windows, crew.
    effort
        How long to look.

    Returns
    -------
    tours
        One recurring visit per place, the same weekday, hour and vehicle in every week of its pattern; as little
        driving as was found, with a bound below it; among those, early openings.

    Raises
    ------
    ModelError
        No tours: says which constraint binds, with numbers (`sim.mobile_office.tour_causes`).

    Notes
    -----
    One thread, a fixed seed and deterministic time: the same question has the same answer on any machine.
    """
    from sim.mobile_office.tour_causes import misfits, why_infeasible  # noqa: PLC0415 -- it asks this module

    limits = effort or Effort()
    raise_errors(misfits(ask), ModelError)
    found = _find_quickly(ask, limits.feasible) or _find_by_model(ask, limits)
    if found.way is None:
        raise ModelError(why_infeasible(ask, limits) if found.settled else _undecided(ask))
    return Tours(_visits(ask, found.way), driving_s_month(ask, found.way), found.bound_s)


def find_way(ask: TourAsk, effort: float) -> Found:
    """Return some way to make all visits, or whether there is none."""
    return _find_quickly(ask, effort) or _solve(build_model(ask), effort)


def _find_quickly(ask: TourAsk, effort: float) -> Found | None:
    """Return what needs no search over all days at once: too few hours, or days of equally frequent places."""
    return find_by_days(ask, effort) if hours_suffice(ask) else Found(None, settled=True)


def _find_by_model(ask: TourAsk, limits: Effort) -> Found:
    """Return a way by the constraint model: a feasible one first, then one that drives less, then early openings."""
    first = _solve(build_model(ask), limits.feasible)
    if first.way is None:
        return first
    short = _shorten(ask, first.way, limits.shorten)
    return Found(_earliest(ask, short.way or first.way, limits.feasible), settled=True, bound_s=short.bound_s)


def is_feasible(ask: TourAsk, effort: float) -> bool:
    """Return whether a way to make all visits was found."""
    return find_way(ask, effort).way is not None


def driving_s_month(ask: TourAsk, way: Timed) -> int:
    """Return the driving in weeks 1–4 [s], from the depot and back to it every day."""
    drive, depot, total = ask.crew.drive_s, ask.crew.n_places, 0
    for week in (1, 2, 3, 4):
        for c in sorted(set(way.crew_day)):
            day = [p for p, d in enumerate(way.crew_day) if d == c and week in way.weeks[p]]
            stops = [depot, *sorted(day, key=lambda p: way.start_s[p]), depot]
            total += sum(int(drive[a, b]) for a, b in pairwise(stops))
    return total


def _shorten(ask: TourAsk, way: Timed, effort: float) -> Found:
    model = build_model(ask)
    add_driving(model)
    _hint(model, way)
    return _solve(model, effort)


def _earliest(ask: TourAsk, way: Timed, effort: float) -> Timed:
    """Return the same days and orders with openings as early as can be, the frequent ones counting more."""
    model = build_model(ask)
    for p, c in enumerate(way.crew_day):
        model.cp.add(model.x[p, c] == 1)
        for k, weeks in enumerate(model.classes):
            model.cp.add(model.y[p, k] == int(weeks[0] in way.weeks[p]))
    for (p, q), before in model.before.items():
        if way.crew_day[p] == way.crew_day[q] and set(way.weeks[p]) & set(way.weeks[q]):
            model.cp.add(before == int(way.start_s[p] < way.start_s[q]))
    model.cp.minimize(sum(int(n) * t for n, t in zip(ask.visits_per_month, model.start, strict=True)))
    _hint(model, way)
    return _solve(model, effort).way or way


def _hint(model: TourModel, way: Timed) -> None:
    for p, c in enumerate(way.crew_day):
        for day in model.crew_days[: p + 1]:
            model.cp.add_hint(model.x[p, day], int(day == c))
        model.cp.add_hint(model.start[p], way.start_s[p] // model.ask.step_s)
        if model.ask.visits_per_month[p] != WEEKLY:
            for k, weeks in enumerate(model.classes):
                model.cp.add_hint(model.y[p, k], int(weeks[0] in way.weeks[p]))


def _solve(model: TourModel, effort: float) -> Found:
    from ortools.sat.python import cp_model  # noqa: PLC0415 -- slow to load, only wanted here

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found(None, settled=status == cp_model.INFEASIBLE)
    way = Timed(
        crew_day=tuple(next(c for c in model.crew_days if solver.value(model.x[p, c])) for p in model.places),
        weeks=tuple(_weeks(model, solver, p) for p in model.places),
        start_s=tuple(int(solver.value(t)) * model.ask.step_s for t in model.start),
    )
    bound_s = whole_seconds(solver.best_objective_bound) if model.cost is not None else 0
    return Found(way, settled=True, bound_s=bound_s)


def _weeks(model: TourModel, solver: Any, place: int) -> tuple[int, ...]:
    return tuple(sorted(w for k, weeks in enumerate(model.classes) if solver.value(model.y[place, k]) for w in weeks))


def _visits(ask: TourAsk, way: Timed) -> tuple[OfficeVisit, ...]:
    n_days = len(ask.weekdays)
    return tuple(
        OfficeVisit(
            weekday=ask.weekdays[c % n_days],
            start_s=start,
            end_s=start + int(ask.dwell_s[p]),
            weeks_of_month=() if ask.visits_per_month[p] == WEEKLY else weeks,
            vehicle=c // n_days,
        )
        for p, (c, weeks, start) in enumerate(zip(way.crew_day, way.weeks, way.start_s, strict=True))
    )


def _undecided(ask: TourAsk) -> Sequence[Any]:
    message = Text(
        f"{ask.crew.n_places} か所の巡回が組めるか、決めた手間の内では分かりませんでした",
        f"within the set effort it was not settled whether tours to {ask.crew.n_places} places exist",
    )
    hint = Text("場所を減らすか、車両・曜日を増やしてください", "ask fewer places, or give more vehicles or weekdays")
    return [error("tour.undecided", "tour", message, hint)]
