"""Owns the words of one change in the list: what kind it is, of what, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from app.features.edit.places import name_of
from app.text import say
from scenarios.reaction_words import KIND_TEXT

if TYPE_CHECKING:
    from app.features.edit.places import Places
    from app.features.edit.state import Plain

Sign = Literal["added", "changed", "removed"]
PER_CENT = 100.0
MOST = 3
"""Names that are told before the rest is counted."""


def both_languages(label: Any) -> tuple[str, str]:
    """Return what a file holds as one word for both languages, or one for each: Japanese, English."""
    if isinstance(label, dict):
        return str(label.get("ja") or ""), str(label.get("en") or "")
    return (str(label or ""),) * 2


def sign_of(mod: Plain) -> Sign:
    """Return whether a modification adds, changes or removes something, as the map draws it."""
    kind = str(mod.get("type", ""))
    if kind.startswith("remove-"):
        return "removed"
    if kind == "reroute":
        return "changed" if mod.get("to_stop") else "added"  # a line that only grows is drawn where it grew
    return "added" if kind.startswith("add-") or kind == "mobile-service" else "changed"


def type_word(mod: Plain, lang: str) -> str:
    """Return what kind of modification it is."""
    return say(lang, f"edit_type_{mod.get('type')}")


def summary(mod: Plain, places: Places, lang: str) -> str:
    """Return of what a modification speaks, and how much it changes; empty where its kind says all."""
    parts: list[str] = [name_of(mod, lang)] if mod.get("name") else []
    routes = mod.get("routes") or []
    parts += [_some([places.name("routes", str(route), lang) for route in routes], lang)] if routes else []
    if mod.get("route_class") and mod.get("type") != "add-trips":
        parts.append("・".join(say(lang, f"edit_classes_{name}") for name in mod["route_class"]))
    kind = str(mod.get("category", ""))
    parts += [KIND_TEXT[kind].get(lang)] if kind in KIND_TEXT else []
    districts = [*(mod.get("districts") or []), *_districts_within(mod)]
    parts += [_some([places.name("districts", str(one), lang) for one in districts], lang)] if districts else []
    parts += _amounts(mod, lang)
    return say(lang, "edit_joint").join(part for part in parts if part)


def _districts_within(mod: Plain) -> list[str]:
    found = []
    for key in ("where", "zones"):
        within = mod.get(key)
        if isinstance(within, dict):
            found += [str(one) for one in within.get("districts") or []]
    return found


def _some(names: list[str], lang: str) -> str:
    shown = "・".join(names[:MOST]) if lang == "ja" else ", ".join(names[:MOST])
    return shown if len(names) <= MOST else say(lang, "edit_and_more", names=shown, count=len(names) - MOST)


def _amounts(mod: Plain, lang: str) -> list[str]:
    stops = mod.get("stops")
    found = [say(lang, "edit_n_places", count=len(stops))] if isinstance(stops, list) and stops else []
    found += [
        say(lang, f"edit_amount_{key}", value=_plain(mod[key]))
        for key in ("count", "dwellings", "persons", "radius_m", "speed_kmh")
        if isinstance(mod.get(key), int | float)
    ]
    if isinstance(mod.get("scale"), int | float):
        found.append(say(lang, "edit_amount_scale", value=_plain(mod["scale"] * PER_CENT)))
    times: Any = mod.get("timetables") or mod.get("entries") or ()
    found += [
        say(lang, "edit_amount_headway_min", value=_plain(entry["headway_min"]))
        for entry in times
        if isinstance(entry, dict) and isinstance(entry.get("headway_min"), int | float)
    ]
    fleet = mod.get("fleet")
    if isinstance(fleet, dict) and isinstance(fleet.get("vehicles"), int):
        found.append(say(lang, "edit_amount_vehicles", value=fleet["vehicles"]))
    return found


def _plain(value: float) -> str:
    return f"{value:,.10g}"
