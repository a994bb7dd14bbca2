"""
Fuzz the readers and whatever else takes what others wrote: ``make fuzz`` (``ARGS="--seconds 600 --only gtfs"``).

With atheris installed each is fuzzed under its coverage guidance in a process of its own, else by random damage.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
import time
from functools import cache, partial
from pathlib import Path

CRASHES = Path("out/fuzz")
"""Where inputs that crashed something are kept."""
INSTRUMENTED = {"reader": ["geodata"], "target": ["app", "scenarios", "geodata.readers", "geodata.errors"]}
"""What coverage guides: by what is fuzzed."""


def try_seed(seed, raw: bytes) -> None:  # type: ignore[no-untyped-def]
    """Build the city of a seed with other bytes; anything but a refusal with its place and remedy is a failure."""
    from geodata.build import attempt_city
    from geodata.errors import Severity

    with tempfile.TemporaryDirectory() as folder:
        attempt = attempt_city(seed.write(Path(folder), raw))
    errors = [p for p in attempt.problems if p.severity is Severity.ERROR]
    if (attempt.city is None) != bool(errors) or any(not p.where or not p.hint.ja for p in errors):
        raise AssertionError(attempt.problems)


@cache
def everything():  # type: ignore[no-untyped-def]
    """Return name → (what it is, good inputs, what takes bytes, whether good inputs are damaged)."""
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.targets import TARGETS

    readers = {seed.name: ("reader", (seed.good,), partial(try_seed, seed), True) for seed in SEEDS}
    return readers | {one.name: ("target", one.seeds, one.try_bytes, one.is_text) for one in TARGETS}


def with_atheris(name: str, kind: str, seconds: int, corpus: Path) -> None:
    """Fuzz one thing under coverage guidance; does not return."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED[kind]):
        for module in ("geodata.build", "app.factory", "scenarios.apply")[: 1 if kind == "reader" else None]:
            importlib.import_module(module)  # instrumented while it is imported
    _, seeds, try_bytes, _ = everything()[name]
    for number, good in enumerate(seeds):
        (corpus / f"good-{number}").write_bytes(good)
        try_bytes(good)  # whatever is made once is made before time counts
    atheris.Setup(
        [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={seconds}",
            "-timeout=30",
            "-rss_limit_mb=4096",
            f"-artifact_prefix={CRASHES}/",
        ],
        try_bytes,
    )
    atheris.Fuzz()


def with_chance(name: str, seconds: int) -> None:
    """Fuzz one thing by random damage, or random choices, until the time is over."""
    import random

    from tests.fuzz.mutations import ODD, damaged

    _, seeds, try_bytes, is_text = everything()[name]
    chance = random.Random(name)  # noqa: S311 -- damage, not secrets
    end = time.monotonic() + seconds
    kinds = ["cut", "drop", "double", "flip", "insert", "field", "line"]
    n = 0
    while time.monotonic() < end:
        steps = [
            (chance.choice(kinds), chance.random(), chance.randint(1, 64), chance.choice(ODD))
            for _ in range(chance.randint(1, 6))
        ]
        raw = damaged(chance.choice(seeds), steps) if is_text else chance.randbytes(80)
        try:
            try_bytes(raw)
        except BaseException:
            (CRASHES / f"crash-{name.replace(' ', '-')}").write_bytes(raw)
            raise
        n += 1
    print(f"{name}: {n:,} inputs, no crash")


def main() -> int:
    """Fuzz everything for a share of the time; 1 if something crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="in all")
    parser.add_argument("--only", default="", help="what is named with this text")
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    has_atheris = importlib.util.find_spec("atheris") is not None
    CRASHES.mkdir(parents=True, exist_ok=True)
    logging.disable()  # thousands of refusals
    with tempfile.TemporaryDirectory(prefix="ekisei-fuzz-home-") as home:
        os.environ["EKISEI_HOME"] = home  # pages write, and failures are logged
        if given.inside:
            name, _, kind = given.inside.rpartition(":")
            with_atheris(name, kind, given.seconds, Path(tempfile.mkdtemp(dir=home)))
        wanted = {name: one[0] for name, one in everything().items() if given.only in name}
        each = max(given.seconds // max(len(wanted), 1), 1)
        how = "atheris" if has_atheris else "random damage (atheris is not installed)"
        print(f"{len(wanted)} readers and other inputs, {each} s each, {how}", flush=True)
        failed = []
        for name, kind in wanted.items():
            if has_atheris:
                command = [sys.executable, "-m", "tests.fuzz", "--inside", f"{name}:{kind}", "--seconds", str(each)]
                done = subprocess.run(command, check=False)
                print(f"{name}: {'no crash' if done.returncode == 0 else 'CRASH'}", flush=True)
                failed += [name] if done.returncode else []
            else:
                with_chance(name, each)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
