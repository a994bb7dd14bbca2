"""Each kind of timetable change, on a line of four stops whose times are round."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.synthetic import grid_city, timetable_from_text
from geodata.synthetic.text_feed import flat_lonlat
from scenarios.apply import apply_scenario


def point(x, y, name):
    lon, lat = flat_lonlat(np.array([[x, y]]))[0]
    return f"{{lat: {lat:.6f}, lon: {lon:.6f}, name: {name}}}"


def check_indices(timetable):
    t = timetable.trips
    assert (t.pattern >= 0).all()
    assert (t.pattern < len(timetable.patterns.pattern_id)).all()
    assert (t.service < len(timetable.services.service_id)).all()
    lengths = np.diff(timetable.patterns.stop_offsets)
    assert (np.diff(t.time_offsets) == lengths[t.pattern]).all()
    assert timetable.patterns.stops.max() < timetable.n_stops
    for n in range(len(t.trip_id)):
        rows = slice(t.time_offsets[n], t.time_offsets[n + 1])
        both = np.stack([t.arrival_s[rows], t.departure_s[rows]], axis=1).ravel()
        assert (np.diff(both) >= 0).all()


def days_of(timetable, date):
    return {str(i) for i in timetable.trips.trip_id[timetable.services.active_on(date)[timetable.trips.service]]}


# ---------------------------------------------------------------- adjust-frequency


def test_scale_halves_runs_evenly_and_doubles_headways(applied, runs):
    new = applied("- {id: m, type: adjust-frequency, routes: [青線], scale: 0.5}").city
    check_indices(new.timetable)
    assert set(runs(new, "L")) == {"L2", "L4", "LS"}  # two of four, and never the only run of a Sunday
    headways = dict(zip(new.timetable.trips.trip_id, new.timetable.trips.headway_s, strict=True))
    assert headways["RH"] == 2400
    assert set(runs(new, "X")) == {"X1"}


def test_scale_above_one_adds_runs_in_the_gaps(applied, runs):
    new = applied("- {id: m, type: adjust-frequency, routes: [L], scale: 1.5}").city
    check_indices(new.timetable)
    starts = sorted(times[0][1] for trip, times in runs(new, "L").items() if not trip.startswith("LS"))
    assert starts == ["08:00", "09:00", "09:30", "10:00", "11:00", "11:30"]


def test_entries_replace_the_service_of_their_days_only(applied, runs):
    new = applied(
        """
        - id: m
          type: adjust-frequency
          routes: [L]
          entries: [{start: "09:00", end: "11:00", headway_min: 15, days: [weekday]}]
        """
    ).city
    check_indices(new.timetable)
    t = new.timetable.trips
    assert days_of(new.timetable, "2025-10-19") == {"LS"}  # a Sunday keeps its run
    weekday = days_of(new.timetable, "2025-10-15")
    assert weekday == {"X1", *(i for i in t.trip_id if i.startswith("m:"))}
    mine = [n for n, i in enumerate(t.trip_id) if i.startswith("m:")]
    assert {(t.headway_s[n], t.start_s[n], t.end_s[n], t.departure_s[t.time_offsets[n]]) for n in mine} == {
        (900, 32400, 39600, 32400)
    }
    assert len(mine) == 2  # both directions
    assert runs(new, "L")[str(t.trip_id[mine[0]])] == [("A", "09:00"), ("B", "09:05"), ("C", "09:11"), ("D", "09:16")]


def test_retain_outside_keeps_what_runs_before_and_after(applied, runs):
    new = applied(
        """
        - id: m
          type: adjust-frequency
          routes: [L]
          entries: [{start: "09:00", end: "13:00", headway_min: 15, days: [weekday]}]
          retain_outside: true
        """
    ).city
    check_indices(new.timetable)
    forward = [i for i in runs(new, "L") if not i.startswith("m:")]
    assert forward == ["L1", "LS"]
    spans = {
        str(i): (int(a), int(b))
        for i, h, a, b in zip(
            *(getattr(new.timetable.trips, k) for k in ("trip_id", "headway_s", "start_s", "end_s")), strict=True
        )
        if h and i.startswith("RH")
    }
    assert spans == {"RH~0": (13 * 3600, 14 * 3600)}


def test_entries_over_several_days_split_a_service(applied):
    new = applied(
        """
        - id: m
          type: adjust-frequency
          routes: [L]
          entries: [{start: "06:00", end: "07:00", headway_min: 30, days: [mon]}]
        """
    ).city
    assert "L1" not in days_of(new.timetable, "2025-10-20")  # Monday
    assert "L1" in days_of(new.timetable, "2025-10-21")


def test_source_trip_gives_the_times(applied, refused):
    text = """
        - id: m
          type: adjust-frequency
          routes: [L]
          source_trip: {trip}
          entries: [{{start: "06:00", end: "07:00", headway_min: 30}}]
        """
    check_indices(applied(text.format(trip="L3")).city.timetable)
    assert refused(text.format(trip="L9"))[0].code == "scenario.unknown_trip"


# ---------------------------------------------------------------- adjust-speed


def test_scale_of_speed_keeps_dwells(applied, runs):
    new = applied("- {id: m, type: adjust-speed, routes: [L], scale: 2}").city
    check_indices(new.timetable)
    assert runs(new, "L")["L1"] == [("A", "08:00"), ("B", "08:02"), ("C", "08:06"), ("D", "08:08")]
    times = new.timetable.trips
    assert times.arrival_s[2] == 8 * 3600 + 300  # 2.5 + 2.5 min, then one minute at C


def test_speed_in_kmh_uses_distance_and_detour(applied):
    new = applied("- {id: m, type: adjust-speed, routes: [X], speed_kmh: 36, detour_factor: 1.0}").city
    x = np.flatnonzero(new.timetable.trips.trip_id == "X1")[0]
    assert new.timetable.trips.arrival_s[new.timetable.trips.time_offsets[x] + 1] == 8 * 3600 + 150  # 1,500 m at 10 m/s


def test_segments_change_only_their_hops_both_ways(applied, runs):
    new = applied("- {id: m, type: adjust-speed, routes: [L], scale: 5, segments: [{from_stop: B, to_stop: C}]}").city
    assert [c for _, c in runs(new, "L")["L1"]] == ["08:00", "08:05", "08:07", "08:12"]
    assert [c for _, c in runs(new, "L", 1)["R1"]] == ["08:00", "08:06", "08:07", "08:12"]


def test_unknown_segment_stop_is_refused_with_the_nearest(refused):
    found = refused("- {id: m, type: adjust-speed, routes: [L], scale: 5, segments: [{from_stop: B, to_stop: Z}]}")
    assert found[0].code == "scenario.unknown_stop"
    assert "segments[0].to_stop" in found[0].where


# ---------------------------------------------------------------- add-trips, remove-trips


def test_new_line_with_new_stops_runs_both_ways(applied, runs):
    new = applied(
        f"""
        - id: feeder
          type: add-trips
          name: {{ja: フィーダー, en: Feeder}}
          stops: [{point(0, 3000, "山")}, {point(600, 3000, "森")}, {{id: D}}]
          hop_times_s: [60, 180]
          dwell_s: 30
          timetables:
            - {{start: "07:00", end: "09:00", headway_min: 30, days: [weekday]}}
            - {{first_departures: ["10:15"], days: [holiday]}}
        """
    ).city
    t = new.timetable
    check_indices(t)
    assert runs(new, "feeder")["feeder:0:0"] == [("feeder:1", "07:00"), ("feeder:2", "07:01"), ("D", "07:04")]
    assert runs(new, "feeder", 1)["feeder:1:1:10:15"][0] == ("D", "10:15")
    route = list(t.routes.route_id).index("feeder")
    assert (t.routes.status[route], t.routes.route_class[route]) == ("modelled", "bus")
    assert list(t.stops.status[-2:]) == ["assumed", "assumed"]
    assert np.allclose(t.stops.xy[-2:], [[0, 3000], [600, 3000]], atol=0.2)
    assert list(t.stops.in_city[-2:]) == [True, True]


def test_speed_gives_hop_times(applied, runs):
    new = applied(
        """
        - id: f
          type: add-trips
          name: F
          stops: [{id: A}, {id: D}]
          speed_kmh: 18
          detour_factor: 1.2
          bidirectional: false
          timetables: [{first_departures: ["08:00"]}]
        """
    ).city
    assert runs(new, "f")["f:0:0:08:00"] == [("A", "08:00"), ("D", "08:06")]  # 1,500 m × 1.2 at 5 m/s
    assert not runs(new, "f", 1)


def test_removed_line_leaves_no_trips_and_no_stops_of_its_class(applied, runs):
    new = applied("- {id: m, type: remove-trips, route_class: [rail]}").city
    check_indices(new.timetable)
    assert not runs(new, "X")
    assert len(new.timetable.stops_of_class("rail")) == 0


def test_removal_on_some_days_keeps_the_others(applied):
    new = applied("- {id: m, type: remove-trips, routes: [L], days: [weekday]}").city
    assert days_of(new.timetable, "2025-10-15") == {"X1"}
    assert days_of(new.timetable, "2025-10-19") == {"LS"}


# ---------------------------------------------------------------- reroute, remove-stops


def test_extension_from_the_terminal_runs_both_ways(applied, runs):
    new = applied(
        f"- {{id: m, type: reroute, routes: [L], from_stop: D, hop_times_s: [120, 60], dwell_s: 0, "
        f"stops: [{{id: E}}, {point(1500, 2500, '新')}]}}"
    ).city
    check_indices(new.timetable)
    assert runs(new, "L")["L1"][-3:] == [("D", "08:16"), ("E", "08:18"), ("m:2", "08:19")]
    back = runs(new, "L", 1)
    assert back["R1"][:3] == [("m:2", "07:57"), ("E", "07:58"), ("D", "08:00")]  # D keeps its time
    t = new.timetable.trips
    rh = list(t.trip_id).index("RH")
    assert (t.start_s[rh], t.end_s[rh]) == (12 * 3600 - 180, 14 * 3600 - 180)
    d = t.time_offsets[list(t.trip_id).index("L1")] + 3
    assert t.board_allowed[d]
    assert t.alight_allowed[d]
    assert runs(new, "X") == runs(applied("- {id: q, type: remove-trips, routes: [L]}").city, "X")


def test_between_two_stops_the_way_changes(applied, runs):
    new = applied(
        "- {id: m, type: reroute, routes: [L], from_stop: B, to_stop: D, stops: [{id: E}], "
        "hop_times_s: [240, 120], dwell_s: 60}"
    ).city
    check_indices(new.timetable)
    assert runs(new, "L")["L1"] == [("A", "08:00"), ("B", "08:05"), ("E", "08:10"), ("D", "08:12")]
    assert runs(new, "L", 1)["R1"] == [("D", "08:00"), ("E", "08:03"), ("B", "08:07"), ("A", "08:12")]


def test_express_without_stops_between(applied, runs):
    new = applied("- {id: m, type: reroute, routes: [L], from_stop: A, to_stop: D, hop_times_s: [300]}").city
    assert runs(new, "L")["L1"] == [("A", "08:00"), ("D", "08:05")]


def test_cutting_back_needs_a_direction(applied, refused, runs):
    found = refused("- {id: m, type: reroute, routes: [L], from_stop: C}")
    assert found[0].code == "scenario.reroute_direction"
    new = applied("- {id: m, type: reroute, routes: [L], from_stop: C, direction: 0}").city
    assert [s for s, _ in runs(new, "L")["L1"]] == ["A", "B", "C"]
    assert runs(new, "L", 1)["R1"] == [("C", "08:06"), ("B", "08:11"), ("A", "08:16")]


def test_new_beginning_before_a_stop(applied, runs):
    new = applied("- {id: m, type: reroute, routes: [L], to_stop: A, stops: [{id: E}], hop_times_s: [300]}").city
    assert runs(new, "L")["L1"][:2] == [("E", "07:55"), ("A", "08:00")]
    assert runs(new, "L", 1)["R1"][-2:] == [("A", "08:16"), ("E", "08:21")]


def test_passed_stops_save_time(applied, runs):
    new = applied("- {id: m, type: remove-stops, routes: [L], stops: [B], seconds_saved_per_stop: 60}").city
    check_indices(new.timetable)
    assert runs(new, "L")["L1"] == [("A", "08:00"), ("C", "08:10"), ("D", "08:15")]
    assert runs(new, "L", 1)["R1"] == [("D", "08:00"), ("C", "08:06"), ("A", "08:15")]


def test_a_first_stop_removed_moves_the_beginning(applied, runs):
    new = applied("- {id: m, type: remove-stops, routes: [L], stops: [D], seconds_saved_per_stop: 60}").city
    check_indices(new.timetable)
    assert runs(new, "L", 1)["RH"] == [("C", "12:06"), ("B", "12:11"), ("A", "12:16")]
    t = new.timetable.trips
    rh = list(t.trip_id).index("RH")
    assert (t.start_s[rh], t.end_s[rh]) == (12 * 3600 + 360, 14 * 3600 + 360)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("modification", "code", "at"),
    [
        (
            "- {id: m, type: adjust-frequency, routes: [赤線], scale: 0.5}",
            "unknown_route",
            "modifications[0].routes[0]",
        ),
        ("- {id: m, type: remove-trips, patterns: [nope]}", "unknown_pattern", "modifications[0].patterns[0]"),
        ("- {id: m, type: remove-trips, route_class: [brt]}", "unknown_route_class", "route_class"),
        ("- {id: m, type: remove-stops, routes: [L], stops: [Q]}", "unknown_stop", "stops[0]"),
        ("- {id: m, type: remove-stops, routes: [X], stops: [B]}", "unknown_stop", "stops[0]"),
        ("- {id: m, type: adjust-frequency, routes: [L], scale: 1}", "no_effect", "modifications[0]"),
        ("- {id: m, type: adjust-speed, routes: [L], scale: 1}", "no_effect", "modifications[0]"),
        ("- {id: m, type: reroute, routes: [L], from_stop: D, to_stop: A, hop_times_s: [60]}", None, ""),
        (
            (
                "- {id: m, type: add-trips, name: N, speed_kmh: 20, stops: [{id: A}, {lat: 0, lon: 0, name: 零}], "
                'timetables: [{first_departures: ["08:00"]}]}'
            ),
            "far_away",
            "stops[1]",
        ),
        (
            (
                "- {id: L, type: add-trips, name: N, speed_kmh: 20, stops: [{id: A}, {id: D}], "
                'timetables: [{first_departures: ["08:00"]}]}'
            ),
            "id",
            "modifications[0].id",
        ),
        (
            (
                "- {id: m, type: add-trips, name: N, speed_kmh: 20, stops: [{id: A}, {id: A}], "
                'timetables: [{first_departures: ["08:00"]}]}'
            ),
            "repeated_stop",
            "stops",
        ),
    ],
)
def test_refusals_name_the_place(city, make, modification, code, at):
    from geodata.errors import ScenarioError
    from scenarios.apply import apply_scenario

    if code is None:
        assert apply_scenario(city, make(modification)).city.digest != city.digest
        return
    with pytest.raises(ScenarioError) as found:
        apply_scenario(city, make(modification))
    problem = found.value.problems[0]
    assert problem.code == f"scenario.{code}"
    assert problem.where.startswith("example.yaml:")
    assert at in problem.where


def test_the_nearest_names_are_listed(refused):
    found = refused("- {id: m, type: remove-trips, routes: [青]}")
    assert "青線" in found[0].hint.ja


ONE_WEEK = {"2025-10-20": 0x01, "2025-10-24": 0x10, "2025-10-25": 0x20, "2025-10-26": 0x40, "2025-11-03": 0x80}
"""A Monday, a Friday, a Saturday, a Sunday, a holiday → its day bit."""

EVERYDAY = """
stop A 0 1000
stop B 1000 1000
route L bus 青線
route M bus 赤線
service all 1111111 1
service wk 1111100 0
trip L id=H service=all headway=1800@05:00-23:00 exact A 05:00 B 05:10
trip L id=S service=all A 07:10 B 07:20
trip M id=W service=wk headway=3600@06:00-22:00 exact A 06:00 B 06:10
"""


def departures(timetable, date):
    """Every departure of line L on a date, in minutes, with runs of headway trips written out."""
    active = timetable.services.active_on(date)
    trips, found = timetable.trips, []
    for t in range(len(trips.trip_id)):
        if active[trips.service[t]] and timetable.patterns.route[trips.pattern[t]] == 0:
            first = int(trips.departure_s[trips.time_offsets[t]])
            step = int(trips.headway_s[t])
            found += range(int(trips.start_s[t]), int(trips.end_s[t]), step) if step else [first]
    return sorted(s // 60 for s in found)


def test_retained_runs_stay_day_by_day_and_hour_by_hour(make):
    """Entries of other days neither clear these days nor double them: every day of the week is written out."""
    base = timetable_from_text(EVERYDAY)
    scenario = make(
        """
        - id: m
          type: adjust-frequency
          routes: [L]
          retain_outside: true
          entries:
            - {start: "08:00", end: "10:00", headway_min: 60, days: [weekday]}
            - {start: "09:00", end: "12:00", headway_min: 60, days: [saturday]}
        """
    )
    new = apply_scenario(grid_city(timetable=base), scenario).city.timetable
    check_indices(new)
    usual = [*range(300, 1380, 30), 430]
    for date, bit in ONE_WEEK.items():
        a, b = {0x01: (480, 600), 0x10: (480, 600), 0x20: (540, 720)}.get(bit, (0, 0))
        expected = sorted([m for m in usual if not a <= m < b] + list(range(a, b, 60)))
        assert departures(new, date) == expected, date
        assert departures(base, date) == sorted(usual)
