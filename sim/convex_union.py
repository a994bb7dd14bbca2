"""
Owns the kernel of coverage by convex polygons: the area of their union inside convex cells.

By inclusion and exclusion over the few polygons that cut a cell; convex polygons are cut by one another edge by edge.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _cut(corners, n, xy, first, last, cut, room):
    """Cut a convex polygon by the edges of a counterclockwise one; return how many corners are left in `cut`."""
    for i in range(n):
        cut[i, 0] = corners[i, 0]
        cut[i, 1] = corners[i, 1]
    for edge in range(first, last - 1):
        p_x, p_y = xy[edge, 0], xy[edge, 1]
        east, north = xy[edge + 1, 0] - p_x, xy[edge + 1, 1] - p_y
        n_left = 0
        for i in range(n):
            side = east * (cut[i, 1] - p_y) - north * (cut[i, 0] - p_x)
            room[i, 2] = side
            n_left += side >= 0.0
        if n_left == n:
            continue
        if n_left == 0:
            return 0
        m = 0
        for i in range(n):
            j = i + 1 if i + 1 < n else 0
            here, there = room[i, 2], room[j, 2]
            if here >= 0.0:
                room[m, 0] = cut[i, 0]
                room[m, 1] = cut[i, 1]
                m += 1
            if (here >= 0.0) != (there >= 0.0):
                share = here / (here - there)
                room[m, 0] = cut[i, 0] + share * (cut[j, 0] - cut[i, 0])
                room[m, 1] = cut[i, 1] + share * (cut[j, 1] - cut[i, 1])
                m += 1
        n = m
        for i in range(n):
            cut[i, 0] = room[i, 0]
            cut[i, 1] = room[i, 1]
    return n


@njit(cache=True, nogil=True)
def _area(corners, n):
    """Return the area of a counterclockwise polygon."""
    twice = 0.0
    for i in range(1, n - 1):
        twice += (corners[i, 0] - corners[0, 0]) * (corners[i + 1, 1] - corners[0, 1]) - (
            corners[i, 1] - corners[0, 1]
        ) * (corners[i + 1, 0] - corners[0, 0])
    return twice / 2


@njit(cache=True, nogil=True)
def convex_union_area(cells, cell_offsets, cell_xy, polygons, polygon_offsets, polygon_xy, offsets):
    """
    Find the area of the union of convex polygons inside convex cells.

    Parameters
    ----------
    cells
        row → cell, shape (C,).
    cell_offsets, cell_xy
        cell → corners, counterclockwise and closed (CSR) [m].
    polygons
        Polygons of the rows, one after the other: a few each, for all their subsets are looked at.
    polygon_offsets, polygon_xy
        polygon → corners, counterclockwise and closed (CSR) [m].
    offsets
        row → its polygons, CSR, shape (C+1,).

    Returns
    -------
    area
        row → area [m²], shape (C,).
    """
    area = np.zeros(len(cells))
    most = np.diff(offsets).max()
    room = np.diff(cell_offsets).max() + most * np.diff(polygon_offsets).max() + 1
    stack = np.empty((most + 1, room, 2))
    spare = np.empty((room, 3))
    corners = np.zeros(most + 1, np.int64)
    following = np.zeros(most + 1, np.int64)
    for row in range(len(cells)):
        first = cell_offsets[cells[row]]
        corners[0] = cell_offsets[cells[row] + 1] - first - 1
        for i in range(corners[0]):
            stack[0, i, 0] = cell_xy[first + i, 0]
            stack[0, i, 1] = cell_xy[first + i, 1]
        following[0] = offsets[row]
        depth = 0
        while depth >= 0:
            at = following[depth]
            if at == offsets[row + 1]:
                depth -= 1
                continue
            following[depth] += 1
            begin, end = polygon_offsets[polygons[at]], polygon_offsets[polygons[at] + 1]
            n = _cut(stack[depth], corners[depth], polygon_xy, begin, end, stack[depth + 1], spare)
            if n > 2:  # noqa: PLR2004 -- a line has no area
                shared = _area(stack[depth + 1], n)
                area[row] += -shared if depth & 1 else shared
                corners[depth + 1] = n
                following[depth + 1] = at + 1
                depth += 1
    return area


__all__ = ["convex_union_area"]
