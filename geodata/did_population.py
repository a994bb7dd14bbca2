"""Owns the estimate of where people live from DID totals and 町丁目 points, for any Japanese city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from geodata.apportion import share_exactly
from geodata.crs import plane_epsg, to_plane
from geodata.errors import DataError, Problem, Text, error, raise_errors
from geodata.frozen import freeze
from geodata.mesh import bounds_many, cells_over, centres_many
from geodata.units import BoolArray, FloatArray, IntArray, StrArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

Polygons = npt.NDArray[np.object_]

MESH_LEVEL = 5
REST = "rest"
_SLIVER = 1e-3  # [share of a cell] less than this is noise of the outline, not land


@dataclass(frozen=True, slots=True)
class DidArea:
    """One densely inhabited district (人口集中地区): id, outline in degrees, and its census population [persons]."""

    did_id: str
    polygon_lonlat: BaseGeometry
    persons: float


@dataclass(frozen=True, slots=True)
class DidSettings:
    """
    How people are spread below the level of what is known; all assumed.

    `town_share`: within a DID, the share of people spread by 町丁目 (each point an equal part, evenly over the land
    nearest to it); the others evenly over the DID. `kernel_m`: standard deviation of the spread around a 町丁目 outside
    the DIDs, cut off at three times. `min_land_share`: a cell is the city's if that share of it lies inside, though its
    centre does not.
    """

    town_share: float = 0.5
    kernel_m: float = 500.0
    min_land_share: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class DidPopulation:
    """
    People by 250 m cell, split into the parts whose totals are known.

    Parameters
    ----------
    cell_id, lonlat
        cell → mesh code of level 5 in ascending order, centre [degrees], shapes (C,), (C, 2).
    part_id
        The DIDs by id, then ``rest``.
    persons
        cell, part → residents at the census [persons, multiples of 0.01], shape (C, K).
    later_persons
        cell → residents at the later total; equal to the census where none was given, shape (C,).
    town
        cell → index of the nearest 町丁目 point, shape (C,).

    Notes
    -----
    Column sums equal the given totals to the last hundredth. Status: modelled, from observed totals.
    """

    cell_id: StrArray
    lonlat: FloatArray
    part_id: tuple[str, ...]
    persons: FloatArray
    later_persons: FloatArray
    town: IntArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def total(self) -> FloatArray:
        """cell → residents at the census, all parts [persons], shape (C,)."""
        sums: FloatArray = self.persons.sum(axis=1)
        return sums


def build_did_population(
    dids: Sequence[DidArea],
    towns_lonlat: FloatArray,
    total_persons: float,
    *,
    municipality_lonlat: BaseGeometry | None = None,
    later_total: float | None = None,
    outside_weights: FloatArray | None = None,
    settings: DidSettings = DidSettings(),
) -> DidPopulation:
    """
    Spread a municipality's people over 250 m cells.

    Each DID keeps its census population, spread partly evenly and partly by its 町丁目 points. Whoever lives outside
    the DIDs is spread around the 町丁目 points outside, on land that no DID covers.

    Parameters
    ----------
    dids
        Densely inhabited districts of the municipality; may be empty.
    towns_lonlat
        町丁目 points of the municipality [degrees], shape (T, 2), T ≥ 1.
    total_persons
        Census population of the whole municipality [persons], at least that of its DIDs.
    municipality_lonlat
        Outline, may be coarse: DID land always counts as inside. None: only cells with people are returned, and the
        spread outside DIDs may reach into water.
    later_total
        A newer total of the municipality [persons]; cells are scaled alike (assumed).
    outside_weights
        Relative number of people of each 町丁目 where it lies outside the DIDs, shape (T,) [> 0]; None: all alike.
        Hamlets and large 大字 differ more than 町丁目 inside DIDs do, so any evidence helps (such as public places).
    settings
        Assumptions of the spread.

    Returns
    -------
    population
        Cells and their people.

    Raises
    ------
    DataError
        If the totals contradict each other or there is no 町丁目 point.

    References
    ----------
    Assumption: half by 町丁目, half evenly (`DidSettings`); 町丁目 are drawn up to be of similar size.
    """
    _check_inputs(dids, towns_lonlat, total_persons)
    epsg = plane_epsg(*(float(v) for v in np.mean(towns_lonlat, axis=0)))
    towns = to_plane(epsg, towns_lonlat)
    areas = [_project(d.polygon_lonlat, epsg) for d in dids]
    city = None if municipality_lonlat is None else _project(municipality_lonlat, epsg)
    cell_id, cells = _candidate_cells(dids, municipality_lonlat, towns_lonlat, epsg, settings)
    built_up = shapely.union_all(areas) if areas else shapely.Polygon()
    land = None if city is None else shapely.union_all([city, built_up])

    columns = [
        share_exactly(_did_weights(area, towns, cells, settings), did.persons)
        for did, area in zip(dids, areas, strict=True)
    ]
    rest = total_persons - sum(d.persons for d in dids)
    weights = np.ones(len(towns)) if outside_weights is None else outside_weights
    columns.append(share_exactly(_rest_weights(built_up, land, (towns, weights), cells, settings), rest))
    persons = np.column_stack(columns)
    keep = _in_city(land, cells, settings) | (persons.sum(axis=1) > 0)
    return _finish(cell_id[keep], persons[keep], (*(d.did_id for d in dids), REST), towns, epsg, later_total)


def _finish(
    cell_id: StrArray,
    persons: FloatArray,
    part_id: tuple[str, ...],
    towns: FloatArray,
    epsg: int,
    later_total: float | None,
) -> DidPopulation:
    lonlat = centres_many(cell_id)
    total = persons.sum(axis=1)
    later = total if later_total is None else share_exactly(total, later_total)
    return DidPopulation(cell_id, lonlat, part_id, persons, later.copy(), nearest_point(to_plane(epsg, lonlat), towns))


def nearest_point(xy: FloatArray, points_xy: FloatArray) -> IntArray:
    """Return for each of `xy` (N, 2) the index of the nearest of `points_xy` (M, 2); the first of equals."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- only when building

    _, index = cKDTree(points_xy).query(xy)
    return np.asarray(index, dtype=np.int32)


def cell_polygons(epsg: int, cell_id: StrArray) -> Polygons:
    """Return the outlines of cells in plane coordinates, shapely polygons, shape (N,)."""
    corners = bounds_many(cell_id)
    ring = corners[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    return np.asarray(shapely.polygons(to_plane(epsg, ring).reshape(-1, 4, 2)), dtype=np.object_)


def _project(polygon: BaseGeometry, epsg: int) -> BaseGeometry:
    projected = shapely.transform(polygon, lambda lonlat: to_plane(epsg, lonlat))
    return projected if shapely.is_valid(projected) else shapely.make_valid(projected)


def _candidate_cells(
    dids: Sequence[DidArea],
    municipality: BaseGeometry | None,
    towns_lonlat: FloatArray,
    epsg: int,
    settings: DidSettings,
) -> tuple[StrArray, Polygons]:
    reach = 3 * settings.kernel_m / 80_000  # [degrees] generous at any latitude of Japan
    west, south = towns_lonlat.min(axis=0) - reach
    east, north = towns_lonlat.max(axis=0) + reach
    shapes = [d.polygon_lonlat for d in dids] + ([] if municipality is None else [municipality])
    boxes = np.array([(west, south, east, north), *(shapely.bounds(s) for s in shapes)])
    box = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
    cell_id = np.array(sorted(cells_over(box, MESH_LEVEL)))
    return cell_id, cell_polygons(epsg, cell_id)


def _shared_area(cells: Polygons, polygon: BaseGeometry) -> FloatArray:
    area = np.zeros(len(cells))
    if polygon.is_empty:
        return area
    hit = shapely.STRtree(cells).query(polygon, predicate="intersects")
    area[hit] = shapely.area(shapely.intersection(cells[hit], polygon))
    area[area < _SLIVER * shapely.area(cells)] = 0.0
    return area


def _did_weights(area: BaseGeometry, towns: FloatArray, cells: Polygons, settings: DidSettings) -> FloatArray:
    even: FloatArray = _shared_area(cells, area) / float(shapely.area(area))
    inside = towns[shapely.contains_xy(area, towns[:, 0], towns[:, 1])]
    if len(inside) == 0:
        return even
    by_town: FloatArray = np.zeros(len(cells))
    for piece in _nearest_land(area, inside):
        size = float(shapely.area(piece))
        if size > 0:
            by_town += _shared_area(cells, piece) / size
    spread: FloatArray = (1 - settings.town_share) * even + settings.town_share * by_town / by_town.sum()
    return spread


def _nearest_land(area: BaseGeometry, points: FloatArray) -> list[BaseGeometry]:
    """Return the parts of an area that are nearest to each point (Voronoi cells cut by the area)."""
    if len(points) == 1:
        return [area]
    diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.envelope(area))
    return [shapely.intersection(part, area) for part in shapely.get_parts(diagram)]


def _rest_weights(
    built_up: BaseGeometry,
    land: BaseGeometry | None,
    weighted_towns: tuple[FloatArray, FloatArray],
    cells: Polygons,
    settings: DidSettings,
) -> FloatArray:
    towns, town_weights = weighted_towns
    whole: FloatArray = shapely.area(cells) if land is None else _shared_area(cells, land)
    free: FloatArray = np.maximum(whole - _shared_area(cells, built_up), 0.0)
    outside = ~shapely.contains_xy(built_up, towns[:, 0], towns[:, 1])
    chosen = outside if outside.any() else np.ones(len(towns), dtype=bool)
    centres = shapely.get_coordinates(shapely.centroid(cells))
    weights: FloatArray = np.zeros(len(cells))
    for point, town_weight in zip(towns[chosen], town_weights[chosen], strict=True):
        distance = np.hypot(*(centres - point).T) / settings.kernel_m
        near = np.where(distance <= 3, np.exp(-0.5 * distance**2), 0.0) * free  # noqa: PLR2004 -- three deviations
        if near.sum() > 0:
            weights += town_weight * near / near.sum()
    return weights


def _in_city(land: BaseGeometry | None, cells: Polygons, settings: DidSettings) -> BoolArray:
    if land is None:
        return np.zeros(len(cells), dtype=bool)
    centres = shapely.get_coordinates(shapely.centroid(cells))
    inside = shapely.contains_xy(land, centres[:, 0], centres[:, 1])
    enough: BoolArray = _shared_area(cells, land) >= settings.min_land_share * shapely.area(cells)
    return enough | inside


def _check_inputs(dids: Sequence[DidArea], towns_lonlat: FloatArray, total_persons: float) -> None:
    problems: list[Problem] = []
    if len(towns_lonlat) == 0:
        problems.append(
            error(
                "population.no_towns",
                "towns",
                Text("町丁目の点がありません", "there are no 町丁目 points"),
                Text("市町村コードの指定を確かめてください", "check the municipality code"),
            ),
        )
    in_dids = sum(d.persons for d in dids)
    if in_dids > total_persons:
        problems.append(
            error(
                "population.totals",
                "total_persons",
                Text(
                    f"DID 人口の合計 {in_dids:,.0f} 人が総人口 {total_persons:,.0f} 人を超えています",
                    f"the DIDs hold {in_dids:,.0f} persons, more than the total of {total_persons:,.0f}",
                ),
                Text(
                    "同じ年の国勢調査の総人口を入れ、ほかの市の DID を除いてください",
                    "give the total of the same census, and leave out DIDs of other municipalities",
                ),
            ),
        )
    raise_errors(problems, DataError)
