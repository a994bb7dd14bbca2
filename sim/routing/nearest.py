"""Owns travel times to the nearest of many places: the least of their percentiles, and nothing of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.units import UNREACHED_S
from sim.routing.answer import Answer
from sim.routing.reduction import nearest_rank, never_of
from sim.routing.sharing import N_THREADS, parts_of, share

if TYPE_CHECKING:
    from geodata.units import IntArray
    from sim.routing.prepared import PreparedTimes
    from sim.routing.types import Places

MOST_AT_ONCE = 96
"""Roots searched side by side."""


def nearest_seconds(prepared: PreparedTimes, others: Places, *, n_threads: int = N_THREADS) -> IntArray:
    """
    Return the least, over others, of the first percentile asked for.

    Parameters
    ----------
    prepared
        The places that stay, F of them, and the question.
    others
        The other end of every journey, at least one.
    n_threads
        Threads to share the work; changes nothing but the time taken.

    Returns
    -------
    seconds
        Shape (F,); `UNREACHED_S` = none can be reached. The same as the least of `prepared.times(others)`, in a
        fraction of the time where one has to be at the others at the minutes asked about.
    """
    request = prepared.request
    answer = Answer(prepared, others, None)
    if not (prepared.marks_at_others and request.departure_mode == "planned" and request.samples == "all"):
        whole: IntArray = answer.by_root(n_threads=n_threads).seconds[:, :, 0].min(axis=1)
        return whole
    least = np.full(len(prepared.places.xy), UNREACHED_S, np.int32)
    for first in range(0, answer.n_roots, MOST_AT_ONCE):
        _lower(answer, slice(first, min(first + MOST_AT_ONCE, answer.n_roots)), least, n_threads)
    return least


def _lower(answer: Answer, roots: slice, least: IntArray, n_threads: int) -> None:
    """Lower the least of every place by some roots, in place."""
    from sim.routing.nearest_kernel import nearest_of_places  # noqa: PLC0415 -- compiles on first use

    prepared, request = answer.prepared, answer.prepared.request
    graphs, marks = prepared.graphs, prepared.marks_s
    draws = range(len(graphs))
    found = share(lambda draw: answer.search(draw, roots, keep_all=False)[0], draws, n_threads)
    n_nodes = np.concatenate([[0], np.cumsum([len(arrivals) for arrivals in found])])
    listed = prepared.boardings
    n_listed = np.concatenate([[0], np.cumsum([len(one.node) for one in listed])])
    offsets = np.stack([one.offsets + n_listed[draw] for draw, one in enumerate(listed)])
    leaving_s = np.concatenate([one.leaving_s for one in listed])
    node = np.concatenate([one.node + np.int32(n_nodes[draw]) for draw, one in enumerate(listed)])
    arrivals = np.concatenate(found)
    direct_s = np.ascontiguousarray(answer.direct_s[:, roots])
    rank = nearest_rank(min(request.percentiles), prepared.n_samples)

    def of_part(part: tuple[int, int]) -> None:
        nearest_of_places(
            arrivals, never_of(arrivals), graphs[0].first_s, offsets, leaving_s, node, int(marks[0]), request.step_s,
            len(marks), direct_s, request.cutoff_s, rank, *part, least,
        )  # fmt: skip

    share(of_part, parts_of(len(least)), n_threads)
