"""Owns a Japanese municipality from DID polygons and 町丁目 points → population cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.crs import plane_epsg, to_plane
from geodata.did_population import DidArea, build_did_population, cell_polygons
from geodata.errors import Problem, Text, warning
from geodata.mesh import bounds_many
from geodata.population import PopulationCells
from geodata.readers.population_reading import PeopleReading
from geodata.readers.population_tables import districts_of, spread_bands
from geodata.readers.recognise_city import town_table
from geodata.readers.records import file_record
from geodata.readers.rows import checked_numbers, column_of, matching, read_features, read_rows, require_columns
from geodata.reading import ReaderInfo
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.config.population import DidTowns
    from geodata.reading import FileRecord


READER = ReaderInfo(
    "did_towns",
    Text("DID と町丁目からの推計", "estimate from DIDs and 町丁目 points"),
    "e-Stat 人口集中地区境界 2020 (JINKO); points of 町丁目 with lon, lat",
    verified=True,
)


def read_did_towns(config: DidTowns, find: Callable[[str], Path], epsg: int | None) -> PeopleReading:
    """
    Build 250 m cells of a municipality.

    Parameters
    ----------
    config
        Which files, columns and rows.
    find
        Path as written → path on disk.
    epsg
        Plane system; None = by the place.

    Returns
    -------
    reading
        Cells whose persons sum to the given totals; a warning where people outside the DIDs are not counted for want
        of a total.
    """
    dids, problems, did_file = _dids(config, find(config.did))
    path = find(config.towns)
    rows, more = read_rows(path, [config.town_name, *filter(None, [config.town_district])], _positions(path))
    towns = rows[matching(rows, config.town_where, path.name)].reset_index(drop=True)
    problems += more
    files = [did_file, file_record(path, READER, len(rows), len(towns))]
    total = config.total_persons
    if total is None:
        total = sum(d.persons for d in dids)
        problems.append(_no_total(config, total))
    found = build_did_population(
        dids,
        towns[["lon", "lat"]].to_numpy(dtype=np.float64),
        total,
        municipality_lonlat=_outline(config, find, files),
        later_total=config.later_total,
    )
    plane = epsg or plane_epsg(*(float(v) for v in np.median(found.lonlat, axis=0)))
    by_town, names = districts_of(column_of(towns, config.town_district))
    bands, persons = spread_bands(config.bands, found.later_persons, "population.bands")
    population = PopulationCells(
        cell_id=found.cell_id,
        lonlat=found.lonlat,
        xy=to_plane(plane, found.lonlat),
        polygon_xy=cell_polygons(plane, found.cell_id),
        polygon_lonlat=np.asarray(shapely.box(*bounds_many(found.cell_id).T), dtype=object),
        bands=bands,
        persons=persons,
        district=by_town[found.town],
        district_id=text_array(names),
        district_name=text_array(names),
        district_name_en=text_array(names),
        year=config.year,
        base_date=config.base_date.isoformat(),
    )
    return PeopleReading(population, plane, None, tuple(problems), tuple(files))


def _positions(path: Path) -> tuple[str, str]:
    """Return the columns of longitude and latitude: as headed in 位置参照情報 and the like, else ``lon``, ``lat``."""
    table = town_table(path, np.zeros((0, 2)))
    return (table.lon, table.lat) if table is not None else ("lon", "lat")


def _dids(config: DidTowns, path: Path) -> tuple[list[DidArea], list[Problem], FileRecord]:
    features, problems = read_features(path)
    keep = matching(features.table, config.did_where, path.name)
    require_columns(features.table, [config.did_persons], path.name)
    persons = checked_numbers(features.table[keep], config.did_persons, path.name, least=0)
    shapes = [shape for shape, kept in zip(features.shapes, keep, strict=True) if kept]
    areas = [DidArea(f"did{n + 1}", s, float(p)) for n, (s, p) in enumerate(zip(shapes, persons, strict=True))]
    return areas, problems, file_record(path, READER, len(features.shapes), len(areas))


def _outline(config: DidTowns, find: Callable[[str], Path], files: list[FileRecord]) -> BaseGeometry | None:
    if config.boundary is None:
        return None
    path = find(config.boundary)
    features, _ = read_features(path)
    keep = matching(features.table, config.boundary_where, path.name)
    files.append(file_record(path, READER, len(features.shapes), int(keep.sum())))
    return shapely.union_all([s for s, kept in zip(features.shapes, keep, strict=True) if kept])


def _no_total(config: DidTowns, total: float) -> Problem:
    return warning(
        "population.no_total",
        "population.total_persons",
        Text(
            f"総人口がないため、DID の人口 {total:,.0f} 人だけを数えます",
            f"no total is given: only the {total:,.0f} persons of the DIDs are counted",
        ),
        Text(
            f"total_persons に {config.base_date} の国勢調査の総人口を書いてください",
            f"give total_persons, the census total of {config.base_date}",
        ),
    )
