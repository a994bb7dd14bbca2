"""Owns the wiring of the page of journeys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from pydantic import TypeAdapter

from app.features.journey.ids import Id
from app.features.journey.question import Question
from app.features.journey.view import journeys

if TYPE_CHECKING:
    from app.desk import Desk
    from app.services import Services

_QUESTION = TypeAdapter(Question)


def register(dash_app: Dash, desk: Desk) -> None:
    """Wire the page into an app."""
    dash_app.callback(Output(Id.FOUND, "children"), Output(Id.ORDER, "data"), Input(Id.ASKED, "data"))(
        partial(answer, desk.services)
    )
    dash_app.clientside_callback(
        ClientsideFunction("ekiseiJourney", "draw"),
        Output(Id.DRAWN, "data"),
        Input("journey-base", "data"),
        Input(Id.ORDER, "data"),
        Input(Id.CLICK, "value"),
        State(Id.DRAWN, "data"),
    )


def answer(services: Services, asked: dict[str, Any] | None) -> Any:
    """Return the answer to the question of the address."""
    if asked is None:
        return no_update, no_update
    question = _QUESTION.validate_python({name: value for name, value in asked.items() if name != "lang"})
    return journeys(services, question, str(asked.get("lang", "")))
