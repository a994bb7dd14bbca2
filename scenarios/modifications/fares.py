"""Owns adjust-fare: other fares on some routes, inside an area or everywhere, and passes by age."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.fare_changes import AgePass, FareChange
from scenarios.modifications.areas import Zones, area_xy
from scenarios.modifications.base import (
    AgeRange,
    ModificationBase,
    Names,
    Notes,
    NotNegative,
    RouteClassName,
    refuse,
)
from scenarios.modifications.elastic_range import warn_of_range
from scenarios.modifications.selecting import find_rows, refuse_unknown

Share = Annotated[NotNegative, Field(le=1)]


class Pass(AgeRange):
    """
    A pass for riders from `from_age` to `to_age` (left out: and older) on all buses.

    Notes
    -----
    `scale` is what a ride with it costs over the full fare (0 = free); `uptake` the share of their rides made with it.
    """

    scale: Share = Field(description="パスで乗るときの運賃（通常運賃に対する倍率、0＝無料）")
    uptake: Share = Field(default=1.0, description="対象者の乗車のうちパスを使う割合（仮定）")


class AdjustFare(ModificationBase):
    """
    Change fares: by a `scale` of the fare or to a `flat_yen` a ride, of `routes` or a `route_class` and inside `zones`.

    Notes
    -----
    Left out, routes and zones mean all of them. A ride counts as inside where it begins and ends in the zones. `passes`
    are for riders of some ages on all buses, on top. Every ride is paid for by itself.
    """

    type: Literal["adjust-fare"]
    routes: Names | None = Field(default=None, description="路線の id または名称（省くと全路線）")
    route_class: tuple[RouteClassName, ...] | None = Field(
        default=None, min_length=1, description="路線の種別（rail, brt, bus, other）"
    )
    zones: Zones | None = Field(
        default=None, description="乗降とも中にある乗車だけ（区域の id・districts・polygon など）"
    )
    scale: NotNegative | None = Field(default=None, le=10, description="運賃の倍率（0.5 = 半額、0 = 無料）")
    flat_yen: NotNegative | None = Field(default=None, le=100_000, description="1 乗車の均一運賃 [円]")
    passes: tuple[Pass, ...] = Field(default=(), description="年齢別のパス")

    @model_validator(mode="after")
    def _one_change(self) -> Any:
        if self.scale is not None and self.flat_yen is not None:
            raise refuse(
                "scale_or_flat",
                "scale と flat_yen は同時に使えません",
                "scale and flat_yen exclude each other",
                "どちらか一方を書いてください。例: scale: 0.8",
                "give one of them, e.g. scale: 0.8",
            )
        if self.scale is None and self.flat_yen is None and not self.passes:
            raise refuse(
                "no_fare",
                "運賃の変更がありません",
                "no change of fares is given",
                "scale・flat_yen・passes のどれかを書いてください。例: flat_yen: 200",
                "give scale, flat_yen or passes, e.g. flat_yen: 200",
            )
        if self.routes is not None and self.route_class is not None:
            raise refuse(
                "selection",
                "routes と route_class は同時に使えません",
                "routes and route_class exclude each other",
                "どちらか一方を書いてください",
                "give one of them",
            )
        return self

    @model_validator(mode="after")
    def _about_something(self) -> Any:
        named = any(v is not None for v in (self.routes, self.route_class, self.zones))
        if named and self.scale is None and self.flat_yen is None:
            raise refuse(
                "pass_everywhere",
                "年齢別のパスは全路線のものです。routes・route_class・zones は scale か flat_yen と書いてください",
                "passes hold on all buses; routes, route_class and zones go with scale or flat_yen",
                "パスだけなら routes などを消してください",
                "for passes alone, leave routes and zones out",
            )
        return self


def apply_adjust_fare(city: City, mod: AdjustFare, notes: Notes) -> City:
    """Return the city with one more change of fares."""
    routes = city.timetable.routes
    before = len(notes.problems)
    route_ids: list[str] = []
    for number, name in enumerate(mod.routes or ()):
        rows = find_rows(name, routes.route_id, routes.name)
        if not len(rows):
            refuse_unknown(
                notes, mod, f"routes[{number}]", "route", name, [*routes.route_id.tolist(), *routes.name.tolist()]
            )
        route_ids += routes.route_id[rows].tolist()
    for number, wanted in enumerate(mod.route_class or ()):
        if wanted not in routes.route_class:
            known = sorted(set(routes.route_class.tolist()))
            refuse_unknown(notes, mod, f"route_class[{number}]", "route_class", wanted, known)
    area = None if mod.zones is None else area_xy(city, mod, mod.zones, notes)
    if len(notes.problems) > before:
        return city
    change = FareChange(
        change_id=mod.id,
        route_ids=tuple(dict.fromkeys(route_ids)),
        route_classes=mod.route_class or (),
        area_xy=area,
        scale=mod.scale,
        flat_yen=mod.flat_yen,
        passes=tuple(AgePass(p.from_age, p.to_age, p.scale, p.uptake) for p in mod.passes),
    )
    _warn_of_range(mod, notes)
    told = _told(mod)
    notes.tell(mod, "fare_changes", told.ja, told.en)
    return city.replace(fare_changes=(*city.fare_changes, change))


def _warn_of_range(mod: AdjustFare, notes: Notes) -> None:
    """Say, where it is written, that a fare changes by more than elasticities are applied to."""
    if mod.scale is not None:
        told = Text(f"運賃が {mod.scale:g} 倍になります", f"fares become {mod.scale:g} times as high")
        warn_of_range(mod, "scale", mod.scale, told, notes)
    lowest = notes.params.fare_first_yen
    if mod.flat_yen is not None and lowest > 0:
        told = Text(
            f"初乗り {lowest:g} 円が {mod.flat_yen:g} 円（{mod.flat_yen / lowest:.2g} 倍）になります",
            f"the lowest fare of {lowest:g} yen becomes {mod.flat_yen:g} yen ({mod.flat_yen / lowest:.2g} times)",
        )
        warn_of_range(mod, "flat_yen", mod.flat_yen / lowest, told, notes)


def _told(mod: AdjustFare) -> Text:
    """Return what a change of fares does, in words."""
    ja, en = [], []
    if mod.scale is not None:
        ja.append(f"運賃を {mod.scale:g} 倍（仮定）")
        en.append(f"fares × {mod.scale:g} (assumed)")
    if mod.flat_yen is not None:
        ja.append(f"運賃を 1 乗車 {mod.flat_yen:,.0f} 円（仮定）")
        en.append(f"a flat fare of {mod.flat_yen:,.0f} yen (assumed)")
    for p in mod.passes:
        ages = f"{p.from_age}歳以上" if p.to_age is None else f"{p.from_age}〜{p.to_age}歳"
        ages_en = f"from {p.from_age}" if p.to_age is None else f"{p.from_age} to {p.to_age}"
        ja.append(f"{ages}のパス（運賃 {p.scale:g} 倍、利用 {p.uptake:.0%}、仮定）")
        en.append(f"pass for ages {ages_en} (fare × {p.scale:g}, uptake {p.uptake:.0%}, assumed)")
    return Text("、".join(ja), ", ".join(en))
