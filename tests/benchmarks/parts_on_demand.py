"""Owns the figures of on-demand mobility: a day of 10,000 requests for 20 vehicles on one core; queues and theory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks.inputs import SEED
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import interleaved

if TYPE_CHECKING:
    from sim.on_demand.types import FleetRules, Requests, Simulation
    from tests.benchmarks.bench import Bench

N_REQUESTS = 10_000
N_VEHICLES = 20
N_POINTS = 300
GOAL_S = 10.0
DAYS = {
    "a town 6 km wide, asked for at once": (6_000.0, 0.0),
    "a town 6 km wide, all booked the day before": (6_000.0, 1.0),
    "an estate 600 m wide, asked for at once": (600.0, 0.0),
    "an estate 600 m wide, all booked the day before": (600.0, 1.0),
}
"""What is simulated: side [m], share booked the day before."""


def on_demand(bench: Bench) -> Part:
    """Time a day of 10,000 requests and 20 vehicles; hold the engine against queueing theory."""
    from sim.on_demand.engine import simulate
    from sim.on_demand.theory import check_rows

    part = Part("on-demand", f"on-demand mobility: {N_REQUESTS:,} requests, {N_VEHICLES} vehicles, one day, one core")
    days = {name: made_day(*day) for name, day in DAYS.items()}
    found: dict[str, Simulation] = {}

    def action(name: str) -> None:
        found[name] = simulate(*days[name])

    figures = interleaved({name: lambda name=name: action(name) for name in DAYS}, bench.runs, bench.tell)
    part.add(*figures)
    for figure in figures:
        status = np.bincount(found[figure.name].status, minlength=4)
        part.add(
            f"{figure.name}: {status[1]:,} served, {status[0]:,} refused, {len(found[figure.name].events):,} events",
            Goal(figure.name, figure.median, GOAL_S, at_least=False, unit=" s"),
        )
    rows = check_rows()
    for row in rows.itertuples():
        part.add(f"{row.case} {row.quantity}: theory {row.theory:.4g}, simulated {row.simulated:.4g} ± {row.error:.2g}")
    worst = float((np.abs(rows["simulated"] - rows["theory"]) / rows["error"]).max())
    part.add(Goal("queues: furthest from theory, in standard errors", worst, 3.0, at_least=False, unit=""))
    return part


def made_day(side_m: float, booked_share: float) -> tuple[Requests, np.ndarray, np.ndarray, FleetRules]:
    """Return requests, drives [s], [m] and rules of a made-up day from 8 to 19 at 20 km/h."""
    from sim.on_demand.types import FleetRules, Requests

    rng = np.random.default_rng(SEED)
    xy = rng.uniform(0, side_m, (N_POINTS, 2))
    drive_m = 1.4 * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    drive_s = np.ceil(drive_m / (20 / 3.6)).astype(np.int32)
    origin = rng.integers(0, N_POINTS, N_REQUESTS)
    desired = np.sort(rng.integers(8 * 3_600, 18 * 3_600, N_REQUESTS))
    booked = rng.random(N_REQUESTS) < booked_share
    columns = {
        "desired_s": desired,
        "known_s": np.where(booked, rng.integers(-57_600, -21_600, N_REQUESTS), desired),
        "origin": origin,
        "destination": (origin + rng.integers(1, N_POINTS, N_REQUESTS)) % N_POINTS,
        "persons": rng.integers(1, 3, N_REQUESTS),
        "age_class": np.zeros(N_REQUESTS),
        "purpose": np.zeros(N_REQUESTS),
        "cell": np.full(N_REQUESTS, -1),
        "outbound": np.full(N_REQUESTS, -1),
    }
    requests = Requests(
        **{name: column.astype(np.int32) for name, column in columns.items()}, no_show=rng.random(N_REQUESTS) < 0.05
    )
    return requests, drive_s, drive_m, FleetRules(N_VEHICLES, 6, 1_800, 1.8, 60, 8 * 3_600, 19 * 3_600)


__all__ = ["made_day", "on_demand"]
