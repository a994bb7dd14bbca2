"""Owns the run folder: what is written, how it is identified, and that it is complete or not there."""

from __future__ import annotations

import datetime as dt
import json
import platform
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.city import City
from geodata.digest import digest_of
from geodata.errors import Problem, RunError, Text, UsageError, error
from geodata.writable import require_writable
from scenarios.anonymous import DISTRICT_LEVEL, hides_places
from scenarios.apply import Applied
from scenarios.export import map_layers
from scenarios.files import scenario_text
from scenarios.office_calendar import CALENDAR_FILE, calendar_bytes
from scenarios.schema import Scenario
from scenarios.sealed import file_digest, with_sum
from scenarios.store import (
    CHECKED_FILES,
    DRAWS_FILE,
    RUN_SCHEMAS,
    SPLIT_COLUMNS,
    TABLES_FOLDER,
    code_digest,
    read_run,
)
from scenarios.whole_file import sync_folder, sync_names
from sim.params import Params
from sim.results import RunResult, kpi_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

LIBRARIES = ("ekisei", "numpy", "pandas", "pyarrow", "pydantic", "scipy", "shapely", "numba", "highspy", "ortools")


@dataclass(frozen=True, slots=True, eq=False)
class FinishedRun:
    """What the models returned, what was reused, when they began, and the manifest so far."""

    result: RunResult
    reused: tuple[str, ...]
    started: dt.datetime
    manifest: dict[str, Any]


def settings_digest(applied: Applied) -> str:
    """Return the digest of analysis and parameters."""
    return digest_of([applied.analysis, applied.params])


def build_manifest(scenario: Scenario, city: City, applied: Applied, n_draws: int | None = None) -> dict[str, Any]:
    """Return what identifies a run: no times, no host names, no machine's paths."""
    defaults = Params().model_dump(mode="json")
    chosen = applied.params.model_dump(mode="json")
    layers = sorted({s.layer for s in city.sources})
    return {
        "schema": RUN_SCHEMAS[-1],
        "scenario": scenario.id,
        "title": scenario.title.model_dump(),
        "year": scenario.year,
        "plan_status": scenario.plan_status,
        "compare_to": scenario.compare_to,
        "resolved_from": list(scenario.resolved_from),
        "city": {
            "id": city.city_id,
            "name": {"ja": city.name.ja, "en": city.name.en},
            "streets": city.streets.kind,
            "has_slope": city.streets.has_slope,
            "walk_detour": getattr(applied.city.streets, "walk_detour", None),
            "population_year": city.population.year,
            "population_date": city.population.base_date,
        },
        "digests": {
            "city": city.digest,
            "applied_city": applied.city.digest,
            "scenario": scenario.digest,
            "scenario_file": digest_of(scenario_text(scenario)),
            "settings": settings_digest(applied),
            "code": code_digest(),
            "draws": "" if n_draws is None else str(n_draws),
        },
        "seed": applied.analysis.seed,
        "analysis": applied.analysis.model_dump(mode="json"),
        "parameters_changed": {k: v for k, v in chosen.items() if v != defaults[k]},
        "versions": dict(_versions()),
        "statuses": {layer: str(city.status_of(layer)) for layer in layers},
        "base_years": [
            {
                "layer": s.layer,
                "source_id": s.source_id,
                "title": {"ja": s.title.ja, "en": s.title.en},
                "date": s.date,
                "status": str(s.status),
                "credit": s.credit,
                "licence": s.licence,
            }
            for s in sorted(city.sources, key=lambda s: (s.layer, s.source_id))
        ],
        "changes": [
            {"modification": c.modification_id, "layer": c.layer, "ja": c.text.ja, "en": c.text.en}
            for c in applied.changes
        ],
        "district_level": list(DISTRICT_LEVEL) if hides_places(c.kind for c in applied.closures) else [],
        "closures": [
            {"kind": c.kind, "district_id": c.district_id, "district": c.district_name, "count": c.count}
            for c in applied.closures
        ],
        "problems": [as_record(p) for p in applied.problems],
    }


@cache
def _versions() -> dict[str, str]:
    """Return what computes, and its versions: the same for as long as a process lives."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def as_record(problem: Problem) -> dict[str, str]:
    """Return a problem as manifests hold it."""
    said = problem.message
    return {
        "severity": str(problem.severity),
        "code": problem.code,
        "where": problem.where,
        "ja": said.ja,
        "en": said.en,
    }


def check_out(out: Path, *, resume: bool, force: bool) -> None:
    """Refuse a folder that holds something, unless the user said what to do and it was made by a run."""
    if out.exists() and not out.is_dir():
        message = Text("フォルダではなくファイルです", "a file, not a folder")
        raise UsageError(error("run.out_is_file", str(out), message))
    require_writable(out)
    if not out.is_dir() or all(p.name.startswith(".") for p in out.iterdir()):
        return
    if not (resume or force):
        message = Text("空ではありません", "the folder is not empty")
        hint = Text("--resume（続きから）か --force（作り直し）を付けてください", "add --resume or --force")
        raise UsageError(error("run.out_not_empty", str(out), message, hint))
    if not is_ours(out):
        message = Text("Ekisei の結果ではないものが入っています", "it holds something that no run made")
        hint = Text("別のフォルダを選んでください", "choose another folder")
        raise UsageError(error("run.out_foreign", str(out), message, hint))


def is_ours(folder: Path) -> bool:
    """Return whether a run or a batch (perhaps interrupted) was written here; only that may be replaced."""
    made = any((folder / name).is_file() for name in ("manifest.json", "kpi.csv"))
    return made or any(folder.glob("*/manifest.json"))


def is_equal(out: Path, manifest: dict[str, Any]) -> bool:
    """Return whether a folder holds a whole run with the same digests."""
    try:
        known = read_run(out).manifest
    except (RunError, UsageError, ValueError):
        return False
    return bool(known.get("digests") == manifest["digests"])


def write_run(out: Path, scenario: Scenario, city: City, applied: Applied, finished: FinishedRun) -> dict[str, Any]:
    """Write a whole run folder beside its place, then move it there; return the manifest as written."""
    result = finished.result
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}.part-", dir=out.parent))
    try:
        write_csv(kpi_frame(result.kpis, scenario.id, scenario.year), part / "kpi.csv")
        write_cells(result.cells, applied.city, part / "cells.parquet")
        splits = pd.DataFrame([[getattr(s, c) for c in SPLIT_COLUMNS] for s in result.splits], columns=SPLIT_COLUMNS)
        write_csv(splits, part / "splits.csv")
        write_text(part / "scenario.yaml", scenario_text(scenario))
        layers = map_layers(city, applied.city, applied.closures)
        write_text(part / "map.json", json.dumps(layers, ensure_ascii=False, separators=(",", ":")))
        more = [
            *_write_tables(part, result.tables),
            *_write_calendar(part, applied.city, scenario.year),
            *_write_draws(part, result),
        ]
        sums = {n: file_digest(part / n) for n in (*CHECKED_FILES, *more)}
        whole = with_sum({**finished.manifest, "files": sums})
        write_text(part / "manifest.json", json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
        write_text(part / "run.log", _log_text(finished, applied))
        part.chmod(0o755)  # mkdtemp makes it private
        sync_folder(part)
        replace_folder(part, out)
        sync_names(out.parent)
    except OSError as cause:
        raise unwritable(out, cause) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return whole


def unwritable(out: Path, cause: OSError) -> RunError:
    """Return the refusal where a result cannot be written: the disk is full, or rights are missing."""
    said = cause.strerror or str(cause)
    message = Text(f"結果を書けません: {said}", f"cannot write the result: {said}")
    hint = Text("空き容量と権限を確かめてください", "check free space and rights")
    return RunError(error("run.unwritable", str(out), message, hint))


def _write_tables(part: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Write the tables of services below a run folder; return their names there."""
    if tables:
        (part / TABLES_FOLDER).mkdir()
    for name, table in tables.items():
        write_csv(table, part / TABLES_FOLDER / f"{name}.csv")
    return [f"{TABLES_FOLDER}/{name}.csv" for name in sorted(tables)]


def _write_draws(part: Path, result: RunResult) -> list[str]:
    """Write every row under every draw, where the run was drawn; return its name in the run folder."""
    if result.draws is None:
        return []
    result.draws.frame().to_parquet(part / DRAWS_FILE, index=False)
    return [DRAWS_FILE]


def _write_calendar(part: Path, city: City, year: int) -> list[str]:
    """Write the visits of mobile offices as a calendar, where there are any; return its name in the run folder."""
    if not any(place.visits for plan in city.mobile_offices for place in plan.places):
        return []
    (part / CALENDAR_FILE).write_bytes(calendar_bytes(city.mobile_offices, year))
    return [CALENDAR_FILE]


def write_cells(cells: pd.DataFrame, city: City, path: Path) -> None:
    """Write the table of cells with their outlines as GeoParquet (EPSG:4326), so that a GIS opens it as it is."""
    import geopandas  # noqa: PLC0415 -- slow to load, only wanted here

    frame = geopandas.GeoDataFrame(cells, geometry=city.population.polygon_lonlat, crs="EPSG:4326")
    frame.to_parquet(path, index=False)


def _log_text(run: FinishedRun, applied: Applied) -> str:
    started, finished = run.started, dt.datetime.now(dt.UTC)
    lines = [
        f"started {started.isoformat(timespec='seconds')}",
        f"finished {finished.isoformat(timespec='seconds')}",
        f"seconds {(finished - started).total_seconds():.1f}",
        *(f"reused {line}" for line in run.reused),
        *(f"change {c.modification_id}: {c.text.en}" for c in applied.changes),
        *(p.render("en") for p in applied.problems),
    ]
    return "\n".join(lines) + "\n"


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 with Unix line ends; floats in the shortest form that reads back equal."""
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as `csv_bytes` gives it."""
    path.write_bytes(csv_bytes(frame))


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8 with Unix line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")


def replace_folder(part: Path, out: Path) -> None:
    """Put a finished folder in the place of an earlier one."""
    if not out.exists():
        part.rename(out)
        return
    old = out.with_name(f".{out.name}.old-{part.name[-8:]}")
    out.rename(old)
    part.rename(out)
    shutil.rmtree(old, ignore_errors=True)
