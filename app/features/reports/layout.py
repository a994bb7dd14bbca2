"""Owns the page of what is handed out: a scenario on the left, what can be made of it on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dash import html

from app.access import sees_small_numbers
from app.components.attributes import aria
from app.components.badges import plan_badge
from app.components.frame import build_frame
from app.components.path_words import fiscal_year
from app.components.stacked_table import Column, stacked_table
from app.features.compare.metrics import PERSONS_COLUMN, list_metrics
from app.features.reports.addresses import ADDRESS, report_url
from app.report.catalogue import KINDS
from app.text import say

if TYPE_CHECKING:
    from app.report.catalogue import Kind
    from app.runs import Run
    from app.visit import Visit

PASSED = ("m", "g", "c")
"""Parts of a view of the comparison page that maps follow."""


def build(visit: Visit) -> html.Div:
    """Return the page for the scenario that the address names, the first that changes something otherwise."""
    runs = visit.runs
    run = runs.get(visit.query.get("r", "")) or next((one for one in runs.values() if not one.is_baseline), None)
    run = run or next(iter(runs.values()))
    body = html.Div([_choice(visit, run), _kinds(visit, run)], className="handouts")
    return build_frame(visit, "reports", [html.P(say(visit.lang, "report.lead"), className="page-lead"), body])


def _choice(visit: Visit, chosen: Run) -> html.Nav:
    """Return the scenarios; the chosen one is marked, and not by colour alone."""
    lang = visit.lang
    links = [
        html.Li(
            html.A(
                [run.title.get(lang), html.Span(fiscal_year(run.year, lang), className="quiet")],
                href=_address(visit, run),
                **(aria(current="true") if run is chosen else {}),
            )
        )
        for run in visit.runs.values()
    ]
    title = html.H2(say(lang, "report.scenarios"), id="handouts-scenarios")
    return html.Nav([title, html.Ul(links)], className="handouts-choice", **aria(labelledby="handouts-scenarios"))


def _kinds(visit: Visit, run: Run) -> html.Section:
    """Return what can be made of a scenario, each with its formats."""
    lang = visit.lang
    other = visit.runs.get(visit.query.get("l", "") or run.compare_to or "")
    against = "" if other is None or other is run else say(lang, "report.against", other=other.title.get(lang))
    may_choose = sees_small_numbers()
    public = visit.query.get("pub") == "1" or not may_choose
    columns = [
        Column(say(lang, "report.title")),
        Column(say(lang, "report.holds")),
        Column(say(lang, "report.save"), class_name="handouts-save"),
    ]
    rows = [_row(visit, run, kind, public=public) for kind in KINDS]
    table = stacked_table(columns, rows, f"{say(lang, 'report.title')}: {run.title.get(lang)}")
    kept = {"l": visit.query["l"]} if "l" in visit.query else {}
    flip = _address(visit, run, **kept, **({} if public else {"pub": "1"}))
    return html.Section(
        [
            html.H2([run.title.get(lang), " ", plan_badge(run.plan_status, is_baseline=run.is_baseline, lang=lang)]),
            html.P(" ・ ".join(filter(None, (against, _view_words(visit)))), className="quiet"),
            html.P(
                [
                    say(lang, "report.is_public" if public else "report.is_internal"),
                    " ",
                    html.A(
                        say(lang, "report.to_internal" if public else "report.to_public"),
                        href=flip,
                        className="link",
                        hidden=not may_choose,
                    ),
                ]
            ),
            table,
            html.P(say(lang, "report.takes"), className="quiet"),
        ],
        className="handouts-kinds",
    )


def _view(visit: Visit) -> dict[str, str]:
    return {key: visit.query[key] for key in PASSED if key in visit.query}


def _address(visit: Visit, run: Run, **more: str) -> str:
    """Return this page for a scenario, with the view that was brought along."""
    return f"{ADDRESS}?{urlencode({'r': run.run_id, 'lang': visit.lang, **_view(visit), **more}, safe=',')}"


def _view_words(visit: Visit) -> str:
    """Return what maps will show when the page was opened from a view."""
    metric = list_metrics().get(visit.query.get("m", ""))
    if metric is None:
        return ""
    group = visit.query.get("g", "")
    whose = say(visit.lang, f"group_{group if group in PERSONS_COLUMN else 'all'}")
    key = "report.maps_as_seen" if "c" in visit.query else "report.maps_of"
    return say(visit.lang, key, metric=metric.label.get(visit.lang), group=whose)


def _row(visit: Visit, run: Run, kind: Kind, *, public: bool) -> list[Any]:
    lang = visit.lang
    view = _view(visit)
    left = visit.query.get("l", "")
    links: list[Any] = [
        html.A(
            format_.upper(),
            href=report_url(run.run_id, kind.id, format_, lang=lang, public=public, left=left, view=view),
            className="button quiet",
            title=f"{kind.title.get(lang)} {format_.upper()}",
        )
        for format_ in kind.formats
    ]
    return [kind.title.get(lang), say(lang, f"report.of_{kind.id}"), links]
