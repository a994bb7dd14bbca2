"""Owns running a sweep file: dry run, progress with rate and remaining time, and what is written beside the numbers."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.commands.folders import load_city, require_free
from app.commands.runs import refuse_failures, require_draws, show_warnings, told_once
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from app.commands.session import Session
    from geodata.errors import Problem
    from scenarios.many_work import ManyWork
    from scenarios.schema import Scenario
    from scenarios.sweep_designs import Point
    from scenarios.sweep_file import ReadSweep, SweepFile

MINUTE_S, HOUR_S = 60, 3600
TRIED = 2
"""Variants that a dry run computes: the first also pays for what all share."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the options of the command say."""

    kpis: tuple[str, ...]
    jobs: int
    resume: bool
    force: bool
    draws: int | None
    most: int
    dask: str | None
    dry_run: bool
    fail_fast: bool


def sweep_file(session: Session, path: Path, out: Path, folder: Path | None, choices: Choices) -> None:
    """Compute every variant of a sweep file; one that fails does not spoil the others."""
    require_draws(choices.draws)
    from scenarios.folder_lock import refuse_used, sole_use
    from scenarios.many_work import ManyWork
    from scenarios.sweep_designs import check_count, make_points, make_scenarios
    from scenarios.sweep_file import read_sweep

    sweep = read_sweep(path)
    _require_computed(choices.kpis, sweep.file)
    check_count(sweep, choices.most)
    if not choices.dry_run:
        refuse_used(out)
        require_free(out, resume=choices.resume, force=choices.force)
    show_warnings(session, sweep.warnings)
    points = make_points(sweep)
    scenarios, refused = make_scenarios(sweep, points)
    session.note(session.say("sweep.count", n=f"{len(points):,}", bases=len(sweep.bases)))
    city = load_city(folder)
    session.ready_kernels()
    work = ManyWork(city, draws=choices.draws, kpis=sweep.file.computed)
    if choices.dry_run:
        _show_refused(session, points, refused)
        _estimate(session, scenarios, work, choices.jobs)
        return
    with sole_use(out):
        _run(session, sweep, points, scenarios, refused, work, out, choices)


def _require_computed(shown: Sequence[str], file: SweepFile) -> None:
    for kpi in shown:
        if kpi not in file.computed:
            raise UsageError(error("sweep.not_computed", "--kpi", both("sweep.not_computed", kpi=kpi)))


def _show_refused(session: Session, points: tuple[Point, ...], refused: dict[int, tuple[Problem, ...]]) -> None:
    """Say which values fit no scenario: a dry run is made to find them before hours are spent."""
    from geodata.errors import render_problems

    if refused:
        session.note(session.say("sweep.refused", n=f"{len(refused):,}"), style="red")
        found = told_once(p for point in points for p in refused.get(point.number, ()))
        session.note(render_problems(found, session.lang))


def _run(  # noqa: PLR0917 -- the parts of one sweep
    session: Session,
    sweep: ReadSweep,
    points: tuple[Point, ...],
    scenarios: dict[int, Scenario],
    failed: dict[int, tuple[Problem, ...]],
    work: ManyWork,
    out: Path,
    choices: Choices,
) -> None:
    from app.commands.sweep_output import failures_of, manifest_of, write_outputs
    from scenarios.sweep_results import KPI_FOLDER, compact, kept_variants, prepare_folder, write_manifest

    manifest = manifest_of(sweep, points, work.city, choices.draws)
    kept = prepare_folder(out, manifest["digests"], force=choices.force)
    write_manifest(out, {**manifest, "complete": False})
    if kept:
        session.note(session.say("sweep.kept", n=f"{len(kept):,}"))
    todo = {number: scenario for number, scenario in scenarios.items() if number not in kept}
    if not (failed and choices.fail_fast):
        failed |= _compute(session, todo, work, out / KPI_FOLDER, choices)
    if choices.fail_fast:
        refuse_failures(session, failures_of(points, failed))
    compact(out / KPI_FOLDER)
    best = write_outputs(out, sweep, points, work.city, failed, manifest, choices.kpis)
    done = len(kept_variants(out / KPI_FOLDER))
    session.print(session.say("sweep.ended", done=f"{done:,}", failed=f"{len(failed):,}", best=best))
    session.print(session.say("sweep.parquet", path=out / KPI_FOLDER))
    session.print(session.say("sweep.open", path=out / "index.html"))
    refuse_failures(session, failures_of(points, failed))


def _compute(
    session: Session, todo: Mapping[int, Scenario], work: ManyWork, folder: Path, choices: Choices
) -> dict[int, tuple[Problem, ...]]:
    """Compute what is left, write it part by part, and return those that failed."""
    from scenarios.many import run_many
    from scenarios.sweep_results import PartWriter

    failed: dict[int, tuple[Problem, ...]] = {}
    label, began = session.say("progress.sweep"), time.monotonic()
    outcomes: Any = run_many(todo, work, jobs=choices.jobs, dask=choices.dask)
    with session.progress(label) as report, PartWriter(folder) as writer, closing(outcomes):
        for done, (number, outcome) in enumerate(outcomes, start=1):
            if outcome.kpi is None:
                failed[number] = outcome.problems
                if choices.fail_fast:
                    break
            else:
                writer.add(number, outcome.kpi)
            each = (time.monotonic() - began) / done
            left = duration(session, each * (len(todo) - done))
            rate = f"{MINUTE_S / max(each, 1e-9):,.0f}"
            told = session.say("sweep.pace", label=label, done=done, total=len(todo), rate=rate, left=left)
            report(told, done / len(todo))
    return failed


def _estimate(session: Session, scenarios: dict[int, Scenario], work: ManyWork, jobs: int) -> None:
    """Say how long all would take and how large they would be, after the first two."""
    from itertools import islice

    import pyarrow as pa

    from app.import_report.markup import size
    from geodata.errors import render_problems
    from scenarios.many import run_many
    from scenarios.sweep_results import as_table, table_bytes

    with session.progress(session.say("progress.sweep")):
        tried = list(run_many(dict(islice(scenarios.items(), TRIED)), work))
    wrong = told_once(p for _, outcome in tried if outcome.failed for p in outcome.problems)
    if wrong:
        session.note(render_problems(wrong, session.lang))
    tables = [as_table(number, outcome.kpi) for number, outcome in tried if outcome.kpi is not None]
    if not tables:
        session.print(session.say("sweep.estimate_none"))
        return
    n, last = len(scenarios), tried[-1][1].seconds
    seconds = tried[0][1].seconds + last * (n - 1) / jobs
    n_bytes = len(table_bytes(pa.concat_tables(tables))) * n // len(tables)
    told = session.say("sweep.estimate", time=duration(session, seconds), jobs=jobs, size=size(n_bytes))
    session.print(session.say("sweep.estimate_of", n=f"{n:,}", told=told))


def duration(session: Session, seconds: float) -> str:
    """Return a time in the largest unit that suits it."""
    if seconds < 2 * MINUTE_S:
        return session.say("sweep.seconds", n=f"{seconds:.0f}")
    if seconds < 2 * HOUR_S:
        return session.say("sweep.minutes", n=f"{seconds / MINUTE_S:.0f}")
    return session.say("sweep.hours", n=f"{seconds / HOUR_S:.1f}")
