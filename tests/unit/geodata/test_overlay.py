"""Own layers over a base city: what they replace goes, what they do not touch stays to the last bit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.city import CityDefaults
from geodata.digest import digest_of
from geodata.errors import Text
from geodata.former_ids import former_ids_table, named_formerly
from geodata.hitachi import load_hitachi
from geodata.overlay import CityParts, lay_over
from geodata.provenance import Status
from geodata.snapshot import read_city, write_city
from geodata.timetable_merge import keep_routes
from tests.unit.geodata.overlay_parts import FEED, lines_beside, own_timetable

NAME = Text("私の市", "my city")
BUSES = ("hitachi-brt", "assumed-01", "assumed-08")


@cache
def bundled():
    return load_hitachi()


@pytest.fixture(scope="module")
def base():
    return bundled()


@pytest.fixture(scope="module")
def feed(base):
    return own_timetable(lines_beside(base, BUSES))


@pytest.fixture(scope="module")
def overlaid(base, feed):
    return lay_over(base, CityParts("mine", NAME, timetable=feed, sources=(FEED,)))


def parts(**layers):
    return CityParts("mine", NAME, **layers)


def codes(reading):
    return {p.code for p in reading.problems}


def changed_layers(base, city):
    return {n for n, d in city.layer_digests().items() if d != base.layer_digest(n)}


def test_nothing_laid_over_changes_nothing_but_the_name(base):
    reading = lay_over(base, parts())
    assert changed_layers(base, reading.value) == {"city_id", "name"}
    assert reading.problems == ()
    assert reading.value.former_ids == ()


# ---------------------------------------------------------------- timetable


def test_own_buses_replace_buses_and_brt_and_the_railway_stays(base, overlaid, feed):
    city = overlaid.value
    assert changed_layers(base, city) == {"city_id", "name", "timetable", "defaults", "sources", "former_ids"}
    routes = city.timetable.routes
    assert routes.route_id.tolist() == ["jr-joban", "R0", "R1", "R2"]
    assert routes.route_class.tolist() == ["rail", "brt", "bus", "bus"]  # ひたちBRT is told from its name
    assert routes.status.tolist() == ["modelled", "observed", "observed", "observed"]
    rail = keep_routes(city.timetable, routes.route_class == "rail")
    before = keep_routes(base.timetable, base.timetable.routes.route_class == "rail")
    assert digest_of(rail) == digest_of(before)
    assert (city.timetable.stops.status[city.timetable.n_stops - feed.n_stops :] == "observed").all()
    assert {"overlay.timetable", "overlay.brt_by_name", "overlay.former_ids"} == codes(overlaid)
    n_trips = len(before.trips.trip_id) + len(feed.trips.trip_id)
    assert (overlaid.counts["trips"], overlaid.counts["routes_replaced"]) == (n_trips, 28)


def test_sources_of_what_went_go_and_statuses_change(base, overlaid):
    city = overlaid.value
    found = {s.source_id: s.layer for s in city.sources}
    assert {"rail-counts": "timetable", "own-feed": "timetable"}.items() <= found.items()
    assert not {"brt-facts", "bus-skeleton"} & set(found)
    assert set(found) - {"own-feed"} == {s.source_id for s in base.sources} - {"brt-facts", "bus-skeleton"}
    assert base.status_of("timetable.skeleton") is Status.ASSUMED
    assert not [s for s in city.sources if s.layer == "timetable.skeleton"]
    only = lay_over(
        base,
        parts(timetable=own_timetable(lines_beside(base, BUSES)), sources=(FEED,), replaces=("bus", "brt", "rail")),
    )
    assert only.value.status_of("timetable") is Status.OBSERVED
    # The stations in front of the railway still cite its counts: the credit line moves with them.
    assert {s.layer for s in only.value.sources if s.source_id == "rail-counts"} == {"facilities"}


def test_days_are_those_of_the_feed_unless_given(base, overlaid, feed):
    # The feed knows no holidays: its weekday runs go on 2025-04-29, the first holiday on which it runs at all.
    assert overlaid.value.defaults == replace(
        base.defaults, date="2025-04-01", saturday="2025-04-05", holiday="2025-04-29"
    )
    given_days = CityDefaults("2025-06-04", "2025-06-07", "2025-06-08", public_min_persons=3)
    assert lay_over(base, parts(timetable=feed, defaults=given_days)).value.defaults == given_days


def test_a_feed_without_a_source_gets_one_and_a_warning(base, feed):
    reading = lay_over(base, parts(timetable=feed))
    found = next(s for s in reading.value.sources if s.source_id == "own-feed")
    assert (found.layer, found.status, found.licence) == ("timetable", Status.OBSERVED, "")
    assert "overlay.no_source" in codes(reading)


def test_replaces_is_taken_at_its_word(base, feed):
    buses_only = lay_over(base, parts(timetable=feed, replaces=("bus",))).value.timetable.routes
    assert buses_only.route_id.tolist() == ["jr-joban", "hitachi-brt", "R0", "R1", "R2"]
    assert buses_only.route_class.tolist() == ["rail", "brt", "bus", "bus", "bus"]
    none = lay_over(base, parts(timetable=feed, replaces=())).value.timetable.routes
    assert len(none.route_id) == len(base.timetable.routes.route_id) + 3


def test_a_sketch_does_not_replace_what_is_surer(base):
    lines = lines_beside(base, ["jr-joban"])
    rail = own_timetable(lines, route_class="rail", status="assumed")
    reading = lay_over(base, parts(timetable=rail))
    assert digest_of(reading.value.timetable) == digest_of(base.timetable)
    assert "overlay.less_sure" in codes(reading)
    wanted = lay_over(base, parts(timetable=rail, replaces=("rail",))).value.timetable.routes
    assert "jr-joban" not in wanted.route_id
    # Assumed buses are no less sure than the assumed buses of the base, but the modelled BRT stays.
    buses = own_timetable(lines_beside(base, ["assumed-01"]), status="assumed")
    kept = lay_over(base, parts(timetable=buses)).value.timetable.routes.route_id.tolist()
    assert kept == ["jr-joban", "hitachi-brt", "R0"]


def test_stops_outside_the_city_are_known(base):
    inside = base.population.xy[:3]
    line = ("線", np.concatenate([inside, inside[:1] + np.array([20_000.0, 0.0])]), ["a", "b", "c", "海の上"])
    stops = lay_over(base, parts(timetable=own_timetable([line]))).value.timetable.stops
    mine = [stops.stop_id.tolist().index(f"S{n}") for n in range(4)]
    assert stops.in_city[mine].tolist() == [True, True, True, False]


def test_ids_of_the_base_win_and_own_ones_step_aside(base):
    lines = lines_beside(base, BUSES)
    own = own_timetable(lines)
    own = replace(own, stops=replace(own.stops, stop_id=np.array(["jr-hitachi", *own.stops.stop_id[1:].tolist()])))
    reading = lay_over(base, parts(timetable=own))
    ids = reading.value.timetable.stops.stop_id.tolist()
    assert "jr-hitachi" in ids
    assert "mine:jr-hitachi" in ids
    assert "overlay.id_collision" in codes(reading)
    assert "overlay.id_elsewhere" not in codes(reading)


def test_an_id_that_means_another_place_now_is_told(base):
    own = own_timetable(lines_beside(base, ["assumed-01"]))
    own = replace(own, stops=replace(own.stops, stop_id=np.array(["brt-25", *own.stops.stop_id[1:].tolist()])))
    reading = lay_over(base, parts(timetable=own))
    problem = next(p for p in reading.problems if p.code == "overlay.id_elsewhere")
    assert "brt-25" in problem.message.ja
    assert named_formerly(reading.value.former_ids, "stop", "brt-25") is None


# ---------------------------------------------------------------- calendar


@pytest.mark.parametrize(("first", "last"), [("2019-04-01", "2019-09-30"), ("2051-04-01", "2052-03-31")])
def test_lines_that_stay_run_on_the_days_of_a_feed_of_other_years(base, first, last):
    own = own_timetable(lines_beside(base, BUSES), first=first, last=last)
    reading = lay_over(base, parts(timetable=own))
    city = reading.value
    assert first <= city.defaults.date <= last
    for day in ("date", "saturday", "holiday"):
        assert rail_trips(city, getattr(city.defaults, day)) == rail_trips(base, getattr(base.defaults, day)) > 0
    assert "overlay.calendar_stretched" in codes(reading)


def rail_trips(city, day):
    timetable = city.timetable
    rail = timetable.routes.route_class[timetable.patterns.route[timetable.trips.pattern]] == "rail"
    return int((timetable.services.active_on(day)[timetable.trips.service] & rail).sum())


def test_services_by_date_run_on_the_new_day_too(base):
    rail = keep_routes(base.timetable, base.timetable.routes.route_class == "rail")
    n = len(rail.services.service_id)
    days = [base.defaults.date, base.defaults.saturday, base.defaults.holiday]
    active = [rail.services.active_on(d) for d in days]
    rows = [(s, d) for d, runs in zip(days, active, strict=True) for s in np.flatnonzero(runs)]
    dated = replace(
        rail.services,
        day_mask=np.zeros(n, np.uint8),
        exception_service=np.array([s for s, _ in rows], np.int32),
        exception_day=np.array([np.datetime64(d).astype(int) + 719_163 for _, d in rows], np.int32),
        exception_added=np.ones(len(rows), np.bool_),
    )
    old = base.replace(timetable=replace(rail, services=dated))
    reading = lay_over(
        old, parts(timetable=own_timetable(lines_beside(base, BUSES), first="2019-04-01", last="2019-09-30"))
    )
    city = reading.value
    assert rail_trips(city, city.defaults.date) == rail_trips(old, old.defaults.date) > 0
    assert rail_trips(city, "2019-05-08") == 0  # only the three days are known to be like the old ones
    assert "overlay.calendar_stretched" in codes(reading)


# ---------------------------------------------------------------- former ids


def test_every_id_that_is_no_more_is_known_once(base, overlaid):
    city = overlaid.value
    for kind, table, column in (
        ("stop", "stops", "stop_id"),
        ("route", "routes", "route_id"),
        ("pattern", "patterns", "pattern_id"),
    ):
        before, now = (set(getattr(getattr(c.timetable, table), column).tolist()) for c in (base, city))
        assert sorted(f.former_id for f in city.former_ids if f.kind == kind) == sorted(before - now)
        assert {f.nearest_id for f in city.former_ids if f.kind == kind} <= now
    table = former_ids_table(city)
    assert len(table) == len(city.former_ids)
    assert list(table.columns)[:3] == ["kind", "category", "former_id"]
    assert len(former_ids_table(base)) == 0


def test_the_moved_lines_are_found_again(overlaid):
    former = overlaid.value.former_ids
    brt = named_formerly(former, "route", "hitachi-brt")
    assert (brt.nearest_id, brt.nearest_name, brt.category) == ("R0", "ひたちBRT", "brt")
    assert brt.distance_m == pytest.approx(40, abs=1)
    assert named_formerly(former, "route", "ひたちBRT") == brt
    assert named_formerly(former, "route", "assumed-08").nearest_id == "R2"
    stop = named_formerly(former, "stop", "多賀駅前")
    assert (stop.former_id, stop.nearest_name, round(stop.distance_m)) == ("brt-01", "多賀駅前", 40)
    # Each direction finds the pattern that runs the same way round.
    assert named_formerly(former, "pattern", "hitachi-brt-0").nearest_id == "R0:1"
    assert named_formerly(former, "pattern", "hitachi-brt-1").nearest_id == "R0:2"


@given(st.integers(0, 10_000), st.integers(1, 30))
@settings(max_examples=6, deadline=None)
def test_the_nearest_stop_is_the_nearest(seed, n_stops):
    base = bundled()
    rng = np.random.default_rng(seed)
    west, south = base.population.xy.min(axis=0)
    east, north = base.population.xy.max(axis=0)
    xy = rng.uniform([west, south], [east, north], (n_stops + 1, 2))
    own = own_timetable([("線", xy, [f"n{i}" for i in range(n_stops + 1)])])
    city = lay_over(base, parts(timetable=own)).value
    row = {i: n for n, i in enumerate(base.timetable.stops.stop_id.tolist())}
    for former in (f for f in city.former_ids if f.kind == "stop"):
        away = np.hypot(*(xy - base.timetable.stops.xy[row[former.former_id]]).T)
        assert former.nearest_id == f"S{np.argmin(away)}"
        assert former.distance_m == pytest.approx(away.min())


def test_a_second_overlay_carries_on_what_the_first_replaced(base, overlaid):
    again = own_timetable(lines_beside(base, BUSES, east_m=70.0), prefix="neu-")
    city = lay_over(overlaid.value, CityParts("third", NAME, timetable=again)).value
    brt = named_formerly(city.former_ids, "route", "hitachi-brt")
    assert (brt.nearest_id, round(brt.distance_m)) == ("neu-R0", 70)
    assert named_formerly(city.former_ids, "route", "R0").nearest_id == "neu-R0"
    ids = [(f.kind, f.former_id) for f in city.former_ids]
    assert len(ids) == len(set(ids))


def test_an_overlay_is_stored_and_read_back(overlaid, tmp_path):
    city = overlaid.value
    far = replace(city.former_ids[0], nearest_id="", nearest_name="", distance_m=np.inf)
    city = city.replace(former_ids=(far, *city.former_ids[1:]))
    back = read_city(write_city(city, tmp_path / "city"), verify=True)
    assert back.digest == city.digest
    assert back.former_ids == city.former_ids


@pytest.mark.parametrize(("away_m", "nearest"), [(800.0, "S1"), (1_200.0, "S0")])
def test_a_stop_of_the_same_name_counts_within_1_km_alone(base, away_m, nearest):
    stops = base.timetable.stops
    row = stops.stop_id.tolist().index("brt-01")
    xy = stops.xy[row] + np.array([[300.0, 0.0], [away_m, 0.0]])
    own = own_timetable([("線", xy, ["別の停留所", str(stops.name[row])])])
    former = lay_over(base, parts(timetable=own)).value.former_ids
    found = next(f for f in former if (f.kind, f.former_id) == ("stop", "brt-01"))
    assert found.nearest_id == nearest
    assert found.distance_m == pytest.approx(away_m if nearest == "S1" else 300.0)
