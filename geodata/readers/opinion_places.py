"""Owns where an opinion belongs: a point, a 町丁目 or a district, in this order, else nowhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.crs import plane_epsg, to_plane
from geodata.district_names import match_names
from geodata.errors import Problem, Severity, Text, warning
from geodata.readers.personal_fields import mask_text
from geodata.readers.positions import read_positions
from geodata.readers.rows import column_of
from geodata.readers.sheets import place_of
from geodata.readers.tables import listed, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geodata.population import PopulationCells
    from geodata.readers.headings import Columns
    from geodata.towns import Towns
    from geodata.units import FloatArray, IntArray

CELL_REACH_M = 1_500.0
"""An opinion further from any cell belongs to no district by its place. Assumption: somewhat more than a 1 km mesh."""

_QUALITY = {
    "point": Text("座標", "coordinates"),
    "town": Text("町丁目", "town"),
    "district": Text("地区", "district"),
    "none": Text("場所不明", "no place"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Place [degrees] (NaN = none), how it was found, and district (−1 = none) of each opinion of a file."""

    lonlat: FloatArray
    quality: list[str]
    district: IntArray


def place_opinions(
    frame: pd.DataFrame, columns: Columns, population: PopulationCells, towns: Towns | None
) -> tuple[Places, list[Problem]]:
    """
    Place the opinions of a table.

    Parameters
    ----------
    frame
        A sheet; see `read_sheet`.
    columns
        Which of its columns tell position, place and district.
    population
        Its districts take the names; the nearest cell gives the district of a place. An opinion known by its district
        only stands at the middle of the people of that district.
    towns
        Points of 町丁目; None = none.

    Returns
    -------
    places, problems
        A note on how many were found how, and a warning naming places that were not found.
    """
    n = len(frame)
    lon, lat, place, named = (column_of(frame, columns.get(c)) for c in ("lon", "lat", "place", "district"))
    positions = read_positions(lon, lat)
    lonlat = positions.lonlat.copy()
    quality = np.where(np.isnan(lonlat[:, 0]), "none", "point").astype("<U8")
    problems = [] if not positions.refused.any() else [_bad_position(frame, positions.refused)]
    if positions.swapped.any():
        problems.append(_swapped(frame, positions.swapped))
    if towns is not None:
        for i in np.flatnonzero(quality == "none").tolist():
            match = towns.match(place[i]) if place[i] else None
            if match is not None and match.quality in {"chome", "town"}:
                lonlat[i], quality[i] = towns.lonlat[match.town], "town"
    district = _nearest_district(lonlat, population)
    by_name, notes = _districts_by_name([*named, *place], population, place_of(frame, 0) if n else "")
    problems += notes
    told = np.array([by_name.get(a, by_name.get(b, -1)) for a, b in zip(named, place, strict=True)], dtype=np.int32)
    district = np.where(told >= 0, told, district).astype(np.int32).reshape(n)
    middles = _middles(population)
    for i in np.flatnonzero((quality == "none") & (told >= 0)).tolist():
        lonlat[i], quality[i] = middles[told[i]], "district"
    problems += _tell(frame, quality.tolist(), [p or d for p, d in zip(place, named, strict=True)], towns)
    return Places(lonlat, quality.tolist(), district), problems


def _districts_by_name(
    names: Sequence[str], population: PopulationCells, where: str
) -> tuple[dict[str, int], list[Problem]]:
    """Return name → district of the population, and what was matched by its stem; names that fit none are left out."""
    wanted = [n for n in dict.fromkeys(names) if n]
    known = population.district_name.tolist()
    if not wanted or not known:
        return {}, []
    by_id = {str(key): n for n, key in enumerate(population.district_id.tolist())}
    matches = match_names(wanted, known, where=where, code="opinions")
    notes = [p for p in matches.problems if p.severity is Severity.INFO]
    return {n: by_id[n] for n in wanted if n in by_id} | matches.found, notes


def _middles(population: PopulationCells) -> FloatArray:
    """Return district → middle of its people, or of its cells where nobody lives; NaN for one without cells."""
    count = len(population.district_id)
    inside = population.district >= 0
    sums = np.zeros((count, 2))
    weights = np.zeros(count)
    for weight in (population.total, np.ones(population.n_cells)):
        bare = weights <= 0
        use = inside & bare[population.district] if count else inside
        np.add.at(sums, population.district[use], population.lonlat[use] * weight[use, None])
        np.add.at(weights, population.district[use], weight[use])
    with np.errstate(invalid="ignore", divide="ignore"):
        middles: FloatArray = sums / weights[:, None]
    return middles


def _nearest_district(lonlat: FloatArray, population: PopulationCells) -> IntArray:
    """Return the district of the nearest cell, −1 where none is near."""
    found = np.full(len(lonlat), -1, dtype=np.int32)
    known = np.flatnonzero(np.isfinite(lonlat[:, 0]))
    if not len(known) or not population.n_cells:
        return found
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- slow to import

    middle = population.lonlat.mean(axis=0)
    epsg = plane_epsg(float(middle[0]), float(middle[1]))
    tree = cKDTree(to_plane(epsg, population.lonlat))
    apart, cell = tree.query(to_plane(epsg, lonlat[known]))
    near = apart <= CELL_REACH_M
    found[known[near]] = population.district[cell[near]]
    return found


def _bad_position(frame: pd.DataFrame, refused: np.ndarray) -> Problem:
    return warning(
        "opinions.position",
        place_of(frame, int(np.argmax(refused))),
        Text("使えない緯度・経度の行があります", "rows have an unusable latitude or longitude"),
        Text("場所や地区の名前があればそれを使います", "the name of a place or district is used where there is one"),
        int(refused.sum()),
    )


def _swapped(frame: pd.DataFrame, rows: np.ndarray) -> Problem:
    return warning(
        "opinions.swapped",
        place_of(frame, int(np.argmax(rows))),
        Text("緯度と経度が入れ替わっている行があります", "latitude and longitude are swapped in rows"),
        Text("入れ替えて使いました。元の表を直してください", "they were swapped back; mend the table"),
        int(rows.sum()),
    )


def _tell(frame: pd.DataFrame, quality: list[str], names: list[str], towns: Towns | None) -> list[Problem]:
    if not quality:
        return []
    counts = Counter(quality)
    said = [(_QUALITY[q], counts[q]) for q in _QUALITY if counts[q]]
    problems = [
        note(
            "opinions.placed",
            place_of(frame, 0),
            Text("意見の場所: " + "、".join(f"{t.ja} {n}" for t, n in said), ", ".join(f"{t.en} {n}" for t, n in said)),
        ),
    ]
    lost = [i for i, q in enumerate(quality) if q == "none" and names[i]]
    if lost:
        hint = (
            Text("設定に towns: を加えると町名から置けます", "add towns: to place them by the name of their town")
            if towns is None
            else Text("町名か地区名を都市データの書き方に直してください", "write the town or district as the city does")
        )
        examples = listed(dict.fromkeys(mask_text(names[i]).text for i in lost))
        problems.append(
            warning(
                "opinions.unknown_place",
                place_of(frame, lost[0]),
                Text(f"場所の分からない意見があります: {examples}", f"places are not known: {examples}"),
                hint,
                len(lost),
            ),
        )
    return problems
