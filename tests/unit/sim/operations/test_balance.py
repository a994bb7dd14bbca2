"""Fares against cost: subsidy, cost recovery, who pays, and per ride, with rides given so that sums follow by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from app.text.notes import translate_notes
from geodata.calendar import day_type
from sim.kpi.operation_measures import OPERATION_MEASURES
from sim.operations.days import fiscal_year
from sim.operations.money import operating_cost, operation_money
from sim.operations.plan import operation_plan
from sim.operations.tables import operations_money
from sim.params import Params
from tests.unit.sim.operations.test_plan import ASSUMED, FEED, context_of, value_of

FARES, RIDES, MINUTES, CAR_KM = 1e6, 5_000.0, 60_000.0, 2e6


@pytest.fixture(autouse=True)
def rides(monkeypatch):
    given = SimpleNamespace(
        revenue_yen=FARES, boardings_total=RIDES, person_min_total=MINUTES, car_km_total=CAR_KM, asked=0
    )

    def outcome(_context):
        given.asked += 1
        return given

    monkeypatch.setattr("sim.ridership.outcome.ride_outcome", outcome)
    return given


def test_what_fares_do_not_meet_is_the_subsidy():
    context = context_of(params={"state_subsidy_share": 0.25})
    cost = operating_cost(context)
    assert value_of(context, "subsidy_yen") == pytest.approx(cost - FARES)
    assert value_of(context, "subsidy_yen", "city") == pytest.approx(0.75 * (cost - FARES))
    assert value_of(context, "cost_recovery_share") == pytest.approx(FARES / cost)


def test_more_fares_than_cost_leave_no_subsidy(rides):
    rides.revenue_yen = 1e12
    context = context_of()
    assert value_of(context, "subsidy_yen") == 0
    assert value_of(context, "cost_recovery_share") > 1


def test_per_ride_per_run_and_per_minute():
    context = context_of()
    items = operations_money(context).set_index("item")["value"]
    plan, cost = operation_plan(context), operating_cost(context)
    assert items["bus_cost_per_ride"] == pytest.approx(cost / RIDES)
    assert items["bus_deficit_per_ride"] == pytest.approx((cost - FARES) / RIDES)
    assert items["rides_per_run"] == pytest.approx(RIDES / float(plan.route_runs.sum()))
    assert items["mean_load"] == pytest.approx(MINUTES / (plan.bus_hours * 60))
    assert items["subsidy_per_resident"] == pytest.approx((cost - FARES) / 9600)
    assert items["paid_by_state"] + items["paid_by_others"] == pytest.approx(items["deficit"])


def test_where_rides_and_runs_count_unlike_days_the_table_says_so():
    """Rides: fiscal 2023 less the turn of the year; runs: the calendar of the timetable's year."""
    notes = operations_money(context_of()).set_index("item")["note"]
    for item in ("rides_per_run", "mean_load"):
        assert notes[item] == "1年の平日は、乗車が243日（年末年始を休日とする）、便が246日"
        assert translate_notes(notes[item], "en") == [
            "weekdays of a year: 243 for rides (the turn of the year counts as holidays), 246 for runs"
        ]
    assert "平日" not in notes["bus_cost_per_ride"]
    year = [day for day in fiscal_year("2023-10-15") if day_type(day) == "weekday"]
    worked = [day for day in year if day[5:] not in {"12-29", "12-30", "12-31", "01-02", "01-03"}]
    assert (len(year), len(worked)) == (246, Params().ride_weekdays_a_year)
    one_source = operations_money(context_of(params={"ride_weekdays_a_year": 246})).set_index("item")["note"]
    assert one_source["rides_per_run"] == ""


def test_cars_are_part_of_the_emissions():
    context = context_of(params={"car_co2_kg_km": 0.2})
    assert value_of(context, "co2_t") - value_of(context, "co2_t", "vehicles") == pytest.approx(CAR_KM * 0.2 / 1000)


def test_fares_on_assumed_lines_are_not_even_asked_for(rides):
    context = context_of(ASSUMED)
    assert math.isnan(operation_money(context).deficit_yen)
    assert rides.asked == 0
    shown = context_of(ASSUMED, analysis={"include_assumed_lines": True})
    assert value_of(shown, "subsidy_yen") > 0
    assert next(iter(OPERATION_MEASURES["subsidy_yen"](shown))).note.startswith("参考値; 仮定の路線を含む")
    assert operations_money(shown).set_index("item").loc["fares", "note"] == "参考値"


def test_without_rides_there_is_no_subsidy_to_tell(monkeypatch):
    monkeypatch.setattr("sim.ridership.outcome.ride_outcome", lambda _context: None)
    context = context_of(FEED)
    assert value_of(context, "subsidy_yen") == "乗車の試算なし"
    assert value_of(context, "co2_t") == "乗車の試算なし"
    assert value_of(context, "co2_t", "vehicles") > 0
    assert value_of(context, "operating_cost_yen") > 0
