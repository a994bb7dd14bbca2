"""Owns the part of the search for journeys that is worked through most: what a change of vehicles at a stop costs."""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0917 -- typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from numba import njit

_NO_CHANGE_S = 1_000_000


@njit(cache=True, nogil=True)
def _last_slot(offsets, count, slot_dep, stop, ready_s):
    """Return the last slot of a stop that leaves no earlier than `ready_s`, or −1."""
    low, high = 0, count[stop]
    while low < high:
        middle = (low + high) // 2
        if slot_dep[offsets[stop] + middle] >= ready_s:
            low = middle + 1
        else:
            high = middle
    return offsets[stop] + low - 1 if low > 0 else -1


@njit(cache=True, nogil=True)
def with_change(feet, slots, weights, here, arrival_s, best, chosen):
    """Return what a journey costs from a stop on and the hop boarded next, if a change costs less than `best`."""
    foot_offsets, foot_to, foot_s, change_s = feet
    offsets, count, slot_dep, slot_key, slot_best, _, least_key = slots
    walk_w, wait_w, _, change_cost = weights
    for foot in range(foot_offsets[here] - 1, foot_offsets[here + 1]):
        itself = foot < foot_offsets[here]
        other = here if itself else foot_to[foot]
        seconds = change_s[here] if itself else foot_s[foot]
        if seconds > _NO_CHANGE_S:
            continue
        ready = arrival_s + seconds
        weight = wait_w if itself else walk_w
        if least_key[other] - wait_w * ready + weight * seconds + change_cost >= best:
            continue  # whatever leaves there costs too much, whenever it leaves
        slot = _last_slot(offsets, count, slot_dep, other, ready)
        if slot < 0:
            continue
        cost = slot_key[slot] - wait_w * ready + weight * seconds + change_cost
        if cost < best:
            best, chosen = cost, slot_best[slot]
    return best, chosen
