"""Owns which parameters are drawn, how often, and which are choices that a draw leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.streets import DetourPlane
from sim.on_demand_params import OnDemandParams
from sim.operation_params import OperationParams
from sim.params import PARAMETERS

if TYPE_CHECKING:
    from geodata.city import City
    from sim.params import Params

CHOICES = frozenset(
    {
        "older_from_age",
        "mobile_office_walk_m",
        "mobile_office_walk_short_m",
        "mobile_office_within_min",
        "rival_office_within_min",
        "school_within_min",
        "works_within_min",
        "last_bus_within_min",
        "last_bus_walk_min",
        "emergency_within_min",
        "equity_places_within_min",
        "equity_line_share",
        "equity_budget_factor",
    }
)
"""Limits and definitions that somebody sets: no draw touches them, the line of definitions goes to their ends."""
FIXED = frozenset(
    {
        "max_access_min",
        "max_transfer_walk_min",
        "max_direct_walk_min",
        "max_transfers",
        "cutoff_min",
        "round_trip_way_min",
        "round_trip_early_min",
        "online_visit_share",
        "licence_return_share",
        "licence_return_from_age",
        "on_demand_days",
        "on_demand_min_requests",
        "on_demand_rider_weight",
        "equity_district_persons",
        "mortality_scale",
        "births_per_young_adult",
        "household_persons",
        "commuter_household_persons",
        "housing_from_city_share",
        "hub_feeder_min",
        "hub_feeder_kmh",
        "ride_without_official",
    }
)
"""
Held as set: limits of the search, levers of a scenario, and what acts while a scenario is applied, before any draw.
"""
REROUTED = frozenset(
    {
        "walk_standard_m_min",
        "walk_older_m_min",
        "walk_detour",
        "change_min",
        "consultation_min",
        *OnDemandParams.model_fields,
        "ride_trips_weekday",
        "ride_trips_holiday",
        "ride_car_available_share",
        "ride_walk_share_car",
        "ride_lift_share_car",
        "ride_taxi_share_car",
        "ride_lift_share_captive",
        "ride_taxi_share_captive",
        "ride_pupil_rides_share",
        "ride_captive_rides_share",
        "ride_known_lines_share",
        "ride_pattern_scale",
        "ride_destination_decay",
        "path_walk_weight",
        "path_wait_weight",
        "path_slack_weight",
        "path_change_min",
    }
)
"""
Parameters behind slow steps: journeys, on-demand rides, who rides at the baseline. They are drawn once for each set of
routes, which the draws share.
"""


EACH = frozenset(OperationParams.model_fields) - REROUTED - {"turnaround_min", "bus_detour"}
"""Parameters of cheap sums, such as unit costs: drawn anew in every draw; all others once for each set of models."""


@dataclass(frozen=True, slots=True)
class Spread:
    """
    Span of a parameter that is drawn.

    `mode`: its most likely value. `whole`: whether a whole number. `reroutes`: drawn with the routes only. `each`: in
    every draw, else once for each set of models.
    """

    name: str
    low: float
    mode: float
    high: float
    whole: bool = False
    reroutes: bool = False
    each: bool = False


def drawn_spreads(city: City, params: Params) -> tuple[Spread, ...]:
    """
    Return the parameters that a draw changes: those with two ends that are neither choices nor held.

    The most likely value is the run's own, so that a scenario that sets a parameter is drawn around what it set; the
    span is widened to hold it.
    """
    found = (spread_of(name, city, params) for name in PARAMETERS if name not in CHOICES | FIXED)
    return tuple(spread for spread in found if spread is not None)


def spread_of(name: str, city: City, params: Params) -> Spread | None:
    """Return the span of one parameter; None where it has none in this city."""
    meaning, own = PARAMETERS[name], getattr(params, name)
    if name == "walk_detour" and own is None:
        own = city.streets.walk_detour if isinstance(city.streets, DetourPlane) else None
    if meaning.low is None or meaning.high is None or not isinstance(own, int | float):
        return None
    low, high = min(meaning.low, own), max(meaning.high, own)
    if low >= high:
        return None
    return Spread(name, low, float(own), high, isinstance(own, int), reroutes=name in REROUTED, each=name in EACH)
