"""Owns a KPI as a sum over levers that move it in proportion, such as persons and sites, and how far off that is."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.kpi.registry import KPIS
from sim.kpi.spec import TIME_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.units import FloatArray
    from scenarios.goal_points import Evaluator, Outcome
    from scenarios.lever_book import LeverBook
    from scenarios.levers import Values

PERSONS_KPIS = frozenset({
    "catchment_population_share",
    "catchment_population",
    "transit_coverage_share",
    "transit_gap_population",
    "frequent_stop_share",
    "clinics_per_100k",
})  # fmt: skip
"""KPIs that are Σ persons × something, ÷ Σ persons, where moved persons change nothing but the persons."""
SITES_KPIS = frozenset({"clinics_count", "clinics_per_100k"})
"""KPIs that count places: every place opened or closed counts by itself."""
_PERSONS = frozenset({
    "adjust-population",
    "guide-residents",
    "relocate-residents",
    "add-housing",
    "attract-commuters",
})  # fmt: skip
_PERSONS_KEYS = frozenset({"persons", "scale", "share", "workers", "commuters", "dwellings"})
_SITES = frozenset({"add-facility", "remove-facility"})
MOST_CORNERS = 32
MARGIN = 2.0
"""How many times the error at the corners is allowed for between them."""
MILLION = 1e6


def linear_levers(book: LeverBook, kpi_id: str, settings: Sequence[str]) -> tuple[int, ...]:
    """Return the levers that move a KPI in proportion: residents for KPIs of residents, places for counts of them."""
    if set(settings) & set(TIME_SETTINGS):
        return ()  # waits for on-demand rides follow from who lives where
    kinds = {m.id: m.type for m in book.base.modifications}
    found = []
    for number, lever in enumerate(book.levers):
        own = kinds | {m.id: m.type for m in lever.modifications}
        touched = {own.get(_modification(path), "") for path in lever.sets} | {m.type for m in lever.modifications}
        keys = {path.rpartition(".")[2] for path in lever.sets}
        persons = kpi_id in PERSONS_KPIS and touched <= _PERSONS and keys <= _PERSONS_KEYS
        sites = kpi_id in SITES_KPIS and touched <= _SITES and keys <= {"count"}
        if persons or sites:
            found.append(number)
    return tuple(found)


def _modification(path: str) -> str:
    steps = path.split(".")
    return steps[1] if steps[0] == "modifications" and len(steps) > 2 else ""  # noqa: PLR2004 -- list, id, key


@dataclass(frozen=True, slots=True, eq=False)
class Surrogate:
    """
    The KPI as a sum over levers, with the other levers held: exact where nothing but residents or places moves.

    Parameters
    ----------
    start
        The outcome with all linear levers off.
    levers
        The linear levers.
    usable
        Lever → its values that can be applied, from off on.
    upper, lower
        Lever → value → what it adds to the numerator under each setting, shape (V, S), and to the denominator, (V,).
    cost
        Lever → value → what it costs [million yen a year], shape (V,).
    error
        Setting → how far the sum was from the model at the corners, times `MARGIN`, in the unit of the KPI.
    """

    start: Outcome
    levers: tuple[int, ...]
    usable: tuple[Values, ...]
    upper: tuple[FloatArray, ...]
    lower: tuple[FloatArray, ...]
    cost: tuple[FloatArray, ...]
    error: FloatArray

    def values(self, chosen: Sequence[int]) -> Values:
        """Return the value of every lever, the linear ones as chosen."""
        values = list(self.start.values)
        for lever, known, place in zip(self.levers, self.usable, chosen, strict=True):
            values[lever] = known[place]
        return tuple(values)


def parts_of(outcome: Outcome, evaluator: Evaluator, settings: Sequence[str]) -> tuple[FloatArray, float]:
    """Return numerator under each setting and denominator: a rate is per resident."""
    numbers = np.array([outcome.numbers[s] if outcome.numbers[s] is not None else math.nan for s in settings], float)
    below = outcome.persons if KPIS[evaluator.ask.kpi_id].rate else 1.0
    return numbers * below, below


def make_surrogate(
    evaluator: Evaluator, held: Values, levers: tuple[int, ...], settings: Sequence[str]
) -> Surrogate | None:
    """Return the KPI as a sum over the linear levers with the others held; None where `held` cannot be applied."""
    start = evaluator.at(held)
    if start.refused:
        return None
    upper0, lower0 = parts_of(start, evaluator, settings)
    own0 = evaluator.book.own_cost(held).total_yen
    usable, upper, lower, cost = [], [], [], []
    for lever in levers:
        known = _usable(evaluator, held, lever)
        ends = evaluator.at(_with(held, lever, known[-1]))
        top, bottom = parts_of(ends, evaluator, settings)
        shares = np.array([abs(v - known[0]) / (abs(known[-1] - known[0]) or 1.0) for v in known])
        usable.append(known)
        upper.append(np.outer(shares, top - upper0))
        lower.append(shares * (bottom - lower0))
        own = [evaluator.book.own_cost(_with(held, lever, v)).total_yen - own0 for v in known]
        cost.append(np.array(own) / MILLION)
    made = Surrogate(start, levers, tuple(usable), tuple(upper), tuple(lower), tuple(cost), np.zeros(len(settings)))
    made.error[:] = MARGIN * _worst(made, evaluator, settings)
    return made


def _with(values: Values, lever: int, value: float) -> Values:
    return (*values[:lever], value, *values[lever + 1 :])


def _usable(evaluator: Evaluator, held: Values, lever: int) -> Values:
    """Return the values of a lever, from off on, that can be applied; found by halving."""
    known = evaluator.book.grid[lever]
    if not evaluator.at(_with(held, lever, known[-1])).refused:
        return known
    low, high = 0, len(known) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if evaluator.at(_with(held, lever, known[middle])).refused else (middle, high)
    return known[: low + 1]


def _worst(made: Surrogate, evaluator: Evaluator, settings: Sequence[str]) -> FloatArray:
    """Return setting → largest difference of the sum from the model, at half of each lever and where they meet."""
    ends = [len(known) - 1 for known in made.usable]
    corners = list(itertools.islice(itertools.product(*((0, end) for end in ends)), 2**12))
    joint = [c for c in corners if sum(place > 0 for place in c) > 1]
    joint = sorted(joint, key=sum, reverse=True)[:MOST_CORNERS]
    halves = [tuple(end // 2 if n == k else 0 for n in range(len(ends))) for k, end in enumerate(ends) if end > 1]
    worst = np.zeros(len(settings))
    for chosen in (*joint, *halves):
        outcome = evaluator.at(made.values(chosen))
        if not outcome.refused:
            top, bottom = parts_of(outcome, evaluator, settings)
            worst = np.fmax(worst, np.abs(top / bottom - summed(made, evaluator, settings, chosen)))
    return worst


def summed(made: Surrogate, evaluator: Evaluator, settings: Sequence[str], chosen: Sequence[int]) -> FloatArray:
    """Return setting → the KPI by the sum."""
    upper, lower = parts_of(made.start, evaluator, settings)
    top = upper + sum(table[place] for table, place in zip(made.upper, chosen, strict=True))
    found: FloatArray = top / (lower + sum(table[place] for table, place in zip(made.lower, chosen, strict=True)))
    return found
