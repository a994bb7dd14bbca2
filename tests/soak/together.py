"""Two batches on one store at once, with cleaning beside them: each equals an undisturbed one."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.soak.rows import Options, Row
from tests.soak.town import EKISEI, ROOT, digests, environ, make_town, resume, verify
from tests.soak.town import run as call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.soak.town import Town


def begin(command: list[str], home: Path) -> subprocess.Popen[str]:
    """Start a command whose words are kept."""
    return subprocess.Popen(
        command, env=environ(home), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def two_batches(town: Town, folder: Path, *, one_folder: bool) -> str:
    """Run two batches on one store, into one folder or two; return what is wrong."""
    home = folder / "home"
    outs = [folder / "out", folder / ("out" if one_folder else "other")]
    batches = [begin(town.batch(out, "--resume", jobs=1), home) for out in outs]
    while any(batch.poll() is None for batch in batches):
        call([*EKISEI, "store", "gc"], home)
    told = [batch.communicate()[0] for batch in batches]
    for batch, words in zip(batches, told, strict=True):
        if batch.returncode:
            return f"ended with {batch.returncode}: {words[-600:]}"
    for out in outs:
        if digests(out) != town.expected:
            return f"other bits in {out.name}"
    wrong = resume(town, outs[0], home)
    code, said = verify(home, outs[0])
    return wrong or ("" if code == 0 else said[-600:])


def run_rounds(options: Options, rounds: int) -> list[Row]:
    """Run two batches at once so many times."""
    town = make_town(options.folder / "town")
    tries = [(n, same) for n in range(rounds) for same in (False, True)]
    wrong = [two_batches(town, options.folder / f"{n}-{same}", one_folder=same) for n, same in tries]
    bad = [one for one in wrong if one]
    return [
        Row(
            "同じ蓄えに二つの計算を同時に走らせ、その間に掃除しても、どちらも 1 ビットも違わない",
            "two batches at once on one store, into two folders and into one, with `store gc` beside them",
            "; ".join([f"{len(tries)} pairs, {len(bad)} wrong", *bad]),
            not bad,
        )
    ]


def run(options: Options) -> list[Row]:
    """Run ten pairs."""
    return run_rounds(options, 5)
