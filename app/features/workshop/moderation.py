"""Owns what the moderator decides: which voices the room sees, why others are kept back, and taking that back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, select, update

from app.features.workshop.board import touch, writable
from app.features.workshop.errors import Refusal
from app.features.workshop.tables import judgement, voice
from app.features.workshop.wording import LONGEST_LINE, clean_line

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import RowMapping

    from app.database import Database

WAITING, APPROVED, HIDDEN = "waiting", "approved", "hidden"
STATES = (WAITING, APPROVED, HIDDEN)
REASONS = ("personal", "offensive", "off_topic", "double", "other")
"""Why a voice is not shown; the words are in the catalogue."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice as the moderator sees it; nothing of the phone it came from."""

    post_id: str
    theme: str
    text: str
    lon: float | None
    lat: float | None
    place: str
    run_id: str
    run_key: str
    state: str
    reason: str
    posted_at: datetime


def list_voices(database: Database, workshop_id: str, *states: str) -> list[Voice]:
    """Return voices in the order they came; of all states where none is named."""
    wanted = select(voice).where(voice.c.workshop_id == workshop_id, voice.c.state.in_(states or STATES))
    with database.reading() as connection:
        rows = connection.execute(wanted.order_by(voice.c.posted_at, voice.c.post_id)).mappings()
        return [_to_voice(row) for row in rows]


def judge(database: Database, workshop_id: str, post_id: str, state: str, now: datetime, reason: str = "") -> None:
    """
    Approve a voice, hide it, or put it back into the queue.

    Raises
    ------
    Refusal
        ``gone`` (its author took it back), ``closed``, ``no_reason`` (hiding needs one) or ``too_long``.
    """
    told = clean_line(reason) if state == HIDDEN else ""
    if state == HIDDEN and not told:
        raise Refusal("no_reason")
    if len(told) > LONGEST_LINE:
        raise Refusal("too_long", most=LONGEST_LINE)
    with database.writing() as connection:
        writable(connection, workshop_id)
        this = and_(voice.c.workshop_id == workshop_id, voice.c.post_id == post_id)
        found = connection.execute(select(voice.c.state, voice.c.reason).where(this)).one_or_none()
        if found is None or state not in STATES:
            raise Refusal("gone")
        last = connection.scalar(select(func.max(judgement.c.number)).where(judgement.c.workshop_id == workshop_id))
        row = {
            "workshop_id": workshop_id,
            "number": (last or 0) + 1,
            "post_id": post_id,
            "before": found.state,
            "before_reason": found.reason,
            "after": state,
            "reason": told,
            "judged_at": now,
        }
        connection.execute(insert(judgement).values(**row))
        connection.execute(update(voice).where(this).values(state=state, reason=told))
        touch(connection, workshop_id)


def undo(database: Database, workshop_id: str) -> bool:
    """Take the last decision back that can be taken back; tell whether there was one."""
    with database.writing() as connection:
        writable(connection, workshop_id)
        latest = select(judgement).where(judgement.c.workshop_id == workshop_id)
        for row in connection.execute(latest.order_by(judgement.c.number.desc())).mappings().all():
            this = and_(voice.c.workshop_id == workshop_id, voice.c.post_id == row["post_id"])
            gone = and_(judgement.c.workshop_id == workshop_id, judgement.c.number == row["number"])
            connection.execute(delete(judgement).where(gone))
            back = update(voice).where(this).values(state=row["before"], reason=row["before_reason"])
            if connection.execute(back).rowcount:  # else its author has taken it back meanwhile
                touch(connection, workshop_id)
                return True
    return False


def can_undo(database: Database, workshop_id: str) -> bool:
    """Tell whether there is a decision that could be taken back."""
    with database.reading() as connection:
        return bool(connection.scalar(select(func.count()).where(judgement.c.workshop_id == workshop_id)))


def _to_voice(row: RowMapping) -> Voice:
    plain = {name: row[name] for name in Voice.__dataclass_fields__}
    return Voice(**{**plain, "place": plain["place"] or ""})
