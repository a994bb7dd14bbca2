"""A private PostgreSQL server for tests: its own user, a temporary folder, a Unix socket, gone at the end."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "ekisei"
UNPRIVILEGED = "postgres"
"""Whom the server runs as where the tests run as root, which it refuses; Debian's package makes this user."""
START_S = 60.0
FAST = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60", "listen_addresses=")


def find_binaries() -> Path | None:
    """Return the folder of the newest server that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: [int(n) for n in p.parent.name.split(".")])
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def missing() -> str:
    """Return why no server can be started; nothing where one can."""
    if find_binaries() is None:
        return "no PostgreSQL server is installed (apt install postgresql)"
    if os.geteuid() == 0 and UNPRIVILEGED not in {user.pw_name for user in pwd.getpwall()}:
        return f"the tests run as root, PostgreSQL does not, and there is no user {UNPRIVILEGED}"
    return ""


@dataclass(frozen=True)
class Server:
    """A server that runs; every test makes a database of its own in it."""

    folder: Path
    password: str

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql+psycopg://{USER}:{self.password}@/{name}?host={self.folder}"

    def make_database(self) -> str:
        """Return the address of a new, empty database."""
        name = f"d{secrets.token_hex(6)}"
        self.ask(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def ask(self, statement: str) -> None:
        """Run a statement as the owner of the server."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), user=USER, password=self.password, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, and stop it at the end."""
    binaries = find_binaries()
    assert binaries is not None
    # not below pytest's folder: that is closed to other users, and a socket's path must be short
    folder = Path(tempfile.mkdtemp(prefix="ekisei-pg-", dir="/tmp"))
    password = secrets.token_urlsafe(18)
    (folder / "password").write_text(password, encoding="utf-8")
    as_user: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED)
        for path in (folder, folder / "password"):
            os.chown(path, user.pw_uid, user.pw_gid)
        # and it must not outlive a test run that is killed
        as_user = ["setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups", "--pdeathsig=INT"]
    try:
        initdb = [binaries / "initdb", "-D", folder / "cluster", "-U", USER, "--pwfile", folder / "password"]
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*as_user, *initdb, *options], check=True, capture_output=True, cwd=folder)
        settings = [part for setting in FAST for part in ("-c", setting)]
        start = [binaries / "postgres", "-D", folder / "cluster", "-k", folder, *settings]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*as_user, *start], stdout=log, stderr=log, cwd=folder)
        try:
            server = Server(folder, password)
            wait_until_ready(server, process)
            yield server
        finally:
            stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; what it wrote is told if it does not."""
    import psycopg

    until = time.monotonic() + START_S
    while True:
        try:
            server.ask("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail("PostgreSQL did not start:\n" + (server.folder / "log").read_text(), pytrace=False)
            time.sleep(0.05)
        else:
            return


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server without waiting for its clients; one that hangs is killed."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def require_server() -> None:
    """Skip a test where no server is installed; in CI, where nobody would see that, let it fail."""
    reason = missing()
    if reason and os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for the tests of one worker."""
    require_server()
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """An empty database of each kind: what holds in one must hold in the other."""
    if request.param == "sqlite":
        return tmp_path / "desk.sqlite"
    server: Server = request.getfixturevalue("postgres_server")
    return server.make_database()
