"""Owns index types, array aliases and unit constants shared by every package."""

from __future__ import annotations

from typing import NewType

import numpy as np
import numpy.typing as npt

StopIdx = NewType("StopIdx", int)
RouteIdx = NewType("RouteIdx", int)
PatternIdx = NewType("PatternIdx", int)
TripIdx = NewType("TripIdx", int)
CellIdx = NewType("CellIdx", int)
NodeIdx = NewType("NodeIdx", int)
FacilityIdx = NewType("FacilityIdx", int)

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]
ByteArray = npt.NDArray[np.uint8]
StrArray = npt.NDArray[np.str_]

SECONDS_PER_MIN = 60
SECONDS_PER_DAY = 86_400
EARTH_RADIUS_M = 6_371_009.0

UNREACHED_S = np.int32(2_000_000_000)
"""The one sentinel of the kernels [s]; it becomes inf minutes at their border."""
