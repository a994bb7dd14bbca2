"""Owns looking over a database file: nothing is changed, not even its version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from geodata.errors import Problem, Text, error

if TYPE_CHECKING:
    from pathlib import Path

_HINT = Text(
    "サーバーを止め、控えから戻してください。控えがなければ、名前を変えてどけると新しく作られます",
    "stop the server and put a copy back; without one, move it away and a new one is made",
)


def check_database(path: Path) -> list[Problem]:
    """Return what SQLite finds wrong with a file: its pages, its indexes, rows that refer to none."""
    url = URL.create("sqlite", database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"})
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
            loose = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    except SQLAlchemyError as cause:
        return [_damaged(path, str(getattr(cause, "orig", None) or type(cause).__name__))]
    finally:
        engine.dispose()
    problems = [] if found == ["ok"] else [_damaged(path, found[0])]
    return [*problems, *([_damaged(path, f"{loose[0][0]} → {loose[0][2]}")] if loose else [])]


def _damaged(path: Path, said: str) -> Problem:
    plain = " ".join(said.split())
    return error(
        "store.damaged", str(path), Text(f"データベースが壊れています（{plain}）", f"damaged database ({plain})"), _HINT
    )
