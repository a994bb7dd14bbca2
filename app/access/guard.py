"""Owns what happens before and after every request: host, origin, token, size, who it is; headers and cookies."""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import TYPE_CHECKING

from dash.exceptions import CallbackException, DependencyException
from flask import Flask, Response, g, request
from pydantic import ValidationError

from app.access.activity import CALLBACK, is_by_itself
from app.access.origin import (
    SAFE_METHODS,
    client_address,
    header_name,
    is_encrypted,
    is_known_host,
    is_same_origin,
)
from app.access.page import TOKEN_FIELD
from app.access.refusals import FORBIDDEN, TOO_LARGE, UNREADABLE, RefusedError, answer_problem, in_words
from app.access.roles import Role, User
from app.access.visitor import Visitor, here, require, sees_small_numbers
from app.features.compare.steps import read_lang
from app.logs import event_of
from app.shell import LANG_COOKIE

if TYPE_CHECKING:
    from flask import Request

    from app.access.access import Access
    from app.features.compare.state import Lang

LOG = logging.getLogger("ekisei.access")
TOKEN_HEADER = "X-CSRFToken"  # noqa: S105  # nosec B105 - the name of a header; Dash sends it
OPEN = ("/assets/", "/_dash-component-suites/", "/login", "/logout", "/w/", "/_favicon.ico")
"""Addresses anybody may ask for who reaches the server: what a login and a participant of a workshop need."""
HEALTH = "/healthz"
"""The one address that a monitor asks without a login; it holds nothing but whether all is well."""
ROOMS = {"edit": Role.EDITOR}
"""Rooms of which every callback (its ids begin with the name) and every address below the page's asks for a role."""
_MISSING, _UNKNOWN_HOST = 404, 421
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


def protect(server: Flask, access: Access) -> None:
    """Guard every request to a server."""
    # before everybody else's: Dash builds the first page in a hook of its own
    server.before_request_funcs.setdefault(None, []).insert(0, partial(check_request, access))
    server.after_request(partial(finish, access))
    server.register_error_handler(Exception, partial(answer, access))
    server.register_error_handler(DependencyException, partial(answer_missing, access))


def check_request(access: Access) -> None:
    """
    Find out who sends a request, and refuse what may not be done.

    Raises
    ------
    RefusedError
        With the words for whoever sent it.
    """
    is_readable = is_utf8(request)
    given = request.cookies.get(access.seals.visit_cookie, "")
    is_known = access.seals.is_visit(given)
    visit = given if is_known else access.seals.new_visit()
    nobody = User("", None, is_staff=False)
    Visitor(nobody, visit, not is_known, access.rules.mode, access.seals).begins()
    if not is_readable:
        raise RefusedError(UNREADABLE, in_words("refused_400"))
    check_size(access)
    if not is_known_host(request.host, access.rules):
        host, address = request.host[:100], client_address(request, access.rules)
        LOG.warning(
            "host %r refused, asked for by %s",
            host,
            address,
            extra=event_of("refused.host", host=host, address=address),
        )
        raise RefusedError(_UNKNOWN_HOST, in_words("refused_host"))
    if ".." in request.path.split("/"):
        raise RefusedError(_MISSING, in_words("refused_404"))
    is_open = request.path.startswith(OPEN) or request.path == HEALTH
    # what is open to anybody is the same for everybody, but the form of the login and what a workshop's room asks
    user = nobody if request.path.startswith(OPEN[:2]) or request.path == HEALTH else access.user_of(request, visit)
    Visitor(user, visit, not is_known, access.rules.mode, access.seals).begins()
    changes = request.method not in SAFE_METHODS
    if changes and not is_same_origin(request):
        path = request.path[:100]
        LOG.warning("request to %r from another site refused", path, extra=event_of("refused.origin", path=path))
        raise RefusedError(FORBIDDEN, in_words("refused_origin"))
    if not is_open:
        require(Role.VIEWER)  # before a body is read to find out the room
        require(room_role())
    if changes:
        check_token(access, visit)  # last: for a form, all of it has to be read
    if user.name and not is_by_itself(request):
        access.note_activity(visit)
    if request.args.get("public") == "0" and not sees_small_numbers():
        raise RefusedError(FORBIDDEN, in_words("refused_small"))


def is_utf8(asked: Request) -> bool:
    """Return whether the query of an address can be read; one that cannot is forgotten, or no answer could be made."""
    try:
        asked.query_string.decode()
    except UnicodeDecodeError:
        asked.query_string = b""
        return False
    return True


def room_role() -> Role:
    """Return the role that a request needs because of the room it belongs to."""
    path, asked = request.path, ""
    if path == CALLBACK and request.method == "POST":
        content = request.get_json(silent=True)
        asked = str(content.get("output", "")) if isinstance(content, dict) else ""
    for room, role in ROOMS.items():
        # one output is written id.property, several ..id.property...id.property.., and an id may be JSON
        if path.startswith(f"/{room}/") or re.search(rf'(^|\.\.|"){room}-', asked):
            return role
    return Role.VIEWER


def check_size(access: Access) -> None:
    """Refuse a request that is larger than its address takes, before any of it is read."""
    limit = access.body_limit(request.path)
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        raise RefusedError(TOO_LARGE, in_words("refused_413"))


def check_token(access: Access, visit: str) -> None:
    """Refuse a request that changes something, unless it carries the token of this visit."""
    token = request.headers.get(TOKEN_HEADER)
    if token is None and request.mimetype in _FORMS:
        token = request.form.get(TOKEN_FIELD)
    if not access.seals.is_token(visit, token or ""):
        raise RefusedError(FORBIDDEN, in_words("refused_token"))


def user_of_header(asked: Request, access: Access) -> User | None:
    """Return whom a trusted proxy names; None if it names nobody we know, or is not trusted."""
    name = header_name(asked, access.rules)
    account = access.users.find(name) if name and access.users is not None else None
    return None if account is None else User(account.name, account.power, is_staff=True)


def request_lang(access: Access) -> Lang:
    """Return the language of a request."""
    return read_lang(request.args.get("lang"), read_lang(request.cookies.get(LANG_COOKIE), access.lang))


def answer(access: Access, problem: Exception) -> Response:
    """Return the answer to whatever went wrong."""
    from app.commands.refusals import write_log  # noqa: PLC0415 - only where something went wrong

    visitor = g.get("ekisei_visitor")
    is_staff = visitor is not None and visitor.user.is_staff
    if request.path == CALLBACK and isinstance(problem, (ValidationError, CallbackException)):
        # read at the border of a callback by its signature and our models: what they refuse, no page of ours sends
        LOG.warning("a callback was sent values that mean nothing", extra=event_of("refused.values"))
        problem = RefusedError(UNREADABLE, in_words("refused_400"))
    return answer_problem(problem, request_lang(access), is_staff=is_staff, write_log=write_log)


def answer_missing(access: Access, _: Exception) -> Response:
    """Answer that Dash has no such file: anybody can ask for one, so it is nothing for the log."""
    return answer(access, RefusedError(_MISSING, in_words("refused_404")))


def finish(access: Access, response: Response) -> Response:
    """Add headers to an answer, and to a document the cookies of its visit."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    secure = is_encrypted(request, access.rules)
    if secure:  # on plain http a browser complains of it
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if "ekisei_visitor" not in g:
        return response
    visitor = here()
    is_document = response.mimetype == "text/html" or response.status_code == 303  # noqa: PLR2004 - see other
    if is_document and access.users is not None:
        response.headers["Cache-Control"] = "no-store"  # the next user of this PC must not find it by going back
    if is_document:
        token = access.seals.form_token(visitor.visit)
        if visitor.is_new:
            response.set_cookie(
                access.seals.visit_cookie, visitor.visit, httponly=True, samesite="Lax", secure=secure, path="/"
            )
        if visitor.is_new or request.cookies.get(access.seals.token_cookie) != token:
            # scripts of ours read it: no HttpOnly
            response.set_cookie(access.seals.token_cookie, token, samesite="Strict", secure=secure, path="/")
    return response
