"""Owns the making of an app: one call, no state outside it, so that two apps can live in one process."""

from __future__ import annotations

from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import dash_mantine_components as dmc
from dash import Dash, html

from app.features.compare.callbacks import register
from app.features.compare.layout import build_shell, build_stores
from app.features.compare.routes import register_routes
from app.features.compare.state import Lang
from app.features.compare.steps import from_address, read_lang
from app.features.population import callbacks as population
from app.features.population.ids import ADDRESS as POPULATION
from app.features.population.layout import build_population
from app.services import Run, Services
from app.settings import Settings
from app.shell import LocalDash, build_policy, page_lang, page_path, page_search, secure
from app.text import say

ASSETS = Path(__file__).resolve().parent / "assets"
UNUSED = r"(2|3)-terra-draw.*|LICENSES.*"
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


def create_app(settings: Settings, services: Services) -> Dash:
    """Return a Dash app over the runs of `services`; its Flask server is ``app.server``."""
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
    )
    dash_app.page_lang = settings.lang
    dash_app.layout = partial(build_page, settings, services)
    register(dash_app, services)
    register_routes(dash_app.server, services)
    population.register(dash_app, services)
    population.register_routes(dash_app.server, services)
    dash_app.server.after_request(secure(build_policy(dash_app, settings), settings))
    return dash_app


def build_page(settings: Settings, services: Services) -> Any:
    """Return the layout of one page load, or what to do first where there is nothing to show."""
    lang = page_lang(settings)
    search = page_search()
    runs = services.list_runs()
    if not runs:
        body: Any = html.Main(
            [
                html.H1(say(lang, "no_runs")),
                html.P(say(lang, "no_runs_help", folder=settings.runs_folder)),
            ],
            className="empty",
        )
        return dmc.MantineProvider(body, theme=THEME, forceColorScheme="light")
    if page_path() == POPULATION:
        return dmc.MantineProvider(population_page(runs, search, lang), theme=THEME, forceColorScheme="light")
    shell = build_shell(services, runs, from_address(services, search).changed(lang=lang), app_version())
    return dmc.MantineProvider([*build_stores(), shell], theme=THEME, forceColorScheme="light")


def population_page(runs: dict[str, Run], search: str, lang: Lang) -> Any:
    """Return the page of the population, for the run and language of its address."""
    asked = {name: values[0] for name, values in parse_qs(search).items()}
    chosen = asked.get("run", "")
    return build_population(runs, chosen if chosen in runs else next(iter(runs)), read_lang(asked.get("lang"), lang))


def app_version() -> str:
    """Return the installed version."""
    try:
        return version("ekisei")
    except PackageNotFoundError:  # started from a folder that was never installed
        return "dev"
