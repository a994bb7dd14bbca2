"""The replay checker itself: a log that was tampered with must not pass, whatever was changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.on_demand.engine import simulate
from sim.on_demand.events import EventKind
from tests.unit.sim.on_demand.days import random_day
from tests.unit.sim.on_demand.replay import replay

COLUMNS = ("time_s", "vehicle", "kind", "request", "point", "load")


@pytest.fixture(scope="module")
def day():
    requests, drive_s, drive_m, rules = random_day(
        7, n_vehicles=3, seats=4, max_wait_s=1_200, max_detour_factor=1.5, boarding_s=60, sharing=True, depot=0
    )
    simulation = simulate(requests, drive_s, drive_m, rules)
    assert replay(simulation, drive_s) == []
    return simulation, drive_s


def tampered(simulation, **columns):
    return replace(simulation, events=replace(simulation.events, **columns))


def rows_of(simulation, kind):
    rows = np.flatnonzero(simulation.events.kind == kind)
    assert len(rows)
    return rows


def without(simulation, row):
    return tampered(simulation, **{name: np.delete(getattr(simulation.events, name), row) for name in COLUMNS})


def changed(simulation, row, column, value):
    values = getattr(simulation.events, column).copy()
    values[row] = value
    return tampered(simulation, **{column: values})


@pytest.mark.parametrize("kind", EventKind)
def test_no_event_of_any_kind_can_be_left_out(day, kind):
    simulation, drive_s = day
    for number in range(40):
        if (simulation.events.kind == kind).any():
            break
        requests, drive_s, drive_m, rules = random_day(number, metric=number % 2 == 0)
        simulation = simulate(requests, drive_s, drive_m, rules)
    for row in rows_of(simulation, kind)[:5]:
        # Passing by is a courtesy of the log: without the halt the legs around it still meet.
        if kind != EventKind.PASSED:
            assert replay(without(simulation, row), drive_s), kind


@pytest.mark.parametrize("kind", [EventKind.ARRIVED, EventKind.PICKED_UP, EventKind.SET_DOWN])
@pytest.mark.parametrize("column", ["vehicle", "request", "point", "load"])
def test_no_value_can_be_changed(day, kind, column):
    simulation, drive_s = day
    for row in rows_of(simulation, kind)[:10]:
        value = int(getattr(simulation.events, column)[row])
        assert replay(changed(simulation, row, column, (value + 1) % 3 if column == "vehicle" else value + 1), drive_s)


def test_no_arrival_can_be_earlier_and_no_departure_later(day):
    simulation, drive_s = day
    told = " ".join(replay(changed(simulation, r, "time_s", 0), drive_s)[0] for r in rows_of(simulation, 4)[:5])
    assert "clock" in told
    for row in rows_of(simulation, EventKind.ARRIVED):
        earlier = changed(simulation, row, "time_s", int(simulation.events.time_s[row]) - 1)
        assert any("faster than the drive" in text for text in replay(earlier, drive_s))


def test_slower_drives_are_told(day):
    simulation, drive_s = day
    assert any("faster than the drive" in text for text in replay(simulation, drive_s + 1))


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"seats": 1}, "too many on board"),
        ({"max_wait_s": 60}, "outside the promised time"),
        ({"max_detour_factor": 1.0, "ride_allowance_s": 0}, "rides for too long"),
        ({"boarding_s": 300}, "leaves before boarding ends"),
        ({"n_vehicles": 2}, "unknown vehicle"),
        ({"depot": 5}, "teleported"),
    ],
)
def test_stricter_rules_than_the_engine_had_are_told(day, rules, told):
    simulation, drive_s = day
    stricter = replace(simulation, rules=replace(simulation.rules, **rules))
    assert any(told in text for text in replay(stricter, drive_s))


def test_an_earlier_end_is_told(day):
    simulation, drive_s = day
    earlier = replace(simulation.rules, end_s=int(simulation.dropoff_s.max()) - 1)
    assert any("set down after the end" in text for text in replay(replace(simulation, rules=earlier), drive_s))


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("desired_s", "outside the promised time"),
        ("known_s", "not answered when asked"),
        ("origin", "waits elsewhere"),
        ("destination", "set down elsewhere"),
        ("persons", "on board"),
    ],
)
def test_other_requests_than_the_engine_had_are_told(day, column, told):
    simulation, drive_s = day
    values = getattr(simulation.requests, column)
    other = values + 100_000 if column.endswith("_s") else values + 1
    if column in {"origin", "destination"}:
        other %= len(drive_s)
    requests = replace(simulation.requests, **{column: other})
    assert any(told in text for text in replay(replace(simulation, requests=requests), drive_s))


@pytest.mark.parametrize("column", ["status", "vehicle", "pickup_s", "dropoff_s"])
def test_results_that_differ_from_the_log_are_told(day, column):
    simulation, drive_s = day
    values = getattr(simulation, column).copy()
    values[0] += 1
    assert any("results say" in text for text in replay(replace(simulation, **{column: values}), drive_s))
