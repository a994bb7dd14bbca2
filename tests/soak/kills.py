"""Processes are killed at random moments: what they had promised is there, and what they did not finish is done after."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Protocol

from tests.soak.rows import Options, Row
from tests.soak.sweeps import DaskScheduler, SweepRunner
from tests.soak.town import Town, all_ended, children, make_town, resume, start, verify
from tests.soak.writers import DraftWriter, VoteWriter

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

IN_A_ROW = 6
"""Kills of one batch before it may end."""
ORPHANS_S = 10.0


class Victim(Protocol):
    """Something that is killed. A further one is a class of this kind and a row of `VICTIMS`."""

    promise: str
    done: str

    def round(self, town: Town, folder: Path, chance: random.Random, most: int) -> tuple[int, str]:
        """Kill up to `most` times in a fresh folder, then look; return the kills, and what is wrong ("" = nothing)."""
        ...


@dataclass
class Batch:
    """A batch of two processes, of which one is killed: the runner itself, or a worker."""

    promise: str
    done: str
    of_worker: bool
    lasts_s: float = 0.0
    """How long an undisturbed batch takes; measured once."""
    orphans: list[int] = field(default_factory=list)

    def round(self, town: Town, folder: Path, chance: random.Random, most: int) -> tuple[int, str]:
        """Kill several times in a row, each time going on by --resume; then let it end and compare."""
        out, home, kills = folder / "out", folder / "home", 0
        if not self.lasts_s:
            began = time.monotonic()
            start(town.batch(folder / "timed" / "out"), folder / "timed" / "home").wait()
            self.lasts_s = time.monotonic() - began
        for attempt in count():
            if kills >= most or attempt > 3 * most:
                break
            jobs = 2 if self.of_worker else chance.choice((1, 2))
            process = start(town.batch(out, "--resume", jobs=jobs), home)
            victim = self._wait(process, folder, chance)
            workers = children(process.pid)
            if victim is not None:
                kills += _kill(victim)
            code = process.wait()
            if victim is not None and not all_ended(workers, ORPHANS_S):
                return kills, "a worker went on computing for nobody"
            if victim is not None and self.of_worker and code not in {0, 1, 4}:
                return kills, f"the runner of a dead worker ended with {code}"
        wrong = resume(town, out, home)
        if not wrong:
            code, told = verify(home, out)
            wrong = "" if code == 0 else told
        return kills, wrong

    def _wait(self, process: subprocess.Popen[bytes], folder: Path, chance: random.Random) -> int | None:
        """Wait for a random moment, every other time for one at which something is being written."""
        until = time.monotonic() + chance.uniform(0, self.lasts_s)
        at_writing = chance.random() < 0.5
        while process.poll() is None:
            is_time = time.monotonic() > until or (at_writing and _is_writing(folder))
            victims = children(process.pid) if self.of_worker and is_time else [process.pid]
            if is_time and victims:
                time.sleep(chance.uniform(0, 0.02) if at_writing else 0)
                return chance.choice(victims)
            time.sleep(0.001)
        return None


def _is_writing(folder: Path) -> bool:
    places = (folder / "out", folder / "home" / "results", folder / "home" / "travel")
    return any(
        ".part-" in name for place in places if place.is_dir() for _, names, _ in os.walk(place) for name in names
    )


def _kill(process: int) -> bool:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


VICTIMS: tuple[tuple[Victim, float], ...] = (
    (
        Batch(
            "止められた計算は --resume で続き、邪魔のない計算と 1 ビットも違わない",
            "kill -9 the runner of `ekisei batch`, alone or with workers",
            of_worker=False,
        ),
        0.18,
    ),
    (
        Batch(
            "計算プロセスが死んでも、--resume で続き、1 ビットも違わない",
            "kill -9 a worker of `ekisei batch --jobs 2`",
            of_worker=True,
        ),
        0.12,
    ),
    (SweepRunner(), 0.12),
    (DaskScheduler(), 0.06),
    (DraftWriter(), 0.26),
    (VoteWriter(), 0.26),
)
"""What is killed, and its share of all kills. The web server under load is killed by the part ``web``."""


def run(options: Options) -> list[Row]:
    """Kill each victim its share of times; return one row for each."""
    town = make_town(options.folder / "town")
    rows = []
    for number, (victim, share) in enumerate(VICTIMS):
        wanted, kills, rounds, wrong = max(round(options.kills * share), 1), 0, 0, list[str]()
        while kills < wanted and len(wrong) < 3:
            chance = random.Random(f"{options.seed} {number} {rounds}")  # noqa: S311 -- moments, not secrets
            folder = options.folder / f"{number}-{rounds}"
            done, bad = victim.round(town, folder, chance, min(IN_A_ROW, wanted - kills))
            kills, rounds = kills + done, rounds + 1
            if bad:
                wrong.append(f"round {rounds - 1}: {bad}")
            else:
                shutil.rmtree(folder, ignore_errors=True)
            if not done and rounds > wanted + 3:
                wrong.append("nothing could be killed")
        figure = f"{kills} kills, {rounds} times compared, {len(wrong)} differ"
        print(f"  {victim.done}: {figure}", flush=True)  # hours may pass until all have been killed
        rows.append(Row(victim.promise, victim.done, "; ".join([figure, *wrong]), not wrong and kills >= wanted))
    return rows
