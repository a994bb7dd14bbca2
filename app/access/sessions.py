"""Owns who is logged in: kept in the database, so that logging out ends a session for good."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Column, String, Table, delete, insert, or_, select, update

from app.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.access.users import Account
    from app.database import Database

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
_NOTED = timedelta(minutes=1)
"""How often it is written down that somebody is still there."""
KEPT = 1_024
"""Sessions of which it is known when that was; of more, it is written down more often."""

access_sessions = Table(
    "access_sessions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("stamp", String(64), nullable=False),
    Column("begun", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)
"""`key` is a hash of the visit's id, so that nobody who reads the table can take over a session."""


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Sessions:
    """
    Who is logged in on which visit.

    Parameters
    ----------
    database
        Where they are kept.
    clock
        The time.
    """

    def __init__(self, database: Callable[[], Database], clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._noted: dict[str, datetime] = {}

    def begin(self, visit: str, account: Account) -> None:
        """Note that somebody has logged in; sessions that have run out are forgotten."""
        moment = self._clock()
        row = {"key": _key(visit), "name": account.name, "stamp": _stamp(account), "begun": moment, "seen": moment}
        with self._database().writing() as connection:
            connection.execute(
                delete(access_sessions).where(
                    or_(access_sessions.c.seen < moment - IDLE, access_sessions.c.begun < moment - LONGEST)
                )
            )
            connection.execute(insert(access_sessions).values(row))

    def name_of(self, visit: str) -> tuple[str, str] | None:
        """Return who is logged in on a visit and the stamp of the account then; None if nobody is, or is any more."""
        moment = self._clock()
        here = access_sessions.c.key == _key(visit)
        with self._database().reading() as connection:
            row = connection.execute(select(access_sessions).where(here)).one_or_none()
        if row is None or moment - row.seen > IDLE or moment - row.begun > LONGEST:
            return None
        return str(row.name), str(row.stamp)

    def note(self, visit: str) -> None:
        """Note that somebody who is logged in is there; written down once a minute."""
        moment, key = self._clock(), _key(visit)
        with self._lock:
            last = self._noted.pop(key, None)
            is_due = last is None or moment - last > _NOTED
            self._noted[key] = moment if is_due or last is None else last
            while len(self._noted) > KEPT:
                self._noted.pop(next(iter(self._noted)))
        if is_due:
            with self._database().writing() as connection:
                connection.execute(update(access_sessions).where(access_sessions.c.key == key).values(seen=moment))

    def end(self, visit: str) -> None:
        """Log a visit out."""
        with self._database().writing() as connection:
            connection.execute(delete(access_sessions).where(access_sessions.c.key == _key(visit)))


def is_same_account(stamp: str, account: Account) -> bool:
    """Return whether an account still has the password that the session began with."""
    return stamp == _stamp(account)


def _key(visit: str) -> str:
    return hashlib.sha256(visit.encode()).hexdigest()


def _stamp(account: Account) -> str:
    return hashlib.sha256(f"{account.name}\0{account.password}".encode()).hexdigest()
