"""Owns workshops: opened, shown step by step, closed, and gone with everything in them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from app.clock import JST
from app.features.workshop.errors import Refusal
from app.features.workshop.tables import workshop
from app.features.workshop.turnout import Turnout, count_turnout
from app.features.workshop.wording import LONGEST_LINE, clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, RowMapping

    from app.database import Database

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What can be read aloud and from the back of a room: no 0, O, 1, I, L."""
CODE_LENGTH = 6
KEPT_DAYS = 90
MOST_KEPT_DAYS = 730
MOST_THEMES = 8
MOST_RUNS = 12
_TRIES = 20


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """Return the day of a moment in Japan."""
    return moment.astimezone(JST).date()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a facilitator fills in to open a workshop."""

    title: str
    held_on: date
    runs: tuple[str, ...]
    place: str = ""
    question: str = ""
    themes: tuple[str, ...] = ()
    kept_days: int = KEPT_DAYS


@dataclass(frozen=True, slots=True)
class Workshop:
    """
    One workshop as it stands.

    `step`: of its story, now on the wall. `revision` grows with whatever the wall or a phone shows.
    """

    workshop_id: str
    code: str
    title: str
    held_on: date
    place: str
    question: str
    themes: tuple[str, ...]
    runs: tuple[str, ...]
    step: int
    results_shown: bool
    revision: int
    draft: str
    opened_at: datetime
    closed_at: datetime | None
    expires_on: date

    @property
    def is_open(self) -> bool:
        """Whether anything can still be written."""
        return self.closed_at is None


class Board:
    """
    The workshops of one desk.

    Parameters
    ----------
    database
        Where they are kept.
    clock
        This moment, with a time zone.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self.database = database
        self.clock = clock

    def open(self, plan: Plan) -> Workshop:
        """
        Open a workshop.

        Raises
        ------
        Refusal
            ``no_title``, ``no_runs`` or ``too_long``.
        """
        title, place, question = (clean_line(text) for text in (plan.title, plan.place, plan.question))
        themes = tuple(dict.fromkeys(filter(None, map(clean_line, plan.themes))))[:MOST_THEMES]
        if not title:
            raise Refusal("no_title")
        if not plan.runs:
            raise Refusal("no_runs")
        if any(len(text) > LONGEST_LINE for text in (title, place, question, *themes)):
            raise Refusal("too_long", most=LONGEST_LINE)
        now = self.clock()
        kept_days = min(max(plan.kept_days, 1), MOST_KEPT_DAYS)
        values: dict[str, Any] = {
            "workshop_id": secrets.token_hex(16),
            "title": title,
            "held_on": plan.held_on,
            "place": place,
            "question": question,
            "themes": list(themes),
            "runs": list(plan.runs[:MOST_RUNS]),
            "step": 0,
            "results_shown": False,
            "revision": 1,
            "draft": "",
            "opened_at": now,
            "expires_on": max(plan.held_on, local_day(now)) + timedelta(days=kept_days),
        }
        with self.database.writing() as connection:
            values["code"] = _free_code(connection)
            connection.execute(insert(workshop).values(**values))
        return self.get(values["workshop_id"])

    def list_all(self) -> list[Workshop]:
        """Return workshops, the latest first, after those whose time is over have gone."""
        self.expire()
        with self.database.reading() as connection:
            rows = connection.execute(select(workshop).order_by(workshop.c.opened_at.desc())).mappings()
            return [_to_workshop(row) for row in rows]

    def find(self, workshop_id: str) -> Workshop | None:
        """Return a workshop, or None."""
        return self._find(workshop.c.workshop_id == workshop_id)

    def find_code(self, code: str) -> Workshop | None:
        """Return the workshop of a code as it was typed, or None."""
        return self._find(workshop.c.code == plain_code(code))

    def get(self, workshop_id: str) -> Workshop:
        """Return a workshop that is known to be there, else refuse with ``gone``."""
        found = self.find(workshop_id)
        if found is None:
            raise Refusal("gone")
        return found

    def show_step(self, workshop_id: str, step: int) -> None:
        """Put a step of the story on the wall."""
        self._change(workshop_id, step=max(step, 0))

    def show_results(self, workshop_id: str, *, shown: bool) -> None:
        """Let phones see the counts, or not."""
        self._change(workshop_id, results_shown=shown)

    def close(self, workshop_id: str) -> None:
        """End a workshop: from now on it is only read."""
        self._change(workshop_id, closed_at=self.clock())

    def delete(self, workshop_id: str) -> None:
        """Delete a workshop and everything in it."""
        with self.database.writing() as connection:
            connection.execute(delete(workshop).where(workshop.c.workshop_id == workshop_id))

    def expire(self) -> int:
        """Delete the workshops whose last day is over; return how many."""
        today = local_day(self.clock())
        with self.database.reading() as connection:
            if not connection.scalar(select(func.count()).where(workshop.c.expires_on < today)):
                return 0
        with self.database.writing() as connection:
            return connection.execute(delete(workshop).where(workshop.c.expires_on < today)).rowcount

    def turnout(self, workshop_id: str) -> Turnout:
        """Return how many take part."""
        return count_turnout(self.database, workshop_id)

    def _find(self, condition: Any) -> Workshop | None:
        with self.database.reading() as connection:
            row = connection.execute(select(workshop).where(condition)).mappings().one_or_none()
        found = None if row is None else _to_workshop(row)
        return None if found is None or found.expires_on < local_day(self.clock()) else found

    def _change(self, workshop_id: str, **values: Any) -> None:
        with self.database.writing() as connection:
            writable(connection, workshop_id)
            change = update(workshop).where(workshop.c.workshop_id == workshop_id)
            connection.execute(change.values(revision=workshop.c.revision + 1, **values))


def writable(connection: Connection, workshop_id: str) -> None:
    """
    Hold a workshop while something of it is written, so that closing it waits and nothing slips in behind.

    Raises
    ------
    Refusal
        ``gone`` or ``closed``.
    """
    held = select(workshop.c.closed_at).where(workshop.c.workshop_id == workshop_id).with_for_update()
    row = connection.execute(held).one_or_none()
    if row is None:
        raise Refusal("gone")
    if row.closed_at is not None:
        raise Refusal("closed")


def touch(connection: Connection, workshop_id: str) -> None:
    """Tell wall and phones that there is something new."""
    change = update(workshop).where(workshop.c.workshop_id == workshop_id)
    connection.execute(change.values(revision=workshop.c.revision + 1))


def plain_code(typed: str) -> str:
    """Return a code as it is stored: capitals, without blanks and hyphens."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[: CODE_LENGTH * 2]


def _free_code(connection: Connection) -> str:
    for _ in range(_TRIES):
        code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        if connection.scalar(select(func.count()).where(workshop.c.code == code)) == 0:
            return code
    raise Refusal("no_code")


def _to_workshop(row: RowMapping) -> Workshop:
    themes: Sequence[str] = row["themes"]
    runs: Sequence[str] = row["runs"]
    return Workshop(**{**row, "themes": tuple(themes), "runs": tuple(runs)})
