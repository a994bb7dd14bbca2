"""Owns what it takes to run a timetable: vehicles, drivers, money, emissions."""
