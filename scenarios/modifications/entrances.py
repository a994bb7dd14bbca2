"""Owns add-entrance: another way on foot to a platform (駅の出入口・自由通路)."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from geodata.city import City
from geodata.entrances import Entrance
from geodata.errors import Text
from scenarios.modifications.base import Label, Location, ModificationBase, Notes, NotNegative
from scenarios.modifications.placing import check_near, city_xy
from scenarios.modifications.selecting import select_stops, with_platforms

FARTHEST_M = 1_000.0
FASTEST_M_MIN = 200.0
"""Nobody walks from an entrance to the platform faster than this [m/min], twice a brisk walk."""


class AddEntrance(ModificationBase):
    """
    One more entrance of a stop or station.

    Notes
    -----
    People may walk to `location` instead of the point of the stop; from there to the platform takes `inside_min`.
    """

    type: Literal["add-entrance"]
    at_stop: str = Field(description="駅・停留所の id または名称")
    location: Location = Field(description="出入口の位置")
    name: Label = Field(description="名称（東口、自由通路 …）")
    inside_min: Annotated[NotNegative, Field(le=30)] = Field(description="出入口からのりばまで [分]")


def apply_add_entrance(city: City, mod: AddEntrance, notes: Notes) -> City:
    """Return the city with one more entrance of every boarding point of a stop."""
    if any(e.entrance_id.partition(":")[0] == mod.id for e in city.entrances):
        message = Text(f"出入口の id {mod.id!r} は既にあります", f"the city already has an entrance {mod.id!r}")
        notes.refuse(mod, "id", "duplicate_entrance", message, Text("別の id にしてください", "choose another id"))
        return city
    lonlat = np.array([[mod.location.lon, mod.location.lat]])
    near = check_near(city, mod, "location", lonlat, notes)
    rows = select_stops(city.timetable, mod, "at_stop", mod.at_stop, notes)
    if not near or not len(rows):
        return city
    rows = with_platforms(city.timetable, rows)
    xy = city_xy(city, lonlat)[0]
    away = np.hypot(*(city.timetable.stops.xy[rows] - xy).T)
    sure = np.maximum(0.0, away - city.timetable.stops.position_error_m[rows])
    if not _plausible(mod, float(away.min()), float(sure.min()), notes):
        return city
    rows = rows[away <= FARTHEST_M]
    stop_ids = city.timetable.stops.stop_id[rows].tolist()
    added = tuple(
        Entrance(
            entrance_id=mod.id if number == 0 else f"{mod.id}:{number + 1}",
            stop_id=str(stop_id),
            name=mod.name.text,
            lonlat=(mod.location.lon, mod.location.lat),
            xy=(float(xy[0]), float(xy[1])),
            inside_s=round(mod.inside_min * 60),
            plan_status=mod.decision or "hypothetical",
        )
        for number, stop_id in enumerate(stop_ids)
    )
    notes.tell(mod, "entrances", f"出入口「{mod.name.ja}」を追加", f"added the entrance {mod.name.en}")
    return city.replace(entrances=(*city.entrances, *added))


def _plausible(mod: AddEntrance, away_m: float, sure_m: float, notes: Notes) -> bool:
    """Return whether an entrance may belong to its stop; `sure_m`: distance less the error of the stop's place."""
    if away_m > FARTHEST_M:
        notes.refuse(
            mod,
            "location",
            "entrance_far_away",
            Text(
                f"出入口は {mod.at_stop} から {away_m:,.0f} m 離れています（{FARTHEST_M:,.0f} m まで）",
                f"the entrance is {away_m:,.0f} m from {mod.at_stop} (at most {FARTHEST_M:,.0f} m)",
            ),
            Text("at_stop か location を確かめてください", "check at_stop and location"),
        )
        return False
    least_min = sure_m / FASTEST_M_MIN
    if mod.inside_min < least_min:
        notes.refuse(
            mod,
            "inside_min",
            "entrance_too_fast",
            Text(
                f"のりばまで直線で {away_m:,.0f} m あります。{mod.inside_min:g} 分では着けません",
                f"the platform is {away_m:,.0f} m away in a straight line: not within {mod.inside_min:g} min",
            ),
            Text(
                f"徒歩 80 m/分なら {away_m / 80:.1f} 分ほどです",
                f"some {away_m / 80:.1f} min at 80 m/min",
            ),
        )
        return False
    return True
