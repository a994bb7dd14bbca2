"""Compare the router with the brute force, sample by sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.synthetic import grid_city, timetable_from_text
from geodata.trip_columns import text_array
from sim.routing import travel_times
from sim.routing.types import Places, RoutingRequest
from tests.unit.sim.routing.brute_force import Oracle

WEDNESDAY = "2025-10-15"
VARIANTS = [(d, m) for d in ("depart", "arrive_by") for m in ("random", "planned")]


def city_of(feed, detour=1.0):
    return grid_city(timetable=timetable_from_text(feed), walk_detour=detour)


def places(points):
    xy = np.array(points, np.float64).reshape(-1, 2)
    return Places(text_array([f"p{i}" for i in range(len(xy))]), xy)


def request_of(start="08:00", n=10, step=60, **kwargs):
    """A request that reports every single sample: n · draws divides 100."""
    hours, minutes = start.split(":")
    begin = int(hours) * 3600 + int(minutes) * 60
    total = n * kwargs.get("n_draws", 1)
    assert 100 % total == 0
    every = tuple(100 * (i + 1) // total for i in range(total))
    return RoutingRequest(
        kwargs.pop("date", WEDNESDAY), begin, begin + n * step, percentiles=every, step_s=step, **kwargs
    )


def assert_equals_brute_force(city, points, request, variants=VARIANTS):
    oracles = [Oracle(city, request, draw) for draw in range(request.n_draws)]
    for direction, mode in variants:
        asked = replace(request, direction=direction, departure_mode=mode)
        times = travel_times(city, places(points), places(points), asked)
        for o, origin in enumerate(points):
            for d, target in enumerate(points):
                expected = sorted(s / 60 for oracle in oracles for s in oracle.samples(origin, target, asked))
                found = times.minutes[o, d].tolist()
                assert found == np.array(expected, np.float32).tolist(), (direction, mode, origin, target)
                share = np.isfinite(expected).mean()
                assert times.reliability[o, d] == np.float32(share)
