"""Owns logging in and out: plain forms that work without a script."""

from __future__ import annotations

import logging
import math
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Response, redirect, request

from app.access.guard import request_lang
from app.access.origin import client_address, is_encrypted
from app.access.page import LOGIN, LOGOUT, build_account, build_login, build_no_login, safe_goal
from app.access.passwords import hash_password, is_outdated, is_right
from app.access.refusals import TOO_MANY, UNAUTHORIZED
from app.access.roles import User
from app.access.rules import Mode, is_loopback
from app.access.visitor import become, current, form_token, here
from app.logs import event_of
from app.text import say
from geodata.errors import CitySimError

if TYPE_CHECKING:
    from app.access.access import Access
    from app.access.users import Account

LOG = logging.getLogger("ekisei.access")
_MINUTE_S = 60


def register_routes(server: Flask, access: Access) -> None:
    """Add the pages of the login to a server."""
    server.add_url_rule(LOGIN, "login", partial(show, access), methods=["GET"])
    server.add_url_rule(LOGIN, "log_in", partial(log_in, access), methods=["POST"])
    server.add_url_rule(LOGOUT, "log_out", partial(log_out, access), methods=["POST"])


def user_of_session(visit: str, access: Access) -> User | None:
    """Return who is logged in on a visit; None if the account is gone or has another password since."""
    from app.access.sessions import is_same_account  # noqa: PLC0415 - brings SQLAlchemy

    found = access.sessions.name_of(visit)
    if found is None or access.users is None:
        return None
    account = access.users.find(found[0])
    if account is None or not is_same_account(found[1], account):
        return None
    return User(account.name, account.power, is_staff=True)


def show(access: Access) -> Response:
    """Answer with the form, or with who is logged in, or why nobody logs in here."""
    lang = request_lang(access)
    mode = access.rules.mode
    if mode is not Mode.LOGIN:
        told = say(lang, f"login_mode_{mode.value}", name=current().name or say(lang, "login_nobody"))
        return Response(build_no_login(lang, told))
    if current().name:
        return Response(build_account(lang, form_token(), current()))
    return _form(access, safe_goal(request.args.get("next", "/")))


def log_in(access: Access) -> Response:
    """Check name and password; the visit gets another id, so that nobody else can know it."""
    if access.rules.mode is not Mode.LOGIN or access.users is None:
        return show(access)
    lang, address = request_lang(access), client_address(request, access.rules)
    goal = safe_goal(request.form.get("next", "/"))
    name, password = request.form.get("name", "").strip()[:64], request.form.get("password", "")
    wait_s = access.attempts.begin(address, name)
    if wait_s:
        LOG.warning("too many logins from %s", address, extra=event_of("login.too_many", address=address))
        told = say(lang, "login_wait", minutes=math.ceil(wait_s / _MINUTE_S))
        response = _form(access, goal, name, told, TOO_MANY)
        response.headers["Retry-After"] = str(math.ceil(wait_s))
        return response
    account = access.users.find(name)
    if not is_right(account.password if account else None, password) or account is None:
        # a name nobody has is not written down: people type passwords into the wrong field
        known = account.name if account else "(unknown)"
        LOG.warning(
            "login of %s from %s refused", known, address, extra=event_of("login.refused", user=known, address=address)
        )
        return _form(access, goal, name, say(lang, "login_wrong"), UNAUTHORIZED)
    access.attempts.succeed(address, name)
    account = _with_newer_hash(access, account, password)
    access.sessions.end(here().visit)
    visit = access.seals.new_visit()
    access.sessions.begin(visit, account)
    become(User(account.name, account.power, is_staff=True), visit)
    LOG.info("%s logged in from %s", account.name, address, extra=event_of("login", user=account.name, address=address))
    return redirect(goal, 303)  # type: ignore[return-value]  # werkzeug's own Response is meant


def log_out(access: Access) -> Response:
    """End the session for good, not only in this browser."""
    if access.rules.mode is Mode.LOGIN:
        access.sessions.end(here().visit)
        name = current().name or "(nobody)"
        LOG.info("%s logged out", name, extra=event_of("logout", user=name))
        become(access.guest(), access.seals.new_visit())
    response = redirect(f"{LOGIN}?lang={request_lang(access)}", 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response  # type: ignore[return-value]  # werkzeug's own Response is meant


def _form(access: Access, goal: str, name: str = "", problem: str = "", status: int = 200) -> Response:
    encrypted = is_encrypted(request, access.rules) or is_loopback(request.remote_addr or "")
    page = build_login(request_lang(access), form_token(), goal, name=name, problem=problem, encrypted=encrypted)
    return Response(page, status, headers={"Cache-Control": "no-store"})


def _with_newer_hash(access: Access, account: Account, password: str) -> Account:
    """Return the account with a hash of today's strength; one that cannot be written stays as it is."""
    if account.password is None or access.users is None or not is_outdated(account.password):
        return account
    try:
        return access.users.renew(account, hash_password(password))
    except CitySimError:
        LOG.warning("the hash of %s could not be renewed", account.name, extra=event_of("login.hash_kept"))
        return account
