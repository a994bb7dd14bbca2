"""Owns what OpenStreetMap tags mean for walkers and cars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CAR_KMH: dict[str, float] = {
    "motorway": 80.0,
    "motorway_link": 40.0,
    "trunk": 50.0,
    "trunk_link": 40.0,
    "primary": 40.0,
    "primary_link": 30.0,
    "secondary": 40.0,
    "secondary_link": 30.0,
    "tertiary": 30.0,
    "tertiary_link": 30.0,
    "unclassified": 30.0,
    "road": 30.0,
    "residential": 20.0,
    "living_street": 10.0,
    "service": 15.0,
    "track": 15.0,
}
"""Class of road → free-flow speed where no ``maxspeed`` is tagged [km/h]; assumed."""

WALK_CLASSES = frozenset(CAR_KMH) - {"motorway", "motorway_link"} | {
    "bridleway",
    "corridor",
    "cycleway",
    "footway",
    "path",
    "pedestrian",
    "platform",
    "steps",
}

_FORBIDDEN = frozenset({"no", "private"})
_ALLOWED = frozenset({"yes", "designated", "permissive", "official"})
_KMH_PER_MPH = 1.609344
_WALKING_PACE_KMH = 7.0


def is_walkable(tags: Mapping[str, str]) -> bool:
    """
    Return whether a way may be walked, steps included.

    Motorways and motor roads, ``foot=no|private`` and ``access=no|private`` without an explicit permission on foot are
    not; trunk roads are, because in Japan national roads through towns have pavements.
    """
    if tags.get("highway") not in WALK_CLASSES or tags.get("motorroad") == "yes":
        return False
    foot = tags.get("foot", "")
    return foot not in _FORBIDDEN and (foot in _ALLOWED or tags.get("access", "") not in _FORBIDDEN)


def car_directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether cars may drive a way (along, against) its direction."""
    kind = tags.get("highway")
    if kind not in CAR_KMH:
        return False, False
    keys = ("motorcar", "motor_vehicle", "vehicle", "access")
    rule = next((tags[k] for k in keys if k in tags), "yes")
    if rule in _FORBIDDEN:
        return False, False
    oneway = tags.get("oneway", "")
    if oneway in {"-1", "reverse"}:
        return False, True
    round_about = tags.get("junction") in {"roundabout", "circular"} or kind == "motorway"
    return True, not (oneway in {"yes", "true", "1"} or (round_about and oneway != "no"))


def car_speed_kmh(tags: Mapping[str, str]) -> float:
    """Return ``maxspeed`` as km/h, or the speed assumed for the class of road."""
    text = tags.get("maxspeed", "").strip().lower()
    if text == "walk":
        return _WALKING_PACE_KMH
    match = re.match(r"^(\d+(?:\.\d+)?)\s*(mph|km/h|kmh)?$", text)
    speed = float(match.group(1)) * (_KMH_PER_MPH if match.group(2) == "mph" else 1.0) if match else 0.0
    return speed if speed > 0 else CAR_KMH[tags["highway"]]
