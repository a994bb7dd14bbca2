"""Services on the bundled city: what a planner of 日立市 may write, and what is told of it."""

from __future__ import annotations

from textwrap import indent

import numpy as np
import pytest

from geodata.errors import ScenarioError
from geodata.hitachi import load_hitachi
from scenarios.apply import apply_scenario
from scenarios.export import map_layers
from scenarios.files import parse_scenario
from sim.routing.day import scheduled_day
from sim.routing.footpaths import build_footpaths
from sim.routing.types import RoutingRequest

HEAD = """\
schema: ekisei-scenario/1
id: services
title: {ja: 例, en: Example}
description: {ja: 例, en: Example}
year: 2023
plan_status: hypothetical
modifications:
"""
HUB = "- {id: hub, type: add-hub, name: {ja: 多賀ハブ, en: Taga hub}, at_stop: 常陸多賀駅, radius_m: 300}\n"
FEEDER = """\
- id: feeder
  type: add-on-demand
  name: {ja: 山側フィーダー, en: Hill feeder}
  zones: {districts: [suwa, kanesawa]}
  to: [hub]
  window: {start: "07:00", end: "19:00"}
  days: [weekday]
  fleet: {vehicles: 3, seats: 4, speed_kmh: 20}
  wait: {model: fleet, max_wait_min: 30, max_detour_factor: 1.8}
  priority: -1
"""
BRT = """\
- id: brt-auto
  type: autonomous
  routes: [hitachi-brt]
  window: {start: "09:00", end: "16:00"}
  days: [weekday]
  trips_per_day: 8
  domain: {from_stop: 南部図書館, to_stop: 河原子（BRT）, length_m: 6100}
  domain_run_min: 29
  max_speed_kmh: 40
"""
PHASE = """\
- id: t
  type: transfer
  from_stop: 常陸多賀駅
  to_stop: 多賀駅前
  routes: [hitachi-brt]
  phase_with: {route: jr-joban, minutes: 5}
"""


@pytest.fixture(scope="module")
def city():
    return load_hitachi()


def made(city, text):
    return apply_scenario(city, parse_scenario(HEAD + indent(text, "  "), "services.yaml"))


def refusals(city, text):
    with pytest.raises(ScenarioError) as found:
        made(city, text)
    return [(p.code.removeprefix("scenario."), p.where) for p in found.value.problems], found.value.problems


def test_a_feeder_from_the_hills_to_a_station_hub(city):
    applied = made(city, HUB + FEEDER)
    assert applied.problems == ()
    (hub,) = applied.city.hubs
    (feeder,) = (s for s in applied.city.on_demand if s.service_id == "feeder")
    assert {"jr-hitachi-taga", "brt-01"} <= set(feeder.plan.to_stops)
    people = city.population
    wanted = np.isin(people.district, np.flatnonzero(np.isin(people.district_id, ["suwa", "kanesawa"])))
    assert feeder.plan.area_xy.area == pytest.approx(people.area_m2[wanted].sum(), rel=1e-3)
    assert np.hypot(hub.xy[0] - feeder.plan.area_xy.centroid.x, hub.xy[1] - feeder.plan.area_xy.centroid.y) < 6_000
    assert city.hubs == ()
    features = map_layers(city, applied.city)["on_demand"]["features"]
    (drawn,) = (f for f in features if f["properties"]["service_id"] == "feeder")
    assert drawn["properties"]["change"] == "added"
    assert {f["properties"]["change"] for f in features} == {"added", "same"} or len(features) == 1


@pytest.mark.parametrize("draw", [0, 4])
def test_eight_autonomous_runs_take_29_minutes_on_the_busway(city, draw):
    applied = made(city, BRT)
    (operation,) = applied.city.autonomous
    assert len(operation.trip_ids) == 8
    assert operation.domain_m == pytest.approx(6_100)
    old, new = (calls(c, "2025-10-15", draw) for c in (city, applied.city))
    assert old.keys() == new.keys()
    changed = [key for key in old if old[key] != new[key]]
    assert len(changed) == 8
    for key in changed:
        stops = city.timetable.stops.name[city.timetable.patterns.stops_of(key[0])].tolist()
        ends = sorted((stops.index("南部図書館"), stops.index("河原子（BRT）")))
        ride = [times[ends[1]][0] - times[ends[0]][1] for times in (old[key], new[key])]
        assert ride[0] == pytest.approx(21 * 60, abs=60)  # as published of the busway
        assert ride[1] == 29 * 60
    assert old == calls(city, "2025-10-15", draw)
    assert calls(city, "2025-10-19", draw) == calls(applied.city, "2025-10-19", draw)


def calls(city, date, draw):
    """Return (pattern, first departure) → (arrival, departure) at each stop of the runs of a day."""
    t, day = city.timetable, scheduled_day(city.timetable, date, first_s=0, last_s=86_400, draw=draw, seed=2031)
    found = {}
    for trip, shift in zip(day.run_trip.tolist(), day.run_shift_s.tolist(), strict=True):
        rows = slice(t.trips.time_offsets[trip], t.trips.time_offsets[trip + 1])
        first = int(t.trips.departure_s[rows][0]) + shift
        found[int(t.trips.pattern[trip]), first] = tuple(
            zip((t.trips.arrival_s[rows] + shift).tolist(), (t.trips.departure_s[rows] + shift).tolist(), strict=True)
        )
    return found


def test_the_east_of_a_station_comes_nearer_and_changes_shorter(city):
    gate = """\
- {id: gate, type: add-entrance, at_stop: 常陸多賀駅, name: 東口, location: {lat: 36.5545, lon: 140.6345}, inside_min: 2}
- {id: change, type: transfer, from_stop: 常陸多賀駅, to_stop: 多賀駅前, min_transfer_time_min: 3}
"""
    new = made(city, gate).city
    assert [e.stop_id for e in new.entrances] == ["jr-hitachi-taga"]
    request = RoutingRequest("2025-10-15", 36_000, 43_200, max_transfer_s=600)
    ids = city.timetable.stops.stop_id.tolist()
    a, b = ids.index("jr-hitachi-taga"), ids.index("brt-01")
    ways = build_footpaths(new, request)
    for one, other in ((a, b), (b, a)):
        row = slice(ways.offsets[one], ways.offsets[one + 1])
        assert dict(zip(ways.to[row].tolist(), ways.seconds[row].tolist(), strict=True))[other] == 180


def test_a_running_service_takes_more_vehicles(city):
    text = "- {id: a, type: adjust-on-demand, services: [kanesawa], fleet: {vehicles: 4}, requests_per_day: 30}\n"
    before, after = ({s.service_id: s for s in c.on_demand} for c in (city, made(city, text).city))
    old, new = before["kanesawa"], after["kanesawa"]
    assert (new.n_vehicles, new.plan.fleet.n_vehicles, new.plan.requests_per_day) == (4, 4, 30)
    assert new.plan.area_xy is old.plan.area_xy
    assert new.plan_status == "hypothetical"
    assert all(after[i] is before[i] for i in before if i != "kanesawa")


@pytest.mark.parametrize(
    ("text", "code", "where", "told"),
    [
        (
            FEEDER.replace(
                "{districts: [suwa, kanesawa]}", "{location: {lat: 36.55, lon: 140.75}, radius_m: 900}"
            ).replace("[hub]", "anywhere"),
            "empty_area",
            "services.yaml:11 modifications[0].zones",
            "km",
        ),
        (
            FEEDER.replace("vehicles: 3", "vehicles: 0"),
            "no_vehicles",
            "services.yaml:15 modifications[0].fleet.vehicles",
            "0 台",
        ),
        (FEEDER, "unknown_hub", "services.yaml:12 modifications[0].to[0]", "近い名前"),
        (
            HUB.replace("at_stop: 常陸多賀駅", "location: {lat: 36.60, lon: 140.62}"),
            "hub_without_stop",
            "services.yaml:8 modifications[0].location",
            "最寄り",
        ),
        (
            HUB + FEEDER.replace("suwa", "諏訪団地"),
            "unknown_district",
            "services.yaml:12 modifications[1].zones.districts[0]",
            "諏訪",
        ),
        (
            BRT.replace("trips_per_day: 8", "trips_per_day: 60"),
            "too_few_runs",
            "services.yaml:13 modifications[0].trips_per_day",
            "1 方向",
        ),
        (
            "- {id: e, type: add-entrance, at_stop: 日立駅, name: 口, location: {lat: 36.60, lon: 140.62}, inside_min: 3}\n",
            "entrance_far_away",
            "services.yaml:8 modifications[0].location",
            "1,000 m",
        ),
        (
            "- {id: t, type: transfer, from_stop: 日立駅, to_stop: 大甕駅, min_transfer_time_min: 5}\n",
            "transfer_far",
            "services.yaml:8 modifications[0].to_stop",
            "離れて",
        ),
        (
            PHASE,
            "times_not_known",
            "services.yaml:13 modifications[0].phase_with.route",
            "運行間隔だけ",
        ),
    ],
)
def test_bad_plans_are_told_at_their_line(city, text, code, where, told):
    found, problems = refusals(city, text)
    assert found == [(code, where)]
    assert told in problems[0].message.ja + problems[0].hint.ja
    assert problems[0].message.en
    assert problems[0].hint.en


def test_a_listed_service_cannot_be_adjusted_but_can_end(city):
    found, _ = refusals(city, "- {id: a, type: adjust-on-demand, services: [みなみ号], fleet: {vehicles: 2}}\n")
    assert found == [("only_listed", "services.yaml:8 modifications[0].services[0]")]
    left = made(city, "- {id: r, type: remove-on-demand, services: [みなみ号]}\n").city
    assert "minami" not in {s.service_id for s in left.on_demand}
    assert len(left.on_demand) == len(city.on_demand) - 1
