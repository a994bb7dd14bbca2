"""Owns what rooms ask about a request: who acts, whether that is allowed, the token of its forms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flask import g, has_request_context

from app.access.page import TOKEN_FIELD
from app.access.refusals import FORBIDDEN, UNAUTHORIZED, RefusedError
from app.access.roles import ROLE_TEXT, Role, User
from app.access.rules import Mode
from app.text import say
from geodata.errors import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.access.seals import Seals

__all__ = [
    "TOKEN_FIELD",
    "Visitor",
    "current",
    "form_token",
    "is_staff",
    "may",
    "require",
    "requires",
    "sees_small_numbers",
    "signed",
    "visitor",
]

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Visitor:
    """
    Whose request it is.

    Parameters
    ----------
    user
        Who acts.
    visit
        Id of the visit, as its cookie holds it.
    is_new
        Whether the browser has no such cookie yet.
    mode
        Who may come to this server.
    seals
        Of this server.
    """

    user: User
    visit: str
    is_new: bool
    mode: Mode
    seals: Seals

    def begins(self) -> None:
        """Make this the visitor of the request that is being answered."""
        g.ekisei_visitor = self


def here() -> Visitor:
    """Return whose request is being answered."""
    found: Visitor | None = g.get("ekisei_visitor")
    if found is None:
        raise RuntimeError("the server is not protected: call Desk.access.protect(server)")
    return found


def become(user: User, visit: str) -> None:
    """Go on as another user on another visit: after logging in or out."""
    replace(here(), user=user, visit=visit, is_new=True).begins()


def current() -> User:
    """Return who acts in the request that is being answered."""
    return here().user


def signed(typed: str) -> str:
    """Return who is written down for a change: what was typed, and the name of the login where there is one."""
    name = current().name if has_request_context() else ""
    who = typed.strip()
    return f"{who}（{name}）" if name and who not in {"", name} else who or name


def visitor() -> str:
    """Return a name for this browser that tells nothing about who it is; the same until it is closed."""
    return here().seals.pseudonym(here().visit)


def form_token() -> str:
    """Return what a form must send back in its field `TOKEN_FIELD`."""
    return here().seals.form_token(here().visit)


def may(role: Role) -> bool:
    """Return whether who acts may do what a role may, to show only what can be pressed; true outside of any request."""
    return not has_request_context() or current().may(role)


def is_staff() -> bool:
    """Return whether who acts may read what names people and files: who is logged in, and outside of any request."""
    return not has_request_context() or current().is_staff


def sees_small_numbers() -> bool:
    """Return whether cells and groups of few persons may be shown: to staff."""
    return is_staff()


def require(role: Role) -> User:
    """
    Return who acts, if that user may do what a role may.

    Raises
    ------
    RefusedError
        Else: 401 where a login would help, 403 where it would not.
    """
    user = current()
    if user.may(role):
        return user
    if not user.name and here().mode is Mode.LOGIN:
        raise RefusedError(UNAUTHORIZED, _words("refused_login", role))
    key = "refused_guest" if here().mode is Mode.GUESTS else "refused_role"
    raise RefusedError(FORBIDDEN, _words(key, role))


def requires(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator for routes: `require` is asked before each call."""

    def decorate(route: Callable[P, R]) -> Callable[P, R]:
        @wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            require(role)
            return route(*args, **kwargs)

        return guarded

    return decorate


def _words(key: str, role: Role) -> Text:
    named: dict[str, Any] = {lang: ROLE_TEXT[role].get(lang) for lang in ("ja", "en")}
    return Text(say("ja", key, role=named["ja"]), say("en", key, role=named["en"]))
