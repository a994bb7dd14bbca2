"""
Owns the kernel that finds which changes between runs can matter.

A change leads from a run at a stop to the first run of another chain that can be caught from there, at the stop or
after one walk. Most are never needed: a change is kept only if it brings one to some stop earlier than staying on, than
changing later, or than the changes kept before it. Whatever stop is reached by a run and a change is reached no later,
with no more vehicles, by that run and kept changes only; so searches over them are exact.

References
----------
Witt (2015), Trip-based public transit routing, ESA (transfer reduction).
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0915, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S

NEVER = np.int32(UNREACHED_S)


@njit(cache=True, nogil=True)
def _longest_ride(net, chain, position, further):
    """Return the longest time between the departures of one run from two positions [s]."""
    longest = 0
    for run in range(net.run_offsets[chain], net.run_offsets[chain + 1]):
        row = net.time_offsets[run]
        longest = max(longest, net.departure_s[row + further] - net.departure_s[row + position])
    return longest


@njit(cache=True, nogil=True)
def _ways_on(net, chain):
    """
    List what can be boarded after getting off a chain, by position: chain, position in it, walk or change [s].

    Left out is where one only walks ahead of runs that can be boarded nearer by. The fourth column is the first run
    that may still be caught; it only moves on, as later runs arrive no earlier.
    """
    n_chains = len(net.stop_offsets) - 1
    nearest = np.full(n_chains, NEVER, np.int32)
    nearest_at = np.zeros(n_chains, np.int32)
    first = net.stop_offsets[chain]
    length = net.stop_offsets[chain + 1] - first
    offsets = np.zeros(length + 1, np.int64)
    ways = np.empty((1024, 4), np.int32)
    n = 0
    for position in range(1, length):
        stop = net.stops[first + position]
        start = n
        for foot in range(net.foot_offsets[stop] - 1, net.foot_offsets[stop + 1]):
            if not net.alight[first + position]:
                break
            to = stop
            seconds = net.change_s[stop]
            if foot >= net.foot_offsets[stop]:
                to = net.foot_to[foot]
                seconds = net.foot_s[foot]
            if seconds == NEVER:
                continue
            for visit in range(net.visit_offsets[to], net.visit_offsets[to + 1]):
                other = net.visit_chain[visit]
                at = net.visit_position[visit]
                if n == len(ways):
                    ways = np.concatenate((ways, np.empty((n, 4), np.int32)))
                ways[n, 0] = other
                ways[n, 1] = at
                ways[n, 2] = seconds
                n += 1
                if seconds < nearest[other] or (seconds == nearest[other] and at < nearest_at[other]):
                    nearest[other] = seconds
                    nearest_at[other] = at
        stop_of_list = n
        n = start
        for way in range(start, stop_of_list):
            other, at, seconds = ways[way, 0], ways[way, 1], ways[way, 2]
            near = nearest_at[other]
            if at > near and seconds - nearest[other] >= _longest_ride(net, other, near, at):
                continue
            ways[n, 0] = other
            ways[n, 1] = at
            ways[n, 2] = seconds
            ways[n, 3] = net.run_offsets[other]
            n += 1
        for way in range(start, stop_of_list):
            nearest[ways[way, 0]] = NEVER
        offsets[position + 1] = n
    return offsets, ways


@njit(cache=True, nogil=True)
def find_transfers(net, chain_of, first_run, last_run, first_s, last_s, with_spare=False):
    """
    Find the changes from some runs that can matter.

    Parameters
    ----------
    net
        The `Network`.
    chain_of
        run → its chain.
    first_run, last_run
        Runs to look at: first included, last excluded.
    first_s, last_s
        Arrivals outside [first, last] are of no interest [s].
    with_spare
        Whether to list, as −1 − time row, what was looked at and found needless, too: another run of the same chain
        left it out only if that one is listed, so it can stand in when other runs fall away.

    Returns
    -------
    begin, end, to
        time row of the runs (counted from that of the first one) → its slice of `to`, the time rows one arrives at next
        after changing.
    """
    row_0 = net.time_offsets[first_run]
    n_rows = net.time_offsets[last_run] - row_0
    begin = np.zeros(n_rows, np.int64)
    end = np.zeros(n_rows, np.int64)
    to = np.empty(1024, np.int32)
    n = 0
    n_chains = len(net.stop_offsets) - 1
    best = np.full(len(net.change_s), NEVER, np.int32)
    touched = np.empty(len(net.change_s), np.int32)
    tried_run = np.full(n_chains, NEVER, np.int32)
    tried_position = np.full(n_chains, NEVER, np.int32)
    tried = np.empty(n_chains, np.int32)
    listed = -1
    for run in range(first_run, last_run):
        chain = chain_of[run]
        if chain != listed:
            way_offsets, ways = _ways_on(net, chain)
            listed = chain
        first = net.stop_offsets[chain]
        n_touched = 0
        n_tried = 0
        for position in range(net.stop_offsets[chain + 1] - first - 1, 0, -1):
            row = net.time_offsets[run] + position
            begin[row - row_0] = n
            end[row - row_0] = n
            got_off = net.arrival_s[row]
            if not net.alight[first + position] or got_off < first_s or got_off > last_s:
                continue
            here = net.stops[first + position]
            if got_off < best[here]:
                if best[here] == NEVER:
                    touched[n_touched] = here
                    n_touched += 1
                best[here] = got_off
            for way in range(way_offsets[position], way_offsets[position + 1]):
                other = ways[way, 0]
                at = ways[way, 1]
                caught = ways[way, 3]
                before = net.run_offsets[other + 1]
                if other == chain and at >= position:
                    before = min(before, run)  # staying on is no worse
                if tried_position[other] <= at:
                    before = min(before, tried_run[other])  # what that one reaches is known
                ready = got_off + ways[way, 2]
                while caught < before and net.departure_s[net.time_offsets[caught] + at] < ready:
                    caught += 1
                ways[way, 3] = caught
                if caught >= before:
                    continue
                if tried_run[other] == NEVER:
                    tried[n_tried] = other
                    n_tried += 1
                if caught <= tried_run[other]:
                    if caught < tried_run[other] or at < tried_position[other]:
                        tried_position[other] = at
                    tried_run[other] = caught
                earlier = False
                other_first = net.stop_offsets[other]
                caught_row = net.time_offsets[caught]
                for ahead in range(at + 1, net.stop_offsets[other + 1] - other_first):
                    time = net.arrival_s[caught_row + ahead]
                    if time > last_s:
                        break
                    stop = net.stops[other_first + ahead]
                    if time < best[stop] and net.alight[other_first + ahead]:
                        if best[stop] == NEVER:
                            touched[n_touched] = stop
                            n_touched += 1
                        best[stop] = time
                        earlier = True
                next_row = caught_row + at + 1
                if earlier or (with_spare and net.arrival_s[next_row] <= last_s):
                    if n == len(to):
                        to = np.append(to, np.empty(n, np.int32))
                    to[n] = next_row if earlier else -1 - next_row
                    n += 1
            end[row - row_0] = n
        for i in range(n_touched):
            best[touched[i]] = NEVER
        for i in range(n_tried):
            tried_run[tried[i]] = NEVER
            tried_position[tried[i]] = NEVER
    return begin, end, to[:n].copy()
