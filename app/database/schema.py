"""Owns the schema's version: new tables are made, old ones upgraded step by step, newer ones refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from sqlalchemy import Connection, MetaData, inspect, select, text

from app.database.tables import metadata, schema_version
from geodata.errors import DataError, Text, error

ROOMS: tuple[str, ...] = ("app.access.sessions", "app.features.workshop.tables")
"""Modules that define tables on `metadata`."""

Step = Callable[[Connection], None]

STEPS: tuple[Step, ...] = ()
"""
Changes of existing tables, one per version: step n leads from version n to n + 1.

A new table needs no step: missing tables are made at every start. A step must work on SQLite and PostgreSQL.
"""

_LOCK = 0x656B_6973
"""Key of PostgreSQL's advisory lock: one process at a time makes or upgrades tables."""


def bring_up_to_date(
    connection: Connection, where: str, steps: Sequence[Step] = STEPS, tables: MetaData = metadata
) -> None:
    """
    Make what is missing and upgrade what is older, inside the transaction of `connection`.

    Raises
    ------
    DataError
        If a later version of Ekisei has written there; nothing is changed then.
    """
    for room in ROOMS:
        import_module(room)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    found = _version(connection)
    if found is not None and found > len(steps):
        message = Text(
            f"このデータベースは新しい版の Ekisei が書いたものです（形式 {found}、この版は {len(steps)} まで）",
            f"a later version of Ekisei wrote this database (schema {found}; this one knows {len(steps)})",
        )
        hint = Text(
            "Ekisei を新しくするか、別のデータベースを指定してください", "update Ekisei, or give another database"
        )
        raise DataError(error("database.newer", where, message, hint))
    for step in steps[found:] if found is not None else ():
        step(connection)
    tables.create_all(connection)
    schema_version.create(connection, checkfirst=True)
    connection.execute(schema_version.delete())
    connection.execute(schema_version.insert().values(version=len(steps)))


def _version(connection: Connection) -> int | None:
    """Return the version found; None where nothing has been made yet."""
    if not inspect(connection).has_table(schema_version.name):
        return None
    return connection.execute(select(schema_version.c.version)).scalar_one_or_none()
