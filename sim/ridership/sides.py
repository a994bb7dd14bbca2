"""Owns what stands beside boardings: linked trips, changes and minutes of those who ride a bus, before and after."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.ridership.cost import of_markets, slower_walk
from sim.ridership.demand import find_choice, parts_now
from sim.ridership.markets import BUS, MARKETS, trip_rates
from sim.ridership.outcome import ride_outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.context import RunContext
    from sim.results import KpiRow, RunResult

TABLE = "ride_sides"
COLUMNS = ("measure", "unit", "baseline", "run", "change", "status", "note")
UNITS = {"boardings": "rides", "linked_trips": "trips", "transfers": "changes"}
MINUTES = "person-min"
OF_RESIDENTS = "住民のモデル。移動・乗換・人分にも乗車と同じ倍率（公表値 ÷ 試算）をかけた"
_TOTAL = ("bus_rides_total", "default", "all")


@dataclass(frozen=True, slots=True)
class Sides:
    """
    What residents do by bus in a year, as the model has it.

    Parameters
    ----------
    boardings, linked_trips, transfers
        Buses boarded; trips with at least one; changes of vehicle, those to trains too.
    walk_min, wait_min, ride_min
        Person-minutes of the trips with a bus: on foot, waiting (too early included), on board of anything.
    """

    boardings: float
    linked_trips: float
    transfers: float
    walk_min: float
    wait_min: float
    ride_min: float


MEASURES = tuple(part.name for part in fields(Sides))


def find_sides(context: RunContext) -> Sides | None:
    """Return what residents do by bus in a year; None where no bus runs at the baseline."""
    return context.step("rides", "sides", lambda: _find_sides(context))


def _find_sides(context: RunContext) -> Sides | None:
    outcome, choice = ride_outcome(context), find_choice(context)
    if outcome is None or choice is None:
        return None
    parts = parts_now(context)
    trips = choice.after[:, BUS] * (trip_rates(context, changed=not context.is_baseline) @ outcome.persons.T)
    pace = np.array([slower_walk(context) if market.older else 1.0 for market in MARKETS])

    def minutes(name: str) -> float:
        by_market = (trips * of_markets(parts, name, context.n_cells)).sum(axis=1)
        return float((by_market * pace).sum() if name == "linked_walk_min" else by_market.sum())

    return Sides(
        outcome.boardings_total,
        outcome.linked_total,
        outcome.transfers_total,
        minutes("linked_walk_min"),
        minutes("linked_wait_min"),
        minutes("linked_ride_min"),
    )


def ride_sides(context: RunContext, kpis: Iterable[KpiRow], reference: RunResult | None) -> pd.DataFrame:
    """
    Return the table `ride_sides`: boardings, linked trips, changes and person-minutes of a year, before and after.

    Parameters
    ----------
    context
        The run.
    kpis
        Its rows, pivoted: all measures are scaled as boardings are.
    reference
        Result of the baseline; None = this run is the baseline.
    """
    sides = find_sides(context)
    total = next((row for row in kpis if (row.kpi_id, row.setting, row.group) == _TOTAL), None)
    if sides is None or total is None or total.value is None:
        return pd.DataFrame(columns=list(COLUMNS))
    level = total.value / total.model_value if total.model_value else 1.0
    held = None if reference is None else reference.tables.get(TABLE)
    before = {} if held is None else dict(zip(held["measure"], held["run"], strict=True))
    rows = []
    for name in MEASURES:
        now = level * float(getattr(sides, name))
        was = now if reference is None else float(before.get(name, np.nan))
        rows.append((name, UNITS.get(name, MINUTES), was, now, now - was, str(total.status), OF_RESIDENTS))
    return pd.DataFrame(rows, columns=list(COLUMNS))
