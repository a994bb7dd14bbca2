"""Owns mobile-service: a mobile city office (動く市役所) with fixed places and a calendar of visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
from scenarios.modifications.base import (
    Bilingual,
    DaySpan,
    Label,
    Location,
    Model,
    ModificationBase,
    Names,
    Notes,
    Positive,
    Whole,
    parse_clock,
    refuse,
)
from scenarios.modifications.placing import check_near, city_xy

if TYPE_CHECKING:
    from collections.abc import Iterator

WALK_M_MIN = 80.0
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_WEEKS = (1, 2, 3, 4, 5)
WeekdayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WeekOfMonth = Annotated[int, Field(strict=True, ge=1, le=5)]


class Visit(DaySpan):
    """One recurring visit: which weeks of the month (none = every week), weekday, start and end."""

    week_of_month: tuple[WeekOfMonth, ...] = Field(default=(), description="第何週（1–5）。省くと毎週")
    weekday: WeekdayName = Field(description="曜日（mon … sun）")

    def open_at(self, week: int, weekday: str, time_s: int) -> bool:
        """Return whether the visit is going on in a week of the month, on a weekday, at a time [s]."""
        in_week = not self.week_of_month or week in self.week_of_month
        return in_week and self.weekday == weekday and parse_clock(self.start) <= time_s < parse_clock(self.end)


class ServicePlace(Model):
    """One place where the office opens."""

    location: Location = Field(description="位置")
    name: Label = Field(description="名称")
    visits: tuple[Visit, ...] = Field(min_length=1, description="巡回開設の予定")


class Catchment(Model):
    """How far people walk to a visit: `radius_m` straight line, or `walk_min` at 80 m/min."""

    radius_m: Positive | None = Field(default=None, le=5000, description="直線距離 [m]")
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


class MobileService(ModificationBase):
    """A mobile city office with fixed places; more visits at one time than vehicles are refused."""

    type: Literal["mobile-service"]
    name: Label = Field(default=Bilingual(ja="動く市役所", en="Mobile city office"), description="名称")
    services: Names = Field(description="扱う手続（証明書、マイナンバーカード、相談 …）")
    vehicles: Whole = Field(ge=1, le=100, description="車両数")
    stops: tuple[ServicePlace, ...] = Field(min_length=1, description="開設場所")
    catchment: Catchment = Field(default=Catchment(radius_m=500.0), description="利用圏")
    procedures_per_hour: Positive | None = Field(default=None, description="1 時間に扱える手続数（仮定・要設定）")
    depot: Location | None = Field(default=None, description="車庫")
    reservation: Literal["none", "required"] = Field(default="none", description="予約の要否")


def apply_mobile_service(city: City, mod: MobileService, notes: Notes) -> City:
    """Return the city with one more plan of a mobile office."""
    lonlat = np.array([[s.location.lon, s.location.lat] for s in mod.stops])
    near = check_near(city, mod, "stops[{}].location", lonlat, notes)
    if not (_enough_vehicles(mod, notes) and near):
        return city
    xy = city_xy(city, lonlat)
    places = tuple(
        OfficePlace(
            place_id=f"{mod.id}:{n + 1}",
            name=stop.name.text,
            lonlat=(stop.location.lon, stop.location.lat),
            xy=(float(xy[n, 0]), float(xy[n, 1])),
            visits=tuple(
                OfficeVisit(WEEKDAYS.index(v.weekday), parse_clock(v.start), parse_clock(v.end), v.week_of_month)
                for v in stop.visits
            ),
        )
        for n, stop in enumerate(mod.stops)
    )
    plan = MobileOfficePlan(
        plan_id=mod.id,
        name=mod.name.text,
        plan_status=mod.decision or "hypothetical",
        services=mod.services,
        n_vehicles=mod.vehicles,
        places=places,
        walk_m=mod.catchment.metres,
        depot_lonlat=None if mod.depot is None else (mod.depot.lon, mod.depot.lat),
        procedures_per_hour=mod.procedures_per_hour,
        reservation=mod.reservation,
    )
    notes.tell(mod, "mobile_offices", f"動く市役所 {len(places)} か所", f"mobile office at {len(places)} places")
    return city.replace(mobile_offices=(*city.mobile_offices, plan))


def _enough_vehicles(mod: MobileService, notes: Notes) -> bool:
    clash = next((c for c in _open_at_once(mod) if len(c) > mod.vehicles), None)
    if clash is None:
        return True
    names = "、".join(mod.stops[n].name.ja for n in clash)
    notes.refuse(
        mod,
        f"stops[{clash[-1]}].visits",
        "too_few_vehicles",
        Text(
            f"同じ時間に {len(clash)} か所で開設しますが、車両は {mod.vehicles} 台です（{names}）",
            f"{len(clash)} places are open at the same time with {mod.vehicles} vehicles ({names})",
        ),
        Text("曜日か時刻をずらすか、vehicles を増やしてください", "move a visit, or give more vehicles"),
    )
    return False


def _open_at_once(mod: MobileService) -> Iterator[list[int]]:
    """Yield the places that are open at the moment a visit begins, for every beginning."""
    visits = [(n, v) for n, stop in enumerate(mod.stops) for v in stop.visits]
    for _, begun in visits:
        for week in begun.week_of_month or LAST_WEEKS:
            yield [n for n, v in visits if v.open_at(week, begun.weekday, parse_clock(begun.start))]
