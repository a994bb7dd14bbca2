"""Owns the frame of the page of targets: paths and verdicts, then entering actuals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from app.components.frame import build_frame
from app.components.path_chart import legend_words
from app.features.compare.controls import run_options
from app.features.compare.target_view import entered_figures, find_paths, path_body, reference_table
from app.features.overview.board import base_year_caution
from app.features.overview.chosen import KEY, choose_runs
from app.features.targets.entry import entered_list, entry_form
from app.features.targets.ids import Id
from app.features.targets.years import years_table
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desk import Desk
    from app.runs import Run
    from app.visit import Visit


def build(visit: Visit) -> html.Div:
    """Return the page, for the scenarios of its address."""
    lang, desk = visit.lang, visit.desk
    shown = choose_runs(visit.runs, visit.query.get(KEY, ""))
    offered = {run_id: run for run_id, run in visit.runs.items() if not run.is_baseline}
    choice = dmc.MultiSelect(
        id=Id.CHOICE,
        label=say(lang, "goals_choice"),
        data=run_options(offered, lang),
        value=[run.run_id for run in shown],
        searchable=True,
        size="sm",
        comboboxProps={"transitionProps": {"duration": 0}},
    )
    body = html.Div(body_of(desk, shown, lang), id=Id.BODY)
    aside = html.Aside([entry_form(desk, lang), html.Div(entered_list(desk, lang), id=Id.ENTERED)])
    lead = html.P(say(lang, "goals_lead"), className="lead")
    return build_frame(
        visit,
        "targets",
        [dcc.Store(id=Id.LANG, data=lang), lead, choice, html.Div([body, aside], className="goals")],
    )


def body_of(desk: Desk, runs: Sequence[Run], lang: str) -> list[Any]:
    """Return the judged indicators with their years, then the ones that are only entered."""
    services = desk.services
    paths = find_paths(services, runs)
    _, wrong = entered_figures(services)
    judged = [path for path in paths if path.judged]
    sections = [
        html.Section(
            [
                html.H2(path.title.get(lang)),
                *path_body(path, lang),
                html.P(base_year_caution(path, lang), className="quiet"),
                years_table(path, lang),
            ],
            className="goals-section",
        )
        for path in judged
    ]
    return [
        *([html.Pre(wrong, className="target-problems", role="alert")] if wrong else []),
        html.P(" ／ ".join(legend_words(judged, lang)), className="quiet"),
        *sections,
        *reference_table([path for path in paths if not path.judged], lang),
    ]
