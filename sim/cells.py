"""Owns which cell a point belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.population import PopulationCells
    from geodata.units import FloatArray, IntArray


def nearest_cell(population: PopulationCells, xy: FloatArray) -> IntArray:
    """
    Return point → cell with the nearest centre, shape (N,).

    Centres equally near (to the millimetre) are told apart by the smaller cell id, so the order of cells never matters.
    """
    by_id = np.argsort(population.cell_id, kind="stable")
    centres = population.xy[by_id]
    nearest = [int(np.argmin(np.round(np.hypot(*(centres - point).T), 3))) for point in np.reshape(xy, (-1, 2))]
    return by_id[np.array(nearest, dtype=np.int64)].astype(np.int32)
