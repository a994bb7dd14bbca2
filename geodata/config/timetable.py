"""Owns how timetables are configured: feeds, and sketches from stops and lines without times."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from geodata.config.base import Frozen


class FeedConfig(Frozen):
    """
    One GTFS feed, zip or folder; a plain text is its path.

    `source`: id of an entry of ``sources``. `holidays`: what to do with a Japanese feed whose services are called 日祝
    or 休日 but whose calendar names no public holiday: ``auto`` runs its Sunday services on them and says so,
    ``calendar`` takes the calendar as it is.
    """

    path: str
    source: str | None = None
    holidays: Literal["auto", "calendar"] = "auto"

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value
