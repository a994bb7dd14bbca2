"""Sweeps that are killed: their runner, or the scheduler of Dask; gone on with, every byte is as if left alone."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from tests.soak.town import PATIENCE_S, ROOT, all_ended, children, digests, environ, run, verify

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from tests.soak.town import Town

N_VARIANTS = 10
SWEEP = f"""
format: ekisei-sweep/1
id: capacities
base: {{base}}
vary:
  - grid:
      modifications.a.capacity: [{", ".join(str(10 + n) for n in range(N_VARIANTS))}]
pareto: [clinics_per_100k, {{{{kpi: clinic_nearest_min, better: down}}}}]
"""
RUNNER = """
import sys
from scenarios import sweep_results
sweep_results.PART_VARIANTS, sweep_results.FINAL_VARIANTS = 2, 4
from app.cli import main
if __name__ == "__main__":
    main()
"""
"""`ekisei` that writes a part for every two variants, so that ten of them have many moments at which to be killed."""
ORPHANS_S = 10.0
LOST = "lost the Dask cluster"
STARTS_S = 60.0


def sweep_command(town: Town, out: Path, *more: str) -> list[str]:
    """Return the command that sweeps a capacity of the town's first scenario."""
    file = town.folder / "files" / "clinic-1.yaml"
    written = town.folder / "capacities.yaml"
    if not written.exists():
        written.write_text(SWEEP.format(base=file), encoding="utf-8")
    asked = ["--lang", "en", "sweep", str(written), "--city", str(town.folder / "city"), "--out", str(out)]
    return [sys.executable, "-c", RUNNER, *asked, "--draws", "2", *more]


def begin(command: list[str], home: Path) -> subprocess.Popen[str]:
    """Start a command whose words are kept."""
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    given = environ(home)
    return subprocess.Popen(command, env=given, cwd=ROOT, stdin=null, stdout=null, stderr=pipe, text=True)


@dataclass
class _Sweep:
    """What the sweeps have in common: one left alone to compare with, and the end of each round."""

    promise: str
    done: str
    lasts_s: float = 0.0
    """How long one that is left alone takes; measured once."""
    expected: dict[str, str] = field(default_factory=dict)

    def leave_alone(self, town: Town) -> None:
        """Let one run to its end, once for all sweeps of a town."""
        out = town.folder / "swept"
        took = town.folder / "swept.seconds"
        if not took.exists():
            began = time.monotonic()
            told = run(sweep_command(town, out), town.folder / "swept-home")
            if told.returncode:
                raise RuntimeError(told.stdout + told.stderr)
            took.write_text(f"{time.monotonic() - began:.1f}", encoding="ascii")
        self.lasts_s, self.expected = float(took.read_text(encoding="ascii")), digests(out)

    def compare(self, town: Town, out: Path, home: Path, *more: str) -> str:
        """Go on to the end, and return what differs from one left alone."""
        told = run(sweep_command(town, out, "--resume", *more), home)
        if told.returncode:
            return f"resume ended with {told.returncode}: {(told.stdout + told.stderr)[-800:]}"
        found = digests(out)
        other = sorted(n for n in {*found, *self.expected} if found.get(n) != self.expected.get(n))
        if other:
            return f"other bits after resume: {', '.join(other)}"
        left = sorted(path.name for path in out.rglob(".*"))
        if left:
            return f"left behind: {', '.join(left)}"
        code, said = verify(home)
        return "" if code == 0 else said


@dataclass
class SweepRunner(_Sweep):
    """The process that runs a sweep, alone or with workers."""

    promise: str = "止められた掃引は --resume で続き、邪魔のない掃引と 1 ビットも違わず、フォルダも塞がない"
    done: str = "kill -9 the runner of `ekisei sweep`, alone or with workers"

    def round(self, town: Town, folder: Path, chance: random.Random, most: int) -> tuple[int, str]:
        """Kill several times in a row, each time going on by --resume; then let it end and compare."""
        self.leave_alone(town)
        out, home, kills = folder / "out", folder / "home", 0
        for attempt in count():
            if kills >= most or attempt > 3 * most:
                break
            with begin(sweep_command(town, out, "--resume", "--jobs", str(chance.choice((1, 2)))), home) as process:
                _wait(process, out, chance, self.lasts_s)
                workers = children(process.pid)
                is_killed = process.poll() is None
                process.kill()
                _, said = process.communicate()
                kills += is_killed
            if not all_ended(workers, ORPHANS_S):
                return kills, "a worker went on computing for nobody"
            if not is_killed and process.returncode:
                return kills, f"resume ended with {process.returncode}: {said[-400:]}"
        return kills, self.compare(town, out, home)


def _wait(process: subprocess.Popen[str], out: Path, chance: random.Random, lasts_s: float) -> None:
    """Wait for a random moment, of three times twice for one at which parts are being written."""
    until = time.monotonic() + chance.uniform(0, lasts_s)
    n_parts = chance.choice((None, *range(1, N_VARIANTS // 2)))
    while process.poll() is None and time.monotonic() < until:
        if n_parts is not None and len(list(out.glob("*kpi/*.parquet"))) >= n_parts:
            time.sleep(chance.uniform(0, 0.1))
            return
        time.sleep(0.002)


@dataclass
class DaskScheduler(_Sweep):
    """The scheduler of a Dask cluster that runs a sweep."""

    promise: str = "Dask のスケジューラーが死んだ掃引は言葉で終わり、--resume で続き、1 ビットも違わない"
    done: str = "kill -9 the scheduler under `ekisei sweep --dask tcp://…`"

    def round(self, town: Town, folder: Path, chance: random.Random, most: int) -> tuple[int, str]:
        """Kill the scheduler while it works, each time with a fresh one; then compare."""
        self.leave_alone(town)
        out, home, kills = folder / "out", folder / "home", 0
        for attempt in count():
            if kills >= most or attempt > 3 * most:
                break
            with (
                cluster(folder, home) as (scheduler, address),
                begin(sweep_command(town, out, "--resume", "--dask", address), home) as process,
            ):
                _wait(process, out, chance, 1.5 * self.lasts_s)
                is_killed = process.poll() is None
                scheduler.kill()
                try:
                    _, said = process.communicate(timeout=PATIENCE_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    return kills, "it waited for a dead scheduler"
            kills += is_killed and process.returncode != 0
            wrong = _misunderstood(process.returncode, said)
            if wrong:
                return kills, wrong
        return kills, self.compare(town, out, home)


def _misunderstood(code: int, said: str) -> str:
    """Return what is wrong with the end of a sweep whose scheduler died: one message, no traceback."""
    if "Traceback" in said:
        return f"a traceback: {said[-800:]}"
    if code and not re.search(f"{LOST}|no Dask scheduler answers", said):
        return f"ended with {code}: {said[-800:]}"
    return ""


@contextmanager
def cluster(folder: Path, home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a scheduler and a worker of it; yield the scheduler and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    beside = [str(folder / "dask"), "--no-dashboard"]
    scheduler = [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-show"]
    worker = [sys.executable, "-m", "dask", "worker", address, "--nworkers", "1", "--nthreads", "1"]
    worker += ["--no-nanny", "--death-timeout", "20", "--local-directory", *beside]
    with (folder / "dask.log").open("ab") as log:
        started = [
            subprocess.Popen(command, env=environ(home), cwd=ROOT, stdout=log, stderr=log)
            for command in (scheduler, worker)
        ]
        try:
            _answers(port)
            yield started[0], address
        finally:
            for process in started:
                process.send_signal(signal.SIGKILL)
                process.wait()
    shutil.rmtree(folder / "dask", ignore_errors=True)


def _answers(port: int) -> None:
    until = time.monotonic() + STARTS_S
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the scheduler did not start")
