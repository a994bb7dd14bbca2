"""Owns running thousands of scenarios for their numbers alone: no folders, one outcome at a time, any engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.many_dask import run_on_dask
from scenarios.many_spawned import run_spawned
from scenarios.many_work import prepare, run_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scenarios.many_work import ManyOutcome, ManyWork
    from scenarios.schema import Scenario


def run_many(
    scenarios: Mapping[int, Scenario], work: ManyWork, *, jobs: int = 1, dask: str | None = None
) -> Iterator[tuple[int, ManyOutcome]]:
    """
    Yield the number and the outcome of each scenario as it ends, in no fixed order.

    Parameters
    ----------
    scenarios
        By number; a modification may change nothing.
    work
        What they share.
    jobs
        Spawned processes of this machine; 1 = none, in this one.
    dask
        ``local`` (with `jobs` workers), or the address of a scheduler (``tcp://host:port``).

    Raises
    ------
    UsageError
        If Dask is asked for and not installed, or nobody answers at the address.
    RunError
        If the scheduler was lost; what has been yielded stands.
    """
    work = prepare(scenarios, work)
    if dask is not None:
        yield from run_on_dask(scenarios, work, dask, jobs)
    elif jobs > 1 and len(scenarios) > 1:
        yield from run_spawned(scenarios, work, jobs)
    else:
        for number, scenario in scenarios.items():
            yield number, run_one(scenario, work)
