"""Owns what became of every way of a source, and what to say where none, or not all of it, is of use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Problem, Text, error, warning
from geodata.readers.osm_files import GET_AGAIN

if TYPE_CHECKING:
    from pathlib import Path

Area = tuple[float, float, float, float]
"""West, south, east, north [degrees]."""


@dataclass(slots=True)
class WayCounts:
    """
    What became of every way with a ``highway`` tag; `seen` is the sum of the others but `cut`.

    `no_class`: neither for walking nor for driving (planned, raceways …). `closed`: private, or nobody may use it.
    `outside`: no point in the area. `no_position`: fewer than two points that the file holds. `cut`: kept in parts,
    because points between them are missing. `reverse`: of a graph, the same street in the other direction. `swapped`:
    points whose latitude is beyond the poles and would be a longitude. `box`: what all points with a position lie in.
    """

    seen: int = 0
    kept: int = 0
    no_class: int = 0
    closed: int = 0
    outside: int = 0
    no_position: int = 0
    cut: int = 0
    reverse: int = 0
    swapped: int = 0
    box: list[float] = field(default_factory=lambda: [np.inf, np.inf, -np.inf, -np.inf])

    def as_counts(self) -> dict[str, int]:
        """Return the counts under the names that the import report uses."""
        return {
            "osm_ways_in": self.seen,
            "osm_ways": self.kept,
            "osm_ways_no_class": self.no_class,
            "osm_ways_closed": self.closed,
            "osm_ways_outside": self.outside,
            "osm_ways_no_position": self.no_position,
            "osm_ways_reverse": self.reverse,
        }


def outside_area(name: str, box: list[float], area: Area) -> Problem:
    """Return the error for a file whose streets all lie elsewhere; swapped coordinates are recognised."""
    shown = "–".join(f"({x:.3f}, {y:.3f})" for x, y in (box[:2], box[2:]))
    wanted = "–".join(f"({x:.3f}, {y:.3f})" for x, y in (area[:2], area[2:]))
    turned = box[0] <= area[3] and box[2] >= area[1] and box[1] <= area[2] and box[3] >= area[0]
    return error(
        "streets.outside_area",
        name,
        Text(
            f"都市の範囲に道がありません。ファイルの範囲 {shown}、都市の範囲 {wanted}（経度, 緯度）",
            f"no street lies in the area of the city: the file covers {shown}, the city {wanted} (lon, lat)",
        ),
        Text("緯度と経度が入れ替わっています", "longitude and latitude are swapped")
        if turned
        else Text("この都市を含む地域の抽出を指定してください", "name an extract of the region that holds this city"),
    )


def nothing_kept(path: Path, counts: WayCounts, area: Area | None) -> Problem:
    """Return the error for a file of which no way is of use: why not."""
    if area is not None and counts.outside:
        return outside_area(path.name, counts.box, area)
    if counts.swapped:
        return error(
            "osm.swapped",
            path.name,
            Text(
                f"緯度と経度が入れ替わっています（{counts.swapped:,} 点）",
                f"latitude and longitude are swapped ({counts.swapped:,} points)",
            ),
            GET_AGAIN,
        )
    if counts.no_position:
        return error(
            "osm.no_positions",
            path.name,
            Text(
                f"道 {counts.no_position:,} 本の位置がありません（点が無いか、点が道より後にあります）",
                f"{counts.no_position:,} ways have no position: the points are missing, or stand after the ways",
            ),
            Text(
                "点を含む抽出を使うか、osmium sort で並べ替えてください",
                "use an extract with its nodes, or sort it with osmium sort",
            ),
        )
    if counts.seen:
        return error(
            "osm.no_streets",
            path.name,
            Text(
                f"通れる道がありません（計画中など {counts.no_class:,} 本、立入禁止 {counts.closed:,} 本）",
                f"no way can be walked or driven ({counts.no_class:,} planned or the like, {counts.closed:,} closed)",
            ),
            GET_AGAIN,
        )
    return error(
        "osm.no_streets",
        path.name,
        Text("道（highway=*）が 1 本もありません", "the file holds no way with highway=*"),
        Text("道を含む抽出を指定してください", "name an extract that holds streets"),
    )


def way_notes(path: Path, counts: WayCounts) -> list[Problem]:
    """Return the warning on ways that lack points."""
    damaged = counts.no_position + counts.cut
    if not damaged:
        return []
    return [
        warning(
            "osm.missing_nodes",
            path.name,
            Text(
                f"点の欠けた道があります（途切れた道 {counts.cut:,} 本、使えない道 {counts.no_position:,} 本）",
                f"ways lack points ({counts.cut:,} were cut, {counts.no_position:,} cannot be used)",
            ),
            Text(
                "抽出の縁なら問題ありません。多ければ、道を途中で切らない抽出（complete ways）を使ってください",
                "harmless at the edge of an extract; if many, use an extract with complete ways",
            ),
            damaged,
        )
    ]
