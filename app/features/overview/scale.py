"""Owns where values lie on the common scale of one indicator, in per cent of its width."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.targets import Path

PAD = 0.06
"""Free part of the width at both ends."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Ends of one indicator over all that is shown of it; `low` < `high`."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Return the place of a value from the left [%], within the track."""
        share = PAD + (1 - 2 * PAD) * (value - self.low) / (self.high - self.low)
        return 100.0 * min(max(share, 0.0), 1.0)


def scale_of(path: Path) -> Scale | None:
    """Return the scale that holds baseline, target, actuals, values and intervals; None where nothing is known."""
    points = [path.baseline, path.target, *path.actuals]
    values = [point.value for point in points if point is not None]
    for one in path.forecasts:
        values += [value for value in (one.value, one.low, one.high) if value is not None]
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return None
    low, high = min(known), max(known)
    if low == high:
        low, high = low - (abs(low) or 1.0) * 0.05, high + (abs(high) or 1.0) * 0.05
    return Scale(low, high)
