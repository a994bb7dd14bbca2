"""Owns the frame around the page: HTML document, language, security headers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dash import Dash
from flask import Response, request

from app.features.compare.state import Lang
from app.features.compare.steps import read_lang
from app.settings import Settings
from app.text import say
from app.typed_callback import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LANG_COOKIE = "ekisei_lang"

DOCUMENT = """<!DOCTYPE html>
<html lang="{lang}">
<head>
{metas}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
{css}
</head>
<body>
{app_entry}
<div hidden>{config}{scripts}{renderer}</div>
</body>
</html>"""


class LocalDash(Dash):
    """A Dash app whose document speaks the language of its address."""

    page_lang: Lang = "ja"
    page_words: Mapping[str, str] = MappingProxyType({})  # address of a page → the key of its name

    def callback(self, *args: Any, **kwargs: Any) -> Any:
        """Wire a function that is only called with what its signature says."""
        wire = super().callback(*args, **kwargs)
        return lambda function: wire(typed(function))

    def interpolate_index(self, *_: Any, **kwargs: Any) -> str:
        """Return the document; `lang` follows the address, so that screen readers start right."""
        lang = read_lang(request.args.get("lang"), self.page_lang)
        word = self.page_words.get(request.path.rstrip("/") or "/")
        title = f"{say(lang, word)} – {kwargs['title']}" if word else kwargs["title"]
        parts = {key: kwargs[key] for key in ("metas", "css", "app_entry", "config", "scripts", "renderer")}
        return DOCUMENT.format(lang=lang, title=title, **parts)


def page_lang(settings: Settings) -> Lang:
    """Return the language of the page being built: set by the address of its document."""
    return read_lang(request.cookies.get(LANG_COOKIE), settings.lang)


def page_search() -> str:
    """Return the query of the document the page is built for: the controls stand right from the first moment."""
    return urlsplit(request.referrer or "").query


def page_path() -> str:
    """Return the path of the document the page is built for."""
    return urlsplit(request.referrer or "").path.rstrip("/") or "/"


def build_policy(dash_app: Dash, settings: Settings) -> str:
    """Return the content policy: nothing but this server, and the tile server as an image source if allowed."""
    tiles = f" {settings.tiles_origin}" if settings.tiles_origin else ""
    scripts = " ".join(dash_app.csp_hashes())
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' {scripts}".strip(),
        "style-src": "'self' 'unsafe-inline'",  # the component libraries set styles in place
        "img-src": f"'self' data: blob:{tiles}",
        "connect-src": f"'self'{tiles}",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",  # MapLibre builds its worker from a blob
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def secure(policy: str, settings: Settings) -> Callable[[Response], Response]:
    """Return the hook that adds headers to every answer."""

    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
        if response.mimetype == "text/html" and request.method == "GET":  # a document of one of the pages
            lang = read_lang(request.args.get("lang"), settings.lang)
            response.set_cookie(LANG_COOKIE, lang, samesite="Strict", httponly=True)
        return response

    return add_headers
