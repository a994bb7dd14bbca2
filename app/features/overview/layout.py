"""Owns the frame of the overview: which scenarios, the board, one sentence for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from app.components.frame import build_frame
from app.features.compare.controls import run_options
from app.features.compare.target_view import entered_figures, find_paths
from app.features.overview.board import key_line, panel
from app.features.overview.chosen import KEY, choose_runs
from app.features.overview.ids import Id
from app.features.overview.stories import story
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.runs import Run
    from app.services import Services
    from app.visit import Visit


def build(visit: Visit) -> html.Div:
    """Return the overview, for the scenarios of its address."""
    lang, services = visit.lang, visit.desk.services
    shown = choose_runs(visit.runs, visit.query.get(KEY, ""))
    offered = {run_id: run for run_id, run in visit.runs.items() if not run.is_baseline}
    return build_frame(
        visit,
        "overview",
        [
            dcc.Location(id=Id.URL, refresh=False),
            dcc.Store(id=Id.LANG, data=lang),
            html.Div(
                [
                    html.P(say(lang, "overview_lead"), className="lead"),
                    dmc.MultiSelect(
                        id=Id.CHOICE,
                        label=say(lang, "overview_choice"),
                        data=run_options(offered, lang),
                        value=[run.run_id for run in shown],
                        size="sm",
                        searchable=True,
                        nothingFoundMessage=say(lang, "overview_none"),
                        className="overview-choice",
                        comboboxProps={"transitionProps": {"duration": 0}},
                    ),
                ],
                className="overview-top",
            ),
            html.Div(board(services, shown, lang), id=Id.BOARD),
        ],
    )


def board(services: Services, runs: Sequence[Run], lang: str) -> list[Any]:
    """Return the judged indicators of some scenarios, then what each does for whom."""
    paths = [path for path in find_paths(services, runs) if path.judged]
    _, wrong = entered_figures(services)
    warning = [html.Pre(wrong, className="target-problems", role="alert")] if wrong else []
    return [
        *warning,
        html.H2(say(lang, "overview_board")),
        key_line(lang),
        html.Div([panel(path, lang) for path in paths], className="board"),
        html.P(say(lang, "targets_reading"), className="quiet"),
        html.P(say(lang, "board_numbers"), className="quiet"),
        html.H2(say(lang, "overview_stories")),
        html.Div([story(services, run, lang) for run in runs], className="stories"),
    ]
