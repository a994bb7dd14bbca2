"""Owns the ids of the page of jobs."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/jobs"


class Id(StrEnum):
    """Components of the page."""

    SCENARIOS = "jobs-scenarios"
    DRAWS = "jobs-draws"
    RUN = "jobs-run"
    TOLD = "jobs-told"
    LIST = "jobs-list"
    TICK = "jobs-tick"
    SHOWN = "jobs-shown"
    LANG = "jobs-lang"


class Kind(StrEnum):
    """Kinds of components of which there are many."""

    CANCEL = "jobs-cancel"
