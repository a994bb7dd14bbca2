"""Owns add-hub: a mobility hub (モビリティハブ) around stops, and who can reach it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.former_ids import named_formerly
from geodata.hubs import Hub, stops_of_hub
from geodata.units import FloatArray
from scenarios.modifications.base import Label, Location, ModificationBase, Notes, Positive, refuse
from scenarios.modifications.placing import ROUNDED_DEGREES, check_near, city_xy
from scenarios.modifications.selecting import find_rows, refuse_unknown, select_stops, with_platforms

HubComponent = Literal["brt_stop", "bus_stop", "station", "feeder_dropoff", "park_ride", "bike_share", "waiting_room"]
DEFAULT_RADIUS_M = 150.0
SAME_PLACE_M = 500.0
"""Boarding points of one name farther apart than this [m] are different places."""
NOBODY_M = 1_000.0
"""A hub without residents nearer than this [m] is reached by vehicle only, which is told."""

Minutes = Annotated[Positive, Field(le=60)]
"""Above 0, since a hub of the city holds 0 where it changes nothing."""


class AddHub(ModificationBase):
    """
    A mobility hub at a `location` or `at_stop`: the stops within `radius_m` become one place to change.

    Notes
    -----
    `min_transfer_time_min` is what a change between its stops takes at most (left out: as on foot).
    `boarding_penalty_min` is what remains of the penalty of a change there (left out: not lowered); it is recorded
    only, and whoever writes it is told so.
    """

    type: Literal["add-hub"]
    name: Label = Field(description="名称")
    location: Location | None = Field(default=None, description="位置")
    at_stop: str | None = Field(default=None, description="位置とする停留所の id または名称")
    radius_m: Positive = Field(default=DEFAULT_RADIUS_M, le=2000, description="ハブに含める停留所までの距離 [m]")
    components: tuple[HubComponent, ...] = Field(default=(), description="備えるもの（乗降場・駐車場・待合室など）")
    min_transfer_time_min: Minutes | None = Field(default=None, description="ハブ内の乗換時間 [分]（省くと徒歩のまま）")
    boarding_penalty_min: Minutes | None = Field(
        default=None, description="残る乗換抵抗 [分]（省くと下げない。記録だけ）"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Any:
        if (self.location is None) == (self.at_stop is None):
            raise refuse(
                "place",
                "location か at_stop のどちらか一方を書いてください",
                "give either location or at_stop",
                "例: at_stop: 大甕駅",
                "e.g. at_stop: jr-omika",
            )
        return self


def apply_add_hub(city: City, mod: AddHub, notes: Notes) -> City:
    """Return the city with one more hub."""
    if any(h.hub_id == mod.id for h in city.hubs):
        message = Text(f"ハブの id {mod.id!r} は都市データに既にあります", f"the city already has a hub {mod.id!r}")
        notes.refuse(mod, "id", "duplicate_hub", message, Text("別の id にしてください", "choose another id"))
        return city
    place = _place(city, mod, notes)
    if place is None:
        return city
    lonlat, xy = place
    hub = Hub(
        hub_id=mod.id,
        name=mod.name.text,
        lonlat=(float(lonlat[0]), float(lonlat[1])),
        xy=(float(xy[0]), float(xy[1])),
        radius_m=mod.radius_m,
        components=tuple(dict.fromkeys(mod.components)),
        min_transfer_time_s=_seconds(mod.min_transfer_time_min),
        boarding_penalty_s=_seconds(mod.boarding_penalty_min),
        plan_status=mod.decision or "hypothetical",
    )
    if not _reached(city, mod, hub, notes):
        return city
    n = len(stops_of_hub(hub, city.timetable.stops))
    notes.tell(
        mod, "hubs", f"ハブ「{mod.name.ja}」を設置（停留所 {n} か所）", f"hub {mod.name.en} ({n} boarding points)"
    )
    return city.replace(hubs=(*city.hubs, hub))


def _seconds(minutes: float | None) -> int:
    """Return whole seconds, at least one; 0 where nothing is said."""
    return 0 if minutes is None else max(1, round(minutes * 60))


def _place(city: City, mod: AddHub, notes: Notes) -> tuple[FloatArray, FloatArray] | None:
    if mod.location is not None:
        lonlat = np.array([[mod.location.lon, mod.location.lat]])
        if not check_near(city, mod, "location", lonlat, notes):
            return None
        return lonlat[0], city_xy(city, lonlat)[0]
    rows = select_stops(city.timetable, mod, "at_stop", mod.at_stop or "", notes)
    if not len(rows):
        return None
    stops = city.timetable.stops
    apart = float(np.hypot(*(stops.xy[rows] - stops.xy[rows[0]]).T).max())
    if apart > SAME_PLACE_M:
        ids = [str(i) for i in stops.stop_id[rows]]
        notes.refuse(
            mod,
            "at_stop",
            "ambiguous_stop",
            Text(
                f"{mod.at_stop} という停留所は {apart / 1000:,.1f} km 離れた場所にもあります",
                f"stops called {mod.at_stop} lie {apart / 1000:,.1f} km apart",
            ),
            Text(f"どれかの id を書いてください: {'、'.join(ids)}", f"write the id of one: {', '.join(ids)}"),
        )
        return None
    return stops.lonlat[rows].mean(axis=0).round(ROUNDED_DEGREES), stops.xy[rows].mean(axis=0)


def _reached(city: City, mod: AddHub, hub: Hub, notes: Notes) -> bool:
    """Return whether a hub has a stop; notes one that nobody reaches, and one that nobody walks to."""
    at = "location" if mod.location is not None else "at_stop"
    stops = city.timetable.stops
    if not len(stops_of_hub(hub, stops)):
        away = np.hypot(*(stops.xy - np.array(hub.xy)).T)
        notes.refuse(mod, at, "hub_without_stop", *_no_stop(city, away, hub.radius_m))
        return False
    people = city.population
    lived = people.xy[people.total > 0]
    nearest_m = float(np.hypot(*(lived - np.array(hub.xy)).T).min()) if len(lived) else np.inf
    if nearest_m > NOBODY_M:
        far = f"{nearest_m:,.0f} m" if np.isfinite(nearest_m) else "∞"
        notes.warn(
            mod,
            at,
            "hub_without_residents",
            Text(
                f"ハブから {NOBODY_M:,.0f} m 以内に住む人がいません（最寄りの居住地まで {far}）",
                f"nobody lives within {NOBODY_M:,.0f} m of the hub (the nearest residents: {far})",
            ),
            Text("位置を確かめてください。乗換だけの場所ならこのままで", "check the place; fine if only for changing"),
        )
    return True


def _no_stop(city: City, away: FloatArray, radius_m: float) -> tuple[Text, Text]:
    stops = city.timetable.stops
    if not len(away):
        return Text("都市データに停留所がありません", "the city has no stops"), Text("", "")
    nearest = int(np.argmin(away))
    name, stop_id, far = str(stops.name[nearest]), str(stops.stop_id[nearest]), float(away[nearest])
    name_en = str(stops.name_en[nearest]) or name
    return (
        Text(
            f"半径 {radius_m:,.0f} m 以内に停留所がなく、だれも来られません。最寄り: {name}（{stop_id}、{far:,.0f} m）",
            f"no stop within {radius_m:,.0f} m: nobody reaches this hub; nearest: {name_en} ({stop_id}, {far:,.0f} m)",
        ),
        Text(
            f"at_stop: {stop_id} にするか、位置か radius_m を見直してください",
            f"write at_stop: {stop_id}, or mend the location or radius_m",
        ),
    )


def find_hub(city: City, wanted: str) -> Hub | None:
    """Return the hub of an id or name; None where there is none."""
    places = [h for h in city.hubs if h.role == "hub"]
    by_id = next((h for h in places if h.hub_id == wanted), None)
    return by_id or next((h for h in places if wanted in h.name), None)


def find_fed_stops(city: City, mod: ModificationBase, at: str, wanted: str, notes: Notes) -> tuple[str, ...]:
    """Return the ids of the stops of a hub (id or name) or of a stop (id or name); notes what is neither."""
    stops = city.timetable.stops
    hub = find_hub(city, wanted)
    if hub is not None:
        return tuple(stops.stop_id[stops_of_hub(hub, stops)].tolist())
    rows = find_rows(wanted, stops.stop_id, stops.name)
    if not len(rows):
        places = [h for h in city.hubs if h.role == "hub"]
        known = [*(h.hub_id for h in places), *(h.name.ja for h in places), *stops.name.tolist()]
        kind = "hub" if named_formerly(notes.former, "stop", wanted) is None else "stop"
        refuse_unknown(notes, mod, at, kind, wanted, [*known, *stops.stop_id.tolist()])
    return tuple(stops.stop_id[with_platforms(city.timetable, rows)].tolist())
