"""Owns reading a modification back into the form of the tool that makes such ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from app.features.edit.shaping import JOINED, PER_CENT
from app.features.edit.tools import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.features.edit.state import Plain

LEFT_OUT = frozenset({"id", "type", "enabled", "override", "source", "decision"})


@dataclass(frozen=True, slots=True)
class Form:
    """A tool with its fields filled in."""

    tool: str
    values: Plain
    spots: list[Plain] = field(default_factory=list)


def form_of(mod: Plain, lang: str) -> Form | None:
    """Return the form that makes a modification, or None where no form holds all that it says: it is text then."""
    read = _READERS.get(str(mod.get("type")))
    try:
        return None if read is None else read(mod, lang)
    except (KeyError, TypeError, ValueError, IndexError):
        return None  # written by hand in a way that no form has


def _only(mod: Plain, *keys: str) -> None:
    """Refuse a modification that says more than a form can hold."""
    if set(mod) - LEFT_OUT - set(keys):
        raise KeyError(*keys)


def _word(label: Any, lang: str) -> str:
    return str(label.get(lang, "")) if isinstance(label, dict) else str(label or "")


def _spots(stops: list[Plain]) -> list[Plain]:
    found = []
    for stop in stops:
        if "id" in stop:
            found.append({"stop": stop["id"]})
            continue
        label = stop["name"]
        ja, en = (_word(label, lang) for lang in ("ja", "en"))
        found.append({"lat": stop["lat"], "lon": stop["lon"], "name": ja, "name_en": en})
    return found


def _extend(mod: Plain, lang: str) -> Form:  # noqa: ARG001 -- one signature for all
    _only(mod, "routes", "from_stop", "to_stop", "stops", "speed_kmh")
    (route,) = mod["routes"]
    back = f"{route}{JOINED}{mod['to_stop']}" if "to_stop" in mod else None
    values = {"join": f"{route}{JOINED}{mod['from_stop']}", "back": back, "speed_kmh": mod["speed_kmh"]}
    return Form("extend", values, _spots(mod["stops"]))


def _line(mod: Plain, lang: str) -> Form:
    _only(mod, "name", "route_class", "stops", "timetables", "speed_kmh")
    (times,) = mod["timetables"]
    values = {key: times[key] for key in ("start", "end", "headway_min")}
    values |= {"days": list(times["days"]), "name": _word(mod["name"], lang), "speed_kmh": mod["speed_kmh"]}
    return Form("line", {**values, "route_class": mod.get("route_class", "bus")}, _spots(mod["stops"]))


def _frequency(mod: Plain, lang: str) -> Form:  # noqa: ARG001 -- likewise
    _only(mod, "routes", "scale", "entries")
    values: Plain = {"routes": list(mod["routes"])}
    if "scale" in mod:
        return Form("frequency", {**values, "scale_percent": round(mod["scale"] * PER_CENT, 6), "headway_min": None})
    (entry,) = mod["entries"]
    return Form("frequency", {**values, **entry, "days": list(entry["days"]), "scale_percent": None})


def _remove_stops(mod: Plain, lang: str) -> Form:  # noqa: ARG001 -- likewise
    _only(mod, "routes", "stops")
    return Form("remove_stops", {"routes": list(mod["routes"])}, [{"stop": stop} for stop in mod["stops"]])


def _hub(mod: Plain, lang: str) -> Form:
    _only(mod, "name", "at_stop", "location", "radius_m", "min_transfer_time_min")
    spot = {"stop": mod["at_stop"]} if "at_stop" in mod else dict(mod["location"])
    values = {"name": _word(mod["name"], lang), "radius_m": mod.get("radius_m", 150)}
    return Form("hub", {**values, "min_transfer_time_min": mod.get("min_transfer_time_min")}, [spot])


def _area(mod: Plain, lang: str) -> Form:
    _only(mod, "name", "zones", "to", "window", "days", "fleet", "wait")
    if set(mod["zones"]) - {"districts", "polygon"} or set(mod["fleet"]) != {"vehicles", "seats"}:
        raise KeyError("zones")
    values = {"name": _word(mod["name"], lang), **mod["window"], **mod["fleet"], "days": list(mod["days"])}
    to = mod["to"] if isinstance(mod["to"], list) else [mod["to"] or ANYWHERE]
    values |= {"to": to, "districts": mod["zones"].get("districts", []), "max_wait_min": mod["wait"]["max_wait_min"]}
    return Form("area", values, [{"lat": lat, "lon": lon} for lon, lat in mod["zones"].get("polygon", [])])


def _open(mod: Plain, lang: str) -> Form:
    _only(mod, "category", "name", "location")
    values = {"name": _word(mod["name"], lang), "category": mod["category"]}
    return Form("open", values, [dict(mod["location"])])


def _close(mod: Plain, lang: str) -> Form:  # noqa: ARG001 -- likewise
    _only(mod, "category", "count", "districts")
    return Form("close", {k: mod[k] for k in ("category", "count")} | {"districts": mod.get("districts", [])})


def _homes(mod: Plain, lang: str) -> Form:
    _only(mod, "name", "where", "dwellings", "from_city_share")
    if set(mod["where"]) != {"location", "radius_m"}:
        raise KeyError("where")
    share = mod.get("from_city_share")
    values = {"name": _word(mod.get("name"), lang), "dwellings": mod["dwellings"], "radius_m": mod["where"]["radius_m"]}
    percent = None if share is None else round(share * PER_CENT, 6)
    return Form("homes", {**values, "from_city_percent": percent}, [dict(mod["where"]["location"])])


def _people(mod: Plain, lang: str) -> Form:  # noqa: ARG001 -- likewise
    _only(mod, "where", "scale")
    if set(mod["where"]) != {"districts"}:
        raise KeyError("where")
    values = {"districts": list(mod["where"]["districts"]), "scale_percent": round(mod["scale"] * PER_CENT, 6)}
    return Form("people", values)


_READERS: Mapping[str, Callable[[Plain, str], Form]] = MappingProxyType(
    {
        "reroute": _extend,
        "add-trips": _line,
        "adjust-frequency": _frequency,
        "remove-stops": _remove_stops,
        "add-hub": _hub,
        "add-on-demand": _area,
        "add-facility": _open,
        "remove-facility": _close,
        "add-housing": _homes,
        "adjust-population": _people,
    }
)
