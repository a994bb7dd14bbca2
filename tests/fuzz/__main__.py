"""
Fuzz the readers for longer: ``make fuzz`` (``ARGS="--seconds 600 --only gtfs"``).

With atheris installed each format is fuzzed under its coverage guidance in a process of its own, else by hypothesis.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.seeds import SEEDS, Seed

CRASHES = Path("out/fuzz")
"""Where files that crashed a reader are kept."""


def try_bytes(seed: Seed, raw: bytes) -> None:
    """Build the city of a seed with other bytes; anything but a refusal with its place and remedy is a failure."""
    from geodata.build import attempt_city
    from geodata.errors import Severity

    with tempfile.TemporaryDirectory() as folder:
        attempt = attempt_city(seed.write(Path(folder), raw))
    errors = [p for p in attempt.problems if p.severity is Severity.ERROR]
    if (attempt.city is None) != bool(errors) or any(not p.where or not p.hint.ja for p in errors):
        raise AssertionError(attempt.problems)


def with_atheris(seed: Seed, seconds: int, corpus: Path) -> None:
    """Fuzz one format under coverage guidance; does not return."""
    import atheris

    with atheris.instrument_imports(include=["geodata"]):
        import geodata.build  # noqa: F401 -- instrumented while it is imported
    (corpus / "good").write_bytes(seed.good)
    atheris.Setup(
        [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={seconds}",
            "-timeout=20",
            "-rss_limit_mb=4096",
            f"-artifact_prefix={CRASHES}/",
        ],
        lambda raw: try_bytes(seed, raw),
    )
    atheris.Fuzz()


def with_hypothesis(seed: Seed, seconds: int) -> None:
    """Fuzz one format by random damage until the time is over."""
    import random

    from tests.fuzz.mutations import ODD, damaged

    chance = random.Random(seed.name)  # noqa: S311 -- damage, not secrets
    end = time.monotonic() + seconds
    kinds = ["cut", "drop", "double", "flip", "insert", "field", "line"]
    n = 0
    while time.monotonic() < end:
        steps = [
            (chance.choice(kinds), chance.random(), chance.randint(1, 64), chance.choice(ODD))
            for _ in range(chance.randint(1, 6))
        ]
        raw = damaged(seed.good, steps)
        try:
            try_bytes(seed, raw)
        except Exception:
            (CRASHES / f"crash-{seed.name.replace(' ', '-')}").write_bytes(raw)
            raise
        n += 1
    print(f"{seed.name}: {n:,} files, no crash")


def main() -> int:
    """Fuzz every format for a share of the time; 1 if one of them crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="in all")
    parser.add_argument("--only", default="", help="formats whose name holds this text")
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    seeds = [s for s in SEEDS if given.only in s.name]
    atheris = importlib.util.find_spec("atheris") is not None
    if given.inside:
        seed = next(s for s in SEEDS if s.name == given.inside)
        with tempfile.TemporaryDirectory() as corpus:
            with_atheris(seed, given.seconds, Path(corpus))
        return 0
    each = max(given.seconds // max(len(seeds), 1), 1)
    print(
        f"{len(seeds)} formats, {each} s each, {'atheris' if atheris else 'random damage (atheris is not installed)'}"
    )
    CRASHES.mkdir(parents=True, exist_ok=True)
    failed = []
    for seed in seeds:
        if atheris:
            command = [sys.executable, "-m", "tests.fuzz", "--inside", seed.name, "--seconds", str(each)]
            done = subprocess.run(command, check=False)
            print(f"{seed.name}: {'no crash' if done.returncode == 0 else 'CRASH'}")
            failed += [seed.name] if done.returncode else []
        else:
            with_hypothesis(seed, each)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
