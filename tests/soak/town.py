"""A small town with a batch of scenarios, its undisturbed outcome, and whether another is the same bit for bit."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from geodata.snapshot import write_city
from geodata.synthetic import grid_city

ROOT = Path(__file__).resolve().parents[2]
N_SCENARIOS = 4
PATIENCE_S = 300.0
SCENARIO = """
schema: ekisei-scenario/1
id: clinic-{n}
title: {{ja: 診療所 {n}, en: Clinic {n}}}
description: {{ja: 診療所の定員を変える, en: Another capacity of clinics}}
compare_to: clinic-1
year: 2023
plan_status: hypothetical
modifications:
  - {{id: a, type: adjust-facility, category: clinic, capacity: {n}0}}
"""


@dataclass(frozen=True)
class Town:
    """Where the town and its scenarios are, and the digests of what an undisturbed batch of them writes."""

    folder: Path
    expected: dict[str, str] = field(default_factory=dict)

    def batch(self, out: Path, *more: str, jobs: int = 2) -> list[str]:
        """Return the command that runs its scenarios."""
        files, city = str(self.folder / "files"), str(self.folder / "city")
        return [*EKISEI, "batch", files, "--city", city, "--out", str(out), "--draws", "2", "--jobs", str(jobs), *more]


EKISEI = [sys.executable, "-m", "app.cli", "--lang", "en"]


def make_town(folder: Path, scenarios: int = N_SCENARIOS) -> Town:
    """Make the town, and run its scenarios undisturbed."""
    (folder / "files").mkdir(parents=True)
    write_city(grid_city(), folder / "city")
    for n in range(1, scenarios + 1):
        text = SCENARIO.format(n=n)
        (folder / "files" / f"clinic-{n}.yaml").write_text(text, encoding="utf-8")
    town = Town(folder)
    done = run(town.batch(folder / "undisturbed"), folder / "home")
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return Town(folder, digests(folder / "undisturbed"))


def environ(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a command with a store of its own."""
    return {**os.environ, "EKISEI_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def run(command: list[str], home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    given = environ(home, **more)
    return subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def start(command: list[str], home: Path) -> subprocess.Popen[bytes]:
    """Start a command and go on."""
    null = subprocess.DEVNULL
    return subprocess.Popen(command, env=environ(home), cwd=ROOT, stdin=null, stdout=null, stderr=null)


def digests(out: Path) -> dict[str, str]:
    """Return the checksum of each file of a batch; the log of a run apart, which tells times."""
    files = (p for p in sorted(out.rglob("*")) if p.is_file() and p.name != "run.log")
    seen = (p for p in files if not any(part.startswith(".") for part in p.relative_to(out).parts))
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in seen}


def resume(town: Town, out: Path, home: Path) -> str:
    """Let a disturbed batch go on to its end; return what is wrong then, "" where it equals an undisturbed one."""
    done = run(town.batch(out, "--resume"), home)
    if done.returncode:
        return f"resume ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}"
    found = digests(out)
    if found != town.expected:
        other = sorted(n for n in {*found, *town.expected} if found.get(n) != town.expected.get(n))
        return f"other bits after resume: {', '.join(other)}"
    return ""


def verify(home: Path, *runs: Path) -> tuple[int, str]:
    """Look over the store; return the exit code and what was said."""
    named = [part for folder in runs for part in ("--runs", str(folder))]
    done = run([*EKISEI, "store", "verify", *named], home)
    return done.returncode, done.stdout + done.stderr


# ---------------------------------------------------------------- processes


def children(process: int) -> list[int]:
    """Return the worker processes that a process started, which compute; the tracker of its resources apart."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(after_name[1]) == process and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except (OSError, IndexError):
            continue  # it ended meanwhile
    return found


def is_alive(process: int) -> bool:
    """Return whether a process still does something."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def all_ended(processes: list[int], within_s: float) -> bool:
    """Wait until processes have ended; end those that have not, and say so."""
    until = time.monotonic() + within_s
    while any(map(is_alive, processes)) and time.monotonic() < until:
        time.sleep(0.02)
    left = [one for one in processes if is_alive(one)]
    for one in left:
        os.kill(one, signal.SIGKILL)
    return not left
