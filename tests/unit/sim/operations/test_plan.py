"""A year of service: figures that follow by hand, and changes that go the right way for the right reason."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from geodata.autonomous import AutonomousOperation
from geodata.errors import Text
from geodata.on_demand import FixedWait, OnDemandFleet, OnDemandPlan, OnDemandService
from geodata.provenance import Status
from geodata.synthetic import grid_city, timetable_from_text
from sim.context import RunContext
from sim.kpi.operation_measures import OPERATION_MEASURES
from sim.operations.day_plan import day_duties, plan_days
from sim.operations.emissions import vehicles_co2_t
from sim.operations.money import capital_year, operating_cost, route_costs
from sim.operations.plan import driver_days, drivers_of, operation_plan
from sim.operations.tables import operations_duties, operations_money, operations_routes
from sim.params import Analysis, Params
from sim.reuse import Reuse

WEEKDAYS, REST = 246, 119  # of fiscal 2025, to which the default weekday of the made-up city belongs

FEED = """
stop A 0 1000
stop B 1000 1000
stop C 3000 1000
route L bus 青線
route R rail 鉄道
service wk 1111100 0
service hol 0000011 1
trip L id=w1 service=wk A 08:00 B 08:05 C 08:20
trip L id=w2 dir=1 service=wk C 08:30 B 08:45 A 08:50
trip L id=h1 service=hol A 09:00 B 09:05 C 09:20
trip R id=r1 service=wk A 08:00 C 08:03
"""


def context_of(feed=FEED, params=None, analysis=None, **layers):
    city = grid_city(timetable=timetable_from_text(feed)).replace(**layers)
    return RunContext(city, Analysis(**(analysis or {})), Params(**(params or {})), Reuse())


def service(**plan):
    terms = {
        "area_xy": SimpleNamespace(),
        "policy": "door-to-door",
        "days": 0b0011111,
        "start_s": 9 * 3600,
        "end_s": 16 * 3600,
        "fleet": OnDemandFleet(2, 4, 20.0),
        "wait": FixedWait(600),
    }
    return OnDemandService(
        "s", Text("予約", "s"), Text("", ""), (), None, None, 2, 4, "", Text("", ""), "", Status.ASSUMED,
        plan=OnDemandPlan(**{**terms, **plan}),
    )  # fmt: skip


def value_of(context, kpi_id, setting="default"):
    measure = next(m for m in OPERATION_MEASURES[kpi_id](context) if m.setting == setting)
    return float(measure.standard[0]) if not measure.missing else measure.missing


def test_the_year_is_the_fiscal_year_of_the_default_weekday():
    days = plan_days(context_of())
    assert [d.day for d in days] == ["weekday", "saturday", "holiday"]
    assert days[0].n_days == WEEKDAYS
    assert sum(d.n_days for d in days) == WEEKDAYS + REST == 365


def test_kilometres_and_hours_follow_from_the_timetable():
    context = context_of(params={"bus_detour": 1.2})
    plan = operation_plan(context)
    assert plan.bus_km == pytest.approx((2 * WEEKDAYS + REST) * 3 * 1.2)
    assert plan.bus_hours == pytest.approx((2 * WEEKDAYS + REST) * 20 / 60)
    assert plan.route_km.tolist()[1] == 0  # trains are not driven by bus drivers
    assert plan.bus_vehicles == 1


def test_a_road_given_as_a_shape_is_not_lengthened():
    city = grid_city(timetable=timetable_from_text(FEED))
    patterns = city.timetable.patterns
    lonlat = city.timetable.stops.lonlat
    n = len(patterns.pattern_id)
    shaped = replace(
        patterns,
        shape_offsets=np.array([0, *([2] * n)], np.int32),
        shape_lonlat=lonlat[patterns.stops_of(0)[[0, -1]]].copy(),
    )
    context = RunContext(
        city.replace(timetable=replace(city.timetable, patterns=shaped)), Analysis(), Params(bus_detour=2.0), Reuse()
    )
    assert operation_plan(context).days[1].km == pytest.approx(3.0, rel=0.01)  # one run on Saturdays, by its shape


def test_drivers_follow_from_duties_and_days():
    context = context_of(params={"driver_days_year": 200.0, "driver_reserve_share": 0.0})
    plan = operation_plan(context)
    assert [d.duties.most for d in plan.days] == [1, 1, 1]
    assert plan.bus_drivers == 2  # 365 duties ÷ 200 days
    more = context_of(params={"driver_days_year": 200.0, "driver_reserve_share": 0.5})
    assert operation_plan(more).bus_drivers == 4


def test_weekly_and_yearly_hours_bound_the_days_of_a_driver():
    context = context_of()
    days = [(d.day.n_days, d.duties) for d in operation_plan(context).days]
    assert driver_days(context, days) == Params().driver_days_year
    tight = context_of(params={"year_span_h": 1000.0})
    long_days = [(365, replace(days[0][1], duties=1.0, span_h=12.5, drive_h=8.0))]
    assert driver_days(tight, long_days) == pytest.approx(80.0)
    by_week = [(365, replace(days[0][1], duties=1.0, span_h=5.0, drive_h=9.0))]
    assert driver_days(context, by_week) == pytest.approx(40 * 52 / 9)
    assert drivers_of(tight, long_days) > drivers_of(context, long_days)


HEADWAYS = """
stop A 0 1000
stop C 9000 1000
route L bus 青線
service wk 1111111 1
trip L id=out service=wk headway={s}@06:00-20:00 A 06:00 C 06:30
trip L id=back dir=1 service=wk headway={s}@06:00-20:00 C 06:00 A 06:30
"""


def test_more_frequent_buses_take_more_of_everything():
    sparse, dense = (context_of(HEADWAYS.format(s=s)) for s in (3600, 900))
    a, b = operation_plan(sparse), operation_plan(dense)
    assert b.bus_km == pytest.approx(4 * a.bus_km)
    assert (a.bus_vehicles, b.bus_vehicles) == (2, 5)
    assert b.bus_drivers > a.bus_drivers
    assert operating_cost(dense) == pytest.approx(4 * operating_cost(sparse))
    assert vehicles_co2_t(dense) == pytest.approx(4 * vehicles_co2_t(sparse))


def test_a_longer_layover_can_take_another_vehicle():
    def fleet(layover):
        return operation_plan(context_of(HEADWAYS.format(s=1800), params={"turnaround_min": layover})).bus_vehicles

    assert [fleet(n) for n in (0, 5, 15, 16)] == [2, 3, 3, 4]


def test_cost_is_by_kilometre_and_hour_or_by_the_standard_cost_alone():
    params = {"bus_cost_yen_km": 100.0, "bus_cost_yen_hour": 2000.0, "deadhead_km_share": 0.5, "bus_detour": 1.0}
    context = context_of(params=params)
    plan = operation_plan(context)
    assert operating_cost(context) == pytest.approx(plan.bus_km * 1.5 * 100 + plan.bus_hours * 2000)
    entered = context_of(params={**params, "bus_standard_cost_yen_km": 450.0})
    assert operating_cost(entered) == pytest.approx(plan.bus_km * 450)
    assert "単価は仮定" in next(iter(OPERATION_MEASURES["operating_cost_yen"](context))).note
    assert "単価は仮定" not in next(iter(OPERATION_MEASURES["operating_cost_yen"](entered))).note


def test_capital_stands_apart():
    context = context_of(params={"spare_vehicle_share": 1.0, "bus_price_yen": 30e6, "bus_life_years": 15.0})
    capital = capital_year(context, operation_plan(context))
    assert capital == pytest.approx(2 * 2e6)
    both = value_of(context, "operating_cost_yen", "with-capital") - value_of(context, "operating_cost_yen")
    assert both == pytest.approx(capital)


# ---------------------------------------------------------------- on-demand services


def test_a_service_takes_its_vehicles_and_people_on_its_days():
    plan = operation_plan(context_of(on_demand=(service(),)))
    fleet = plan.fleets[0]
    assert (fleet.n_vehicles, fleet.posts, fleet.duties_day, fleet.n_days) == (2, 2, 2, WEEKDAYS)
    assert fleet.hours_year == pytest.approx(2 * 7 * WEEKDAYS)
    assert plan.drivers == plan.bus_drivers + fleet.drivers
    long_day = operation_plan(context_of(on_demand=(service(start_s=7 * 3600, end_s=19 * 3600),))).fleets[0]
    assert long_day.duties_day == 4  # twelve hours are two shifts


def test_an_attendant_on_board_saves_no_driver_and_one_afar_does():
    def drivers(attendant, each=1.0):
        run = AutonomousOperation("o", "studied", (), "s", 20.0, 0.0, 1.0, attendant, each)
        fleet = OnDemandFleet(2, 4, 20.0, attendant=attendant)
        return operation_plan(context_of(on_demand=(service(fleet=fleet),), autonomous=(run,))).on_demand_drivers

    plain = operation_plan(context_of(on_demand=(service(),))).on_demand_drivers
    assert drivers("onboard") == plain
    assert drivers("remote") == plain  # one each
    assert drivers("remote", 2.0) < plain


# ---------------------------------------------------------------- autonomous runs


def two_lines():
    more = "\n".join(
        f"trip M id=m{n} service=wk A {h:02d}:00 C {h:02d}:40" for n, h in enumerate((8, 8, 8, 9, 9, 9), start=1)
    )
    return FEED + "route M bus 赤線\n" + more


def autonomous(attendant, availability=1.0, fallback="driver", each=3.0, hour_yen=None):
    ids = tuple(f"m{n}" for n in range(1, 7))
    return AutonomousOperation(
        "o", "studied", ids, "", 40.0, 3000.0, availability, attendant, each, 28, hour_yen, fallback
    )


def weekday_duties(**terms):
    context = context_of(two_lines(), autonomous=(autonomous(**terms),) if terms else ())
    return day_duties(context, plan_days(context)[0])


def test_runs_with_an_attendant_on_board_take_the_same_duties():
    assert weekday_duties(attendant="onboard") == weekday_duties()


def test_remote_runs_save_duties_less_those_who_watch():
    plain, remote = weekday_duties(), weekday_duties(attendant="remote")
    assert plain.most == 6  # whoever drives the one line at eight drives the other at nine
    assert remote.most == 2  # the one line left, and one who watches three
    assert remote.duties == 2
    assert weekday_duties(attendant="remote", each=1.0).most == 4


def test_foul_weather_needs_the_drivers_all_the_same():
    plain, some = weekday_duties(), weekday_duties(attendant="remote", availability=0.9)
    assert some.most == plain.most
    assert some.duties == pytest.approx(0.9 * 2 + 0.1 * plain.duties)
    cancelled = weekday_duties(attendant="remote", availability=0.9, fallback="none")
    assert cancelled.most == 2


def test_cancelled_days_are_not_driven():
    whole = operation_plan(context_of(two_lines()))
    context = context_of(two_lines(), autonomous=(autonomous("remote", 0.5, "none"),))
    assert operation_plan(context).route_km[-1] == pytest.approx(whole.route_km[-1] / 2)


def test_hours_of_autonomous_runs_cost_what_the_scenario_says():
    plain = context_of(two_lines())
    dear = context_of(two_lines(), autonomous=(autonomous("onboard", hour_yen=10_000.0),))
    hours = 6 * 40 / 60 * WEEKDAYS
    extra = hours * (10_000 - Params().bus_cost_yen_hour)
    assert operating_cost(dear) - operating_cost(plain) == pytest.approx(extra)
    assert route_costs(dear, operation_plan(dear)).sum() == pytest.approx(operating_cost(dear))


# ---------------------------------------------------------------- what rests on assumed lines

ASSUMED = FEED.replace("route L bus 青線", "route L bus 青線 assumed")


def test_money_that_rests_on_assumed_lines_is_withheld_but_cost_is_told():
    context = context_of(ASSUMED)
    assert value_of(context, "subsidy_yen") == value_of(context, "cost_recovery_share") == "算定不可（実GTFSが必要）"
    assert value_of(context, "operating_cost_yen") > 0
    items = operations_money(context).set_index("item")
    assert np.isnan(items.loc["deficit", "value"])
    assert items.loc["deficit", "note"] == "算定不可（実GTFSが必要）"
    assert items.loc["deficit", "status"] == "no-data"


def test_where_nothing_runs_there_is_no_number():
    context = context_of("stop A 0 0\nstop B 500 0\ntrip R id=r A 08:00 B 08:03\nroute R rail 鉄道\n")
    for kpi_id in OPERATION_MEASURES:
        if kpi_id != "co2_t":
            assert value_of(context, kpi_id) == "運行する便もデマンド交通もなし"
    assert operations_money(context).empty
    assert operations_duties(context).empty
    assert operations_routes(context).empty


def test_tables_add_up_to_the_plan():
    context = context_of(HEADWAYS.format(s=900))
    plan, routes = operation_plan(context), operations_routes(context)
    assert routes["km_year"].sum() == pytest.approx(plan.bus_km)
    assert routes["cost_thousand_yen"].sum() * 1000 == pytest.approx(operating_cost(context))
    assert routes["vehicles_alone"].tolist() == routes["vehicles_by_headway"].tolist() == [5]
    duties = operations_duties(context)
    assert duties[duties["name"] == "weekday"]["duties"].item() == plan.days[0].duties.most


def test_a_light_parameter_redoes_no_duty():
    memory = Reuse()
    city = grid_city(timetable=timetable_from_text(HEADWAYS.format(s=900)))
    first = RunContext(city, Analysis(), Params(), memory)
    operation_plan(first)
    second = RunContext(city, Analysis(seed=7, n_draws=9), Params(bus_detour=1.4, driver_days_year=230.0), memory)
    operation_plan(second)
    computed = {note.name for note in second.journal.notes() if note.kind == "operations" and note.n_computed}
    assert computed == {"plan"}
