"""Owns 「この数字の説明」: formula, every definition, inputs with source and status, districts, cells as CSV."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dash import dcc, html

from app.addresses import cells_csv_url
from app.components.badges import status_badge
from app.components.kpi_card import SURE, UNJUDGED
from app.features.compare.cards import RowIndex, change_factor_of, difference, judgement_of, number, show, unit_of
from app.features.compare.cards import verdict_of as definitions_of
from app.features.compare.state import ViewState
from app.features.compare.sureness import find_sureness
from app.features.compare.target_view import path_section
from app.rounding import rounding_words
from app.services import Run, Services
from app.text import CATALOGUES, say
from app.text.credit_lines import credit_line
from app.text.notes import translate_notes
from app.theme import BETTER, WORSE
from sim.kpi import KPIS, KpiSpec
from sim.results import DEFAULT_SETTING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.runs import RowKey
    from sim.kpi import Judgement
    from sim.uncertainty.paired import PairedEnds

BAR_HEIGHT = 17
THOUSAND = 1_000
Rows = list[list[Any]]


def build_explanation(services: Services, state: ViewState) -> list[Any]:
    """Return the body of the drawer for the KPI of the state."""
    spec = KPIS[str(state.kpi)]
    left, right = services.pair(state.left, state.right)
    lang = state.lang
    rows = (left.rows, right.rows)
    sure = find_sureness(services, left, right)
    agree = not definitions_of(left, right, services.baseline).ja
    judgement = judgement_of((spec.kpi_id, DEFAULT_SETTING, state.group), left, right, sure, definitions_agree=agree)
    return [
        html.H2(spec.title.get(lang), className="explain-title"),
        _facts(spec, rows, state),
        *_rounding(spec, rows, state),
        _section(say(lang, "formula"), html.P(spec.formula.get(lang), className="formula")),
        _settings(services, spec, rows, left, right, state),
        *interval_section(right, spec, state),
        *difference_section(sure, spec, state, judgement),
        *path_section(services, state, spec.kpi_id),
        _section(say(lang, "by_district"), *_districts(services, spec, rows, state)),
        html.P(
            [
                html.A(
                    f"{say(lang, _csv_word(run, spec))}（{run.title.get(lang)}）",
                    href=cells_csv_url(run.run_id, spec.kpi_id, state.group, public=state.public),
                    download=f"{run.run_id}-{spec.kpi_id}.csv",
                    className="button quiet",
                )
                for run in dict.fromkeys((left, right))
            ],
            className="downloads",
        ),
    ]


def interval_section(run: Run, spec: KpiSpec, state: ViewState) -> list[html.Section]:
    """Return both lines of uncertainty of the right run; nothing where it has none."""
    table, lang = run.stored.tables.get("uncertainty"), state.lang
    if table is None or "line" not in table:
        return []
    hit = table[(table["kpi"] == spec.kpi_id) & (table["group"] == state.group)]
    body: Rows = [
        [
            spec.settings[s].get(lang) if s in spec.settings else s,
            say(lang, f"line_{line}") if f"line_{line}" in CATALOGUES["ja"] else line,
            show(spec, number(low)),
            show(spec, number(high)),
        ]
        for s, line, low, high in zip(hit["setting"], hit["line"], hit["low"], hit["high"], strict=True)
    ]
    head = [say(lang, "setting"), "", f"#{say(lang, 'line_low')}", f"#{say(lang, 'line_high')}"]
    caption = f"{unit_of(spec, lang)}・{run.title.get(lang)}"
    return [_section(say(lang, "lines_of_uncertainty"), _table(head, body, caption=caption))] if body else []


def difference_section(
    sure: Mapping[RowKey, PairedEnds], spec: KpiSpec, state: ViewState, judgement: Judgement
) -> list[html.Section]:
    """
    Return both lines of the difference, and whether it tells the runs apart; nothing where they were not drawn.

    What is withheld or hangs on the definition says so instead, as its card does.
    """
    lang = state.lang
    found = sure.get((spec.kpi_id, DEFAULT_SETTING, state.group))
    if found is None or found.verdict not in SURE:
        return []
    lines = (("line_draws", found.low, found.high), ("line_definition", found.other_low, found.other_high))
    body: Rows = [
        [say(lang, word), *(show(spec, number(end), signed=True) for end in (low, high))] for word, low, high in lines
    ]
    head = ["", f"#{say(lang, 'line_low')}", f"#{say(lang, 'line_high')}"]
    table = _table(head, body, caption=unit_of(spec, lang, signed=True))
    told = html.P(
        [
            html.B(say(lang, UNJUDGED.get(judgement, SURE[found.verdict]))),
            html.Span(f": {say(lang, 'sure_help')}", className="quiet"),
        ]
    )
    return [_section(say(lang, "difference_lines"), told, table)]


def _csv_word(run: Run, spec: KpiSpec) -> str:
    return "districts_csv" if run.district_level and spec.kpi_id.startswith("clinic") else "cells_csv"


def _section(title: str, *body: Any) -> html.Section:
    return html.Section([html.H3(title), *body])


def _table(head: list[str], rows: Rows, *, caption: str = "") -> html.Div:
    numeric = {k for k, word in enumerate(head) if word.startswith("#")}
    heads = [
        html.Th(word.lstrip("#"), scope="col", className="num" if k in numeric else "") for k, word in enumerate(head)
    ]
    body = [
        html.Tr([html.Td(value, className="num" if k in numeric else "") for k, value in enumerate(row)])
        for row in rows
    ]
    parts = [html.Caption(caption)] if caption else []
    return html.Div(html.Table([*parts, html.Thead(html.Tr(heads)), html.Tbody(body)]), className="table-scroll")


def _facts(spec: KpiSpec, rows: tuple[RowIndex, RowIndex], state: ViewState) -> html.Div:
    """Return value left, value right and difference in large type."""
    lang = state.lang
    found = [side.get((spec.kpi_id, DEFAULT_SETTING, state.group)) for side in rows]
    unit = unit_of(spec, lang)
    parts = [
        (say(lang, key), show(spec, None if row is None else row.value), unit, row)
        for key, row in zip(("scenario_left", "scenario_right"), found, strict=True)
    ]
    boxes = [
        html.Div(
            [
                html.Span(word, className="fact-word"),
                html.Span([html.B(value), f" {unit}"], className="fact-value"),
                *([status_badge(row.status, lang)] if row is not None else []),
            ],
            className="fact",
        )
        for word, value, unit, row in parts
    ]
    change = html.Span(
        [html.B(show(spec, difference(*found), signed=True)), f" {unit_of(spec, lang, signed=True)}"],
        className="fact-value",
    )
    boxes.append(html.Div([html.Span(say(lang, "difference"), className="fact-word"), change], className="fact"))
    return html.Div(boxes, className="facts")


def _rounding(spec: KpiSpec, rows: tuple[RowIndex, RowIndex], state: ViewState) -> list[html.P]:
    """Return once why a difference under some setting is not that of the values beside it, as printed."""
    pairs = [(rows[0].get(key), b) for key, b in rows[1].items() if key[0] == spec.kpi_id and key[2] == state.group]
    sums = (
        (show(spec, a.value), show(spec, difference(a, b), signed=True), show(spec, b.value))
        for a, b in pairs
        if a is not None
    )
    return [html.P(words, className="quiet") for words in rounding_words(sums, state.lang)]


def _settings(
    services: Services, spec: KpiSpec, rows: tuple[RowIndex, RowIndex], left: Run, right: Run, state: ViewState
) -> html.Section:
    """Return the values under every setting: a small table that shows whether the definition decides."""
    lang = state.lang
    keys = [key for key in rows[1] if key[0] == spec.kpi_id and key[2] == state.group]
    body: Rows = []
    for key in keys:
        a, b = rows[0].get(key), rows[1][key]
        label = spec.settings.get(key[1])
        body.append(
            [
                key[1] if label is None else label.get(lang),
                show(spec, None if a is None else a.value),
                show(spec, b.value),
                show(spec, difference(a, b), signed=True),
                status_badge(b.status, lang),
                "; ".join(translate_notes(b.note, lang, services.english_names)),
            ]
        )
    head = [
        say(lang, "setting"),
        f"#{left.title.get(lang)}",
        f"#{right.title.get(lang)}",
        f"#{say(lang, 'difference')}",
        say(lang, "status"),
        say(lang, "note"),
    ]
    help_text = [html.P(say(lang, "definition_help"))] if spec.kpi_id.startswith("catchment") else []
    caption = f"{unit_of(spec, lang)}・{say(lang, f'group_{state.group}')}"
    return _section(say(lang, "setting_all"), *help_text, _table(head, body, caption=caption))


def _districts(services: Services, spec: KpiSpec, rows: tuple[RowIndex, RowIndex], state: ViewState) -> list[Any]:
    """Return a bar of the difference by district; districts without a value or hidden ones are left out."""
    changes = district_changes(services, spec, rows, state)
    if not changes or all(change == 0 for _, change in changes):
        return [html.P(say(state.lang, "same_value"))]
    colors = [_color(change, "none" if spec.proof else spec.good) for _, change in changes]
    figure = {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": [name for name, _ in changes],
                "x": [change for _, change in changes],
                "marker": {"color": colors},
                "hovertemplate": "%{y}: %{x:+,." + str(spec.decimals) + "f}<extra></extra>",
            }
        ],
        "layout": {
            "height": 60 + BAR_HEIGHT * len(changes),
            "margin": {"l": 8, "r": 16, "t": 8, "b": 40},
            "font": {"family": "inherit", "size": 12, "color": "#22303c"},
            "xaxis": {
                "title": {"text": f"{say(state.lang, 'difference')}（{unit_of(spec, state.lang, signed=True)}）"},
                "zeroline": True,
                "zerolinecolor": "#22303c",
                "gridcolor": "#e3e8ee",
            },
            "yaxis": {"automargin": True, "autorange": "reversed", "dtick": 1},
            "bargap": 0.3,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
        },
    }
    return [dcc.Graph(figure=figure, config={"displayModeBar": False, "locale": state.lang}, className="districts")]


def district_changes(
    services: Services, spec: KpiSpec, rows: tuple[RowIndex, RowIndex], state: ViewState
) -> list[tuple[str, float]]:
    """Return (district, change as printed), largest first."""
    cells = services.city.population
    names = cells.district_name_en if state.lang == "en" else cells.district_name
    factor = change_factor_of(spec.unit)
    found = []
    for k, district_id in enumerate(cells.district_id):
        key = (spec.kpi_id, DEFAULT_SETTING, f"district:{district_id}")
        change = difference(rows[0].get(key), rows[1].get(key))
        if change is not None and math.isfinite(change):
            found.append((str(names[k]), round(change * factor, spec.decimals + 1)))
    return sorted(found, key=lambda pair: -abs(pair[1]))


def _color(change: float, good: str) -> str:
    if good == "none" or change == 0:
        return "#5b6b7b"
    return BETTER[0] if (change > 0) == (good == "up") else WORSE[-1]


def build_inputs(services: Services, state: ViewState) -> list[Any]:
    """Return sentences to read aloud and every input with source and status; takes seconds the first time."""
    lang = state.lang
    _, right = services.pair(state.left, state.right)
    found = services.explain(right, str(state.kpi), state.group)
    rows: Rows = [
        [
            entry.label.get(lang),
            _printed(entry.value, entry.unit),
            "" if entry.value is None else "%" if entry.unit == "share" else entry.words.get(lang),
            status_badge(entry.status, lang),
            entry.source.get(lang),
        ]
        for entry in found.inputs
    ]
    head = [say(lang, "inputs"), f"#{say(lang, 'input_value')}", "", say(lang, "status"), say(lang, "source")]
    return [
        _section(say(lang, "sentences"), html.Ul([html.Li(text.get(lang)) for text in found.sentences])),
        _section(say(lang, "inputs"), _table(head, rows)),
    ]


def _printed(value: Any, unit: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, tuple | list):  # names, or a table by age or by time
        return "、".join(
            ": ".join(f"{v:g}" for v in part) if isinstance(part, tuple | list) else str(part) for part in value
        )
    return f"{100 * value:,.4g}" if unit == "share" else f"{value:,.0f}" if abs(value) >= THOUSAND else f"{value:g}"


def build_credits(services: Services, lang: str) -> html.Div:
    """Return every source of the city with its licence."""
    rows: Rows = [
        [
            s.title.get(lang),
            s.date,
            status_badge(s.status, lang),
            credit_line(s.credit, lang),
            credit_line(s.licence, lang),
            s.note.get(lang),
        ]
        for s in services.city.sources
    ]
    return _table([say(lang, k) for k in ("layer", "as_of", "status", "source", "licence", "note")], rows)
