"""Owns the last departure: until when one can leave a place and still be brought somewhere by a vehicle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.units import UNREACHED_S
from sim.routing.asking import check_request
from sim.routing.travel_time import N_THREADS, _prepare, nearest_rank

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import Float32Array, IntArray
    from sim.routing.types import Places, RoutingRequest


def last_departures(
    city: City, origins: Places, destinations: Places, request: RoutingRequest, *, n_threads: int = N_THREADS
) -> Float32Array:
    """
    Return the last minute of a window from which public transport still leads from origins to destinations.

    A journey counts where it rides at least one vehicle, takes at most the cutoff from the minute on (waiting
    included), and arrives no later than somebody who sets out on foot at that minute.

    Parameters
    ----------
    city
        The city.
    origins, destinations
        O and D places.
    request
        The question; its direction and departure mode do not matter, its first percentile is taken over draws.
    n_threads
        Threads to share the searches.

    Returns
    -------
    last
        Shape (O, D) [s after 00:00]; −inf = in the whole window no vehicle leads there.

    Raises
    ------
    ModelError
        If the request holds numbers nobody can travel by.

    Notes
    -----
    Never falls when trips are added or the cutoff grows. Exact to the step of the request (a minute).
    """
    check_request(request)
    # Labels must hold for every minute of waiting, so arrivals are asked for, not the journeys that lead to them.
    question = _prepare(
        city, origins, destinations, replace(request, direction="depart", departure_mode="random"), None, None
    )
    rank = nearest_rank(request.percentiles[0], len(question.networks))

    def last_from(root: int) -> IntArray:
        from sim.routing.extremes import last_places  # noqa: PLC0415 -- compiles on first use

        lanes, _ = question.search(root, with_parts=False)
        far = question.far_legs
        legs = (far.stop, far.seconds, far.valid_from_s, far.valid_to_s, far.draw)
        return last_places(  # type: ignore[no-any-return]
            lanes, far.offsets, legs, question.direct[root], question.instants_s, request.cutoff_s, rank
        )

    with ThreadPoolExecutor(max(1, n_threads)) as pool:
        found = list(pool.map(last_from, range(len(question.root_offsets) - 1)))
    seconds = np.array(found, dtype=np.int32).reshape(len(found), len(destinations.xy))[question.root_of]
    return np.where(seconds == -UNREACHED_S, -np.inf, seconds).astype(np.float32)
