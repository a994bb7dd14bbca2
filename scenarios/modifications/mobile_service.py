"""Owns mobile-service: a mobile city office (動く市役所) with a calendar of visits, written or chosen by the tool."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.mobile_office import ClinicDesk, LunchBreak, MobileOfficePlan, OfficePlace, OfficeVisit, PlanUse
from scenarios.modifications.base import (
    Bilingual,
    DaySpan,
    DayTime,
    Label,
    Location,
    Model,
    ModificationBase,
    Names,
    Notes,
    NotNegative,
    Positive,
    Whole,
    parse_clock,
    refuse,
)
from scenarios.modifications.mobile_optimise import WEEKDAYS, Optimise, WeekdayName, choose_for
from scenarios.modifications.placing import check_in_city, check_near, city_xy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.mobile_office.tour_check import Clash

WALK_M_MIN = 80.0
WeekOfMonth = Annotated[int, Field(strict=True, ge=1, le=5)]


class Visit(DaySpan):
    """One recurring visit: which weeks of the month (none = every week), weekday, start and end."""

    week_of_month: tuple[WeekOfMonth, ...] = Field(default=(), description="第何週（1–5）。省くと毎週")
    weekday: WeekdayName = Field(description="曜日（mon … sun）")
    vehicle: Whole | None = Field(default=None, ge=1, le=100, description="担当する車両の番号（省くと自動）")

    @model_validator(mode="after")
    def _each_week_once(self) -> Any:
        if len(set(self.week_of_month)) < len(self.week_of_month):
            raise refuse("week_twice", "同じ週が二度あります", "a week is named twice", at="week_of_month")
        return self


class ServicePlace(Model):
    """One place where the office opens."""

    location: Location = Field(description="位置")
    name: Label = Field(description="名称")
    visits: tuple[Visit, ...] = Field(min_length=1, description="巡回開設の予定")


class Catchment(Model):
    """How far people walk to a visit: `radius_m` metres on foot, or `walk_min` at 80 m/min."""

    radius_m: Positive | None = Field(default=None, le=5000, description="歩く道のり [m]（直線距離ではない）")
    walk_min: Positive | None = Field(default=None, le=60, description="徒歩 [分]（80 m/分）")

    @model_validator(mode="after")
    def _one(self) -> Any:
        if (self.radius_m is None) == (self.walk_min is None):
            raise refuse(
                "catchment",
                "radius_m か walk_min のどちらか一方を書いてください",
                "give either radius_m or walk_min",
                "例: {radius_m: 500}",
                "e.g. {radius_m: 500}",
            )
        return self

    @property
    def metres(self) -> float:
        """The walking distance [m]."""
        return self.radius_m if self.radius_m is not None else float(self.walk_min or 0.0) * WALK_M_MIN


class Lunch(Model):
    """The crew's break: so many minutes, all of it between `earliest` and `latest`; 0 = none."""

    earliest: DayTime = Field(default="11:30", description="昼休みの最も早い始まり")
    latest: DayTime = Field(default="13:30", description="昼休みの最も遅い終わり")
    minutes: NotNegative = Field(default=60.0, le=240, description="長さ [分]。0 = 取らない（職員が交代で休む）")

    @model_validator(mode="after")
    def _fits(self) -> Any:
        if parse_clock(self.latest) - parse_clock(self.earliest) < self.minutes * 60:
            raise refuse(
                "lunch_window",
                f"昼休み {self.minutes:g} 分は {self.earliest}–{self.latest} に入りません",
                f"a break of {self.minutes:g} min does not fit {self.earliest}–{self.latest}",
                "latest を遅くするか minutes を短くしてください",
                "write a later `latest`, or fewer minutes",
            )
        return self


class Desk(Model):
    """A clinic desk on board."""

    kind: Literal["online", "doctor"] = Field(description="online オンライン診療の補助 | doctor 医師が同乗")
    doctor_hours_share: NotNegative = Field(le=1, description="開設 1 時間当たりの診療時間（0–1。仮定）")


class MobileService(ModificationBase):
    """
    A mobile city office: `stops` with their visits, or `optimise` to have places and calendar chosen.

    Visits that the vehicles cannot make are refused: two places at once, or too little time to pack, drive and set up.
    Where `shift` or `lunch` are given, every day must keep to them; `optimise` takes its own where they are not.
    """

    type: Literal["mobile-service"]
    name: Label | None = Field(default=None, description="名称（省くと use による）")
    use: PlanUse = Field(
        default="office", description="office 動く市役所 | disaster 臨時窓口 | shop 移動販売 | voting 期日前投票"
    )
    services: Names = Field(description="扱う手続（証明書、マイナンバーカード、相談 …）")
    vehicles: Whole = Field(ge=1, le=100, description="車両数")
    stops: tuple[ServicePlace, ...] = Field(default=(), description="開設場所（optimise とどちらか一方）")
    optimise: Optimise | None = Field(default=None, description="場所と予定をツールに選ばせる（stops とどちらか一方）")
    catchment: Catchment = Field(default=Catchment(radius_m=500.0), description="利用圏")
    procedures_per_hour: Positive | None = Field(default=None, description="1 時間に扱える手続数（仮定・要設定）")
    staff: Whole | None = Field(default=None, ge=1, le=100, description="乗務する職員 [人]")
    depot: Location | None = Field(default=None, description="車庫（optimise では必要）")
    setup_min: NotNegative = Field(default=15.0, le=240, description="準備、また撤収にかかる時間 [分]（仮定）")
    shift: DaySpan | None = Field(default=None, description="車庫を出てから戻るまでの勤務時間")
    lunch: Lunch | None = Field(default=None, description="昼休み")
    reservation: Literal["none", "required"] = Field(default="none", description="予約の要否")
    clinic_desk: Desk | None = Field(default=None, description="車内の診療窓口")

    @model_validator(mode="after")
    def _fixed_or_chosen(self) -> Any:
        if bool(self.stops) == (self.optimise is not None):
            raise refuse(
                "stops_or_optimise",
                "stops（予定を書く）か optimise（ツールが選ぶ）のどちらか一方を書いてください",
                "give either stops (a written calendar) or optimise (chosen by the tool)",
                "例: optimise: {candidates: {facilities: [community_centre]}, p: 12}",
                "e.g. optimise: {candidates: {facilities: [community_centre]}, p: 12}",
            )
        if self.optimise is not None and self.depot is None:
            raise refuse(
                "no_depot",
                "optimise には車庫の位置 depot が必要です",
                "optimise needs a depot",
                "例: depot: {lat: 36.599, lon: 140.651}",
                "e.g. depot: {lat: 36.599, lon: 140.651}",
                "optimise",
            )
        if self.optimise is not None and self.optimise.standard_min and "catchment" in self.model_fields_set:
            raise refuse(
                "two_standards",
                "catchment と optimise.standard_min は同じ意味です",
                "catchment and optimise.standard_min mean the same",
                "どちらか一方を書いてください",
                "write one of them",
                "catchment",
            )
        return self


NAMES: dict[PlanUse, Bilingual] = {
    "office": Bilingual(ja="動く市役所", en="Mobile city office"),
    "disaster": Bilingual(ja="臨時窓口（車両）", en="Emergency office on wheels"),
    "shop": Bilingual(ja="移動販売", en="Mobile shop"),
    "voting": Bilingual(ja="移動期日前投票所", en="Mobile early voting"),
}
"""Use → name of a plan that has none."""
OFFICE_SHIFT = DaySpan(start="08:30", end="17:15")
"""Shift of a chosen plan where none is written: the hours of city offices (8:30–17:15)."""


def apply_mobile_service(city: City, mod: MobileService, notes: Notes) -> City:
    """Return the city with one more plan of a mobile office, as written or as chosen."""
    if any(plan.plan_id == mod.id for plan in city.mobile_offices):
        message = Text(f"計画の id {mod.id!r} は都市データに既にあります", f"the city already has a plan {mod.id!r}")
        notes.refuse(mod, "id", "duplicate_plan", message, Text("別の id にしてください", "choose another id"))
        return city
    frame = _frame(city, mod, notes)
    if frame is None:
        return city
    plan = (
        _written(city, mod, frame, notes) if mod.optimise is None else choose_for(city, mod, mod.optimise, frame, notes)
    )
    if plan is None:
        return city
    n, name = len(plan.places), plan.name
    notes.tell(mod, "mobile_offices", f"{name.ja} {n} か所", f"{name.en} at {n} places")
    return city.replace(mobile_offices=(*city.mobile_offices, plan))


def _frame(city: City, mod: MobileService, notes: Notes) -> MobileOfficePlan | None:
    """Return the plan without its places; None where the depot is far away."""
    depot = None if mod.depot is None else np.array([[mod.depot.lon, mod.depot.lat]])
    if depot is not None and not check_near(city, mod, "depot", depot, notes):
        return None
    depot_xy = None if depot is None else city_xy(city, depot)[0]
    chosen = mod.optimise is not None
    shift = mod.shift or (OFFICE_SHIFT if chosen else None)
    lunch = mod.lunch or (Lunch() if chosen else None)
    standard_min = mod.optimise.standard_min if mod.optimise is not None else None
    return MobileOfficePlan(
        plan_id=mod.id,
        name=(mod.name or NAMES[mod.use]).text,
        plan_status=mod.decision or "hypothetical",
        services=mod.services,
        n_vehicles=mod.vehicles,
        places=(),
        walk_m=standard_min * notes.params.walk_standard_m_min if standard_min else mod.catchment.metres,
        depot_lonlat=None if mod.depot is None else (mod.depot.lon, mod.depot.lat),
        procedures_per_hour=mod.procedures_per_hour,
        reservation=mod.reservation,
        use=mod.use,
        staff=mod.staff,
        depot_xy=None if depot_xy is None else (float(depot_xy[0]), float(depot_xy[1])),
        setup_s=round(mod.setup_min * 60),
        clinic_desk=None if mod.clinic_desk is None else ClinicDesk(**mod.clinic_desk.model_dump()),
        shift_s=None if shift is None else (parse_clock(shift.start), parse_clock(shift.end)),
        lunch=_break(lunch) if lunch is not None and lunch.minutes else None,
    )


def _break(lunch: Lunch) -> LunchBreak:
    return LunchBreak(parse_clock(lunch.earliest), parse_clock(lunch.latest), round(lunch.minutes * 60))


def _written(city: City, mod: MobileService, frame: MobileOfficePlan, notes: Notes) -> MobileOfficePlan | None:
    """Return the plan with the places and visits of the file, each with a vehicle; None with problems noted."""
    lonlat = np.array([[s.location.lon, s.location.lat] for s in mod.stops])
    inside = check_in_city(city, mod, "stops[{}].location", lonlat, notes)
    if not (_vehicles_there(mod, notes) and inside):
        return None
    xy = city_xy(city, lonlat)
    places = tuple(
        OfficePlace(
            place_id=f"{mod.id}:{n + 1}",
            name=stop.name.text,
            lonlat=(stop.location.lon, stop.location.lat),
            xy=(float(xy[n, 0]), float(xy[n, 1])),
            visits=tuple(_visit(v) for v in stop.visits),
        )
        for n, stop in enumerate(mod.stops)
    )
    return _assigned(city, mod, replace(frame, places=places), notes)


def _visit(v: Visit) -> OfficeVisit:
    weekday, vehicle = WEEKDAYS.index(v.weekday), -1 if v.vehicle is None else v.vehicle - 1
    return OfficeVisit(weekday, parse_clock(v.start), parse_clock(v.end), v.week_of_month, vehicle)


def _vehicles_there(mod: MobileService, notes: Notes) -> bool:
    """Return whether every vehicle that a visit names is there; notes those that are not."""
    fine = True
    for n, stop in enumerate(mod.stops):
        for k, visit in enumerate(stop.visits):
            if visit.vehicle is None or visit.vehicle <= mod.vehicles:
                continue
            fine = False
            message = Text(
                f"車両 {visit.vehicle} はありません（{mod.vehicles} 台）",
                f"there is no vehicle {visit.vehicle}, only {mod.vehicles}",
            )
            notes.refuse(mod, f"stops[{n}].visits[{k}].vehicle", "no_such_vehicle", message)
    return fine


def _assigned(city: City, mod: MobileService, plan: MobileOfficePlan, notes: Notes) -> MobileOfficePlan | None:
    """Return the plan with a vehicle for every visit; None where no vehicles can make them, told at their lines."""
    from sim.mobile_office.assigning import assign_vehicles  # noqa: PLC0415 -- loads models only wanted here
    from sim.mobile_office.drives import plan_crew, plan_drives  # noqa: PLC0415 -- as above
    from sim.mobile_office.tour_check import Stay  # noqa: PLC0415 -- as above

    crew = plan_crew(plan, plan_drives(city.streets, plan, notes.params.car_offpeak_kmh))
    stays = [Stay(n, visit) for n, place in enumerate(plan.places) for visit in place.visits]
    paths = [f"stops[{n}].visits[{k}]" for n, place in enumerate(plan.places) for k in range(len(place.visits))]
    given, clashes = assign_vehicles(crew, stays)
    for clash in clashes:
        _refuse_clash(mod, clash, paths, notes)
    if clashes:
        return None
    places = tuple(
        replace(place, visits=tuple(s.visit for s in given if s.place == n)) for n, place in enumerate(plan.places)
    )
    return replace(plan, places=places)


def _refuse_clash(mod: MobileService, clash: Clash, paths: Sequence[str], notes: Notes) -> None:
    """Note a clash at the later of its visits."""
    vehicles = (
        Text(f"車両 {mod.vehicles} 台では ", f"with {mod.vehicles} vehicles: ") if mod.vehicles > 1 else Text("", "")
    )
    message = Text(vehicles.ja + clash.message.ja, vehicles.en + clash.message.en)
    code = "too_few_vehicles" if clash.code == "overlap" else clash.code
    notes.refuse(mod, paths[clash.stays[-1]], code, message, clash.hint)
