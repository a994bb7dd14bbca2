"""Owns autonomous: runs of a line, or the fleet of an on-demand service, that drive themselves (自動運転)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.autonomous import Attendant, AutonomousOperation, Fallback
from geodata.calendar import format_time
from geodata.city import City
from geodata.errors import Text
from geodata.timetable import Timetable
from geodata.units import IntArray
from scenarios.modifications.base import (
    ClockSpan,
    ClockTime,
    DayName,
    Notes,
    NotNegative,
    Number,
    Positive,
    Whole,
    days_mask,
    parse_clock,
    refuse,
)
from scenarios.modifications.frequency import DAY_BITS, EVERY_DAY
from scenarios.modifications.on_demand_changes import find_services
from scenarios.modifications.operating_domain import Domain, DomainTimes, domain_of
from scenarios.modifications.run_choice import Run, days_by_service, evenly, retime_runs, runs_of, spread
from scenarios.modifications.selecting import RouteSelection, select_patterns, trips_of

NEAR_S = 20 * 60
"""A run that leaves farther than this from a wanted departure [s] is hardly meant."""
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "holidays")
PROVEN_KMH = 40.0
"""Autonomous buses with permission (特定自動運行) in service so far drive at most so fast [km/h]."""
OF_RUNS = ("window", "trips_per_day", "first_departures", "domain", "domain_run_min")


class Autonomous(RouteSelection):
    """
    Autonomous operation: of some runs of lines, or of the fleet of one on-demand `service`.

    Notes
    -----
    Of the runs in `window`, `trips_per_day` (both directions together, spread evenly) or those nearest to
    `first_departures`; without either all of them. In the operating domain no hop is faster than `max_speed_kmh` along
    the road (straight line × `detour_factor`, assumed); with `domain_run_min` the whole domain takes that long. All
    other runs keep their times. `weather_availability` and `attendant` decide drivers and costs (`sim.operations`).
    """

    type: Literal["autonomous"]
    service: str | None = Field(default=None, description="デマンド交通の id または名称（路線の代わりに）")
    window: ClockSpan | None = Field(default=None, description="対象の時間帯（始発停留所の発）")
    days: tuple[DayName, ...] = Field(default=EVERY_DAY, min_length=1, description="曜日（holiday = 日祝）")
    trips_per_day: Whole | None = Field(default=None, ge=1, le=1000, description="1 日の便数（両方向の計）")
    first_departures: tuple[ClockTime, ...] | None = Field(
        default=None, min_length=1, description="始発停留所の発時刻（各方向、最寄りの便）"
    )
    domain: Domain | None = Field(default=None, description="走行区間（省くと全線）")
    max_speed_kmh: Annotated[Positive, Field(le=130)] = Field(description="最高速度 [km/h]")
    domain_run_min: Annotated[Positive, Field(le=600)] | None = Field(default=None, description="走行区間の所要 [分]")
    detour_factor: Annotated[Number, Field(ge=1, le=3)] = Field(default=1.2, description="直線との道のりの比（仮定）")
    weather_availability: Annotated[Number, Field(gt=0, le=1)] = Field(default=1.0, description="走れる日の割合 0–1")
    fallback: Fallback = Field(default="driver", description="走れない日: driver 運転士が運行 | none 運休")
    attendant: Attendant = Field(default="onboard", description="onboard 乗務員が同乗 | remote 遠隔監視")
    vehicles_per_attendant: Annotated[Number, Field(ge=1, le=20)] = Field(
        default=1.0, description="遠隔の 1 人が見る台数"
    )
    seats: Whole | None = Field(default=None, ge=1, le=200, description="座席（立席なし）")
    cost_per_vehicle_hour_yen: NotNegative | None = Field(default=None, description="1 台 1 時間の費用 [円]")

    @model_validator(mode="after")
    def _one_way_to_choose(self) -> Any:
        given = [n for n in ("routes", "patterns", "route_class", "service") if getattr(self, n) is not None]
        if len(given) != 1:
            raise refuse(
                "selection",
                "routes・patterns・route_class・service のどれか一つだけを書いてください",
                "give exactly one of routes, patterns, route_class, service",
                "例: routes: [hitachi-brt]",
                "e.g. routes: [hitachi-brt]",
            )
        self._check_keys()
        return self

    def _check_keys(self) -> None:
        unused = next((k for k in OF_RUNS if getattr(self, k) is not None), None)
        if self.service is not None and unused is not None:
            raise refuse(
                "service_keys",
                f"{unused} は路線の便のときだけ使えます",
                f"{unused} is for runs of lines only",
                at=unused,
            )
        if self.trips_per_day is not None and self.first_departures is not None:
            raise refuse(
                "which_runs",
                "trips_per_day と first_departures はどちらか一方にしてください",
                "give either trips_per_day or first_departures",
                at="first_departures",
            )
        if self.attendant == "onboard" and self.vehicles_per_attendant != 1:
            raise refuse(
                "attendant",
                "乗務員が同乗するなら 1 人 1 台です",
                "an attendant on board is in one vehicle",
                "attendant: remote にするか、vehicles_per_attendant を消してください",
                "write attendant: remote, or leave vehicles_per_attendant out",
                "vehicles_per_attendant",
            )


def apply_autonomous(city: City, mod: Autonomous, notes: Notes) -> City:
    """Return the city with one more autonomous operation."""
    if any(o.operation_id == mod.id for o in city.autonomous):
        message = Text(f"自動運転の id {mod.id!r} は既にあります", f"the city already has an operation {mod.id!r}")
        notes.refuse(mod, "id", "duplicate_operation", message, Text("別の id にしてください", "choose another id"))
        return city
    _warn_of_speed(mod, notes)
    new = _of_runs(city, mod, notes) if mod.service is None else _of_service(city, mod, mod.service, notes)
    if new is not city and mod.fallback == "none" and mod.weather_availability < 1:
        share = f"{100 * (1 - mod.weather_availability):.0f} %"
        notes.warn(
            mod,
            "weather_availability",
            "cancelled_days",
            Text(f"運休の日（{share}）は所要時間に入りません", f"days of cancellation ({share}) are not in the times"),
            Text("走れる日の値として読んでください", "read them as those of a day on which it runs"),
        )
    return new


def _warn_of_speed(mod: Autonomous, notes: Notes) -> None:
    if mod.max_speed_kmh > PROVEN_KMH:
        notes.warn(
            mod,
            "max_speed_kmh",
            "fast_autonomous",
            Text(
                f"最高速度 {mod.max_speed_kmh:g} km/h: 特定自動運行の実績は {PROVEN_KMH:g} km/h 以下です",
                f"top speed {mod.max_speed_kmh:g} km/h: driverless services so far drive at most {PROVEN_KMH:g} km/h",
            ),
            Text(f"{PROVEN_KMH:g} 以下にするか、根拠を示してください", f"write at most {PROVEN_KMH:g}, or say why"),
        )


def _operation(mod: Autonomous, **what: Any) -> AutonomousOperation:
    return AutonomousOperation(
        operation_id=mod.id,
        plan_status=mod.decision or "hypothetical",
        max_speed_kmh=mod.max_speed_kmh,
        weather_availability=mod.weather_availability,
        attendant=mod.attendant,
        vehicles_per_attendant=mod.vehicles_per_attendant,
        seats=mod.seats,
        cost_per_vehicle_hour_yen=mod.cost_per_vehicle_hour_yen,
        fallback=mod.fallback,
        **what,
    )


def _of_service(city: City, mod: Autonomous, wanted: str, notes: Notes) -> City:
    rows = find_services(city, mod, "service", (wanted,), notes)
    plan = city.on_demand[rows[0]].plan if rows else None
    if plan is None:
        return city
    old = city.on_demand[rows[0]]
    fleet = replace(
        plan.fleet,
        speed_kmh=min(plan.fleet.speed_kmh, mod.max_speed_kmh),
        attendant=mod.attendant,
        seats=plan.fleet.seats if mod.seats is None else mod.seats,
    )
    seats = old.seats if mod.seats is None else mod.seats
    services = list(city.on_demand)
    services[rows[0]] = replace(old, plan=replace(plan, fleet=fleet), seats=seats)
    operation = _operation(mod, trip_ids=(), service_id=old.service_id, domain_m=0.0)
    notes.tell(mod, "autonomous", f"「{old.name.ja}」を自動運転に", f"{old.name.en} drives itself")
    return city.replace(on_demand=tuple(services), autonomous=(*city.autonomous, operation))


def _of_runs(city: City, mod: Autonomous, notes: Notes) -> City:
    timetable = city.timetable
    known = len(notes.problems)
    patterns = select_patterns(timetable, mod, notes)
    patterns = patterns[np.isin(patterns, timetable.trips.pattern)]
    hops = domain_of(city, mod, mod.domain, patterns, notes)
    if len(notes.problems) > known or not hops:
        return city
    chosen = _chosen(city, mod, np.array(sorted(hops), np.int32), notes)
    if not chosen:
        return city
    given_m = None if mod.domain is None else mod.domain.length_m
    times = DomainTimes(timetable, hops, mod.max_speed_kmh, mod.domain_run_min, mod.detour_factor, given_m)
    if not times.check(mod, {int(timetable.trips.pattern[r.trip]) for r in chosen}, notes):
        return city
    new, trip_ids = retime_runs(timetable, chosen, times.retime)
    operation = _operation(
        mod,
        trip_ids=trip_ids,
        service_id="",
        domain_m=times.length_m,
        domain_stops=times.stretches({int(timetable.trips.pattern[r.trip]) for r in chosen}),
    )
    notes.tell(mod, "autonomous", f"自動運転 {len(chosen)} 便", f"{len(chosen)} runs drive themselves")
    return city.replace(timetable=new, autonomous=(*city.autonomous, operation))


def _chosen(city: City, mod: Autonomous, patterns: IntArray, notes: Notes) -> dict[Run, int]:
    """Return run → bits of the days on which it drives itself; nothing, and notes, where there are too few."""
    timetable = city.timetable
    taken = {trip_id for operation in city.autonomous for trip_id in operation.trip_ids}
    free = trips_of(timetable, patterns) & ~np.isin(timetable.trips.trip_id, sorted(taken))
    found: dict[Run, int] = {}
    mask = days_mask(mod.days)
    days = days_by_service(timetable, np.flatnonzero(free).astype(np.int32), mask)
    if not days:
        _too_few(mod, mask, 0, 1, notes)
    known = len(notes.problems)
    for bits, trips in days:
        for run in _of_a_day(timetable, mod, bits, trips, notes):
            found[run] = found.get(run, 0) | bits
        if len(notes.problems) > known:
            return {}
    return found


def _of_a_day(timetable: Timetable, mod: Autonomous, bits: int, trips: list[int], notes: Notes) -> list[Run]:
    ways: dict[tuple[int, int], list[int]] = {}
    for trip in trips:
        pattern = int(timetable.trips.pattern[trip])
        key = int(timetable.patterns.route[pattern]), int(timetable.patterns.direction[pattern])
        ways.setdefault(key, []).append(trip)
    count = None if mod.trips_per_day is None else mod.trips_per_day // len(ways)
    if mod.trips_per_day is not None and mod.trips_per_day % len(ways):
        notes.refuse(
            mod,
            "trips_per_day",
            "uneven_runs",
            Text(
                f"{mod.trips_per_day} 便は {len(ways)} 方向に等分できません",
                f"{mod.trips_per_day} runs cannot be shared by {len(ways)} directions",
            ),
            Text(f"{len(ways)} の倍数にしてください", f"write a multiple of {len(ways)}"),
        )
        return []
    found: list[Run] = []
    for _, members in sorted(ways.items()):
        runs = _in_window(mod, runs_of(timetable, members))
        wanted = _wanted(mod, runs, count)
        if len(runs) < max(1, len(wanted)):
            _too_few(mod, bits, len(runs), max(1, len(wanted)), notes)
            return []
        chosen = spread(runs, wanted) if wanted else runs
        if mod.first_departures is not None and not _near(mod, chosen, wanted, notes):
            return []
        found += chosen
    return found


def _in_window(mod: Autonomous, runs: list[Run]) -> list[Run]:
    if mod.window is None:
        return runs
    return [r for r in runs if mod.window.start_s <= r.departure_s < mod.window.end_s]


def _wanted(mod: Autonomous, runs: list[Run], count: int | None) -> list[float]:
    """Return the departures that are asked for in one direction [s]; none = all runs."""
    if count is not None:
        start_s, end_s = (mod.window.start_s, mod.window.end_s) if mod.window else _span(runs)
        return evenly(start_s, end_s, count)
    return [float(parse_clock(c)) for c in sorted(set(mod.first_departures or ()))]


def _span(runs: list[Run]) -> tuple[float, float]:
    """Return from the first departure to just after the last [s]."""
    return (runs[0].departure_s, runs[-1].departure_s + 1) if runs else (0.0, 1.0)


def _too_few(mod: Autonomous, bits: int, there: int, wanted: int, notes: Notes) -> None:
    days = [n for n in range(DAY_BITS) if bits >> n & 1]
    ja, en = "".join("月火水木金土日祝"[n] for n in days), ", ".join(DAYS_EN[n] for n in days)
    at = "trips_per_day" if mod.trips_per_day is not None else "window" if mod.window is not None else "days"
    span = f" {mod.window.start}–{mod.window.end}" if mod.window is not None else ""
    notes.refuse(
        mod,
        at,
        "too_few_runs",
        Text(
            f"{ja}{span} に走る便は 1 方向 {there} 便です（{wanted} 便必要）",
            f"only {there} runs a direction on {en}{span} ({wanted} wanted)",
        ),
        Text(
            "window を広げるか便数を減らしてください（増便は adjust-frequency）",
            "widen the window or ask for fewer (more runs: adjust-frequency)",
        ),
    )


def _near(mod: Autonomous, chosen: list[Run], wanted: list[float], notes: Notes) -> bool:
    for run, departure in zip(chosen, wanted, strict=True):
        if abs(run.departure_s - departure) > NEAR_S:
            clock, there = format_time(round(departure))[:5], format_time(round(run.departure_s))[:5]
            notes.refuse(
                mod,
                f"first_departures[{_written_at(mod, departure)}]",
                "no_such_run",
                Text(f"{clock} ごろに出る便がありません（最寄り {there}）", f"no run leaves about {clock} ({there})"),
                Text("時刻表の便に合わせてください", "write a departure of the timetable"),
            )
            return False
    return True


def _written_at(mod: Autonomous, departure_s: float) -> int:
    """Return where in the list, as it is written, a departure stands."""
    return [float(parse_clock(c)) for c in mod.first_departures or ()].index(departure_s)
