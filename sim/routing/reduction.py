"""
Owns the reduction of samples: arrivals at roots, by place, to order statistics and to what the medians consist of.

Places are worked through some at a time, so that their samples stay in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geodata.units import UNREACHED_S
from sim.routing.legs import leg_columns

if TYPE_CHECKING:
    from geodata.units import IntArray
    from sim.routing.legs import LegColumns
    from sim.routing.prepared import PreparedTimes

SAMPLES_AT_ONCE = 1 << 18
"""Samples held while places are worked through: they stay in the cache."""


def nearest_rank(percentile: int, n_samples: int) -> int:
    """Return the rank (from 0) of a percentile among sorted samples: ⌈p·N/100⌉ − 1, at least 0."""
    return max(0, -(-percentile * n_samples // 100) - 1)


def never_of(arrivals: npt.NDArray[Any]) -> int:
    """Return what stands for no arrival among arrivals."""
    return int(np.iinfo(np.uint16).max) if arrivals.dtype == np.uint16 else int(UNREACHED_S)


@dataclass(frozen=True, slots=True, eq=False)
class Reduction:
    """
    Arrivals at some roots, B of them, about to be sampled and reduced.

    Parameters
    ----------
    prepared
        The places that stay, and the question.
    rounds
        By draw: arrivals by round, node and root, shape (K, E, B); of the last round only, unless parts are wanted.
    root_offsets, root_legs
        root → its legs, CSR.
    direct_s
        place, root → walk all the way [s], shape (F, B).
    ranks
        Ranks (from 0) of the sorted samples to report, shape (Q,).
    last
        Whether to keep, of a draw, only the last (first) minute with a journey by vehicle.
    """

    prepared: PreparedTimes
    rounds: tuple[npt.NDArray[Any], ...]
    root_offsets: IntArray
    root_legs: LegColumns
    direct_s: IntArray
    ranks: IntArray
    last: bool

    def fill(self, places: slice, seconds: IntArray, n_reached: IntArray, parts: IntArray) -> None:
        """Write order statistics, how many samples reach, and parts of the median, of some places into their rows."""
        from sim.routing import samples as s  # noqa: PLC0415 -- compiles on first use

        prepared, request = self.prepared, self.prepared.request
        marks = prepared.marks_s
        kept = s.ALL if request.samples == "all" else s.SHORTEST
        if self.last:
            # By the clock the last minute one can leave, or the first one can be there (negated, so that it is least).
            kept = s.FIRST_MARK if prepared.mirrored != (request.direction == "arrive_by") else s.LAST_MARK
        n_each = len(marks) if kept == s.ALL else 1
        n_samples, n_roots = n_each * len(self.rounds), self.direct_s.shape[1]
        n_at_once = max(1, SAMPLES_AT_ONCE // (n_samples * n_roots))
        modes = (prepared.marks_at_others, request.departure_mode == "planned" and not self.last, kept)
        samples = np.empty((n_at_once, n_samples, n_roots), np.int32)
        for first in range(places.start, places.stop, n_at_once):
            n_places = min(n_at_once, places.stop - first)
            rows = slice(first, first + n_places)
            for draw, (graph, boardings, rounds) in enumerate(
                zip(prepared.graphs, prepared.boardings, self.rounds, strict=True)
            ):
                s.sample_places(
                    rounds[-1], graph.first_s, never_of(rounds), boardings, first, n_places, marks, request.step_s,
                    self.direct_s, request.cutoff_s, modes, samples, draw * n_each,
                )  # fmt: skip
            values = np.empty((n_places, n_roots, len(self.ranks)), np.int32)
            reached = np.empty((n_places, n_roots), np.int32)
            s.order_statistics(samples[:n_places], self.ranks, values, reached)
            seconds[rows] = values
            n_reached[rows] = reached
            if parts.shape[2]:
                parts[rows] = self._parts(first, samples[:n_places])

    def _parts(self, first: int, samples: IntArray) -> IntArray:
        """Return what the medians of some places consist of, shape (P, B, 4); −1 = unreachable."""
        from sim.routing.parts import parts_of_medians  # noqa: PLC0415 -- compiles on first use
        from sim.routing.samples import order_statistics  # noqa: PLC0415 -- compiles on first use

        prepared = self.prepared
        n_places, n_samples, n_roots = samples.shape
        medians = np.empty((n_places, n_roots, 1), np.int32)
        rank = np.array([nearest_rank(50, n_samples)], np.int32)
        order_statistics(samples, rank, medians, np.empty((n_places, n_roots), np.int32))
        parts = np.full((n_places, n_roots, 4), -1, np.int32)
        for draw, rounds in enumerate(self.rounds):
            graph = prepared.graphs[draw]
            parts_of_medians(
                graph, rounds, graph.first_s, never_of(rounds), prepared.boardings[draw], prepared.legs.offsets,
                leg_columns(prepared.legs), self.root_offsets, self.root_legs, draw, first, prepared.marks_s,
                prepared.marks_at_others, self.direct_s, samples, medians[:, :, 0], parts,
            )  # fmt: skip
        return parts
