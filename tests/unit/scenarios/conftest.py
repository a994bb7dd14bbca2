"""A scenario written as text and applied to a small city, so that a test shows its file beside its expectation."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from geodata.errors import ScenarioError
from geodata.synthetic import grid_city, timetable_from_text
from scenarios.apply import apply_scenario
from scenarios.files import parse_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.city import City
    from scenarios.apply import Applied
    from scenarios.schema import Scenario

HEAD = """\
schema: ekisei-scenario/1
id: example
title: {ja: 例, en: Example}
description: {ja: 例, en: Example}
year: 2023
plan_status: hypothetical
"""

# A–B–C–D every 500 m on y = 1000; an express passes B. Both ways. Weekdays, and one run on Sundays.
FEED = """
stop A 0 1000
stop B 500 1000
stop C 1000 1000
stop D 1500 1000
stop E 1500 2000
route L bus 青線
route X rail 急行
service wk 1111100 0
service sun 0000001 1
trip L id=L1 service=wk A 08:00 B 08:05 C 08:10/08:11 D 08:16
trip L id=L2 service=wk A 09:00 B 09:05 C 09:10/09:11 D 09:16
trip L id=L3 service=wk A 10:00 B 10:05 C 10:10/10:11 D 10:16
trip L id=L4 service=wk A 11:00 B 11:05 C 11:10/11:11 D 11:16
trip L id=LS service=sun A 10:00 B 10:05 C 10:10/10:11 D 10:16
trip L id=R1 dir=1 service=wk D 08:00 C 08:05/08:06 B 08:11 A 08:16
trip L id=RH dir=1 service=wk headway=1200@12:00-14:00 D 12:00 C 12:05/12:06 B 12:11 A 12:16
trip X id=X1 service=wk A 08:00 D 08:04
"""


def scenario_of(modifications: str = "", **keys: str) -> Scenario:
    """Return a scenario with these modifications (YAML list) and other keys replaced."""
    body = dedent(modifications).strip()
    text = HEAD + (f"modifications:\n{indent(body, '  ')}\n" if body else "modifications: []\n")
    for key, value in keys.items():
        lines = [line for line in text.splitlines() if not line.startswith(f"{key}:")]
        text = "\n".join([*lines, f"{key}: {value}"]) + "\n"
    return parse_scenario(text, "example.yaml")


@pytest.fixture(scope="session")
def city() -> City:
    return grid_city(timetable=timetable_from_text(FEED))


@pytest.fixture
def applied(city: City) -> Callable[[str], Applied]:
    return lambda modifications, **keys: apply_scenario(city, scenario_of(modifications, **keys))


@pytest.fixture
def refused(city: City) -> Callable[[str], list]:
    def check(modifications: str, **keys: str) -> list:
        with pytest.raises(ScenarioError) as found:
            apply_scenario(city, scenario_of(modifications, **keys))
        return list(found.value.problems)

    return check


@pytest.fixture(scope="session")
def make() -> Callable[..., Scenario]:
    return scenario_of


def runs_of(city: City, route: str, direction: int = 0) -> dict[str, list[tuple[str, str]]]:
    """Return trip id → (stop id, departure HH:MM:SS) of one route and direction, in order."""
    from geodata.calendar import format_time

    t = city.timetable
    found = {}
    for n, trip_id in enumerate(t.trips.trip_id):
        p = t.trips.pattern[n]
        if t.routes.route_id[t.patterns.route[p]] != route or t.patterns.direction[p] != direction:
            continue
        rows = slice(t.trips.time_offsets[n], t.trips.time_offsets[n + 1])
        clock = [format_time(s)[:5] for s in t.trips.departure_s[rows]]
        stops = [str(s) for s in t.stops.stop_id[t.patterns.stops_of(p)]]
        found[str(trip_id)] = list(zip(stops, clock, strict=True))
    return found


@pytest.fixture
def runs() -> Callable[..., dict]:
    return runs_of
