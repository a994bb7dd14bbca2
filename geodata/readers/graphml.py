"""Owns street graphs saved by osmnx (``.graphml``) → usable ways, with the same rules as an OpenStreetMap extract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from geodata.errors import DataError, Text, error
from geodata.readers.osm_network import StreetReading, build_streets
from geodata.readers.osm_pieces import Ways
from geodata.readers.osm_tags import Dropped, way_use
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geodata.units import FloatArray

READER = ReaderInfo(
    "graphml",
    Text("osmnx の道路網（GraphML）", "street graph of osmnx (GraphML)"),
    "osmnx.save_graphml of osmnx 1 and 2; GraphML 1.0",
    verified=True,
)


def read_graphml(
    path: Path, *, project: Callable[[FloatArray], FloatArray], elevation: Path | None = None
) -> StreetReading:
    """
    Read a graph that osmnx saved as a street network; parameters and errors as `geodata.readers.osm.read_osm`.

    Lengths are those of the stored shapes in plane coordinates, not the ``length`` osmnx wrote.
    """
    found = () if elevation is None else (elevation,)
    return build_streets(read_graphml_ways(path), path.name, project=project, elevation=found)


def read_graphml_ways(path: Path) -> Ways:
    """
    Return the ways of a graph that osmnx saved, one per street between two junctions.

    A street that stands twice, once in each direction, is taken once; where it stands once it is a one-way for cars.
    Tags that osmnx merged from several ways count by their first value.

    Raises
    ------
    DataError
        If the file is missing, no GraphML of osmnx, or projected (degrees are needed).
    """
    found = [(points, refs, way_use(tags)) for points, refs, tags in _streets(_load(path))]
    rows = [row for row in found if row[2].dropped is Dropped.KEPT]
    if not rows:
        raise DataError(_unreadable(path, "highway: 0"))
    sizes = [len(points) for points, _, _ in rows]
    return Ways(
        lonlat=np.array([p for points, _, _ in rows for p in points], dtype=np.float64),
        ref=np.array(_refs([refs for _, refs, _ in rows], sizes), dtype=np.int64),
        way=np.repeat(np.arange(len(rows)), sizes).astype(np.int64),
        walk=np.array([use.walk for _, _, use in rows], dtype=np.bool_),
        pace=np.array([(use.along_s_per_m, use.against_s_per_m) for _, _, use in rows], dtype=np.float64),
        lifted=np.array([use.lifted for _, _, use in rows], dtype=np.bool_),
        steps=np.array([use.steps for _, _, use in rows], dtype=np.bool_),
    )


def _load(path: Path) -> Any:
    if not path.is_file():
        raise DataError(
            error(
                "input.missing",
                str(path),
                Text("ファイルがありません", "the file does not exist"),
                Text("設定ファイルのパスを確かめてください", "check the path in the configuration"),
            ),
        )
    import osmnx  # noqa: PLC0415 -- takes seconds to load

    try:
        graph = osmnx.load_graphml(path)
    except (SyntaxError, ValueError, KeyError, TypeError) as exc:  # ParseError is a SyntaxError
        raise DataError(_unreadable(path, str(exc))) from exc
    longitude = nx.get_node_attributes(graph, "x")
    if len(longitude) != len(graph) or any(abs(float(x)) > 180 for x in longitude.values()):  # noqa: PLR2004 -- degrees
        raise DataError(_unreadable(path, "x, y: lon, lat"))
    return graph


def _streets(graph: Any) -> Iterator[tuple[list[tuple[float, float]], tuple[int, int], dict[str, str]]]:
    """Yield (points, end nodes, tags) of each street once."""
    x, y = (nx.get_node_attributes(graph, axis) for axis in "xy")
    for tail, head, key, attributes in graph.edges(keys=True, data=True):
        twin = _has_twin(graph, tail, head, attributes)
        if twin and (tail, key) > (head, key):
            continue
        tags = {name: _first(value) for name, value in attributes.items()}
        tags["oneway"] = "no" if twin else "yes"
        ends = [(x[n], y[n]) for n in (tail, head)]
        shape = attributes.get("geometry")
        yield (ends if shape is None else list(shape.coords)), (int(tail), int(head)), tags


def _has_twin(graph: Any, tail: int, head: int, attributes: dict[str, Any]) -> bool:
    back = graph.get_edge_data(head, tail, default={})
    length = attributes.get("length", 0.0)
    return tail != head and any(abs(other.get("length", 0.0) - length) < 0.01 for other in back.values())  # noqa: PLR2004


def _first(value: Any) -> str:
    return str(value[0]) if isinstance(value, list) and value else str(value)


def _refs(ends: list[tuple[int, int]], sizes: list[int]) -> list[int]:
    """Return a node id per point: junctions keep theirs, shape points get negative ones that occur once."""
    refs: list[int] = []
    fresh = -1
    for (tail, head), size in zip(ends, sizes, strict=True):
        inner = range(fresh, fresh - (size - 2), -1)
        refs += [tail, *inner, head]
        fresh -= size - 2
    return refs


def _unreadable(path: Path, detail: str) -> Any:
    return error(
        "graphml.unreadable",
        path.name,
        Text(f"osmnx の GraphML として読めません: {detail}", f"cannot be read as a GraphML file of osmnx: {detail}"),
        Text(
            "osmnx.save_graphml で保存した、投影していない（緯度経度の）グラフを指定してください",
            "save an unprojected graph with osmnx.save_graphml",
        ),
    )
