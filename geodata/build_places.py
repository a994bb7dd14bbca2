"""Owns the streets, facilities and opinions of a build, read around the people and stops it found before."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from geodata.build_stages import SHARES
from geodata.config.streets import StreetsConfig
from geodata.crs import to_lonlat
from geodata.empty_layers import mesh_without_people
from geodata.overlay_people import with_districts
from geodata.readers.facility_tables import FacilityRow, facilities_of, read_facilities
from geodata.readers.opinions import read_opinions
from geodata.readers.street_sources import read_streets
from geodata.readers.unused_counts import unused_counts
from geodata.streets import DetourPlane, StreetModel

if TYPE_CHECKING:
    from geodata.build_stages import Stages
    from geodata.reading import Reading

_NO_DAY = "1970-01-01"
_SOMEWHERE = np.array([[139.75, 35.68]])


def read_street_network(stages: Stages) -> None:
    """Read the streets around people and stops; the plane where none are configured and no base has them."""
    wanted = stages.config.streets
    if wanted is None:
        stages.streets = None if stages.config.base is not None else DetourPlane()
        return
    stages.streets = stages.found.take("streets", lambda: _streets_of(stages, wanted))
    if stages.streets is not None and not isinstance(stages.streets, DetourPlane):
        stages.streets = replace(stages.streets, max_snap_m=wanted.max_snap_m)


def _streets_of(stages: Stages, wanted: StreetsConfig) -> Reading[StreetModel]:
    first, last = SHARES["streets"]
    return read_streets(
        wanted,
        stages.find,
        project=stages.project,
        area_lonlat=_area(stages, wanted),
        progress=lambda share: stages.tell("streets", first + (last - first) * share),
    )


def _area(stages: Stages, wanted: StreetsConfig) -> tuple[float, float, float, float] | None:
    people, timetable = stages.people, stages.timetable
    points = [] if people is None else [people.xy]
    if not points and timetable is not None and timetable.n_stops:
        points = [timetable.stops.xy]
    if not points:
        return None
    xy = np.concatenate(points)
    low, high = xy.min(axis=0) - wanted.margin_m, xy.max(axis=0) + wanted.margin_m
    corners = to_lonlat(stages.plane, [low, (low[0], high[1]), high, (high[0], low[1])])
    west, south = corners.min(axis=0)
    east, north = corners.max(axis=0)
    return float(west), float(south), float(east), float(north)


def read_places(stages: Stages) -> None:
    """Read facilities and opinions."""
    rows: list[FacilityRow] = []
    people = stages.people
    # Where people were refused, the places are still read, so that one report names what is wrong with both.
    cells = people if people is not None else mesh_without_people(stages.plane, _SOMEWHERE, base_date=_NO_DAY)
    for entry in stages.config.facilities:
        if people is None and entry.path is None:
            continue
        read = partial(read_facilities, entry, stages.find, cells, stages.cells_table, stages.towns)
        taken = stages.found.take("facilities", read)
        rows += taken or []
    _tell_unused(stages)
    rows += [row for _, layer in stages.ksj for row in layer.facilities]
    brought = bool(stages.config.facilities) or any(layer.facilities for _, layer in stages.ksj)
    if brought or stages.config.base is None:
        stages.facilities, problems = facilities_of(rows, stages.plane)
        stages.found.of("facilities").add(problems=problems, counts={"facilities": len(rows)})
    if stages.config.opinions and people is not None:
        base = stages.base_population  # whose districts own people without any will have
        cells = people if base is None else with_districts(base, people, [])
        stages.opinions = stages.found.take(
            "opinions", lambda: read_opinions(stages.config.opinions, stages.find, cells, stages.towns)
        )


def _tell_unused(stages: Stages) -> None:
    """Tell which numbers of the table of cells no layer uses."""
    table, people = stages.cells_table, stages.config.population
    if table is None or people is None or people.kind not in {"cells_csv", "mesh_csv"}:
        return
    fields = people.model_dump()
    used = [str(v) for v in fields.values() if isinstance(v, str)]
    used += [str(b["column"]) for b in fields.get("bands") or () if b["column"]] + list(fields.get("where") or ())
    used += [entry.cells_column for entry in stages.config.facilities if entry.cells_column]
    stages.found.of("facilities").add(problems=unused_counts(table, used))
