"""Owns the list of first boardings of places on one day: found part by part, laid end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.routing.legs import leg_columns
from sim.routing.sharing import parts_of, share

if TYPE_CHECKING:
    from geodata.units import IntArray
    from sim.routing.trip_graph import TripGraph
    from sim.routing.types import Legs


class Boardings(NamedTuple):
    """Place → first boardings, CSR: last leaving [s], falling within a place; node one arrives at next."""

    offsets: npt.NDArray[np.int64]
    leaving_s: IntArray
    node: IntArray


def first_boardings(
    graph: TripGraph, legs: Legs, draw: int, n_places: int, counted: tuple[int, int, int], n_threads: int
) -> Boardings:
    """Return the first boardings of all places in one draw."""
    from sim.routing.boardings import find_boardings  # noqa: PLC0415 -- compiles on first use

    def of_part(part: tuple[int, int]) -> tuple[npt.NDArray[np.int64], IntArray, IntArray]:
        return find_boardings(graph, legs.offsets, leg_columns(legs), draw, part[0], part[1], *counted)  # type: ignore[no-any-return]

    found = share(of_part, parts_of(n_places), n_threads)
    if not found:
        return Boardings(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))
    counts = np.concatenate([np.diff(offsets) for offsets, _, _ in found])
    return Boardings(
        np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate([leaving for _, leaving, _ in found]),
        np.concatenate([node for _, _, node in found]),
    )
