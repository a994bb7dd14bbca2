"""Owns the departures of a while: which journeys there are, when one must leave at the latest, how long they take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geodata.units import SECONDS_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.routing.types import Itinerary

MOST = 40
"""Journeys looked for at most: a line every three minutes for two hours."""


@dataclass(frozen=True, slots=True)
class Departure:
    """
    One journey.

    `leave_s`: one must leave at the latest [s after 00:00]. `from_s`: who leaves between this and `leave_s` takes it.
    """

    leave_s: int
    from_s: int
    found: Itinerary

    @property
    def minutes(self) -> float:
        """From leaving at the latest moment to arriving, or of the walk [min]."""
        left = self.found.depart_s if self.on_foot else self.leave_s
        return (self.found.arrive_s - left) / SECONDS_PER_MIN

    @property
    def on_foot(self) -> bool:
        """Whether one walks all the way."""
        return is_walk(self.found)


def is_walk(found: Itinerary) -> bool:
    """Return whether one walks all the way."""
    return all(leg.mode == "walk" for leg in found.legs)


def latest_s(found: Itinerary) -> int:
    """Return the latest moment to leave and still take the same first vehicle; of a walk, the moment asked [s]."""
    wait = next((leg for leg in found.legs if leg.mode in {"wait", "transit"}), None)
    if wait is None or wait.mode == "transit":
        return found.depart_s
    return found.depart_s + (wait.end_s - wait.start_s)


def find_departures(ask: Callable[[int], Itinerary | None], first_s: int, last_s: int) -> list[Departure]:
    """
    Return the journeys of who leaves from `first_s` until before `last_s`, in order; for the last one may leave later.

    Parameters
    ----------
    ask
        Departure [s] → earliest arrival.
    first_s, last_s
        The while [s after 00:00].

    Notes
    -----
    Who leaves before the latest moment of a journey arrives no earlier than by it and no later: so the next question is
    asked a minute after that moment, and none is missed. Walks all the way of minutes that follow are one journey.
    """
    found: list[Departure] = []
    now = first_s
    while now < last_s and len(found) < MOST:
        one = ask(now)
        if one is None:
            break
        made = Departure(latest_s(one), now, one)
        if made.on_foot and found and found[-1].on_foot:
            found[-1] = replace(found[-1], leave_s=made.leave_s)
        else:
            found.append(made)
        now = max(made.leave_s, now) + SECONDS_PER_MIN
    return found


def worthwhile(departures: list[Departure]) -> list[Departure]:
    """Return the journeys that no other beats: none leaves as late or later and arrives as early or earlier."""
    kept: list[Departure] = []
    best_s = float("inf")
    for one in reversed(departures):
        if one.on_foot or one.found.arrive_s < best_s:
            kept.append(one)
            best_s = best_s if one.on_foot else one.found.arrive_s
    return kept[::-1]


def mean_minutes(departures: Iterable[Departure], first_s: int, last_s: int) -> float | None:
    """
    Return the mean time to the arrival of who leaves at any moment of a while, the wait before leaving counted [min].

    None where the journeys do not cover it, such as after the last bus.
    """
    total, reached = 0.0, float(first_s)
    for one in departures:
        until = min(one.leave_s + (SECONDS_PER_MIN if one.on_foot else 0), last_s)
        if until > reached:
            walk_s = one.found.arrive_s - one.found.depart_s
            taken = walk_s if one.on_foot else one.found.arrive_s - (until + reached) / 2
            total, reached = total + (until - reached) * taken, until
    return total / (last_s - first_s) / SECONDS_PER_MIN if reached >= last_s - SECONDS_PER_MIN else None
