"""Owns official KPI baselines and targets by year, with their source."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text
from geodata.provenance import Status


@dataclass(frozen=True, slots=True)
class TargetRow:
    """
    One official figure of one KPI in one year.

    Parameters
    ----------
    kpi_id
        KPI it belongs to, or an own id for the ones no model claims.
    kind
        ``baseline`` (基準値), ``target`` (評価指標), ``actual`` (entered), ``path`` and ``path-vision`` (totals of the
        official projection and of the city's vision), ``control`` (published persons of an age group).
    year, date
        Calendar year of the fiscal year, and the date it is measured at.
    value, unit
        The figure; shares as 0–1.
    judged
        False for 参照・入力のみ: no model claims it.
    """

    kpi_id: str
    kind: str
    year: int
    date: str
    value: float
    unit: str
    label: Text
    source: str
    status: Status
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Targets:
    """All official figures of a city."""

    rows: tuple[TargetRow, ...] = ()

    def find(self, kpi_id: str, kind: str) -> TargetRow | None:
        """Return the first row of a KPI and kind, or None."""
        return next((r for r in self.rows if r.kpi_id == kpi_id and r.kind == kind), None)

    def path(self, kpi_id: str, variant: str = "path") -> dict[int, float]:
        """Return year → value of an official path (such as the projected population)."""
        return {r.year: r.value for r in self.rows if r.kpi_id == kpi_id and r.kind == variant}
