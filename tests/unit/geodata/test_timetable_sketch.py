"""Sketched timetables: the order of stops, loops and branches, headways, and that journeys run over them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.sketch_order import courses_along
from geodata.sketch_string import DETOUR, strung
from geodata.synthetic import grid_city
from geodata.synthetic.text_feed import M_PER_DEG_LAT, M_PER_DEG_LON, ORIGIN_LONLAT, flat_lonlat
from geodata.timetable_sketch import SketchLine, SketchStop, sketch_reading, sketch_timetable
from sim.routing import travel_times
from sim.routing.types import RoutingRequest
from tests.unit.sim.routing.compare import places

WEDNESDAY, SATURDAY, HOLIDAY = "2025-10-15", "2025-10-18", "2025-11-03"
NAN = float("nan")


def project(lonlat):
    return (np.asarray(lonlat, dtype=np.float64) - ORIGIN_LONLAT) * [M_PER_DEG_LON, M_PER_DEG_LAT]


def course(*pieces):
    """Pieces of a line in plane metres, as degrees."""
    return shapely.multilinestrings([shapely.linestrings(flat_lonlat(np.array(p, dtype=float))) for p in pieces])


def ways(pieces, points, reach_m=100.0):
    found = courses_along(course(*pieces), project, np.array(points, dtype=float), reach_m)
    return [(c.stops.tolist(), np.round(c.along_m, 3).tolist()) for c in found]


def stop(stop_id, x, y, *lines, route_class="rail"):
    (lon, lat) = flat_lonlat(np.array([[x, y]], dtype=float))[0]
    return SketchStop(stop_id, stop_id, float(lon), float(lat), route_class, lines=lines)


def line(line_id, *pieces, route_class="rail", **more):
    return SketchLine(line_id, line_id, "会社", route_class, course(*pieces) if pieces else None, **more)


class TestOrder:
    def test_a_line_in_pieces_in_any_order_and_direction(self):
        pieces = [[(2000, 0), (1000, 0)], [(0, 0), (1000, 0)], [(3000, 0), (2000, 0)]]
        ((stops, along),) = ways(pieces, [(2900, 5), (100, 0), (1500, 0)])
        assert stops in ([1, 2, 0], [0, 2, 1])
        assert sorted(along) == [0, 1400, 2800] or along == [0, 1400, 2800]

    def test_a_branch_starts_at_the_stop_nearest_to_its_junction(self):
        pieces = [[(0, 0), (1000, 0)], [(1000, 0), (2000, 0)], [(1000, 0), (1000, 700)]]
        main, branch = ways(pieces, [(0, 0), (900, 0), (2000, 0), (1000, 400), (1000, 700)])
        assert main[0] in ([0, 1, 2], [2, 1, 0])
        assert branch == ([1, 3, 4], [0, 500, 800])

    def test_a_loop_comes_back_to_where_it_began(self):
        pieces = [[(0, 0), (1000, 0), (1000, 1000)], [(1000, 1000), (0, 1000), (0, 0)]]
        ((stops, along),) = ways(pieces, [(500, 0), (1000, 500), (500, 1000), (0, 500)])
        assert len(stops) == 5
        assert stops[0] == stops[-1]
        assert set(stops) == {0, 1, 2, 3}
        assert along == [0, 1000, 2000, 3000, 4000]

    def test_a_loop_with_a_branch_and_a_loop_at_the_end_of_a_line(self):
        ring = [(0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0)]
        points = [(500, 0), (1000, 500), (500, 1000), (0, 500), (2000, 1000)]
        loop, branch = ways([ring, [(1000, 1000), (2000, 1000)]], points)
        assert loop[0][0] == loop[0][-1]
        assert branch[0][-1] == 4
        assert branch[1] == [0, 1500]
        end = [(1000, 0), (1000, 500), (1500, 500), (1500, 0), (1000, 0)]
        found = ways([[(0, 0), (1000, 0)], end], [(0, 0), (1000, 0), (1000, 500), (1500, 500), (1500, 0)])
        assert sorted(len(stops) for stops, _ in found) == [2, 5]

    def test_two_tracks_side_by_side_are_one_way(self):
        pieces = [[(0, 0), (1000, 0)], [(1000, 0), (1500, 30), (2000, 0)], [(1000, 0), (1500, -30), (2000, 0)]]
        ((stops, _),) = ways([*pieces, [(2000, 0), (3000, 0)]], [(0, 0), (1500, 0), (3000, 0)])
        assert stops in ([0, 1, 2], [2, 1, 0])

    def test_pieces_far_apart_are_ways_of_their_own_and_far_stops_are_on_none(self):
        pieces = [[(0, 0), (1000, 0)], [(9000, 0), (9900, 0)]]
        found = ways(pieces, [(0, 0), (1000, 0), (9000, 0), (9900, 0), (500, 800)])
        assert sorted(sorted(stops) for stops, _ in found) == [[0, 1], [2, 3]]

    @settings(max_examples=40, deadline=None)
    @given(
        legs=st.lists(st.tuples(st.integers(300, 3000), st.integers(-500, 500)), min_size=2, max_size=6),
        spur=st.integers(0, 5),
        seed=st.integers(0, 1_000),
    )
    def test_every_stop_on_the_line_is_served_and_the_order_of_the_file_changes_nothing(self, legs, spur, seed):
        nodes = np.concatenate([[(0, 0)], np.cumsum(np.array(legs), axis=0)]).astype(float)
        pieces = [[tuple(a), tuple(b)] for a, b in pairwise(nodes)]
        at = nodes[min(spur, len(nodes) - 1)]
        end = at + np.array([100.0, 2500.0])
        pieces.append([tuple(at), tuple(end)])
        points = np.concatenate([nodes, [end]])
        lines = [line("L", *pieces)]
        stops = [stop(f"s{i:02d}", *p, "L") for i, p in enumerate(points)]
        table = sketch_timetable(lines, stops, project=project)
        assert table.stops_of_class("rail").tolist() == list(range(len(points)))
        for p in range(len(table.patterns.pattern_id)):
            assert len(table.patterns.stops_of(p)) >= 2
        assert (np.diff(np.split(table.trips.arrival_s, table.trips.time_offsets[1:-1])[0]) >= 0).all()
        mixed = np.random.default_rng(seed)
        again = sketch_timetable(
            [line("L", *[pieces[i][:: mixed.choice([-1, 1])] for i in mixed.permutation(len(pieces))])],
            [stops[i] for i in mixed.permutation(len(stops))],
            project=project,
        )
        assert again.patterns.stops.tolist() == table.patterns.stops.tolist()
        assert again.trips.arrival_s.tolist() == table.trips.arrival_s.tolist()
        assert again.trips.trip_id.tolist() == table.trips.trip_id.tolist()


class TestStrings:
    def test_stops_along_a_road_are_in_order_from_either_end(self):
        points = np.array([(0, 0), (900, 50), (300, 0), (600, 20)], dtype=float)
        found = strung(points)
        assert found.stops.tolist() == [0, 2, 3, 1]
        straight = np.hypot(*np.diff(points[[0, 2, 3, 1]], axis=0).T)
        assert found.along_m.tolist() == pytest.approx(np.concatenate([[0], np.cumsum(straight)]) * DETOUR)
        assert strung(points[::-1]).along_m.tolist() == pytest.approx(found.along_m.tolist())

    def test_a_pole_across_the_road_is_put_where_it_lengthens_least(self):
        points = [(i * 300.0, 0.0) for i in range(8)] + [(750.0, 60.0)]
        assert strung(np.array(points)).stops.tolist() == [0, 1, 2, 8, 3, 4, 5, 6, 7]

    def test_a_star_is_no_string_and_neither_is_one_stop_or_a_crowd(self):
        star = [(0, 0), *((1000 * np.cos(a), 1000 * np.sin(a)) for a in np.arange(5) * 2 * np.pi / 5)]
        assert strung(np.array(star, dtype=float)) is None
        assert strung(np.zeros((1, 2))) is None
        assert strung(np.zeros((301, 2))) is None
        assert strung(np.array([(0, 0), (20_000, 0)], dtype=float)) is None

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=2, max_size=25))
    def test_a_string_holds_every_stop_once(self, points):
        found = strung(np.array(points, dtype=float))
        if found is not None:
            assert sorted(found.stops.tolist()) == list(range(len(points)))
            assert (np.diff(found.along_m) >= 0).all()


class TestTimetable:
    TRACK = ([(0, 0), (9000, 0)], [(9000, 0), (18_000, 0)])

    def rail(self, **more):
        stops = [stop("a", 0, 0, "L"), stop("b", 9000, 0, "L"), stop("c", 18_000, 0, "L")]
        return sketch_reading([line("L", *self.TRACK, **more)], stops, project=project)

    def test_times_follow_from_way_and_speed_and_all_is_assumed(self):
        reading = self.rail()
        table = reading.value
        assert table.routes.status.tolist() == ["assumed"]
        assert table.routes.route_class.tolist() == ["rail"]
        assert table.routes.route_type.tolist() == [2]
        assert len(table.patterns.pattern_id) == 2  # both directions
        assert table.trips.headway_s.tolist() == [1800, 1800]
        assert np.split(table.trips.arrival_s - 21_600, 2)[0].tolist() == [0, 720, 1440]  # 9 km at 45 km/h
        assert not table.trips.exact_times.any()
        assert [p.code for p in reading.problems] == ["sketch.assumed"]
        assert self.rail(headway_min=10, speed_kmh=90).value.trips.arrival_s.max() == 21_600 + 720
        assert self.rail(headway_min=10).value.trips.headway_s.tolist() == [600, 600]

    def test_published_runs_become_headways_of_each_kind_of_day(self):
        table = self.rail(runs_per_day=(30.0, 15.0, 0.0)).value
        for date, headways in [(WEDNESDAY, {1800}), (SATURDAY, {3600}), (HOLIDAY, set())]:
            running = table.services.active_on(date)[table.trips.service]
            assert set(table.trips.headway_s[running].tolist()) == headways

    @pytest.mark.parametrize("date", ["2025-10-19", HOLIDAY])
    def test_runs_of_holidays_are_those_of_sundays_and_of_public_holidays(self, date):
        table = self.rail(runs_per_day=(30.0, 15.0, 6.0)).value
        running = table.services.active_on(date)[table.trips.service]
        assert table.trips.headway_s[running].tolist() == [9000, 9000]

    def test_each_way_takes_the_time_between_its_own_stops(self):
        stops = [stop("a", 0, 0, "L"), stop("b", 3000, 0, "L"), stop("c", 18_000, 0, "L")]
        table = sketch_reading([line("L", *self.TRACK, speed_kmh=36)], stops, project=project).value
        hops = [
            [table.stops.stop_id[table.patterns.stops_of(p)].tolist(), np.diff(times).tolist()]
            for p, times in zip(table.trips.pattern, np.split(table.trips.arrival_s, 2), strict=True)
        ]
        assert sorted(hops) == [[["a", "b", "c"], [300, 1500]], [["c", "b", "a"], [1500, 300]]]

    def test_a_day_without_a_number_runs_as_weekdays_do_and_one_of_no_runs_is_told(self):
        table = self.rail(runs_per_day=(30.0, NAN, NAN), headway_min=5).value
        assert set(table.trips.headway_s.tolist()) == {1800}
        assert len(table.trips.trip_id) == 6
        still = self.rail(runs_per_day=(0.0, 0.0, 0.0))
        assert len(still.value.trips.trip_id) == 0
        assert "sketch.no_runs" in [p.code for p in still.problems]

    def test_lines_of_one_id_bring_course_and_stops_together(self):
        """N07 gives the course and the runs, P11 the stops that name the route."""
        course_of = line(
            "bus:会社:11", [(0, 0), (1500, 0), (1500, 1500)], route_class="bus", runs_per_day=(15.0, NAN, NAN)
        )
        named = line("bus:会社:11", route_class="bus", headway_min=20)
        stops = [
            stop("駅", 0, 20, "bus:会社:11", route_class="bus"),
            stop("町", 1500, 1480, "bus:会社:11", route_class="bus"),
            stop("角", 1490, 10, "bus:会社:11", route_class="bus"),
            stop("山", 5000, 5000, route_class="bus"),
        ]
        for lines in ([course_of, named], [named, course_of]):
            reading = sketch_reading(lines, stops, project=project)
            table = reading.value
            assert table.routes.route_class.tolist() == ["bus"]
            names = [table.stops.name[table.patterns.stops_of(p)].tolist() for p in range(2)]
            assert sorted(names) == [["町", "角", "駅"], ["駅", "角", "町"]]
            assert set(table.trips.headway_s.tolist()) == {3600}
            assert table.n_stops == 4  # the one alone stays
            assert reading.counts["sketch_stops_without_line"] == 1
        nameless = [replace(s, lines=()) for s in stops]
        near = sketch_timetable([course_of], nameless, project=project)
        assert len(near.stops_of_class("bus")) == 3  # those at its course

    def test_runs_count_where_the_course_of_the_line_comes_without_them(self):
        named = SketchLine("L", "L", "会社", "rail", None, runs_per_day=(15.0, NAN, NAN))
        stops = [stop("a", 0, 0, "L"), stop("b", 9000, 0, "L")]
        table = sketch_timetable([line("L", *self.TRACK), named], stops, project=project)
        assert set(table.trips.headway_s.tolist()) == {3600}

    def test_a_line_whose_order_cannot_be_told_is_left_out_and_told(self):
        angles = np.arange(5) * 2 * np.pi / 5
        stops = [stop("中", 0, 0, "X", route_class="bus")]
        stops += [
            stop(f"端{i}", 1000 * np.cos(a), 1000 * np.sin(a), "X", "Y", route_class="bus")
            for i, a in enumerate(angles[:1])
        ]
        stops += [
            stop(f"先{i}", 1000 * np.cos(a), 1000 * np.sin(a), "X", route_class="bus") for i, a in enumerate(angles[1:])
        ]
        reading = sketch_reading([line("X", route_class="bus"), line("Y", route_class="bus")], stops, project=project)
        assert len(reading.value.routes.route_id) == 0
        assert reading.value.n_stops == 6
        assert {p.code for p in reading.problems} == {"sketch.no_order", "sketch.few_stops", "sketch.stops_alone"}

    def test_nothing_at_all_is_an_empty_timetable(self):
        reading = sketch_reading([], [], project=project)
        assert reading.value.n_stops == 0
        assert reading.problems == ()

    def test_a_journey_runs_over_it(self):
        """18 km at 45 km/h takes 24 min; the wait at a headway of 30 min is at most 30."""
        city = grid_city(timetable=self.rail().value, walk_detour=1.0)
        assert city.timetable.stops_of_class("rail").tolist() == [0, 1, 2]
        request = RoutingRequest(WEDNESDAY, 28_800, 30_600, step_s=60, n_draws=20, percentiles=(1, 50, 100))
        shortest, middle, longest = travel_times(city, places([(0, 0)]), places([(18_000, 0)]), request).minutes[0, 0]
        assert 24 <= shortest < 26
        assert 36 < middle < 42
        assert longest <= 54.1
