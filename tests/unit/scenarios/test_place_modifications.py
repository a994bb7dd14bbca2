"""Facilities, residents and the mobile office: what changes, what is kept, what is never told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from geodata.city import City
from geodata.errors import ScenarioError
from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from scenarios.apply import apply_scenario
from scenarios.export import map_layers
from scenarios.modifications.closing import closing_rank, closing_years, owner_age

CLINICS = [(f"clinic-{n}", "clinic", (250.0 + 500 * (n % 8), 250.0 + 500 * n), "") for n in range(10)]


@pytest.fixture(scope="module")
def town() -> City:
    rows = [*CLINICS, ("hospital-1", "hospital", (900.0, 900.0), ""), ("office-1", "city_office", (250.0, 250.0), "")]
    return grid_city(facilities=facilities_from_rows(rows))


@pytest.fixture
def change(town, make):
    return lambda text, **keys: apply_scenario(town, make(text, **keys))


def codes(make, town, text):
    from geodata.errors import ScenarioError

    with pytest.raises(ScenarioError) as found:
        apply_scenario(town, make(text))
    return [p.code.removeprefix("scenario.") for p in found.value.problems], found.value.problems


# ---------------------------------------------------------------- facilities


def test_added_facility_at_a_location_with_hours(change, town):
    lon, lat = town.population.lonlat[3]
    new = change(
        f"""
        - id: branch
          type: add-facility
          category: branch_office
          name: {{ja: 支所, en: Branch}}
          location: {{lat: {lat}, lon: {lon}}}
          hours: [{{days: [weekday], start: "08:30", end: "17:15"}}]
          capacity: 40
        """
    ).city.facilities
    assert new.n_facilities == town.facilities.n_facilities + 1
    assert (new.facility_id[-1], new.kind[-1], new.capacity[-1], new.status[-1]) == (
        "branch",
        "branch_office",
        40,
        "assumed",
    )
    assert np.allclose(new.xy[-1], town.population.xy[3], atol=0.1)
    assert (new.hours_facility[-1], new.hours_days[-1], new.hours_start_s[-1]) == (12, 0b11111, 8.5 * 3600)


def test_added_facility_in_a_district_stands_where_people_live(change):
    new = change("- {id: c, type: add-facility, category: clinic, name: N, district: 西地区}").city.facilities
    assert np.allclose(new.xy[-1], [1000, 3000])
    assert new.position_error_m[-1] > 500


def test_anonymous_closures_round_are_nested_and_follow_the_seed(change, town):
    kept = {}
    for count in (2.4, 2.5, 6):
        kept[count] = set(
            change(f"- {{id: c, type: remove-facility, category: clinic, count: {count}}}").city.facilities.facility_id
        )
    assert [len(k) for k in kept.values()] == [10, 9, 6]  # of 12 facilities; 2.4 → 2, 2.5 → 3
    assert kept[6] < kept[2.5] < kept[2.4]
    order = sorted((f"clinic-{n}" for n in range(10)), key=lambda i: closing_rank(2031, i))
    assert set(order[6:]) == {i for i in kept[6] if i.startswith("clinic")}
    other = change(
        "- {id: c, type: remove-facility, category: clinic, count: 6}", analysis="{seed: 7}"
    ).city.facilities.facility_id
    assert set(other) != kept[6]


def test_practices_that_are_not_open_to_the_public_do_not_close(make, town):
    facilities = town.facilities
    first = [f"clinic-{n}" for n in sorted(range(10), key=lambda n: closing_rank(2031, f"clinic-{n}"))[:4]]
    inside = ~np.isin(facilities.facility_id, first)
    city = town.replace(facilities=replace(facilities, open_to_public=inside))
    new = apply_scenario(city, make("- {id: c, type: remove-facility, category: clinic, count: 5}")).city
    assert set(first) <= set(new.facilities.facility_id.tolist())
    assert len(new.facilities.facility_id) == 12 - 5


def test_closures_are_counted_by_district_and_never_named(change, town):
    applied = change("- {id: c, type: remove-facility, category: clinic, count: 6}")
    assert sum(c.count for c in applied.closures) == 6
    gone = set(town.facilities.facility_id) - set(applied.city.facilities.facility_id)
    told = json.dumps(map_layers(town, applied.city, applied.closures), ensure_ascii=False)
    told += str(applied.changes) + str(applied.closures)
    assert not [name for name in gone if name in told]
    layers = map_layers(town, applied.city, applied.closures)
    shown = [f["properties"] for f in layers["facilities"]["features"] if f["properties"]["kind"] == "clinic"]
    assert len(shown) == 10
    assert {(p["name"], p["change"]) for p in shown} == {("", "same")}
    assert sum(f["properties"]["count"] for f in layers["closures"]["features"]) == 6


def test_districts_limit_closures(change, town):
    applied = change("- {id: c, type: remove-facility, category: clinic, count: 3, districts: [east]}")
    assert {c.district_id for c in applied.closures} == {"east"}


def test_named_facilities_close_unless_they_are_medical(change, make, town):
    assert "office-1" not in change("- {id: c, type: remove-facility, ids: [office-1]}").city.facilities.facility_id
    for text in (
        "- {id: c, type: remove-facility, ids: [clinic-3]}",
        "- {id: c, type: remove-facility, ids: [office-1, hospital-1]}",
        "- {id: c, type: adjust-facility, ids: [clinic-3], open_to_public: false}",
    ):
        found, problems = codes(make, town, text)
        assert found == ["named_closure"]
        assert "仮定の閉院" in problems[0].hint.ja


@pytest.mark.parametrize(
    "what",
    [
        "ids: [clinic-3], capacity: 0.01",
        "ids: [clinic-3], capacity: 35",  # less than the 36 hours that are assumed of it
        "ids: [clinic-3], capacity_scale: 0.99",
        "ids: [office-1, hospital-1], capacity_scale: 0.5",
        'ids: [clinic-3], hours: [{days: [mon], start: "03:00", end: "03:01"}]',
        'ids: [clinic-3], hours: [{days: [weekday], start: "09:00", end: "16:00"}]',
        "category: clinic, open_to_public: false",
        "category: clinic, districts: [east], capacity: 0.5",
        "category: hospital, capacity_scale: 0.01",
        "category: hospital, districts: [west], capacity_scale: 0.9",  # there is one hospital, so this names it
        'category: clinic, hours: [{days: [sun], start: "09:00", end: "09:30"}]',
    ],
)
def test_what_amounts_to_a_named_closure_is_refused(make, town, what):
    found, problems = codes(make, town, f"- {{id: a, type: adjust-facility, {what}}}")
    assert found == ["named_closure"]
    assert "仮定の閉院" in problems[0].hint.ja


def test_cuts_by_name_do_not_add_up_to_a_closure(make, town):
    steps = [f"- {{id: a{n}, type: adjust-facility, ids: [clinic-3], capacity_scale: 0.7}}" for n in range(4)]
    found, _ = codes(make, town, "\n".join(steps))
    assert set(found) == {"named_closure"}


@pytest.mark.parametrize(
    "what",
    [
        "ids: [clinic-3], capacity: 36",
        "ids: [clinic-3], capacity_scale: 1.5",
        'ids: [hospital-1], hours: [{days: [weekday], start: "08:00", end: "18:00"}]',
        "category: clinic, districts: [east], capacity_scale: 0.5",
        "ids: [office-1], open_to_public: false",
    ],
)
def test_clinics_may_gain_by_name_and_districts_may_lose(change, town, what):
    assert change(f"- {{id: a, type: adjust-facility, {what}}}").city.digest != town.digest


@pytest.mark.parametrize("where", ["count: 10", "count: 4, districts: [east]", "count: 3.5, districts: [east]"])
def test_all_clinics_of_a_place_never_close(make, town, where):
    found, problems = codes(make, town, f"- {{id: c, type: remove-facility, category: clinic, {where}}}")
    assert found == ["named_closure"]
    assert problems[0].where.endswith("count")


def test_hours_move_the_supply(change, make, town):
    from sim.clinic_access.supply import week_hours_of
    from sim.params import Params

    def hours(city):
        return dict(zip(city.facilities.facility_id, week_hours_of(city.facilities, Params()), strict=True))

    assert hours(town)["clinic-3"] == 36
    open_long = 'hours: [{days: [weekday], start: "09:00", end: "17:00"}]'
    new = change(f"- {{id: a, type: adjust-facility, ids: [clinic-3], {open_long}}}").city
    assert hours(new)["clinic-3"] == 40
    assert hours(new)["clinic-4"] == 36
    # Two doctors work 80 hours in the 40 that it is open; 50 hours open make 100.
    two = change(f"- {{id: a, type: adjust-facility, ids: [clinic-3], capacity: 80, {open_long}}}").city
    longer = 'hours: [{days: [weekday], start: "08:00", end: "18:00"}]'
    assert hours(apply_scenario(two, make(f"- {{id: a, type: adjust-facility, ids: [clinic-3], {longer}}}")).city)[
        "clinic-3"
    ] == pytest.approx(100)
    assert (
        hours(change("- {id: a, type: adjust-facility, ids: [clinic-3], capacity_scale: 1.5}").city)["clinic-3"] == 54
    )


def test_assumed_hours_are_scaled_as_the_scenario_assumes_them(change):
    text = "- {id: a, type: adjust-facility, ids: [clinic-3], capacity_scale: 1.5}"
    city = change(text, parameters="{clinic_week_hours: 20}").city
    facilities = city.facilities
    assert facilities.capacity[facilities.facility_id.tolist().index("clinic-3")] == 30


def test_closures_by_the_owners_age_are_nested_anonymous_and_need_clinics(change, make, town):
    def left(count, **keys):
        more = ", ".join(f"{k}: {v}" for k, v in keys.items())
        text = f"- {{id: c, type: remove-facility, category: clinic, hazard: owner-age, count: {count}, {more}}}"
        applied = change(text)
        assert sum(c.count for c in applied.closures) == count
        return set(applied.city.facilities.facility_id)

    assert left(6) < left(3) < left(1)
    # The older the sooner: with a hazard steep enough, the oldest close in order of their ages.
    ages = {f"clinic-{n}": owner_age(2031, f"clinic-{n}", 64.0, 10.0) for n in range(10)}
    oldest = sorted(ages, key=ages.get)[-3:]
    assert set(oldest).isdisjoint(left(3, hazard_per_year=1.0, owner_age_sd=30.0))
    assert all(30 <= age <= 100 for age in ages.values())
    with pytest.raises(ScenarioError, match="owner-age"):
        make("- {id: c, type: remove-facility, category: shop, hazard: owner-age, count: 1}")


def test_owners_ages_have_the_mean_and_spread_they_are_drawn_with():
    ages = np.array([owner_age(7, f"c{n}", 64.0, 8.0) for n in range(4_000)])
    assert abs(ages.mean() - 64.0) < 4 * 8.0 / np.sqrt(4_000)
    assert abs(ages.std() - 8.0) < 0.5
    assert owner_age(7, "c1", 64.0, 0.0) == 64.0
    years = np.array([closing_years(7, f"c{n}", 64.0, 0.0, 0.1) for n in range(4_000)])
    assert abs(years.mean() - 1.0) < 4 / np.sqrt(4_000)


def test_removing_keeps_the_hours_of_the_others(change, make, town):
    first = change(
        """
        - {id: a, type: adjust-facility, category: clinic, hours: [{days: [mon], start: "09:00", end: "12:00"}]}
        """
    ).city
    left = apply_scenario(first, make("- {id: c, type: remove-facility, ids: [office-1]}")).city.facilities
    assert len(left.hours_facility) == 10
    assert set(left.kind[left.hours_facility]) == {"clinic"}
    fewer = apply_scenario(first, make("- {id: c, type: remove-facility, category: clinic, count: 9}")).city.facilities
    assert list(fewer.kind[fewer.hours_facility]) == ["clinic"]


def test_adjusted_facilities(change):
    new = change("- {id: a, type: adjust-facility, category: clinic, districts: [west], capacity: 20}").city.facilities
    assert np.array_equal(new.capacity == 20, (new.kind == "clinic") & (new.xy[:, 0] < 2000))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- {id: c, type: remove-facility, category: clinic, count: 11}", "too_many_closures"),
        ("- {id: c, type: remove-facility, ids: [市民会館]}", "unknown_facility"),
        ("- {id: c, type: add-facility, category: clinic, name: N, district: 北}", "unknown_district"),
        ("- {id: c, type: add-facility, category: clinic, name: N, location: {lat: 0, lon: 0}}", "far_away"),
        ("- {id: office-1, type: add-facility, category: clinic, name: N, district: west}", "duplicate_facility"),
        ("- {id: c, type: remove-facility, category: clinic, count: 0}", "no_effect"),
        ("- {id: c, type: adjust-facility, category: shop, capacity: 3}", "no_effect"),
        ("- {id: c, type: adjust-facility, ids: [office-1], open_to_public: true}", "no_effect"),
    ],
)
def test_facility_refusals(make, town, text, code):
    found, problems = codes(make, town, text)
    assert found == [code]
    assert problems[0].where.startswith("example.yaml:8 modifications[0]")


# ---------------------------------------------------------------- residents


def test_scale_and_persons_by_place_and_band(change, town):
    people = town.population
    west = people.district == 0
    new = change("- {id: p, type: adjust-population, where: {districts: [west]}, scale: 1.5, bands: [75+]}").city
    assert np.allclose(new.population.persons[west, 3], 15)
    assert np.array_equal(new.population.persons[~west], people.persons[~west])
    assert np.array_equal(new.population.persons[:, :3], people.persons[:, :3])
    more = change("- {id: p, type: adjust-population, where: {cells: [c0001, c0002]}, persons: 300}").city
    assert np.allclose(more.population.total[1:3], 250)
    assert np.isclose(more.population.total.sum(), people.total.sum() + 300)


def test_conserved_moves_keep_every_band(change, town):
    new = change(
        "- {id: p, type: adjust-population, where: {near_stations_m: 800}, persons: 1000, conserve_total: true}"
    ).city.population
    old = town.population
    assert np.allclose(new.persons.sum(axis=0), old.persons.sum(axis=0), rtol=1e-12)
    stations = town.timetable.stops.xy[town.timetable.stops_of_class("rail")]
    near = (np.hypot(*(old.xy[:, None] - stations[None]).transpose(2, 0, 1)) <= 800).any(axis=1)
    assert np.isclose(new.total[near].sum() - old.total[near].sum(), 1000)


def test_an_origin_gives_the_persons(change, town):
    new = change(
        "- {id: p, type: adjust-population, where: {cells: [c0000]}, persons: 100, conserve_total: true, "
        "origin: {districts: [east]}}"
    ).city.population
    east = town.population.district == 1
    assert np.isclose(new.total[east].sum(), town.population.total[east].sum() - 100)
    assert np.array_equal(new.total[~east][1:], town.population.total[~east][1:])


def test_a_polygon_with_swapped_axes_is_told_so(make, town):
    lon, lat = town.population.lonlat.mean(axis=0).tolist()
    ring = [[lat - 1, lon - 1], [lat + 1, lon - 1], [lat + 1, lon + 1], [lat - 1, lon + 1]]
    for corners, said in ((ring, "緯度と経度が逆"), ([[x + 50, y] for x, y in ring], "広げて")):
        with pytest.raises(ScenarioError) as found:
            apply_scenario(town, make(f"- {{id: p, type: adjust-population, where: {{polygon: {corners}}}, scale: 0}}"))
        assert said in found.value.problems[0].hint.ja


def test_polygons_and_empty_cells(change, make, town):
    lonlat = town.population.lonlat[[0, 1]]
    (a, b), (c, d) = lonlat.min(axis=0) - 1e-4, lonlat.max(axis=0) + 1e-4
    ring = f"[[{a}, {b}], [{c}, {b}], [{c}, {d}], [{a}, {d}]]"
    emptied = change(f"- {{id: p, type: adjust-population, where: {{polygon: {ring}}}, scale: 0}}").city
    assert emptied.population.total[0] == emptied.population.total[1] == 0
    filled = apply_scenario(
        emptied, make("- {id: p, type: adjust-population, where: {cells: [c0000, c0001]}, persons: 200}")
    ).city.population
    assert np.allclose(filled.persons[:2], [[10, 60, 20, 10]] * 2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("where: {districts: [north]}, scale: 2", "unknown_district"),
        ("where: {cells: [c9999]}, scale: 2", "unknown_cell"),
        ("where: {everywhere: true}, scale: 2, bands: [90+]", "unknown_band"),
        ("where: {cells: [c0000]}, persons: -101", "not_enough_persons"),
        ("where: {everywhere: true}, persons: 5, conserve_total: true", "not_enough_persons"),
        ("where: {near_stations_m: 1}, scale: 2", "nowhere"),
        ("where: {everywhere: true}, scale: 1", "no_effect"),
    ],
)
def test_population_refusals(make, town, text, code):
    assert codes(make, town, f"- {{id: p, type: adjust-population, {text}}}")[0] == [code]


# ---------------------------------------------------------------- mobile office


def office(town, *visits, vehicles=1):
    lines = []
    for n, visit in enumerate(visits):
        lon, lat = town.population.lonlat[n * 20]
        lines.append(f"{{name: 所{n}, location: {{lat: {lat}, lon: {lon}}}, visits: [{visit}]}}")
    listed = ",\n    ".join(lines)
    return (
        f"- id: van\n  type: mobile-service\n  services: [証明書]\n  vehicles: {vehicles}\n"
        f"  catchment: {{walk_min: 5}}\n  stops: [{listed}]\n"
    )


def test_plan_of_the_mobile_office(change, town):
    text = office(
        town,
        '{weekday: tue, start: "10:00", end: "15:00"}',
        '{week_of_month: [1, 3], weekday: mon, start: "09:00", end: "11:00"}',
    )
    (plan,) = change(text).city.mobile_offices
    assert (plan.plan_id, plan.n_vehicles, plan.walk_m, plan.plan_status) == ("van", 1, 400, "hypothetical")
    assert [v.per_month for p in plan.places for v in p.visits] == [52 / 12, 2]
    assert np.allclose([p.xy for p in plan.places], town.population.xy[[0, 20]], atol=0.1)
    layers = map_layers(town, change(text).city)
    assert [f["properties"]["visits"] for f in layers["places"]["features"]] == [
        "毎週火 10:00–15:00",
        "第1・3月 09:00–11:00",
    ]


@pytest.mark.parametrize(
    ("first", "second", "vehicles", "fine"),
    [
        ("weekday: mon", "weekday: mon", 1, False),
        ("weekday: mon", "weekday: mon", 2, True),
        ("weekday: mon", "weekday: tue", 1, True),
        ("week_of_month: [1], weekday: mon", "week_of_month: [2, 4], weekday: mon", 1, True),
        ("week_of_month: [1, 2], weekday: mon", "week_of_month: [2, 4], weekday: mon", 1, False),
        ("week_of_month: [5], weekday: mon", "weekday: mon", 1, False),
    ],
)
def test_one_van_cannot_be_in_two_places(make, town, first, second, vehicles, fine):
    text = office(
        town,
        f'{{{first}, start: "09:00", end: "11:00"}}',
        f'{{{second}, start: "10:00", end: "12:00"}}',
        vehicles=vehicles,
    )
    if fine:
        assert len(apply_scenario(town, make(text)).city.mobile_offices) == 1
    else:
        found, problems = codes(make, town, text)
        assert found == ["too_few_vehicles"]
        assert "所0" in problems[0].message.ja
        assert "所1" in problems[0].message.ja


def test_visits_one_after_the_other_need_one_van(change, town):
    text = office(town, '{weekday: mon, start: "09:00", end: "11:00"}', '{weekday: mon, start: "11:45", end: "12:00"}')
    (plan,) = change(text).city.mobile_offices
    assert [v.vehicle for p in plan.places for v in p.visits] == [0, 0]
