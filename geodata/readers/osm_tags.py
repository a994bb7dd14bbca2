"""Owns what OpenStreetMap tags mean for walkers and cars."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from math import inf
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

USED_TAGS = (
    "highway", "access", "foot", "motorroad", "motorcar", "motor_vehicle", "vehicle", "oneway", "oneway:motor_vehicle",
    "oneway:motorcar", "junction", "maxspeed", "bridge", "tunnel", "route", "disused", "abandoned",
)  # fmt: skip
"""Every tag that a rule of this module looks at."""

_FORBIDDEN = frozenset({"no", "private", "military", "emergency", "employees"})
_NO_FOOT = _FORBIDDEN | {"use_sidepath"}
_NO_CAR = _FORBIDDEN | {"agricultural", "forestry", "delivery"}
_ALLOWED = frozenset({"yes", "designated", "permissive", "official", "destination", "customers"})
_ON_THE_GROUND = frozenset({"", "no", "boardwalk", "building_passage", "culvert"})
_KMH_PER_MPH = 1.609344
_M_PER_S_PER_KMH = 1 / 3.6
_WALKING_PACE_KMH = 7.0
_MAX_KMH = 130.0


class Dropped(StrEnum):
    """Why a way is no street for anybody."""

    KEPT = ""
    NO_CLASS = "no_class"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class WayUse:
    """
    Who may use a way.

    `along_s_per_m`, `against_s_per_m`: seconds per metre by car, inf = not allowed. `lifted`: a bridge or tunnel, whose
    height is not that of the ground. `steps`: stairs.
    """

    walk: bool
    along_s_per_m: float
    against_s_per_m: float
    lifted: bool
    steps: bool
    dropped: Dropped


def way_use(tags: Mapping[str, str]) -> WayUse:
    """Return who may use a way with these tags, or why nobody may."""
    walk, (along, against) = is_walkable(tags), car_directions(tags)
    seconds = 1 / (car_speed_kmh(tags) * _M_PER_S_PER_KMH) if along or against else inf
    kind = tags.get("highway", "")
    known = kind in WALK_CLASSES or kind in CAR_KMH
    dropped = Dropped.KEPT if walk or along or against else Dropped.CLOSED if known else Dropped.NO_CLASS
    return WayUse(
        walk=walk,
        along_s_per_m=seconds if along else inf,
        against_s_per_m=seconds if against else inf,
        lifted=any(tags.get(key, "") not in _ON_THE_GROUND for key in ("bridge", "tunnel")),
        steps=kind == "steps",
        dropped=dropped,
    )


def is_walkable(tags: Mapping[str, str]) -> bool:
    """
    Return whether a way may be walked, steps included.

    Motorways, motor roads (自動車専用道路), ``foot=no|private|use_sidepath`` and ways closed by ``access`` without an
    explicit permission on foot are not. Trunk roads are, because in Japan national roads through towns have pavements;
    cycleways are, because in Japan they are shared unless ``foot=no`` says otherwise. ``oneway:foot`` is ignored.
    """
    if tags.get("highway") not in WALK_CLASSES or _is_out_of_use(tags):
        return False
    foot = tags.get("foot", "")
    if foot in _NO_FOOT:
        return False
    return foot in _ALLOWED or (tags.get("motorroad") != "yes" and tags.get("access", "") not in _FORBIDDEN)


def car_directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether cars may drive a way (along, against) its direction."""
    kind = tags.get("highway")
    if kind not in CAR_KMH or _is_out_of_use(tags):
        return False, False
    keys = ("motorcar", "motor_vehicle", "vehicle", "access")
    rule = next((tags[k] for k in keys if k in tags), "yes")
    if all(part.strip() in _NO_CAR for part in rule.split(";")):
        return False, False
    oneway = next((tags[k] for k in ("oneway:motorcar", "oneway:motor_vehicle", "oneway") if k in tags), "")
    if oneway in {"-1", "reverse"}:
        return False, True
    round_about = tags.get("junction") in {"roundabout", "circular"} or kind == "motorway"
    return True, not (oneway in {"yes", "true", "1"} or (round_about and oneway != "no"))


def car_speed_kmh(tags: Mapping[str, str]) -> float:
    """
    Return ``maxspeed`` as km/h, or the speed assumed for the class of road.

    Full-width digits count; of several values (``40;50``) the lowest; what no car on a road drives is not believed.
    """
    text = unicodedata.normalize("NFKC", tags.get("maxspeed", "")).strip().lower()
    if text == "walk":
        return _WALKING_PACE_KMH
    speeds = [_plain_speed_kmh(part.strip()) for part in text.split(";")]
    speed = min((s for s in speeds if 0 < s <= _MAX_KMH), default=0.0)
    return speed or CAR_KMH[tags["highway"]]


def _plain_speed_kmh(text: str) -> float:
    match = re.match(r"^(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?$", text)
    return float(match.group(1)) * (_KMH_PER_MPH if match.group(2) == "mph" else 1.0) if match else 0.0


def _is_out_of_use(tags: Mapping[str, str]) -> bool:
    return tags.get("route") == "ferry" or "yes" in (tags.get("disused"), tags.get("abandoned"))
