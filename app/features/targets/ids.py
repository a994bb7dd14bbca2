"""Owns the ids of the page of targets."""

from __future__ import annotations

from enum import StrEnum

ADDRESS = "/targets"


class Id(StrEnum):
    """Components of the page."""

    CHOICE = "goals-choice"
    BODY = "goals-body"
    KPI = "goals-kpi"
    YEAR = "goals-year"
    VALUE = "goals-value"
    SOURCE = "goals-source"
    ENTER = "goals-enter"
    TOLD = "goals-told"
    ENTERED = "goals-entered"
    LANG = "goals-lang"


class Kind(StrEnum):
    """Kinds of components of which there are many."""

    REMOVE = "goals-remove"
