"""Owns what somebody reads who is refused: a plain page, or words for a script; never a traceback."""

from __future__ import annotations

import json
import logging
import secrets
from typing import TYPE_CHECKING, Any

from flask import Response, redirect, request

from app.access.page import build_document, build_notice, login_address
from app.logs import event_of
from app.text import say
from geodata.errors import CitySimError, Text

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger("ekisei.access")
MARK = "X-Ekisei-Refusal"
UNREADABLE, UNAUTHORIZED, FORBIDDEN, TOO_LARGE, TOO_MANY, BROKEN = 400, 401, 403, 413, 429, 500
_TOLD = frozenset({400, 403, 404, 405, 413, 429})


class RefusedError(Exception):
    """
    A request that is not answered, with words for whoever sent it.

    Parameters
    ----------
    status
        Of HTTP.
    text
        What stands in the way, and what to do.
    wait_s
        After which time another try makes sense.
    """

    def __init__(self, status: int, text: Text, wait_s: float = 0.0) -> None:
        super().__init__(text.en)
        self.status = status
        self.text = text
        self.wait_s = wait_s


def in_words(key: str, **parts: object) -> Text:
    """Return words of the catalogue in both languages."""
    return Text(say("ja", key, **parts), say("en", key, **parts))


def wants_document() -> bool:
    """Return whether the request was made by going to an address, not by a script."""
    if request.headers.get("Sec-Fetch-Dest", "document") not in {"document", "iframe"}:
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def answer_refusal(problem: RefusedError, lang: str) -> Response:
    """Return the answer to a refused request; whoever is not logged in is led to where that is done."""
    if problem.status == UNAUTHORIZED and wants_document() and request.method == "GET":
        response: Any = redirect(login_address(request.full_path.rstrip("?"), lang), 303)
    elif wants_document():
        response = Response(build_document(lang, *build_notice(problem.status, problem.text.get(lang), lang)))
        response.status_code = problem.status
    else:
        told = {"error": problem.text.get(lang), "close": say(lang, "refused_close")}
        if problem.status == UNAUTHORIZED:
            told |= {"login": login_address(_page_of_script(), lang), "login_word": say(lang, "login_title")}
        response = Response(json.dumps(told, ensure_ascii=False), problem.status, mimetype="application/json")
        response.headers[MARK] = "1"
    response.headers["Cache-Control"] = "no-store"
    if problem.wait_s:
        response.headers["Retry-After"] = str(int(problem.wait_s) + 1)
    return response  # type: ignore[no-any-return]  # werkzeug's own Response is meant


def answer_problem(problem: Exception, lang: str, *, is_staff: bool, write_log: Callable[[], object]) -> Response:
    """
    Return the answer to whatever went wrong.

    Parameters
    ----------
    problem
        What was raised.
    lang
        Language of the answer.
    is_staff
        Whether the sender may read our own refusals, which name files.
    write_log
        Keeps the traceback of what nobody expected.
    """
    if isinstance(problem, RefusedError):
        return answer_refusal(problem, lang)
    status = getattr(problem, "code", None)
    if isinstance(status, int) and hasattr(problem, "get_response"):  # raised by the server's own library
        key = f"refused_{status}" if status in _TOLD else "refused_other"
        return answer_refusal(RefusedError(status, in_words(key, status=status)), lang)
    if isinstance(problem, CitySimError) and is_staff:
        return answer_refusal(RefusedError(BROKEN, Text(problem.render("ja"), problem.render("en"))), lang)
    number = secrets.token_hex(3)
    LOG.error(
        "request %s %r failed (%s)",
        request.method,
        request.path,
        number,
        exc_info=problem,
        extra=event_of("request.failed", method=request.method, path=request.path, number=number),
    )
    write_log()
    return answer_refusal(RefusedError(BROKEN, in_words("refused_500", number=number)), lang)


def _page_of_script() -> str:
    """Return the address of the page whose script asked."""
    _, found, rest = (request.referrer or "").partition(request.host)
    return rest if found and rest.startswith("/") else "/"
