"""Owns ferrobus: its model, its points, its ways to ask for a matrix, and which of them is the fastest here."""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geodata.units import FloatArray

BATCHES = (750, 1_500)
"""Cells asked at once together with all facilities; `travel_time_matrix` knows no separate targets."""


def missing() -> str:
    """Return why ferrobus cannot be asked, "" if it can."""
    try:
        import ferrobus  # noqa: F401
    except ImportError as exc:
        return f"ferrobus is not installed ({exc}): pip install -r requirements-bench.lock, or make bench"
    return ""


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep what compiled code prints off the screen."""
    sys.stdout.flush()
    kept = [os.dup(1), os.dup(2)]
    sink = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(sink, stream)
    try:
        yield
    finally:
        with contextlib.suppress(OSError, AttributeError, TypeError):  # what C still holds back goes to the sink too
            ctypes.CDLL(None).fflush(None)
        for stream, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, stream)
            os.close(copy)
        os.close(sink)


@dataclass(frozen=True, slots=True)
class Limits:
    """What ferrobus may walk and change; 10 stops near a point is its default."""

    max_transfer_s: int
    max_access_s: int
    max_stops: int = 10
    max_transfers: int = 3


class Ferrobus:
    """
    A model with its cells and facilities.

    `n_off`: cells that ferrobus cannot attach; it is not asked about them.
    """

    def __init__(
        self,
        streets: Path,
        feed: Path,
        date: str,
        cells: FloatArray,
        facilities: FloatArray,
        *,
        limits: Limits,
    ) -> None:
        import ferrobus

        self.ferrobus = ferrobus
        self.limits = limits
        with silent():
            self.model = ferrobus.create_transit_model(
                str(streets), [str(feed)], dt.date.fromisoformat(date), limits.max_transfer_s
            )
        self.cells = [self._point(lonlat) for lonlat in cells.tolist()]
        self.facilities = [self._point(lonlat) for lonlat in facilities.tolist()]
        self.n_off = sum(p is None for p in self.cells)
        self.asked = [p for p in self.cells if p is not None]
        self.targets = [p for p in self.facilities if p is not None]

    def _point(self, lonlat: list[float]) -> Any:
        try:
            return self.ferrobus.create_transit_point(
                lonlat[1], lonlat[0], self.model, self.limits.max_access_s, self.limits.max_stops
            )
        except (ValueError, RuntimeError):
            return None

    def ways(self) -> dict[str, Callable[[int], Any]]:
        """Return its ways to answer cells × facilities for one departure."""
        n_batches = [b for b in BATCHES if b < len(self.asked)]
        return {
            "travel_time_matrix, all points at once": lambda s: self.batches(s, len(self.asked)),
            **{f"travel_time_matrix, {n} cells at a time": (lambda s, n=n: self.batches(s, n)) for n in n_batches},
            "find_routes_one_to_many, 2 threads": self.one_to_many,
        }

    def batches(self, depart_s: int, size: int) -> list[Any]:
        """Ask for matrices over some cells and all facilities."""
        return [
            self.ferrobus.travel_time_matrix(
                self.model, [*self.targets, *self.asked[first : first + size]], depart_s, self.limits.max_transfers
            )
            for first in range(0, len(self.asked), size)
        ]

    def one_to_many(self, depart_s: int) -> list[Any]:
        """Ask cell by cell, in two threads."""

        def ask(cell: Any) -> Any:
            return self.ferrobus.find_routes_one_to_many(
                self.model, cell, self.targets, depart_s, self.limits.max_transfers
            )

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(ask, self.asked))

    def minutes(self, depart_s: int) -> FloatArray:
        """Return cell, facility → minutes for one departure; inf = unreachable or not attached."""
        table = np.full((len(self.cells), len(self.facilities)), np.inf)
        rows = self.ferrobus.travel_time_matrix(
            self.model, [*self.targets, *self.asked], depart_s, self.limits.max_transfers
        )
        there = np.flatnonzero([p is not None for p in self.cells])
        columns = np.flatnonzero([p is not None for p in self.facilities])
        n = len(self.targets)
        found = np.array([[np.inf if s is None else s / 60 for s in r[:n]] for r in rows[n:]])
        table[np.ix_(there, columns)] = found.reshape(len(there), len(columns))
        return table
