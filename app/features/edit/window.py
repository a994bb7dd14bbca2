"""Owns what the windows of the editor share: a head with a name and a way out, and fields of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from app.components.attributes import aria
from app.features.edit.ids import Id
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

STILL = {"transitionProps": {"duration": 0}}


def window_head(lang: str, title: str, close: Id) -> html.Div:
    """Return the head of a window; the library's own is a second banner of the page."""
    button = html.Button("✕", id=close, type="button", className="edit-mini", **aria(label=say(lang, "edit_close")))
    return html.Div([html.H2(say(lang, title)), button], className="edit-window-head")


def build_window(body: Sequence[Any], *, lang: str, title: str, window: Id, close: Id, size: str) -> dmc.Modal:
    """Return a window that opens and closes at once."""
    return dmc.Modal(
        [window_head(lang, title, close), *body],
        id=window,
        size=size,
        withCloseButton=False,
        keepMounted=True,
        **STILL,
    )


def text_field(component: Id, label: str, help_text: str = "") -> dmc.TextInput:
    """Return a field of one line; who saves is remembered by this device."""
    kept = {"persistence": True, "persistence_type": "local"} if component is Id.WHO else {}
    return dmc.TextInput(
        id=component, label=label, description=help_text or None, size="sm", className="field", value="", **kept
    )
