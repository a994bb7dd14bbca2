"""Owns tables of places as CSV or vector file, read alike: text columns, row numbers, longitude and latitude."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import decode, missing_input
from geodata.readers.tables import ROW, at, missing_column, numbers_of, parse_table
from geodata.readers.vector import is_vector, read_vector
from geodata.readers.vector_shapes import Features

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from geodata.units import FloatArray


__all__ = [
    "Features",
    "checked_numbers",
    "column_of",
    "matching",
    "read_features",
    "read_rows",
    "read_text",
    "require_columns",
]


def read_text(path: Path) -> tuple[str, list[Problem]]:
    """Return a text file decoded; a missing one raises `DataError`."""
    if not path.is_file():
        raise DataError(missing_input(path))
    return decode(path.read_bytes(), path.name)


def read_rows(
    path: Path, required: Sequence[str], lonlat: tuple[str, str] | None
) -> tuple[pd.DataFrame, list[Problem]]:
    """
    Return the rows of a CSV, or the places of a vector file, as text with numeric columns ``lon``, ``lat``.

    Parameters
    ----------
    path
        CSV, or any form that `read_vector` reads; an area counts by a point in it.
    required
        Columns (properties) that must be there.
    lonlat
        Columns of longitude and latitude in a CSV; None = it has none.

    Raises
    ------
    DataError
        If the file or a column is missing, or a row has no usable position.
    """
    if is_vector(path):
        features, problems = read_features(path)
        frame = features.table.copy()
        require_columns(frame, required, path.name)
        points = shapely.get_coordinates(shapely.point_on_surface(np.array(features.shapes, dtype=object)))
        frame["lon"], frame["lat"] = points[:, 0], points[:, 1]
        return frame, problems
    text, problems = read_text(path)
    frame, more = parse_table(text, path.name, [*required, *(lonlat or ())])
    if lonlat is not None:
        frame = _with_lonlat(frame, lonlat, path.name)
    return frame, problems + more


def read_features(path: Path, layer: str | None = None) -> tuple[Features, list[Problem]]:
    """Return the features of a vector file in degrees, see `read_vector`; broken ones raise `DataError` by name."""
    return read_vector(path, layer)


def require_columns(frame: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Raise `DataError` naming every column that is not there."""
    found = [str(c) for c in frame.columns if c != ROW]
    missing = [missing_column(name, c, found, columns) for c in columns if c not in found]
    if missing:
        raise DataError(missing)


def matching(frame: pd.DataFrame, where: Mapping[str, str], name: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which rows hold the wanted values; a column that is not there, or no such row, raises `DataError`."""
    require_columns(frame, list(where), name)
    mask = np.ones(len(frame), dtype=bool)
    for column, value in where.items():
        mask &= (frame[column] == value).to_numpy()
    if where and not mask.any():
        column = next(iter(where))
        raise DataError(
            error(
                "table.no_match",
                name,
                Text(f"条件 {dict(where)} に合う行がありません", f"no row has {dict(where)}"),
                Text(
                    f"{column} の値の例: {', '.join(frame[column].unique()[:5])}",
                    f"values of {column}, for example: {', '.join(frame[column].unique()[:5])}",
                ),
            ),
        )
    return mask


def column_of(frame: pd.DataFrame, column: str | None, default: str = "") -> list[str]:
    """Return a column as texts, or a constant where none is named."""
    return [default] * len(frame) if column is None else [str(v) for v in frame[column]]


def checked_numbers(frame: pd.DataFrame, column: str, name: str, *, least: float = -np.inf) -> FloatArray:
    """Return a column as numbers; what is no number, or below `least`, raises `DataError` naming the rows."""
    values = numbers_of(frame, column)
    with np.errstate(invalid="ignore"):
        wrong = ~(values >= least)
    problems = [
        error(
            "table.number" if np.isnan(values[i]) else "table.negative",
            at(name, frame[ROW].iloc[i]),
            Text(
                f"{column} の値 {frame[column].iloc[i]!r} は使えません",
                f"{column} is {frame[column].iloc[i]!r}",
            ),
            Text(
                "半角の数値を書いてください" if np.isneginf(least) else f"{least:g} 以上の数値を書いてください",
                "write a plain number" if np.isneginf(least) else f"write a number of {least:g} or more",
            ),
        )
        for i in np.flatnonzero(wrong)
    ]
    if problems:
        raise DataError(problems)
    return values


def _with_lonlat(frame: pd.DataFrame, lonlat: tuple[str, str], name: str) -> pd.DataFrame:
    lon, lat = numbers_of(frame, lonlat[0]), numbers_of(frame, lonlat[1])
    with np.errstate(invalid="ignore"):
        good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ((np.abs(lon) > 1e-6) | (np.abs(lat) > 1e-6))  # noqa: PLR2004 -- degrees
        turned = (np.abs(lat) > 90) & (np.abs(lon) <= 90)  # noqa: PLR2004
    problems = [
        error(
            "table.position",
            at(name, frame[ROW].iloc[i]),
            _unplaced(", ".join(f"{c}={frame[c].iloc[i]!r}" for c in lonlat)),
            Text("緯度と経度を入れ替えてください", "swap longitude and latitude")
            if turned[i]
            else Text("経度・緯度を度で書いてください", "write longitude and latitude in degrees"),
        )
        for i in np.flatnonzero(~good)
    ]
    if problems:
        raise DataError(problems)
    return frame.assign(lon=lon, lat=lat)


def _unplaced(values: str) -> Text:
    return Text(f"位置が使えません（{values}）", f"no usable position ({values})")
