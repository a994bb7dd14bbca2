"""
Owns the kernel of a day: requests come in order, vehicles drive what was promised, and everything is logged.

Vehicles stay where they were last, leave just in time, and finish a leg before they may turn elsewhere.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0915, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np
from numba import njit

from sim.on_demand.insertion import DEAREST, DROP, NEVER_S, PASS, PICK, cheapest_in_route, tail_delay, write_slack

REJECTED, SERVED, NO_SHOW, WITHDRAWN = 0, 1, 2, 3
"""As `RequestStatus`."""
TOLD, LEFT, CAME, GOT_ON, NOBODY, GOT_OFF, PASSED = 0, 3, 4, 5, 6, 7, 8
"""As `EventKind`; what a request was told follows `TOLD`: accepted, rejected, withdrawn."""
ROOM = 16
"""Tasks that a route has room for at first."""
UNREACHED = 2_000_000_000


@njit(cache=True, nogil=True)
def _log(events, n_events, time, vehicle, kind, request, point, load):
    """Write one event."""
    row = n_events[0]
    events[row, 0], events[row, 1], events[row, 2] = time, vehicle, kind
    events[row, 3], events[row, 4], events[row, 5] = request, point, load
    n_events[0] = row + 1


@njit(cache=True, nogil=True)
def _board(row, stand, persons, time):
    """Change the people on board at a time, and count the time they rode."""
    if stand[3] > 0:
        row[5] += time - stand[4]
        row[6] += stand[3] * (time - stand[4])
    stand[3] += persons
    stand[4] = time


@njit(cache=True, nogil=True)
def _drive(row, stand, to, drive, metres):
    """Move a vehicle, and count the way."""
    length = metres[stand[0], to]
    row[3] += drive[stand[0], to]
    row[2] += stand[3] * length
    if stand[3] > 0:
        row[0] += length
    else:
        row[1] += length
    stand[0] = to


@njit(cache=True, nogil=True)
def _take_out(at, n, requests, kinds, begins, loads, pick_at):
    """Remove the task at a position; those behind move up."""
    if kinds[at] == PICK:
        pick_at[requests[at]] = -1
    for k in range(at, n - 1):
        requests[k], kinds[k], begins[k], loads[k] = requests[k + 1], kinds[k + 1], begins[k + 1], loads[k + 1]
        if kinds[k] == PICK:
            pick_at[requests[k]] = k


@njit(cache=True, nogil=True)
def _plan(at, n, point, begun, free, load, requests, kinds, begins, loads, asks, boarding, drive):
    """Write begins and loads of the tasks from position `at` on."""
    for k in range(at, n):
        request, kind = requests[k], kinds[k]
        to = asks[3][request] if kind == PICK else asks[4][request]
        earliest = asks[0][request] if kind == PICK else -NEVER_S
        begun = max(begun if to == point else free + drive[point, to], earliest)
        free = begun + boarding
        if kind == PICK:
            load += asks[5][request]
        elif kind == DROP:
            load -= asks[5][request]
        begins[k], loads[k] = begun, load
        point = to


@njit(cache=True, nogil=True)
def _put_in(new, i, j, n, requests, kinds, begins, loads, pick_at):
    """Put getting on before task `i` and getting off before task `j`."""
    for k in range(n - 1, j - 1, -1):
        requests[k + 2], kinds[k + 2], begins[k + 2], loads[k + 2] = requests[k], kinds[k], begins[k], loads[k]
    requests[j + 1], kinds[j + 1] = new, DROP
    for k in range(j - 1, i - 1, -1):
        requests[k + 1], kinds[k + 1], begins[k + 1], loads[k + 1] = requests[k], kinds[k], begins[k], loads[k]
    requests[i], kinds[i] = new, PICK
    for k in range(i, n + 2):
        if kinds[k] == PICK:
            pick_at[requests[k]] = k


@njit(cache=True, nogil=True)
def _forget(new, n, stand, requests, kinds, begins, loads, trial, pick_at, picked, asks, boarding, end, drive):
    """
    Leave out the drop-off of somebody who did not come; return the number of tasks.

    If the shorter way breaks a promise (one gets on earlier and then rides for too long), the vehicle passes there.
    """
    at = 0
    while not (requests[at] == new and kinds[at] == DROP):
        at += 1
    old_begins = begins[:n].copy()
    _take_out(at, n, requests, kinds, begins, loads, pick_at)
    delay = tail_delay(
        0, n - 1, 0, stand[0], stand[1], True, (requests, kinds, begins),
        trial, pick_at, picked, asks, boarding, end, drive,
    )  # fmt: skip
    held = delay >= 0
    if not held:
        for k in range(n - 1, at, -1):
            requests[k], kinds[k] = requests[k - 1], kinds[k - 1]
            if kinds[k] == PICK:
                pick_at[requests[k]] = k
        requests[at], kinds[at] = new, PASS
        begins[:n] = old_begins
    n_left = n - 1 if held else n
    _plan(
        0, n_left, stand[0], stand[1], stand[2], stand[3], requests, kinds, begins, loads, asks, boarding, drive
    )  # fmt: skip
    return n_left


@njit(cache=True, nogil=True)
def _advance(
    vehicle, until, n, on_way, stand, row, requests, kinds, begins, loads, trial, pick_at, picked, dropped, status,
    no_show, asks, boarding, end, drive, metres, events, n_events,
):  # fmt: skip
    """Let a vehicle do what begins before a time; return its number of tasks and whether it is on its way."""
    while n > 0:
        request, kind, begin = requests[0], kinds[0], begins[0]
        to = asks[3][request] if kind == PICK else asks[4][request]
        if to != stand[0] and not on_way:
            leaves = begin - drive[stand[0], to]
            if leaves >= until:
                break
            _log(events, n_events, leaves, vehicle, LEFT, request, stand[0], stand[3])
            on_way = True
        if begin >= until:
            break
        free = begin + boarding
        if on_way:
            _drive(row, stand, to, drive, metres)
            _log(events, n_events, begin, vehicle, CAME, request, to, stand[3])
            row[4] += boarding
        else:
            row[4] += free - max(begin, min(stand[2], free))
        on_way = False
        stand[1], stand[2] = begin, free
        _take_out(0, n, requests, kinds, begins, loads, pick_at)
        n -= 1
        if kind == PICK and no_show[request]:
            status[request] = NO_SHOW
            _log(events, n_events, begin, vehicle, NOBODY, request, to, stand[3])
            n = _forget(
                request, n, stand, requests, kinds, begins, loads, trial, pick_at, picked, asks, boarding, end, drive
            )
        elif kind == PICK:
            picked[request] = begin
            _board(row, stand, asks[5][request], begin)
            _log(events, n_events, begin, vehicle, GOT_ON, request, to, stand[3])
        elif kind == DROP:
            dropped[request] = begin
            _board(row, stand, -asks[5][request], begin)
            _log(events, n_events, begin, vehicle, GOT_OFF, request, to, stand[3])
        else:
            _log(events, n_events, begin, vehicle, PASSED, request, to, stand[3])
    return n, on_way


@njit(cache=True, nogil=True)
def _go_home(vehicle, stand, row, end, depot, drive, metres, events, n_events):
    """Drive back to the depot after the end of the service."""
    if stand[0] == depot or drive[stand[0], depot] >= UNREACHED:
        return
    leaves = max(stand[2], end)
    _log(events, n_events, leaves, vehicle, LEFT, -1, stand[0], 0)
    comes = leaves + drive[stand[0], depot]
    _drive(row, stand, depot, drive, metres)
    _log(events, n_events, comes, vehicle, CAME, -1, depot, 0)


@njit(cache=True, nogil=True)
def _wider(rows, room):
    """Return a copy of the routes with more room."""
    wider = np.zeros((rows.shape[0], room), rows.dtype)
    wider[:, : rows.shape[1]] = rows
    return wider


@njit(cache=True, nogil=True)
def drive_day(order, known, no_show, outbound, asks, fleet, sharing, drive, metres):
    """
    Let a fleet meet the requests of a day.

    Parameters
    ----------
    order
        Requests as they are made.
    known, no_show, outbound
        request → when it is made, whether nobody comes, the request it is the way home of.
    asks
        desired, latest, longest ride, origin, destination, persons of requests, all int64.
    fleet
        Vehicles, seats, boarding, start, end, depot, weight of waits [per mille].
    sharing
        False: one party at a time, in turn.
    drive, metres
        Drive between points [s], [m].

    Returns
    -------
    status, who, picked, dropped
        request → what became of it, its vehicle, when it was picked up and set down (−1 = never).
    totals
        vehicle → the columns of `VehicleTotals`.
    events
        The log, in the order it was written.
    """
    n_vehicles, seats, boarding, start, end, depot, weight = fleet
    n_requests = len(order)
    status = np.zeros(n_requests, np.int32)
    who = np.full(n_requests, -1, np.int32)
    picked = np.full(n_requests, -1, np.int64)
    dropped = np.full(n_requests, -1, np.int64)
    pick_at = np.full(n_requests, -1, np.int32)
    totals = np.zeros((n_vehicles, 7))
    events = np.empty((7 * n_requests + 2 * n_vehicles, 6), np.int32)
    n_events = np.zeros(1, np.int64)
    stands = np.zeros((n_vehicles, 5), np.int64)  # point, halt began, free to leave, on board, last change on board
    stands[:, 0] = depot
    stands[:, 1:3] = start
    n = np.zeros(n_vehicles, np.int64)
    on_way = np.zeros(n_vehicles, np.bool_)
    room = ROOM
    requests = np.zeros((n_vehicles, room), np.int32)
    kinds = np.zeros((n_vehicles, room), np.int8)
    begins = np.zeros((n_vehicles, room), np.int64)
    loads = np.zeros((n_vehicles, room), np.int32)
    slack, late = np.zeros((n_vehicles, room), np.int64), np.zeros((n_vehicles, room), np.int64)
    stale = np.zeros(n_vehicles, np.bool_)
    trial = np.zeros(room, np.int64)
    best = np.empty(6, np.int64)
    for row in range(n_requests + 1):
        last = row == n_requests
        new = -1 if last else order[row]
        now = NEVER_S if last else known[new]
        for v in range(n_vehicles):
            n_before = n[v]
            n[v], on_way[v] = _advance(
                v, now, n[v], on_way[v], stands[v], totals[v], requests[v], kinds[v], begins[v], loads[v], trial,
                pick_at, picked, dropped, status, no_show, asks, boarding, end, drive, metres, events, n_events,
            )  # fmt: skip
            stale[v] = stale[v] or n[v] != n_before
        if last:
            break
        if outbound[new] >= 0 and (status[outbound[new]] == REJECTED or status[outbound[new]] == WITHDRAWN):
            status[new] = WITHDRAWN
            _log(events, n_events, now, -1, TOLD + 2, new, asks[3][new], 0)
            continue
        best[:] = DEAREST
        for v in range(n_vehicles):
            route = (requests[v], kinds[v], begins[v])
            if stale[v]:
                write_slack(n[v], route, slack[v], late[v], pick_at, picked, asks, boarding, end, drive)
                stale[v] = False
            stand = (stands[v, 0], max(stands[v, 1], now), max(stands[v, 2], now), stands[v, 3])
            cheapest_in_route(
                new, v, 1 if on_way[v] else 0, n[v], route, loads[v], slack[v], late[v], stand, trial,
                pick_at, picked, asks, seats, boarding, end, sharing, weight, drive, best,
            )  # fmt: skip
        if best[0] == DEAREST:
            status[new] = REJECTED
            _log(events, n_events, now, -1, TOLD + 1, new, asks[3][new], 0)
            continue
        v, i, j = best[2], best[4], best[5]
        if n[v] + 2 > room:
            room *= 2
            requests, kinds = _wider(requests, room), _wider(kinds, room)
            begins, loads = _wider(begins, room), _wider(loads, room)
            slack, late = np.zeros((n_vehicles, room), np.int64), np.zeros((n_vehicles, room), np.int64)
            stale[:] = True
            trial = np.zeros(room, np.int64)
        _put_in(new, i, j, n[v], requests[v], kinds[v], begins[v], loads[v], pick_at)
        n[v] += 2
        if i == 0:
            point, load = stands[v, 0], stands[v, 3]
            begun, free = max(stands[v, 1], now), max(stands[v, 2], now)
        else:
            before = requests[v, i - 1]
            point = asks[3][before] if kinds[v, i - 1] == PICK else asks[4][before]
            begun, load = begins[v, i - 1], np.int64(loads[v, i - 1])
            free = begun + boarding
        _plan(
            i, n[v], point, begun, free, load, requests[v], kinds[v], begins[v], loads[v], asks, boarding, drive
        )  # fmt: skip
        stale[v] = True
        status[new] = SERVED
        who[new] = v
        _log(events, n_events, now, v, TOLD, new, asks[3][new], stands[v, 3])
    for v in range(n_vehicles):
        _go_home(v, stands[v], totals[v], end, depot, drive, metres, events, n_events)
    return status, who, picked, dropped, totals, events[: n_events[0]].copy()


__all__ = ["drive_day"]
