"""
Try for longer whether anything is lost: ``make soak`` (``ARGS="--only kills,disk --kills 20"``).

Prints one row per promise and writes them to out/soak.json; ends with 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.soak.rows import Options, Row

PARTS = {
    "kills": "tests.soak.kills",
    "disk": "tests.soak.disk",
    "rights": "tests.soak.rights",
    "damage": "tests.soak.damage",
    "clock": "tests.soak.clock",
    "together": "tests.soak.together",
    "web": "tests.soak.web_load",
}
"""Name of a part → its module, which has ``run(options) -> list[Row]``."""
FIGURES = Path("out/soak.json")


def main() -> int:
    """Run the parts asked for; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    asked.add_argument("--only", default=",".join(PARTS), help=f"parts, by comma: {', '.join(PARTS)}")
    asked.add_argument("--kills", type=int, default=Options.kills, help="processes killed in all")
    asked.add_argument("--seconds", type=float, default=Options.seconds, help="how long loads are kept up")
    asked.add_argument("--seed", type=int, default=Options.seed, help="of every random moment and byte")
    given = asked.parse_args()
    names = [name.strip() for name in given.only.split(",") if name.strip()]
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        asked.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    found: dict[str, list[Row]] = {}
    for name in names:
        folder = Path("out/soak") / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.monotonic()
        options = Options(given.kills, given.seconds, given.seed, folder.absolute())
        found[name] = import_module(PARTS[name]).run(options)
        print(f"{name}: {time.monotonic() - began:.0f} s")
        for row in found[name]:
            print(f"  {'held  ' if row.passed else 'BROKEN'}  {row.promise} | {row.done} | {row.figure}")
        if all(row.passed for row in found[name]):
            shutil.rmtree(folder, ignore_errors=True)  # what broke is left to be looked at
    write(found)
    return 0 if all(row.passed for rows in found.values() for row in rows) else 1


def write(found: dict[str, list[Row]]) -> None:
    """Write the figures of the parts that were run beside those of earlier ones."""
    known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}
    stamp = {"at": f"{datetime.now(UTC):%Y-%m-%d}", "python": platform.python_version()}
    parts = {name: {**stamp, "rows": [asdict(row) for row in rows]} for name, rows in found.items()}
    FIGURES.write_text(json.dumps(known | parts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
