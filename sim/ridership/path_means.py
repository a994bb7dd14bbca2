"""Owns the kernel that averages what journeys amount to over the samples of every pair of places."""

# ruff: noqa: ANN001, ANN201 -- typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def add_up_paths(path_of, path_offsets, of_path, found):
    """
    Fill in row → mean over samples of values of journeys to one place.

    Parameters
    ----------
    path_of, path_offsets
        As of `sim.ridership.paths.PlacePaths`.
    of_path
        journey → values, shape (J + 1, V); the last row stands for none.
    found
        Filled in, shape (N, V).
    """
    n_samples, n = path_of.shape
    n_values = of_path.shape[1]
    none = len(of_path) - 1
    sums = np.zeros((n, n_values))
    reached = np.zeros(n, np.int64)
    for sample in range(n_samples):
        first = path_offsets[sample]
        for row in range(n):
            own = path_of[sample, row]
            path = none
            if own >= 0:
                path = first + own
                reached[row] += 1
            for value in range(n_values):
                sums[row, value] += of_path[path, value]
    for row in range(n):
        for value in range(n_values):
            found[row, value] = sums[row, value] / max(reached[row], 1)
