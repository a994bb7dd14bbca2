"""
Owns the kernel for one instant of leaving: the earliest arrival at some targets, with the fewest vehicles.

In rounds: round k boards where round k − 1 got off, so the first round to reach a time is the one with the fewest
vehicles. A run once ridden from some position on is never ridden again from there, nor is a later run of its chain:
somebody with no more vehicles has been there no later. What comes after all targets are reached is not looked at.

References
----------
Delling, Pajor, Werneck (2015), Round-based public transit routing, Transportation Science 49(3).
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S

NEVER = np.int32(UNREACHED_S)


@njit(cache=True, nogil=True)
def _first_run(net, chain, position, ready_s):
    """Return the first run of a chain that leaves a position at `ready_s` or later; past the last if there is none."""
    low = net.run_offsets[chain]
    high = net.run_offsets[chain + 1]
    while low < high:
        middle = (low + high) >> 1
        if net.departure_s[net.time_offsets[middle] + position] >= ready_s:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True, nogil=True)
def _ride(net, stop, ready_s, before_s, ridden, arrival, got_off):
    """Board whatever can be caught at a stop; lower arrivals that come before an instant, and note where."""
    for visit in range(net.visit_offsets[stop], net.visit_offsets[stop + 1]):
        chain = net.visit_chain[visit]
        position = net.visit_position[visit]
        run = _first_run(net, chain, position, ready_s)
        if run == net.run_offsets[chain + 1] or ridden[run] <= position:
            continue
        first = net.stop_offsets[chain]
        last = min(ridden[run], net.stop_offsets[chain + 1] - first - 1)
        for later in range(run, net.run_offsets[chain + 1]):
            if ridden[later] <= position:
                break
            ridden[later] = position
        for at in range(position + 1, last + 1):
            time = net.arrival_s[net.time_offsets[run] + at]
            if time >= before_s:
                break
            to = net.stops[first + at]
            if net.alight[first + at] and time < arrival[to]:
                arrival[to] = time
                got_off[to] = True


@njit(cache=True, nogil=True)
def _change(net, stop, time, before_s, ready, to_board):
    """Get ready to board after getting off: at the stop itself, or after one walk."""
    if net.change_s[stop] != NEVER and time + net.change_s[stop] < min(before_s, ready[stop]):
        ready[stop] = time + net.change_s[stop]
        to_board[stop] = True
    for foot in range(net.foot_offsets[stop], net.foot_offsets[stop + 1]):
        to = net.foot_to[foot]
        if time + net.foot_s[foot] < min(before_s, ready[to]):
            ready[to] = time + net.foot_s[foot]
            to_board[to] = True


@njit(cache=True, nogil=True)
def earliest_arrivals(net, access, depart_s, egress_offsets, egress, horizon_s, max_vehicles, arrive_s, vehicles):
    """
    Find the earliest arrivals at some targets by vehicle, and the fewest vehicles for them.

    Parameters
    ----------
    net
        The `Network`.
    access
        (stop, seconds) of the ways from the origin to stops, shapes (A,).
    depart_s
        Instant of leaving [s].
    egress_offsets, egress
        target → its ways from stops (stop, seconds), CSR.
    horizon_s
        Nobody gets off later than this [s].
    max_vehicles
        Vehicles at most; 0 = no cap.
    arrive_s, vehicles
        target → arrival without a vehicle, `UNREACHED_S` = none [s], and 0; lowered in place, shapes (T,).
    """
    n_stops = len(net.change_s)
    arrival = np.full(n_stops, NEVER, np.int32)
    ready = np.full(n_stops, NEVER, np.int32)
    got_off = np.zeros(n_stops, np.bool_)
    to_board = np.zeros(n_stops, np.bool_)
    ridden = np.full(len(net.time_offsets) - 1, NEVER, np.int32)
    for leg in range(len(access[0])):
        stop = access[0][leg]
        ready[stop] = min(ready[stop], depart_s + access[1][leg])
        to_board[stop] = True
    n_vehicles = 0
    while to_board.any() and (max_vehicles == 0 or n_vehicles < max_vehicles):
        n_vehicles += 1
        before_s = min(horizon_s + 1, arrive_s.max())
        for stop in np.flatnonzero(to_board):
            to_board[stop] = False
            _ride(net, stop, ready[stop], before_s, ridden, arrival, got_off)
        for target in range(len(arrive_s)):
            for leg in range(egress_offsets[target], egress_offsets[target + 1]):
                stop = egress[0][leg]
                if got_off[stop] and arrival[stop] + egress[1][leg] < arrive_s[target]:
                    arrive_s[target] = arrival[stop] + egress[1][leg]
                    vehicles[target] = n_vehicles
        before_s = min(horizon_s + 1, arrive_s.max())
        for stop in np.flatnonzero(got_off):
            got_off[stop] = False
            _change(net, stop, arrival[stop], before_s, ready, to_board)
