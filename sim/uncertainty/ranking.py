"""Owns which parameter moves a KPI most: each taken to its ends while all others stay as set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.pivot import PIVOTED, RATIO
from sim.uncertainty.definition import ends_of_choices, with_definitions
from sim.uncertainty.draws import OTHER, ROUTE, Draws, key_of
from sim.uncertainty.evaluating import Case, Subject, draw_cases
from sim.uncertainty.memory import DrawMemory
from sim.uncertainty.recording import Recorder, drawn_keys
from sim.uncertainty.roles import drawn_spreads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sim.uncertainty.draws import Key

ROUTES, DEFINITIONS = "routes", "definitions"
"""Names of what is no single parameter: all that reroutes together, and the definitions that reproduce 公表値."""


@dataclass(frozen=True, slots=True)
class Swing:
    """
    What a parameter does to one number.

    `at_low`, `at_high`: the number with the parameter at its `low` and `high` end; of what is no single parameter the
    least and the largest, the ends being NaN. `drawn`: part of 同じ仮定での差; else of データ・定義.
    """

    name: str
    low: float
    high: float
    at_low: float
    at_high: float
    drawn: bool

    @property
    def size(self) -> float:
        """How far the number moves."""
        return abs(self.at_high - self.at_low)


def rank_parameters(
    subject: Subject, key: Key, n_routes: int = 3, progress: Callable[[int, int], None] | None = None
) -> tuple[Swing, ...]:
    """
    Return what each uncertain parameter does to one row of a run, the strongest first; those without effect last.

    Parameters
    ----------
    subject
        The run; of a scenario, `base_draws` is not needed: the baseline is evaluated with it.
    key
        KPI, setting, group.
    n_routes
        Sets of routes that are tried for all that reroutes together.
    progress
        Told how many evaluations are done, and of how many.

    Notes
    -----
    One at a time: what two parameters do together is not seen.
    """
    ends = [*_drawn_ends(subject), *_choice_ends(subject)]
    two_cities = subject.base is not None and subject.base_city is not None
    steps = _Steps((2 if two_cities else 1) * (n_routes + 1 + 2 * len(ends)), progress)
    if subject.base is not None and subject.base_city is not None:
        base = Subject(subject.base_city, subject.analysis, subject.params, subject.base, subject.reuse)
        subject = replace(subject, base_draws=_evaluate(base, _cases(subject, ends, n_routes), key[0], steps))
    found = with_definitions(_evaluate(subject, _cases(subject, ends, n_routes), key[0], steps), subject)
    row = found.keys.index(key)
    central = next(r.value for r in subject.result.kpis if key_of(r) == key)
    swings = [_swing(found, row, *end) for end in ends]
    for name, beginning, drawn in ((ROUTES, ROUTE, True), (DEFINITIONS, f"{OTHER}definition", False)):
        seen = found.of(beginning)[row]
        seen = seen[~np.isnan(seen)]
        if len(seen):
            every = [*seen.tolist(), *([] if central is None or drawn else [central])]
            swings.append(Swing(name, np.nan, np.nan, min(every), max(every), drawn))
    return tuple(sorted(swings, key=lambda s: (-s.size if s.size == s.size else 0.0, s.name)))


@dataclass(slots=True)
class _Steps:
    """Counts evaluations and tells of each."""

    total: int
    progress: Callable[[int, int], None] | None
    done: int = 0

    def step(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total)


End = tuple[str, float, float, bool]
"""Name of a parameter, its ends, and whether it is drawn."""


def _drawn_ends(subject: Subject) -> Iterator[End]:
    for spread in drawn_spreads(subject.city, subject.params):
        if not spread.reroutes:
            yield spread.name, spread.low, spread.high, True


def _choice_ends(subject: Subject) -> Iterator[End]:
    found: dict[str, list[float]] = {}
    for name, end in ends_of_choices(subject):
        found.setdefault(name, [float(getattr(subject.params, name))]).append(end)
    for name, values in found.items():
        yield name, min(values), max(values), False


def _cases(subject: Subject, ends: Sequence[End], n_routes: int) -> Iterator[Case]:
    yield from draw_cases(subject, 0, n_routes)
    as_set = Case("", subject.analysis, subject.params, DrawMemory(subject.reuse))
    yield as_set  # first, so that each of the others only works out what its own parameter changes
    for name, *both, _ in ends:
        kind = type(getattr(subject.params, name))
        for side, end in zip(("low", "high"), both, strict=True):
            params = subject.params.model_copy(update={name: kind(end)})
            yield replace(as_set, label=f"{side}:{name}", params=params, reuse=DrawMemory(as_set.reuse), known={})


def _evaluate(subject: Subject, cases: Iterator[Case], kpi_id: str, steps: _Steps) -> Draws:
    """Return the rows of one KPI, and of what its pivot needs, under each case."""
    family = PIVOTED.get(kpi_id)
    beside = {kpi_id} if family is None else {family.rate_id, family.absolute_id}
    wanted = beside | (RATIO if kpi_id in RATIO else frozenset())
    keys = tuple(key for key in drawn_keys(subject.result) if key[0] in wanted)
    recorder = Recorder(subject, keys)
    for case in cases:
        recorder.take(case)
        steps.step()
    return recorder.draws()


def _swing(found: Draws, row: int, name: str, low: float, high: float, drawn: bool) -> Swing:
    at_low, at_high = (float(found.of(f"{side}:{name}")[row, 0]) for side in ("low", "high"))
    return Swing(name, low, high, at_low, at_high, drawn)
