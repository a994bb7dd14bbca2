"""The disk fills up at any point: it is told in words, nothing that was there is lost, and with room one goes on."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.soak.rows import Options, Row
from tests.soak.town import make_town, resume, verify
from tests.soak.town import run as call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.soak.town import Town

ENOUGH = "200m"
LEAST_KB, MOST_KB = 40, 4_000
"""A batch of the town with its store takes about as much as the larger."""


class NoMountError(Exception):
    """A file system cannot be mounted here."""


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system of a size; raise `NoMountError` where one may not."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "ekisei-soak", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as cause:
        raise NoMountError(str(cause)) from None
    if done.returncode:
        raise NoMountError(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def enlarge(folder: Path, size: str) -> None:
    """Give a mounted file system another size."""
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


def batch_on_a_full_disk(town: Town, folder: Path, size_kb: int, *, store_too: bool) -> str:
    """Run a batch on too small a disk, then on a larger one; return what is wrong."""
    with small_disk(folder / "disk", f"{size_kb}k") as disk:
        out, home = disk / "out", (disk if store_too else folder) / "home"
        done = call(town.batch(out), home)
        told = done.stdout + done.stderr
        if "Traceback" in told or "unexpected" in told.lower():
            return f"not told in words at {size_kb} kB: {told[-600:]}"
        if done.returncode and "space" not in told:
            return f"the reason is not told at {size_kb} kB: {told[-600:]}"
        enlarge(disk, ENOUGH)
        wrong = resume(town, out, home)
        if wrong:
            return f"{size_kb} kB: {wrong}"
        code, said = verify(home, out)
        return "" if code == 0 else f"{size_kb} kB: {said[-600:]}"


SAVE = """
import sys
from pathlib import Path
from geodata.errors import CitySimError
from scenarios.drafts import DraftFolder
drafts = DraftFolder(Path(sys.argv[1]))
plain = {"schema": "ekisei-scenario/1", "id": "mine", "title": {"ja": "例", "en": "E"}, "year": 2031}
try:
    for _ in range(3000):
        number = drafts.read_number("mine")
        text = {"ja": "長い説明" * 200, "en": "long"}
        saved = drafts.save(plain | {"seed": number or 0, "description": text}, who="A", why="w", expected=number)
        print(saved.number, flush=True)
except CitySimError as cause:
    print(cause.render('en'), file=sys.stderr)
    sys.exit(9)
"""


def drafts_on_a_full_disk(folder: Path, size_kb: int) -> str:
    """Save until the disk is full; what was acknowledged is there, and with room one goes on."""
    from scenarios.drafts import DraftFolder

    with small_disk(folder / "drafts", f"{size_kb}k") as disk:
        drafts = disk / "home" / "scenarios"
        done = call([sys.executable, "-c", SAVE, str(drafts)], disk / "home")
        if done.returncode != 9:
            return f"it did not fill up: {done.stderr[-300:]}"
        said = [int(line) for line in done.stdout.split()]
        code, told = verify(disk / "home")
        if code:
            return told[-600:]
        kept = DraftFolder(drafts)
        for number in said:
            kept.text_at("mine", number)
        enlarge(disk, ENOUGH)
        number = kept.read_number("mine")
        kept.save(kept.read("mine")[0] | {"year": 2040}, who="B", why="room", expected=number)
        return "" if kept.read("mine")[0]["year"] == 2040 else "no room was used"


def fill_disks(options: Options, tries: int) -> list[Row]:
    """Fill up the disk so many times at random points."""
    chance = random.Random(options.seed)  # noqa: S311 -- sizes, not secrets
    town = make_town(options.folder / "town")
    wrong, sizes = [], []
    for number in range(tries):
        size = int(LEAST_KB * (MOST_KB / LEAST_KB) ** chance.random())
        sizes.append(size)
        wrong.append(batch_on_a_full_disk(town, options.folder / f"batch-{number}", size, store_too=number % 2 == 0))
    bad = [one for one in wrong if one]
    full = [drafts_on_a_full_disk(options.folder / f"drafts-{n}", 200 + 150 * n) for n in range(max(tries // 4, 1))]
    told = [one for one in full if one]
    return [
        Row(
            "ディスクが一杯になっても言葉で伝え、空きができれば続きから 1 ビットも違わずに終わる",
            "a batch on a disk of random size, then --resume on a larger one",
            "; ".join([f"{tries} disks of {min(sizes)}–{max(sizes)} kB, {len(bad)} wrong", *bad]),
            not bad,
        ),
        Row(
            "ディスクが一杯でも、保存したと言われたシナリオの版は残る",
            "save own scenarios until the disk is full",
            "; ".join([f"{len(full)} disks, {len(told)} wrong", *told]),
            not told,
        ),
    ]


def run(options: Options) -> list[Row]:
    """Fill up twenty disks, where they can be mounted; else say why not."""
    try:
        return fill_disks(options, 20)
    except NoMountError as cause:
        return [Row("ディスクが一杯になっても失わない", "not tried: no file system can be mounted", str(cause), False)]
