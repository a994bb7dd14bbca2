"""Owns in which order a line without a published course calls at its stops, where they form one string."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geodata.sketch_order import Course

if TYPE_CHECKING:
    from geodata.units import FloatArray

DETOUR = 1.3
"""Way along the road ÷ straight line, where the course is not published; assumed."""

_MOST_STRUNG = 300
_STRING_SHARE = 0.85
"""Least share of the stops that lie on one string for their order to be told."""
_LONGEST_HOP_M = 15_000.0


def strung(points_xy: FloatArray) -> Course | None:
    """
    Return stops in the order of one string, or None where they do not form one.

    The string is the longest path in the tree of shortest links between them; the few stops beside it are put where
    they lengthen it least. Both directions are one string.

    Parameters
    ----------
    points_xy
        Stops, shape (N, 2) [m].
    """
    n = len(points_xy)
    if n < 2 or n > _MOST_STRUNG:  # noqa: PLR2004 -- a line has two ends
        return None
    order = _longest_path(_shortest_links(points_xy), n)
    if len(order) < _STRING_SHARE * n:
        return None
    for stop in sorted(set(range(n)) - set(order)):
        order.insert(_cheapest_place(order, stop, points_xy), stop)
    first, last = order[0], order[-1]
    if tuple(points_xy[first]) > tuple(points_xy[last]):
        order.reverse()
    hops = np.hypot(*np.diff(points_xy[order], axis=0).T)
    if hops.max() > _LONGEST_HOP_M:
        return None
    along = np.concatenate([[0.0], np.cumsum(hops)]) * DETOUR
    return Course(np.array(order, dtype=np.int32), along, np.zeros((0, 2)))


def _shortest_links(xy: FloatArray) -> list[list[int]]:
    """Return node → neighbours in the tree of least total length (Prim), O(N²)."""
    n = len(xy)
    links: list[list[int]] = [[] for _ in range(n)]
    start = int(np.lexsort((xy[:, 1], xy[:, 0]))[0])
    inside = np.zeros(n, dtype=bool)
    inside[start] = True
    gap = np.hypot(*(xy - xy[start]).T)
    parent = np.full(n, start)
    for _ in range(n - 1):
        node = int(np.argmin(np.where(inside, np.inf, gap)))
        inside[node] = True
        links[node].append(int(parent[node]))
        links[int(parent[node])].append(node)
        closer = np.hypot(*(xy - xy[node]).T)
        better = closer < gap
        gap[better], parent[better] = closer[better], node
    return links


def _longest_path(links: list[list[int]], n: int) -> list[int]:
    """Return the path with the most nodes in a tree."""
    end = _reach(links, 0, n)[-1]
    return _reach(links, end, n)


def _reach(links: list[list[int]], start: int, n: int) -> list[int]:
    """Return the path from `start` to the node with the most links between."""
    parent = [-1] * n
    seen = [False] * n
    seen[start] = True
    queue = [start]
    for node in queue:
        for other in sorted(links[node]):
            if not seen[other]:
                seen[other] = True
                parent[other] = node
                queue.append(other)
    node = queue[-1]
    path = [node]
    while parent[node] >= 0:
        node = parent[node]
        path.append(node)
    return path[::-1]


def _cheapest_place(order: list[int], stop: int, xy: FloatArray) -> int:
    """Return where in an order one more stop lengthens it least."""
    to_each = np.hypot(*(xy[order] - xy[stop]).T)
    hops = np.array([float(np.hypot(*(xy[a] - xy[b]))) for a, b in pairwise(order)])
    extra = np.concatenate([[to_each[0]], to_each[:-1] + to_each[1:] - hops, [to_each[-1]]])
    return int(np.argmin(extra))
