"""A real server of the pages in a process of its own: two runs of the grid city, users, a database; stopped at will."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from app.access import Role
from app.access.passwords import hash_password
from app.access.users import UserFile, make_account

PASSWORD = "umi-no-mieru-machi"  # noqa: S105 - of users who do not exist
EDITORS = tuple(f"editor-{n}" for n in range(1, 6))
FACILITATOR = "shinko"
BASELINE, RUN = "baseline-r5", "new-clinic"
START_S = 180.0
STOP_S = 30.0
SCENARIO = f"""
schema: ekisei-scenario/1
id: {RUN}
title: {{ja: 診療所の新設, en: New clinic}}
description: {{ja: 北東に診療所を一つ。, en: One clinic in the north-east.}}
compare_to: {BASELINE}
year: 2023
plan_status: hypothetical
modifications:
  - id: clinic
    type: add-facility
    category: clinic
    name: {{ja: 新しい診療所, en: New clinic}}
    district: east
"""
SERVE = """
import sys
from pathlib import Path
from app.access.rules import AccessRules
from app.serve import serve
from sim import reuse
reuse.Reuse.__init__.__kwdefaults__["max_bytes"] = 2_000_000
reuse.MAX_HEAVY_BYTES = 2_000_000
folder, port, database = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rules = AccessRules(users_file=folder / "users.json")
serve(folder / "runs", port=port, city_folder=folder / "city", tiles=False, access=rules, database=database)
"""
"""
What `ekisei serve` does after it has read its options and compiled its kernels.

The memories of computed values and of prepared searches, which edits fill up to their bounds of 512 and 768 MB, are
bounded lower: what grows is a leak.
"""


def make_folder(folder: Path) -> Path:
    """Make a city, two runs of it and the users of an office; return the folder."""
    from geodata.snapshot import write_city
    from geodata.synthetic import grid_city
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    folder.mkdir(parents=True, exist_ok=True)
    city = grid_city()
    write_city(city, folder / "city")
    written = folder / f"{RUN}.yaml"
    written.write_text(SCENARIO, encoding="utf-8")
    store = ResultStore(folder / "store")
    for scenario in (BASELINE, written):
        run = read_scenario(scenario)
        run_scenario(run, city, out=folder / "runs" / run.id, store=store)
    hashed = hash_password(PASSWORD)
    users = UserFile(folder / "users.json")
    for name in EDITORS:
        users.put(make_account(name, Role.EDITOR, hashed), replace=True)
    users.put(make_account(FACILITATOR, Role.FACILITATOR, hashed), replace=True)
    return folder


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """One server over a folder, which can be killed and started again on the same port, home and database."""

    folder: Path
    home: Path
    database: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the server wrote to its streams."""
        return self.home / "server.log"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        environ = {**os.environ, "EKISEI_HOME": str(self.home)}
        command = [sys.executable, "-c", SERVE, str(self.folder), str(self.port), self.database]
        self.home.mkdir(parents=True, exist_ok=True)
        root = Path(__file__).resolve().parents[2]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environ, cwd=root)
        until = time.monotonic() + START_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server did not start:\n" + self.log.read_text(errors="replace")[-4000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it as a service manager does; return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        try:
            return self.process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return -signal.SIGKILL
        finally:
            self.process = None

    def memory_mb(self) -> float:
        """
        Return the memory of the server itself [MB]: what is no file, so that nobody who maps the same libraries counts.

        The part of what is shared (PSS) swings by tens of MB as other processes of the machine come and go.
        """
        if self.process is None:
            return float("nan")
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            return int(next(line for line in lines if line.startswith("Anonymous:")).split()[1]) / 1000
        return float("nan")

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/w/")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()
