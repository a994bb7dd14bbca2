"""Owns what a bench says: rows with medians, goals met or not, notes; on screen and as JSON."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from tests.benchmarks.timing import Figure

Tell = Callable[[str], None]
"""Takes a line on what goes on now."""

PACKAGES = (
    "numpy", "scipy", "numba", "pandas", "geopandas", "shapely", "networkx", "pandana", "ferrobus", "urbanaccess",
    "highspy", "spopt", "pulp",
)  # fmt: skip
_SMALL_S = 0.1
_WIDTH = 82


@dataclass(frozen=True, slots=True)
class Goal:
    """
    One goal beside what came out.

    `value`: None = could not be judged, `why` says the reason. `at_least`: whether larger is better. `reach`: a further
    mark, beyond the goal.
    """

    text: str
    value: float | None
    wanted: float
    at_least: bool = True
    unit: str = "×"
    why: str = ""
    reach: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where nothing could be judged."""
        if self.value is None:
            return None
        return self.value >= self.wanted if self.at_least else self.value <= self.wanted

    def line(self) -> str:
        """Return the goal as one line."""
        if self.value is None:
            return f"?       {self.text}: not judged: {self.why}"
        sign = "≥" if self.at_least else "≤"
        mark = "met    " if self.met else "NOT met"
        line = f"{mark} {self.text}: {_number(self.value)}{self.unit}, goal {sign} {_number(self.wanted)}{self.unit}"
        if self.reach is not None:
            beyond = self.value >= self.reach if self.at_least else self.value <= self.reach
            line += f" (reach for {_number(self.reach)}{self.unit}: {'reached' if beyond else 'not reached'})"
        return line + (f"; {self.why}" if self.why else "")


@dataclass(slots=True)
class Part:
    """All that one part of the bench found."""

    name: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def add(self, *found: Figure | Goal | str) -> None:
        """Add figures, goals and notes."""
        for one in found:
            if isinstance(one, str):
                self.notes.append(one)
            elif isinstance(one, Goal):
                self.goals.append(one)
            else:
                self.figures.append(one)

    def lines(self) -> list[str]:
        """Return the part as lines."""
        rows = [row(f) for f in self.figures]
        return [
            f"== {self.title}",
            *rows,
            *(f"   {n}" for n in self.notes),
            *(f"-> {g.line()}" for g in self.goals),
            "",
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the part as plain values."""
        return {
            "title": self.title,
            "figures": [
                {"name": f.name, "unit": f.unit, "median": f.median, "values": list(f.values)} for f in self.figures
            ],
            "goals": [
                {"text": g.text, "value": g.value, "at_least": g.at_least, "wanted": g.wanted, "unit": g.unit,
                 "reach": g.reach, "met": g.met, "why": g.why}
                for g in self.goals
            ],
            "notes": self.notes,
            **self.facts,
        }  # fmt: skip


def row(figure: Figure) -> str:
    """Return a figure as a row: name, median, min–max."""
    factor, unit = (1_000.0, "ms") if figure.unit == "s" and figure.median < _SMALL_S else (1.0, figure.unit)
    low, middle, high = (factor * v for v in (min(figure.values), figure.median, max(figure.values)))
    name = figure.name + " " * max(1, _WIDTH - width(figure.name))
    return f"   {name}{_number(middle):>9} {unit:<3} ({_number(low)}–{_number(high)}, {len(figure.values)})"


def width(text: str) -> int:
    """Return how many columns a text takes on a screen."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _number(value: float) -> str:
    if value != value or abs(value) >= 1_000:  # noqa: PLR0124 -- NaN is unequal to itself
        return f"{value:,.0f}"
    if value and abs(value) < 0.01:
        return f"{value:.1e}"
    if abs(value) < 1:
        return f"{value:.3f}"
    return f"{value:.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}"


def machine() -> dict[str, Any]:
    """Return the machine and the versions of what was measured."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_average": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "versions": versions,
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def progress() -> Tell:
    """Return a teller that writes lines with the seconds passed to the error stream."""
    start = time.monotonic()

    def tell(text: str) -> None:
        print(f"[{time.monotonic() - start:6.1f} s] {text}", file=sys.stderr, flush=True)

    return tell


def write_json(path: Path, found: dict[str, Any]) -> None:
    """Write what was found, a whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    draft.replace(path)
