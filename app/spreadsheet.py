"""Owns that no text of ours becomes a formula in a spreadsheet that opens a CSV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"^[\s'\"]*([=+\-@＝＋－＠\t\r|]|%.)")
"""Blanks and quotes in front are stripped by some programs before they look."""


def safe_text(text: str) -> str:
    """Return a text that a spreadsheet reading CSV takes for a text, never for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def frame_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV text for spreadsheets: names that people typed stand in some columns."""
    safe = frame.map(lambda value: safe_text(value) if isinstance(value, str) else value)
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text
