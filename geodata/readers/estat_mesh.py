"""Owns the census by mesh (地域メッシュ統計) as e-Stat publishes it → population cells of the city."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.mesh import SIZE_M
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
from geodata.readers.mesh_cells import check_codes, clipped, make_cells, merged_names, mesh_boxes
from geodata.readers.people_columns import choose_plan, in_wanted_bands
from geodata.readers.population_reading import PeopleReading, by_file
from geodata.readers.suppression import Settled, settle
from geodata.readers.tables import ROW, at, note
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.config.population import EstatMesh
    from geodata.readers.band_labels import BandPlan
    from geodata.readers.suppression import IndexArray
    from geodata.units import FloatArray, StrArray

READER = ReaderInfo(
    "estat_mesh",
    Text("国勢調査 地域メッシュ統計（e-Stat）", "census by mesh (e-Stat)"),
    "総務省統計局 統計地理情報システム データ定義 T000847 (2015), T001141・T001142 (2020): 2 header rows, cp932",
    verified=False,
)

_FILE = "__file"
_PREFECTURE = re.compile(r"T\d{6}[A-Z](\d{2})(?!\d)", re.IGNORECASE)
_LISTED = 20


@dataclass(frozen=True, slots=True, eq=False)
class _Mesh:
    """The chosen table of all files: rows by cell in order of code, and the figures in them."""

    frame: pd.DataFrame
    code: StrArray
    columns: dict[str, FloatArray]
    name: str


def read_estat_mesh(
    config: EstatMesh,
    find: Callable[[str], Path],
    epsg: int | None,
    *,
    outline: BaseGeometry | None,
    progress: Callable[[float], None] | None = None,
) -> PeopleReading:
    """
    Read people by mesh cell, with the ages the columns allow, clipped to the municipality.

    Ages of suppressed cells (HTKSYORI 2) are shared out of the cell that carries them, in proportion to the totals,
    which are published all the same; the totals of the file are kept to the person.

    Parameters
    ----------
    config
        Which files, columns and year.
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
        Cells sorted by code; what was done is told with its numbers.
    """
    paths = [find(p) for p in config.path]
    tables, problems = _all_tables(paths)
    if progress is not None:
        progress(0.4)
    plan, chosen, more = _chosen(config, tables)
    problems += more
    mesh, more = _joined(config, chosen, plan)
    problems += more
    level = check_codes(mesh.code, mesh.frame[_FILE].tolist(), mesh.frame[ROW].tolist())
    _check_differences(plan, mesh)
    receiver, more = _receivers(mesh)
    problems += more
    total, ages = plan.totals(mesh.columns), plan.persons(mesh.columns)
    settled = settle(total, ages, receiver, np.full(len(total), np.nan))
    problems += _told(settled, mesh.name, plan)
    boxes = mesh_boxes(mesh.code)
    kept, more = clipped(boxes, settled.total, outline, mesh.name) if config.clip else (np.ones(len(boxes), bool), [])
    problems += more
    bands, persons = in_wanted_bands(plan.bands, settled.persons, config.bands, "population.bands")
    year = config.year or census_year(chosen, paths)
    if year is None:
        raise DataError(year_missing(mesh.name))
    population, plane = make_cells(
        mesh.code[kept],
        boxes[kept],
        bands,
        persons[kept],
        district=None,
        epsg=epsg,
        year=year,
        base_date=config.base_date or dt.date(year, 10, 1),
    )
    if progress is not None:
        progress(1.0)
    return PeopleReading(
        population=population,
        epsg=plane,
        table=None,
        problems=tuple(problems),
        files=by_file(paths, READER, [t.name for t in tables for _ in range(len(t.frame))], mesh.frame[_FILE][kept]),
        counts={
            "mesh_m": SIZE_M[level],
            "mesh_rows": len(mesh.code),
            "mesh_persons": round(float(settled.total.sum())),
            "cells_outside": int((~kept).sum()),
        },
        repairs={
            "estat.suppressed_shared": int(settled.shared.sum()),
            "estat.unknown_age_spread": round(settled.unknown_age),
        },
    )


def _all_tables(paths: Sequence[Path]) -> tuple[list[EstatTable], list[Problem]]:
    tables: list[EstatTable] = []
    problems: list[Problem] = []
    errors: list[Problem] = []
    for path in paths:
        try:
            found, more = read_estat_tables(path)
        except DataError as exc:
            errors += exc.problems
            continue
        tables += found
        problems += more
    if errors:
        raise DataError(errors)
    return tables, problems


def _chosen(config: EstatMesh, tables: Sequence[EstatTable]) -> tuple[BandPlan, list[EstatTable], list[Problem]]:
    """Return the statistic with the finest ages among the files, its tables, and what is told."""
    groups: dict[str, list[EstatTable]] = {}
    for table in tables:
        groups.setdefault(table.statistic or ",".join(table.labels), []).append(table)
    plans = []
    refused: list[Problem] = []
    for key, members in groups.items():
        try:
            plan, problems = choose_plan(members[0].labels, config.persons, config.bands, members[0].name)
        except DataError as exc:
            refused += exc.problems
            continue
        plans.append((len(plan.bands), key, plan, problems))
    if not plans:
        raise DataError(refused)
    _, key, plan, problems = max(plans, key=lambda p: p[0])
    others = [t.name for other, members in groups.items() if other != key for t in members]
    if others:
        problems = [*problems, _not_used(others, groups[key][0].name)]
    return plan, groups[key], problems


def _joined(config: EstatMesh, tables: Sequence[EstatTable], plan: BandPlan) -> tuple[_Mesh, list[Problem]]:
    """Return the rows of all files, each cell once, in order of code."""
    parts = []
    for table in tables:
        key = key_column(table.frame, config.code, table.name)
        lacking = [c for c in plan.columns if c not in table.frame]
        if lacking:
            raise DataError(_lacks(table.name, lacking))
        part = pd.DataFrame({"code": plain_codes(table.frame[key]), _FILE: table.name, ROW: table.frame[ROW]})
        for mark in (GIVEN_TO, RECEIVED):
            part[mark] = table.frame.get(mark, "")
        for column in plan.columns:
            part[column], _ = estat_numbers(table.frame, column, table.name)
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame, problems = _each_once(frame, list(plan.columns))
    frame = frame.sort_values("code", kind="stable").reset_index(drop=True)
    code = frame["code"].to_numpy(dtype=np.str_)
    columns = {c: frame[c].to_numpy(dtype=np.float64) for c in plan.columns}
    return _Mesh(frame, code, columns, merged_names([t.name for t in tables])), problems


def _each_once(frame: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, list[Problem]]:
    """Drop copies of rows; add up the parts of cells that lie in files of several prefectures."""
    same = frame.duplicated(["code", *columns, GIVEN_TO, RECEIVED])
    by_prefecture = frame[_FILE].map({f: bool(_PREFECTURE.search(f)) for f in frame[_FILE].unique()})
    again = frame.duplicated("code", keep=False)
    parts = again & by_prefecture & ~frame.duplicated(["code", _FILE], keep=False)
    copies = same & ~parts
    problems: list[Problem] = []
    if copies.any():
        problems.append(_copies(merged_names(frame[_FILE][copies].tolist()), int(copies.sum())))
        frame, parts = frame[~copies], parts[~copies]
    if parts.any():
        joined = frame[parts].groupby("code", sort=False)
        first = joined[[_FILE, ROW]].first()
        marks = joined[[GIVEN_TO, RECEIVED]].agg(_marks)
        sums = joined[columns].sum(min_count=1)
        summed = pd.concat([first, marks, sums], axis=1).reset_index()
        problems.append(_border(merged_names(frame[_FILE][parts].tolist()), len(summed)))
        frame = pd.concat([frame[~parts], summed], ignore_index=True)
    twice = frame[frame.duplicated("code")]
    if len(twice):
        raise DataError([_twice(row) for row in twice.head(_LISTED).to_dict("records")])
    return frame, problems


def _marks(values: pd.Series[str]) -> str:
    return ";".join(v for v in values if v)


def _receivers(mesh: _Mesh) -> tuple[IndexArray, list[Problem]]:
    """Return cell → index of the cell that carries its figures, itself if none, by HTKSAKI, else by GASSAN."""
    index = pd.Index(mesh.code)
    receiver = np.arange(len(mesh.code), dtype=np.int64)
    given = plain_codes(mesh.frame[GIVEN_TO])
    givers = np.flatnonzero((given != "").to_numpy())
    targets = index.get_indexer(pd.Index(given.iloc[givers].str.split(r"[;:/ ]").str[0]))
    receiver[givers[targets >= 0]] = targets[targets >= 0]
    for row, text in mesh.frame.loc[mesh.frame[RECEIVED] != "", RECEIVED].items():
        members = index.get_indexer(pd.Index(re.split(r"[;:/\s]+", str(text).strip(";:/ "))))
        members = members[members >= 0]
        free = members[(receiver[members] == members) & (members != row)]
        receiver[free] = int(str(row))
    lost = givers[targets < 0]
    if not len(lost):
        return receiver, []
    return receiver, [_receiver_outside(mesh, lost)]


def _check_differences(plan: BandPlan, mesh: _Mesh) -> None:
    persons = plan.persons(mesh.columns)
    wrong = np.argwhere(persons < 0)[:_LISTED]
    if len(wrong):
        rows = mesh.frame.iloc[wrong[:, 0]].to_dict("records")
        raise DataError([_negative(row, plan.bands[int(b)].label) for row, b in zip(rows, wrong[:, 1], strict=True)])


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
                    f"秘匿で合算された {shared:,} セル {people:,.0f} 人の年齢は、"
                    "合算先の年齢構成を総数の比で分けた試算です（総数は公表値）",
                    f"the ages of {shared:,} cells with {people:,.0f} persons, published together (秘匿), are "
                    "modelled: shared out in proportion to the published totals",
                ),
                count=shared,
            ),
        )
    if settled.unknown_age > 0 and not plan.whole:
        problems.append(unknown_age(name, settled.unknown_age))
    if settled.n_no_ages:
        problems.append(no_ages(name, settled.n_no_ages))
    if settled.n_lost:
        problems.append(lost_totals(name, settled.n_lost))
    if settled.n_conflicts:
        problems.append(ages_conflict(name, settled.n_conflicts))
    return problems


def unknown_age(name: str, persons: float) -> Problem:
    """Return the note on people of unknown age, spread over the groups."""
    return note(
        "population.unknown_age",
        name,
        Text(
            f"年齢不詳の {persons:,.0f} 人を、そのセルの年齢構成に比例して割り振りました",
            f"{persons:,.0f} persons of unknown age are spread over the age groups of their cell",
        ),
    )


def no_ages(name: str, n: int) -> Problem:
    """Return the warning on areas whose ages are not published anywhere."""
    return warning(
        "estat.no_ages",
        name,
        Text(
            "総数だけで年齢が判らない区域に、全体の年齢構成を当てました（試算）",
            "areas with a total but no ages were given the ages of all areas together (modelled)",
        ),
        Text(
            "合算先を含むファイルをすべて path: に書いてください",
            "give all files, with the areas that carry them, in path:",
        ),
        count=n,
    )


def lost_totals(name: str, n: int) -> Problem:
    """Return the warning on areas of which not even the total is published."""
    return warning(
        "estat.no_total",
        name,
        Text("総数も秘匿の区域があり、0 人としました", "areas without a published total count nobody"),
        Text("総数を公表している統計表を使ってください", "use a table that publishes the totals"),
        count=n,
    )


def ages_conflict(name: str, n: int) -> Problem:
    """Return the warning on areas whose ages sum to more than their total."""
    return warning(
        "estat.ages_exceed_total",
        name,
        Text(
            "年齢別の合計が総数より多い区域があります。総数に合わせて縮めました",
            "ages sum to more than the total in some areas; they were scaled down to it",
        ),
        Text(
            "列の読み方（population.columns）を確かめてください", "check how the columns were read (population.columns)"
        ),
        count=n,
    )


def _not_used(names: Sequence[str], used: str) -> Problem:
    return note(
        "estat.other_table",
        merged_names(names),
        Text(f"年齢のより細かい {used} を使い、この表は使いません", f"{used} has finer ages; this table is not used"),
        count=len(names),
    )


def _lacks(name: str, columns: Sequence[str]) -> Problem:
    return error(
        "table.missing_column",
        at(name, 1),
        Text(
            f"ほかのファイルにある列 {', '.join(columns)} がありません",
            f"lacks {', '.join(columns)} of the other files",
        ),
        Text("同じ統計表のファイルをそろえてください", "give files of the same statistical table"),
    )


def _copies(names: str, n: int) -> Problem:
    return warning(
        "estat.duplicate_rows",
        names,
        Text("同じ行が二度あります。一度だけ数えました", "rows occur twice; each was counted once"),
        Text("同じファイルを二度書いていないか確かめてください", "check that no file is given twice"),
        count=n,
    )


def _border(names: str, n: int) -> Problem:
    return note(
        "estat.prefecture_border",
        names,
        Text("県境のセルは各県のファイルの分を足しました", "cells on the border of prefectures: the parts were added"),
        count=n,
    )


def _twice(row: dict[Hashable, Any]) -> Problem:
    return error(
        "population.duplicate_cell",
        at(str(row[_FILE]), float(row[ROW])),
        Text(f"メッシュ {row['code']} が違う値で二度あります", f"mesh {row['code']} occurs again with other figures"),
        Text("片方の行（ファイル）を外してください", "leave one of the rows (files) out"),
    )


def _negative(row: dict[Hashable, Any], label: Text) -> Problem:
    return error(
        "estat.ages_conflict",
        at(str(row[_FILE]), float(row[ROW])),
        Text(f"{label.ja} が差し引きで負になります", f"{label.en} is negative by difference"),
        Text(
            "年齢の列の値を確かめるか、bands: に列名を書いてください",
            "check the age columns, or name the columns in bands:",
        ),
    )


def _receiver_outside(mesh: _Mesh, lost: IndexArray) -> Problem:
    row = mesh.frame.iloc[int(lost[0])]
    return warning(
        "estat.receiver_missing",
        at(str(row[_FILE]), float(row[ROW])),
        Text(
            f"合算先 {row[GIVEN_TO]} がファイルにありません",
            f"the cell {row[GIVEN_TO]} that carries its figures is not in the files",
        ),
        Text(
            "隣の 1 次メッシュのファイルも path: に加えてください",
            "add the file of the neighbouring primary mesh to path:",
        ),
        count=len(lost),
    )
