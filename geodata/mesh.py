"""Owns the mesh codes of JIS X 0410 (標準地域メッシュ): encode, bounds, cells over a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, error
from geodata.units import BoolArray, FloatArray, IntArray, StrArray

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = (1, 2, 3, 4, 5, 6)
"""1: 80 km, 2: 10 km, 3: 1 km (3次), 4: 500 m (4次), 5: 250 m (5次), 6: 125 m (6次)."""

CODE_LENGTH = {1: 4, 2: 6, 3: 8, 4: 9, 5: 10, 6: 11}
SIZE_M = {1: 80_000, 2: 10_000, 3: 1000, 4: 500, 5: 250, 6: 125}
"""Level → what a cell is called by, its height and width [m]."""
ROWS_PER_DEGREE = 480
"""Rows of 250 m cells per degree of latitude: 7.5 seconds each."""
COLS_PER_DEGREE = 320
"""Columns of 250 m cells per degree of longitude: 11.25 seconds each."""

_FINE_ROWS, _FINE_COLS = 2 * ROWS_PER_DEGREE, 2 * COLS_PER_DEGREE  # of 125 m cells
_UNITS = {1: 640, 2: 80, 3: 8, 4: 4, 5: 2, 6: 1}  # level → finest rows (and columns) per cell
_LISTED = 20
_WEST, _EAST, _NORTH = 100.0, 180.0, 66.0
_EDGE = 1e-9  # [finest cells] keeps a computed south-west corner in its own cell


def encode(lon: float, lat: float, level: int) -> str:
    """
    Return the mesh code of a point.

    Parameters
    ----------
    lon, lat
        Point [degrees]; a cell owns its south and west edges.
    level
        1 to 6.

    Returns
    -------
    code
        4, 6, 8, 9, 10 or 11 digits.
    """
    return str(encode_many(np.array([[lon, lat]]), level)[0])


def encode_many(lonlat: FloatArray, level: int) -> StrArray:
    """Return the mesh codes of points (N, 2) [degrees], shape (N,)."""
    _check_level(level)
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    inside = (points[:, 0] >= _WEST) & (points[:, 0] < _EAST) & (points[:, 1] >= 0) & (points[:, 1] < _NORTH)
    if not inside.all():
        lon, lat = points[int(np.flatnonzero(~inside)[0])]
        raise DataError(
            error(
                "mesh.outside",
                f"lon {lon}, lat {lat}",
                Text("地域メッシュの範囲（東経100–180度, 北緯0–66度）の外です", "outside the mesh (100–180 E, 0–66 N)"),
                Text("経度, 緯度の順（度）か確かめてください", "check the order longitude, latitude [degrees]"),
            ),
        )
    rows = np.floor(points[:, 1] * _FINE_ROWS + _EDGE).astype(np.int32)
    cols = np.floor((points[:, 0] - _WEST) * _FINE_COLS + _EDGE).astype(np.int32)
    return _codes(rows, cols, level)


def bounds(code: str) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) of one cell [degrees]."""
    lon0, lat0, lon1, lat1 = bounds_many([code])[0]
    return float(lon0), float(lat0), float(lon1), float(lat1)


def bounds_many(codes: Sequence[str] | StrArray) -> FloatArray:
    """
    Return the corners of cells, all of one level.

    Parameters
    ----------
    codes
        Mesh codes, shape (N,).

    Returns
    -------
    corners
        West, south, east, north [degrees], shape (N, 4).

    Raises
    ------
    DataError
        If a code is not one of JIS X 0410, or the levels differ.
    """
    level = level_of(str(codes[0])) if len(codes) else 5
    rows, cols = _rows_cols(codes, level)
    size = _UNITS[level]
    return np.column_stack(
        [
            _WEST + cols / _FINE_COLS,
            rows / _FINE_ROWS,
            _WEST + (cols + size) / _FINE_COLS,
            (rows + size) / _FINE_ROWS,
        ],
    )


def centres_many(codes: Sequence[str] | StrArray) -> FloatArray:
    """Return the centres of cells [degrees], shape (N, 2)."""
    corners = bounds_many(codes)
    return (corners[:, :2] + corners[:, 2:]) / 2


def cells_over(box: tuple[float, float, float, float], level: int) -> list[str]:
    """Return the codes of all cells that share some area with a box (west, south, east, north), south-west first."""
    _check_level(level)
    west, south, east, north = box
    low_row, low_col = _index(south, 0.0, _FINE_ROWS, level), _index(west, _WEST, _FINE_COLS, level)
    high_row = max(_index(north, 0.0, _FINE_ROWS, level, upper=True), low_row)
    high_col = max(_index(east, _WEST, _FINE_COLS, level, upper=True), low_col)
    rows, cols = np.meshgrid(
        np.arange(low_row, high_row + 1, dtype=np.int32),
        np.arange(low_col, high_col + 1, dtype=np.int32),
        indexing="ij",
    )
    return [str(c) for c in _codes(rows.ravel() * _UNITS[level], cols.ravel() * _UNITS[level], level)]


def level_of(code: str) -> int:
    """Return the level of a code by its length; raise `DataError` for no such level."""
    found = [level for level, length in CODE_LENGTH.items() if length == len(code)]
    if not found or not (code.isascii() and code.isdigit()):
        raise DataError(_bad_code(code))
    return found[0]


def _index(degree: float, origin: float, per_degree: int, level: int, *, upper: bool = False) -> int:
    position = (degree - origin) * per_degree / _UNITS[level]
    # An upper edge that lies on the border does not reach into the next cell.
    return int(np.ceil(position - _EDGE)) - 1 if upper else int(np.floor(position + _EDGE))


def _codes(rows: IntArray, cols: IntArray, level: int) -> StrArray:
    number = (rows // _UNITS[1] * 100 + cols // _UNITS[1]).astype(np.int64)
    rows, cols = rows % _UNITS[1], cols % _UNITS[1]
    if level >= 2:  # noqa: PLR2004 -- levels are what the standard calls them
        number = number * 100 + rows // _UNITS[2] * 10 + cols // _UNITS[2]
    if level >= 3:  # noqa: PLR2004
        number = number * 100 + rows % _UNITS[2] // _UNITS[3] * 10 + cols % _UNITS[2] // _UNITS[3]
    for split, first in ((_UNITS[4], 4), (_UNITS[5], 5), (_UNITS[6], 6)):
        if level >= first:
            number = number * 10 + 1 + rows // split % 2 * 2 + cols // split % 2
    return np.char.zfill(number.astype(str), CODE_LENGTH[level])


def _rows_cols(codes: Sequence[str] | StrArray, level: int) -> tuple[IntArray, IntArray]:
    texts = np.asarray(codes, dtype=np.str_).reshape(-1)
    length = CODE_LENGTH[level]
    wrong = np.char.str_len(texts) != length
    if wrong.any():
        raise DataError(_bad_codes(texts, wrong))
    # One character is one 32-bit number: the digits of all codes at once.
    digits = np.ascontiguousarray(texts.astype(f"U{length}")).view(np.uint32).reshape(-1, length).astype(np.int32) - 48
    limits = np.array([9, 9, 9, 9, 7, 7, 9, 9, 4, 4, 4][:length])
    least = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1][:length])
    bad = np.asarray(((digits > limits) | (digits < least)).any(axis=1), dtype=np.bool_)
    north, east = digits[:, 0] * 10 + digits[:, 1], digits[:, 2] * 10 + digits[:, 3]
    bad |= (north >= _NORTH * 1.5) | (east >= _EAST - _WEST)  # the first four digits: latitude × 1.5, longitude − 100
    if bad.any():
        raise DataError(_bad_codes(texts, bad))
    rows = (digits[:, 0] * 10 + digits[:, 1]) * _UNITS[1]
    cols = (digits[:, 2] * 10 + digits[:, 3]) * _UNITS[1]
    for first, size in ((4, _UNITS[2]), (6, _UNITS[3])):
        if length > first:
            rows += digits[:, first] * size
            cols += digits[:, first + 1] * size
    for position, size in ((8, _UNITS[4]), (9, _UNITS[5]), (10, _UNITS[6])):
        if length > position:
            rows += (digits[:, position] - 1) // 2 * size
            cols += (digits[:, position] - 1) % 2 * size
    return rows, cols


def _bad_codes(texts: StrArray, wrong: BoolArray) -> list[Problem]:
    places = np.flatnonzero(wrong)
    problems = [_bad_code(str(texts[i])) for i in places[:_LISTED]]
    if len(places) > _LISTED:
        last = problems[-1]
        problems[-1] = Problem(
            last.severity, last.code, last.where, last.message, last.hint, count=len(places) - _LISTED + 1
        )
    return problems


def _check_level(level: int) -> None:
    if level not in LEVELS:
        raise DataError(
            error(
                "mesh.level",
                f"level {level}",
                Text("メッシュの次数は 1 から 6 です", "mesh levels are 1 to 6"),
                Text("250 m メッシュは 5 です", "250 m cells are level 5"),
            ),
        )


def _bad_code(code: str) -> Problem:
    return error(
        "mesh.code",
        f"mesh code {code!r}",
        Text("地域メッシュコードではありません（または次数が混ざっています）", "not a mesh code, or levels are mixed"),
        Text(
            "4, 6, 8, 9, 10, 11 桁の JIS X 0410 のコードを、桁数をそろえて書いてください",
            "use JIS X 0410 codes of 4, 6, 8, 9, 10 or 11 digits, all of one level",
        ),
    )
