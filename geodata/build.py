"""Owns the way from a configuration to a City: read, project, check how the layers fit, report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.build_checks import layers_fit, stops_in_city
from geodata.city import City, CityDefaults
from geodata.city_config import CityConfig, inputs_root, read_city_config
from geodata.config.population import CellsCsv, DidTowns, MeshCsv
from geodata.config.streets import StreetsConfig
from geodata.crs import to_plane
from geodata.errors import CitySimError, DataError, Problem
from geodata.provenance import Source
from geodata.readers.did_towns import read_did_towns
from geodata.readers.facility_tables import FacilityRow, facilities_of, read_facilities, read_zones
from geodata.readers.graphml import read_graphml
from geodata.readers.gtfs import FeedReading, read_gtfs
from geodata.readers.osm import read_osm
from geodata.readers.population_tables import read_cells
from geodata.service_days import choose_days
from geodata.streets import DetourPlane, StreetModel
from geodata.targets import TargetRow, Targets

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    import pandas as pd

    from geodata.boundaries import Zone
    from geodata.population import PopulationCells

    Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """
    What a build made and found.

    `counts`: how many of each thing there are. `repairs`: code of a documented repair → how often. `problems`:
    warnings and notes; errors are raised.
    """

    city: City
    problems: tuple[Problem, ...]
    counts: dict[str, int]
    repairs: dict[str, int]


class _Build:
    """One build: paths, findings and counts while it goes on."""

    def __init__(self, config: CityConfig, root: Path, progress: Progress | None) -> None:
        self.config = config
        self.root = root
        self.progress = progress
        self.problems: list[Problem] = []
        self.counts: dict[str, int] = {}
        self.cells: pd.DataFrame | None = None

    def tell(self, stage: str, share: float) -> None:
        """Report where the build is."""
        if self.progress is not None:
            self.progress(stage, share)

    def find(self, name: str) -> Path:
        """Return the place of an input on disk."""
        return self.root / name

    def population(self) -> tuple[PopulationCells, int]:
        """Return cells with people, and the plane system."""
        wanted = self.config.population
        if isinstance(wanted, DidTowns):
            population, epsg, problems = read_did_towns(wanted, self.find, self.config.epsg)
        else:
            if not isinstance(wanted, CellsCsv | MeshCsv):
                raise TypeError(type(wanted).__name__)
            population, self.cells, epsg, problems = read_cells(wanted, self.find(wanted.path), self.config.epsg)
        self.problems += problems
        self.counts |= {"cells": population.n_cells, "persons": round(float(population.total.sum()))}
        return population, epsg

    def timetable(self, epsg: int) -> FeedReading:
        """Return the feeds as one timetable."""
        feeds = self.config.gtfs
        reading = read_gtfs(
            [self.find(f.path) for f in feeds],
            project=lambda lonlat: to_plane(epsg, lonlat),
            brt_routes=self.config.brt_routes,
            source_ids=[f.source or Path(f.path).stem for f in feeds],
        )
        self.problems += reading.problems
        table = reading.timetable
        self.counts |= {
            "stops": table.n_stops,
            "routes": len(table.routes.route_id),
            "patterns": len(table.patterns.pattern_id),
            "trips": len(table.trips.trip_id),
            "stop_times": len(table.trips.arrival_s),
            "services": len(table.services.service_id),
        }
        return reading

    def streets(self, epsg: int) -> StreetModel:
        """Return the street network, or the plane where none is configured."""
        wanted = self.config.streets or StreetsConfig()
        path = wanted.osm_pbf or wanted.graphml
        if path is None:
            return DetourPlane(wanted.detour, wanted.car_detour)
        read = read_osm if wanted.osm_pbf else read_graphml
        reading = read(
            self.find(path),
            project=lambda lonlat: to_plane(epsg, lonlat),
            elevation=self.find(wanted.elevation) if wanted.elevation else None,
        )
        self.problems += reading.problems
        self.counts |= reading.counts
        return replace(reading.streets, max_snap_m=wanted.max_snap_m)

    def places(self, population: PopulationCells) -> list[FacilityRow]:
        """Return the rows of all facility entries; errors of all are collected."""
        rows: list[FacilityRow] = []
        errors: list[Problem] = []
        for entry in self.config.facilities:
            try:
                found, problems = read_facilities(entry, self.find, population, self.cells)
            except DataError as exc:
                errors += exc.problems
                continue
            rows += found
            self.problems += problems
        if errors:
            raise DataError(errors)
        self.counts["facilities"] = len(rows)
        return rows

    def zones(self, epsg: int) -> tuple[Zone, ...]:
        """Return the polygons of all boundary entries."""
        zones: list[Zone] = []
        for entry in self.config.boundaries:
            found, problems = read_zones(entry, self.find(entry.path), epsg)
            zones += found
            self.problems += problems
        self.counts["zones"] = len(zones)
        return tuple(zones)


def build_city(
    config: Path | str,
    progress: Progress | None = None,
    *,
    inputs: Path | None = None,
) -> BuildReport:
    """
    Build a city from a configuration file, in memory.

    Parameters
    ----------
    config
        YAML file; see `geodata.city_config.CityConfig` and ``geodata/examples``.
    progress
        Called with the name of each stage and the share done, 0 to 1.
    inputs
        Folder of the inputs in place of the configuration's.

    Returns
    -------
    report
        City, warnings, counts, repairs.

    Raises
    ------
    DataError
        With all problems of a layer, each with its place and remedy.
    """
    path = Path(config)
    wanted = read_city_config(path)
    build = _Build(wanted, inputs_root(wanted, path, inputs), progress)
    build.tell("population", 0.0)
    population, epsg = build.population()
    build.tell("timetable", 0.1)
    reading = build.timetable(epsg)
    build.tell("streets", 0.4)
    streets = build.streets(epsg)
    build.tell("facilities", 0.8)
    facilities, problems = facilities_of(build.places(population), epsg)
    build.problems += problems
    zones = build.zones(epsg)
    build.tell("checks", 0.9)
    days, problems = choose_days(wanted, reading)
    build.problems += problems
    timetable = stops_in_city(reading.timetable, zones, population)
    build.counts["stops_in_city"] = int(timetable.stops.in_city.sum())
    city = City(
        city_id=wanted.id,
        name=wanted.name.text,
        epsg=epsg,
        defaults=_defaults(wanted, days),
        population=population,
        timetable=timetable,
        facilities=facilities,
        streets=streets,
        targets=_targets(wanted),
        zones=zones,
        sources=_sources(wanted),
    )
    build.problems += layers_fit(city, build.counts)
    build.tell("done", 1.0)
    return BuildReport(city, tuple(build.problems), build.counts, reading.repairs)


def check_city(config: Path | str, *, inputs: Path | None = None) -> tuple[Problem, ...]:
    """Return everything a build of this configuration would find, errors included, without keeping the city."""
    try:
        return build_city(config, inputs=inputs).problems
    except CitySimError as exc:
        return exc.problems


def _defaults(config: CityConfig, days: tuple[dt.date, dt.date, dt.date]) -> CityDefaults:
    weekday, saturday, holiday = (day.isoformat() for day in days)
    return CityDefaults(
        date=weekday,
        saturday=saturday,
        holiday=holiday,
        window_start_s=config.window[0],
        window_end_s=config.window[1],
        public_min_persons=config.public_min_persons,
    )


def _targets(config: CityConfig) -> Targets:
    return Targets(
        tuple(
            TargetRow(
                kpi_id=t.kpi_id,
                kind=t.kind,
                year=t.year,
                date=t.date.isoformat(),
                value=t.value,
                unit=t.unit,
                label=t.label.text,
                source=t.source,
                status=t.status,
                judged=t.judged,
            )
            for t in config.targets
        ),
    )


def _sources(config: CityConfig) -> tuple[Source, ...]:
    return tuple(
        Source(s.id, s.layer, s.title.text, s.credit, s.licence, s.date, s.status, s.note.text) for s in config.sources
    )
