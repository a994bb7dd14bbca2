"""
Owns the warm engine: a city and its baseline in memory, which answer edits at once, the newest of each session only.

One thread computes, in steps. Between two steps the next is chosen: what a planner waits for comes before what follows
in the background, and a newer request of a session ends its older one.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, field, replace
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from app.engine_result import LIVE_COLUMNS, LIVE_KPIS, LiveResult, WarmState
from app.logs import event_of
from geodata.errors import CitySimError, Text, error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from app.engine_against import AgainstBook
    from app.engine_answer import Asked
    from geodata.city import City
    from geodata.errors import Problem
    from scenarios.drafts import DraftFolder
    from scenarios.live import LiveCity
    from scenarios.schema import Scenario
    from scenarios.store import ResultStore

LOG = logging.getLogger("ekisei.engine")
MOST_SESSIONS = 256
"""Sessions whose last answer is held."""


@dataclass(eq=False)
class _Job:
    """One request on its way."""

    asked: Asked
    on_rows: Callable[[LiveResult], None] | None
    steps: Iterator[LiveResult | None]
    found: LiveResult
    behind: bool = False
    begun: float = field(default_factory=time.monotonic)


class Engine:
    """
    Answers edits of scenarios on one city.

    Parameters
    ----------
    city
        Gives the city when it is first needed.
    drafts
        Where parents, and what scenarios compare with, are looked for before the library.
    store
        Results by content; the user's own if left out.
    """

    def __init__(self, city: Callable[[], City], drafts: DraftFolder, store: ResultStore | None = None) -> None:
        self._city, self.drafts, self._store = city, drafts, store
        self._changed = Condition()
        self._newest: dict[str, int] = {}
        self._latest: dict[str, LiveResult] = {}
        self._jobs: list[_Job] = []
        self._thread: Thread | None = None
        self._warm: WarmState = "cold"
        self._trouble: tuple[Problem, ...] = ()
        self._base: LiveCity | None = None
        self._book: AgainstBook | None = None
        self._stopped = False
        self._begin_at = math.inf

    # ---------------------------------------------------------------- state

    @property
    def warm(self) -> WarmState:
        """Whether the first answer will be as quick as the others."""
        return self._warm

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why the engine could not be warmed up; empty where it could."""
        return self._trouble

    def start(self, *, after_s: float = 0.0) -> None:
        """Begin to warm up in the background, some seconds from now at the latest; it is done once."""
        with self._changed:
            self._begin_at = min(self._begin_at, time.monotonic() + after_s)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="engine", daemon=True)
                self._thread.start()
            if self._warm == "cold" and self._begin_at <= time.monotonic():
                self._warm = "warming"
            self._changed.notify_all()

    def stop(self) -> None:
        """End the thread after its present step; what is asked is cancelled."""
        with self._changed:
            self._stopped = True
            for job in self._jobs:
                self._latest[job.asked.session] = replace(job.found, state="cancelled")
            self._jobs.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    # ---------------------------------------------------------------- asking

    def ask_plain(self, plain: Mapping[str, Any], *, session: str, **wishes: Any) -> int:
        """Ask for a scenario as an editor holds it, see `ask`; what cannot be read is refused with its problems."""
        try:
            scenario = self.drafts.scenario(plain)
        except CitySimError as cause:
            with self._changed:
                number = self._next(session)
                self._latest[session] = _refused(session, number, str(plain.get("id", "")), cause.problems)
                self._changed.notify_all()
            return number
        return self.ask(scenario, session=session, **wishes)

    def ask(
        self,
        scenario: Scenario,
        *,
        session: str,
        wanted: Sequence[str] = LIVE_KPIS,
        columns: Sequence[str] = LIVE_COLUMNS,
        with_layers: bool = True,
        on_rows: Callable[[LiveResult], None] | None = None,
    ) -> int:
        """
        Ask for the numbers of a scenario, and return the number of the request; see `wait` and `latest`.

        Parameters
        ----------
        scenario
            What to look at, parents merged in.
        session
            Whose request it is: a newer one of the same session ends this one.
        wanted, columns, with_layers
            KPIs, columns of cells, and whether the layers of the map are wanted.
        on_rows
            Told each time more is known, from the thread that computes; must be quick.
        """
        from app.engine_answer import Asked  # noqa: PLC0415 -- brings the models

        self.start()
        with self._changed:
            number = self._next(session)
            asked = Asked(session, number, scenario, tuple(wanted), tuple(columns), with_layers)
            pending = tuple(kpi_id for _, kpis in asked.phases for kpi_id in kpis)
            found = LiveResult(session, number, scenario.id, "working", pending=pending)
            self._latest[session] = found
            self._jobs.append(_Job(asked, on_rows, self._steps(asked), found))
            self._changed.notify_all()
        return number

    def latest(self, session: str) -> LiveResult | None:
        """Return what is known of the newest request of a session; None where it never asked."""
        with self._changed:
            return self._latest.get(session)

    def wait(self, session: str, request: int, *, part: int = 0, timeout_s: float = 30.0) -> LiveResult:
        """
        Return what is known of a request once that is more than `part`, or it is over, or the time is.

        A request that a newer one ended, or of a session that is forgotten, is ``cancelled``.
        """
        end = time.monotonic() + timeout_s
        with self._changed:
            while True:
                found = self._latest.get(session)
                if found is None or found.request != request:
                    return LiveResult(session, request, "", "cancelled")
                left = end - time.monotonic()
                if found.over or found.part > part or left <= 0:
                    return found
                self._changed.wait(left)

    def evaluate(
        self,
        scenario: Scenario,
        *,
        session: str,
        wanted: Sequence[str] = LIVE_KPIS,
        on_rows: Callable[[LiveResult], None] | None = None,
    ) -> LiveResult:
        """Ask and wait to the end, see `ask`."""
        number = self.ask(scenario, session=session, wanted=wanted, on_rows=on_rows)
        part, found = 0, self.wait(session, number)
        while not found.over:
            part, found = found.part, self.wait(session, number, part=part)
        return found

    def _next(self, session: str) -> int:
        """Return the number of a new request; older ones of the session end. Held by the caller."""
        if self._stopped:
            raise RuntimeError("the engine was stopped")
        number = self._newest.pop(session, 0) + 1
        self._newest[session] = number
        self._jobs = [job for job in self._jobs if job.asked.session != session]
        for old in list(self._newest)[:-MOST_SESSIONS]:
            if all(job.asked.session != old for job in self._jobs):
                self._newest.pop(old)
                self._latest.pop(old, None)
        return number

    # ---------------------------------------------------------------- computing

    def _work(self) -> None:
        with self._changed:
            while not self._stopped and (left := self._begin_at - time.monotonic()) > 0:
                self._changed.wait(left)
            if self._is_stopped():
                return
            self._warm = "warming"
        try:
            self._warm_up()
            self._warm = "ready"
        except CitySimError as cause:
            self._warm, self._trouble = "failed", cause.problems
        except Exception as cause:  # noqa: BLE001 -- the thread's edge: the pages go on without live numbers
            self._warm, self._trouble = "failed", (_unexpected("engine", cause),)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._jobs) or self._stopped)
                if self._is_stopped():
                    return
                job = min(self._jobs, key=lambda job: (job.behind, job.begun))
            self._advance(job)

    def _is_stopped(self) -> bool:
        """Tell whether another thread has ended this one: asked anew each time, as it changes behind a wait."""
        return self._stopped

    def _advance(self, job: _Job) -> None:
        """Do one step of a job, and tell what is known then."""
        found: LiveResult | None
        try:
            found = next(job.steps)
        except CitySimError as cause:
            found = _refused(job.asked.session, job.asked.request, job.asked.scenario.id, cause.problems)
        except Exception as cause:  # noqa: BLE001 -- likewise: one bad scenario does not end the others
            told = (_unexpected(job.asked.scenario.id, cause),)
            found = _refused(job.asked.session, job.asked.request, job.asked.scenario.id, told)
        if found is None:
            return
        with self._changed:
            if job not in self._jobs:
                return  # a newer request came
            job.found = self._latest[job.asked.session] = found
            job.behind = job.behind or any(phase.name == job.asked.last_live for phase in found.phases)
            if found.over:
                self._jobs.remove(job)
            self._changed.notify_all()
        if job.on_rows is not None:
            job.on_rows(found)

    def _steps(self, asked: Asked) -> Iterator[LiveResult | None]:
        from app.engine_answer import Answer  # noqa: PLC0415 -- brings the models

        if self._base is None or self._book is None:
            yield _refused(asked.session, asked.request, asked.scenario.id, self._trouble)
            return
        yield from Answer(self._base, self._book, asked).steps()

    def _warm_up(self) -> None:
        """Hold the baseline and what most scenarios compare with, so that the first edit is as quick as the next."""
        from app.engine_against import AgainstBook  # noqa: PLC0415 -- brings the models
        from scenarios.live import LiveCity  # noqa: PLC0415

        base = LiveCity(self._city(), self._store)
        book = AgainstBook(base, self.drafts.root)
        for against in book.usual():
            against.run.warm_up(LIVE_KPIS)
        self._base, self._book = base, book


def _refused(session: str, request: int, scenario_id: str, problems: tuple[Problem, ...]) -> LiveResult:
    return LiveResult(session, request, scenario_id, "refused", part=1, problems=problems)


def _unexpected(where: str, cause: Exception) -> Problem:
    # the page tells no more than what it was
    LOG.error("live numbers of %s failed", where, exc_info=cause, extra=event_of("engine.failed", where=where))
    said = f"{type(cause).__name__}: {cause}"
    hint = Text("不具合として知らせてください", "please report it")
    return error("run.unexpected", where, Text(f"予期しないエラー: {said}", f"unexpected {said}"), hint)
