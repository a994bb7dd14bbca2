"""Owns the areas of 国土数値情報 as zones: school districts, flood, landslide, location plans."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import shapely

from geodata.boundaries import zone_of
from geodata.errors import DataError, Problem, Text, error
from geodata.readers.ksj_tables import AREAL, Findings, KsjRows, code, elsewhere, inside, skipped
from geodata.readers.tables import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.boundaries import Zone

    Key = tuple[str, str, Text]  # id, kind, name
    KeyOf = Callable[[KsjRows], list[Key | None] | None]

_NEEDED = {
    "A27": "A27_003・A27_005・A27_007",
    "A31": "A31a_205・A31_205・A31_201・A31_001",
    "A33": "A33_001, A33_002",
    "A50": "A50_006",
    "N03": "N03_001…N03_007",
}
"""Dataset → the columns that its areas are told by; those with ・ are of one edition each."""
_NO_AREAS = Text("面のデータではないため使いません", "not used: no areas")
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
            found.problems.append(skipped(rows.where, _NO_AREAS, len(rows.shapes)))
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
        raise DataError(no_columns(dataset, layers))
    if not parts and outside:
        raise DataError(elsewhere(dataset, layers[0].where, outside))
    found.outside(dataset, layers[0].where, outside)
    zones = [
        zone_of(zone_id, kind, name, shape, epsg)
        for (zone_id, kind, name), shapes in sorted(parts.items())
        if not (shape := _cut(shapely.union_all(shapes), outline)).is_empty
    ]
    found.counts[f"{dataset}_zones"] = len(zones)
    return tuple(zones), kept


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


def no_columns(dataset: str, layers: Sequence[KsjRows]) -> Problem:
    """Return the error for layers without the columns of the areas of a dataset."""
    needed = _NEEDED[dataset]
    shown = listed([c for rows in layers for c in rows.table.columns if not str(c).startswith("__")], 10)
    return error(
        "ksj.columns",
        layers[0].where,
        Text(
            f"{dataset} の列 {needed} のある面がありません（ある列: {shown}）",
            f"no areas with the column {needed} of {dataset} (there are: {shown})",
        ),
        Text(
            "列を消さず、提供元の面（ポリゴン）の版をそのまま使ってください",
            "use the edition with polygons as published, with all its columns",
        ),
    )
