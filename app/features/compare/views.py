"""Owns what each part of the page shows for a state: plain functions from services and state to components."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from dash import html

from app.addresses import table_csv_url
from app.components.badges import plan_badge
from app.components.legend import difference_legend, sign_legend, value_legend
from app.features.compare.explanation import build_explanation, build_inputs
from app.features.compare.fairness_view import fairness_sections
from app.features.compare.metrics import find_metric, shown_column
from app.features.compare.notes import list_notes
from app.features.compare.paint import build_paint, is_by_district, place_point, within
from app.features.compare.shown import is_timed, shown_facilities, shown_runs, timed_words
from app.features.compare.state import SIDES, ViewState
from app.features.compare.tables import columns, district_rows, joined_columns, joined_rows
from app.features.compare.target_view import (
    limit_lines,
    reference_body,
    targets_body,
)
from app.features.compare.winners_view import WINNERS, winners_legend
from app.features.population.ids import ADDRESS as POPULATION
from app.features.reports.addresses import ADDRESS as REPORTS
from app.services import Run, Services
from app.text import CATALOGUES, say

ALONE = ("diff", WINNERS)
"""Modes in which one map tells of both scenarios."""
View = Callable[[Services, ViewState], Any]


def notes(services: Services, state: ViewState) -> list[Any]:
    """Return scenario descriptions and cautions."""
    left, right = services.pair(state.left, state.right)
    more = [run for side, run in shown_runs(services, state).items() if side not in SIDES[:2]]
    lang = state.lang
    about = [
        html.Div(
            [
                html.P([html.B(run.title.get(lang)), " ", _plan(run, lang)]),
                html.P(run.description.get(lang), className="about"),
                *limit_lines(run, lang),
                html.P(html.A(say(lang, "people_by_year"), href=f"{POPULATION}?run={quote(run.run_id)}&lang={lang}")),
                *_tables_of(run, lang),
            ]
        )
        for run in dict.fromkeys((left, right, *more))
    ]
    told = list_notes(services, left, right, lang)
    if any(run.year != left.year for run in more):
        told.append(say(lang, "note_more_years"))
    cautions = html.Ul([html.Li(text) for text in told])
    handouts = html.A(
        say(lang, "report.of_view"), href=f"{REPORTS}?{state.to_query()}", className="button quiet to-reports"
    )
    return [
        html.P(handouts),
        html.H2(say(lang, "about_scenario")),
        *about,
        html.H2(say(lang, "notes")),
        cautions,
    ]


def _tables_of(run: Run, lang: str) -> list[Any]:
    """Return the tables of services of a run, to be saved."""
    links = [
        html.Li(
            html.A(table_title(name, lang), href=table_csv_url(run.run_id, name), download=f"{run.run_id}-{name}.csv")
        )
        for name in run.stored.tables
    ]
    return (
        [html.P(say(lang, "service_tables"), className="tables-head"), html.Ul(links, className="tables-list")]
        if links
        else []
    )


def table_title(name: str, lang: str) -> str:
    """Return what a table of services holds, in words; one that has none keeps its file name."""
    key = f"table_of_{name}"
    return say(lang, key) if key in CATALOGUES["ja"] else name


def captions(services: Services, state: ViewState) -> tuple[Any, ...]:
    """Return the titles on the maps, empty where there is none."""
    told = {side: _caption(services, run, state, side) for side, run in shown_runs(services, state).items()}
    if state.mode in ALONE:
        told = {"right": [*told["right"], *told["left"]]}
    return tuple(told.get(side, []) for side in SIDES)


def _caption(services: Services, run: Run, state: ViewState, side: str) -> list[Any]:
    lang = state.lang
    parts: list[Any] = [
        html.Span(
            [
                html.Span(say(lang, f"scenario_{side}"), className="side"),
                html.B(run.title.get(lang), title=run.title.get(lang)),
                html.Span(say(lang, "year", year=run.year), className="year"),
                _plan(run, lang),
            ],
            className="caption-title",
        )
    ]
    text = within_words(services, run, state)
    if text and state.mode not in ALONE:
        parts.append(html.Span(text, className="caption-within"))
    return parts


def within_words(services: Services, run: Run, state: ViewState) -> str:
    """Return how many live within the time limit; "" without one."""
    near = within(services, run, state)
    if near is None:
        return ""
    unit = find_metric(shown_column(state)).unit.get(state.lang)
    counted = {"persons": f"{near[0]:,.0f}", "share": f"{100 * near[1]:.1f}"}
    return say(state.lang, "within", threshold=state.threshold, unit=unit, **counted)


def _plan(run: Run, lang: str) -> html.Span:
    return plan_badge(run.plan_status, is_baseline=run.is_baseline, lang=lang)


def legend(services: Services, state: ViewState) -> list[Any]:
    """Return the legend of the mode, and the signs of what is drawn."""
    metric = find_metric(shown_column(state))
    by_district = is_by_district(shown_runs(services, state).values(), metric.column)
    if state.mode == WINNERS:
        made = winners_legend(state)
    elif state.mode == "diff":
        made = difference_legend(metric, state.lang)
    else:
        has_limit = metric.has_limit and state.threshold is not None and not by_district
        made = value_legend(metric, state.lang, has_limit=has_limit)
    if state.missing:
        made.insert(
            0, html.Span(say(state.lang, "missing_runs", runs=state.missing), className="legend-warning", role="status")
        )
    if by_district and state.mode != WINNERS:
        made.append(html.Span(say(state.lang, "by_district_only"), className="legend-warning"))
    if is_timed(state) and state.mode != WINNERS:
        made.append(html.Span(timed_words(state), className="legend-note", role="status"))
    if state.keeps_maps_back:
        made.append(html.Span(say(state.lang, "maps_waiting"), className="legend-note"))
    return [*made, sign_legend(signs(services, state), state.lang)]


def signs(services: Services, state: ViewState) -> list[str]:
    """Return the signs of what is drawn over the cells; the way from a chosen place is hidden where there is none."""
    found = services.signs(tuple(shown_runs(services, state).values()), shown_facilities(state))
    return found if place_point(services, state) is None else [*found, "picked", "way"]


def tables(services: Services, state: ViewState) -> tuple[Any, ...]:
    """Return the title, columns and rows of the tables: two beside each other, or one with a column for each map."""
    title = say(state.lang, "table_right" if len(state.sides) == len(SIDES[:2]) else "table_all")
    if not state.tables or state.presenting:
        return title, [], [], [], []
    runs = shown_runs(services, state)
    rows = dict(zip(runs, district_rows(services, state), strict=True))
    if len(runs) > len(SIDES[:2]):
        titles = {side: run.title.get(state.lang) for side, run in runs.items()}
        return title, [], [], joined_columns(state, titles), joined_rows(rows)
    return title, columns(state, right=False), rows["left"], columns(state, right=True), rows["right"]


def explanation(services: Services, state: ViewState) -> tuple[bool, Any]:
    """Return whether the explanation is open, and what it says."""
    if state.kpi is None:
        return False, []
    return True, build_explanation(services, state)


def inputs(services: Services, state: ViewState) -> list[Any]:
    """Return the inputs behind the explained number; slow, so it comes after the rest."""
    return [] if state.kpi is None else build_inputs(services, state)


def orders(services: Services, state: ViewState) -> tuple[Any, Any]:
    """Return what map.js draws, and what the address bar says."""
    return build_paint(services, state), {
        "query": state.to_query(),
        "lang": state.lang,
        "presenting": state.presenting,
    }


def shell_class(_: Services, state: ViewState) -> str:
    """Return the classes of the page: what is hidden and what is large."""
    flags = {
        "presenting": state.presenting,
        "with-tables": state.tables and not state.presenting,
        "with-swipe": state.mode == "swipe",
        "with-more": len(state.sides) > len(SIDES[:2]),
        "with-place": state.place is not None and state.mode != WINNERS,
        "with-winners": state.mode == WINNERS,
    }
    return " ".join(["shell", *(name for name, on in flags.items() if on)])


def place_error(_: Services, state: ViewState) -> str | bool:
    """Return why a place that was typed cannot be looked at, or that nothing is wrong."""
    return say(state.lang, "place_not_found", text=state.unfound) if state.unfound else False


def limit_hidden(_: Services, state: ViewState) -> bool:
    """Tell whether a time limit means nothing for the metric."""
    return not find_metric(shown_column(state)).has_limit


def when_hidden(_: Services, state: ViewState) -> bool:
    """Tell whether time of day and percentile mean nothing for what is shown."""
    return state.mode == WINNERS or (state.place is None and not find_metric(shown_column(state)).at_any_time)


def fourth_hidden(_: Services, state: ViewState) -> bool:
    """Tell whether there is no third map yet, beside which a fourth would stand."""
    return state.third is None


def targets(services: Services, state: ViewState) -> list[Any]:
    """Return the window of targets."""
    return [*targets_body(services, state), *fairness_sections(services, state), *reference_body(services, state)]


def digest(services: Services, state: ViewState) -> str:
    """Return which results are on the screen."""
    left, right = services.pair(state.left, state.right)
    city = services.city.digest[:8]
    told = say(state.lang, "digest", city=city, left=left.key[:8], right=right.key[:8])
    more = [run for side, run in shown_runs(services, state).items() if side not in SIDES[:2]]
    return " ・ ".join([told, *(run.key[:8] for run in more)])
