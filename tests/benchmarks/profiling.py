"""Owns the profile of the full matrix: where the engine's time goes, by stage."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.engine import full_matrix
from tests.benchmarks.inputs import ROOT
from tests.benchmarks.report import Part
from tests.benchmarks.timing import Figure, clock

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

SHARE_SHOWN = 0.005


def profile(bench: Bench) -> Part:
    """Time the full matrix in one thread by function of ours; compiled kernels count as part of their caller."""
    asked = bench.input
    part = Part("profile", "where the time of the full matrix goes (one thread)")

    def ours(n_threads: int) -> object:
        return full_matrix(asked.city, asked.cells, asked.facilities, asked.request, n_threads=n_threads)

    bench.tell("warm-up")
    ours(2)
    part.add(*(Figure(f"{n} thread{'s' * (n > 1)}", (clock(lambda n=n: ours(n)),)) for n in (1, 2)))
    bench.tell("profiling")
    profiler = cProfile.Profile()
    profiler.runcall(ours, 1)
    stats = pstats.Stats(profiler).stats
    whole = sum(own for _, _, own, _, _ in stats.values())
    rows = sorted(
        ((own, total, _place(key)) for key, (_, _, own, total, _) in stats.items() if _is_ours(key[0])), reverse=True
    )
    elsewhere = whole - sum(own for own, _, _ in rows)
    part.facts["stages"] = [{"function": place, "own_s": own, "total_s": total} for own, total, place in rows]
    part.add(
        "seconds in the function itself, share of all | with what it calls | function (compiled ones are whole stages)"
    )
    for own, total, place in rows:
        if own >= SHARE_SHOWN * whole:
            part.add(f"{own:7.3f} s {own / whole:6.1%} | {total:7.3f} s | {place}")
    part.add(f"{elsewhere:7.3f} s {elsewhere / whole:6.1%} |           | numpy, scipy and others, called from ours")
    return part


def _is_ours(file: str) -> bool:
    return any(Path(file).is_relative_to(ROOT / room) for room in ("sim", "geodata"))


def _place(key: tuple[str, int, str]) -> str:
    return f"{Path(key[0]).relative_to(ROOT).as_posix()}:{key[1]} {key[2]}"
