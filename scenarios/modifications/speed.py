"""Owns adjust-speed: faster or slower runs on whole lines or on segments of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.units import BoolArray, IntArray
from scenarios.modifications.base import Model, Notes, Positive, refuse
from scenarios.modifications.placing import hop_seconds
from scenarios.modifications.selecting import RouteSelection, select_patterns, select_stops, stops_served, trips_of
from scenarios.modifications.timetable_edit import StopTimes, replace_times, times_of


class Segment(Model):
    """A part of a line between two stops, both ways."""

    from_stop: str = Field(description="停留所の id または名称")
    to_stop: str = Field(description="停留所の id または名称")


class AdjustSpeed(RouteSelection):
    """
    Change the time in motion: by `scale` of the speed (1.2 = 20 % faster) or to a `speed_kmh`; dwell times stay.

    Notes
    -----
    `speed_kmh` is along the road: straight line between stops × `detour_factor` (assumed).
    """

    type: Literal["adjust-speed"]
    scale: Positive | None = Field(default=None, le=10, description="速度の倍率（1.2 = 2 割速い）")
    speed_kmh: Positive | None = Field(default=None, le=320, description="速度 [km/h]")
    detour_factor: Positive = Field(default=1.2, ge=1, le=3, description="停留所間の直線距離に対する道のりの比（仮定）")
    segments: tuple[Segment, ...] | None = Field(default=None, min_length=1, description="区間（両方向）。省くと全線")

    @model_validator(mode="after")
    def _scale_or_speed(self) -> Any:
        if (self.scale is None) == (self.speed_kmh is None):
            raise refuse(
                "scale_or_speed",
                "scale か speed_kmh のどちらか一方を書いてください",
                "give either scale or speed_kmh",
                "例: scale: 1.2",
                "e.g. scale: 1.2",
            )
        return self

    @property
    def needs_routes(self) -> bool:
        """Faster by a fifth can be said of no line at all; a speed or a segment cannot."""
        return self.scale is None or self.segments is not None


def apply_adjust_speed(city: City, mod: AdjustSpeed, notes: Notes) -> City:
    """Return the city with other times in motion on the chosen patterns."""
    timetable = city.timetable
    patterns = select_patterns(timetable, mod, notes)
    hops = {p: _chosen_hops(city, mod, p) for p in patterns.tolist()}
    if mod.segments is not None:
        _check_segments(city, mod, patterns, notes)
    new: dict[int, StopTimes] = {}
    for trip in np.flatnonzero(trips_of(timetable, patterns)).tolist():
        pattern = int(timetable.trips.pattern[trip])
        if hops[pattern].any():
            new[trip] = _faster(city, mod, trip, pattern, hops[pattern])
    if not new:
        return city
    label = f"{mod.scale:g} 倍" if mod.scale is not None else f"{mod.speed_kmh:g} km/h"
    notes.tell(mod, "timetable", f"速度を {label}", f"speed {label.replace(' 倍', ' times')}")
    return city.replace(timetable=replace_times(timetable, new))


def _faster(city: City, mod: AdjustSpeed, trip: int, pattern: int, chosen: BoolArray) -> StopTimes:
    times = times_of(city.timetable.trips, trip)
    dwell = times.departure_s - times.arrival_s
    motion = (times.arrival_s[1:] - times.departure_s[:-1]).astype(float)
    if mod.scale is not None:
        changed = np.rint(motion / mod.scale)
    else:
        xy = city.timetable.stops.xy[city.timetable.patterns.stops_of(pattern)]
        changed = np.array(hop_seconds(xy, float(mod.speed_kmh or 1), mod.detour_factor), float)
    motion = np.where(chosen, changed, motion)
    steps = motion + dwell[:-1]
    arrival = times.arrival_s[0] + np.concatenate([[0], np.cumsum(steps)])
    return replace(times, arrival_s=arrival.astype(np.int32), departure_s=(arrival + dwell).astype(np.int32))


def _chosen_hops(city: City, mod: AdjustSpeed, pattern: int) -> BoolArray:
    stops = city.timetable.patterns.stops_of(pattern)
    chosen = np.ones(len(stops) - 1, bool)
    if mod.segments is None:
        return chosen
    chosen[:] = False
    for segment in mod.segments:
        ends = [np.flatnonzero(np.isin(stops, _rows(city, name))) for name in (segment.from_stop, segment.to_stop)]
        if len(ends[0]) and len(ends[1]):
            first, last = sorted((int(ends[0][0]), int(ends[1][0])))
            chosen[first:last] = True
    return chosen


def _rows(city: City, name: str) -> IntArray:
    stops = city.timetable.stops
    rows = np.flatnonzero(stops.stop_id == name)
    return (rows if len(rows) else np.flatnonzero(stops.name == name)).astype(np.int32)


def _check_segments(city: City, mod: AdjustSpeed, patterns: IntArray, notes: Notes) -> None:
    among = stops_served(city.timetable, patterns)
    for number, segment in enumerate(mod.segments or ()):
        for key in ("from_stop", "to_stop"):
            select_stops(city.timetable, mod, f"segments[{number}].{key}", getattr(segment, key), notes, among)
