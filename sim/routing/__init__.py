"""Owns door-to-door times: walking, timetable, car, itineraries."""

from sim.routing.travel_time import travel_times
from sim.routing.walk import WalkTable, nearest_walk_min, walk_table

__all__ = ["WalkTable", "nearest_walk_min", "travel_times", "walk_table"]
