"""
Owns what riders of a service experience: by draw and hour of the wish, the wait and how much longer a ride gets.

A refused request waits for ever. What is reported is the percentile of the analysis over all days of a draw (median by
default), so an hour in which most people are refused has no service. Hours with few requests take the whole day's.
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
        draw, frame → requests it rests on, before pooling, shape (D, F).
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
        np.zeros((1, 1), np.int32),
    )


def experience_of(
    draws: Sequence[Sequence[ServiceDay]], rules: FleetRules, idle_s: float, percentile: int, min_requests: int
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
    percentile
        Of waits and detours of a frame.
    min_requests
        Frames with fewer requests take what the whole day of the draw gives.
    """
    start, end = hour_frames(rules.start_s, rules.end_s)
    shape = len(draws), len(start)
    waits, factors, counts = np.empty(shape), np.ones(shape), np.zeros(shape, np.int32)
    for d, days in enumerate(draws):
        wish_s, wait_s, factor = _rides(days)
        whole = _rank(wait_s, percentile) if len(wait_s) else idle_s
        longer = _rank(factor[np.isfinite(factor)], percentile, 1.0)
        frame = np.searchsorted(end, wish_s, "right")
        for f in range(shape[1]):
            here = np.flatnonzero(frame == f)
            counts[d, f] = len(here)
            few = len(here) < min_requests
            rides = factor[here][np.isfinite(factor[here])]
            waits[d, f] = whole if few else _rank(wait_s[here], percentile)
            factors[d, f] = longer if few else _rank(rides, percentile, longer)
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


def _rank(values: FloatArray, percentile: int, otherwise: float = np.inf) -> float:
    """Return the ⌈p·N/100⌉-th smallest value, as the router's percentiles; `otherwise` where there is none."""
    if not len(values):
        return otherwise
    return float(np.sort(values)[max(0, -(-percentile * len(values) // 100) - 1)])
