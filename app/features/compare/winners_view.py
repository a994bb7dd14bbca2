"""Owns 便利になる人 / 不便になる人 on the comparison: what the map shows of each cell, and who is counted beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from dash import dcc, html

from app.addresses import winners_url
from app.components.attributes import aria
from app.components.badges import status_badge
from app.components.plain_table import number, per_cent, plain_table
from app.features.compare.controls import choice
from app.features.compare.ids import Id
from app.features.compare.state import ViewState
from app.services import Run, Services, pack_values
from app.text import say
from geodata.errors import CitySimError
from scenarios.winner_kinds import AGES, ANY, ANY_LABEL, DESTINATIONS, UNDIVIDED
from scenarios.winner_tables import WORDS, cell_map, winner_sentences, winner_table

if TYPE_CHECKING:
    import pandas as pd

    from geodata.errors import Text
    from scenarios.winners import Winners

WINNERS = "winners"
ORDER = (-1, 0, 1, 3, 2)
"""Class on the map → what befalls most people of a cell: worse, same, better, both, unknown."""
COLORS = ("#b0281f", "#d8d8d2", "#12459b", "#7b3fa0", "#f3f1ea")
SIGNS = ("▼", "＝", "▲", "◆", "?")
"""Beside the colours, so that none has to tell red from blue."""
COUNTS = ("better", "worse", "mixed", "same")


def find(services: Services, left: Run, right: Run) -> Winners:
    """Return who gains and who loses from the left run to the right one; kept."""
    from scenarios.winners import find_winners  # noqa: PLC0415 - brings the models

    return services.kept(("winners", left.key, right.key), lambda: find_winners(left.stored, right.stored))


def verdict_values(services: Services, left: Run, right: Run, aim: str, *, public: bool) -> np.ndarray[Any, Any]:
    """Return cell → class of `ORDER`; NaN where nobody lives or few do in a public view, shape (C,)."""
    found = find(services, left, right)
    shown = cell_map(found, aim if aim in found.destinations else ANY, public=public)
    classes = {WORDS[code].ja: float(n) for n, code in enumerate(ORDER)}
    own = {
        str(cell): classes.get(word, np.nan) for cell, word in zip(shown["cell_id"], shown["verdict_ja"], strict=True)
    }
    return np.array([own.get(str(cell), np.nan) for cell in right.cells["cell_id"]], dtype=np.float64)


def verdicts(services: Services, left_id: str, right_id: str, aim: str, *, public: bool) -> bytes | None:
    """Return the classes of all cells as JSON; None for unknown runs, or runs that cannot be compared."""
    runs = services.list_runs()
    left, right = runs.get(left_id), runs.get(right_id)
    if left is None or right is None or aim not in (ANY, *DESTINATIONS):
        return None
    try:
        return pack_values(verdict_values(services, left, right, aim, public=public))
    except CitySimError:
        return None


def winners_order(services: Services, state: ViewState) -> dict[str, Any] | None:
    """Return what map.js needs for the mode: address of the classes, colours, words; None in other modes."""
    if state.mode != WINNERS:
        return None
    left, right = services.pair(state.left, state.right)
    return {
        "values": winners_url(left.run_id, right.run_id, left.key + right.key, state.aim, public=state.public),
        "scale": {"breaks": [0.5, 1.5, 2.5, 3.5], "colors": list(COLORS)},
        "names": [f"{sign} {WORDS[code].get(state.lang)}" for sign, code in zip(SIGNS, ORDER, strict=True)],
        "title": say(state.lang, "winners_map_title"),
    }


def verdict_words(lang: str) -> list[str]:
    """Return the words of the classes of `ORDER`."""
    return [WORDS[code].get(lang) for code in ORDER]


def winners_legend(state: ViewState) -> list[Any]:
    """Return the legend of the mode: one swatch, sign and word for each class."""
    lang = state.lang
    rows = [
        html.Span(
            [html.Span(sign, className="verdict-swatch", style={"background": color}), WORDS[code].get(lang)],
            className="sign-row",
        )
        for color, sign, code in zip(COLORS, SIGNS, ORDER, strict=True)
    ]
    title = html.Span(
        [html.Strong(say(lang, "winners_map_title")), aim_label(state.aim).get(lang)], className="legend-title"
    )
    return [title, html.Span(rows, className="signs"), html.Span(say(lang, "winners_most"), className="legend-note")]


def aim_label(aim: str) -> Text:
    """Return the words of a destination."""
    return DESTINATIONS[aim].label if aim in DESTINATIONS else ANY_LABEL


def build_winners_panel(state: ViewState) -> html.Aside:
    """Return the panel that stands in the place of the cards in this mode."""
    lang = state.lang
    aims = [{"value": aim, "label": aim_label(aim).get(lang)} for aim in (ANY, *DESTINATIONS)]
    return html.Aside(
        [
            html.H2(say(lang, "winners_map_title")),
            choice(Id.AIM, say(lang, "place_goal"), aims, state.aim),
            dcc.Loading(html.Div(id=Id.WINNERS_BODY), delay_show=300),
        ],
        id=Id.WINNERS_PANEL,
        className="cards winners-panel",
        **aria(label=say(lang, "winners_map_title")),
    )


def winners_body(services: Services, state: ViewState) -> list[Any]:
    """Return sentences and counts of persons by age and district; nothing in other modes."""
    if state.mode != WINNERS:
        return []
    lang = state.lang
    left, right = services.pair(state.left, state.right)
    try:
        found = find(services, left, right)
    except CitySimError as trouble:
        return [html.P(problem.message.get(lang), className="limit-warning") for problem in trouble.problems]
    aim = state.aim if state.aim in found.destinations else ANY
    sentences = [html.P(text.get(lang)) for text in winner_sentences(found, public=state.public)]
    notes = [html.Li(note.get(lang)) for note in found.notes]
    return [
        html.Div(_totals(winner_table(found), aim, lang), className="verdict-totals"),
        _table(winner_table(found, "age", public=state.public), aim, "age", lang, say(lang, "winners_by_age")),
        _table(
            winner_table(found, "district", public=state.public),
            aim,
            "district_id",
            lang,
            say(lang, "winners_by_district"),
            found,
        ),
        html.Details([html.Summary(say(lang, "winners_words")), *sentences], open=True, className="winners-words"),
        html.P([status_badge(found.status, lang), " ", say(lang, "winners_status")], className="place-status"),
        html.Ul([html.Li(say(lang, "winners_how", least=f"{found.least_min:g}")), *notes], className="place-notes"),
    ]


def _totals(table: pd.DataFrame, aim: str, lang: str) -> list[Any]:
    row = table[table["destination"] == aim].iloc[0]
    whole = float(row["persons"]) or 1.0
    signs = dict(zip(("worse", "same", "better", "mixed"), SIGNS, strict=False))
    return [
        html.Div(
            [
                html.Span(f"{signs[name]} {say(lang, f'winners_{name}')}", className="fact-word"),
                html.B(f"{number(row[name])}{say(lang, 'persons_unit')}"),
                html.Span(per_cent(float(row[name]) / whole), className="verdict-share"),
            ],
            className=f"verdict verdict-{name}",
        )
        for name in COUNTS
    ]


def _table(
    table: pd.DataFrame, aim: str, key: str, lang: str, caption: str, found: Winners | None = None
) -> html.Section:
    own = table[table["destination"] == aim]
    headings = [say(lang, "winners_who"), *(say(lang, f"winners_{name}") for name in COUNTS)]
    hidden = say(lang, "hidden_short")
    body = [
        [
            _name(str(row[key]), key, found, lang),
            *(hidden if row["hidden"] else number(row[name]) for name in COUNTS),
        ]
        for row in _most_changed_first(own, key)
        if row["hidden"] or row["persons"] > 0
    ]
    return plain_table(caption, headings, body)


def _most_changed_first(own: pd.DataFrame, key: str) -> list[dict[Any, Any]]:
    """Return districts by how many people gain or lose; ages in their own order."""
    rows = own.to_dict("records")
    if key == "age":
        return rows
    return sorted(rows, key=lambda row: -(np.nan_to_num(row["better"]) + np.nan_to_num(row["worse"] + row["mixed"])))


def _name(value: str, key: str, found: Winners | None, lang: str) -> str:
    if key == "age" or found is None:
        ages = {age.age_id: age.label for age in (*AGES, *UNDIVIDED)}
        return ages[value].get(lang) if value in ages else value
    return found.name_of(value).get(lang) or "–"
