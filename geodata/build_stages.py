"""Owns the reading of each layer of a configuration, in the order in which one layer needs another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.build_checks import MUNICIPALITY
from geodata.config.streets import StreetsConfig
from geodata.crs import plane_epsg, to_lonlat, to_plane
from geodata.empty_layers import empty_timetable, mesh_without_people
from geodata.errors import Problem, Text, warning
from geodata.readers.control_totals import apply_controls
from geodata.readers.daytime import read_daytime
from geodata.readers.districts import read_districts
from geodata.readers.facility_tables import FacilityRow, facilities_of, read_facilities
from geodata.readers.future_mesh import read_outlook
from geodata.readers.gtfs import FeedReading, read_gtfs
from geodata.readers.ksj import KsjLayer, read_ksj
from geodata.readers.opinions import read_opinions
from geodata.readers.population import read_population
from geodata.readers.street_sources import read_streets
from geodata.readers.tables import listed, note
from geodata.readers.towns import read_towns
from geodata.readers.zone_files import read_zones
from geodata.streets import DetourPlane, StreetModel
from geodata.timetable_merge import join_told
from geodata.timetable_sketch import SketchLine, SketchStop, sketch_reading
from geodata.usual_days import SOME_YEAR, usual_days

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geodata.boundaries import Zone
    from geodata.build_findings import Findings
    from geodata.city_config import CityConfig
    from geodata.config.ksj import KsjConfig
    from geodata.config.population import PopulationConfig
    from geodata.daytime import DaytimePopulation
    from geodata.facilities import Facilities
    from geodata.opinions import Opinions
    from geodata.outlook import PopulationOutlook
    from geodata.population import PopulationCells
    from geodata.readers.population_reading import PeopleReading
    from geodata.reading import Reading
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
            zones = self.found.take("zones", partial(read_zones, entry, self.find(entry.path), self._plane))
            self.zones += zones or []
        for file in self.config.ksj:
            if _is_boundary(file):
                self._read_ksj(file)
        municipal = [z.lonlat for z in self.zones if z.kind == MUNICIPALITY]
        self.outline = shapely.union_all(municipal) if municipal else None

    def read_people(self) -> None:
        """Read towns, population, and what it is fitted to."""
        if self.config.towns is not None:
            towns = self.config.towns
            self.towns = self.found.take("towns", lambda: read_towns(towns, self.find))
        wanted = self.config.population
        if wanted is not None:
            reading = self.found.read("population", lambda: self._population_of(wanted))
            if reading is not None:
                self.population, self.epsg, self.cells_table = reading.population, reading.epsg, reading.table
                self.found.of("population").add(
                    problems=reading.problems, files=reading.files, counts=reading.counts, repairs=reading.repairs
                )
        if self.epsg is None and self.outline is not None:
            centre = self.outline.centroid
            self.epsg = plane_epsg(centre.x, centre.y)
        self._fit_people()

    def _population_of(self, wanted: PopulationConfig) -> PeopleReading:
        first, last = SHARES["population"]
        return read_population(
            wanted,
            self.find,
            self.epsg,
            outline=self.outline,
            progress=lambda share: self.tell("population", first + (last - first) * share),
        )

    def _fit_people(self) -> None:
        config, people = self.config, self.people
        if people is None:
            return
        if config.districts is not None:
            districts = config.districts
            whole = people
            fitted = self.found.take("population", lambda: read_districts(districts, self.find, whole))
            self.population = people = fitted or people
        if config.controls:
            cells = people
            fitted = self.found.take("population", lambda: apply_controls(config.controls, self.find, cells))
            self.population = people = fitted or people
        final = people
        if config.daytime is not None:
            daytime = config.daytime
            self.daytime = self.found.take("daytime", lambda: read_daytime(daytime, self.find, final))
        if config.outlook is not None:
            outlook = config.outlook
            self.outlook = self.found.take("outlook", lambda: read_outlook(outlook, self.find, final))

    def read_timetable(self) -> None:
        """Read the feeds, and sketch the lines that have no timetable."""
        config = self.config
        parts: list[Timetable] = []
        if config.gtfs:
            self.feeds = self.found.read("timetable", self._read_feeds)
            if self.feeds is not None:
                reading = self.feeds
                self.found.of("timetable").add(problems=reading.problems, files=reading.files, repairs=reading.repairs)
                for rows in reading.rows_in.values():
                    for table, n in rows.items():
                        known = self.found.of("timetable").counts_in
                        known[table] = known.get(table, 0) + n
                parts.append(reading.timetable)
        for file in config.ksj:
            if not _is_boundary(file):
                self._read_ksj(file)
        sketch = self._sketch()
        if sketch is not None:
            parts.append(sketch)
        if parts:
            self.timetable = self._joined(parts)
            self.found.of("timetable").counts |= _timetable_counts(self.timetable)

    def _joined(self, parts: Sequence[Timetable]) -> Timetable:
        """Return feeds and sketches as one timetable, telling what had to be renamed or left out."""
        joined = join_told(parts)
        found = self.found.of("timetable")
        if joined.renamed:
            found.add(problems=[_renamed([r.new_id for r in joined.renamed])])
        if joined.fares_dropped:
            found.add(problems=[_fares_dropped(sum(n for _, n in joined.fares_dropped))])
        return joined.timetable

    def _read_feeds(self) -> FeedReading:
        feeds = self.config.gtfs
        return read_gtfs(
            [self.find(f.path) for f in feeds],
            project=self.project,
            brt_routes=self.config.brt_routes,
            source_ids=[f.source or Path(f.path).stem for f in feeds],
            holidays=[f.holidays for f in feeds],
        )

    def _sketch(self) -> Timetable | None:
        lines: list[SketchLine] = [line for _, layer in self.ksj for line in layer.lines]
        stops: list[SketchStop] = [stop for _, layer in self.ksj for stop in layer.stops]
        if not lines and not stops:
            return None
        return self.found.take("timetable", lambda: sketch_reading(lines, stops, project=self.project))

    def place_nobody(self) -> None:
        """Put cells without people around what there is, where no file brings people."""
        if self.people is not None or self.config.base is not None:
            return
        points = [s for s in (self._stop_points(), self._outline_points()) if s is not None]
        if not points:
            return
        lonlat = np.concatenate(points)
        self.project(lonlat)
        self.population = self.found.read(
            "population", lambda: mesh_without_people(self._plane, lonlat, base_date=self._some_date())
        )
        if self.population is None:
            return
        self.people_missing = True
        self.found.of("population").add(
            problems=[
                note(
                    "population.none",
                    "population",
                    Text("人口データがないため、人のいないメッシュを置きました", "no population: cells without people"),
                    Text(
                        "国勢調査の地域メッシュ統計（e-Stat）を population: に書くと人口の指標が計算できます",
                        "give census cells (e-Stat) in population: to compute shares of people",
                    ),
                ),
            ],
            counts={"cells": self.population.n_cells, "persons": 0},
        )

    def read_street_network(self) -> None:
        """Read the streets around people and stops; the plane where none are configured and no base has them."""
        wanted = self.config.streets
        if wanted is None:
            self.streets = None if self.config.base is not None else DetourPlane()
            return
        self.streets = self.found.take("streets", lambda: self._streets_of(wanted))
        if self.streets is not None and not isinstance(self.streets, DetourPlane):
            self.streets = replace(self.streets, max_snap_m=wanted.max_snap_m)

    def _streets_of(self, wanted: StreetsConfig) -> Reading[StreetModel]:
        first, last = SHARES["streets"]
        return read_streets(
            wanted,
            self.find,
            project=self.project,
            area_lonlat=self._area(wanted),
            progress=lambda share: self.tell("streets", first + (last - first) * share),
        )

    def read_places(self) -> None:
        """Read facilities and opinions."""
        rows: list[FacilityRow] = []
        people = self.people
        for entry in self.config.facilities:
            if people is None:
                break
            read = partial(read_facilities, entry, self.find, people, self.cells_table, self.towns)
            taken = self.found.take("facilities", read)
            rows += taken or []
        rows += [row for _, layer in self.ksj for row in layer.facilities]
        brought = bool(self.config.facilities) or any(layer.facilities for _, layer in self.ksj)
        if brought or self.config.base is None:
            self.facilities, problems = facilities_of(rows, self._plane)
            self.found.of("facilities").add(problems=problems, counts={"facilities": len(rows)})
        if self.config.opinions and people is not None:
            cells = people
            self.opinions = self.found.take(
                "opinions", lambda: read_opinions(self.config.opinions, self.find, cells, self.towns)
            )

    def final_zones(self) -> tuple[Zone, ...]:
        """Return all zones on the plane of the city, those of 国土数値情報 included."""
        epsg = self._plane
        self.found.of("zones").counts["zones"] = len(self.zones)
        return tuple(
            replace(z, xy=shapely.transform(z.lonlat, lambda points: to_plane(epsg, points))) for z in self.zones
        )

    def final_timetable(self) -> Timetable:
        """Return the timetable, without a stop where no file brings one."""
        return self.timetable if self.timetable is not None else empty_timetable()

    @property
    def _plane(self) -> int:
        return self.epsg or self.config.epsg or _PROVISIONAL_EPSG

    def _read_ksj(self, file: KsjConfig) -> None:
        guess = _KSJ_LAYER.get(file.dataset or Path(file.path).name[:3].upper(), "zones")
        reading = self.found.read(guess, lambda: read_ksj(file, self.find, epsg=self._plane, outline=self.outline))
        if reading is None:
            return
        layer = reading.value
        self.found.of(_KSJ_LAYER.get(layer.dataset, "zones")).add(
            problems=reading.problems, files=reading.files, counts=reading.counts, repairs=reading.repairs
        )
        self.ksj.append((file.path, layer))
        self.zones += layer.zones

    def _area(self, wanted: StreetsConfig) -> tuple[float, float, float, float] | None:
        people, timetable = self.people, self.timetable
        points = [] if people is None else [people.xy]
        if not points and timetable is not None and timetable.n_stops:
            points = [timetable.stops.xy]
        if not points:
            return None
        xy = np.concatenate(points)
        low, high = xy.min(axis=0) - wanted.margin_m, xy.max(axis=0) + wanted.margin_m
        corners = to_lonlat(self._plane, [low, (low[0], high[1]), high, (high[0], low[1])])
        west, south = corners.min(axis=0)
        east, north = corners.max(axis=0)
        return float(west), float(south), float(east), float(north)

    def _some_date(self) -> str:
        """Return the date of a city without people: that of the configuration, or of its first feed."""
        if self.config.date is not None:
            return self.config.date.isoformat()
        starts = [] if self.feeds is None else [first for first, _ in self.feeds.valid.values()]
        return min(starts, default=usual_days(SOME_YEAR)[0].isoformat())

    def _stop_points(self) -> FloatArray | None:
        if self.timetable is None or not self.timetable.n_stops:
            return None
        return self.timetable.stops.lonlat

    def _outline_points(self) -> FloatArray | None:
        if self.outline is None:
            return None
        return shapely.get_coordinates(shapely.segmentize(self.outline, 0.005))


def _renamed(ids: Sequence[str]) -> Problem:
    return note(
        "timetable.renamed",
        "timetable",
        Text(
            f"ほかの時刻表と同じ id に、出どころの名前を付けました: {listed(ids)}",
            f"ids that another timetable has too got the name of their source: {listed(ids)}",
        ),
        count=len(ids),
    )


def _fares_dropped(count: int) -> Problem:
    return warning(
        "gtfs.currencies",
        "timetable fares",
        Text("ほかの通貨の運賃は使いません", "fares in another currency are not used"),
        Text("通貨をそろえてください", "use one currency"),
        count,
    )


def _is_boundary(file: KsjConfig) -> bool:
    return (file.dataset or Path(file.path).name[:3].upper()) == "N03"


def _timetable_counts(table: Timetable) -> dict[str, int]:
    return {
        "stops": table.n_stops,
        "routes": len(table.routes.route_id),
        "patterns": len(table.patterns.pattern_id),
        "trips": len(table.trips.trip_id),
        "stop_times": len(table.trips.arrival_s),
        "services": len(table.services.service_id),
    }
