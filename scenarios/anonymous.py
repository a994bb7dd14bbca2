"""
Owns the promise that no real clinic is ever shown as closing.

A run with 仮定の閉院 would betray the clinics that its seed drew: cells around them get farther from care. Such a run
therefore tells access to clinics and contributions to it by district only, in files, on the page and in explanations.
KPIs are computed from the cells all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.facilities import FacilityKind
from sim.accessibility import weighted_quantile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geodata.units import FloatArray
    from sim.explain import Explanation
    from sim.results import RunResult

CLOSING_KINDS = frozenset({FacilityKind.CLINIC.value, FacilityKind.HOSPITAL.value})
DISTRICT_LEVEL = {
    "clinic_nearest_min": "persons",
    "clinic_nearest_min_older": "persons_75plus",
    "clinic_e2sfca": "persons",
    "clinic_e2sfca_older": "persons_75plus",
    "clinic_e2sfca_car": "persons",
    "clinic_round_trip": "persons",
    "clinic_round_trip_older": "persons_75plus",
    "emergency_car_min": "persons",
    "bus_rides_per_person": "persons",
}
"""Column of the cells that would betray a closure → the people whose median stands for a district."""

WITHHELD = {"clinic_districts": ("e2sfca_p10", "e2sfca_worst"), "zones": ("n_clinics", "n_hospitals")}
"""Table → its columns that speak of single cells or places, which such a run leaves empty."""
CLINIC_KPIS = ("clinic", "emergency", "access_gini", "bus_rides", "linked_trips")
"""How the ids of KPIs begin whose cells would betray a closure."""

COLUMNS = ("district_id", "walker", "persons", "value", "contribution")


def hides_places(closed_kinds: Iterable[str]) -> bool:
    """Return whether closures of these kinds are told by district only."""
    return not CLOSING_KINDS.isdisjoint(closed_kinds)


def by_district(values: FloatArray, persons: FloatArray, district: Any) -> FloatArray:
    """
    Return for every cell the median of its district, weighted by people.

    Parameters
    ----------
    values, persons
        cell → value, people, shape (C,). A district without people takes the plain median; NaN stays out.
    district
        cell → district, any labels, shape (C,).

    Returns
    -------
    medians
        Shape (C,); NaN in districts without a value.
    """
    medians = np.full(len(values), np.nan)
    _, group = np.unique(np.asarray(district, dtype=np.str_), return_inverse=True)
    for number in range(int(group.max(initial=-1)) + 1):
        rows = np.flatnonzero(group == number)
        told = rows[~np.isnan(values[rows])]
        if len(told):
            weights = persons[told] if persons[told].sum() > 0 else np.ones(len(told))
            medians[rows] = weighted_quantile(values[told], weights, 0.5)
    return medians


def without_places(result: RunResult) -> RunResult:
    """Return the result with clinic access by district."""
    cells = result.cells.copy()
    for column, people in DISTRICT_LEVEL.items():
        if column not in cells:  # a run for its rows alone
            continue
        cells[column] = by_district(
            cells[column].to_numpy(np.float64), cells[people].to_numpy(np.float64), cells["district_id"].to_numpy()
        )
    kept = tuple(trace for trace in result.traces if trace.name not in DISTRICT_LEVEL)
    return replace(result, cells=cells, traces=kept, tables=_without_cells(result.tables))


def _without_cells(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables without what they say of single cells."""
    told = dict(tables)
    for name, columns in WITHHELD.items():
        if name in told:
            told[name] = told[name].assign(**dict.fromkeys(columns, np.nan))
    return told


def explained_by_district(found: Explanation) -> Explanation:
    """Return the explanation of a clinic KPI with contributions by district; sums stay, a median can't be rebuilt."""
    if not found.row.kpi_id.startswith(CLINIC_KPIS):
        return found
    frame = found.contributions
    rows = [
        (district, walker, part["persons"].sum(), _value(found, part), part["contribution"].sum())
        for (district, walker), part in frame.groupby(["district_id", "walker"], sort=False)
    ]
    return replace(found, contributions=pd.DataFrame(rows, columns=list(COLUMNS)))


def _value(found: Explanation, part: pd.DataFrame) -> float:
    values, persons = part["value"].to_numpy(np.float64), part["persons"].to_numpy(np.float64)
    if found.how == "quantile":
        return weighted_quantile(values, persons, 0.5)
    if found.how in {"count", "per_100k"}:
        return float(values.sum())
    return float(np.average(values, weights=persons)) if persons.sum() > 0 else float("nan")
