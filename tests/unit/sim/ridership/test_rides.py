"""Rides of a made-up city: what they add up to, and that they move the right way for the right reason."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from geodata.errors import Text
from geodata.population import AgeBand
from geodata.provenance import Status
from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.grid import facilities_from_rows
from geodata.targets import Targets
from sim.context import RunContext
from sim.kpi.registry import KPIS
from sim.params import Analysis, Params
from sim.pivot import ONLY_CHANGES, Anchor, pivot_rows
from sim.reuse import Reuse
from sim.ridership import parts, spreading
from sim.ridership.baseline import BASE_COLUMNS, base_persons
from sim.ridership.by_elasticity import elastic_rides
from sim.ridership.demand import find_choice, find_pattern
from sim.ridership.implied import find_implied, ride_elasticities, user_gain
from sim.ridership.loads import route_loads, trips_by_purpose
from sim.ridership.markets import BUS, MARKETS, trip_rates
from sim.ridership.outcome import ride_outcome, ride_trips
from sim.ridership.parts import find_parts
from sim.ridership.paths import find_paths
from sim.ridership.purposes import find_destinations
from sim.ridership.sides import find_sides
from sim.run import learn, measure_rows, run_measures, run_models

MIDDLE, FAR = (2000.0, 3050.0), (250.0, 3050.0)
ROWS = [
    ("school-1", "high_school", MIDDLE, ""),
    ("clinic-1", "clinic", MIDDLE, ""),
    ("works-1", "large_workplace", MIDDLE, ""),
    ("station-1", "station_front", MIDDLE, ""),
    ("centre-1", "community_centre", FAR, ""),
]
PLACES = facilities_from_rows(ROWS)
REUSE = Reuse()
OFFICIAL = 12.0


def line(headway_s=1200, hop_s=300, more="", status="modelled"):
    text = f"""
        stop A 250 3050
        stop B 2000 3050
        stop C 3750 3050
        route R bus 線 {status}
        service all 1111111 0
        trip R id=out service=all dir=0 headway={headway_s}@05:00-22:00 A 05:00 B 05:05 C 05:10
        trip R id=back service=all dir=1 headway={headway_s}@05:00-22:00 C 05:00 B 05:05 A 05:10
        {more}
    """
    return timetable_from_text(text.replace("05:05", f"05:{hop_s // 60:02d}").replace("05:10", f"05:{hop_s // 30:02d}"))


def target(city):
    row = replace(city.targets.rows[0], kpi_id="bus_rides_per_citizen", kind="baseline", value=OFFICIAL, unit="rides")
    return city.replace(targets=Targets((*city.targets.rows, row)))


def city_of(timetable=None, **changes):
    return target(grid_city(timetable=timetable or line(), facilities=PLACES)).replace(**changes)


def context_of(city, params=None, base=None):
    return RunContext(city, Analysis(n_draws=2), params or Params(), REUSE, {}, base=base)


@cache
def baseline():
    context = context_of(city_of())
    return context, {name: compute(context) for name, compute in BASE_COLUMNS.items()}


def scenario(city, params=None):
    base = baseline()[1] if params is None else columns_under(params)
    return context_of(city, params, base)


def columns_under(params):
    context = context_of(city_of(), params)
    return {name: compute(context) for name, compute in BASE_COLUMNS.items()}


def rows_of(context, kpi_id):
    spec = KPIS[kpi_id]
    found = [
        row
        for measure in run_measures(context, context.bare(), spec)
        for row in measure_rows(measure, spec, _weights(context))
    ]
    return {(row.setting, row.group): row for row in found}


def _weights(context):
    from sim.run import _people

    return _people(context, None)


def test_the_baseline_has_the_official_rides_and_they_add_up():
    context, _ = baseline()
    outcome = ride_outcome(context)
    assert outcome.per_person == pytest.approx(OFFICIAL, rel=1e-6)
    trips = trip_rates(context, changed=False) @ context.city.population.persons.T
    assert outcome.mode_trips.sum(axis=1) == pytest.approx(trips.sum(axis=1))
    assert (outcome.linked <= outcome.boardings + 1e-9).all()
    assert outcome.changes.sum() <= outcome.boardings.sum()
    assert find_choice(context).before.sum(axis=1) == pytest.approx(1.0)
    # Riders who leave home come back: half of the trips lead away.
    away = sum(float(cells.sum()) for cells in ride_trips(context).values())
    by_bus = float((find_choice(context).after[:, BUS] * trips).sum())
    assert away * 2 * 365 == pytest.approx(by_bus)


def test_the_calendar_of_rides_moves_no_official_figure():
    """246 weekdays, as runs have them, for 243: trips move by 0.2 %, the baseline's rides not at all."""
    usual, calendar = (context_of(city_of(), Params(ride_weekdays_a_year=days)) for days in (243, 246))
    before, after = ride_outcome(usual), ride_outcome(calendar)
    assert after.per_person == pytest.approx(before.per_person, rel=1e-6)
    assert after.per_person == pytest.approx(OFFICIAL, rel=1e-6)
    assert after.mode_trips.sum() / before.mode_trips.sum() == pytest.approx(657.09 / 655.62, rel=1e-6)


def test_the_same_city_against_its_baseline_has_the_same_rides():
    context, _ = baseline()
    again = scenario(city_of())
    assert ride_outcome(again).boardings == pytest.approx(ride_outcome(context).boardings)
    assert elastic_rides(again).boardings == pytest.approx(ride_outcome(context).boardings)
    assert user_gain(again).logsum_min == pytest.approx(0.0, abs=1e-6)


def test_more_buses_bring_more_rides_and_fewer_car_kilometres():
    before, after = ride_outcome(baseline()[0]), ride_outcome(scenario(city_of(line(900))))
    assert after.boardings_total > before.boardings_total
    assert after.linked_total > before.linked_total
    assert after.car_km_total < before.car_km_total
    assert after.person_min_total > before.person_min_total
    assert ride_outcome(scenario(city_of(line(1500)))).boardings_total < before.boardings_total
    gain = user_gain(scenario(city_of(line(900))))
    assert gain.logsum_min > 0
    assert gain.rule_of_half_min == pytest.approx(gain.logsum_min, rel=0.05)


@pytest.mark.parametrize("lever", ["fare", "frequency", "time"])
def test_a_small_change_answers_by_the_implied_elasticity(lever):
    columns = dict(baseline()[1])
    factor = {"fare": 1 / 1.01, "frequency": 1.01, "time": 1 / 1.01}[lever]  # what the baseline was, over now
    parts = {"fare": "fare_", "frequency": "slack_min", "time": "ride_min"}[lever]
    columns |= {name: column * factor for name, column in columns.items() if parts in name}
    context = context_of(city_of(), base=columns)
    implied = find_implied(context)
    assert implied.of_all["fare"] == pytest.approx(-0.3)
    answer = np.log(ride_outcome(context).per_person / OFFICIAL) / np.log(1.01)
    assert answer == pytest.approx(implied.of_all[lever], rel=0.02)


def test_weak_and_strong_responses_lie_around_the_default():
    faster = scenario(city_of(line(900)))
    low, mid, high = (ride_outcome(faster, r).boardings_total for r in ("low", "default", "high"))
    assert ride_outcome(baseline()[0]).boardings_total < low < mid < high


@pytest.mark.parametrize("lever", ["frequency", "wait"])
def test_elasticities_read_the_frequency_or_the_wait_never_both(lever):
    params = Params(ride_elasticity_lever=lever)
    columns = {n: 4 / 3 * c if n.endswith("slack_min") else c for n, c in columns_under(params).items()}
    found = elastic_rides(context_of(city_of(), params, columns))  # a third more departures than at the baseline
    rides = ride_outcome(context_of(city_of(), params, columns)).per_person
    assert found.boardings.sum() / (OFFICIAL * 9600) == pytest.approx((4 / 3) ** 0.5, rel=0.01)
    assert found.refused_share == 0.0
    assert rides > OFFICIAL


def test_changes_beyond_half_are_refused_and_where_they_are_most_of_it_no_value_is_given():
    context = scenario(city_of(line(300)))
    assert elastic_rides(context).refused_share > 0.9
    row = rows_of(context, "bus_rides_per_citizen")["elasticity", "all"]
    assert row.value is None
    assert "±50%" in row.note
    assert row.status is Status.NO_DATA


def test_where_no_bus_ran_a_rate_is_transferred_and_elasticities_count_none():
    more = """
        stop D 250 5500
        route N bus 新線 modelled
        trip N id=new service=all headway=1200@05:00-22:00 D 05:00 A 05:06 B 05:12
    """
    city = city_of(line(more=more))
    context = scenario(city)
    opened = ride_outcome(context).boardings.sum(axis=1) > ride_outcome(baseline()[0]).boardings.sum(axis=1) + 1e-9
    assert opened.any()
    half = scenario(city, Params(ride_transfer_rate=0.5))
    was = find_pattern(context).shares[:, BUS]
    new = (was == 0) & (find_choice(context).after[:, BUS] > 0)
    assert new.any()
    assert find_choice(half).after[:, BUS][new] == pytest.approx(0.5 * find_choice(context).after[:, BUS][new])
    assert elastic_rides(context).unmet_persons > 0


def test_without_any_bus_left_nobody_rides():
    closed = city_of(line())
    trips = closed.timetable.trips
    context = scenario(closed.replace(timetable=replace(closed.timetable, trips=trips.where(np.zeros(2, np.bool_)))))
    assert ride_outcome(context).boardings_total == 0.0
    assert rows_of(context, "transfers_per_trip")["default", "all"].value in {None, 0.0}


def test_a_place_and_a_cell_that_no_street_leads_to_have_no_riders(monkeypatch):
    whole = parts.car_parts

    def cut_off(context, destinations):
        minutes, km = whole(context, destinations)
        minutes[7], km[7] = np.inf, np.inf
        if destinations.purpose == "errand":
            minutes[:, 0], km[:, 0] = np.inf, np.inf
        return minutes, km

    for module in (parts, spreading):
        monkeypatch.setattr(module, "car_parts", cut_off)
    context = RunContext(city_of(), Analysis(n_draws=2), Params(), Reuse(), {})
    found, shares = find_parts(context, "errand"), spreading.rider_shares(context, "errand")
    assert np.isinf(found.beyond_min[7])
    assert np.isfinite(found.beyond_min).any()
    assert not shares[7].any()
    assert not shares[:, 0].any()
    assert shares.sum(axis=1)[np.isfinite(found.beyond_min)] == pytest.approx(1.0)
    outcome = ride_outcome(context)
    assert outcome.boardings.sum() > 0
    assert not outcome.boardings[7].any()


def test_where_the_last_place_of_a_purpose_closes_nobody_rides_for_it_and_others_do():
    city = city_of()
    closed = scenario(city.replace(facilities=facilities_from_rows([row for row in ROWS if row[0] != "school-1"])))
    found = trips_by_purpose(closed)
    assert "school" not in found
    assert found["clinic"] == pytest.approx(trips_by_purpose(scenario(city))["clinic"])
    assert route_loads(closed) is not None


def test_twice_the_people_ride_twice_as_much_and_none_more_often():
    city = city_of()
    persons = city.population.persons
    twice = scenario(city.replace(population=city.population.with_persons(2 * persons)))
    assert ride_outcome(twice).boardings_total == pytest.approx(2 * ride_outcome(baseline()[0]).boardings_total)
    assert ride_outcome(twice).per_person == pytest.approx(OFFICIAL, rel=1e-6)


def test_returned_licences_bring_riders_in_a_scenario_and_leave_the_baseline_alone():
    params = Params(licence_return_share=0.5)
    at_baseline = ride_outcome(context_of(city_of(), params))
    returned = ride_outcome(scenario(city_of(), params))
    assert at_baseline.per_person == pytest.approx(OFFICIAL, rel=1e-6)
    older = np.array([band.from_age >= 65 for band in city_of().population.bands])
    assert (returned.boardings.sum(axis=0) > at_baseline.boardings.sum(axis=0) + 1e-6).tolist() == older.tolist()


def test_pupils_and_people_without_a_licence_are_captive():
    rates = trip_rates(baseline()[0], changed=False)
    bands = city_of().population.bands
    young = [n for n, band in enumerate(bands) if band.to_age is not None and band.to_age < 18]
    for row, market in enumerate(MARKETS):
        if not market.captive:
            assert (rates[row, young] == 0).all()
        if market.purpose == "school":
            assert market.captive
            assert rates[row].sum() > 0


def test_fares_are_paid_by_riders_and_revenue_follows():
    context, _ = baseline()
    outcome = ride_outcome(context)
    assert outcome.revenue_yen < 200 * outcome.boardings_total * 1.5
    dearer = Params(fare_first_yen=220.0)
    assert ride_outcome(context_of(city_of(), dearer)).revenue_yen == pytest.approx(
        outcome.revenue_yen * 1.1, rel=0.05
    )  # rides of a baseline are given, so the revenue follows the fare


def test_every_setting_shows_the_official_figure_at_the_baseline():
    context, _ = baseline()
    persons = float(context.city.population.total.sum())
    rows = [row for kpi_id in ("bus_rides_per_citizen", "bus_rides_total") for row in rows_of(context, kpi_id).values()]
    anchor = Anchor(context.city.targets, tuple(rows), persons, persons)
    found = {(r.kpi_id, r.setting): r.value for r in pivot_rows(rows, anchor, Params()) if r.group == "all"}
    settings = [s for kpi, s in found if kpi == "bus_rides_per_citizen"]
    assert settings == ["default", "elasticity", "low", "high", "no_assumed_lines"]
    assert {found["bus_rides_per_citizen", s] for s in settings} == {OFFICIAL}
    assert [found["bus_rides_total", s] for s in settings] == pytest.approx([OFFICIAL * persons] * 5)


def test_groups_add_up_to_the_city():
    context, _ = baseline()
    rows = rows_of(context, "bus_rides_total")
    districts = [row.value for (setting, group), row in rows.items() if setting == "default" and "district" in group]
    assert sum(districts) == pytest.approx(rows["default", "all"].value)
    assert rows["default", "75plus"].value < rows["default", "65plus"].value < rows["default", "all"].value
    rates = rows_of(context, "bus_rides_per_citizen")
    assert rates["default", "75plus"].value == pytest.approx(rows["default", "75plus"].value / (10 * 96))


def test_person_minutes_are_those_of_trips_with_a_bus():
    """By hand from the journeys: home and back, those who board no bus left out, older people at their own pace."""
    context, _ = baseline()
    sides, outcome = find_sides(context), ride_outcome(context)
    assert sides.boardings == pytest.approx(outcome.boardings_total)
    assert sides.linked_trips == pytest.approx(outcome.linked_total)
    assert sides.transfers == pytest.approx(outcome.transfers_total)
    assert sides.ride_min == pytest.approx(outcome.person_min_total)  # no train, no feeder: all on board of buses
    trips = find_choice(context).after[:, BUS] * (
        trip_rates(context, changed=False) @ context.city.population.persons.T
    )
    walk = wait = 0.0
    for row, market in enumerate(MARKETS):
        found = find_parts(context, market.purpose)
        assert found.linked[found.linked > 0] == pytest.approx(1.0)  # a bus is the only way there
        walk += (trips[row] * found.walk_min).sum() * (80 / 60 if market.older else 1.0)
        wait += (trips[row] * (found.slack_min + found.wait_min)).sum()
    assert sides.walk_min == pytest.approx(walk, rel=1e-5)
    assert sides.wait_min == pytest.approx(wait, rel=1e-5)


def test_sides_stand_beside_those_of_the_baseline():
    base = run_models(city_of(), Analysis(n_draws=2), Params(), reuse=REUSE)
    again = run_models(city_of(line(900)), Analysis(n_draws=2), Params(), reference=base, reuse=REUSE)
    before, after = (run.tables["ride_sides"].set_index("measure") for run in (base, again))
    assert (before["baseline"] == before["run"]).all()
    assert (after["baseline"] == before["run"]).all()
    for measure, kpi_id in (("boardings", "bus_rides_total"), ("linked_trips", "linked_trips_total")):
        for run, table in ((base, before), (again, after)):
            assert table.loc[measure, "run"] == pytest.approx(run.find(kpi_id).value)
    assert before.loc["boardings", "run"] == pytest.approx(OFFICIAL * base.cells["persons"].sum())
    assert after.loc["linked_trips", "change"] > 0
    per_trip = [table.loc["wait_min", "run"] / table.loc["linked_trips", "run"] for table in (before, after)]
    assert per_trip[1] < per_trip[0]  # more departures, shorter waits


def test_only_the_table_of_the_baseline_holds_what_changes_are_told_from():
    base = run_models(city_of(), Analysis(n_draws=2), Params(), reuse=REUSE)
    again = run_models(city_of(line(900)), Analysis(n_draws=2), Params(), reference=base, reuse=REUSE)
    assert set(BASE_COLUMNS) <= set(base.cells.columns)
    assert set(base.cells.columns) - set(again.cells.columns) == set(BASE_COLUMNS)
    memory = Reuse()
    assert learn(memory, base) == len(base.traces)
    assert learn(memory, again) == len(again.traces)
    elsewhere = run_models(city_of(line(900)), Analysis(n_draws=2), Params(), reference=base, reuse=memory)
    assert elsewhere.kpis == again.kpis
    assert elsewhere.cells.equals(again.cells)


def test_a_trace_of_a_column_that_is_gone_is_not_learned():
    base = run_models(city_of(), Analysis(n_draws=2), Params(), reuse=REUSE)
    fewer = replace(base, cells=base.cells.drop(columns=list(BASE_COLUMNS)))
    assert learn(Reuse(), fewer) == len(base.traces) - len(BASE_COLUMNS)


def test_rides_that_only_grow_by_changes_are_told():
    context, _ = baseline()
    persons = float(context.city.population.total.sum())
    rows = [next(iter(rows_of(context, k).values())) for k in ("bus_rides_per_citizen", "linked_trips_total")]
    rides, linked = rows
    anchor = Anchor(context.city.targets, (rides, linked), persons, persons)
    more = [replace(rides, model_value=rides.model_value * 1.2), replace(linked, model_value=linked.model_value)]
    assert ONLY_CHANGES in pivot_rows(more, anchor, Params())[0].note
    both = [more[0], replace(linked, model_value=linked.model_value * 1.1)]
    assert ONLY_CHANGES not in pivot_rows(both, anchor, Params())[0].note


def test_without_the_assumed_lines_only_the_change_on_the_others_moves_the_official_figure():
    assumed = """
        stop D 250 5500
        route N bus 仮定の路線 assumed
        trip N id=new service=all headway=1200@05:00-22:00 D 05:00 A 05:06 B 05:12
    """
    base_city, later_city = city_of(line(more=assumed)), city_of(line(900, more=assumed))
    base = context_of(base_city)
    columns = {name: compute(base) for name, compute in BASE_COLUMNS.items()}
    later = context_of(later_city, base=columns)
    before, after = (rows_of(c, "bus_rides_per_citizen")["no_assumed_lines", "all"] for c in (base, later))
    share = Params().ride_known_lines_share
    assert before.model_value == pytest.approx(share * OFFICIAL, rel=1e-6)
    anchor = Anchor(base_city.targets, (before,), 9600.0, 9600.0)
    value = pivot_rows([after], anchor, Params())[0].value
    assert value == pytest.approx(OFFICIAL + after.model_value - before.model_value)
    assert OFFICIAL < value < OFFICIAL * (1 + share)


@pytest.mark.parametrize("missing", ["timetable", "facilities", "population"])
def test_what_is_not_known_is_said_and_not_guessed(missing):
    city = city_of()
    empty = {
        "timetable": lambda: city.replace(
            timetable=replace(city.timetable, trips=city.timetable.trips.where(np.zeros(2, np.bool_)))
        ),
        "facilities": lambda: city.replace(facilities=facilities_from_rows([])),
        "population": lambda: city.replace(population=city.population.with_persons(0 * city.population.persons)),
    }[missing]()
    context = context_of(empty)
    assert ride_outcome(context) is None
    row = rows_of(context, "bus_rides_per_citizen")["default", "all"]
    assert row.value is None
    assert row.status is Status.NO_DATA
    assert row.note
    assert len(ride_elasticities(context)) == 0


def in_bands(city, n):
    """Return the city with its residents in n even age groups of five years, the last open-ended."""
    ages = [(5 * k, 5 * k + 4 if k < n - 1 else None) for k in range(n)]
    bands = tuple(AgeBand(f"b{first}", Text(f"{first}歳", f"{first}"), first, last) for first, last in ages)
    persons = np.full((city.population.n_cells, n), 100.0 / n)
    return city.replace(population=replace(city.population, bands=bands, persons=persons))


def test_age_groups_of_five_years_are_all_remembered_of_the_baseline():
    city = in_bands(city_of(), 21)
    before = context_of(city)
    columns = {name: compute(before) for name, compute in BASE_COLUMNS.items()}
    assert base_persons(context_of(city, base=columns)) == pytest.approx(city.population.persons)
    some = {name: column for name, column in columns.items() if name != "ride_base_band_20"}
    assert ride_outcome(context_of(city, base=some)) is None  # nothing rather than the rides of some


def test_a_headway_line_elsewhere_moves_nothing_for_those_who_do_not_ride_it():
    """The same instants in a run as at its baseline, though headways are drawn in one of them only."""

    def timed(timetable):
        return replace(timetable, trips=replace(timetable.trips, exact_times=timetable.trips.service >= 0))

    elsewhere = """
        stop D 3750 250
        stop E 2750 250
        route N bus 新線 modelled
        trip N id=new service=all headway=1200@05:00-22:00 D 05:00 E 05:06
    """
    before = context_of(city_of(timed(line())))
    columns = {name: compute(before) for name, compute in BASE_COLUMNS.items()}
    opened = line(more=elsewhere)
    exact = opened.trips.headway_s > 0
    exact[-1] = False
    after = context_of(city_of(replace(opened, trips=replace(opened.trips, exact_times=exact))), base=columns)
    assert find_parts(after, "work").slack_min == pytest.approx(find_parts(before, "work").slack_min)
    assert ride_outcome(after).boardings_total == pytest.approx(ride_outcome(before).boardings_total)


def test_every_draw_has_its_own_instants():
    """A line at times that no draw moves is seen at as many instants as one that they do."""
    context = baseline()[0]  # two draws
    assert len(set(find_destinations(context, "work").marks_s.tolist())) == find_paths(context, "work").n_samples == 6
