"""Owns the word beside the navigation that says who is logged in, and leads to where that is changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import html
from flask import g, has_request_context

from app.access import ROLE_TEXT, Mode, current
from app.access.page import LOGIN, login_address
from app.access.visitor import here
from app.shell import page_path, page_search
from app.text import say


def account_link(lang: str) -> list[Any]:
    """Return a link to the login, or with the name of who is logged in; nothing on a PC of one's own."""
    if not has_request_context() or "ekisei_visitor" not in g or here().mode is Mode.DESK:
        return []
    user = current()
    if user.name:
        role = ROLE_TEXT[user.role].get(lang) if user.role else say(lang, "login_no_role")
        words = say(lang, "account_named", name=user.name, role=role)
        href = f"{LOGIN}?{urlencode({'lang': lang})}"
        return [html.A(words, href=href, className="nav-link nav-account", title=say(lang, "account_title"))]
    if here().mode is not Mode.LOGIN:
        role = say(lang, "account_guest")
        return [html.A(role, href=f"{LOGIN}?{urlencode({'lang': lang})}", className="nav-link nav-account")]
    search = page_search()
    goal = page_path() + (f"?{search}" if search else "")
    return [html.A(say(lang, "login_title"), href=login_address(goal, lang), className="nav-link nav-account")]
