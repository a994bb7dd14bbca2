"""Owns yearly actuals: the table a planner enters each year beside the official figures, read and checked."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import DataError, Problem, Text, UsageError, error, raise_errors, warning
from geodata.provenance import Status
from geodata.readers.rows import read_rows
from geodata.readers.tables import ROW, at, nearest
from geodata.targets import TargetRow, Targets
from sim.kpi import KPIS

if TYPE_CHECKING:
    from pathlib import Path

ACTUAL, TARGET, BASELINE = "actual", "target", "baseline"
REQUIRED = ("kpi_id", "year", "value")
KNOWN = (*REQUIRED, "kind", "date", "source")
KINDS = {"": ACTUAL, "actual": ACTUAL, "実績": ACTUAL, "target": TARGET, "目標": TARGET, "評価指標": TARGET}
REIWA_ZERO = 2018
FIRST_YEAR = 1990
_ERA = re.compile(r"^(?:R|令和)(\d{1,2}|元)(?:年度?)?$", re.IGNORECASE)
_YEAR = re.compile(r"^(\d{4})(?:年度?)?$")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table as it was written, and where it stands."""

    where: str
    kpi_id: str
    kind: str
    year: str
    value: str
    date: str
    source: str


def read_actuals(path: Path, targets: Targets, *, this_year: int) -> tuple[Targets, tuple[Problem, ...]]:
    """
    Return the official figures with the actuals (and own targets) of a table added to them.

    Parameters
    ----------
    path
        CSV with the columns ``kpi_id``, ``year`` (2025 or R7), ``value`` (shares as 0–1 or ``27.3%``), and, if wanted,
        ``kind`` (actual or target), ``date``, ``source``.
    targets
        Official figures of the city: they say which KPIs there are, and since when.
    this_year
        The fiscal year we live in: an actual cannot be later, nor a target earlier.

    Returns
    -------
    targets
        With the rows of the table, those of the same KPI, kind and year replaced.
    problems
        Warnings.

    Raises
    ------
    DataError
        With every problem of the table at once, each with its row.
    UsageError
        If there is no such file.
    """
    if not path.is_file():
        raise UsageError(_missing_file(path))
    frame, problems = read_rows(path, REQUIRED, None)
    written = [
        _Row(
            at(path.name, row[ROW]),
            *(str(row.get(name, "")) for name in ("kpi_id", "kind", "year", "value", "date", "source")),
        )
        for row in frame.to_dict("records")
    ]
    if not written:
        problems.append(_no_rows(path.name))
    problems += _unknown_columns(path.name, [str(c) for c in frame.columns if c not in {*KNOWN, ROW}])
    rows: dict[tuple[str, str, int], TargetRow] = {}
    places: dict[tuple[str, str, int], str] = {}
    for one in written:
        found, wrong = _target_row(one, targets, path.name, this_year)
        problems += wrong
        if found is None:
            continue
        key = (found.kpi_id, found.kind, found.year)
        if key in rows:
            problems.append(_twice(one, places[key]))
        rows[key], places[key] = found, one.where
    raise_errors(problems, DataError)
    kept = [row for row in targets.rows if (row.kpi_id, row.kind, row.year) not in rows]
    kept = [row for row in kept if row.kind != TARGET or (row.kpi_id, TARGET) not in {k[:2] for k in rows}]
    entered = sorted(rows.values(), key=lambda row: (row.kpi_id, row.kind, row.year))
    return Targets((*kept, *entered)), (*problems, *_lonely_rates(entered, path.name))


def _missing_file(path: Path) -> Problem:
    message = Text("実績の表がありません", "there is no such table of actuals")
    hint = Text(
        f"パスを確かめてください。表は {','.join(REQUIRED)} の列を持つ CSV です",
        f"check the path; the table is a CSV with the columns {','.join(REQUIRED)}",
    )
    return error("actuals.no_file", str(path), message, hint)


def _no_rows(name: str) -> Problem:
    message = Text("実績の行がありません（見出しだけです）", "no row of actuals: nothing but the heading")
    hint = Text(
        "例: catchment_population_share,R7,27.3%",
        "write rows such as catchment_population_share,R7,27.3%",
    )
    return warning("actuals.no_rows", at(name, 1), message, hint)


def known_ids(targets: Targets) -> list[str]:
    """Return the ids that a figure can be entered for: those with official figures first, then every KPI."""
    return list(dict.fromkeys([*(row.kpi_id for row in targets.rows if ":" not in row.kpi_id), *KPIS]))


def _target_row(one: _Row, targets: Targets, name: str, this_year: int) -> tuple[TargetRow | None, list[Problem]]:
    """Return a checked row, or None and what is wrong with it."""
    problems: list[Problem] = []
    if one.kpi_id not in known_ids(targets):
        return None, [_unknown_kpi(one, targets)]
    like = _official(one.kpi_id, targets)
    unit = like.unit if like is not None else KPIS[one.kpi_id].unit
    kind = KINDS.get(one.kind.strip().lower())
    if kind is None:
        problems.append(_unknown_kind(one))
    year = parse_year(one.year)
    problems += _check_year(one, year, kind, like, this_year)
    value, wrong = parse_figure(one.value, unit)
    if wrong is not None:
        problems.append(error("actuals.value", f"{one.where} value", *wrong))
    elif value < 0 and all(row.value >= 0 for row in targets.rows if row.kpi_id == one.kpi_id):
        message = Text(f"負の値です: {one.value}", f"a negative value: {one.value}")
        hint = Text("0 以上の値を書いてください（不明な年の行は消す）", "write 0 or more; leave out a year not known")
        problems.append(error("actuals.negative", f"{one.where} value", message, hint))
    if problems or year is None or kind is None:
        return None, problems
    label = like.label if like is not None else KPIS[one.kpi_id].title
    judged = like.judged if like is not None else one.kpi_id in KPIS
    source = one.source or name
    row = TargetRow(one.kpi_id, kind, year, one.date or str(year), value, unit, label, source, Status.OBSERVED, judged)
    return row, []


def _official(kpi_id: str, targets: Targets) -> TargetRow | None:
    return next((row for row in targets.rows if row.kpi_id == kpi_id), None)


def parse_year(text: str) -> int | None:
    """Return the fiscal year of ``2025``, ``2025年度``, ``R7`` or ``令和7年度``; None where it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    era, western = _ERA.match(plain), _YEAR.match(plain)
    if era is not None:
        return REIWA_ZERO + (1 if era[1] == "元" else int(era[1]))
    return int(western[1]) if western is not None else None


def parse_figure(text: str, unit: str) -> tuple[float, tuple[Text, Text] | None]:
    """Return a number as 0–1 for a share (``0.273`` or ``27.3%``), else as it stands; or what is wrong and a remedy."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").replace("−", "-").replace("▲", "-")
    per_cent = plain.endswith("%")
    try:
        value = float(plain.removesuffix("%"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return math.nan, (Text(f"数値ではありません: {text!r}", f"not a number: {text!r}"), _HOW)
    if unit != "share":
        if per_cent:
            return math.nan, (
                Text(f"割合ではない指標に % があります: {text}", f"a % on what is no share: {text}"),
                _HOW,
            )
        return value, None
    value = value / 100 if per_cent else value
    if not 0 <= value <= 1:
        message = Text(f"割合が 0〜1 の範囲にありません: {text}", f"a share outside 0–1: {text}")
        like = f"{plain}%" if not per_cent and 0 <= value <= 100 else "27.3%"  # noqa: PLR2004 -- per cent
        hint = Text(
            f"0〜1 の小数か、% を付けて {like} のように書いてください（0〜100% まで）",
            f"write it as 0–1 or with a per cent sign, like {like} (0–100%)",
        )
        return math.nan, (message, hint)
    return value, None


_HOW = Text("例: 0.273、27.3%、14.5、1,089,000", "such as 0.273, 27.3%, 14.5 or 1,089,000")


def _check_year(one: _Row, year: int | None, kind: str | None, like: TargetRow | None, this_year: int) -> list[Problem]:
    where = f"{one.where} year"
    if year is None or year < FIRST_YEAR:
        message = Text(f"年ではありません: {one.year!r}", f"not a year: {one.year!r}")
        return [error("actuals.year", where, message, Text("例: 2025、R7", "such as 2025 or R7"))]
    if kind == ACTUAL and year > this_year:
        message = Text(f"{year} 年度はまだ来ていません", f"fiscal year {year} has not begun")
        hint = Text("将来の値は kind を target にしてください", "write kind = target for a future figure")
        return [error("actuals.future", where, message, hint)]
    since = like.year if like is not None and like.kind == BASELINE else None
    if kind == TARGET and (year < this_year or (since is not None and year <= since)):
        message = Text(f"目標の年 {year} は過去です", f"the target's year {year} is in the past")
        first = this_year if since is None else max(this_year, since + 1)
        hint = Text(f"{first} 年度以降にしてください", f"write {first} or later")
        return [error("actuals.past_target", where, message, hint)]
    return []


def _unknown_kpi(one: _Row, targets: Targets) -> Problem:
    known = known_ids(targets)
    like = nearest(one.kpi_id, known)
    hint = (
        Text(f"近い名前: {like}", f"did you mean {like}?")
        if like
        else Text(f"使える指標: {'、'.join(known[:6])} …", f"known: {', '.join(known[:6])} …")
    )
    message = Text(f"知らない指標です: {one.kpi_id!r}", f"unknown KPI: {one.kpi_id!r}")
    return error("actuals.unknown_kpi", f"{one.where} kpi_id", message, hint)


def _unknown_kind(one: _Row) -> Problem:
    message = Text(
        f"kind が actual でも target でもありません: {one.kind!r}", f"kind is neither actual nor target: {one.kind!r}"
    )
    return error("actuals.kind", f"{one.where} kind", message, Text("空なら実績（actual）です", "empty means actual"))


def _twice(one: _Row, first: str) -> Problem:
    message = Text(f"同じ指標・種類・年の行が二つあります（{first}）", f"the same KPI, kind and year twice ({first})")
    return error("actuals.twice", one.where, message, Text("どちらか一方にしてください", "keep one of them"))


def _unknown_columns(name: str, columns: list[str]) -> list[Problem]:
    return [
        warning(
            "actuals.column",
            at(name, 1),
            Text(f"使わない列です: {column}", f"a column that is not used: {column}"),
            Text(
                f"近い名前: {like}" if (like := nearest(column, KNOWN)) else "", f"did you mean {like}?" if like else ""
            ),
        )
        for column in columns
    ]


def _lonely_rates(entered: list[TargetRow], name: str) -> list[Problem]:
    """Return a warning for each rate of a year without its absolute number: it can be met while people vanish."""
    found = {(row.kpi_id, row.year) for row in entered if row.kind == ACTUAL}
    problems = []
    for kpi_id, year in sorted(found):
        spec = KPIS.get(kpi_id)
        if spec is None or not spec.rate or not spec.companion or (spec.companion, year) in found:
            continue
        message = Text(
            f"{year} 年度の {spec.title.ja} に実数（{spec.companion}）がありません",
            f"{spec.title.en} of {year} stands without its absolute number ({spec.companion})",
        )
        hint = Text("率は人口が減るだけでも上がります", "a rate can rise because people leave")
        problems.append(warning("actuals.no_absolute", name, message, hint))
    return problems
