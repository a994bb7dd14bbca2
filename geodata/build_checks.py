"""Owns how the layers of a city fit together: which stops are inside, what lies too far from streets or people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Severity, Text, error, warning
from geodata.streets import StreetNetwork

if TYPE_CHECKING:
    from geodata.boundaries import Zone
    from geodata.city import City
    from geodata.population import PopulationCells
    from geodata.timetable import Timetable
    from geodata.units import BoolArray, FloatArray

FAR_APART_M = 50_000.0
MUNICIPALITY = "municipality"


def stops_in_city(timetable: Timetable, zones: tuple[Zone, ...], population: PopulationCells) -> Timetable:
    """
    Return the timetable with `in_city` set.

    Inside a zone of kind ``municipality`` where there is one, else no farther from a cell centre than the size of a
    cell.
    """
    xy = timetable.stops.xy
    outlines = [z.xy for z in zones if z.kind == MUNICIPALITY]
    if outlines:
        inside = shapely.contains_xy(shapely.union_all(outlines), xy[:, 0], xy[:, 1])
    else:
        size = float(np.sqrt(np.median(population.area_m2)))
        inside = nearest_m(population.xy, xy) <= size
    return replace(timetable, stops=replace(timetable.stops, in_city=np.asarray(inside, dtype=np.bool_)))


def layers_fit(city: City, counts: dict[str, int]) -> list[Problem]:
    """
    Return warnings about what lies apart, counting it in `counts`.

    Raises
    ------
    DataError
        If there are stops or streets and none of them is anywhere near the people.
    """
    stops, cells = city.timetable.stops, city.population
    _near_people("gtfs", stops.xy, cells.xy)
    problems: list[Problem] = []
    if city.facilities.n_facilities:
        apart = nearest_m(cells.xy, city.facilities.xy) > FAR_APART_M
        problems += _far_facilities(city, apart)
    if isinstance(city.streets, StreetNetwork):
        _near_people("streets", city.streets.node_xy, cells.xy)
        problems += _off_streets(city, city.streets, counts)
    return problems


def nearest_m(points: FloatArray, xy: FloatArray) -> FloatArray:
    """Return for each of `xy` (N, 2) the distance to the nearest of `points` (M, 2) [m]; inf if there is none."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- only when building

    if len(points) == 0:
        return np.full(len(xy), np.inf)
    distance, _ = cKDTree(points).query(xy)
    return np.asarray(distance, dtype=np.float64)


def _near_people(layer: str, points: FloatArray, cells_xy: FloatArray) -> None:
    if len(points) == 0 or (nearest_m(cells_xy, points) <= FAR_APART_M).any():
        return
    raise DataError(
        error(
            "build.far_apart",
            layer,
            Text(
                "停留所または道路が、人口のある場所から 50 km 以内に 1 つもありません",
                "nothing of this layer lies within 50 km of the people",
            ),
            Text(
                "緯度と経度が入れ替わっていないか、別の地域のデータでないか確かめてください",
                "check that latitude and longitude are not swapped, and that all inputs are of one area",
            ),
        ),
    )


def _far_facilities(city: City, apart: BoolArray) -> list[Problem]:
    if not apart.any():
        return []
    name = str(city.facilities.name[np.flatnonzero(apart)[0]])
    return [
        warning(
            "build.facility_far",
            f"facilities {name}",
            Text("人口のある場所から 50 km 以上離れた施設です", "a facility more than 50 km from the people"),
            Text("緯度・経度を確かめてください", "check its latitude and longitude"),
            int(apart.sum()),
        ),
    ]


def _off_streets(city: City, streets: StreetNetwork, counts: dict[str, int]) -> list[Problem]:
    """Report cells and stops that no walk can reach because the extract ends before them."""
    walkable = np.zeros(len(streets.node_xy), dtype=bool)
    owner = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
    walkable[owner[np.isfinite(streets.edge_effort_m)]] = True
    nodes = streets.node_xy[walkable]
    cells = nearest_m(nodes, city.population.xy) > streets.max_snap_m
    stops = nearest_m(nodes, city.timetable.stops.xy) > streets.max_snap_m
    counts |= {"cells_off_streets": int(cells.sum()), "stops_off_streets": int(stops.sum())}
    problems = []
    if cells.any():
        persons = float(city.population.total[cells].sum())
        problems.append(
            warning(
                "build.cells_off_streets",
                "streets",
                Text(
                    f"道路網から {streets.max_snap_m:,.0f} m 以上離れたセルがあります（{persons:,.0f} 人）",
                    f"cells more than {streets.max_snap_m:,.0f} m from any street ({persons:,.0f} persons)",
                ),
                Text(
                    "歩いて行ける場所がないものとして計算します。範囲の広い道路データにしてください",
                    "they reach nothing on foot; use an extract that covers them",
                ),
                int(cells.sum()),
            ),
        )
    if stops.any():
        problems.append(
            Problem(
                Severity.INFO,
                "build.stops_off_streets",
                "streets",
                Text(
                    "道路網の外の停留所は、乗り通すだけで乗り降りには使いません",
                    "stops beyond the streets are only ridden through",
                ),
                Text("必要なら範囲の広い道路データにしてください", "use a larger extract if they matter"),
                int(stops.sum()),
            ),
        )
    return problems
