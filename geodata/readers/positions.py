"""Owns positions as people write them: full-width digits, degrees-minutes-seconds, swapped columns."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geodata.units import BoolArray, FloatArray

JAPAN = (122.0, 20.0, 154.5, 46.0)
"""West, south, east, north of Japan [degrees], its remote islands included."""

_DMS = re.compile(
    r"^(?P<sign>[-+NSEW東西南北緯経]*)(?P<d>\d{1,3})[°度](?:(?P<m>\d{1,2}(?:\.\d+)?)['′’分])?"
    r"(?:(?P<s>\d{1,2}(?:\.\d+)?)(?:\"|″|”|''|秒)?)?(?P<tail>[NSEW]?)$",
)
_MINUTES, _SECONDS = 60.0, 3600.0


def plain_number(text: str) -> float:
    """Return a number or an angle as written, full width or in degrees-minutes-seconds; NaN where it is neither."""
    plain = unicodedata.normalize("NFKC", text.replace("º", "°")).strip().replace("−", "-")
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


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """
    Positions of the rows of a table.

    `lonlat` (N, 2): degrees, NaN = none usable; `swapped`, `angles` (N,): rows whose columns were swapped, or written
    as degrees-minutes-seconds; `refused` (N,): rows where something is written that is no position.
    """

    lonlat: FloatArray
    swapped: BoolArray
    angles: BoolArray
    refused: BoolArray


def read_positions(lon_texts: Sequence[str], lat_texts: Sequence[str]) -> Positions:
    """
    Return the positions that two columns tell.

    0, 0 is no position. Where at least half of the positions lie in Japan, one outside of it is no position either; one
    that lies in Japan only with its columns swapped is swapped.
    """
    lon, lat = plain_numbers(lon_texts), plain_numbers(lat_texts)
    written = np.array([bool(a.strip() or b.strip()) for a, b in zip(lon_texts, lat_texts, strict=True)], np.bool_)
    angles = np.array([_is_angle(a) or _is_angle(b) for a, b in zip(lon_texts, lat_texts, strict=True)], np.bool_)
    swapped = in_japan(lat, lon) & ~in_japan(lon, lat)
    lon, lat = np.where(swapped, lat, lon), np.where(swapped, lon, lat)
    with np.errstate(invalid="ignore"):
        good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ((np.abs(lon) > 1e-6) | (np.abs(lat) > 1e-6))  # noqa: PLR2004 -- degrees
    japan = in_japan(lon, lat)
    if japan.any() and 2 * japan.sum() >= good.sum():
        good &= japan
    lonlat = np.where(good[:, None], np.column_stack([lon, lat]), np.nan)
    return Positions(lonlat, swapped & good, angles & good, written & ~good)


def in_japan(lon: FloatArray, lat: FloatArray) -> BoolArray:
    """Return which positions lie in the box around Japan."""
    west, south, east, north = JAPAN
    with np.errstate(invalid="ignore"):
        inside: BoolArray = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _is_angle(text: str) -> bool:
    return "°" in text or "度" in text or "º" in text
