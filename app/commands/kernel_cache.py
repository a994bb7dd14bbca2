"""
Owns where compiled kernels are kept, and that their first compilation is seen.

The folder is the user's cache folder unless NUMBA_CACHE_DIR says otherwise; it must be named before numba is loaded.
Worker processes inherit it. Several processes may fill it at once: numba writes each file whole, then renames it.

Within it every state of the sources has a folder of its own: numba compares a kernel's own file only, so after an
update it would go on with what was compiled into the kernel from other files (kernels it calls, constants).
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
    from collections.abc import Iterable, MutableMapping

    from app.commands.session import Session

    Kernels = Literal["all", "journeys"]

VARIABLE = "NUMBA_CACHE_DIR"
SWITCH = "NUMBA_DISABLE_JIT"
OF_SOURCES = "sources-"
"""How the name of the folder of one state of the sources begins."""


def name_cache(environ: MutableMapping[str, str]) -> None:
    """Name the folder of compiled kernels for this process and those it starts; nothing is made yet."""
    given = environ.get(VARIABLE, "")
    if not given:
        import platformdirs

        given = str(Path(platformdirs.user_cache_dir("ekisei", appauthor=False)) / "kernels")
    own = OF_SOURCES + sources_digest(source_roots())
    environ[VARIABLE] = given if Path(given).name == own else str(Path(given) / own)


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
    parts = (version("numba"), version("llvmlite"), platform.python_version(), platform.machine())
    return hashlib.sha256("\n".join((sources_digest(source_roots()), *parts)).encode()).hexdigest()[:16]


def source_roots() -> tuple[Path, ...]:
    """Return the folders whose sources are compiled, or hold constants of what is."""
    import geodata
    import sim

    return tuple(Path(str(package.__file__)).parent for package in (geodata, sim))


def sources_digest(roots: Iterable[Path]) -> str:
    """Return a digest of all sources below some folders."""
    hasher = hashlib.sha256()
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            hasher.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return hasher.hexdigest()[:16]
