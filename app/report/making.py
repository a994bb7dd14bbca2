"""Owns making what is handed out: an order checked, files written out of sight, then put in place whole."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.report.catalogue import KINDS, find_kind
from app.report.metric_choice import most_moved_metric
from app.report.order import Order, View, tell_nobody
from app.text import say
from geodata.errors import Problem, Text, UsageError, error
from geodata.writable import require_writable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.report.catalogue import Kind
    from app.runs import Run
    from app.services import Services


def build_report(  # noqa: PLR0913 - one order, its parts by name
    services: Services,
    run_ids: Sequence[str],
    kind: str,
    format: str,  # noqa: A002 - what a planner calls it
    folder: Path,
    *,
    lang: str = "ja",
    public: bool = False,
    compare: str | None = None,
    view: View | None = None,
    force: bool = False,
    tell: Callable[[str, float], None] = tell_nobody,
) -> tuple[Path, ...]:
    """
    Write one kind of printed matter into a folder and return its files.

    Parameters
    ----------
    run_ids
        Runs reported on, at least one; each stands beside what its scenario compares with, or beside `compare`.
    kind, format
        Of `KINDS`; format "" = the usual one.
    view
        Metric, age group and extent of its maps; None: the metric that moves most, where people live.
    force
        Replace files that are there.

    Raises
    ------
    UsageError
        For runs, kinds and formats that do not exist, too many runs on one sheet, and files that are there.
    """
    found = require_kind(kind)
    chosen = require_format(found, format)
    runs = require_runs(services, run_ids)
    beside = None if compare is None else require_runs(services, [compare])[0]
    if found.most is not None and len(runs) > found.most:
        raise UsageError(problem("too_many", kind, most=found.most, n=len(runs)))
    require_writable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".report-", dir=folder))
    try:
        order = Order(services, runs, chosen, part, lang, public, beside, view or View(), tell)
        if found.mapped and not order.view.metric:
            order = replace(order, view=replace(order.view, metric=most_moved_metric(order)))
        return put_in_place(_write(found, order), part, folder, force=force)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(kind: Kind, order: Order) -> list[Path]:
    """Let a kind write its files: one set for all runs, or one for each."""
    orders = [order] if kind.together else [replace(order, runs=(run,)) for run in order.runs]
    paths: list[Path] = []
    for number, one in enumerate(orders):

        def tell(label: str, share: float, done: int = number) -> None:
            order.tell(label, (done + share) / len(orders))

        paths += kind.build(replace(one, tell=tell))
    return list(dict.fromkeys(paths))


def put_in_place(paths: Sequence[Path], part: Path, folder: Path, *, force: bool) -> tuple[Path, ...]:
    """Move finished files to where they belong; refused as a whole where one of them is there."""
    wanted = [folder / path.relative_to(part) for path in paths]
    there = [path for path in wanted if path.exists()]
    if there and not force:
        names = "、".join(path.name for path in there[:5])
        raise UsageError(problem("there", str(folder), names=names))
    for path, target in zip(paths, wanted, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    for old in {p for t in wanted if t.parent != folder for p in t.parent.glob(f"*{t.suffix}")} - set(wanted):
        old.unlink()  # a layer of the files that were replaced
    return tuple(wanted)


def require_kind(kind: str) -> Kind:
    """Return a kind, or refuse what is not known."""
    found = find_kind(kind)
    if found is None:
        raise UsageError(problem("no_kind", kind, near=_near(kind, [one.id for one in KINDS])))
    return found


def require_format(kind: Kind, wanted: str) -> str:
    """Return a format of a kind, the usual one for ""; or refuse."""
    if not wanted:
        return kind.formats[0]
    if wanted not in kind.formats:
        raise UsageError(problem("no_format", wanted, kind=kind.id, formats=", ".join(kind.formats)))
    return wanted


def require_runs(services: Services, run_ids: Iterable[str]) -> tuple[Run, ...]:
    """Return runs by their ids, or refuse those that are not there, naming the nearest."""
    known = services.list_runs()
    wanted = list(dict.fromkeys(run_ids))
    missing = [run_id for run_id in wanted if run_id not in known]
    if missing or not wanted:
        folder = services.settings.runs_folder
        near = [_near(run_id, list(known)) for run_id in missing] or [", ".join(known)]
        raise UsageError(
            [
                problem("no_run", run_id, folder=folder, near=one or "—")
                for run_id, one in zip(missing or ["RUN"], near, strict=True)
            ]
        )
    return tuple(known[run_id] for run_id in wanted)


def problem(key: str, where: str, **parts: object) -> Problem:
    """Return a refusal with its remedy."""
    message, hint = (
        Text(*(say(lang, f"report.{key}{end}", **parts) for lang in ("ja", "en"))) for end in ("", "_hint")
    )
    return error(f"report.{key}", where, message, hint)


def _near(wanted: str, known: Sequence[str]) -> str:
    return ", ".join(difflib.get_close_matches(wanted, known, n=5, cutoff=0.4) or known[:12])
