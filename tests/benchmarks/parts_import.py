"""Owns the figures of reading a large feed: one replicated to 1.3 million stop times, in its own process."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.inputs import INPUTS
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import Figure

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

STOP_TIMES = 1_300_000
GOAL_S, GOAL_MB = 60.0, 2.5 * 1024
HALF = 2
"""The same feed with half the rows tells whether time grows in step."""

FEED = Path("gtfs-jp-samples/gtfs_wakayama_bus_2019.zip")
_LONG = ("trips.txt", "stop_times.txt")


def imports(bench: Bench) -> Part:
    """Time the way from a large GTFS-JP zip to a timetable, and its peak memory."""
    part = Part("import", f"a GTFS-JP feed replicated to {STOP_TIMES:,} stop times")
    source = INPUTS.parent / FEED
    if not source.is_file():
        part.add(f"not measured: {FEED.name} is not there")
        return part
    whole = replicate(source, bench.scratch / "large.zip", STOP_TIMES)
    half = replicate(source, bench.scratch / "half.zip", STOP_TIMES // HALF)
    runs = max(1, min(bench.runs, 3))
    told: list[dict[str, Any]] = []
    for run in range(runs):
        bench.tell(f"large feed ({run + 1}/{runs})")
        told.append(_measure(whole))
    smaller = _measure(half)
    seconds = Figure("read, check and build, in a fresh process", tuple(t["seconds"] for t in told))
    peak = Figure("peak memory", tuple(t["peak_mb"] for t in told), "MB")
    part.add(seconds, peak, Figure("the same with half the rows", (smaller["seconds"],)))
    part.add(
        Goal("seconds for 1.3 million stop times", seconds.median, GOAL_S, at_least=False, unit=" s"),
        Goal("peak memory", peak.median, GOAL_MB, at_least=False, unit=" MB"),
        Goal("twice the rows take at most", seconds.median / smaller["seconds"], 2.5, at_least=False),
    )
    part.add(f"{told[0]['stop_times']:,} stop times, {told[0]['trips']:,} trips")
    part.facts = {"large": told, "half": smaller}
    return part


def replicate(source: Path, target: Path, stop_times: int) -> Path:
    """Write a feed with every trip so often that it has at least so many stop times; other tables stay as they are."""
    with zipfile.ZipFile(source) as old:
        tables = {name: old.read(name).decode("utf-8-sig") for name in old.namelist()}
    copies = -(-stop_times // (len(tables["stop_times.txt"].splitlines()) - 1))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, text in tables.items():
            new.writestr(name, _repeated(text, copies) if name in _LONG else text)
    return target


def _repeated(text: str, copies: int) -> str:
    heading, *rows = csv.reader(text.splitlines())
    column = heading.index("trip_id")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading)
    for copy in range(copies):
        writer.writerows([*row[:column], f"{row[column]}#{copy}", *row[column + 1 :]] for row in rows)
    return out.getvalue()


def _measure(feed: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.import_worker", "--feed", str(feed)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
