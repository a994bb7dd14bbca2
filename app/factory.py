"""Owns the making of an app: one call, no state outside it, so that two apps can live in one process."""

from __future__ import annotations

from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import dash_mantine_components as dmc
from dash import Dash, html
from flask import redirect, request

from app.components.frame import build_frame
from app.desk import Desk
from app.features.compare.page import ADDRESS as COMPARE
from app.features.compare.page import is_view
from app.features.compare.steps import read_lang
from app.health import register_health
from app.pages import PAGES, page_at
from app.payload import guard_payloads
from app.services import Services
from app.settings import Settings
from app.shell import LocalDash, build_policy, page_lang, page_path, page_search, secure
from app.text import say
from app.visit import Visit

ASSETS = Path(__file__).resolve().parent / "assets"
UNUSED = r"(2|3)-terra-draw.*|LICENSES.*|workshop_(outbox|phone|pin_map)\.js"
FONT = "'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic UI','Meiryo',system-ui,sans-serif"
TEALS = ["#e3f2f0", "#c9e6e2", "#a3d3cc", "#78bdb4", "#4fa69b", "#2e8f84", "#1a8077", "#0f766e", "#0b5d57", "#074540"]
THEME = {
    "fontFamily": FONT,
    "headings": {"fontFamily": FONT},
    "primaryColor": "ekisei",
    "primaryShade": 7,
    "colors": {"ekisei": TEALS},
    "defaultRadius": "md",
    "respectReducedMotion": True,
}


def create_app(settings: Settings, services: Services, desk: Desk | None = None) -> Dash:
    """Return a Dash app over the runs of `services`; its Flask server is ``app.server``."""
    shared = Desk(settings, services) if desk is None else desk
    dash_app = LocalDash(
        "app",
        assets_folder=str(ASSETS),
        assets_ignore=UNUSED,
        serve_locally=True,
        use_pages=False,
        pages_folder="",
        title="駅勢 Ekisei",
        update_title="",
        suppress_callback_exceptions=True,
        csrf_token_name=shared.access.token_cookie,
    )
    shared.access.protect(dash_app.server)
    guard_payloads(dash_app)
    dash_app.page_lang = settings.lang
    dash_app.page_words = {page.address: f"nav_{page.key}" for page in PAGES}
    dash_app.layout = partial(build_page, shared)
    for page in PAGES:
        if page.register is not None:
            page.register(dash_app, shared)
        if page.register_routes is not None:
            page.register_routes(dash_app.server, shared)
    register_health(dash_app.server, shared)
    dash_app.server.before_request(send_old_views)
    dash_app.server.after_request(secure(build_policy(dash_app, settings), settings))
    return dash_app


def send_old_views() -> Any:
    """Send a view that was kept when the comparison stood at / to where it is now."""
    if request.path == "/" and is_view(request.args):
        return redirect(f"{COMPARE}?{request.query_string.decode()}")
    return None


def build_page(desk: Desk) -> Any:
    """Return the layout of one page load, or what to do first where there is nothing to show."""
    search = page_search()
    query = {name: values[-1] for name, values in parse_qs(search).items()}
    lang = read_lang(query.get("lang"), page_lang(desk.settings))
    runs = desk.services.list_runs()
    visit = Visit(desk, runs, search, query, lang, app_version(), tuple((page.key, page.address) for page in PAGES))
    page = page_at(page_path()) or PAGES[0]
    found = [build_empty(visit, page.key)] if page.needs_runs and not runs else page.build(visit)
    return dmc.MantineProvider(found, theme=THEME, forceColorScheme="light")


def build_empty(visit: Visit, key: str) -> Any:
    """Return what to do where no scenario was run yet."""
    help_text = say(visit.lang, "no_runs_help", folder=visit.desk.settings.runs_folder)
    return build_frame(visit, key, [html.H2(say(visit.lang, "no_runs")), html.P(help_text)])


def app_version() -> str:
    """Return the installed version."""
    try:
        return version("ekisei")
    except PackageNotFoundError:  # started from a folder that was never installed
        return "dev"
