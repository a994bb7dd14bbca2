"""
Owns the search for one journey: earliest arrival for one departure, remembering how every stop was reached.

Plain Python over the same network as the kernel, on purpose: one query needs no compiled code, and the second
implementation checks the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from geodata.units import UNREACHED_S
from sim.routing.network import Network


class Ride(NamedTuple):
    """Arrival at a stop by one vehicle: where in its chain it was boarded and left."""

    arrival_s: int
    chain: int
    run: int
    board_at: int
    alight_at: int


class Ready(NamedTuple):
    """Readiness to board at a stop: since when, from which stop (−1 = the origin), over which footpath row (−1)."""

    time_s: int
    from_stop: int
    foot: int


@dataclass(slots=True)
class Round:
    """Labels after one more vehicle that improve on all rounds before."""

    rides: dict[int, Ride] = field(default_factory=dict)
    ready: dict[int, Ready] = field(default_factory=dict)


def search_rounds(net: Network, access: dict[int, int], max_vehicles: int | None, horizon_s: int) -> list[Round]:
    """
    Return the rounds of the earliest-arrival search.

    Parameters
    ----------
    net
        The day, not mirrored.
    access
        stop → earliest time at it on foot [s].
    max_vehicles
        Vehicles at most; None = no cap.
    horizon_s
        Later arrivals are not looked for [s].

    Returns
    -------
    rounds
        Round 0 holds only readiness by access; round k what k vehicles improve.
    """
    rounds = [Round(ready={stop: Ready(time, -1, -1) for stop, time in sorted(access.items())})]
    best_ride: dict[int, int] = {}
    best_ready = dict(access)
    ridden: dict[int, int] = {}
    while rounds[-1].ready and (max_vehicles is None or len(rounds) <= max_vehicles):
        current = Round(rides=_ride_all(net, rounds[-1].ready, best_ride, ridden, horizon_s))
        _change_all(net, current, best_ready, horizon_s)
        rounds.append(current)
    return rounds


def _ride_all(
    net: Network, ready: dict[int, Ready], best: dict[int, int], ridden: dict[int, int], horizon_s: int
) -> dict[int, Ride]:
    found: dict[int, Ride] = {}
    for stop, label in ready.items():
        for visit in range(net.visit_offsets[stop], net.visit_offsets[stop + 1]):
            chain, board_at = int(net.visit_chain[visit]), int(net.visit_position[visit])
            run = _first_run(net, chain, board_at, label.time_s)
            if run is None or ridden.get(run, board_at + 1) <= board_at:
                continue
            ridden[run] = board_at
            first, base = int(net.stop_offsets[chain]), int(net.time_offsets[run])
            for at in range(board_at + 1, int(net.stop_offsets[chain + 1]) - first):
                time, to = int(net.arrival_s[base + at]), int(net.stops[first + at])
                if time > horizon_s:
                    break
                if net.alight[first + at] and time < best.get(to, UNREACHED_S):
                    best[to] = time
                    found[to] = Ride(time, chain, run, board_at, at)
    return found


def _first_run(net: Network, chain: int, position: int, ready_s: int) -> int | None:
    low, end = int(net.run_offsets[chain]), int(net.run_offsets[chain + 1])
    high = end
    while low < high:
        middle = (low + high) // 2
        if net.departure_s[net.time_offsets[middle] + position] >= ready_s:
            high = middle
        else:
            low = middle + 1
    return low if low < end else None


def _change_all(net: Network, current: Round, best: dict[int, int], horizon_s: int) -> None:
    def offer(stop: int, label: Ready) -> None:
        if label.time_s <= horizon_s and label.time_s < best.get(stop, UNREACHED_S):
            best[stop] = label.time_s
            current.ready[stop] = label

    for stop, ride in sorted(current.rides.items()):
        if net.change_s[stop] != UNREACHED_S:
            offer(stop, Ready(ride.arrival_s + int(net.change_s[stop]), stop, -1))
        for foot in range(net.foot_offsets[stop], net.foot_offsets[stop + 1]):
            offer(int(net.foot_to[foot]), Ready(ride.arrival_s + int(net.foot_s[foot]), stop, foot))
