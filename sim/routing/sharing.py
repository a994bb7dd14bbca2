"""Owns how work is shared out to threads: in parts fixed beforehand, so that their number cannot change a result."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")
N_THREADS = 2
"""Threads that share the work unless told otherwise."""
N_PARTS = 8


def share(work: Callable[[T], R], items: Sequence[T], n_threads: int) -> list[R]:
    """Return what `work` makes of every item, in order; threads are started only where they can help."""
    if n_threads <= 1 or len(items) <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(n_threads, len(items))) as pool:
        return list(pool.map(work, items))


def parts_of(n: int, n_parts: int = N_PARTS) -> list[tuple[int, int]]:
    """Return [first, last) of nearly equal parts of n rows; never an empty part."""
    return list(pairwise(np.unique(np.linspace(0, n, n_parts + 1).astype(np.int64)).tolist()))
