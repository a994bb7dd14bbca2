"""Owns barriers that a person draws: lines and polygons that nobody crosses on foot, by car, or at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.records import file_record
from geodata.readers.rows import matching
from geodata.readers.tables import ROW
from geodata.readers.vector import read_vector
from geodata.reading import FileRecord, ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.config.streets import BarrierConfig
    from geodata.units import BoolArray, FloatArray

READER = ReaderInfo(
    "barriers",
    Text("通れない線・区域（利用者が描いた地図データ）", "barriers drawn by a person (any vector file)"),
    "GeoJSON, GeoPackage or Shapefile of lines or polygons, any properties",
    verified=None,
)

_NAME_COLUMNS = ("name", "名称", "名前", "id")
_POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)


@dataclass(frozen=True, slots=True, eq=False)
class Barriers:
    """Shapes [degrees], what messages call them, and which modes each stops."""

    shapes: np.ndarray[Any, np.dtype[np.object_]]
    names: tuple[str, ...]
    walk: BoolArray
    car: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class BarrierReading:
    """Barriers of all entries, findings, files."""

    barriers: Barriers
    problems: tuple[Problem, ...]
    files: tuple[FileRecord, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Blocking:
    """Which pieces of streets are closed to walkers and cars, and barriers that cross no street."""

    walk: BoolArray
    car: BoolArray
    problems: tuple[Problem, ...] = field(default=())


def read_barriers(configs: Sequence[BarrierConfig], find: Callable[[str], Path]) -> BarrierReading:
    """
    Return the barriers of all entries.

    Raises
    ------
    DataError
        With every entry whose file is missing or unreadable, has no matching feature, or holds points.
    """
    shapes: list[Any] = []
    names: list[str] = []
    modes: list[tuple[bool, bool]] = []
    files: list[FileRecord] = []
    problems: list[Problem] = []
    errors: list[Problem] = []
    for config in configs:
        path = find(config.path)
        try:
            features, notes = read_vector(path, config.layer)
            rows = np.flatnonzero(matching(features.table, config.where, path.name))
            found = [features.shapes[row] for row in rows]
            places = _names(features.table, rows, path.name)
            _refuse_points(found, places)
        except DataError as exc:
            errors += exc.problems
            continue
        problems += notes
        shapes += found
        names += places
        modes += [("walk" in config.modes, "car" in config.modes)] * len(found)
        files.append(file_record(path, READER, features.n_in, len(found)))
    if errors:
        raise DataError(errors)
    columns = np.array(modes, dtype=np.bool_).reshape(-1, 2)
    held = np.empty(len(shapes), dtype=object)
    held[:] = shapes
    return BarrierReading(Barriers(held, tuple(names), columns[:, 0], columns[:, 1]), tuple(problems), tuple(files))


def blocked_pieces(barriers: Barriers, ends_lonlat: FloatArray) -> Blocking:
    """
    Return which pieces touch a barrier.

    A piece, at most 50 m long, is taken as the straight line between its ends; it is closed as a whole when it crosses
    or touches a line, or has any part in a polygon. Bridges and tunnels are no exception.

    Parameters
    ----------
    barriers
        What nobody crosses.
    ends_lonlat
        Ends of the pieces, shape (M, 2, 2) [degrees].

    Returns
    -------
    blocking
        Shapes (M,); each barrier that touches no piece is a warning.
    """
    walk, car = (np.zeros(len(ends_lonlat), dtype=np.bool_) for _ in range(2))
    if not len(barriers.shapes):
        return Blocking(walk, car)
    near = _near(barriers, ends_lonlat)
    tree = shapely.STRtree(shapely.linestrings(ends_lonlat[near]))
    barrier, row = tree.query(barriers.shapes, predicate="intersects")
    piece = near[row]
    walk[piece[barriers.walk[barrier]]] = True
    car[piece[barriers.car[barrier]]] = True
    idle = np.setdiff1d(np.arange(len(barriers.shapes)), barrier)
    return Blocking(walk, car, tuple(_crosses_nothing(barriers.names[i]) for i in idle))


def _near(barriers: Barriers, ends_lonlat: FloatArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    west, south, east, north = shapely.total_bounds(barriers.shapes)
    low, high = ends_lonlat.min(axis=1), ends_lonlat.max(axis=1)
    return np.flatnonzero((high >= (west, south)).all(axis=1) & (low <= (east, north)).all(axis=1))


def _names(table: Any, rows: Any, where: str) -> list[str]:
    column = next((c for c in _NAME_COLUMNS if c in table.columns), None)
    places = []
    for row in rows:
        title = str(table[column].iloc[row]).strip() if column else ""
        places.append(f"{where} feature {int(table[ROW].iloc[row])}" + (f" ({title})" if title else ""))
    return places


def _refuse_points(shapes: list[Any], places: list[str]) -> None:
    wrong = [place for shape, place in zip(shapes, places, strict=True) if shapely.get_type_id(shape) in _POINTS]
    if wrong:
        raise DataError(
            [
                error(
                    "barriers.points",
                    place,
                    Text("点では通行を遮れません", "a point stops nobody"),
                    Text("線か面で描いてください", "draw a line or a polygon"),
                )
                for place in wrong
            ]
        )


def _crosses_nothing(place: str) -> Problem:
    return warning(
        "barriers.crosses_nothing",
        place,
        Text("どの道とも交わらないので、効果がありません", "crosses no street, so it changes nothing"),
        Text("位置と座標系を確かめるか、消してください", "check its place and coordinate system, or delete it"),
    )
