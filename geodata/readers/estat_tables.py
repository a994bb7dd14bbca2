"""Owns the text tables of e-Stat (統計地理情報システム): two header rows, marks for none and for suppressed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import decode, missing_input, open_tree
from geodata.readers.tables import ROW, at, listed, parse_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.config.population import EstatMesh, SmallArea
    from geodata.units import BoolArray, FloatArray

SUPPRESSED = ("*", "**", "***", "X", "x", "…", "...", "‥", "Ｘ", "＊", "χ")
"""Marks of figures that exist but are not published (秘匿)."""
NONE = ("", "-", "－", "‐", "−", "–", "ー", "―")
"""Marks of nobody (該当数値なし)."""

GIVEN_TO = "HTKSAKI"
RECEIVED = "GASSAN"

_KEYS = ("KEY_CODE", "KEYCODE", "メッシュコード", "地域メッシュコード", "MESH_CODE", "MESHCODE", "MESH_ID", "コード")
_HEADER_WITHIN = 12
_STATISTIC = re.compile(r"(?:tbl)?(T\d{6})", re.IGNORECASE)
_CENSUS_OF = {
    # 政府統計の総合窓口（e-Stat）統計地理情報システム「データ定義」, by statistic id.
    **dict.fromkeys(("T000051",), 2005),
    **dict.fromkeys(("T000572", "T000573", "T000608", "T000609"), 2010),
    **dict.fromkeys(("T000846", "T000847", "T000848", "T000849", "T000876"), 2015),
    **dict.fromkeys(("T001081", "T001082", "T001100", "T001101", "T001102"), 2020),
    **dict.fromkeys(("T001140", "T001141", "T001142", "T001171", "T001192", "T001196", "T001231"), 2020),
}
_BOUNDARY = re.compile(r"A00\d{6}((?:19|20)\d{2})", re.IGNORECASE)
_ERA = re.compile(r"(?:^|/)(r2|h27|h22|h17|h12)ka\d{2,5}\.", re.IGNORECASE)
_YEAR_OF_ERA = {"r2": 2020, "h27": 2015, "h22": 2010, "h17": 2005, "h12": 2000}


@dataclass(frozen=True, slots=True, eq=False)
class EstatTable:
    """
    One table: `frame` of texts with the codes of the first header row and `ROW`; `labels`: code → Japanese label.

    `name`: file (and member of a zip); `statistic`: id such as ``T001141``, empty where it is not known.
    """

    name: str
    statistic: str
    frame: pd.DataFrame
    labels: dict[str, str]


def read_estat_tables(path: Path) -> tuple[list[EstatTable], list[Problem]]:
    """
    Read every table of a text file, a zip or a folder, wherever it lies inside.

    The two header rows (codes, then labels) are found by what is in them; a table with one header row of codes or of
    labels is read too. cp932 is what e-Stat publishes and no warning.

    Raises
    ------
    DataError
        If there is no table, or one cannot be read.
    """
    tables: list[EstatTable] = []
    problems: list[Problem] = []
    for name, raw in _texts(path):
        text, more = decode(raw, name)
        problems += [p for p in more if p.code != "input.encoding"]
        table, more = _parse(text, name)
        tables.append(table)
        problems += more
    return tables, problems


def key_column(frame: pd.DataFrame, wanted: str, name: str) -> str:
    """Return the column of the area code: the one wanted, or one of the usual names, in any case."""
    found = {str(c).upper(): str(c) for c in frame.columns if c != ROW}
    for candidate in (wanted, *_KEYS):
        if candidate.upper() in found:
            return found[candidate.upper()]
    columns = listed([c for c in frame.columns if c != ROW], 12)
    raise DataError(
        error(
            "table.missing_column",
            at(name, 1),
            Text(f"列 {wanted} がありません（ある列: {columns}）", f"no column {wanted} (found: {columns})"),
            Text("コードの列名を code: に書いてください", "name the column of the code in code:"),
        ),
    )


def plain_codes(values: pd.Series[str]) -> pd.Series[str]:
    """Return codes without spaces, quotes and a trailing ``.0``, in half-width digits."""
    unique = {v: unicodedata.normalize("NFKC", v).strip().strip("'\"").removesuffix(".0") for v in values.unique()}
    return values.map(unique)


def given_codes(values: pd.Series[str]) -> pd.Series[str]:
    """Return the codes of HTKSAKI; whatever tools write for an empty field is empty."""
    codes = plain_codes(values.fillna("").astype(str))
    return codes.where(~codes.isin([*NONE, "0", "nan", "NaN", "None", "NULL"]), "")


def estat_numbers(frame: pd.DataFrame, column: str, name: str) -> tuple[FloatArray, BoolArray]:
    """
    Return a column as numbers: 0 for the marks of nobody, NaN for suppressed ones, and which are suppressed.

    Raises
    ------
    DataError
        Naming the rows that hold something else, or less than 0.
    """
    texts = frame[column].str.replace(",", "", regex=False)
    values = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    odd = np.flatnonzero(np.isnan(values))
    hidden = np.zeros(len(values), dtype=np.bool_)
    if len(odd):
        rest = texts.iloc[odd].map(_plain_mark)
        values[odd] = pd.to_numeric(rest, errors="coerce").to_numpy(dtype=np.float64)
        values[odd[rest.isin(NONE).to_numpy()]] = 0.0
        hidden[odd[rest.isin(SUPPRESSED).to_numpy()]] = True
    wrong = np.flatnonzero((np.isnan(values) & ~hidden) | (values < 0) | np.isinf(values))
    if len(wrong):
        raise DataError([_bad_number(frame, column, name, i) for i in wrong[:20]])
    return values, hidden


def census_year(tables: Sequence[EstatTable], paths: Sequence[Path]) -> int | None:
    """Return the census year by statistic ids, or by names like ``A002005212020…``, ``r2ka08202``; None if unknown."""
    years = {_CENSUS_OF[t.statistic] for t in tables if t.statistic in _CENSUS_OF}
    for path in paths:
        names = [path.name]
        if path.is_dir() or path.suffix.lower() == ".zip":
            names += open_tree(path).members
        years |= {int(m.group(1)) for n in names if (m := _BOUNDARY.search(n))}
        years |= {_YEAR_OF_ERA[m.group(1).lower()] for n in names if (m := _ERA.search(n))}
    return years.pop() if len(years) == 1 else None


def year_of(config: EstatMesh | SmallArea, tables: Sequence[EstatTable], paths: Sequence[Path], where: str) -> int:
    """Return the year as configured, or of the census; raise `DataError` where nothing tells it."""
    given = config.year or (config.base_date.year if config.base_date is not None else None)
    year = given or census_year(tables, paths)
    if year is None:
        raise DataError(_year_missing(where))
    return year


def _year_missing(where: str) -> Problem:
    return error(
        "population.year",
        where,
        Text("何年の人口か、ファイルから判りません", "the file does not tell which year it stands for"),
        Text(
            "population: に year: と base_date: を書いてください（令和2年国勢調査なら 2020 と 2020-10-01）",
            "give year: and base_date: in population: (2020 and 2020-10-01 for the census of 2020)",
        ),
    )


def statistic_of(name: str, columns: Sequence[str]) -> str:
    """Return the statistic id of a table by its columns (``T001141001``) or its file name."""
    ids = {c[:7].upper() for c in columns if re.fullmatch(r"[Tt]\d{9}", c)}
    if len(ids) == 1:
        return ids.pop()
    found = _STATISTIC.search(PurePosixPath(name).name)
    return found.group(1).upper() if found else ""


def _plain_mark(value: str) -> str:
    return unicodedata.normalize("NFKC", value).replace(",", "").strip() if value not in SUPPRESSED + NONE else value


def _texts(path: Path) -> list[tuple[str, bytes]]:
    if not path.exists():
        raise DataError(missing_input(path))
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return [(path.name, path.read_bytes())]
    tree = open_tree(path)
    keys = sorted(k for k in tree.members if _is_table(k) and "__macosx" not in k)
    found = [(f"{path.name}/{tree.members[k]}", tree.read_bytes(k)) for k in keys]
    if not found:
        raise DataError(
            error(
                "estat.no_table",
                path.name,
                Text("中に表（.txt, .csv）がありません", "there is no table (.txt, .csv) in it"),
                Text(
                    "e-Stat の「統計データダウンロード」の zip かどうか確かめてください",
                    "check that it is a table of e-Stat",
                ),
            ),
        )
    return found


def _is_table(name: str) -> bool:
    stem = PurePosixPath(name).name
    return stem.lower().endswith((".txt", ".csv")) and not stem.startswith(".") and "readme" not in stem.lower()


def _parse(text: str, name: str) -> tuple[EstatTable, list[Problem]]:
    text = text.removeprefix("\ufeff")
    lines = text.splitlines()
    first = _header_line(lines)
    body = "\n".join(lines[first:])
    head = lines[first] if lines else ""
    if head.count("\t") > head.count(","):
        body = "\n".join(_comma_line(line) for line in lines[first:])
    frame, problems = parse_table(body, name)
    frame[ROW] += first
    columns = [c for c in frame.columns if c != ROW]
    labels = {c: c for c in columns}
    if len(frame) and _is_label_row(frame.iloc[0], columns):
        labels |= {c: str(frame.iloc[0][c]) for c in columns if frame.iloc[0][c]}
        frame = frame.iloc[1:].reset_index(drop=True)
    if not len(frame):
        raise DataError(
            error(
                "table.empty",
                name,
                Text("データの行がありません", "there are no rows"),
                Text("取得し直してください", "get the file again"),
            ),
        )
    return EstatTable(name, statistic_of(name, columns), frame, labels), problems


def _header_line(lines: Sequence[str]) -> int:
    for number, line in enumerate(lines[:_HEADER_WITHIN]):
        cells = {c.strip().strip('"').upper() for c in re.split(r"[,\t]", line)}
        if cells & set(_KEYS):
            return number
    return 0


def _is_label_row(row: pd.Series[str], columns: Sequence[str]) -> bool:
    """Return whether a row holds labels: no code, and no figure in any column."""
    texts = [str(row[c]) for c in columns]
    figures = [t for t in texts if re.fullmatch(r"[\d,.]+", unicodedata.normalize("NFKC", t))]
    return not figures and any(t not in NONE + SUPPRESSED for t in texts)


def _comma_line(line: str) -> str:
    return ",".join(f'"{c}"' if "," in c else c for c in line.split("\t"))


def _bad_number(frame: pd.DataFrame, column: str, name: str, i: int) -> Problem:
    value = frame[column].iloc[i]
    return error(
        "table.negative" if re.match(r"^\s*-\s*\d", value) else "table.number",
        at(name, frame[ROW].iloc[i]),
        Text(f"{column} の値 {value!r} は使えません", f"{column} is {value!r}"),
        Text(
            "0 以上の数値、または「-」「*」「X」を書いてください",
            "write a number of 0 or more, or one of the marks - * X",
        ),
    )
