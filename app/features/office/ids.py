"""Owns the ids of the page of the mobile city office, and its address."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/office"


class Id(StrEnum):
    """Components of the page."""

    MAP = "office-map"
    ORDER = "office-order"
    DRAWN = "office-drawn"
