"""Owns the table of how full lines are, and what of it may be told where lines are assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.provenance import Status, weakest
from geodata.timetable import RouteClass
from sim.assumed_lines import has_assumed_lines
from sim.kpi.coverage import NEEDS_GTFS, REFERENCE_ONLY
from sim.ridership.loads import RouteLoads, route_loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.context import RunContext

COLUMNS = (
    "route_id",
    "route",
    "route_class",
    "line_status",
    "runs_day",
    "boardings_day",
    "passenger_km_day",
    "person_min_day",
    "max_load_day",
    "max_load_from",
    "max_load_to",
    "riders_per_run_max",
    "riders_per_run_mean",
    "status",
    "note",
)
"""Riders of an average day (365), both ways; kilometres are straight from stop to stop."""
SPREAD_TOTAL = "総数は公表値（市外からの利用も含む）に合わせ、市民の行き先に割り付けた"
"""Which lines those from outside ride is not known."""
_MEASURED = (
    "boardings_day", "passenger_km_day", "person_min_day", "max_load_day", "max_load_from", "max_load_to",
    "riders_per_run_max", "riders_per_run_mean",
)  # fmt: skip


def ride_loads(context: RunContext) -> pd.DataFrame:
    """
    Return how full every bus line is, one row each; railways are left out.

    Where lines are assumed, everything that rests on who rides what is withheld (算定不可（実GTFSが必要）) unless the
    analysis includes assumed lines (then 参考値): riders of real lines, too, depend on the lines beside them.
    """
    loads = route_loads(context)
    rows = [] if loads is None else list(_rows(context, loads))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def withheld(context: RunContext) -> bool:
    """Return whether riders of lines are not told because lines are assumed."""
    return has_assumed_lines(context.city) and not context.analysis.include_assumed_lines


def _rows(context: RunContext, loads: RouteLoads) -> Iterator[dict[str, object]]:
    timetable = context.city.timetable
    routes, names = timetable.routes, timetable.stops.name
    note = NEEDS_GTFS if withheld(context) else REFERENCE_ONLY if has_assumed_lines(context.city) else SPREAD_TOTAL
    status = context.status("population", "timetable", extra=[Status.ASSUMED])
    for route in np.flatnonzero((routes.route_class != RouteClass.RAIL) & (loads.runs > 0)).tolist():
        line_status = Status(str(routes.status[route]))
        row: dict[str, object] = {
            "route_id": str(routes.route_id[route]),
            "route": str(routes.name[route]),
            "route_class": str(routes.route_class[route]),
            "line_status": line_status.value,
            "runs_day": loads.runs[route],
            "boardings_day": round(float(loads.boardings[route]), 1),
            "passenger_km_day": round(float(loads.passenger_km[route]), 1),
            "person_min_day": round(float(loads.person_min[route]), 1),
            "max_load_day": round(float(loads.max_load[route]), 1),
            "max_load_from": str(names[loads.max_from[route]]) if loads.max_from[route] >= 0 else "",
            "max_load_to": str(names[loads.max_to[route]]) if loads.max_to[route] >= 0 else "",
            "riders_per_run_max": round(float(loads.max_per_run[route]), 2),
            "riders_per_run_mean": round(float(loads.mean_per_run[route]), 2),
            "status": weakest([status, line_status]).value,
            "note": note,
        }
        yield {**row, **dict.fromkeys(_MEASURED), "status": Status.NO_DATA.value} if withheld(context) else row
