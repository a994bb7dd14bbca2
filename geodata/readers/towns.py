"""Owns points of 町丁目: 位置参照情報 of MLIT (by town, by block), Geolonia 住所データ, and tables like them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.headings import Columns, guess_columns, headings_of, missing_field, tell_columns
from geodata.readers.json_table import place_of_name
from geodata.readers.positions import plain_numbers
from geodata.readers.records import file_record
from geodata.readers.rows import column_of, matching, require_columns
from geodata.readers.sheets import columns_in, place_of, read_sheet
from geodata.readers.tables import listed, note
from geodata.reading import ReaderInfo, Reading
from geodata.towns import Towns, towns_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from geodata.config.places import TownsConfig
    from geodata.units import BoolArray, FloatArray

Key = tuple[str, str, str]
Point = tuple[float, float]

READERS = (
    ReaderInfo(
        "isj-town",
        Text("位置参照情報（大字・町丁目レベル）", "MLIT location reference, towns"),
        "国土交通省 位置参照情報 大字・町丁目レベル（平成28年度版以降の列、cp932、zip）",
        verified=False,
    ),
    ReaderInfo(
        "isj-block",
        Text("位置参照情報（街区レベル）", "MLIT location reference, blocks"),
        "国土交通省 位置参照情報 街区レベル（令和5年までの列、cp932、zip）",
        verified=False,
    ),
    ReaderInfo(
        "towns-table",
        Text("町丁目の点の表（Geolonia 住所データなど）", "Points of 町丁目 (Geolonia and the like)"),
        "Geolonia 住所データ latest.csv（2024）, api/ja/<県>/<市>.json; towns.csv with municipality, town, lat, lon",
        verified=True,
    ),
)

WORDS: dict[str, tuple[str, ...]] = {
    "town": (
        "大字町丁目名",
        "大字・丁目名",
        "大字・町丁目名",
        "大字町丁目",
        "町丁目名",
        "町丁・字等名",
        "町丁目",
        "町名",
        "町字",
        "town",
        "name",
    ),
    "koaza": ("小字・通称名", "小字名", "小字", "koaza"),
    "city": ("市区町村名", "市町村名", "市区町村", "自治体名", "city", "municipality"),
    "prefecture": ("都道府県名", "都道府県", "prefecture", "pref"),
    "lon": ("経度", "lon", "lng", "longitude", "代表点_経度"),
    "lat": ("緯度", "lat", "latitude", "代表点_緯度"),
    "block": ("街区符号・地番", "街区符号"),
    "main": ("代表フラグ",),
    "gone": ("更新後履歴フラグ",),
}
NAMES = {
    "town": Text("町丁目", "town"),
    "koaza": Text("小字", "koaza"),
    "city": Text("市区町村", "municipality"),
    "prefecture": Text("都道府県", "prefecture"),
    "lon": Text("経度", "longitude"),
    "lat": Text("緯度", "latitude"),
    "block": Text("街区", "block"),
    "main": Text("代表フラグ", "flag of the main point"),
    "gone": Text("更新後履歴", "flag of abolished blocks"),
}
KNOWN = headings_of(WORDS)
DELETED = "3"
"""更新後履歴フラグ of a block that no longer is (位置参照情報 街区レベル)."""


def read_towns(config: TownsConfig, find: Callable[[str], Path]) -> Reading[Towns]:
    """
    Return the 町丁目 points of one or more files.

    Blocks (街区) of one town become one point, the mean of those flagged as 代表. A town named twice with the same
    municipality keeps its first point.

    Parameters
    ----------
    config
        Files, and columns where the headings do not tell.
    find
        Path as written → path on disk.

    Returns
    -------
    reading
        Towns; counts ``towns``; one record per file.

    Raises
    ------
    DataError
        If a file, or a column that is needed, is missing, or no row has a usable point.
    """
    points: dict[Key, Point] = {}
    problems: list[Problem] = []
    files = []
    for written in config.path:
        path = find(written)
        frame, found = read_sheet(path, KNOWN)
        frame = _with_place(frame, path)
        columns, more = _columns(config, frame, path.name)
        kept = frame[matching(frame, config.where, path.name)].reset_index(drop=True)
        keys, lonlat, usable, wrong = _rows(kept, columns, path.name)
        by_block = "block" in columns.of
        own, told = _by_block(kept, columns, keys, lonlat, usable) if by_block else _by_row(keys, lonlat, usable)
        used = len(own) - len(own.keys() & points.keys())
        points |= {key: point for key, point in own.items() if key not in points}
        problems += [*found, *more, *wrong, *told]
        reader = READERS[1] if by_block else READERS[0] if "大字町丁目コード" in frame else READERS[2]
        files.append(file_record(path, reader, len(frame), int(usable.sum()) if by_block else used))
        if used < len(own):
            problems.append(_again(path.name, len(own) - used))
    towns = towns_of((name, city, pref, *point) for (pref, city, name), point in points.items())
    return Reading(towns, tuple(problems), tuple(files), {"towns": towns.n_towns})


def _with_place(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a JSON of one municipality with the place it is named after: its rows do not say it."""
    prefecture, city = place_of_name(path) if path.suffix.lower() == ".json" else ("", "")
    if not city or guess_columns(columns_in(frame), {"city": WORDS["city"]}, {}).get("city"):
        return frame
    return frame.assign(都道府県名=prefecture, 市区町村名=city)


def _columns(config: TownsConfig, frame: pd.DataFrame, name: str) -> tuple[Columns, list[Problem]]:
    given = {"town": config.town, "city": config.city, "lon": config.lon, "lat": config.lat}
    require_columns(frame, [c for c in given.values() if c is not None], name)
    columns = guess_columns(columns_in(frame), WORDS, given)
    missing = [n for n in ("town", "lon", "lat") if n not in columns.of]
    if missing:
        raise DataError([missing_field(name, NAMES[n], n, columns_in(frame)) for n in missing])
    return columns, tell_columns(columns, NAMES, name, "towns")


def _rows(frame: pd.DataFrame, columns: Columns, name: str) -> tuple[list[Key], FloatArray, BoolArray, list[Problem]]:
    """Return row → prefecture, municipality and town; its point; whether it can be used; and what cannot."""
    lonlat = np.column_stack([plain_numbers(frame[columns.of[n]]) for n in ("lon", "lat")])
    town = frame[columns.of["town"]]
    with np.errstate(invalid="ignore"):
        usable = (np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= 90) & np.abs(lonlat).any(axis=1)  # noqa: PLR2004 -- degrees
    usable &= (town != "").to_numpy()
    if not usable.any():
        raise DataError(_no_point(place_of(frame, 0) if len(frame) else name))
    problems = []
    if not usable.all():
        problems.append(_left_out(place_of(frame, int(np.argmin(usable))), int((~usable).sum())))
    if "gone" in columns.of:
        usable &= (frame[columns.of["gone"]] != DELETED).to_numpy()
    places = [column_of(frame, columns.get(n)) for n in ("prefecture", "city")]
    names = [t + k for t, k in zip(town, column_of(frame, columns.get("koaza")), strict=True)]
    return list(zip(*places, names, strict=True)), lonlat, usable, problems


def _by_row(keys: list[Key], lonlat: FloatArray, usable: BoolArray) -> tuple[dict[Key, Point], list[Problem]]:
    points: dict[Key, Point] = {}
    twice = []
    for n in np.flatnonzero(usable).tolist():
        if keys[n] in points:
            twice.append(keys[n][2])
        points.setdefault(keys[n], (float(lonlat[n, 0]), float(lonlat[n, 1])))
    if not twice:
        return points, []
    told = warning(
        "towns.duplicate",
        "towns",
        Text(f"同じ町丁目が二度以上あります: {listed(twice)}", f"towns occur again: {listed(twice)}"),
        Text("最初の行の位置を使います", "the point of the first row is used"),
        len(twice),
    )
    return points, [told]


def _by_block(
    frame: pd.DataFrame, columns: Columns, keys: list[Key], lonlat: FloatArray, usable: BoolArray
) -> tuple[dict[Key, Point], list[Problem]]:
    """Return town → mean point of its blocks: those flagged as 代表, or all where none is."""
    main = usable & (frame[columns.of["main"]] == "1").to_numpy() if "main" in columns.of else usable
    points = _means(keys, lonlat, usable) | _means(keys, lonlat, main)
    count = int(usable.sum())
    return points, [
        note(
            "towns.blocks",
            "towns",
            Text(f"{count} 街区を {len(points)} 町丁目にまとめました", f"{count} blocks became {len(points)} towns"),
            count=count,
        ),
    ]


def _means(keys: list[Key], lonlat: FloatArray, chosen: BoolArray) -> dict[Key, Point]:
    sums: dict[Key, list[float]] = {}
    for n in np.flatnonzero(chosen).tolist():
        held = sums.setdefault(keys[n], [0.0, 0.0, 0.0])
        held[0] += float(lonlat[n, 0])
        held[1] += float(lonlat[n, 1])
        held[2] += 1
    return {key: (lon / count, lat / count) for key, (lon, lat, count) in sums.items()}


def _no_point(where: str) -> Problem:
    return error(
        "towns.no_point",
        where,
        Text("使える緯度・経度のある行がありません", "no row has a usable latitude and longitude"),
        Text("緯度・経度（度）のある町丁目の表を指定してください", "give a table of towns with degrees"),
    )


def _left_out(where: str, count: int) -> Problem:
    return warning(
        "towns.left_out",
        where,
        Text("町丁目名か緯度・経度が使えない行があります", "rows lack a town name or a usable position"),
        Text("これらの行は使いません", "they are left out"),
        count,
    )


def _again(name: str, count: int) -> Problem:
    return warning(
        "towns.in_two_files",
        name,
        Text("前のファイルと同じ町丁目があります", "towns of an earlier file occur again"),
        Text("前のファイルの位置を使います", "the points of the earlier file are used"),
        count,
    )
