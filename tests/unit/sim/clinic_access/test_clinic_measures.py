"""Clinic access on made-up cities: supply, competition of two walkers, online visits, licences, emergencies, desks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from geodata.errors import Text
from geodata.facilities import Facilities
from geodata.mobile_office import ClinicDesk, MobileOfficePlan, OfficePlace, OfficeVisit
from geodata.provenance import Status
from geodata.streets import StreetNetwork
from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from sim.clinic_access.ages import mean_by_age, product, weighted_persons
from sim.clinic_access.competition import compete, drive_minutes
from sim.clinic_access.emergency import doctor_car_minutes, emergency_minutes, find_emergency
from sim.clinic_access.licences import licence_table
from sim.clinic_access.supply import day_bit, find_supply, merged, opening_week_hours, usual_sessions
from sim.context import RunContext
from sim.kpi.clinic_tables import clinic_districts
from sim.kpi.measure import GroupWeights, Measure, group_value, group_weights
from sim.kpi.measures import MEASURES
from sim.kpi.registry import KPIS
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.run import run_models
from tests.unit.sim.few_kpis import run_of

HOUR = 3_600
ROWS = [
    ("clinic-1", "clinic", (750.0, 750.0), ""),
    ("clinic-2", "clinic", (3250.0, 5250.0), ""),
    ("hospital-1", "hospital", (2000.0, 3000.0), ""),
]


def town(rows=ROWS, **layers):
    return grid_city(facilities=facilities_from_rows(rows)).replace(**layers)


def context(city, analysis=None, **params):
    return RunContext(city, analysis or Analysis(), Params(**params), Reuse())


def with_hours(facilities: Facilities, rows) -> Facilities:
    """Return facilities with rows (facility, days, start hour, end hour)."""
    table = np.array([(f, d, s * HOUR, e * HOUR) for f, d, s, e in rows], np.int32).reshape(-1, 4)
    names = ("hours_facility", "hours_days", "hours_start_s", "hours_end_s")
    return replace(facilities, **{name: table[:, n].copy() for n, name in enumerate(names)})


def measures(city, kpi_id, **params):
    return {m.setting: m for m in MEASURES[kpi_id](context(city, **params))}


# ---------------------------------------------------------------- supply


def test_one_unit_for_all_capacity_then_hours_then_the_parameters():
    facilities = facilities_from_rows([*ROWS, ("clinic-3", "clinic", (750.0, 750.0), "")])
    facilities = with_hours(facilities, [(1, 0b11111, 9, 12), (1, 0b00101, 14, 17), (3, 0b1, 9, 12)])
    facilities = replace(facilities, capacity=np.array([np.nan, np.nan, np.nan, 70.0]))
    supply = find_supply(context(town(facilities=facilities), clinic_week_hours=30.0, hospital_week_hours=120.0))
    assert supply.week_hours.tolist() == [30.0, 21.0, 120.0, 70.0]
    assert supply.n_assumed == 2


def test_times_told_twice_count_once_and_holidays_are_no_weekday():
    rows = [(0, 0b1, 9, 12), (0, 0b1, 11, 13), (0, 0b1, 13, 14), (0, 0b1000_0000, 9, 20)]
    facilities = with_hours(facilities_from_rows(ROWS), rows)
    assert opening_week_hours(facilities).tolist() == [5.0, 0.0, 0.0]
    assert merged([(5, 6), (1, 3), (2, 4)]) == ((1, 4), (5, 6))
    assert [day_bit(date) for date in ("2025-10-15", "2025-10-19", "2025-10-13")] == [2, 6, 7]


def test_a_place_for_holidays_is_not_counted_unless_its_hours_are_known():
    facilities = facilities_from_rows(ROWS)
    facilities = replace(facilities, specialty=np.array(["休日緊急", "内科", ""]))
    assert find_supply(context(town(facilities=facilities))).rows.tolist() == [1, 2]
    known = with_hours(facilities, [(0, 0b1000000, 9, 17)])
    supply = find_supply(context(town(facilities=known)))
    assert supply.rows.tolist() == [0, 1, 2]
    assert supply.sessions[0] == ()  # 2025-10-15 is a Wednesday
    assert supply.week_hours[0] == 8.0


def test_a_specialty_counts_only_those_known_to_have_it():
    facilities = replace(facilities_from_rows(ROWS), specialty=np.array(["内科|小児科", "眼科", ""]))
    assert find_supply(context(town(facilities=facilities), clinic_specialty="小児科")).rows.tolist() == [0]


def test_assumed_sessions_follow_the_day():
    params = Params()
    nine, noon, two, six = (h * HOUR for h in (9, 12, 14, 18))
    assert usual_sessions(params, "2025-10-15") == ((nine, noon), (two, six))
    assert usual_sessions(params, "2025-10-18") == ((nine, noon),)
    assert usual_sessions(params, "2025-10-19") == ()


def desk_plan(xy, *, weeks=(), share=1.0, weekday=2):
    visit = OfficeVisit(weekday, 10 * HOUR, 13 * HOUR, weeks)
    place = OfficePlace("p", Text("広場", "Square"), (0.0, 0.0), xy, (visit,))
    name = Text("車", "Van")
    desk = ClinicDesk("doctor", share)
    return MobileOfficePlan("van", name, "hypothetical", (), 1, (place,), 500.0, clinic_desk=desk)


def test_a_desk_on_board_is_supply_in_its_hours():
    plan = desk_plan((3750.0, 250.0), share=0.5)
    supply = find_supply(context(town(mobile_offices=(plan,))))
    assert supply.week_hours[-1] == pytest.approx(1.5)  # three hours a week, a doctor half of the time
    assert supply.rows[-1] == -1
    assert supply.sessions[-1] == ((10 * HOUR, 13 * HOUR),)
    twice = find_supply(context(town(mobile_offices=(desk_plan((0.0, 0.0), weeks=(1, 3)),))))
    assert twice.week_hours[-1] == pytest.approx(2 * 3 / (52 / 12))
    fourth = find_supply(context(town(mobile_offices=(desk_plan((0.0, 0.0), weeks=(1, 4)),))))
    assert (twice.sessions[-1], fourth.sessions[-1]) == (((10 * HOUR, 13 * HOUR),), ())  # the 15th is the third
    without = replace(plan, clinic_desk=None)
    assert len(find_supply(context(town(mobile_offices=(without,)))).xy) == 3


# ---------------------------------------------------------------- competition


def test_both_walkers_share_the_same_hours():
    found = compete(context(town()), "transit")
    shared = found.demand[0] @ found.standard[0] + found.demand[1] @ found.older[0]
    assert shared / 100 == pytest.approx(found.supply.week_hours.sum())
    assert found.older[0].mean() < found.standard[0].mean()


def test_demand_is_people_by_visits_of_their_age():
    population = town().population
    table = ((0.0, 1.0), (65.0, 2.0), (75.0, 4.0))
    assert weighted_persons(population, table)[0] == pytest.approx(10 + 60 + 2 * 20 + 4 * 10)
    assert weighted_persons(population, table, 65, 75)[0] == pytest.approx(40)
    assert mean_by_age(population, table, 65, 200)[0] == pytest.approx((2 * 20 + 4 * 10) / 30)
    # 40–64 within the band 15–64: 25 of its 50 years.
    assert weighted_persons(population, ((0.0, 0.0), (40.0, 1.0), (65.0, 0.0)))[0] == pytest.approx(30)


def test_by_car_on_a_plane_by_hand():
    # One clinic in one corner; 30 km/h × 1.4 and 4 min: 10 min reach 6 × 500 / 1.4 m = 2,142.86 m.
    city = town([("c", "clinic", (250.0, 250.0), "")])
    found = compete(context(city), "car")
    distance = np.hypot(*(city.population.xy - 250.0).T)
    minutes = distance * 1.4 / 500 + 4
    weight = np.select([minutes <= 10, minutes <= 20, minutes <= 30], [1.0, 0.68, 0.22], 0.0)
    per_cell = (found.demand[0] + found.demand[1])[0]
    ratio = 36 / (per_cell * weight.sum())
    assert found.standard[0] == pytest.approx(100 * ratio * weight)
    assert found.older[0] == pytest.approx(found.standard[0])


def test_without_online_visits_groups_do_not_differ_by_age_alone():
    found = compete(context(town()), "transit")
    for age in (65, 75):
        assert np.array_equal(found.older[age], found.older[0])


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_online_visits_share_their_hours_with_all_alike(share):
    city = town()
    plain, online = (compete(context(city, online_visit_share=s), "transit") for s in (0.0, share))
    total, hours = sum(d.sum() for d in plain.demand), plain.supply.week_hours.sum()
    for before, after in ((plain.standard[0], online.standard[0]), (plain.older[0], online.older[0])):
        assert after == pytest.approx((1 - share) * before + share * 100 * hours / total)
    shared = online.demand[0] @ online.standard[0] + online.demand[1] @ online.older[0]
    assert shared / 100 == pytest.approx(hours)


def test_online_visits_by_age_are_shared_out_age_by_age():
    factors = ((0.0, 1.0), (65.0, 0.5), (75.0, 0.0))
    city, params = town(), Params(online_visit_share=0.2, online_age_factors=factors)
    found = compete(RunContext(city, Analysis(), params, Reuse()), "transit")
    hours, population = found.supply.week_hours.sum(), city.population
    rates = {(0, 65): 0.2, (65, 75): 0.1, (75, 200): 0.0}
    visits = {ages: weighted_persons(population, params.visit_rates, *ages) for ages in rates}
    total = sum(v.sum() for v in visits.values())
    by_screen = sum(rates[ages] * v.sum() for ages, v in visits.items()) / total
    # What those who come have, from the values of 75 and older, who never visit online, and of the younger by undoing it.
    come = {"older": found.older[75], "standard": (found.standard[65] - 0.1 * 100 * hours / total) / 0.9}
    walker = {(0, 65): "standard", (65, 75): "standard", (75, 200): "older"}
    shared = sum((1 - rates[a]) * (visits[a] @ come[walker[a]]) for a in rates) / 100
    assert shared == pytest.approx(hours * (1 - by_screen))
    young, middle = (float(visits[ages][0]) for ages in ((0, 65), (65, 75)))
    mean = (young * 0.2 + middle * 0.1) / (young + middle)  # over the visits of those under 75
    assert found.standard[0] == pytest.approx((1 - mean) * come["standard"] + mean * 100 * hours / total)
    assert product(((0.0, 2.0), (65.0, 3.0)), ((0.0, 1.0), (20.0, 5.0))) == ((0.0, 2.0), (20.0, 10.0), (65.0, 15.0))


def visits_by_age(city, params, group="all"):
    """Return the visits of a group of a city, in units of the national average."""
    low, high = {"all": (0, 200), "65plus": (65, 200), "75plus": (75, 200)}[group]
    return float(weighted_persons(city.population, params.visit_rates, low, high).sum())


@pytest.mark.parametrize("setting", ["default", "car"])
@pytest.mark.parametrize("online", [0.0, 0.2])
def test_the_city_value_is_what_somebody_reaches_by_visit(setting, online):
    """Σ D A = Σ S of the city, of any split by age and district; so no change of transport alone can lower it."""
    city = uneven(town())
    params = Params(online_visit_share=online, online_age_factors=((0.0, 1.0), (65.0, 0.5), (75.0, 0.0)))
    result = run_of(city, "clinic_e2sfca", params=params)
    supply = find_supply(RunContext(city, Analysis(), params, Reuse())).week_hours.sum()
    value = result.find("clinic_e2sfca", setting).value
    assert value / 100 * visits_by_age(city, params) == pytest.approx(supply)
    if not online:  # then a group differs from another only by who is in it
        found = compete(RunContext(city, Analysis(), params, Reuse()), "transit" if setting == "default" else "car")
        middle, oldest = (weighted_persons(city.population, params.visit_rates, *a) for a in ((65, 75), (75, 200)))
        shared = oldest @ found.older[0], middle @ found.standard[0]
        of_group = {g: result.find("clinic_e2sfca", setting, g).value for g in ("65plus", "75plus")}
        assert of_group["75plus"] == pytest.approx(shared[0] / oldest.sum())
        assert of_group["65plus"] == pytest.approx(sum(shared) / (oldest + middle).sum())
    districts = [row for row in result.kpis if row.kpi_id == "clinic_e2sfca" and row.group.startswith("district:")]
    of_setting = {row.group.removeprefix("district:"): row.value for row in districts if row.setting == setting}
    visits = weighted_persons(city.population, params.visit_rates)
    by_district = np.bincount(city.population.district, visits, len(city.population.district_id))
    told = [of_setting[name] for name in city.population.district_id.tolist()]
    assert by_district @ told / by_district.sum() == pytest.approx(value)


def uneven(city, seed=3):
    """Return a city whose cells differ in how many live there and how old they are."""
    persons = city.population.persons
    drawn = np.random.default_rng(seed).uniform(0.0, 3.0, persons.shape)
    return city.replace(population=city.population.with_persons(persons * drawn))


@given(st.floats(0.5, 40.0), st.floats(0.5, 40.0), st.integers(0, 99))
def test_a_mean_over_visits_is_that_of_every_person_counted_as_often(young, old, seed):
    rng = np.random.default_rng(seed)
    people = GroupWeights(rng.uniform(0, 9, 4), rng.uniform(0.1, 9, 4), np.ones(4))
    values = rng.uniform(0, 5, 4), rng.uniform(0, 5, 4)
    rates = np.full(4, young), np.full(4, old)
    measure = Measure("clinic_e2sfca", "default", "mean", *values, Status.ASSUMED, weighing={0: rates})
    total = young * people.standard.sum() + old * people.older.sum()
    expected = (young * people.standard @ values[0] + old * people.older @ values[1]) / total
    assert group_value(measure, people) == pytest.approx(expected)
    alike = replace(measure, weighing={0: (np.full(4, young), np.full(4, young))})
    assert group_value(alike, people) == pytest.approx(group_value(replace(measure, weighing={}), people))


@settings(max_examples=8)
@given(st.integers(0, 2**16), st.floats(20.0, 60.0), st.floats(2.0, 30.0))
def test_whatever_the_pace_the_city_value_follows_only_what_somebody_reaches(seed, pace, limit_min):
    """Slower or faster ways shift the value between cells; the city loses only what nobody reaches any more."""
    city = uneven(town(), seed)
    params = {"walk_standard_m_min": pace, "walk_older_m_min": pace, "e2sfca_transit_steps": ((limit_min, 1.0),)}
    found = context(city, **params)
    (measure, *_) = MEASURES["clinic_e2sfca"](found)
    people, supply = group_weights(city.population, "all", found.params.older_from_age), find_supply(found)
    lived_in = city.population.total > 0
    reached = (found.travel_minutes("older", supply.xy)[lived_in] <= limit_min).any(axis=0)
    value = group_value(measure, people)
    assert value / 100 * visits_by_age(city, found.params) == pytest.approx(supply.week_hours[reached].sum())


def test_a_city_nobody_lives_in_has_no_value_and_no_warning():
    city = town()
    empty = city.replace(population=city.population.with_persons(np.zeros_like(city.population.persons)))
    found = compete(context(empty), "transit")
    assert not found.standard[0].any()
    row = run_of(empty, "clinic_e2sfca").find("clinic_e2sfca")
    assert row.value is None


# ---------------------------------------------------------------- licences and online within the limit


def test_licences_that_are_returned_leave_the_older_without_a_car():
    table = dict(licence_table(Params(licence_return_share=0.5)))
    assert table == {0: 0, 18: 0.45, 20: 0.88, 40: 0.93, 65: 0.4, 75: 0.25, 85: 0.085}
    later = dict(licence_table(Params(licence_return_share=1.0, licence_return_from_age=70)))
    assert (later[65], later[70], later[75]) == (0.8, 0, 0)
    assert licence_table(Params()) == tuple(sorted({**dict(Params().licence_shares)}.items()))


def test_by_licence_every_group_has_its_own_share():
    # Nobody walks far, so only drivers get there; everybody who drives does.
    city = town([("c", "clinic", (2000.0, 3000.0), "")], timetable=grid_city().timetable)
    params = {
        "licence_shares": ((0.0, 0.0), (15.0, 0.6), (65.0, 0.4), (75.0, 0.2)),
        "max_direct_walk_min": 1.0,
        "max_access_min": 1.0,
        "clinic_within_min": 30.0,
    }
    result = run_of(city, "clinic_within_30min_share", params=Params(**params))

    def of(group, setting):
        return result.find("clinic_within_30min_share", setting, group).value

    reach = {g: of(g, "default") for g in ("all", "65plus", "75plus")}
    drivers = {"all": (60 * 0.6 + 20 * 0.4 + 10 * 0.2) / 100, "65plus": (8 + 2) / 30, "75plus": 0.2}
    for group, share in drivers.items():
        assert of(group, "by-licence") == pytest.approx(reach[group] + (1 - reach[group]) * share)
    params["licence_return_share"] = 0.5
    fewer = run_of(city, "clinic_within_30min_share", params=Params(**params))
    found = fewer.find("clinic_within_30min_share", "by-licence", "75plus").value
    assert found == pytest.approx(reach["75plus"] + (1 - reach["75plus"]) * 0.1)
    assert fewer.find("clinic_within_30min_share").value == reach["all"]


def test_with_online_counts_visits_that_need_no_trip():
    found = measures(town(), "clinic_within_30min_share", online_visit_share=0.1)
    plain, online = found["default"].standard, found["with-online"].standard
    assert online == pytest.approx(plain + (1 - plain) * 0.1)
    same = measures(town(), "clinic_within_30min_share")
    assert np.array_equal(same["with-online"].standard, same["default"].standard)
    assert "仮定" in same["with-online"].note


def test_hospitals_alone_are_fewer_places_and_have_their_own_figure():
    within, alone = (measures(town(rows), "clinic_within_30min_share") for rows in (ROWS, ROWS[2:]))
    assert np.array_equal(within["hospital"].standard, alone["default"].standard)
    assert np.array_equal(within["hospital"].older, alone["default"].older)
    assert 0 < within["hospital"].older.sum() < within["default"].older.sum()
    clinics = measures(town(ROWS[:2]), "clinic_within_30min_share")
    assert clinics["hospital"].missing
    assert not clinics["default"].missing
    closed = replace(facilities_from_rows(ROWS), open_to_public=np.array([True, True, False]))
    assert measures(town(facilities=closed), "clinic_within_30min_share")["hospital"].missing


def test_a_run_to_the_hospital_shows_where_clinics_are_near_all_the_same():
    """Every cell has a clinic at its door, so only the figure of hospitals tells a faster walk to the hospital."""
    doors = [(f"c{n}", "clinic", tuple(xy), "") for n, xy in enumerate(town().population.xy.tolist())]
    city = town([*doors, ROWS[2]])
    near, far = (measures(city, "clinic_within_30min_share", clinic_within_min=limit) for limit in (30.0, 15.0))
    assert near["default"].older.sum() == far["default"].older.sum() == city.population.n_cells
    assert far["hospital"].older.sum() < near["hospital"].older.sum()


# ---------------------------------------------------------------- emergencies


def test_emergency_care_by_car_from_hospitals_or_bases():
    rows = [
        ("big", "hospital", (250.0, 250.0), ""),
        ("small", "hospital", (3750.0, 5750.0), ""),
        ("base", "doctor_car_base", (2250.0, 3250.0), ""),
    ]
    city = town(rows)
    params = {"emergency_hospitals": ("big",), "emergency_within_min": 5.0, "car_peak_kmh": 21.0}
    found = measures(city, "emergency_within_15min_share", **params)
    reach_m = 5 * 350 / 1.4  # 1,250 m

    def near(xy):
        return np.hypot(*(city.population.xy - xy).T) <= reach_m + 1e-6

    assert np.array_equal(found["doctor-car"].standard > 0, near(np.array([2250.0, 3250.0])))
    either = near(np.array([250.0, 250.0])) | near(np.array([2250.0, 3250.0]))
    assert np.array_equal(found["default"].standard > 0, either)
    assert 0 < found["doctor-car"].standard.sum() < found["default"].standard.sum() < city.population.n_cells


ONE_WAY_XY = np.array([[250.0, 250.0], [3_750.0, 250.0]])


def one_way():
    """Streets of 3.5 km: 5 min by car to the east, 20 min back."""
    length = np.full(2, 3_500.0)
    ends = np.array([0, 1, 2], np.int32), np.array([1, 0], np.int32)
    return StreetNetwork(ONE_WAY_XY / 1e5, ONE_WAY_XY, *ends, length, length, np.array([300.0, 1_200.0]))


def test_a_doctor_car_drives_to_the_home_and_patients_to_the_hospital():
    west = tuple(ONE_WAY_XY[0])
    city = town([("h", "hospital", west, ""), ("base", "doctor_car_base", west, "")], streets=one_way())
    there = context(city)
    places = find_emergency(there)
    east = int(np.argmin(np.hypot(*(city.population.xy - ONE_WAY_XY[1]).T)))
    assert emergency_minutes(there, places.hospitals)[east] == pytest.approx(20.0, abs=1e-4)
    assert doctor_car_minutes(there, places.bases)[east] == pytest.approx(5.0, abs=1e-4)


def test_drives_of_one_run_are_told_apart_by_way_speed_and_parking():
    east = 7
    plane, streets = context(town()), context(town(streets=one_way()))
    assert np.allclose(town().population.xy[east], ONE_WAY_XY[1])
    drive = drive_minutes(plane, ONE_WAY_XY[:1], 30.0, 0.0)[east, 0]
    assert drive == pytest.approx(3.5 * 1.4 * 2)
    assert drive_minutes(plane, ONE_WAY_XY[:1], 60.0, 0.0)[east, 0] == pytest.approx(drive / 2)
    assert drive_minutes(plane, ONE_WAY_XY[:1], 30.0, 5.0)[east, 0] == pytest.approx(drive + 5)
    ways = [drive_minutes(streets, ONE_WAY_XY[:1], 30.0, 0.0, outward=outward)[east, 0] for outward in (False, True)]
    assert ways == pytest.approx([20.0, 5.0])


def test_which_hospitals_take_emergencies_is_named_told_or_assumed():
    facilities = facilities_from_rows([("a", "hospital", (250.0, 250.0), ""), ("b", "hospital", (3750.0, 5750.0), "")])
    narrow = {"emergency_within_min": 2.0}
    everyone = measures(town(facilities=facilities), "emergency_within_15min_share", **narrow)["default"]
    assert "仮定" in everyone.note
    told = replace(facilities, specialty=np.array(["内科", "救急告示"]))
    by_specialty = measures(town(facilities=told), "emergency_within_15min_share", **narrow)["default"]
    named = measures(town(facilities=told), "emergency_within_15min_share", emergency_hospitals=("b",), **narrow)
    assert by_specialty.note == ""
    assert np.array_equal(by_specialty.standard, named["default"].standard)
    assert 0 < by_specialty.standard.sum() < everyone.standard.sum()
    none = measures(town([]), "emergency_within_15min_share")
    assert none["default"].missing
    assert none["doctor-car"].missing


# ---------------------------------------------------------------- results


def test_every_setting_of_the_registry_is_measured():
    measured = (
        "clinic_e2sfca",
        "clinic_round_trip_share",
        "emergency_within_15min_share",
        "clinic_within_30min_share",
    )
    result = run_of(town(), *measured)
    for kpi_id in measured:
        settings = list(dict.fromkeys(r.setting for r in result.kpis if r.kpi_id == kpi_id))
        assert settings == list(KPIS[kpi_id].settings)
        assert all(r.status is Status.ASSUMED for r in result.kpis if r.kpi_id == kpi_id)
    bare = run_models(town([]), Analysis(), Params(), reuse=Reuse())
    assert bare.find("clinic_e2sfca").value is None
    assert bare.cells["clinic_e2sfca"].isna().all()
    assert bare.cells["emergency_car_min"].isna().all()


def test_districts_tell_mean_worst_tenth_and_worst():
    city = town()
    table = clinic_districts(context(city)).set_index("district_id")
    result = run_of(city, "clinic_e2sfca")
    assert list(table.index) == ["west", "east"]
    for district in table.index:
        group = f"district:{district}"
        assert table.loc[district, "e2sfca_mean"] == pytest.approx(result.find("clinic_e2sfca", "default", group).value)
        assert (
            table.loc[district, "e2sfca_worst"]
            <= table.loc[district, "e2sfca_p10"]
            <= table.loc[district, "e2sfca_mean"]
        )
    persons = table["persons"].to_numpy()
    whole = result.find("clinic_e2sfca", "default", "75plus").value
    assert (table["e2sfca_mean_75plus"] @ persons) / persons.sum() == pytest.approx(whole)
    assert result.find("clinic_e2sfca", "default", "75plus").value < result.find("clinic_e2sfca").value


@pytest.mark.parametrize(
    "wrong",
    [
        {"e2sfca_transit_steps": ((30.0, 1.0), (15.0, 0.5))},
        {"e2sfca_car_steps": ((10.0, 0.5), (20.0, 0.9))},
        {"e2sfca_car_steps": ()},
        {"visit_rates": ((5.0, 1.0),)},
        {"licence_shares": ((0.0, 0.0), (20.0, 1.5))},
        {"clinic_morning_from": "13:00"},
        {"round_trip_home_by": "17:00"},
        {"online_visit_share": 1.1},
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        Params(**wrong)


def test_every_note_has_an_english_form():
    from app.text.notes import translate_notes

    ours = [kpi_id for kpi_id in KPIS if kpi_id.startswith(("clinic_", "emergency"))]
    for city in (town(), town([])):
        for row in run_of(city, *ours).kpis:
            assert all(part.isascii() for part in translate_notes(row.note, "en")), row.note
