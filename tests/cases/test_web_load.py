"""A bounded part of `make soak`: thirty phones and five editors on a real server that is killed, or stopped, meanwhile."""

from __future__ import annotations

import pytest

from tests.postgres import postgres_server
from tests.soak.web_load import try_one
from tests.soak.web_site import make_folder

__all__ = ["postgres_server"]

SECONDS = 6.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("site"))


def held(rows):
    """Print the table; return the promises that were broken."""
    for row in rows:
        print(f"{row.promise} | {row.done} | {row.figure}")
    return [f"{row.promise}: {row.figure}" for row in rows if not row.passed]


def test_nothing_acknowledged_is_lost_over_sqlite_when_the_server_is_killed(folder):
    assert not held(try_one("SQLite", folder, f"sqlite:///{folder}/desk.sqlite", SECONDS, ("kill",), seed=1))


def test_nothing_acknowledged_is_lost_over_postgres_when_the_server_is_stopped(folder, postgres_server):
    assert not held(try_one("PostgreSQL", folder, postgres_server.make_database(), SECONDS, ("stop",), seed=1))
