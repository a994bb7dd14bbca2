"""
Owns making room: what no run of this code can find any more, and what was left half written.

Only what a program computed is taken away, never what a person wrote. It is safe beside running batches: what they
read is of this code, what they write is younger than a day, and whatever is missing is computed again.
"""

from __future__ import annotations

import secrets
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geodata.errors import Problem, Text, warning
from scenarios.column_file import code_of
from scenarios.sealed import read_seal
from scenarios.store import code_digest, draws_seal
from scenarios.store_check import StorePlaces, key_folders
from scenarios.whole_file import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DAY_S = 86_400.0
LEFT_S = DAY_S
"""What is half written is left behind where nobody went on with it for so long: the longest write takes minutes."""
Why = Literal["code", "format", "damaged", "left"]


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing to take away: of which kind, why, where, and how large."""

    kind: str
    why: Why
    path: Path
    n_bytes: int


def find_removals(places: StorePlaces, *, keep_days: float = 0.0, now: float | None = None) -> list[Removal]:
    """
    Return what may be taken away.

    Parameters
    ----------
    places
        Where to look; own scenarios are left alone.
    keep_days
        What other code stored is kept for so long, as one may go back to an earlier version.
    now
        Seconds of the clock; the system's if left out.
    """
    moment = time.time() if now is None else now
    found: list[Removal] = []
    for kind, why_of in (("results", _why_result), ("travel", _why_columns), ("steps", _why_columns)):
        for folder in key_folders(places.home / kind):
            why = why_of(folder)
            if why is not None and moment - _newest(folder) >= keep_days * DAY_S:
                found.append(Removal(kind, why, folder, _size(folder)))
        found += [_left(kind, p) for p in (places.home / kind).rglob(f"{PREFIX}*") if _is_left(p, moment)]
    for runs in places.runs:
        found += [_left("runs", p) for p in _unfinished_runs(runs) if _is_left(p, moment)]
    return found


def remove(removals: list[Removal], progress: Callable[[float], None] = lambda _share: None) -> tuple[Problem, ...]:
    """Take things away; return what could not be."""
    problems = []
    for done, one in enumerate(removals):
        progress(done / len(removals))
        try:
            _take_away(one.path)
        except FileNotFoundError:
            continue  # another was faster
        except OSError as cause:
            said = cause.strerror or str(cause)
            hint = Text("権限を確かめてください", "check rights")
            problems.append(
                warning(
                    "store.not_removed", str(one.path), Text(f"消せません（{said}）", f"not removed ({said})"), hint
                )
            )
    return tuple(problems)


def _take_away(path: Path) -> None:
    """Remove a file or folder; a folder loses its name first, so that nobody meets half of it."""
    if not path.is_dir():
        path.unlink()
        return
    gone = path.with_name(f"{PREFIX}{secrets.token_hex(4)}")
    path.rename(gone)
    shutil.rmtree(gone)


def _why_result(folder: Path) -> Why | None:
    try:
        seal = draws_seal(folder) if (folder / "checksum").exists() else read_seal(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "damaged" if folder.exists() else None
    return _why_code(seal.code)


def _why_columns(folder: Path) -> Why | None:
    files = list(folder.glob("[!.]*.npz"))
    codes = {code_of(path) for path in files}
    if not files or code_digest() in codes:
        return None
    return "format" if codes == {""} else "code"


def _why_code(code: str) -> Why | None:
    if code == code_digest():
        return None
    return "code" if code else "format"


def _unfinished_runs(folder: Path) -> Iterator[Path]:
    """Yield what runs left beside their place; an earlier run that was being replaced only where its successor is."""
    yield from folder.glob(".*.part-*")
    yield from folder.glob(f"{PREFIX}*")
    for old in folder.glob(".*.old-*"):
        if old.with_name(old.name.partition(".old-")[0].removeprefix(".")).exists():
            yield old


def _left(kind: str, path: Path) -> Removal:
    return Removal(kind, "left", path, _size(path))


def _is_left(path: Path, now: float) -> bool:
    """Return whether nobody goes on with something: a day old, or from the future by a clock that was wrong."""
    try:
        return abs(now - _newest(path)) > LEFT_S
    except OSError:
        return False


def _files(path: Path) -> list[Path]:
    return [path, *path.rglob("*")] if path.is_dir() else [path]


def _newest(path: Path) -> float:
    return max((p.stat().st_mtime for p in _files(path) if p.exists()), default=time.time())


def _size(path: Path) -> int:
    return sum(p.stat().st_size for p in _files(path) if p.is_file())
