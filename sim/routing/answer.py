"""
Owns the search backward for others: from each distinct point once, some side by side, over all draws.

Arrivals are kept in 16 bits where the horizon allows. What is found goes to `Reduction`, place by place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.units import UNREACHED_S
from sim.routing.legs import asked_legs, leg_columns
from sim.routing.reduction import Reduction, nearest_rank
from sim.routing.sharing import N_PARTS, parts_of, share
from sim.routing.types import Legs, Places
from sim.routing.walk import walk_table
from sim.routing.z_order import z_order

if TYPE_CHECKING:
    from geodata.units import IntArray
    from sim.routing.prepared import PreparedTimes

ROOTS_AT_ONCE = 32
"""Roots that are searched from side by side: their times fill one cache line."""
SHORT_S = 65_000
"""Horizons up to here are searched in 16 bits."""


class Found(NamedTuple):
    """Times [s], shape (F, R, Q); samples reached, (F, R); parts of the median, (F, R, 4) or (F, R, 0)."""

    seconds: IntArray
    n_reached: IntArray
    consists: IntArray


class Answer:
    """One set of others being searched from, each distinct point once."""

    def __init__(self, prepared: PreparedTimes, others: Places, more_legs: Legs | None) -> None:
        self.prepared = prepared
        of_draws = more_legs is not None and bool(np.any(more_legs.draw >= 0))
        if of_draws and len(prepared.graphs) < prepared.request.n_draws:
            message = "legs differ by draw, but the times were prepared for one: prepare_times(drawn=True)"
            raise ValueError(message)
        if more_legs is None:
            roots, self.root_of = distinct_places(others)
        else:  # legs differ by place, so places must not be merged
            roots, self.root_of = others, np.arange(len(others.xy))
        request, city = prepared.request, prepared.city
        self.legs = asked_legs(
            city, roots, request, outward=prepared.mirrored, mirrored=prepared.mirrored, more=more_legs
        )
        ends = (roots, prepared.places) if prepared.mirrored else (prepared.places, roots)
        walks = walk_table(
            city.streets, ends[0].xy, ends[1].xy, max_s=request.max_direct_s, speed_m_min=request.walk_speed_m_min
        )
        pair = (walks.target, walks.origin) if prepared.mirrored else (walks.origin, walks.target)
        self.direct_s = np.full((len(prepared.places.xy), len(roots.xy)), UNREACHED_S, np.int32)
        self.direct_s[pair] = walks.seconds
        self.n_roots = len(roots.xy)

    def sample(self, *, components: bool, n_threads: int, last: bool = False) -> Found:
        """Search from all roots and sample all places; found is by place and other."""
        return self.spread(self.by_root(components=components, n_threads=n_threads, last=last))

    def spread(self, found: Found) -> Found:
        """Return what was found by root for every other that stands there."""
        return Found(*(table[:, self.root_of] for table in found))

    def by_root(self, *, components: bool = False, n_threads: int, last: bool = False) -> Found:
        """Search from all roots and sample all places; found is by place and root."""
        prepared = self.prepared
        n_places = len(prepared.places.xy)
        n_values = len(prepared.graphs) if last else prepared.n_samples
        percentiles = prepared.request.percentiles[:1] if last else tuple(sorted(prepared.request.percentiles))
        ranks = np.array([nearest_rank(p, n_values) for p in percentiles], np.int32)
        found = Found(
            np.empty((n_places, self.n_roots, len(ranks)), np.int32),
            np.empty((n_places, self.n_roots), np.int32),
            np.full((n_places, self.n_roots, 4 if components else 0), -1, np.int32),
        )
        width = max(1, min(ROOTS_AT_ONCE, -(-self.n_roots // max(1, n_threads))))
        batches = [slice(first, min(first + width, self.n_roots)) for first in range(0, self.n_roots, width)]
        parts = parts_of(n_places, 1 if len(batches) > 1 else N_PARTS)

        def fill(batch: slice) -> None:
            draws = range(len(prepared.graphs))
            rounds = tuple(self.search(draw, batch, keep_all=components) for draw in draws)
            offsets = np.ascontiguousarray(self.legs.offsets[batch.start : batch.stop + 1])
            direct_s = np.ascontiguousarray(self.direct_s[:, batch])
            reduce = Reduction(prepared, rounds, offsets, leg_columns(self.legs), direct_s, ranks, last)
            views = found.seconds[:, batch], found.n_reached[:, batch], found.consists[:, batch]
            share(lambda part: reduce.fill(slice(*part), *views), parts, n_threads)

        share(fill, batches, n_threads)
        return found

    def search(self, draw: int, roots: slice, *, keep_all: bool) -> npt.NDArray[Any]:
        """Return the earliest arrivals at roots by round and node, shape (K, E, B); else of the last round only."""
        from sim.routing.arrivals import change_once_more, get_off, stay_on  # noqa: PLC0415 -- compiles on first use

        graph, cap = self.prepared.graphs[draw], self.prepared.request.max_transfers
        short = graph.last_s - graph.first_s < SHORT_S
        never = np.iinfo(np.uint16).max if short else UNREACHED_S
        n_roots = roots.stop - roots.start
        arrivals = np.full((graph.n_nodes, n_roots), never, np.uint16 if short else np.int32)
        offsets = np.ascontiguousarray(self.legs.offsets[roots.start : roots.stop + 1])
        get_off(graph, offsets, leg_columns(self.legs), draw, graph.first_s, arrivals)
        stay_on(graph.stay, arrivals)
        rounds = [arrivals]
        n_changes = 0
        fell = True
        while fell and (cap is None or n_changes < cap):
            spare = np.empty_like(arrivals) if keep_all or len(rounds) == 1 else rounds.pop(0)
            fell = change_once_more(graph.stay, graph.change_offsets, graph.change_to, rounds[-1], spare)
            rounds.append(spare)
            n_changes += 1
        return np.stack(rounds) if keep_all else rounds[-1][None]


def distinct_places(places: Places) -> tuple[Places, npt.NDArray[np.intp]]:
    """Return every point once, neighbors close to each other, and place → its number."""
    xy = np.asarray(places.xy, np.float64).reshape(-1, 2)
    if not len(xy):
        return Places(np.zeros(0, str), np.zeros((0, 2))), np.zeros(0, np.intp)
    found, first, inverse = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(z_order(found, 10), kind="stable")
    number = np.empty(len(order), np.intp)
    number[order] = np.arange(len(order))
    return Places(np.asarray(places.place_id)[first[order]], found[order]), number[inverse.reshape(-1)]
