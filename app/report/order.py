"""Owns what is asked of a printed matter: which runs, beside what, in which language, for whose eyes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.features.compare.metrics import DEFAULT_METRIC

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.runs import Run
    from app.services import Services

Extent = tuple[float, float, float, float]
"""West, south, east, north [degrees]."""


def tell_nobody(label: str, share: float) -> None:
    """Take a report of progress that nobody reads."""


@dataclass(frozen=True, slots=True)
class View:
    """
    What stands on the map of a printed matter, as on the screen.

    `metric` "": the usual one, or what a printed matter finds to move most. `extent` None: where people live.
    """

    metric: str = ""
    group: str = "all"
    extent: Extent | None = None

    @property
    def metric_name(self) -> str:
        """The metric that is drawn."""
        return self.metric or DEFAULT_METRIC


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """
    One order: runs, kind of file, folder.

    Parameters
    ----------
    services
        Where runs and the city are read from.
    runs
        What is reported on, at least one.
    format
        One of the formats of its kind.
    folder
        Where files are written; whoever takes the order keeps unfinished ones out of sight.
    lang
        ``ja`` or ``en``.
    public
        Hide cells and age groups of fewer persons than the city shows in public.
    compare
        What all runs are compared with; None: what each scenario names, else the baseline.
    view
        Map on it.
    tell
        Takes what is being done, and the share done (0–1).
    """

    services: Services
    runs: tuple[Run, ...]
    format: str
    folder: Path
    lang: str = "ja"
    public: bool = False
    compare: Run | None = None
    view: View = field(default_factory=View)
    tell: Callable[[str, float], None] = tell_nobody

    def reference_of(self, run: Run) -> Run:
        """Return what a run is compared with; itself where there is nothing else."""
        if self.compare is not None:
            return self.compare
        known = self.services.list_runs()
        return known.get(run.compare_to or "", self.services.baseline or run)

    def showing(self, metric: str) -> Order:
        """Return the same order with another metric on its maps."""
        return replace(self, view=replace(self.view, metric=metric))

    @property
    def pairs(self) -> tuple[tuple[Run, Run], ...]:
        """Reference and run, in the order asked."""
        return tuple((self.reference_of(run), run) for run in self.runs)
