"""Owns the title bar of the comparison."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from app.components.frame import build_brand
from app.features.compare.export import build_export_menu
from app.features.compare.ids import Id
from app.features.compare.state import ViewState
from app.services import Services
from app.text import say


def build_head(services: Services, state: ViewState) -> list[Any]:
    """Return the title bar."""
    lang = state.lang
    return [
        build_brand(services.city.name.get(lang), say(lang, "nav_compare")),
        html.Div(
            [
                html.Span(
                    dmc.Switch(
                        id=Id.PUBLIC, label=say(lang, "public"), checked=state.public, size="sm", labelPosition="left"
                    ),
                    title=say(lang, "public_help"),
                ),
                dmc.SegmentedControl(
                    id=Id.LANG,
                    value=lang,
                    size="xs",
                    data=[{"value": "ja", "label": "日本語"}, {"value": "en", "label": "English"}],
                    className="lang",
                    attributes={"root": {"aria-label": say(lang, "language")}},
                ),
                build_export_menu(lang),
                html.Button(say(lang, "targets_open"), id=Id.TARGETS_OPEN, className="button targets", type="button"),
                html.Span(say(lang, "present_hint"), className="present-hint"),
                html.Button(say(lang, "present_end"), id=Id.PRESENT_END, className="button present-end", type="button"),
                html.Button(say(lang, "present"), id=Id.PRESENT, className="button present", type="button"),
            ],
            className="tools",
        ),
    ]
