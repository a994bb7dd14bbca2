"""mobile-service: written calendars that the vehicles cannot keep, and plans chosen by the tool."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest

from geodata.city import City
from geodata.errors import ScenarioError
from geodata.mobile_office import ClinicDesk, LunchBreak
from geodata.streets import DetourPlane
from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from scenarios.apply import apply_scenario
from sim.mobile_office import choosing
from sim.mobile_office.drives import plan_crew, plan_drives
from sim.mobile_office.tour_check import Stay, check_days
from sim.mobile_office.tour_types import NO_ROAD_S

H, M = 3_600, 60
NO_LUNCH = "vehicles: 1\n  lunch: {minutes: 0}"
CENTRES = [
    (f"centre-{n}", "community_centre", (250.0 + 1_000 * (n % 4), 750.0 + 2_000 * (n // 4)), "") for n in range(12)
]


@pytest.fixture(scope="module")
def town() -> City:
    return grid_city(facilities=facilities_from_rows([*CENTRES, ("office-1", "city_office", (2_000.0, 3_000.0), "")]))


def at(town, cell):
    lon, lat = town.population.lonlat[cell]
    return f"{{lat: {lat}, lon: {lon}}}"


def written(town, *visits, keys="vehicles: 1"):
    stops = ",\n    ".join(
        f"{{name: 所{n}, location: {at(town, 20 * n)}, visits: [{visit}]}}" for n, visit in enumerate(visits)
    )
    return f"- id: van\n  type: mobile-service\n  services: [証明書]\n  {keys}\n  stops: [{stops}]\n"


def chosen(town, optimise, keys="vehicles: 1"):
    depot = at(town, 44)
    return (
        f"- id: van\n  type: mobile-service\n  services: [証明書]\n  {keys}\n  depot: {depot}\n"
        f"  optimise: {{candidates: {{facilities: [community_centre]}}, {optimise}}}\n"
    )


def refused(make, town, text):
    with pytest.raises(ScenarioError) as found:
        apply_scenario(town, make(text))
    return found.value.problems


def plan_of(make, town, text):
    (plan,) = apply_scenario(town, make(text)).city.mobile_offices
    return plan


# ---------------------------------------------------------------- written calendars


def test_every_key_of_a_written_plan(make, town):
    keys = (
        f"vehicles: 2\n  use: disaster\n  staff: 3\n  setup_min: 20\n  depot: {at(town, 44)}\n"
        '  shift: {start: "08:30", end: "17:15"}\n  lunch: {earliest: "12:00", latest: "13:30", minutes: 45}\n'
        "  clinic_desk: {kind: online, doctor_hours_share: 0.5}\n  reservation: required"
    )
    plan = plan_of(
        make,
        town,
        written(town, '{weekday: tue, start: "10:00", end: "15:00", vehicle: 2}', keys=keys).replace(
            '"15:00"', '"12:00"'
        ),
    )
    assert (plan.use, plan.staff, plan.setup_s, plan.reservation) == ("disaster", 3, 20 * M, "required")
    assert plan.name.ja == "臨時窓口（車両）"
    assert plan.shift_s == (8 * H + 30 * M, 17 * H + 15 * M)
    assert plan.lunch == LunchBreak(12 * H, 13 * H + 30 * M, 45 * M)
    assert plan.clinic_desk == ClinicDesk("online", 0.5)
    assert np.allclose(plan.depot_xy, town.population.xy[44], atol=0.1)
    assert [v.vehicle for p in plan.places for v in p.visits] == [1]


def test_too_little_time_for_the_way_names_both_places_and_the_minutes(make, town):
    # cell 0 to cell 20 (4 × 500 m east, 2 × 500 m north): √5 km × 1.4 at 30 km/h = 6.26 min, told as 7; 15 + 15 around
    text = written(town, '{weekday: mon, start: "09:00", end: "11:00"}', '{weekday: mon, start: "11:36", end: "12:00"}')
    (problem,) = refused(make, town, text)
    assert problem.code == "scenario.too_close"
    assert "所0" in problem.message.ja
    assert "所1" in problem.message.ja
    assert "37 分必要" in problem.message.ja
    assert "36 分しかありません" in problem.message.ja
    assert problem.where.startswith("example.yaml:")
    assert "modifications[0].stops[1].visits[0]" in problem.where
    fine = text.replace("11:36", "11:37")
    assert len(plan_of(make, town, fine).places) == 2
    assert len(plan_of(make, town, text.replace("vehicles: 1", "vehicles: 2")).places) == 2
    assert len(plan_of(make, town, text.replace("vehicles: 1", "vehicles: 1\n  setup_min: 0")).places) == 2


@pytest.mark.parametrize(
    ("visit", "keys", "code"),
    [
        ('{weekday: mon, start: "10:00", end: "25:00"}', "vehicles: 1", "time_range"),
        ('{weekday: mon, start: "15:00", end: "10:00"}', "vehicles: 1", "window"),
        ('{weekday: mon, start: "10:00", end: "12:00", vehicle: 2}', "vehicles: 1", "no_such_vehicle"),
        (
            '{weekday: mon, start: "08:00", end: "18:00"}',
            'vehicles: 1\n  shift: {start: "08:30", end: "17:15"}',
            "outside_shift",
        ),
        ('{weekday: mon, start: "08:46", end: "17:00"}', 'vehicles: 1\n  shift: {start: "08:30", end: "17:16"}', None),
        ('{weekday: mon, start: "10:00", end: "15:00"}', "vehicles: 1\n  lunch: {}", "no_lunch"),
        ('{weekday: mon, start: "10:00", end: "12:00"}', "vehicles: 1\n  lunch: {minutes: 150}", "lunch_window"),
        ('{weekday: mon, start: "10:00", end: "12:00"}', "vehicles: 1\n  clinic_desk: {kind: online}", "missing_key"),
        ('{weekday: mon, start: "10:00", end: "12:00"}', "vehicles: 0", "out_of_range"),
    ],
)
def test_what_one_visit_may_be(make, town, visit, keys, code):
    text = written(town, visit, keys=keys)
    if code is None:
        assert plan_of(make, town, text)
        return
    (problem,) = refused(make, town, text)
    assert problem.code.removeprefix("scenario.") == code
    assert problem.where.startswith("example.yaml:")


def test_weeks_weekday_and_walk_are_those_written(make, town):
    keys = "vehicles: 1\n  catchment: {walk_min: 10}"
    plan = plan_of(
        make, town, written(town, '{weekday: wed, week_of_month: [1, 3], start: "10:00", end: "12:00"}', keys=keys)
    )
    ((visit,),) = (p.visits for p in plan.places)
    assert (visit.weekday, visit.weeks_of_month, visit.start_s, visit.end_s) == (2, (1, 3), 10 * H, 12 * H)
    assert plan.walk_m == 800.0  # 80 m/min


def test_places_outside_of_the_city_are_refused(make, town):
    lon, lat = town.population.lonlat[0]
    outside = written(town, '{weekday: mon, start: "10:00", end: "12:00"}').replace(
        at(town, 0), f"{{lat: {lat - 0.05}, lon: {lon}}}"
    )
    (problem,) = refused(make, town, outside)
    assert problem.code == "scenario.outside_city"
    assert "stops[0].location" in problem.where


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- {id: v, type: mobile-service, services: [a], vehicles: 1}", "stops_or_optimise"),
        ("- {id: v, type: mobile-service, services: [a], vehicles: 1, stops: []}", "stops_or_optimise"),
        (
            "- {id: v, type: mobile-service, services: [a], vehicles: 1, optimise: {candidates: {facilities: [x]}, p: 1}}",
            "no_depot",
        ),
    ],
)
def test_either_stops_or_optimise_with_a_depot(make, town, text, code):
    assert [p.code for p in refused(make, town, text)] == [f"scenario.{code}"]


def test_stops_and_optimise_together_are_refused(make, town):
    both = (
        chosen(town, "p: 2")
        + f'  stops: [{{name: A, location: {at(town, 0)}, visits: [{{weekday: mon, start: "10:00", end: "12:00"}}]}}]\n'
    )
    assert [p.code for p in refused(make, town, both)] == ["scenario.stops_or_optimise"]


def test_a_week_named_twice_is_refused(make, town):
    twice = written(town, '{weekday: tue, week_of_month: [1, 1], start: "10:00", end: "12:00"}')
    assert [p.code for p in refused(make, town, twice)] == ["scenario.week_twice"]


def test_the_id_of_a_plan_of_the_city_is_refused(make, town):
    text = written(town, '{weekday: tue, start: "10:00", end: "12:00"}')
    taken = town.replace(mobile_offices=(plan_of(make, town, text),))
    assert [p.code for p in refused(make, taken, text)] == ["scenario.duplicate_plan"]


# ---------------------------------------------------------------- chosen plans


def test_ages_that_the_city_does_not_tell_are_not_weighed(make, town):
    people = town.population
    ageless = (replace(people.bands[0], band_id="all", from_age=0, to_age=None),)
    unknown = town.replace(population=replace(people, bands=ageless, persons=people.total[:, None]))
    assert [p.code for p in refused(make, unknown, chosen(town, "p: 2, weights: pop75"))] == ["scenario.ages_not_known"]
    assert len(plan_of(make, unknown, chosen(town, "p: 2")).places) == 2


def test_chosen_places_cover_most_and_their_tours_pass_the_judge(make, town):
    text = chosen(town, "p: 4, weights: pop75, standard_min: 10")
    plan = plan_of(make, town, text)
    assert plan.walk_m == 800
    assert len(plan.places) == 4
    assert {p.facility_id for p in plan.places} <= {c[0] for c in CENTRES}
    crew = plan_crew(plan, plan_drives(town.streets, plan, 30.0))
    stays = [Stay(n, v) for n, p in enumerate(plan.places) for v in p.visits]
    assert check_days(crew, stays) == ()
    assert all(v.weeks_of_month in {(1, 3), (2, 4)} for p in plan.places for v in p.visits)
    assert "この条件で最良（mclp、証明済み）" in plan.chosen_by
    # every choice of four, by hand: who of age 75+ has a centre of a cell within 800 m
    cells, centres = town.population.xy, np.array([c[2] for c in CENTRES])
    near = np.hypot(*(cells[:, None] - centres[None]).transpose(2, 0, 1)) <= 800
    best = max(near[:, list(four)].any(axis=1).sum() * 10 for four in combinations(range(12), 4))
    picked = [int(p.facility_id.removeprefix("centre-")) for p in plan.places]
    assert near[:, picked].any(axis=1).sum() * 10 == best


@pytest.mark.parametrize("objective", ["p-median", "p-center"])
def test_other_objectives(make, town, objective):
    plan = plan_of(make, town, chosen(town, f"p: 3, objective: {objective}"))
    assert len(plan.places) == 3
    assert objective in plan.chosen_by


def test_a_walk_too_long_to_be_worked_out_is_told_as_longer(make, town, monkeypatch):
    monkeypatch.setattr(choosing, "FARTHEST_S", 10 * M)
    plan = plan_of(make, town, chosen(town, "p: 1, objective: p-center, dwell_min: 85"))
    assert "最も長い徒歩 10 分超" in plan.chosen_by


def test_fixed_and_forbidden_places(make, town):
    free = plan_of(make, town, chosen(town, "p: 3"))
    out = free.places[0].facility_id
    kept = next(c[0] for c in CENTRES if c[0] not in {p.facility_id for p in free.places})
    plan = plan_of(make, town, chosen(town, f"p: 3, fixed_places: [{kept}], forbidden_places: [{out}]"))
    ids = {p.facility_id for p in plan.places}
    assert kept in ids
    assert out not in ids


def test_a_place_both_fixed_and_forbidden_is_named(make, town):
    (one, *_), (other, *_) = CENTRES[1], CENTRES[2]
    text = chosen(town, f"p: 3, fixed_places: [{other}, {one}], forbidden_places: [{one}, {other}]")
    with pytest.raises(ScenarioError) as found:
        plan_of(make, town, text)
    (problem,) = found.value.problems
    assert problem.code == "scenario.fixed_and_forbidden"
    assert problem.where.endswith("modifications[0].optimise.forbidden_places")
    names = dict(zip(town.facilities.facility_id.tolist(), town.facilities.name.tolist(), strict=True))
    for place in (one, other):
        assert names[place] in problem.message.ja
        assert names[place] in problem.message.en


def test_hours_of_the_vehicles_are_never_exceeded(make, town):
    plan = plan_of(make, town, chosen(town, "vehicle_hours_per_month: 30, dwell_min: 120"))
    n = len(plan.places)
    assert n >= 3
    assert n * 2 * (120 + 30) / 60 <= 30  # open, set up and packed, without a drive
    more = plan_of(make, town, chosen(town, "vehicle_hours_per_month: 60, dwell_min: 120"))
    assert len(more.places) > n


@pytest.mark.parametrize("times", [1, 2, 4])
@pytest.mark.parametrize("budget", range(13, 60, 6))
def test_no_average_month_takes_more_hours_than_there_are(make, town, times, budget):
    asked = f"vehicle_hours_per_month: {budget}, dwell_min: 120, visits_per_month: {times}"
    plan = plan_of(make, town, chosen(town, asked, "vehicles: 3"))
    drive = plan_drives(town.streets, plan, 30.0)
    alone = [2 * 15 * M + 120 * M + int(drive[-1, n] + drive[n, -1]) for n in range(len(plan.places))]
    months = [place.visits[0].per_month for place in plan.places]
    assert sum(n * s for n, s in zip(months, alone, strict=True)) / H <= budget + 1e-9


def lived_in(town, *groups):
    """Return the town with nobody but (persons, youngest age of their band) at the cell of a centre."""
    persons = np.zeros_like(town.population.persons)
    ages = [band.from_age for band in town.population.bands]
    for centre, count, age in groups:
        cell = np.argmin(np.hypot(*(town.population.xy - CENTRES[centre][2]).T))
        persons[cell, ages.index(age)] = count
    return town.replace(population=replace(town.population, persons=persons))


@pytest.mark.parametrize("objective", ["mclp", "p-median"])
def test_places_follow_the_people_asked_for_and_their_number(make, town, objective):
    def chosen_centre(city, weights):
        text = chosen(city, f"p: 1, objective: {objective}, weights: {weights}, standard_min: 5")
        return plan_of(make, city, text).places[0].facility_id

    both = lived_in(town, (0, 10, 75), (11, 1_000, 15))
    assert (chosen_centre(both, "pop75"), chosen_centre(both, "pop")) == ("centre-0", "centre-11")
    aged = lived_in(town, (0, 1_000, 65), (11, 10, 75))
    assert (chosen_centre(aged, "pop75"), chosen_centre(aged, "pop65")) == ("centre-11", "centre-0")
    more = lived_in(town, (0, 10, 75), (11, 1_000, 75))  # another answer to the first question
    assert chosen_centre(more, "pop75") == "centre-11"


def test_the_walk_told_is_that_of_one_person_on_the_streets_there_are(make, town):
    people = lived_in(town, (1, 300, 75))  # 1,000 m from centre-0
    text = chosen(town, "p: 1, objective: p-median").replace("facilities: [community_centre]", "ids: [centre-0]")
    for detour, told in ((1.0, "平均徒歩 12.5 分"), (2.0, "平均徒歩 25.0 分")):
        plan = plan_of(make, people.replace(streets=DetourPlane(detour, 1.0)), text)
        assert told in plan.chosen_by


def test_chosen_tours_drive_off_the_peak_every_week(make, town):
    text = chosen(town, "p: 1, visits_per_month: 4").replace("facilities: [community_centre]", "ids: [centre-11]")
    plan = plan_of(make, town, text)
    drive = plan_drives(town.streets, plan, 30.0)
    assert f"走行 {52 / 12 * int(drive[0, 1] + drive[1, 0]) / H:.1f} 時間/月" in plan.chosen_by
    assert plan.places[0].visits[0].weekday == 1  # Tuesday, the first to be filled
    monday = plan_of(make, town, text.replace("p: 1", "p: 1, weekdays: [mon]"))
    assert monday.places[0].visits[0].weekday == 0


def test_the_standard_is_minutes_of_the_standard_walker(make, town):
    scenario = make(chosen(town, "p: 1, standard_min: 10"), parameters="{walk_standard_m_min: 60}")
    (plan,) = apply_scenario(town, scenario).city.mobile_offices
    assert plan.walk_m == 600.0


def test_a_place_without_a_road_one_way_is_never_chosen():
    drives = np.zeros((4, 4), np.int32)
    drives[0, -1] = drives[-1, 2] = NO_ROAD_S
    asked = SimpleNamespace(forbidden=(), fixed=())
    assert choosing._forbidden(asked, drives) == (0, 2)


def test_named_candidates_and_further_places(make, town):
    spot = f"{{name: 広場, location: {at(town, 3)}}}"
    optimise = f"{{candidates: {{ids: [centre-2, 仮], locations: [{spot}]}}, p: 2}}".replace(", 仮", "")
    text = chosen(town, "p: 1").split("  optimise:")[0] + f"  optimise: {optimise}\n"
    plan = plan_of(make, town, text)
    assert [(p.name.ja, p.facility_id) for p in plan.places][1] == ("広場", "")


def test_tours_that_do_not_exist_name_what_binds(make, town):
    (problem,) = refused(
        make, town, chosen(town, "p: 6, dwell_min: 400, weekdays: [tue], visits_per_month: 4", NO_LUNCH)
    )
    assert problem.code == "scenario.tour_infeasible"
    assert "optimise" in problem.where
    (problem,) = refused(
        make, town, chosen(town, "p: 4, dwell_min: 400, weekdays: [tue, wed], visits_per_month: 4", NO_LUNCH)
    )
    assert "車両をあと" in problem.hint.ja


@pytest.mark.parametrize(
    ("optimise", "code"),
    [
        ("p: 2, vehicle_hours_per_month: 20", "how_many_places"),
        ("objective: mclp", "how_many_places"),
        ("vehicle_hours_per_month: 20, objective: p-median", "budget_objective"),
        ("p: 2, weekdays: [mon, mon]", "weekday_twice"),
        ("p: 2, fixed_places: [centre-99]", "unknown_candidate"),
        ("p: 1, fixed_places: [centre-1, centre-2]", None),
        ("p: 99", None),
        ("p: 2, visits_per_month: 3", None),
        ("p: 1, dwell_min: 600", "tour_longer_than_opening"),
        ("p: 4, dwell_min: 400, weekdays: [tue], visits_per_month: 4", "tour_no_lunch_alone"),
    ],
)
def test_what_may_be_asked(make, town, optimise, code):
    problems = refused(make, town, chosen(town, optimise))
    assert len(problems) == 1
    assert problems[0].where.startswith("example.yaml:")
    assert code is None or problems[0].code == f"scenario.{code}"


def test_an_equal_question_is_answered_once(make, town, monkeypatch):
    text = chosen(town, "p: 2, dwell_min: 95")
    first = plan_of(make, town, text)
    monkeypatch.setattr(choosing, "_chosen", lambda *_: pytest.fail("computed again"))
    assert plan_of(make, town, text) == first


def test_the_answer_is_the_same_when_worked_out_anew(make, town, monkeypatch):
    text = chosen(town, "p: 5, weights: pop75")
    first = plan_of(make, town, text)
    monkeypatch.setattr(choosing, "_KNOWN", type(choosing._KNOWN)())
    assert plan_of(make, town, text) == first
