"""Owns the plain addresses of the page of data: the import report, and the form that checks files."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from flask import Response, request

from app.access import TOKEN_FIELD, Role, form_token, requires
from app.access.page import build_document
from app.features.compare.steps import read_lang
from app.features.sources.checking import LARGEST, Handed, check_files
from app.features.sources.ids import CHECK, REPORT
from app.features.sources.report import POLICY, read_report
from app.text import say
from geodata.errors import CitySimError, render_problems

if TYPE_CHECKING:
    from flask import Flask

    from app.desk import Desk

FIELD = "files"
FORM_ROOM = 1_000_000
"""Bytes that a form may have beside its files."""


def register_routes(server: Flask, desk: Desk) -> None:
    """Add the addresses to the server of one app."""
    desk.access.allow_body(CHECK, LARGEST + FORM_ROOM)
    server.add_url_rule(REPORT, "import_report", partial(import_report, desk))
    server.add_url_rule(CHECK, "check_form", partial(check_form, desk))
    server.add_url_rule(CHECK, "check", requires(Role.EDITOR)(partial(check, desk)), methods=["POST"])


def import_report(desk: Desk) -> Response:
    """Return the report of the city that is served."""
    body = read_report(desk.settings.city_folder)
    return Response("not found", 404) if body is None else report_page(body)


def report_page(body: bytes) -> Response:
    """Return a report that runs nothing and asks for nothing."""
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": POLICY})


def check_form(desk: Desk, problem: str = "") -> Response:
    """Return the form, with what was wrong the last time."""
    lang = read_lang(request.args.get("lang"), desk.settings.lang)
    told = f'<pre class="plain-problem" role="alert">{escape(problem)}</pre>' if problem else ""
    body = f"""<form class="plain-card" method="post" enctype="multipart/form-data" action="{CHECK}?lang={lang}">
{told}<input type="hidden" name="{TOKEN_FIELD}" value="{escape(form_token())}">
<p>{escape(say(lang, "data_check_help"))}</p>
<p><label for="{FIELD}">{escape(say(lang, "data_files"))}</label>
<input id="{FIELD}" name="{FIELD}" type="file" multiple required></p>
<p><button class="button" type="submit">{escape(say(lang, "data_check_start"))}</button></p></form>
<p class="plain-note">{escape(say(lang, "data_check_note", most=LARGEST // 1_000_000))}</p>
<p><a href="/data?lang={lang}">{escape(say(lang, "data_back"))}</a></p>"""
    page = build_document(lang, say(lang, "data_check"), body)
    return Response(page, 400 if problem else 200, mimetype="text/html")


def check(desk: Desk) -> Response:
    """Read the files that were handed in and return the report, or the form with what is wrong."""
    lang = read_lang(request.args.get("lang"), desk.settings.lang)
    handed = [Handed(one.filename or "", one.stream) for one in request.files.getlist(FIELD)]  # type: ignore[arg-type]
    try:
        return report_page(check_files(handed, lang))
    except CitySimError as cause:
        return check_form(desk, render_problems(cause.problems, lang))
