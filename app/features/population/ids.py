"""Owns the ids of the page of the population, and its address."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/population"


class Id(StrEnum):
    """Components of the page; the host is filled by population.js."""

    RUN = "people-run"
    HOST = "people-host"
    ORDER = "people-order"
    DRAWN = "people-drawn"
    TITLE = "people-title"
