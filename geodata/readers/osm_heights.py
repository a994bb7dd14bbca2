"""Owns heights on bridges and in tunnels: the ground below or above them says nothing about the road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.readers.osm_pieces import Int64Array, Pieces
    from geodata.units import BoolArray, FloatArray


def span_heights(pieces: Pieces, ground_m: FloatArray) -> tuple[FloatArray, int]:
    """
    Return the heights of nodes, those within bridges and tunnels between the heights of their ends.

    A node is within when every street at it, stairs aside, is a bridge or tunnel: stairs lead from the ground up to a
    deck. Along a bridge the height runs straight, by length, from one end to the other; where bridges branch, each
    node takes the mean of its neighbours, weighted by the inverse of the lengths. A bridge that touches the ground
    nowhere keeps the heights of the ground.

    Parameters
    ----------
    pieces
        Pieces with `lifted` and `steps`.
    ground_m
        Heights of the ground at the nodes, shape (N,) [m]; NaN = unknown.

    Returns
    -------
    heights, spanned
        Shape (N,) [m]; how many nodes do not take the height of the ground.

    Notes
    -----
    The heights solve L h = 0 within (L: graph Laplacian with weights 1 ÷ length): on a chain this is the straight line.
    """
    inside = _within_spans(pieces, len(ground_m))
    anchored = ~inside & ~np.isnan(ground_m)
    ends = pieces.ends[pieces.lifted]
    weight = 1.0 / pieces.length_m[pieces.lifted]
    useful = (inside | anchored)[ends].all(axis=1) & inside[ends].any(axis=1)
    ends, weight = ends[useful], weight[useful]
    inside &= _reached(ends, anchored)
    rows = inside[ends].any(axis=1)
    heights = np.array(ground_m)
    if inside.any():
        heights[inside] = _harmonic(ends[rows], weight[rows], inside, heights)
    return heights, int(inside.sum())


def _within_spans(pieces: Pieces, n: int) -> BoolArray:
    lifted = np.zeros(n, dtype=np.bool_)
    lifted[pieces.ends[pieces.lifted].ravel()] = True
    grounded = np.zeros(n, dtype=np.bool_)
    grounded[pieces.ends[~pieces.lifted & ~pieces.steps].ravel()] = True
    return lifted & ~grounded


def _reached(ends: Int64Array, anchored: BoolArray) -> BoolArray:
    """Return which nodes hang together with an end on the ground."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415 -- only when building
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    n = len(anchored)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n))
    n_spans, span = connected_components(graph, directed=False)
    held = np.bincount(span[anchored], minlength=n_spans) > 0
    reached: BoolArray = held[span]
    return reached


def _harmonic(ends: Int64Array, weight: FloatArray, inside: BoolArray, heights: FloatArray) -> FloatArray:
    from scipy.sparse import coo_matrix, csc_matrix, diags  # noqa: PLC0415
    from scipy.sparse.linalg import spsolve  # noqa: PLC0415

    n = int(inside.sum())
    number = np.cumsum(inside) - 1
    both, weights = np.concatenate([ends, ends[:, ::-1]]), np.r_[weight, weight]
    own = inside[both[:, 0]]
    row, other, weights = number[both[own, 0]], both[own, 1], weights[own]
    diagonal = np.bincount(row, weights=weights, minlength=n)
    free = inside[other]
    off = coo_matrix((weights[free], (row[free], number[other[free]])), shape=(n, n))
    known = np.bincount(row[~free], weights=weights[~free] * heights[other[~free]], minlength=n)
    solved: FloatArray = np.atleast_1d(spsolve(csc_matrix(diags(diagonal) - off), known))
    return solved
