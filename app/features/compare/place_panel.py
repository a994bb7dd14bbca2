"""Owns the frame of the panel of a chosen place: how it is chosen, and what can be asked of it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from app.components.attributes import aria
from app.components.time_field import time_field
from app.features.compare.controls import choice
from app.features.compare.goals import goals_of
from app.features.compare.ids import Id
from app.features.compare.state import ViewState
from app.place_names import NamedPlace
from app.services import Services
from app.text import say


def place_choice(services: Services, lang: str) -> html.Div:
    """Return the ways to choose a place without a mouse: by name, by coordinates or mesh code."""
    return html.Div(
        [
            dmc.Select(
                id=Id.PLACE,
                label=say(lang, "place_choose"),
                placeholder=say(lang, "place_choose_hint"),
                data=place_options(services.places, lang),
                searchable=True,
                clearable=False,
                limit=60,
                nothingFoundMessage=say(lang, "place_not_listed"),
                size="sm",
                className="field",
                comboboxProps={"transitionProps": {"duration": 0}},
            ),
            dmc.TextInput(
                id=Id.PLACE_TEXT,
                label=say(lang, "place_text"),
                placeholder="36.5902,140.6616",
                debounce=True,
                size="xs",
                className="field",
            ),
        ],
        className="place-choice",
    )


def place_options(places: dict[str, NamedPlace], lang: str) -> list[dict[str, Any]]:
    """Return the named places by group; those of one name in a group are told apart by a number."""
    groups: dict[str, list[dict[str, str]]] = {}
    seen: dict[tuple[str, str], int] = {}
    for place in places.values():
        name = place.name.get(lang)
        count = seen[place.group, name] = seen.get((place.group, name), 0) + 1
        label = name if count == 1 else f"{name}（{count}）"
        groups.setdefault(place.group, []).append({"value": place.key, "label": label})
    return [{"group": say(lang, group), "items": items} for group, items in groups.items()]


def build_place_panel(services: Services, state: ViewState) -> html.Aside:
    """Return the panel that stands in the place of the cards while a place is chosen."""
    lang = state.lang
    goals = [{"value": goal, "label": say(lang, f"goal_{goal}")} for goal in goals_of(services.city)]
    return html.Aside(
        [
            html.Div(
                [
                    html.H2(say(lang, "place_title")),
                    html.Button(say(lang, "place_close"), id=Id.PLACE_CLOSE, className="link", type="button"),
                ],
                className="place-head",
            ),
            dmc.Switch(id=Id.BANDS, label=say(lang, "place_bands"), checked=state.bands, size="sm"),
            html.Div(
                [
                    choice(Id.GOAL, say(lang, "place_goal"), goals, state.goal),
                    time_field(
                        Id.DEPART,
                        "depart",
                        say(lang, "place_depart"),
                        state.depart or "",
                        say(lang, "journey_depart_title"),
                        required=False,
                    ),
                ],
                className="place-ask",
            ),
            dcc.Loading(
                html.Div(id=Id.PLACE_BODY),
                custom_spinner=html.P(say(lang, "place_filling"), className="explaining", role="status"),
                delay_show=200,
            ),
        ],
        id=Id.PLACE_PANEL,
        className="cards place-panel",
        **aria(label=say(lang, "place_title")),
    )
