"""Who opened the page is counted once and stays counted; who sent something is counted apart; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.database import Database
from app.features.workshop import joining
from app.features.workshop.board import Board
from app.features.workshop.errors import Refusal
from app.features.workshop.joining import has_joined, join, name_of
from app.features.workshop.posts import forget, take_message
from app.features.workshop.tables import joined
from app.features.workshop.turnout import phone_counts
from tests.unit.app.workshop.sending import hexed, message, vote


@pytest.fixture
def phones(board, workshop):
    """Return (joined, sent) of the workshop."""

    def read():
        found = board.turnout(workshop.workshop_id)
        return found.joined, found.sent

    return read


def test_joining_and_sending_are_counted_apart_and_once(database, workshop, wall, clock, phones):
    assert phones() == (0, 0)
    for who in ("a", "b", "a", "c"):
        join(database, workshop.workshop_id, hexed(who))
    assert phones() == (3, 0)
    for turn in (1, 2):
        take_message(database, workshop, message("a", vote(f"{turn}", "plan-a", 1, turn)), wall, clock())
    assert phones() == (3, 1)
    take_message(database, workshop, message("late", vote("3", "plan-a", 1, 1)), wall, clock())
    assert phones() == (4, 2)  # who sends has joined, even where its word of that was lost


def test_a_phone_that_takes_everything_back_still_came(database, workshop, wall, clock, phones):
    take_message(database, workshop, message("a", vote("1", "plan-a", 1, 1)), wall, clock())
    forget(database, workshop.workshop_id, hexed("a"))
    assert phones() == (1, 0)


def test_a_post_that_was_refused_joins_nobody(database, workshop, wall, clock, phones):
    take_message(database, workshop, message("a", vote("1", "nowhere", 1, 1)), wall, clock())
    assert phones() == (0, 0)


def test_the_wall_hears_of_a_phone_that_joins_and_not_twice(board, database, workshop):
    join(database, workshop.workshop_id, hexed("a"))
    after = board.get(workshop.workshop_id).revision
    assert after == workshop.revision + 1
    join(database, workshop.workshop_id, hexed("a"))
    assert board.get(workshop.workshop_id).revision == after


def test_nobody_joins_what_is_over_and_no_list_grows_for_ever(board, database, workshop, phones, monkeypatch):
    monkeypatch.setattr(joining, "MOST_JOINED", 2)
    for who in ("a", "b", "c"):
        join(database, workshop.workshop_id, hexed(who))
    assert phones() == (2, 0)
    assert not has_joined(database, workshop.workshop_id, hexed("c"))
    board.close(workshop.workshop_id)
    with pytest.raises(Refusal, match="closed"):
        join(database, workshop.workshop_id, hexed("d"))


def test_what_is_kept_of_joining_is_a_mark_and_goes_with_the_workshop(board, database, workshop):
    join(database, workshop.workshop_id, hexed("a"))
    with database.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(joined))]
    assert rows == [(workshop.workshop_id, name_of(hexed("a")))]  # no moment, no token, no address
    board.delete(workshop.workshop_id)
    with database.reading() as connection:
        assert connection.execute(select(joined)).all() == []


def test_a_workshop_of_an_earlier_version_tells_only_what_it_knows(database, database_url, workshop, plan, wall, clock):
    """Its database has no table of phones that joined; it is made at the start, and 0 is not told as if counted."""
    take_message(database, workshop, message("a", vote("1", "plan-a", 1, 1)), wall, clock())
    with database.writing() as connection:
        joined.drop(connection)
    database.close()
    later = Database(database_url)
    found = Board(later, clock).turnout(workshop.workshop_id)
    assert (found.joined, found.sent) == (None, 1)
    assert phone_counts(found, "ja") == ("送信 1 台",)
    new = Board(later, clock).open(plan)
    join(later, new.workshop_id, hexed("a"))
    assert phone_counts(Board(later, clock).turnout(new.workshop_id), "ja") == ("参加 1 台", "送信 0 台")
    later.close()
