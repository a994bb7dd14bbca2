"""The database of the desk: the same promises in SQLite and in PostgreSQL."""

from __future__ import annotations

import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, func, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

import app.database.address as addresses
from app.database import Database, Moment, desk_file
from app.database import database as opening
from app.database.address import read_address
from app.database.schema import bring_up_to_date
from app.database.tables import schema_version
from geodata.errors import DataError, UsageError
from tests import postgres

TABLES = MetaData()
THEMES = Table("test_themes", TABLES, Column("id", Integer, primary_key=True), Column("name", String(40)))
VOTES = Table(
    "test_votes",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("theme", ForeignKey("test_themes.id"), nullable=False),
    Column("who", String(40), unique=True),
    Column("at", Moment),
)
PHONES = 30
VOTES_EACH = 10


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    with opened.writing() as connection:
        TABLES.create_all(connection)
        connection.execute(THEMES.insert().values(id=1, name="交通"))
    yield opened
    opened.close()


def votes_in(database):
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(VOTES))


def test_thirty_phones_at_once_lose_no_vote(database):
    failures = []
    start = threading.Barrier(PHONES)

    def vote(phone):
        start.wait()
        try:
            for k in range(VOTES_EACH):
                with database.writing() as connection:
                    connection.execute(select(func.count()).select_from(VOTES))  # as a limit would ask
                    connection.execute(VOTES.insert().values(theme=1, who=f"{phone}-{k}", at=datetime.now(UTC)))
        except Exception as problem:  # noqa: BLE001 - told below
            failures.append(problem)

    phones = [threading.Thread(target=vote, args=(n,)) for n in range(PHONES)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join()
    assert failures == []
    assert votes_in(database) == PHONES * VOTES_EACH


def test_a_transaction_that_fails_leaves_nothing(database):
    def fail():
        with database.writing() as connection:
            connection.execute(VOTES.insert().values(theme=1, who="a"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert votes_in(database) == 0


def test_foreign_keys_and_unique_names_hold(database):
    no_such_theme, twice = [{"theme": 2, "who": "a"}], [{"theme": 1, "who": "b"}] * 2
    for rows in (no_such_theme, twice):
        with pytest.raises(IntegrityError), database.writing() as connection:
            connection.execute(VOTES.insert(), rows)
    assert votes_in(database) == 0


def test_a_reader_sees_one_moment_while_another_writes(database):
    with database.reading() as reader:
        before = reader.scalar(select(func.count()).select_from(VOTES))
        with database.writing() as writer:
            writer.execute(VOTES.insert().values(theme=1, who="a"))
        assert reader.scalar(select(func.count()).select_from(VOTES)) == before
    assert votes_in(database) == before + 1


def test_moments_come_back_with_their_zone(database):
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 22, 9, 30, 15, 250_000, tokyo)
    with database.writing() as connection:
        connection.execute(VOTES.insert().values(theme=1, who="a", at=moment))
        connection.execute(VOTES.insert().values(theme=1, who="b", at=None))
    with database.reading() as connection:
        found = connection.execute(select(VOTES.c.at).order_by(VOTES.c.who)).scalars().all()
        assert connection.scalar(select(VOTES.c.who).where(VOTES.c.at < moment + timedelta(seconds=1))) == "a"
    assert found == [moment, None]
    assert found[0].utcoffset() == timedelta(0)
    with pytest.raises(StatementError, match="time zone"), database.writing() as connection:
        connection.execute(VOTES.insert().values(theme=1, at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the mistake


def test_what_people_wrote_is_not_told_by_an_error(database):
    with database.writing() as connection:
        connection.execute(VOTES.insert().values(theme=1, who="名前"))
    with pytest.raises(IntegrityError) as refused, database.writing() as connection:
        connection.execute(VOTES.insert().values(theme=1, who="名前"))
    statement = str(refused.value).replace(str(refused.value.orig), "")
    assert "名前" not in statement


def test_a_second_process_finds_what_the_first_wrote(database, database_url):
    with database.writing() as connection:
        connection.execute(VOTES.insert().values(theme=1, who="a"))
    second = Database(database_url)
    assert votes_in(second) == 1
    second.close()


def test_an_older_database_is_upgraded_step_by_step(database, database_url, monkeypatch):
    with database.writing() as connection:
        connection.execute(VOTES.insert().values(theme=1, who="a"))
    steps = (
        lambda connection: connection.execute(text("ALTER TABLE test_votes ADD COLUMN weight INTEGER")),
        lambda connection: connection.execute(text("UPDATE test_votes SET weight = 3")),
    )
    with database.writing() as connection:
        bring_up_to_date(connection, "x", steps[:1])
    with database.writing() as connection:
        bring_up_to_date(connection, "x", steps)
        bring_up_to_date(connection, "x", steps)  # nothing is done twice
        assert connection.scalar(text("SELECT weight FROM test_votes")) == 3
        assert connection.execute(select(schema_version.c.version)).scalars().all() == [2]


def test_a_step_that_fails_changes_nothing(database):
    def fail(connection):
        connection.execute(text("ALTER TABLE test_votes ADD COLUMN weight INTEGER"))
        raise RuntimeError

    with pytest.raises(RuntimeError), database.writing() as connection:
        bring_up_to_date(connection, "x", (fail,))
    with database.reading() as connection:
        assert "weight" not in {column["name"] for column in inspect(connection).get_columns("test_votes")}
        assert connection.scalar(select(schema_version.c.version)) == 0


def test_a_database_of_a_later_version_is_refused_and_left_alone(database, database_url):
    with database.writing() as connection:
        connection.execute(schema_version.update().values(version=99))
    later = Database(database_url)
    with pytest.raises(DataError) as refused:
        later.prepare()
    assert refused.value.problems[0].code == "database.newer"
    assert "99" in refused.value.problems[0].message.ja
    with database.reading() as connection:
        assert connection.scalar(select(schema_version.c.version)) == 99


def test_tables_of_rooms_are_made(database_url):
    opened = Database(database_url)
    with opened.reading() as connection:
        assert "access_sessions" in inspect(connection).get_table_names()
    opened.close()


# ---------------------------------------------------------------- the file of SQLite


def test_the_file_is_its_owners_and_lies_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EKISEI_HOME", str(tmp_path / "home"))
    assert desk_file() == tmp_path / "home" / "desk.sqlite"
    opened = Database(desk_file())
    with opened.reading() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    assert stat.S_IMODE(desk_file().stat().st_mode) == 0o600
    for beside in desk_file().parent.glob("desk.sqlite-*"):
        assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    opened.close()


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path):
    file = tmp_path / "desk.sqlite"
    file.write_text("名簿 " * 500, encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(DataError) as refused:
        Database(file).prepare()
    problem = refused.value.problems[0]
    assert (problem.code, problem.where) == ("database.open", str(file))
    assert problem.hint.ja
    assert file.read_bytes() == before


def test_a_place_that_cannot_hold_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "desk.sqlite", tmp_path):
        with pytest.raises(DataError) as refused:
            Database(place).prepare()
        assert refused.value.problems[0].code == "database.file"


def test_a_writer_waits_for_another_process_and_gives_up_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "BUSY_S", 0.05)
    file = tmp_path / "desk.sqlite"
    opened = Database(file)
    opened.prepare()
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.12, other.rollback)  # longer than one wait, shorter than all tries
    release.start()
    with opened.writing() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    release.join()
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DataError) as refused, opened.writing():
        pytest.fail("two writers at once")
    assert refused.value.problems[0].code == "database.busy"
    other.close()
    opened.close()


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("mysql://u:geheim@host/db", "database.kind"),
        ("sqlite://", "database.kind"),
        ("postgresql+asyncpg://u:geheim@host/db", "database.kind"),
        ("no address with geheim", "database.address"),
        ("postgresql://u:geheim@host:port/db", "database.address"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(given, code):
    with pytest.raises(UsageError) as refused:
        Database(given)
    assert refused.value.problems[0].code == code
    for lang in ("ja", "en"):
        assert "geheim" not in refused.value.render(lang)


def test_every_way_to_write_postgres_means_the_same():
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert read_address(f"{scheme}://u@host/db").drivername == "postgresql+psycopg"
    assert Database("sqlite:///x.sqlite").place == str(Path("x.sqlite").absolute())


def test_without_its_driver_postgres_is_refused_with_how_to_get_it(monkeypatch):
    monkeypatch.setattr(addresses, "find_spec", lambda _: None)
    with pytest.raises(UsageError) as refused:
        Database("postgresql://u@host/db")
    assert refused.value.problems[0].code == "database.driver"
    assert "ekisei[postgres]" in refused.value.problems[0].hint.ja


def test_a_wrong_password_is_refused_and_never_shown(postgres_server):
    database = Database(postgres_server.url("postgres").replace(postgres_server.password, "geheim-falsch"))
    with pytest.raises(DataError) as refused:
        database.prepare()
    shown = refused.value.render("ja") + refused.value.render("en") + str(refused.value) + repr(database.url)
    assert "password authentication failed" in shown
    assert "geheim-falsch" not in shown
    assert "***" in database.place


def test_a_password_in_the_query_is_never_shown(tmp_path):
    database = Database(f"postgresql://u@/db?host={tmp_path}&password=geheim")
    with pytest.raises(DataError) as refused:
        database.prepare()
    assert "geheim" not in refused.value.render("ja") + database.place
    assert "No such file" in refused.value.render("en")


def test_without_a_server_its_tests_are_skipped_but_never_in_ci(monkeypatch):
    monkeypatch.setattr(postgres, "find_binaries", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install postgresql"):
        postgres.require_server()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt install postgresql"):
        postgres.require_server()


def test_connections_that_the_server_dropped_are_opened_again(postgres_server):
    database = Database(postgres_server.make_database())
    with database.writing() as connection:
        TABLES.create_all(connection)
    postgres_server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'd%'")
    assert votes_in(database) == 0
    database.close()
