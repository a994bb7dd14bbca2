"""Owns 議事メモ: notes with their moment and what was on the wall, and the draft that is never lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, select, update

from app.features.workshop.board import writable
from app.features.workshop.errors import Refusal
from app.features.workshop.tables import minute, workshop
from app.features.workshop.wording import LONGEST_NOTE, clean_text

if TYPE_CHECKING:
    from datetime import datetime

    from app.database import Database


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `run_id` was on the wall, empty for none."""

    number: int
    noted_at: datetime
    text: str
    run_id: str


def list_notes(database: Database, workshop_id: str) -> list[Note]:
    """Return the notes of a workshop in order."""
    columns = [minute.c[name] for name in Note.__dataclass_fields__]
    with database.reading() as connection:
        rows = connection.execute(
            select(*columns).where(minute.c.workshop_id == workshop_id).order_by(minute.c.number)
        ).mappings()
        return [Note(**row) for row in rows]


def keep_draft(database: Database, workshop_id: str, text: str) -> None:
    """Keep what is being written, as it is."""
    with database.writing() as connection:
        writable(connection, workshop_id)
        change = update(workshop).where(workshop.c.workshop_id == workshop_id)
        connection.execute(change.values(draft=_checked(text)))


def note(database: Database, workshop_id: str, text: str, run_id: str, now: datetime) -> None:
    """
    Write a note with its moment; the draft is done then.

    Raises
    ------
    Refusal
        ``empty``, ``too_long`` or ``closed``.
    """
    plain = _checked(text)
    if not plain:
        raise Refusal("empty")
    with database.writing() as connection:
        writable(connection, workshop_id)
        last = connection.scalar(select(func.max(minute.c.number)).where(minute.c.workshop_id == workshop_id))
        row = {"workshop_id": workshop_id, "number": (last or 0) + 1, "noted_at": now, "text": plain, "run_id": run_id}
        connection.execute(insert(minute).values(**row))
        connection.execute(update(workshop).where(workshop.c.workshop_id == workshop_id).values(draft=""))


def strike(database: Database, workshop_id: str, number: int) -> None:
    """Delete a note, and put its text back into the draft where that is empty: a slip can be mended."""
    with database.writing() as connection:
        writable(connection, workshop_id)
        this = and_(minute.c.workshop_id == workshop_id, minute.c.number == number)
        text = connection.scalar(select(minute.c.text).where(this))
        if text is None:
            return
        connection.execute(delete(minute).where(this))
        empty = and_(workshop.c.workshop_id == workshop_id, workshop.c.draft == "")
        connection.execute(update(workshop).where(empty).values(draft=text))


def _checked(text: str) -> str:
    plain = clean_text(text[: 4 * LONGEST_NOTE])
    if len(plain) > LONGEST_NOTE:
        raise Refusal("too_long", most=LONGEST_NOTE)
    return plain
