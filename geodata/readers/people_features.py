"""Owns people by points or polygons of any vector file or CSV → population cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geodata.crs import plane_epsg, to_lonlat, to_plane
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.mesh import encode_many
from geodata.readers.estat_tables import estat_numbers
from geodata.readers.mesh_cells import clipped, make_cells, mesh_boxes, no_rows
from geodata.readers.people_columns import choose_plan, find_column, in_wanted_bands
from geodata.readers.population_reading import PeopleReading, by_file
from geodata.readers.rows import matching, read_rows, read_text
from geodata.readers.tables import ROW, at, listed, note, parse_table
from geodata.readers.vector import read_vector
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.config.population import PeopleFeatures
    from geodata.units import BoolArray, FloatArray, IntArray, StrArray

READER = ReaderInfo(
    "people_features",
    Text("人口の点・ポリゴン", "people by points or polygons"),
    "CSV with lon, lat; GeoJSON (RFC 7946), GeoPackage, Shapefile; own columns",
    verified=False,
)

CELL_M = 250.0
"""Size of the square grid that points are counted in outside Japan [m]; in Japan the 250 m mesh is used."""

_MESH_LEVEL = 5
_FIRST_ZONE, _LAST_ZONE = 6669, 6687
_LON = ("lon", "longitude", "lng", "x", "経度")
_LAT = ("lat", "latitude", "y", "緯度")
_OVERLAP = 1e-3  # [share of the smaller] outlines drawn by hand meet within this
_LISTED = 20
"""Rows of one finding that are named."""


def read_people_features(
    config: PeopleFeatures,
    find: Callable[[str], Path],
    epsg: int | None,
    *,
    outline: BaseGeometry | None,
) -> PeopleReading:
    """
    Read people by points, counted in cells, or by polygons, each a cell.

    Parameters
    ----------
    config
        Which file and columns.
    find
        Path as written → path on disk.
    epsg
        Plane system; None = by the place.
    outline
        The municipality in degrees, or None: everything is kept.

    Returns
    -------
    reading
        Cells sorted by id; the persons of the file inside the outline are those of the cells.
    """
    path = find(config.path)
    frame, shapes, problems = _features(config, path)
    keep = matching(frame, config.where, path.name)
    n_in = len(frame)
    frame, shapes = frame[keep].reset_index(drop=True), shapes[keep]
    if not len(frame):
        raise DataError(no_rows(path.name))
    labels = {str(c): str(c) for c in frame.columns if c not in {ROW, config.id, config.lon, config.lat}}
    # A named column of all ages without age groups means just that.
    only = {config.persons: config.persons} if config.persons in labels and not config.bands else labels
    plan, more = choose_plan(only, config.persons, config.bands, path.name)
    problems += more if config.persons is None else []
    columns = {c: estat_numbers(frame, c, path.name)[0] for c in plan.columns}
    persons = _by_age(plan.persons(columns), plan.totals(columns))
    problems += _blank(frame, plan.columns, path.name)
    _check_known(persons, frame, path.name)
    district = _district(config, frame, path.name)
    points = _are_points(shapes, frame, path.name)
    if outline is not None:
        kept, more = clipped(shapes, persons.sum(axis=1), outline, path.name)
        problems += more
        shapes, persons, frame = shapes[kept], persons[kept], frame[kept].reset_index(drop=True)
        district = district[kept].reset_index(drop=True)
    bands, persons = in_wanted_bands(plan.bands, persons, config.bands, "population.bands")
    names = district.astype(str).tolist()
    n_kept = len(shapes)
    if points:
        cell_id, shapes, persons, names, epsg = _counted(shapes, persons, names, epsg)
    else:
        cell_id = _ids(config, frame, path.name)
        problems += _overlaps(shapes, path.name)
    population, plane = make_cells(
        cell_id,
        shapes,
        bands,
        persons,
        district=names,
        epsg=epsg,
        year=config.year,
        base_date=config.base_date,
    )
    told = [_told_points(path.name, n_kept, population.n_cells)] if points else []
    return PeopleReading(
        population=population,
        epsg=plane,
        problems=(*problems, *told),
        files=by_file([path], READER, [path.name] * n_in, [path.name] * n_kept),
        counts={"features": n_in, "features_kept": n_kept},
    )


def _features(config: PeopleFeatures, path: Path) -> tuple[pd.DataFrame, np.ndarray[Any, Any], list[Problem]]:
    """Return rows and shapes in degrees: of a CSV, the points of its columns of longitude and latitude."""
    if path.suffix.lower() not in {".csv", ".txt", ".tsv"}:
        features, problems = read_vector(path, config.layer)
        return features.table, np.array([*features.shapes, None], dtype=object)[:-1], problems
    frame, _ = parse_table(read_text(path)[0], path.name)
    labels = {str(c): str(c) for c in frame.columns if c != ROW}
    axes = _axis(labels, config.lon, _LON, path.name), _axis(labels, config.lat, _LAT, path.name)
    placed, problems = read_rows(path, [], axes)
    points = shapely.points(placed[["lon", "lat"]].to_numpy(dtype=np.float64))
    return frame, np.asarray(points, dtype=object), problems


def _district(config: PeopleFeatures, frame: pd.DataFrame, name: str) -> pd.Series[str]:
    if config.district is None:
        return pd.Series([""] * len(frame), dtype=str)
    return frame[find_column({str(c): str(c) for c in frame.columns}, config.district, name)]


def _axis(labels: dict[str, str], wanted: str | None, usual: tuple[str, ...], name: str) -> str:
    if wanted is not None:
        return find_column(labels, wanted, name)
    lower = {c.lower(): c for c in labels}
    found = next((lower[u] for u in usual if u in lower), None)
    if found is None:
        raise DataError(
            error(
                "table.missing_column",
                at(name, 1),
                Text(
                    f"経度・緯度の列がありません（ある列: {listed(labels, 12)}）",
                    f"no columns of longitude and latitude (found: {listed(labels, 12)})",
                ),
                Text("lon: と lat: に列名を書いてください", "name the columns in lon: and lat:"),
            ),
        )
    return found


def _by_age(ages: FloatArray, total: FloatArray) -> FloatArray:
    """Return persons by age summing to the total: those of unknown age are spread like the others of the row."""
    sums = ages.sum(axis=1)
    everybody = np.nansum(ages, axis=0)
    pattern = everybody / everybody.sum() if everybody.sum() > 0 else np.full(ages.shape[1], 1 / ages.shape[1])
    share = np.divide(ages, sums[:, None], out=np.tile(pattern, (len(ages), 1)), where=sums[:, None] > 0)
    return np.asarray(total[:, None] * share)


def _blank(frame: pd.DataFrame, columns: Sequence[str], name: str) -> list[Problem]:
    """Return the warning on rows without any figure: they count nobody."""
    blank = (frame[list(columns)] == "").all(axis=1).to_numpy()
    if not blank.any():
        return []
    return [
        warning(
            "population.blank",
            at(name, frame[ROW][blank].iloc[0]),
            Text("人数の書かれていない行を 0 人としました", "rows without a number of people count nobody"),
            Text(
                "0 人なら 0 と書き、列名がそろっているか確かめてください",
                "write 0 for nobody; check the names of columns",
            ),
            int(blank.sum()),
        ),
    ]


def _check_known(persons: FloatArray, frame: pd.DataFrame, name: str) -> None:
    wrong = np.flatnonzero(~(persons >= 0).all(axis=1))[:_LISTED]
    if len(wrong):
        raise DataError(
            [
                error(
                    "population.suppressed",
                    at(name, frame[ROW].iloc[i]),
                    Text(
                        "人数が秘匿（* など）か、差し引きで負になります",
                        "persons are suppressed, or negative by difference",
                    ),
                    Text("人数を 0 以上の数値で書いてください", "write a number of 0 or more"),
                )
                for i in wrong
            ],
        )


def _are_points(shapes: np.ndarray[Any, Any], frame: pd.DataFrame, name: str) -> bool:
    """Return whether all shapes are points; raise `DataError` where kinds are mixed or neither."""
    kinds = shapely.get_type_id(shapes)
    point, polygon = np.isin(kinds, [0, 4]), np.isin(kinds, [3, 6])
    if point.all() or polygon.all():
        return bool(len(shapes)) and bool(point.all())
    odd = np.flatnonzero(~polygon if polygon.sum() >= point.sum() else ~point)
    raise DataError(
        [
            error(
                "population.mixed_shapes",
                at(name, frame[ROW].iloc[i]),
                Text("点とポリゴンが混ざっているか、線があります", "points and polygons are mixed, or there is a line"),
                Text(
                    "点だけ、またはポリゴンだけのファイルに分けてください",
                    "keep points and polygons in files of their own",
                ),
            )
            for i in odd[:_LISTED]
        ],
    )


def _counted(
    shapes: np.ndarray[Any, Any], persons: FloatArray, names: list[str], epsg: int | None
) -> tuple[StrArray, np.ndarray[Any, Any], FloatArray, list[str], int]:
    """Return cells that points are counted in: the district of a cell is that of most of its people."""
    lonlat = shapely.get_coordinates(shapely.centroid(shapes))
    plane = epsg or plane_epsg(*(float(v) for v in np.median(lonlat, axis=0)))
    if _FIRST_ZONE <= plane <= _LAST_ZONE:
        code, places = np.unique(encode_many(lonlat, _MESH_LEVEL), return_inverse=True)
        index, polygons = places.astype(np.int32), mesh_boxes(code)
    else:
        code, index, polygons = _squares(lonlat, plane)
    total = np.zeros((len(code), persons.shape[1]))
    np.add.at(total, index, persons)
    votes = pd.DataFrame({"cell": index, "name": names, "n": persons.sum(axis=1)})
    sums = votes.groupby(["cell", "name"])["n"].sum().reset_index()
    ranked = sums.sort_values(["cell", "n", "name"], kind="stable")
    best = ranked.drop_duplicates("cell", keep="last").sort_values("cell")["name"].tolist()
    return code, polygons, total, best, plane


def _squares(lonlat: FloatArray, plane: int) -> tuple[StrArray, IntArray, np.ndarray[Any, Any]]:
    steps = np.floor(to_plane(plane, lonlat) / CELL_M).astype(np.int64)
    unique, index = np.unique(steps, axis=0, return_inverse=True)
    west, south = unique[:, 0] * CELL_M, unique[:, 1] * CELL_M
    boxes = shapely.box(west, south, west + CELL_M, south + CELL_M)
    polygons = shapely.transform(boxes, lambda points: to_lonlat(plane, points))
    code = np.array([f"{x}_{y}" for x, y in unique], dtype=np.str_)
    return code, index.reshape(-1).astype(np.int32), np.asarray(polygons, dtype=object)


def _ids(config: PeopleFeatures, frame: pd.DataFrame, name: str) -> StrArray:
    if config.id is None:
        width = len(str(int(frame[ROW].max())))
        return np.array([f"{int(r):0{width}d}" for r in frame[ROW]], dtype=np.str_)
    column = find_column({str(c): str(c) for c in frame.columns}, config.id, name)
    again = frame[frame.duplicated(column)]
    if len(again):
        raise DataError(
            [
                error(
                    "population.duplicate_cell",
                    at(name, row),
                    Text(f"id {cell!r} が二度あります", f"id {cell!r} occurs again"),
                    Text("id を一意にするか、id: を書かないでください", "make ids unique, or leave id: out"),
                )
                for cell, row in zip(again[column].iloc[:_LISTED], again[ROW].iloc[:_LISTED], strict=True)
            ],
        )
    return frame[column].to_numpy(dtype=np.str_)


def _overlaps(polygons: np.ndarray[Any, Any], name: str) -> list[Problem]:
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pair: BoolArray = first < second
    first, second = first[pair], second[pair]
    shared = shapely.area(shapely.intersection(polygons[first], polygons[second]))
    smaller = np.minimum(shapely.area(polygons[first]), shapely.area(polygons[second]))
    n = int((shared > _OVERLAP * smaller).sum())
    if not n:
        return []
    return [
        warning(
            "population.overlap",
            name,
            Text(
                "重なっているポリゴンの組があります（人は二重には数えませんが、面積は重なります）",
                "polygons overlap in pairs",
            ),
            Text("ポリゴンの形を確かめてください", "check the outlines"),
            count=n,
        ),
    ]


def _told_points(name: str, n: int, n_cells: int) -> Problem:
    return note(
        "population.points_counted",
        name,
        Text(
            f"{n:,} 点を {n_cells:,} セルに数えました（250 m）",
            f"{n:,} points were counted in {n_cells:,} cells (250 m)",
        ),
    )
