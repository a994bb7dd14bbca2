"""Owns where the command line reads and writes: the user's folder, the log, and the fence around ``--out``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.words import both
from geodata.errors import UsageError, error
from geodata.writable import require_writable

if TYPE_CHECKING:
    from geodata.city import City

LOG_NAME = "ekisei.log"
MADE_BY_EKISEI = ("manifest.json", "city.json", "kpi.csv")


def home_folder() -> Path:
    """Return the folder of a user's things: EKISEI_HOME, else the platform's."""
    given = os.environ.get("EKISEI_HOME")
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("ekisei", appauthor=False))


def log_file() -> Path:
    """Return where unexpected errors are written down."""
    return home_folder() / "logs" / LOG_NAME


def require_free(out: Path, *, resume: bool, force: bool) -> None:
    """
    Refuse an output folder that holds something, unless the user said what to do with it.

    Raises
    ------
    UsageError
        If `out` is a file or cannot be written, or not empty without `resume` or `force`, or `force` would delete
        what Ekisei did not make.
    """
    if resume and force:
        raise UsageError(error("cli.resume_and_force", "--resume --force", both("usage.resume_and_force")))
    if out.exists() and not out.is_dir():
        raise UsageError(error("cli.out_is_file", str(out), both("usage.out_is_file"), both("usage.out_foreign_hint")))
    require_writable(out)
    if not out.exists() or not any(out.iterdir()) or resume:
        return
    if not force:
        raise UsageError(error("cli.out_not_empty", str(out), both("usage.out_not_empty"), both("usage.out_hint")))
    if not is_ours(out):
        raise UsageError(
            error("cli.out_foreign", str(out), both("usage.out_foreign"), both("usage.out_foreign_hint")),
        )


def is_ours(folder: Path) -> bool:
    """Return whether a run, a batch or a city was written here; only such a folder may be replaced."""
    return any((folder / name).is_file() for name in MADE_BY_EKISEI)


def clear_folder(folder: Path) -> None:
    """Delete what `require_free` allowed to replace."""
    if folder.exists() and is_ours(folder):
        shutil.rmtree(folder)


def load_city(folder: Path | None) -> City:
    """Return the bundled city, or one that was built into `folder`."""
    if folder is None:
        from geodata.hitachi import load_hitachi

        return load_hitachi()
    from geodata.snapshot import read_city

    return read_city(folder)
