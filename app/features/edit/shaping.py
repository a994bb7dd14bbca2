"""Owns turning what a tool was given into modifications, as a scenario file holds them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from app.features.edit.tools import ANYWHERE
from geodata.errors import ScenarioError, Text, error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.features.edit.state import Plain

    Values = Mapping[str, Any]
    Spots = Sequence[Mapping[str, Any]]

ON_SCREEN = {"ja": "画面で編集（仮定）", "en": "Edited on screen (assumed)"}
PER_CENT = 100.0
DIGITS = 5
FEWEST_CORNERS = 3
JOINED = "|"
"""Between route and stop where both are chosen at once."""
OFFICE_SERVICES = ("証明書", "マイナンバーカード", "相談")


@dataclass(frozen=True, slots=True)
class Making:
    """
    What a tool makes modifications from.

    `values`: field → what was entered. `spots`: places in order, each an existing ``stop`` (its id) or ``lat`` and
    ``lon``, with a ``name``. `named`: gives the id of a new modification. `own`: the modifications that are there.
    """

    values: Values
    spots: Spots
    named: Callable[[str], str]
    own: Sequence[Plain] = ()

    def text(self, field: str) -> str:
        """Return what was entered as text, "" where nothing was."""
        return str(self.values.get(field) or "").strip()

    def several(self, field: str) -> list[str]:
        """Return the choices made."""
        return [str(one) for one in self.values.get(field) or ()]

    def number(self, field: str) -> float | None:
        """Return a number, whole numbers as such, None where nothing was entered."""
        value = self.values.get(field)
        if value is None or value == "":
            return None
        found = float(value)
        return int(found) if found == int(found) else found

    def place(self) -> Plain:
        """Return the position of the first place [degrees]; refuse an existing stop without one."""
        spot = self.spots[0]
        return {"lat": round(float(spot["lat"]), DIGITS), "lon": round(float(spot["lon"]), DIGITS)}


def lacking(field: str, ja: str, en: str) -> ScenarioError:
    """Return the refusal of a form that lacks something; located at its field."""
    hint = Text("入れてからもう一度押してください", "fill it in and press again")
    return ScenarioError(error("edit.lacking", field, Text(ja, en), hint))


def _stop_of(spot: Mapping[str, Any], number: int) -> Plain:
    if spot.get("stop"):
        return {"id": spot["stop"]}
    name = spot.get("name") or ""
    both = {"ja": name, "en": spot.get("name_en") or name}
    if not name:
        both = {"ja": f"新しい停留所 {number}（仮）", "en": f"New stop {number} (assumed)"}
    return {"lat": round(float(spot["lat"]), DIGITS), "lon": round(float(spot["lon"]), DIGITS), "name": both}


def _stops(making: Making) -> list[Plain]:
    return [_stop_of(spot, number) for number, spot in enumerate(making.spots, start=1)]


def _days(making: Making) -> list[str]:
    days = making.several("days")
    if not days:
        raise lacking("days", "曜日を選んでください", "choose the days")
    return days


def _extend(making: Making) -> list[Plain]:
    """From a terminal the line is extended; with a stop to come back to, places are put in between."""
    route, _, stop = making.text("join").partition(JOINED)
    made: Plain = {"id": making.named("extend"), "type": "reroute", "routes": [route], "from_stop": stop}
    back, _, stop = making.text("back").partition(JOINED)
    if back and back != route:
        raise lacking("back", "戻るところは同じ路線から選んでください", "come back to the same line")
    if back:
        made["to_stop"] = stop
    return [{**made, "stops": _stops(making), "speed_kmh": making.number("speed_kmh")}]


def _line(making: Making) -> list[Plain]:
    times = {"start": making.text("start"), "end": making.text("end"), "headway_min": making.number("headway_min")}
    return [
        {
            "id": making.named("line"),
            "type": "add-trips",
            "name": making.text("name"),
            "route_class": making.text("route_class"),
            "stops": _stops(making),
            "timetables": [{**times, "days": _days(making)}],
            "speed_kmh": making.number("speed_kmh"),
        }
    ]


def _frequency(making: Making) -> list[Plain]:
    headway, scale = making.number("headway_min"), making.number("scale_percent")
    if (headway is None) == (scale is None):
        raise lacking(
            "headway_min", "運行間隔か便数の割合のどちらか一方を入れてください", "give a headway or a share of runs"
        )
    base: Plain = {"id": making.named("frequency"), "type": "adjust-frequency", "routes": making.several("routes")}
    if scale is not None:
        return [{**base, "scale": scale / PER_CENT}]
    entry = {"start": making.text("start"), "end": making.text("end"), "headway_min": headway, "days": _days(making)}
    return [{**base, "entries": [entry]}]


def _remove_stops(making: Making) -> list[Plain]:
    stops = [spot["stop"] for spot in making.spots if spot.get("stop")]
    if len(stops) < len(making.spots):
        raise lacking("spots", "既にある停留所だけを選んでください", "choose existing stops only")
    name = making.named("skip")
    return [{"id": name, "type": "remove-stops", "routes": making.several("routes"), "stops": stops}]


def _hub(making: Making) -> list[Plain]:
    spot = making.spots[0]
    place: Plain = {"at_stop": spot["stop"]} if spot.get("stop") else {"location": making.place()}
    made = {"id": making.named("hub"), "type": "add-hub", "name": making.text("name"), **place}
    made["radius_m"] = making.number("radius_m")
    if making.number("min_transfer_time_min") is not None:
        made["min_transfer_time_min"] = making.number("min_transfer_time_min")
    return [made]


def _area(making: Making) -> list[Plain]:
    districts = making.several("districts")
    zones: Plain = {"districts": districts} if districts else {}
    if making.spots:
        if len(making.spots) < FEWEST_CORNERS:
            raise lacking("spots", "区域の角は 3 つ以上必要です", "an area needs three corners or more")
        zones["polygon"] = [[round(float(s["lon"]), DIGITS), round(float(s["lat"]), DIGITS)] for s in making.spots]
    if not zones:
        raise lacking("districts", "地区を選ぶか、地図で区域を描いてください", "choose districts, or draw an area")
    to = making.several("to") or [ANYWHERE]
    return [
        {
            "id": making.named("on-demand"),
            "type": "add-on-demand",
            "name": making.text("name"),
            "zones": zones,
            "to": to,
            "window": {"start": making.text("start"), "end": making.text("end")},
            "days": _days(making),
            "fleet": {"vehicles": _whole(making, "vehicles"), "seats": _whole(making, "seats")},
            "wait": {"model": "fleet", "max_wait_min": making.number("max_wait_min"), "max_detour_factor": 1.8},
        }
    ]


def _whole(making: Making, field: str) -> int:
    value = making.number(field)
    if value is None or value != int(value):
        raise lacking(field, "整数を入れてください", "give a whole number")
    return int(value)


def _visit(making: Making) -> list[Plain]:
    visit: Plain = {"weekday": making.text("weekday"), "start": making.text("start"), "end": making.text("end")}
    weeks = sorted(int(week) for week in making.several("weeks"))
    if weeks:
        visit = {"week_of_month": weeks, **visit}
    stop = {"name": making.text("name"), "location": making.place(), "visits": [visit]}
    plan = next((mod for mod in making.own if mod.get("id") == making.text("plan") and mod.get("stops")), None)
    if plan is not None:
        return [{**plan, "stops": [*plan["stops"], stop]}]
    return [
        {
            "id": making.named("mobile-office"),
            "type": "mobile-service",
            "services": list(OFFICE_SERVICES),
            "vehicles": 1,
            "stops": [stop],
        }
    ]


def _open(making: Making) -> list[Plain]:
    made = {"id": making.named(making.text("category").replace("_", "-")), "type": "add-facility"}
    return [{**made, "category": making.text("category"), "name": making.text("name"), "location": making.place()}]


def _close(making: Making) -> list[Plain]:
    made: Plain = {"id": making.named("closing"), "type": "remove-facility", "category": making.text("category")}
    made["count"] = making.number("count")
    districts = making.several("districts")
    return [{**made, "districts": districts} if districts else made]


def _relocate(making: Making) -> list[Plain]:
    """One closes anonymously in the districts, one opens at the place: no real institution is named."""
    districts = making.several("districts")
    if not districts:
        raise lacking("districts", "移る前の地区を選んでください", "choose the districts one moves from")
    category = making.text("category")
    closing: Plain = {"type": "remove-facility", "category": category, "count": 1, "districts": districts}
    opening: Plain = {"type": "add-facility", "category": category, "name": making.text("name")}
    return [
        {"id": making.named("moving-from"), **closing},
        {"id": making.named("moving-to"), **opening, "location": making.place()},
    ]


def _homes(making: Making) -> list[Plain]:
    where = {"location": making.place(), "radius_m": making.number("radius_m")}
    made: Plain = {"id": making.named("homes"), "type": "add-housing", "where": where}
    if making.text("name"):
        made["name"] = making.text("name")
    made["dwellings"] = making.number("dwellings")
    if making.number("from_city_percent") is not None:
        made["from_city_share"] = (making.number("from_city_percent") or 0.0) / PER_CENT
    return [made]


def _people(making: Making) -> list[Plain]:
    districts = making.several("districts")
    if not districts:
        raise lacking("districts", "地区を選んでください", "choose districts")
    scale = (making.number("scale_percent") or 0.0) / PER_CENT
    made = {"id": making.named("people"), "type": "adjust-population", "where": {"districts": districts}}
    return [{**made, "scale": scale}]


SHAPES: Mapping[str, Callable[[Making], list[Plain]]] = MappingProxyType(
    {
        "extend": _extend,
        "line": _line,
        "frequency": _frequency,
        "remove_stops": _remove_stops,
        "hub": _hub,
        "area": _area,
        "visit": _visit,
        "open": _open,
        "close": _close,
        "relocate": _relocate,
        "homes": _homes,
        "people": _people,
    }
)
"""Tool → what makes modifications of its form; the same tools as `app.features.edit.tools.TOOLS`."""
