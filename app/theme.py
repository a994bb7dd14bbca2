"""Owns the colours of classes on the map and of statuses; all readable by colour-blind people and on a projector."""

from __future__ import annotations

import numpy as np

from geodata.provenance import Status

# dark = good: near, covered, served. Luminance falls steadily, hue runs from sand over teal to navy.
RAMP = ("#0b2f6b", "#1c5f96", "#2f8c9e", "#74b9a0", "#bfd993", "#f6e27f")
PLAIN = ("#eef3f8", "#cfdcea", "#9dbbd8", "#6493c3", "#356aa6", "#12417e")
BETTER = ("#12459b", "#5a8fd6", "#b4d0f0")
WORSE = ("#f6c5b4", "#e07b5f", "#b0281f")
NOTHING = "#ecebe4"
SAME = "#e9e9e4"
STATUS_CLASS = {
    Status.OBSERVED: "observed",
    Status.OFFICIAL_ESTIMATE: "official",
    Status.MODELLED: "modelled",
    Status.ASSUMED: "assumed",
    Status.NO_DATA: "none",
}


def ramp(colors: tuple[str, ...], n: int) -> list[str]:
    """Return `n` colours spread over a ramp, mixing neighbours where it is too short."""
    stops = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in colors], dtype=float)
    at = np.linspace(0, len(colors) - 1, n)
    mixed = np.stack([np.interp(at, np.arange(len(colors)), stops[:, k]) for k in range(3)], axis=1)
    return ["#" + "".join(f"{round(v):02x}" for v in row) for row in mixed]


def class_colors(n: int, good: str) -> list[str]:
    """Return the colours of `n` classes in ascending order of value; the dark end is the good one."""
    if good == "none":
        return ramp(PLAIN, n)
    if good == "down":
        return ramp(RAMP, n)
    return [NOTHING, *ramp(RAMP[-2::-1], n - 1)]  # the lowest class of what one wants more of is nothing at all


def difference_colors(n: int, good: str) -> list[str]:
    """Return the colours of `n` (odd) classes of a difference, ascending; blue is the good side, white no change."""
    side = n // 2
    better, worse = ramp(BETTER, side), ramp(WORSE, side)  # strongest first, weakest first
    return [*better, SAME, *worse] if good == "down" else [*worse[::-1], SAME, *better[::-1]]
