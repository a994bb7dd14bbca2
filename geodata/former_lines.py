"""Owns the search for the line of a timetable that is most like a former one, by name and by where it stops."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from geodata.former_ids import FormerId
from geodata.timetable import RouteClass

if TYPE_CHECKING:
    from geodata.timetable import Timetable
    from geodata.units import BoolArray, FloatArray, IntArray

SAME_PLACE_M = 300.0
"""A stop of a route counts as served by another route that stops within this distance [m]."""

_COMPARED = 50
"""Most routes or patterns compared by distance where all serve as many stops."""
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")


def plain_name(name: str) -> str:
    """Return a name to compare by: without width, case, spaces and what stands in brackets."""
    text = _BRACKETS.sub("", unicodedata.normalize("NFKC", name))
    return re.sub(r"\s+", "", text).casefold()


def closest(points: FloatArray, xy: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return for each of `xy` the row of the nearest of `points` and its distance [m]; −1 and inf without one."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- only when something was replaced

    row, distance = np.full(len(xy), -1, np.int32), np.full(len(xy), np.inf)
    known, asked = np.flatnonzero(np.isfinite(points).all(axis=1)), np.isfinite(xy).all(axis=1)
    if len(known) and asked.any():
        distance[asked], found = cKDTree(points[known]).query(xy[asked])
        row[asked] = known[found]
    return row, distance


def former_lines(old: Timetable, new: Timetable) -> list[FormerId]:
    """Return the routes and patterns that are no more; a pattern's nearest belongs to the route nearest to its own."""
    routes, patterns = old.routes, old.patterns
    gone = np.flatnonzero(~np.isin(routes.route_id, new.routes.route_id)).tolist()
    if not gone:
        return []
    was_rail, is_rail = (t.routes.route_class == RouteClass.RAIL for t in (old, new))
    searches = {rail: _LineSearch(new, is_rail == rail) for rail in np.unique(was_rail[gone]).tolist()}
    own_patterns = _grouped(patterns.route, np.arange(len(patterns.route), dtype=np.int32), len(routes.route_id))
    found = []
    for route in gone:
        own, search = own_patterns[route].tolist(), searches[bool(was_rail[route])]
        stops = np.unique(np.concatenate([patterns.stops_of(p) for p in own])) if own else np.zeros(0, np.int32)
        at, far = search.route(old.stops.xy[stops], str(routes.name[route]))
        nearest = ("", "") if at < 0 else (str(new.routes.route_id[at]), str(new.routes.name[at]))
        name, route_class = str(routes.name[route]), str(routes.route_class[route])
        found.append(FormerId("route", str(routes.route_id[route]), name, *nearest, far, route_class))
        found.extend(_pattern(old, pattern, search, at) for pattern in own)
    return found


def _pattern(old: Timetable, pattern: int, search: _LineSearch, route: int) -> FormerId:
    at, far = search.pattern(old.stops.xy[old.patterns.stops_of(pattern)], route)
    there = search.timetable.patterns
    nearest = ("", "") if at < 0 else (str(there.pattern_id[at]), str(there.headsign[at]))
    former, headsign = str(old.patterns.pattern_id[pattern]), str(old.patterns.headsign[pattern])
    return FormerId("pattern", former, headsign, *nearest, far)


class _LineSearch:
    """Some lines of one timetable (all, if none is wanted): which stop near points, and how far one is from them."""

    def __init__(self, timetable: Timetable, wanted: BoolArray) -> None:
        from scipy.spatial import cKDTree  # noqa: PLC0415 -- only when something was replaced

        patterns, n_routes = timetable.patterns, len(timetable.routes.route_id)
        self.timetable = timetable
        owner = np.repeat(patterns.route, np.diff(patterns.stop_offsets))
        wanted = wanted if wanted.any() else ~wanted
        pairs = np.unique(np.stack([patterns.stops, owner], axis=1)[wanted[owner]], axis=0)
        self.stops, first = np.unique(pairs[:, 0], return_index=True)
        self.routes_at = np.split(pairs[:, 1], first[1:]) if len(first) else []
        self.stops_of = _grouped(pairs[:, 1], pairs[:, 0], n_routes)
        self.patterns_of = _grouped(patterns.route, np.arange(len(patterns.route), dtype=np.int32), n_routes)
        self.tree = cKDTree(timetable.stops.xy[self.stops]) if len(self.stops) else None
        self.by_name: dict[str, list[int]] = {}
        for row, name in enumerate(timetable.routes.name.tolist()):
            if wanted[row]:
                self.by_name.setdefault(plain_name(name), []).append(row)
        self.by_name.pop("", None)

    def route(self, xy: FloatArray, name: str) -> tuple[int, float]:
        """
        Return the route most like a former one, and the median distance of the former stops from it [m].

        The same name, else the route near most stops, else that of the nearest stop; −1 and inf without any route.
        """
        namesakes = self.by_name.get(plain_name(name), [])
        if self.tree is None or not len(xy):
            return (namesakes[0], np.inf) if namesakes else (-1, np.inf)
        near: dict[int, int] = {}
        for found in self.tree.query_ball_point(xy, SAME_PLACE_M):
            for route in {r for n in found for r in self.routes_at[n].tolist()}:
                near[route] = near.get(route, 0) + 1
        chosen = namesakes or sorted(near)
        if not chosen:
            away, at = self.tree.query(xy)
            chosen = self.routes_at[at[int(np.argmin(away))]].tolist()
        most = max(near.get(r, 0) for r in chosen)
        best = [r for r in chosen if near.get(r, 0) == most][:_COMPARED]
        far, row = min((self._away_m(self.stops_of[r], xy), r) for r in best)
        return row, far

    def pattern(self, xy: FloatArray, route: int) -> tuple[int, float]:
        """Return the pattern of a route that runs most like a former one: the same way round, then nearest."""
        if route < 0:
            return -1, np.inf
        best = (True, np.inf, -1)
        for pattern in self.patterns_of[route][:_COMPARED].tolist():
            stops = self.timetable.patterns.stops_of(pattern)
            row, distance = closest(self.timetable.stops.xy[stops], xy)
            best = min(best, (bool(row[-1] < row[0]), float(np.median(distance)), pattern))
        return best[2], best[1]

    def _away_m(self, stops: IntArray, xy: FloatArray) -> float:
        _, distance = closest(self.timetable.stops.xy[stops], xy)
        return float(np.median(distance))


def _grouped(owner: IntArray, rows: IntArray, n_owners: int) -> list[IntArray]:
    """Return owner → its rows, in order."""
    order = np.argsort(owner, kind="stable")
    edges = np.searchsorted(owner[order], np.arange(1, n_owners))
    return np.split(rows[order], edges) if n_owners else []
