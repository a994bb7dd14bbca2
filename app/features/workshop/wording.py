"""Owns what becomes of a text somebody typed: one form of each sign, nothing invisible, nothing personal."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import NamedTuple

from geodata.readers.personal_fields import mask_text

LONGEST_COMMENT = 280
LONGEST_LINE = 120
LONGEST_NOTE = 2_000
MOST_MARKS = 2
"""Marks on one letter; more than that is a stack that covers the lines above."""
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


class Clean(NamedTuple):
    """A text as it is kept; `masked`: how many phone numbers, mail addresses and house numbers were taken out."""

    text: str
    masked: int


def clean_text(text: str) -> str:
    """
    Return a text of visible signs: composed, without controls, zero widths, changes of direction or stacked marks.

    Line breaks stay, at most one empty line in a row.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [" ".join(_visible(line).split()) for line in composed.split("\n")]
    kept = [line for line, run in groupby(lines) for line in ([""] if not line else run)]
    return "\n".join(kept).strip()


def _visible(line: str) -> str:
    kept: list[str] = []
    marks = 0
    for sign in line:
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind.startswith("M") else 0
        if sign == "\t":
            kept.append(" ")
        elif kind not in _UNSEEN and marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def clean_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(clean_text(text).split())


def clean_comment(text: str) -> Clean:
    """Return a comment without what would tell who or where somebody is."""
    masked = mask_text(clean_text(text))
    return Clean(masked.text, masked.total)
