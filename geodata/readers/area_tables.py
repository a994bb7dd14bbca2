"""Owns the people of small areas: rows of tables joined to polygons, suppressed figures shared out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.band_labels import OPEN_AGE, BandPlan, band_of
from geodata.readers.estat_findings import FILE, settled_findings
from geodata.readers.estat_tables import (
    GIVEN_TO,
    RECEIVED,
    EstatTable,
    estat_numbers,
    given_codes,
    key_column,
    plain_codes,
    read_estat_tables,
)
from geodata.readers.mesh_cells import merged_names
from geodata.readers.people_columns import choose_plan
from geodata.readers.suppression import Settled, settle
from geodata.readers.tables import ROW, at, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.config.population import SmallArea
    from geodata.population import AgeBand
    from geodata.readers.area_polygons import Areas
    from geodata.readers.suppression import IndexArray
    from geodata.units import BoolArray, FloatArray

_SHARED = Text(
    "秘匿（X）で合算された区域の人は、合算先の値を境界データの人口の比で分けた試算です",
    "figures of areas published together (秘匿) are modelled: shared out by the people of the polygons",
)


@dataclass(frozen=True, slots=True, eq=False)
class CountedAreas:
    """People by area and age: `rows`: tables the rows came from; `used`: of those that match an area."""

    bands: tuple[AgeBand, ...]
    persons: FloatArray
    settled: Settled
    tables: tuple[EstatTable, ...]
    rows: list[str]
    used: list[str]


def count_people(config: SmallArea, areas: Areas, paths: Sequence[Path]) -> tuple[CountedAreas, list[Problem]]:
    """
    Return people by area and age, from the table where there is one, else from the polygons.

    Parameters
    ----------
    config
        Columns of the table, or of the polygons.
    areas
        The areas of the city.
    paths
        Tables, none = figures of the polygons.

    Raises
    ------
    DataError
        If no row fits an area, or nothing tells the people.
    """
    if not paths:
        if not areas.has_persons:
            raise DataError(_no_persons(areas.name))
        return _from_polygons(config, areas)
    problems: list[Problem] = []
    tables: list[EstatTable] = []
    for path in paths:
        found, more = read_estat_tables(path)
        tables += found
        problems += more
    plan, more = choose_plan(tables[0].labels, config.persons, config.bands, tables[0].name)
    problems += more
    frame = _rows(config, tables, plan)
    at_area = pd.Index(areas.code).get_indexer(pd.Index(frame["code"]))
    problems += _unmatched(frame, at_area, areas, plan)
    problems += _twice(frame[at_area >= 0], plan)
    kept = frame[at_area >= 0].assign(area=at_area[at_area >= 0]).set_index("area")
    kept = kept[~kept.index.duplicated()]
    settled, more = _settled(kept, plan, areas)
    problems += more
    name = merged_names([t.name for t in tables])
    problems += settled_findings(settled, name, plan, _SHARED)
    used = kept[FILE].tolist()
    counted = CountedAreas(plan.bands, settled.persons, settled, tuple(tables), frame[FILE].tolist(), used)
    return counted, problems


def _twice(frame: pd.DataFrame, plan: BandPlan) -> list[Problem]:
    """Return the warning on areas that stand in several rows of a file with different figures; copies are one row."""
    several = frame.drop_duplicates([FILE, "code", *(c for c in plan.columns if c in frame)])
    again = several[several.duplicated([FILE, "code"])]
    if not len(again):
        return []
    codes = listed(again["code"].tolist())
    return [
        warning(
            "small_area.duplicate_row",
            at(str(again[FILE].iloc[0]), again[ROW].iloc[0]),
            Text(
                f"同じコードの行が違う値で二度あります。最初の行を使います: {codes}",
                f"rows of one code have different figures, the first is used: {codes}",
            ),
            Text("どちらが正しいか確かめ、片方の行を消してください", "see which is right and delete the other row"),
            len(again),
        ),
    ]


def _from_polygons(config: SmallArea, areas: Areas) -> tuple[CountedAreas, list[Problem]]:
    columns = {c: areas.figures[c] for c in areas.figures}
    problems: list[Problem] = []
    plan = BandPlan((band_of(0, OPEN_AGE),), (), (), whole=True)
    persons = areas.persons[:, None]
    if any(b.column is not None for b in config.bands):
        plan, problems = choose_plan({c: c for c in columns}, None, config.bands, areas.name)
        persons = plan.persons(columns)
    total = areas.persons if config.persons or not columns else plan.totals(columns)
    settled = settle(total, persons, np.arange(len(total)), areas.persons)
    return CountedAreas(plan.bands, settled.persons, settled, (), [], []), problems


def _rows(config: SmallArea, tables: Sequence[EstatTable], plan: BandPlan) -> pd.DataFrame:
    parts = []
    for table in tables:
        key = key_column(table.frame, config.code, table.name)
        part = pd.DataFrame({"code": plain_codes(table.frame[key]), FILE: table.name, ROW: table.frame[ROW]})
        for mark in (GIVEN_TO, RECEIVED, "HYOSYO"):
            part[mark] = table.frame.get(mark, "")
        for column in plan.columns:
            if column in table.frame:
                part[column], _ = estat_numbers(table.frame, column, table.name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _settled(kept: pd.DataFrame, plan: BandPlan, areas: Areas) -> tuple[Settled, list[Problem]]:
    """Share out suppressed figures over all areas; an area without a row counts its people of the polygons."""
    n = len(areas.code)
    figures = kept.reindex(np.arange(n))
    columns = {c: figures[c].to_numpy(dtype=np.float64) for c in plan.columns}
    total, ages = plan.totals(columns), plan.persons(columns)
    rowless = figures["code"].isna().to_numpy()
    total[rowless] = np.nan_to_num(areas.persons[rowless])
    ages = np.where((ages < 0) | np.isnan(total)[:, None] | rowless[:, None], np.nan, ages)
    receiver = _receivers(figures, areas)
    lost = (given_codes(figures[GIVEN_TO]) != "").to_numpy() & (receiver == np.arange(n)) & np.isnan(total)
    total[lost] = areas.persons[lost]
    # A receiving area carries the total of its whole group here; the polygons tell how it divides.
    settled = settle(total, ages, receiver, areas.persons)
    return settled, [_carried_nowhere(kept, areas, lost)] if lost.any() else []


def _carried_nowhere(kept: pd.DataFrame, areas: Areas, lost: BoolArray) -> Problem:
    row = kept.loc[[int(np.flatnonzero(lost)[0])]].iloc[0]
    people = float(np.nansum(areas.persons[lost]))
    return warning(
        "small_area.receiver_missing",
        at(str(row[FILE]), int(row[ROW])),
        Text(
            f"合算先 {row[GIVEN_TO]} が見つからない区域は、境界データの人口 {people:,.0f} 人を使います",
            f"areas carried by none ({row[GIVEN_TO]} is not there) count the {people:,.0f} persons of their polygons",
        ),
        Text(
            "合算先の区域を含むファイルと境界データを加えてください",
            "add the files that hold the areas they are carried by",
        ),
        count=int(lost.sum()),
    )


def _receivers(figures: pd.DataFrame, areas: Areas) -> IndexArray:
    """Return area → index of the area that carries its figures; HTKSAKI holds the code within the municipality."""
    index = pd.Index(areas.code)
    receiver = np.arange(len(areas.code), dtype=np.int64)
    given = given_codes(figures[GIVEN_TO])
    for row in np.flatnonzero((given != "").to_numpy()):
        own, target = str(areas.code[row]), str(given.iloc[row])
        candidates = [target, own[:5] + target, own[:5] + target.zfill(4), own[:5] + target.zfill(6)]
        found = index.get_indexer(pd.Index(candidates))
        hits = found[found >= 0]
        if len(hits):
            receiver[row] = hits[0]
    return receiver


def _unmatched(frame: pd.DataFrame, at_area: IndexArray, areas: Areas, plan: BandPlan) -> list[Problem]:
    """Return what to tell about rows without a polygon and polygons without a row."""
    problems: list[Problem] = []
    persons = plan.totals({c: frame[c].to_numpy(dtype=np.float64) for c in plan.columns})
    without = _leaf_rows(frame, at_area, areas)
    lost = float(np.nansum(persons[without]))
    if without.any() and lost:
        example = listed(frame["code"][without].tolist())
        problems.append(
            warning(
                "small_area.row_without_polygon",
                merged_names(frame[FILE][without].tolist()),
                Text(
                    f"境界のない行の {lost:,.0f} 人は数えません（例: {example}）",
                    f"{lost:,.0f} persons of rows without a polygon are not counted (such as {example})",
                ),
                Text("同じ年の境界データか確かめてください", "check that the boundaries are of the same year"),
                count=int(without.sum()),
            ),
        )
    rowless = np.ones(len(areas.code), dtype=np.bool_)
    rowless[at_area[at_area >= 0]] = False
    if rowless.any():
        people = float(np.nansum(areas.persons[rowless]))
        problems.append(
            warning(
                "small_area.polygon_without_row",
                areas.name,
                Text(
                    f"表に行のない区域は、境界データの人口 {people:,.0f} 人を使います（年齢は全体の構成）",
                    f"areas without a row in the table count the {people:,.0f} persons of their polygons",
                ),
                Text(
                    "同じ年・同じ都道府県の表か確かめてください",
                    "check that the table is of the same year and prefecture",
                ),
                count=int(rowless.sum()),
            ),
        )
    if rowless.all():
        raise DataError(_no_match(frame, areas))
    return problems


def _leaf_rows(frame: pd.DataFrame, at_area: IndexArray, areas: Areas) -> BoolArray:
    """Return rows of the areas' own municipalities that match none and are no sum of others (市区町村計, 町丁計)."""
    towns = {str(c)[:5] for c in areas.code}
    codes = sorted({str(c) for c in frame["code"]} | {str(c) for c in areas.code})
    following = dict(pairwise(codes))
    is_sum = frame["code"].map(lambda c: following.get(c, "").startswith(c) and following.get(c, "") != c)
    mine = frame["code"].str[:5].isin(towns)
    return np.asarray((at_area < 0) & mine.to_numpy() & ~is_sum.to_numpy(), dtype=np.bool_)


def _no_persons(name: str) -> Problem:
    return error(
        "population.no_people",
        name,
        Text("境界データに人口の列（JINKO）がありません", "the boundaries have no column of people (JINKO)"),
        Text(
            "table: に年齢別人口の表を書くか、persons: に列名を書いてください",
            "give the table in table:, or the column in persons:",
        ),
    )


def _no_match(frame: pd.DataFrame, areas: Areas) -> Problem:
    ja = f"表のコード（例 {frame['code'].iloc[0]}）と境界のコード（例 {areas.code[0]}）が一つも合いません"
    en = f"no code of the table (such as {frame['code'].iloc[0]}) is one of the polygons (such as {areas.code[0]})"
    return error(
        "small_area.no_match",
        areas.name,
        Text(ja, en),
        Text("同じ調査年・同じ都道府県のファイルをそろえてください", "give files of the same census and prefecture"),
    )
