"""Owns plain tables: a caption, headings, rows with their first cell as heading; numbers stand to the right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dash import html

from app.access import sees_small_numbers
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FEWEST = 10
"""Fewer persons than this are not told to the public."""


def plain_table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, words: int = 1
) -> html.Section:
    """
    Return a table in a box that scrolls.

    Parameters
    ----------
    caption
        What it tells.
    headings
        Words of the columns.
    rows
        Cells; the first of each is its heading.
    words
        Columns from the left that hold words; the others are numbers.
    """
    classes = ["" if column < words else "num" for column in range(len(headings))]
    head = html.Tr([html.Th(text, scope="col", className=c) for text, c in zip(headings, classes, strict=True)])
    body = [
        html.Tr(
            [
                html.Th(cell, scope="row") if column == 0 else html.Td(cell, className=classes[column])
                for column, cell in enumerate(row)
            ]
        )
        for row in rows
    ]
    table = html.Table([html.Caption(caption), html.Thead(head), html.Tbody(body)])
    return html.Section(table, className="table-scroll plain-table", tabIndex=0)  # what keys scroll is no bare div


def number(value: Any, digits: int = 0, *, signed: bool = False) -> str:
    """Return a number with separators and a true minus; – where there is none."""
    plain = float(value) if value is not None else math.nan
    if math.isnan(plain):
        return "–"
    if math.isinf(plain):
        return "∞"
    if round(plain, digits) == 0:
        return f"±{0:.{digits}f}" if signed else f"{0:.{digits}f}"
    return f"{plain:{'+' if signed else ''},.{digits}f}".replace("-", "−")


def people(value: Any, lang: str, *, signed: bool = False) -> str:
    """Return persons; a group of fewer than ten is hidden from whoever is not staff."""
    plain = abs(float(value)) if value is not None else math.nan
    if 0 < plain < FEWEST and not sees_small_numbers():
        return say(lang, "hidden_short")
    return number(value, signed=signed)


def per_cent(value: Any, digits: int = 1) -> str:
    """Return a share as per cent."""
    return "–" if value is None or math.isnan(float(value)) else f"{100 * float(value):.{digits}f} %"
