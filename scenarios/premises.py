"""Owns what a scenario assumes before its own measures: whether it carries the decline of なりゆき."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from scenarios.files import read_scenario

if TYPE_CHECKING:
    from scenarios.schema import Scenario

TREND = "trend-r11"
"""The scenario of the library in which nothing is done: fewer trips and clinics."""


class Decline(StrEnum):
    """How much of the decline of なりゆき a scenario carries."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


@lru_cache(maxsize=1)
def _declines() -> frozenset[str]:
    return frozenset(mod.id for mod in read_scenario(TREND).modifications)


def is_decline(modification_id: str) -> bool:
    """Tell whether a modification is a part of the decline, which scenarios take over and nobody plans."""
    return modification_id in _declines()


def decline_in(scenario: Scenario) -> Decline:
    """Return how much of the decline a scenario, parents merged in, carries; a part that is switched off is not."""
    held = {mod.id for mod in scenario.modifications if mod.enabled} & _declines()
    return Decline.NONE if not held else Decline.WHOLE if held == _declines() else Decline.PART


__all__ = ["TREND", "Decline", "decline_in", "is_decline"]
