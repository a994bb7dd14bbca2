"""Owns one database: opened when it is first asked for, transactions as context managers."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from app.database.address import read_address, shown
from app.database.schema import bring_up_to_date
from geodata.errors import DataError, Problem, Text, error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL

BUSY_S = 10.0
"""How long SQLite waits for another writer; the longest transaction of ours takes milliseconds."""
TRIES = 2
CONNECT_S = 5
POOL = 10
"""Connections kept: more than the threads of the server."""


class Database:
    """
    The tables of one desk.

    Parameters
    ----------
    url
        File of SQLite (a path), or the address of a PostgreSQL server.
    """

    def __init__(self, url: str | Path | URL) -> None:
        self.url = read_address(url)
        self.place = shown(self.url)
        self._lock = Lock()
        self._ready = False

    @property
    def is_sqlite(self) -> bool:
        """Return whether this is a file."""
        return self.url.drivername == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """
        Open a transaction that may write: all of it is kept at the end of the block, nothing if the block fails.

        Writers of SQLite wait for each other at the start of the block, so no block fails half way.

        Raises
        ------
        DataError
            If the database cannot be reached, is full, or is busy for longer than anybody waits.
        """
        self.prepare()
        with self._told(), self._begin(writes=True) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """
        Open a transaction that reads: every query inside sees the same moment, and no writer is kept waiting.

        Raises
        ------
        DataError
            If the database cannot be reached.
        """
        self.prepare()
        with self._told(), self._begin(writes=False) as connection:
            yield connection

    def prepare(self) -> None:
        """
        Open the database and bring its tables up to date, once.

        Raises
        ------
        DataError
            If it cannot be opened, is no database, or a later version wrote it.
        """
        with self._lock:
            if self._ready:
                return
            if self.is_sqlite:
                self._make_file()
            try:
                with self._told(SQLAlchemyError), self._begin(writes=True) as connection:
                    bring_up_to_date(connection, self.place)
            except DataError:
                self.close()
                raise
            self._ready = True

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self._engine.dispose()

    @cached_property
    def _engine(self) -> Engine:
        # what people wrote is a parameter of a statement: it must not turn up in a log through an error
        common: dict[str, Any] = {"hide_parameters": True, "pool_size": POOL, "max_overflow": POOL}
        if not self.is_sqlite:
            connect = {"connect_timeout": CONNECT_S, "application_name": "ekisei"}
            return create_engine(self.url, pool_pre_ping=True, connect_args=connect, **common)
        engine = create_engine(self.url, connect_args={"timeout": BUSY_S}, **common)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def _begin(self, *, writes: bool) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(ekisei_writes=writes)  # noqa: PLW2901 - the same connection
            elif not writes:
                connection = connection.execution_options(  # noqa: PLW2901 - the same connection
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with _begun(connection):
                yield connection

    @contextmanager
    def _told(self, kind: type[SQLAlchemyError] = OperationalError) -> Iterator[None]:
        """Turn what stands in the way into a refusal; what a statement of ours does wrong stays what it is."""
        try:
            yield
        except kind as cause:
            raise DataError(self._refusal(cause)) from None

    def _make_file(self) -> None:
        """Make the folder and an empty file that only its owner reads: it may hold what citizens wrote."""
        path = Path(self.url.database or "")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as cause:
            message = Text(
                f"データベースのファイルを開けません（{cause.strerror}）",
                f"the file of the database cannot be opened ({cause.strerror})",
            )
            hint = Text(
                "フォルダの書き込みの権限を確かめるか、環境変数 EKISEI_HOME で別の場所にしてください",
                "check that its folder may be written, or set EKISEI_HOME to another place",
            )
            raise DataError(error("database.file", self.place, message, hint)) from None

    def _refusal(self, cause: SQLAlchemyError) -> Problem:
        if _is_busy(cause):
            message = Text(
                "ほかの処理がデータベースに書き込み続けています", "something else keeps writing to the database"
            )
            hint = Text("少し待って、もう一度試してください", "wait a moment and try again")
            return error("database.busy", self.place, message, hint)
        told = self._without_password(str(cause.orig if isinstance(cause, DBAPIError) else cause))
        detail = " ".join(told.split())
        if self.is_sqlite:
            hint = Text(
                "空き容量と書き込みの権限を確かめてください。壊れていれば控えから戻すか、名前を変えてどけてください",
                "check space and rights; if it is damaged, put a copy back or move it away",
            )
        else:
            hint = Text(
                "サーバーが動いているか、名前・利用者・パスワード（PGPASSWORD か ~/.pgpass）を確かめてください。"
                "--database を外すと SQLite を使います",
                "check that the server runs, and its name, user and password (PGPASSWORD or ~/.pgpass);"
                " without --database SQLite is used",
            )
        message = Text(f"データベースを使えません（{detail}）", f"the database cannot be used ({detail})")
        return error("database.open", self.place, message, hint)

    def _without_password(self, detail: str) -> str:
        secret = str(self.url.password or "")
        return detail.replace(secret, "***") if secret else detail


@contextmanager
def _begun(connection: Connection) -> Iterator[None]:
    """Begin a transaction, more than once where SQLite is busy for longer than it waits; nothing has happened yet."""
    for left in reversed(range(TRIES)):
        try:
            transaction = connection.begin()
            break
        except OperationalError as cause:
            if not left or not _is_busy(cause):
                raise
            time.sleep(0.05)
    with transaction:
        yield


def _is_busy(cause: SQLAlchemyError) -> bool:
    code = getattr(getattr(cause, "orig", None), "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves: see _begin_sqlite
    # FULL: a vote that was thanked for is there after a power cut too; NORMAL would lose the last ones
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # a writer takes its turn at once: one that began by reading could not wait later
    writes = connection.get_execution_options().get("ekisei_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
