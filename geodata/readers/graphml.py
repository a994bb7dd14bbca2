"""Owns street graphs saved by osmnx (``.graphml``) → usable ways, with the same rules as an OpenStreetMap extract."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.graphml_elements import SAVE_AGAIN, GraphElements, first_value, read_elements, unreadable
from geodata.readers.osm import WayReading, as_paths, within
from geodata.readers.osm_counts import Area, WayCounts, outside_area
from geodata.readers.osm_network import StreetReading, build_streets
from geodata.readers.osm_pieces import Ways
from geodata.readers.osm_tags import USED_TAGS, Dropped, WayUse, way_use
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.readers.barriers import Barriers
    from geodata.units import BoolArray, FloatArray

    Int64Array = np.ndarray[Any, np.dtype[np.int64]]

READER = ReaderInfo(
    "graphml",
    Text("osmnx の道路網（GraphML）", "street graph of osmnx (GraphML)"),
    "osmnx.save_graphml of osmnx 1 and 2; GraphML 1.0",
    verified=True,
)

_TAGS = (*USED_TAGS, "osmid")
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})
_SAME_LENGTH_M = 0.01
_DEGREES = re.compile(r"(?:4326|6668|4612|4301|crs84|wgs\s*84)", re.IGNORECASE)
_FOR_FEET = frozenset({"footway", "path", "pedestrian", "steps", "service", "track"})
_MANY_EDGES = 200
"""Graphs with fewer streets are not judged by what they lack."""


def read_graphml(
    path: Path,
    *,
    project: Callable[[FloatArray], FloatArray],
    elevation: Path | Sequence[Path] | None = None,
    area_lonlat: Area | None = None,
    barriers: Barriers | None = None,
) -> StreetReading:
    """
    Read a graph that osmnx saved as a street network; parameters and errors as `geodata.readers.osm.read_osm`.

    Lengths are those of the stored shapes in plane coordinates, not the ``length`` osmnx wrote.
    """
    found = read_graphml_ways(path, area_lonlat)
    built = build_streets(found.ways, path.name, project=project, elevation=as_paths(elevation), barriers=barriers)
    return replace(
        built,
        problems=(*found.problems, *built.problems),
        counts=found.counts.as_counts() | built.counts,
        about=found.about,
    )


def read_graphml_ways(path: Path, area_lonlat: Area | None = None) -> WayReading:
    """
    Return the ways of a graph that osmnx saved, one per street between two junctions.

    Attributes may be typed or text, of osmnx 1 or 2 or of NetworkX itself. A street that stands twice, once in each
    direction, is taken once. ``oneway`` binds cars; where the file has no such attribute, a street that stands once is
    a one-way. Tags that osmnx merged from several ways count by their first value, but then nothing is taken for a
    bridge or tunnel: only a part of it may be one.

    Raises
    ------
    DataError
        If the file is missing, no GraphML of osmnx, or projected (degrees are needed).
    """
    found = read_elements(path, _TAGS)
    lonlat, number = _nodes(path, found)
    tail, head = _ends(path, found, number)
    uses, oneway = _uses(found)
    kind = np.array([use for _, _, use, _, _, _ in found.edges], dtype=np.int64)
    once = _each_once(tail, head, _lengths(found), np.array([o == "yes" for o in oneway], dtype=np.bool_)[kind])
    if "?" in oneway:  # no attribute: what stands twice may be driven both ways
        twice = np.zeros(len(once), dtype=np.bool_)
        twice[once[:, 0]] = once[:, 1] > 0
        kind = kind * 2 + twice
        uses = [way_use(_tags(key, flag)) for key in found.tags for flag in ("yes", "no")]
    rows = once[:, 0]
    counts = WayCounts(seen=len(found.edges), reverse=len(found.edges) - len(rows))
    dropped = np.array([list(Dropped).index(u.dropped) for u in uses], dtype=np.int64)[kind[rows]]
    counts.no_class, counts.closed = (int((dropped == n).sum()) for n in (1, 2))
    rows = rows[dropped == 0]
    lines = _lines(path, lonlat[tail[rows]], lonlat[head[rows]], [found.edges[row][4] for row in rows])
    ways = _ways(lines, np.column_stack([tail, head])[rows], len(lonlat), [uses[k] for k in kind[rows]])
    ways = _clipped(path, ways, area_lonlat, counts)
    return WayReading(ways, counts, tuple(_graph_notes(path, found, oneway)), found.about)


def _nodes(path: Path, found: GraphElements) -> tuple[FloatArray, dict[str, int]]:
    """Return the positions of the nodes [degrees], and id → row."""
    crs = found.about.get("crs", "")
    bare = next((n for n, place in found.nodes.items() if not all(map(_is_number, place))), None)
    if bare is not None:
        raise DataError(
            error(
                "graphml.no_positions",
                f"{path.name} node {bare}",
                Text("点に位置（x, y）がありません", "a node has no position (x, y)"),
                SAVE_AGAIN,
            ),
        )
    lonlat = np.array([(float(x), float(y)) for x, y in found.nodes.values()], dtype=np.float64).reshape(-1, 2)
    if not found.edges:
        raise DataError(unreadable(path, "edge: 0"))
    degrees = bool((np.abs(lonlat) <= (180, 90)).all())
    if (crs and not _DEGREES.search(crs) and "epsg" in crs.lower()) or not degrees:
        raise DataError(_projected(path, crs, lonlat))
    return lonlat, {name: n for n, name in enumerate(found.nodes)}


def _ends(path: Path, found: GraphElements, number: dict[str, int]) -> tuple[Int64Array, Int64Array]:
    """Return the nodes of the edges; of an undirected graph in the direction that osmnx noted."""
    unknown = [n for a, b, *_ in found.edges for n in (a, b) if n not in number]
    if unknown:
        raise DataError(
            error(
                "graphml.unknown_node",
                f"{path.name} node {unknown[0]}",
                Text(
                    f"道の端の点がありません（{len(unknown):,} か所）", f"{len(unknown):,} ends of streets are missing"
                ),
                SAVE_AGAIN,
            ),
        )
    turned = [not found.directed and came == b != a for a, b, _, _, _, came in found.edges]
    ends = np.array([(number[a], number[b]) for a, b, *_ in found.edges], dtype=np.int64)
    ends[turned] = ends[turned][:, ::-1]
    return ends[:, 0], ends[:, 1]


def _uses(found: GraphElements) -> tuple[list[WayUse], list[str]]:
    """Return what each combination of tags allows, and its one-way: "yes", "no", "-1", or "?" where no edge tells."""
    told = any(key[_TAGS.index("oneway")] for key in found.tags)
    oneway = []
    for key in found.tags:
        text = first_value(key[_TAGS.index("oneway")])[0].lower()
        plain = "yes" if text in _TRUE else "no" if text in _FALSE else text
        oneway.append((plain or "no") if told or not found.directed else "?")
    return [way_use(_tags(key, flag)) for key, flag in zip(found.tags, oneway, strict=True)], oneway


def _tags(key: tuple[str, ...], oneway: str) -> dict[str, str]:
    values = [first_value(text) for text in key]
    tags = {name: value for name, (value, _) in zip(_TAGS, values, strict=True) if value}
    if values[_TAGS.index("osmid")][1]:
        tags.pop("bridge", None)
        tags.pop("tunnel", None)
    return tags | {"oneway": oneway}


def _lengths(found: GraphElements) -> list[float]:
    return [float(length) if _is_number(length) else 0.0 for *_, length, _, _ in found.edges]


def _each_once(tail: Int64Array, head: Int64Array, length: list[float], bound: BoolArray) -> Int64Array:
    """Return (edge, 1 if it also stands in the other direction) of each street; one-ways never have a twin."""
    held: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    twins: dict[int, int] = {}
    for edge, (a, b, metres, one) in enumerate(zip(tail.tolist(), head.tolist(), length, bound.tolist(), strict=True)):
        if one:
            twins[edge] = 0
            continue
        waiting = held[b, a]
        match = next((w for w in waiting if abs(w[0] - metres) < _SAME_LENGTH_M), None)
        if match is None:
            held[a, b].append((metres, edge))
            twins[edge] = 0
        else:
            waiting.remove(match)
            twins[match[1]] = 1
    return np.array(sorted(twins.items()), dtype=np.int64).reshape(-1, 2)


def _lines(path: Path, start: FloatArray, end: FloatArray, written: list[str]) -> Any:
    """Return the shapes of streets, as written or straight, from their start to their end."""
    import shapely  # noqa: PLC0415 -- only when building

    lines: Any = shapely.linestrings(np.stack([start, end], axis=1))
    has_shape = np.array([bool(text) for text in written], dtype=np.bool_)
    try:
        lines[has_shape] = shapely.from_wkt([text for text in written if text])
    except shapely.errors.ShapelyError as exc:
        raise DataError(unreadable(path, str(exc))) from exc
    if not (shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING).all():
        raise DataError(unreadable(path, "geometry: LINESTRING"))
    begun = shapely.get_coordinates(shapely.get_point(lines, 0))
    backwards = ((begun - start) ** 2).sum(axis=1) > ((begun - end) ** 2).sum(axis=1)
    lines[backwards] = shapely.reverse(lines[backwards])
    return lines


def _ways(lines: Any, ends: Int64Array, n_nodes: int, uses: Sequence[WayUse]) -> Ways:
    """Return streets as points: junctions keep their number, each shape point gets one of its own."""
    import shapely  # noqa: PLC0415 -- only when building

    points, way = shapely.get_coordinates(lines, return_index=True)
    ref = n_nodes + np.arange(len(points), dtype=np.int64)
    first = np.flatnonzero(np.r_[True, way[1:] != way[:-1]][: len(way)])
    ref[first] = ends[:, 0]
    ref[np.r_[first[1:], len(way)][: len(first)] - 1] = ends[:, 1]
    return Ways(
        lonlat=points,
        ref=ref,
        way=way.astype(np.int64),
        walk=np.array([u.walk for u in uses], dtype=np.bool_),
        pace=np.array([(u.along_s_per_m, u.against_s_per_m) for u in uses], dtype=np.float64).reshape(-1, 2),
        lifted=np.array([u.lifted for u in uses], dtype=np.bool_),
        steps=np.array([u.steps for u in uses], dtype=np.bool_),
    )


def _clipped(path: Path, ways: Ways, area: Area | None, counts: WayCounts) -> Ways:
    if not len(ways.walk):
        raise DataError(unreadable(path, "highway: 0"))
    counts.box = [*ways.lonlat.min(axis=0), *ways.lonlat.max(axis=0)]
    inside = np.ones(len(ways.way), dtype=np.bool_) if area is None else within(ways.lonlat, area)
    near = np.bincount(ways.way[inside], minlength=len(ways.walk)) > 0
    counts.kept, counts.outside = int(near.sum()), int((~near).sum())
    if area is not None and not counts.kept:
        raise DataError(outside_area(path.name, counts.box, area))
    return ways.only(near)


def _graph_notes(path: Path, found: GraphElements, oneway: list[str]) -> list[Problem]:
    """Return what a graph lacks when it was fetched for one mode only."""
    if len(found.edges) < _MANY_EDGES:
        return []
    classes = Counter(first_value(key[0])[0] for key in found.tags)
    notes = []
    if not classes.keys() & _FOR_FEET:
        notes.append(
            warning(
                "graphml.drive_only",
                path.name,
                Text("車道だけで、歩道・階段・路地がありません", "only roads for cars: no footways, steps or alleys"),
                Text("network_type='all' で取り直してください", "fetch it again with network_type='all'"),
            ),
        )
    if not set(oneway) & {"yes", "-1", "?"}:
        notes.append(
            warning(
                "graphml.no_oneways",
                path.name,
                Text("一方通行が 1 本もありません（徒歩用に取得した網では失われます）", "not one street is a one-way"),
                Text("network_type='all' で取り直してください", "fetch it again with network_type='all'"),
            ),
        )
    return notes


def _projected(path: Path, crs: str, lonlat: FloatArray) -> Problem:
    shown = ", ".join(f"{v:.1f}" for v in lonlat[0])
    return error(
        "graphml.projected",
        path.name,
        Text(
            f"投影した座標のグラフです（crs: {crs or '不明'}、最初の点 {shown}）",
            f"the graph is projected (crs: {crs or 'unknown'}, first node at {shown}); degrees are needed",
        ),
        SAVE_AGAIN,
    )


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
