"""Owns what is known of the scenarios being edited: for each open page the newest numbers, and which scenario's."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from sim.kpi import KPIS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine import Engine
    from app.engine_result import LiveResult
    from app.features.edit.state import EditState
    from geodata.errors import Problem

MOST_SESSIONS = 24
"""Open pages that are remembered: each holds columns of cells of two scenarios."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """
    What is known for one page.

    Parameters
    ----------
    digest
        Of the scenario that was asked about last.
    result
        The newest numbers; None = none yet. They may be of an earlier scenario, see `of`.
    of
        Digest of the scenario that `result` is of.
    problems
        Why the scenario asked about last cannot be applied, or what is remarkable about it.
    over, refused
        Whether nothing more will come, and whether that is because it cannot be applied.
    """

    digest: str
    result: LiveResult | None
    of: str
    problems: tuple[Problem, ...] = ()
    over: bool = False
    refused: bool = False

    @property
    def is_fresh(self) -> bool:
        """Tell whether the numbers are of the scenario that was asked about last."""
        return self.result is not None and self.of == self.digest

    @property
    def stamp(self) -> str:
        """Number of the answer the numbers are from, for addresses."""
        return "" if self.result is None else f"{self.result.request}.{self.result.part}"


class LiveBoard:
    """Asks the engine for open pages, and keeps the numbers on the screen until newer ones are there."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lock = Lock()
        self._asked: dict[str, tuple[int, str]] = {}
        self._good: dict[str, tuple[str, LiveResult]] = {}

    def ask(self, session: str, state: EditState, *, more: Sequence[str] = ()) -> int:
        """Ask for a scenario, and return the number of the request; what was asked before by the page is given up."""
        wishes = {"wanted": wanted_kpis(more)} if more else {}
        with self._lock:
            number = self.engine.ask_plain(state.content, session=session, **wishes)
            self._asked.pop(session, None)  # to the end: those that were asked for least lately are forgotten
            self._asked[session] = (number, state.digest)
            for old in list(self._asked)[:-MOST_SESSIONS]:
                self._asked.pop(old)
                self._good.pop(old, None)
        return number

    def asked(self, session: str, state: EditState) -> int | None:
        """Return the number of the newest request of a page if it was for this scenario."""
        with self._lock:
            number, digest = self._asked.get(session, (0, ""))
        return number if digest == state.digest else None

    def told(self, session: str) -> Told | None:
        """Return what is known for a page; None where it never asked."""
        with self._lock:
            asked = self._asked.get(session)
            latest = self.engine.latest(session)
            if asked is None or latest is None:
                return None
            number, digest = asked
            if latest.request == number and (latest.rows or latest.layers):
                self._good[session] = (digest, latest)
            of, result = self._good.get(session, ("", None))
        return Told(digest, result, of, latest.problems, latest.over, latest.state == "refused")


def wanted_kpis(more: Sequence[str]) -> tuple[str, ...]:
    """Return the KPIs of live editing and more of them, each once."""
    from app.engine_result import LIVE_KPIS  # noqa: PLC0415 -- brings the models

    return tuple(dict.fromkeys((*LIVE_KPIS, *(name for name in more if name in KPIS))))
