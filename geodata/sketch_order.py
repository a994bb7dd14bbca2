"""Owns in which order a line without a timetable calls at its stops along its published course."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from geodata.units import FloatArray, IntArray

    Project = Callable[[FloatArray], FloatArray]

SAME_PLACE_M = 60.0
"""A stop is on a course that is at most this much farther than the nearest part of the line."""
_JOINT_M = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """
    One way of a line.

    `stops`: indices in order; a loop ends where it began. `along_m`: way from the first stop [m], not decreasing.
    `lonlat`: the course [degrees], (V, 2); empty where it is not known.
    """

    stops: IntArray
    along_m: FloatArray
    lonlat: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Edge:
    ends: tuple[int, int]
    lonlat: FloatArray
    xy: FloatArray
    length_m: float


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """A way over the net: its line, its nodes with where they are on it, and the two it joins."""

    lonlat: FloatArray
    xy: FloatArray
    nodes: dict[int, float]
    ends: tuple[int, int]
    edges: frozenset[int]

    @property
    def length_m(self) -> float:
        return float(np.hypot(*np.diff(self.xy, axis=0).T).sum())

    @property
    def is_loop(self) -> bool:
        return self.ends[0] == self.ends[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A way that was found: its nodes, its stops and where they are on it [m]."""

    nodes: dict[int, float]
    stops: IntArray
    at_m: FloatArray


def courses_along(shape: BaseGeometry, project: Project, points_xy: FloatArray, reach_m: float) -> list[Course]:
    """
    Return the ways of a line with its stops in order: the longest one first, then a branch for each stop left.

    Parameters
    ----------
    shape
        Course of the line [degrees], in any number of pieces that touch at their ends.
    project
        Degrees (N, 2) → plane (N, 2) [m].
    points_xy
        Stops, shape (N, 2) [m].
    reach_m
        A stop farther than this from the line is not on it.

    Returns
    -------
    courses
        Each with at least two stops. A branch starts (and ends, where it comes back) at the stop of a way found
        before that is nearest to its junction.

    Notes
    -----
    Every stop within reach is on at least one course, unless it is the only one of its piece. The order of the pieces
    does not matter.
    """
    edges = _net(shape, project)
    if not edges or not len(points_xy):
        return []
    points = np.asarray(shapely.points(points_xy), dtype=object)
    whole = shapely.union_all(np.asarray([shapely.linestrings(e.xy) for e in edges], dtype=object))
    nearest = shapely.distance(whole, points)
    left = set(np.flatnonzero(nearest <= reach_m).tolist())
    courses: list[Course] = []
    before: list[_Found] = []
    unused = set(range(len(edges)))
    while left and unused:
        path, joined = _next_path(edges, unused, before)
        unused -= path.edges
        near = shapely.distance(shapely.linestrings(path.xy), points)
        on = np.flatnonzero((near <= reach_m) & (near <= nearest + SAME_PLACE_M)).astype(np.int32)
        if joined:
            on = on[[i in left for i in on.tolist()]]
        course, found = _course(path, points, on, before)
        before.append(found)
        if len(on) and len(course.stops) > 1 and not left.isdisjoint(on.tolist()):
            left -= set(on.tolist())
            courses.append(course)
    return courses


def _net(shape: BaseGeometry, project: Project) -> list[_Edge]:
    """Return the pieces of a line between its ends and junctions, in an order that does not hang on the file."""
    parts = [shapely.get_coordinates(p) for p in shapely.get_parts(shapely.line_merge(shapely.node(shape)))]
    open_ends = {tuple(c[n]) for c in parts for n in (0, -1) if not _closed(c)}
    pieces = sorted((_oriented(c, open_ends) for c in parts), key=np.ndarray.tolist)
    planes = [project(lonlat) for lonlat in pieces]
    ends = _joints(np.concatenate([xy[[0, -1]] for xy in planes])) if planes else []
    lengths = [float(np.hypot(*np.diff(xy, axis=0).T).sum()) for xy in planes]
    return [
        _Edge((ends[2 * n], ends[2 * n + 1]), pieces[n], planes[n], length)
        for n, length in enumerate(lengths)
        if length > 0
    ]


def _closed(lonlat: FloatArray) -> bool:
    return bool((lonlat[0] == lonlat[-1]).all())


def _oriented(lonlat: FloatArray, open_ends: set[tuple[float, ...]]) -> FloatArray:
    """Return a piece in the one of its directions that comes first; a ring on its own from its first vertex."""
    if not _closed(lonlat):
        return lonlat if tuple(lonlat[0]) <= tuple(lonlat[-1]) else lonlat[::-1]
    if tuple(lonlat[0]) not in open_ends:
        ring = lonlat[:-1]
        ring = np.roll(ring, -int(np.lexsort((ring[:, 1], ring[:, 0]))[0]), axis=0)
        lonlat = np.concatenate([ring, ring[:1]])
    return lonlat if tuple(lonlat[1]) <= tuple(lonlat[-2]) else lonlat[::-1]


def _joints(ends_xy: FloatArray) -> list[int]:
    """Return end → node; ends that all but touch are one node."""
    points = np.asarray(shapely.points(ends_xy), dtype=object)
    pairs = shapely.STRtree(points).query(points, predicate="dwithin", distance=_JOINT_M)
    node = list(range(len(points)))

    def root(n: int) -> int:
        while node[n] != n:
            node[n] = node[node[n]]
            n = node[n]
        return n

    for a, b in pairs.T.tolist():
        low, high = sorted((root(a), root(b)))
        node[high] = low
    return [root(n) for n in range(len(points))]


def _next_path(edges: list[_Edge], unused: set[int], before: list[_Found]) -> tuple[_Path, bool]:
    """Return the longest way left over unused pieces, and whether it starts at one found before."""
    links: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for e in sorted(unused):
        a, b = edges[e].ends
        links[a].append((b, e))
        links[b].append((a, e))
    junction = next((node for found in before for node in found.nodes if node in links), None)
    if junction is not None:
        return _walk(edges, _farthest(edges, links, junction)[1], junction), True
    end, _ = _farthest(edges, links, min(links))
    path = _walk(edges, _farthest(edges, links, end)[1], end)
    loops = [e for e in sorted(unused) if edges[e].ends[0] == edges[e].ends[1]]
    longest = max(loops, key=lambda e: edges[e].length_m, default=None)
    if longest is not None and edges[longest].length_m > path.length_m:
        path = _walk(edges, [longest], edges[longest].ends[0])
    return path, False


def _farthest(edges: list[_Edge], links: dict[int, list[tuple[int, int]]], start: int) -> tuple[int, list[int]]:
    """Return the node farthest from `start` over the links, and the pieces on the way to it."""
    best: dict[int, float] = {start: 0.0}
    via: dict[int, tuple[int, int]] = {}
    queue = [(0.0, start)]
    while queue:
        so_far, node = heapq.heappop(queue)
        if so_far > best[node]:
            continue
        for other, e in links[node]:
            length = so_far + edges[e].length_m
            if length < best.get(other, np.inf):
                best[other] = length
                via[other] = (node, e)
                heapq.heappush(queue, (length, other))
    end = max(best, key=lambda node: (best[node], -node))
    if end == start:  # nothing but loops here
        return start, [links[start][0][1]]
    way = []
    node = end
    while node != start:
        node, e = via[node]
        way.append(e)
    return end, way[::-1]


def _walk(edges: list[_Edge], way: list[int], start: int) -> _Path:
    """Return pieces one after another from a node as one line."""
    lonlat, xy = [], []
    nodes = {start: 0.0}
    node, position = start, 0.0
    for e in way:
        edge = edges[e]
        forward = edge.ends[0] == node
        step = slice(None) if forward else slice(None, None, -1)
        lonlat.append(edge.lonlat[step])
        xy.append(edge.xy[step])
        node = edge.ends[1] if forward else edge.ends[0]
        position += edge.length_m
        nodes.setdefault(node, position)
    return _Path(np.concatenate(lonlat), np.concatenate(xy), nodes, (start, node), frozenset(way))


def _course(path: _Path, points: npt.NDArray[np.object_], on: IntArray, before: list[_Found]) -> tuple[Course, _Found]:
    """Return the stops of a path in order, with those of ways found before that its ends join."""
    position = shapely.line_locate_point(shapely.linestrings(path.xy), points[on])
    order = np.lexsort((on, position))
    stops, at = on[order].tolist(), position[order].tolist()
    drawn = (at[0], at[-1]) if at else (0.0, 0.0)
    start, end = (_joined(before, node) for node in path.ends)
    length = path.length_m
    if start is not None:
        stops, at, drawn = [start[1], *stops], [-start[0], *at], (0.0, drawn[1])
    elif path.is_loop and len(stops) > 1:
        stops, at, drawn = [*stops, stops[0]], [*at, at[0] + length], (0.0, length)
    if end is not None and end[1] != stops[-1]:
        stops, at, drawn = [*stops, end[1]], [*at, length + end[0]], (drawn[0], length)
    found = _Found(path.nodes, np.array(stops, dtype=np.int32), np.array(at, dtype=np.float64))
    return Course(found.stops, found.at_m - (at[0] if at else 0.0), _between(path, *drawn)), found


def _joined(before: list[_Found], node: int) -> tuple[float, int] | None:
    """Return the stop nearest to a node on a way found before, and the way to it [m]."""
    for found in before:
        if node in found.nodes and len(found.stops):
            gaps = np.abs(found.at_m - found.nodes[node])
            n = int(np.argmin(gaps))
            return float(gaps[n]), int(found.stops[n])
    return None


def _between(path: _Path, first_m: float, last_m: float) -> FloatArray:
    """Return the course from the first to the last stop."""
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path.xy, axis=0).T))])
    if last_m - first_m < _JOINT_M:
        return np.zeros((0, 2))
    inner = at[(at > first_m) & (at < last_m)]
    places = np.unique(np.concatenate([[first_m], inner, [last_m]]))
    return np.column_stack([np.interp(places, at, path.lonlat[:, axis]) for axis in (0, 1)])
