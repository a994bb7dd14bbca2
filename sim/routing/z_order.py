"""Owns the order of points along a Z-order curve: near points mostly stand near each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from geodata.units import FloatArray


def z_order(xy: FloatArray, bits: int) -> npt.NDArray[np.int64]:
    """Return numbers by which points sort along a Z-order curve over 2^bits × 2^bits squares."""
    number = np.zeros(len(xy), np.int64)
    if not len(xy):
        return number
    span = float(np.ptp(xy, axis=0).max()) or 1.0
    square = ((xy - xy.min(axis=0)) / span * ((1 << bits) - 1)).astype(np.int64)
    for bit in range(bits):
        number |= ((square[:, 0] >> bit) & 1) << (2 * bit) | ((square[:, 1] >> bit) & 1) << (2 * bit + 1)
    return number
