"""
Print what the engine takes beside its peers, and every goal as met or not: ``make bench``.

Goals are printed, never asserted; ratios against a peer are taken in one process, in turn.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.bench import Bench
from tests.benchmarks.inputs import N_CELLS, N_FACILITIES, OUT, missing_inputs
from tests.benchmarks.parts_commands import commands
from tests.benchmarks.parts_edits import facilities, timetable
from tests.benchmarks.parts_import import imports
from tests.benchmarks.parts_import_streets import import_streets
from tests.benchmarks.parts_live import live
from tests.benchmarks.parts_matrix import agreement, matrix, memory, scaling
from tests.benchmarks.parts_models import models, visits
from tests.benchmarks.parts_on_demand import on_demand
from tests.benchmarks.parts_pages import pages
from tests.benchmarks.parts_places import coverage, walking
from tests.benchmarks.parts_siting import siting
from tests.benchmarks.parts_sweep import sweep
from tests.benchmarks.parts_uncertainty import uncertainty
from tests.benchmarks.profiling import profile
from tests.benchmarks.report import Part, machine, progress, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS: dict[str, Callable[[Bench], Part]] = {
    "matrix": matrix,
    "memory": memory,
    "agreement": agreement,
    "timetable": timetable,
    "facilities": facilities,
    "visits": visits,
    "models": models,
    "live": live,
    "walk": walking,
    "coverage": coverage,
    "siting": siting,
    "on-demand": on_demand,
    "scaling": scaling,
    "commands": commands,
    "import": imports,
    "import-streets": import_streets,
    "uncertainty": uncertainty,
    "pages": pages,
    "sweep": sweep,
}
BUSY_SHARE = 0.5
"""Load per core from which absolute figures cannot be trusted."""
NEED_NO_INPUT = (
    "models", "live", "coverage", "siting", "on-demand", "commands", "import", "uncertainty", "pages", "sweep",
)  # fmt: skip


def main() -> None:
    """Measure, print the table, write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs of everything (5)")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part; may be given again")
    parser.add_argument("--profile", action="store_true", help="only where the time of the full matrix goes")
    parser.add_argument("--cells", type=int, default=N_CELLS, help=f"about so many cells ({N_CELLS})")
    parser.add_argument("--facilities", type=int, default=N_FACILITIES, help=f"so many facilities ({N_FACILITIES})")
    parser.add_argument("--json", type=Path, default=OUT.with_suffix(".json"), help="where the figures go")
    chosen = parser.parse_args()
    chosen.facilities = min(chosen.facilities, N_FACILITIES)
    tell = progress()
    found = machine()
    print(f"machine: {found['processor']}, {found['cores']} cores, {found['memory_gb']} GB, {found['system']}")
    print(f"Python {found['python']}; " + ", ".join(f"{k} {v}" for k, v in found["versions"].items()))
    load = found["load_average"]
    if load and load[0] > BUSY_SHARE * (found["cores"] or 1):
        print(f"the machine is busy (load {load[0]:.1f}): figures come out too high, ratios less so")
    if chosen.cells != N_CELLS or chosen.facilities != N_FACILITIES:
        print(f"NOT the whole input: {chosen.cells} cells, {chosen.facilities} facilities")
    print(flush=True)
    wanted = {"profile": profile} if chosen.profile else {name: PARTS[name] for name in chosen.only or PARTS}
    begun, parts = time.monotonic(), []
    why = missing_inputs()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(tell, Path(scratch), chosen.runs, chosen.cells, chosen.facilities)
        for name, measure in wanted.items():
            if why and name not in NEED_NO_INPUT:
                part = Part(name, name, notes=[f"not measured: {why}"])
            else:
                part = _measured(name, measure, bench)
            parts.append(part)
            print("\n".join(part.lines()), flush=True)
    _summary(parts)
    path = chosen.json
    write_json(path, {"machine": found, "runs": chosen.runs, "cells": chosen.cells, "facilities": chosen.facilities,
                      "seconds": time.monotonic() - begun, "parts": {p.name: p.as_json() for p in parts}})  # fmt: skip
    print(f"{time.monotonic() - begun:.0f} s; figures in {path}")


def _measured(name: str, measure: Callable[[Bench], Part], bench: Bench) -> Part:
    """Measure one part; what goes wrong in it is said, and the others go on."""
    try:
        return measure(bench)
    except Exception as exc:  # noqa: BLE001 -- a peer may fail in any way
        traceback.print_exc()
        return Part(name, name, notes=[f"FAILED: {type(exc).__name__}: {exc}"])


def _summary(parts: list[Part]) -> None:
    goals = [(part.name, goal) for part in parts for goal in part.goals]
    if not goals:
        return
    print("== goals")
    for name, goal in goals:
        print(f"   {goal.line()} [{name}]")
    met = [goal.met for _, goal in goals]
    print(f"   {met.count(True)} met, {met.count(False)} not met, {met.count(None)} not judged\n")


if __name__ == "__main__":
    main()
