"""Owns how pieces of streets become a network: heights, directions, findings and counts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.barriers import Barriers, blocked_pieces
from geodata.readers.elevation import climb_efforts, read_heights
from geodata.readers.osm_heights import span_heights
from geodata.readers.osm_pieces import Islands, Pieces, Ways, cut_ways, off_islands
from geodata.readers.tables import note
from geodata.streets import StreetNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.reading import FileRecord
    from geodata.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class StreetReading:
    """
    What came of a source of streets.

    `counts`: ways, nodes, edges, kilometres, islands, barriers; `files`: of heights; `about`: what the source tells of
    itself.
    """

    streets: StreetNetwork
    problems: tuple[Problem, ...]
    counts: dict[str, int]
    files: tuple[FileRecord, ...] = ()
    about: dict[str, str] = field(default_factory=dict)


def build_streets(
    ways: Ways,
    where: str,
    *,
    project: Callable[[FloatArray], FloatArray],
    elevation: Sequence[Path] = (),
    barriers: Barriers | None = None,
) -> StreetReading:
    """
    Return the network of ways read from `where`: cut, closed by barriers, cleared of small islands, sloped.

    Barriers come before islands: what they cut off is an island like any other.
    """
    pieces = cut_ways(ways, project)
    if not pieces.walk.any():
        raise DataError(_not_walkable(where))
    pieces, found, counts = _behind_barriers(pieces, barriers, where)
    keep, islands = off_islands(pieces)
    pieces = pieces.only(keep)
    counts |= {"street_pieces_removed": int((~keep).sum())} | _lengths(pieces, islands)
    found += _island_notes(where, islands)
    files: tuple[FileRecord, ...] = ()
    heights: FloatArray | None = None
    if elevation:
        reading = read_heights(elevation, pieces.node_lonlat)
        heights, counts["street_nodes_spanned"] = span_heights(pieces, reading.height_m)
        found, files = [*found, *reading.problems], reading.files
    streets = _network(pieces, project(pieces.node_lonlat), heights)
    counts |= {"street_nodes": len(streets.node_xy), "street_edges": len(streets.edge_to)}
    return StreetReading(streets, tuple(found), counts, files)


def _behind_barriers(
    pieces: Pieces, barriers: Barriers | None, where: str
) -> tuple[Pieces, list[Problem], dict[str, int]]:
    """Return the pieces that somebody may still use."""
    if barriers is None:
        return pieces, [], {}
    blocking = blocked_pieces(barriers, pieces.node_lonlat[pieces.ends])
    drive = np.isfinite(pieces.pace).any(axis=1)
    counts = {
        "street_barriers": len(barriers.shapes),
        "street_pieces_closed_walk": int((blocking.walk & pieces.walk).sum()),
        "street_pieces_closed_car": int((blocking.car & drive).sum()),
    }
    walk = pieces.walk & ~blocking.walk
    if not walk.any():
        raise DataError(_all_closed(where))
    pace = np.where(blocking.car[:, None], np.inf, pieces.pace)
    left = replace(pieces, walk=walk, pace=pace)
    return left.only(walk | np.isfinite(pace).any(axis=1)), list(blocking.problems), counts


def _lengths(pieces: Pieces, islands: Islands) -> dict[str, int]:
    drive = np.isfinite(pieces.pace).any(axis=1)
    return {
        "street_walk_km": round(pieces.length_m[pieces.walk].sum() / 1000),
        "street_drive_km": round(pieces.length_m[drive].sum() / 1000),
        "street_islands": len(islands.kept_km),
        "street_islands_removed": islands.n_removed,
        "street_islands_removed_m": round(islands.removed_km * 1000),
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


def _all_closed(where: str) -> Problem:
    return error(
        "barriers.close_everything",
        where,
        Text("barriers: がすべての道を塞いでいます", "the barriers close every street"),
        Text("区域が都市全体を覆っていないか確かめてください", "check that no polygon covers the whole city"),
    )
