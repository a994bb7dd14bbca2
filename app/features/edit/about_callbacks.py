"""Owns the wiring of the window of what a scenario is: opened with what holds now, closed without a change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dash import Dash, Input, Output, State, ctx, no_update

from app.features.edit.about_view import against_options, year_options
from app.features.edit.edits import AS_IT_IS
from app.features.edit.ids import Id
from app.features.edit.state import EditState
from app.features.edit.wording import both_languages

if TYPE_CHECKING:
    from app.desk import Desk

ABOUT = {
    "title_ja": Id.ABOUT_TITLE_JA,
    "title_en": Id.ABOUT_TITLE_EN,
    "what_ja": Id.ABOUT_WHAT_JA,
    "what_en": Id.ABOUT_WHAT_EN,
    "year": Id.ABOUT_YEAR,
    "against": Id.ABOUT_AGAINST,
}
"""What is entered → its field."""


def register_about(dash_app: Dash, desk: Desk) -> None:
    """Wire the window into an app; taking over what was entered is a wish like any other."""
    dash_app.callback(
        {
            "opened": Output(Id.ABOUT_WINDOW, "opened"),
            "entered": {name: Output(place, "value") for name, place in ABOUT.items()},
            "years": Output(Id.ABOUT_YEAR, "data"),
            "against": Output(Id.ABOUT_AGAINST, "data"),
            "told": Output(Id.ABOUT_PROBLEMS, "children", allow_duplicate=True),
        },
        {
            "_open": Input(Id.ABOUT_OPEN, "n_clicks"),
            "_close": Input(Id.ABOUT_CLOSE, "n_clicks"),
            "known": State(Id.STATE, "data"),
            "lang": State(Id.LANG, "data"),
        },
        prevent_initial_call=True,
    )(partial(show_about, desk))


def show_about(
    desk: Desk, *, _open: int | None, _close: int | None, known: dict[str, Any] | None, lang: str
) -> dict[str, Any]:
    """Open the window with what the scenario says, or close it."""
    nothing = {"years": no_update, "against": no_update, "told": no_update}
    unchanged = {**nothing, "opened": no_update, "entered": dict.fromkeys(ABOUT, no_update)}
    if ctx.triggered_id == Id.ABOUT_CLOSE:
        return {**unchanged, "opened": False}
    if known is None or not _open:
        return unchanged
    content = EditState.model_validate(known).content
    titles, descriptions = (both_languages(content.get(key)) for key in ("title", "description"))
    year = content.get("year")
    return {
        "opened": True,
        "entered": {
            **dict(zip(("title_ja", "title_en"), titles, strict=True)),
            **dict(zip(("what_ja", "what_en"), descriptions, strict=True)),
            "year": str(year),
            "against": content.get("compare_to") or AS_IT_IS,
        },
        "years": year_options(desk.services.city, year, lang),
        "against": against_options(desk, desk.services.list_runs(), content, lang),
        "told": [],
    }
