"""Owns door-to-door times: walking, timetable, car, itineraries."""
