"""
Owns door-to-door times between many places over a window: who is searched from, draws, threads, percentiles.

Definitions (exact, see METHODS):

- The window [start, end) is sampled every `step_s`, in each of `n_draws` draws of headway offsets; walking all the way
  (at most `max_direct_s`) competes with every journey.
- ``depart``: of the journeys that leave at the minute or later, the one that arrives first and, of those, leaves last.
  ``arrive_by``: of those that arrive by the minute, the one that leaves last and, of those, arrives first.
- ``random``: from the minute to the arrival, or from leaving to the minute. ``planned``: from leaving to the arrival of
  that journey. In both modes a sample is unreachable if more than `cutoff_s` lies between minute and far end.
- reliability = share of samples with a journey.
- ``samples="shortest"``: of each draw only its shortest sample counts.

Searches start at whichever end has fewer places, all of them side by side, so the other end may be a whole city.
"""

from __future__ import annotations

import numpy as np

from geodata.city import City
from sim.routing.asking import check_request
from sim.routing.prepared import prepare_times
from sim.routing.sharing import N_THREADS
from sim.routing.types import Legs, Places, RoutingRequest, TravelTimes


def travel_times(
    city: City,
    origins: Places,
    destinations: Places,
    request: RoutingRequest,
    *,
    components: bool = False,
    access: Legs | None = None,
    egress: Legs | None = None,
    n_threads: int = N_THREADS,
) -> TravelTimes:
    """
    Return door-to-door times between all origins and destinations.

    Parameters
    ----------
    city
        The city: its timetable, streets and plane coordinates are used.
    origins, destinations
        Places, in plane coordinates of the city; O and D of them.
    request
        Day, window, walker, limits, percentiles.
    components
        Whether to fill the parts of the median journey: of the first sample (by draw, then by minute) that takes the
        median time. Journeys of equal time may differ in their parts; one is taken.
    access, egress
        More legs beside walking (origin → stop, stop → destination), such as on-demand rides.
    n_threads
        Threads to share the searches; changes nothing but the time taken.

    Returns
    -------
    times
        Percentiles [min] of shape (O, D, Q), and reliability, shape (O, D).

    Raises
    ------
    ModelError
        If the request holds numbers nobody can travel by, such as an empty window.

    Notes
    -----
    Times and reliability are bit-equal for any order of inputs, any number of threads and whichever end is searched
    from; of journeys that tie, the order decides whose parts are told. Added trips never worsen a ``random`` time.
    """
    check_request(request, components=components)
    ends = (origins, access), (destinations, egress)
    stays = 0 if len(destinations.xy) <= len(origins.xy) else 1
    (places, legs), (others, more_legs) = ends[stays], ends[1 - stays]
    prepared = prepare_times(
        city,
        places,
        request,
        side="destinations" if stays else "origins",
        more_legs=legs,
        drawn=more_legs is not None and bool(np.any(more_legs.draw >= 0)),
        n_threads=n_threads,
    )
    return prepared.times(others, components=components, more_legs=more_legs, n_threads=n_threads)
