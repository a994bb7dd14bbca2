"""Asks a database of weaknesses about everything we depend on; says so where it could not, and never calls that a pass."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
CLEAN, WEAK, NOT_DONE = 0, 1, 2
REMEDY = (
    "This is no pass. Run make audit where https://pypi.org can be reached: a mirror of packages has no advisories."
)


def judge(out: str, problem: str) -> tuple[int, str]:
    """
    Return exit code and words of what pip-audit printed.

    Parameters
    ----------
    out
        Its JSON; something else where it could not ask.
    problem
        What it said beside.
    """
    try:
        found = json.loads(out)["dependencies"]
        asked = [one for one in found if "vulns" in one]
        passed_over = [one for one in found if "skip_reason" in one]
    except (ValueError, KeyError, TypeError):
        last = (problem.strip().splitlines() or ["no answer"])[-1][:300]
        return NOT_DONE, f"NOT DONE: the database of weaknesses could not be asked: {last}\n{REMEDY}"
    if not asked:
        why = passed_over[0]["skip_reason"][:300] if passed_over else "no package was asked about"
        words = f"NOT DONE: the database of weaknesses knew none of {len(passed_over)} packages: {why}"
        return NOT_DONE, f"{words}\n{REMEDY}"
    if passed_over:
        names = ", ".join(one["name"] for one in passed_over)
        words = f"NOT DONE: no answer about {len(passed_over)} of {len(found)} packages: {names}"
        return NOT_DONE, "\n".join([words, *_told(asked), REMEDY])
    weak = _told(asked)
    if weak:
        return WEAK, "\n".join([f"{len(weak)} known weaknesses", *weak])
    return CLEAN, f"no known weakness in {len(asked)} packages of {LOCK.name}"


def _told(asked: list[dict[str, Any]]) -> list[str]:
    """Return a line for every weakness that is known."""
    return [f"{one['name']} {one['version']}: {v['id']}" for one in asked for v in one["vulns"]]


def main() -> int:
    """Ask, and print what came of it."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip", "-f", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    code, words = judge(done.stdout, done.stderr)
    print(words)
    return code


if __name__ == "__main__":
    sys.exit(main())
