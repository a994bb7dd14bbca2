"""Owns the operating domain of autonomous runs: which hops it holds, and how long they take under its speed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.timetable import Timetable
from geodata.units import BoolArray, FloatArray, IntArray
from scenarios.modifications.base import Model, Notes, Positive, refuse
from scenarios.modifications.placing import hop_lengths_m
from scenarios.modifications.population import Ring
from scenarios.modifications.selecting import select_stops, stops_served

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.modifications.selecting import RouteSelection
    from scenarios.modifications.timetable_edit import StopTimes

KMH_PER_MS = 3.6


class Domain(Model):
    """The stretch between two stops, both ways, or the hops inside a polygon."""

    from_stop: str | None = Field(default=None, description="停留所の id または名称")
    to_stop: str | None = Field(default=None, description="停留所の id または名称")
    polygon: Ring | None = Field(default=None, description="多角形の頂点 [経度, 緯度] の並び")
    length_m: Positive | None = Field(default=None, le=200_000, description="区間の道のり [m]（省くと直線 × 仮定の比）")

    @model_validator(mode="after")
    def _one_way(self) -> Any:
        by_stops = self.from_stop is not None and self.to_stop is not None
        half = (self.from_stop is None) != (self.to_stop is None)
        if half or by_stops == (self.polygon is not None):
            raise refuse(
                "domain",
                "from_stop と to_stop の組か、polygon のどちらか一方を書いてください",
                "give either from_stop and to_stop, or polygon",
                "例: domain: {from_stop: 南部図書館, to_stop: 河原子（BRT）}",
                "e.g. domain: {from_stop: brt-05, to_stop: brt-18}",
            )
        return self


def domain_of(
    city: City, mod: RouteSelection, domain: Domain | None, patterns: IntArray, notes: Notes
) -> dict[int, BoolArray]:
    """Return pattern → its hops inside the domain, of the patterns that have some; notes where none has."""
    timetable = city.timetable
    if domain is None:
        return {p: np.ones(len(timetable.patterns.stops_of(p)) - 1, bool) for p in patterns.tolist()}
    ends: list[IntArray] = []
    if domain.polygon is None:
        among = stops_served(timetable, patterns)
        named = (("from_stop", domain.from_stop), ("to_stop", domain.to_stop))
        ends = [select_stops(timetable, mod, f"domain.{key}", name or "", notes, among) for key, name in named]
        if not all(len(rows) for rows in ends):
            return {}
    inside = _in_ring(timetable, domain.polygon) if domain.polygon is not None else None
    hops = {p: _hops(timetable.patterns.stops_of(p), ends, inside) for p in patterns.tolist()}
    found = {p: chosen for p, chosen in hops.items() if chosen.any()}
    if hops and not found:
        notes.refuse(
            mod,
            "domain",
            "empty_domain",
            Text("この路線の区間は走行区間に入りません", "no part of these lines lies in the domain"),
            Text("停留所の組か多角形を確かめてください", "check the stops or the polygon"),
        )
    return found


def _in_ring(timetable: Timetable, ring: Ring) -> BoolArray:
    import shapely  # noqa: PLC0415 -- only polygons need it

    shape = shapely.make_valid(shapely.Polygon(ring))
    inside: BoolArray = shapely.contains_xy(shape, timetable.stops.lonlat)
    return inside


def _hops(stops: IntArray, ends: list[IntArray], inside: BoolArray | None) -> BoolArray:
    if inside is not None:
        both: BoolArray = inside[stops[:-1]] & inside[stops[1:]]
        return both
    chosen = np.zeros(len(stops) - 1, bool)
    at = [np.flatnonzero(np.isin(stops, rows)) for rows in ends]
    if all(len(positions) for positions in at):
        first, last = sorted((int(at[0][0]), int(at[1][0])))
        chosen[first:last] = True
    return chosen


@dataclass(frozen=True, slots=True, eq=False)
class DomainTimes:
    """
    Times of autonomous runs.

    Parameters
    ----------
    timetable
        The timetable they are taken from.
    hops
        Pattern → hops inside the domain.
    cap_kmh
        Speed that no hop inside exceeds.
    run_min
        What the domain takes, stops on the way included; None = only the cap counts.
    detour_factor
        Road ÷ straight line.
    given_m
        Length of the domain where it is known; hops share it in proportion.
    """

    timetable: Timetable
    hops: dict[int, BoolArray]
    cap_kmh: float
    run_min: float | None
    detour_factor: float
    given_m: float | None

    @property
    def length_m(self) -> float:
        """Length of the domain one way [m], of its longest pattern."""
        lengths = [float(self._lengths(p)[chosen].sum()) for p, chosen in self.hops.items()]
        return max(lengths, default=0.0)

    def _lengths(self, pattern: int) -> FloatArray:
        """Return the lengths of the hops of a pattern along the road [m]."""
        straight = hop_lengths_m(self.timetable.stops.xy[self.timetable.patterns.stops_of(pattern)])
        inside = float(straight[self.hops[pattern]].sum())
        factor = self.given_m / inside if self.given_m is not None and inside > 0 else self.detour_factor
        return straight * factor

    def least_s(self, pattern: int) -> FloatArray:
        """Return the shortest time in motion of each hop of a pattern under the cap [s]; 0 outside the domain."""
        least = self._lengths(pattern) / (self.cap_kmh / KMH_PER_MS)
        return np.where(self.hops[pattern], least, 0.0)

    def check(self, mod: Any, patterns: Iterable[int], notes: Notes) -> bool:
        """Return whether `run_min` keeps to the speed; notes it where it does not."""
        if self.run_min is None:
            return True
        for pattern in sorted(patterns):
            least = float(self.least_s(pattern).sum())
            if least > self.run_min * 60:
                km = float(self._lengths(pattern)[self.hops[pattern]].sum()) / 1000
                notes.refuse(
                    mod,
                    "domain_run_min",
                    "domain_too_fast",
                    Text(
                        f"{km:.1f} km を {self.run_min:g} 分では {self.cap_kmh:g} km/h を超えます",
                        f"{km:.1f} km in {self.run_min:g} min is faster than {self.cap_kmh:g} km/h",
                    ),
                    Text(
                        f"{least / 60:.1f} 分以上にするか、length_m を確かめてください",
                        f"write {least / 60:.1f} or more, or check length_m",
                    ),
                )
                return False
        return True

    def retime(self, pattern: int, times: StopTimes) -> StopTimes:
        """Return the times of a run of a pattern when it drives itself; it leaves its first stop as before."""
        inside, least = self.hops[pattern], self.least_s(pattern)
        dwell = (times.departure_s - times.arrival_s).astype(float)
        motion = (times.arrival_s[1:] - times.departure_s[:-1]).astype(float)
        if self.run_min is None:
            motion = np.where(inside, np.maximum(motion, np.ceil(least)), motion)
        else:
            between = inside[1:] & inside[:-1]
            wanted = max(float(least.sum()), self.run_min * 60 - float(dwell[1:-1][between].sum()))
            motion[inside] = _stretched(motion[inside], least[inside], wanted)
        steps = motion + dwell[:-1]
        arrival = times.arrival_s[0] + np.rint(np.concatenate([[0.0], np.cumsum(steps)]))
        return replace(times, arrival_s=arrival.astype(np.int32), departure_s=(arrival + dwell).astype(np.int32))

    def stretches(self, patterns: Iterable[int]) -> tuple[tuple[str, ...], ...]:
        """Return the stop ids of each stretch of the domain, pattern by pattern, for drawing."""
        found: list[tuple[str, ...]] = []
        for pattern in sorted(patterns):
            ids = self.timetable.stops.stop_id[self.timetable.patterns.stops_of(pattern)].tolist()
            edges = np.flatnonzero(np.diff(np.concatenate([[0], self.hops[pattern].astype(int), [0]])))
            found += [tuple(ids[a : b + 1]) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]
        return tuple(dict.fromkeys(found))


def _stretched(motion: FloatArray, least: FloatArray, wanted: float) -> FloatArray:
    """Return times in proportion to `motion` that sum to `wanted`, none below `least` (which sum to no more)."""
    fixed = np.zeros(len(motion), bool)
    share = np.where(motion > 0, motion, 1.0)
    for _ in range(len(motion)):
        free = wanted - float(least[fixed].sum())
        total = float(share[~fixed].sum())
        new = np.where(fixed, least, share * (free / total if total > 0 else 0.0))
        low = ~fixed & (new < least)
        if not low.any():
            return new
        fixed |= low
    return np.maximum(new, least)
