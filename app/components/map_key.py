"""Owns the key beneath a map: each sign as it is drawn, with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

if TYPE_CHECKING:
    from collections.abc import Iterable


def map_key(signs: Iterable[tuple[str, str, str]]) -> html.Ul:
    """Return the key of a map from signs: class (``sign-…`` of a style sheet), what is written on it, what it means."""
    rows = [
        html.Li([html.Span(mark, className=f"sign sign-{name}"), html.Span(words)], className="sign-row")
        for name, mark, words in signs
    ]
    return html.Ul(rows, className="signs map-key")
