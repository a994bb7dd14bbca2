"""Owns how pieces of streets become a network: heights, directions, findings and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.elevation import climb_efforts, sample_elevation
from geodata.readers.osm_pieces import Islands, Pieces, Ways, cut_ways, off_islands
from geodata.readers.tables import note
from geodata.streets import StreetNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class StreetReading:
    """What came of a source of streets; `counts`: ways, nodes, edges, kilometres, islands."""

    streets: StreetNetwork
    problems: tuple[Problem, ...]
    counts: dict[str, int]


def build_streets(
    ways: Ways,
    where: str,
    *,
    project: Callable[[FloatArray], FloatArray],
    elevation: Sequence[Path] = (),
    counts: dict[str, int] | None = None,
    problems: Sequence[Problem] = (),
) -> StreetReading:
    """Return the network of ways read from `where`: cut, cleared of small islands, sloped where heights are known."""
    pieces = cut_ways(ways, project)
    if not pieces.walk.any():
        raise DataError(_not_walkable(where))
    keep, islands = off_islands(pieces)
    removed = int((~keep).sum())
    pieces = pieces.only(keep)
    node_xy = project(pieces.node_lonlat)
    heights = sample_elevation(elevation[0], pieces.node_lonlat) if elevation else None
    streets = _network(pieces, node_xy, heights)
    found = [*problems, *_island_notes(where, islands)]
    unknown = 0 if heights is None else int(np.isnan(heights).sum())
    if unknown:
        found.append(_without_height(elevation[0].name, unknown))
    return StreetReading(streets, tuple(found), (counts or {}) | _counts(pieces, streets, islands, removed))


def _counts(pieces: Pieces, streets: StreetNetwork, islands: Islands, removed: int) -> dict[str, int]:
    drive = np.isfinite(pieces.pace).any(axis=1)
    return {
        "street_nodes": len(streets.node_xy),
        "street_edges": len(streets.edge_to),
        "street_walk_km": round(pieces.length_m[pieces.walk].sum() / 1000),
        "street_drive_km": round(pieces.length_m[drive].sum() / 1000),
        "street_islands": len(islands.kept_km),
        "street_islands_removed": islands.n_removed,
        "street_pieces_removed": removed,
    }


def _network(pieces: Pieces, node_xy: FloatArray, heights: FloatArray | None) -> StreetNetwork:
    """Return the graph with each piece in both directions."""
    tail = np.r_[pieces.ends[:, 0], pieces.ends[:, 1]]
    head = np.r_[pieces.ends[:, 1], pieces.ends[:, 0]]
    length = np.r_[pieces.length_m, pieces.length_m]
    walk = np.r_[pieces.walk, pieces.walk]
    pace = np.r_[pieces.pace[:, 0], pieces.pace[:, 1]]
    effort = length if heights is None else climb_efforts(length, heights[tail], heights[head])
    effort = np.where(walk, effort, np.inf)
    usable = walk | np.isfinite(pace)
    order = np.lexsort((length, head, tail))
    order = order[usable[order]]
    degree = np.bincount(tail[order], minlength=len(node_xy))
    offsets: IntArray = np.r_[0, np.cumsum(degree)].astype(np.int32)
    return StreetNetwork(
        node_lonlat=pieces.node_lonlat,
        node_xy=node_xy,
        edge_offsets=offsets,
        edge_to=head[order].astype(np.int32),
        edge_length_m=length[order],
        edge_effort_m=effort[order],
        edge_car_s=(length * pace)[order],
        has_slope=heights is not None,
    )


def _island_notes(where: str, islands: Islands) -> list[Problem]:
    found = []
    if islands.n_removed:
        found.append(
            note(
                "osm.islands",
                where,
                Text(
                    f"ほかとつながらない小さな道（合計 {islands.removed_km:,.1f} km）を除きました",
                    f"small streets that connect to nothing ({islands.removed_km:,.1f} km in all) were removed",
                ),
                count=islands.n_removed,
            ),
        )
    if len(islands.kept_km) > 1:
        km = "、".join(f"{v:,.1f} km" for v in islands.kept_km)
        found.append(
            note(
                "osm.separate_parts",
                where,
                Text(
                    f"歩ける道は互いにつながらない {len(islands.kept_km)} つの大きな部分です（{km}）。すべて使います",
                    f"the walkable streets are {len(islands.kept_km)} large parts that do not connect "
                    f"({km.replace('、', ', ')}); all are used",
                ),
            ),
        )
    return found


def _without_height(name: str, unknown: int) -> Problem:
    return warning(
        "elevation.outside",
        name,
        Text("標高のない地点は平らとしました", "places without a height count as level"),
        Text("道路網を覆う標高データを指定してください", "name a raster that covers the streets"),
        unknown,
    )


def _not_walkable(where: str) -> Problem:
    return error(
        "streets.not_walkable",
        where,
        Text(
            "歩ける道が 1 本もありません（自動車専用の道だけです）",
            "no street can be walked: only roads for cars alone",
        ),
        Text("歩道や生活道路も含むデータを指定してください", "name a source that holds local streets and footways too"),
    )
