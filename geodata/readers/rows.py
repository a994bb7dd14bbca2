"""Owns tables of places as CSV or GeoJSON points, read alike: text columns, row numbers, longitude and latitude."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import decode, missing_input
from geodata.readers.tables import ROW, at, missing_column, numbers_of, parse_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Polygons or points of a GeoJSON file with their properties as text; `ROW` counts features from 1."""

    table: pd.DataFrame
    shapes: list[BaseGeometry]


def read_text(path: Path) -> tuple[str, list[Problem]]:
    """Return a text file decoded; a missing one raises `DataError`."""
    if not path.is_file():
        raise DataError(missing_input(path))
    return decode(path.read_bytes(), path.name)


def read_rows(
    path: Path, required: Sequence[str], lonlat: tuple[str, str] | None
) -> tuple[pd.DataFrame, list[Problem]]:
    """
    Return the rows of a CSV, or of the points of a GeoJSON file, as text with numeric columns ``lon``, ``lat``.

    Parameters
    ----------
    path
        ``.csv``, ``.json`` or ``.geojson``.
    required
        Columns (properties) that must be there.
    lonlat
        Columns of longitude and latitude in a CSV; None = it has none.

    Raises
    ------
    DataError
        If the file or a column is missing, or a row has no usable position.
    """
    if path.suffix.lower() in {".json", ".geojson"}:
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


def read_features(path: Path) -> tuple[Features, list[Problem]]:
    """Return the features of a GeoJSON file in degrees; broken ones raise `DataError` naming them."""
    text, problems = read_text(path)
    try:
        tree = json.loads(text)
        found = tree["features"]
        shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in found]
    except (ValueError, KeyError, TypeError, shapely.errors.ShapelyError) as exc:
        raise DataError(
            error(
                "geojson.unreadable",
                path.name,
                Text(f"GeoJSON として読めません: {exc}", f"this is not GeoJSON: {exc}"),
                Text(
                    "FeatureCollection の GeoJSON（緯度経度）で保存してください",
                    "save it as a GeoJSON FeatureCollection",
                ),
            ),
        ) from exc
    empty = [n for n, shape in enumerate(shapes, 1) if _is_empty(shape)]
    if empty or not shapes:
        raise DataError(
            error(
                "geojson.empty",
                f"{path.name} feature {empty[0]}" if empty else path.name,
                Text("図形がありません", "there is no geometry"),
                Text("図形のない要素を消してください", "delete features without a geometry"),
            ),
        )
    rows = [{str(k): _plain(v) for k, v in (f.get("properties") or {}).items()} for f in found]
    table = pd.DataFrame(rows, dtype="str").fillna("")
    table[ROW] = np.arange(1, len(shapes) + 1)
    return Features(table, shapes), problems


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


def _is_empty(shape: BaseGeometry | None) -> bool:
    return shape is None or bool(shape.is_empty)


def _unplaced(values: str) -> Text:
    return Text(f"位置が使えません（{values}）", f"no usable position ({values})")


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
