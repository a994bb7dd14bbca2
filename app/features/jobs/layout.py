"""Owns the frame of the page of jobs: the order on the left, the jobs on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import dcc, html

from app.components.frame import build_frame
from app.features.jobs.ids import Id
from app.features.jobs.listing import jobs_list
from app.features.jobs.offer import DRAWS, offered, titles
from app.text import say

if TYPE_CHECKING:
    from app.visit import Visit

TICK_MS = 1_000


def build(visit: Visit) -> html.Div:
    """Return the page, with the scenarios of its address chosen."""
    lang, desk = visit.lang, visit.desk
    offer = offered(desk)
    named = f"{visit.query.get('s', '')},{visit.query.get('scenario', '')}"
    asked = [name for name in named.split(",") if name in offer]
    words = titles(offer, lang)
    options = [
        {"group": say(lang, group), "items": [{"value": name, "label": words[name]} for name in names]}
        for group, names in (
            ("jobs_own", [name for name, file in offer.items() if file is not None]),
            ("jobs_library", [name for name, file in offer.items() if file is None]),
        )
        if names
    ]
    draws = [{"value": str(n or ""), "label": say(lang, f"jobs_draws_{n or 0}")} for n in DRAWS]
    order = html.Section(
        [
            html.H2(say(lang, "jobs_order")),
            dmc.MultiSelect(
                id=Id.SCENARIOS,
                label=say(lang, "jobs_scenarios"),
                data=options,
                value=asked,
                searchable=True,
                clearable=True,
                size="sm",
                clearButtonProps={"aria-label": say(lang, "jobs_clear")},
                comboboxProps={"transitionProps": {"duration": 0}},
            ),
            dmc.RadioGroup(
                dmc.Stack([dmc.Radio(label=one["label"], value=one["value"]) for one in draws], gap="xs"),
                id=Id.DRAWS,
                label=say(lang, "jobs_draws"),
                description=say(lang, "jobs_draws_help"),
                value="",
                size="sm",
            ),
            html.Button(say(lang, "jobs_run"), id=Id.RUN, className="button", type="button"),
            html.Div(id=Id.TOLD, role="status"),
            html.P(say(lang, "jobs_where", folder=desk.settings.runs_folder.name), className="quiet"),
        ],
        className="jobs-order",
    )
    shown = html.Section(
        [
            html.H2(say(lang, "jobs_title")),
            html.Div(jobs_list(desk, desk.jobs.jobs(), lang), id=Id.LIST, className="jobs-list"),
        ]
    )
    stores = [dcc.Interval(id=Id.TICK, interval=TICK_MS), dcc.Store(id=Id.SHOWN), dcc.Store(id=Id.LANG, data=lang)]
    return build_frame(visit, "jobs", [html.Div([order, shown], className="jobs"), *stores])
