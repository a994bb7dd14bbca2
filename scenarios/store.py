"""Owns stored results: the content-addressed store under EKISEI_HOME, and reading run folders back."""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

import geodata
import sim
from geodata.digest import digest_of
from geodata.errors import Problem, RunError, Text, UsageError, error, warning
from geodata.provenance import Status
from scenarios.files import read_scenario
from scenarios.schema import Scenario
from scenarios.sealed import SCHEMA, SUMS_FILE, Seal, file_digest, has_right_sum, read_seal, sealed_folder
from scenarios.splitting import with_apparent
from sim.results import ChangeSplit, KpiRow, RunResult, Trace
from sim.uncertainty.draws import Draws, draws_of

NUMBERS = ("value", "model_value", "low", "high")
SPLIT_COLUMNS = ("kpi_id", "setting", "group", "change", "demographic", "policy", "apparent")
TRACE_COLUMNS = ("kind", "name", "step", "reads")
CHECKED_FILES = ("kpi.csv", "cells.parquet", "splits.csv", "scenario.yaml", "map.json")
TABLES_FOLDER = "tables"
DRAWS_FILE = "draws.parquet"
"""Every row under every draw, in the folder of a run that was drawn."""
DEFAULT_RUNS = Path("out/library")
RESULT_SCHEMA, DRAWS_SCHEMA = "ekisei-result/2", "ekisei-draws/2"
"""Formats of what is stored by content; the first versions had no name, and are read too."""
RUN_SCHEMAS = ("ekisei-run/1", "ekisei-run/2")
"""Formats of run folders that are read; the last is written. The second has a checksum of the manifest itself."""


def home_folder() -> Path:
    """Return the folder of a user's things: EKISEI_HOME, else the platform's user data folder."""
    given = os.environ.get("EKISEI_HOME")
    if given:
        return Path(given).expanduser()
    import platformdirs  # noqa: PLC0415 -- only without EKISEI_HOME

    return Path(platformdirs.user_data_dir("ekisei", appauthor=False))


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return the hash of the sources of `geodata` and `sim`, line ends apart: other code, other results."""
    hasher = hashlib.sha256()
    for package in (geodata, sim):
        root = Path(str(package.__file__)).parent
        for path in sorted(root.rglob("*.py"), key=lambda p: p.relative_to(root).as_posix()):
            hasher.update(f"{root.name}/{path.relative_to(root).as_posix()}\n".encode())
            hasher.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return hasher.hexdigest()


# ---------------------------------------------------------------- results by content


class ResultStore:
    """
    Results by digest; a result is complete or not there, and a damaged one counts as not there.

    Parameters
    ----------
    root
        Folder of the store; `home_folder()/results` if left out.

    Attributes
    ----------
    problems
        At most one warning: why results could not be kept. They are only computed again then, never lost.
    keeps_steps
        Whether what a run worked out on its way is kept beside the results for later processes.
    """

    keeps_steps = True

    def __init__(self, root: Path | None = None) -> None:
        self.root = home_folder() / "results" if root is None else root
        self.problems: tuple[Problem, ...] = ()

    def key(self, **parts: str) -> str:
        """Return the key of a result from what determines it."""
        return digest_of({**parts, "code": code_digest()})

    def find(self, key: str) -> RunResult | None:
        """Return a stored result, or None."""
        folder = self._folder(key)
        try:
            if not read_seal(folder).holds(folder, RESULT_SCHEMA):
                return None
            plain = json.loads((folder / "result.json").read_text(encoding="utf-8"))
            cells = pd.read_parquet(folder / "cells.parquet")
            return RunResult(
                kpis=tuple(_row(row) for row in plain["kpis"]),
                cells=cells,
                splits=tuple(ChangeSplit(**row) for row in plain["splits"]),
                reused=("stored",),
                fitted=tuple((str(s), float(r)) for s, r in plain["fitted"]),
                traces=tuple(Trace(**row) for row in plain["traces"]),
                unpivoted=tuple(_row(row) for row in plain["unpivoted"]),
                tables={name: pd.read_parquet(folder / f"table-{name}.parquet") for name in plain["tables"]},
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, result: RunResult) -> None:
        """Store a result; one that is there already stays. Where nothing can be written, `problems` tells."""
        try:
            self._put(key, result)
        except OSError as cause:
            if self.find(key) is None:  # else another worker was faster
                self.problems = (_unwritable(self.root, cause),)

    def _put(self, key: str, result: RunResult) -> None:
        folder = self._folder(key)
        if (folder / SUMS_FILE).exists() and self.find(key) is not None:
            return
        with sealed_folder(folder, RESULT_SCHEMA, code_digest()) as part:
            plain = {
                "kpis": [_plain_row(row) for row in result.kpis],
                "splits": [{n: getattr(s, n) for n in SPLIT_COLUMNS} for s in result.splits],
                "fitted": list(result.fitted),
                "traces": [{n: getattr(t, n) for n in TRACE_COLUMNS} for t in result.traces],
                "unpivoted": [_plain_row(row) for row in result.unpivoted],
                "tables": sorted(result.tables),
            }
            (part / "result.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
            result.cells.to_parquet(part / "cells.parquet", index=False)
            for name, table in result.tables.items():
                table.to_parquet(part / f"table-{name}.parquet", index=False)

    def find_draws(self, key: str) -> Draws | None:
        """Return stored draws, or None."""
        folder = self._folder(key)
        try:
            if not draws_seal(folder).holds(folder, DRAWS_SCHEMA):
                return None
            return draws_of(pd.read_parquet(folder / DRAWS_FILE))
        except (OSError, ValueError, KeyError):
            return None

    def put_draws(self, key: str, draws: Draws) -> None:
        """Store the draws of a run; where nothing can be written, `problems` tells."""
        folder = self._folder(key)
        try:
            with sealed_folder(folder, DRAWS_SCHEMA, code_digest()) as part:
                draws.frame().to_parquet(part / DRAWS_FILE, index=False)
        except OSError as cause:
            if self.find_draws(key) is None:  # else another worker was faster
                self.problems = (_unwritable(self.root, cause),)

    def _folder(self, key: str) -> Path:
        return self.root / key[:2] / key


def draws_seal(folder: Path) -> Seal:
    """Return the seal of stored draws; the first version wrote one checksum into a file ``checksum``."""
    if not (folder / SUMS_FILE).exists() and (folder / "checksum").exists():
        return Seal("", "", {DRAWS_FILE: (folder / "checksum").read_text(encoding="utf-8")})
    return read_seal(folder)


def _row(plain: dict[str, Any]) -> KpiRow:
    return KpiRow(**{**plain, "status": Status(plain["status"])})


def _plain_row(row: KpiRow) -> dict[str, Any]:
    names = ("kpi_id", "setting", "group", "value", "model_value", "unit", "note", "low", "high")
    plain = {n: getattr(row, n) for n in names}
    numbers = {n: None if plain[n] is None else float(plain[n]) for n in NUMBERS}
    return {**plain, **numbers, "status": str(row.status)}


def _unwritable(root: Path, cause: OSError) -> Problem:
    said = cause.strerror or str(cause)
    message = Text(
        f"計算結果をとっておけないため、次回も計算し直します（{said}）。今回の結果には影響しません",
        f"results cannot be kept for reuse, so the next run computes them again ({said}); this result is complete",
    )
    hint = Text(
        "空き容量と権限を確かめるか、EKISEI_HOME を変えてください", "check space and rights, or set EKISEI_HOME"
    )
    return warning("run.store", str(root), message, hint)


# ---------------------------------------------------------------- run folders


@dataclass(frozen=True, eq=False)  # no slots: what is read from the frames is kept
class StoredRun:
    """A run folder read back: the files as frames and plain values."""

    folder: Path
    scenario: Scenario
    kpi: pd.DataFrame
    cells: pd.DataFrame
    splits: pd.DataFrame
    manifest: dict[str, Any]
    layers: dict[str, Any]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def draws(self) -> Draws | None:
        """Every row under every draw; None where the run was not drawn."""
        if DRAWS_FILE not in self.manifest["files"]:
            return None
        return draws_of(pd.read_parquet(self.folder / DRAWS_FILE))

    @property
    def run_id(self) -> str:
        """The scenario's id."""
        return self.scenario.id

    @cached_property
    def result(self) -> RunResult:
        """The same as the models returned it."""
        rows = [KpiRow(**_typed(r)) for r in self.kpi.to_dict("records")]
        splits = [ChangeSplit(**{str(k): v for k, v in r.items()}) for r in self.splits.to_dict("records")]
        fitted = tuple((str(s), float(r)) for s, r in self.manifest.get("fitted", {}).items())
        return RunResult(tuple(rows), self.cells, tuple(splits), (), fitted)


def _typed(record: dict[Any, Any]) -> dict[str, Any]:
    plain = {str(k): v for k, v in record.items() if k not in {"scenario", "year"}}
    numbers = {n: None if pd.isna(plain[n]) else float(plain[n]) for n in NUMBERS}
    return {**plain, **numbers, "status": Status(plain["status"])}


def read_kpi(path: Path) -> pd.DataFrame:
    """Read kpi.csv: texts stay texts, an empty number is NaN, digits are exact."""
    frame = _read_exact(path, NUMBERS)
    return frame.assign(year=frame["year"].astype(int))


def _read_exact(path: Path, numbers: tuple[str, ...]) -> pd.DataFrame:
    """Read a table of texts and turn some columns into the very floats that were written."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    exact = {n: pd.Series([float(v) if v else math.nan for v in frame[n]], dtype=float) for n in numbers}
    return frame.assign(**exact)


def find_run(folder_or_id: Path | str, runs: Path = DEFAULT_RUNS) -> Path:
    """Return the folder of a run, named by its folder or by an id below `runs`."""
    for folder in (Path(folder_or_id), runs / str(folder_or_id)):
        if (folder / "manifest.json").is_file():
            return folder
    known = sorted(p.parent.name for p in runs.glob("*/manifest.json"))
    message = Text(f"計算結果 {folder_or_id!s} がありません", f"no run {folder_or_id!s}")
    place, held = runs.absolute(), Text("、".join(known) or "なし", ", ".join(known) or "none")
    hint = Text(
        f"ekisei run か batch で計算するか、--runs で場所を指定してください（{place} にあるもの: {held.ja}）",
        f"compute it by ekisei run or batch, or name its folder by --runs (in {place}: {held.en})",
    )
    raise UsageError(error("run.not_found", str(folder_or_id), message, hint))


def read_run(folder_or_id: Path | str, runs: Path = DEFAULT_RUNS) -> StoredRun:
    """
    Read a run folder.

    Raises
    ------
    UsageError
        If there is no such run.
    RunError
        If a file is missing or was changed after the run.
    """
    folder = find_run(folder_or_id, runs)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        wrong = wrong_files(folder, manifest)
        if wrong:
            raise RunError(_damaged(folder, "、".join(wrong)))
        sums = manifest["files"]
        kpi = read_kpi(folder / "kpi.csv")
        return StoredRun(
            folder=folder,
            scenario=read_scenario(folder / "scenario.yaml"),
            kpi=kpi,
            cells=pd.read_parquet(folder / "cells.parquet").drop(columns="geometry", errors="ignore"),
            splits=read_splits(folder / "splits.csv", kpi),
            manifest=manifest,
            layers=json.loads((folder / "map.json").read_text(encoding="utf-8")),
            tables={Path(n).stem: pd.read_csv(folder / n) for n in sums if n.startswith(f"{TABLES_FOLDER}/")},
        )
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as cause:
        raise RunError(_damaged(folder, type(cause).__name__)) from None


def wrong_files(folder: Path, manifest: dict[str, Any]) -> tuple[str, ...]:
    """
    Return the files of a run folder that are missing or were changed after the run.

    Raises
    ------
    RunError
        If a later version of Ekisei wrote it.
    """
    if manifest[SCHEMA] not in RUN_SCHEMAS:
        message = Text(
            f"この版では読めない形式の計算結果です（{manifest[SCHEMA]}、この版は {RUN_SCHEMAS[-1]} まで）",
            f"a run of a format that this version does not know ({manifest[SCHEMA]}; it knows {RUN_SCHEMAS[-1]})",
        )
        hint = Text("Ekisei を新しくするか、--force を付けて計算し直してください", "update Ekisei, or run with --force")
        raise RunError(error("run.newer", str(folder), message, hint))
    sums = manifest["files"]
    wrong = [n for n in dict.fromkeys((*CHECKED_FILES, *sums)) if _digest_of(folder / n) != sums[n]]
    return (*wrong, *(() if has_right_sum(manifest) else ("manifest.json",)))


def _digest_of(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return ""


def read_splits(path: Path, kpi: pd.DataFrame) -> pd.DataFrame:
    """Read splits.csv with exact digits; where it is of an older run, `kpi` tells what of a change is apparent."""
    found = _read_exact(path, ("change", "demographic", "policy"))
    if "apparent" not in found:
        return with_apparent(found, [KpiRow(**_typed(r)) for r in kpi.to_dict("records")])
    return found.assign(apparent=found["apparent"].astype(float))


def _damaged(folder: Path, what: str) -> Any:
    message = Text(f"計算結果が壊れているか、書き換えられています（{what}）", f"damaged or edited result ({what})")
    hint = Text("--force を付けて計算し直してください", "compute it again with --force")
    return error("run.damaged", str(folder), message, hint)
