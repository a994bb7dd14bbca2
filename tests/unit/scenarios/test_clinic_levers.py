"""Every lever on clinics moves what it should, and nothing else: closures, openings, hours, shuttles, desks, online."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.grid import facilities_from_rows
from scenarios.apply import apply_scenario
from sim.params import Params
from sim.reuse import Reuse
from sim.run import run_models

# A town of 2 × 14 cells along a road; the clinic stands in the south, the bus only begins with a scenario.
ROWS = [("clinic-1", "clinic", (500.0, 250.0), ""), ("clinic-2", "clinic", (500.0, 500.0), "")]
STOPS = "stop S 500 250\nstop N 500 6750\nroute R bus\ntrip R S 05:00 N 05:30"
E2SFCA, ROUND_TRIP, WITHIN = "clinic_e2sfca", "clinic_round_trip_share", "clinic_within_30min_share"
EMERGENCY = "emergency_within_15min_share"
REUSE = Reuse()


@pytest.fixture(scope="module")
def town():
    timetable = timetable_from_text(STOPS)
    return grid_city(n_x=2, n_y=14, timetable=timetable, facilities=facilities_from_rows(ROWS))


@pytest.fixture
def run(town, make):
    def result(text="", **keys):
        applied = apply_scenario(town, make(text, **keys))
        return run_models(applied.city, applied.analysis, applied.params, reuse=REUSE)

    return result


def value(result, kpi_id, setting="default", group="all"):
    return result.find(kpi_id, setting, group).value


def count(result):
    """Return the clinics counted, before the pivot."""
    return result.find("clinics_count").model_value


def north(result, column):
    """Return the values of the northernmost six cells."""
    return result.cells[column].to_numpy()[-6:]


def test_a_hospital_shuttle_needs_no_model_of_its_own(run):
    shuttle = """
        - id: shuttle
          type: add-trips
          name: {ja: シャトル, en: Shuttle}
          stops: [{id: N}, {id: S}]
          speed_kmh: 20
          timetables: [{start: "08:00", end: "18:00", headway_min: 15, days: [weekday]}]
    """
    before, after = run(), run(shuttle)
    assert not north(before, "clinic_e2sfca").any()
    assert (north(after, "clinic_e2sfca")[2:] > 0).all()
    assert value(after, ROUND_TRIP) > value(before, ROUND_TRIP)
    assert value(after, WITHIN) > value(before, WITHIN)
    # Who had the doctors to themselves now shares them.
    assert after.cells["clinic_e2sfca"].max() < before.cells["clinic_e2sfca"].max()
    assert value(after, EMERGENCY) is None  # there is no hospital


def test_a_new_practice_helps_where_it_opens_and_harms_nobody(run, town):
    lon, lat = town.population.lonlat[-1]
    before = run()
    after = run(f"- {{id: n, type: add-facility, category: clinic, name: N, location: {{lat: {lat}, lon: {lon}}}}}")
    assert (after.cells["clinic_e2sfca"] >= before.cells["clinic_e2sfca"] - 1e-12).all()
    assert (north(after, "clinic_e2sfca") > 0).all()
    assert north(after, "clinic_round_trip").all()
    longer = run(
        f"- {{id: n, type: add-facility, category: clinic, name: N, location: {{lat: {lat}, lon: {lon}}}, "
        'hours: [{days: [weekday], start: "08:00", end: "20:00"}]}'
    )
    assert north(longer, "clinic_e2sfca") == pytest.approx(north(after, "clinic_e2sfca") * 60 / 36)


def test_an_anonymous_closure_takes_its_hours_and_no_more(run):
    before, after = run(), run("- {id: c, type: remove-facility, category: clinic, count: 1}")
    assert value(after, E2SFCA) < value(before, E2SFCA)
    assert (count(before), count(after)) == (2, 1)
    aged = run("- {id: c, type: remove-facility, category: clinic, count: 1, hazard: owner-age}")
    assert count(aged) == 1


def test_hours_move_supply_and_round_trips(run):
    hours = '[{days: [weekday], start: "09:00", end: "09:30"}, {days: [sat], start: "09:00", end: "15:00"}]'
    before = run()
    after = run(f"- {{id: h, type: adjust-facility, category: clinic, hours: {hours}}}")
    assert value(after, E2SFCA) == pytest.approx(value(before, E2SFCA) * 8.5 / 36)
    assert value(after, ROUND_TRIP) == 0  # half an hour a weekday leaves no hour for a visit
    assert value(after, WITHIN) == value(before, WITHIN)


def test_a_desk_of_the_mobile_office_counts_in_its_hours(run, town):
    lon, lat = town.population.lonlat[-1]

    def office(weekday, desk="clinic_desk: {kind: doctor, doctor_hours_share: 1}"):
        return f"""
        - id: van
          type: mobile-service
          name: 車
          services: [証明書]
          vehicles: 1
          catchment: {{radius_m: 500}}
          {desk}
          stops:
            - name: 広場
              location: {{lat: {lat}, lon: {lon}}}
              visits: [{{weekday: {weekday}, start: "10:00", end: "13:00"}}]
        """

    before, wednesday, monday, bare = run(), run(office("wed")), run(office("mon")), run(office("wed", ""))
    assert (north(wednesday, "clinic_e2sfca") > 0).all()
    assert np.array_equal(north(monday, "clinic_e2sfca"), north(wednesday, "clinic_e2sfca"))  # the same week
    assert north(wednesday, "clinic_round_trip").all()  # the day looked at is a Wednesday
    assert not north(monday, "clinic_round_trip").any()
    for column in ("clinic_e2sfca", "clinic_round_trip"):
        assert np.array_equal(bare.cells[column], before.cells[column])
    assert count(wednesday) == 2


def test_online_visits_move_their_settings_and_competition_only(run):
    before = run()
    for share in (0.05, 0.1):
        after = run(parameters=f"{{online_visit_share: {share}}}")
        for kpi_id in (WITHIN, ROUND_TRIP):
            assert value(after, kpi_id) == value(before, kpi_id)
            plain = value(before, kpi_id)
            assert value(after, kpi_id, "with-online") == pytest.approx(plain + (1 - plain) * share)
            assert value(before, kpi_id, "with-online") == plain
        assert (north(after, "clinic_e2sfca") > 0).all()


def test_returned_licences_take_the_car_from_the_older_only(run):
    before, after = run(), run(parameters="{licence_return_share: 0.5}")
    by = "by-licence"
    assert value(before, WITHIN, by) > value(before, WITHIN)
    assert value(after, WITHIN, by, "75plus") < value(before, WITHIN, by, "75plus")
    assert value(after, WITHIN, by, "65plus") < value(before, WITHIN, by, "65plus")
    assert value(after, WITHIN) == value(before, WITHIN)
    none = run(parameters="{licence_return_share: 1.0}")
    assert value(none, WITHIN, by, "75plus") == pytest.approx(value(none, WITHIN, "default", "75plus"))


def test_a_doctor_car_reaches_around_its_base(run):
    before = run()
    after = run("- {id: d, type: add-facility, category: doctor_car_base, name: D, district: west}")
    assert value(before, EMERGENCY) is None  # the town has no hospital
    assert value(after, EMERGENCY, "doctor-car") > 0
    assert value(after, EMERGENCY) == value(after, EMERGENCY, "doctor-car")
    near = run(
        "- {id: d, type: add-facility, category: doctor_car_base, name: D, district: west}",
        parameters="{emergency_within_min: 2.0}",
    )
    assert 0 < value(near, EMERGENCY) < value(after, EMERGENCY)


def test_the_day_decides_which_assumed_sessions_are_open(run):
    assert value(run(), ROUND_TRIP) > 0
    assert value(run(analysis="{date: saturday}"), ROUND_TRIP) > 0
    assert value(run(analysis="{date: holiday}"), ROUND_TRIP) == 0


def test_parameters_of_a_scenario_reach_the_models(run):
    assert Params().clinic_week_hours == 36
    before, after = run(), run(parameters="{clinic_week_hours: 72}")
    assert value(after, E2SFCA) == pytest.approx(2 * value(before, E2SFCA))
