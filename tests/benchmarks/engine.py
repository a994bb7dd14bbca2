"""Owns the doors to our own engine: the only module of the bench that knows what the engine offers for reuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.routing import prepare_times, travel_times
from sim.routing.edited import remember_times

if TYPE_CHECKING:
    from geodata.city import City
    from sim.routing.types import Places, RoutingRequest, TravelTimes

N_THREADS = 2


def full_matrix(
    city: City, cells: Places, facilities: Places, request: RoutingRequest, *, n_threads: int = N_THREADS
) -> TravelTimes:
    """Return the whole matrix from nothing but a City: walks, the day, searches, medians."""
    return travel_times(city, cells, facilities, request, n_threads=n_threads)


class EditedTimetables:
    """The full matrix of one city, and what can be kept of it for cities with another timetable."""

    def __init__(self, city: City, cells: Places, facilities: Places, request: RoutingRequest) -> None:
        self.remembered = remember_times(city, cells, facilities, request, side="origins", n_threads=N_THREADS)
        self.times = self.remembered.times

    def matrix(self, edited: City) -> TravelTimes:
        """Return the matrix of the city with the edited timetable."""
        return self.remembered.edited(edited, n_threads=N_THREADS).times

    def sampled_share(self, edited: City) -> float:
        """Return the share of pairs whose samples an edit can change."""
        return self.remembered.edited(edited, n_threads=N_THREADS).sampled_share


class MovingPlaces:
    """The cells of one city, ready for facilities that come, move and go."""

    def __init__(self, city: City, cells: Places, request: RoutingRequest) -> None:
        self.prepared = prepare_times(city, cells, request, side="origins")

    def times(self, places: Places) -> TravelTimes:
        """Return the times from all cells to some places."""
        return self.prepared.times(places)
