"""Owns how timetables are configured: feeds, and sketches from stops and lines without times."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from geodata.config.base import Frozen


class FeedConfig(Frozen):
    """One GTFS feed, zip or folder; a plain text is its path. `source`: id of an entry of ``sources``."""

    path: str
    source: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value
