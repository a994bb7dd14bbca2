"""Owns 町丁・地区別一覧: residents, coverage, nearest stop and minutes to services of each district."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.features.compare.metrics import PERSONS_COLUMN
from app.report.table_stops import NearStop, near_stops
from app.small_numbers import withheld
from geodata.errors import CitySimError
from geodata.provenance import Status, weakest
from scenarios.anonymous import by_district
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from app.report.order import Order
    from app.runs import Run
    from geodata.units import FloatArray
    from scenarios.apply import Applied
    from sim.results import KpiRow

KPI_COLUMNS = {
    "catchment_share": "catchment_population_share",
    "transit_coverage_share": "transit_coverage_share",
    "clinic_min": "clinic_nearest_min",
    "clinic_30min_share": "clinic_within_30min_share",
    "office_30min_share": "city_office_within_30min_share",
}
"""Column of the table → KPI whose row of the district it shows."""
OFFICE_MIN = "city_office_nearest_min"
WHOLE = "all"


@dataclass(frozen=True, slots=True)
class DistrictLine:
    """
    One district of one run, or the whole city.

    `persons`: age group → residents; `values`: column → value, NaN = no data, inf = out of reach. `hidden`: age groups
    of too few persons for a public view; the whole line where `all` is among them.
    """

    district_id: str
    name: str
    persons: dict[str, float]
    values: dict[str, float]
    stop: NearStop | None
    any_stop: NearStop | None
    status: Status
    hidden: frozenset[str] = frozenset()

    @property
    def withheld(self) -> bool:
        """Whether nothing of the line may be shown."""
        return WHOLE in self.hidden

    @property
    def older_share(self) -> float:
        """Share of residents of 65 and older; NaN where nobody lives."""
        return self.persons["65plus"] / self.persons[WHOLE] if self.persons[WHOLE] > 0 else math.nan


def applied_of(order: Order, run: Run) -> Applied | None:
    """Return the city and settings of a run; None where a scenario of an older version cannot be applied any more."""

    def apply() -> Applied | None:
        try:
            return order.services.applied(run)
        except CitySimError:
            return None

    return order.services.kept(("report-applied", run.key), apply)


def district_lines(order: Order, run: Run) -> tuple[DistrictLine, ...]:
    """Return a line for each district in the order of the city, then one for the whole city."""
    population = order.services.city.population
    n = len(population.district_id)
    names = population.district_name_en if order.lang == "en" else population.district_name
    persons = _persons(run, population.district, n)
    office = _office_minutes(order, run)
    applied = applied_of(order, run)
    stops, any_stops = (
        (None,) * n if applied is None else near_stops(applied.city, order.lang, with_assumed=with_assumed)
        for with_assumed in (False, True)
    )
    limit = order.services.city.defaults.public_min_persons if order.public else 0
    hidden = {age: withheld(count[:n], limit) for age, count in persons.items()}
    lines = []
    for k in range(n):
        group = f"district:{population.district_id[k]}"
        own = {age: float(count[k]) for age, count in persons.items()}
        rows = _rows(run, group)
        lines.append(
            DistrictLine(
                district_id=str(population.district_id[k]),
                name=str(names[k]),
                persons=own,
                values=_values(rows) | {"office_min": float(office[k])},
                stop=stops[k],
                any_stop=any_stops[k],
                status=_status(rows),
                hidden=frozenset(age for age, few in hidden.items() if few[k]),
            )
        )
    return (*lines, _whole_city(run, persons))


def _persons(run: Run, district: np.ndarray[tuple[int], np.dtype[np.int32]], n: int) -> dict[str, FloatArray]:
    """Return age group → residents by district, with those of no district at the end; shape (D + 1,)."""
    place = np.where(district >= 0, district, n)
    return {
        age: np.bincount(place, run.cells[column].to_numpy(np.float64), n + 1).astype(np.float64)
        for age, column in PERSONS_COLUMN.items()
    }


def _office_minutes(order: Order, run: Run) -> FloatArray:
    """Return district → median minutes to a city office over its residents, as the KPIs count; shape (D,)."""
    population = order.services.city.population
    values = run.cells[OFFICE_MIN].to_numpy(np.float64)
    medians = by_district(values, run.cells["persons"].to_numpy(np.float64), population.district)
    found = np.full(len(population.district_id), np.nan)
    for k in range(len(found)):
        rows = np.flatnonzero(population.district == k)
        found[k] = medians[rows[0]] if len(rows) else np.nan
    return found


def _rows(run: Run, group: str) -> dict[str, KpiRow | None]:
    return {column: run.rows.get((kpi_id, DEFAULT_SETTING, group)) for column, kpi_id in KPI_COLUMNS.items()}


def _values(rows: dict[str, KpiRow | None]) -> dict[str, float]:
    return {column: math.nan if row is None or row.value is None else row.value for column, row in rows.items()}


def _status(rows: dict[str, KpiRow | None]) -> Status:
    known = [row.status for row in rows.values() if row is not None and row.status is not Status.NO_DATA]
    return weakest(known) if known else Status.NO_DATA


def _whole_city(run: Run, persons: dict[str, FloatArray]) -> DistrictLine:
    rows = _rows(run, WHOLE)
    totals = {age: float(count.sum()) for age, count in persons.items()}
    return DistrictLine(WHOLE, "", totals, _values(rows) | {"office_min": math.nan}, None, None, _status(rows))
