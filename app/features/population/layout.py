"""Owns the frame of the page of the population: which run, the host of the animation, what stands under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from app.addresses import people_url
from app.features.population.ids import Id
from app.features.population.page import NOTES
from app.features.population.words import PAGE_WORDS

if TYPE_CHECKING:
    from app.services import Run


def build_population(runs: dict[str, Run], run_id: str, lang: str) -> html.Div:
    """Return the page, with one of the runs chosen."""
    options = [{"value": run.run_id, "label": f"{run.title.get(lang)}（{run.year}）"} for run in runs.values()]
    return html.Div(
        [
            html.Div(
                [
                    html.H1(PAGE_WORDS["title"].get(lang), id=Id.TITLE),
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
                    html.A(PAGE_WORDS["back"].get(lang), href=f"/?lang={lang}"),
                ],
                className="people-head",
            ),
            html.Main(html.Div(PAGE_WORDS["loading"].get(lang), id=Id.HOST)),
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
