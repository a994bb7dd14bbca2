"""Owns the clock that a planner reads: moments are kept in UTC and shown in Japanese time."""

from __future__ import annotations

import datetime as dt

JST = dt.timezone(dt.timedelta(hours=9), "JST")
"""Japanese time; it has no summer time, so that no table of zones is needed."""


def told_minute(moment: str | dt.datetime, lang: str = "ja") -> str:
    """Return a moment to the minute: 2026-11-23 06:12, in English with JST; empty for none."""
    if not moment:
        return ""
    known = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if known.tzinfo is None:
        known = known.replace(tzinfo=dt.UTC)
    return f"{known.astimezone(JST):%Y-%m-%d %H:%M}" + (" JST" if lang == "en" else "")


def today() -> dt.date:
    """Return the day it is in Japan."""
    return dt.datetime.now(tz=JST).date()
