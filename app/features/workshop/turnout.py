"""Owns how many take part: phones that joined, phones that sent something, votes that count, voices by state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, select

from app.features.workshop.tables import joined, phone, voice, vote
from app.text import say

if TYPE_CHECKING:
    from app.database import Database


@dataclass(frozen=True, slots=True)
class Turnout:
    """
    How many take part.

    `joined`: phones that opened the page, those that left included; None for a workshop that began before that was
    counted. `sent`: phones of which something is kept.
    """

    joined: int | None
    sent: int
    votes: int
    waiting: int
    approved: int
    hidden: int


def count_turnout(database: Database, workshop_id: str) -> Turnout:
    """Return how many take part in a workshop."""
    sent = select(func.count()).select_from(phone).where(phone.c.workshop_id == workshop_id)
    is_marked = exists().where(and_(joined.c.workshop_id == phone.c.workshop_id, joined.c.phone == phone.c.phone))
    with database.reading() as connection:
        n_joined = connection.scalar(select(func.count()).where(joined.c.workshop_id == workshop_id)) or 0
        n_sent = connection.scalar(sent) or 0
        n_unmarked = connection.scalar(sent.where(~is_marked)) or 0
        votes = connection.scalar(select(func.count()).where(vote.c.workshop_id == workshop_id, vote.c.choice != 0))
        states = connection.execute(
            select(voice.c.state, func.count()).where(voice.c.workshop_id == workshop_id).group_by(voice.c.state)
        )
        by_state = {str(state): int(count) for state, count in states}
    n_by_state = (by_state.get(state, 0) for state in ("waiting", "approved", "hidden"))
    return Turnout(None if n_unmarked else n_joined, n_sent, votes or 0, *n_by_state)


def phone_counts(turnout: Turnout, lang: str) -> tuple[str, ...]:
    """Return in words how many phones joined, where that is known, and how many sent something."""
    came = () if turnout.joined is None else (say(lang, "ws_joined", n=turnout.joined),)
    return (*came, say(lang, "ws_sent", n=turnout.sent))
