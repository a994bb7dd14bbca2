"""Owns the list of modification types: what a file may hold, in which order it is applied, and by what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from geodata.city import City
from scenarios.modifications.autonomous import Autonomous, apply_autonomous
from scenarios.modifications.base import ModificationBase, Notes
from scenarios.modifications.behaviour import AdjustBehaviour, apply_adjust_behaviour
from scenarios.modifications.closing import RemoveFacility, apply_remove_facility
from scenarios.modifications.entrances import AddEntrance, apply_add_entrance
from scenarios.modifications.facilities import (
    AddFacility,
    AdjustFacility,
    apply_add_facility,
    apply_adjust_facility,
)
from scenarios.modifications.fares import AdjustFare, apply_adjust_fare
from scenarios.modifications.frequency import AdjustFrequency, apply_adjust_frequency
from scenarios.modifications.housing import (
    AddHousing,
    AttractCommuters,
    apply_add_housing,
    apply_attract_commuters,
)
from scenarios.modifications.hubs import AddHub, apply_add_hub
from scenarios.modifications.mobile_service import MobileService, apply_mobile_service
from scenarios.modifications.moving import (
    GuideResidents,
    RelocateResidents,
    apply_guide_residents,
    apply_relocate_residents,
)
from scenarios.modifications.on_demand import AddOnDemand, apply_add_on_demand
from scenarios.modifications.on_demand_changes import (
    AdjustOnDemand,
    RemoveOnDemand,
    apply_adjust_on_demand,
    apply_remove_on_demand,
)
from scenarios.modifications.population import AdjustPopulation, apply_adjust_population
from scenarios.modifications.reroute import RemoveStops, Reroute, apply_remove_stops, apply_reroute
from scenarios.modifications.speed import AdjustSpeed, apply_adjust_speed
from scenarios.modifications.transfers import Transfer, apply_transfer
from scenarios.modifications.trips import AddTrips, RemoveTrips, apply_add_trips, apply_remove_trips

Modification = Annotated[
    AdjustPopulation
    | RelocateResidents
    | GuideResidents
    | AddHousing
    | AttractCommuters
    | RemoveFacility
    | AddFacility
    | AdjustFacility
    | AdjustSpeed
    | RemoveStops
    | Reroute
    | AdjustFrequency
    | RemoveTrips
    | AddTrips
    | Transfer
    | AddEntrance
    | AddHub
    | RemoveOnDemand
    | AddOnDemand
    | AdjustOnDemand
    | Autonomous
    | MobileService
    | AdjustFare
    | AdjustBehaviour,
    Field(discriminator="type"),
]

ApplyFunction = Callable[[City, Any, Notes], City]

APPLY: dict[str, ApplyFunction] = {
    "adjust-population": apply_adjust_population,
    "relocate-residents": apply_relocate_residents,
    "guide-residents": apply_guide_residents,
    "add-housing": apply_add_housing,
    "attract-commuters": apply_attract_commuters,
    "remove-facility": apply_remove_facility,
    "add-facility": apply_add_facility,
    "adjust-facility": apply_adjust_facility,
    "adjust-speed": apply_adjust_speed,
    "remove-stops": apply_remove_stops,
    "reroute": apply_reroute,
    "adjust-frequency": apply_adjust_frequency,
    "remove-trips": apply_remove_trips,
    "add-trips": apply_add_trips,
    "transfer": apply_transfer,
    "add-entrance": apply_add_entrance,
    "add-hub": apply_add_hub,
    "remove-on-demand": apply_remove_on_demand,
    "add-on-demand": apply_add_on_demand,
    "adjust-on-demand": apply_adjust_on_demand,
    "autonomous": apply_autonomous,
    "mobile-service": apply_mobile_service,
    "adjust-fare": apply_adjust_fare,
    "adjust-behaviour": apply_adjust_behaviour,
}
"""Type → what applies it, in the order in which types are applied whatever the order in the file."""

TYPE_ORDER: tuple[str, ...] = tuple(APPLY)

MODEL_OF_TYPE: dict[str, type[ModificationBase]] = {
    "adjust-population": AdjustPopulation,
    "relocate-residents": RelocateResidents,
    "guide-residents": GuideResidents,
    "add-housing": AddHousing,
    "attract-commuters": AttractCommuters,
    "remove-facility": RemoveFacility,
    "add-facility": AddFacility,
    "adjust-facility": AdjustFacility,
    "adjust-speed": AdjustSpeed,
    "remove-stops": RemoveStops,
    "reroute": Reroute,
    "adjust-frequency": AdjustFrequency,
    "remove-trips": RemoveTrips,
    "add-trips": AddTrips,
    "transfer": Transfer,
    "add-entrance": AddEntrance,
    "add-hub": AddHub,
    "remove-on-demand": RemoveOnDemand,
    "add-on-demand": AddOnDemand,
    "adjust-on-demand": AdjustOnDemand,
    "autonomous": Autonomous,
    "mobile-service": MobileService,
    "adjust-fare": AdjustFare,
    "adjust-behaviour": AdjustBehaviour,
}


def in_order(modifications: tuple[Modification, ...]) -> list[Modification]:
    """Return the enabled modifications in the order of application: by type, then by id."""
    return sorted((m for m in modifications if m.enabled), key=lambda m: (TYPE_ORDER.index(m.type), m.id))
