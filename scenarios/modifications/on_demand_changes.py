"""Owns adjust-on-demand and remove-on-demand: services that run otherwise, or no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.on_demand import Business, OnDemandPlan, OnDemandService
from geodata.provenance import Status, weakest
from scenarios.modifications.base import (
    ClockSpan,
    DayName,
    Flag,
    ModificationBase,
    Names,
    Notes,
    NotNegative,
    Positive,
    Whole,
    days_mask,
    refuse,
)
from scenarios.modifications.on_demand import booking_text, fare_text, place_xy, wait_of
from scenarios.modifications.selecting import find_rows, refuse_unknown
from scenarios.modifications.service_checks import check_people, warn_of_overlaps
from scenarios.modifications.service_terms import Booking, FleetChange, Share, Wait


class RemoveOnDemand(ModificationBase):
    """On-demand services that run no more."""

    type: Literal["remove-on-demand"]
    services: Names = Field(description="サービスの id または名称")


class AdjustOnDemand(ModificationBase):
    """On-demand services with another fleet, other hours, waits, fares or demand; what is left out stays."""

    type: Literal["adjust-on-demand"]
    services: Names = Field(description="サービスの id または名称")
    fleet: FleetChange | None = Field(default=None, description="車両（変えるものだけ）")
    window: ClockSpan | None = Field(default=None, description="運行時間")
    days: tuple[DayName, ...] | None = Field(default=None, min_length=1, description="運行日（holiday = 日祝）")
    booking: Booking | None = Field(default=None, description="予約")
    wait: Wait | None = Field(default=None, description="待ち時間の扱い")
    no_show_share: Share | None = Field(default=None, description="予約して現れない割合 0–1")
    fare_yen: NotNegative | None = Field(default=None, description="1 回の運賃 [円]")
    pass_yen_month: NotNegative | None = Field(default=None, description="月額 [円]（記録だけ）")
    from_age: Annotated[Whole, Field(ge=0, le=120)] | None = Field(default=None, description="乗れる年齢")
    business: Business | None = Field(default=None, description="事業区分")
    requests_per_day: Positive | None = Field(default=None, le=100_000, description="1 日の依頼数")
    egress: Flag | None = Field(default=None, description="停留所から自宅への帰りも運ぶ")
    priority: Annotated[Whole, Field(ge=-1000, le=1000)] | None = Field(default=None, description="優先度")

    @model_validator(mode="after")
    def _something(self) -> Any:
        common = {*ModificationBase.model_fields, "type", "services"}
        if all(getattr(self, key) is None for key in type(self).model_fields if key not in common):
            raise refuse(
                "adjust_how",
                "変える内容がありません",
                "nothing to change is given",
                "fleet・window・days・wait・booking・requests_per_day などを書いてください",
                "give fleet, window, days, wait, booking, requests_per_day or another",
            )
        if self.wait is not None and self.wait.vehicles is not None:
            raise refuse(
                "fleet_twice",
                "車両は fleet に書いてください",
                "give the vehicles in fleet",
                "例: fleet: {vehicles: 3}",
                "e.g. fleet: {vehicles: 3}",
                "wait",
            )
        return self


def apply_remove_on_demand(city: City, mod: RemoveOnDemand, notes: Notes) -> City:
    """Return the city without some on-demand services."""
    rows = find_services(city, mod, "services", mod.services, notes)
    if not rows:
        return city
    kept = tuple(s for n, s in enumerate(city.on_demand) if n not in rows)
    notes.tell(mod, "on_demand", f"デマンド交通 {len(rows)} 件を廃止", f"{len(rows)} on-demand services end")
    return city.replace(on_demand=kept)


def apply_adjust_on_demand(city: City, mod: AdjustOnDemand, notes: Notes) -> City:
    """Return the city with some on-demand services running otherwise."""
    services = list(city.on_demand)
    changed = 0
    for row in find_services(city, mod, "services", mod.services, notes):
        old = services[row]
        plan = None if old.plan is None else _changed(city, mod, old, old.plan, notes)
        if plan is not None:
            services[row] = _with_plan(mod, old, plan)
            if any(value is not None for value in (mod.days, mod.window, mod.priority)):
                warn_of_overlaps(city, mod, services[row], notes)
            changed += 1
    if not changed:
        return city
    notes.tell(mod, "on_demand", f"デマンド交通 {changed} 件の内容を変更", f"changed {changed} on-demand services")
    return city.replace(on_demand=tuple(services))


def find_services(
    city: City, mod: ModificationBase, at: str, wanted: tuple[str, ...], notes: Notes, *, computed: bool | None = None
) -> list[int]:
    """
    Return the rows of on-demand services by id or name, ascending; notes what is unknown.

    `computed`: whether one that is only listed is refused; None = only for other types than remove-on-demand.
    """
    needs_plan = not isinstance(mod, RemoveOnDemand) if computed is None else computed
    ids = np.array([s.service_id for s in city.on_demand], str)
    names = [np.array([getattr(s.name, lang) for s in city.on_demand], str) for lang in ("ja", "en")]
    found: set[int] = set()
    for number, name in enumerate(wanted):
        rows = find_rows(name, ids, *names).tolist()
        place = at if at == "service" else f"{at}[{number}]"
        if not rows:
            refuse_unknown(notes, mod, place, "on_demand", name, [*names[0].tolist(), *ids.tolist()])
        for row in rows:
            if needs_plan and city.on_demand[row].plan is None:
                _only_listed(notes, mod, place, city.on_demand[row])
            else:
                found.add(row)
    return sorted(found)


def _only_listed(notes: Notes, mod: ModificationBase, at: str, service: OnDemandService) -> None:
    notes.refuse(
        mod,
        at,
        "only_listed",
        Text(
            f"「{service.name.ja}」は一覧に載るだけで、計算の対象ではありません",
            f"{service.name.en} is only listed: no model computes it",
        ),
        Text("運行の内容を add-on-demand で書いてください", "write it as add-on-demand with its area and fleet"),
    )


def _changed(
    city: City, mod: AdjustOnDemand, old: OnDemandService, plan: OnDemandPlan, notes: Notes
) -> OnDemandPlan | None:
    """Return the plan with what the modification says; None, and notes, where it makes no sense."""
    direct = ("no_show_share", "fare_yen", "pass_yen_month", "from_age", "business", "egress", "priority")
    values: dict[str, Any] = {k: getattr(mod, k) for k in (*direct, "requests_per_day") if getattr(mod, k) is not None}
    if mod.window is not None:
        values |= {"start_s": mod.window.start_s, "end_s": mod.window.end_s}
    if mod.days is not None:
        values["days"] = days_mask(mod.days)
    if mod.booking is not None:
        values |= {"min_lead_s": round(mod.booking.min_lead_min * 60), "channel": mod.booking.channel}
    if mod.wait is not None:
        values["wait"] = wait_of(mod.wait)
    if mod.fleet is not None:
        fleet = mod.fleet.model_dump(exclude_none=True, exclude={"depot", "vehicles"})
        if mod.fleet.vehicles is not None:
            fleet["n_vehicles"] = mod.fleet.vehicles
        if mod.fleet.depot is not None:
            depot = place_xy(city, mod, "fleet.depot", mod.fleet.depot, notes)
            if depot is None:
                return None
            fleet["depot_xy"] = depot
        values["fleet"] = replace(plan.fleet, **fleet)
    new = replace(plan, **values)
    if mod.from_age is not None and not check_people(city, mod, plan.area_xy, mod.from_age, notes):
        return None
    return new if _has_fleet(mod, old, new, notes) else None


def _has_fleet(mod: AdjustOnDemand, old: OnDemandService, plan: OnDemandPlan, notes: Notes) -> bool:
    """Return whether a wait that the fleet makes has a fleet; one with a given wait may have none."""
    if mod.wait is None or mod.wait.model == "fixed" or (plan.fleet.n_vehicles and plan.fleet.seats):
        return True
    notes.refuse(
        mod,
        "wait",
        "no_fleet",
        Text(f"「{old.name.ja}」の車両数と定員が分かりません", f"vehicles and seats of {old.name.en} are not known"),
        Text("例: fleet: {vehicles: 2, seats: 8}", "e.g. fleet: {vehicles: 2, seats: 8}"),
    )
    return False


def _with_plan(mod: AdjustOnDemand, old: OnDemandService, plan: OnDemandPlan) -> OnDemandService:
    said = Status.MODELLED if mod.decision == "planned" else Status.ASSUMED
    return replace(
        old,
        plan=plan,
        days=old.days if mod.days is None else tuple(day for day in range(7) if plan.days >> day & 1),
        start_s=old.start_s if mod.window is None else plan.start_s,
        end_s=old.end_s if mod.window is None else plan.end_s,
        n_vehicles=old.n_vehicles if mod.fleet is None or mod.fleet.vehicles is None else plan.fleet.n_vehicles,
        seats=old.seats if mod.fleet is None or mod.fleet.seats is None else plan.fleet.seats,
        booking=old.booking if mod.booking is None else booking_text(plan),
        fare=old.fare if mod.fare_yen is None and mod.pass_yen_month is None else fare_text(plan),
        status=weakest((old.status, said)),
        plan_status=mod.decision or "hypothetical",
    )
