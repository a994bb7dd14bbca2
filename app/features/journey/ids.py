"""Owns the ids of the page of journeys, its address, and the names of its fields."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/journey"


class Id(StrEnum):
    """Components of the page."""

    ASKED = "journey-asked"
    FOUND = "journey-found"
    MAP = "journey-map"
    ORDER = "journey-order"
    DRAWN = "journey-drawn"
    FROM = "journey-from"
    TO = "journey-to"
    CLICK = "journey-click"
    LEFT = "journey-left"
    RIGHT = "journey-right"
    DAY = "journey-day"
    DEPART = "journey-depart"
    WALKER = "journey-walker"


class Field(StrEnum):
    """Names of what is asked, in the address."""

    LEFT = "l"
    RIGHT = "r"
    FROM = "from"
    TO = "to"
    DAY = "day"
    DEPART = "dep"
    WALKER = "by"
