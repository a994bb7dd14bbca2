"""Owns the process of one job: reads its order, runs the batch, writes how far it is and what came of it."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.clock import JST
from app.commands.refusals import write_log
from app.jobs.record import (
    ALL,
    ENDED,
    ORDER,
    PROGRESS,
    RESULT,
    STATE,
    Order,
    Outcome,
    Progress,
    Standing,
    read_record,
    write_record,
)
from app.log_format import LogFormat
from app.logs import FORMAT_VARIABLE, entry
from geodata.errors import CitySimError, render_problems

if TYPE_CHECKING:
    from geodata.city import City

POLL_S = 1.0
_SHARE = re.compile(r"(\d+)%")


def main(folder: Path) -> int:
    """Run the job of a folder; 0 = all scenarios ran, 2 = some failed or the order cannot be run."""
    end_with(os.getppid(), folder)
    order = read_record(folder / ORDER, Order)
    if order is None:
        log("job.no_order", f"no order: {folder / ORDER}")
        return 2
    try:
        outcome = run_order(order, folder)
    except CitySimError as cause:
        words = {lang: render_problems(cause.problems, lang) for lang in ("ja", "en")}
        log("job.refused", words["ja"])
        outcome = Outcome(failed={ALL: words})
    except Exception as cause:  # noqa: BLE001 -- the edge of the process: what it prints is read on a page
        write_log()
        said = f"{type(cause).__name__}: {cause}"
        words = {"ja": f"予期しないエラー: {said}", "en": f"unexpected {said}"}
        log("job.failed", words["ja"])
        outcome = Outcome(failed={ALL: words})
    write_record(folder / RESULT, outcome)
    return 2 if outcome.failed else 0


def log(event: str, message: str, **fields: object) -> None:
    """Write a line into the log of the job: as the page shows it, or as one JSON object."""
    line = f"{dt.datetime.now(tz=JST):%H:%M:%S} {message}"
    if os.environ.get(FORMAT_VARIABLE) == LogFormat.JSON:
        line = entry(LogFormat.JSON, event, message, **fields)
    print(line, flush=True)  # noqa: T201 -- what it prints is the log of the job


def run_order(order: Order, folder: Path) -> Outcome:
    """Run the scenarios of an order; equal runs that are there are kept, as with ``ekisei batch --resume``."""
    from scenarios.batch import run_batch  # noqa: PLC0415 -- brings the models

    def tell(done: int, total: int, told: str) -> None:
        running = sum(int(share) for share in _SHARE.findall(told)) / 100
        share = (done + running) / max(total, 1)
        write_record(folder / PROGRESS, Progress(done=done, total=total, told=told, share=min(share, 1.0)))
        log("job.progress", f"{done}/{total} {told}", done=done, total=total, stage=told)

    named = [file or scenario_id for scenario_id, file in order.scenarios.items()]
    batch = run_batch(
        named,
        load(order),
        out=order.runs_folder,
        jobs=order.processes,
        resume=True,
        progress=tell,
        draws=order.draws,
    )
    return Outcome(
        ran=tuple(run.scenario.id for run in batch.runs if not run.skipped),
        skipped=tuple(run.scenario.id for run in batch.runs if run.skipped),
        failed={
            one.name: {lang: render_problems(one.problems, lang) for lang in ("ja", "en")} for one in batch.failures
        },
    )


def load(order: Order) -> City:
    """Return the city of an order."""
    if order.city_folder is not None:
        from geodata.snapshot import read_city  # noqa: PLC0415 -- only for built cities

        return read_city(order.city_folder)
    from geodata.hitachi import load_hitachi  # noqa: PLC0415 -- only for the bundled city

    return load_hitachi()


def end_with(parent: int, folder: Path) -> None:
    """End this process and its own when its server is gone, or another server's page has stopped the job."""

    def watch() -> None:
        while os.getppid() == parent and not _is_over(folder):
            time.sleep(POLL_S)
        if os.name == "posix" and os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)  # the processes of a batch would go on until their scenarios are done
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


def _is_over(folder: Path) -> bool:
    standing = read_record(folder / STATE, Standing)
    return standing is not None and standing.state in ENDED


if __name__ == "__main__":
    from app.commands.kernel_cache import name_cache

    name_cache(os.environ)
    sys.exit(main(Path(sys.argv[1])))
