"""Owns the way between the pages: one row of links under the title, the same on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from app.components.account import account_link
from app.components.attributes import aria
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable


def build_navigation(places: Iterable[tuple[str, str]], lang: str, current: str) -> html.Nav:
    """Return links to (word, address); the page that is open is marked, and not by colour alone."""
    links = [
        html.A(
            say(lang, f"nav_{key}"),
            href=f"{address}?lang={lang}",
            className="nav-link",
            **(aria(current="page") if key == current else {}),
        )
        for key, address in places
    ]
    return html.Nav([*links, *account_link(lang)], className="nav", **aria(label=say(lang, "navigation")))
