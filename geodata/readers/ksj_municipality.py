"""Owns the municipality of N03: which of the rows are the city, in the old and the new way of writing wards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.boundaries import zone_of
from geodata.errors import DataError, Problem, Text, error
from geodata.readers.ksj_tables import AREAL, Findings, KsjRows, code, folded, inside
from geodata.readers.ksj_zones import no_columns
from geodata.readers.tables import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.boundaries import Zone
    from geodata.units import BoolArray

_NO_OWNER = "所属未定地"
_CITY_DIGITS = 5
_SAME_CITY_SHARE = 0.5


def read_municipality(
    layers: Sequence[KsjRows],
    wanted: str | None,
    epsg: int | None,
    outline: BaseGeometry | None,
    found: Findings,
) -> tuple[tuple[Zone, ...], BaseGeometry, int]:
    """
    Return the one municipality of N03 as a zone, and its outline.

    `wanted`: its name or code; else what ``where`` left, or what mostly lies in the `outline`, must be one.

    Raises
    ------
    DataError
        If it is not clear which municipality is meant.
    """
    rows = _municipal_rows(layers)
    owned = np.array([_NO_OWNER not in n for n in rows.column("N03_004")], dtype=np.bool_)
    found.left_out("ksj.no_owner", rows.where, Text("所属未定地", "land of no municipality"), int((~owned).sum()))
    rows = rows.kept(owned)
    cities = _cities(rows)
    if wanted is not None:
        mask = _named(rows, cities, wanted)
        if not mask.any():
            raise DataError(_not_among(rows.where, wanted, cities))
    elif outline is not None and len(set(cities)) > 1:
        mask = _mostly_inside(rows, outline)
    else:
        mask = np.ones(len(cities), dtype=np.bool_)
    chosen = [city for city, k in zip(cities, mask, strict=True) if k]
    if len(set(chosen)) != 1:
        raise DataError(_which_city(rows.where, sorted(set(chosen or cities))))
    rows = rows.kept(mask)
    edge = shapely.union_all(rows.shapes)
    codes = sorted({code(c) for c in rows.column("N03_007") if c})
    zone = zone_of(f"N03-{codes[0] if codes else chosen[0]}", "municipality", Text(chosen[0], chosen[0]), edge, epsg)
    found.counts |= {"N03_zones": 1, "N03_parts": len(rows.shapes)}
    return (zone,), edge, len(rows.shapes)


def _municipal_rows(layers: Sequence[KsjRows]) -> KsjRows:
    usable = [rows.only(AREAL) for rows in layers if rows.has("N03_004", "N03_007")]
    usable = [rows for rows in usable if any(rows.column("N03_004"))]
    if not usable:
        raise DataError(no_columns("N03", layers))
    # some editions hold the prefecture as one more layer; the one with the most rows is that of the municipalities
    return max(usable, key=lambda rows: len(rows.shapes))


def _cities(rows: KsjRows) -> list[str]:
    """Return the municipality of each row; wards belong to their city, in the old and the new way of writing them."""
    return [
        upper if upper.endswith("市") and name.endswith("区") else name
        for upper, name in zip(rows.column("N03_003"), rows.column("N03_004"), strict=True)
    ]


def _named(rows: KsjRows, cities: list[str], wanted: str) -> BoolArray:
    name = folded(wanted)
    if name.isdigit():
        codes = [code(c).zfill(_CITY_DIGITS) for c in rows.column("N03_007")]
        own = name.zfill(_CITY_DIGITS)[:_CITY_DIGITS]
        mask = np.array([c == own for c in codes], dtype=np.bool_)
        if mask.any():
            return mask
        # the code of a designated city itself: its wards follow it
        after = [(c, city) for c, city in zip(codes, cities, strict=True) if c[:3] == own[:3] and c > own]
        city = min(after, default=("", ""))[1]
        return np.array([own.endswith("0") and one == city for one in cities], dtype=np.bool_)
    prefectures, wards = rows.column("N03_001"), rows.column("N03_005")
    names = [
        {folded(p + c), folded(c), folded(n), folded(c + n), folded(w), folded(c + w)}
        for p, c, n, w in zip(prefectures, cities, rows.column("N03_004"), wards, strict=True)
    ]
    return np.array([name in some - {""} for some in names], dtype=np.bool_)


def _mostly_inside(rows: KsjRows, outline: BaseGeometry) -> BoolArray:
    shapes = np.array(rows.shapes, dtype=object)
    near = inside(rows, outline)
    share = np.zeros(len(shapes))
    share[near] = shapely.area(shapely.intersection(shapes[near], outline)) / shapely.area(shapes[near])
    found: BoolArray = share > _SAME_CITY_SHARE
    return found


def _which_city(where: str, cities: list[str]) -> Problem:
    names = listed(cities, 8)
    return error(
        "ksj.municipality",
        where,
        Text(f"市区町村が決まりません（ある: {names}）", f"it is not clear which municipality (there are: {names})"),
        Text("municipality: に市区町村名かコードを書いてください", "write its name or code as municipality:"),
    )


def _not_among(where: str, wanted: str, cities: list[str]) -> Problem:
    names = listed(sorted(set(cities)), 8)
    return error(
        "ksj.municipality",
        where,
        Text(f"{wanted!r} はありません（ある: {names}）", f"there is no {wanted!r} (there are: {names})"),
        Text("municipality: の名前かコードを直してください", "mend the name or code in municipality:"),
    )
