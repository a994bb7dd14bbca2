"""
Owns OpenStreetMap extracts (``.osm.pbf``, ``.osm``) → StreetNetwork.

Ways are cut where they meet and at their ends; between these points a stretch is divided into equal pieces of at most
50 m, whatever shape points it has: snapping to the nearest node is then at most 25 m off along the street, the graph
stays small, and lengths are those of the full shape to the last bit of rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.archive import missing_input
from geodata.readers.elevation import climb_efforts, sample_elevation
from geodata.readers.osm_tags import car_directions, car_speed_kmh, is_walkable
from geodata.readers.tables import note
from geodata.streets import StreetNetwork

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geodata.units import BoolArray, FloatArray, IntArray

    Int64Array = np.ndarray[Any, np.dtype[np.int64]]

MAX_PIECE_M = 50.0
MIN_ISLAND_SHARE = 0.02
"""Walkable islands with fewer nodes than this share of the largest are removed."""

_M_PER_S_PER_KMH = 1 / 3.6


@dataclass(frozen=True, slots=True)
class StreetReading:
    """What came of an extract; `counts`: ways, nodes, edges, islands removed and their nodes."""

    streets: StreetNetwork
    problems: tuple[Problem, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """
    Usable ways as flat points.

    `lonlat` (P, 2), `ref` (P,): points in the order of the ways; `way` (P,): point → way; `walk` (W,): walkable;
    `pace` (W, 2): seconds per metre by car along and against the way, inf = not allowed.
    """

    lonlat: FloatArray
    ref: Int64Array
    way: Int64Array
    walk: BoolArray
    pace: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of streets: ends as nodes (M, 2), length [m] (M,), way (M,), and the nodes' positions (N, 2)."""

    ends: Int64Array
    length_m: FloatArray
    way: Int64Array
    node_lonlat: FloatArray


def read_osm(
    path: Path,
    *,
    project: Callable[[FloatArray], FloatArray],
    elevation: Path | None = None,
) -> StreetReading:
    """
    Read an extract as a street network.

    Parameters
    ----------
    path
        ``.osm.pbf`` or ``.osm``.
    project
        Degrees (N, 2) → plane coordinates (N, 2) [m].
    elevation
        Raster of heights [m] for slopes, such as a GeoTIFF.

    Returns
    -------
    reading
        Network, findings, counts. Small islands of walkable streets are removed, so that nobody is snapped to them.

    Raises
    ------
    DataError
        If the file is missing, damaged, or holds no street.
    """
    return build_streets(read_ways(path), path, project=project, elevation=elevation)


def build_streets(
    ways: Ways,
    path: Path,
    *,
    project: Callable[[FloatArray], FloatArray],
    elevation: Path | None = None,
) -> StreetReading:
    """Return the network of ways read from `path`: cut, cleared of small islands, sloped where heights are known."""
    pieces = cut_ways(ways, project)
    keep, islands = _off_islands(pieces, ways.walk[pieces.way])
    pieces = _compacted(pieces, keep)
    node_xy = project(pieces.node_lonlat)
    heights = None if elevation is None else sample_elevation(elevation, pieces.node_lonlat)
    streets, unknown = _network(pieces, ways, node_xy, heights)
    counts = {
        "osm_ways": len(ways.walk),
        "street_nodes": len(node_xy),
        "street_edges": len(streets.edge_to),
        "street_islands_removed": islands,
        "street_pieces_removed": int((~keep).sum()),
    }
    return StreetReading(streets, tuple(_notes(path, counts, elevation, unknown)), counts)


def read_ways(path: Path) -> Ways:
    """Return the ways that may be walked or driven, cut where the extract lacks a point."""
    import osmium  # noqa: PLC0415 -- only when building

    if not path.is_file():
        raise DataError(missing_input(path))
    parts: list[tuple[list[int], list[tuple[float, float]]]] = []
    walk: list[bool] = []
    pace: list[tuple[float, float]] = []
    try:
        wanted = osmium.filter.EntityFilter(osmium.osm.WAY)
        ways: Any = osmium.FileProcessor(str(path)).with_locations().with_filter(wanted)
        for way in ways.with_filter(osmium.filter.KeyFilter("highway")):
            tags = dict(way.tags)
            on_foot, (along, against) = is_walkable(tags), car_directions(tags)
            if not (on_foot or along or against):
                continue
            seconds = 1 / (car_speed_kmh(tags) * _M_PER_S_PER_KMH) if along or against else np.inf
            for run in _runs(way.nodes):
                parts.append(run)
                walk.append(on_foot)
                pace.append((seconds if along else np.inf, seconds if against else np.inf))
    except (RuntimeError, ValueError) as exc:
        raise DataError(_damaged(path, str(exc))) from exc
    if not parts:
        raise DataError(_damaged(path, "highway=*: 0"))
    sizes = np.array([len(refs) for refs, _ in parts])
    return Ways(
        lonlat=np.array([p for _, points in parts for p in points], dtype=np.float64),
        ref=np.array([r for refs, _ in parts for r in refs], dtype=np.int64),
        way=np.repeat(np.arange(len(parts)), sizes).astype(np.int64),
        walk=np.array(walk, dtype=bool),
        pace=np.array(pace, dtype=np.float64),
    )


def cut_ways(ways: Ways, project: Callable[[FloatArray], FloatArray]) -> Pieces:
    """Cut ways at junctions and ends, and what lies between into equal pieces of at most `MAX_PIECE_M`."""
    refs, node, uses = np.unique(ways.ref, return_inverse=True, return_counts=True)
    last = np.r_[ways.way[1:] != ways.way[:-1], True]
    first = np.r_[True, last[:-1]]
    at = np.flatnonzero(first | last | (uses[node] > 1))
    start, end = at[:-1], at[1:]
    same = ways.way[start] == ways.way[end]
    start, end = start[same], end[same]
    step = np.hypot(*np.diff(project(ways.lonlat), axis=0).T)
    step[last[:-1]] = 0.0
    along = np.r_[0.0, np.cumsum(step)]
    length = along[end] - along[start]
    n_pieces = np.maximum(np.ceil(length / MAX_PIECE_M), 1).astype(np.int64)
    n_pieces = np.where((node[start] == node[end]) & (length > 0), np.maximum(n_pieces, 2), n_pieces)
    stretch = np.repeat(np.arange(len(start)), n_pieces)
    position = np.arange(len(stretch)) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    inner = position > 0
    inner_id = len(refs) + np.cumsum(inner) - 1
    tail = np.where(inner, inner_id, node[start][stretch])
    head = np.where(position < n_pieces[stretch] - 1, np.r_[inner_id[1:], 0], node[end][stretch])
    share = position / n_pieces[stretch]
    points = _between(ways, along, start[stretch][inner], end[stretch][inner], share[inner])
    own = np.zeros((len(refs), 2))
    own[node] = ways.lonlat
    keep = (length[stretch] > 0) & (tail != head)
    return Pieces(
        ends=np.column_stack([tail, head])[keep],
        length_m=(length / n_pieces)[stretch][keep],
        way=ways.way[start][stretch][keep],
        node_lonlat=np.concatenate([own, points]),
    )


def _between(ways: Ways, along: FloatArray, start: Int64Array, end: Int64Array, share: FloatArray) -> FloatArray:
    """Return the points at a share of the way from one point of a way to another, along its shape [degrees]."""
    # Positions grow along all ways; a small gap between two ways keeps the end of one apart from the next.
    spaced = along + np.arange(len(along)) * 1e-7
    target = spaced[start] + share * (spaced[end] - spaced[start])
    columns = [np.interp(target, spaced, ways.lonlat[:, axis]) for axis in (0, 1)]
    return np.column_stack(columns)


def _off_islands(pieces: Pieces, walk: BoolArray) -> tuple[BoolArray, int]:
    """Return which pieces to keep, and how many small walkable islands the others form."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415 -- only when building
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    n = len(pieces.node_lonlat)
    tail, head = pieces.ends[walk].T
    graph = coo_matrix((np.ones(len(tail)), (tail, head)), shape=(n, n))
    _, island = connected_components(graph, directed=False)
    used = np.zeros(n, dtype=bool)
    used[pieces.ends[walk].ravel()] = True
    sizes = np.bincount(island[used], minlength=int(island.max(initial=0)) + 1)
    small = (sizes > 0) & (sizes < MIN_ISLAND_SHARE * sizes.max(initial=0))
    keep: BoolArray = ~(walk & small[island[pieces.ends[:, 0]]])
    return keep, int(small.sum())


def _compacted(pieces: Pieces, keep: BoolArray) -> Pieces:
    used, ends = np.unique(pieces.ends[keep], return_inverse=True)
    return Pieces(ends.reshape(-1, 2), pieces.length_m[keep], pieces.way[keep], pieces.node_lonlat[used])


def _network(
    pieces: Pieces,
    ways: Ways,
    node_xy: FloatArray,
    heights: FloatArray | None,
) -> tuple[StreetNetwork, int]:
    """Return the graph with each piece in both directions, and how many nodes have no height."""
    tail = np.r_[pieces.ends[:, 0], pieces.ends[:, 1]]
    head = np.r_[pieces.ends[:, 1], pieces.ends[:, 0]]
    length = np.r_[pieces.length_m, pieces.length_m]
    walk = np.r_[ways.walk[pieces.way], ways.walk[pieces.way]]
    pace = np.r_[ways.pace[pieces.way, 0], ways.pace[pieces.way, 1]]
    effort = length if heights is None else climb_efforts(length, heights[tail], heights[head])
    effort = np.where(walk, effort, np.inf)
    usable = walk | np.isfinite(pace)
    order = np.lexsort((length, head, tail))
    order = order[usable[order]]
    degree = np.bincount(tail[order], minlength=len(node_xy))
    offsets: IntArray = np.r_[0, np.cumsum(degree)].astype(np.int32)
    streets = StreetNetwork(
        node_lonlat=pieces.node_lonlat,
        node_xy=node_xy,
        edge_offsets=offsets,
        edge_to=head[order].astype(np.int32),
        edge_length_m=length[order],
        edge_effort_m=effort[order],
        edge_car_s=(length * pace)[order],
        has_slope=heights is not None,
    )
    return streets, 0 if heights is None else int(np.isnan(heights).sum())


def _runs(nodes: Any) -> list[tuple[list[int], list[tuple[float, float]]]]:
    """Return (refs, points) of a way, cut at nodes that the extract does not hold, runs of one node left out."""
    runs: list[tuple[list[int], list[tuple[float, float]]]] = []
    refs: list[int] = []
    points: list[tuple[float, float]] = []
    for item in nodes:
        if item.location.valid():
            refs.append(item.ref)
            points.append((item.location.lon, item.location.lat))
            continue
        runs.append((refs, points))
        refs, points = [], []
    runs.append((refs, points))
    return [run for run in runs if len(run[0]) > 1]


def _notes(path: Path, counts: dict[str, int], elevation: Path | None, unknown: int) -> list[Problem]:
    found = []
    if counts["street_islands_removed"]:
        found.append(
            note(
                "osm.islands",
                path.name,
                Text("ほかとつながらない小さな道を除きました", "small streets that connect to nothing were removed"),
                count=counts["street_islands_removed"],
            ),
        )
    if unknown and elevation is not None:
        found.append(
            warning(
                "elevation.outside",
                elevation.name,
                Text("標高のない地点は平らとしました", "places without a height count as level"),
                Text("道路網を覆う標高データを指定してください", "name a raster that covers the streets"),
                unknown,
            ),
        )
    return found


def _damaged(path: Path, detail: str) -> Problem:
    return error(
        "osm.unreadable",
        path.name,
        Text(f"OpenStreetMap のデータとして読めないか、道がありません: {detail}", f"no streets can be read: {detail}"),
        Text("対象地域の .osm.pbf を取り直してください", "get the .osm.pbf of the area again"),
    )
