"""Owns the frame of a page: head with the way between pages, what the page shows, foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dash import html

from app.components.attributes import aria
from app.components.navigation import build_navigation
from app.text import say
from app.text.credit_lines import joined_credits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.visit import Visit

BODY = "body"


def build_frame(visit: Visit, key: str, body: Sequence[Any], tools: Sequence[Any] = ()) -> html.Div:
    """
    Return a whole page.

    Parameters
    ----------
    visit
        What it is built for.
    key
        Of the page, such as ``overview``: marked in the navigation, its word is the heading.
    body
        What the page shows.
    tools
        Buttons at the right of the head, before the language.
    """
    lang = visit.lang
    return html.Div(
        [
            html.A(say(lang, "skip_to_body"), href=f"#{BODY}", className="skip"),
            html.Header(
                [
                    build_brand(visit.desk.services.city.name.get(lang), say(lang, f"nav_{key}")),
                    html.Div([*tools, other_language(visit)], className="tools"),
                    build_navigation(visit.places, lang, key),
                ],
                className="head",
            ),
            html.Main(list(body), id=BODY, className="page-body", tabIndex=-1),
            html.Footer(build_credit_line(visit), className="foot page-foot"),
        ],
        className=f"page page-{key}",
    )


def build_brand(city: str, title: str) -> html.Div:
    """Return the sign, the city and the title of the page."""
    return html.Div(
        [
            html.Span("駅勢", className="logo", **aria(hidden="true")),
            html.Div(html.H1([html.B(city), " ", title])),
        ],
        className="brand",
    )


def other_language(visit: Visit) -> html.A:
    """Return the way to the same view in the other language."""
    other = "en" if visit.lang == "ja" else "ja"
    query = urlencode({**visit.query, "lang": other})
    name = {"ja": "日本語", "en": "English"}[other]
    return html.A(name, href=f"?{query}", className="lang-link", lang=other)


def build_credit_line(visit: Visit) -> list[Any]:
    """Return whose figures these are, and the version."""
    city = visit.desk.services.city
    credit = joined_credits(city.sources, visit.lang)
    return [
        html.A(say(visit.lang, "credits"), href=f"/data?lang={visit.lang}", className="link"),
        html.Span(credit, className="credit-line"),
        html.Span(say(visit.lang, "version", version=visit.version), className="digest"),
    ]
