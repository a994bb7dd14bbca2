"""
Owns the search for the ways that cost least, walking and waiting weighed, from every stop to one place by an instant.

One scan over the hops of a day, last departure first: when a hop is looked at, all that can follow it is known. The
cost of a hop is what is left of the journey once one sits in the vehicle. Arriving early counts as slack, so that few
departures cost what they cost; the minute one leaves home is free.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917 -- typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from sim.ridership.change_kernel import with_change

FAR = 1e18
TO_PLACE, STAY = -1, -2
"""What follows a hop, beside the hop that is boarded next: the walk to the place, or the next hop of the run."""
N_PARTS = 12
ACCESS, EGRESS, SLACK, WAIT, BUS, RAIL, N_BUS, N_RAIL, BUS_M, RAIL_M, FEEDER, N_FEEDER = range(N_PARTS)
"""Parts of a journey: walk to the first vehicle; walks at changes and after the last; arriving early; waiting at
changes; in buses, in trains [s]; boardings of each; metres in each; on-demand ride to a stop [s], and their number.
"""


@njit(cache=True, nogil=True)
def scan(hops, feet, egress_s, span_s, weights, slots, left, follow):
    """
    Fill in, for being at one place by one instant, what every hop costs and how it goes on.

    Parameters
    ----------
    hops
        (dep_s, arr_s, from_stop, to_stop, next_hop, board, alight) in the order they are looked at.
    feet
        (offsets, to, seconds, change_s): changes on foot and at the same stop.
    egress_s
        stop → walk to the place [s], −1 = too far.
    span_s
        (earliest, mark): hops that leave before the former do not count; one is there by the latter [s].
    weights
        (walk, wait, slack, seconds a change costs).
    slots
        (offsets, count, dep_s, key, best, own, least_key): stop → boardings found, last departure first; `key` and
        `best` = the least cost + weighed departure up to there and its hop, `own` = the hop itself, `least_key` = the
        least of all keys of a stop. Filled in.
    left, follow
        hop → weighed seconds left, and what follows it; filled in.
    """
    dep_s, arr_s, from_stop, to_stop, next_hop, board, alight = hops
    walk_w, wait_w, slack_w, _ = weights
    offsets, count, slot_dep, slot_key, slot_best, slot_own, least_key = slots
    earliest_s, mark_s = span_s
    count[:] = 0
    least_key[:] = np.inf
    left[:] = FAR
    for c in range(len(dep_s)):
        if arr_s[c] > mark_s:
            continue
        if dep_s[c] < earliest_s:
            break
        best, chosen = FAR, TO_PLACE
        after = next_hop[c]
        if after >= 0 and left[after] < FAR:
            best = left[after] + (dep_s[after] - arr_s[c])
            chosen = STAY
        if alight[c]:
            here = to_stop[c]
            walk = egress_s[here]
            if walk >= 0 and arr_s[c] + walk <= mark_s:
                cost = walk_w * walk + slack_w * (mark_s - arr_s[c] - walk)
                if cost < best:
                    best, chosen = cost, TO_PLACE
            best, chosen = with_change(feet, slots, weights, here, arr_s[c], best, chosen)
        if best >= FAR:
            continue
        left[c] = best + (arr_s[c] - dep_s[c])
        follow[c] = chosen
        if board[c]:
            stop = from_stop[c]
            slot = offsets[stop] + count[stop]
            key = left[c] + wait_w * dep_s[c]
            better = count[stop] == 0 or key < slot_key[slot - 1]
            slot_dep[slot] = dep_s[c]
            slot_own[slot] = c
            slot_key[slot] = key if better else slot_key[slot - 1]
            slot_best[slot] = c if better else slot_best[slot - 1]
            least_key[stop] = slot_key[slot]
            count[stop] += 1


@njit(cache=True, nogil=True)
def _best_from(slots, left, stop, first_s, last_s):
    """Return the hop that costs least from a stop, leaving within [first, last), or −1."""
    offsets, count, slot_dep, _, _, slot_own, _ = slots
    best, chosen = FAR, -1
    for slot in range(offsets[stop], offsets[stop] + count[stop]):
        if slot_dep[slot] < first_s:
            break
        if slot_dep[slot] < last_s and left[slot_own[slot]] < best:
            best, chosen = left[slot_own[slot]], slot_own[slot]
    return chosen


@njit(cache=True, nogil=True)
def choose(legs, draw, slots, left, walk_w, leg_of, hop_of):
    """
    Fill in, by place, the leg to a stop and the hop boarded there that cost least together; −1 = no journey.

    `legs`: (offsets, stop, seconds, valid_from_s, valid_to_s, draw, kind), as `Legs`; an on-demand ride (kind 1) costs
    its time unweighed.
    """
    offsets, stop, seconds, valid_from_s, valid_to_s, leg_draw, kind = legs
    n_stops = len(slots[1])
    whole = np.full(n_stops, -1, np.int64)
    always = 1_900_000_000
    for s in range(n_stops):
        whole[s] = _best_from(slots, left, s, -always, always)
    for place in range(len(offsets) - 1):
        best, leg_of[place], hop_of[place] = FAR, -1, -1
        for row in range(offsets[place], offsets[place + 1]):
            if leg_draw[row] >= 0 and leg_draw[row] != draw:
                continue
            hop = whole[stop[row]]
            weight = 1.0 if kind[row] == 1 else walk_w
            if hop < 0 or left[hop] + weight * seconds[row] >= best:
                continue
            if valid_from_s[row] > -always or valid_to_s[row] < always:
                first, last = np.int64(valid_from_s[row]) + seconds[row], np.int64(valid_to_s[row]) + seconds[row]
                hop = _best_from(slots, left, stop[row], first, last)
            if hop >= 0 and left[hop] + weight * seconds[row] < best:
                best, leg_of[place], hop_of[place] = left[hop] + weight * seconds[row], row, hop


@njit(cache=True, nogil=True)
def _foot_between(feet, from_stop, to_stop):
    """Return the walk between two stops [s], 0 where they are one."""
    if from_stop != to_stop:
        for foot in range(feet[0][from_stop], feet[0][from_stop + 1]):
            if feet[1][foot] == to_stop:
                return feet[2][foot]
    return 0


@njit(cache=True, nogil=True)
def trace(hops, ridden, feet, egress_s, mark_s, follow, hop, most_legs, parts, legs):
    """
    Follow the journey that begins by boarding a hop.

    Parameters
    ----------
    hops
        As of `scan`.
    ridden
        (pattern, position, is_rail, metres) of every hop.
    feet, egress_s, mark_s, follow
        As of `scan`.
    hop
        Hop boarded first.
    most_legs
        Vehicles at most.
    parts
        Parts of the journey from the first vehicle on; filled in.
    legs
        vehicle → (pattern, position boarded, position left, board_s), shape (most_legs, 4); filled in.

    Returns
    -------
    n_legs
        Vehicles boarded; 0 = more than `most_legs`.
    """
    dep_s, arr_s, from_stop, to_stop, next_hop, _, _ = hops
    pattern, position, is_rail, metres = ridden
    parts[:] = 0.0
    n_legs = 0
    while True:
        if n_legs == most_legs:
            return 0
        legs[n_legs, 0], legs[n_legs, 1], legs[n_legs, 3] = pattern[hop], position[hop], dep_s[hop]
        rail = is_rail[hop]
        boarded_s = dep_s[hop]
        parts[N_RAIL if rail else N_BUS] += 1.0
        while True:
            parts[RAIL_M if rail else BUS_M] += metres[hop]
            if follow[hop] != STAY:
                break
            hop = next_hop[hop]
        parts[RAIL if rail else BUS] += arr_s[hop] - boarded_s
        legs[n_legs, 2] = position[hop] + 1
        n_legs += 1
        here, after = to_stop[hop], follow[hop]
        if after == TO_PLACE:
            parts[EGRESS] += egress_s[here]
            parts[SLACK] += mark_s - arr_s[hop] - egress_s[here]
            return n_legs
        walk = _foot_between(feet, here, from_stop[after])
        parts[EGRESS] += walk
        parts[WAIT] += dep_s[after] - arr_s[hop] - walk
        hop = after


@njit(cache=True, nogil=True)
def search_place(
    hops, ridden, feet, egress_s, span_s, draw, weights, legs, slots, scratch, found, path_of, sums, counts
):
    """
    Search the journeys of all places to one place by one instant, and add up what they consist of.

    Parameters
    ----------
    hops, ridden, feet, egress_s, span_s
        As of `scan` and `trace`.
    draw
        Draw of the hops.
    weights
        As of `scan`.
    legs
        Legs between the places and stops, as of `choose`.
    slots
        As of `scan`.
    scratch
        (left, follow, path of hop; leg, hop of place): room for the search.
    found
        (parts, legs, number of vehicles) of the distinct journeys from a stop, shapes (P, parts), (P, V, 4), (P,);
        filled in.
    path_of
        place → its journey among `found`, −1 = none, shape (N,); filled in.
    sums, counts
        place → sum of parts, shape (N, parts), and how often there is a journey; added to.

    Returns
    -------
    n_paths
        Journeys found.
    """
    left, follow, path_of_hop, leg_of, hop_of = scratch
    path_parts, path_legs, path_vehicles = found
    scan(hops, feet, egress_s, span_s, weights, slots, left, follow)
    choose(legs, draw, slots, left, weights[0], leg_of, hop_of)
    path_of_hop[:] = -1
    n_paths = 0
    for place in range(len(path_of)):
        path_of[place] = -1
        hop = hop_of[place]
        if hop < 0:
            continue
        path = path_of_hop[hop]
        if path < 0:
            path = n_paths
            path_vehicles[path] = trace(
                hops, ridden, feet, egress_s, span_s[1], follow, hop, path_legs.shape[1], path_parts[path],
                path_legs[path],
            )  # fmt: skip
            path_of_hop[hop] = path
            n_paths += 1
        if path_vehicles[path] == 0:
            continue
        path_of[place] = path
        counts[place] += 1
        row = leg_of[place]
        fed = legs[6][row] == 1
        sums[place, FEEDER if fed else ACCESS] += legs[2][row]
        sums[place, N_FEEDER] += 1.0 if fed else 0.0
        for part in range(path_parts.shape[1]):
            sums[place, part] += path_parts[path, part]
    return n_paths
