"""Owns which columns of a table tell daytime population: by their names, else by their headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.district_names import plain_name
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.grid_table import Grid, number_of
from geodata.readers.tables import at, listed, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.config.fitting import DaytimeConfig

CODES = (
    "KEY_CODE",
    "MESH_CODE",
    "MESHCODE",
    "メッシュコード",
    "地域メッシュコード",
    "MESH1KMID",
    "MESHID",
    "MESH_ID",
    "メッシュ",
)
DISTRICTS = (
    "地区名",
    "地区",
    "学区名",
    "学区",
    "小学校区",
    "校区",
    "町丁名",
    "町名",
    "地域名",
    "DISTRICT",
    "S_NAME",
    "町丁・字等名",
)
LONGITUDES = ("経度", "LON", "LONGITUDE", "X", "LNG")
LATITUDES = ("緯度", "LAT", "LATITUDE", "Y")
PERSONS = (
    "昼間人口",
    "日中人口",
    "滞在人口",
    "従業者数",
    "従業者",
    "従業地・通学地による人口",
    "POPULATION",
    "人口",
    "人数",
    "総数",
)
INFLOW = ("流入人口", "流入", "市外からの通勤", "他市区町村から", "INFLOW")
_EMPLOYEES = "従業者"
_HEADER_WITHIN = 30
_TO_OPEN_DATA = {"dayflag": "1", "timezone": "0"}
"""Of 全国の人流オープンデータ: weekdays (平日), by day (11 時台〜14 時台)."""


@dataclass(frozen=True, slots=True)
class DaytimeColumns:
    """Column numbers; `key` says by what rows are placed: code, district or point."""

    key: str
    keys: tuple[int, ...]
    persons: int | None
    inflow: int | None
    kept: dict[int, str]
    months: tuple[int, ...]
    first: int


def find_columns(grid: Grid, config: DaytimeConfig, problems: list[Problem]) -> DaytimeColumns:
    """
    Return the columns by name: as configured, else guessed; a second row of labels is read with the first.

    Parameters
    ----------
    grid
        The table as it stands in the file.
    config
        Columns where the headings do not tell.
    problems
        Gets what was guessed.

    Raises
    ------
    DataError
        If no column of the place or of persons is found, or one that was named is missing.
    """
    head, first, words = _heading(grid, config)
    place = {"code": (config.code, CODES), "lon": (config.lon, LONGITUDES), "lat": (config.lat, LATITUDES)}
    found = {k: _find(words, given, known) for k, (given, known) in place.items()}
    found["district"] = _find(words, config.district, DISTRICTS)
    key, keys = next(
        (
            (name, tuple(found[k] for k in wanted))
            for name, wanted in (("code", ("code",)), ("point", ("lon", "lat")), ("district", ("district",)))
            if all(found[k] is not None for k in wanted)
        ),
        ("", ()),
    )
    persons, inflow = _find(words, config.persons, PERSONS), _find(words, config.inflow, INFLOW)
    if persons == inflow and config.persons is None:
        persons = None
    given = (config.code, config.lon, config.lat, config.district, config.persons, config.inflow, *config.where)
    missing = [name for name in given if name is not None and _find(words, name, ()) is None]
    if not key or (persons is None and inflow is None) or missing:
        raise DataError(_no_columns(grid, head, words, missing))
    kept = {int(_find(words, c, ()) or 0): v for c, v in config.where.items()}
    if not config.where:
        kept |= {c: v for w, v in _TO_OPEN_DATA.items() if (c := _find(words, w, ())) is not None}
    months = tuple(c for w in ("year", "month") if (c := _find(words, w, ())) is not None)
    said = "、".join(
        f"{k}={words[c]}" for k, c in (("場所", keys[0]), ("人口", persons), ("流入", inflow)) if c is not None
    )
    problems.append(
        note(
            "daytime.guessed",
            grid.name,
            Text(f"列をこう読みました: {said}", f"columns were read as: {said}"),
            Text("違うときは daytime: に列名を書いてください", "name the columns in daytime: where that is wrong"),
        ),
    )
    if persons is not None and _EMPLOYEES in words[persons]:
        problems.append(
            warning(
                "daytime.employees",
                grid.name,
                Text(
                    "従業者数を昼間人口の代わりに使います（買物客・児童生徒・在宅の人を含みません）",
                    "employees stand for the daytime population: without shoppers, pupils and those at home",
                ),
            ),
        )
    return DaytimeColumns(key, tuple(int(k) for k in keys if k is not None), persons, inflow, kept, months, first)


def _heading(grid: Grid, config: DaytimeConfig) -> tuple[int, int, list[str]]:
    """Return the row of the headings, the first row of data, and one text per column."""
    known = {*CODES, *DISTRICTS, *LONGITUDES, *LATITUDES}
    named = {config.code, config.district, config.lon, config.lat} - {None}
    for head, cells in enumerate(grid.cells[:_HEADER_WITHIN]):
        upper = {c.upper() for c in cells if c}
        if upper & known or set(cells) & named:
            below = grid.cells[head + 1] if head + 1 < len(grid.cells) else []
            labels = bool(below) and not any(number_of(c) is not None for c in below if c)
            words = [f"{a} {b}".strip() if labels else a for a, b in zip(cells, below or cells, strict=True)]
            return head, head + 1 + labels, words
    raise DataError(_no_columns(grid, 0, grid.cells[0], []))


def _find(words: Sequence[str], given: str | None, known: Sequence[str]) -> int | None:
    """Return the column named, or the first whose heading is, or else begins or ends like, one of the known."""
    plain = [plain_name(w).upper() for w in words]
    parts = [[plain_name(p).upper() for p in w.split(" ")] for w in words]
    if given is not None:
        wanted = plain_name(given).upper()
        return next((n for n, p in enumerate(parts) if wanted in p or plain[n] == wanted), None)
    for name in map(str.upper, known):
        exact = next((n for n, p in enumerate(parts) if name in p), None)
        if exact is not None:
            return exact
    wide = [k.upper() for k in known if len(k) > 2 and not k.isascii()]  # noqa: PLR2004 -- 地区 stands in many words
    return next((n for k in wide for n, p in enumerate(plain) if k in p), None)


def _no_columns(grid: Grid, head: int, words: Sequence[str], missing: Sequence[str]) -> Problem:
    said = listed([w for w in words if w], 12)
    lack = f"（{', '.join(missing)}）" if missing else ""
    return error(
        "daytime.columns",
        at(grid.name, grid.lines[head]),
        Text(
            f"場所（メッシュコード・地区・経度緯度）と人口の列が見つかりません{lack}。列: {said}",
            f"no column of the place and of persons{lack}; columns: {said}",
        ),
        Text(
            "daytime: の code:、district:、persons: などに列名を書いてください",
            "name them in code:, district:, persons:",
        ),
    )
