"""Owns the look of the tools and of the form of the one that is in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from app.components.attributes import aria
from app.features.edit.ids import Id, Kind
from app.features.edit.tools import TOOLS, Field, Tool
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.features.edit.places import Places
    from app.features.edit.state import Plain, Spot

GROUPS = {
    "lines": ("extend", "line", "frequency", "remove_stops"),
    "services": ("hub", "area", "visit"),
    "facilities": ("open", "close", "relocate"),
    "people": ("homes", "people"),
}
"""Heading → the tools under it."""


def tool_buttons(lang: str, in_hand: str) -> list[Any]:
    """Return the tools by group; the one in hand is marked as pressed."""
    parts: list[Any] = []
    for group, keys in GROUPS.items():
        buttons = [
            html.Button(
                say(lang, f"edit_tool_{key}"),
                id={"kind": Kind.TOOL, "tool": key},
                type="button",
                className="edit-tool",
                **aria(pressed=str(key == in_hand).lower()),
            )
            for key in keys
        ]
        title = html.H3(say(lang, f"edit_group_{group}"), className="edit-group")
        parts += [title, html.Div(buttons, className="edit-tools")]
    return parts


def build_form(tool: Tool, values: Mapping[str, Any], places: Places, own: Sequence[Plain], lang: str) -> list[Any]:
    """Return the fields of a tool, filled with values where there are some."""
    fields = [_field(one, values, places, own, lang) for one in tool.fields]
    title = html.H3(say(lang, f"edit_tool_{tool.key}"), className="edit-form-title")
    return [title, html.P(say(lang, f"edit_help_{tool.key}"), className="edit-help"), *fields]


def _field(one: Field, values: Mapping[str, Any], places: Places, own: Sequence[Plain], lang: str) -> Any:
    usual = list(one.usual) if isinstance(one.usual, tuple) else one.usual
    value = values.get(one.name, usual)
    label = say(lang, f"edit_field_{one.name}")
    shared: dict[str, Any] = {
        "id": {"kind": Kind.FIELD, "name": one.name},
        "label": label if one.needed else f"{label}{say(lang, 'edit_optional')}",
        "size": "sm",
        "className": "field",
    }
    if one.kind == "text":
        return dmc.TextInput(**shared, value=value or "")
    if one.kind == "clock":
        return dmc.TextInput(**shared, value=value or "", placeholder="06:30")
    if one.kind == "number":
        return dmc.NumberInput(
            **shared,
            value="" if value is None else value,
            min=one.low,
            max=one.high,
            hideControls=True,
            clampBehavior="none",
        )
    options = places.options(one.options, lang, own)
    chooser = {"data": options, "searchable": _many(options), "comboboxProps": {"transitionProps": {"duration": 0}}}
    if one.kind == "choices":
        return dmc.MultiSelect(**shared, **chooser, value=list(value or ()), clearable=False, hidePickedOptions=True)
    return dmc.Select(
        **shared,
        **chooser,
        value=value or ("" if not one.needed and one.options == "plans" else None),
        allowDeselect=not one.needed,
    )


def _many(options: Sequence[Mapping[str, Any]]) -> bool:
    most = 8
    return len(options) > most or any("items" in option for option in options)


def _spot_area(places: Places, lang: str) -> html.Div:
    """Return how places are chosen without the map: by name, or by latitude and longitude."""
    degrees = [
        dmc.NumberInput(id=component, label=say(lang, word), decimalScale=5, hideControls=True, size="sm")
        for component, word in ((Id.SPOT_LAT, "edit_lat"), (Id.SPOT_LON, "edit_lon"))
    ]
    return html.Div(
        [
            html.H3(id=Id.SPOT_TITLE, className="edit-spots-title"),
            html.P(id=Id.SPOT_HELP, className="edit-help"),
            html.Ol(id=Id.SPOT_LIST, className="edit-spot-list", **aria(labelledby=Id.SPOT_TITLE.value)),
            html.Div(
                [
                    dmc.Select(
                        id=Id.SPOT_PICK,
                        label=say(lang, "edit_spot_pick"),
                        data=places.spots(lang),
                        searchable=True,
                        limit=60,
                        size="sm",
                        className="field",
                        comboboxProps={"transitionProps": {"duration": 0}},
                    ),
                    html.Button(say(lang, "edit_spot_add"), id=Id.SPOT_ADD, type="button", className="button quiet"),
                ],
                className="edit-row",
            ),
            html.Details(
                [
                    html.Summary(say(lang, "edit_spot_by_degrees")),
                    html.Div(
                        [
                            *degrees,
                            html.Button(
                                say(lang, "edit_spot_add"), id=Id.SPOT_PUT, type="button", className="button quiet"
                            ),
                        ],
                        className="edit-row",
                    ),
                ],
                className="edit-degrees",
            ),
        ],
        id=Id.SPOT_AREA,
        className="edit-spot-area",
        hidden=True,
    )


def spot_rows(spots: Sequence[Spot], lang: str) -> list[Any]:
    """Return the places chosen so far, each of which can be taken out or moved up."""
    rows = []
    for number, spot in enumerate(spots):
        name = str(spot.get("name") or say(lang, "edit_free_place"))
        at = f"{spot['lat']:.5f}, {spot['lon']:.5f}"
        kind = say(lang, "edit_known_stop" if spot.get("stop") else "edit_new_place")
        rows.append(
            html.Li(
                [
                    html.Span([html.B(name), html.Span(f"{kind}　{at}", className="edit-at")]),
                    html.Span(
                        [
                            _spot_button("up", number, "▲", say(lang, "edit_spot_up", name=name)),
                            _spot_button("out", number, "✕", say(lang, "edit_spot_out", name=name)),
                        ],
                        className="edit-spot-buttons",
                    ),
                ],
                className="edit-spot",
            )
        )
    return rows or [html.Li(say(lang, "edit_no_spots"), className="edit-none")]


def _spot_button(what: str, number: int, sign: str, words: str) -> html.Button:
    return html.Button(
        sign,
        id={"kind": Kind.SPOT, "what": what, "number": number},
        type="button",
        className="edit-mini",
        **aria(label=words),
    )


def form_shell(places: Places, lang: str) -> html.Section:
    """Return the place of the form, its buttons and what it refuses."""
    return html.Section(
        [
            html.Div(id=Id.FORM, className="edit-form-fields"),
            _spot_area(places, lang),
            html.Div(id=Id.FORM_PROBLEMS, className="edit-problems", role="alert"),
            html.Div(
                [
                    html.Button(say(lang, "edit_do"), id=Id.DO, type="button", className="button"),
                    html.Button(say(lang, "edit_cancel"), id=Id.CANCEL, type="button", className="link"),
                    html.Button(say(lang, "edit_as_text"), id=Id.AS_TEXT, type="button", className="link", hidden=True),
                ],
                className="edit-row edit-form-buttons",
            ),
        ],
        id=Id.FORM_SHELL,
        className="edit-form",
        hidden=True,
        **aria(label=say(lang, "edit_form")),
    )


def tool_of(key: str) -> Tool | None:
    """Return a tool, or None where there is none of the name."""
    return TOOLS.get(key)
