"""Owns the last departure: until when one can leave a place and still be brought somewhere by a vehicle."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.units import UNREACHED_S
from sim.routing.prepared import prepare_times
from sim.routing.sharing import N_THREADS

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import Float32Array
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
    # Minutes are judged by when one is there, not by the journeys that lead there: whoever waits, waits on the way.
    asked = replace(request, direction="depart", departure_mode="random")
    if len(origins.xy) <= len(destinations.xy):
        last = prepare_times(city, destinations, asked, side="destinations", n_threads=n_threads)
        seconds = last.last_marks(origins, n_threads=n_threads).T
    else:
        first = prepare_times(city, origins, asked, side="origins", n_threads=n_threads)
        seconds = first.last_marks(destinations, n_threads=n_threads)
    return np.ascontiguousarray(np.where(seconds == -UNREACHED_S, -np.inf, seconds), np.float32)
