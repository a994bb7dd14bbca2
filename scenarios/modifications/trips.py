"""Owns add-trips and remove-trips: new lines, and lines that stop running."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.provenance import Status
from geodata.timetable import Timetable
from geodata.units import IntArray
from scenarios.modifications.base import (
    ClockTime,
    DayName,
    Flag,
    Label,
    Model,
    ModificationBase,
    Notes,
    Number,
    Positive,
    RouteClassName,
    Whole,
    days_mask,
    parse_clock,
    refuse,
)
from scenarios.modifications.frequency import EVERY_DAY
from scenarios.modifications.placing import check_near, city_xy, hop_seconds, nearest_cell
from scenarios.modifications.selecting import RouteSelection, select_patterns, select_stops, trips_of
from scenarios.modifications.timetable_edit import (
    NewTrip,
    StopTimes,
    append_pattern,
    append_row,
    append_service,
    append_trips,
    keep_trips,
    run_times,
    runs_on,
    shift_times,
    with_services,
    without_days,
)

IN_CITY_REACH_M = 1_000.0
GTFS_ROUTE_TYPE = {"rail": 2, "brt": 3, "bus": 3, "other": 3}


class NewStop(Model):
    """A stop of a new line: an existing one by `id` (or name), or a new one by `lat`, `lon` and `name`."""

    id: str | None = Field(default=None, description="既存の停留所の id または名称")
    lat: Number | None = Field(default=None, ge=-90, le=90, description="緯度 [度]")
    lon: Number | None = Field(default=None, ge=-180, le=180, description="経度 [度]")
    name: Label | None = Field(default=None, description="新設停留所の名称")
    position_error_m: Number = Field(default=0.0, ge=0, description="位置の誤差半径 [m]")

    @model_validator(mode="after")
    def _old_or_new(self) -> Any:
        new = [self.lat is not None, self.lon is not None, self.name is not None]
        if (self.id is not None and any(new)) or (self.id is None and not all(new)):
            raise refuse(
                "stop",
                "停留所は id だけ、または lat・lon・name の三つで書いてください",
                "a stop has either id, or lat, lon and name",
                "例: {id: 日立} または {lat: 36.58, lon: 140.65, name: 新停留所}",
                "e.g. {id: Hitachi} or {lat: 36.58, lon: 140.65, name: New stop}",
            )
        return self


class TripTimetable(Model):
    """When a new line runs: a headway from `start` to `end`, or a list of `first_departures`."""

    start: ClockTime | None = Field(default=None, description="始発 HH:MM（含む）")
    end: ClockTime | None = Field(default=None, description="終わり HH:MM（含まない）")
    headway_min: Positive | None = Field(default=None, le=24 * 60, description="運行間隔 [分]")
    first_departures: tuple[ClockTime, ...] | None = Field(default=None, min_length=1, description="始発停留所の発時刻")
    days: tuple[DayName, ...] = Field(default=EVERY_DAY, min_length=1, description="曜日（holiday = 日祝）")
    exact_times: Flag = Field(default=True, description="true: 始発から等間隔、false: 間隔だけ決める")

    @model_validator(mode="after")
    def _headway_or_list(self) -> Any:
        regular = (self.start, self.end, self.headway_min)
        by_list = self.first_departures is not None
        if by_list == all(v is not None for v in regular) or (by_list and any(v is not None for v in regular)):
            raise refuse(
                "timetable",
                "start・end・headway_min の三つか、first_departures のどちらかを書いてください",
                "give start, end and headway_min, or first_departures",
                '例: {start: "06:00", end: "21:00", headway_min: 30}',
                'e.g. {start: "06:00", end: "21:00", headway_min: 30}',
            )
        if self.start and self.end and parse_clock(self.start) >= parse_clock(self.end):
            raise refuse(
                "window",
                f"start {self.start} が end {self.end} より後です",
                f"start {self.start} is not before end {self.end}",
                "深夜は 24:30 のように書きます",
                "write times after midnight like 24:30",
            )
        return self


class AddTrips(ModificationBase):
    """
    A new line with its stops and timetable.

    Notes
    -----
    Times by `hop_times_s` (one per hop) or `speed_kmh` along the road: straight line × `detour_factor` (assumed).
    The line has the status 試算 (modelled), its new stops 仮定 (assumed).
    """

    type: Literal["add-trips"]
    name: Label = Field(description="路線の名称")
    route_class: RouteClassName = Field(default="bus", description="路線の種別（駅勢圏・カバー率での扱い）")
    mode: Whole | None = Field(default=None, ge=0, le=1702, description="GTFS route_type（省くと種別から）")
    stops: tuple[NewStop, ...] = Field(min_length=2, description="停留所の順")
    timetables: tuple[TripTimetable, ...] = Field(min_length=1, description="時刻表")
    speed_kmh: Positive | None = Field(default=None, le=320, description="走行速度 [km/h]")
    hop_times_s: tuple[Whole, ...] | None = Field(default=None, description="停留所間の走行時間 [秒]")
    dwell_times_s: tuple[Whole, ...] | None = Field(default=None, description="停車時間 [秒]（停留所ごと）")
    dwell_s: Whole = Field(default=20, ge=0, le=3600, description="停車時間 [秒]（共通）")
    detour_factor: Number = Field(default=1.2, ge=1, le=3, description="直線距離に対する道のりの比（仮定）")
    bidirectional: Flag = Field(default=True, description="両方向に運行する")
    vehicle: str | None = Field(default=None, description="車両（記録のみ）")

    @model_validator(mode="after")
    def _consistent_times(self) -> Any:
        check_run_times(self, len(self.stops) - 1, len(self.stops))
        return self


class RemoveTrips(RouteSelection):
    """Lines (or patterns) that no longer run."""

    type: Literal["remove-trips"]
    days: tuple[DayName, ...] | None = Field(default=None, min_length=1, description="省くと全日")

    @property
    def needs_routes(self) -> bool:
        """A class without a line is as it is meant to be."""
        return False


def check_run_times(mod: Any, n_hops: int, n_dwells: int) -> None:
    """Refuse a modification whose hop or dwell times do not match its stops."""
    if (mod.speed_kmh is None) == (mod.hop_times_s is None):
        raise refuse(
            "speed_or_hops",
            "speed_kmh か hop_times_s のどちらか一方を書いてください",
            "give either speed_kmh or hop_times_s",
            "例: speed_kmh: 25",
            "e.g. speed_kmh: 25",
        )
    for key, wanted in (("hop_times_s", n_hops), ("dwell_times_s", n_dwells)):
        values = getattr(mod, key)
        if values is None:
            continue
        if len(values) != wanted:
            raise refuse(
                "length",
                f"{key} は {wanted} 個必要です（{len(values)} 個あります）",
                f"{key} needs {wanted} values, found {len(values)}",
            )
        if min(values) < (1 if key == "hop_times_s" else 0):
            raise refuse("negative", f"{key} に負の値または 0 があります", f"{key} holds a value that is too small")


def place_stops(
    city: City, mod: ModificationBase, stops: tuple[NewStop, ...], notes: Notes
) -> tuple[City, IntArray | None]:
    """Return the city with the new stops added, and the indices of all; None where one is unknown."""
    found: list[int] = []
    fresh = np.array([[s.lon, s.lat] for s in stops if s.id is None], float).reshape(-1, 2)
    numbers = [n for n, s in enumerate(stops) if s.id is None]
    named = {k: numbers[k] for k in range(len(numbers))}
    sound = all(check_near(city, mod, f"stops[{named[k]}]", fresh[k : k + 1], notes) for k in range(len(fresh)))
    table = city.timetable.stops
    for number, stop in enumerate(stops):
        if stop.id is not None:
            rows = select_stops(city.timetable, mod, f"stops[{number}].id", stop.id, notes)
            sound = sound and len(rows) > 0
            found.append(int(rows[0]) if len(rows) else -1)
            continue
        found.append(len(table.stop_id))
        if sound:
            table = _with_stop(city, table, mod, number, stop)
    if not sound:
        return city, None

    return city.replace(timetable=replace(city.timetable, stops=table)), np.array(found, np.int32)


def _with_stop(city: City, table: Any, mod: ModificationBase, number: int, stop: NewStop) -> Any:
    lonlat = np.array([[stop.lon, stop.lat]], float)
    xy = city_xy(city, lonlat)
    return append_row(
        table,
        stop_id=f"{mod.id}:{number + 1}",
        name=stop.name.ja if stop.name else "",
        name_en=stop.name.en if stop.name else "",
        lonlat=lonlat[0],
        xy=xy[0],
        parent=-1,
        zone_id="",
        in_city=bool(nearest_cell(city, xy)[1][0] <= IN_CITY_REACH_M),
        position_error_m=stop.position_error_m,
        status=str(Status.MODELLED if mod.decision == "planned" else Status.ASSUMED),
    )


def apply_add_trips(city: City, mod: AddTrips, notes: Notes) -> City:
    """Return the city with one more line."""
    base = city
    city, stops = place_stops(city, mod, mod.stops, notes)
    if stops is None:
        return base
    if mod.id in city.timetable.routes.route_id.tolist():
        notes.refuse(
            mod,
            "id",
            "duplicate_route",
            Text(f"路線の id {mod.id!r} は都市データに既にあります", f"the city already has a route {mod.id!r}"),
            Text("別の id にしてください", "choose another id"),
        )
        return base
    if np.any(stops[1:] == stops[:-1]):
        notes.refuse(mod, "stops", "repeated_stop", Text("同じ停留所が続いています", "the same stop twice in a row"))
        return base
    timetable, route = _with_route(city.timetable, mod)
    hops = list(mod.hop_times_s or hop_seconds(timetable.stops.xy[stops], float(mod.speed_kmh or 1), mod.detour_factor))
    dwells = list(mod.dwell_times_s or (mod.dwell_s,) * len(stops))
    for direction in (0, 1) if mod.bidirectional else (0,):
        step = -1 if direction else 1
        order, times = stops[::step], run_times(hops[::step], dwells[::step])
        timetable, pattern = append_pattern(
            timetable, f"{mod.id}:{direction}", route, direction, str(timetable.stops.name[order[-1]]), order
        )
        timetable = _with_runs(timetable, mod, pattern, times)
    notes.tell(mod, "timetable", f"路線「{mod.name.ja}」を追加", f"added the line {mod.name.en}")
    return city.replace(timetable=timetable)


def _with_route(timetable: Timetable, mod: AddTrips) -> tuple[Timetable, int]:

    routes = append_row(
        timetable.routes,
        route_id=mod.id,
        name=mod.name.ja,
        name_en=mod.name.en,
        agency="",
        route_type=GTFS_ROUTE_TYPE[mod.route_class] if mod.mode is None else mod.mode,
        route_class=mod.route_class,
        color="",
        status=str(Status.MODELLED),
        source_id="scenario",
    )
    return replace(timetable, routes=routes), len(timetable.routes.route_id)


def _with_runs(timetable: Timetable, mod: AddTrips, pattern: int, times: StopTimes) -> Timetable:
    added: list[NewTrip] = []
    for number, entry in enumerate(mod.timetables):
        bits = days_mask(entry.days)
        timetable, service = append_service(timetable, f"{mod.id}:{bits:02x}", bits)
        trip_id = f"{timetable.patterns.pattern_id[pattern]}:{number}"
        if entry.first_departures is None:
            start, end = parse_clock(entry.start or "0:00"), parse_clock(entry.end or "0:00")
            headway = max(1, round((entry.headway_min or 0) * 60))
            added.append(
                NewTrip(trip_id, pattern, service, shift_times(times, start), headway, start, end, entry.exact_times)
            )
        else:
            added.extend(
                NewTrip(f"{trip_id}:{clock}", pattern, service, shift_times(times, parse_clock(clock)))
                for clock in sorted(set(entry.first_departures))
            )
    return append_trips(timetable, added)


def apply_remove_trips(city: City, mod: RemoveTrips, notes: Notes) -> City:
    """Return the city without the runs of the chosen patterns."""
    timetable = city.timetable
    patterns = select_patterns(timetable, mod, notes)
    chosen = trips_of(timetable, patterns)
    if mod.days is None:
        if not chosen.any():
            return city
        notes.tell(mod, "timetable", f"{int(chosen.sum())} 便の設定を廃止", f"removed {int(chosen.sum())} trip rows")
        return city.replace(timetable=keep_trips(timetable, ~chosen))
    mask = days_mask(mod.days)
    hit = np.flatnonzero(chosen & runs_on(timetable, mask)[timetable.trips.service])
    keep = np.ones(len(chosen), bool)
    moved: dict[int, int] = {}
    for trip in hit.tolist():
        timetable, rest = without_days(timetable, int(timetable.trips.service[trip]), mask)
        if rest is None:
            keep[trip] = False
        else:
            moved[trip] = rest
    if not len(hit):
        return city
    return city.replace(timetable=keep_trips(with_services(timetable, moved), keep))
