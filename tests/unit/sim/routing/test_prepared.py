"""Questions asked from either end, in any number, by any number of threads: the same bits, and those of the brute force."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from geodata.hitachi import load_hitachi
from geodata.units import UNREACHED_S
from sim.routing import answer, last_departures, prepare_times, reduction, travel_times
from sim.routing.reduction import nearest_rank
from sim.routing.types import Places, RoutingRequest
from tests.cases.test_routing_feeds import ENDS, FAR, FEEDS
from tests.unit.sim.routing.brute_force import Sweep
from tests.unit.sim.routing.compare import (
    SIDES,
    VARIANTS,
    WEDNESDAY,
    assert_equals_brute_force,
    assert_parts_exist,
    city_of,
    legs_of,
    oracles_of,
    places,
    prepared_pair,
    request_of,
)

FEED = FAR + "\n".join(FEEDS[name] for name in ("overtaking", "loop", "headways that miss", "three changes"))
RULES = "\ntransfer B B 2 120\ntransfer C C 3"


def bits_of(times):
    """Every bit of an answer."""
    parts = times.components
    tables = [] if parts is None else [getattr(parts, field.name) for field in fields(parts)]
    return [table.tobytes() for table in (times.minutes, times.reliability, *tables)]


def last_pair(city, origins, destinations, request, **options):
    """Last departures prepared at the origins, and at the destinations."""
    first = prepare_times(city, origins, request, side="origins").last_marks(destinations, **options)
    return first, prepare_times(city, destinations, request, side="destinations").last_marks(origins, **options).T


# ------------------------------------------------------------------ both sides


@pytest.mark.parametrize(
    "name", ["overtaking", "loop", "no boarding, no alighting", "three changes", "a ring in no time"]
)
@pytest.mark.parametrize("max_transfers", [None, 1])
def test_parts_are_those_of_a_journey_that_exists(name, max_transfers):
    points = [(0, 0), (10000, 80), (30000, 0)]
    request = request_of(n=20, max_transfers=max_transfers, cutoff_s=3_600, change_s=60)
    assert_parts_exist(city_of(FAR + FEEDS[name]), points, request)


def test_parts_are_those_of_a_journey_that_exists_in_one_of_the_draws():
    request = request_of(n=10, n_draws=2, cutoff_s=3_600)
    assert_parts_exist(city_of(FAR + FEEDS["headways that miss"]), [(0, 0), (20000, 400)], request)


@pytest.mark.parametrize("n_draws", [1, 2, 5])
@pytest.mark.parametrize("percentile", [1, 50, 100])
def test_the_shortest_of_every_draw_is_that_of_the_brute_force(n_draws, percentile):
    city, points = city_of(FEED + RULES), ENDS[:3]
    request = RoutingRequest(
        WEDNESDAY, 28_800, 31_200, n_draws=n_draws, percentiles=(percentile,), samples="shortest", cutoff_s=2_400
    )
    oracles = oracles_of(city, points, request, kind=Sweep)
    for direction, mode in VARIANTS:
        asked = replace(request, direction=direction, departure_mode=mode)
        for times in prepared_pair(city, places(points), places(points), asked):
            for o, origin in enumerate(points):
                for d, target in enumerate(points):
                    best = sorted(min(oracle.samples(origin, target, asked)) for oracle in oracles)
                    expected = best[nearest_rank(percentile, n_draws)]
                    assert times.minutes[o, d, 0] == np.float32(expected / 60), (direction, mode)
                    assert times.reliability[o, d] == np.float32(np.isfinite(best).mean())


SELDOM = """
stop A 0 0
stop B 9000 0
trip R id=loop headway=2400@20:00-20:39 A 20:00 B 20:10
trip S id=back headway=1800@20:00-20:05 B 20:00 A 20:15
"""


@pytest.mark.parametrize("n_draws", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("percentile", [1, 50, 100])
@pytest.mark.parametrize("start", ["19:00", "20:30"])
def test_last_departures_over_draws_are_the_same_from_both_sides(n_draws, percentile, start):
    """In some draws nothing leaves late enough: such a draw counts as the earliest."""
    city, points = city_of(SELDOM), [(0, 0), (9000, 0), (8900, 40)]
    request = replace(
        request_of(start, n=50, n_draws=1), n_draws=n_draws, percentiles=(percentile,), max_direct_s=600, cutoff_s=4_000
    )
    oracles = oracles_of(city, points, request, kind=Sweep)
    expected = np.empty((3, 3))
    for o, origin in enumerate(points):
        for d, target in enumerate(points):
            last = sorted(oracle.last_ride(origin, target, request) for oracle in oracles)
            expected[o, d] = last[nearest_rank(percentile, n_draws)]
    for found in last_pair(city, places(points), places(points), request):
        assert np.where(found < -1e9, -np.inf, found).tolist() == expected.tolist()
    for some in (points[:2], points[:1] * 4):  # fewer or more places than at the other end
        rows = [points.index(p) for p in some]
        assert last_departures(city, places(some), places(points), request).tolist() == expected[rows].tolist()
        assert last_departures(city, places(points), places(some), request).T.tolist() == expected.T[rows].tolist()


@pytest.mark.parametrize("max_transfers", [None, 0, 2])
def test_last_departures_equal_the_brute_force(max_transfers):
    city, points = city_of(FEED + RULES), [*ENDS, (10000, 500)]
    request = request_of("07:40", n=50, max_transfers=max_transfers, cutoff_s=2_400, max_direct_s=900)
    [oracle] = oracles_of(city, points, request, kind=Sweep)
    expected = [[oracle.last_ride(origin, target, request) for target in points] for origin in points]
    for found in last_pair(city, places(points), places(points), request):
        assert np.where(found < -1e9, -np.inf, found).tolist() == expected


WINDOWS = [  # point, stop, seconds, may start from, until, draw
    (0, 1, 240, 28_800, 29_400, -1),
    (0, 2, 60, 29_000, 29_001, 1),
    (1, 0, 0, 28_000, 29_100, 0),
    (1, 0, 700, 29_700, 30_600, -1),
    (2, 3, 333, 29_150, 31_000, 1),
    (2, 0, 100, 20_000, 28_900, -1),
]


@pytest.mark.parametrize("ends", [("access",), ("egress",), ("access", "egress")])
def test_legs_with_hours_and_draws_at_either_end(ends):
    points = [(-5000, 0), (10000, 80), (25000, 0)]
    options = dict.fromkeys(ends, WINDOWS)
    request = request_of("08:00", n=10, step=240, n_draws=2, cutoff_s=3_600, max_access_s=300)
    city = city_of(FEED)
    assert_equals_brute_force(city, points, request, kind=Sweep, **options)
    assert_parts_exist(city, points, request, **options)


def test_legs_of_some_draws_are_refused_where_only_one_was_prepared():
    points = [(0, 0), (15000, 0)]
    request = request_of("08:15", n=10, n_draws=2)
    prepared = prepare_times(city_of(FAR + "trip R A 08:20 B 08:30"), places(points[:1]), request, side="origins")
    legs = legs_of(points[1:], [(0, 1, 300, 0, 90_000, 1)])
    with pytest.raises(ValueError, match="drawn=True"):
        prepared.times(places(points[1:]), more_legs=legs)


# ------------------------------------------------------------------ horizons


@pytest.mark.parametrize(("direction", "mode"), VARIANTS)
def test_wide_numbers_say_what_narrow_ones_say(direction, mode, monkeypatch):
    city, points = city_of(FEED + RULES), places(ENDS)
    request = request_of(n=10, n_draws=5, direction=direction, departure_mode=mode, cutoff_s=3_600)
    shortest = replace(request, samples="shortest")

    def ask():
        both = prepared_pair(city, points, points, request, components=True)
        both += prepared_pair(city, points, points, shortest)
        return [bits_of(times) for times in both], [m.tobytes() for m in last_pair(city, points, points, request)]

    narrow = ask()
    monkeypatch.setattr(answer, "SHORT_S", 0)
    assert ask() == narrow


@pytest.mark.parametrize("max_transfers", [None, 1])
def test_a_whole_day_equals_the_brute_force(max_transfers):
    feed = (
        FAR
        + "trip R id=r headway=9000@00:10-26:00 A 00:10 B 00:31\ntrip S exact headway=7000@03:00-25:00 B 03:00 C 03:20 D 03:21"
    )
    every = {"n": 20, "step": 4_321, "cutoff_s": 14_400, "max_transfers": max_transfers}
    assert answer.SHORT_S < 20 * 4_321 + 14_400
    assert_equals_brute_force(city_of(feed), ENDS, request_of("00:00", **every), kind=Sweep)


@pytest.mark.parametrize("span_s", [64_940, 64_999, 65_000, 65_060, 65_534, 65_535, 65_536, 65_537, 70_000, 131_072])
@pytest.mark.parametrize("direction", ["depart", "arrive_by"])
def test_the_last_second_of_a_horizon_is_reached(span_s, direction):
    """The trip fills the horizon of a window of one minute to the second, wherever 16 bits end."""
    long = f"trip R A 00:00:00 B {span_s // 3600:02d}:{span_s // 60 % 60:02d}:{span_s % 60:02d}"
    begin = 0 if direction == "depart" else span_s
    request = RoutingRequest(WEDNESDAY, begin, begin + 60, direction=direction, cutoff_s=span_s)
    for times in prepared_pair(city_of(FAR + long), places([(0, 0)]), places([(10000, 0)]), request, components=True):
        assert times.minutes[0, 0, 0] == np.float32(span_s / 60)
        assert times.components.in_vehicle_min[0, 0] == np.float32(span_s / 60)
    late = replace(request, cutoff_s=span_s - 1)
    for times in prepared_pair(city_of(FAR + long), places([(0, 0)]), places([(10000, 0)]), late):
        assert np.isinf(times.minutes[0, 0, 0])


# ------------------------------------------------------------------ many, few, again


@pytest.fixture(scope="module")
def hitachi():
    return load_hitachi()


def some_cells(city, n, seed):
    rng = np.random.default_rng(seed)
    return places(city.population.xy[rng.choice(len(city.population.xy), n, replace=False)])


@pytest.mark.parametrize(("direction", "mode"), VARIANTS)
def test_neither_company_nor_threads_change_a_bit(hitachi, direction, mode, monkeypatch):
    """One place alone, 33 and 70 at once, some twice: batches, chunks and threads leave no trace."""
    here, there = some_cells(hitachi, 23, 1), some_cells(hitachi, 70, 2)
    request = RoutingRequest(
        hitachi.defaults.date, 36_000, 37_800, direction, mode, step_s=300, n_draws=2, percentiles=(10, 50, 100)
    )
    for side in SIDES:
        ready = prepare_times(hitachi, here, request, side=side, n_threads=1)
        for threads in (2, 5):
            again = prepare_times(hitachi, here, request, side=side, n_threads=threads)
            assert [g.change_to.tobytes() for g in again.graphs] == [g.change_to.tobytes() for g in ready.graphs]
            assert [[a.tobytes() for a in b] for b in again.boardings] == [
                [a.tobytes() for a in b] for b in ready.boardings
            ]
        whole = ready.times(there, components=True, n_threads=1)
        marks = ready.last_marks if direction == "depart" else ready.first_marks
        last = marks(there, n_threads=1)
        axis = 1 if side == "origins" else 0
        assert np.isfinite(whole.minutes).any()
        assert (np.abs(last) < UNREACHED_S).any()
        for threads in (2, 5):
            assert bits_of(ready.times(there, components=True, n_threads=threads)) == bits_of(whole)
            assert marks(there, n_threads=threads).tobytes() == last.tobytes()
        monkeypatch.setattr(reduction, "SAMPLES_AT_ONCE", 1)
        assert bits_of(ready.times(there, components=True)) == bits_of(whole)
        assert marks(there).tobytes() == last.tobytes()
        monkeypatch.undo()
        for rows in ([5], list(range(33)), [*range(69, 30, -3), 69, 66, 69], []):
            few = ready.times(Places(there.place_id[rows], there.xy[rows]), components=True)
            kept = [np.take(table, rows, axis) for table in (whole.minutes, whole.reliability)]
            kept += [np.take(getattr(whole.components, f.name), rows, axis) for f in fields(whole.components)]
            assert bits_of(few) == [table.tobytes() for table in kept]
            assert (few.destination_id if axis else few.origin_id).tolist() == there.place_id[rows].tolist()
            found = marks(Places(there.place_id[rows], there.xy[rows]))
            assert found.tobytes() == np.ascontiguousarray(last[:, rows]).tobytes()


def test_the_places_that_stay_may_repeat_and_come_in_any_order(hitachi):
    here, there = some_cells(hitachi, 20, 3), some_cells(hitachi, 9, 4)
    request = RoutingRequest(hitachi.defaults.date, 36_000, 37_800, step_s=300)
    rows = np.array([7, 7, 0, *range(19, 3, -1), 7])
    for side in SIDES:
        whole = prepare_times(hitachi, here, request, side=side).times(there)
        mixed = prepare_times(hitachi, Places(here.place_id[rows], here.xy[rows]), request, side=side).times(there)
        axis = 0 if side == "origins" else 1
        assert mixed.minutes.tobytes() == np.take(whole.minutes, rows, axis).tobytes()


def test_the_side_with_fewer_places_is_searched_from_without_a_trace(hitachi):
    here, there = some_cells(hitachi, 12, 5), some_cells(hitachi, 30, 6)
    request = RoutingRequest(hitachi.defaults.date, 61_200, 63_000, "arrive_by", step_s=300, n_draws=2)
    out, back = travel_times(hitachi, here, there, request), travel_times(hitachi, there, here, request)
    for o in (0, 11):
        row = travel_times(hitachi, Places(here.place_id[[o]], here.xy[[o]]), there, request)
        assert row.minutes.tobytes() == out.minutes[o : o + 1].tobytes()
        column = travel_times(hitachi, there, Places(here.place_id[[o]], here.xy[[o]]), request)
        assert column.minutes.tobytes() == np.ascontiguousarray(back.minutes[:, o : o + 1]).tobytes()
    assert np.isfinite(out.minutes).any()


@pytest.mark.parametrize("side", SIDES)
def test_nobody_nowhere_and_out_of_reach(side):
    city, request = city_of(FAR + FEEDS["one trip"]), request_of(n=10, max_access_s=0, max_transfer_s=0, max_direct_s=0)
    for n_stay, n_others in ((0, 0), (0, 3), (3, 0)):
        times = prepare_times(city, places(ENDS[:n_stay]), request, side=side).times(
            places(ENDS[:n_others]), components=True
        )
        shape = (n_stay, n_others) if side == "origins" else (n_others, n_stay)
        assert times.minutes.shape == (*shape, 10)
        assert times.components.wait_min.shape == shape
    ready = prepare_times(city, places(ENDS), request, side=side)
    times = ready.times(places(ENDS), components=True)
    on_a_stop = np.isfinite(times.minutes).any(axis=2)
    assert on_a_stop.tolist() == [[o == d or (o, d) == (0, 3) for d in range(4)] for o in range(4)]
    assert np.isinf(times.components.n_transfers[~on_a_stop]).all()
    assert (ready.last_marks(places([(0, 999)])) < -1e9).all()


@pytest.mark.parametrize(("direction", "mode"), VARIANTS)
def test_without_access_only_stops_are_places(direction, mode):
    request = request_of(n=20, max_access_s=0, cutoff_s=3_600)
    assert_equals_brute_force(city_of(FEED), ENDS, request, [(direction, mode)], kind=Sweep)


@pytest.mark.parametrize("late_s", [-1, 0, 1])
def test_a_leg_cannot_start_in_the_second_it_ends(late_s):
    """The bus is at B at 08:30; from there a ride of 5 min may start until just before, at, or after that second."""
    city, points = city_of(FAR + "trip R A 08:20 B 08:30"), [(0, 0), (15000, 0)]
    request = request_of("08:15", n=10, max_access_s=300)
    rows = [(1, 1, 300, 30_000, 30_600 + late_s, -1)]
    assert_equals_brute_force(city, points, request, egress=rows, kind=Sweep)
    both = prepared_pair(
        city, places(points[:1]), places(points[1:]), request, egress=legs_of(points[1:], [(0, *rows[0][1:])])
    )
    assert [np.isfinite(times.minutes).any() for times in both] == [late_s == 1] * 2
