"""Owns adjust-frequency: other headways, or more or less of the same service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.timetable import Timetable
from geodata.units import IntArray
from scenarios.modifications.base import (
    ClockTime,
    DayName,
    Flag,
    Model,
    Notes,
    Positive,
    days_mask,
    parse_clock,
    refuse,
)
from scenarios.modifications.elastic_range import warn_of_range
from scenarios.modifications.selecting import RouteSelection, select_patterns, trips_of
from scenarios.modifications.timetable_edit import (
    NewTrip,
    append_service,
    append_trips,
    keep_trips,
    on_days,
    runs_on,
    shift_times,
    times_of,
    with_services,
    without_days,
)

MAX_SCALE = 2.0
DAY_BITS = 8
"""Monday … Sunday, holidays."""
EVERY_DAY: tuple[DayName, ...] = ("weekday", "saturday", "holiday")


class FrequencyEntry(Model):
    """A headway over part of the day: runs leave the first stop in [start, end)."""

    start: ClockTime = Field(description="始発 HH:MM（この時刻を含む）")
    end: ClockTime = Field(description="終わり HH:MM（この時刻は含まない）")
    headway_min: Positive = Field(le=24 * 60, description="運行間隔 [分]")
    days: tuple[DayName, ...] = Field(default=EVERY_DAY, min_length=1, description="曜日（holiday = 日祝）")
    exact_times: Flag = Field(default=True, description="true: 始発から等間隔、false: 間隔だけ決める")

    @model_validator(mode="after")
    def _forward(self) -> Any:
        if parse_clock(self.start) >= parse_clock(self.end):
            raise refuse(
                "window",
                f"start {self.start} が end {self.end} より後です",
                f"start {self.start} is not before end {self.end}",
                "深夜は 24:30 のように書きます",
                "write times after midnight like 24:30",
            )
        return self


class AdjustFrequency(RouteSelection):
    """
    Change how often lines run: by `entries` (headways that replace the service) or by `scale` (share of the service).

    Notes
    -----
    `entries` replace all runs of the days they name; with `retain_outside` runs outside their hours stay. `scale`
    stretches headways by 1 ÷ scale and keeps (or doubles) scheduled runs evenly, at least one per pattern and service.
    """

    type: Literal["adjust-frequency"]
    entries: tuple[FrequencyEntry, ...] | None = Field(default=None, min_length=1, description="運行間隔の表")
    scale: Positive | None = Field(default=None, le=MAX_SCALE, description="便数の倍率（0.8 = 2 割減）")
    retain_outside: Flag = Field(default=False, description="entries の時間帯の外の便を残す")
    source_trip: str | None = Field(default=None, description="所要時間の手本にする便の id")

    @model_validator(mode="after")
    def _entries_or_scale(self) -> Any:
        if (self.entries is None) == (self.scale is None):
            raise refuse(
                "entries_or_scale",
                "entries か scale のどちらか一方を書いてください",
                "give either entries or scale",
                "例: scale: 0.8",
                "e.g. scale: 0.8",
            )
        return self

    @property
    def needs_routes(self) -> bool:
        """A share of the service can be said of no line at all; a headway cannot."""
        return self.scale is None


def apply_adjust_frequency(city: City, mod: AdjustFrequency, notes: Notes) -> City:
    """Return the city with another frequency on the chosen patterns."""
    patterns = select_patterns(city.timetable, mod, notes)
    patterns = patterns[np.isin(patterns, city.timetable.trips.pattern)]
    if not len(patterns):
        return city
    if mod.scale is not None:
        timetable = _scale(city.timetable, patterns, mod.scale)
        told = Text(f"便数が {mod.scale:g} 倍になります", f"there are {mod.scale:g} times as many runs")
        warn_of_range(mod, "scale", mod.scale, told, notes)
        whose = _named(city.timetable, patterns)
        told = Text(f"{whose.ja}の便数を {mod.scale:g} 倍", f"service × {mod.scale:g}: {whose.en}")
        notes.tell(mod, "timetable", told.ja, told.en)
    else:
        timetable = _convert(city.timetable, patterns, mod, notes)
    return city.replace(timetable=timetable)


def _named(timetable: Timetable, patterns: IntArray) -> Text:
    """Return the only route of patterns by name, several by their number."""
    routes, of = timetable.routes, np.unique(timetable.patterns.route[patterns])
    if len(of) == 1:
        return Text(str(routes.name[of[0]]), str(routes.name_en[of[0]]) or str(routes.name[of[0]]))
    return Text(f"{len(of)} 路線", f"{len(of)} routes")


def _scale(timetable: Timetable, patterns: IntArray, scale: float) -> Timetable:
    trips = timetable.trips
    chosen = trips_of(timetable, patterns)
    repeated = chosen & (trips.headway_s > 0)
    headway = np.where(repeated, np.maximum(1, np.rint(trips.headway_s / scale)), trips.headway_s)
    timetable = replace(timetable, trips=replace(trips, headway_s=headway.astype(np.int32)))
    keep = np.ones(len(trips.trip_id), bool)
    extra: list[NewTrip] = []
    single = np.flatnonzero(chosen & (trips.headway_s == 0))
    keys = np.stack([trips.pattern[single], trips.service[single]], axis=1) if len(single) else np.zeros((0, 2))
    for key in np.unique(keys, axis=0):
        group = single[(keys == key).all(axis=1)]
        departures = trips.departure_s[trips.time_offsets[group]]
        group = group[np.lexsort((trips.trip_id[group], departures))]
        wanted = max(1, int(np.floor(len(group) * scale + 0.5)))
        if wanted <= len(group):
            kept = np.floor((np.arange(wanted) + 0.5) * len(group) / wanted).astype(int)
            keep[np.delete(group, kept)] = False
        else:
            extra.extend(_between(timetable, group, wanted - len(group)))
    return keep_trips(append_trips(timetable, extra), np.concatenate([keep, np.ones(len(extra), bool)]))


def _between(timetable: Timetable, group: IntArray, n_more: int) -> list[NewTrip]:
    """Return runs halfway between consecutive ones, spread evenly; after the last one at the gap before it."""
    trips = timetable.trips
    departures = trips.departure_s[trips.time_offsets[group]].astype(int)
    gaps = np.append(np.diff(departures), np.diff(departures)[-1] if len(group) > 1 else 3600)
    chosen = np.floor((np.arange(n_more) + 0.5) * len(group) / n_more).astype(int)
    return [
        NewTrip(
            f"{trips.trip_id[group[n]]}+",
            int(trips.pattern[group[n]]),
            int(trips.service[group[n]]),
            shift_times(times_of(trips, int(group[n])), int(gaps[n]) // 2),
        )
        for n in chosen
    ]


def _convert(timetable: Timetable, patterns: IntArray, mod: AdjustFrequency, notes: Notes) -> Timetable:
    entries = mod.entries or ()
    mask = days_mask(tuple(d for entry in entries for d in entry.days))
    templates = _templates(timetable, patterns, mod, notes)
    if templates is None:
        return timetable
    new = _cleared(timetable, patterns, mask, mod)
    added: list[NewTrip] = []
    for number, entry in enumerate(entries):
        bits = days_mask(entry.days)
        new, service = append_service(new, f"{mod.id}:{bits:02x}", bits)
        start, end = parse_clock(entry.start), parse_clock(entry.end)
        for pattern in patterns.tolist():
            source = templates[pattern]
            times = times_of(timetable.trips, source)
            times = shift_times(times, start - int(times.departure_s[0]))
            trip_id = f"{mod.id}:{timetable.patterns.pattern_id[pattern]}:{number}"
            headway = max(1, round(entry.headway_min * 60))
            added.append(NewTrip(trip_id, pattern, service, times, headway, start, end, entry.exact_times))
    notes.tell(mod, "timetable", f"{len(patterns)} 系統の運行間隔を変更", f"other headways on {len(patterns)} patterns")
    return append_trips(new, added)


def _templates(timetable: Timetable, patterns: IntArray, mod: AdjustFrequency, notes: Notes) -> dict[int, int] | None:
    """Return pattern → the trip whose times are repeated: the named one, else the first of the day."""
    trips = timetable.trips
    order = np.lexsort((trips.trip_id, trips.departure_s[trips.time_offsets[:-1]]))
    first = {p: int(order[trips.pattern[order] == p][0]) for p in patterns.tolist()}
    if mod.source_trip is None:
        return first
    rows = np.flatnonzero(trips.trip_id == mod.source_trip)
    if not len(rows) or int(trips.pattern[rows[0]]) not in first:
        notes.refuse(
            mod,
            "source_trip",
            "unknown_trip",
            Text(f"便 {mod.source_trip!r} はこの路線にありません", f"no trip {mod.source_trip!r} on these routes"),
            Text("source_trip を省くと始発の便を使います", "leave source_trip out to use the first run"),
        )
        return None
    return first | {int(trips.pattern[rows[0]]): int(rows[0])}


def _cleared(timetable: Timetable, patterns: IntArray, mask: int, mod: AdjustFrequency) -> Timetable:
    """Return the timetable without the runs that the entries replace, day by day and hour by hour."""
    trips = timetable.trips
    chosen = np.flatnonzero(trips_of(timetable, patterns) & runs_on(timetable, mask)[trips.service])
    drop: list[int] = []
    moved: dict[int, int] = {}
    kept_parts: list[NewTrip] = []
    new = timetable
    groups = [(days, windows, runs_on(timetable, days)) for windows, days in _windows_by_days(mod).items()]
    for trip in chosen.tolist():
        service = int(trips.service[trip])
        replaced = 0
        parts: list[NewTrip] = []
        for days, windows, running in groups:
            left = _outside(timetable, trip, windows, len(parts)) if mod.retain_outside else []
            if not running[service] or left is None:
                continue
            replaced |= days
            new, own = on_days(new, service, days)
            parts += [replace(part, service=own) for part in left]
        if replaced == 0:
            continue
        kept_parts += parts
        new, rest = without_days(new, service, replaced)
        if rest is None:
            drop.append(trip)
        else:
            moved[trip] = rest
    new = append_trips(with_services(new, moved), kept_parts)
    keep = np.ones(len(new.trips.trip_id), bool)
    keep[drop] = False
    return keep_trips(new, keep)


def _windows_by_days(mod: AdjustFrequency) -> dict[tuple[tuple[int, int], ...], int]:
    """Return windows → bits of the days on which exactly these windows are replaced."""
    found: dict[tuple[tuple[int, int], ...], int] = {}
    for bit in range(DAY_BITS):
        named = [e for e in mod.entries or () if days_mask(e.days) >> bit & 1]
        if named:
            windows = tuple(sorted({(parse_clock(e.start), parse_clock(e.end)) for e in named}))
            found[windows] = found.get(windows, 0) | 1 << bit
    return found


def _outside(
    timetable: Timetable, trip: int, windows: tuple[tuple[int, int], ...], first_number: int
) -> list[NewTrip] | None:
    """Return what is left of a trip outside the windows; None = it lies outside and stays as it is."""
    trips = timetable.trips
    times = times_of(trips, trip)
    first = int(times.departure_s[0])
    headway = int(trips.headway_s[trip])
    if headway == 0:
        return [] if any(a <= first < b for a, b in windows) else None
    spans = [(int(trips.start_s[trip]), int(trips.end_s[trip]))]
    for a, b in windows:
        spans = [piece for s, e in spans for piece in ((s, min(e, a)), (max(s, b), e)) if piece[0] < piece[1]]
    if spans == [(int(trips.start_s[trip]), int(trips.end_s[trip]))]:
        return None
    return [
        NewTrip(
            f"{trips.trip_id[trip]}~{n}",
            int(trips.pattern[trip]),
            int(trips.service[trip]),
            shift_times(times, start - first),
            headway,
            start,
            end,
            bool(trips.exact_times[trip]),
        )
        for n, (start, end) in enumerate(spans, first_number)
    ]
