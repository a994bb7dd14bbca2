"""The right to write is taken away, under a user who is not root: it is told in words, and with the right one goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.soak.disk import SAVE
from tests.soak.rows import Options, Row
from tests.soak.town import ROOT, digests, environ, make_town

if TYPE_CHECKING:
    from tests.soak.town import Town

NOBODY = 65534
CAPS = "-all,+dac_read_search"
"""What is left of root: reading, since Python itself may stand in a home folder that is closed to others."""
DROP = [
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
    f"--inh-caps={CAPS}", f"--ambient-caps={CAPS}", f"--bounding-set={CAPS}",
]  # fmt: skip


def can_drop() -> bool:
    """Return whether this process may become a user who may not write."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv") is not None


def as_nobody(command: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a user who owns nothing."""
    given = environ(home, HOME=str(home), NUMBA_CACHE_DIR=str(home.parent / "kernels"))
    return subprocess.run(
        [*DROP, *command], env=given, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )


def may_write(folder: Path, *, yes: bool) -> None:
    """Give a folder to nobody, or take away from it the right to write."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY if yes else 0, NOBODY if yes else 0)
        path.chmod((0o755 if path.is_dir() else 0o644) if yes else (0o555 if path.is_dir() else 0o444))


def without_rights(town: Town, folder: Path) -> list[str]:
    """Take away the right to write of the run folder, of the store, of own scenarios; return what is wrong."""
    out, home = folder / "runs" / "out", folder / "home"
    for each in (out.parent, home, folder / "kernels"):
        each.mkdir(parents=True, exist_ok=True)
    _lend_kernels(folder / "kernels")
    may_write(folder / "kernels", yes=True)
    wrong = []

    may_write(out.parent, yes=False)
    may_write(home, yes=True)
    done = as_nobody(town.batch(out), home)
    if done.returncode not in {2, 3} or "Traceback" in done.stderr:
        wrong.append(f"run folder: ended with {done.returncode}: {done.stderr[-400:]}")

    may_write(out.parent, yes=True)
    may_write(home, yes=False)
    done = as_nobody(town.batch(out), home)
    if done.returncode or digests(out) != town.expected:
        wrong.append(f"store: ended with {done.returncode}, or other bits: {done.stderr[-400:]}")
    if "run.store" not in done.stderr + done.stdout and "kept for reuse" not in done.stderr + done.stdout:
        wrong.append("store: that nothing can be kept is not told")

    shutil.rmtree(out / "clinic-2", ignore_errors=True)
    may_write(home, yes=True)
    done = as_nobody(town.batch(out, "--resume"), home)
    if done.returncode or digests(out) != town.expected:
        wrong.append(f"resume: ended with {done.returncode}, or other bits: {done.stderr[-400:]}")

    drafts = home / "scenarios"
    drafts.mkdir(exist_ok=True)
    may_write(home, yes=False)
    done = as_nobody([sys.executable, "-c", SAVE, str(drafts)], home)
    if done.returncode != 9 or done.stdout:
        wrong.append(f"own scenarios: ended with {done.returncode}: {done.stderr[-400:]}")
    return wrong


def _lend_kernels(folder: Path) -> None:
    """Copy what is compiled already: nobody has a cache of their own."""
    from app.commands.kernel_cache import VARIABLE, name_cache

    known = dict(os.environ)
    name_cache(known)
    held = known.get(VARIABLE, "")
    if Path(held).is_dir():
        shutil.copytree(held, folder / Path(held).name, dirs_exist_ok=True)


def run(options: Options) -> list[Row]:
    """Take away rights."""
    promise = "書き込みの権限がなくても言葉で伝え、権限が戻れば続きから 1 ビットも違わずに終わる"
    if not can_drop():
        return [Row(promise, "not tried: only root, with setpriv, can become a user without rights", "", False)]
    town = make_town(options.folder / "town")
    wrong = without_rights(town, options.folder / "rights")
    done = "batch and saving under a dropped uid, run folder, store and own scenarios read-only in turn"
    return [Row(promise, done, "; ".join([f"4 cases, {len(wrong)} wrong", *wrong]), not wrong)]
