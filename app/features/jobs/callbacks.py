"""Owns the wiring of the page of jobs."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from dash import ALL, Dash, Input, Output, State, ctx, html, no_update

from app.access import Role, require
from app.features.compare.steps import read_lang
from app.features.jobs.ids import Id, Kind
from app.features.jobs.listing import jobs_list
from app.features.jobs.offer import order_of
from app.text import say
from geodata.errors import CitySimError, render_problems

if TYPE_CHECKING:
    from app.desk import Desk


def register(dash_app: Dash, desk: Desk) -> None:
    """Wire the page into an app."""
    dash_app.callback(
        Output(Id.TOLD, "children"),
        Input(Id.RUN, "n_clicks"),
        State(Id.SCENARIOS, "value"),
        State(Id.DRAWS, "value"),
        State(Id.LANG, "data"),
        prevent_initial_call=True,
    )(partial(ask, desk))
    dash_app.callback(
        Output(Id.LIST, "children"),
        Output(Id.SHOWN, "data"),
        Input(Id.TICK, "n_intervals"),
        Input({"kind": Kind.CANCEL, "job": ALL}, "n_clicks"),
        State(Id.SHOWN, "data"),
        State(Id.LANG, "data"),
    )(partial(refresh, desk))


def ask(desk: Desk, clicks: int | None, chosen: list[str] | None, draws: str | None, lang: str) -> Any:
    """Take an order from whoever may edit."""
    if not clicks:
        return no_update
    return submit(desk, chosen, draws, lang, require(Role.EDITOR).name)


def submit(desk: Desk, chosen: list[str] | None, draws: str | None, lang: str, who: str = "") -> Any:
    """Order a batch of what is chosen, and say so."""
    order = order_of(desk, chosen or [], int(draws) if draws and draws.isdecimal() else None, who)
    if order is None:
        return html.P(say(lang, "jobs_choose"), className="job-refused")
    try:
        desk.jobs.submit(order)
    except CitySimError as cause:
        return html.Pre(render_problems(cause.problems, lang), className="job-refused")
    return html.P(say(lang, "jobs_taken", n=len(order.scenarios)))


def refresh(desk: Desk, _ticks: int | None, _clicks: list[int | None], shown: str | None, lang: str) -> Any:
    """Return the list where anything has changed since it was shown; a cancel button stops its job first."""
    wanted = ctx.triggered_id
    if isinstance(wanted, dict) and any(one["value"] for one in ctx.triggered):
        require(Role.EDITOR)
        desk.jobs.cancel(str(wanted["job"]))
    jobs = desk.jobs.jobs()
    state = [[job.job_id, job.standing.state, job.progress.model_dump()] for job in jobs]
    digest = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]
    return (no_update, no_update) if digest == shown else (jobs_list(desk, jobs, read_lang(lang, "ja")), digest)
