"""Owns what ``ekisei city`` reads from and writes to: a configuration or a folder of raw files, reports, texts."""

from __future__ import annotations

import os
import tempfile
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.words import both
from geodata.errors import DataError, UsageError, error
from geodata.writable import require_writable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geodata.build_report import Attempt
    from geodata.config_choice import Plan

CONFIG_NAME = "config.yaml"
"""Name under which a configuration is kept beside the city that was built from it."""


@dataclass(frozen=True)
class Source:
    """
    What a city is built from.

    `config`: the YAML on disk; `inputs`: folder of the inputs in place of the configuration's; `name`: what reports
    call it; `plan`: of a folder, what its files were taken for.
    """

    config: Path
    inputs: Path | None
    name: str
    plan: Plan | None = None

    def text(self, out: Path, lang: str) -> bytes:
        """Return the configuration as it is kept beside a city in `out`."""
        if self.plan is None or self.inputs is None:
            return self.config.read_bytes()
        from geodata.config_writing import config_text

        return config_text(self.plan, lang, relative(self.inputs, out)).encode("utf-8")

    def attempt(self, progress: Callable[[str, float], None] | None) -> Attempt:
        """Build the city in memory; problems are in the report, not raised."""
        from geodata.build import attempt_city

        attempt = attempt_city(self.config, progress, inputs=self.inputs)
        attempt = replace(attempt, report=replace(attempt.report, config_name=self.name))
        return attempt if self.plan is None else with_folder(attempt, self.plan)


def with_folder(attempt: Attempt, plan: Plan) -> Attempt:
    """Return an attempt that tells of every file of its folder; a damaged one refuses the city."""
    from geodata.unused_files import damaged_files, unused_files

    damaged = damaged_files(plan.files)
    report = replace(attempt.report, problems=damaged + attempt.report.problems, unused=unused_files(plan))
    if damaged:
        report = replace(report, digest="", layer_digests={})
    return replace(attempt, report=report, city=None if damaged else attempt.city)


@contextmanager
def opened(given: Path, inputs: Path | None, lang: str, report: Path | None = None) -> Iterator[Source]:
    """
    Yield what to build from: the configuration that was named, or one made for the folder that was named.

    A folder that makes no city is told in the report as well, where one was asked for.

    Raises
    ------
    DataError
        If the folder holds nothing that makes a city.
    """
    if not given.is_dir():
        yield Source(given, inputs, given.name)
        return
    if inputs is not None:
        raise UsageError(
            error(
                "cli.inputs_of_folder", "--inputs", both("usage.inputs_of_folder"), both("usage.inputs_of_folder_hint")
            )
        )
    from geodata.config_writing import config_text

    name = f"{given.resolve().name}/"
    plan = plan_of(given)
    try:
        require_city(plan, given)
    except DataError as exc:
        if report is not None:
            require_file(report, force=True)
            write_report(report, _refused(plan, name, exc))
        raise
    with tempfile.TemporaryDirectory() as draft:
        config = Path(draft) / CONFIG_NAME
        config.write_text(config_text(plan, lang), encoding="utf-8", newline="\n")
        yield Source(config, given, name, plan)


def plan_of(folder: Path, base: str | None = None) -> Plan:
    """Return what the files of a folder make."""
    from geodata.config_plan import plan_config
    from geodata.recognise import recognise

    return plan_config(folder, recognise(folder), base=base)


def require_city(plan: Plan, folder: Path) -> None:
    """
    Refuse a folder whose files make no city and lie over none.

    Raises
    ------
    DataError
        With the files that were looked at, and those that are damaged.
    """
    from geodata.unused_files import damaged_files

    if {"base", "population", "gtfs", "ksj", "boundaries"} & plan.config.keys():
        return
    looked = ", ".join(f.path for f in plan.files[:8])
    nothing = error(
        "recognise.nothing",
        str(folder),
        both("city.nothing_recognised", files=looked),
        both("city.nothing_recognised_hint"),
    )
    raise DataError((*damaged_files(plan.files), nothing))


def _refused(plan: Plan, name: str, exc: DataError) -> Attempt:
    from geodata.build_report import Attempt
    from geodata.errors import Text
    from geodata.import_report import ImportReport
    from geodata.unused_files import unused_files

    report = ImportReport("", Text("", ""), name, problems=exc.problems, unused=unused_files(plan))
    return Attempt(None, report, {}, {})


def relative(folder: Path, start: Path) -> str:
    """Return a folder as seen from another; its full path where there is no way between them (another drive)."""
    try:
        return Path(os.path.relpath(folder.resolve(), start.resolve())).as_posix()
    except ValueError:
        return folder.resolve().as_posix()


def require_file(path: Path, *, force: bool) -> None:
    """
    Refuse a file that cannot be written, or that exists unless `force`.

    Raises
    ------
    UsageError
        Naming the file and what to do.
    """
    if path.is_dir():
        raise UsageError(error("cli.out_is_folder", str(path), both("usage.csv_is_folder"), both("usage.file_hint")))
    if path.exists() and not force:
        raise UsageError(error("cli.file_exists", str(path), both("usage.file_exists"), both("usage.file_exists_hint")))
    require_writable(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it, so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_report(path: Path, attempt: Attempt) -> None:
    """Write the report of an attempt, failed or not: JSON where the name ends so, else the page."""
    from app.import_report.render import PAGE, VALUES, report_files

    files = report_files(attempt.report, attempt.city)
    write_whole(path, files[VALUES if path.suffix.lower() == ".json" else PAGE])
