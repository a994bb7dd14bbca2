"""Owns the census by mesh (地域メッシュ統計) as e-Stat publishes it → population cells of the city."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text
from geodata.mesh import SIZE_M
from geodata.readers import estat_findings as findings
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
    year_of,
)
from geodata.readers.mesh_cells import check_codes, clipped, make_cells, merged_names, mesh_boxes
from geodata.readers.people_columns import choose_plan, in_wanted_bands
from geodata.readers.population_reading import PeopleReading, by_file
from geodata.readers.suppression import settle
from geodata.readers.tables import ROW
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
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

_PREFECTURE = re.compile(r"T\d{6}[A-Z](\d{2})(?!\d)", re.IGNORECASE)
_LISTED = 20
_SHARED = Text(
    "秘匿で合算されたセルの年齢は、合算先の年齢構成を総数の比で分けた試算です（総数は公表値）",
    "ages of cells published together (秘匿) are modelled: shared out in proportion to the published totals",
)


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
    level = check_codes(mesh.code, mesh.frame[FILE].tolist(), mesh.frame[ROW].tolist())
    _check_differences(plan, mesh)
    receiver, more = _receivers(mesh)
    problems += more
    total, ages = plan.totals(mesh.columns), plan.persons(mesh.columns)
    settled = settle(total, ages, receiver, np.full(len(total), np.nan))
    problems += settled_findings(settled, mesh.name, plan, _SHARED)
    boxes = mesh_boxes(mesh.code)
    kept, more = clipped(boxes, settled.total, outline, mesh.name) if config.clip else (np.ones(len(boxes), bool), [])
    problems += more
    bands, persons = in_wanted_bands(plan.bands, settled.persons, config.bands, "population.bands")
    year = year_of(config, chosen, paths, mesh.name)
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
        files=by_file(paths, READER, [t.name for t in tables for _ in range(len(t.frame))], mesh.frame[FILE][kept]),
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
        problems = [*problems, findings.not_used(others, groups[key][0].name)]
    return plan, groups[key], problems


def _joined(config: EstatMesh, tables: Sequence[EstatTable], plan: BandPlan) -> tuple[_Mesh, list[Problem]]:
    """Return the rows of all files, each cell once, in order of code."""
    parts = []
    for table in tables:
        key = key_column(table.frame, config.code, table.name)
        lacking = [c for c in plan.columns if c not in table.frame]
        if lacking:
            raise DataError(findings.lacks(table.name, lacking))
        part = pd.DataFrame({"code": plain_codes(table.frame[key]), FILE: table.name, ROW: table.frame[ROW]})
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
    by_prefecture = frame[FILE].map({f: bool(_PREFECTURE.search(f)) for f in frame[FILE].unique()})
    again = frame.duplicated("code", keep=False)
    parts = again & by_prefecture & ~frame.duplicated(["code", FILE], keep=False)
    copies = same & ~parts
    problems: list[Problem] = []
    if copies.any():
        problems.append(findings.copies(merged_names(frame[FILE][copies].tolist()), int(copies.sum())))
        frame, parts = frame[~copies], parts[~copies]
    if parts.any():
        joined = frame[parts].groupby("code", sort=False)
        first = joined[[FILE, ROW]].first()
        marks = joined[[GIVEN_TO, RECEIVED]].agg(_marks)
        sums = joined[columns].sum(min_count=1)
        summed = pd.concat([first, marks, sums], axis=1).reset_index()
        problems.append(findings.border(merged_names(frame[FILE][parts].tolist()), len(summed)))
        frame = pd.concat([frame[~parts], summed], ignore_index=True)
    twice = frame[frame.duplicated("code")]
    if len(twice):
        raise DataError([findings.twice(row) for row in twice.head(_LISTED).to_dict("records")])
    return frame, problems


def _marks(values: pd.Series[str]) -> str:
    return ";".join(v for v in values if v)


def _receivers(mesh: _Mesh) -> tuple[IndexArray, list[Problem]]:
    """Return cell → index of the cell that carries its figures, itself if none, by HTKSAKI, else by GASSAN."""
    index = pd.Index(mesh.code)
    receiver = np.arange(len(mesh.code), dtype=np.int64)
    given = given_codes(mesh.frame[GIVEN_TO])
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
    return receiver, [findings.receiver_outside(mesh.frame.iloc[int(lost[0])], len(lost))]


def _check_differences(plan: BandPlan, mesh: _Mesh) -> None:
    persons = plan.persons(mesh.columns)
    wrong = np.argwhere(persons < 0)[:_LISTED]
    if len(wrong):
        rows = mesh.frame.iloc[wrong[:, 0]].to_dict("records")
        raise DataError(
            [findings.negative(row, plan.bands[int(b)].label) for row, b in zip(rows, wrong[:, 1], strict=True)]
        )
