"""Owns what a run returns: KPI rows in the fixed schema, the table of cells, and the splits of change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from geodata.provenance import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sim.journal import StepNote
    from sim.uncertainty.draws import Draws

KPI_COLUMNS = (
    "scenario",
    "year",
    "kpi_id",
    "setting",
    "group",
    "value",
    "model_value",
    "low",
    "high",
    "unit",
    "status",
    "note",
)
"""Columns of kpi.csv, final: planners' scripts rely on them."""
NUMBER_COLUMNS = ("value", "model_value", "low", "high")

DEFAULT_SETTING = "default"


@dataclass(frozen=True, slots=True)
class KpiRow:
    """
    One KPI of one scenario, year, setting and group.

    `value` is what is shown (pivoted on the official figure where models.md §1 says so), `model_value` the plain model
    output. None = no value (status `no-data`, the note says why). Shares are 0–1. `note` is Japanese, short, and may
    hold flags joined by "; " (such as 参考値).
    """

    kpi_id: str
    setting: str
    group: str
    value: float | None
    model_value: float | None
    unit: str
    status: Status
    note: str = ""
    low: float | None = None
    high: float | None = None

    def noted(self, note: str) -> KpiRow:
        """Return the row with another note; thousands are, for each scenario of a sweep."""
        return KpiRow(
            self.kpi_id,
            self.setting,
            self.group,
            self.value,
            self.model_value,
            self.unit,
            self.status,
            note,
            self.low,
            self.high,
        )


@dataclass(frozen=True, slots=True)
class ChangeSplit:
    """
    Change of a KPI against the reference, split into 人口構成による変化, 施策による変化 and 見かけの変化.

    The three add up. `apparent` comes of the levels of model and official figure alone (`sim.apparent`).
    """

    kpi_id: str
    setting: str
    group: str
    change: float
    demographic: float
    policy: float
    apparent: float = 0.0

    def since(self, earlier: ChangeSplit) -> ChangeSplit:
        """Return the split of the change from another run to this one: against one baseline, splits subtract."""
        return replace(
            self,
            change=self.change - earlier.change,
            demographic=self.demographic - earlier.demographic,
            policy=self.policy - earlier.policy,
            apparent=self.apparent - earlier.apparent,
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """What one step read: ``kpi`` or ``column``, its name, its digest, and name of each reading → digest."""

    kind: str
    name: str
    step: str
    reads: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class RunResult:
    """
    Results of one run.

    Parameters
    ----------
    kpis
        KPI rows, `default` setting first within each (kpi, group).
    cells
        One row per cell, in the city's order; columns are declared in `sim.kpi.CELL_COLUMNS`.
    splits
        Change against the reference, split; empty for the reference itself.
    reused
        How much of each kind of step came from the memory, where anything did.
    fitted
        (setting, radius [m]) of catchment definitions fitted to the official figure on the baseline; runs that are
        compared with it use the same radii.
    steps
        The account of the run, for ``--explain``; empty for a result read from the store.
    traces
        What each KPI and each computed column read of the city.
    unpivoted
        The rows that the pivot changed, as they were before.
    tables
        Further tables of services by name (`sim.service_tables`), each with a row per visit, vehicle, hour, …; empty
        ones are left out.
    draws
        Every row under every draw, where the run was drawn; then the rows have `low` and `high`.
    """

    kpis: tuple[KpiRow, ...]
    cells: pd.DataFrame
    splits: tuple[ChangeSplit, ...] = ()
    reused: tuple[str, ...] = ()
    fitted: tuple[tuple[str, float], ...] = ()
    steps: tuple[StepNote, ...] = ()
    traces: tuple[Trace, ...] = ()
    unpivoted: tuple[KpiRow, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    draws: Draws | None = None

    def find(self, kpi_id: str, setting: str = DEFAULT_SETTING, group: str = "all") -> KpiRow | None:
        """Return one row or None."""
        return next(
            (r for r in self.kpis if (r.kpi_id, r.setting, r.group) == (kpi_id, setting, group)),
            None,
        )


def kpi_frame(kpis: Iterable[KpiRow], scenario_id: str, year: int) -> pd.DataFrame:
    """Return kpi.csv as a frame with the fixed columns."""
    rows = [
        (
            scenario_id,
            year,
            r.kpi_id,
            r.setting,
            r.group,
            r.value,
            r.model_value,
            r.low,
            r.high,
            r.unit,
            str(r.status),
            r.note,
        )
        for r in kpis
    ]
    frame = pd.DataFrame(rows, columns=list(KPI_COLUMNS))
    return frame.astype(dict.fromkeys(NUMBER_COLUMNS, float))  # though none of them is known
