"""Ways of riders: one line by arithmetic, made-up feeds against the router and against a search from the front."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings

from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.grid import facilities_from_rows
from sim.context import RunContext
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.ridership import journey_kernel as k
from sim.ridership import paths
from sim.ridership.path_means import add_up_paths
from sim.ridership.paths import find_paths, request_of
from sim.ridership.purposes import find_destinations, marks_of, relative_size
from sim.ridership.skims import skim_of, spread
from sim.routing import travel_times
from sim.routing.day import depends_on_draw, scheduled_day
from sim.routing.doors import walks_from_stops, walks_to_stops
from sim.routing.footpaths import build_footpaths
from sim.routing.types import Places
from tests.unit.sim.routing.strategies import feeds

SECONDS = (k.ACCESS, k.EGRESS, k.SLACK, k.WAIT, k.BUS, k.RAIL)
FEW = settings(max_examples=20, derandomize=True, deadline=None)
SCHOOL = [("s", "high_school", (9750.0, 250.0), "")]
STREET = "stop A 250 250\nstop M 5250 250\nstop B 9750 250\n"
BELLS, EIGHT = marks_of((7 * 3600 + 2400, 8 * 3600 + 2400), 12), 8 * 3600
EARLY = int((BELLS < EIGHT).sum())
PLAIN = {"path_walk_weight": 1.0, "path_wait_weight": 1.0, "path_slack_weight": 1.0, "path_change_min": 0.0}


def context_of(feed, rows=(), params=None, reuse=None, **kwargs):
    city = grid_city(timetable=timetable_from_text(feed), facilities=facilities_from_rows(list(rows)), **kwargs)
    return RunContext(city, Analysis(), params or Params(), reuse or Reuse())


def street(feed, **params):
    return context_of(STREET + feed, SCHOOL, Params(**params), n_x=20, n_y=1)


# ---------------------------------------------------------------- by arithmetic


def test_a_ride_consists_of_walk_ride_and_being_early():
    # Bell 08:40, wanted by 12 instants of the hour before. One bus, there at 08:00.
    in_time = BELLS[BELLS >= EIGHT]
    assert 6 <= len(in_time) < 12
    skim = skim_of(street("route R bus\ntrip R A 07:30 B 08:00\n"), "school")
    walk = {0: 0.0, 1: 500 / 80, 2: 1000 / 80, 3: 1500 / 80}
    rows = {int(cell): row for row, cell in enumerate(skim.cell)}
    for cell, minutes in walk.items():
        row = rows[cell]
        assert skim.walk_min[row, 0] == pytest.approx(minutes, abs=1 / 60)
        assert skim.bus_min[row, 0] == pytest.approx(30)
        assert skim.share[row, 0] == pytest.approx(len(in_time) / 12)  # before there is no way
        assert skim.slack_min[row, 0] == pytest.approx((in_time - EIGHT).mean() / 60)
        assert skim.bus_boardings[row, 0] == 1
        assert skim.transfers[row, 0] == skim.wait_min[row, 0] == skim.rail_min[row, 0] == 0
        assert skim.bus_km[row, 0] == pytest.approx(9.5)


def test_cells_without_a_stop_in_reach_have_no_row_and_spread_to_the_fill():
    skim = skim_of(street("route R bus\ntrip R A 07:30 B 08:00\n"), "school")
    # 20 min on foot are 1,600 m; nobody boards at M, so that its cells have a row and no journey.
    assert skim.cell.tolist() == [0, 1, 2, 3, *range(7, 14), 16, 17, 18, 19]
    whole = spread(skim, skim.bus_min[:, 0], fill=-1.0)
    assert (whole == -1.0).tolist() == [cell not in skim.cell for cell in range(20)]
    assert np.isfinite(whole).tolist() == [cell < 4 or cell not in skim.cell for cell in range(20)]


def test_a_change_costs_its_wait_and_a_boarding():
    skim = skim_of(street("route R bus\nroute S rail\ntrip R A 07:00 M 07:20\ntrip S M 07:30 B 07:40\n"), "school")
    assert skim.wait_min[0, 0] == pytest.approx(10)
    assert (skim.bus_min[0, 0], skim.rail_min[0, 0]) == (pytest.approx(20), pytest.approx(10))
    assert (skim.bus_boardings[0, 0], skim.rail_boardings[0, 0], skim.transfers[0, 0]) == (1, 1, 1)


@pytest.mark.parametrize(("change_min", "boardings"), [(2.0, 2), (20.0, 1 + EARLY / 12)])
def test_the_dearer_a_change_the_rather_one_stays_on_the_slow_bus(change_min, boardings):
    slow, quick = "trip R A 07:00 M 07:20 B 08:00\n", "trip S M 07:21 B 07:36\n"
    skim = skim_of(
        street("route R bus\nroute S bus\n" + slow + quick, path_change_min=change_min, path_slack_weight=0.5), "school"
    )
    # Before 08:00 only the quick way is there in time. From then on it is 35 min on board, a minute's wait
    # twice over and 24 min more of slack by half: 49 min and the change, against 60 min.
    assert skim.bus_boardings[0, 0] == pytest.approx(boardings)


@pytest.mark.parametrize(("headway_s", "mean_min"), [(1200, 10), (2400, 20)])
def test_twice_the_runs_halve_the_slack(headway_s, mean_min):
    feed = f"route R bus\ntrip R headway={headway_s}@05:00-09:00 A 05:00 B 05:30\n"
    city = street(feed).city
    context = RunContext(
        grid_city(n_x=20, n_y=1, timetable=city.timetable, facilities=facilities_from_rows(SCHOOL)),
        Analysis(n_draws=40),
        Params(),
        Reuse(),
    )
    assert skim_of(context, "school").slack_min[0, 0] == pytest.approx(mean_min, rel=0.12)


def test_a_faster_line_shortens_the_ride_and_nothing_else():
    slow = skim_of(street("route R bus\ntrip R A 07:00 B 07:40\n"), "school")
    fast = skim_of(street("route R bus\ntrip R A 07:20 B 07:40\n"), "school")
    reached = np.isfinite(slow.bus_min)
    np.testing.assert_allclose(slow.bus_min[reached] - fast.bus_min[reached], 20, rtol=1e-5)
    np.testing.assert_array_equal(slow.slack_min, fast.slack_min)


@pytest.mark.parametrize("n_marks", [3, 12])
def test_instants_lie_within_their_window_and_in_no_step_of_a_headway(n_marks):
    marks = marks_of((3600, 10_800), n_marks)
    assert (np.diff(marks) > 0).all()
    assert marks[0] > 3600
    assert marks[-1] <= 10_800
    for headway_s in (300, 600, 900, 1200, 1800):
        phases = np.sort(marks % headway_s)
        assert np.diff(phases).max(initial=0) > 0
        assert len(np.unique(phases // 30)) > n_marks / 2  # not the same half minute again and again


def test_a_place_of_unknown_size_counts_as_the_mean_of_the_others():
    np.testing.assert_allclose(relative_size(np.array([100.0, np.nan, 300.0])), [0.5, 1.0, 1.5])
    np.testing.assert_allclose(relative_size(np.array([np.nan, np.nan])), [1.0, 1.0])


def test_places_that_stand_together_are_searched_once_and_each_has_its_journeys(monkeypatch):
    feed = "route R bus\ntrip R A 07:30 B 08:00\ntrip R A 07:45 B 08:15\n"
    rows = [
        ("s", "high_school", (9750.0, 250.0), ""),
        ("far", "high_school", (250.0, 250.0), ""),
        ("t", "high_school", (9750.0, 250.0), ""),
    ]
    searched = []
    search_place = paths._search_place
    monkeypatch.setattr(paths, "_search_place", lambda *given: searched.append(given) or search_place(*given))
    found = find_paths(context_of(STREET + feed, rows, n_x=20, n_y=1), "school")
    assert len(searched) == 2
    alone = find_paths(street(feed), "school")
    assert found.destinations.place_id.tolist() == ["s", "far", "t"]
    for place in (0, 2):
        assert np.array_equal(found.parts[:, place], alone.parts[:, 0])
        ours, theirs = found.of_place[place], alone.of_place[0]
        assert np.array_equal(ours.path_of, theirs.path_of)
        for sample, row in np.argwhere(theirs.path_of >= 0):
            mine, other = (of.path_of[sample, row] + of.path_offsets[sample] for of in (ours, theirs))
            assert legs_of(ours, mine) == legs_of(theirs, other)
    assert found.of_place[0] is found.of_place[2]
    assert (found.of_place[1].path_of < 0).all()


def legs_of(found, path):
    legs = slice(found.leg_offsets[path], found.leg_offsets[path + 1])
    columns = (found.leg_pattern, found.leg_board, found.leg_alight, found.leg_s)
    return [column[legs].tolist() for column in columns]


def test_a_mean_of_journeys_counts_each_sample_once_and_leaves_out_those_without():
    rng = np.random.default_rng(2)
    path_of = rng.integers(-1, 3, (5, 7)).astype(np.int16)
    offsets = np.arange(5, dtype=np.int32) * 3
    of_path = np.vstack([rng.random((15, 2)), np.zeros((1, 2))])
    found = np.zeros((7, 2), np.float32)
    add_up_paths(path_of, offsets, of_path, found)
    for row in range(7):
        held = [of_path[path_of[sample, row] + offsets[sample]] for sample in range(5) if path_of[sample, row] >= 0]
        assert found[row] == pytest.approx(np.mean(held, axis=0) if held else np.zeros(2))


def test_a_purpose_without_places_has_no_columns():
    context = street("route R bus\ntrip R A 07:30 B 08:00\n")
    assert skim_of(context, "clinic").bus_min.shape == (15, 0)


# ---------------------------------------------------------------- what a skim reads


def test_another_fare_asks_for_no_search_and_a_nominal_skim_for_nothing_at_all():
    memory, city = Reuse(), street("route R bus\ntrip R A 07:30 B 08:00\n").city
    town = grid_city(n_x=20, n_y=1, timetable=city.timetable, facilities=facilities_from_rows(SCHOOL))
    first = RunContext(town, Analysis(), Params(), memory)
    cheap, nominal = skim_of(first, "school"), skim_of(first, "school", nominal=True)
    other = RunContext(town, Analysis(), Params(fare_first_yen=300.0), memory)
    dear = skim_of(other, "school")
    assert find_paths(other, "school") is find_paths(first, "school")
    assert dear.bus_fare_yen[0, 0] == pytest.approx(min(cheap.bus_fare_yen[0, 0] + 100, 450))
    assert skim_of(other, "school", nominal=True) is nominal


def test_a_city_without_its_line_has_no_skim_of_it():
    memory, context = Reuse(), street("route R bus 路線 assumed\ntrip R A 07:30 B 08:00\n")
    town = grid_city(n_x=20, n_y=1, timetable=context.city.timetable, facilities=facilities_from_rows(SCHOOL))
    context = RunContext(town, Analysis(), Params(), memory)
    assert np.isfinite(skim_of(context, "school").bus_min[0, 0])
    assert not np.isfinite(skim_of(context.bare(), "school").bus_min).any()


# ---------------------------------------------------------------- against others


@given(feeds())
@FEW
def test_with_all_weights_one_the_way_is_that_of_the_latest_leaving(feed):
    text, points = feed
    rows = [(f"s{n}", "high_school", (float(x), float(y)), "") for n, (x, y) in enumerate(points)]
    assume(len(set(points[:-1])) == len(points) - 1)
    params = Params(**PLAIN, change_min=1.0, max_transfers=6, max_access_min=5.0, max_transfer_walk_min=5.0)
    context = context_of(text, rows, params, n_x=4, n_y=4)
    places = find_destinations(context, "school")
    paths, request = find_paths(context, "school"), request_of(context, places)
    cells = Places(context.city.population.cell_id[paths.cell], context.city.population.xy[paths.cell])
    ends = Places(places.place_id, places.xy)
    asked = replace(request, departure_mode="random", max_direct_s=0, max_transfers=None)
    found = []
    for mark in places.marks_s.tolist():
        single = replace(asked, window_start_s=mark, window_end_s=mark + 1)
        found.append(travel_times(context.city, cells, ends, single).minutes[:, :, 0])
    if asked.n_draws > 1 and depends_on_draw(context.city.timetable):
        return  # medians of draws are not comparable with means: feeds with headways are held to the other search
    minutes = np.stack(found)
    # A cell where a place stands is there without a vehicle, which is no journey by one.
    here = np.isfinite(minutes) & (minutes > 0)
    reached = here.sum(axis=0)
    mean = np.where(here, minutes, 0).sum(axis=0) / np.maximum(reached, 1)
    mine = paths.parts[:, :, SECONDS].sum(axis=2) / 60
    same = (reached == np.round(paths.share * len(places.marks_s))) & (reached > 0)
    np.testing.assert_allclose(mine[same], mean[same], rtol=1e-5)
    assert (same | (reached == 0) | (paths.share == 0)).mean() > 0.5


@given(feeds())
@FEW
def test_the_cost_of_every_way_is_the_least_there_is(feed):
    text, points = feed
    assume(len(set(points[:-1])) == len(points) - 1)
    rows = [("s", "high_school", (float(points[-1][0]), float(points[-1][1])), "")]
    params = Params(change_min=1.0, max_transfers=6, max_access_min=5.0, max_transfer_walk_min=5.0)
    context = context_of(text, rows, params, n_x=4, n_y=4)
    places = find_destinations(context, "school")
    paths = find_paths(context, "school")
    best = FromTheFront(context, request_of(context, places)).costs(paths.cell, places)
    weights = np.zeros(k.N_PARTS)
    weights[[k.ACCESS, k.EGRESS, k.WAIT]] = 2.0
    weights[[k.SLACK, k.BUS, k.RAIL]] = 1.0
    parts = np.where(np.isfinite(paths.parts[:, 0]), paths.parts[:, 0], 0)
    changes = np.maximum(parts[:, k.N_BUS] + parts[:, k.N_RAIL] - 1, 0)
    mine = parts @ weights + changes * params.path_change_min * 60
    reached = np.isfinite(best).sum(axis=0)
    np.testing.assert_array_equal(np.round(paths.share[:, 0] * len(best)), reached)
    known = reached > 0
    mean = np.where(np.isfinite(best), best, 0).sum(axis=0)[known] / reached[known]
    np.testing.assert_allclose(mine[known], mean, rtol=1e-4)


class FromTheFront:
    """The same question by plain recursion over what one can do next, forward in time; weights as by default."""

    def __init__(self, context, request):
        self.context, self.request = context, request
        city = context.city
        self.feet = build_footpaths(city, request)
        first, last = request.window_start_s - request.cutoff_s, request.window_end_s
        n_draws = request.n_draws if (city.timetable.trips.headway_s > 0).any() else 1
        self.days = [
            scheduled_day(city.timetable, request.date, first_s=first, last_s=last, draw=d, seed=request.seed)
            for d in range(n_draws)
        ]

    def costs(self, cells, places):
        """Return sample, cell → least cost."""
        city, request = self.context.city, self.request
        walk = {"max_s": request.max_access_s, "speed_m_min": request.walk_speed_m_min}
        access = walks_to_stops(city, city.population.xy[cells], **walk)
        egress = walks_from_stops(city, places.xy, **walk)
        out = dict(zip(egress.origin.tolist(), egress.seconds.tolist(), strict=True))
        found = []
        for draw, day in enumerate(self.days):
            for mark in places.marks_s[draw :: len(self.days)].tolist():
                search = Recursion(day, self.feet, out, mark, request.cutoff_s)
                row = np.full(len(cells), np.inf)
                for cell, stop, seconds in zip(access.origin, access.target, access.seconds, strict=True):
                    row[cell] = min(row[cell], 2.0 * seconds + search.from_stop(int(stop)))
                found.append(row)
        return np.array(found)


class Recursion:
    """One instant to be there by, on one day."""

    def __init__(self, day, feet, egress, mark, cutoff_s):
        self.egress, self.feet, self.mark = egress, feet, mark
        self.runs = []
        for chain in range(len(day.run_offsets) - 1):
            rows = slice(day.stop_offsets[chain], day.stop_offsets[chain + 1])
            n = rows.stop - rows.start
            for run in range(day.run_offsets[chain], day.run_offsets[chain + 1]):
                times = slice(day.time_offsets[run], day.time_offsets[run] + n)
                called = zip(
                    day.stops[rows].tolist(), day.arrival_s[times].tolist(), day.departure_s[times].tolist(),
                    day.board[rows].tolist(), day.alight[rows].tolist(), strict=True,
                )  # fmt: skip
                self.runs.append(list(called))
        self.earliest = mark - cutoff_s
        self.board = cache(self.board)
        self.on_board = cache(self.on_board)

    def from_stop(self, stop):
        """Return the least cost of boarding at a stop, whenever."""
        boardings = [(r, i) for r, run in enumerate(self.runs) for i, call in enumerate(run) if call[0] == stop]
        return min((self.on_board(r, i) for r, i in boardings if self.boards(r, i)), default=np.inf)

    def boards(self, run, at):
        calls = self.runs[run]
        return at < len(calls) - 1 and calls[at][3] and calls[at][2] >= self.earliest

    def board(self, stop, ready):
        """Return the least cost of waiting from `ready` on and boarding."""
        found = np.inf
        for r, run in enumerate(self.runs):
            for i, call in enumerate(run):
                if call[0] == stop and call[2] >= ready and self.boards(r, i):
                    found = min(found, 2.0 * (call[2] - ready) + self.on_board(r, i))
        return found

    def on_board(self, run, at):
        """Return the least cost of sitting in a run as it leaves a stop."""
        calls, found = self.runs[run], np.inf
        for stop, arrival, _, _, alight in calls[at + 1 :]:
            if arrival > self.mark:
                break
            if alight:
                found = min(found, arrival - calls[at][2] + self.after(stop, arrival))
        return found

    def after(self, stop, now):
        """Return the least cost of going on from a stop one has got off at."""
        found = np.inf
        walk = self.egress.get(stop)
        if walk is not None and now + walk <= self.mark:
            found = 2.0 * walk + (self.mark - now - walk)
        change = int(self.feet.change_s[stop])
        ways = [(stop, change, 2.0)] if change < 1_000_000 else []
        rows = range(self.feet.offsets[stop], self.feet.offsets[stop + 1])
        ways += [(int(self.feet.to[row]), int(self.feet.seconds[row]), 2.0) for row in rows]
        for to, seconds, weight in ways:
            if now + seconds <= self.mark:
                found = min(found, 450.0 + weight * seconds + self.board(to, now + seconds))
        return found


def test_a_further_place_is_searched_alone_and_changes_nothing_of_the_others(monkeypatch):
    feed = STREET + "route R bus\ntrip R A 07:30 B 08:00\ntrip R A 07:45 B 08:15\n"
    rows = [("s", "high_school", (9750.0, 250.0), ""), ("far", "high_school", (250.0, 250.0), "")]
    more = [rows[0], ("new", "high_school", (9250.0, 250.0), ""), rows[1]]
    memory, searched, search_place = Reuse(), [], paths._search_place
    monkeypatch.setattr(paths, "_search_place", lambda *given: searched.append(given) or search_place(*given))
    before, after = (
        find_paths(context_of(feed, places, n_x=20, n_y=1, reuse=memory), "school") for places in (rows, more)
    )
    assert len(searched) == 3
    assert [after.of_place[n] is of for n, of in ((0, before.of_place[0]), (2, before.of_place[1]))] == [True, True]
    alone = find_paths(context_of(feed, more, n_x=20, n_y=1), "school")
    assert np.array_equal(after.parts, alone.parts)
    assert np.array_equal(after.share, alone.share)
