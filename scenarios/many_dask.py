"""Owns running many scenarios on Dask distributed: workers of this machine, or a cluster that somebody started."""

from __future__ import annotations

import logging
from concurrent.futures import CancelledError
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from geodata.errors import RunError, Text, UsageError, error
from scenarios.many_work import run_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scenarios.many_work import ManyOutcome, ManyWork
    from scenarios.schema import Scenario

LOCAL = "local"
RETRIES = 2
PATIENCE_S = 20
"""How long a scheduler may take to answer."""


def run_on_dask(
    scenarios: Mapping[int, Scenario], work: ManyWork, address: str, jobs: int
) -> Iterator[tuple[int, ManyOutcome]]:
    """Yield the number and the outcome of each scenario as it ends; what all share goes to each worker once."""
    distributed = _distributed()
    with ExitStack() as stack:
        client = stack.enter_context(_client(distributed, stack, address, jobs))
        try:
            shared = client.scatter(work, broadcast=True, hash=False)
            numbers = {
                client.submit(run_one, scenario, shared, pure=False, retries=RETRIES): number
                for number, scenario in scenarios.items()
            }
            for future in distributed.as_completed(numbers):
                outcome = future.result()
                yield numbers.pop(future), outcome
        except (OSError, CancelledError, distributed.scheduler.KilledWorker) as cause:
            name = type(cause).__name__
            message = Text(f"Dask のクラスターを失いました（{name}）", f"lost the Dask cluster ({name})")
            hint = Text("できた分は残っています。--resume で続けてください", "what is done stands; go on with --resume")
            raise RunError(error("run.dask_lost", address, message, hint)) from cause


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415 -- an option
    except ImportError:
        message = Text("Dask が入っていません", "Dask is not installed")
        hint = Text("pip install 'ekisei[dask]' で入ります。1 台なら --jobs N で足ります", "pip install 'ekisei[dask]'")
        raise UsageError(error("run.no_dask", "--dask", message, hint)) from None
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is lost is told below, without its tracebacks
    return distributed


def _client(distributed: Any, stack: ExitStack, address: str, jobs: int) -> Any:
    if address == LOCAL:
        cluster = distributed.LocalCluster(
            n_workers=jobs, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        )
        return distributed.Client(stack.enter_context(cluster))
    try:
        return distributed.Client(address, timeout=PATIENCE_S)
    except (OSError, ValueError, TimeoutError) as cause:
        message = Text(f"Dask のスケジューラーにつながりません: {cause}", f"no Dask scheduler answers: {cause}")
        hint = Text(
            "tcp://ホスト:8786 のように書き、起動を確かめてください", "write tcp://host:8786, and start it first"
        )
        raise UsageError(error("run.no_scheduler", address, message, hint)) from None
