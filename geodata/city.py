"""Owns City: one frozen value that holds every layer, with digests by layer."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any
from weakref import WeakKeyDictionary

from geodata.autonomous import AutonomousOperation
from geodata.behaviour import BehaviourChange
from geodata.boundaries import Zone
from geodata.daytime import DaytimePopulation
from geodata.digest import digest_of
from geodata.entrances import Entrance
from geodata.errors import Text
from geodata.facilities import Facilities
from geodata.fare_changes import FareChange
from geodata.former_ids import FormerId
from geodata.hubs import Hub
from geodata.mobile_office import MobileOfficePlan
from geodata.on_demand import OnDemandService
from geodata.opinions import Opinions
from geodata.outlook import PopulationOutlook
from geodata.population import PopulationCells
from geodata.provenance import Source, Status, weakest
from geodata.streets import StreetModel
from geodata.targets import Targets
from geodata.timetable import Timetable


@dataclass(frozen=True, slots=True)
class CityDefaults:
    """
    What a run uses where a scenario is silent.

    `date`: ISO day used for ``weekday``; `saturday`, `holiday` likewise. `window`: arrival or departure window [s after
    00:00]. `public_min_persons`: smaller cells and groups are hidden in public views.
    """

    date: str
    saturday: str
    holiday: str
    window_start_s: int = 36_000
    window_end_s: int = 43_200
    public_min_persons: int = 10


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class City:
    """
    A city as data: what is there, before any *if*.

    `epsg` is the plane coordinate system of every `xy`. Layers are values of their own modules; plans that a
    scenario may change (mobile office, hubs, on-demand) are layers too, so models see only a City. `daytime`,
    `outlook` and `opinions` are None where no file brought them. `former_ids`: of an overlay, what its base held.
    """

    city_id: str
    name: Text
    epsg: int
    defaults: CityDefaults
    population: PopulationCells
    timetable: Timetable
    facilities: Facilities
    streets: StreetModel
    targets: Targets = field(default_factory=Targets)
    zones: tuple[Zone, ...] = ()
    mobile_offices: tuple[MobileOfficePlan, ...] = ()
    hubs: tuple[Hub, ...] = ()
    on_demand: tuple[OnDemandService, ...] = ()
    sources: tuple[Source, ...] = ()
    daytime: DaytimePopulation | None = None
    outlook: PopulationOutlook | None = None
    opinions: Opinions | None = None
    former_ids: tuple[FormerId, ...] = ()
    entrances: tuple[Entrance, ...] = ()
    autonomous: tuple[AutonomousOperation, ...] = ()
    fare_changes: tuple[FareChange, ...] = ()
    behaviour: tuple[BehaviourChange, ...] = ()

    def layer_digest(self, layer: str) -> str:
        """Return the content digest of one layer, computed once."""
        known = _LAYER_DIGESTS.setdefault(self, {})
        if layer not in known:
            known[layer] = digest_of(getattr(self, layer))
        return known[layer]

    def layer_digests(self) -> dict[str, str]:
        """Return layer → content digest; equal digests mean that nothing of the layer changed."""
        return {f.name: self.layer_digest(f.name) for f in fields(self)}

    @property
    def digest(self) -> str:
        """Content digest of the whole city."""
        return digest_of(self.layer_digests())

    def replace(self, **layers: Any) -> City:
        """Return a copy with other layers; it knows the digests of those it shares."""
        copy = replace(self, **layers)
        _LAYER_DIGESTS[copy] = {k: v for k, v in _LAYER_DIGESTS.get(self, {}).items() if k not in layers}
        return copy

    def status_of(self, layer: str) -> Status:
        """Return the weakest status among the sources of a layer; no source is `assumed`."""
        found = [s.status for s in self.sources if s.layer == layer]
        return weakest(found) if found else Status.ASSUMED


_LAYER_DIGESTS: WeakKeyDictionary[City, dict[str, str]] = WeakKeyDictionary()
