"""Hubs, entrances and transfers on the grid city: what is made, what is refused, and where it is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.errors import ScenarioError
from geodata.hubs import stops_of_hub
from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.text_feed import flat_lonlat
from scenarios.apply import apply_scenario
from sim.routing.footpaths import build_footpaths
from sim.routing.types import RoutingRequest

# The middle station J1 stands at (2000, 3000), the BRT stop B2 50 m north of it.

REQUEST = RoutingRequest("2025-10-15", 36_000, 43_200)


def at(x, y):
    lon, lat = flat_lonlat(np.array([[x, y]]))[0]
    return f"{{lat: {lat:.7f}, lon: {lon:.7f}}}"


@pytest.fixture(scope="module")
def town():
    return grid_city()


@pytest.fixture
def change(town, make):
    return lambda text, **keys: apply_scenario(town, make(text, **keys))


@pytest.fixture
def problems(town, make):
    def check(text, **keys):
        with pytest.raises(ScenarioError) as found:
            apply_scenario(town, make(text, **keys))
        return list(found.value.problems)

    return check


def only(found, code, field, line=8):
    """Check that one problem was found, where it is written, and that it speaks both languages with a remedy."""
    (problem,) = found
    assert problem.code == f"scenario.{code}"
    assert problem.where == f"example.yaml:{line} modifications[0]{field}"
    assert all(problem.message)
    assert problem.message.ja != problem.message.en
    assert all(problem.hint)
    return problem


# ---------------------------------------------------------------- hubs


def test_a_hub_at_a_stop_takes_in_the_stops_within_its_radius(change, town):
    applied = change(
        """
        - id: hub
          type: add-hub
          name: {ja: 駅ハブ, en: Station hub}
          at_stop: 駅1
          radius_m: 60
          components: [station, brt_stop, waiting_room, station]
          min_transfer_time_min: 1.5
          boarding_penalty_min: 2
          decision: planned
        """
    )
    (hub,) = applied.city.hubs
    assert (hub.hub_id, hub.components) == ("hub", ("station", "brt_stop", "waiting_room"))
    assert (hub.min_transfer_time_s, hub.boarding_penalty_s, hub.plan_status) == (90, 120, "planned")
    stops = town.timetable.stops
    assert {str(s) for s in stops.stop_id[stops_of_hub(hub, stops)]} == {"J1", "B2"}
    assert town.hubs == ()
    assert applied.city.status_of("hubs") == "modelled"
    assert "2 か所" in applied.changes[0].text.ja


def test_a_hub_shortens_the_walk_between_its_stops(change, town):
    def walk(city):
        ways = build_footpaths(city, REQUEST)
        stops = town.timetable.stops.stop_id.tolist()
        row = slice(ways.offsets[stops.index("J1")], ways.offsets[stops.index("J1") + 1])
        return dict(zip(ways.to[row].tolist(), ways.seconds[row].tolist(), strict=True))[stops.index("B2")]

    text = "- {id: hub, type: add-hub, name: N, at_stop: J1, radius_m: 60, min_transfer_time_min: 0.5}"
    assert (walk(town), walk(change(text).city)) == (38, 30)  # 50 m at 80 m/min = 37.5 s


@pytest.mark.parametrize("key", ["min_transfer_time_min", "boarding_penalty_min"])
def test_no_minutes_at_all_are_refused_since_they_would_change_nothing(problems, key):
    (problem,) = problems(f"- {{id: hub, type: add-hub, name: N, at_stop: J1, {key}: 0}}")
    assert problem.where == f"example.yaml:8 modifications[0].{key}"


def test_a_hub_nobody_reaches_names_the_nearest_stop(problems):
    problem = only(
        problems(f"- {{id: hub, type: add-hub, name: N, location: {at(2300, 3000)}}}"), "hub_without_stop", ".location"
    )
    assert "駅1（J1、300 m）" in problem.message.ja
    assert "at_stop: J1" in problem.hint.en


def test_a_hub_nobody_lives_near_is_told_but_made(town, make):
    people = town.population
    far = np.hypot(*(people.xy - [2000, 3000]).T) <= 1_000
    empty = town.replace(population=people.with_persons(np.where(far[:, None], 0.0, people.persons)))
    applied = apply_scenario(empty, make("- {id: hub, type: add-hub, name: N, at_stop: J1}"))
    assert len(applied.city.hubs) == 1
    assert [p.code for p in applied.problems] == ["scenario.hub_without_residents"]
    assert "1,000 m" in applied.problems[0].message.ja


@pytest.mark.parametrize(
    ("keys", "code", "field"),
    [
        ("at_stop: 駅12", "unknown_stop", ".at_stop"),
        ("location: {lat: 0, lon: 0}", "far_away", ".location"),
        ("at_stop: J1, location: {lat: 36, lon: 140}", "place", ""),
        ("radius_m: 50", "place", ""),
        ("at_stop: J1, components: [airport]", "not_allowed", ".components[0]"),
        ("at_stop: J1, radius_m: 0", "out_of_range", ".radius_m"),
    ],
)
def test_bad_hubs(problems, keys, code, field):
    (problem,) = problems(f"- {{id: hub, type: add-hub, name: N, {keys}}}")
    assert problem.code == f"scenario.{code}"
    assert problem.where == f"example.yaml:8 modifications[0]{field}"


def test_one_hub_of_an_id(make, town):
    text = "- {id: hub, type: add-hub, name: N, at_stop: J1}"
    with pytest.raises(ScenarioError) as found:
        apply_scenario(apply_scenario(town, make(text)).city, make(text))
    only(found.value.problems, "duplicate_hub", ".id")


# ---------------------------------------------------------------- entrances


def test_an_entrance_of_a_station(change, town):
    applied = change(
        f"- {{id: east, type: add-entrance, at_stop: 駅1, name: 東口, location: {at(2200, 3000)}, inside_min: 1.5}}"
    )
    (entrance,) = applied.city.entrances
    assert (entrance.entrance_id, entrance.stop_id, entrance.inside_s) == ("east", "J1", 90)
    assert np.allclose(entrance.xy, [2200, 3000], atol=0.1)
    assert applied.city.timetable is town.timetable


def test_every_boarding_point_of_a_name_gets_the_entrance(make):
    feed = "stop P1 0 0 西口\nstop P2 30 0 西口\nstop Q 500 0\nroute L bus\nservice wk 1111100 0\n"
    feed += "trip L service=wk P1 08:00 Q 08:05\ntrip L service=wk P2 09:00 Q 09:05\n"
    town = grid_city(timetable=timetable_from_text(feed))
    text = f"- {{id: e, type: add-entrance, at_stop: 西口, name: N, location: {at(0, 100)}, inside_min: 1}}"
    entrances = apply_scenario(town, make(text)).city.entrances
    assert [(e.entrance_id, e.stop_id) for e in entrances] == [("e", "P1"), ("e:2", "P2")]


@pytest.mark.parametrize(
    ("place", "inside", "code", "field", "told"),
    [
        (at(3100, 3000), 5, "entrance_far_away", ".location", "1,100 m"),
        (at(2900, 3000), 4, "entrance_too_fast", ".inside_min", "900 m"),  # 225 m/min
    ],
)
def test_an_entrance_must_be_plausible(problems, place, inside, code, field, told):
    text = f"- {{id: e, type: add-entrance, at_stop: J1, name: N, location: {place}, inside_min: {inside}}}"
    problem = only(problems(text), code, field)
    assert told in problem.message.ja
    assert told in problem.message.en


def test_an_uncertain_stop_is_given_the_benefit_of_its_error(town, make):
    stops = town.timetable.stops
    vague = replace(stops, position_error_m=np.full(len(stops.stop_id), 300.0))
    text = f"- {{id: e, type: add-entrance, at_stop: J1, name: N, location: {at(2900, 3000)}, inside_min: 4}}"
    applied = apply_scenario(town.replace(timetable=replace(town.timetable, stops=vague)), make(text))
    assert len(applied.city.entrances) == 1


# ---------------------------------------------------------------- transfers


def times_between(city, a, b):
    ways = build_footpaths(city, REQUEST)
    ids = city.timetable.stops.stop_id.tolist()
    if a == b:
        return int(ways.change_s[ids.index(a)])
    row = slice(ways.offsets[ids.index(a)], ways.offsets[ids.index(a) + 1])
    return dict(zip(ways.to[row].tolist(), ways.seconds[row].tolist(), strict=True)).get(ids.index(b))


TWINS = """
stop P1 0 0 本町
stop P2 100 0 本町
stop F 5000 0 本町
stop Q 300 0 駅前
route L bus
service wk 1111100 0
trip L service=wk P1 08:00 P2 08:01 Q 08:02 F 08:20
"""


def test_stops_of_one_name_that_lie_far_apart_are_other_places(make):
    town = grid_city(timetable=timetable_from_text(TWINS))
    text = "- {id: t, type: transfer, at_stop: 本町, min_transfer_time_min: 2}"
    new = apply_scenario(town, make(text)).city
    pairs = {hub.stop_ids for hub in new.hubs}
    assert pairs == {("P1",), ("P2",), ("F",), ("P1", "P2")}
    assert times_between(new, "P1", "F") is None
    assert times_between(new, "P1", "P2") == 120
    gate = f"- {{id: e, type: add-entrance, at_stop: 本町, name: N, location: {at(50, 50)}, inside_min: 1}}"
    assert {e.stop_id for e in apply_scenario(town, make(gate)).city.entrances} == {"P1", "P2"}
    with pytest.raises(ScenarioError) as found:
        apply_scenario(town, make("- {id: hub, type: add-hub, name: N, at_stop: 本町}"))
    problem = only(found.value.problems, "ambiguous_stop", ".at_stop")
    assert "5.0 km" in problem.message.ja
    assert "P1、P2、F" in problem.hint.ja


def test_a_station_stands_for_its_platforms(make):
    feed = timetable_from_text(TWINS.replace("stop F 5000 0 本町", "stop F 50 0 本町駅"))
    parents = np.array([2, 2, -1, -1], np.int32)  # P1 and P2 belong to the station F
    town = grid_city(timetable=replace(feed, stops=replace(feed.stops, parent=parents)))
    gate = f"- {{id: e, type: add-entrance, at_stop: F, name: N, location: {at(50, 100)}, inside_min: 1}}"
    assert {e.stop_id for e in apply_scenario(town, make(gate)).city.entrances} == {"P1", "P2", "F"}
    new = apply_scenario(
        town, make("- {id: t, type: transfer, from_stop: F, to_stop: Q, min_transfer_time_min: 1.5}")
    ).city
    assert times_between(new, "P1", "Q") == times_between(new, "Q", "P2") == 90
    assert times_between(new, "P1", "P2") == times_between(town, "P1", "P2")


@pytest.mark.parametrize("minutes", [0.5, 4.0])
def test_a_transfer_takes_what_is_said_longer_or_shorter(change, town, minutes):
    city = change(f"- {{id: t, type: transfer, from_stop: J1, to_stop: B2, min_transfer_time_min: {minutes}}}").city
    assert times_between(town, "J1", "B2") == 38
    assert times_between(city, "J1", "B2") == times_between(city, "B2", "J1") == round(60 * minutes)
    assert times_between(city, "J1", "J1") == times_between(town, "J1", "J1")


@pytest.mark.parametrize(("first", "then"), [(2, 4), (4, 2)])
def test_of_two_times_for_one_change_the_timetable_keeps_the_later(change, first, then):
    rule = "- {{id: {}, type: transfer, from_stop: J1, to_stop: B2, min_transfer_time_min: {}}}"
    city = change(rule.format("a", first) + "\n" + rule.format("b", then)).city
    ids, rules = city.timetable.stops.stop_id, city.timetable.transfers
    pairs = zip(ids[rules.from_stop].tolist(), ids[rules.to_stop].tolist(), rules.min_time_s.tolist(), strict=True)
    assert sorted(p for p in pairs if {"J1", "B2"} == set(p[:2])) == [("B2", "J1", 60 * then), ("J1", "B2", 60 * then)]
    assert (times_between(city, "J1", "B2"), times_between(city, "B2", "J1")) == (60 * then, 60 * then)


def test_a_transfer_at_one_stop(change, town):
    city = change("- {id: t, type: transfer, at_stop: J1, min_transfer_time_min: 3}").city
    assert (times_between(town, "J1", "J1"), times_between(city, "J1", "J1")) == (0, 180)
    assert times_between(city, "J1", "B2") == times_between(town, "J1", "B2")


@pytest.mark.parametrize(
    ("keys", "code", "field"),
    [
        ("from_stop: J0, to_stop: J2, min_transfer_time_min: 9", "transfer_far", ".to_stop"),
        ("from_stop: B0, to_stop: B1, min_transfer_time_min: 4", "transfer_too_fast", ".min_transfer_time_min"),
        ("at_stop: J9, min_transfer_time_min: 4", "unknown_stop", ".at_stop"),
        ("at_stop: J1", "transfer_what", ""),
        ("from_stop: J1, min_transfer_time_min: 4", "transfer_place", ""),
        ("at_stop: J1, phase_with: {route: JR, minutes: 3}", "phase_routes", ".phase_with"),
        ("at_stop: J1, routes: [BRT], phase_with: {route: JR, minutes: 3}", "times_not_known", ".phase_with.route"),
        ("at_stop: J1, routes: [BUS], phase_with: {route: JR, minutes: 3}", "unknown_route", ".routes[0]"),
        ("at_stop: J1, routes: [BRT], phase_with: {route: J, minutes: 3}", "unknown_route", ".phase_with.route"),
    ],
)
def test_bad_transfers(problems, keys, code, field):
    only(problems(f"- {{id: t, type: transfer, {keys}}}"), code, field)


MEETING = """
stop T 3000 1000
stop S 1000 1050
stop C 1000 1000
stop A 0 1000
route X rail 急行
route L bus 青線
service wk 1111100 0
service sat 0000010 0
trip X id=X1 service=wk T 08:00 S 08:07
trip X id=X2 service=wk T 08:30 S 08:37
trip X id=X3 service=wk T 09:00 S 09:07
trip L id=L1 service=wk C 08:00 A 08:10
trip L id=L2 service=wk C 08:30 A 08:40
trip L id=L3 service=wk C 09:00 A 09:10
trip L id=L4 service=wk C 09:30 A 09:40
trip L id=LS service=sat C 08:00 A 08:10
"""
PHASE = "- {id: t, type: transfer, from_stop: S, to_stop: C, routes: [L], phase_with: {route: X, minutes: 3}}"


def test_departures_shift_to_meet_the_other_line(make, runs):
    town = grid_city(timetable=timetable_from_text(MEETING))
    applied = apply_scenario(town, make(PHASE))
    starts = {trip: times[0][1] for trip, times in runs(applied.city, "L").items()}
    assert starts == {"L1": "08:10", "L2": "08:40", "L3": "09:10", "L4": "09:40", "LS": "08:10"}
    assert runs(applied.city, "X") == runs(town, "X")
    assert "20.0 → 0.0 分" in applied.changes[0].text.ja


def test_only_the_named_direction_of_the_other_line_is_met(make, runs):
    back = "".join(f"trip X id=Y{n} dir=1 service=wk A {n:02d}:10 S {n:02d}:20\n" for n in (8, 9))
    town = grid_city(timetable=timetable_from_text(MEETING + back))
    for direction, minute in ((0, {10, 40}), (1, {23, 53})):
        text = PHASE.replace("minutes: 3", f"minutes: 3, direction: {direction}")
        starts = runs(apply_scenario(town, make(text)).city, "L").values()
        assert {int(times[0][1][3:]) for times in starts} == minute


def test_a_headway_becomes_times_when_it_meets_another_line(make):
    text = MEETING.split("trip L", maxsplit=1)[0] + "trip L id=L1 service=wk headway=1800@08:00-10:00 C 08:00 A 08:10\n"
    town = grid_city(timetable=timetable_from_text(text))
    t = apply_scenario(town, make(PHASE)).city.timetable.trips
    row = t.trip_id.tolist().index("L1")
    assert bool(t.exact_times[row])
    assert (t.start_s[row], t.end_s[row], t.departure_s[t.time_offsets[row]]) == (29_400, 36_600, 29_400)


def test_a_line_that_already_meets_the_other_changes_nothing(make):
    town = grid_city(timetable=timetable_from_text(MEETING))
    phased = apply_scenario(town, make(PHASE)).city
    with pytest.raises(ScenarioError) as found:
        apply_scenario(phased, make(PHASE))
    only(found.value.problems, "no_effect", "")


def test_lines_that_never_meet(make):
    town = grid_city(timetable=timetable_from_text(MEETING))
    text = PHASE.replace("from_stop: S, to_stop: C", "from_stop: S, to_stop: A")
    with pytest.raises(ScenarioError) as found:
        apply_scenario(town, make(text))
    only(found.value.problems, "never_meet", ".phase_with")
