"""Owns the areas of 国土数値情報 as zones: municipality, school districts, flood, landslide, location plans."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.boundaries import zone_of
from geodata.errors import DataError, Problem, Text, error
from geodata.readers.ksj_tables import AREAL, Findings, KsjRows, code, folded, inside, skipped
from geodata.readers.tables import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.boundaries import Zone
    from geodata.units import BoolArray

    Key = tuple[str, str, Text]  # id, kind, name
    KeyOf = Callable[[KsjRows], list[Key | None] | None]

_NO_OWNER = "所属未定地"
_CITY_DIGITS = 5
_SAME_CITY_SHARE = 0.5

_DEPTHS: dict[str, str] = {
    "1": "0〜0.5 m",
    "2": "0.5〜3 m",
    "3": "3〜5 m",
    "4": "5〜10 m",
    "5": "10〜20 m",
    "6": "20 m〜",
    "11": "0〜0.5 m",
    "12": "0.5〜1 m",
    "13": "1〜2 m",
    "14": "2〜5 m",
    "15": "5 m〜",
    "21": "0〜0.5 m",
    "22": "0.5〜1 m",
    "23": "1〜2 m",
    "24": "2〜3 m",
    "25": "3〜4 m",
    "26": "4〜5 m",
    "27": "5 m〜",
}
"""浸水深ランク: 1–6 of A31-19 and later, 11–15 and 21–27 of A31-12."""

_FLOOD_COLUMNS = (("max", ("A31a_205", "A31_205")), ("plan", ("A31a_105", "A31_105")))
_FLOOD_COLUMNS_2019 = (("max", "A31_201"), ("plan", "A31_101"))
_FLOOD_NAMES = {"max": Text("想定最大規模", "largest assumed"), "plan": Text("計画規模", "planned scale")}

_PHENOMENA = {
    "1": Text("急傾斜地の崩壊", "slope failure"),
    "2": Text("土石流", "debris flow"),
    "3": Text("地すべり", "landslide"),
}
_WARNINGS = {
    "1": Text("警戒区域", "warning zone"),
    "2": Text("特別警戒区域", "special warning zone"),
    "3": Text("警戒区域（指定前）", "warning zone, not yet designated"),
    "4": Text("特別警戒区域（指定前）", "special warning zone, not yet designated"),
}
_PLAN_AREAS = {
    "1": ("location_plan", Text("立地適正化計画区域", "location plan area")),
    "2": ("residential_guidance", Text("居住誘導区域", "residential guidance area")),
    "3": ("urban_function", Text("都市機能誘導区域", "urban function area")),
}


def read_zones(
    dataset: str, layers: Sequence[KsjRows], epsg: int | None, outline: BaseGeometry | None, found: Findings
) -> tuple[tuple[Zone, ...], int]:
    """
    Return the areas of a dataset, parts of one area put together and cut at the outline, and how many rows stand in it.

    Raises
    ------
    DataError
        If no layer has the columns of the dataset, or nothing lies in the outline.
    """
    keys_of: KeyOf = {"A27": _districts, "A31": _floods, "A33": _landslides, "A50": _plans}[dataset]
    parts: dict[Key, list[BaseGeometry]] = defaultdict(list)
    used, kept, outside = 0, 0, 0
    for rows in layers:
        areas = rows.only(AREAL)
        keys = keys_of(areas) if areas.shapes else None
        if keys is None:
            found.problems.append(skipped(rows.where, Text("面のデータではないため使いません", "not used: no areas")))
            continue
        used += 1
        here = inside(areas, outline)
        outside += int((~here).sum())
        unknown = sum(key is None for key, near in zip(keys, here, strict=True) if near)
        found.left_out(
            "ksj.unknown_code", rows.where, Text("区分コードが分からない面", "areas of an unknown code"), unknown
        )
        for key, shape, near in zip(keys, areas.shapes, here, strict=True):
            if near and key is not None:
                parts[key].append(shape)
                kept += 1
    if not used:
        raise DataError(_no_columns(dataset, layers))
    if not parts and outside:
        raise DataError(_nothing_here(dataset, layers[0].where, outside))
    found.counts["ksj_outside"] = found.counts.get("ksj_outside", 0) + outside
    zones = [
        zone_of(zone_id, kind, name, shape, epsg)
        for (zone_id, kind, name), shapes in sorted(parts.items())
        if not (shape := _cut(shapely.union_all(shapes), outline)).is_empty
    ]
    found.counts["zones"] = len(zones)
    return tuple(zones), kept


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
    found.counts |= {"zones": 1, "municipality_parts": len(rows.shapes)}
    return (zone,), edge, len(rows.shapes)


def _municipal_rows(layers: Sequence[KsjRows]) -> KsjRows:
    usable = [rows.only(AREAL) for rows in layers if rows.has("N03_004", "N03_007")]
    usable = [rows for rows in usable if any(rows.column("N03_004"))]
    if not usable:
        raise DataError(_no_columns("N03", layers))
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


def _districts(rows: KsjRows) -> list[Key | None] | None:
    """A27: the columns of the areas are 005–008 in A27-10 and A27-16, 001–005 with a school code since A27-21."""
    if rows.has("A27_007"):
        owner, name, ids = rows.column("A27_006"), rows.column("A27_007"), rows.column("A27_005")
    elif rows.has("A27_005"):
        owner, name, ids = rows.column("A27_002"), rows.column("A27_004"), rows.column("A27_003")
    elif rows.has("A27_003"):
        owner, name, ids = rows.column("A27_002"), rows.column("A27_003"), rows.column("A27_001")
    else:
        return None
    return [
        (f"A27-{i}-{n}" if i else f"A27-{o}{n}", "school_district", Text(n or o, n or o)) if n or o else None
        for i, o, n in zip(ids, owner, name, strict=True)
    ]


def _floods(rows: KsjRows) -> list[Key | None] | None:
    picked = next(((s, c) for s, columns in _FLOOD_COLUMNS for c in columns if rows.has(c)), None)
    picked = picked or next(((s, c) for s, c in _FLOOD_COLUMNS_2019 if rows.has(c)), None)
    if picked is None and rows.has("A31_001"):
        picked = ("plan", "A31_001")
    if picked is None:
        return None
    scale, column = picked
    return [_flood_key(scale, code(rank)) for rank in rows.column(column)]


def _flood_key(scale: str, rank: str) -> Key | None:
    depth = _DEPTHS.get(rank)
    if depth is None:
        return None
    name = _FLOOD_NAMES[scale]
    return f"A31-{scale}-{rank}", "flood", Text(f"浸水深 {depth}（{name.ja}）", f"flood depth {depth} ({name.en})")


def _landslides(rows: KsjRows) -> list[Key | None] | None:
    if not rows.has("A33_001", "A33_002"):
        return None
    return [
        (
            f"A33-{code(p)}-{code(w)}",
            "landslide",
            Text(
                f"{_PHENOMENA[code(p)].ja} {_WARNINGS[code(w)].ja}",
                f"{_PHENOMENA[code(p)].en}, {_WARNINGS[code(w)].en}",
            ),
        )
        if code(p) in _PHENOMENA and code(w) in _WARNINGS
        else None
        for p, w in zip(rows.column("A33_001"), rows.column("A33_002"), strict=True)
    ]


def _plans(rows: KsjRows) -> list[Key | None] | None:
    if not rows.has("A50_006"):
        return None
    texts = list(zip(*(rows.column(c) for c in rows.table.columns if str(c).startswith("A50_")), strict=True))
    return [_plan_key(code(c), values) for c, values in zip(rows.column("A50_006"), texts, strict=True)]


def _plan_key(area: str, values: tuple[str, ...]) -> Key | None:
    """Return the kind of area by its name where a column holds it, else by its code."""
    for number, (kind, name) in _PLAN_AREAS.items():
        if name.ja in values:
            return f"A50-{number}", kind, name
    found = _PLAN_AREAS.get(area)
    return None if found is None else (f"A50-{area}", *found)


def _cut(shape: BaseGeometry, outline: BaseGeometry | None) -> BaseGeometry:
    """Return the part of an area in the outline, areas alone."""
    if outline is None:
        return shape
    parts = shapely.get_parts(shapely.intersection(shape, outline))
    return shapely.union_all([p for p in parts if p.geom_type in AREAL])


def _no_columns(dataset: str, layers: Sequence[KsjRows]) -> Problem:
    shown = listed([c for rows in layers for c in rows.table.columns if not str(c).startswith("__")], 10)
    return error(
        "ksj.columns",
        layers[0].where,
        Text(
            f"{dataset} の面の列がありません（ある: {shown}）", f"no columns of areas of {dataset} (there are: {shown})"
        ),
        Text("提供元から面（ポリゴン）の版を取り直してください", "get the edition with polygons from the publisher"),
    )


def _nothing_here(dataset: str, where: str, count: int) -> Problem:
    return error(
        "ksj.elsewhere",
        where,
        Text(f"{dataset} の {count} 件はすべて市域の外です", f"all {count} rows of {dataset} lie outside the city"),
        Text("都道府県のファイルを間違えていないか確かめてください", "see that it is the file of the right prefecture"),
    )


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
