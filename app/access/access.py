"""Owns the access of one server: its rules, users, sessions and limits put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.access import guard, login
from app.access.attempts import Attempts
from app.access.roles import AT_THE_DESK, Role, User
from app.access.rules import AccessRules, Mode, check_rules
from app.access.seals import Seals, read_secret
from app.access.users import UserFile
from geodata.errors import Text, UsageError, error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask, Request

    from app.access.sessions import Sessions
    from app.database import Database
    from app.features.compare.state import Lang

BODY = 1_000_000
CALLBACK_BODY = 12_000_000
"""Bytes of a request: of a form, and of a callback of Dash, which may carry a file in base64."""


class Access:
    """
    Who may do what on one server.

    Parameters
    ----------
    rules
        Where it listens and whom it believes.
    home
        Where its secret is kept; None: only until it stops.
    database
        Where sessions are kept, asked for only if somebody can log in.
    lang
        Of pages whose visitor has not chosen one.
    """

    def __init__(self, rules: AccessRules, home: Path | None, database: Callable[[], Database], lang: Lang) -> None:
        self.rules = check_rules(rules)
        self.lang = lang
        self.seals = Seals(read_secret(home))
        self.users = UserFile(rules.users_file) if rules.users_file is not None else None
        self.attempts = Attempts()
        self.home = home
        self._database = database
        self._sessions: Sessions | None = None
        self._bodies: dict[str, int] = {"/_dash-update-component": CALLBACK_BODY}

    @property
    def token_cookie(self) -> str:
        """Name of the cookie that Dash's scripts read the form token from."""
        return self.seals.token_cookie

    @property
    def sessions(self) -> Sessions:
        """Who is logged in."""
        if self._sessions is None:
            from app.access.sessions import Sessions  # noqa: PLC0415 - brings SQLAlchemy, which a desk may not need

            self._sessions = Sessions(self._database)
        return self._sessions

    def protect(self, server: Flask) -> None:
        """Guard every request to a server and add the pages of the login; to be called before its other hooks."""
        guard.protect(server, self)
        login.register_routes(server, self)

    def allow_body(self, prefix: str, n_bytes: int) -> None:
        """Let requests to addresses that begin with `prefix` be larger than a form."""
        self._bodies[prefix] = n_bytes

    def body_limit(self, path: str) -> int:
        """Return how many bytes a request to an address may have."""
        return max((n for prefix, n in self._bodies.items() if path.startswith(prefix)), default=BODY)

    @property
    def largest_body(self) -> int:
        """How many bytes any request may have."""
        return max(BODY, *self._bodies.values())

    def guest(self) -> User:
        """Return who somebody is whom nobody has named."""
        if self.rules.mode is Mode.DESK:
            return AT_THE_DESK
        return User("", Role.VIEWER if self.rules.guests_may_look else None, is_staff=False)

    def user_of(self, request: Request, visit: str) -> User:
        """
        Return who sends a request on a visit.

        Raises
        ------
        DataError
            If the file of users or the database cannot be read: then nobody is let in.
        """
        if self.users is None:
            return self.guest()
        if self.rules.mode is Mode.HEADER:
            return guard.user_of_header(request, self) or self.guest()
        return login.user_of_session(visit, self) or self.guest()

    def note_activity(self, visit: str) -> None:
        """Note that whoever is logged in on a visit is still there."""
        if self.rules.mode is Mode.LOGIN:
            self.sessions.note(visit)

    def check(self) -> None:
        """
        Refuse to start where nobody could log in.

        Raises
        ------
        CitySimError
            If the file of users cannot be read, or holds nobody who could.
        """
        if self.users is None:
            return
        accounts = self.users.read().values()
        if any(account.password or self.rules.mode is Mode.HEADER for account in accounts):
            return
        message = Text("ログインできる利用者がいません", "nobody in it can log in")
        hint = Text(
            f"ekisei user add 名前 --role 編集 --users {self.users.path} で加えてください",
            f"add somebody: ekisei user add NAME --role editor --users {self.users.path}",
        )
        raise UsageError(error("access.no_users", str(self.users.path), message, hint))
