"""The clock is wrong: files and locks from the past and the future keep nobody waiting, and no result depends on it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.soak.rows import Options, Row
from tests.soak.town import EKISEI, ROOT, Town, make_town, resume, verify
from tests.soak.town import run as call

YEARS_S = 10 * 365 * 86_400.0
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
"""Debian's libfaketime, which shifts every clock of a process and of those it starts but the monotonic one."""
SHIFT = """
import os, time
_by, _time, _time_ns = float(os.environ["SOAK_SHIFT_S"]), time.time, time.time_ns
time.time = lambda: _time() + _by
time.time_ns = lambda: _time_ns() + int(_by * 1e9)
"""
"""A sitecustomize in its place: what asks `time.time` sees another time; `datetime.now` cannot be shifted from Python."""
SAVE = """
import sys, time
from pathlib import Path
from scenarios.drafts import DraftFolder
drafts = DraftFolder(Path(sys.argv[1]))
plain = {"schema": "ekisei-scenario/1", "id": "mine", "title": {"ja": "例", "en": "E"}, "year": 2031}
number = drafts.read_number("mine")
saved = drafts.save(plain | {"seed": number or 0}, who="A", why="w", expected=number)
print(saved.number)
"""


def date_all(folder: Path, when: float) -> None:
    """Give every file and folder the same time."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (when, when), follow_symlinks=False)


def shifted_by(shift: float, custom: Path) -> dict[str, str]:
    """Return what the environment of a process needs, so that its clock is wrong by some seconds."""
    if FAKETIME is not None:
        return {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{shift:+.0f}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    (custom / "sitecustomize.py").write_text(SHIFT, encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join((str(custom), str(ROOT))), "SOAK_SHIFT_S": str(shift)}


def wrong_clocks(town: Town, folder: Path, shifts: tuple[float, ...] = (YEARS_S, -YEARS_S)) -> list[str]:
    """Return what goes wrong under clocks that are wrong by some seconds."""
    custom = folder / "custom"
    custom.mkdir(parents=True, exist_ok=True)
    wrong = []
    for shift in shifts:
        name = "future" if shift > 0 else "past"
        place = folder / name
        out, home = place / "out", place / "home"
        shifted = shifted_by(shift, custom)
        done = call(town.batch(out, jobs=2), home, **shifted)
        if done.returncode:
            wrong.append(f"{name}: batch ended with {done.returncode}: {done.stderr[-300:]}")
            continue
        date_all(place, time.time() + shift)
        (out / "clinic-2" / "kpi.csv").unlink()
        bad = resume(town, out, home)
        if bad:
            wrong.append(f"{name}: {bad}")
        cleaned = call([*EKISEI, "store", "gc", "--keep-days", "1", "--runs", str(out)], home)
        if "nothing to remove" not in cleaned.stdout:
            wrong.append(f"{name}: gc takes away what is in use: {cleaned.stdout[-300:]}")
        wrong += [f"{name}: {bad}" for bad in _saves(home, shift, shifted)]
        code, told = verify(home, out)
        if code:
            wrong.append(f"{name}: {told[-300:]}")
    return wrong


def _saves(home: Path, shift: float, shifted: dict[str, str]) -> list[str]:
    """Save three times, of which once under the wrong clock and once beside a lock that a dead process left then."""
    from scenarios.drafts import DraftFolder

    drafts = home / "scenarios"
    command = [sys.executable, "-c", SAVE, str(drafts)]
    said = [call(command, home, **more).stdout.strip() for more in ({}, shifted)]
    lock = drafts / ".history" / ".lock"
    lock.write_text("0" * 16, encoding="ascii")
    os.utime(lock, (time.time() + shift,) * 2)
    said.append(call(command, home).stdout.strip())
    bad = [] if said == ["1", "2", "3"] else [f"saved as {said}"]
    if lock.exists():
        bad.append("the lock of a dead process is still there")
    numbers = [one.number for one in DraftFolder(drafts).history("mine")]
    return bad if numbers == [1, 2, 3] else [*bad, f"the history tells {numbers}"]


def run(options: Options) -> list[Row]:
    """Set clocks ten years forward and back."""
    wrong = wrong_clocks(make_town(options.folder / "town"), options.folder)
    return [
        Row(
            "時計が狂っても、結果は 1 ビットも違わず、残った錠に待たされず、使うものは掃除されない",
            f"clocks ({'libfaketime' if FAKETIME else 'time.time'}) and times of files ten years ahead and back:"
            " batch, resume, gc, saving beside a dead lock",
            "; ".join([f"10 cases, {len(wrong)} wrong", *wrong]),
            not wrong,
        )
    ]
