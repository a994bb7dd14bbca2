"""Numbers of the city over its services, and tables of a run: two services with days made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.provenance import Status
from sim.kpi import on_demand_measures
from sim.on_demand import tables
from sim.on_demand.outcome import measure_outcome
from sim.on_demand.service import ServiceDay, run_services, simulations_of
from sim.on_demand.totals import service_totals
from sim.params import Params
from tests.unit.sim.on_demand.days import requests_of
from tests.unit.sim.on_demand.test_outcome import line_day
from tests.unit.sim.test_on_demand_legs import FLEET, context_of, service

TWO = requests_of([1_000, 1_010], [1, 2], [3, 3], persons=[2, 1])
"""With one vehicle, waits of 200 and 450 s, as in the tests of outcomes."""
REFUSED = requests_of([1_000, 1_000, 2_000, 1_000], [1, 1, 3, 3], [3, 3, 1, 1], persons=[5, 1, 5, 1],
                      no_show=[0, 0, 0, 1], outbound=[-1, -1, 0, -1])  # fmt: skip
"""Of these one is refused, its way home withdrawn, one served, and one does not come."""
FULL_WEEK, WITH_HOLIDAYS = 0b0111_1111, 0b1001_1111
"""Seven days a week; five, and public holidays."""


def day(requests, **rules):
    return ServiceDay(requests, line_day(requests, **rules))


def waits_of(requests, **rules):
    found = line_day(requests, **rules)
    return (found.pickup_s - requests.desired_s)[found.served].tolist()


def measured(context, kpi_id):
    (measure,) = on_demand_measures.ON_DEMAND_MEASURES[kpi_id](context)
    return measure


@pytest.fixture
def runs(monkeypatch):
    """Two services: `a` on five days a week with a day off, `b` on seven with two vehicles."""
    services = service("a", **FLEET, days=WITH_HOLIDAYS), service("b", **FLEET, days=FULL_WEEK, status=Status.OBSERVED)
    context = context_of(*services, n_draws=1, params=Params(on_demand_days=1))
    days = ((ServiceDay(REFUSED, None), day(REFUSED)), (day(TWO),)), ((day(TWO, n_vehicles=2),),)
    rules = [line_day(TWO, n_vehicles=n).rules for n in (1, 2)]
    found = [
        replace(
            run,
            ask=replace(run.ask, rules=rule),
            draws=draws,
            outcome=measure_outcome(simulations_of(draws)),
        )
        for run, rule, draws in zip(run_services(context), rules, days, strict=True)
    ]
    for module in (on_demand_measures, tables):
        monkeypatch.setattr(module, "run_services", lambda _: tuple(found))
    return context, found


def test_days_off_refuse_every_way_out_and_count_no_hours(runs):
    one, two = (service_totals(run) for run in runs[1])
    assert (one.n_days, one.n_running) == (3, 2)
    assert (one.n_requests, one.n_rejected) == (3 + 3 + 2, 3 + 1)  # ways out of the day off; none withdrawn; two served
    assert one.persons == 1 + 2 + 1
    assert one.vehicle_hours == 2 * 2.0
    assert one.wait_s.tolist() == [*waits_of(REFUSED), 200.0, 450.0]
    assert (two.n_requests, two.n_rejected, two.persons, two.vehicle_hours) == (2, 0, 3, 2 * 2.0)


def test_services_count_by_their_days_a_week(runs):
    context, _ = runs
    assert number(context, "on_demand_rejection_share") == pytest.approx(5 * 4 / (5 * 8 + 7 * 2))
    persons, hours = 5 * 4 + 7 * 3, 5 * 4.0 + 7 * 4.0
    assert number(context, "on_demand_rides_per_vehicle_hour") == pytest.approx(persons / hours)


@pytest.mark.parametrize("share", [0.9, 0.5, 0.6, 0.45])
def test_waits_count_by_the_days_a_week_of_their_service(runs, share, monkeypatch):
    context, (one, two) = runs
    monkeypatch.setattr(on_demand_measures, "_P90", share)
    week = sorted([*service_totals(one).wait_s.tolist() * 5, *service_totals(two).wait_s.tolist() * 7])
    nearest_rank = week[int(np.ceil(share * len(week))) - 1]
    assert number(context, "on_demand_wait_p90_min") == pytest.approx(nearest_rank / 60)


def number(context, kpi_id):
    measure = measured(context, kpi_id)
    assert measure.status is Status.ASSUMED  # as the weaker of the two services
    return measure.standard[0]


def test_tables_tell_every_service_and_vehicle(runs):
    context, (_, two) = runs
    first, second = tables.on_demand_services(context).to_dict("records")
    assert (first["days_a_week"], second["days_a_week"]) == (5, 7)
    assert first["running_days_share"] == pytest.approx(2 / 3)
    assert first["rejection_share"] == pytest.approx(4 / 8)  # days off count
    assert first["requests_per_day"] == pytest.approx((3 + 2) / 2)  # of days with service
    assert second["wait_p90_min"] == pytest.approx(max(waits_of(TWO, n_vehicles=2)) / 60)
    vehicles = tables.on_demand_vehicles(context).set_index(["service_id", "vehicle"])
    # Either day of `a` leads from the depot at 0 km to 1 km, loaded to 3 km, and back.
    assert vehicles.loc[("a", 1), "rides_per_day"] == (1 + 2) / 2
    assert vehicles.loc[("a", 1), "loaded_km_per_day"] == pytest.approx(2.0)
    assert vehicles.loc[("a", 1), "empty_km_per_day"] == pytest.approx(4.0)
    (only,) = two.simulations
    for vehicle in (0, 1):
        row = vehicles.loc[("b", vehicle + 1)]
        assert row["rides_per_day"] == (only.vehicle == vehicle).sum()
        assert row["loaded_h_per_day"] == pytest.approx(only.totals.loaded_s[vehicle] / 3_600)
