"""Owns the ids of the overview."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/"


class Id(StrEnum):
    """Components of the page."""

    CHOICE = "overview-choice"
    BOARD = "overview-board"
    LANG = "overview-lang"
    URL = "overview-url"
