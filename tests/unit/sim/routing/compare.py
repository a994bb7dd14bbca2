"""Compare the router with the brute force, sample by sample, searched from both ends."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from geodata.synthetic import grid_city, timetable_from_text
from geodata.trip_columns import text_array
from sim.routing import prepare_times
from sim.routing.reduction import nearest_rank
from sim.routing.types import Legs, Places, RoutingRequest
from tests.unit.sim.routing.brute_force import Oracle, Sweep

WEDNESDAY = "2025-10-15"
SIDES = ("origins", "destinations")
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


def legs_of(points, rows):
    """More legs of points, from rows (point number, stop, seconds, from, to, draw)."""
    rows = sorted(rows)
    columns = np.array(rows, np.int32).reshape(-1, 6).T
    offsets = np.searchsorted(columns[0], np.arange(len(points) + 1)).astype(np.int32)
    return Legs(offsets, *(np.ascontiguousarray(c) for c in columns[1:]), np.ones(len(rows), np.int32))


def prepared_pair(city, origins, destinations, request, access=None, egress=None, *, n_threads=2, **asked):
    """Return the same question asked from both ends: (origins prepared, destinations prepared)."""
    found = []
    for side in SIDES:
        stay, others = (origins, destinations) if side == "origins" else (destinations, origins)
        theirs, more = (access, egress) if side == "origins" else (egress, access)
        drawn = more is not None and bool((more.draw >= 0).any())
        ready = prepare_times(city, stay, request, side=side, more_legs=theirs, drawn=drawn, n_threads=n_threads)
        found.append(ready.times(others, more_legs=more, n_threads=n_threads, **asked))
    return found


def oracles_of(city, points, request, access=(), egress=(), kind=Oracle):
    """Return the brute force of every draw; more legs as rows of `legs_of`."""

    def of_draw(rows, draw):
        by_point = {}
        for point, stop, seconds, since, until, only in rows:
            if only in (-1, draw):
                by_point.setdefault(points[point], []).append((stop, seconds, since, until))
        return by_point

    draws = range(request.n_draws)
    return [kind(city, request, d, access=of_draw(access, d), egress=of_draw(egress, d)) for d in draws]


def assert_equals_brute_force(city, points, request, variants=VARIANTS, *, access=(), egress=(), kind=Oracle):
    """Every sample from both ends; points must differ where there are more legs."""
    oracles = oracles_of(city, points, request, access, egress, kind)
    legs = [legs_of(points, rows) if rows else None for rows in (access, egress)]
    for direction, mode in variants:
        asked = replace(request, direction=direction, departure_mode=mode)
        both = prepared_pair(city, places(points), places(points), asked, *legs)
        assert np.array_equal(both[0].minutes, both[1].minutes), (direction, mode)
        for o, origin in enumerate(points):
            for d, target in enumerate(points):
                expected = sorted(s / 60 for oracle in oracles for s in oracle.samples(origin, target, asked))
                share = np.isfinite(expected).mean()
                for side, times in zip(SIDES, both, strict=True):
                    found = times.minutes[o, d].tolist()
                    assert found == np.array(expected, np.float32).tolist(), (direction, mode, side, origin, target)
                    assert times.reliability[o, d] == np.float32(share)


def assert_parts_exist(city, points, request, **more):
    """The parts of every median, from both ends, are those of a journey that takes that long."""
    rows = [legs_of(points, more[end]) if end in more else None for end in ("access", "egress")]
    oracles = oracles_of(city, points, request, **more, kind=Sweep)
    for direction, mode in VARIANTS:
        asked = replace(request, direction=direction, departure_mode=mode)
        both = prepared_pair(city, places(points), places(points), asked, *rows, components=True)
        for o, origin in enumerate(points):
            for d, target in enumerate(points):
                samples = [sample for oracle in oracles for sample in oracle.parts(origin, target, asked)]
                median = sorted(time for time, _ in samples)[nearest_rank(50, len(samples))]
                allowed = set().union(*(parts for time, parts in samples if time == median))
                for side, times in zip(SIDES, both, strict=True):
                    parts = times.components
                    walk, wait, ride, n_transfers = (float(getattr(parts, f.name)[o, d]) for f in fields(parts))
                    if median == np.inf:
                        assert {walk, wait, ride, n_transfers} == {np.inf}
                        continue
                    what = (direction, mode, side, origin, target)
                    walk, wait, ride = (round(60 * minutes) for minutes in (walk, wait, ride))
                    assert walk + wait + ride == median, what
                    assert wait >= 0
                    assert (walk, ride, n_transfers) in {(w, r, max(0, k - 1)) for w, r, k in allowed}, what
