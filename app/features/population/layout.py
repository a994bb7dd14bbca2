"""Owns the frame of the page of the population: which run, the host of the animation, what stands under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from app.addresses import people_url
from app.components.frame import build_frame
from app.features.population.ids import Id
from app.features.population.page import NOTES
from app.features.population.words import PAGE_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.services import Run
    from app.visit import Visit


def build(visit: Visit) -> html.Div:
    """Return the page, for the run of its address."""
    asked = visit.query.get("run", "")
    run_id = asked if asked in visit.runs else next(iter(visit.runs))
    return build_frame(visit, "population", [build_population(visit.runs, run_id, visit.lang)])


def build_population(runs: Mapping[str, Run], run_id: str, lang: str) -> html.Div:
    """Return what is in the frame, with one of the runs chosen."""
    options = [{"value": run.run_id, "label": f"{run.title.get(lang)}（{run.year}）"} for run in runs.values()]
    return html.Div(
        [
            html.Div(
                [
                    html.H2(PAGE_WORDS["title"].get(lang), id=Id.TITLE),
                    dmc.Select(
                        id=Id.RUN,
                        label=PAGE_WORDS["run"].get(lang),
                        data=options,
                        value=run_id,
                        allowDeselect=False,
                        size="sm",
                        w=360,
                        comboboxProps={"transitionProps": {"duration": 0}},
                    ),
                ],
                className="people-head",
            ),
            html.Div(html.Div(PAGE_WORDS["loading"].get(lang), id=Id.HOST)),
            html.Section([html.P(note.get(lang)) for note in NOTES], className="people-notes"),
            dcc.Store(id=Id.ORDER),
            dcc.Store(id=Id.DRAWN),
            dcc.Store(id="people-lang", data=lang),
        ],
        className="people-page",
    )


def order_of(run_id: str, key: str, lang: str) -> dict[str, Any]:
    """Return what population.js is asked to draw; the key changes with the result."""
    return {"address": people_url(run_id, key), "lang": lang, "failed": PAGE_WORDS["failed"].get(lang)}
