"""
Owns the insertion kernels: where a request fits into the routes at the least cost, in drive time and in waits.

A route is a row of tasks (get on, get off, pass) in order; each begins as early as the drive and the wish allow. Tasks
at one point that follow one another share the halt. Times are int64 here, so that sums of far points do not overflow.
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0913, PLR0915, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np
from numba import njit

PICK, DROP, PASS = 0, 1, 2
"""Kinds of tasks."""
NEVER_S = 4_000_000_000
"""Later than anything [s]."""
DEAREST = 4_000_000_000_000_000_000
"""More than any cost [ms]."""
_MILLE = 1_000


@njit(cache=True, nogil=True)
def _begin(point, begun, free, to, earliest, drive):
    """
    Return when a task at `to` begins.

    At the point where the vehicle stands it begins at once, in the same halt; elsewhere after boarding and the drive.
    A vehicle leaves just in time: it never arrives before `earliest`.
    """
    if to == point:
        return max(begun, earliest)
    return max(free + drive[point, to], earliest)


@njit(cache=True, nogil=True)
def _place(request, kind, asks):
    """Return the point of a task."""
    return asks[3][request] if kind == PICK else asks[4][request]


@njit(cache=True, nogil=True)
def _earliest(request, kind, asks):
    """Return the earliest begin of a task [s]."""
    return asks[0][request] if kind == PICK else -NEVER_S


@njit(cache=True, nogil=True)
def _kept(request, kind, begin, picked, asks, end):
    """Return whether a task that begins at `begin` keeps what was promised; `picked`: when its ride began [s]."""
    if kind == PICK:
        return begin <= asks[1][request]
    if kind == DROP:
        return begin <= end and begin - picked <= asks[2][request]
    return True


@njit(cache=True, nogil=True)
def _picked(request, first, route_begin, trial, pick_at, picked):
    """Return when a ride begins: it began, or by the route before position `first`, or by the trial from there on."""
    at = pick_at[request]
    if at < 0:
        return picked[request]
    return route_begin[at] if at < first else trial[at]


@njit(cache=True, nogil=True)
def tail_delay(at, n, first, point, begun, earlier, route, trial, pick_at, picked, asks, boarding, end, drive):
    """
    Check, and count, what becomes of the tasks from position `at` on when the one before begins at `begun` at `point`.

    Parameters
    ----------
    at, n
        Position of the first task to check, and number of tasks.
    first
        Position from which `trial` holds begins; those before are of the route.
    point, begun
        Where and when the task before begins.
    earlier
        Whether a task in between begins earlier than planned, so that a later ride may become longer.
    route
        request, kind, begin of the tasks.
    trial
        Room: position → begin.
    pick_at, picked
        request → position of its pick-up in the route, −1 = done; request → when it was picked up.
    asks
        desired, latest, longest ride, origin, destination, persons of requests.

    Returns
    -------
    delay
        By how much later these tasks pick people up than planned, summed [s]; −1 = a promise is broken.
    """
    requests, kinds, begins = route
    delay = np.int64(0)
    for k in range(at, n):
        request, kind = requests[k], kinds[k]
        to = _place(request, kind, asks)
        begin = _begin(point, begun, begun + boarding, to, _earliest(request, kind, asks), drive)
        trial[k] = begin
        if not _kept(request, kind, begin, _picked(request, first, begins, trial, pick_at, picked), asks, end):
            return np.int64(-1)
        if begin < begins[k]:
            earlier = True
        elif begin == begins[k] and not earlier:
            return delay
        if kind == PICK:
            delay += max(0, begin - begins[k])
        point, begun = to, begin
    return delay


@njit(cache=True, nogil=True)
def write_slack(n, route, slack, late, pick_at, picked, asks, boarding, end, drive):
    """
    Write when each task may begin at the latest, and by how much it may be later for all that is behind it too.

    The latter is an upper bound: a drop-off may be as late as its own latest pick-up would allow.
    """
    requests, kinds, begins = route
    behind = NEVER_S
    for k in range(n - 1, -1, -1):
        request, kind = requests[k], kinds[k]
        if k + 1 < n:
            at = _place(request, kind, asks)
            onward = _place(requests[k + 1], kinds[k + 1], asks)
            ready = begins[k] if at == onward else begins[k] + boarding + drive[at, onward]
            behind = slack[k + 1] + begins[k + 1] - ready
        latest = NEVER_S
        late[k] = NEVER_S
        if kind == PICK:
            latest = late[k] = asks[1][request]
        elif kind == DROP:
            at = pick_at[request]
            late[k] = min(end, (begins[at] if at >= 0 else picked[request]) + asks[2][request])
            latest = min(end, asks[1][request] + asks[2][request]) if at >= 0 else late[k]
        slack[k] = min(latest - begins[k], behind)


@njit(cache=True, nogil=True)
def _comes_first(cost, pick, vehicle, drop, best):
    """Return whether a place is better than the best so far: cheaper, up earlier, in one vehicle down earlier."""
    return cost < best[0] or (
        cost == best[0] and (pick < best[1] or (pick == best[1] and vehicle == best[2] and drop < best[3]))
    )


@njit(cache=True, nogil=True)
def cheapest_in_route(
    new,
    vehicle,
    first,
    n,
    route,
    loads,
    slack,
    late,
    stand,
    trial,
    pick_at,
    picked,
    asks,
    seats,
    boarding,
    end,
    sharing,
    weight,
    drive,
    best,
):
    """
    Find the cheapest feasible places of a request in one route.

    Parameters
    ----------
    new, vehicle
        The request, and whose route it is.
    first, n
        First position that is still open, and number of tasks.
    route, loads
        request, kind, begin of the tasks; people on board after each.
    slack, late
        As of `write_slack`.
    stand
        Where the vehicle stands, since when the halt goes on, when it may leave, people on board.
    trial, pick_at, picked, asks
        As of `tail_delay`.
    weight
        A second of waiting ÷ a second of driving [per mille]; waits count by party: that of the new one, and what is
        added to those of others, but nothing is taken off where somebody is picked up earlier.
    best
        In and out: cost (added drive and weighted waits) [ms], begin of the pick-up, vehicle, begin of the drop-off,
        position of the pick-up, position of the task that the drop-off comes before. Only what comes first in
        this order replaces it.
    """
    requests, kinds, begins = route
    desired, latest, longest = asks[0][new], asks[1][new], asks[2][new]
    origin, destination, persons = asks[3][new], asks[4][new], asks[5][new]
    for i in range(first if sharing else n, n + 1):
        # The next task cannot wait until this one is wished.
        if i < n and late[i] < desired:
            continue
        if i == 0:
            point, begun, free, load = stand
        else:
            point = _place(requests[i - 1], kinds[i - 1], asks)
            begun = begins[i - 1]
            free = begun + boarding
            load = loads[i - 1]
        if begun > latest:
            break
        if load + persons > seats:
            continue
        pick = _begin(point, begun, free, origin, desired, drive)
        if pick > latest:
            continue
        detour = drive[point, origin]
        if i < n:
            after = _place(requests[i], kinds[i], asks)
            detour += drive[origin, after] - drive[point, after]
        at, since, earlier = origin, pick, False
        waits = pick - desired
        for j in range(i, n + 1):
            drop = _begin(at, since, since + boarding, destination, -NEVER_S, drive)
            if drop - pick <= longest and drop <= end:
                onward = _place(requests[j], kinds[j], asks) if j < n else destination
                if j == i:
                    added = drive[point, origin] + drive[origin, destination]
                    if i < n:
                        added += drive[destination, onward] - drive[point, onward]
                else:
                    added = detour + drive[at, destination]
                    if j < n:
                        added += drive[destination, onward] - drive[at, onward]
                holds = True
                if j < n:
                    delayed = _begin(
                        destination, drop, drop + boarding, onward, _earliest(requests[j], kinds[j], asks), drive
                    )
                    holds = delayed - begins[j] <= slack[j]
                # What is behind can only add waits: what is too dear already need not be followed.
                cost = _MILLE * np.int64(added) + weight * waits
                if holds and _comes_first(cost, pick, vehicle, drop, best):
                    behind = tail_delay(
                        j, n, i, destination, drop, earlier, route, trial, pick_at, picked, asks, boarding, end, drive
                    )
                    cost += weight * behind
                    if behind >= 0 and _comes_first(cost, pick, vehicle, drop, best):
                        best[0], best[1], best[2], best[3], best[4], best[5] = cost, pick, vehicle, drop, i, j
            if j == n or loads[j] + persons > seats:
                break
            request, kind = requests[j], kinds[j]
            to = _place(request, kind, asks)
            begin = _begin(at, since, since + boarding, to, _earliest(request, kind, asks), drive)
            trial[j] = begin
            ride_from = _picked(request, i, begins, trial, pick_at, picked)
            if not _kept(request, kind, begin, ride_from, asks, end) or begin - pick > longest:
                break
            if begin < begins[j]:
                earlier = True
            if kind == PICK:
                waits += max(0, begin - begins[j])
            at, since = to, begin


__all__ = ["DEAREST", "DROP", "NEVER_S", "PASS", "PICK", "cheapest_in_route", "tail_delay", "write_slack"]
