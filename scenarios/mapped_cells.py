"""
Owns cells whose outlines are bytes until somebody asks for them: a process that shares a city does not draw it.

An outline is an object of its own (some 450 bytes for a square), which no two processes can share; its WKB can be.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely

from geodata.population import PopulationCells


@dataclass(frozen=True, slots=True, eq=False)
class PackedOutlines:
    """Outlines as WKB, one after another; `ends`: outline → byte behind its last, shape (C,)."""

    wkb: np.ndarray[Any, np.dtype[np.uint8]]
    ends: np.ndarray[Any, np.dtype[np.int64]]

    def unpack(self) -> np.ndarray[Any, Any]:
        """Return the outlines as shapes, equal to those that were packed."""
        content, begin, parts = self.wkb.tobytes(), 0, np.empty(len(self.ends), dtype=object)
        for number, end in enumerate(self.ends.tolist()):
            parts[number] = content[begin:end]
            begin = end
        shapes = np.asarray(shapely.from_wkb(parts), dtype=object)
        shapes.flags.writeable = False
        return shapes


def pack(outlines: np.ndarray[Any, Any]) -> PackedOutlines:
    """Return outlines as bytes."""
    parts = shapely.to_wkb(outlines)
    ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
    return PackedOutlines(np.frombuffer(b"".join(parts), dtype=np.uint8), ends)


class _WhenAsked:
    """A field of `PopulationCells` that turns its bytes into shapes when it is read, and may keep these."""

    def __init__(self, name: str, *, keep: bool) -> None:
        self.slot, self.keep = getattr(PopulationCells, name), keep

    def __get__(self, cells: PopulationCells | None, owner: type | None = None) -> Any:
        if cells is None:
            return self
        held = self.slot.__get__(cells)
        if isinstance(held, PackedOutlines):
            held = held.unpack()
            if self.keep:
                self.slot.__set__(cells, held)
        return held

    def __set__(self, cells: PopulationCells, value: Any) -> None:
        self.slot.__set__(cells, value)


class MappedCells(PopulationCells):
    """The same cells to everybody: equal values and digests."""

    __slots__ = ()
    polygon_xy = _WhenAsked("polygon_xy", keep=True)
    polygon_lonlat = _WhenAsked("polygon_lonlat", keep=False)
    """For the digest and for drawing alone."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as plain cells."""
        return PopulationCells, tuple(getattr(self, field.name) for field in fields(self))


MappedCells.__name__ = PopulationCells.__name__  # a digest names the class
_OUTLINES = ("polygon_xy", "polygon_lonlat")


def as_mapped(cells: PopulationCells) -> tuple[Any, ...]:
    """Return how `pickle` makes mapped cells of cells."""
    values = {field.name: getattr(cells, field.name) for field in fields(cells)}
    return _mapped, (values | {name: pack(values[name]) for name in _OUTLINES},)


def _mapped(values: dict[str, Any]) -> PopulationCells:
    cells = MappedCells.__new__(MappedCells)
    for name, value in values.items():
        object.__setattr__(cells, name, value)  # checked when they were made
    return cells
