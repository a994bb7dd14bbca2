"""Owns one facility as readers hand it on, and the way from such rows to Facilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.crs import to_plane
from geodata.errors import Problem, Text, warning
from geodata.facilities import Facilities
from geodata.readers.tables import listed
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """
    One facility before it becomes columns.

    `hours`: opening rows (bit mask of days: bit 0 Monday … 6 Sunday, 7 holiday; open; close [s]).
    """

    facility_id: str
    name: str
    kind: str
    lon: float
    lat: float
    position_error_m: float
    capacity: float
    specialty: str
    hazards: str
    source_id: str
    status: str
    hours: tuple[tuple[int, int, int], ...] = ()


def facilities_of(rows: Sequence[FacilityRow], epsg: int) -> tuple[Facilities, list[Problem]]:
    """Return facilities as columns; a later row with an id seen before gets ``#2`` and so on, with a warning."""
    ids, problems = _unique_ids([r.facility_id for r in rows])
    lonlat = np.array([(r.lon, r.lat) for r in rows], dtype=np.float64).reshape(-1, 2)
    hours = [(n, *opening) for n, row in enumerate(rows) for opening in row.hours]
    opening = np.array(hours, dtype=np.int32).reshape(-1, 4)
    facilities = Facilities(
        facility_id=text_array(ids),
        name=text_array([r.name for r in rows]),
        kind=text_array([r.kind for r in rows]),
        lonlat=lonlat,
        xy=to_plane(epsg, lonlat),
        position_error_m=np.array([r.position_error_m for r in rows], dtype=np.float64),
        capacity=np.array([r.capacity for r in rows], dtype=np.float64),
        open_to_public=np.ones(len(rows), dtype=np.bool_),
        specialty=text_array([r.specialty for r in rows]),
        hazards=text_array([r.hazards for r in rows]),
        source_id=text_array([r.source_id for r in rows]),
        status=text_array([r.status for r in rows]),
        hours_facility=opening[:, 0].copy(),
        hours_days=opening[:, 1].copy(),
        hours_start_s=opening[:, 2].copy(),
        hours_end_s=opening[:, 3].copy(),
    )
    return facilities, problems


def _unique_ids(ids: Sequence[str]) -> tuple[list[str], list[Problem]]:
    seen: dict[str, int] = {}
    found, again = [], []
    for name in ids:
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            again.append(name)
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    if not again:
        return found, []
    return found, [
        warning(
            "facilities.duplicate_id",
            "facilities",
            Text(f"施設の id が重複しています: {listed(again)}", f"facility ids occur again: {listed(again)}"),
            Text("あとの行の id に #2 などを付けました", "later ones got #2 and so on"),
            len(again),
        ),
    ]
