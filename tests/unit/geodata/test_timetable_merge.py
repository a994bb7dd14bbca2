"""Timetables joined and cut: everything adds up, ids stay apart, journeys within one part do not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.digest import digest_of
from geodata.empty_layers import empty_timetable
from geodata.timetable import Fares, Routes, Services, Stops, Timetable, Transfers
from geodata.timetable_merge import join_timetables, join_told, keep_routes
from geodata.trip_columns import TripRecord, build_trip_columns, text_array

TABLES = ("stops", "routes", "patterns", "trips", "services", "transfers")


def line(prefix="", *, n_routes=2, n_stops=3, n_trips=2, stations=False, source="", currency="JPY", x0=0.0):
    """Return lines side by side, each of `n_stops` stops 1 km apart; with `stations`, all first stops share one."""
    n = n_routes * n_stops
    xy = np.array([[x0 + 1_000.0 * s, 500.0 * r] for r in range(n_routes) for s in range(n_stops)]).reshape(-1, 2)
    parent = np.full(n + stations, -1, np.int32)
    if stations:
        xy = np.concatenate([xy, [[x0, 0.0]]])
        parent[:n:n_stops] = n
    ids = [f"{prefix}s{i}" for i in range(n + stations)]
    records = [
        TripRecord(
            trip_id=f"{prefix}t{r}-{t}",
            route=r,
            service=t % 2,
            stops=tuple(range(r * n_stops, (r + 1) * n_stops)),
            arrival_s=tuple(28_800 + 900 * t + 300 * s for s in range(n_stops)),
            departure_s=tuple(28_800 + 900 * t + 300 * s for s in range(n_stops)),
            block_id=f"{prefix}b{r}",
        )
        for r in range(n_routes)
        for t in range(n_trips)
    ]
    routes = [f"{prefix}r{r}" for r in range(n_routes)]
    patterns, trips = build_trip_columns(records, routes)
    name = text_array(routes)
    return Timetable(
        stops=Stops(
            stop_id=text_array(ids),
            name=text_array(ids),
            name_en=text_array(ids),
            lonlat=xy / 100_000 + [140.6, 36.5],
            xy=xy,
            parent=parent,
            zone_id=text_array([f"{prefix}z{i % 2}" for i in range(len(ids))]),
            in_city=np.ones(len(ids), np.bool_),
            position_error_m=np.zeros(len(ids)),
            status=np.full(len(ids), "observed"),
        ),
        routes=Routes(
            name,
            name.copy(),
            name.copy(),
            np.full(n_routes, "op"),
            np.full(n_routes, 3, np.int32),
            np.full(n_routes, "bus"),
            np.full(n_routes, ""),
            np.full(n_routes, "observed"),
            np.full(n_routes, source),
        ),
        patterns=patterns,
        trips=trips,
        services=Services(
            text_array([f"{prefix}wk", f"{prefix}we"]),
            np.array([31, 96], np.uint8),
            np.zeros(2, np.bool_),
            np.full(2, 738_000, np.int32),
            np.full(2, 740_000, np.int32),
            np.array([1], np.int32),
            np.array([738_500], np.int32),
            np.array([True]),
        ),
        transfers=Transfers(*(np.array([v], np.int32) for v in (0, len(ids) - 1, 2, 120))) if ids else none(),
        fares=Fares(
            np.array([200.0, 300.0]),
            np.array([-1, 0 if n_routes else -1], np.int32),
            text_array([f"{prefix}z0", ""]),
            text_array([f"{prefix}z1", ""]),
            currency,
        ),
    )


def none():
    empty = np.zeros(0, np.int32)
    return Transfers(empty, empty.copy(), empty.copy(), empty.copy())


def calls(timetable):
    """Return what passengers see of every trip: ids, places, times, days; without row numbers."""
    t, p, s = timetable.trips, timetable.patterns, timetable.stops
    found = []
    for n in range(len(t.trip_id)):
        pattern = int(t.pattern[n])
        rows = slice(int(t.time_offsets[n]), int(t.time_offsets[n + 1]))
        service = int(t.service[n])
        exceptions = timetable.services.exception_day[timetable.services.exception_service == service].tolist()
        found.append(
            (
                str(timetable.routes.name[p.route[pattern]]),
                tuple(map(tuple, s.xy[p.stops_of(pattern)].tolist())),
                tuple(t.departure_s[rows].tolist()),
                int(timetable.services.day_mask[service]),
                tuple(exceptions),
            )
        )
    return found


sizes = st.tuples(st.integers(1, 3), st.integers(2, 4), st.integers(0, 3), st.booleans())


@given(st.lists(sizes, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_everything_adds_up_and_ids_stay_apart(shapes):
    parts = [line(n_routes=r, n_stops=s, n_trips=t, stations=k) for r, s, t, k in shapes]
    joined = join_told(parts)
    whole = joined.timetable
    for table, column in (
        ("stops", "stop_id"),
        ("routes", "route_id"),
        ("patterns", "pattern_id"),
        ("trips", "trip_id"),
    ):
        ids = getattr(getattr(whole, table), column).tolist()
        assert len(ids) == sum(len(getattr(getattr(p, table), column)) for p in parts)
        assert len(set(ids)) == len(ids)
    assert len(set(whole.services.service_id.tolist())) == 2 * len(parts)
    assert len(whole.transfers.from_stop) == len(parts)
    assert len(whole.trips.arrival_s) == sum(len(p.trips.arrival_s) for p in parts)
    assert calls(whole) == [c for p in parts for c in calls(p)]
    expected = 2 if len(parts) == 1 else sum(len(p.routes.route_id) + 1 for p in parts)
    assert len(whole.fares.price_yen) == expected
    stations = whole.stops.parent[whole.stops.parent >= 0]
    assert (whole.stops.xy[stations] == [0.0, 0.0]).all()
    # Each fare's zones are those of the stops of its own part.
    owner = np.repeat(np.arange(len(parts)), [len(p.routes.route_id) for p in parts])
    first = np.cumsum([0, *(p.n_stops for p in parts)])
    for route, zone in zip(whole.fares.route, whole.fares.origin_zone, strict=True):
        if zone and route >= 0:
            part = owner[route]
            assert zone in whole.stops.zone_id[first[part] : first[part + 1]]


def test_one_part_comes_back_and_none_gives_nothing():
    part = line(stations=True)
    assert join_timetables([part]) is part
    assert digest_of(join_timetables([])) == digest_of(empty_timetable())


def test_an_empty_part_changes_no_id_and_no_count():
    part = line(stations=True)
    for parts in ([part, empty_timetable()], [empty_timetable(), part]):
        assert digest_of(join_timetables(parts)) == digest_of(part)


def test_the_first_part_keeps_its_ids_and_later_ones_are_told():
    joined = join_told([line(source="feed-a"), line(source="feed-b"), line("x-")])
    ids = joined.timetable.stops.stop_id.tolist()
    assert ids[:6] == [f"s{n}" for n in range(6)]
    assert ids[6:12] == [f"feed-b:s{n}" for n in range(6)]
    assert ids[12:] == [f"x-s{n}" for n in range(6)]
    assert {r.part for r in joined.renamed} == {1}
    kinds = {r.kind: r for r in joined.renamed}
    assert set(kinds) == {"stop", "route", "pattern", "trip", "service", "block", "zone"}
    assert (kinds["zone"].former_id, kinds["zone"].new_id) == ("z1", "feed-b:z1")


def test_a_prefix_that_is_taken_gives_way():
    first = line()
    taken = replace(first, stops=replace(first.stops, stop_id=text_array(["s0", "2:s0", "a", "b", "c", "d"])))
    joined = join_told([taken, line()])
    assert len(set(joined.timetable.stops.stop_id.tolist())) == 12
    assert "2-2:s0" in joined.timetable.stops.stop_id


def test_joining_does_not_depend_on_the_order_of_later_parts_but_for_rows():
    a, b, c = line("a-"), line("b-"), line("c-")
    assert sorted(calls(join_timetables([a, b, c]))) == sorted(calls(join_timetables([a, c, b])))


def test_fares_of_another_currency_are_told_not_added():
    joined = join_told([line("a-"), line("b-", currency="BRL")])
    assert joined.timetable.fares.currency == "JPY"
    assert len(joined.timetable.fares.price_yen) == 3
    assert joined.fares_dropped == (("BRL", 3),)


def test_a_fare_of_any_route_stays_with_its_operator():
    whole = join_timetables([line("a-", n_routes=1), line("b-", n_routes=3)])
    free = whole.fares.price_yen == 200
    assert sorted(whole.fares.route[free].tolist()) == [0, 1, 2, 3]
    assert [z[0] for z in whole.fares.origin_zone[free].tolist()] == ["a", "b", "b", "b"]


@given(sizes, st.data())
@settings(max_examples=60, deadline=None)
def test_kept_routes_run_as_before(shape, data):
    n_routes, n_stops, n_trips, stations = shape
    whole = line(n_routes=n_routes, n_stops=n_stops, n_trips=n_trips, stations=stations)
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=n_routes, max_size=n_routes)))
    part = keep_routes(whole, kept)
    names = set(whole.routes.name[kept].tolist())
    assert part.routes.route_id.tolist() == whole.routes.route_id[kept].tolist()
    assert calls(part) == [c for c in calls(whole) if c[0] in names]
    row = {i: n for n, i in enumerate(whole.stops.stop_id.tolist())}
    old = np.array([row[i] for i in part.stops.stop_id.tolist()], int)
    assert (part.stops.xy == whole.stops.xy[old]).all()
    served = np.zeros(whole.n_stops, bool)
    used = np.isin(whole.patterns.route, np.flatnonzero(kept))
    for p in np.flatnonzero(used):
        served[whole.patterns.stops_of(p)] = True
    unserved = np.setdiff1d(np.arange(whole.n_stops), whole.patterns.stops)
    gone = np.setdiff1d(np.arange(whole.n_stops), old)
    assert not served[gone].any()
    assert set(old.tolist()) >= set(np.flatnonzero(served).tolist())
    if n_trips:  # a station stays exactly while a stop of it does
        station = [s for s in unserved if (whole.stops.parent == s).any()]
        assert all((s in old) == served[whole.stops.parent == s].any() for s in station)
    assert (part.fares.route < len(part.routes.route_id)).all()


def test_keeping_all_changes_nothing_and_joining_the_cuts_restores_every_run():
    whole = line(n_routes=3, stations=False)
    assert keep_routes(whole, np.ones(3, np.bool_)) is whole
    first, rest = np.array([True, False, False]), np.array([False, True, True])
    again = join_timetables([keep_routes(whole, first), keep_routes(whole, rest)])
    assert calls(again) == calls(whole)
    assert again.stops.stop_id.tolist() == whole.stops.stop_id.tolist()


def test_an_entrance_goes_with_its_station_and_a_lonely_station_stays():
    base = line(n_routes=2, n_stops=2, stations=True)
    parent = np.append(base.stops.parent, [4, -1]).astype(np.int32)  # an entrance of the station; a stop of nobody
    grow = {
        name: np.concatenate([getattr(base.stops, name), np.repeat(getattr(base.stops, name)[:1], 2, axis=0)])
        for name in base.stops.__dataclass_fields__
        if name not in {"stop_id", "parent"}
    }
    stops = replace(
        base.stops, stop_id=text_array([*base.stops.stop_id.tolist(), "door", "lonely"]), parent=parent, **grow
    )
    whole = replace(base, stops=stops)
    assert keep_routes(whole, np.array([True, False])).stops.stop_id.tolist() == ["s0", "s1", "s4", "door", "lonely"]
    assert keep_routes(whole, np.array([False, False])).stops.stop_id.tolist() == ["lonely"]
    kept = keep_routes(whole, np.array([False, False]), stops_too=np.array([True, *[False] * 6]))
    assert kept.stops.stop_id.tolist() == ["s0", "s4", "lonely"]
    assert kept.stops.parent.tolist() == [1, -1, -1]


def test_services_nobody_used_before_stay():
    whole = line(n_routes=2, n_trips=1)  # only the first service has trips
    part = keep_routes(whole, np.array([False, False]))
    assert part.services.service_id.tolist() == ["we"]
    assert part.services.exception_service.tolist() == [0]


@pytest.mark.parametrize("table", TABLES)
def test_columns_keep_their_types(table):
    whole = join_timetables([line("a-"), line("b-"), empty_timetable()])
    single = line("a-")
    for name in getattr(single, table).__dataclass_fields__:
        found, expected = (getattr(getattr(t, table), name).dtype for t in (whole, single))
        assert found.kind == expected.kind
        assert found == expected or expected.kind == "U"
