"""Owns whether figures add up as they are printed, and the sentence that stands where they do not."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from app.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLOCK = re.compile(r"(\d+):(\d\d)")
_NUMBER = re.compile(r"([+−-]?)(\d[\d,]*(?:\.\d+)?)")
_STILL = "＝"
"""Begins what is said of a change that prints as nothing."""


def add_up(*figures: str) -> bool:
    """Tell whether the figures before the last add up to the last, as printed; with one that is no number they do."""
    *parts, whole = (_read(figure) for figure in figures)
    known = [part for part in parts if part is not None]
    return whole is None or len(known) < len(parts) or sum(known) == whole


def rounding_words(rows: Iterable[tuple[str, ...]], lang: str) -> list[str]:
    """Return once why some rows (left, change, right; or parts and whole) do not add up; nothing where all do."""
    return [] if all(add_up(*row) for row in rows) else [say(lang, "rounding")]


def _read(figure: str) -> Decimal | None:
    if figure.startswith(_STILL):
        return Decimal(0)
    clock, number = _CLOCK.search(figure), _NUMBER.search(figure)
    if clock is not None:
        return Decimal(60 * int(clock[1]) + int(clock[2]))  # differences of times of day are minutes
    if number is None:
        return None
    value = Decimal(number[2].replace(",", ""))
    return -value if number[1] in {"−", "-"} else value
