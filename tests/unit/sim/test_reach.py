"""What is reached from one cell: the minutes of the access KPIs, searched from the other end, on-demand rides included."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.errors import Text
from geodata.on_demand import FixedWait, FleetWait, OnDemandFleet, OnDemandPlan, OnDemandService
from geodata.provenance import Status
from geodata.synthetic import grid_city
from sim.context import RunContext
from sim.params import Analysis, Params
from sim.reach import look_out
from sim.reuse import Reuse
from sim.routing import itinerary, prepare_day

CITY = grid_city()
CELLS = (0, 7, 41, 95)


def service(policy, wait):
    words = Text("s", "s")
    plan = OnDemandPlan(
        area_xy=shapely.box(0, 0, 4_000, 1_500),
        policy=policy,
        days=0b0001_1111,
        start_s=7 * 3_600,
        end_s=19 * 3_600,
        fleet=OnDemandFleet(1, 4, 30.0, boarding_s=60),
        wait=wait,
        to_stops=("J0",) if policy == "feeder" else (),
    )
    return OnDemandService("s", words, words, (), None, None, None, None, "", words, "x", Status.ASSUMED, plan)


@pytest.mark.parametrize(
    "services",
    [(), (service("feeder", FixedWait(300)),), (service("door-to-door", FleetWait(1_800, 1.8)),)],
    ids=["none", "feeder", "fleet"],
)
def test_minutes_to_facilities_are_those_of_the_kpis(services):
    city = CITY.replace(on_demand=services)
    context = RunContext(city, Analysis(window=("10:00", "11:00"), n_draws=3), Params(), Reuse())
    columns = context.travel_minutes("standard", city.facilities.xy)
    lookout = look_out(context, context.routing_request("standard"))
    for cell in CELLS:
        found = lookout.reach(cell)
        assert found.to_facilities.tolist() == columns[cell].tolist()
        assert found.to_cells[cell] == 0
        assert np.isfinite(found.to_cells).any()


def test_a_service_helps_who_lives_in_its_area_and_nobody_else():
    def reach(services, cell):
        context = RunContext(CITY.replace(on_demand=services), Analysis(n_draws=2), Params(), Reuse())
        return look_out(context, context.routing_request("standard")).reach(cell).to_cells

    feeder = (service("feeder", FixedWait(300)),)
    assert (reach(feeder, 0) <= reach((), 0)).all()
    assert (reach(feeder, 0) < reach((), 0)).any()
    assert reach(feeder, 95).tolist() == reach((), 95).tolist()


def test_a_prepared_day_tells_the_same_journeys():
    context = RunContext(CITY, Analysis(), Params(), Reuse())
    asked = context.routing_request("standard")
    whole = prepare_day(CITY, _at(asked, 0, 24 * 3_600))
    ends = tuple(tuple(row) for row in CITY.population.lonlat[[0, 95]].tolist())
    for depart in (7 * 3_600, 10 * 3_600 + 420, 21 * 3_600 + 3_000):
        single = _at(asked, depart, depart + 60)
        fresh, kept = itinerary(CITY, *ends, single), itinerary(CITY, *ends, single, ready=whole)
        assert (fresh is None) == (kept is None)
        if fresh is not None:
            assert (fresh.arrive_s, fresh.n_transfers) == (kept.arrive_s, kept.n_transfers)
            assert [leg.mode for leg in fresh.legs] == [leg.mode for leg in kept.legs]


def _at(request, start_s, end_s):
    from dataclasses import replace

    return replace(request, direction="depart", window_start_s=start_s, window_end_s=end_s)
