"""
Owns the kernels of coverage by circles: the exact area of a union of circles inside polygons, by Green's theorem.

Twice the area is the integral of x dy − y dx around it. That boundary consists of the parts of the polygon's edges
that lie in a circle, and of the arcs that lie in no other circle and in the polygon.
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np
from numba import njit

TURN = 2 * math.pi
ASIDE = 0.41421356
"""Where along an arc it is asked which side it is on: not at its middle, where arcs of round numbers touch edges."""


@njit(cache=True, nogil=True)
def open_arcs(centre, radius):
    """
    Find the arcs of circles that lie in no other circle.

    Parameters
    ----------
    centre, radius
        Circles, no two alike, shapes (K, 2), (K,) [m].

    Returns
    -------
    offsets, begin, end
        circle → its arcs (CSR), counterclockwise from `begin` in [0, 2π) to `end` > `begin`.
    """
    n = len(radius)
    offsets = np.zeros(n + 1, np.int64)
    begin = np.empty(4 * n + 4)
    end = np.empty(4 * n + 4)
    n_arcs = 0
    hidden = np.empty((2 * n + 2, 2))
    for i in range(n):
        n_hidden = 0
        inside = False
        for j in range(n):
            east = centre[j, 0] - centre[i, 0]
            north = centre[j, 1] - centre[i, 1]
            reach = radius[i] + radius[j]
            if j == i or abs(east) >= reach or abs(north) >= reach:
                continue
            apart = math.sqrt(east * east + north * north)
            if apart >= reach:
                continue
            holds = apart + radius[j] <= radius[i]
            if apart + radius[i] <= radius[j] and (not holds or j < i):
                inside = True
                break
            if holds:
                continue
            towards = math.atan2(north, east)
            cosine = (radius[i] ** 2 + apart**2 - radius[j] ** 2) / (2 * radius[i] * apart)
            half = math.acos(min(1.0, max(-1.0, cosine)))
            low = (towards - half) % TURN
            high = low + 2 * half
            hidden[n_hidden] = low, min(high, TURN)
            n_hidden += 1
            if high > TURN:
                hidden[n_hidden] = 0.0, high - TURN
                n_hidden += 1
        if not inside:
            if n_arcs + n_hidden + 1 > len(begin):
                begin = np.append(begin, np.empty(n_arcs + n_hidden + 1))
                end = np.append(end, np.empty(n_arcs + n_hidden + 1))
            order = np.argsort(hidden[:n_hidden, 0])
            angle = 0.0
            for row in range(n_hidden):
                if hidden[order[row], 0] > angle:
                    begin[n_arcs] = angle
                    end[n_arcs] = hidden[order[row], 0]
                    n_arcs += 1
                angle = max(angle, hidden[order[row], 1])
            if angle < TURN:
                begin[n_arcs] = angle
                end[n_arcs] = TURN
                n_arcs += 1
        offsets[i + 1] = n_arcs
    return offsets, begin[:n_arcs], end[:n_arcs]


@njit(cache=True, nogil=True)
def _edge_share(p_x, p_y, q_x, q_y, near, n_near, centre, radius, spans):
    """Return the share of an edge that lies in circles."""
    east, north = q_x - p_x, q_y - p_y
    square = east * east + north * north
    if square == 0.0:
        return 0.0
    n = 0
    for k in range(n_near):
        c_x, c_y = centre[near[k], 0] - p_x, centre[near[k], 1] - p_y
        middle = (c_x * east + c_y * north) / square
        off = c_x * north - c_y * east
        rest = radius[near[k]] ** 2 - off * off / square
        if rest <= 0.0:
            continue
        half = math.sqrt(rest / square)
        low, high = max(0.0, middle - half), min(1.0, middle + half)
        if low < high:
            spans[n] = low, high
            n += 1
    order = np.argsort(spans[:n, 0])
    share = 0.0
    known = 0.0
    for k in range(n):
        low, high = spans[order[k], 0], spans[order[k], 1]
        if high > known:
            share += high - max(low, known)
            known = high
    return share


@njit(cache=True, nogil=True)
def _holds(x, y, xy, ring, first, last):
    """Return whether the rings of a polygon hold a point."""
    inside = False
    for i in range(first, last - 1):
        if ring[i] != ring[i + 1]:
            continue
        if (xy[i, 1] > y) != (xy[i + 1, 1] > y):
            cut = xy[i, 0] + (y - xy[i, 1]) / (xy[i + 1, 1] - xy[i, 1]) * (xy[i + 1, 0] - xy[i, 0])
            if x < cut:
                inside = not inside
    return inside


@njit(cache=True, nogil=True)
def _crossings(c_x, c_y, r, begin, end, xy, ring, first, last, angles):
    """Write the angles in (begin, end) at which a circle meets the rings of a polygon; return how many they are."""
    n = 0
    for i in range(first, last - 1):
        if ring[i] != ring[i + 1]:
            continue
        p_x, p_y = xy[i, 0] - c_x, xy[i, 1] - c_y
        east, north = xy[i + 1, 0] - xy[i, 0], xy[i + 1, 1] - xy[i, 1]
        square = east * east + north * north
        off = p_x * north - p_y * east
        if square == 0.0 or off * off >= r * r * square:
            continue
        middle = -(p_x * east + p_y * north) / square
        half = math.sqrt((r * r - off * off / square) / square)
        for side in range(2):
            t = middle + half if side else middle - half
            if 0.0 <= t <= 1.0:
                angle = math.atan2(p_y + t * north, p_x + t * east) % TURN
                if begin < angle < end:
                    angles[n] = angle
                    n += 1
    return n


@njit(cache=True, nogil=True)
def union_area(cell_offsets, xy, ring, sign, centre, radius, arc_offsets, arc_begin, arc_end):
    """
    Find the area of the union of circles inside each cell.

    Parameters
    ----------
    cell_offsets, xy, ring
        cell → corners of its rings, each closed (CSR); corner → place [m] and ring.
    sign
        ring → 1 if the cell lies on its left, −1 on its right.
    centre, radius
        Circles, ascending by x, shapes (K, 2), (K,) [m].
    arc_offsets, arc_begin, arc_end
        What `open_arcs` found.

    Returns
    -------
    area
        cell → area [m²]; −1 = a single circle holds the whole cell, shape (C,).
    """
    n_cells = len(cell_offsets) - 1
    area = np.zeros(n_cells)
    near = np.empty(len(radius), np.int64)
    spans = np.empty((len(radius), 2))
    most = 2 * np.max(np.diff(cell_offsets)) + 2
    angles = np.empty(most)
    eastings = centre[:, 0].copy()
    widest = radius.max()
    for cell in range(n_cells):
        first, last = cell_offsets[cell], cell_offsets[cell + 1]
        west = east = xy[first, 0]
        south = north = xy[first, 1]
        for i in range(first, last):
            west, east = min(west, xy[i, 0]), max(east, xy[i, 0])
            south, north = min(south, xy[i, 1]), max(north, xy[i, 1])
        n_near = 0
        whole = False
        k = np.searchsorted(eastings, west - widest)
        while k < len(radius) and eastings[k] < east + widest and not whole:
            r = radius[k]
            x, y = centre[k, 0], centre[k, 1]
            if x + r > west and x - r < east and y + r > south and y - r < north:
                near[n_near] = k
                n_near += 1
                whole = True
                for i in range(first, last):
                    if (xy[i, 0] - x) ** 2 + (xy[i, 1] - y) ** 2 > r * r:
                        whole = False
                        break
            k += 1
        if whole:
            area[cell] = -1.0
            continue
        if n_near == 0:
            continue
        from_x, from_y = xy[first, 0], xy[first, 1]
        twice = 0.0
        for i in range(first, last - 1):
            if ring[i] != ring[i + 1]:
                continue
            p_x, p_y, q_x, q_y = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
            cross = (p_x - from_x) * (q_y - from_y) - (p_y - from_y) * (q_x - from_x)
            twice += sign[ring[i]] * cross * _edge_share(p_x, p_y, q_x, q_y, near, n_near, centre, radius, spans)
        for row in range(n_near):
            k = near[row]
            r = radius[k]
            c_x, c_y = centre[k, 0], centre[k, 1]
            for arc in range(arc_offsets[k], arc_offsets[k + 1]):
                n = _crossings(c_x, c_y, r, arc_begin[arc], arc_end[arc], xy, ring, first, last, angles)
                angles[n] = arc_end[arc]
                angles[:n].sort()
                low = arc_begin[arc]
                for i in range(n + 1):
                    high = angles[i]
                    aside = low + ASIDE * (high - low)
                    if _holds(c_x + r * math.cos(aside), c_y + r * math.sin(aside), xy, ring, first, last):
                        twice += r * r * (high - low) + r * (
                            (c_x - from_x) * (math.sin(high) - math.sin(low))
                            - (c_y - from_y) * (math.cos(high) - math.cos(low))
                        )
                    low = high
        area[cell] = max(0.0, twice / 2)
    return area


__all__ = ["open_arcs", "union_area"]
