"""Owns the street graph as peers use it: crossings and ends only, with the length of the street between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tests.benchmarks.peer_files import walk_pairs

if TYPE_CHECKING:
    from geodata.streets import StreetNetwork
    from geodata.units import FloatArray, IntArray


class Contracted(NamedTuple):
    """Nodes that are kept (indices of the whole graph), and undirected edges between them [m]."""

    node: IntArray
    a: IntArray
    b: IntArray
    metres: FloatArray


def contracted(streets: StreetNetwork) -> Contracted:
    """Return the walkable streets without the nodes that only pass on; a loop keeps one node."""
    pairs, rows = walk_pairs(streets)
    return contract(pairs, streets.edge_length_m[rows])


def contract(pairs: IntArray, metres: FloatArray) -> Contracted:
    """
    Return a graph without its nodes of two neighbours.

    Parameters
    ----------
    pairs
        Undirected edges, each once, shape (E, 2).
    metres
        Their lengths, shape (E,).
    """
    neighbours: dict[int, list[tuple[int, float]]] = {}
    for (a, b), length in zip(pairs.tolist(), metres.tolist(), strict=True):
        neighbours.setdefault(a, []).append((b, length))
        neighbours.setdefault(b, []).append((a, length))
    kept = {n for n, ways in neighbours.items() if len(ways) != 2}
    edges: list[tuple[int, int, float]] = []
    seen: set[int] = set()

    def follow(start: int) -> None:
        for first, length in neighbours[start]:
            before, here, total = start, first, length
            while here not in kept:
                seen.add(here)
                onward = [way for way in neighbours[here] if way[0] != before]
                before, (here, more) = here, onward[0]
                total += more
            if start <= here:
                edges.append((start, here, total))

    for node in sorted(kept):
        follow(node)
    for node in sorted(neighbours):  # rings without any crossing
        if node not in kept and node not in seen:
            kept.add(node)
            follow(node)
    a, b, length = zip(*edges, strict=True) if edges else ((), (), ())
    return Contracted(np.array(sorted(kept)), np.array(a), np.array(b), np.array(length))


__all__ = ["Contracted", "contract", "contracted"]
