"""Owns making raw geometries fit for use: degrees, two dimensions, sound polygons, with every change counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.tables import ROW, listed, note

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geodata.units import BoolArray

    ShapeArray = npt.NDArray[np.object_]

_MAX_LON, _MAX_LAT = 180.0, 90.0
_SLACK_DEGREES = 1e-6
_AREAL = (3, 6)
_JAPAN = (122.0, 20.0, 154.0, 46.0)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """
    Features of a layer with their properties as text; `ROW` counts the features of the file from 1.

    `n_dropped`: features of the file that are not here, because they have no usable geometry.
    """

    table: pd.DataFrame
    shapes: list[BaseGeometry]
    n_dropped: int = 0

    @property
    def n_in(self) -> int:
        """Features in the file."""
        return len(self.shapes) + self.n_dropped


@dataclass(frozen=True, slots=True, eq=False)
class RawFeatures:
    """
    Features as the file holds them.

    `shapes`: geometries, None where there is none; `crs`: coordinate system as EPSG code or WKT, None = not named;
    `world_by_default`: the form says that then they are degrees of WGS 84.
    """

    table: pd.DataFrame
    shapes: ShapeArray
    crs: str | None
    problems: list[Problem] = field(default_factory=list)
    world_by_default: bool = False


def in_degrees(raw: RawFeatures, where: str, epsg: int | None) -> tuple[RawFeatures, list[Problem]]:
    """
    Return the features in degrees of a modern datum (JGD2000, JGD2011 and WGS 84 are taken as one).

    Raises
    ------
    DataError
        If the coordinate system is not named and the numbers are no degrees, is not known, or does not fit them.
    """
    from pyproj import CRS  # noqa: PLC0415 -- opens a database
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    named = raw.crs or (f"EPSG:{epsg}" if epsg else None)
    shapes = shapely.force_2d(raw.shapes)
    told: list[Problem] = []
    if named is None:
        if not _are_degrees(shapes) and not _are_swapped(shapes):
            raise DataError(_no_system(where))
        told += [] if raw.world_by_default else [_assumed_degrees(where)]
    else:
        try:
            system = CRS.from_user_input(named)
            if system.is_projected and _are_degrees_of_japan(shapes):
                raise DataError(_degrees_on_plane(where, system.name))
            if not _is_modern_degrees(system):
                shapes = _transformed(shapes, system)
                told.append(_was_transformed(where, system.name, tokyo="Tokyo" in system.name))
        except ProjError as exc:
            raise DataError(_unknown_system(where, named)) from exc
    _check_degrees(shapes, where)
    return RawFeatures(raw.table, shapes, "EPSG:4326", raw.problems), told


def sound(raw: RawFeatures, where: str) -> tuple[Features, list[Problem]]:
    """
    Return the features with a usable geometry, polygons made valid, and what was dropped and repaired.

    Raises
    ------
    DataError
        If no feature has a geometry.
    """
    rows = raw.table[ROW].to_numpy()
    missing = shapely.is_missing(raw.shapes) | shapely.is_empty(raw.shapes)
    broken = ~missing & ~_is_finite(raw.shapes)
    kept = ~missing & ~broken
    if not kept.any():
        raise DataError(_all_empty(where, rows))
    told = [
        _counted("vector.no_geometry", where, rows[missing], Text("図形のない地物", "features without a geometry")),
        _counted(
            "vector.not_finite",
            where,
            rows[broken],
            Text("座標が数でない地物", "features with a coordinate that is no number"),
        ),
    ]
    shapes = raw.shapes[kept]
    wrong = ~shapely.is_valid(shapes) & np.isin(shapely.get_type_id(shapes), _AREAL)
    if wrong.any():
        mended = shapes.copy()
        mended[wrong] = [_areal(s) for s in shapely.make_valid(shapes[wrong])]
        shapes = mended
        told.append(_repaired(where, rows[kept][wrong]))
    table = raw.table[kept].reset_index(drop=True)
    return Features(table, list(shapes), int((~kept).sum())), [p for p in told if p is not None]


def _areal(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of what `make_valid` gives; a polygon without any area stays as it is."""
    if shapely.get_type_id(shape) != 7:  # noqa: PLR2004 -- a collection
        return shape
    parts = [p for p in shapely.get_parts(shape) if shapely.get_type_id(p) in _AREAL]
    return shapely.union_all(parts) if parts else shape


def _is_finite(shapes: ShapeArray) -> BoolArray:
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    wrong = np.unique(owner[~np.isfinite(points).all(axis=1)])
    good = np.ones(len(shapes), dtype=np.bool_)
    good[wrong] = False
    return good


def _finite_points(shapes: ShapeArray) -> npt.NDArray[np.float64]:
    points = shapely.get_coordinates(shapes)
    return points[np.isfinite(points).all(axis=1)]


def _are_degrees(shapes: ShapeArray) -> bool:
    points = np.abs(_finite_points(shapes))
    limit = np.array([_MAX_LON, _MAX_LAT]) + _SLACK_DEGREES
    return bool((points <= limit).all())


def _are_degrees_of_japan(shapes: ShapeArray) -> bool:
    """Return whether all coordinates look like longitudes and latitudes of Japan: metres would fill some 30 m."""
    points = _finite_points(shapes)
    west, south, east, north = _JAPAN
    inside = (points >= [west, south]) & (points <= [east, north])
    return bool(len(points)) and bool(inside.all())


def _are_swapped(shapes: ShapeArray) -> bool:
    points = np.abs(_finite_points(shapes))
    return bool((points <= np.array([_MAX_LAT, _MAX_LON]) + _SLACK_DEGREES).all())


def _check_degrees(shapes: ShapeArray, where: str) -> None:
    if _are_degrees(shapes):
        return
    example = ", ".join(f"{v:g}" for v in _finite_points(shapes)[0])
    raise DataError(_swapped(where, example) if _are_swapped(shapes) else _not_degrees(where, example))


def _is_modern_degrees(system: Any) -> bool:
    old = "Tokyo" in system.name or "Tokyo" in str(getattr(system.datum, "name", ""))
    prime = system.prime_meridian
    return bool(system.is_geographic) and not old and (prime is None or prime.longitude == 0) and _in_degrees(system)


def _in_degrees(system: Any) -> bool:
    return all(axis.unit_name in {"degree", ""} for axis in system.axis_info[:2])


def _transformed(shapes: ShapeArray, system: Any) -> ShapeArray:
    from pyproj import Transformer  # noqa: PLC0415

    forward = Transformer.from_crs(system, "EPSG:4326", always_xy=True)

    def to_degrees(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(forward.transform(points[:, 0], points[:, 1]))

    moved: ShapeArray = shapely.transform(shapes, to_degrees)
    return moved


def _counted(code: str, where: str, rows: npt.NDArray[Any], what: Text) -> Problem | None:
    if not len(rows):
        return None
    return warning(
        code,
        f"{where} feature {rows[0]}",
        Text(f"{what.ja}を除きました: {listed(rows, 6)} 番目", f"{what.en} were left out: {listed(rows, 6)}"),
        Text("元のファイルで図形を確かめてください", "check the geometry in the file"),
        len(rows),
    )


def _repaired(where: str, rows: npt.NDArray[Any]) -> Problem:
    return warning(
        "vector.repaired",
        f"{where} feature {rows[0]}",
        Text(
            f"自己交差などのある面を直しました: {listed(rows, 6)} 番目",
            f"polygons that cross themselves were repaired: {listed(rows, 6)}",
        ),
        Text("形が大きく変わっていないか地図で確かめてください", "see on the map that their form is still right"),
        len(rows),
    )


def _all_empty(where: str, rows: npt.NDArray[Any]) -> Problem:
    return error(
        "geojson.empty" if ".geojson" in where or ".json" in where else "vector.empty",
        f"{where} feature {rows[0]}" if len(rows) else where,
        Text("図形がありません", "there is no geometry"),
        Text("図形のある地物を入れてください", "put features with a geometry in it"),
    )


def _no_system(where: str) -> Problem:
    return error(
        "vector.no_crs",
        where,
        Text(
            "座標系の指定（.prj）がなく、数値は経度・緯度ではありません",
            "the coordinate system is not named (.prj) and the numbers are no degrees",
        ),
        Text(
            "QGIS で座標系を設定して保存し直してください（平面直角座標系なら EPSG 6669–6687）",
            "set the coordinate system in QGIS and save it again (plane rectangular: EPSG 6669 to 6687)",
        ),
    )


def _assumed_degrees(where: str) -> Problem:
    return warning(
        "vector.crs_assumed",
        where,
        Text(
            "座標系の指定（.prj）がないため、世界測地系の経度・緯度とみなしました",
            "the coordinate system is not named (.prj): taken as degrees of the world datum",
        ),
        Text(
            "旧日本測地系なら約 400 m ずれます。提供元の説明を確かめてください",
            "on the old Tokyo datum it would be 400 m off: check what the publisher says",
        ),
    )


def _degrees_on_plane(where: str, name: str) -> Problem:
    return error(
        "vector.not_plane",
        where,
        Text(
            f"座標系は {name}（m）とありますが、数値は経度・緯度です",
            f"the system that is named is {name} in metres, but the numbers are degrees",
        ),
        Text(
            "QGIS で座標系を EPSG 6668（JGD2011 の経緯度）に設定し直してください",
            "set the system to EPSG 6668 (degrees, JGD2011) in QGIS",
        ),
    )


def _unknown_system(where: str, named: str) -> Problem:
    return error(
        "vector.crs_unknown",
        where,
        Text(f"座標系 {named[:80]!r} がわかりません", f"the coordinate system {named[:80]!r} is not known"),
        Text("QGIS で EPSG 6668（JGD2011）にして保存し直してください", "save it in EPSG 6668 (JGD2011) with QGIS"),
    )


def _was_transformed(where: str, name: str, *, tokyo: bool) -> Problem:
    if tokyo:
        return warning(
            "vector.tokyo_datum",
            where,
            Text(
                f"旧日本測地系（{name}）を世界測地系へ変換しました（誤差 10 m ほど）",
                f"the old Tokyo datum ({name}) was transformed to the world datum (about 10 m uncertain)",
            ),
            Text("できれば JGD2011 の版を使ってください", "use the JGD2011 edition if there is one"),
        )
    return note(
        "vector.transformed",
        where,
        Text(f"{name} を経度・緯度へ変換しました", f"transformed from {name} to degrees"),
    )


def _swapped(where: str, example: str) -> Problem:
    return error(
        "vector.swapped",
        where,
        Text(f"経度と緯度が入れ替わっています（{example}）", f"longitude and latitude are swapped ({example})"),
        Text("経度, 緯度 の順で書き出し直してください", "export it in the order longitude, latitude"),
    )


def _not_degrees(where: str, example: str) -> Problem:
    return error(
        "vector.not_degrees",
        where,
        Text(
            f"座標（{example}）が、示された座標系の範囲にありません",
            f"the coordinates ({example}) do not fit the coordinate system that is named",
        ),
        Text(
            "座標系の指定（.prj・crs）と数値を確かめ、QGIS で正しい座標系を設定してください",
            "check the named system (.prj, crs) against the numbers; set the right one in QGIS",
        ),
    )
