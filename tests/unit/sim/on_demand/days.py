"""Made-up days of on-demand mobility for the tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from sim.on_demand.types import FleetRules, Requests


def requests_of(desired, origin, destination, **more):
    """Make requests of lists; known when desired, one person, nobody stays away, unless told."""
    n = len(desired)
    columns = {
        "known_s": desired,
        "persons": np.ones(n),
        "age_class": np.zeros(n),
        "purpose": np.zeros(n),
        "cell": np.full(n, -1),
        "outbound": np.full(n, -1),
        "no_show": np.zeros(n),
        **more,
    }
    columns |= {"desired_s": desired, "origin": origin, "destination": destination}
    kept = {name: np.array(column, np.int32) for name, column in columns.items()}
    kept["no_show"] = kept["no_show"].astype(bool)
    return Requests(**kept)


def plane_drives(xy, speed_m_s=5.0):
    """Return drives on a plane: seconds rounded up, so that no way round is shorter, and metres."""
    metres = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return np.ceil(metres / speed_m_s).astype(np.int32), metres


def random_day(seed, n_requests=60, n_points=12, *, metric=True, side_m=3_000.0, **rules):
    """Return requests, drives [s], [m] and rules of a day drawn from a seed."""
    rng = np.random.default_rng(seed)
    drive_s, drive_m = plane_drives(rng.uniform(0, side_m, (n_points, 2)))
    if not metric:
        drive_s = rng.integers(0, 900, (n_points, n_points)).astype(np.int32)
        np.fill_diagonal(drive_s, 0)
    start, end = 28_800, 28_800 + int(rng.integers(3_600, 14_400))
    desired = np.sort(rng.integers(start - 600, end, n_requests))
    early = rng.random(n_requests) < rng.choice([0.0, 0.5, 1.0])
    known = np.where(early, desired - rng.integers(0, 40_000, n_requests), desired)
    outbound = np.full(n_requests, -1)
    for way_home in rng.choice(n_requests, n_requests // 5, replace=False):
        earlier = np.flatnonzero((np.arange(n_requests) < way_home) & (known <= known[way_home]))
        if len(earlier):
            outbound[way_home] = rng.choice(earlier)
    requests = requests_of(
        desired,
        rng.integers(0, n_points, n_requests),
        rng.integers(0, n_points, n_requests),
        known_s=known,
        persons=rng.integers(1, 4, n_requests),
        no_show=rng.random(n_requests) < 0.15,
        outbound=outbound,
    )
    chosen = {
        "n_vehicles": int(rng.integers(1, 5)),
        "seats": int(rng.integers(2, 7)),
        "max_wait_s": int(rng.choice([0, 300, 1_200, 3_600])),
        "max_detour_factor": float(rng.choice([1.0, 1.5, 3.0])),
        "boarding_s": int(rng.choice([0, 30, 90])),
        "ride_allowance_s": int(rng.choice([0, 300, 900])),
        "depot": int(rng.integers(0, n_points)),
        "sharing": bool(rng.random() < 0.8),
        "rider_weight": float(rng.choice([0.0, 0.3, 1.0, 2.0])),
        **rules,
    }
    return requests, drive_s, drive_m, FleetRules(start_s=start, end_s=end, **chosen)


seeds = st.integers(0, 2**32 - 1)
