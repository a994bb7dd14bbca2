"""Owns the columns of 将来推計人口メッシュ: which year and ages each holds; suppressed ages shared out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.band_labels import NO_PLAN, OPEN_AGE, AgeColumn, BandPlan, plan_bands
from geodata.readers.estat_findings import ages_conflict
from geodata.readers.estat_tables import plain_codes
from geodata.readers.mesh_attributes import MeshAttributes, read_mesh_attributes
from geodata.readers.mesh_cells import check_codes, merged_names, no_rows
from geodata.readers.suppression import settle
from geodata.readers.tables import ROW, at, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.population import AgeBand
    from geodata.readers.suppression import IndexArray
    from geodata.units import BoolArray, FloatArray, StrArray

_CODES = ("MESH_ID", "MESHID", "MESH_CODE", "MESHCODE", "KEY_CODE", "メッシュコード", "メッシュID")
_TOWNS = ("SHICODE", "CITY_CODE", "行政区域コード", "市区町村コード")
_FIGURE = re.compile(r"^(PTN|PT[A-E]|PT\d{1,2}|POP)_?(\d{4})$")
_MARK = re.compile(r"^(HITOKU|GASSAN)_?(\d{4})$")
_SPANS = {"A": (0, 15), "B": (15, 65), "C": (65, OPEN_AGE), "D": (75, OPEN_AGE), "E": (80, OPEN_AGE)}
_HIDDEN = "*"
_FILE = "__file"
_LISTED = 20
_STEP = 5


@dataclass(frozen=True, slots=True, eq=False)
class FutureTable:
    """
    Estimates by cell and year.

    Parameters
    ----------
    code
        cell → mesh code in ascending order, all of one level, shape (C,).
    level
        Of the mesh.
    file
        cell → first file it stands in.
    total
        year → persons by cell, shape (C,).
    ages
        year → age groups and persons by cell and group, shape (C, A); only years that have ages.
    shared
        year → cells whose suppressed ages were shared out of the cell that carries them.
    name
        What messages call the files.
    rows
        File of every row, for the records.
    """

    code: StrArray
    level: int
    file: list[str]
    total: dict[int, FloatArray]
    ages: dict[int, tuple[tuple[AgeBand, ...], FloatArray]]
    shared: dict[int, int]
    name: str
    rows: list[str]

    @property
    def years(self) -> tuple[int, ...]:
        """All years, ascending."""
        return tuple(sorted(self.total))


def read_future(paths: Sequence[Path], years: Sequence[int]) -> tuple[FutureTable, list[Problem]]:
    """
    Read the estimates of some years, or of all where none is named.

    Totals are those without suppression (PTN); suppressed ages (HITOKU ``*``) are shared out of the cell that carries
    them (``@``, GASSAN), in proportion to the totals. A cell that stands in several municipalities is added up.

    Raises
    ------
    DataError
        If a file has no mesh code or no estimate, a year is not in it, or the meshes are of different sizes.
    """
    layers: list[MeshAttributes] = []
    problems: list[Problem] = []
    for path in paths:
        found, more = read_mesh_attributes(path, lambda c: _is_wanted(c, years))
        layers += found
        problems += more
    name = merged_names([layer.name for layer in layers])
    offered = sorted({y for layer in layers for c in layer.columns if (y := _year(c.strip())) is not None})
    if offered:
        _check_years(offered, years, name)
    frame, more = _joined(layers)
    problems += more
    present = sorted({y for c in frame.columns if (y := _year(str(c))) is not None})
    codes = frame["code"].to_numpy(dtype=np.str_)
    level = check_codes(codes, frame[_FILE].tolist(), frame[ROW].tolist())
    cell, first, index = np.unique(codes, return_index=True, return_inverse=True)
    table = FutureTable(cell, level, frame[_FILE].iloc[first].tolist(), {}, {}, {}, name, frame[_FILE].tolist())
    for year in present:
        problems += _add_year(table, frame, year, index)
    _check_years(table.years, years, name)
    return table, problems


def _is_wanted(column: str, years: Sequence[int]) -> bool:
    upper = column.strip().upper()
    year = _year(upper)
    return upper in _CODES or upper in _TOWNS or (year is not None and (not years or year in years)) or _is_mark(upper)


def _is_mark(column: str) -> bool:
    return _MARK.match(column) is not None


def _year(column: str) -> int | None:
    found = _FIGURE.match(column.upper())
    return int(found.group(2)) if found else None


def _joined(layers: Sequence[MeshAttributes]) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows of all layers with upper-case columns, ``code`` and numbers as numbers, copies once."""
    parts = []
    for layer in layers:
        frame = layer.frame.rename(columns={c: str(c).strip().upper() for c in layer.frame.columns if c != ROW})
        key = next((c for c in _CODES if c in frame), None)
        if key is None or not any(_year(str(c)) for c in frame.columns):
            continue
        part = pd.DataFrame({"code": plain_codes(_texts(frame[key])), _FILE: layer.name, ROW: frame[ROW]})
        town = next((c for c in _TOWNS if c in frame), None)
        part["town"] = _texts(frame[town]) if town else ""
        figures = {str(c): _numbers(frame, str(c), layer.name) for c in frame.columns if _year(str(c))}
        marks = {str(c): plain_codes(_texts(frame[c])) for c in frame.columns if _is_mark(str(c))}
        parts.append(pd.concat([part, pd.DataFrame(figures | marks, index=part.index)], axis=1))
    if not parts:
        raise DataError(_no_estimates(merged_names([layer.name for layer in layers]), layers))
    joined = pd.concat(parts, ignore_index=True)
    if not len(joined):
        raise DataError(no_rows(merged_names([layer.name for layer in layers])))
    marks_in = [c for c in joined.columns if _is_mark(str(c))]
    joined[marks_in] = joined[marks_in].fillna("")
    values = [c for c in joined.columns if c not in {_FILE, ROW}]
    if not joined.duplicated(["code", "town"]).any():
        return joined, []
    copies = joined.duplicated(values)
    once = joined[~copies].reset_index(drop=True)
    twice = once[once.duplicated(["code", "town"])].head(_LISTED)
    if len(twice):
        raise DataError([_twice(*row) for row in zip(twice[_FILE], twice[ROW], twice["code"], strict=True)])
    return once, [_copies(merged_names(joined[_FILE][copies].tolist()), int(copies.sum()))]


def _texts(column: pd.Series[Any]) -> pd.Series[str]:
    whole = column.astype("Int64") if column.dtype.kind == "f" else column
    return whole.astype("string").fillna("").astype(str).str.strip()


def _numbers(frame: pd.DataFrame, column: str, name: str) -> FloatArray:
    texts = frame[column]
    if texts.dtype.kind not in "iuf":
        texts = texts.fillna("").astype(str).str.strip().replace({"": "nan", "-": "0"})
    values = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
    odd = values < 0
    if texts.dtype.kind not in "iuf":
        odd |= np.isnan(values) & ~texts.isin(["nan", "*", "NaN", "None"]).to_numpy()
    wrong = np.flatnonzero(odd)[:_LISTED]
    if len(wrong):
        raise DataError([_bad(name, frame[ROW].iloc[i], column, frame[column].iloc[i]) for i in wrong])
    return values


def _add_year(table: FutureTable, frame: pd.DataFrame, year: int, index: IndexArray) -> list[Problem]:
    """Add the total and the ages of a year to the table, cells added up over their municipalities."""
    plan = _plan([str(c) for c in frame.columns if _year(str(c)) == year])
    if plan is NO_PLAN:
        return [_no_total(table.name, year)]
    columns = {c: frame[c].to_numpy(dtype=np.float64) for c in plan.columns}
    marks = {m.group(1): str(c) for c in frame if (m := _MARK.match(str(c))) and int(m.group(2)) == year}
    hidden = np.zeros(len(frame), dtype=np.bool_)
    if "HITOKU" in marks and not plan.whole:
        hidden = (frame[marks["HITOKU"]] == _HIDDEN).to_numpy()
    ages = plan.persons(columns)
    ages[hidden] = np.nan
    receiver = np.arange(len(frame), dtype=np.int64)
    if "GASSAN" in marks and hidden.any():
        receiver[hidden] = _carriers(frame, marks["GASSAN"], hidden)
    total = plan.totals(columns)
    settled = settle(total, np.maximum(ages, 0), receiver, np.full(len(frame), np.nan))
    n = len(table.code)
    table.total[year] = np.asarray(np.bincount(index, weights=settled.total, minlength=n), dtype=np.float64)
    if len(plan.bands) > 1:
        by_age = [np.bincount(index, weights=settled.persons[:, a], minlength=n) for a in range(len(plan.bands))]
        table.ages[year] = (plan.bands, np.column_stack(by_age))
    table.shared[year] = int(settled.shared.sum()) if len(plan.bands) > 1 else 0
    lacking = int(np.isnan(total).sum())
    told = [_no_figures(table.name, year, lacking)] if lacking else []
    return [*told, ages_conflict(table.name, settled.n_conflicts)] if settled.n_conflicts else told


def _carriers(frame: pd.DataFrame, column: str, hidden: BoolArray) -> IndexArray:
    """Return, for every hidden row, the first row of the cell that carries its ages, itself if there is none."""
    open_rows = np.flatnonzero(~hidden)
    carriers = pd.Series(open_rows, index=frame["code"].to_numpy()[open_rows])
    carriers = carriers[~carriers.index.duplicated()]
    found = carriers.reindex(frame[column].to_numpy()[hidden]).to_numpy(dtype=np.float64)
    own = np.flatnonzero(hidden)
    return np.where(np.isnan(found), own, np.nan_to_num(found)).astype(np.int64)


def _plan(columns: Sequence[str]) -> BandPlan:
    """Return how the ages of one year follow from its columns; groups of five years, PT1 = 0–4, the last open."""
    kinds = {m.group(1): c for c in columns if (m := _FIGURE.match(c))}
    found = [AgeColumn(kinds[k], 0, OPEN_AGE) for k in ("PTN", "POP", "PT00", "PT0") if k in kinds][:1]
    fives = sorted((int(k[2:]), k) for k in kinds if k[2:].isdigit() and int(k[2:]) > 0)
    for n, kind in fives:
        end = OPEN_AGE if n == fives[-1][0] else n * _STEP
        found.append(AgeColumn(kinds[kind], (n - 1) * _STEP, end))
    found += [AgeColumn(kinds[f"PT{k}"], *span) for k, span in _SPANS.items() if f"PT{k}" in kinds]
    return plan_bands(found)


def _check_years(present: Sequence[int], wanted: Sequence[int], name: str) -> None:
    missing = sorted(set(wanted) - set(present))
    if missing:
        raise DataError(_no_year(name, missing, present))


def _no_year(name: str, missing: Sequence[int], present: Sequence[int]) -> Problem:
    return error(
        "future.no_year",
        name,
        Text(
            f"{listed(missing)} 年の推計がありません（ある年: {listed(present, 20)}）",
            f"no estimate of {listed(missing)} (there are {listed(present, 20)})",
        ),
        Text("ある年を書いてください", "name one of the years that are there"),
    )


def _no_estimates(name: str, layers: Sequence[MeshAttributes]) -> Problem:
    columns = listed([c for layer in layers for c in layer.columns], 12)
    return error(
        "future.no_estimates",
        name,
        Text(
            f"メッシュコード（MESH_ID）と推計人口（PTN_2025 など）の列がありません（ある列: {columns}）",
            f"no mesh code (MESH_ID) and estimates (such as PTN_2025) are found (found: {columns})",
        ),
        Text(
            "国土数値情報の将来推計人口メッシュか確かめてください",
            "check that it is 将来推計人口メッシュ of 国土数値情報",
        ),
    )


def _bad(name: str, row: float, column: str, value: object) -> Problem:
    return error(
        "table.number",
        at(name, row),
        Text(f"{column} の値 {value!r} は使えません", f"{column} is {value!r}"),
        Text("0 以上の数値にしてください", "use a number of 0 or more"),
    )


def _copies(names: str, n: int) -> Problem:
    return warning(
        "future.duplicate_rows",
        names,
        Text("同じ行が二度あります。一度だけ数えました", "rows occur twice; each was counted once"),
        Text("同じファイルを二度書いていないか確かめてください", "check that no file is given twice"),
        count=n,
    )


def _twice(name: str, row: float, code: str) -> Problem:
    return error(
        "population.duplicate_cell",
        at(name, row),
        Text(f"メッシュ {code} が違う値で二度あります", f"mesh {code} occurs again with other figures"),
        Text("片方の行（ファイル）を外してください", "leave one of the rows (files) out"),
    )


def _no_total(name: str, year: int) -> Problem:
    return warning(
        "future.no_total",
        name,
        Text(f"{year} 年の総数（PTN_{year}）がないため使いません", f"{year} is not used: there is no total PTN_{year}"),
        Text("列名を確かめ、ファイルを取得し直してください", "check the names of the columns, or get the file again"),
    )


def _no_figures(name: str, year: int, n: int) -> Problem:
    return warning(
        "future.no_figures",
        name,
        Text(f"{year} 年の値がないセルを 0 人としました", f"cells without a figure for {year} count nobody"),
        Text("ファイルを取得し直してください", "get the file again"),
        count=n,
    )
