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
_most = [N_THREADS]


def limit_threads(most: int) -> None:
    """Set how many threads this process shares its work out to at most; changes nothing but the time taken."""
    _most[0] = max(1, most)


def threads(asked: int = N_THREADS) -> int:
    """Return how many threads of those asked for this process may use."""
    return min(asked, _most[0])


def share(work: Callable[[T], R], items: Sequence[T], n_threads: int) -> list[R]:
    """Return what `work` makes of every item, in order; threads are started only where they can help."""
    n_threads = min(threads(n_threads), len(items))
    if n_threads <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(work, items))


def parts_of(n: int, n_parts: int = N_PARTS) -> list[tuple[int, int]]:
    """Return [first, last) of nearly equal parts of n rows; never an empty part."""
    return list(pairwise(np.unique(np.linspace(0, n, n_parts + 1).astype(np.int64)).tolist()))
