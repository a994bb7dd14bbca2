"""Owns the ids of the page of access to care, and its address."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/clinics"


class Id(StrEnum):
    """Components of the page."""

    MAP = "clinics-map"
    ORDER = "clinics-order"
    DRAWN = "clinics-drawn"
