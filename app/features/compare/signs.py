"""Owns which signs a legend needs: those of what is drawn, and of nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geodata.facilities import FacilityKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Layers = dict[str, Any]
KINDS: dict[str, str] = {
    FacilityKind.CLINIC: "clinic",
    FacilityKind.HOSPITAL: "hospital",
    FacilityKind.CITY_OFFICE: "city_office",
    FacilityKind.BRANCH_OFFICE: "city_office",
    FacilityKind.SHELTER: "shelter",
    FacilityKind.ELEMENTARY_SCHOOL: "school",
    FacilityKind.JUNIOR_HIGH_SCHOOL: "school",
    FacilityKind.HIGH_SCHOOL: "high_school",
    FacilityKind.LARGE_WORKPLACE: "large_workplace",
    FacilityKind.COMMUNITY_CENTRE: "community_centre",
    FacilityKind.SHOP: "shop",
    FacilityKind.STATION_FRONT: "station_front",
}
"""Kind of a facility → its sign; every other kind is `OTHER`."""
OTHER = "facility"
SERVICES = {
    "places": "place",
    "tours": "tour",
    "hubs": "hub",
    "on_demand": "on_demand",
    "entrances": "entrance",
    "autonomous": "autonomous",
    "closures": "closure",
}
"""Layer of points, areas and ways that a plan may have → its sign."""
CHANGES = ("added", "changed", "removed")


def with_facilities(layers: Layers, kinds: Collection[str]) -> Layers:
    """Return layers with the facilities of some kinds only; counts of closed clinics stand beside clinics only."""
    places = [f for f in layers["facilities"]["features"] if f["properties"]["kind"] in kinds]
    kept = {**layers, "facilities": {"type": "FeatureCollection", "features": places}}
    if FacilityKind.CLINIC not in kinds:
        kept["closures"] = {"type": "FeatureCollection", "features": []}
    return kept


def drawn_signs(drawn: Iterable[Layers]) -> list[str]:
    """Return the signs of what is drawn; `drawn`: the layers of each map. Stops are told by the line they stand on."""
    features: dict[str, list[dict[str, Any]]] = {}
    for layers in drawn:
        for name, layer in layers.items():
            features.setdefault(name, []).extend(feature["properties"] for feature in layer["features"])
    found = [
        *_line_signs(features.get("lines", ())),
        *_facility_signs({str(one["kind"]) for one in features.get("facilities", ())}),
        *(sign for layer, sign in SERVICES.items() if features.get(layer)),
    ]
    # counts of closed clinics are red wherever they stand: no mark of a change
    changes = {one.get("change") for name, layer in features.items() if name != "closures" for one in layer}
    return [*found, *(change for change in CHANGES if change in changes)]


def _line_signs(lines: Iterable[dict[str, Any]]) -> list[str]:
    kept = [one for one in lines if one.get("change") != "removed"]  # what goes has one red sign, whatever it was
    found = {
        one["class"] if one["class"] in {"rail", "brt"} else "assumed" if one["assumed"] else "bus" for one in kept
    }
    return [sign for sign in ("rail", "brt", "bus", "assumed") if sign in found]


def _facility_signs(kinds: set[str]) -> list[str]:
    found = {KINDS.get(kind, OTHER) for kind in kinds}
    if "clinic" in found:
        found.discard("hospital")  # one sign tells of both
    return [sign for sign in dict.fromkeys((*KINDS.values(), OTHER)) if sign in found]
