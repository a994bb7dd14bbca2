"""Owns the choice of streets: an extract, a saved graph, a download, or straight line × detour factor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geodata.readers.barriers import READER as BARRIER_READER
from geodata.readers.barriers import read_barriers
from geodata.readers.elevation import READER as ELEVATION_READER
from geodata.readers.graphml import READER as GRAPHML_READER
from geodata.readers.graphml import read_graphml
from geodata.readers.osm import READER as OSM_READER
from geodata.readers.osm import read_osm
from geodata.readers.records import file_record
from geodata.readers.street_download import PUBLIC_URL, Overpass, fetch_streets, kept_note, smaller_note
from geodata.readers.street_download import READER as OVERPASS_READER
from geodata.reading import Reading
from geodata.streets import DetourPlane, StreetModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geodata.config.streets import StreetsConfig
    from geodata.units import FloatArray

READERS = (OSM_READER, GRAPHML_READER, OVERPASS_READER, ELEVATION_READER, BARRIER_READER)
_FETCHED_SHARE = 0.6


def read_streets(
    config: StreetsConfig,
    find: Callable[[str], Path],
    *,
    project: Callable[[FloatArray], FloatArray],
    area_lonlat: tuple[float, float, float, float] | None,
    progress: Callable[[float], None] | None = None,
) -> Reading[StreetModel]:
    """
    Return the street model that a configuration asks for.

    Parameters
    ----------
    config
        What the person wrote.
    find
        Path of the configuration → path on disk.
    project
        Degrees (N, 2) → plane coordinates (N, 2) [m].
    area_lonlat
        West, south, east, north around people and stops, margin included [degrees]; None = everything.
    progress
        Called with the share done, 0 to 1.

    Returns
    -------
    reading
        Network, or the plane where no source is named.

    Raises
    ------
    DataError
        If a file is missing or damaged, holds no street of the area, or cannot be downloaded.
    """
    tell = progress or _nobody
    tell(0.0)
    if config.osm_pbf is None and config.graphml is None and not config.download:
        return Reading(DetourPlane(config.detour, config.car_detour))
    drawn = read_barriers(config.barriers, find) if config.barriers else None
    path = find(config.osm_pbf or config.graphml or config.keep)
    if config.download and not path.is_file():
        server = Overpass(config.overpass_url or PUBLIC_URL, config.overpass_timeout_s)
        fetch_streets(area_lonlat, server, path)
        tell(_FETCHED_SHARE)
    read, reader = (read_osm, OSM_READER) if config.osm_pbf else (read_graphml, GRAPHML_READER)
    reading = read(
        path,
        project=project,
        elevation=[find(name) for name in _listed(config.elevation)],
        area_lonlat=area_lonlat,
        barriers=drawn.barriers if drawn else None,
    )
    problems = [*(drawn.problems if drawn else ()), *reading.problems]
    if config.download:
        problems = [kept_note(path, reading.about), *smaller_note(path, reading.about, area_lonlat), *problems]
    record = file_record(path, reader, reading.counts["osm_ways_in"], reading.counts["osm_ways"])
    tell(1.0)
    return Reading(
        replace(reading.streets, max_snap_m=config.max_snap_m),
        tuple(problems),
        (record, *reading.files, *(drawn.files if drawn else ())),
        reading.counts,
    )


def _nobody(_: float) -> None:
    """Tell nobody."""


def _listed(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if given is None else (given,) if isinstance(given, str) else given
