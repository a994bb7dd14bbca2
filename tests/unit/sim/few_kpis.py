"""A run of a few KPIs: a test that looks at one need not wait for the forty others."""

from __future__ import annotations

import pandas as pd

from geodata.city import City
from sim.kpi.registry import KPIS
from sim.params import Analysis, Params
from sim.results import RunResult
from sim.reuse import Reuse
from sim.run import build_context, kpi_rows


def run_of(city: City, *kpi_ids: str, analysis: Analysis | None = None, params: Params | None = None) -> RunResult:
    """Return the rows of some KPIs as the models give them: not pivoted on official figures, and without cells."""
    context = build_context(city, analysis or Analysis(), params or Params(), reference=None, reuse=Reuse())
    return RunResult(tuple(row for kpi_id in kpi_ids for row in kpi_rows(context, KPIS[kpi_id])), pd.DataFrame())
