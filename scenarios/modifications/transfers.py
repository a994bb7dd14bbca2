"""Owns transfer: how long a change between stops takes, and departures that wait for another line."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from geodata.city import City
from geodata.errors import Text
from geodata.hubs import Hub
from geodata.timetable import Timetable, Transfers
from geodata.units import IntArray
from scenarios.modifications.base import Model, ModificationBase, Names, Notes, NotNegative, Positive, refuse
from scenarios.modifications.entrances import FASTEST_M_MIN
from scenarios.modifications.phasing import apply_phase
from scenarios.modifications.selecting import select_stops, with_platforms

GTFS_MIN_TIME = 2
FARTHEST_M = 2_000.0


class PhaseWith(Model):
    """The line that arrives, and how long after it the others leave."""

    route: str = Field(description="先に着く路線の id または名称")
    minutes: Annotated[NotNegative, Field(le=120)] = Field(description="着いてから発車まで [分]")
    direction: Literal[0, 1] | None = Field(default=None, description="先に着く路線の方向（省くと両方向）")


class Transfer(ModificationBase):
    """
    A change between vehicles, at one stop (`at_stop`) or between two (`from_stop`, `to_stop`; both ways).

    Notes
    -----
    `min_transfer_time_min` is the time the change takes, longer or shorter than the walk, whoever walks.
    `phase_with` shifts all departures of `routes` by one time per pattern so that people from the other line wait as
    little as can be; it needs the other line's times, not only its headway.
    """

    type: Literal["transfer"]
    at_stop: str | None = Field(default=None, description="停留所の id または名称")
    from_stop: str | None = Field(default=None, description="降りる停留所の id または名称")
    to_stop: str | None = Field(default=None, description="乗る停留所の id または名称")
    min_transfer_time_min: Annotated[Positive, Field(le=60)] | None = Field(default=None, description="乗換時間 [分]")
    routes: Names | None = Field(default=None, description="発車をずらす路線の id または名称")
    phase_with: PhaseWith | None = Field(default=None, description="接続する相手の路線")

    @model_validator(mode="after")
    def _where_and_what(self) -> Any:
        pair = self.from_stop is not None and self.to_stop is not None
        half = (self.from_stop is None) != (self.to_stop is None)
        if half or pair == (self.at_stop is not None):
            raise refuse(
                "transfer_place",
                "at_stop か、from_stop と to_stop の組のどちらか一方を書いてください",
                "give either at_stop, or from_stop and to_stop",
                "例: at_stop: 大甕駅",
                "e.g. at_stop: jr-omika",
            )
        if self.min_transfer_time_min is None and self.phase_with is None:
            raise refuse(
                "transfer_what",
                "min_transfer_time_min か phase_with を書いてください",
                "give min_transfer_time_min or phase_with",
                "例: min_transfer_time_min: 3",
                "e.g. min_transfer_time_min: 3",
            )
        if (self.phase_with is None) != (self.routes is None):
            raise refuse(
                "phase_routes",
                "phase_with には発車をずらす路線 routes が必要で、routes は phase_with と組です",
                "phase_with needs the routes that shift, and routes need phase_with",
                "例: routes: [hitachi-brt] と phase_with: {route: jr-joban, minutes: 4}",
                "e.g. routes: [hitachi-brt] and phase_with: {route: jr-joban, minutes: 4}",
                "routes" if self.routes else "phase_with",
            )
        return self


def apply_transfer(city: City, mod: Transfer, notes: Notes) -> City:
    """Return the city with another time for a change, and other departures."""
    known = len(notes.problems)
    named = ("at_stop", "at_stop") if mod.at_stop is not None else ("from_stop", "to_stop")
    ends = [select_stops(city.timetable, mod, at, str(getattr(mod, at)), notes) for at in dict.fromkeys(named)]
    if len(notes.problems) > known:
        return city
    ends = [with_platforms(city.timetable, rows) for rows in ends]
    first, last = ends[0], ends[-1]
    if mod.min_transfer_time_min is not None:
        city = _timed(city, mod, first, last, notes)
    if mod.phase_with is not None and len(notes.problems) == known:
        phase = mod.phase_with
        wanted = (phase.route, phase.direction, round(phase.minutes * 60))
        city = apply_phase(city, mod, mod.routes or (), wanted, (first, last), notes)
    return city


def _timed(city: City, mod: Transfer, first: IntArray, last: IntArray, notes: Notes) -> City:
    pairs = sorted({(a, b) for a in first.tolist() for b in last.tolist() if mod.at_stop is not None or a != b})
    pairs = _plausible(city, mod, pairs, notes) if pairs else []
    if not pairs:
        return city
    seconds = round((mod.min_transfer_time_min or 0.0) * 60)
    both = sorted({*pairs, *((b, a) for a, b in pairs)})
    stops = city.timetable.stops
    rules = tuple(
        Hub(
            hub_id=mod.id if number == 0 else f"{mod.id}:{number + 1}",
            name=Text(f"乗換 {stops.name[a]}", f"change at {stops.name_en[a] or stops.name[a]}"),
            lonlat=(float(stops.lonlat[[a, b], 0].mean()), float(stops.lonlat[[a, b], 1].mean())),
            xy=(float(stops.xy[[a, b], 0].mean()), float(stops.xy[[a, b], 1].mean())),
            radius_m=0.0,
            min_transfer_time_s=seconds,
            plan_status=mod.decision or "hypothetical",
            stop_ids=tuple(dict.fromkeys((str(stops.stop_id[a]), str(stops.stop_id[b])))),
            role="transfer",
        )
        for number, (a, b) in enumerate((a, b) for a, b in both if a <= b)
    )
    notes.tell(
        mod,
        "hubs",
        f"乗換を {mod.min_transfer_time_min:g} 分に",
        f"the change takes {mod.min_transfer_time_min:g} min",
    )
    stated = {frozenset(rule.stop_ids) for rule in rules}  # the later of two statements of one change counts
    others = (h for h in city.hubs if h.role != "transfer" or frozenset(h.stop_ids) not in stated)
    return city.replace(timetable=_with_rules(city.timetable, both, seconds), hubs=(*others, *rules))


def _with_rules(timetable: Timetable, pairs: list[tuple[int, int]], seconds: int) -> Timetable:
    """Return the timetable with one minimum time per pair of stops, in the place of what it said of them."""
    old = timetable.transfers
    taken = set(pairs)
    keep = [(a, b) not in taken for a, b in zip(old.from_stop.tolist(), old.to_stop.tolist(), strict=True)]
    kept = np.array(keep, bool)
    new = Transfers(
        from_stop=np.concatenate([old.from_stop[kept], [a for a, _ in pairs]]).astype(np.int32),
        to_stop=np.concatenate([old.to_stop[kept], [b for _, b in pairs]]).astype(np.int32),
        kind=np.concatenate([old.kind[kept], np.full(len(pairs), GTFS_MIN_TIME)]).astype(np.int32),
        min_time_s=np.concatenate([old.min_time_s[kept], np.full(len(pairs), seconds)]).astype(np.int32),
    )
    return replace(timetable, transfers=new)


def _plausible(city: City, mod: Transfer, pairs: list[tuple[int, int]], notes: Notes) -> list[tuple[int, int]]:
    """
    Return the pairs of stops whose change can be made in its time; notes it where there is none.

    Stops of one name may lie far apart: those are other places.
    """
    stops, minutes = city.timetable.stops, mod.min_transfer_time_min or 0.0
    rows = np.array(pairs, np.int64)
    away = np.hypot(*(stops.xy[rows[:, 0]] - stops.xy[rows[:, 1]]).T)
    errors = np.nan_to_num(stops.position_error_m)
    least = np.maximum(0.0, away - errors[rows[:, 0]] - errors[rows[:, 1]])
    near, slow = least <= FARTHEST_M, least / FASTEST_M_MIN <= minutes
    nearest = int(np.argmin(away))
    far, least_m = f"{float(away[nearest]):,.0f} m", float(least[nearest])
    if not near.any():
        message = Text(f"二つの停留所は {far} 離れています", f"the two stops are {far} apart")
        notes.refuse(mod, "to_stop", "transfer_far", message, Text("停留所を確かめてください", "check the stops"))
    elif not (near & slow).any():
        notes.refuse(
            mod,
            "min_transfer_time_min",
            "transfer_too_fast",
            Text(f"{far} を {minutes:g} 分では歩けません", f"{far} cannot be walked in {minutes:g} min"),
            Text(f"徒歩 80 m/分なら {least_m / 80:.1f} 分ほどです", f"some {least_m / 80:.1f} min at 80 m/min"),
        )
    return [pair for pair, fits in zip(pairs, (near & slow).tolist(), strict=True) if fits]
