"""Owns which KPIs can react to a scenario, from the types of its modifications alone, and why the others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import Text
from scenarios.reaction_words import nothing_changes, other_kinds
from sim.kpi import KPIS, KpiSpec
from sim.kpi.spec import ROUTING_PARAMETERS
from sim.on_demand_params import OnDemandParams
from sim.operation_params import OperationParams

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from geodata.city import City
    from scenarios.modifications import Modification
    from scenarios.schema import Scenario

YEAR, PARAMETER, ANALYSIS = "year", "parameter", "analysis"
"""What of a scenario beside its modifications can move a KPI."""

LAYERS_OF_TYPE: dict[str, tuple[str, ...]] = {
    "adjust-population": ("population",),
    "guide-residents": ("population",),
    "relocate-residents": ("population",),
    "add-housing": ("population",),
    "attract-commuters": ("population",),
    "remove-facility": ("facilities",),
    "add-facility": ("facilities",),
    "adjust-facility": ("facilities",),
    "adjust-speed": ("timetable",),
    "remove-stops": ("timetable",),
    "reroute": ("timetable",),
    "adjust-frequency": ("timetable",),
    "remove-trips": ("timetable",),
    "add-trips": ("timetable",),
    "transfer": ("timetable", "hubs"),
    "add-entrance": ("entrances",),
    "add-hub": ("hubs",),
    "remove-on-demand": ("on_demand",),
    "add-on-demand": ("on_demand",),
    "adjust-on-demand": ("on_demand",),
    "autonomous": ("autonomous", "timetable", "on_demand"),
    "mobile-service": ("mobile_offices",),
    "adjust-fare": ("fare_changes",),
    "adjust-behaviour": ("behaviour",),
}
"""Type of a modification → layers of the city that it may change."""

_CLINICS = ("clinic", "hospital")
_OFFICES = ("branch_office", "city_office")
_DEMAND = (*_OFFICES, *_CLINICS, "community_centre", "shop")
KINDS_OF_KPI: dict[str, tuple[str, ...]] = {
    "clinics_per_100k": ("clinic",),
    "clinics_count": ("clinic",),
    "clinic_within_30min_share": _CLINICS,
    "clinic_nearest_min": _CLINICS,
    "clinic_e2sfca": _CLINICS,
    "clinic_round_trip_share": _CLINICS,
    "on_demand_wait_p90_min": _DEMAND,
    "on_demand_rejection_share": _DEMAND,
    "on_demand_rides_per_vehicle_hour": _DEMAND,
    "emergency_within_15min_share": ("doctor_car_base", "hospital"),
    "city_office_within_30min_share": _OFFICES,
    "mobile_office_coverage_share": _OFFICES,
    "shelter_walk_min": ("shelter",),
    "school_arrival_share": ("high_school",),
    "works_arrival_share": ("large_workplace",),
    "last_bus_time": ("station_front",),
    "station_front_30min_population": ("station_front",),
}
"""KPI → the kinds of facilities that it looks at; one that is not named may look at any."""

NEEDED = {
    "on_demand_wait_p90_min": "on_demand",
    "on_demand_rejection_share": "on_demand",
    "on_demand_rides_per_vehicle_hour": "on_demand",
    "mobile_office_coverage_share": "mobile_offices",
    "mobile_office_visits_per_month": "mobile_offices",
    "mynumber_service_share": "mobile_offices",
}
"""KPI → the layer of plans without which it has no value."""

_TIMED = frozenset({"date", "window", "departure_mode", "percentile", "include_assumed_lines"})
"""Choices of the analysis that change what is looked at, not only how often it is drawn."""


_HOURS = ("morning_from", "morning_to", "afternoon_from", "afternoon_to", "week_hours")
LAYER_BESIDE: dict[str, str] = {
    **dict.fromkeys(ROUTING_PARAMETERS, "streets"),
    **dict.fromkeys(
        (*OnDemandParams.model_fields, "hub_feeder_kmh", "hub_feeder_min", "licence_return_share"), "on_demand"
    ),
    **dict.fromkeys((*(f"clinic_{name}" for name in _HOURS), "hospital_week_hours"), "facilities"),
    "older_from_age": "population",
}
"""Parameter → the layer beside which it is read: a KPI that looks there may move though it does not name it."""


@dataclass(frozen=True, slots=True)
class Touch:
    """
    One thing that a scenario may change.

    `by`: id of the modification, or ``year``, ``parameter``, ``analysis``. `layer`: layer of the city, or the name of
    the parameter or setting. `kinds`: kinds of facilities that are touched; empty = any.
    """

    by: str
    layer: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reaction:
    """
    Whether one KPI can react, through what (`touches`), and if not, why (`reason`).

    `settings`: the settings under which alone it can; empty = its default one too.
    """

    kpi_id: str
    reacts: bool
    touches: tuple[Touch, ...] = ()
    reason: Text = Text("", "")
    settings: tuple[str, ...] = ()

    @property
    def layers(self) -> tuple[str, ...]:
        """What it reacts through, each once."""
        return tuple(dict.fromkeys(touch.layer for touch in self.touches))


def find_reactions(scenario: Scenario, city: City, against: Scenario | None = None) -> tuple[Reaction, ...]:
    """
    Say of every KPI whether a scenario can move it, before anything is run.

    A KPI that is said to react may still stay; one that is said not to react never moves.

    Parameters
    ----------
    scenario
        As read, parents merged in.
    city
        The city it will be applied to: its year, and the plans that it already holds.
    against
        The scenario it is compared with, likewise; None = the city as it is.
    """
    touches = tuple(touches_of(scenario, city, against))
    planned = {layer for mod in scenario.modifications if mod.enabled for layer in LAYERS_OF_TYPE[mod.type]}
    planned |= {layer for layer in set(NEEDED.values()) if getattr(city, layer)}
    chosen = {one.parameters.get("catchment_setting") for one in (scenario, against) if one is not None}
    return tuple(_reaction(spec, touches, planned, chosen) for spec in KPIS.values())


def touches_of(scenario: Scenario, city: City, against: Scenario | None = None) -> Iterator[Touch]:
    """Yield in what a scenario may differ: the people of another year, layers by modification, parameters, settings."""
    before, year = ({}, city.population.year) if against is None else (_modifications(against), against.year)
    after = _modifications(scenario)
    if scenario.year != year or scenario.population != (None if against is None else against.population):
        yield Touch(YEAR, "population")
    for mod_id in dict.fromkeys((*after, *before)):
        if after.get(mod_id) != before.get(mod_id):
            for mod in dict.fromkeys(m.get(mod_id) for m in (after, before)):
                if mod is not None:
                    yield from _touches_of_modification(mod, city)
    old, new = ({}, {}) if against is None else (against.parameters, against.analysis.model_dump(exclude_none=True))
    yield from (Touch(PARAMETER, name) for name in _differing(old, scenario.parameters))
    choices = _differing(new, scenario.analysis.model_dump(exclude_none=True))
    yield from (Touch(ANALYSIS, name) for name in choices if name in _TIMED)


def _modifications(scenario: Scenario) -> dict[str, Modification]:
    return {mod.id: mod for mod in scenario.modifications if mod.enabled}


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _touches_of_modification(mod: Modification, city: City) -> Iterator[Touch]:
    for layer in LAYERS_OF_TYPE[mod.type]:
        yield Touch(mod.id, layer, _kinds_of(mod, city) if layer == "facilities" else ())


def _kinds_of(mod: Modification, city: City) -> tuple[str, ...]:
    """Return the kinds of facilities that a modification names, by category or by id; empty = it does not say."""
    category = getattr(mod, "category", None)
    if category is not None:
        return (str(category),)
    wanted = set(getattr(mod, "ids", None) or ())
    facilities = city.facilities
    columns = (facilities.facility_id, facilities.name)
    found = {
        str(kind) for column in columns for name, kind in zip(column, facilities.kind, strict=True) if name in wanted
    }
    return tuple(sorted(found))


def _reaction(
    spec: KpiSpec, touches: tuple[Touch, ...], planned: AbstractSet[str], chosen: AbstractSet[object]
) -> Reaction:
    met = tuple(touch for touch in touches if _meets(spec, touch))
    needed = NEEDED.get(spec.kpi_id)
    if needed is not None and needed not in planned and all(touch.layer != needed for touch in touches):
        return Reaction(spec.kpi_id, reacts=False, reason=NO_PLAN[needed])
    if met:
        return Reaction(spec.kpi_id, reacts=True, touches=met, settings=_settings_of(spec, met, chosen))
    return Reaction(spec.kpi_id, reacts=False, reason=_why_not(spec, touches))


NO_PLAN = {
    "on_demand": Text("デマンド交通の運行がない", "no on-demand service runs"),
    "mobile_offices": Text("動く市役所の計画がない", "there is no plan of a mobile office"),
}


def _meets(spec: KpiSpec, touch: Touch) -> bool:
    """Return whether what is touched is something that a KPI looks at."""
    if touch.by == PARAMETER:
        return touch.layer in spec.parameters or _read_beside(spec, touch.layer)
    if touch.by == ANALYSIS:
        return "timetable" in spec.layers
    if touch.layer not in spec.layers:
        return False
    looked_at = KINDS_OF_KPI.get(spec.kpi_id)
    return not touch.kinds or looked_at is None or bool(set(touch.kinds) & set(looked_at))


def _read_beside(spec: KpiSpec, parameter: str) -> bool:
    """Return whether a KPI may read a parameter that it does not name, with a layer or with others of operations."""
    operated = OperationParams.model_fields.keys()
    if parameter in operated and operated & set(spec.parameters):
        return True
    return LAYER_BESIDE.get(parameter) in spec.layers


def _settings_of(spec: KpiSpec, met: tuple[Touch, ...], chosen: AbstractSet[object]) -> tuple[str, ...]:
    """Return the settings under which alone what is touched is looked at; empty where the default may look too."""
    found: set[str] = set()
    for touch in met:
        layer = LAYER_BESIDE.get(touch.layer, touch.layer) if touch.by == PARAMETER else touch.layer
        alone = () if touch.layer in spec.parameters else spec.only.get(layer, ())
        if not alone or chosen & set(alone):
            return ()
        found |= set(alone)
    return tuple(setting for setting in spec.settings if setting in found)


def _why_not(spec: KpiSpec, touches: tuple[Touch, ...]) -> Text:
    kinds = KINDS_OF_KPI.get(spec.kpi_id, ())
    if not touches:
        return Text("比べる相手と違いがない", "nothing differs")
    if any(touch.layer == "facilities" for touch in touches) and "facilities" in spec.layers:
        return other_kinds(kinds)
    return nothing_changes([layer for layer in spec.layers if layer not in spec.only], kinds)
