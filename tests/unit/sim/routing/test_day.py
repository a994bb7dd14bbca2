"""The runs of a day equal what their definition says, run by run and list by list."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.synthetic.text_feed import timetable_from_text
from sim.rng import unit_number
from sim.routing.day import scheduled_day
from tests.unit.sim.routing.strategies import feeds, towns

DATE = dt.date(2025, 10, 15)
DAY = 86_400
NAMES = (
    "stop_offsets",
    "stops",
    "board",
    "alight",
    "run_offsets",
    "time_offsets",
    "arrival_s",
    "departure_s",
    "run_trip",
)


def plain_runs(table, first_s, last_s, draw, seed, *, next_days):
    """Return (trip, shift) of all runs, day after day: trips of the timetable, then those at a headway."""
    trips, runs = table.trips, []
    for k in range(-4, 5 if next_days else 1):
        active = table.services.active_on((DATE + dt.timedelta(days=k)).isoformat())
        found = {False: [], True: []}
        for trip, name in enumerate(trips.trip_id.tolist()):
            rows = range(int(trips.time_offsets[trip]), int(trips.time_offsets[trip + 1]))
            if not active[trips.service[trip]] or not rows:
                continue
            headway, offsets = int(trips.headway_s[trip]), [0]
            if headway > 0:
                u = 0 if trips.exact_times[trip] else unit_number(seed, "headway", draw, name)
                offsets = range(int(u * headway), int(trips.end_s[trip]) - int(trips.start_s[trip]), headway)
            for offset in offsets:
                shift = offset + k * DAY
                if trips.arrival_s[rows[-1]] + shift >= first_s and trips.departure_s[rows[0]] + shift <= last_s:
                    found[headway > 0].append((trip, shift))
        runs += found[False] + found[True]
    return runs


def plain_day(table, first_s, last_s, draw, seed, *, next_days):
    """Return the columns of `ScheduledDay`: runs alike by stops and rules, sorted, each put to the first chain it fits."""
    trips, groups = table.trips, {}
    for trip, shift in plain_runs(table, first_s, last_s, draw, seed, next_days=next_days):
        rows = slice(int(trips.time_offsets[trip]), int(trips.time_offsets[trip + 1]))
        rules = tuple(trips.board_allowed[rows].tolist()), tuple(trips.alight_allowed[rows].tolist())
        times = [[t + shift for t in column[rows].tolist()] for column in (trips.departure_s, trips.arrival_s)]
        groups.setdefault((int(trips.pattern[trip]), *rules), []).append((*times, trip, shift))
    columns = {name: [0] if name.endswith("offsets") else [] for name in (*NAMES, "run_shift_s")}
    for (pattern, board, alight), runs in groups.items():
        chains = []
        for run in sorted(runs, key=lambda r: r[:2]):
            for chain in chains:
                if all(
                    a >= b
                    for now, last in zip(run[:2], chain[-1][:2], strict=True)
                    for a, b in zip(now, last, strict=True)
                ):
                    chain.append(run)
                    break
            else:
                chains.append([run])
        for chain in chains:
            columns["stops"] += table.patterns.stops_of(pattern).tolist()
            columns["board"] += board
            columns["alight"] += alight
            columns["stop_offsets"].append(len(columns["stops"]))
            columns["run_offsets"].append(columns["run_offsets"][-1] + len(chain))
            for departures, arrivals, trip, shift in chain:
                columns["departure_s"] += departures
                columns["arrival_s"] += arrivals
                columns["time_offsets"].append(len(columns["arrival_s"]))
                columns["run_trip"].append(trip)
                columns["run_shift_s"].append(shift)
    return columns


@given(
    st.one_of(feeds(), towns()),
    st.sampled_from([(25_200, 36_000), (0, 90_000), (86_400, 100_000)]),
    st.integers(0, 2),
    st.booleans(),
)
@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_runs_of_a_day_equal_their_definition(made, horizon, draw, next_days):
    table = timetable_from_text(made[0])
    day = scheduled_day(
        table, DATE.isoformat(), first_s=horizon[0], last_s=horizon[1], draw=draw, seed=7, next_days=next_days
    )
    expected = plain_day(table, *horizon, draw, 7, next_days=next_days)
    for name, column in expected.items():
        assert np.asarray(getattr(day, name)).tolist() == column, name
