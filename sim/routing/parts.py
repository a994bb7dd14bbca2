"""Owns what journeys consist of: the median sample of a pair, followed from node to node by its arrival."""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.units import UNREACHED_S
from sim.routing.boardings import leave_by

NEVER = np.int32(UNREACHED_S)


@njit(cache=True, nogil=True)
def _chosen(rounds, base_s, never, boardings, place, root, mark, at_roots):
    """Return the boarding behind a sample and its arrival: the last to leave or first to arrive."""
    offsets, leaving_s, node = boardings
    last_round = len(rounds) - 1
    best = np.int64(never)
    left = -NEVER
    chosen = -1
    for p in range(offsets[place], offsets[place + 1]):
        arrival = np.int64(rounds[last_round, node[p], root])
        if at_roots:
            if chosen >= 0 and leaving_s[p] < left:
                break
            if arrival == never or arrival + base_s > mark:
                continue
        elif leaving_s[p] < mark:
            break
        if arrival < best:
            best = arrival
            left = leaving_s[p]
            chosen = p
    return chosen, best


@njit(cache=True, nogil=True)
def _first_round(rounds, node, root, arrival, top):
    """Return the least round, up to `top`, in which a node has an arrival."""
    for k in range(top + 1):
        if rounds[k, node, root] == arrival:
            return k
    return top


@njit(cache=True, nogil=True)
def _foot_s(net, from_stop, to_stop):
    """Return the walk between two stops [s]; waiting at one stop is no walk."""
    if from_stop != to_stop:
        for foot in range(net.foot_offsets[from_stop], net.foot_offsets[from_stop + 1]):
            if net.foot_to[foot] == to_stop:
                return net.foot_s[foot]
    return np.int32(0)


@njit(cache=True, nogil=True)
def parts_of_medians(
    graph,
    rounds,
    base_s,
    never,
    boardings,
    place_legs_offsets,
    place_legs,
    root_legs_offsets,
    root_legs,
    draw,
    first_place,
    marks_s,
    at_roots,
    direct_s,
    samples,
    medians,
    parts,
):
    """
    Take medians apart: what the first sample (by draw, then mark) with that time consists of.

    Parameters
    ----------
    graph
        The `TripGraph` of one draw.
    rounds
        Arrivals by round, node and root, shape (K, E, B).
    base_s, never, boardings
        As in `sim.routing.samples.sample_places`.
    place_legs_offsets, place_legs, root_legs_offsets, root_legs
        Legs at the places and at the roots.
    draw
        Draw of the graph.
    first_place
        Place of the first row of samples.
    marks_s, at_roots, direct_s
        As in `sim.routing.samples.sample_places`.
    samples, medians
        place (from the first one), sample, root → time [s], shape (P, N, B); place, root → the median, shape (P, B).
    parts
        Filled in for pairs whose sample lies in this draw: walking, waiting, riding [s], transfers, shape (P, B, 4).
    """
    net = graph.net
    n_marks = len(marks_s)
    top = len(rounds) - 1
    for i in range(samples.shape[0]):
        place = first_place + i
        for root in range(samples.shape[2]):
            value = medians[i, root]
            if value == NEVER:
                continue
            at = 0
            while samples[i, at, root] != value:
                at += 1
            if at // n_marks != draw:
                continue
            mark = marks_s[at % n_marks]
            p, arrival = _chosen(rounds, base_s, never, boardings, place, root, mark, at_roots)
            walked = np.int64(direct_s[place, root])
            by_vehicle = np.int64(NEVER)
            if p >= 0:
                by_vehicle = mark - boardings[1][p] if at_roots else arrival + base_s - mark
            if by_vehicle > walked:
                parts[i, root, 0] = walked
                parts[i, root, 1:] = 0
                continue
            leaving = boardings[1][p]
            node = boardings[2][p]
            row = graph.row[node] - 1
            walking = np.int64(0)
            for leg in range(place_legs_offsets[place], place_legs_offsets[place + 1]):
                if place_legs[0][leg] != graph.stop_before[node] or (
                    place_legs[4][leg] >= 0 and place_legs[4][leg] != draw
                ):
                    continue
                if leave_by(place_legs[1], place_legs[2], place_legs[3], leg, net.departure_s[row]) == leaving:
                    walking = np.int64(place_legs[1][leg])
                    break
            riding = np.int64(0)
            vehicles = 1
            boarded = net.departure_s[row]
            k = _first_round(rounds, node, root, arrival, top)
            while True:
                time = graph.arrival_s[node]
                stop = graph.stop[node]
                last_leg = -1
                for leg in range(root_legs_offsets[root], root_legs_offsets[root + 1]):
                    if root_legs[0][leg] != stop or (root_legs[4][leg] >= 0 and root_legs[4][leg] != draw):
                        continue
                    start = max(time, root_legs[2][leg])
                    if start < root_legs[3][leg] and start + root_legs[1][leg] - base_s == arrival:
                        last_leg = leg
                        break
                if last_leg >= 0 and graph.can_alight[node]:
                    walking += root_legs[1][last_leg]
                    riding += time - boarded
                    break
                then = graph.stay[node]
                if then >= 0 and rounds[k, then, root] == arrival:
                    node = then
                    continue
                for change in range(graph.change_offsets[node], graph.change_offsets[node + 1]):
                    to = graph.change_to[change]
                    if k > 0 and rounds[k - 1, to, root] == arrival:
                        walking += _foot_s(net, stop, graph.stop_before[to])
                        riding += time - boarded
                        boarded = net.departure_s[graph.row[to] - 1]
                        vehicles += 1
                        node = to
                        k = _first_round(rounds, node, root, arrival, k - 1)
                        break
            parts[i, root, 0] = walking
            parts[i, root, 1] = value - walking - riding
            parts[i, root, 2] = riding
            parts[i, root, 3] = vehicles - 1
