"""Owns what stands where a file brought no layer: an empty timetable, no facilities, cells without anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.crs import FIRST_ZONE_EPSG, ZONE_ORIGINS_LONLAT, to_lonlat, to_plane
from geodata.errors import DataError, Text, error
from geodata.facilities import Facilities
from geodata.mesh import COLS_PER_DEGREE, ROWS_PER_DEGREE, bounds_many, encode_many
from geodata.population import AgeBand, PopulationCells
from geodata.provenance import Source, Status
from geodata.timetable import Routes, Services, Stops, Timetable, empty_fares, empty_transfers
from geodata.trip_columns import build_trip_columns, text_array

if TYPE_CHECKING:
    from typing import Any

    from geodata.units import FloatArray

ALL_AGES = AgeBand("all", Text("全年齢", "all ages"), 0, None)
CELL_M = 500.0
"""Size of a cell without people [m]: 500 m mesh (4次メッシュ) in Japan, squares of the plane elsewhere."""

_LEVEL = 4
_WEST, _EAST, _NORTH = 100.0, 180.0, 66.0
_STEP_DEG = (2 / COLS_PER_DEGREE, 2 / ROWS_PER_DEGREE)
_LEAST_CELL_M = 300.0
"""A 500 m cell is never narrower than this in Japan."""


def empty_timetable() -> Timetable:
    """Return a timetable without stops, routes or trips."""
    patterns, trips = build_trip_columns([], [])
    none, flags = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_)
    text = text_array([])
    return Timetable(
        stops=Stops(
            stop_id=text,
            name=text.copy(),
            name_en=text.copy(),
            lonlat=np.zeros((0, 2)),
            xy=np.zeros((0, 2)),
            parent=none,
            zone_id=text.copy(),
            in_city=flags,
            position_error_m=np.zeros(0),
            status=text.copy(),
        ),
        routes=Routes(
            route_id=text.copy(),
            name=text.copy(),
            name_en=text.copy(),
            agency=text.copy(),
            route_type=none.copy(),
            route_class=text.copy(),
            color=text.copy(),
            status=text.copy(),
            source_id=text.copy(),
        ),
        patterns=patterns,
        trips=trips,
        services=Services(
            service_id=text.copy(),
            day_mask=np.zeros(0, dtype=np.uint8),
            holiday_aware=flags.copy(),
            start_day=none.copy(),
            end_day=none.copy(),
            exception_service=none.copy(),
            exception_day=none.copy(),
            exception_added=flags.copy(),
        ),
        transfers=empty_transfers(),
        fares=empty_fares(),
        agency_timezone="Asia/Tokyo",
    )


def empty_facilities() -> Facilities:
    """Return facilities without rows."""
    none, text = np.zeros(0, dtype=np.int32), text_array([])
    return Facilities(
        facility_id=text,
        name=text.copy(),
        kind=text.copy(),
        lonlat=np.zeros((0, 2)),
        xy=np.zeros((0, 2)),
        position_error_m=np.zeros(0),
        capacity=np.zeros(0),
        open_to_public=np.zeros(0, dtype=np.bool_),
        specialty=text.copy(),
        hazards=text.copy(),
        source_id=text.copy(),
        status=text.copy(),
        hours_facility=none,
        hours_days=none.copy(),
        hours_start_s=none.copy(),
        hours_end_s=none.copy(),
    )


def mesh_without_people(
    epsg: int, lonlat_points: FloatArray, margin_m: float = 1_000.0, *, base_date: str
) -> PopulationCells:
    """
    Return cells with nobody in them around places, so that a city without a population file can still be measured.

    Parameters
    ----------
    epsg
        Plane system of the city; one of Japan gives the 500 m mesh of JIS X 0410, another squares of the plane.
    lonlat_points
        Stops or other places [degrees], shape (N, 2); those that are no place on the globe are left out.
    margin_m
        A cell is there where its centre is no farther than this from a place, or a place lies in it [m].
    base_date
        ISO day the city stands for, such as that of its timetable.

    Returns
    -------
    cells
        In order of their id, one band of all ages, 0 persons; the layer's source is `source_without_people`.

    Raises
    ------
    DataError
        If there is no place at all.
    """
    points = np.asarray(lonlat_points, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1) & (np.abs(points) <= (180.0, 90.0)).all(axis=1)]
    in_japan = FIRST_ZONE_EPSG <= epsg < FIRST_ZONE_EPSG + len(ZONE_ORIGINS_LONLAT)
    if in_japan:
        points = points[
            (points[:, 0] >= _WEST) & (points[:, 0] < _EAST) & (points[:, 1] >= 0) & (points[:, 1] < _NORTH)
        ]
    if len(points) == 0:
        raise DataError(
            error(
                "build.no_place",
                "population",
                Text(
                    "停留所も施設も人口もなく、都市の場所が分かりません",
                    "no people, stops or places: where is the city?",
                ),
                Text(
                    "population:、gtfs:、facilities: のどれかを書いてください", "give population:, gtfs: or facilities:"
                ),
            ),
        )
    ids, polygon_lonlat, polygon_xy = (_mesh if in_japan else _squares)(epsg, points, margin_m)
    xy = shapely.get_coordinates(shapely.centroid(polygon_xy))
    return PopulationCells(
        cell_id=text_array(ids),
        lonlat=shapely.get_coordinates(shapely.centroid(polygon_lonlat)),
        xy=xy,
        polygon_xy=polygon_xy,
        polygon_lonlat=polygon_lonlat,
        bands=(ALL_AGES,),
        persons=np.zeros((len(ids), 1)),
        district=np.full(len(ids), -1, dtype=np.int32),
        district_id=text_array([]),
        district_name=text_array([]),
        district_name_en=text_array([]),
        year=int(base_date[:4]),
        base_date=base_date,
    )


def source_without_people(base_date: str) -> Source:
    """Return the source of cells without people: no data."""
    return Source(
        "no-population",
        "population",
        Text("人口データなし", "no population data"),
        "",
        "",
        base_date,
        Status.NO_DATA,
        Text(
            "停留所・施設のまわりの 500 m メッシュだけを置いた。人口を使う評価指標は計算しない",
            "only 500 m cells around stops and places; KPIs that count residents are not computed",
        ),
    )


def _mesh(
    epsg: int, points: FloatArray, margin_m: float
) -> tuple[list[str], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    own = np.unique(encode_many(points, _LEVEL))
    corners = bounds_many(own)
    centres = (corners[:, :2] + corners[:, 2:]) / 2
    reach = int(np.ceil(margin_m / _LEAST_CELL_M))
    steps = np.array([(x, y) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1)]) * _STEP_DEG
    around = (centres[:, None, :] + steps[None, :, :]).reshape(-1, 2)
    around = around[(around[:, 0] >= _WEST) & (around[:, 0] < _EAST) & (around[:, 1] >= 0) & (around[:, 1] < _NORTH)]
    codes = np.unique(encode_many(around, _LEVEL))
    boxes = np.asarray(shapely.box(*bounds_many(codes).T), dtype=object)
    plane = shapely.transform(boxes, lambda xy: to_plane(epsg, xy))
    near = _near(shapely.get_coordinates(shapely.centroid(plane)), to_plane(epsg, points), margin_m)
    kept = near | np.isin(codes, own)
    return [str(c) for c in codes[kept]], boxes[kept], np.asarray(plane[kept], dtype=object)


def _squares(
    epsg: int, points: FloatArray, margin_m: float
) -> tuple[list[str], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    xy = to_plane(epsg, points)
    own = np.unique(np.floor(xy / CELL_M).astype(np.int64), axis=0)
    reach = int(np.ceil(margin_m / CELL_M))
    steps = np.array([(x, y) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1)])
    cells = np.unique((own[:, None, :] + steps[None, :, :]).reshape(-1, 2), axis=0)
    held = {(int(x), int(y)) for x, y in own}
    near = _near((cells + 0.5) * CELL_M, xy, margin_m)
    cells = cells[near | np.array([(int(x), int(y)) in held for x, y in cells])]
    low = cells * CELL_M
    plane = np.asarray(shapely.box(low[:, 0], low[:, 1], low[:, 0] + CELL_M, low[:, 1] + CELL_M), dtype=object)
    lonlat = np.asarray(shapely.transform(plane, lambda p: to_lonlat(epsg, p)), dtype=object)
    return [f"x{x}y{y}" for x, y in cells], lonlat, plane


def _near(centres: FloatArray, xy: FloatArray, margin_m: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- only when building

    distance, _ = cKDTree(xy).query(centres)
    return np.asarray(distance <= margin_m)
