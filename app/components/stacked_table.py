"""Owns tables that are read without scrolling: columns on a wide screen, one block per row on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash import html

from app.components.attributes import aria, marked

if TYPE_CHECKING:
    from collections.abc import Sequence


NOTHING = "—"
"""A cell without a value; in a block of its own it is left out."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its word and whether it holds numbers, which stand to the right; `class_name` for the style sheet."""

    word: str
    numeric: bool = False
    class_name: str = ""

    @property
    def classes(self) -> str:
        """Classes of every cell of the column."""
        return " ".join(word for word in ("num" if self.numeric else "", self.class_name) if word)


def stacked_table(
    columns: Sequence[Column], rows: Sequence[Sequence[Any]], label: str, row_classes: Sequence[str] = ()
) -> html.Div:
    """
    Return a table that needs no scrolling.

    Parameters
    ----------
    columns
        From the left; the first heads its row.
    rows
        Cells, one per column.
    label
        What the table tells, for who cannot see what stands above it.
    row_classes
        One per row; none = plain rows.

    Notes
    -----
    Roles are written out, as browsers forget that of a table whose parts are laid out as blocks.
    """
    heads = [html.Th(one.word, scope="col", role="columnheader", className=one.classes) for one in columns]
    classes = row_classes or [""] * len(rows)
    body = [_row(columns, row, name) for row, name in zip(rows, classes, strict=True)]
    return html.Div(
        html.Table(
            [html.Thead(html.Tr(heads, role="row"), role="rowgroup"), html.Tbody(body, role="rowgroup")],
            role="table",
            **aria(label=label),
        ),
        className="stacked-table",
    )


def _row(columns: Sequence[Column], row: Sequence[Any], name: str) -> html.Tr:
    first, *others = row
    cells = [
        html.Td(
            html.Div(cell, className="stacked-cell"),
            role="cell",
            className=f"{one.classes} nothing".strip() if cell == NOTHING else one.classes,
            **marked(head=one.word),
        )
        for one, cell in zip(columns[1:], others, strict=True)
    ]
    return html.Tr([html.Th(first, scope="row", role="rowheader"), *cells], role="row", className=name)
