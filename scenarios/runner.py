"""Owns running scenarios: one or many, into run folders that are complete or not there."""

from __future__ import annotations

import datetime as dt
import json
import platform
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.city import City
from geodata.digest import digest_of
from geodata.errors import Problem, RunError, Text, UsageError, error
from scenarios.apply import Applied, apply_scenario
from scenarios.export import map_layers
from scenarios.files import scenario_text
from scenarios.schema import Scenario
from scenarios.store import CHECKED_FILES, SPLIT_COLUMNS, ResultStore, code_digest, file_digest, read_kpi, read_run
from sim.params import Analysis, Params
from sim.results import RunResult, kpi_frame
from sim.run import run_models

RUN_SCHEMA = "ekisei-run/1"
LIBRARIES = ("ekisei", "numpy", "pandas", "pyarrow", "pydantic", "scipy", "shapely", "numba")
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class RunFolder:
    """
    One finished run.

    Parameters
    ----------
    scenario
        As it was applied.
    folder
        Where it was written; None = only computed.
    kpi
        The rows of kpi.csv.
    manifest
        Digests, settings, versions, sources.
    problems
        Warnings that travel with the result.
    skipped
        True where `resume` found an equal run.
    result
        What the models returned; None where skipped.
    """

    scenario: Scenario
    folder: Path | None
    kpi: pd.DataFrame
    manifest: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    skipped: bool = False
    result: RunResult | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Computed:
    result: RunResult
    reused: tuple[str, ...]


def run_scenario(
    scenario: Scenario,
    city: City,
    *,
    out: Path | None = None,
    store: ResultStore | None = None,
    progress: Progress | None = None,
    explain: Callable[[str], None] | None = None,
    resume: bool = False,
    force: bool = False,
    params: Params | None = None,
    analysis: Analysis | None = None,
) -> RunFolder:
    """
    Run one scenario on a city.

    Parameters
    ----------
    scenario, city
        What to run, parents merged in, and the city as it is.
    out
        Run folder to write; None = nothing is written but the store.
    store
        Results by content; the user's own if left out.
    progress
        Told (stage, share done 0–1).
    explain
        Told in words what was reused and why.
    resume, force
        For a folder that holds something: skip an equal run (else compute anew); replace an earlier run.
    params, analysis
        Settings where the scenario is silent.

    Raises
    ------
    ScenarioError, UsageError, ModelError, RunError
        Before anything is written.
    """
    if out is not None:
        check_out(out, resume=resume, force=force)
    keep = ResultStore() if store is None else store
    tell = progress or (lambda _stage, _share: None)
    tell("apply", 0.0)
    applied = apply_scenario(city, scenario, params, analysis)
    manifest = build_manifest(scenario, city, applied)
    if resume and out is not None and _is_equal(out, manifest):
        tell("skip", 1.0)
        return RunFolder(
            scenario, out, read_kpi(out / "kpi.csv"), read_run(out).manifest, applied.problems, skipped=True
        )
    started = dt.datetime.now(dt.UTC)
    computed = compute(city, applied, keep, tell)
    for line in computed.reused:
        if explain is not None:
            explain(line)
    result = computed.result
    kpi = kpi_frame(result.kpis, scenario.id, scenario.year)
    manifest["fitted"] = dict(result.fitted)
    if out is not None:
        tell("write", 0.95)
        manifest = _write_run(out, scenario, city, applied, result, kpi, manifest, (started, computed.reused))
    tell("done", 1.0)
    return RunFolder(scenario, out, kpi, manifest, applied.problems, result=result)


def compute(city: City, applied: Applied, store: ResultStore, progress: Progress) -> _Computed:
    """
    Return the result of an applied scenario: baseline and demographic reference first, each reused where stored.

    The baseline is the city as it is under the same settings; the demographic reference has the year's population and
    nothing else changed.
    """
    reused: list[str] = []
    settings = settings_digest(applied)
    base_key = store.key(city=city.digest, settings=settings)
    reference = _stored(
        store, base_key, "reference", reused, lambda: run_models(city, applied.analysis, applied.params)
    )
    progress("reference", 0.3)
    if applied.city.digest == city.digest:
        reused.append("scenario = reference: nothing differs from the city as it is")
        return _Computed(reference, tuple(reused))
    people = applied.demographic
    people_key = store.key(city=people.digest, settings=settings, reference=base_key)
    demographic = reference
    if people is not city:
        demographic = _stored(
            store,
            people_key,
            "demographic",
            reused,
            lambda: run_models(people, applied.analysis, applied.params, reference=reference),
        )
    progress("demographic", 0.5)
    key = store.key(city=applied.city.digest, settings=settings, reference=base_key, demographic=people_key)

    def models() -> RunResult:
        return run_models(
            applied.city,
            applied.analysis,
            applied.params,
            reference=reference,
            demographic=demographic,
            progress=lambda kpi, share: progress(kpi, 0.5 + 0.45 * share),
        )

    return _Computed(_stored(store, key, "scenario", reused, models), tuple(reused))


def _stored(store: ResultStore, key: str, what: str, reused: list[str], models: Callable[[], RunResult]) -> RunResult:
    found = store.find(key)
    if found is not None:
        reused.append(f"{what}: stored result {key[:12]} (same city, settings and code)")
        return found
    result = models()
    store.put(key, result)
    reused.extend(f"{what}: {line}" for line in result.reused)
    return result


def settings_digest(applied: Applied) -> str:
    """Return the digest of analysis and parameters."""
    return digest_of([applied.analysis, applied.params])


# ---------------------------------------------------------------- manifest and files


def build_manifest(scenario: Scenario, city: City, applied: Applied) -> dict[str, Any]:
    """Return what identifies a run: no times, no host names, no machine's paths."""
    defaults = Params().model_dump(mode="json")
    chosen = applied.params.model_dump(mode="json")
    layers = sorted({s.layer for s in city.sources})
    return {
        "schema": RUN_SCHEMA,
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
        },
        "seed": applied.analysis.seed,
        "analysis": applied.analysis.model_dump(mode="json"),
        "parameters_changed": {k: v for k, v in chosen.items() if v != defaults[k]},
        "versions": {"python": platform.python_version(), **{n: version(n) for n in LIBRARIES}},
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
        "closures": [
            {"kind": c.kind, "district_id": c.district_id, "district": c.district_name, "count": c.count}
            for c in applied.closures
        ],
        "problems": [
            {"severity": str(p.severity), "code": p.code, "where": p.where, "ja": p.message.ja, "en": p.message.en}
            for p in applied.problems
        ],
    }


def check_out(out: Path, *, resume: bool, force: bool) -> None:
    """Refuse a folder that holds something, unless the user said what to do and it was made by a run."""
    if out.exists() and not out.is_dir():
        message = Text("フォルダではなくファイルです", "a file, not a folder")
        raise UsageError(error("run.out_is_file", str(out), message))
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not (resume or force):
        message = Text("空ではありません", "the folder is not empty")
        hint = Text("--resume（続きから）か --force（作り直し）を付けてください", "add --resume or --force")
        raise UsageError(error("run.out_not_empty", str(out), message, hint))
    if not (out / "manifest.json").is_file() and not (out / "kpi.csv").is_file():
        message = Text("Ekisei の結果ではないものが入っています", "it holds something that no run made")
        hint = Text("別のフォルダを選んでください", "choose another folder")
        raise UsageError(error("run.out_foreign", str(out), message, hint))


def _is_equal(out: Path, manifest: dict[str, Any]) -> bool:
    """Return whether a folder holds a whole run with the same digests."""
    try:
        known = read_run(out).manifest
    except (RunError, UsageError, ValueError):
        return False
    return bool(known.get("digests") == manifest["digests"])


def _write_run(
    out: Path,
    scenario: Scenario,
    city: City,
    applied: Applied,
    result: RunResult,
    kpi: pd.DataFrame,
    manifest: dict[str, Any],
    log: tuple[dt.datetime, tuple[str, ...]],
) -> dict[str, Any]:
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}.part-", dir=out.parent))
    try:
        write_csv(kpi, part / "kpi.csv")
        result.cells.to_parquet(part / "cells.parquet", index=False)
        splits = pd.DataFrame([[getattr(s, c) for c in SPLIT_COLUMNS] for s in result.splits], columns=SPLIT_COLUMNS)
        write_csv(splits, part / "splits.csv")
        write_text(part / "scenario.yaml", scenario_text(scenario))
        layers = map_layers(city, applied.city, applied.closures)
        write_text(part / "map.json", json.dumps(layers, ensure_ascii=False, separators=(",", ":")))
        whole = {**manifest, "files": {n: file_digest(part / n) for n in CHECKED_FILES}}
        write_text(part / "manifest.json", json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
        write_text(part / "run.log", _log_text(log[0], log[1], applied))
        part.chmod(0o755)  # mkdtemp makes it private
        replace_folder(part, out)
    except OSError as cause:
        message = Text(f"結果を書けません: {cause.strerror}", f"cannot write the result: {cause.strerror}")
        hint = Text("空き容量と権限を確かめてください", "check free space and rights")
        raise RunError(error("run.unwritable", str(out), message, hint)) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return whole


def _log_text(started: dt.datetime, reused: tuple[str, ...], applied: Applied) -> str:
    finished = dt.datetime.now(dt.UTC)
    lines = [
        f"started {started.isoformat(timespec='seconds')}",
        f"finished {finished.isoformat(timespec='seconds')}",
        f"seconds {(finished - started).total_seconds():.1f}",
        *(f"reused {line}" for line in reused),
        *(f"change {c.modification_id}: {c.text.en}" for c in applied.changes),
        *(p.render("en") for p in applied.problems),
    ]
    return "\n".join(lines) + "\n"


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 with Unix line ends; floats in the shortest form that reads back equal."""
    frame.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


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
