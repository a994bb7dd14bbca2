"""
Owns the check of the simulation against queueing theory: formulas, and days so simple that they must meet them.

In these days a vehicle carries one party at a time, comes at once when it is free, and anybody waits for as long as it
takes: a queue with as many servers as vehicles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.errors import ModelError, Text, error
from geodata.units import FloatArray, IntArray
from sim.on_demand.engine import simulate
from sim.on_demand.types import FleetRules, Requests, Simulation
from sim.rng import unit_number

MEAN_SERVICE_S = 2_000
"""So long that whole seconds do not matter."""
N_LENGTHS = 1_000
"""Destinations, each with a ride of its own length: the conditional means of as many parts of the distribution."""
N_REQUESTS = 100_000
WARM_UP_SHARE = 0.1
N_BATCHES = 30
ERRORS_ALLOWED = 3.0
FOREVER_S = 2_000_000_000


def erlang_c(n_servers: int, load: float) -> float:
    """
    Return the probability that somebody has to wait in an M/M/c queue.

    Parameters
    ----------
    n_servers
        Servers, ≥ 1.
    load
        Arrivals per mean service time [erlang], below `n_servers`.

    Returns
    -------
    probability
        0–1.

    Raises
    ------
    ModelError
        If the queue grows without end.

    Notes
    -----
    By the recursion of Erlang B, which does not overflow.

    References
    ----------
    Erlang (1917); Gross, Harris (1998), Fundamentals of Queueing Theory, section 2.3.
    """
    if not 0 <= load < n_servers:
        raise ModelError(
            error(
                "on-demand.queue",
                "erlang_c",
                Text(
                    f"待ち行列が終わりません: 負荷 {load} は窓口数 {n_servers} 未満が必要",
                    f"the queue never ends: load {load} must be below {n_servers} servers",
                ),
            ),
        )
    blocked = 1.0
    for n in range(1, n_servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return n_servers * blocked / (n_servers - load * (1 - blocked))


def mmc_wait(n_servers: int, load: float, service: float) -> float:
    """Return the mean wait of an M/M/c queue, in the unit of the mean service time (Erlang C, Little)."""
    return erlang_c(n_servers, load) * service / (n_servers - load)


def mg1_wait(load: float, service: float, variation: float) -> float:
    """
    Return the mean wait of an M/G/1 queue, in the unit of the mean service time (Pollaczek–Khinchine).

    `variation`: squared coefficient of variation of the service time: 1 = exponential, 0 = always the same (M/D/1).
    """
    return load * (1 + variation) / 2 * service / (1 - load)


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue that the simulation must meet: vehicles, load [erlang], exponential or constant service times."""

    name: str
    n_servers: int
    load: float
    exponential: bool

    @property
    def waiting_probability(self) -> float:
        """Probability of having to wait."""
        return erlang_c(self.n_servers, self.load)  # with one server it is the load, whatever the service time

    @property
    def mean_wait_s(self) -> float:
        """Mean wait [s]."""
        if self.exponential:
            return mmc_wait(self.n_servers, self.load, MEAN_SERVICE_S)
        return mg1_wait(self.load, MEAN_SERVICE_S, 0.0)


QUEUES = (
    Queue("M/M/1", 1, 0.7, exponential=True),
    Queue("M/M/2", 2, 1.5, exponential=True),
    Queue("M/M/4", 4, 3.2, exponential=True),
    Queue("M/D/1", 1, 0.7, exponential=False),
)


def simulate_queue(queue: Queue, *, seed: int, n_requests: int = N_REQUESTS) -> Simulation:
    """
    Simulate a queue with the engine: all wait at one point, rides are the services, the way back takes no time.

    Parameters
    ----------
    queue
        Which one.
    seed
        Seed of arrivals and services.
    n_requests
        Requests.

    Returns
    -------
    simulation
        One long day.
    """
    key = int(unit_number(seed, "queue", queue.name) * 2**53)
    unit = np.random.Generator(np.random.Philox(key)).random((2, n_requests))
    service_s = _lengths() if queue.exponential else np.array([MEAN_SERVICE_S], np.int32)
    between = -np.log1p(-unit[0]) * float(service_s.mean()) / queue.load
    drive_s = np.tile(np.concatenate([[0], service_s]).astype(np.int32), (len(service_s) + 1, 1))
    np.fill_diagonal(drive_s, 0)
    arrives = np.cumsum(between).astype(np.int32)
    ones, none = np.ones(n_requests, np.int32), np.zeros(n_requests, np.int32)
    requests = Requests(
        desired_s=arrives,
        known_s=arrives.copy(),
        origin=none,
        destination=1 + (unit[1] * len(service_s)).astype(np.int32),
        persons=ones,
        no_show=np.zeros(n_requests, bool),
        age_class=none,
        purpose=none,
        cell=-ones,
        outbound=-ones,
    )
    rules = FleetRules(queue.n_servers, 1, FOREVER_S, 1.0, 0, 0, FOREVER_S, ride_allowance_s=0, sharing=False)
    return simulate(requests, drive_s, np.zeros(drive_s.shape), rules)


def check_rows(seed: int = 2031, n_requests: int = N_REQUESTS) -> pd.DataFrame:
    """
    Return theory beside the simulation, one row per queue and quantity.

    Returns
    -------
    rows
        case, quantity (wait_mean_s, waiting_share), theory, simulated, error (standard error by batch means), and
        agrees (within `ERRORS_ALLOWED` of these).
    """
    rows = []
    for queue in QUEUES:
        one = simulate_queue(queue, seed=seed, n_requests=n_requests)
        wait = (one.pickup_s - one.requests.desired_s)[int(WARM_UP_SHARE * n_requests) :].astype(np.float64)
        for quantity, theory, values in (
            ("wait_mean_s", queue.mean_wait_s, wait),
            ("waiting_share", queue.waiting_probability, (wait > 0).astype(np.float64)),
        ):
            simulated, spread = batch_means(values)
            agrees = abs(simulated - theory) <= ERRORS_ALLOWED * spread
            rows.append((queue.name, quantity, theory, simulated, spread, agrees))
    return pd.DataFrame(rows, columns=["case", "quantity", "theory", "simulated", "error", "agrees"])


def batch_means(values: FloatArray, n_batches: int = N_BATCHES) -> tuple[float, float]:
    """
    Return the mean of a series whose neighbors depend on one another, and its standard error.

    The series is cut into batches so long that their means hardly depend on one another.
    """
    means = np.array([batch.mean() for batch in np.array_split(values, n_batches)])
    return float(values.mean()), float(means.std(ddof=1) / math.sqrt(n_batches))


def _lengths() -> IntArray:
    """Return service times that stand for an exponential distribution: means of parts of equal probability [s]."""
    edge = np.arange(N_LENGTHS) / N_LENGTHS
    left = 1 - edge
    right = np.append(left[1:], 0.0)
    # Mean of −ln(u) over u between right and left: u − u ln u is its primitive.
    primitive_left = left - left * np.log(left)
    primitive_right = np.where(right > 0, right - right * np.log(np.where(right > 0, right, 1.0)), 0.0)
    lengths: IntArray = np.rint(MEAN_SERVICE_S * N_LENGTHS * (primitive_left - primitive_right)).astype(np.int32)
    return lengths
