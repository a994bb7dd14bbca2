"""Owns which map tells most of a scenario: what it edits decides first, then how much changes for how many people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.features.compare.metrics import DEFAULT_METRIC, FACILITIES, find_metric, list_metrics
from app.features.compare.paint import is_by_district
from app.features.compare.state import Lang, ViewState

if TYPE_CHECKING:
    from app.services import Run, Services
    from scenarios.reactions import Touch

PEOPLE = "persons"
RIDING = (
    "station_distance_m",
    "catchment_share",
    "catchment_jr800_brt500_share",
    "transit_covered_share",
    "frequent_covered_share",
    "station_front_min",
    "last_bus_s",
    "bus_rides_per_person",
)
"""Columns that speak of the services themselves, not of one kind of place they lead to."""
VISITS = (
    "mobile_office_share",
    "mobile_office_visits_per_month",
    "mobile_office_free_share",
    "mobile_office_any_mode_min",
    "visit_or_office_share",
)
SUBJECTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("timetable", "hubs", "on_demand", "autonomous", "entrances", "fare_changes"), RIDING),
    "mobile_offices": VISITS,
}
"""Layer that a scenario edits → the columns whose subject it is; of facilities, those of their kind."""


def telling_metric(services: Services, left: str, right: str) -> str:
    """
    Return the metric that changes most for the most people between two runs; people themselves come last.

    Of the metrics that speak of what the scenarios edit differently, where any of these changes: a new stop may move
    access to clinics more than rides, and yet whoever drew the stop looks for the bus.
    """
    pair = services.pair(left, right)
    changes = {name: change_of(services, *pair, name) for name in list_metrics()}
    people = changes.pop(PEOPLE, 0.0)
    subjects = {name: changes[name] for name in subjects_of(services, *pair) if changes.get(name, 0.0) > 0}
    best = max(subjects or changes, key=lambda name: changes[name])
    if changes[best] > 0:
        return best
    return PEOPLE if people > 0 else DEFAULT_METRIC


def subjects_of(services: Services, left: Run, right: Run) -> frozenset[str]:
    """Return the columns that speak of what two scenarios edit differently; the people of another year are no edit."""
    from scenarios.reactions import touches_of  # noqa: PLC0415 - brings the language of scenarios

    if left.key == right.key:
        return frozenset()
    touches = touches_of(right.stored.scenario, services.city, left.stored.scenario)
    return frozenset(name for touch in touches for name in _subjects_of(touch))


def _subjects_of(touch: Touch) -> tuple[str, ...]:
    if touch.layer != "facilities":
        return SUBJECTS.get(touch.layer, ())
    starts = tuple(start for start, kinds in FACILITIES.items() if set(kinds) & set(touch.kinds))
    return tuple(name for name in list_metrics() if name.startswith(starts))


def change_of(services: Services, left: Run, right: Run, column: str) -> float:
    """Return the mean change per resident, in steps of the strongest class of difference; 1 for reach won or lost."""
    strongest = max(find_metric(column).difference_breaks)
    by_district = is_by_district((left, right), column)
    a, b = (services.column(run, column, by_district=by_district) for run in (left, right))
    with np.errstate(invalid="ignore"):
        change = np.clip(np.abs(b - a) / strongest, 0.0, 1.0)
    persons = np.nan_to_num(right.cells[PEOPLE].to_numpy(dtype=float))  # NaN: a city without people
    known = ~np.isnan(change)  # also what cannot be reached in either
    return float(persons[known] @ change[known]) / max(float(persons.sum()), 1.0)


def compared_with(services: Services, run_id: str) -> str:
    """Return what a scenario compares with; the first there is, where that was not run."""
    runs = services.list_runs()
    run = runs.get(run_id)
    return run.compare_to if run is not None and run.compare_to in runs else next(iter(runs))


def telling_view(services: Services, run_id: str, lang: Lang) -> ViewState:
    """Return a scenario beside what it compares with, on the map that tells most of it."""
    left = compared_with(services, run_id)
    metric = services.kept(
        ("telling", *(run.key for run in services.pair(left, run_id))),
        lambda: telling_metric(services, left, run_id),
    )
    return ViewState(left=left, right=run_id, metric=metric, lang=lang)
