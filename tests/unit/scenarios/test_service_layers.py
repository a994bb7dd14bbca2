"""The map of services: every feature says what changed, how sure it is, and lies where it should."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import shapely

from geodata.errors import Text
from geodata.hubs import Hub
from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit
from geodata.synthetic import grid_city
from geodata.synthetic.text_feed import flat_lonlat
from scenarios.apply import apply_scenario
from scenarios.export import map_layers

PLAN = """
- {id: hub, type: add-hub, name: {ja: 駅ハブ, en: Station hub}, at_stop: J1, decision: planned}
- {id: change, type: transfer, from_stop: J1, to_stop: B2, min_transfer_time_min: 2}
- id: bus
  type: add-on-demand
  name: {ja: 西の足, en: West bus}
  zones: {districts: [west]}
  to: [hub]
  window: {start: "08:00", end: "18:00"}
  fleet: {vehicles: 2, seats: 8, speed_kmh: 25}
  wait: {model: fleet, max_wait_min: 30, max_detour_factor: 2}
- {id: drive, type: autonomous, service: bus, max_speed_kmh: 19}
- {id: auto, type: autonomous, routes: [BRT], domain: {from_stop: B1, to_stop: B3}, max_speed_kmh: 40}
- {id: assumed, type: autonomous, routes: [AS1], max_speed_kmh: 20}
"""
NEW_KEYS = ("hubs", "entrances", "on_demand", "autonomous", "tours")


@pytest.fixture(scope="module")
def town():
    return grid_city()


@pytest.fixture(scope="module")
def planned(town, make):
    return apply_scenario(town, make(PLAN)).city


def properties(layers, name, key):
    return {f["properties"][key]: f["properties"] for f in layers[name]["features"]}


def test_a_city_without_services_has_empty_layers(town):
    layers = map_layers(town, town)
    assert [layers[name] for name in NEW_KEYS] == [{"type": "FeatureCollection", "features": []}] * len(NEW_KEYS)


def test_added_services_are_drawn_with_their_status(town, planned):
    layers = json.loads(json.dumps(map_layers(town, planned), allow_nan=False))
    hubs = properties(layers, "hubs", "hub_id")
    assert set(hubs) == {"hub"}  # a transfer is no place
    assert (hubs["hub"]["status"], hubs["hub"]["plan_status"], hubs["hub"]["change"]) == (
        "modelled",
        "planned",
        "added",
    )
    (area,) = layers["on_demand"]["features"]
    told = area["properties"]
    assert (told["name_en"], told["policy"], told["vehicles"], told["autonomous"]) == ("West bus", "feeder", 2, True)
    assert (told["status"], told["plan_status"], told["change"]) == ("assumed", "hypothetical", "added")
    west = shapely.transform(shapely.box(0, 0, 2000, 6000), flat_lonlat)
    drawn = shapely.geometry.shape(area["geometry"])
    assert drawn.symmetric_difference(west).area < 1e-3 * west.area


def test_an_autonomous_stretch_is_drawn_once_for_both_ways(town, planned):
    layers = map_layers(town, planned)
    lines = {f["properties"]["operation_id"]: f for f in layers["autonomous"]["features"]}
    assert len(layers["autonomous"]["features"]) == len(lines) == 2  # a fleet has no line
    wanted = [town.timetable.stops.lonlat[town.timetable.stops.stop_id.tolist().index(s)] for s in ("B1", "B2", "B3")]
    assert np.allclose(lines["auto"]["geometry"]["coordinates"], wanted, atol=1e-5)
    assert (lines["auto"]["properties"]["name"], lines["auto"]["properties"]["assumed"]) == ("ＢＲＴ", False)
    assert (lines["assumed"]["properties"]["name"], lines["assumed"]["properties"]["assumed"]) == ("", True)


def test_changes_between_any_two_cities(town, planned, make):
    same = map_layers(planned, planned)
    for name in NEW_KEYS:
        assert {f["properties"]["change"] for f in same[name]["features"]} <= {"same"}
    fewer = "- {id: m, type: adjust-on-demand, services: [bus], fleet: {vehicles: 3}}"
    changed = map_layers(planned, apply_scenario(planned, make(fewer)).city)
    assert properties(changed, "on_demand", "service_id")["bus"]["change"] == "changed"
    gone = map_layers(planned, town)
    for name in ("hubs", "on_demand", "autonomous"):
        assert {f["properties"]["change"] for f in gone[name]["features"]} == {"removed"}


def test_coordinates_follow_the_plane_of_a_real_city(town):
    from geodata.crs import to_lonlat, to_plane
    from scenarios.export_services import lonlat_of_plane

    people = town.population
    real = town.replace(population=replace(people, xy=to_plane(town.epsg, people.lonlat)))
    xy = np.array([[50_000.0, 60_000.0]])
    assert np.array_equal(lonlat_of_plane(real, xy), to_lonlat(town.epsg, xy))
    assert np.allclose(lonlat_of_plane(town, people.xy), people.lonlat, atol=1e-9)


# ---------------------------------------------------------------- tours


def office(*places, depot=(140.6, 36.5), vehicles=1):
    made = tuple(
        OfficePlace(f"p{n}", Text(f"所{n}", f"Place {n}"), (140.6 + n / 100, 36.6), (0.0, 0.0), visits)
        for n, visits in enumerate(places)
    )
    return MobileOfficePlan("van", Text("車", "Van"), "studied", ("証明書",), vehicles, made, 500.0, depot_lonlat=depot)


def visit(weekday, start, weeks=(), vehicle=-1):
    return OfficeVisit(weekday, start * 3600, (start + 1) * 3600, weeks, vehicle)


def tours(town, plan):
    return [
        (
            (p := f["properties"])["weekday"],
            p["weeks"],
            p["vehicle"],
            [round(100 * (x - 140.6)) for x, _ in f["geometry"]["coordinates"]],
        )
        for f in map_layers(town, town.replace(mobile_offices=(plan,)))["tours"]["features"]
    ]


def test_a_tour_leaves_the_depot_and_comes_back(town):
    plan = office((visit(0, 13),), (visit(0, 9),), (visit(1, 9),))
    assert tours(town, plan) == [(0, [], 0, [0, 1, 0, 0]), (1, [], 0, [0, 2, 0])]
    assert tours(town, office((visit(0, 13),), (visit(0, 9),), depot=None)) == [(0, [], 0, [1, 0])]
    assert tours(town, office((visit(0, 13),), depot=None)) == []


def test_weeks_of_the_month_and_vehicles_are_told_apart(town):
    plan = office((visit(0, 9, (1, 3)),), (visit(0, 11),), (visit(0, 13, (2,)),))
    assert tours(town, plan) == [
        (0, [1, 3], 0, [0, 0, 1, 0]),
        (0, [2], 0, [0, 1, 2, 0]),
        (0, [4, 5], 0, [0, 1, 0]),
    ]
    two = office((visit(0, 9, vehicle=0),), (visit(0, 9, vehicle=1),), vehicles=2)
    assert tours(town, two) == [(0, [], 0, [0, 0, 0]), (0, [], 1, [0, 1, 0])]
    unknown = office((visit(0, 9),), (visit(0, 9),), vehicles=2)
    assert tours(town, unknown) == []  # nobody said which van


def test_a_hub_of_the_data_keeps_its_own_status(town):
    hub = Hub("h", Text("既存", "Existing"), (140.6, 36.6), (0.0, 0.0), 100.0, plan_status="studied")
    layers = map_layers(town.replace(hubs=(hub,)), town.replace(hubs=(hub,)))
    assert properties(layers, "hubs", "hub_id")["h"] | {"change": "", "status": ""} == {
        "hub_id": "h",
        "name": "既存",
        "name_en": "Existing",
        "radius_m": 100.0,
        "components": [],
        "min_transfer_time_min": None,
        "boarding_penalty_min": None,
        "plan_status": "studied",
        "status": "",
        "change": "",
    }
