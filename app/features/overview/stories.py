"""Owns one plain sentence per scenario: what changes for whom, against what it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dash import html

from app.components.badges import plan_badge
from app.components.path_words import fiscal_year
from app.features.compare.fairness_view import council_lines, winner_lines
from app.features.compare.target_view import is_broken, limit_lines
from app.features.reports.addresses import ADDRESS as REPORTS
from app.text import say

if TYPE_CHECKING:
    from app.runs import Run
    from app.services import Services
    from geodata.errors import Text


def story(services: Services, run: Run, lang: str, *, public: bool = True) -> html.Article:
    """Return a scenario in words: one sentence first, the rest on demand."""
    other = services.list_runs().get(run.compare_to or "")
    other = None if other is None or other.run_id == run.run_id else other
    lines = () if other is None else winner_lines(services, other, run, public=public)
    first, rest = sentence(other, lines, lang), [line.get(lang) for line in lines[1:]]
    rest += [line.get(lang) for line, _ in council_lines(run)]
    more = [html.Details([html.Summary(say(lang, "story_more")), html.Ul([html.Li(line) for line in rest])])]
    return html.Article(
        [
            html.Header(
                [
                    html.H3(run.title.get(lang)),
                    html.Span(fiscal_year(run.year, lang), className="quiet"),
                    plan_badge(run.plan_status, is_baseline=run.is_baseline, lang=lang),
                ]
            ),
            html.P(first, className="story-first"),
            *_years_caution(run, other, lang),
            html.Div(limit_lines(run, lang)) if is_broken(run) else "",
            html.P(run.description.get(lang), className="quiet"),
            *(more if rest else []),
            html.P(_links(run, other, lang), className="story-links"),
        ],
        className="story",
    )


def sentence(other: Run | None, lines: tuple[Text, ...], lang: str) -> str:
    """Return what changes for whom in one sentence; where nothing can be compared, say so."""
    if other is None:
        return say(lang, "story_alone")
    if not lines:
        return say(lang, "story_same", other=other.title.get(lang))
    return say(lang, "story_against", other=other.title.get(lang), told=lines[0].get(lang))


def _years_caution(run: Run, other: Run | None, lang: str) -> list[html.P]:
    """Return that the years differ where they do: then a change is not the effect of the measures alone."""
    if other is None or other.year == run.year:
        return []
    own, base = fiscal_year(run.year, lang), fiscal_year(other.year, lang)
    return [html.P(say(lang, "story_years", own=own, other=base), className="story-caution")]


def _links(run: Run, other: Run | None, lang: str) -> list[Any]:
    left = "" if other is None else f"l={quote(other.run_id)}&"
    view = f"{left}r={quote(run.run_id)}&lang={lang}"
    return [
        html.A(say(lang, "story_map"), href=f"/compare?{view}"),
        html.A(say(lang, "story_report"), href=f"{REPORTS}?{view}"),
    ]
