"""Owns tables in CSR order, as kernels read them: offsets and rows, told from one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from geodata.units import IntArray


def owner_of_rows(offsets: npt.NDArray[np.integer[Any]]) -> IntArray:
    """Return row → its owner, from owner → first row."""
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))


def offsets_of(owner: npt.NDArray[np.integer[Any]], n_owners: int) -> IntArray:
    """Return owner → first row, from row → its owner in any order; shape (n_owners + 1,)."""
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=n_owners))]).astype(np.int32)


def rows_of(offsets: npt.NDArray[np.integer[Any]], owners: npt.NDArray[np.integer[Any]]) -> IntArray:
    """Return the rows of some owners, one owner after another."""
    n_each = offsets[owners + 1] - offsets[owners]
    ends = np.cumsum(n_each)
    before = np.repeat(offsets[owners] - (ends - n_each), n_each)
    return (before + np.arange(len(before))).astype(np.int32)
