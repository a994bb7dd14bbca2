"""
Owns looking over what is stored: results, draws, shelves, own scenarios with their history, run folders.

Nothing is changed. Each damaged file is one problem: where it is, what is wrong, what to do.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geodata.errors import CitySimError, Problem, RunError, Text, UsageError, error, warning
from scenarios.column_file import check_columns
from scenarios.draft_check import check_draft, draft_ids
from scenarios.sealed import SUMS_FILE
from scenarios.step_shelf import names_read
from scenarios.store import DRAWS_SCHEMA, RESULT_SCHEMA, draws_seal, home_folder, wrong_files
from scenarios.sweep_check import AGAIN as SWEEP_AGAIN
from scenarios.sweep_check import is_sweep, wrong_of_sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

AGAIN = Text(
    "そのままで構いません（使われず、次に要るとき計算し直します）。消しても構いません",
    "leave it (it is not used, and computed again when needed), or delete it",
)
RUN_AGAIN = Text(
    "ekisei batch か run に --resume を付けて計算し直してください（壊れたものだけ作り直します）",
    "compute it again by ekisei batch or run with --resume (only what is damaged is made anew)",
)


@dataclass(frozen=True, slots=True)
class StorePlaces:
    """Where to look: the store's folder, the folder of own scenarios, run folders or folders of many."""

    home: Path = field(default_factory=home_folder)
    drafts: Path | None = None
    runs: tuple[Path, ...] = ()

    @property
    def draft_folder(self) -> Path:
        """The folder of own scenarios: the one given, else that in the store's folder."""
        return self.drafts or self.home / "scenarios"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to look at: of which kind, where, and how."""

    kind: str
    path: Path
    check: Callable[[Path], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class StoreReport:
    """How many of each kind were looked at, and what is wrong; a warning is no damage."""

    counted: dict[str, int]
    problems: tuple[Problem, ...]


def check_store(tasks: Iterable[Task], progress: Callable[[float], None] = lambda _share: None) -> StoreReport:
    """Look at everything; whatever cannot be read is told, never raised."""
    todo, counted, problems = list(tasks), dict[str, int](), list[Problem]()
    for done, task in enumerate(todo):
        progress(done / len(todo))
        counted[task.kind] = counted.get(task.kind, 0) + 1
        try:
            problems.extend(task.check(task.path))
        except CitySimError as cause:
            problems.extend(cause.problems)
        except OSError as cause:
            problems.append(unreadable(task.path, cause))
    return StoreReport(counted, tuple(problems))


def stored_tasks(places: StorePlaces) -> Iterator[Task]:
    """Yield what there is to look at."""
    for folder in key_folders(places.home / "results"):
        yield Task("draws" if holds_draws(folder) else "results", folder, check_sealed)
    for kind in ("travel", "steps"):
        for folder in key_folders(places.home / kind):
            for path in sorted(folder.glob("[!.]*.npz")):
                yield Task(kind, path, check_column_file)
            if kind == "steps":
                yield Task(kind, folder, check_step_names)
    for scenario_id in draft_ids(places.draft_folder):
        yield Task("drafts", places.draft_folder / f"{scenario_id}.yaml", check_draft)
    for runs in places.runs:
        yield from run_tasks(runs)


def key_folders(root: Path) -> list[Path]:
    """Return the folders of keys below a root: two signs of a digest, then all of it; unfinished ones left out."""
    return sorted(p for p in root.glob("[!.]*/[!.]*") if p.is_dir())


def holds_draws(folder: Path) -> bool:
    """Return whether a folder of the store holds draws, as far as its record can be read."""
    try:
        return draws_seal(folder).schema == DRAWS_SCHEMA or (folder / "checksum").exists()
    except (OSError, ValueError, KeyError, TypeError):
        return False


def check_sealed(folder: Path) -> list[Problem]:
    """Return which files of a stored result or of stored draws are damaged."""
    try:
        seal = draws_seal(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [damaged(folder / SUMS_FILE, AGAIN)]
    if seal.schema not in {"", RESULT_SCHEMA, DRAWS_SCHEMA}:
        message = Text(
            f"新しい版の Ekisei が書いたものです（{seal.schema}）。この版は使わず、計算し直します",
            f"a later version of Ekisei wrote it ({seal.schema}); this one computes it again",
        )
        return [warning("store.newer", str(folder), message)]
    return [damaged(folder / name, AGAIN) for name in seal.wrong_in(folder)]


def check_column_file(path: Path) -> list[Problem]:
    """Return whether a file of a shelf is damaged; one of the first version by the checksums of its archive."""
    try:
        with path.open("rb") as file:
            if check_columns(file).sha256:
                return []
            with zipfile.ZipFile(file) as archive:
                return [] if archive.testzip() is None else [damaged(path, AGAIN)]
    except FileNotFoundError:  # put together with others meanwhile
        return []
    except (ValueError, RuntimeError, zipfile.BadZipFile):
        return [damaged(path, AGAIN)]


def check_step_names(folder: Path) -> list[Problem]:
    """Return which names of readings are damaged or gone: without them no value of theirs is found."""
    told = {path.name.rpartition("-")[0] for path in folder.glob("[!.]*-*.npz")}
    told |= {path.stem for path in folder.glob("[!.]*.json")}
    found = []
    for path in (folder / f"{name}.json" for name in sorted(told)):
        try:
            names_read(path)
        except (OSError, ValueError, TypeError):
            found.append(damaged(path, AGAIN))
    return found


# ---------------------------------------------------------------- run folders


def run_tasks(folder: Path) -> Iterator[Task]:
    """
    Yield the runs of a folder, which is one or holds many, and their common table.

    Raises
    ------
    UsageError
        If there is none.
    """
    if _is_run(folder):
        yield Task("runs", folder, check_run)
        return
    runs = sorted(p for p in folder.glob("[!.]*") if p.is_dir() and _is_run(p)) if folder.is_dir() else []
    lost = sorted(p for p in folder.glob(".*.old-*") if not p.with_name(_name_before(p, ".old-")).exists())
    if not (runs or lost):
        message = Text("計算結果がありません", "there is no run here")
        hint = Text("run か batch が書いたフォルダを指定してください", "name a folder that run or batch wrote")
        raise UsageError(error("store.no_runs", str(folder), message, hint))
    for run in runs:
        yield Task("runs", run, check_run)
    for old in lost:
        yield Task("runs", old, _told_lost)
    if (folder / "kpi.csv").exists():
        yield Task("tables", folder / "kpi.csv", check_table)


def _is_run(folder: Path) -> bool:
    return is_sweep(folder) or any((folder / name).is_file() for name in ("manifest.json", "map.json", "scenario.yaml"))


def _name_before(path: Path, mark: str) -> str:
    return path.name.partition(mark)[0].removeprefix(".")


def check_run(folder: Path) -> list[Problem]:
    """Return which files of the folder of a run, or of a sweep file, are damaged."""
    if is_sweep(folder):
        wrong, problems = wrong_of_sweep(folder)
        return [*problems, *(damaged(path, SWEEP_AGAIN) for path in wrong)]
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return [damaged(folder / name, RUN_AGAIN) for name in wrong_files(folder, manifest)]
    except RunError as cause:  # of a later version
        return list(cause.problems)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [damaged(folder / "manifest.json", RUN_AGAIN)]


def check_table(path: Path) -> list[Problem]:
    """Return whether the table of a batch is other than those of its runs; unknown where one of them is damaged."""
    head, _, left = path.read_bytes().partition(b"\n")
    rest = len(left)
    for table in sorted(path.parent.glob("[!.]*/kpi.csv")):
        if check_run(table.parent):
            return []
        own_head, _, rows = table.read_bytes().partition(b"\n")
        if own_head == head and rows in left:
            rest -= len(rows)
    return [] if rest == 0 else [damaged(path, RUN_AGAIN)]


def _told_lost(path: Path) -> list[Problem]:
    message = Text(
        "置き換えの途中で止まりました。これは前の結果です", "replacing a run was cut short; this is the earlier one"
    )
    name = _name_before(path, ".old-")
    hint = Text(
        f"{name} に名前を変えれば戻ります。{RUN_AGAIN.ja}", f"rename it to {name} to have it back, or {RUN_AGAIN.en}"
    )
    return [warning("store.replaced", str(path), message, hint)]


# ---------------------------------------------------------------- words


def damaged(path: Path, hint: Text) -> Problem:
    """Return that a file is damaged or gone, with what to do."""
    message = (
        Text("壊れているか、書き換えられています", "damaged or changed")
        if path.exists()
        else Text("なくなっています", "gone")
    )
    return error("store.damaged", str(path), message, hint)


def unreadable(path: Path, cause: OSError) -> Problem:
    """Return that something cannot be read at all."""
    said = cause.strerror or str(cause)
    message = Text(f"読めません（{said}）", f"cannot be read ({said})")
    hint = Text("読み取りの権限とディスクを確かめてください", "check rights and the disk")
    return error("store.unreadable", str(path), message, hint)
