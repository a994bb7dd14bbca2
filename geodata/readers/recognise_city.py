"""Owns choosing the municipality that a folder of files is about: where its stops, or its towns, lie."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import CitySimError
from geodata.readers.recognise_places import pick, positions
from geodata.readers.rows import read_features, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geodata.units import FloatArray

_TOWN_CODE = ("municipalitycode", "市区町村コード", "都道府県市区町村コード")
_TOWN_CITY = ("city", "市区町村名", "市町村名")
_TOWN_NAME = ("大字町丁目名", "大字丁目名", "大字町丁目", "町丁目", "町丁目名", "town", "町字名")
_MOST_POINTS = 5_000


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality: its name, code ("" = not known), and which rows of a file are it."""

    name: str
    code: str
    where: dict[str, str] = field(default_factory=dict)
    n_points: int = 0


def name_in(city: str, title: str) -> int:
    """Return how many letters of a title name a municipality, with or without 市・区・町・村; 0 where none do."""
    title = unicodedata.normalize("NFKC", title)
    bare = city[:-1] if city[-1:] in set("市区町村") else city
    spellings = [city, *([bare] if len(bare) > 1 else [])]
    return next((len(s) for s in spellings if s and s in title), 0)


def named_first(found: list[Municipality], title: str) -> list[Municipality]:
    """Return municipalities with those that a title names first: a bus company may run mostly in the next city."""
    return sorted(found, key=lambda city: -name_in(city.name, title))


def thinned(lonlat: list[tuple[float, float]]) -> FloatArray:
    """Return positions as an array, every n-th where there are very many, shape (N, 2)."""
    step = max(1, len(lonlat) // _MOST_POINTS)
    return np.array(lonlat[::step], dtype=np.float64).reshape(-1, 2)


def municipalities(path: Path, points: FloatArray) -> list[Municipality]:
    """Return the municipalities of an N03 file, those that hold most of `points` first."""
    try:
        features, _ = read_features(path)
    except CitySimError:
        return []
    table = features.table
    keys = [_municipality({str(c): v for c, v in row.items()}) for row in table.to_dict("records")]
    inside = _points_inside(features.shapes, points)
    counts: Counter[tuple[str, str, tuple[tuple[str, str], ...]]] = Counter()
    for key, n in zip(keys, inside, strict=True):
        if key[0]:
            counts[key] += int(n)
    return [Municipality(name, code, dict(where), n) for (name, code, where), n in counts.most_common()]


def _municipality(row: dict[str, str]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Return name, code and condition of a row of N03; wards of a designated city are one."""
    code, name, above = (str(row.get(c) or "") for c in ("N03_007", "N03_004", "N03_003"))
    if above.endswith("市") and name.endswith("区"):
        return above, "", (("N03_003", above),)
    if name.endswith("市") and str(row.get("N03_005") or "").endswith("区"):
        return name, "", (("N03_004", name),)
    return name, code, ((("N03_007", code),) if code else (("N03_004", name),))


def _points_inside(shapes: list[BaseGeometry], points: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    tree = shapely.STRtree(np.atleast_1d(np.asarray(shapely.points(points), dtype=object)))
    pairs = tree.query(np.array(shapes, dtype=object), predicate="intersects")
    return np.bincount(pairs[0], minlength=len(shapes))


@dataclass(frozen=True, slots=True)
class TownTable:
    """The columns of a table of 町丁目, and its municipalities, those nearest to most points first."""

    name: str
    lon: str
    lat: str
    cities: list[Municipality]
    district: str = ""
    """Column that names the district: 大字 where it has one, else the town."""


def says(path: Path, word: str) -> bool:
    """Return whether a word stands anywhere in a file, in one of the usual encodings; a zip may always hold it."""
    if path.suffix.lower() == ".zip" or not path.is_file():
        return True
    content = path.read_bytes()
    return any(word.encode(e, errors="ignore") in content for e in ("utf-8", "cp932", "utf-16-le", "utf-16-be")) or (
        json.dumps(word)[1:-1].lower().encode() in content.lower()
    )


def place_points(path: Path, entry: Mapping[str, object]) -> list[tuple[float, float]]:
    """Return where the places of a list lie, as its configuration entry reads them; none where it cannot be told."""
    lon, lat = entry.get("lon"), entry.get("lat")
    try:
        if not (lon and lat):
            features, _ = read_features(path)
            centers = shapely.get_coordinates(shapely.centroid(np.array(features.shapes, dtype=object)))
            return [(float(x), float(y)) for x, y in centers]
        text, _ = read_text(path)
    except CitySimError:
        return []
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error:  # a line end within a field: whoever reads the table tells its line
        return []
    pairs = [(str(row.get(str(lon)) or ""), str(row.get(str(lat)) or "")) for row in rows]
    return [(float(x), float(y)) for x, y in pairs if _is_number(x) and _is_number(y)]


def town_table(path: Path, points: FloatArray) -> TownTable | None:
    """Return what a CSV of 町丁目 holds; None where it cannot be told."""
    if path.suffix.lower() not in {".csv", ".txt"}:
        return None
    try:
        text, _ = read_text(path)
    except CitySimError:
        return None
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        return None
    header = [h.strip() for h in rows[0]] if rows else []
    place, name = positions(header), pick(header, _TOWN_NAME)
    column = pick(header, _TOWN_CODE) or pick(header, _TOWN_CITY)
    if place is None or name is None:
        return None
    if column is None:
        return TownTable(name, *place, [], name)
    at = {c: header.index(c) for c in (column, *place)}
    title = pick(header, _TOWN_CITY)
    names = {r[at[column]].strip(): r[header.index(title)].strip() for r in rows[1:] if title and len(r) == len(header)}
    kept = [
        r for r in rows[1:] if len(r) == len(header) and _is_number(r[at[place[0]]]) and _is_number(r[at[place[1]]])
    ]
    lonlat = np.array([[float(r[at[c]]) for c in place] for r in kept], dtype=np.float64).reshape(-1, 2)
    values = [r[at[column]].strip() for r in kept]
    counts = Counter(dict.fromkeys(values, 0))
    if len(points) and len(lonlat):
        tree = shapely.STRtree(np.atleast_1d(np.asarray(shapely.points(lonlat), dtype=object)))
        counts.update(values[i] for i in np.atleast_1d(tree.nearest(shapely.points(points))).tolist())
    else:
        counts.update(values)
    is_code = column == pick(header, _TOWN_CODE)
    found = [Municipality(names.get(v, v), v if is_code else "", {column: v}, n) for v, n in counts.most_common()]
    return TownTable(name, *place, found, pick(header, ("oaza", "大字名")) or name)


def did_cities(path: Path, column: str, points: FloatArray) -> list[Municipality]:
    """Return the municipalities that have DIDs in a file, those that hold most of `points` first."""
    try:
        features, _ = read_features(path)
    except CitySimError:
        return []
    if column not in features.table.columns:
        return []
    counts: Counter[str] = Counter()
    for name, n in zip(_column(features.table, column), _points_inside(features.shapes, points), strict=True):
        counts[name] += int(n)
    return [Municipality(name, "", {column: name}, n) for name, n in counts.most_common()]


def _column(table: pd.DataFrame, column: str) -> list[str]:
    return [str(v) for v in table[column]]


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
