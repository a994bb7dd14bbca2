"""On-demand services in travel times, on the grid city: minutes that follow from arithmetic, and what must not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geodata.autonomous import AutonomousOperation
from geodata.entrances import Entrance
from geodata.errors import Text
from geodata.hubs import Hub
from geodata.on_demand import FixedWait, FleetWait, OnDemandFleet, OnDemandPlan, OnDemandService
from geodata.provenance import Status
from geodata.streets import DetourPlane, StreetNetwork
from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from geodata.synthetic.text_feed import timetable_from_text
from sim.context import RunContext
from sim.kpi.measures import MEASURES
from sim.on_demand.days import days_a_week, runs_on
from sim.on_demand.drives import drive_tables
from sim.on_demand.experience import experience_of, hour_frames
from sim.on_demand.legs import MOST_STOPS, find_rides, home_ends
from sim.on_demand.service import run_services, service_asks
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.routing.doors import walks_between_stops
from sim.routing.footpaths import build_footpaths
from sim.routing.hub_changes import hub_changes

CLINICS = facilities_from_rows(
    [("clinic-1", "clinic", (250.0, 250.0), ""), ("clinic-2", "clinic", (3750.0, 250.0), "")]
)
CITY = grid_city(n_x=8, n_y=12, facilities=CLINICS).replace(streets=DetourPlane(1.0, 1.0))
SOUTH = shapely.box(0, 0, 4_000, 1_500)
WEEKDAYS, EVERY_DAY = 0b0001_1111, 0b1111_1111
MIDDLE = 2_000.0
"""Where the railway runs [m]; its stations stand every 3 km from y = 0."""


def service(service_id="s", *, status=Status.ASSUMED, **plan):
    """Return a feeder from the south of the grid to the station J0, 5 min away, with the plan's other values."""
    whole = {
        "area_xy": SOUTH,
        "policy": "feeder",
        "days": WEEKDAYS,
        "start_s": 7 * 3_600,
        "end_s": 19 * 3_600,
        "fleet": OnDemandFleet(1, 4, 30.0, boarding_s=60),
        "wait": FixedWait(300),
        "to_stops": ("J0",),
    }
    words = Text(service_id, service_id)
    return OnDemandService(
        service_id, words, words, (), None, None, None, None, "", words, "x", status, OnDemandPlan(**(whole | plan))
    )


def context_of(*services, city=CITY, reuse=None, params=None, **analysis):
    chosen = Analysis(**({"window": ("10:00", "11:00"), "n_draws": 3} | analysis))
    return RunContext(city.replace(on_demand=services), chosen, params or Params(), reuse or Reuse())


def cell_at(x, y, city=CITY):
    return int(np.argmin(np.hypot(*(city.population.xy - [x, y]).T)))


def minutes(context, xy, walker="standard", request=None):
    return context.travel_minutes(walker, np.array(xy, np.float64), request)


ANYWHERE = [[MIDDLE, 3_000.0], [250.0, 250.0], [3_750.0, 250.0], [250.0, 5_750.0]]


def homeward(context):
    request = context.routing_request("standard")
    return replace(request, direction="depart")


# ---------------------------------------------------------------- exact minutes


def drive_min(a, b, kmh=30.0):
    return np.hypot(a[0] - b[0], a[1] - b[1]) / (kmh * 1_000 / 60)


def test_a_leg_is_wait_boarding_and_drive():
    found = minutes(context_of(service()), [[MIDDLE, 3_000.0]])[cell_at(250, 250), 0]
    ride_s = np.ceil(60 * (5 + 1 + drive_min((250, 250), (MIDDLE, 0))) - 1e-6)
    assert found == pytest.approx(ride_s / 60 + 4, abs=1e-4)  # and the train from J0 to J1, 4 min


def test_the_way_home_is_the_mirror():
    context = context_of(service())
    found = minutes(context, [[MIDDLE, 3_000.0]], request=homeward(context))[cell_at(250, 250), 0]
    there = minutes(context, [[MIDDLE, 3_000.0]])[cell_at(250, 250), 0]
    assert found == pytest.approx(there, abs=1e-4)
    only_there = context_of(service(egress=False))
    assert minutes(only_there, [[MIDDLE, 3_000.0]], request=homeward(only_there))[cell_at(250, 250), 0] > found + 5


def test_a_feeder_leads_to_its_stop_and_on_foot_from_there():
    found = minutes(context_of(service()), [[MIDDLE + 160.0, 0.0]])[cell_at(250, 250), 0]
    ride_s = np.ceil(60 * (5 + 1 + drive_min((250, 250), (MIDDLE, 0))) - 1e-6)
    assert found == pytest.approx(ride_s / 60 + 2, abs=1e-4)  # 160 m at 80 m/min


def test_a_ride_within_the_area_is_wait_boarding_and_drive():
    context = context_of(service(policy="door-to-door", to_stops=()))
    found = minutes(context, [[3_750.0, 250.0], [3_750.0, 2_750.0]])
    assert found[cell_at(250, 250), 0] == pytest.approx(5 + 1 + drive_min((250, 250), (3_750, 250)), abs=1 / 60)
    without = minutes(context_of(), [[3_750.0, 2_750.0]])
    assert found[cell_at(250, 250), 1] <= without[cell_at(250, 250), 0]  # outside: only by stops within


def test_factor_and_offset_of_a_given_wait_count():
    context = context_of(service(policy="door-to-door", to_stops=(), duration_factor=2.0, duration_offset_s=120))
    found = minutes(context, [[3_750.0, 250.0]])[cell_at(250, 250), 0]
    assert found == pytest.approx(5 + 2 * (1 + drive_min((250, 250), (3_750, 250))) + 2, abs=1 / 60)


def test_people_walk_to_the_nearest_point():
    points = ((250.0, 410.0), (3_750.0, 250.0))
    context = context_of(service(policy="points", to_stops=(), points_xy=points))
    found = minutes(context, [[3_750.0, 250.0]])[cell_at(250, 250), 0]
    ride_s = np.ceil(60 * (5 + 1 + drive_min(points[0], points[1])) - 1e-6)
    assert found == pytest.approx(2 + ride_s / 60, abs=1e-4)
    fed = context_of(service(points_xy=points))
    rail = minutes(fed, [[MIDDLE, 3_000.0]])[cell_at(250, 250), 0]
    assert rail == pytest.approx(2 + np.ceil(60 * (6 + drive_min(points[0], (MIDDLE, 0))) - 1e-6) / 60 + 4, abs=1e-4)


@pytest.mark.parametrize(
    ("more", "place", "train_min"),
    [({"policy": "door-to-door", "to_stops": ()}, (MIDDLE, 250.0), 0), ({}, (MIDDLE, 3_000.0), 4)],
)
def test_rides_and_legs_follow_one_way_streets_and_the_cap_of_the_vehicle(more, place, train_min):
    far_end = [[MIDDLE, 3_000.0], [MIDDLE, 3_080.0]]  # streets of their own around the next station
    xy = np.array([[250.0, 250.0], [MIDDLE, 0.0 if train_min else 250.0], *far_end])
    length = np.array([3_500.0, 3_500.0, 80.0, 80.0])
    offsets, to = np.arange(5, dtype=np.int32), np.array([1, 0, 3, 2], np.int32)
    # 7 min at 30 km/h where others drive in 1 min; 20 min back
    streets = StreetNetwork(xy / 1e5, xy, offsets, to, length, length, np.array([60.0, 1_200.0, 60.0, 60.0]))
    context = context_of(service(**more), city=CITY.replace(streets=streets))
    for request, drive in ((None, 7), (homeward(context), 20)):
        found = minutes(context, [place], request=request)[cell_at(250, 250), 0]
        assert found == pytest.approx(5 + 1 + drive + train_min, abs=1 / 60)


def test_the_walk_to_a_point_and_back_differ_on_a_slope():
    xy = np.array([[250.0, 250.0], [250.0, 410.0], [3_750.0, 250.0]])
    there, back, far = 160.0, 320.0, 9_000.0  # level metres that take as long
    edges = np.array([there, far, back, far])
    slope = StreetNetwork(
        xy / 1e5, xy, np.array([0, 2, 3, 4], np.int32), np.array([1, 2, 0, 0], np.int32),
        np.array([160.0, far, 160.0, far]), edges, np.full(4, 60.0), True,
    )  # fmt: skip
    points = service(policy="points", to_stops=(), points_xy=((250.0, 410.0),))
    context = context_of(points, city=CITY.replace(streets=slope))
    run = run_one(context)
    for request, seconds in ((context.routing_request("standard"), 120), (homeward(context), 240)):
        ends = home_ends(context, run, request)
        assert ends.walk_s[ends.index.tolist().index(cell_at(250, 250))] == seconds


def test_the_station_itself_is_reached_by_the_feeder():
    found = minutes(context_of(service()), [[MIDDLE, 0.0]])[cell_at(250, 250), 0]
    assert found == pytest.approx(6 + drive_min((250, 250), (MIDDLE, 0)), abs=1 / 60)


# ---------------------------------------------------------------- who, when, where


def legs_of(context, walker="standard"):
    return find_rides(context, context.routing_request(walker)).legs


def test_who_walks_to_the_vehicle_leaves_before_its_hours_begin():
    context = context_of(
        service(points_xy=((250.0, 410.0),), start_s=36_000)
    )  # 2 min from the home, none from the stop
    for request, ahead in ((context.routing_request("standard"), 120), (homeward(context), 0)):
        legs = find_rides(context, request).legs
        cell = cell_at(250, 250)
        rows = slice(legs.offsets[cell], legs.offsets[cell + 1])
        assert set(legs.valid_from_s[rows].tolist()) == {36_000 - ahead}


def test_only_cells_of_the_area_get_legs():
    legs = legs_of(context_of(service()))
    inside = CITY.population.xy[:, 1] < 1_500
    assert np.array_equal(np.diff(legs.offsets) > 0, inside)
    assert set(legs.kind) == {1}
    assert set(CITY.timetable.stops.stop_id[legs.stop]) == {"J0"}


def test_a_service_for_older_people_carries_the_older_walker_only():
    context = context_of(service(from_age=65))
    assert legs_of(context) is None
    assert legs_of(context, "older") is not None
    assert legs_of(context_of(service(from_age=80)), "older") is None  # not everybody of 75 and more


@pytest.mark.parametrize(
    "idle",
    [
        {"days": 0b0100_0000},
        {"start_s": 20 * 3_600, "end_s": 22 * 3_600},
        {"start_s": 0, "end_s": 3_600},
        {"area_xy": shapely.box(-9_000, 0, -8_000, 1_000)},
        {"to_stops": ("gone",)},
        {"from_age": 90},
    ],
)
def test_a_service_out_of_reach_changes_nothing_and_costs_no_search(idle):
    reuse = Reuse()
    plain = context_of(reuse=reuse)
    before = minutes(plain, ANYWHERE)
    context = context_of(service(**idle), reuse=reuse)
    assert find_rides(context, context.routing_request("standard")).legs is None
    after = minutes(context, ANYWHERE)
    assert after.tobytes() == before.tobytes()


def test_nothing_new_is_searched_where_a_service_cannot_ride():
    reuse = Reuse()
    minutes(context_of(reuse=reuse), ANYWHERE)
    context = context_of(service(start_s=20 * 3_600, end_s=22 * 3_600), reuse=reuse)
    minutes(context, ANYWHERE)
    assert sum(note.n_computed for note in context.journal.notes() if note.kind == "travel") == 0


def test_a_change_that_touches_no_rider_finds_its_travel_times():
    reuse = Reuse()
    running = service(policy="door-to-door", to_stops=(), wait=FleetWait(1_800, 2.0))
    minutes(context_of(running, reuse=reuse), ANYWHERE)
    north = facilities_from_rows([("clinic-1", "clinic", (250.0, 250.0), ""), ("clinic-2", "clinic", (3750.0, 250.0), ""),
                                  ("clinic-3", "clinic", (250.0, 5750.0), "")])  # fmt: skip
    context = context_of(running, city=CITY.replace(facilities=north), reuse=reuse)
    minutes(context, ANYWHERE)
    notes = {(note.kind, note.name): note for note in context.journal.notes()}
    assert notes["on_demand", "asks"].n_computed == 1  # whether the new clinic lies in the area is looked at
    del notes["on_demand", "asks"]
    assert all(note.n_computed == 0 for (kind, _), note in notes.items() if kind in {"travel", "prepare", "on_demand"})


def test_other_residents_with_the_same_rides_search_no_journeys():
    from sim.ridership.parts import find_parts

    reuse, running = Reuse(), service(policy="door-to-door", to_stops=(), wait=FleetWait(1_800, 2.0))
    first = context_of(running, reuse=reuse)
    known = find_parts(first, "clinic")
    more = CITY.population.with_persons(CITY.population.persons * 2, CITY.population.year)
    city = first._city.replace(population=more)
    other = RunContext(city, Analysis(window=("10:00", "11:00"), n_draws=3), Params(), reuse, rides_of=first)
    assert find_parts(other, "clinic") is known
    own = RunContext(city, Analysis(window=("10:00", "11:00"), n_draws=3), Params(), reuse)
    assert find_parts(own, "clinic") is not known  # twice the riders wait otherwise


@pytest.mark.parametrize(("walker", "read"), [("standard", False), ("older", True)])
def test_only_the_older_walker_asks_from_which_age_one_is_older(walker, read):
    context = context_of(service())
    request = context.routing_request(walker)
    _, reads = context.watched(lambda: context.rides_for(request))
    assert ("param:older_from_age" in reads) == read


def test_days_follow_the_calendar():
    assert runs_on(WEEKDAYS, "2025-10-15")  # a Wednesday
    assert not runs_on(WEEKDAYS, "2025-10-18")
    assert not runs_on(WEEKDAYS, "2025-11-03")  # a Monday, Culture Day
    assert runs_on(0b1000_0000, "2025-11-03")
    assert [days_a_week(mask) for mask in (WEEKDAYS, EVERY_DAY, 0b1001_0101)] == [5, 7, 3]


CLOSING_S = 36_600
"""10:10, when the service of these tests ends [s]."""


@pytest.mark.parametrize("wait", [FixedWait(300), FleetWait(900, 1.5)])
@pytest.mark.parametrize("direction", ["arrive_by", "depart"])
def test_nobody_is_still_on_board_when_the_service_ends(wait, direction):
    context = context_of(service(end_s=CLOSING_S, wait=wait))
    legs = find_rides(context, replace(context.routing_request("standard"), direction=direction)).legs
    set_down_s = legs.valid_to_s - 1 + legs.seconds
    assert set_down_s.max() == CLOSING_S  # to the second, for those who leave last
    assert (legs.valid_from_s < legs.valid_to_s).all()


def test_the_last_ride_within_the_area_sets_down_as_the_service_ends():
    running = service(policy="door-to-door", to_stops=(), end_s=CLOSING_S)
    context = context_of(running, window=("10:30", "10:31"), departure_mode="random")
    home, away = [[250.0, 250.0]], [[3_750.0, 250.0]]
    ride_min = np.ceil(60 * (6 + drive_min(home[0], away[0])) - 1e-6) / 60
    found = minutes(context, away)[cell_at(250, 250), 0]
    assert found == pytest.approx(20 + ride_min, abs=1e-4)  # set down at 10:10, and the wait until 10:30
    back = replace(homeward(context), window_start_s=CLOSING_S - 600, window_end_s=CLOSING_S - 599)
    assert minutes(context, away, request=back)[cell_at(250, 250), 0] > ride_min + 5  # at 10:00 it is too late
    earlier = replace(back, window_start_s=CLOSING_S - 1_200, window_end_s=CLOSING_S - 1_199)
    assert minutes(context, away, request=earlier)[cell_at(250, 250), 0] == pytest.approx(ride_min, abs=1e-4)


def test_of_many_stops_only_the_nearest_get_legs():
    n = 6
    assert n < MOST_STOPS
    legs = legs_of(context_of(service(policy="door-to-door", to_stops=(), area_xy=shapely.box(0, 0, 4_000, 6_000))))
    used = np.zeros(CITY.timetable.n_stops, bool)
    used[CITY.timetable.routes_at_stop()[0]] = True
    per_cell = np.diff(legs.offsets)
    assert per_cell.min() == per_cell.max() == min(MOST_STOPS, used.sum())


# ---------------------------------------------------------------- never worse


@pytest.mark.parametrize("walker", ["standard", "older"])
@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"wait": FleetWait(900, 1.5)},
        {"policy": "door-to-door", "to_stops": (), "wait": FleetWait(1_800, 2.0)},
        {"policy": "points", "to_stops": (), "points_xy": ((250.0, 250.0), (2_250.0, 750.0))},
    ],
)
def test_a_service_never_makes_a_journey_longer(plan, walker):
    # Whoever leaves for the timetable may choose a later journey that takes longer; the clock itself never loses.
    before, after = (context_of(*found, departure_mode="random") for found in ((), (service(**plan),)))
    for ask in (lambda c: c.routing_request(walker), lambda c: replace(homeward(c), walker=walker)):
        ours, plain = minutes(after, ANYWHERE, walker, ask(after)), minutes(before, ANYWHERE, walker, ask(before))
        assert (ours <= plain).all()
        assert (ours < plain).any()


def test_a_second_service_is_never_worse_and_order_does_not_matter():
    one, two = service("one"), service("two", wait=FixedWait(60), area_xy=shapely.box(0, 0, 2_000, 3_000))
    sets = ((one,), (one, two), (two, one))
    alone, both, turned = (minutes(context_of(*found, departure_mode="random"), ANYWHERE) for found in sets)
    assert (both <= alone).all()
    assert both.tobytes() == turned.tobytes()


# ---------------------------------------------------------------- fleets


FLEET = {"wait": FleetWait(1_200, 2.0), "requests_per_day": 60.0, "policy": "door-to-door", "to_stops": ()}


def requests_of(run):
    return [day.requests for draw in run.draws for day in draw]


def run_one(context):
    (run,) = run_services(context)
    return run


def test_fleets_meet_the_same_requests():
    few, many = (run_one(context_of(service(**FLEET, fleet=OnDemandFleet(n, 4, 30.0)))) for n in (1, 4))
    assert all(
        np.array_equal(a.desired_s, b.desired_s) and np.array_equal(a.destination, b.destination)
        for a, b in zip(requests_of(few), requests_of(many), strict=True)
    )
    assert sum(map(len, requests_of(few))) > 0
    assert few.outcome.rejection_share > many.outcome.rejection_share
    assert (many.experience.wait_s <= few.experience.wait_s).mean() > 0.8


def test_draws_stand_for_luck_from_good_to_bad():
    experience = run_one(context_of(service(**FLEET), n_draws=5)).experience
    assert experience.wait_s.shape == (5, 12)
    assert (np.diff(np.where(np.isinf(experience.wait_s), 1e9, experience.wait_s), axis=0) >= 0).all()
    assert (experience.factor >= 1).all()


def test_who_is_refused_waits_for_ever():
    run = run_one(
        context_of(service(**FLEET | {"requests_per_day": 400.0}, fleet=OnDemandFleet(1, 4, 10.0)), n_draws=5)
    )
    share = run.outcome.rejection_share
    assert share > 0.3
    lost = np.isinf(run.experience.wait_s).mean(axis=1)
    assert lost[0] < 0.5 < lost[-1]


def test_hours_of_few_requests_take_the_whole_days():
    run = run_one(context_of(service(**FLEET), params=Params(on_demand_min_requests=1_000, on_demand_days=2)))
    assert (run.experience.wait_s == run.experience.wait_s[:, :1]).all()


def test_an_idle_fleet_comes_from_its_depot():
    run = run_one(context_of(service(**FLEET | {"requests_per_day": 0.0})))
    assert not sum(map(len, requests_of(run)))
    apart = np.hypot(*(run.ask.points_xy[run.ask.demand.home] - run.ask.points_xy[run.ask.rules.depot]).T)
    assert run.experience.wait_s == pytest.approx(np.full((3, 12), np.median(np.ceil(apart / (30 / 3.6)))))


def test_levels_are_values_that_occur():
    run = run_one(context_of(service(**FLEET)))
    waits = np.concatenate([(day.pickup_s - day.requests.desired_s)[day.served] for day in run.simulations])
    finite = run.experience.wait_s[np.isfinite(run.experience.wait_s)]
    assert np.isin(finite, waits).all()
    again = experience_of(run.draws, run.ask.rules, 0.0, 10)
    assert np.array_equal(again.wait_s, run.experience.wait_s)


def test_hours_of_operation_are_cut_at_whole_hours():
    start, end = hour_frames(7 * 3_600 + 1_800, 9 * 3_600)
    assert start.tolist() == [27_000, 28_800]
    assert end.tolist() == [28_800, 32_400]


def test_the_log_of_one_day_is_kept():
    run = run_one(context_of(service(**FLEET)))
    kept = [len(day.events) > 0 for day in run.simulations]
    assert kept[0]
    assert not any(kept[1:])


# ---------------------------------------------------------------- who asks


def ask_of(*services, city=CITY):
    return {ask.service_id: ask for ask in service_asks(context_of(*services, city=city))}


def test_people_turn_to_the_first_service_or_share_equal_ones():
    alone = ask_of(service("a"))["a"].demand.persons.sum()
    equal = ask_of(service("a"), service("b"))
    assert equal["a"].demand.persons.sum() == equal["b"].demand.persons.sum() == pytest.approx(alone / 2)
    ranked = ask_of(service("a", priority=1), service("b"))
    assert ranked["b"].demand.persons.sum() == alone
    assert len(ranked["a"].demand.cell) == 0


def test_ages_are_cut_at_the_youngest_that_may_ride():
    everybody, older = (ask_of(service("a", from_age=age))["a"].demand.persons.sum(axis=0) for age in (0, 65))
    cells = 8 * 3
    assert everybody.tolist() == [70 * cells, 20 * cells, 10 * cells]
    assert older.tolist() == [0, 20 * cells, 10 * cells]


def test_a_service_for_older_people_takes_no_younger_ones_from_another():
    found = ask_of(service("a"), service("older", from_age=65))
    alone = ask_of(service("a"))["a"].demand.persons.sum(axis=0)
    assert found["a"].demand.persons.sum(axis=0).tolist() == [alone[0], alone[1] / 2, alone[2] / 2]
    assert found["older"].demand.persons.sum(axis=0).tolist() == [0, alone[1] / 2, alone[2] / 2]
    first = ask_of(service("a", priority=1), service("older", from_age=75))
    assert first["a"].demand.persons.sum(axis=0).tolist() == [alone[0], alone[1], 0]
    within = ask_of(service("a", priority=1), service("older", from_age=70))  # half of those from 65 to 74
    assert within["a"].demand.persons.sum(axis=0) == pytest.approx([alone[0], alone[1] / 2, 0])


def test_services_share_people_only_on_days_on_which_both_run():
    found = ask_of(service("a"), service("b", days=0b0000_0101))  # Monday to Friday; Monday, Wednesday
    alone = ask_of(service("a"))["a"].demand.persons.sum()
    assert found["a"].demand.persons.sum() == pytest.approx(alone * (3 + 2 / 2) / 5)
    assert found["b"].demand.persons.sum() == pytest.approx(alone / 2)
    apart = ask_of(service("a"), service("b", days=0b0110_0000))
    assert apart["a"].demand.persons.sum() == apart["b"].demand.persons.sum() == alone


def test_nobody_is_counted_who_is_younger_than_any_band_tells():
    assert len(ask_of(service("a", from_age=90))["a"].demand.cell) == 0  # the last band begins at 75


def test_a_feeder_takes_everybody_to_the_nearest_of_its_stops():
    ask = ask_of(service("a", to_stops=("J0", "J1"), area_xy=shapely.box(0, 0, 4_000, 3_000)))["a"]
    south = ask.points_xy[ask.demand.home][:, 1] < 1_500
    assert ask.demand.weight[south].tolist() == [[1.0, 0.0]] * south.sum()
    assert ask.demand.weight[~south].tolist() == [[0.0, 1.0]] * (~south).sum()


def test_what_a_plan_says_is_what_its_days_are_asked_with():
    fleet = OnDemandFleet(2, 6, 30.0, boarding_s=45, depot_xy=(250.0, 250.0))
    said = {"business": "乗用", "no_show_share": 0.1, "min_lead_s": 1_800, "requests_per_day": 40.0, "egress": False}
    ask = ask_of(service(**FLEET | said, fleet=fleet))["s"]
    rules, demand = ask.rules, ask.demand
    assert (rules.n_vehicles, rules.seats, rules.boarding_s, rules.max_wait_s) == (2, 6, 45, 1_200)
    assert (rules.max_detour_factor, rules.ride_allowance_s, rules.sharing) == (2.0, 600, False)
    assert ask.points_xy[rules.depot].tolist() == [250.0, 250.0]
    assert (demand.no_show_share, demand.min_lead_s, demand.requests_per_day, demand.homeward) == (
        0.1,
        1_800,
        40.0,
        False,
    )
    assert ask_of(service(**FLEET))["s"].rules.sharing


def test_other_streets_are_other_days_of_service():
    reuse = Reuse()
    near, far = (
        run_one(context_of(service(**FLEET), city=CITY.replace(streets=DetourPlane(1.0, detour)), reuse=reuse))
        for detour in (1.0, 2.0)
    )
    assert far.outcome.vehicle_km_per_day > near.outcome.vehicle_km_per_day
    assert far.outcome.rejection_share > near.outcome.rejection_share


def test_drives_are_as_long_as_their_time_at_running_speed():
    seconds, metres = drive_tables(DetourPlane(1.0, 1.4), np.array([[0.0, 0.0], [1_000.0, 0.0]]), 30.0)
    assert seconds[0, 1] == 168  # 1.4 km at 30 km/h
    assert metres[0, 1] == pytest.approx(1_400.0)


def test_autonomous_operation_caps_speed_and_keeps_to_the_weather():
    def operation(fallback):
        return AutonomousOperation(
            "auto", "hypothetical", (), "s", 12.0, 0.0, 0.5, "remote", seats=2, fallback=fallback
        )

    city = CITY.replace(autonomous=(operation("none"),))
    run = run_one(context_of(service(**FLEET), city=city))
    assert run.ask.speed_kmh == 12.0
    assert run.ask.rules.seats == 2
    running = len(run.simulations) / sum(map(len, run.draws))
    assert running == pytest.approx(0.5, abs=0.2)
    assert np.isinf(run.experience.wait_s[-1]).all()  # the worst third meets days without service
    driven = run_one(context_of(service(**FLEET), city=CITY.replace(autonomous=(operation("driver"),))))
    assert len(driven.simulations) == sum(map(len, driven.draws))


# ---------------------------------------------------------------- hubs and entrances


def hub(**more):
    whole = {"radius_m": 400.0, "min_transfer_time_s": 60} | more
    return Hub("h", Text("拠点", "hub"), (0.0, 0.0), (MIDDLE, 3_000.0), **whole)


def changes(city):
    context = context_of(city=city)
    feet = build_footpaths(context.city, context.routing_request("standard"))
    starts = np.repeat(np.arange(len(feet.change_s)), np.diff(feet.offsets))
    ids = city.timetable.stops.stop_id
    return {(ids[a], ids[b]): s for a, b, s in zip(starts, feet.to, feet.seconds, strict=True)}, feet.change_s


def test_a_hub_caps_changes_and_never_makes_them_longer():
    before, _ = changes(CITY)
    near = {pair for pair in before if "J1" in pair}
    assert near
    after, _ = changes(CITY.replace(hubs=(hub(),)))
    assert set(before) <= set(after)
    assert all(after[pair] == min(before[pair], 60) for pair in near)
    assert changes(CITY.replace(hubs=(hub(min_transfer_time_s=0),)))[0] == before
    assert changes(CITY.replace(hubs=(hub(min_transfer_time_s=5_000),)))[0] == before


def test_a_hub_opens_changes_that_are_too_far_to_walk():
    far = hub(stop_ids=("J0", "J1"))
    after, change_s = changes(CITY.replace(hubs=(far,)))
    assert after["J0", "J1"] == after["J1", "J0"] == 60
    assert ("J0", "J1") not in changes(CITY)[0]
    assert (change_s == 0).all()


TWO_LINES = """
stop A 250 250
stop B 2250 250
stop C 2250 410
stop D 3750 410
trip ONE A 10:00 B 10:10
trip TWO C 10:11 D 10:20
trip TWO C 10:31 D 10:40
"""


def test_a_hub_catches_the_vehicle_that_the_walk_misses():
    city = CITY.replace(timetable=timetable_from_text(TWO_LINES))
    at = Hub("h", Text("拠点", "hub"), (0.0, 0.0), (2_250.0, 250.0), 200.0, (), 60)
    home, target = cell_at(250, 250), [[3_750.0, 410.0]]
    found = {}
    for hubs in ((), (at,), (replace(at, min_transfer_time_s=61),), (replace(at, radius_m=150.0),)):
        params = Params(max_direct_walk_min=10, max_access_min=10)
        context = context_of(city=city.replace(hubs=hubs), params=params, window=("10:40", "11:00"))
        found[hubs] = minutes(context, target)[home, 0]
    missed, caught, late, small = found.values()
    assert missed == late == small == 40.0  # 160 m on foot are 2 min: the vehicle of 10:31
    assert caught == 20.0


def entrance(x, y, inside_s):
    return Entrance("e", "J0", Text("東口", "east gate"), (0.0, 0.0), (x, y), inside_s)


def test_an_entrance_shortens_the_walk_exactly():
    at = cell_at(2_750, 250)
    xy = [[MIDDLE, 3_000.0]]
    plain = minutes(context_of(), xy)[at, 0]
    opened = CITY.replace(entrances=(entrance(2_750.0, 250.0, 120),))
    found = minutes(context_of(city=opened), xy)[at, 0]
    assert found == pytest.approx(2 + 4, abs=1e-4)  # 2 min within the station, 4 on the train
    assert plain == pytest.approx(np.hypot(750, 250) / 80 + 4, abs=1 / 60)
    context = context_of(city=opened)
    assert minutes(context, xy, request=homeward(context))[at, 0] == pytest.approx(6, abs=1e-4)
    ours, before = (minutes(context_of(city=c, departure_mode="random"), ANYWHERE) for c in (opened, CITY))
    assert (ours <= before).all()


@pytest.mark.parametrize(("setting", "min_inside", "radius_m"), [("walk-10min", 5, 400.0), ("time-15min", 5, 800.0)])
def test_an_entrance_of_a_station_widens_the_catchment_on_foot(setting, min_inside, radius_m):
    def persons(*entrances):
        context = context_of(city=CITY.replace(entrances=entrances), departure_mode="random")
        measures = {m.setting: m for m in MEASURES["catchment_population"](context)}
        return measures[setting].standard

    door = entrance(500.0, 1_500.0, 60 * min_inside)  # more than 1.2 km from either station
    added = persons(door) - persons()
    assert (added >= 0).all()
    if setting == "walk-10min":
        assert added.sum() == pytest.approx(np.pi * radius_m**2 / 250_000)
    near = np.hypot(*(CITY.population.xy - door.xy).T) <= radius_m
    assert (persons(door)[near] > 0).all()
    assert not persons(replace(door, stop_id="gone"))[near].all()
    assert np.array_equal(persons(replace(door, inside_s=3_600)), persons())


def test_a_change_through_entrances_takes_the_way_inside_at_both_ends():
    ids = CITY.timetable.stops.stop_id.tolist()
    doors = entrance(500.0, 1_500.0, 120), replace(entrance(500.0, 1_500.0, 180), entrance_id="f", stop_id="J1")
    walks = walks_between_stops(CITY.replace(entrances=doors), max_s=600, speed_m_min=80.0)
    seconds = {(int(a), int(b)): int(s) for a, b, s in zip(walks.origin, walks.target, walks.seconds, strict=True)}
    assert seconds[ids.index("J0"), ids.index("J1")] == seconds[ids.index("J1"), ids.index("J0")] == 120 + 180
    just = walks_between_stops(CITY.replace(entrances=doors), max_s=300, speed_m_min=80.0)
    assert 300 in just.seconds[just.offsets[ids.index("J0")] : just.offsets[ids.index("J0") + 1]]


def test_changes_of_hubs_and_of_named_stops():
    ids = CITY.timetable.stops.stop_id.tolist()
    a, b = ids.index("J0"), ids.index("J1")
    named = hub(radius_m=0.0, stop_ids=("J0", "J1"))
    changes = hub_changes(CITY.replace(hubs=(named, replace(named, min_transfer_time_s=90))))
    assert changes == {(a, a): 60, (a, b): 60, (b, a): 60, (b, b): 60}  # the shorter of two
    assert hub_changes(CITY.replace(hubs=(replace(named, role="transfer"),))) == {(a, b): 60, (b, a): 60}
    assert hub_changes(CITY.replace(hubs=(replace(named, role="transfer", stop_ids=("J0",)),))) == {(a, a): 60}


def test_an_entrance_farther_inside_than_it_saves_changes_nothing():
    far = CITY.replace(entrances=(entrance(2_250.0, 250.0, 3_000),))
    assert minutes(context_of(city=far), ANYWHERE).tobytes() == minutes(context_of(), ANYWHERE).tobytes()
    unknown = CITY.replace(entrances=(replace(entrance(2_250.0, 250.0, 0), stop_id="gone"),))
    assert minutes(context_of(city=unknown), ANYWHERE).tobytes() == minutes(context_of(), ANYWHERE).tobytes()


# ---------------------------------------------------------------- mended, not asked anew

NORTH = shapely.box(0, 4_500, 4_000, 6_000)


def ways_of(context):
    """Return all that is asked of travel times, by every kind of question."""
    there = context.routing_request("standard")
    home = replace(there, direction="depart", departure_mode="random", percentiles=(25,))
    places = np.array(ANYWHERE)
    return [
        context.travel_minutes("standard", places),
        context.travel_minutes("older", places),
        context.travel_minutes("standard", places, replace(there, direction="depart")),
        context.first_arrivals(replace(home, direction="arrive_by"), places),
        context.last_departures(home, places),
    ]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({"wait": FixedWait(300)}, {"wait": FixedWait(900)}),
        (
            {"wait": FleetWait(1_800, 2.0)},
            {"wait": FleetWait(1_800, 2.0), "fleet": OnDemandFleet(2, 4, 30.0, boarding_s=60)},
        ),
        ({"egress": True}, {"egress": False}),
        ({"policy": "feeder"}, {"policy": "door-to-door"}),
    ],
)
def test_where_one_service_changes_only_homes_in_its_area_are_asked_again(was, now, monkeypatch):
    other = service("n", area_xy=NORTH, to_stops=("J2",), wait=FixedWait(240))
    memory, rows = Reuse(), []
    ways_of(context_of(service(**was), other, reuse=memory))
    asked = RunContext._columns_of
    monkeypatch.setattr(
        RunContext,
        "_columns_of",
        lambda self, points, cells, *rest: rows.append(cells) or asked(self, points, cells, *rest),
    )
    mended = ways_of(context_of(service(**now), other, reuse=memory))
    inside = {n for n, (_, y) in enumerate(CITY.population.xy) if y < 1_500}
    of_some = [cells for cells in rows if cells is not None]
    assert of_some
    assert all(inside.issuperset(cells.tolist()) for cells in of_some)
    for ours, theirs in zip(mended, ways_of(context_of(service(**now), other)), strict=True):
        assert np.array_equal(ours, theirs)
    for ours, theirs in zip(mended, ways_of(context_of(service(**was), other)), strict=True):
        assert np.array_equal(ours[list(set(range(len(ours))) - inside)], theirs[list(set(range(len(ours))) - inside)])


def test_a_further_place_beside_mended_ones_is_asked_for_everybody():
    memory = Reuse()
    minutes(context_of(service(), reuse=memory), ANYWHERE)
    slower = context_of(service(wait=FixedWait(900)), reuse=memory)
    more = [*ANYWHERE, [1_250.0, 1_250.0]]
    assert np.array_equal(minutes(slower, more), minutes(context_of(service(wait=FixedWait(900))), more))
