"""Owns what the warm engine hands back: numbers of a scenario that is being edited, as far as they are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from geodata.errors import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.errors import Problem
    from geodata.units import FloatArray
    from sim.kpi import Judgement
    from sim.results import KpiRow

LiveState = Literal["working", "done", "cancelled", "refused"]
WarmState = Literal["cold", "warming", "ready", "failed"]

GEOMETRY: tuple[str, ...] = (
    "catchment_population_share",
    "catchment_population",
    "transit_coverage_share",
    "transit_gap_population",
    "frequent_stop_share",
    "clinics_per_100k",
    "clinics_count",
    "mobile_office_coverage_share",
    "mobile_office_visits_per_month",
)
"""KPIs that need no travel time: shown first."""
ACCESS: tuple[str, ...] = (
    "clinic_within_30min_share",
    "clinic_nearest_min",
    "city_office_within_30min_share",
    "station_front_30min_population",
)
"""KPIs of travel times: shown next."""
LIVE_KPIS: tuple[str, ...] = (*GEOMETRY, *ACCESS)
"""KPIs in the goal of the live screen: all under their default setting. The others follow in the background."""
LIVE_COLUMNS: tuple[str, ...] = (
    "persons",
    "catchment_share",
    "transit_covered_share",
    "frequent_covered_share",
    "mobile_office_share",
    "mobile_office_visits_per_month",
    "clinic_nearest_min",
    "city_office_nearest_min",
    "station_front_min",
)
"""Columns of the map that the same steps give."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of a live answer, and what it took [ms]."""

    name: str
    took_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class LiveResult:
    """
    What is known of a scenario that is being edited.

    Parameters
    ----------
    session, request, part
        Whose it is, its number there, and which part of the answer: a page shows none older than what it shows already.
    scenario_id, digest
        What was computed; `digest` without titles and names.
    state
        ``working``: more follows, see `pending`. ``cancelled``: a newer request of the session came; nothing in it may
        be shown. ``refused``: the scenario cannot be applied, `problems` says why.
    against, against_title
        Id and title of what it compares with; "" = the city as it is.
    rows, rows_against
        Rows under the default setting, as kpi.csv has them, of both, of the KPIs known so far.
    judgements
        (KPI, group) → what `compare` says of the change, without draws.
    unmoved
        KPI → why it did not move, in a planner's words: it cannot react, or looks at something else.
    definitions
        What is said where definitions of the catchment do not agree on its change; empty where they do.
    by_phase
        KPIs whose change may be of the phase of headways alone; only draws tell.
    pending
        KPIs still to come, in their order.
    cells, cells_against
        Column of `sim.kpi.CELL_COLUMNS` → value by cell, shape (C,), of both.
    layers
        Lines, stops, facilities and plans, as the page of comparison draws them, marked against `against`; {}: not yet.
    problems
        Located findings of the scenario; warnings where it could be applied.
    phases
        What took how long.
    """

    session: str
    request: int
    scenario_id: str
    state: LiveState
    part: int = 0
    digest: str = ""
    against: str = ""
    against_title: Text = Text("", "")
    rows: tuple[KpiRow, ...] = ()
    rows_against: tuple[KpiRow, ...] = ()
    judgements: Mapping[tuple[str, str], Judgement] = field(default_factory=dict)
    unmoved: Mapping[str, Text] = field(default_factory=dict)
    definitions: Text = Text("", "")
    by_phase: frozenset[str] = frozenset()
    pending: tuple[str, ...] = ()
    cells: Mapping[str, FloatArray] = field(default_factory=dict)
    cells_against: Mapping[str, FloatArray] = field(default_factory=dict)
    layers: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    phases: tuple[Phase, ...] = ()

    @property
    def took_ms(self) -> dict[str, float]:
        """Phase → what it took [ms]."""
        return {phase.name: phase.took_ms for phase in self.phases}

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state != "working"

    def row(self, kpi_id: str, group: str = "all", *, against: bool = False) -> KpiRow | None:
        """Return one row of the scenario, or of what it compares with; None where it is not known."""
        rows = self.rows_against if against else self.rows
        return next((r for r in rows if (r.kpi_id, r.group) == (kpi_id, group)), None)
