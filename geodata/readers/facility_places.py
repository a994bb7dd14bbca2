"""Owns where the facilities of a table stand: by their coordinates, else by their address, else told as left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.positions import Positions, read_positions
from geodata.readers.sheets import place_of
from geodata.readers.tables import ROW, listed, note
from geodata.towns import NO_MATCH, RADIUS_M, TownMatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geodata.readers.headings import Columns
    from geodata.towns import Towns
    from geodata.units import BoolArray, FloatArray

FAR_FROM_TOWN_M = 5_000.0
"""A facility further from the town of its address is told. Assumption: half the width of a large 大字 in mountains."""

ROWS_NAMED = 20
_EARTH_M = 6_371_000.0
_QUALITY = {
    "chome": Text("丁目", "丁目"),
    "town": Text("町・大字", "town"),
    "city": Text("市区町村", "municipality"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """
    Where rows stand.

    `lonlat` (N, 2): degrees, NaN = left out; `error_m` (N,): radius of rows placed by their address, NaN of others.
    """

    lonlat: FloatArray
    error_m: FloatArray
    problems: tuple[Problem, ...]


def address_texts(frame: pd.DataFrame, columns: Columns) -> list[str] | None:
    """Return the addresses of a table, from one column or from municipality, town and number; None = it has none."""
    whole = columns.get("address")
    parts = [c for c in map(columns.get, ("place_city", "place_town", "place_rest")) if c is not None]
    if whole is None and columns.get("place_town") is None:
        return None
    joined = (
        ["".join(values) for values in zip(*(frame[c] for c in parts), strict=True)] if parts else [""] * len(frame)
    )
    return joined if whole is None else [a or j for a, j in zip(frame[whole], joined, strict=True)]


def place_rows(
    frame: pd.DataFrame, positions: Positions, addresses: Sequence[str] | None, towns: Towns | None
) -> Placed:
    """
    Place rows by their coordinates, and those without by their address.

    Parameters
    ----------
    frame
        A sheet; see `read_sheet`.
    positions
        What its coordinates say.
    addresses
        Address of each row; None = the table has none.
    towns
        Points of 町丁目; None = none configured.

    Raises
    ------
    DataError
        If no row has coordinates and there are no addresses or no towns.
    """
    lonlat = positions.lonlat.copy()
    error_m = np.full(len(frame), np.nan)
    bare = np.isnan(lonlat[:, 0])
    problems = _tell_positions(frame, positions)
    if len(frame) and bare.all() and (towns is None or addresses is None):
        raise DataError(_no_way(place_of(frame, 0), len(frame), addressed=addresses is not None))
    if towns is None or addresses is None:
        return Placed(lonlat, error_m, (*problems, *_left_out(frame, bare, addressed=addresses is not None)))
    found = [towns.match(a) if a else NO_MATCH for a in addresses]
    problems += _far(frame, lonlat, found, towns)
    for n in np.flatnonzero(bare):
        if found[n].town >= 0:
            lonlat[n] = towns.lonlat[found[n].town]
            error_m[n] = RADIUS_M[found[n].quality]
    placed = bare & ~np.isnan(lonlat[:, 0])
    problems += _by_address(frame, placed, found, addresses)
    left = np.isnan(lonlat[:, 0])
    if len(frame) and left.all():
        raise DataError(_none_fits(place_of(frame, 0), listed(addresses)))
    return Placed(lonlat, error_m, (*problems, *_unmatched(frame, left, addresses)))


def positions_of(frame: pd.DataFrame, columns: Columns) -> Positions:
    """Return the positions of a table; all blank where it has no such columns."""
    blank = [""] * len(frame)
    lon, lat = (columns.get(n) for n in ("lon", "lat"))
    if lon is None or lat is None:
        return read_positions(blank, blank)
    return read_positions(frame[lon].tolist(), frame[lat].tolist())


def _tell_positions(frame: pd.DataFrame, positions: Positions) -> list[Problem]:
    problems = []
    for rows, code, message, hint in (
        (
            positions.swapped,
            "facilities.swapped",
            Text("緯度と経度が入れ替わっている行があります", "latitude and longitude are swapped in rows"),
            Text("入れ替えて使いました。元の表を直してください", "they were swapped back; mend the table"),
        ),
        (
            positions.angles,
            "facilities.angles",
            Text("度分秒で書かれた位置があります", "positions are written in degrees, minutes and seconds"),
            Text(
                "度に直して使いました。測地系（世界測地系か）は確かめてください",
                "they were turned into degrees; make sure that the datum is JGD2000 or later",
            ),
        ),
        (
            positions.refused,
            "facilities.position",
            Text("使えない緯度・経度の行があります", "rows have an unusable latitude or longitude"),
            Text(
                "緯度・経度（度、日本の範囲）を直してください。住所があれば住所から置きます",
                "mend them (degrees, within Japan); where there is an address it is used instead",
            ),
        ),
    ):
        if rows.any():
            first = place_of(frame, int(np.argmax(rows)))
            problems.append(warning(code, first, _with_rows(message, frame, rows), hint, int(rows.sum())))
    return problems


def _with_rows(message: Text, frame: pd.DataFrame, rows: BoolArray) -> Text:
    named = listed(frame[ROW].to_numpy()[rows][: ROWS_NAMED + 1], ROWS_NAMED)
    return Text(f"{message.ja}（{named} 行目）", f"{message.en} (rows {named})")


def _by_address(
    frame: pd.DataFrame, placed: BoolArray, found: Sequence[TownMatch], addresses: Sequence[str]
) -> list[Problem]:
    """Return a note on how many rows stand at which quality, and a warning for those in the middle of a city."""
    if not placed.any():
        return []
    rows = np.flatnonzero(placed).tolist()
    counts = Counter(found[n].quality for n in rows)
    said = [(_QUALITY[q], RADIUS_M[q], counts[q]) for q in _QUALITY if counts[q]]
    problems = [
        note(
            "facilities.placed_by_address",
            place_of(frame, rows[0]),
            Text(
                "座標のない施設を住所から置きました: "
                + "、".join(f"{t.ja}の点 {n}（誤差 {r:,.0f} m）" for t, r, n in said),
                "placed by address: "
                + ", ".join(f"{n} at the point of the {t.en} (error {r:,.0f} m)" for t, r, n in said),
            ),
            Text("誤差の半径は仮定です", "the radii are assumed"),
            len(rows),
        ),
    ]
    coarse = [n for n in rows if found[n].quality == "city"]
    if coarse:
        problems.append(
            warning(
                "facilities.placed_at_city",
                place_of(frame, coarse[0]),
                Text(
                    f"町名が見つからず、市区町村の中央に置いた施設があります: {listed(addresses[n] for n in coarse)}",
                    f"no town fits, so the middle of the municipality is used: {listed(addresses[n] for n in coarse)}",
                ),
                Text("緯度・経度を書き足すと正しく置けます", "add latitude and longitude to place them"),
                len(coarse),
            ),
        )
    return problems


def _far(frame: pd.DataFrame, lonlat: FloatArray, found: Sequence[TownMatch], towns: Towns) -> list[Problem]:
    """Return a warning for rows whose coordinates lie far from the town of their address."""
    index = np.array([m.town if m.quality in {"chome", "town"} else -1 for m in found], dtype=np.int64)
    known = (index >= 0) & ~np.isnan(lonlat[:, 0])
    if not known.any():
        return []
    apart = np.zeros(len(lonlat))
    apart[known] = _metres(lonlat[known], towns.lonlat[index[known]])
    far = apart > FAR_FROM_TOWN_M
    if not far.any():
        return []
    first = int(np.argmax(far))
    town = towns.name[index[first]]
    return [
        warning(
            "facilities.far_from_town",
            place_of(frame, first),
            Text(
                f"座標が住所の町（{town}）から {apart[first] / 1000:.1f} km 離れています",
                f"the coordinates lie {apart[first] / 1000:.1f} km from the town of the address ({town})",
            ),
            Text("座標か住所を確かめてください。座標をそのまま使いました", "check either; the coordinates were used"),
            int(far.sum()),
        ),
    ]


def _metres(a: FloatArray, b: FloatArray) -> FloatArray:
    middle = np.radians((a[:, 1] + b[:, 1]) / 2)
    east = np.radians(a[:, 0] - b[:, 0]) * np.cos(middle)
    apart: FloatArray = _EARTH_M * np.hypot(east, np.radians(a[:, 1] - b[:, 1]))
    return apart


def _no_way(where: str, count: int, *, addressed: bool) -> Problem:
    hint = (
        Text(
            "設定に towns: を加えてください（国土交通省「位置参照情報 大字・町丁目レベル」の CSV か zip）",
            "add towns: to the configuration (位置参照情報 大字・町丁目レベル of MLIT, CSV or zip)",
        )
        if addressed
        else Text("緯度・経度か住所の列を加えてください", "add columns of latitude and longitude, or of the address")
    )
    return error(
        "facilities.no_towns" if addressed else "facilities.no_place",
        where,
        Text(f"緯度・経度のある行がありません（{count} 行）", f"no row has latitude and longitude ({count} rows)"),
        hint,
    )


def _none_fits(where: str, addresses: str) -> Problem:
    return error(
        "facilities.no_match",
        where,
        Text(f"どの住所も towns: の町丁目に見つかりません: {addresses}", f"no address fits a town: {addresses}"),
        Text("towns: がこの市区町村のものか確かめてください", "check that towns: is of this municipality"),
    )


def _left_out(frame: pd.DataFrame, bare: BoolArray, *, addressed: bool) -> list[Problem]:
    if not bare.any():
        return []
    hint = (
        Text("設定に towns: を加えると住所から置けます", "add towns: to the configuration to place them by address")
        if addressed
        else Text("緯度・経度を書き足してください", "add latitude and longitude")
    )
    return [_without_place(frame, bare, hint)]


def _unmatched(frame: pd.DataFrame, left: BoolArray, addresses: Sequence[str]) -> list[Problem]:
    if not left.any():
        return []
    named = listed(addresses[n] or "（住所なし）" for n in np.flatnonzero(left).tolist())
    hint = Text(f"緯度・経度を書き足してください（住所: {named}）", f"add latitude and longitude (addresses: {named})")
    return [_without_place(frame, left, hint)]


def _without_place(frame: pd.DataFrame, rows: BoolArray, hint: Text) -> Problem:
    message = Text("位置が分からず使わなかった行があります", "rows without a place are left out")
    first = place_of(frame, int(np.argmax(rows)))
    return warning("facilities.left_out", first, _with_rows(message, frame, rows), hint, int(rows.sum()))
