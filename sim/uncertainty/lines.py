"""Owns the two lines of uncertainty as they are told: low and high of each row, and the table of both lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.kpi.registry import KPIS
from sim.uncertainty.draws import key_of, number_of
from sim.uncertainty.interval import intervals_of, other_ends

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from sim.results import KpiRow, RunResult
    from sim.uncertainty.draws import Draws

TABLE = "uncertainty"
COLUMNS = ("kpi", "setting", "group", "line", "low", "high", "n_draws", "n_rerouted")
DRAWS, DEFINITION = "draws", "definition"
"""同じ仮定での差, データ・定義の不確かさ."""


def with_lines(result: RunResult, draws: Draws) -> RunResult:
    """Return a run with the interval of its draws on each row, the table of both lines, and the draws themselves."""
    rows = {key_of(row): row for row in result.kpis}
    central = np.array([number_of(rows[key].value) for key in draws.keys])
    low, high = clipped(draws, central, *intervals_of(draws, central))
    ends = dict(zip(draws.keys, zip(low.tolist(), high.tolist(), strict=True), strict=True))
    kpis = tuple(_with_ends(row, ends.get(key_of(row))) for row in result.kpis)
    table = line_table(draws, central, (low, high))
    return replace(result, kpis=kpis, tables={**result.tables, TABLE: table}, draws=draws)


def _with_ends(row: KpiRow, ends: tuple[float, float] | None) -> KpiRow:
    if ends is None or row.value is None or np.isnan(ends).any():
        return row
    return replace(row, low=ends[0], high=ends[1])


def clipped(draws: Draws, central: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return the ends of intervals within what a number can be.

    What is never below 0 is not below; a share that is never above 1 is not above (fares may pass the cost).
    """
    every = np.concatenate([central[:, None], draws.of("")], axis=1)
    share = np.array([KPIS[kpi_id].unit == "share" for kpi_id, _, _ in draws.keys])
    never_below, never_above = ~(every < 0).any(axis=1), share & ~(every > 1).any(axis=1)
    return np.where(never_below, np.maximum(low, 0.0), low), np.where(never_above, np.minimum(high, 1.0), high)


def line_table(draws: Draws, central: FloatArray, drawn: tuple[FloatArray, FloatArray]) -> pd.DataFrame:
    """Return both lines of every row that has a value: `COLUMNS`."""
    counts = {DRAWS: (draws.n_draws, draws.n_rerouted), DEFINITION: (0, 0)}
    lines = {DRAWS: drawn, DEFINITION: other_ends(draws, central)}
    known = np.flatnonzero(~np.isnan(central))
    parts = []
    for line, (low, high) in lines.items():
        part = pd.DataFrame([draws.keys[n] for n in known], columns=list(COLUMNS[:3]))
        n_draws, n_rerouted = counts[line]
        parts.append(part.assign(line=line, low=low[known], high=high[known], n_draws=n_draws, n_rerouted=n_rerouted))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]
