"""Owns the ids of the page of on-demand fleets, and its address."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/mobility"


class Id(StrEnum):
    """Components of the page; the player is filled by mobility.js."""

    MAP = "mobility-map"
    PLAYER = "mobility-player"
    ORDER = "mobility-order"
    DRAWN = "mobility-drawn"
