"""
Owns the timetable kernel: earliest arrivals at all stops over a whole window, searched from one place.

Range query in rounds: instants of leaving are worked off from the last to the first and labels are kept, so an earlier
instant only pays for what it improves (self-pruning). A run once ridden from some position on is never ridden again
from there with as many vehicles or more, nor is a later run of its chain: the work of a whole window is bounded by
rounds × stop times. Labels of round k hold for *at most* k vehicles. Footpaths start from vehicle arrivals only.

Every label carries the instant it was first reached by: the latest leaving for that arrival.

References
----------
Delling, Pajor, Werneck (2015), Round-based public transit routing, Transportation Science 49(3).
Witt (2015), Trip-based public transit routing, ESA.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S

NEVER = np.int32(UNREACHED_S)
SHIFT = np.int64(32)
LOW = np.int64((1 << 32) - 1)
ZERO = np.int64(1 << 31)
"""A lane is arrival × 2³² + (2³¹ − instant): smaller is an earlier arrival, then a later instant."""
NO_LANE = np.int64(UNREACHED_S) << np.int64(32)


@njit(cache=True, nogil=True)
def _leaving(legs_seconds, legs_from, legs_to, leg, departure_s):
    """Return the last instant at which a leg can start to be at its stop by a departure, or −NEVER."""
    instant = min(departure_s - legs_seconds[leg], legs_to[leg] - 1)
    return instant if instant >= legs_from[leg] else -NEVER


@njit(cache=True, nogil=True)
def _find_events(net, first_leg, next_leg, legs, chains, low_s, high_s, out):
    """
    Write (instant, chain, run, position, leg seconds) of first boardings that can matter; return how many.

    Of one run only boardings later than all at positions before it matter: those cover more stops for less.
    """
    _, seconds, valid_from, valid_to = legs
    n = 0
    for chain in chains:
        first = net.stop_offsets[chain]
        length = net.stop_offsets[chain + 1] - first
        for run in range(net.run_offsets[chain], net.run_offsets[chain + 1]):
            base = net.time_offsets[run]
            latest = low_s - 1
            for position in range(length - 1):
                if not net.board[first + position]:
                    continue
                leg = first_leg[net.stops[first + position]]
                instant = -NEVER
                walked = 0
                while leg >= 0:
                    leaving = _leaving(seconds, valid_from, valid_to, leg, net.departure_s[base + position])
                    if leaving > instant:
                        instant = leaving
                        walked = seconds[leg]
                    leg = next_leg[leg]
                if instant <= latest:
                    continue
                latest = instant
                if instant > high_s:
                    continue
                if len(out):
                    out[n, 0] = instant
                    out[n, 1] = chain
                    out[n, 2] = run
                    out[n, 3] = position
                    out[n, 4] = walked
                n += 1
    return n


@njit(cache=True, nogil=True)
def _events(net, legs, low_s, high_s):
    """Return the first boardings from one place, latest instant first, shape (E, 5)."""
    stops = legs[0]
    first_leg = np.full(len(net.change_s), -1, np.int32)
    next_leg = np.full(len(stops), -1, np.int32)
    seen = np.zeros(len(net.stop_offsets) - 1, np.bool_)
    for leg in range(len(stops)):
        next_leg[leg] = first_leg[stops[leg]]
        first_leg[stops[leg]] = leg
        for visit in range(net.visit_offsets[stops[leg]], net.visit_offsets[stops[leg] + 1]):
            seen[net.visit_chain[visit]] = True
    chains = np.flatnonzero(seen)
    n = _find_events(net, first_leg, next_leg, legs, chains, low_s, high_s, np.empty((0, 5), np.int32))
    found = np.empty((n, 5), np.int32)
    if n:
        _find_events(net, first_leg, next_leg, legs, chains, low_s, high_s, found)
    return found[np.argsort(-found[:, 0], kind="mergesort")]


@njit(cache=True, nogil=True)
def _ride(net, state, row, chain, run, position, bound_s, instant, before):
    """Ride a run from a position on, `before` = parts so far; improve arrivals of this round and of later ones."""
    arrival, tag, _, ridden, improved, is_improved, _, _, counts, parts, _, _ = state
    n_rows = arrival.shape[0]
    old = ridden[row, run]
    if old <= position:
        return
    for later in range(row, n_rows):
        for other in range(run, net.run_offsets[chain + 1]):
            if ridden[later, other] <= position:
                break
            ridden[later, other] = position
    first = net.stop_offsets[chain]
    last = min(old, net.stop_offsets[chain + 1] - first - 1)
    base = net.time_offsets[run]
    for at in range(position + 1, last + 1):
        time = net.arrival_s[base + at]
        if time > bound_s:
            break
        stop = net.stops[first + at]
        if not net.alight[first + at] or time >= arrival[row, stop]:
            continue
        for later in range(row, n_rows):
            if time >= arrival[later, stop]:
                break
            arrival[later, stop] = time
            tag[later, stop] = instant
            if len(parts):
                parts[later, stop, 0] = before[0]
                parts[later, stop, 1] = before[1] + time - net.departure_s[base + position]
                parts[later, stop, 2] = before[2] + 1
        if not is_improved[stop]:
            is_improved[stop] = True
            improved[counts[0]] = stop
            counts[0] += 1


@njit(cache=True, nogil=True)
def _be_ready(state, row, stop, time, from_stop, walked):
    """Lower the time from which one can board at a stop, for this round and later ones."""
    ready, marked, is_marked, counts, there, here = state[2], state[6], state[7], state[8], state[9], state[10]
    if time >= ready[row, stop]:
        return
    for later in range(row, ready.shape[0]):
        if time >= ready[later, stop]:
            break
        ready[later, stop] = time
        if len(here):
            here[later, stop] = there[row, from_stop]
            here[later, stop, 0] += walked
    if not is_marked[stop]:
        is_marked[stop] = True
        marked[counts[1]] = stop
        counts[1] += 1


@njit(cache=True, nogil=True)
def _change(net, state, row, bound_s):
    """Turn the vehicle arrivals improved in this round into readiness to board: at the stop, or after one walk."""
    arrival, improved, is_improved, counts = state[0], state[4], state[5], state[8]
    for i in range(counts[0]):
        stop = improved[i]
        is_improved[stop] = False
        time = arrival[row, stop]
        if net.change_s[stop] != NEVER and time + net.change_s[stop] <= bound_s:
            _be_ready(state, row, stop, time + net.change_s[stop], stop, 0)
        for foot in range(net.foot_offsets[stop], net.foot_offsets[stop + 1]):
            if time + net.foot_s[foot] <= bound_s:
                _be_ready(state, row, net.foot_to[foot], time + net.foot_s[foot], stop, net.foot_s[foot])
    counts[0] = 0


@njit(cache=True, nogil=True)
def _earlier_run(net, chain, position, ready_s, known):
    """Return the first run of a chain that leaves a position at `ready_s` or later; `known` if none before that one."""
    low = net.run_offsets[chain]
    high = known
    if high <= low or net.departure_s[net.time_offsets[high - 1] + position] < ready_s:
        return known
    high -= 1
    while low < high:
        middle = (low + high) >> 1
        if net.departure_s[net.time_offsets[middle] + position] >= ready_s:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True, nogil=True)
def _rounds(net, state, max_vehicles, bound_s, instant):
    """Change and ride until nothing improves or the cap is reached; round 1 has been ridden."""
    ready, marked, is_marked, counts = state[2], state[6], state[7], state[8]
    nothing = np.zeros(3, np.int32)
    caught = state[11]
    vehicles = 1
    while counts[0] > 0:
        row = vehicles - 1 if max_vehicles > 0 else 0
        if max_vehicles > 0 and vehicles >= max_vehicles:
            for i in range(counts[0]):
                state[5][state[4][i]] = False
            counts[0] = 0
            return
        _change(net, state, row, bound_s)
        vehicles += 1
        next_row = vehicles - 1 if max_vehicles > 0 else 0
        n_marked = counts[1]
        counts[1] = 0
        for i in range(n_marked):
            stop = marked[i]
            is_marked[stop] = False
            for visit in range(net.visit_offsets[stop], net.visit_offsets[stop + 1]):
                chain = net.visit_chain[visit]
                position = net.visit_position[visit]
                known = caught[next_row, visit]
                run = _earlier_run(net, chain, position, ready[row, stop], known)
                if run < known:
                    caught[next_row, visit] = run
                    before = state[10][row, stop] if len(state[10]) else nothing
                    _ride(net, state, next_row, chain, run, position, bound_s, instant, before)


@njit(cache=True, nogil=True)
def search_window(net, legs, instants_s, cutoff_s, max_vehicles, by_event, with_parts):
    """
    Find the earliest arrival by vehicle at every stop, for every instant of leaving one place.

    Parameters
    ----------
    net
        The `Network`.
    legs
        (stop, seconds, valid_from_s, valid_to_s) of the walks that start from the place.
    instants_s
        Instants of leaving, latest first, shape (M,) [s].
    cutoff_s
        Arrivals later than instant + cutoff are not looked for [s].
    max_vehicles
        Vehicles at most; 0 = no cap.
    by_event
        True: every boarding is an instant of its own, so that labels carry the exact last leaving. False: labels carry
        nothing of use, and fewer instants are worked off.
    with_parts
        Whether to keep what journeys consist of.

    Returns
    -------
    lanes, parts
        stop, instant → packed (arrival, last leaving), shape (S, M) int64; and walking [s], riding [s], vehicles of
        one such journey, shape (S, M, 3), or (0, 0, 3).
    """
    n_stops = len(net.change_s)
    n_rows = max(max_vehicles, 1)
    n_runs = len(net.time_offsets) - 1
    ridden = np.full((n_rows, n_runs), np.int32(2**30), np.int32)
    state = (
        np.full((n_rows, n_stops), NEVER, np.int32),
        np.zeros((n_rows, n_stops), np.int32),
        np.full((n_rows, n_stops), NEVER, np.int32),
        ridden,
        np.empty(n_stops, np.int32),
        np.zeros(n_stops, np.bool_),
        np.empty(n_stops, np.int32),
        np.zeros(n_stops, np.bool_),
        np.zeros(2, np.int64),
        np.zeros((n_rows if with_parts else 0, n_stops, 3), np.int32),
        np.zeros((n_rows if with_parts else 0, n_stops, 3), np.int32),
        np.empty((n_rows, len(net.visit_chain)), np.int32),  # earliest run boarded so far at a visit
    )
    for visit in range(len(net.visit_chain)):
        state[11][:, visit] = net.run_offsets[net.visit_chain[visit] + 1]
    n_lanes = len(instants_s)
    lanes = np.full((n_stops, n_lanes), NO_LANE, np.int64)
    parts = np.zeros((n_stops if with_parts else 0, n_lanes if with_parts else 0, 3), np.int32)
    before = np.zeros(3, np.int32)
    if n_lanes == 0:
        return lanes, parts
    events = _events(net, legs, instants_s[n_lanes - 1], instants_s[0] + cutoff_s)
    event = 0
    for lane in range(n_lanes):
        low = instants_s[lane]
        while event < len(events) and events[event, 0] >= low:
            instant = events[event, 0] if by_event else low
            while event < len(events) and events[event, 0] >= instant:
                chain, run, position = events[event, 1], events[event, 2], events[event, 3]
                before[0] = events[event, 4]
                _ride(net, state, 0, chain, run, position, low + cutoff_s, instant, before)
                event += 1
            _rounds(net, state, max_vehicles, low + cutoff_s, instant)
        for stop in range(n_stops):
            if state[0][n_rows - 1, stop] != NEVER:
                if with_parts:
                    parts[stop, lane] = state[9][n_rows - 1, stop]
                lanes[stop, lane] = (np.int64(state[0][n_rows - 1, stop]) << SHIFT) + ZERO - state[1][n_rows - 1, stop]
    return lanes, parts
