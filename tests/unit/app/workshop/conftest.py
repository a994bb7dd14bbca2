"""Both databases, a clock that stands still, and a room that knows two scenarios and two districts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from app.database import Database
from app.features.workshop.board import Board, Plan, Workshop
from app.features.workshop.posts import Wall
from tests.postgres import database_url, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["database_url", "postgres_server"]

DAY = dt.date(2029, 10, 1)


@dataclass
class Clock:
    """A moment that a test moves on."""

    moment: dt.datetime = field(default_factory=lambda: dt.datetime(2029, 10, 1, 5, 0, tzinfo=dt.UTC))

    def __call__(self) -> dt.datetime:
        return self.moment


def district_at(lon: float, _lat: float) -> str | None:
    """Return a district: the city begins at 140°, its east at 140.6°."""
    return "east" if lon > 140.6 else "west" if lon > 140 else None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def board(database: Database, clock: Clock) -> Board:
    return Board(database, clock)


@pytest.fixture
def plan() -> Plan:
    return Plan("団地の足", DAY, ("baseline", "plan-a", "plan-b"), "交流センター", "どう変わる?", ("バス", "医療"))


@pytest.fixture
def workshop(board: Board, plan: Plan) -> Workshop:
    return board.open(plan)


@pytest.fixture
def wall() -> Wall:
    return Wall(
        keys={"baseline": "b0", "plan-a": "a1", "plan-b": "b1"},
        votable=frozenset({"plan-a", "plan-b"}),
        districts=frozenset({"east", "west"}),
        find_district=district_at,
    )
