"""Owns the address of a database: what may be given, how it is shown without its password."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.commands.folders import home_folder
from geodata.errors import Text, UsageError, error

FILE_NAME = "desk.sqlite"
POSTGRES_DRIVER = "postgresql+psycopg"
_POSTGRES = ("postgres", "postgresql", POSTGRES_DRIVER)
_HINT = Text(
    "例: postgresql+psycopg://利用者@サーバー/データベース（パスワードは環境変数 PGPASSWORD か ~/.pgpass に）",
    "for example postgresql+psycopg://user@server/database (the password in PGPASSWORD or ~/.pgpass)",
)


def desk_file() -> Path:
    """Return the file of SQLite where no database is given."""
    return home_folder() / FILE_NAME


def read_address(given: str | Path | URL) -> URL:
    """
    Return the address of a database: a path is a file of SQLite.

    Raises
    ------
    UsageError
        If it is no address, of another kind of database, or its driver is not installed. No message repeats it whole:
        it may hold a password.
    """
    if isinstance(given, Path):
        return URL.create("sqlite", database=str(given.expanduser().absolute()))
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        message = Text("データベースのアドレスとして読めません", "not the address of a database")
        raise UsageError(error("database.address", "--database", message, _HINT)) from None
    if url.drivername == "sqlite" and url.database not in {None, "", ":memory:"}:
        return read_address(Path(url.database or ""))
    if url.drivername not in _POSTGRES:
        message = Text(
            f"使えるのは SQLite のファイルと PostgreSQL です（{url.drivername} は使えません）",
            f"a file of SQLite or PostgreSQL is needed, not {url.drivername}",
        )
        raise UsageError(error("database.kind", "--database", message, _HINT))
    if find_spec("psycopg") is None:
        message = Text(
            "PostgreSQL につなぐ部品（psycopg）が入っていません", "psycopg, which talks to PostgreSQL, is missing"
        )
        hint = Text(
            "pip install 'ekisei[postgres]' で入れるか、--database を外してください（SQLite を使います）",
            "pip install 'ekisei[postgres]', or leave out --database (SQLite is used)",
        )
        raise UsageError(error("database.driver", "--database", message, hint))
    return url.set(drivername=POSTGRES_DRIVER)


def shown(url: URL) -> str:
    """Return an address for messages and the log: no password, and no query, which may hold one too."""
    return url.database or "" if url.drivername == "sqlite" else url.set(query={}).render_as_string(hide_password=True)
