"""Owns positions as people write them: full-width digits, degrees-minutes-seconds, swapped columns."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.units import FloatArray

JAPAN = (122.0, 20.0, 154.5, 46.0)
"""West, south, east, north of Japan [degrees], its remote islands included."""

_DMS = re.compile(
    r"^(?P<sign>[-+NSEW東西南北緯経]*)(?P<d>\d{1,3})[°度](?:(?P<m>\d{1,2}(?:\.\d+)?)['′’分])?"
    r"(?:(?P<s>\d{1,2}(?:\.\d+)?)(?:\"|″|”|''|秒)?)?(?P<tail>[NSEW]?)$",
)
_MINUTES, _SECONDS = 60.0, 3600.0


def plain_number(text: str) -> float:
    """Return a number or an angle as written, full width or in degrees-minutes-seconds; NaN where it is neither."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    try:
        value = float(plain.replace("_", "x"))
    except ValueError:
        value = _angle(plain.replace(" ", ""))
    return value if np.isfinite(value) else float("nan")


def plain_numbers(texts: Iterable[str]) -> FloatArray:
    """Return texts as numbers; see `plain_number`, shape (N,)."""
    return np.array([plain_number(t) for t in texts], dtype=np.float64)


def _angle(plain: str) -> float:
    found = _DMS.match(plain.replace("′′", '"'))
    if found is None:
        return float("nan")
    minutes, seconds = float(found["m"] or 0), float(found["s"] or 0)
    if minutes >= _MINUTES or seconds >= _MINUTES:
        return float("nan")
    value = float(found["d"]) + minutes / _MINUTES + seconds / _SECONDS
    turned = any(sign in (found["sign"] or "") + (found["tail"] or "") for sign in "-SW南西")
    return -value if turned else value
