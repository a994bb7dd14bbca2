"""Owns the table of clinic access by district: mean, the worst served tenth, and the worst cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.accessibility import weighted_quantile
from sim.kpi.clinic_measures import CLINIC_MEASURES, E2SFCA, EMERGENCY, ROUND_TRIP
from sim.kpi.measure import GroupWeights, Measure, group_value, group_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.units import BoolArray
    from sim.context import RunContext

OLDEST_GROUP = "75plus"
WORST_SHARE = 0.1
COLUMNS = (
    "district_id",
    "district",
    "persons",
    "e2sfca_mean",
    "e2sfca_p10",
    "e2sfca_worst",
    "e2sfca_mean_75plus",
    "e2sfca_car_mean",
    "round_trip_share",
    "round_trip_share_75plus",
    "emergency_share",
)
"""Access in consultation hours a week per 100 residents with average visits; shares 0–1; empty = no value."""


def clinic_districts(context: RunContext) -> pd.DataFrame:
    """Return clinic access by district, one row each; districts where nobody lives are left out."""
    rows = list(_rows(context)) if len(context.city.population.district_id) else []
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(context: RunContext) -> Iterator[tuple[str | float | None, ...]]:
    population, older_from = context.city.population, context.params.older_from_age
    everybody, oldest = (group_weights(population, group, older_from) for group in ("all", OLDEST_GROUP))
    by_transit, by_car = CLINIC_MEASURES[E2SFCA](context)
    round_trip, emergency = (next(iter(CLINIC_MEASURES[kpi](context))) for kpi in (ROUND_TRIP, EMERGENCY))
    for index, (district_id, name) in enumerate(
        zip(population.district_id.tolist(), population.district_name.tolist(), strict=True)
    ):
        inside = population.district == index
        people, older = _inside(everybody, inside), _inside(oldest, inside)
        persons = float(people.standard.sum() + people.older.sum())
        if persons <= 0:
            continue
        yield (
            district_id,
            name,
            persons,
            _value(by_transit, people),
            _least(by_transit, people, WORST_SHARE),
            _least(by_transit, people, 0.0),
            _value(by_transit.of_group(OLDEST_GROUP), older),
            _value(by_car, people),
            _value(round_trip, people),
            _value(round_trip, older),
            _value(emergency, people),
        )


def _inside(weights: GroupWeights, inside: BoolArray) -> GroupWeights:
    none = np.zeros(len(inside))
    return GroupWeights(
        np.where(inside, weights.standard, 0.0) if len(weights.standard) else none,
        np.where(inside, weights.older, 0.0) if len(weights.older) else none,
        inside.astype(np.float64),
        weights.missing,
    )


def _value(measure: Measure, weights: GroupWeights) -> float | None:
    return None if measure.missing else group_value(measure, weights)


def _least(measure: Measure, weights: GroupWeights, q: float) -> float | None:
    """Return the value that a share `q` of the people do not exceed; 0 = that of the worst served."""
    if measure.missing:
        return None
    values = np.concatenate([measure.standard, measure.older])
    return weighted_quantile(values, np.concatenate([weights.standard, weights.older]), q)
