"""Owns what ``ekisei doctor`` looks at of what is stored: city, library, database, and a sample of the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.doctor_checks import Finding, State, finding
from geodata.errors import CitySimError, Severity

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from app.commands.session import Session

SAMPLE = 200
"""Stored things that are looked at, evenly over all of them; ``ekisei store verify`` looks at every one."""


def look_at_city(session: Session, folder: Path | None) -> Finding:
    """Return the name, population and digest of the city, which proves that it can be read."""
    from app.commands.folders import load_city

    try:
        city = load_city(folder)
        told = f"{city.name.get(session.lang)} {city.population.total.sum():,.0f} {city.digest[:16]}"
    except CitySimError as cause:
        return finding(session, "city", cause.render(session.lang).splitlines()[0], remedy="doctor.city_bad")
    return finding(session, "city", told)


def look_at_library(session: Session) -> Finding:
    """Return how many scenarios come along."""
    from scenarios.files import list_library

    found = len(list_library())
    return finding(session, "library", str(found), remedy="" if found else "doctor.library_none")


def look_at_store(session: Session, home: Path) -> Finding:
    """Return how much is stored, and whether a sample of it is whole."""
    from scenarios.store_check import StorePlaces, check_store, stored_tasks

    tasks = list(stored_tasks(StorePlaces(home)))
    sample = tasks[:: max(-(-len(tasks) // SAMPLE), 1)]
    found = check_store(sample)
    told = session.say("doctor.store_looked", n=f"{len(tasks):,}", looked=f"{len(sample):,}")
    damaged = [one for one in found.problems if one.severity is Severity.ERROR]
    if damaged:
        return finding(session, "store", f"{told} {damaged[0].where}", remedy="doctor.store_bad")
    if found.problems:
        return finding(session, "store", f"{told} {found.problems[0].where}", remedy="doctor.store_bad", bad=State.WARN)
    return finding(session, "store", told)


def look_at_database(session: Session, given: str | None) -> Finding:
    """Return whether the database of what people wrote answers; nothing is made or changed."""
    from app.database.address import desk_file, read_address, shown
    from app.database.checking import check_database

    try:
        url = read_address(given or desk_file())
        place = shown(url)
        if url.drivername != "sqlite":
            problem = ask(url)
            told = f"{place}: {problem or session.say('doctor.here')}"
            return finding(session, "database", told, remedy="doctor.database_bad" if problem else "")
        path = Path(url.database or "")
        if not path.exists():
            return finding(session, "database", f"{place}: {session.say('doctor.not_yet')}")
        problems = check_database(path)
    except CitySimError as cause:
        return finding(session, "database", cause.render(session.lang).splitlines()[0], remedy="doctor.database_bad")
    told = problems[0].message.get(session.lang) if problems else session.say("doctor.here")
    return finding(session, "database", f"{place}: {told}", remedy="doctor.database_bad" if problems else "")


def ask(url: URL) -> str:
    """Return why a database server does not answer; nothing if it does."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    from app.database.database import CONNECT_S

    patience = {"connect_timeout": CONNECT_S}
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=patience)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as cause:
        return type(cause).__name__  # what the driver says may repeat the address
    return ""
