"""Owns add-on-demand: a new on-demand service (デマンド交通) with its area, hours, fleet and fare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.on_demand import Business, FixedWait, FleetWait, OnDemandFleet, OnDemandPlan, OnDemandService, Policy
from geodata.provenance import Status
from scenarios.modifications.areas import Zones, area_xy
from scenarios.modifications.base import (
    ClockSpan,
    DayName,
    Flag,
    Label,
    Location,
    ModificationBase,
    Names,
    Notes,
    NotNegative,
    Number,
    Positive,
    Whole,
    days_mask,
    refuse,
)
from scenarios.modifications.hubs import find_fed_stops
from scenarios.modifications.placing import check_near, city_xy
from scenarios.modifications.service_checks import (
    check_people,
    check_stops,
    warn_of_far_stops,
    warn_of_overlaps,
    warn_of_reach,
)
from scenarios.modifications.service_terms import Booking, Fleet, Share, Wait

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

ANYWHERE = "anywhere"
CHANNEL_JA = {"phone": "電話", "app": "アプリ", "both": "電話・アプリ", "none": "予約なし"}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Destinations = Annotated[Names, BeforeValidator(_listed, json_schema_input_type=str | Names)]


class AddOnDemand(ModificationBase):
    """
    A new on-demand service.

    Notes
    -----
    `policy` follows from `to`: ``anywhere`` = door-to-door (with `points`: between these), hubs or stops = feeder. The
    wait is given, or made by the fleet. Without `fleet` the short form of `wait` says it; the speed is then that of a
    car off the peak × `street_speed_scale`.
    """

    type: Literal["add-on-demand"]
    name: Label = Field(description="名称")
    zones: Zones = Field(description="区域: id のリスト、GeoJSON、または {districts | polygon | location と radius_m}")
    to: Destinations = Field(description="行き先: anywhere、またはハブ・停留所の id か名称")
    policy: Policy | None = Field(default=None, description="door-to-door | points | feeder（省くと to から）")
    points: tuple[Location, ...] | None = Field(default=None, min_length=1, description="乗降場所")
    window: ClockSpan = Field(description="運行時間")
    days: tuple[DayName, ...] = Field(default=("weekday",), min_length=1, description="運行日（holiday = 日祝）")
    booking: Booking = Field(default=Booking(), description="予約")
    wait: Wait = Field(description="待ち時間の扱い")
    fleet: Fleet | None = Field(default=None, description="車両")
    no_show_share: Share = Field(default=0.0, description="予約して現れない割合 0–1")
    duration_factor: Annotated[Number, Field(ge=1, le=10)] = Field(default=1.0, description="直行に対する所要の比")
    duration_offset_min: Annotated[NotNegative, Field(le=120)] = Field(default=0.0, description="所要に足す分 [分]")
    fare_yen: NotNegative | None = Field(default=None, description="1 回の運賃 [円]")
    pass_yen_month: NotNegative | None = Field(default=None, description="月額 [円]（記録だけ）")
    from_age: Whole = Field(default=0, ge=0, le=120, description="乗れる年齢（0 = だれでも）")
    business: Business = Field(default="", description="事業区分")
    requests_per_day: Positive | None = Field(default=None, le=100_000, description="1 日の依頼数（省くと発生率から）")
    egress: Flag = Field(default=True, description="停留所から自宅への帰りも運ぶ")
    priority: Whole = Field(default=0, ge=-1000, le=1000, description="区域が重なるとき小さい方を先に使う")
    street_speed_scale: Annotated[Positive, Field(le=5)] | None = Field(
        default=None, description="自動車の速さに対する比（fleet.speed_kmh の代わり）"
    )

    @model_validator(mode="after")
    def _one_story(self) -> Any:
        self._check_destinations()
        short = self.wait.vehicles is not None
        if short and self.fleet is not None:
            raise refuse(
                "fleet_twice",
                "車両が wait と fleet の両方に書かれています",
                "vehicles are given in wait and in fleet",
                "どちらか一方にしてください",
                "keep one of them",
                "wait",
            )
        if self.wait.model == "fleet" and not short and self.fleet is None:
            raise refuse(
                "no_fleet",
                "model: fleet には車両が必要です",
                "model: fleet needs vehicles",
                "例: fleet: {vehicles: 2, seats: 8, speed_kmh: 20}",
                "e.g. fleet: {vehicles: 2, seats: 8, speed_kmh: 20}",
            )
        if self.street_speed_scale is not None and self.fleet is not None and self.fleet.speed_kmh is not None:
            raise refuse(
                "speed_twice",
                "fleet.speed_kmh と street_speed_scale はどちらか一方にしてください",
                "give either fleet.speed_kmh or street_speed_scale",
                at="street_speed_scale",
            )
        return self

    def _check_destinations(self) -> None:
        anywhere = ANYWHERE in self.to
        if anywhere and len(self.to) > 1:
            raise refuse(
                "to",
                "to は anywhere だけか、ハブ・停留所だけにしてください",
                "to is either anywhere, or hubs and stops",
                at="to",
            )
        if (self.run_policy == "feeder") == anywhere:
            raise refuse(
                "policy",
                f"policy: {self.run_policy} と to: {self.to[0]} は両立しません",
                f"policy: {self.run_policy} does not go with to: {self.to[0]}",
                "feeder は to にハブか停留所、door-to-door と points は to: anywhere",
                "a feeder needs hubs or stops; door-to-door and points need to: anywhere",
                "policy" if self.policy else "to",
            )
        if (self.run_policy == "points" and self.points is None) or (
            self.run_policy == "door-to-door" and self.points is not None
        ):
            raise refuse(
                "points",
                "points（乗降場所）は policy: points のとき必要で、door-to-door では使えません",
                "points are needed with policy: points and have no use door-to-door",
                at="points" if self.points else "policy",
            )

    @property
    def run_policy(self) -> Policy:
        """The policy written, or the one that follows from `to`."""
        if self.policy is not None:
            return self.policy
        if ANYWHERE not in self.to:
            return "feeder"
        return "door-to-door" if self.points is None else "points"


def apply_add_on_demand(city: City, mod: AddOnDemand, notes: Notes) -> City:
    """Return the city with one more on-demand service."""
    if any(s.service_id == mod.id for s in city.on_demand):
        message = Text(f"サービスの id {mod.id!r} は都市データに既にあります", f"the city already has {mod.id!r}")
        hint = Text(
            "別の id にするか、adjust-on-demand で変えてください", "another id, or change it by adjust-on-demand"
        )
        notes.refuse(mod, "id", "duplicate_on_demand", message, hint)
        return city
    known = len(notes.problems)
    area = area_xy(city, mod, mod.zones, notes)
    stops = _fed_stops(city, mod, notes)
    points = _points(city, mod, notes)
    depot = place_xy(city, mod, "fleet.depot", mod.fleet.depot if mod.fleet else None, notes)
    if area is None or stops is None or points is None or any(p.code in _LOST for p in notes.problems[known:]):
        return city
    feeder = mod.run_policy == "feeder"
    if not check_people(city, mod, area, mod.from_age, notes):
        return city
    if feeder and not check_stops(mod, stops, notes):
        return city
    warn_of_reach(mod, area, points, depot, notes)
    fed = tuple(dict.fromkeys(stop for ids in stops for stop in ids))
    plan = _plan(mod, area, fed, points, depot, notes)
    service = _service(mod, plan)
    warn_of_far_stops(city, mod, plan, stops, notes)
    warn_of_overlaps(city, mod, service, notes)
    notes.tell(mod, "on_demand", f"デマンド交通「{mod.name.ja}」を追加", f"added the service {mod.name.en}")
    return city.replace(on_demand=(*city.on_demand, service))


_LOST = frozenset({"scenario.far_away"})


def _fed_stops(city: City, mod: AddOnDemand, notes: Notes) -> list[tuple[str, ...]] | None:
    """Return the stops of each destination of a feeder; None where one is unknown."""
    if mod.run_policy != "feeder":
        return []
    before = len(notes.problems)
    found = [find_fed_stops(city, mod, f"to[{n}]", name, notes) for n, name in enumerate(mod.to)]
    return None if len(notes.problems) > before else found


def _points(city: City, mod: AddOnDemand, notes: Notes) -> tuple[tuple[float, float], ...] | None:
    lonlat = np.array([[p.lon, p.lat] for p in mod.points or ()], float).reshape(-1, 2)
    if not check_near(city, mod, "points[{}]", lonlat, notes):
        return None
    return tuple((float(x), float(y)) for x, y in city_xy(city, lonlat))


def place_xy(
    city: City, mod: ModificationBase, at: str, place: Location | None, notes: Notes
) -> tuple[float, float] | None:
    """Return one location in the plane [m]; None where there is none, or it is far away."""
    if place is None:
        return None
    lonlat = np.array([[place.lon, place.lat]])
    if not check_near(city, mod, at, lonlat, notes):
        return None
    x, y = city_xy(city, lonlat)[0]
    return float(x), float(y)


def _plan(
    mod: AddOnDemand,
    area: BaseGeometry,
    stops: tuple[str, ...],
    points: tuple[tuple[float, float], ...],
    depot: tuple[float, float] | None,
    notes: Notes,
) -> OnDemandPlan:
    return OnDemandPlan(
        area_xy=area,
        policy=mod.run_policy,
        days=days_mask(mod.days),
        start_s=mod.window.start_s,
        end_s=mod.window.end_s,
        fleet=_fleet(mod, depot, notes),
        wait=wait_of(mod.wait),
        to_stops=stops,
        points_xy=points,
        min_lead_s=round(mod.booking.min_lead_min * 60),
        channel=mod.booking.channel,
        no_show_share=mod.no_show_share,
        duration_factor=mod.duration_factor,
        duration_offset_s=round(mod.duration_offset_min * 60),
        fare_yen=mod.fare_yen,
        pass_yen_month=mod.pass_yen_month,
        from_age=mod.from_age,
        business=mod.business,
        requests_per_day=mod.requests_per_day,
        egress=mod.egress,
        priority=mod.priority,
    )


def wait_of(wait: Wait) -> FixedWait | FleetWait:
    """Return the wait of a plan."""
    if wait.model == "fixed":
        return FixedWait(round((wait.wait_min or 0.0) * 60))
    return FleetWait(round((wait.max_wait_min or 0.0) * 60), wait.max_detour_factor or 1.0)


def _fleet(mod: AddOnDemand, depot: tuple[float, float] | None, notes: Notes) -> OnDemandFleet:
    """Return the fleet; with a given wait and no fleet it has no vehicles, only a speed."""
    speed = notes.params.car_offpeak_kmh * (mod.street_speed_scale or 1.0)
    if mod.fleet is None:
        return OnDemandFleet(n_vehicles=mod.wait.vehicles or 0, seats=mod.wait.capacity or 0, speed_kmh=speed)
    fleet = mod.fleet
    return OnDemandFleet(
        n_vehicles=fleet.vehicles,
        seats=fleet.seats,
        speed_kmh=speed if fleet.speed_kmh is None else fleet.speed_kmh,
        step_free=fleet.step_free,
        attendant=fleet.attendant,
        boarding_s=fleet.boarding_s,
        depot_xy=depot,
    )


def _service(mod: AddOnDemand, plan: OnDemandPlan) -> OnDemandService:
    planned = mod.decision == "planned"
    return OnDemandService(
        service_id=mod.id,
        name=mod.name.text,
        area=Text("シナリオの区域", "area of the scenario"),
        days=tuple(day for day in range(7) if plan.days >> day & 1),
        start_s=plan.start_s,
        end_s=plan.end_s,
        n_vehicles=plan.fleet.n_vehicles or None,
        seats=plan.fleet.seats or None,
        booking=booking_text(plan),
        fare=fare_text(plan),
        source=f"scenario-{mod.id}",
        status=Status.MODELLED if planned else Status.ASSUMED,
        plan=plan,
        plan_status=mod.decision or "hypothetical",
    )


def booking_text(plan: OnDemandPlan) -> str:
    """Return how one books, in words: 電話・30 分前まで."""
    lead = f"{plan.min_lead_s // 60} 分前まで" if plan.min_lead_s else "即時"
    return CHANNEL_JA[plan.channel] if plan.channel == "none" else f"{CHANNEL_JA[plan.channel]}・{lead}"


def fare_text(plan: OnDemandPlan) -> Text:
    """Return fare and pass in words; nothing where neither is known."""
    ja = [f"1回{plan.fare_yen:,.0f}円"] if plan.fare_yen is not None else []
    en = [f"{plan.fare_yen:,.0f} yen a ride"] if plan.fare_yen is not None else []
    if plan.pass_yen_month is not None:
        ja.append(f"月{plan.pass_yen_month:,.0f}円")
        en.append(f"{plan.pass_yen_month:,.0f} yen a month")
    return Text("、".join(ja), ", ".join(en))
