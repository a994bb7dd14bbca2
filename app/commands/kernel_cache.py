"""
Owns where compiled kernels are kept, and that their first compilation is seen.

The folder is the user's cache folder unless NUMBA_CACHE_DIR says otherwise; it must be named before numba is loaded.
Worker processes inherit it. Several processes may fill it at once: numba writes each file whole, then renames it.
"""

from __future__ import annotations

import atexit
import hashlib
import platform
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from app.commands.session import Session

    Kernels = Literal["all", "journeys"]

VARIABLE = "NUMBA_CACHE_DIR"
SWITCH = "NUMBA_DISABLE_JIT"


def name_cache(environ: MutableMapping[str, str]) -> None:
    """Name the folder of compiled kernels for this process and those it starts; nothing is made yet."""
    if not environ.get(VARIABLE):
        import platformdirs

        environ[VARIABLE] = str(Path(platformdirs.user_cache_dir("ekisei", appauthor=False)) / "kernels")


def ready_kernels(session: Session, environ: MutableMapping[str, str], kernels: Kernels = "all") -> None:
    """
    Compile what is not yet in the cache, in sight of the person who waits.

    Parameters
    ----------
    session
        Where progress is shown.
    environ
        The environment; without a named folder (as in tests) nothing is done.
    kernels
        ``all`` for runs, ``journeys`` for questions about single journeys.

    Notes
    -----
    A mark in the folder says that this version was compiled there; then numba need not even be loaded.
    """
    if not environ.get(VARIABLE) or environ.get(SWITCH, "0") not in {"", "0"}:
        return
    folder = usable_folder(session, environ)
    marks = [folder / f"{name}-{version_digest()}" for name in ("all", kernels)]
    if any(mark.is_file() for mark in marks):
        return
    from sim.routing.compiling import compile_kernels

    label = session.say("progress.kernels")
    with session.progress(label) as report:
        compile_kernels(
            lambda name, n, of: report(f"{label} {n}/{of} {name}", n / of), journeys=kernels == "journeys", edits=False
        )
    marks[-1].touch()


def usable_folder(session: Session, environ: MutableMapping[str, str]) -> Path:
    """Return the folder of compiled kernels; one that cannot be written is replaced by one for this process only."""
    folder = Path(environ[VARIABLE]).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as cause:
        spare = Path(tempfile.mkdtemp(prefix="ekisei-kernels-"))
        atexit.register(shutil.rmtree, spare, ignore_errors=True)
        session.note(session.say("note.kernels_unkept", path=folder, why=cause.strerror), style="yellow")
        folder = spare
        loaded = sys.modules.get("numba")
        if loaded is not None:  # it read the variable when it was loaded
            loaded.config.CACHE_DIR = str(spare)
    environ[VARIABLE] = str(folder)
    return folder


def version_digest() -> str:
    """Return a digest of what compiled code depends on: our sources, numba, Python, the machine's kind."""
    import sim

    hasher = hashlib.sha256()
    root = Path(str(sim.__file__)).parent
    for path in sorted(root.rglob("*.py")):
        hasher.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    for part in (version("numba"), version("llvmlite"), platform.python_version(), platform.machine()):
        hasher.update(part.encode())
    return hasher.hexdigest()[:16]
