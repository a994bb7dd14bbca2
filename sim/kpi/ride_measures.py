"""Owns the measures of rides: boardings, linked trips, transfers, kilometres by car."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.population import share_at_least
from geodata.provenance import Status
from sim.kpi.coverage import without_timetable
from sim.kpi.measure import NO_POPULATION, Measure, no_data
from sim.kpi.places import NO_FACILITY, lines_note
from sim.on_demand.notes import services_note, services_status
from sim.pivot import join_notes
from sim.ridership.baseline import own_parts
from sim.ridership.by_elasticity import elastic_rides
from sim.ridership.demand import find_choice, find_pattern
from sim.ridership.outcome import ride_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.kpi.measure import How
    from sim.ridership.demand import Response

    Column = Literal["boardings", "linked", "car_km"]

NO_TIMETABLE = "時刻表データ未登録"
NO_BUS = "基準にバスの便がない"
NO_BASELINE_RIDES = "基準の利用の試算がない"
RESIDENTS = "住民のモデル（公表値は市外からの利用も含む）"
CLIPPED = "基準の利用を移動回数の範囲で再現できない"
NEW_LINES = "便のなかった所には利用率を移した（仮定）"
TOO_FAR = "弾力性の適用範囲（±{limit:.0%}）を超える利用が {share:.0%}"
_OLDEST, _GROUP_AGES = 200, (65, 75)
_RESPONSES: tuple[Response, ...] = ("default", "low", "high")


def measure_rides_per_citizen(context: RunContext) -> Iterable[Measure]:
    """Return the bus rides per resident: by choice, by elasticities, with weak and strong response."""
    return _boardings(context, "bus_rides_per_citizen", "mean")


def measure_rides(context: RunContext) -> Iterable[Measure]:
    """Return the bus rides of a year, as `measure_rides_per_citizen` does per resident."""
    return _boardings(context, "bus_rides_total", "persons")


def measure_linked_trips(context: RunContext) -> Iterable[Measure]:
    """Return the trips with a bus of a year, changes not counted."""
    return (_of_outcome(context, "linked_trips_total", "persons", "linked", response) for response in _RESPONSES)


def measure_car_km(context: RunContext) -> Iterable[Measure]:
    """Return the kilometres by car of a year."""
    return (_of_outcome(context, "car_vehicle_km", "persons", "car_km", response) for response in _RESPONSES)


def measure_transfers(context: RunContext) -> Iterable[Measure]:
    """Return the changes per trip with a bus."""
    return (_transfers(context, response) for response in _RESPONSES)


def _boardings(context: RunContext, kpi_id: str, how: How) -> Iterator[Measure]:
    yield _of_outcome(context, kpi_id, how, "boardings", "default")
    yield _by_elasticity(context, kpi_id, how)
    yield _of_outcome(context, kpi_id, how, "boardings", "low")
    yield _of_outcome(context, kpi_id, how, "boardings", "high")


def _of_outcome(context: RunContext, kpi_id: str, how: How, column: Column, response: Response) -> Measure:
    outcome = ride_outcome(context, response)
    if outcome is None:
        return no_data(kpi_id, response, why_missing(context))
    return _measure(context, kpi_id, response, how, getattr(outcome, column))


def _by_elasticity(context: RunContext, kpi_id: str, how: How) -> Measure:
    found = elastic_rides(context)
    if found is None:
        return no_data(kpi_id, "elasticity", why_missing(context))
    limit, most = context.params.ride_arc_limit_share, context.params.ride_arc_refused_share
    told = TOO_FAR.format(limit=limit, share=found.refused_share) if found.refused_share > 0 else ""
    if found.refused_share > most:
        return no_data(kpi_id, "elasticity", told)
    kept = f"{told}（その人々は基準の利用率のまま）" if told else ""
    new = f"便のなかった {found.unmet_persons:,.0f} 人の利用は数えない" if found.unmet_persons > 0 else ""
    return _measure(context, kpi_id, "elasticity", how, found.boardings, join_notes(kept, new))


def _measure(context: RunContext, kpi_id: str, setting: str, how: How, table: FloatArray, extra: str = "") -> Measure:
    standard, older = per_person(context, table, 0)
    of_ages = {age: per_person(context, table, age) for age in _GROUP_AGES}
    note = join_notes(_note(context), extra)
    return Measure(kpi_id, setting, how, standard, older, rides_status(context), note, of_ages=of_ages)


def _transfers(context: RunContext, response: Response) -> Measure:
    kpi_id = "transfers_per_trip"
    outcome = ride_outcome(context, response)
    if outcome is None:
        return no_data(kpi_id, response, why_missing(context))
    linked = {age: per_person(context, outcome.linked, age) for age in (0, *_GROUP_AGES)}
    changes = {age: per_person(context, outcome.changes, age) for age in (0, *_GROUP_AGES)}
    values = {age: (_ratio(changes[age][0], linked[age][0]), _ratio(changes[age][1], linked[age][1])) for age in linked}
    return Measure(
        kpi_id,
        response,
        "mean",
        *values[0],
        rides_status(context),
        _note(context),
        of_ages={age: values[age] for age in _GROUP_AGES},
        weighing=linked,
    )


def per_person(context: RunContext, table: FloatArray, from_age: int) -> tuple[FloatArray, FloatArray]:
    """Return a table by cell and age group, per resident from an age: younger than the older walker, and the others."""
    population = context.city.population
    limit = max(context.params.older_from_age, from_age)

    def mean(low: int, high: int) -> FloatArray:
        shares = np.array([share_at_least(b, low) - share_at_least(b, high) for b in population.bands])
        return _ratio(table @ shares, population.persons @ shares)

    return mean(from_age, limit), mean(limit, _OLDEST)


def _ratio(total: FloatArray, count: FloatArray) -> FloatArray:
    return np.divide(total, count, out=np.zeros_like(total), where=count > 0)


def why_missing(context: RunContext) -> str:
    """Return why there are no rides: residents, timetable, places or the baseline's buses are not known."""
    if not context.city.population.total.any():
        return NO_POPULATION
    if without_timetable(context):
        return NO_TIMETABLE
    if not own_parts(context):
        return NO_FACILITY
    return NO_BUS if context.is_baseline else NO_BASELINE_RIDES


def _note(context: RunContext) -> str:
    pattern = find_pattern(context)
    clipped = CLIPPED if pattern is not None and pattern.clipped else ""
    choice = find_choice(context)
    opened = NEW_LINES if choice is not None and choice.opened else ""
    return join_notes(lines_note(context), RESIDENTS, clipped, opened, services_note(context))


def rides_status(context: RunContext) -> Status:
    """Return how sure rides are: the weakest of residents, timetable, places and parameters."""
    extra = (context.timetable_status(), context.ages_status(), Status.ASSUMED, *services_status(context))
    return context.status("population", "facilities", "streets", extra=extra)


RIDE_MEASURES: dict[str, Callable[[RunContext], Iterable[Measure]]] = {
    "bus_rides_per_citizen": measure_rides_per_citizen,
    "bus_rides_total": measure_rides,
    "linked_trips_total": measure_linked_trips,
    "transfers_per_trip": measure_transfers,
    "car_vehicle_km": measure_car_km,
}
"""KPI id → its measures."""
