"""Owns door-to-door times: walking, timetable, car, itineraries."""

from sim.routing.car import car_minutes
from sim.routing.itinerary import JourneyDay, itinerary, itinerary_xy, prepare_day
from sim.routing.last_departure import last_departures
from sim.routing.prepared import PreparedTimes, prepare_times
from sim.routing.travel_time import travel_times
from sim.routing.walk import WalkTable, nearest_walk_min, walk_table

__all__ = [
    "JourneyDay",
    "PreparedTimes",
    "WalkTable",
    "car_minutes",
    "itinerary",
    "itinerary_xy",
    "last_departures",
    "nearest_walk_min",
    "prepare_day",
    "prepare_times",
    "travel_times",
    "walk_table",
]
