"""On-demand services on the grid city: both spellings, every refusal at its line, the base left alone."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.boundaries import Zone
from geodata.errors import ScenarioError, Text
from geodata.on_demand import FixedWait, FleetWait
from geodata.synthetic import grid_city
from geodata.synthetic.text_feed import flat_lonlat
from scenarios.apply import apply_scenario
from scenarios.files import parse_scenario, scenario_text
from scenarios.schema import Scenario

SHORT_FORM = "{model: fleet, vehicles: 1, capacity: 2, max_wait_min: 9, max_detour_factor: 2}"
BY_THE_MONTH = {"pass_yen_month": "2000"}
HILL = shapely.box(0, 0, 1000, 1000)  # four cells, 400 persons


@pytest.fixture(scope="module")
def town():
    zone = Zone("hill", "user", Text("山の手", "Hillside"), shapely.transform(HILL, flat_lonlat), HILL)
    return grid_city().replace(zones=(zone,))


def service(fleet="{vehicles: 2, seats: 4, speed_kmh: 20}", **keys):
    """Return the YAML of a service, keys replaced, or left out where None."""
    written = {
        "name": "{ja: 山の手号, en: Hill bus}",
        "zones": "[hill]",
        "to": "anywhere",
        "window": '{start: "08:00", end: "18:00"}',
        "fleet": fleet,
        "wait": "{model: fleet, max_wait_min: 30, max_detour_factor: 1.8}",
    } | keys
    lines = [f"  {key}: {value}" for key, value in written.items() if value is not None]
    return "\n".join(["- id: bus", "  type: add-on-demand", *lines])


@pytest.fixture
def change(town, make):
    return lambda text, **keys: apply_scenario(town, make(text, **keys))


@pytest.fixture
def problems(town, make):
    def check(text):
        with pytest.raises(ScenarioError) as found:
            apply_scenario(town, make(text))
        return list(found.value.problems)

    return check


def line_of(text, key):
    """Return the line of a key of the service in the file of the test."""
    return 8 + next(n for n, line in enumerate(text.splitlines()) if line.strip().startswith(f"{key}:"))


def square(x, y, size):
    ring = flat_lonlat(np.array([[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]))
    return [[round(float(a), 7), round(float(b), 7)] for a, b in ring]


# ---------------------------------------------------------------- what is made


def test_a_service_from_door_to_door(change, town):
    applied = change(
        service(
            days="[mon, sat]",
            booking="{min_lead_min: 60, channel: both}",
            fare_yen="300",
            **BY_THE_MONTH,
            from_age="65",
            business="自家用有償",
            no_show_share="0.05",
            requests_per_day="40",
        )
    )
    (made,) = applied.city.on_demand
    plan = made.plan
    assert plan is not None
    assert plan.area_xy.equals(HILL)
    assert (plan.policy, plan.days, plan.start_s, plan.end_s) == ("door-to-door", 0b10_0001, 28_800, 64_800)
    assert (plan.fleet.n_vehicles, plan.fleet.seats, plan.fleet.speed_kmh) == (2, 4, 20.0)
    assert plan.wait == FleetWait(1_800, 1.8)
    assert (plan.min_lead_s, plan.channel, plan.from_age, plan.business) == (3_600, "both", 65, "自家用有償")
    assert (made.days, made.n_vehicles, made.status, made.plan_status) == ((0, 5), 2, "assumed", "hypothetical")
    assert made.booking == "電話・アプリ・60 分前まで"
    assert made.fare == Text("1回300円、月2,000円", "300 yen a ride, 2,000 yen a month")
    assert town.on_demand == ()
    assert applied.city.status_of("on_demand") == "assumed"
    assert applied.city.timetable is town.timetable


def test_what_is_asked_and_how_rides_go_reach_the_plan(change):
    written = {
        "fleet": "{vehicles: 2, seats: 4, speed_kmh: 20, boarding_s: 45}",
        "no_show_share": "0.05",
        "requests_per_day": "40",
        "duration_factor": "1.4",
        "duration_offset_min": "2.5",
        "egress": "false",
        "priority": "3",
    }
    plan = change(service(**written)).city.on_demand[0].plan
    assert (plan.fleet.boarding_s, plan.no_show_share, plan.requests_per_day) == (45, 0.05, 40)
    assert (plan.duration_factor, plan.duration_offset_s, plan.egress, plan.priority) == (1.4, 150, False, 3)


def test_the_short_form_of_the_wait_says_the_fleet(change):
    text = service(
        fleet=None,
        wait="{model: fleet, vehicles: 3, capacity: 8, max_wait_min: 20, max_detour_factor: 2}",
        street_speed_scale="0.5",
    )
    fleet = change(text).city.on_demand[0].plan.fleet
    assert (fleet.n_vehicles, fleet.seats, fleet.speed_kmh) == (3, 8, 15.0)  # half of 30 km/h off the peak
    faster = change(text, parameters="{car_offpeak_kmh: 36}").city.on_demand[0].plan.fleet
    assert faster.speed_kmh == 18.0


def test_a_given_wait_needs_no_fleet(change):
    made = change(service(fleet=None, wait="{model: fixed, wait_min: 10}")).city.on_demand[0]
    assert made.plan.wait == FixedWait(600)
    assert (made.n_vehicles, made.seats, made.plan.fleet.n_vehicles) == (None, None, 0)


@pytest.mark.parametrize(
    ("zones", "area_m2"),
    [
        ("[hill]", 1e6),
        ("山の手", 1e6),
        ("{ids: [Hillside]}", 1e6),
        ("{districts: [west]}", 2000 * 6000),
        (f"{{polygon: {square(0, 0, 1500)}}}", 2.25e6),
        (f"[{{type: Polygon, coordinates: [{square(0, 0, 1500)}]}}]", 2.25e6),
        (f"{{type: MultiPolygon, coordinates: [[{square(0, 0, 500)}], [{square(1000, 0, 500)}]]}}", 5e5),
        (f"[hill, {{type: Polygon, coordinates: [{square(500, 0, 1000)}]}}]", 1.5e6),
        (f"[{{type: Polygon, coordinates: [{square(0, 0, 2000)}, {square(500, 500, 1000)}]}}]", 3e6),
    ],
)
def test_ways_to_say_an_area(change, zones, area_m2):
    assert change(service(zones=zones)).city.on_demand[0].plan.area_xy.area == pytest.approx(area_m2, rel=1e-4)


def test_a_circle(change):
    lon, lat = flat_lonlat(np.array([[1000.0, 1000.0]]))[0]
    plan = change(service(zones=f"{{location: {{lat: {lat}, lon: {lon}}}, radius_m: 800}}")).city.on_demand[0].plan
    assert plan.area_xy.area == pytest.approx(np.pi * 800**2, rel=0.01)
    assert plan.area_xy.centroid.coords[0] == pytest.approx((1000, 1000), abs=0.5)


def test_a_feeder_finds_the_hub_of_the_same_file_whatever_the_order(town, make):
    hub = "- {id: z-hub, type: add-hub, name: {ja: 駅ハブ, en: Station hub}, at_stop: J1, radius_m: 60}"
    feeder = service(to="[駅ハブ, K0, z-hub]")
    one, other = (apply_scenario(town, make(text)).city for text in (f"{hub}\n{feeder}", f"{feeder}\n{hub}"))
    plan = one.on_demand[0].plan
    assert (plan.policy, plan.to_stops) == ("feeder", ("J1", "B2", "K0"))
    assert one.digest == other.digest


def test_points_make_a_service_between_them(change):
    lon, lat = flat_lonlat(np.array([[300.0, 300.0]]))[0]
    plan = change(service(points=f"[{{lat: {lat}, lon: {lon}}}]")).city.on_demand[0].plan
    assert plan.policy == "points"
    assert np.allclose(plan.points_xy, [[300, 300]], atol=0.1)


def test_round_trip_through_yaml(town, make):
    texts = (
        service(),
        service(zones=f"[hill, {{type: Polygon, coordinates: [{square(0, 0, 1500)}]}}]", to="[J1]"),
        "- {id: h, type: add-hub, name: N, at_stop: J1}",
        "- {id: a, type: adjust-on-demand, services: [bus], fleet: {vehicles: 3}}",
        "- {id: e, type: add-entrance, at_stop: J1, name: N, location: {lat: 36.6, lon: 140.6}, inside_min: 1}",
        "- {id: o, type: autonomous, routes: [BRT], max_speed_kmh: 40, domain: {from_stop: B0, to_stop: B2}}",
        "- {id: t, type: transfer, at_stop: J1, min_transfer_time_min: 3}",
    )
    for text in texts:
        first = make(text)
        again = parse_scenario(scenario_text(first))
        assert again.digest == first.digest
        assert again.modifications == first.modifications


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("keys", "code", "field", "told"),
    [
        ({"zones": f"{{polygon: {square(9000, 0, 1500)}}}"}, "empty_area", "zones", "6.0 km"),
        ({"zones": f"{{polygon: {square(100, 100, 50)}}}"}, "empty_area", "zones", "0.2 km"),
        ({"zones": "[hil]"}, "unknown_zone", "zones[0]", "hill"),
        ({"zones": "[west]"}, "unknown_zone", "zones[0]", "districts: [west]"),
        ({"zones": "{districts: [north]}"}, "unknown_district", "zones.districts[0]", "north"),
        ({"zones": "[]"}, "too_short", "zones", ""),
        ({"zones": "{}"}, "area", "zones", ""),
        ({"zones": "{radius_m: 300}"}, "circle", "zones", ""),
        ({"zones": "{polygon: [[0, 0], [1, 0], [0, 1]]}"}, "far_away", "zones.polygon", ""),
        ({"to": "[駅12]"}, "unknown_hub", "to[0]", "駅1"),
        ({"to": "[anywhere, J1]"}, "to", "to", ""),
        ({"to": "[J1]", "policy": "door-to-door"}, "policy", "policy", "feeder"),
        ({"policy": "feeder"}, "policy", "policy", "anywhere"),
        ({"policy": "points"}, "points", "policy", ""),
        ({"fleet": "{vehicles: 0, seats: 4}"}, "no_vehicles", "fleet.vehicles", "0 台"),
        ({"fleet": "{vehicles: 2, seats: 0}"}, "no_seats", "fleet.seats", "席が 0"),
        ({"fleet": None}, "no_fleet", "", ""),
        (
            {"wait": "{model: fleet, vehicles: 0, capacity: 4, max_wait_min: 9, max_detour_factor: 2}", "fleet": None},
            "no_vehicles",
            "wait.vehicles",
            "0 台",
        ),
        (
            {"wait": "{model: fleet, vehicles: 2, capacity: 4, max_wait_min: 9, max_detour_factor: 2}"},
            "fleet_twice",
            "wait",
            "",
        ),
        ({"wait": "{model: fleet}"}, "wait", "wait", "max_wait_min"),
        ({"wait": "{model: fixed, wait_min: 5, max_wait_min: 9}"}, "wait", "wait.max_wait_min", "fixed"),
        ({"window": '{start: "18:00", end: "08:00"}'}, "window", "window", "18:00"),
        ({"window": '{start: "08:00", end: "08:00"}'}, "window", "window", "08:00"),
        ({"window": '{start: "08:00", end: "29:30"}'}, "time_range", "window.end", "29:00"),
        ({"street_speed_scale": "0.5"}, "speed_twice", "street_speed_scale", ""),
        ({"no_show_share": "1.0"}, "out_of_range", "no_show_share", ""),
        ({"business": "白タク"}, "not_allowed", "business", "乗合"),
        ({"flet": "2"}, "unknown_key", "flet", "fleet"),
    ],
)
def test_refusals_stand_at_their_line(problems, keys, code, field, told):
    text = service(**keys)
    (problem,) = problems(text)
    assert problem.code == f"scenario.{code}"
    top = field.partition(".")[0].partition("[")[0]
    line = line_of(text, top) if top else 8
    assert problem.where == f"example.yaml:{line} modifications[0]{'.' if field else ''}{field}"
    assert told in problem.message.ja + problem.hint.ja
    assert problem.message.ja
    assert problem.message.en


def test_a_hub_without_stops_feeds_nothing(problems, town, make):
    from geodata.hubs import Hub

    bare = town.replace(hubs=(Hub("bare", Text("空", "Bare"), (140.6, 36.6), (500.0, 500.0), 10.0),))
    text = service(to="[bare]")
    with pytest.raises(ScenarioError) as found:
        apply_scenario(bare, make(text))
    assert [p.code for p in found.value.problems] == ["scenario.nothing_fed"]


def test_nobody_of_the_age(make, town):
    people = town.population
    persons = people.persons.copy()
    persons[:, 3] = 0
    young = town.replace(population=people.with_persons(persons))
    with pytest.raises(ScenarioError) as found:
        apply_scenario(young, make(service(from_age="75")))
    assert [p.code for p in found.value.problems] == ["scenario.nobody_may_ride"]


# ---------------------------------------------------------------- what is told


def test_overlapping_services_of_one_priority_are_told(change, town, make):
    second = service().replace("id: bus", "id: bus-2")
    (told,) = change(f"{service()}\n{second}").problems
    assert told.code == "scenario.overlapping_areas"
    assert told.where.startswith("example.yaml:16 modifications[1]")
    assert "400 人" in told.message.ja
    assert "400 people" in told.message.en
    for other in ("priority: 1", "days: [sat]\n  priority: 0", "zones: {districts: [east]}"):
        apart = "\n".join(line for line in second.splitlines() if not line.strip().startswith(other.split(":")[0]))
        assert change(f"{service()}\n{apart}\n  {other}").problems == ()


def test_a_fed_stop_far_from_the_area_is_told_with_its_distance(make):
    town = grid_city(n_y=30)
    text = service(zones="{districts: [west]}", to="[far, J0]").replace("to: [far", "to: [駅5")
    zones = f"{{polygon: {square(0, 0, 1500)}}}"
    (told,) = apply_scenario(town, make(text.replace("{districts: [west]}", zones))).problems
    assert told.code == "scenario.fed_stop_far_away"
    assert told.where.endswith("modifications[0].to[0]")
    stops = town.timetable.stops
    away = np.hypot(*(town.population.xy[(town.population.xy < 1500).all(axis=1)] - stops.xy[stops.name == "駅5"]).T)
    assert f"平均 {away.mean() / 1000:.1f} km" in told.message.ja
    # From the middle of the area, (750, 750), along the detour of the plane at 20 km/h.
    drive_m = town.streets.car_detour * np.hypot(*(stops.xy[stops.name == "駅5"][0] - 750))
    assert f"約 {np.ceil(drive_m / (20 / 3.6)) / 60:.0f} 分" in told.message.ja


def test_a_fed_stop_out_of_reach_within_the_hours_is_told(make):
    town = grid_city(n_y=12)
    text = service(zones="{districts: [west]}", to="[駅2]", fleet="{vehicles: 1, seats: 4, speed_kmh: 5}")
    long, short = (text.replace('"18:00"', end) for end in ('"18:00"', '"08:30"'))
    assert apply_scenario(town, make(long)).problems == ()
    (told,) = apply_scenario(town, make(short)).problems
    assert told.code == "scenario.fed_stop_far_away"
    assert "min by car one way" in told.message.en


def test_places_outside_the_area_are_told(change):
    lon, lat = flat_lonlat(np.array([[3500.0, 500.0]]))[0]
    applied = change(service(points=f"[{{lat: {lat}, lon: {lon}}}]"))
    assert [(p.code, p.where.split()[-1]) for p in applied.problems] == [
        ("scenario.outside_area", "modifications[0].points[0]")
    ]
    assert "2.5 km" in applied.problems[0].message.en


# ---------------------------------------------------------------- adjust and remove


@pytest.fixture(scope="module")
def served(town, make):
    return apply_scenario(town, make(service(days="[weekday]"))).city


def test_an_adjusted_service_keeps_what_is_not_named(served, make):
    text = """
        - id: more
          type: adjust-on-demand
          services: [山の手号]
          fleet: {vehicles: 4, attendant: remote}
          window: {start: "07:00", end: "24:30"}
          wait: {model: fixed, wait_min: 5}
          requests_per_day: 25
    """
    old, new = served.on_demand[0], apply_scenario(served, make(text)).city.on_demand[0]
    assert (new.plan.fleet.n_vehicles, new.plan.fleet.attendant, new.plan.fleet.seats) == (4, "remote", 4)
    assert (new.n_vehicles, new.start_s, new.end_s, new.plan.requests_per_day) == (4, 25_200, 88_200, 25)
    assert new.plan.wait == FixedWait(300)
    assert (new.plan.area_xy, new.plan.days, new.name, new.fare) == (
        old.plan.area_xy,
        old.plan.days,
        old.name,
        old.fare,
    )
    assert served.on_demand[0] is old


def test_removed_services_are_gone(served, make):
    applied = apply_scenario(served, make("- {id: r, type: remove-on-demand, services: [bus]}"))
    assert applied.city.on_demand == ()
    assert applied.changes[0].layer == "on_demand"


def test_an_added_service_may_be_adjusted_by_a_child(town, make):
    text = service() + "\n- {id: a, type: adjust-on-demand, services: [bus], fleet: {vehicles: 5}}"
    assert apply_scenario(town, make(text)).city.on_demand[0].n_vehicles == 5


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("type: remove-on-demand, services: [bass]", "unknown_on_demand", ".services[0]"),
        ("type: adjust-on-demand, services: [bass], priority: 1", "unknown_on_demand", ".services[0]"),
        ("type: adjust-on-demand, services: [bus]", "adjust_how", ""),
        ("type: adjust-on-demand, services: [bus], priority: 0", "no_effect", ""),
        ("type: adjust-on-demand, services: [bus], fleet: {vehicles: 0}", "no_vehicles", ".fleet.vehicles"),
        (
            f"type: adjust-on-demand, services: [bus], wait: {SHORT_FORM}",
            "fleet_twice",
            ".wait",
        ),
    ],
)
def test_bad_changes(served, make, text, code, field):
    with pytest.raises(ScenarioError) as found:
        apply_scenario(served, make(f"- {{id: x, {text}}}"))
    (problem,) = found.value.problems
    assert (problem.code, problem.where) == (f"scenario.{code}", f"example.yaml:8 modifications[0]{field}")


def test_a_fleet_that_nobody_knows_cannot_make_a_wait(town, make):
    given = apply_scenario(town, make(service(fleet=None, wait="{model: fixed, wait_min: 10}"))).city
    change = "type: adjust-on-demand, services: [bus], wait: {model: fleet, max_wait_min: 9, max_detour_factor: 2}"
    with pytest.raises(ScenarioError) as found:
        apply_scenario(given, make(f"- {{id: x, {change}}}"))
    assert [p.code for p in found.value.problems] == ["scenario.no_fleet"]
    both = f"{change}, fleet: {{vehicles: 2, seats: 4}}"
    assert apply_scenario(given, make(f"- {{id: x, {both}}}")).city.on_demand[0].plan.wait == FleetWait(540, 2.0)


def test_every_new_type_may_be_replaced_by_a_child(tmp_path, town):
    head = "schema: ekisei-scenario/1\nid: {}\ntitle: {{ja: 例, en: E}}\ndescription: {{ja: 例, en: E}}\nyear: 2023\n"
    head += "plan_status: hypothetical\n"
    parent = head.format("parent") + "modifications:\n" + "\n".join(f"  {x}" for x in service().splitlines())
    (tmp_path / "parent.yaml").write_text(parent, encoding="utf-8")
    child = head.format("child") + "extends: parent\nmodifications:\n"
    child += (
        "\n".join(f"  {x}" for x in service(fleet="{vehicles: 7, seats: 9}").splitlines()) + "\n    override: true\n"
    )
    (tmp_path / "child.yaml").write_text(child, encoding="utf-8")
    from scenarios.files import read_scenario

    merged: Scenario = read_scenario(tmp_path / "child.yaml")
    assert len(merged.modifications) == 1
    assert apply_scenario(town, merged).city.on_demand[0].n_vehicles == 7
