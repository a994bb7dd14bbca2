"""Owns which scenarios stand on the board: the ones of the address, else the few that can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.runs import Run

MOST = 6
"""Scenarios shown at first: as many as can be told apart on a wall."""
MOST_ASKED = 24
"""Scenarios an address may ask for."""
KEY = "s"
"""Name of the list in the address."""


def choose_runs(runs: Mapping[str, Run], asked: str = "") -> tuple[Run, ...]:
    """
    Return the scenarios to show, in the order of the list; the baseline is on every board and is never one of them.

    Without a wish: what others compare with, then runs with intervals, which alone can be judged, then the others.
    """
    offered = [run for run in runs.values() if not run.is_baseline]
    wanted = set(asked.split(",")[:MOST_ASKED])
    named = [run for run in offered if run.run_id in wanted]
    if named:
        return tuple(named)
    references = {run.compare_to for run in offered}
    first = sorted(offered, key=lambda run: (run.run_id not in references, not run.stored.manifest.get("draws")))
    kept = {run.run_id for run in first[:MOST]}
    return tuple(run for run in offered if run.run_id in kept)


def as_query(run_ids: Iterable[str]) -> str:
    """Return the wish as it stands in the address."""
    return ",".join(run_ids)
