"""Owns the choice of a scenario on a page that reads one: links, the open one marked not by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dash import html

from app.components.attributes import aria
from app.components.badges import plan_badge
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.runs import Run
    from app.visit import Visit

KEY = "run"


def chosen_run(visit: Visit, tells: Callable[[Run], bool]) -> tuple[Run | None, dict[str, Run]]:
    """Return the run of the address, or the last that tells something, and all that do."""
    found = {run_id: run for run_id, run in visit.runs.items() if tells(run)}
    wanted = found.get(visit.query.get(KEY, ""))
    return wanted or (list(found.values())[-1] if found else None), found


def run_tabs(visit: Visit, address: str, run: Run, runs: Mapping[str, Run]) -> html.Nav:
    """Return a link for every run that tells something."""
    links = [
        html.A(
            [one.title.get(visit.lang), " ", html.Span(say(visit.lang, "year", year=one.year), className="year")],
            href=f"{address}?{urlencode({KEY: one.run_id, 'lang': visit.lang})}",
            className="run-tab",
            **(aria(current="true") if one.run_id == run.run_id else {}),
        )
        for one in runs.values()
    ]
    return html.Nav(links, className="run-tabs", **aria(label=say(visit.lang, "choose_run")))


def run_head(run: Run, lang: str) -> html.Div:
    """Return the title of a run, its year and how firm its plan is, and what it changes."""
    badge = plan_badge(run.plan_status, is_baseline=run.is_baseline, lang=lang)
    head: list[Any] = [
        html.B(run.title.get(lang)),
        " ",
        html.Span(say(lang, "year", year=run.year), className="year"),
        badge,
    ]
    return html.Div([html.H2(head), html.P(run.description.get(lang), className="about")], className="run-head")
