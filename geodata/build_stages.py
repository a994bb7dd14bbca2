"""Owns the state of a build while its layers are read, and what several layers need: outlines, 国土数値情報."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.build_checks import MUNICIPALITY
from geodata.crs import plane_epsg, to_plane
from geodata.readers.gtfs import FeedReading
from geodata.readers.ksj import KsjLayer, read_ksj
from geodata.readers.zone_files import read_zones
from geodata.streets import StreetModel

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geodata.boundaries import Zone
    from geodata.build_findings import Findings
    from geodata.city_config import CityConfig
    from geodata.config.ksj import KsjConfig
    from geodata.daytime import DaytimePopulation
    from geodata.facilities import Facilities
    from geodata.opinions import Opinions
    from geodata.outlook import PopulationOutlook
    from geodata.population import PopulationCells
    from geodata.timetable import Timetable
    from geodata.towns import Towns
    from geodata.units import FloatArray

_PROVISIONAL_EPSG = 6677
"""Plane of outlines that are read before the plane of the city is known; they are projected again."""
_KSJ_LAYER = {"N02": "timetable", "N07": "timetable", "P11": "timetable", "P02": "facilities", "P04": "facilities"}
_KSJ_LAYER |= {"P05": "facilities", "P29": "facilities"}


SHARES = {"population": (0.0, 0.2), "timetable": (0.2, 0.5), "streets": (0.5, 0.85), "facilities": (0.85, 0.9)}
"""Stage → share of a build where it begins and ends, for progress."""


def _silent(stage: str, share: float) -> None:
    """Tell nobody."""


@dataclass
class Stages:
    """
    One build: what was read so far, each layer None until its file is read.

    `base_population`: people of the base city, where there is one, for what needs cells.
    """

    config: CityConfig
    root: Path
    found: Findings
    tell: Callable[[str, float], None] = _silent
    epsg: int | None = None
    base_population: PopulationCells | None = None
    outline: BaseGeometry | None = None
    zones: list[Zone] = field(default_factory=list)
    towns: Towns | None = None
    population: PopulationCells | None = None
    people_missing: bool = False
    cells_table: pd.DataFrame | None = None
    daytime: DaytimePopulation | None = None
    outlook: PopulationOutlook | None = None
    feeds: FeedReading | None = None
    timetable: Timetable | None = None
    streets: StreetModel | None = None
    facilities: Facilities | None = None
    opinions: Opinions | None = None
    ksj: list[tuple[str, KsjLayer]] = field(default_factory=list)

    def find(self, name: str) -> Path:
        """Return the place of an input on disk."""
        return self.root / name

    def project(self, lonlat: FloatArray) -> FloatArray:
        """Return plane coordinates [m]; the first points asked for choose the plane where nothing did before."""
        if self.epsg is None and len(lonlat):
            lon, lat = (float(v) for v in np.median(lonlat, axis=0))
            self.epsg = plane_epsg(lon, lat)
        return to_plane(self.epsg or _PROVISIONAL_EPSG, lonlat)

    @property
    def people(self) -> PopulationCells | None:
        """People of this build, or of its base."""
        return self.population if self.population is not None else self.base_population

    def read_outlines(self) -> None:
        """Read zones and municipal boundaries, and what lies in the municipality."""
        for entry in self.config.boundaries:
            zones = self.found.take("zones", partial(read_zones, entry, self.find(entry.path), self.plane))
            self.zones += zones or []
        for file in self.config.ksj:
            if is_boundary(file):
                self.read_ksj(file)
        municipal = [z.lonlat for z in self.zones if z.kind == MUNICIPALITY]
        self.outline = shapely.union_all(municipal) if municipal else None

    def final_zones(self) -> tuple[Zone, ...]:
        """Return all zones on the plane of the city, those of 国土数値情報 included."""
        epsg = self.plane
        self.found.of("zones").counts["zones"] = len(self.zones)
        return tuple(
            replace(z, xy=shapely.transform(z.lonlat, lambda points: to_plane(epsg, points))) for z in self.zones
        )

    @property
    def plane(self) -> int:
        """EPSG of the plane in use; a provisional one until the place of the city is known."""
        return self.epsg or self.config.epsg or _PROVISIONAL_EPSG

    def read_ksj(self, file: KsjConfig) -> None:
        """Read one file of 国土数値情報, and keep what it brings for the layers it belongs to."""
        guess = _KSJ_LAYER.get(_dataset(file), "zones")
        reading = self.found.read(guess, lambda: read_ksj(file, self.find, epsg=self.plane, outline=self.outline))
        if reading is None:
            return
        layer = reading.value
        self.found.of(_KSJ_LAYER.get(layer.dataset, "zones")).add(
            problems=reading.problems, files=reading.files, counts=reading.counts, repairs=reading.repairs
        )
        self.ksj.append((file.path, layer))
        self.zones += layer.zones


def is_boundary(file: KsjConfig) -> bool:
    """Return whether a file of 国土数値情報 holds municipal boundaries."""
    return _dataset(file) == "N03"


def _dataset(file: KsjConfig) -> str:
    return file.dataset or Path(file.path).name[:3].upper()
