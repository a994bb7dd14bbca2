"""Owns made-up cities whose answers are known by arithmetic, for tests and the tutorial."""

from geodata.synthetic.grid import grid_city
from geodata.synthetic.text_feed import timetable_from_text

__all__ = ["grid_city", "timetable_from_text"]
