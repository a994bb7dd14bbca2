"""
Owns running the on-demand services of a city: who may ask for what, how long drives take, and the simulated days.

Who asks does not depend on the fleet: two fleets of one service meet the same requests, draw by draw and day by day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.digest import digest_of
from geodata.facilities import FacilityKind
from geodata.frozen import freeze
from geodata.on_demand import FixedWait, FleetWait
from geodata.units import SECONDS_PER_MIN
from sim.on_demand.asking import licence_factors
from sim.on_demand.drives import drive_tables
from sim.on_demand.experience import Experience, experience_of, fixed_experience
from sim.on_demand.riders import cells_inside, find_riders
from sim.on_demand.types import PURPOSES, Demand, Events, FleetRules
from sim.on_demand_params import OnDemandParams
from sim.rng import unit_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.on_demand import OnDemandPlan, OnDemandService
    from geodata.units import FloatArray, IntArray
    from sim.context import RunContext
    from sim.on_demand.outcome import Outcome
    from sim.on_demand.types import Requests, Simulation

CLINIC, SHOP, COMMUNITY, STOP, OTHER = range(len(PURPOSES))
KINDS: dict[str, int] = {
    FacilityKind.CLINIC: CLINIC,
    FacilityKind.HOSPITAL: CLINIC,
    FacilityKind.SHOP: SHOP,
    FacilityKind.COMMUNITY_CENTRE: COMMUNITY,
    FacilityKind.CITY_OFFICE: COMMUNITY,
    FacilityKind.BRANCH_OFFICE: COMMUNITY,
}
"""Kinds of facilities that people ride to within the area → purpose."""
WEATHER = "on-demand-weather"


@dataclass(frozen=True, slots=True, eq=False)
class ServiceAsk:
    """
    Everything the simulation of a service depends on, but for the streets.

    Parameters
    ----------
    service_id
        The service; chance is keyed by it.
    demand
        Who may ask for what.
    wait
        Given, or made by the fleet.
    rules
        What the fleet promises.
    points_xy
        Points of the drive tables [m], shape (P, 2).
    speed_kmh
        Running speed, the cap of autonomous operation included.
    running_share
        Share of days on which it runs; autonomous operation without a driver to fall back on stays away in bad weather.
    duration_factor, duration_offset_s
        Of a ride with a given wait.
    params
        Parameters of on-demand mobility.
    n_draws, seed
        Of the analysis.
    """

    service_id: str
    demand: Demand
    wait: FixedWait | FleetWait
    rules: FleetRules
    points_xy: FloatArray
    speed_kmh: float
    running_share: float
    duration_factor: float
    duration_offset_s: int
    params: OnDemandParams
    n_draws: int
    seed: int

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class ServiceDay:
    """One day of one draw: what was asked, and what became of it; None = the service did not run."""

    requests: Requests
    simulation: Simulation | None


@dataclass(frozen=True, slots=True, eq=False)
class ServiceRun:
    """
    A service, its simulated days by draw, and what people experience; no days where the wait is given.

    Only the first day of the first draw keeps its event log. `outcome`: what all days on which it ran come to; None
    where the wait is given.
    """

    service: OnDemandService
    ask: ServiceAsk
    draws: tuple[tuple[ServiceDay, ...], ...]
    experience: Experience
    outcome: Outcome | None

    @property
    def plan(self) -> OnDemandPlan:
        """The plan of the service."""
        assert self.service.plan is not None  # noqa: S101 -- only computed services are run
        return self.service.plan

    @property
    def simulations(self) -> tuple[Simulation, ...]:
        """All days on which it ran, draw by draw."""
        return simulations_of(self.draws)


def simulations_of(draws: Sequence[Sequence[ServiceDay]]) -> tuple[Simulation, ...]:
    """Return all days on which a service ran, draw by draw."""
    return tuple(day.simulation for days in draws for day in days if day.simulation is not None)


def run_services(context: RunContext) -> tuple[ServiceRun, ...]:
    """Return the run of every service with a plan, in the order of the city."""
    services = {service.service_id: service for service in context.city.on_demand}
    return tuple(run_service(context, services[ask.service_id], ask) for ask in service_asks(context))


def run_service(context: RunContext, service: OnDemandService, ask: ServiceAsk) -> ServiceRun:
    """Return the run of one service, from the memory where an equal one was simulated before."""
    streets = context.city.streets
    key = digest_of(("on_demand", ask, context.digest_of_reading("streets")))

    from sim.on_demand.outcome import measure_outcome  # noqa: PLC0415 -- loads pandas

    def simulate_days() -> tuple[tuple[tuple[ServiceDay, ...], ...], Experience]:
        drive_s, drive_m = drive_tables(streets, ask.points_xy, ask.speed_kmh)
        if isinstance(ask.wait, FixedWait):
            return (), fixed_experience(ask.wait, ask.rules, ask.duration_factor, ask.duration_offset_s)
        draws = tuple(_days(ask, draw, drive_s, drive_m) for draw in range(ask.n_draws))
        idle_s = float(np.median(drive_s[ask.rules.depot, ask.demand.home])) if len(ask.demand.home) else np.inf
        return draws, experience_of(draws, ask.rules, idle_s, ask.params.on_demand_min_requests)

    draws, experience = context.kept("on_demand", ask.service_id, key, simulate_days)
    ran = simulations_of(draws)
    outcome = context.reuse.get(f"outcome {key}", lambda: measure_outcome(ran))[0] if ran else None
    return ServiceRun(service, ask, draws, experience, outcome)


def _days(ask: ServiceAsk, draw: int, drive_s: IntArray, drive_m: FloatArray) -> tuple[ServiceDay, ...]:
    from sim.on_demand.engine import simulate  # noqa: PLC0415 -- compiles on first use
    from sim.on_demand.requests import draw_requests  # noqa: PLC0415 -- likewise

    days = []
    for day in range(ask.params.on_demand_days):
        requests = draw_requests(ask.demand, ask.params, seed=ask.seed, service_id=ask.service_id, draw=draw, day=day)
        runs = unit_number(ask.seed, WEATHER, ask.service_id, draw, day) < ask.running_share
        found = simulate(requests, drive_s, drive_m, ask.rules) if runs else None
        if found is not None and (draw, day) != (0, 0):
            found = replace(found, events=no_events())
        days.append(ServiceDay(requests, found))
    return tuple(days)


def no_events() -> Events:
    """Return an event log without rows."""
    return Events(*(np.zeros(0, np.int32) for _ in range(6)))


# ---------------------------------------------------------------- who may ask


def service_asks(context: RunContext) -> tuple[ServiceAsk, ...]:
    """Return what the simulation of every service with a plan depends on."""
    context = context.rides_of or context
    if not any(service.plan for service in context.city.on_demand):
        return ()
    return context.step("on_demand", "asks", lambda: _service_asks(context))


def _service_asks(context: RunContext) -> tuple[ServiceAsk, ...]:
    services = [s for s in context.city.on_demand if s.plan is not None]
    plans = [s.plan for s in services if s.plan is not None]
    population = context.city.population
    return tuple(_service_ask(context, s, find_riders(population, plans, n)) for n, s in enumerate(services))


def _service_ask(context: RunContext, service: OnDemandService, riders: FloatArray) -> ServiceAsk:
    plan, params, analysis = service.plan, context.params, context.analysis
    assert plan is not None  # noqa: S101 -- only computed services are asked about
    homes_xy, demand, more_xy = _demand(context, plan, riders)
    weight = demand.persons.sum(axis=1)
    centre = np.average(homes_xy, axis=0, weights=weight) if weight.sum() > 0 else _centre(plan)
    depot = np.array(plan.fleet.depot_xy) if plan.fleet.depot_xy is not None else centre
    points = np.concatenate([homes_xy, more_xy, depot.reshape(1, 2)])
    speed, seats, share = _vehicle(context, service, plan)
    wait = plan.wait
    rules = FleetRules(
        n_vehicles=plan.fleet.n_vehicles,
        seats=seats,
        max_wait_s=wait.max_wait_s if isinstance(wait, FleetWait) else 0,
        max_detour_factor=wait.max_detour_factor if isinstance(wait, FleetWait) else 1.0,
        boarding_s=plan.fleet.boarding_s,
        start_s=plan.start_s,
        end_s=plan.end_s,
        depot=len(points) - 1,
        ride_allowance_s=round(params.on_demand_ride_allowance_min * SECONDS_PER_MIN),
        sharing=plan.business != "乗用",
        rider_weight=params.on_demand_rider_weight,
    )
    own = OnDemandParams(**{name: getattr(params, name) for name in OnDemandParams.model_fields})
    return ServiceAsk(
        service.service_id, demand, wait, rules, points, speed, share, plan.duration_factor, plan.duration_offset_s,
        own, analysis.n_draws, analysis.seed,
    )  # fmt: skip


def _vehicle(context: RunContext, service: OnDemandService, plan: OnDemandPlan) -> tuple[float, int, float]:
    """Return speed [km/h], seats and share of days of a vehicle, as autonomous operation leaves them."""
    speed, seats, share = plan.fleet.speed_kmh, plan.fleet.seats, 1.0
    for operation in context.city.autonomous:
        if operation.service_id != service.service_id:
            continue
        speed = min(speed, operation.max_speed_kmh)
        seats = seats if operation.seats is None else min(seats, operation.seats)
        share = share if operation.fallback == "driver" else min(share, operation.weather_availability)
    return speed, seats, share


def _centre(plan: OnDemandPlan) -> FloatArray:
    point = plan.area_xy.representative_point()
    return np.array([point.x, point.y])


def _demand(context: RunContext, plan: OnDemandPlan, riders: FloatArray) -> tuple[FloatArray, Demand, FloatArray]:
    """Return where homes are picked up [m], who asks for what, and the places [m]."""
    population = context.city.population
    cells = np.flatnonzero(riders.sum(axis=1) > 0).astype(np.int32)
    homes_xy = picked_up_at(plan, population.xy[cells])
    ids, xy, purpose = _places(context, plan)
    if not len(ids):  # nothing known to ride to: to one another
        ids, xy = population.cell_id[cells].tolist(), homes_xy
        purpose = np.full(len(cells), OTHER, np.int32)
    weight = np.ones((len(cells), len(ids)))
    stops = np.flatnonzero(purpose == STOP)
    if len(stops) and len(cells):  # a feeder takes everybody to the nearest of its stops
        away = np.hypot(*(homes_xy[:, None, :] - xy[None, stops, :]).transpose(2, 0, 1))
        weight[:, stops] = np.arange(len(stops))[None, :] == np.argmin(away, axis=1)[:, None]
    demand = Demand(
        cell=cells,
        cell_id=population.cell_id[cells],
        home=np.arange(len(cells), dtype=np.int32),
        persons=riders[cells],
        place=(len(cells) + np.arange(len(ids))).astype(np.int32),
        place_id=np.asarray(ids, dtype=np.str_),
        purpose=np.asarray(purpose, np.int32),
        weight=weight,
        start_s=plan.start_s,
        end_s=plan.end_s,
        min_lead_s=plan.min_lead_s,
        no_show_share=plan.no_show_share,
        homeward=plan.egress,
        requests_per_day=plan.requests_per_day,
        factor=licence_factors(population, context.params, plan.from_age)[cells],
    )
    return homes_xy, demand, xy


def picked_up_at(plan: OnDemandPlan, xy: FloatArray) -> FloatArray:
    """Return place → where the vehicle stops for it [m]: at the door, or at the nearest point of the plan."""
    points = np.array(plan.points_xy, np.float64).reshape(-1, 2)
    if not len(points) or not len(xy):
        return xy
    away = np.hypot(*(xy[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    at: FloatArray = points[np.argmin(away, axis=1)]
    return at


def _places(context: RunContext, plan: OnDemandPlan) -> tuple[list[str], FloatArray, IntArray]:
    """Return id, position [m] and purpose of the places people ride to."""
    stops = context.city.timetable.stops
    fed = np.flatnonzero(np.isin(stops.stop_id, plan.to_stops)) if plan.to_stops else np.zeros(0, np.intp)
    ids, xy, purpose = stops.stop_id[fed].tolist(), stops.xy[fed], np.full(len(fed), STOP)
    if plan.policy == "feeder":
        return ids, xy.reshape(-1, 2), purpose.astype(np.int32)
    facilities = context.facilities(*KINDS)
    here = np.flatnonzero(cells_inside(facilities.xy, plan.area_xy) & facilities.open_to_public)
    kinds = np.array([KINDS[kind] for kind in facilities.kind[here].tolist()], np.int32)
    at = picked_up_at(plan, facilities.xy[here])
    return (
        [*ids, *facilities.facility_id[here].tolist()],
        np.concatenate([xy.reshape(-1, 2), at.reshape(-1, 2)]),
        np.concatenate([purpose, kinds]).astype(np.int32),
    )
