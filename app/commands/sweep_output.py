"""Owns what stands beside the numbers of a sweep: manifest, summary, Pareto view, failures and the page."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from app.spreadsheet import frame_csv
from geodata.digest import canonical_json, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from geodata.city import City
    from geodata.errors import Problem
    from scenarios.batch import Failure
    from scenarios.sweep_designs import Point
    from scenarios.sweep_file import ReadSweep

SUMMARY, PARETO, FAILURES, PAGE = "summary.csv", "pareto.csv", "failures.csv", "index.html"


def manifest_of(sweep: ReadSweep, points: Sequence[Point], city: City, draws: int | None) -> dict[str, Any]:
    """Return what identifies a sweep: no times, no machine's paths."""
    from scenarios.run_folder import LIBRARIES
    from scenarios.store import code_digest
    from scenarios.sweep_results import SCHEMA_ID

    content = sweep.file.model_dump(mode="json", by_alias=True)
    seeds = [{way: block[way]["seed"]} for block in content["vary"] for way in ("random", "sobol") if block.get(way)]
    varied = {key: content[key] for key in ("format", "base", "vary")}
    return {
        "schema": SCHEMA_ID,
        "sweep": content,
        "variants": len(points),
        "digests": {
            "city": city.digest,
            "code": code_digest(),
            "sweep": digest_of(canonical_json(varied)),
            "bases": digest_of(canonical_json([[b.id, b.digest] for b in sweep.bases])),
            "draws": "" if draws is None else str(draws),
            "kpis": digest_of(canonical_json(sweep.file.computed)),
        },
        "seeds": seeds,
        "versions": {"python": platform.python_version(), **{n: version(n) for n in LIBRARIES}},
    }


def failures_of(points: Sequence[Point], failed: Mapping[int, tuple[Problem, ...]]) -> list[Failure]:
    """Return the variants that failed, in order."""
    from scenarios.batch import Failure

    return [Failure(p.scenario_id, failed[p.number]) for p in points if p.number in failed]


def write_outputs(  # noqa: PLR0917 -- what a sweep is made of
    out: Path,
    sweep: ReadSweep,
    points: Sequence[Point],
    city: City,
    failed: Mapping[int, tuple[Problem, ...]],
    manifest: Mapping[str, Any],
    kpis: Sequence[str],
) -> int:
    """Write designs, tables, page and the final manifest; return how many variants are on the Pareto front."""
    from app.commands.sweep_page import page_text
    from scenarios.sweep_check import digests_of
    from scenarios.sweep_pareto import pareto_variants
    from scenarios.sweep_results import (
        DESIGNS,
        KPI_FOLDER,
        city_values,
        design_frame,
        part_files,
        statuses,
        summary_frame,
        write_designs,
        write_manifest,
    )

    paths, goals = sweep.file.paths, sweep.file.pareto
    reasons = {n: " / ".join(p.message.ja for p in problems) for n, problems in sorted(failed.items())}
    values = city_values(out / KPI_FOLDER)
    designs = design_frame(points, paths)
    summary = summary_frame(designs, values, reasons, kpis)
    best = pareto_variants(values, goals)
    write_designs(points, paths, out)
    write_table(summary, out / SUMMARY)
    if goals:
        front = summary_frame(designs, values, reasons, [g.kpi for g in goals])
        write_table(front[front["variant"].isin(best)], out / PARETO)
    write_table(failure_frame(points, failed), out / FAILURES)
    shown = values.reindex(columns=list(kpis)) if kpis else moved(values, [g.kpi for g in goals])
    text = page_text(sweep, city, designs, shown, best, failures_of(points, failed), statuses(out / KPI_FOLDER))
    write_whole(text.encode(), out / PAGE)
    parts = [path.name for path in part_files(out / KPI_FOLDER)]
    names = [DESIGNS, SUMMARY, *([PARETO] if goals else []), FAILURES, PAGE, *(f"{KPI_FOLDER}/{p}" for p in parts)]
    files = digests_of(out, names)
    write_manifest(out, {**manifest, "complete": True, "failed": len(failed), "parts": parts, "files": files})
    return len(best)


def moved(values: pd.DataFrame, first: Sequence[str]) -> pd.DataFrame:
    """Return the KPIs that are weighed, then those that differ between any two variants."""
    other = [k for k in values.columns if k not in first and len(values[k].drop_duplicates()) > 1]
    return values[[*(k for k in first if k in values.columns), *other]]


def failure_frame(points: Sequence[Point], failed: Mapping[int, tuple[Problem, ...]]) -> pd.DataFrame:
    """Return one row per problem of a variant that failed."""
    import pandas as pd

    rows = [
        (p.number, p.scenario_id, q.code, q.where, q.message.ja, q.message.en, q.hint.ja, q.hint.en)
        for p in points
        for q in failed.get(p.number, ())
    ]
    heads = ("variant", "scenario", "code", "where", "reason_ja", "reason_en", "remedy_ja", "remedy_en")
    return pd.DataFrame(rows, columns=list(heads))


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table that a spreadsheet opens as it is: a byte order mark, and no text that is a formula."""
    write_whole(frame_csv(frame).encode("utf-8-sig"), path)


def write_whole(content: bytes, path: Path) -> None:
    """Write a file, whole or not at all."""
    from scenarios.whole_file import whole_file

    with whole_file(path, shared=True) as part:
        part.write(content)
