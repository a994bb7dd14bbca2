"""Stored files are damaged: each is named by `store verify`, none is believed, and resume makes the run whole again."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

from tests.soak.rows import Options, Row
from tests.soak.town import make_town, resume, verify
from tests.soak.town import run as call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.soak.town import Town

AT_ONCE = 12


def flip(path: Path, chance: random.Random) -> None:
    """Change one bit."""
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


def cut(path: Path, chance: random.Random) -> None:
    """Take away the end."""
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def drop(path: Path, chance: random.Random) -> None:
    """Take away all of it."""
    del chance
    path.unlink()


def targets(out: Path, home: Path) -> list[Path]:
    """Return every stored file, logs apart."""
    files = [p for place in (out, home) for p in sorted(place.rglob("*")) if p.is_file()]
    return [p for p in files if p.name != "run.log" and "logs" not in p.parts and p.stat().st_size]


def can_be_missed(path: Path) -> bool:
    """Return whether nobody can tell that a file is gone: a column of a shelf, or the table of a batch."""
    return path.suffix == ".npz" or path.parent.name == "out"


def round_of(town: Town, folder: Path, chance: random.Random) -> tuple[int, str]:
    """Damage files of a finished batch and of its store; return how many, and what is wrong afterwards."""
    out, home = folder / "out", folder / "home"
    done = call(town.batch(out, jobs=1), home)
    if done.returncode:
        return 0, done.stderr
    hurt: list[Path] = []
    for path in chance.sample(targets(out, home), AT_ONCE):
        how = chance.choice((flip, cut) if can_be_missed(path) else (flip, cut, drop))
        how(path, chance)
        hurt.append(path)
    code, told = verify(home, out)
    flat = told.replace("\n", "")
    # the table of a batch cannot be told from runs that are damaged themselves: it is written anew by every resume
    unnamed = [str(p) for p in hurt if str(p) not in flat and p != out / "kpi.csv" and not _is_named(p, flat)]
    if code != 3 or unnamed:
        return len(hurt), f"verify ended with {code}, not named: {', '.join(unnamed)}"
    wrong = resume(town, out, home)
    if wrong:
        return len(hurt), wrong
    shutil.rmtree(home)  # whatever is damaged there is found no more
    code, told = verify(home, out)
    return len(hurt), "" if code == 0 else told


def _is_named(path: Path, told: str) -> bool:
    """Return whether the record that seals a file is named in its place: then nothing beside it is believed."""
    return any(str(path.parent / name) in told or str(path.parents[1] / name) in told for name in SEALS)


SEALS = ("checksums.json", "manifest.json")


def damage_files(options: Options, rounds: int) -> list[Row]:
    """Damage files so many times."""
    chance = random.Random(options.seed)  # noqa: S311 -- places, not secrets
    town = make_town(options.folder / "town")
    found = [round_of(town, options.folder / f"round-{n}", chance) for n in range(rounds)]
    wrong = [bad for _, bad in found if bad]
    return [
        Row(
            "壊れたファイルは点検で名指しされ、信じられず、--resume で 1 ビットも違わずに戻る",
            "flip a bit of, cut short or delete files of runs and store at random",
            "; ".join([f"{sum(n for n, _ in found)} files damaged, {len(wrong)} of {rounds} rounds wrong", *wrong]),
            not wrong,
        )
    ]


def run(options: Options) -> list[Row]:
    """Damage files ten times."""
    return damage_files(options, 10)
