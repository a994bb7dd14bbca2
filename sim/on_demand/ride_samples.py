"""
Owns the kernel that reduces rides within an area over the minutes of a window and the draws, as the router does.

A ride may begin at any second of an hour frame after which one is still set down before the service ends. To be there
by a minute one takes the ride that leaves last; leaving at a minute one takes the ride of that minute, or of the
beginning of service after it.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0913, PLR0917 -- kernels are typed by the compiler
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from geodata.units import UNREACHED_S, IntArray

NEVER = np.int32(UNREACHED_S)
_LONG_S = 1e9


@njit(cache=True, nogil=True)
def _sample(mark, leads, frames, walk_before, walk_after, outward, planned):
    """Return the time of the ride that counts for one minute [s], NEVER = none, and from the minute to its far end."""
    starts, ends = frames
    best_key = np.int64(0)
    time = np.int64(NEVER)
    span = np.int64(NEVER)
    for f in range(len(starts)):
        lead = leads[f]
        if lead == NEVER:
            continue
        first = np.int64(starts[f]) - walk_before
        set_down = np.int64(lead) - walk_after
        last = min(np.int64(ends[f]) - walk_before - 1, np.int64(ends[-1]) - set_down)
        if last < first:
            continue
        if outward:
            leaving = min(np.int64(mark) - lead, last)
            if leaving < first:
                continue
            away = np.int64(mark) - leaving
            key = -leaving
        else:
            leaving = max(np.int64(mark), first)
            if leaving > last:
                continue
            away = leaving + lead - np.int64(mark)
            key = leaving + lead
        if span == NEVER or key < best_key or (key == best_key and lead < time):
            best_key = key
            span = away
            time = np.int64(lead) if planned else away
    return time, span


@njit(cache=True, nogil=True)
def sample_rides(drive_s, before_s, after_s, frames, experience, marks_s, modes, cutoff_s, percentile):
    """
    Return home, place → the percentile of the time of a ride [s], NEVER = none, shape (H, P).

    Parameters
    ----------
    drive_s, before_s, after_s
        home, place → direct drive, walk before and after it [s], shape (H, P).
    frames
        First second of the hour frames, and the second after the last.
    experience
        draw, frame → wait [s] and factor; boarding and offset [s].
    marks_s
        Minutes of the window [s].
    modes
        (whether one has to be there by the minutes, whether the journey alone counts, whether only the shortest of
        each draw does).
    cutoff_s
        Longer ones, minute to far end, do not count [s].
    percentile
        Percentile by nearest rank; what does not count is the largest.
    """
    outward, planned, shortest = modes
    wait_s, factor, boarding_s, offset_s = experience
    n_draws, n_frames = wait_s.shape
    n_each = 1 if shortest else len(marks_s)
    n_samples = n_draws * n_each
    rank = max(0, -(-percentile * n_samples // 100) - 1)
    seconds = np.full(drive_s.shape, NEVER, np.int32)
    samples = np.empty(n_samples, np.int32)
    leads = np.empty(n_frames, np.int32)
    for h in range(drive_s.shape[0]):
        for p in range(drive_s.shape[1]):
            if drive_s[h, p] == NEVER:
                continue
            n = 0
            for d in range(n_draws):
                for f in range(n_frames):
                    ride = wait_s[d, f] + (drive_s[h, p] + boarding_s) * factor[d, f] + offset_s
                    whole = np.ceil(ride - 1e-6) + before_s[h, p] + after_s[h, p] if ride < _LONG_S else _LONG_S
                    leads[f] = NEVER if whole > cutoff_s else np.int32(whole)
                least = np.int64(NEVER)
                for m in range(len(marks_s)):
                    time, span = _sample(
                        marks_s[m], leads, frames, np.int64(before_s[h, p]), np.int64(after_s[h, p]), outward, planned
                    )
                    if span > cutoff_s:
                        time = np.int64(NEVER)
                    least = min(least, time)
                    if not shortest:
                        samples[n] = time
                        n += 1
                if shortest:
                    samples[n] = least
                    n += 1
            samples.sort()
            seconds[h, p] = samples[rank]
    return seconds


def distinct_ways(
    drive_s: IntArray, before_s: IntArray, after_s: IntArray
) -> tuple[IntArray, IntArray, IntArray, npt.NDArray[np.intp]]:
    """
    Return the different ways among many pairs of places, since many are equally far apart.

    Parameters
    ----------
    drive_s, before_s, after_s
        home, place → direct drive, walk before and after it [s], of shapes that broadcast to (H, P).

    Returns
    -------
    drive_s, before_s, after_s
        Of each different way, shape (1, W).
    way
        home, place → its way, shape (H, P).
    """
    tables = np.broadcast_arrays(drive_s, before_s, after_s)
    key = np.zeros(tables[0].shape, np.int64)
    for table in tables:
        key = key * (int(table.max(initial=0)) + 1) + table
    _, first, way = np.unique(key, return_index=True, return_inverse=True)
    drive, before, after = (np.ascontiguousarray(table.ravel()[first][None, :], np.int32) for table in tables)
    return drive, before, after, way.reshape(key.shape).astype(np.intp)
