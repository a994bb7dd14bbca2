"""Owns which cell a point belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.population import PopulationCells
    from geodata.units import FloatArray, IntArray

_SLACK_M = 0.01
"""Farther behind the nearest than this, no centre is equally near."""


def nearest_cell(population: PopulationCells, xy: FloatArray) -> IntArray:
    """
    Return point → cell with the nearest centre, shape (N,).

    Centres equally near (to the millimetre) are told apart by the smaller cell id, so the order of cells never matters.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- slow to load

    points = np.reshape(xy, (-1, 2))
    tree = cKDTree(population.xy)
    distance = tree.query(points)[0]
    found = []
    for point, near in zip(points, tree.query_ball_point(points, distance + _SLACK_M), strict=True):
        rounded = np.round(np.hypot(*(population.xy[near] - point).T), 3)
        ties = np.array(near)[rounded == rounded.min()]
        found.append(ties[np.argsort(population.cell_id[ties], kind="stable")[0]])
    return np.array(found, dtype=np.int32)
