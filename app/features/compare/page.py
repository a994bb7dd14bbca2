"""Owns the comparison as one of the pages: its address, what builds it, what wires it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components.navigation import build_navigation
from app.features.compare import callbacks, routes
from app.features.compare.layout import build_shell, build_stores
from app.features.compare.state import SHORT
from app.features.compare.steps import from_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash import Dash
    from flask import Flask

    from app.desk import Desk
    from app.visit import Visit

ADDRESS = "/compare"
TOLD = frozenset({SHORT["left"], SHORT["right"], SHORT["metric"], SHORT["mode"]})


def build(visit: Visit) -> list[Any]:
    """Return the page for the view of its address."""
    services = visit.desk.services
    state = from_address(services, visit.search).changed(lang=visit.lang)
    navigation = build_navigation(visit.places, visit.lang, "compare")
    return [*build_stores(services, state), build_shell(services, visit.runs, state, visit.version, navigation)]


def register(dash_app: Dash, desk: Desk) -> None:
    """Wire the page into an app."""
    callbacks.register(dash_app, desk.services)


def register_routes(server: Flask, desk: Desk) -> None:
    """Add the addresses of arrays to the server of one app."""
    routes.register_routes(server, desk.services)


def is_view(query: Mapping[str, str]) -> bool:
    """Tell whether a query describes a view of the comparison, which once was the page at /."""
    return bool(TOLD & query.keys())
