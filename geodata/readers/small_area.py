"""Owns the census by small area (小地域, 町丁・字等): polygons and tables of e-Stat → population cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.area_pieces import cut_areas
from geodata.readers.area_polygons import Areas, read_areas
from geodata.readers.band_labels import OPEN_AGE, BandPlan, band_of
from geodata.readers.estat_mesh import ages_conflict, lost_totals, no_ages, unknown_age
from geodata.readers.estat_tables import (
    GIVEN_TO,
    RECEIVED,
    EstatTable,
    census_year,
    estat_numbers,
    key_column,
    plain_codes,
    read_estat_tables,
    year_missing,
)
from geodata.readers.mesh_cells import make_cells, merged_names
from geodata.readers.people_columns import choose_plan, in_wanted_bands
from geodata.readers.population_reading import PeopleReading, by_file
from geodata.readers.suppression import Settled, settle
from geodata.readers.tables import ROW, listed, note
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.config.population import SmallArea
    from geodata.population import AgeBand
    from geodata.readers.suppression import IndexArray
    from geodata.units import BoolArray, FloatArray

READERS = (
    ReaderInfo(
        "small_area_polygons",
        Text("国勢調査 小地域 境界データ（e-Stat）", "census small areas, boundaries (e-Stat)"),
        "総務省統計局 統計地理情報システム 境界データ 小地域 A002005212015, A002005212020: KEY_CODE, HCODE, JINKO",
        verified=False,
    ),
    ReaderInfo(
        "small_area_table",
        Text("国勢調査 小地域集計（e-Stat）", "census small areas, table (e-Stat)"),
        "総務省統計局 統計地理情報システム データ定義 T000849 (2015), T001082 (2020): 2 header rows, cp932",
        verified=False,
    ),
)

_FILE = "__file"


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """People by area and age: `rows`: tables the rows came from; `used`: of those that match an area."""

    bands: tuple[AgeBand, ...]
    persons: FloatArray
    settled: Settled
    tables: tuple[EstatTable, ...]
    rows: list[str]
    used: list[str]


def read_small_area(
    config: SmallArea,
    find: Callable[[str], Path],
    epsg: int | None,
    *,
    outline: BaseGeometry | None,
    progress: Callable[[float], None] | None = None,
) -> PeopleReading:
    """
    Read people by 町丁・字等, cut along the mesh of `cell_m` and spread by area within each area.

    Parts of one area (飛び地, KIGO_E) are one area; water without people (HCODE 8154) is left out. Areas whose middle
    lies outside the outline are left out and told.

    Parameters
    ----------
    config
        Which files, columns and cell size.
    find
        Path as written → path on disk.
    epsg
        Plane system; None = by the place.
    outline
        The municipality in degrees, or None.
    progress
        Called with the share done.

    Returns
    -------
    reading
        Pieces of areas sorted by id (``KEY_CODE-mesh``); the people of each area are kept to 0.01.
    """
    paths = [find(p) for p in config.boundaries]
    tables_at = [find(p) for p in config.table or ()]
    areas, problems = read_areas(config, paths)
    areas, more = _clipped(areas, outline)
    problems += more
    if progress is not None:
        progress(0.4)
    counted, more = _counted(config, areas, tables_at)
    problems += more
    bands, persons = in_wanted_bands(counted.bands, counted.persons, config.bands, "population.bands")
    year = config.year or census_year(counted.tables, [*tables_at, *paths])
    if year is None:
        raise DataError(year_missing(areas.name))
    if progress is not None:
        progress(0.6)
    pieces = cut_areas(areas, persons, config.cell_m)
    population, plane = make_cells(
        pieces.piece_id,
        pieces.polygons,
        bands,
        pieces.persons,
        district=[areas.district[i] for i in pieces.area],
        epsg=epsg,
        year=year,
        base_date=config.base_date or dt.date(year, 10, 1),
    )
    if pieces.n_merged:
        problems.append(_slivers(areas.name, pieces.n_merged))
    files = by_file(paths, READERS[0], areas.rows_in, areas.rows_kept)
    files += by_file(tables_at, READERS[1], counted.rows, counted.used)
    return PeopleReading(
        population=population,
        epsg=plane,
        problems=tuple(problems),
        files=files,
        counts={"areas": len(areas.code), "area_parts": areas.n_parts},
        repairs={
            "small_area.parts_joined": areas.n_parts - len(areas.code),
            "small_area.slivers_merged": pieces.n_merged,
            "estat.suppressed_shared": int(counted.settled.shared.sum()),
            "estat.unknown_age_spread": round(counted.settled.unknown_age),
        },
    )


def _clipped(areas: Areas, outline: BaseGeometry | None) -> tuple[Areas, list[Problem]]:
    if outline is None:
        return areas, []
    shapely.prepare(outline)
    kept = np.asarray(shapely.contains(outline, shapely.point_on_surface(areas.polygons)), dtype=np.bool_)
    if kept.all():
        return areas, []
    persons = np.nan_to_num(areas.persons)
    if not kept.any():
        raise DataError(
            error(
                "population.nothing_inside",
                areas.name,
                Text("行政区域の中に小地域がありません", "no small area lies inside the municipality"),
                Text("ほかの地域のファイルではないか確かめてください", "check that the file is of this region"),
            ),
        )
    told = note(
        "population.clipped",
        areas.name,
        Text(
            f"行政区域の外の {int((~kept).sum()):,} 区域 {persons[~kept].sum():,.0f} 人は使いません",
            f"{int((~kept).sum()):,} areas with {persons[~kept].sum():,.0f} persons lie outside and are left out",
        ),
        count=int((~kept).sum()),
    )
    return areas.only(kept), [told]


def _counted(config: SmallArea, areas: Areas, paths: Sequence[Path]) -> tuple[_Counted, list[Problem]]:
    """Return people by area and age, from the table where there is one, else from the polygons."""
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
    kept = frame[at_area >= 0].assign(area=at_area[at_area >= 0]).set_index("area")
    kept = kept[~kept.index.duplicated()]
    settled, name = _settled(kept, plan, areas), merged_names([t.name for t in tables])
    problems += _told(settled, name, plan)
    used = kept[_FILE].tolist()
    counted = _Counted(plan.bands, settled.persons, settled, tuple(tables), frame[_FILE].tolist(), used)
    return counted, problems


def _from_polygons(config: SmallArea, areas: Areas) -> tuple[_Counted, list[Problem]]:
    columns = {c: areas.figures[c] for c in areas.figures}
    problems: list[Problem] = []
    plan = BandPlan((band_of(0, OPEN_AGE),), (), (), whole=True)
    persons = areas.persons[:, None]
    if any(b.column is not None for b in config.bands):
        plan, problems = choose_plan({c: c for c in columns}, None, config.bands, areas.name)
        persons = plan.persons(columns)
    total = areas.persons if config.persons or not columns else plan.totals(columns)
    settled = settle(total, persons, np.arange(len(total)), areas.persons)
    return _Counted(plan.bands, settled.persons, settled, (), [], []), problems


def _rows(config: SmallArea, tables: Sequence[EstatTable], plan: BandPlan) -> pd.DataFrame:
    parts = []
    for table in tables:
        key = key_column(table.frame, config.code, table.name)
        part = pd.DataFrame({"code": plain_codes(table.frame[key]), _FILE: table.name, ROW: table.frame[ROW]})
        for mark in (GIVEN_TO, RECEIVED, "HYOSYO"):
            part[mark] = table.frame.get(mark, "")
        for column in plan.columns:
            if column in table.frame:
                part[column], _ = estat_numbers(table.frame, column, table.name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _settled(kept: pd.DataFrame, plan: BandPlan, areas: Areas) -> Settled:
    """Share out suppressed figures over all areas; an area without a row counts its people of the polygons."""
    n = len(areas.code)
    figures = kept.reindex(np.arange(n))
    columns = {c: figures[c].to_numpy(dtype=np.float64) for c in plan.columns}
    total, ages = plan.totals(columns), plan.persons(columns)
    rowless = figures["code"].isna().to_numpy()
    total[rowless] = np.nan_to_num(areas.persons[rowless])
    ages = np.where((ages < 0) | np.isnan(total)[:, None] | rowless[:, None], np.nan, ages)
    receiver = _receivers(figures, areas)
    # A receiving area carries the total of its whole group here; the polygons tell how it divides.
    return settle(total, ages, receiver, areas.persons)


def _receivers(figures: pd.DataFrame, areas: Areas) -> IndexArray:
    """Return area → index of the area that carries its figures; HTKSAKI holds the code within the municipality."""
    index = pd.Index(areas.code)
    receiver = np.arange(len(areas.code), dtype=np.int64)
    given = plain_codes(figures[GIVEN_TO].fillna("").astype(str))
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
                merged_names(frame[_FILE][without].tolist()),
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


def _told(settled: Settled, name: str, plan: BandPlan) -> list[Problem]:
    problems: list[Problem] = []
    shared = int(settled.shared.sum())
    if shared:
        people = float(settled.total[settled.shared].sum())
        problems.append(
            note(
                "estat.suppressed_shared",
                name,
                Text(
                    f"秘匿（X）で合算された {shared:,} 区域 {people:,.0f} 人は、"
                    "合算先の値を境界データの人口の比で分けた試算です",
                    f"the figures of {shared:,} areas with {people:,.0f} persons, published together (秘匿), are "
                    "modelled: shared out by the people of the polygons",
                ),
                count=shared,
            ),
        )
    if settled.unknown_age > 0 and not plan.whole:
        problems.append(unknown_age(name, settled.unknown_age))
    for n, told in ((settled.n_no_ages, no_ages), (settled.n_lost, lost_totals), (settled.n_conflicts, ages_conflict)):
        if n:
            problems.append(told(name, n))
    return problems


def _slivers(name: str, n: int) -> Problem:
    return note(
        "small_area.slivers_merged",
        name,
        Text("小さすぎる切れ端を、同じ区域の隣の切れ端に合わせました", "slivers of cut areas were merged"),
        count=n,
    )


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
