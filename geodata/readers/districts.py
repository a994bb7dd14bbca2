"""Owns districts from polygons (学区, 地区): each cell gets the one that holds the largest share of its area."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.district_names import plain_name
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.records import file_record
from geodata.readers.rows import matching, read_features, require_columns
from geodata.readers.tables import ROW, at, listed, note
from geodata.reading import ReaderInfo, Reading
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from geodata.config.fitting import DistrictsConfig
    from geodata.population import PopulationCells
    from geodata.units import FloatArray, IntArray

READER = ReaderInfo(
    "districts",
    Text("地区（学区など）のポリゴン", "district polygons"),
    "国土数値情報 A27 小学校区 製品仕様書 第1.0–3.0版（2010, 2016, 2021, 2023 年度）の属性、または任意のベクタファイル",
    verified=False,
)

NAME_COLUMNS = (
    "地区名",
    "学区名",
    "小学校区名",
    "小学校区",
    "中学校区",
    "校区名",
    "学校名",
    "名称",
    "地区",
    "学区",
    "校区",
    "町丁名",
    "町名",
    "S_NAME",
    "DISTRICT",
    "DISTRICT_NAME",
    "NAME",
    "NAMAE",
    "LABEL",
)
"""Headings of a name, best first; compared without case and width."""

_SCHOOL = ("小学校", "中学校", "学校", "学園", "学区", "校区", "小", "中")
_MOST = 0.5


def read_districts(
    config: DistrictsConfig, find: Callable[[str], Path], population: PopulationCells
) -> Reading[PopulationCells]:
    """
    Return the cells with districts taken from polygons.

    A cell belongs to the district that holds the largest share of its area (of equal shares, the first in the file);
    a cell outside all of them to none, or to the nearest where ``outside: nearest`` is written.

    Parameters
    ----------
    config
        File, layer, column of the name, rows to keep.
    find
        Turns a path of the configuration into one on disk.
    population
        Cells, whose persons stay as they are.

    Returns
    -------
    reading
        The same cells; districts in the order of the file; warnings about cells and districts without partner.

    Raises
    ------
    DataError
        If the file has no polygons, or no column that could be the name.
    """
    path = find(config.path)
    features, problems = read_features(path, config.layer)
    n_read = len(features.shapes)
    kept = np.flatnonzero(matching(features.table, config.where, path.name))
    table = features.table.iloc[kept].reset_index(drop=True)
    column, more = _name_column(config, table, path.name)
    problems = [*problems, *more]
    names, polygons, more = _polygons(table, [features.shapes[i] for i in kept], column, path.name)
    problems += more
    problems += _overlaps(names, polygons, path.name)
    order = list(dict.fromkeys(names))
    owner = np.array([order.index(n) for n in names], dtype=np.int32)
    district = largest_share(population.polygon_lonlat, polygons, owner)
    outside = district < 0
    if config.outside == "nearest" and outside.any():
        district = np.where(outside, _nearest(population, polygons, owner), district).astype(np.int32)
    problems += _findings(config, population, order, district, outside, path.name)
    ids = text_array(order)
    value = replace(
        population, district=district, district_id=ids, district_name=ids.copy(), district_name_en=ids.copy()
    )
    return Reading(
        value,
        tuple(problems),
        (file_record(path, READER, n_read, len(polygons)),),
        {"districts": len(order), "cells_without_district": int((district < 0).sum())},
    )


def largest_share(cells: np.ndarray[Any, Any], polygons: np.ndarray[Any, Any], owner: IntArray) -> IntArray:
    """
    Return cell → owner of the polygons that hold the largest share of its area, −1 = outside all, shape (C,).

    Parameters
    ----------
    cells, polygons
        Outlines in the same system, shapes (C,), (P,).
    owner
        polygon → district, shape (P,); polygons of one district are summed.
    """
    tree = shapely.STRtree(cells)
    shapely.prepare(polygons)
    poly, cell = tree.query(polygons, predicate="intersects")
    inside = shapely.covers(polygons[poly], cells[cell])
    area = np.where(inside, shapely.area(cells[cell]), 0.0)
    border = np.flatnonzero(~inside)
    area[border] = shapely.area(shapely.intersection(polygons[poly[border]], cells[cell[border]]))
    n_owners = int(owner.max(initial=-1)) + 1
    key, back = np.unique(cell.astype(np.int64) * n_owners + owner[poly], return_inverse=True)
    held = np.bincount(back, weights=area, minlength=len(key))
    best = np.full(len(cells), -1, dtype=np.int32)
    ranked = np.lexsort((key % n_owners, -np.round(held, 15), key // n_owners))[::-1]  # best of a cell is written last
    ranked = ranked[held[ranked] > 0]
    best[key[ranked] // n_owners] = key[ranked] % n_owners
    return best


def _name_column(config: DistrictsConfig, table: pd.DataFrame, name: str) -> tuple[str, list[Problem]]:
    if config.name is not None:
        require_columns(table, [config.name], name)
        return config.name, []
    columns = [str(c) for c in table.columns if c != ROW]
    by_plain = {plain_name(c).upper(): c for c in columns}
    found = [by_plain[plain_name(wanted).upper()] for wanted in NAME_COLUMNS if plain_name(wanted).upper() in by_plain]
    schools = [c for c in columns if c.upper().startswith("A27") and _mean_ends(table[c]) > _MOST]
    texts = [c for c in columns if (table[c] != "").all() and not table[c].str.fullmatch(r"[\d.\-]*").any()]
    guess = next(iter([*schools, *found]), texts[0] if len(texts) == 1 else None)
    if guess is None:
        raise DataError(
            error(
                "districts.name",
                name,
                Text(
                    f"地区名の列が分かりません（列: {', '.join(columns)}）",
                    f"which column is the name? ({', '.join(columns)})",
                ),
                Text("districts: の name: に列名を書いてください", "write the column in name: of districts:"),
            ),
        )
    told = note(
        "districts.guessed",
        name,
        Text(f"地区名の列を {guess} とみなしました（例: {table[guess].iloc[0]}）", f"took {guess} for the name"),
        Text("違うときは name: に列名を書いてください", "write name: where that is wrong"),
    )
    return guess, [told]


def _mean_ends(values: pd.Series[str]) -> float:
    return float(values.str.endswith(_SCHOOL).mean())


def _polygons(
    table: pd.DataFrame, shapes: list[Any], column: str, name: str
) -> tuple[list[str], np.ndarray[Any, Any], list[Problem]]:
    """Return names and valid polygons; what is no polygon or has no name is left out and told."""
    areal = np.array([shape.geom_type in {"Polygon", "MultiPolygon"} for shape in shapes], dtype=bool)
    named = (table[column] != "").to_numpy()
    kept = np.flatnonzero(areal & named)
    problems: list[Problem] = []
    if not len(kept):
        raise DataError(
            error(
                "districts.no_polygon",
                name,
                Text("名前のあるポリゴンがありません", "there is no polygon with a name"),
                Text("点ではなく区域（ポリゴン）のファイルを指定してください", "give the file of areas, not of points"),
            ),
        )
    for flags, code, ja, en in (
        (
            ~areal,
            "districts.not_polygon",
            "ポリゴンではない図形は使いません",
            "shapes that are no polygons are not used",
        ),
        (areal & ~named, "districts.no_name", "名前のないポリゴンは使いません", "polygons without a name are not used"),
    ):
        if flags.any():
            row = table[ROW].iloc[int(np.flatnonzero(flags)[0])]
            hint = Text("ポリゴンの形と名前の列を確かめてください", "check the shapes and the column of the name")
            problems.append(warning(code, at(name, row), Text(ja, en), hint, int(flags.sum())))
    polygons = np.array([shapes[i] for i in kept], dtype=object)
    broken = ~shapely.is_valid(polygons)
    if broken.any():
        polygons[broken] = shapely.make_valid(polygons[broken])
        row = table[ROW].iloc[int(kept[np.flatnonzero(broken)[0]])]
        problems.append(
            warning(
                "districts.repaired",
                at(name, row),
                Text("自己交差などのあるポリゴンを直して使います", "polygons that cross themselves were mended"),
                count=int(broken.sum()),
            ),
        )
    return [str(table[column].iloc[i]).strip() for i in kept], polygons, problems


def _overlaps(names: list[str], polygons: np.ndarray[Any, Any], name: str) -> list[Problem]:
    """Return a warning about districts of which one lies to a large part in another."""
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = [(a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True) if a < b and names[a] != names[b]]
    if not pairs:
        return []
    one, other = (polygons[[p[k] for p in pairs]] for k in (0, 1))
    smaller = np.minimum(shapely.area(one), shapely.area(other))
    large = np.flatnonzero(shapely.area(shapely.intersection(one, other)) > _MOST * smaller)
    if not len(large):
        return []
    said = listed([f"{names[pairs[n][0]]}・{names[pairs[n][1]]}" for n in large])
    return [
        warning(
            "districts.overlap",
            name,
            Text(f"大きく重なる地区があります: {said}", f"districts overlap to a large part: {said}"),
            Text(
                "セルは重なりの広い地区（同じなら先の地区）に入れました。ポリゴンを確かめてください",
                "cells went to the one that holds more of them, or else the first; check the polygons",
            ),
            len(large),
        ),
    ]


def _nearest(population: PopulationCells, polygons: np.ndarray[Any, Any], owner: IntArray) -> IntArray:
    tree = shapely.STRtree(polygons)
    return owner[tree.nearest(shapely.points(population.lonlat))].astype(np.int32)


def _findings(
    config: DistrictsConfig,
    population: PopulationCells,
    names: list[str],
    district: IntArray,
    outside: FloatArray | Any,
    name: str,
) -> list[Problem]:
    problems = []
    if outside.any():
        persons = float(population.total[outside].sum())
        nearest = config.outside == "nearest"
        problems.append(
            warning(
                "districts.outside",
                name,
                Text(
                    f"どの地区にも入らないセルがあります（{persons:,.0f} 人）。"
                    + ("最寄りの地区に入れました" if nearest else "地区なしとして扱います"),
                    f"cells outside all districts ({persons:,.0f} persons): "
                    + ("given to the nearest" if nearest else "they have none"),
                ),
                Text(
                    "最寄りの地区に入れるには outside: nearest と書きます", "outside: nearest gives them to the nearest"
                ),
                int(outside.sum()),
            ),
        )
    empty = [n for i, n in enumerate(names) if not (district == i).any()]
    if empty:
        problems.append(
            warning(
                "districts.empty",
                name,
                Text(
                    f"セルが 1 つも入らない地区があります: {'、'.join(empty[:5])}",
                    f"districts that hold no cell: {', '.join(empty[:5])}",
                ),
                Text("都市の範囲外の地区なら where: で絞れます", "where: leaves out districts of other cities"),
                len(empty),
            ),
        )
    return problems
