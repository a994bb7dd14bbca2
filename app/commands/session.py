"""Owns what every command shares: language, terminals, and the progress a person sees."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from app.commands.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from app.commands.kernel_cache import Kernels

ERROR = "red"
"""Style of what went wrong: it is printed also where only results are wanted."""
PLAIN_WIDTH = 100
PLAIN_EVERY_S = 2.0


class Report(Protocol):
    """How a slow function tells how far it is: what it does, and the share done, 0–1."""

    def __call__(self, label: str, share: float) -> None:
        """Take one report."""
        ...


def make_console(*, stderr: bool) -> Console:
    """Return a terminal; output that goes to a file or pipe is `PLAIN_WIDTH` wide unless COLUMNS says otherwise."""
    from app.commands.plain_console import PlainConsole

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH
    return PlainConsole(stderr=stderr, width=width, highlight=False, soft_wrap=False)


@dataclass(frozen=True)
class Session:
    """
    One call of the command line: its language, where it prints, and how much.

    `debug` shows tracebacks. `quiet` leaves results and errors only; `verbose` tells stages, timings and what was
    reused, beside the results.
    """

    lang: str = "ja"
    debug: bool = False
    quiet: bool = False
    verbose: bool = False

    @cached_property
    def out(self) -> Console:
        """Where results go."""
        return make_console(stderr=False)

    @cached_property
    def err(self) -> Console:
        """Where progress and problems go."""
        return make_console(stderr=True)

    def say(self, key: str, **values: object) -> str:
        """Return a message in the session's language."""
        return say(self.lang, key, **values)

    def name_of(self, family: str, name: str) -> str:
        """Return the word of a stage or layer; one that has no word keeps its own name."""
        try:
            return self.say(f"{family}.{name}")
        except KeyError:
            return name

    def stages(self, told: str) -> str:
        """Return the stage of a batch, or what runs with how far it is (``draws 40%, trend-r11 5%``), in words."""
        parts = [part.partition(" ") for part in told.split(", ")]
        words = [f"{self.name_of('stage', name)}{space}{share}" for name, space, share in parts]
        return ("、" if self.lang == "ja" else ", ").join(words)

    def print(self, text: str) -> None:
        """Print a line of results as it is: brackets in it are no markup."""
        self.out.print(text, markup=False, soft_wrap=True)

    def note(self, text: str, style: str = "") -> None:
        """Print a line beside the results; nothing of it where only results are wanted."""
        if not self.quiet or style == ERROR:
            self.err.print(text, markup=False, style=style, soft_wrap=True)

    def error(self, text: str, style: str = ERROR) -> None:
        """Print what went wrong, or what belongs to it, beside the results."""
        self.err.print(text, markup=False, style=style, soft_wrap=True)

    def detail(self, text: str) -> None:
        """Print a line that is only told to who wants to know more."""
        if self.verbose:
            self.err.print(text, markup=False, style="dim", soft_wrap=True)

    def ready_kernels(self, kernels: Kernels = "all") -> None:
        """Compile what this machine has not compiled yet, with progress; usually there is nothing to do."""
        from app.commands.kernel_cache import ready_kernels

        ready_kernels(self, os.environ, kernels)

    @contextmanager
    def progress(self, label: str) -> Iterator[Report]:
        """
        Show a bar on a terminal; elsewhere a plain line every two seconds, so short work prints none.

        With `quiet` nothing is shown; with `verbose` each stage is a line with its time, and there is no bar.
        """
        if self.quiet:
            yield _tell_nobody
            return
        if self.verbose:
            stages = StageTimes(self, label)
            yield stages
            stages.end()
            return
        if not self.err.is_terminal:
            yield PlainProgress(self, label)
            return
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.err, transient=True) as bar:
            task = bar.add_task(label, total=1.0)
            yield lambda text, share: bar.update(task, description=text or label, completed=share)


def _tell_nobody(label: str, share: float) -> None:
    """Take a report, and let nobody know."""
    del label, share


class StageTimes:
    """Reports as one line per stage: how long the one before took."""

    def __init__(self, session: Session, label: str) -> None:
        self.session = session
        self.whole = label
        self.stage = label
        self.began_at = self.since = time.monotonic()

    def __call__(self, label: str, share: float) -> None:
        """Print how long the last stage took, if another one has begun."""
        del share
        if label and _without_numbers(label) != _without_numbers(self.stage):
            self.end_stage()
            self.stage, self.since = label, time.monotonic()

    def end(self) -> None:
        """Print how long the last stage and all of it took."""
        self.end_stage()
        self._tell(self.whole, self.began_at)

    def end_stage(self) -> None:
        """Print how long the last stage took."""
        if self.stage != self.whole:
            self._tell(self.stage, self.since)

    def _tell(self, what: str, since: float) -> None:
        self.session.detail(self.session.say("verbose.took", what=what, seconds=f"{time.monotonic() - since:.2f}"))


def _without_numbers(label: str) -> str:
    """Return what a stage is, without how far it is."""
    return "".join(sign for sign in label if not sign.isdigit())


class PlainProgress:
    """Reports as lines, at most one every `PLAIN_EVERY_S`, the first one after that time."""

    def __init__(self, session: Session, label: str) -> None:
        self.session = session
        self.label = label
        self.printed_at = time.monotonic()

    def __call__(self, label: str, share: float) -> None:
        """Print a line if the last one is old enough."""
        now = time.monotonic()
        if now - self.printed_at >= PLAIN_EVERY_S:
            self.printed_at = now
            self.session.note(f"{share:4.0%} {label or self.label}")
