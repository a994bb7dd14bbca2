"""Owns reroute and remove-stops: lines that take another way, reach further, or pass stops by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.timetable import Timetable
from geodata.units import FloatArray, IntArray
from scenarios.modifications.base import Names, Notes, Number, Positive, Whole, refuse
from scenarios.modifications.placing import hop_seconds
from scenarios.modifications.selecting import RouteSelection, select_patterns, select_stops, stops_served, trips_of
from scenarios.modifications.timetable_edit import (
    StopTimes,
    keep_trips,
    replace_patterns,
    replace_times,
    run_times,
    shape_of,
    take_times,
    times_of,
)
from scenarios.modifications.trips import NewStop, check_run_times, place_stops

FORWARD, BACKWARD = 1, -1
FEWEST_STOPS = 2


class Reroute(RouteSelection):
    """
    Put other stops between `from_stop` and `to_stop`, both ways.

    Notes
    -----
    Only `from_stop`: everything after it is replaced, so a line is extended when it is the terminal. Only `to_stop`:
    everything before it is replaced. "After" is meant in the direction of `direction`; without it, the direction in
    which the stop is the terminal, or in which `from_stop` comes before `to_stop`. The other direction gets the same
    way reversed. Times at the kept stops before the change stay; a run whose beginning changes keeps its time at the
    first kept stop. `speed_kmh` is along the road: straight line × `detour_factor` (assumed).
    """

    type: Literal["reroute"]
    from_stop: str | None = Field(default=None, description="この停留所まで残す（id または名称）")
    to_stop: str | None = Field(default=None, description="この停留所から残す（id または名称）")
    stops: tuple[NewStop, ...] = Field(default=(), description="間に入れる停留所（from → to の順）")
    speed_kmh: Positive | None = Field(default=None, le=320, description="新しい区間の走行速度 [km/h]")
    hop_times_s: tuple[Whole, ...] | None = Field(default=None, description="新しい区間の走行時間 [秒]")
    dwell_times_s: tuple[Whole, ...] | None = Field(default=None, description="新しい停留所の停車時間 [秒]")
    dwell_s: Whole = Field(default=20, ge=0, le=3600, description="停車時間 [秒]（共通）")
    detour_factor: Number = Field(default=1.2, ge=1, le=3, description="直線距離に対する道のりの比（仮定）")
    direction: Literal[0, 1] | None = Field(default=None, description="from → to の向き（GTFS direction_id）")

    @model_validator(mode="after")
    def _ends(self) -> Any:
        ends = (self.from_stop is not None) + (self.to_stop is not None)
        if ends == 0:
            raise refuse(
                "reroute_ends",
                "from_stop か to_stop の少なくとも一方が必要です",
                "from_stop or to_stop is needed",
                "終点から延ばすときは from_stop に終点を書きます",
                "to extend a line, write its terminal as from_stop",
            )
        if ends + len(self.stops) > 1:
            check_run_times(self, len(self.stops) + ends - 1, len(self.stops))
        return self


class RemoveStops(RouteSelection):
    """Stops that the chosen lines pass by; each saves `seconds_saved_per_stop`."""

    type: Literal["remove-stops"]
    stops: Names = Field(description="停留所の id または名称")
    seconds_saved_per_stop: Whole = Field(default=20, ge=0, le=600, description="1 停留所の通過で縮む時間 [秒]（仮定）")


@dataclass(frozen=True, slots=True)
class _Cut:
    """One pattern to change: rows kept at its head and tail, and whether it runs the way the file means."""

    head: int
    tail: int
    way: int


def apply_reroute(city: City, mod: Reroute, notes: Notes) -> City:
    """Return the city whose chosen patterns run through the new stops."""
    patterns = select_patterns(city.timetable, mod, notes)
    ends = _ends(city.timetable, mod, patterns, notes)
    placed, inserted = place_stops(city, mod, mod.stops, notes)
    if inserted is None or ends is None or not len(patterns):
        return city
    cuts = _cuts(city.timetable, mod, patterns, ends, notes)
    if not cuts:
        return city
    timetable = placed.timetable
    new_stops: dict[int, IntArray] = {}
    shapes: dict[int, FloatArray] = {}
    for pattern, cut in cuts.items():
        old = timetable.patterns.stops_of(pattern)
        middle = inserted[:: cut.way]
        new_stops[pattern] = np.concatenate([old[: cut.head], middle, old[len(old) - cut.tail :]]).astype(np.int32)
        shapes[pattern] = _shape(timetable, pattern, cut, middle)
    times: dict[int, StopTimes] = {}
    windows: dict[int, tuple[int, int]] = {}
    for trip in np.flatnonzero(trips_of(timetable, np.array(list(cuts), np.int32))).tolist():
        pattern = int(timetable.trips.pattern[trip])
        times[trip], shift = _times(timetable, mod, trip, cuts[pattern], new_stops[pattern])
        windows[trip] = _window(timetable, trip, shift)
    timetable = replace_times(replace_patterns(timetable, new_stops, shapes), times, windows)
    notes.tell(mod, "timetable", f"{len(cuts)} 系統の経路を変更", f"another way for {len(cuts)} patterns")
    return city.replace(timetable=timetable)


def _ends(
    timetable: Timetable, mod: Reroute, patterns: IntArray, notes: Notes
) -> tuple[IntArray | None, IntArray | None] | None:
    among = stops_served(timetable, patterns)
    found: list[IntArray | None] = []
    for key in ("from_stop", "to_stop"):
        name = getattr(mod, key)
        found.append(None if name is None else select_stops(timetable, mod, key, name, notes, among))
    if among is None or any(f is not None and not len(f) for f in found):
        return None
    return found[0], found[1]


def _cuts(
    timetable: Timetable,
    mod: Reroute,
    patterns: IntArray,
    ends: tuple[IntArray | None, IntArray | None],
    notes: Notes,
) -> dict[int, _Cut]:
    cuts: dict[int, _Cut] = {}
    unclear: list[str] = []
    for pattern in patterns.tolist():
        stops = timetable.patterns.stops_of(pattern)
        at_from, at_to = (_position(stops, rows) for rows in ends)
        if (ends[0] is not None and at_from is None) or (ends[1] is not None and at_to is None):
            continue
        way = _way(timetable, mod, pattern, (at_from, at_to), len(stops))
        if way == 0:
            unclear.append(str(timetable.patterns.pattern_id[pattern]))
            continue
        first, last = (at_from, at_to) if way == FORWARD else (at_to, at_from)
        head = 0 if first is None else first + 1
        tail = 0 if last is None else len(stops) - last
        if head + tail <= len(stops):
            cuts[pattern] = _Cut(head, tail, way)
    if unclear:
        notes.refuse(
            mod,
            "direction",
            "reroute_direction",
            Text(
                f"停留所が途中にあり、向きが決まりません（運行系統 {'、'.join(unclear[:3])}）",
                f"the stop is not a terminal, so the direction is unclear (patterns {', '.join(unclear[:3])})",
            ),
            Text("direction: 0 または 1 を書いてください", "write direction: 0 or 1"),
        )
        return {}
    return cuts


def _position(stops: IntArray, rows: IntArray | None) -> int | None:
    if rows is None:
        return None
    at = np.flatnonzero(np.isin(stops, rows))
    return int(at[0]) if len(at) else None


def _way(timetable: Timetable, mod: Reroute, pattern: int, at: tuple[int | None, int | None], n: int) -> int:
    """Return 1 where the pattern runs the way the file means, −1 where it runs against it, 0 where unclear."""
    at_from, at_to = at
    if at_from is not None and at_to is not None:
        return FORWARD if at_from < at_to else BACKWARD
    if mod.direction is not None:
        return FORWARD if int(timetable.patterns.direction[pattern]) == mod.direction else BACKWARD
    only = at_from if at_from is not None else at_to
    begins, finishes = only == 0, only == n - 1
    if begins == finishes:
        return 0
    if at_from is not None:
        return FORWARD if finishes else BACKWARD
    return FORWARD if begins else BACKWARD


def _times(timetable: Timetable, mod: Reroute, trip: int, cut: _Cut, stops: IntArray) -> tuple[StopTimes, int]:
    """Return the new stop times of a trip, and by how much its first departure moved [s]."""
    old = times_of(timetable.trips, trip)
    n = len(old.arrival_s)
    head, tail = take_times(old, slice(0, cut.head)), take_times(old, slice(n - cut.tail, n))
    n_new = len(stops) - cut.head - cut.tail
    first, last = max(cut.head - 1, 0), min(len(stops) - cut.tail, len(stops) - 1)
    xy = timetable.stops.xy[stops[first : last + 1]]
    hops = list(mod.hop_times_s or hop_seconds(xy, float(mod.speed_kmh or 1), mod.detour_factor))[:: cut.way]
    dwells = list(mod.dwell_times_s or (mod.dwell_s,) * n_new)[:: cut.way]
    before = [0] if cut.head else []
    after = [0] if cut.tail else []
    middle = run_times(hops if len(before) + n_new + len(after) > 1 else [], [*before, *dwells, *after])
    inner = take_times(middle, slice(len(before), len(before) + n_new))
    total = int(middle.arrival_s[-1])
    # The kept beginning holds its times; without one, the first kept stop does.
    if cut.head:
        start = int(max(head.departure_s[-1], head.arrival_s[-1]))
        moved_tail = start + total - int(tail.arrival_s[0]) if cut.tail else 0
    else:
        start, moved_tail = int(tail.arrival_s[0]) - total, 0
        start = max(start, 0)
        moved_tail = start + total - int(tail.arrival_s[0])
    joined = [head, _moved(inner, start), _moved(tail, moved_tail)]
    times = _open_inside(StopTimes(*(np.concatenate([getattr(j, f) for j in joined]) for f in _FIELDS)))
    return times, int(times.departure_s[0]) - int(old.departure_s[0])


_FIELDS = ("arrival_s", "departure_s", "board_allowed", "alight_allowed")


def _moved(times: StopTimes, seconds: int) -> StopTimes:
    return replace(
        times,
        arrival_s=(times.arrival_s + seconds).astype(np.int32),
        departure_s=(times.departure_s + seconds).astype(np.int32),
    )


def _open_inside(times: StopTimes) -> StopTimes:
    """Return times at whose inner stops passengers get on and off: a former terminal is one no longer."""
    board, alight = times.board_allowed.copy(), times.alight_allowed.copy()
    board[0], alight[-1] = True, True
    board[1:-1] |= ~board[1:-1] & alight[1:-1]
    alight[1:-1] |= ~alight[1:-1] & board[1:-1]
    return replace(times, board_allowed=board, alight_allowed=alight)


def _window(timetable: Timetable, trip: int, shift: int) -> tuple[int, int]:
    trips = timetable.trips
    move = shift if trips.headway_s[trip] else 0
    return int(trips.start_s[trip]) + move, int(trips.end_s[trip]) + move


def _shape(timetable: Timetable, pattern: int, cut: _Cut, middle: IntArray) -> FloatArray:
    """Return the old polyline plus the new stops where the line is only extended; else none (straight hops)."""
    shape = shape_of(timetable.patterns, pattern)
    n = len(timetable.patterns.stops_of(pattern))
    added = timetable.stops.lonlat[middle]
    if not len(shape) or max(cut.head, cut.tail) != n:
        return np.zeros((0, 2))
    return np.concatenate([shape, added] if cut.head == n else [added, shape])


def apply_remove_stops(city: City, mod: RemoveStops, notes: Notes) -> City:
    """Return the city whose chosen patterns pass some stops by."""
    timetable = city.timetable
    patterns = select_patterns(timetable, mod, notes)
    among = stops_served(timetable, patterns)
    rows = [select_stops(timetable, mod, f"stops[{n}]", s, notes, among) for n, s in enumerate(mod.stops)]
    if among is None:
        return city
    gone = np.concatenate(rows)
    stops: dict[int, IntArray] = {}
    times: dict[int, StopTimes] = {}
    windows: dict[int, tuple[int, int]] = {}
    keep = np.ones(len(timetable.trips.trip_id), bool)
    for pattern in patterns.tolist():
        old = timetable.patterns.stops_of(pattern)
        kept = ~np.isin(old, gone)
        if kept.all():
            continue
        stops[pattern] = old[kept]
        for trip in np.flatnonzero(timetable.trips.pattern == pattern).tolist():
            keep[trip] = kept.sum() >= FEWEST_STOPS
            times[trip], shift = _passed(timetable, trip, kept, mod.seconds_saved_per_stop)
            windows[trip] = _window(timetable, trip, shift)
    if not stops:
        return city
    edited = replace_times(replace_patterns(timetable, stops, {}), times, windows)
    notes.tell(mod, "timetable", f"{len(stops)} 系統で停留所を通過", f"{len(stops)} patterns pass stops by")
    return city.replace(timetable=keep_trips(edited, keep))


def _passed(timetable: Timetable, trip: int, kept: Any, saved_s: int) -> tuple[StopTimes, int]:
    old = times_of(timetable.trips, trip)
    new = take_times(old, kept)
    if not len(new.arrival_s):
        return new, 0
    passed = np.cumsum(~kept)[kept]
    passed = passed - passed[0]  # stops before the new first one save nothing
    earlier = (passed * saved_s).astype(np.int32)
    arrival = np.maximum.accumulate(new.arrival_s - earlier)
    departure = np.maximum(new.departure_s - earlier, arrival)
    times = replace(new, arrival_s=arrival.astype(np.int32), departure_s=departure.astype(np.int32))
    return _open_inside(times), int(new.departure_s[0]) - int(old.departure_s[0])
