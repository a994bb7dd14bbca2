"""How full lines are: by arithmetic on one street, and what must hold for any feed; the test against the BRT."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from geodata.errors import ModelError
from geodata.hitachi import load_hitachi
from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.grid import facilities_from_rows
from sim.context import RunContext
from sim.kpi.coverage import NEEDS_GTFS, REFERENCE_ONLY
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.ridership import backcast as check
from sim.ridership import journey_kernel as k
from sim.ridership.load_table import COLUMNS, SPREAD_TOTAL, ride_loads
from sim.ridership.loads import flows_of, loads_of, path_flows, route_loads, trips_by_purpose
from sim.ridership.outcome import ride_outcome
from sim.ridership.paths import find_paths
from sim.ridership.skims import skim_of
from tests.unit.sim.routing.strategies import feeds

WEDNESDAY = "2025-10-15"
STREET = "stop A 250 250\nstop M 5250 250\nstop B 9750 250\nroute R bus 青線{status}\n"
BOTH_WAYS = "trip R A 07:00 M 07:20/07:21 B 07:40\ntrip R dir=1 B 18:00 M 18:19/18:20 A 18:40\n"
SCHOOL = [("s", "high_school", (9750.0, 250.0), "")]
FEW = settings(max_examples=15, derandomize=True, deadline=None)


def street(feed=BOTH_WAYS, status="", **analysis):
    text = STREET.format(status=f" {status}" if status else "") + feed
    city = grid_city(n_x=20, n_y=1, timetable=timetable_from_text(text), facilities=facilities_from_rows(SCHOOL))
    return RunContext(city, Analysis(**analysis), Params(), Reuse())


def trips_of(context, n_places=1, **by_cell):
    trips = np.zeros((context.n_cells, n_places))
    for cell, number in by_cell.items():
        trips[int(cell[1:])] = number
    return trips


def test_riders_fill_the_sections_they_pass_there_and_back():
    context = street()
    trips = trips_of(context, c0=10.0, c10=4.0)  # the first cell at A, the tenth at M
    paths, timetable = find_paths(context, "school"), context.city.timetable
    loads = loads_of(timetable, flows_of(timetable, paths, trips), WEDNESDAY)
    assert loads.boardings[0] == pytest.approx(28)
    assert loads.max_load[0] == pytest.approx(28)  # between M and B, both ways
    names = timetable.stops.name
    assert {names[loads.max_from[0]], names[loads.max_to[0]]} == {"M", "B"}
    assert loads.max_runs[0] == 2
    assert loads.max_per_run[0] == pytest.approx(14)
    assert loads.passenger_km[0] == pytest.approx(2 * (10 * 9.5 + 4 * 4.5))
    assert loads.person_min[0] == pytest.approx(2 * (10 * 40 + 4 * 19))  # a minute at M for those who stay on
    assert loads.vehicle_km[0] == pytest.approx(19)
    assert loads.mean_per_run[0] == pytest.approx(loads.passenger_km[0] / 19)


def test_who_has_no_journey_rides_nowhere():
    context = street()
    paths, timetable = find_paths(context, "school"), context.city.timetable
    loads = loads_of(timetable, flows_of(timetable, paths, trips_of(context, c5=10.0)), WEDNESDAY)
    assert loads.boardings[0] == loads.max_load[0] == 0
    assert loads.max_from[0] == loads.max_to[0] == -1


def test_runs_are_those_of_the_day_and_a_line_without_riders_has_no_fullest_section():
    context = street()
    paths, timetable = find_paths(context, "school"), context.city.timetable
    loads = loads_of(timetable, flows_of(timetable, paths, trips_of(context)), WEDNESDAY)
    none = loads_of(timetable, flows_of(timetable, paths, trips_of(context)), "2031-10-15")
    assert loads.runs[0] == 2
    assert none.runs[0] == 2  # services of made-up feeds have no end
    assert np.isnan(none.max_per_run[0])  # nobody rides, so that no section is the fullest


@given(feeds())
@FEW
def test_riders_are_conserved(feed):
    text, points = feed
    rows = [(f"s{n}", "high_school", (float(x), float(y)), "") for n, (x, y) in enumerate(points)]
    city = grid_city(n_x=4, n_y=4, timetable=timetable_from_text(text), facilities=facilities_from_rows(rows))
    context = RunContext(city, Analysis(n_draws=2), Params(max_access_min=5.0), Reuse())
    paths = find_paths(context, "school")
    trips = np.arange(context.n_cells * len(rows), dtype=np.float64).reshape(context.n_cells, -1)
    flows = flows_of(city.timetable, paths, trips)
    carried = trips[paths.cell] * (paths.share > 0)
    spread = [path_flows(of, trips[paths.cell, place]).sum() for place, of in enumerate(paths.of_place)]
    assert spread == pytest.approx(carried.sum(axis=0))
    boardings = np.where(paths.share > 0, paths.parts[..., k.N_BUS] + paths.parts[..., k.N_RAIL], 0)
    assert flows.boarded.sum() == pytest.approx((carried * boardings).sum(), rel=1e-5)
    assert flows.boarded.sum() == pytest.approx(flows.left.sum())
    assert (flows.load >= 0).all()
    twice = flows_of(city.timetable, paths, 2 * trips)
    np.testing.assert_allclose(twice.load, 2 * flows.load)
    last = city.timetable.patterns.stop_offsets[1:] - 1
    np.testing.assert_allclose(flows.load[last], 0, atol=1e-6)  # nobody is left on board at the end of a line


# ---------------------------------------------------------------- with the model of rides


def test_all_rides_of_a_year_are_on_some_line():
    context = street()
    outcome, loads = ride_outcome(context), route_loads(context)
    assert outcome is not None
    assert loads is not None
    assert loads.boardings.sum() * 365 == pytest.approx(outcome.boardings_total, rel=1e-6)
    assert loads.person_min.sum() * 365 == pytest.approx(outcome.person_min_total, rel=0.02)
    trips = trips_by_purpose(context)["school"]
    skim = skim_of(context, "school")
    minutes = (trips[skim.cell] * np.where(skim.share > 0, skim.bus_min, 0)).sum()
    assert loads.person_min.sum() == pytest.approx(2 * minutes, rel=1e-5)


def test_what_rests_on_assumed_lines_is_withheld_unless_asked_for():
    held, opened, real = (
        ride_loads(context)
        for context in (street(status="assumed"), street(status="assumed", include_assumed_lines=True), street())
    )
    assert list(held) == list(COLUMNS)
    assert held["note"].tolist() == [NEEDS_GTFS]
    assert held["boardings_day"].isna().all()
    assert held["runs_day"].tolist() == [2.0]
    assert opened["note"].tolist() == [REFERENCE_ONLY]
    assert opened["status"].tolist() == ["assumed"]
    assert real["note"].tolist() == [SPREAD_TOTAL]
    assert real["boardings_day"].tolist() == pytest.approx(opened["boardings_day"].tolist())
    assert real["boardings_day"][0] > 0


# ---------------------------------------------------------------- BRT


def test_what_was_observed_is_counted_a_year_with_its_range():
    observed = check.observed_growth()
    assert observed.year_one[0] == pytest.approx(550 * (243 + 61))
    assert observed.year_one[2] == pytest.approx(550 * 365)
    assert observed.growth[0] < observed.growth[1] < observed.growth[2]
    row = check.BackcastRow("all", "default", 200.0, 400.0, 0.0)
    assert row.growth == 2
    assert row.gap(observed) == pytest.approx(2 / observed.growth[1] - 1)
    assert row.predicted_year_two(observed) == pytest.approx(2 * observed.year_one[1])


def test_the_first_phase_ends_at_omika():
    city = load_hitachi()
    check.require_brt(city)
    first = check.first_phase(city.timetable)
    stop, route = _open_stops(first)
    brt = {str(city.timetable.stops.stop_id[s]) for s, r in zip(stop, route, strict=True) if r == check.BRT}
    assert brt == set(check.PHASE_ONE_STOPS)
    others = ~np.isin(route, [check.BRT])
    _, route_now = _open_stops(city.timetable)
    assert others.sum() == (route_now != check.BRT).sum()
    xy = city.timetable.stops.xy[[np.flatnonzero(city.timetable.stops.stop_id == s)[0] for s in check.PHASE_ONE_STOPS]]
    length_km = np.hypot(*np.diff(xy, axis=0).T).sum() / 1000
    assert length_km == pytest.approx(4.1, abs=0.05)  # as the notes of the comparison say; 3.2 km as published


def _open_stops(timetable):
    trips, patterns = timetable.trips, timetable.patterns
    lengths = np.diff(trips.time_offsets)
    trip = np.repeat(np.arange(len(lengths)), lengths)
    position = np.arange(len(trip)) - trips.time_offsets[trip]
    stop = patterns.stops[patterns.stop_offsets[trips.pattern[trip]] + position]
    route = timetable.routes.route_id[patterns.route[trips.pattern[trip]]]
    kept = trips.board_allowed | trips.alight_allowed
    return stop[kept], route[kept]


def test_a_city_without_the_brt_is_refused_with_a_remedy():
    with pytest.raises(ModelError) as found:
        check.backcast(grid_city(), Analysis(), Params(), Reuse())
    (problem,) = found.value.problems
    assert problem.code == "backcast.no_brt"
    assert "grid" in problem.where
    assert problem.hint.ja
