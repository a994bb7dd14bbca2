"""Owns OpenStreetMap extracts (``.osm.pbf``, ``.osm``, also ``.gz`` and ``.bz2``) → usable ways, clipped while read."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import DataError, Problem, Text
from geodata.readers.osm_counts import Area, WayCounts, nothing_kept, way_notes
from geodata.readers.osm_files import osm_format, unreadable
from geodata.readers.osm_network import StreetReading, build_streets
from geodata.readers.osm_pieces import MAX_PIECE_M, MIN_ISLAND_SHARE, Ways
from geodata.readers.osm_tags import USED_TAGS, Dropped, WayUse, way_use
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geodata.readers.barriers import Barriers
    from geodata.units import BoolArray, FloatArray

__all__ = ["MAX_PIECE_M", "MIN_ISLAND_SHARE", "READER", "StreetReading", "Ways", "read_osm", "read_ways"]

READER = ReaderInfo(
    "osm",
    Text("OpenStreetMap の抽出（.osm.pbf・.osm）", "OpenStreetMap extract (.osm.pbf, .osm)"),
    "OpenStreetMap Wiki: PBF Format; OSM XML 0.6",
    verified=True,
)

_BLOCK_POINTS = 500_000
_LARGE_BYTES = 800_000_000
"""From this size of a file on, positions of nodes go to a temporary file: they would not stay within 4 GiB."""
_E7 = 1e7
_WKB_HEAD = 18
"""Hexadecimal digits before the coordinates: byte order, type, number of points."""
_MAX_LON, _MAX_LAT = 180.0, 90.0


@dataclass(frozen=True, slots=True, eq=False)
class WayReading:
    """Ways of a file, what became of the others, findings, and what the file tells about itself."""

    ways: Ways
    counts: WayCounts
    problems: tuple[Problem, ...] = ()
    about: dict[str, str] = field(default_factory=dict)


def read_osm(
    path: Path,
    *,
    project: Callable[[FloatArray], FloatArray],
    elevation: Path | Sequence[Path] | None = None,
    area_lonlat: Area | None = None,
    barriers: Barriers | None = None,
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
        Rasters of heights [m] for slopes, such as GeoTIFF, or folders of them.
    area_lonlat
        West, south, east, north [degrees]: only ways with a point in it; None = all.
    barriers
        What nobody crosses.

    Returns
    -------
    reading
        Network, findings, counts. Small islands of walkable streets are removed, so that nobody is snapped to them.

    Raises
    ------
    DataError
        If the file is missing, damaged, or holds no street.
    """
    found = read_ways(path, area_lonlat)
    built = build_streets(found.ways, path.name, project=project, elevation=as_paths(elevation), barriers=barriers)
    return replace(built, problems=(*found.problems, *built.problems), counts=found.counts.as_counts() | built.counts)


def read_ways(path: Path, area_lonlat: Area | None = None) -> WayReading:
    """
    Return the ways that may be walked or driven, cut where the extract lacks a point.

    The file is read once; memory is what is kept, a block of ways, and 16 bytes for each node of the file.
    """
    import osmium  # noqa: PLC0415 -- only when building

    sieve = _Sieve(area_lonlat)
    try:
        for way in _highways(path):
            sieve.take(way)
    except DataError:
        raise
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as exc:
        raise DataError(unreadable(path, str(exc))) from exc
    sieve.end_block()
    counts = sieve.counts
    if not counts.kept:
        raise DataError(nothing_kept(path, counts, area_lonlat))
    return WayReading(_joined(sieve.blocks, sieve.known), counts, tuple(way_notes(path, counts)))


def _highways(path: Path) -> Any:
    """Return the ways with a ``highway`` tag, one after the other, their nodes with positions."""
    import osmium  # noqa: PLC0415 -- only when building

    source = osmium.io.File(str(path), osm_format(path))
    stored = "sparse_file_array" if path.stat().st_size > _LARGE_BYTES else "flex_mem"
    ways: Any = osmium.FileProcessor(source, osmium.osm.NODE | osmium.osm.WAY).with_locations(stored)
    ways = ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    return ways.with_filter(osmium.filter.KeyFilter("highway"))


def _shape_writer() -> Callable[[Any], str]:
    """Return what writes the points of a way as hexadecimal WKB; "" where one has no position or is the only one."""
    import osmium  # noqa: PLC0415 -- only when building

    writer, every = osmium.geom.WKBFactory(), osmium.geom.use_nodes.ALL

    def shape(way: Any) -> str:
        try:
            return str(writer.create_linestring(way, every))
        except (RuntimeError, ValueError, osmium.InvalidLocationError):
            return ""

    return shape


class _Sieve:
    """Takes ways one by one and keeps those of use, clipped block by block."""

    def __init__(self, area: Area | None) -> None:
        self.area = area
        self.counts = WayCounts()
        self.known: list[WayUse] = []
        self.blocks: list[_Block] = []
        self._uses: dict[tuple[str | None, ...], int] = {}
        self._block = _Block()
        self._shape = _shape_writer()

    def take(self, way: Any) -> None:
        """Take a way, or count why not; one that lies elsewhere counts as that, whatever its tags."""
        self.counts.seen += 1
        if self.area is not None and self._lies_elsewhere(way, self.area):
            self.counts.outside += 1
            return
        use = self._use(way.tags.get)
        dropped = self.known[use].dropped
        if dropped is Dropped.NO_CLASS:
            self.counts.no_class += 1
        elif dropped is Dropped.CLOSED:
            self.counts.closed += 1
        else:
            self._block.add([(n.ref, n.x, n.y) for n in way.nodes], use)
            if len(self._block.refs) > _BLOCK_POINTS:
                self.end_block()

    def _lies_elsewhere(self, way: Any, area: Area) -> bool:
        """Return whether a way is wholly beyond the area; this is many times faster than looking at its points."""
        places = array("d", bytes.fromhex(self._shape(way)[_WKB_HEAD:]))
        if not places:
            return False
        lon, lat = places[0::2], places[1::2]
        west, south, east, north = min(lon), min(lat), max(lon), max(lat)
        box = self.counts.box
        self.counts.box = [min(box[0], west), min(box[1], south), max(box[2], east), max(box[3], north)]
        return west > area[2] or east < area[0] or south > area[3] or north < area[1]

    def end_block(self) -> None:
        """Clip what was taken since the last block."""
        self.blocks.append(self._block.clipped(self.area, self.counts))
        self._block = _Block()

    def _use(self, get: Callable[[str], str | None]) -> int:
        key = tuple([get(name) for name in USED_TAGS])
        use = self._uses.get(key, -1)
        if use < 0:
            use = self._uses[key] = len(self.known)
            self.known.append(way_use({k: v for k, v in zip(USED_TAGS, key, strict=True) if v is not None}))
        return use


def as_paths(given: Path | Sequence[Path] | None) -> tuple[Path, ...]:
    """Return none, one or several paths as a tuple."""
    return () if given is None else (given,) if isinstance(given, Path) else tuple(given)


class _Block:
    """Points of some ways as flat columns; `x`, `y` [degrees × 10⁷]."""

    def __init__(self) -> None:
        self.refs: Any = array("q")
        self.x: Any = array("i")
        self.y: Any = array("i")
        self.sizes: Any = array("q")
        self.use: Any = array("q")

    def add(self, points: list[tuple[int, int, int]], use: int) -> None:
        """Add a way."""
        if points:
            refs, x, y = zip(*points, strict=True)
            self.refs.extend(refs)
            self.x.extend(x)
            self.y.extend(y)
        self.sizes.append(len(points))
        self.use.append(use)

    def clipped(self, area: Area | None, counts: WayCounts) -> _Block:
        """Return the runs of placed points of the ways with a point in the area; tell `counts` of the others."""
        refs, x, y, sizes, use = (np.array(c) for c in (self.refs, self.x, self.y, self.sizes, self.use))
        way = np.repeat(np.arange(len(sizes)), sizes)
        lon, lat = x / _E7, y / _E7
        placed: BoolArray = np.asarray((np.abs(lon) <= _MAX_LON) & (np.abs(lat) <= _MAX_LAT))
        if placed.any():
            low, high = (f([lon[placed], lat[placed]], axis=1) for f in (np.min, np.max))
            counts.box = [*np.minimum(counts.box[:2], low), *np.maximum(counts.box[2:], high)]
        inside = placed if area is None else placed & within(np.column_stack([lon, lat]), area)
        near, some = (np.bincount(way[m], minlength=len(sizes)) > 0 for m in (inside, placed))
        # A run ends where a way does and where a point is missing; one of a single point is no street.
        run = np.cumsum(np.r_[True, way[1:] != way[:-1]][: len(way)] | ~placed)
        kept = placed & near[way]
        long = np.bincount(run[kept], minlength=int(run[-1]) + 1 if len(run) else 1) > 1
        kept &= long[run]
        of_use = np.bincount(way[kept], minlength=len(sizes)) > 0
        counts.kept += int(of_use.sum())
        counts.swapped += int((~placed & (np.abs(lon) <= _MAX_LAT) & (np.abs(lat) <= _MAX_LON)).sum())
        counts.outside += int((some & ~near).sum())
        counts.no_position += int((~some | (near & ~of_use)).sum())
        counts.cut += int((of_use & (np.bincount(way[~placed], minlength=len(sizes)) > 0)).sum())
        _, first, length = np.unique(run[kept], return_index=True, return_counts=True)
        block = _Block()
        block.refs, block.x, block.y = refs[kept], x[kept], y[kept]
        block.sizes, block.use = length, use[way[kept][first]]
        return block


def within(lonlat: FloatArray, area: Area) -> BoolArray:
    """Return which points, shape (N, 2), lie in an area."""
    inside: BoolArray = np.all((lonlat >= area[:2]) & (lonlat <= area[2:]), axis=1)
    return inside


def _joined(blocks: list[_Block], known: list[WayUse]) -> Ways:
    sizes, use = (np.concatenate([getattr(b, name) for b in blocks]) for name in ("sizes", "use"))
    x, y = (np.concatenate([getattr(b, axis) for b in blocks]) for axis in ("x", "y"))
    pace = np.array([(u.along_s_per_m, u.against_s_per_m) for u in known], dtype=np.float64)
    walk, lifted, steps = (
        np.array([getattr(u, name) for u in known], dtype=np.bool_)[use] for name in ("walk", "lifted", "steps")
    )
    return Ways(
        lonlat=np.column_stack([x / _E7, y / _E7]),
        ref=np.concatenate([b.refs for b in blocks]),
        way=np.repeat(np.arange(len(sizes)), sizes).astype(np.int64),
        walk=walk,
        pace=pace[use],
        lifted=lifted,
        steps=steps,
    )
