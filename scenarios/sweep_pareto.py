"""Owns the Pareto front of a sweep: the variants that none other beats in what is weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geodata.units import BoolArray, FloatArray
    from scenarios.sweep_file import Goal

_PAIR = 2


def pareto_variants(values: pd.DataFrame, goals: Sequence[Goal]) -> list[int]:
    """Return the variants that none other beats: as good in every KPI named and better in one; no value = left out."""
    names = [g.kpi for g in goals]
    if not names or not set(names) <= set(values.columns):
        return []
    known = values[names].dropna()
    costs = known.to_numpy(dtype=float) * np.array([1.0 if g.direction == "down" else -1.0 for g in goals])
    points, place = np.unique(costs, axis=0, return_inverse=True)  # equals beat nobody: they stand or fall together
    best = _front(points)[place.ravel()]
    return [int(number) for number, stays in zip(known.index, best, strict=True) if stays]


def _front(points: FloatArray) -> BoolArray:
    """
    Return which of distinct points are beaten by none; they are ordered by the first column, then the second, ….

    So only an earlier point can beat a later one, and one of the front does if any. Of pairs, that is the least second
    value so far: ten thousand of them take no longer than the sorting.
    """
    stays = np.zeros(len(points), dtype=bool)
    if points.shape[1] == _PAIR:
        least = np.minimum.accumulate(points[:, 1])
        stays[:1], stays[1:] = True, points[1:, 1] < least[:-1]
        return stays
    front, n_front = np.empty_like(points), 0
    for number, point in enumerate(points):
        if not (front[:n_front] <= point).all(axis=1).any():
            front[n_front], stays[number] = point, True
            n_front += 1
    return stays
