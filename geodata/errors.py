"""Owns the root error, located problems, and the errors of outside data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from geodata.shown_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN_PROBLEMS = 20
_ROW = re.compile(r"(.*\S) row (\d+)(?: (\w+))?")
"""A place in a table: file, row, and maybe column."""


class Text(NamedTuple):
    """One message in both languages; Japanese is what a planner sees first."""

    ja: str
    en: str

    def get(self, lang: str) -> str:
        """Return the message in `lang` ("ja" or "en")."""
        return self.en if lang == "en" else self.ja


class Severity(StrEnum):
    """How bad a problem is; an error stops the work, the others travel with the result."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One located finding: what is wrong, where, and what to do about it.

    Parameters
    ----------
    severity
        Whether the work can go on.
    code
        Stable dotted name, such as ``gtfs.missing_column``.
    where
        A place a person can go to: ``stops.txt row 118``, ``x.yaml:7 modifications[0].routes``.
    message, hint
        What was found and expected; how to mend it (may be empty).
    count
        How many times the same finding occurred.
    """

    severity: Severity
    code: str
    where: str
    message: Text
    hint: Text = Text("", "")
    count: int = 1

    def __post_init__(self) -> None:
        """Keep each part on one line: keys, names and values of files stand in them, and must not forge another."""
        object.__setattr__(self, "where", one_line(self.where))
        object.__setattr__(self, "message", Text(*map(one_line, self.message)))
        object.__setattr__(self, "hint", Text(*map(one_line, self.hint)))

    def place(self, lang: str = "ja") -> str:
        """Return where it is in words: ``stops.txt row 118``, in Japanese ``stops.txt 118 行目``."""
        found = None if lang == "en" else _ROW.fullmatch(self.where)
        if found is None:
            return self.where
        file, row, column = found.groups()
        return f"{file} {row} 行目" + (f" {column} 列" if column else "")

    def render(self, lang: str = "ja") -> str:
        """Return one or two lines for a person."""
        label = {
            "ja": {"error": "エラー", "warning": "警告", "info": "情報"},
            "en": {"error": "error", "warning": "warning", "info": "info"},
        }["en" if lang == "en" else "ja"][self.severity.value]
        times = f" (×{self.count:,})" if self.count > 1 else ""
        line = f"{label}: {self.place(lang)}: {self.message.get(lang)}{times} [{self.code}]"
        hint = self.hint.get(lang)
        arrow = "  → "
        return f"{line}\n{arrow}{hint}" if hint else line


def error(code: str, where: str, message: Text, hint: Text = Text("", "")) -> Problem:
    """Build a problem that stops the work."""
    return Problem(Severity.ERROR, code, where, message, hint)


def warning(code: str, where: str, message: Text, hint: Text = Text("", ""), count: int = 1) -> Problem:
    """Build a problem that travels with the result."""
    return Problem(Severity.WARNING, code, where, message, hint, count)


def _weight(problem: Problem) -> tuple[int, bool, int]:
    """Return what sorts problems: errors as they were found, then by rows; how a file is encoded comes last."""
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}[problem.severity]
    return order, problem.code.endswith("encoding"), -problem.count if order else 0


def render_problems(problems: Sequence[Problem], lang: str = "ja") -> str:
    """Return the first twenty problems and how many more there are: errors first, then what touches most rows."""
    ranked = sorted(problems, key=_weight)
    lines = [p.render(lang) for p in ranked[:SHOWN_PROBLEMS]]
    more = len(ranked) - SHOWN_PROBLEMS
    if more > 0:
        lines.append(f"… and {more} more" if lang == "en" else f"… ほか {more} 件")
    return "\n".join(lines)


class CitySimError(Exception):
    """
    Root of every error that Ekisei raises on purpose.

    Parameters
    ----------
    problems
        All findings, collected before raising; at least one is an error.
    """

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(render_problems(self.problems, "en"))

    def render(self, lang: str = "ja") -> str:
        """Return the problems as text for a person."""
        return render_problems(self.problems, lang)


class DataError(CitySimError, ValueError):
    """Outside data cannot be used: missing file, table, CRS, mesh code, feed or snapshot."""

    exit_code = 3


class ScenarioError(CitySimError, ValueError):
    """A scenario file cannot be used: syntax, unknown id, expectation, no effect."""

    exit_code = 2


class UsageError(CitySimError, ValueError):
    """A command was called in a way that cannot work."""

    exit_code = 2


class ModelError(CitySimError):
    """A model was given what it cannot compute: shape, infeasible, not converged."""

    exit_code = 4


class RunError(CitySimError):
    """A run was cancelled, or a worker failed."""

    exit_code = 5


def raise_errors(problems: Sequence[Problem], kind: type[CitySimError]) -> None:
    """Raise `kind` with all problems if any of them is an error."""
    if any(p.severity is Severity.ERROR for p in problems):
        raise kind(problems)
