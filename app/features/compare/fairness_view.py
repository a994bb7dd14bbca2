"""Owns who gains and who loses between the two runs on the page, and the sentences on fairness of the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.components.badges import status_badge
from app.text import say
from geodata.errors import CitySimError, Text
from geodata.provenance import Status

if TYPE_CHECKING:
    from app.features.compare.state import ViewState
    from app.services import Run, Services

SENTENCES = "equity_sentences"
"""Table of a run that holds sentences a council reads first."""


def winner_lines(services: Services, left: Run, right: Run, *, public: bool) -> tuple[Text, ...]:
    """Return who gets somewhere sooner or later on the right than on the left; nothing for a run beside itself."""
    if left.key == right.key:
        return ()
    return services.kept(("winners", left.key, right.key, public), lambda: _sentences(left, right, public=public))


def _sentences(left: Run, right: Run, *, public: bool) -> tuple[Text, ...]:
    from scenarios.winner_tables import winner_sentences  # noqa: PLC0415 - only where runs are compared
    from scenarios.winners import find_winners  # noqa: PLC0415

    try:
        return winner_sentences(find_winners(left.stored, right.stored), public=public)
    except CitySimError as cause:  # other cells
        return tuple(problem.message for problem in cause.problems)


def council_lines(run: Run) -> tuple[tuple[Text, Status | None], ...]:
    """Return the sentences on fairness that a run holds, each with how sure its number is."""
    table = run.stored.tables.get(SENTENCES)
    if table is None or not {"ja", "en"} <= set(table.columns):
        return ()
    sure = [Status(status) for status in table["status"]] if "status" in table else [None] * len(table)
    return tuple((Text(str(ja), str(en)), one) for ja, en, one in zip(table["ja"], table["en"], sure, strict=True))


def fairness_sections(services: Services, state: ViewState) -> list[Any]:
    """Return both lists of sentences, each with its heading; a list without sentences is left out."""
    left, right = services.pair(state.left, state.right)
    lang = state.lang
    gained = winner_lines(services, left, right, public=state.public)
    wanted = (
        (
            say(lang, "winners_title", left=left.title.get(lang), right=right.title.get(lang)),
            tuple((line, None) for line in gained),
        ),
        (say(lang, "council_title", title=right.title.get(lang)), council_lines(right)),
    )
    return [
        html.Section(
            [
                html.H3(title),
                html.Ul([html.Li(_with_badge(line, status, lang)) for line, status in lines], className="target-list"),
            ]
        )
        for title, lines in wanted
        if lines
    ]


def _with_badge(line: Text, status: Status | None, lang: str) -> list[Any]:
    return [line.get(lang), *([] if status is None else [" ", status_badge(status, lang)])]
