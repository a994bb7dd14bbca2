"""Owns that a phone takes part: what it is called in the tables, and the mark that it opened the page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, insert, select

from app.features.workshop.board import touch, writable
from app.features.workshop.tables import joined

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.database import Database

MOST_JOINED = 5_000
"""Phones of one workshop that are counted: nobody can fill the list up for ever."""


def name_of(token: str) -> str:
    """Return what a phone is called in the tables: a hash, from which its token cannot be had."""
    return hashlib.sha256(token.encode()).hexdigest()


def join(database: Database, workshop_id: str, token: str) -> None:
    """
    Count a phone that opened the page; the same one again changes nothing.

    Raises
    ------
    Refusal
        ``closed`` or ``gone``.
    """
    with database.writing() as connection:
        writable(connection, workshop_id)
        if mark_joined(connection, workshop_id, name_of(token)):
            touch(connection, workshop_id)


def has_joined(database: Database, workshop_id: str, token: str) -> bool:
    """Return whether a phone is counted already."""
    with database.reading() as connection:
        return _is_marked(connection, workshop_id, name_of(token))


def mark_joined(connection: Connection, workshop_id: str, who: str) -> bool:
    """Count a phone by its name in the tables; tell whether it was not counted before."""
    n_marked = connection.scalar(select(func.count()).where(joined.c.workshop_id == workshop_id)) or 0
    if n_marked >= MOST_JOINED or _is_marked(connection, workshop_id, who):
        return False
    connection.execute(insert(joined).values(workshop_id=workshop_id, phone=who))
    return True


def _is_marked(connection: Connection, workshop_id: str, who: str) -> bool:
    own = and_(joined.c.workshop_id == workshop_id, joined.c.phone == who)
    return bool(connection.scalar(select(func.count()).select_from(joined).where(own)))
