"""
Owns what riders of a service experience: by draw and hour of the wish, the wait and how much longer a ride gets.

The simulated days of all draws make one distribution by hour. Draw d of D stands for its share (d + ½) ÷ D: the first
draws for good luck, the last for bad. So the percentiles of a travel time are taken over luck with the vehicle as over
that with the timetable, and nothing is a percentile of percentiles. A refused request waits for ever: where 30 % are
refused, the draws above 70 % have no service. Hours with few requests take the distribution of the whole day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from sim.on_demand.types import RequestStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.on_demand import FixedWait
    from geodata.units import FloatArray, IntArray
    from sim.on_demand.service import ServiceDay
    from sim.on_demand.types import FleetRules

HOUR_S = 3_600


@dataclass(frozen=True, slots=True, eq=False)
class Experience:
    """
    What riders experience by draw and hour frame.

    Parameters
    ----------
    start_s, end_s
        frame → first second, and the second after the last; the hours of operation cut at whole hours, shape (F,).
    wait_s
        draw, frame → wait until the vehicle is there [s]; inf = refused, shape (D, F). One draw where it is given.
    factor
        draw, frame → ride ÷ direct ride, ≥ 1, shape (D, F).
    boarding_s, offset_s
        Of every direct ride beside the drive, and of every ride beside that [s].
    n_requests
        frame → requests it rests on, before pooling, shape (F,).
    """

    start_s: IntArray
    end_s: IntArray
    wait_s: FloatArray
    factor: FloatArray
    boarding_s: int
    offset_s: int
    n_requests: IntArray

    def __post_init__(self) -> None:
        freeze(self)

    def seconds(self, drive_s: FloatArray) -> FloatArray:
        """Return the time from the wish to getting off: drive [s] of any shape → (…, D, F); inf = no service."""
        direct = np.asarray(drive_s, np.float64)[..., None, None] + self.boarding_s
        return self.wait_s + direct * self.factor + self.offset_s


def hour_frames(start_s: int, end_s: int) -> tuple[IntArray, IntArray]:
    """Return the hours of operation cut at whole hours: first seconds, and seconds after the last."""
    cuts = [start_s, *range((start_s // HOUR_S + 1) * HOUR_S, end_s, HOUR_S), end_s]
    return np.array(cuts[:-1], np.int32), np.array(cuts[1:], np.int32)


def fixed_experience(wait: FixedWait, rules: FleetRules, factor: float, offset_s: int) -> Experience:
    """Return the experience of a service whose wait is given: the same in all draws and hours."""
    one = np.array([[1.0]])
    return Experience(
        np.array([rules.start_s], np.int32),
        np.array([rules.end_s], np.int32),
        one * wait.wait_s,
        one * factor,
        rules.boarding_s,
        offset_s,
        np.zeros(1, np.int32),
    )


def experience_of(
    draws: Sequence[Sequence[ServiceDay]], rules: FleetRules, idle_s: float, min_requests: int
) -> Experience:
    """
    Return what riders experience.

    Parameters
    ----------
    draws
        Simulated days by draw.
    rules
        What the fleet promises; its hours are cut into frames.
    idle_s
        Wait where nobody asked at all: the drive of an idle vehicle from the depot [s].
    min_requests
        Frames with fewer requests take the distribution of the whole day.
    """
    start, end = hour_frames(rules.start_s, rules.end_s)
    n_draws = len(draws)
    wish_s, wait_s, factor = _rides([day for days in draws for day in days])
    frame = np.searchsorted(end, wish_s, "right")
    counts = np.bincount(frame, minlength=len(start)).astype(np.int32)
    waits, factors = np.empty((n_draws, len(start))), np.ones((n_draws, len(start)))
    for f in range(len(start)):
        here = frame == f if counts[f] >= min_requests else np.ones(len(frame), np.bool_)
        rides = np.isfinite(factor) & here
        waits[:, f] = _levels(wait_s[here], n_draws) if here.any() else idle_s
        factors[:, f] = _levels(factor[rides], n_draws) if rides.any() else 1.0
    return Experience(start, end, waits, factors, rules.boarding_s, 0, counts)


def _rides(days: Sequence[ServiceDay]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return wish [s], wait [s] and ride ÷ direct ride of all that were served or refused; inf = refused."""
    wish: list[IntArray] = []
    wait: list[FloatArray] = []
    factor: list[FloatArray] = []
    for day in days:
        desired, found = day.requests.desired_s, day.simulation
        if found is None:  # it does not run: everybody is refused
            wish.append(desired)
            wait.append(np.full(len(desired), np.inf))
            factor.append(np.full(len(desired), np.inf))
            continue
        told = np.isin(found.status, (RequestStatus.SERVED, RequestStatus.REJECTED))
        served = found.served
        wish.append(desired[told])
        wait.append(np.where(served, found.pickup_s - desired, np.inf)[told])
        ride = (found.dropoff_s - found.pickup_s) / np.maximum(found.direct_s, 1)
        factor.append(np.where(served, np.maximum(ride, 1.0), np.inf)[told])
    none = np.zeros(0)
    return (
        np.concatenate([none, *wish]).astype(np.int32),
        np.concatenate([none, *wait]),
        np.concatenate([none, *factor]),
    )


def _levels(values: FloatArray, n_draws: int) -> FloatArray:
    """Return the value of each draw: of N sorted ones the ⌈N (d + ½) ÷ D⌉-th, so always one that occurs."""
    ranks = -(-len(values) * (2 * np.arange(n_draws) + 1) // (2 * n_draws)) - 1
    found: FloatArray = np.sort(values)[np.maximum(ranks, 0)]
    return found
