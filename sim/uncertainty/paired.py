"""Owns the difference of two runs draw by draw, and whether the two can be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text
from sim.kpi.judgement import is_same
from sim.kpi.registry import KPIS
from sim.uncertainty.draws import DRAW, OTHER, ROUTE
from sim.uncertainty.interval import FEWEST_DRAWS, draw_interval, is_enough

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.units import FloatArray
    from sim.uncertainty.draws import Draws, Key

ROUNDING = 1e-12
"""Difference that two sums of the same numbers may show [share of the number]."""
DISTINGUISHABLE, NOT_DISTINGUISHABLE, NO_CHANGE, NOT_DRAWN = "distinguishable", "not-distinguishable", "no-change", ""


@dataclass(frozen=True, slots=True)
class PairedEnds:
    """
    How sure the difference b − a of one row is.

    `low`, `high`: interval of the draws. `other_low`, `other_high`: least and largest difference under other data and
    definitions. `verdict`: 変化なし where the difference does not show, 区別できる only where both lines keep to one
    side of no difference by what shows; "" where nothing is known.
    """

    low: float
    high: float
    other_low: float
    other_high: float
    verdict: str

    @property
    def ends(self) -> tuple[float, float]:
        """Outer ends of both lines."""
        return min(self.low, self.other_low), max(self.high, self.other_high)


def paired_ends(a: Draws, b: Draws, before: Mapping[Key, float], after: Mapping[Key, float]) -> dict[Key, PairedEnds]:
    """
    Return how sure each difference of two runs is, row by row that both have.

    Parameters
    ----------
    a, b
        Draws of both runs; draw d of one is told from draw d of the other, so what both share cancels.
    before, after
        Row → value of either run.

    Notes
    -----
    Nothing is paired where the runs were drawn unlike each other or too few times (`why_unpaired`).

    An evaluation that one run lacks, such as another path of the residents for a run of the base year, is told from
    that run's own value.
    """
    shared = set(b.keys)
    keys = [key for key in a.keys if key in shared and key in before and key in after]
    if not keys or why_unpaired(a, b) is not None:
        return {}
    was, now = (np.array([held[key] for key in keys]) for held in (before, after))
    central = _minus(now, was)
    rows = [_rows(draws, keys) for draws in (a, b)]
    both = [label for label in a.labels if label in set(b.labels)]
    routed, drawn = (
        _minus(_columns(b, rows[1], labels), _columns(a, rows[0], labels))
        for labels in (_of(both, ROUTE), _of(both, DRAW))
    )
    low, high = draw_interval(central, routed, drawn)
    others = list(dict.fromkeys(_of(a.labels, OTHER) + _of(b.labels, OTHER)))
    changes = _minus(_or_central(b, rows[1], others, now), _or_central(a, rows[0], others, was))
    every = np.concatenate([central[:, None], changes], axis=1)
    least, most = np.fmin.reduce(every, axis=1), np.fmax.reduce(every, axis=1)
    ends = zip(low.tolist(), high.tolist(), least.tolist(), most.tolist(), strict=True)
    told = zip(keys, central.tolist(), ends, strict=True)
    return {key: PairedEnds(*four, _verdict(key, change, four)) for key, change, four in told}


def told_apart(verdict: str) -> bool | None:
    """Return whether a verdict tells two runs apart; None where they were not drawn alike or nothing differs."""
    return None if verdict in {NOT_DRAWN, NO_CHANGE} else verdict == DISTINGUISHABLE


def why_unpaired(a: Draws, b: Draws) -> Text | None:
    """Return why draw d of one run must not be told from draw d of the other; None where it may."""
    counts = [(run.n_draws, run.n_rerouted) for run in (a, b)]
    if not all(n_draws for n_draws, _ in counts):
        return Text("試行がない", "no draws")
    if counts[0] != counts[1]:
        (n_a, k_a), (n_b, k_b) = counts
        return Text(
            f"試行の回数が違う（A は {n_a} 回・経路 {k_a} 組、B は {n_b} 回・経路 {k_b} 組）",
            f"unlike numbers of draws (A: {n_a} on {k_a} sets of routes, B: {n_b} on {k_b})",
        )
    if is_enough(*counts[0]):
        return None
    n_draws, n_rerouted = counts[0]
    return Text(
        f"試行が少ない（{n_draws} 回・経路 {n_rerouted} 組。{FEWEST_DRAWS} 回以上で判定する）",
        f"too few draws ({n_draws} on {n_rerouted} sets of routes; {FEWEST_DRAWS} or more are judged by)",
    )


def _of(labels: Sequence[str], beginning: str) -> list[str]:
    found = [label for label in labels if label.startswith(beginning)]
    return found if beginning == OTHER else sorted(found, key=lambda label: int(label.removeprefix(beginning)))


def _rows(draws: Draws, keys: Sequence[Key]) -> list[int]:
    place = {key: n for n, key in enumerate(draws.keys)}
    return [place[key] for key in keys]


def _columns(draws: Draws, rows: list[int], labels: Sequence[str]) -> FloatArray:
    return draws.values[np.ix_(rows, [draws.labels.index(label) for label in labels])]


def _or_central(draws: Draws, rows: list[int], labels: Sequence[str], central: FloatArray) -> FloatArray:
    """Return the values of evaluations; the run's own where it has no such evaluation."""
    found = np.repeat(central[:, None], len(labels), axis=1)
    for n, label in enumerate(labels):
        if label in draws.labels:
            found[:, n] = draws.values[rows, draws.labels.index(label)]
    return found


def _minus(after: FloatArray, before: FloatArray) -> FloatArray:
    """Return the difference, 0 where both are out of reach alike or only rounding sets them apart."""
    with np.errstate(invalid="ignore"):
        change = after - before
        same = (after == before) | (np.abs(change) <= ROUNDING * np.maximum(np.abs(after), np.abs(before)))
    return np.where(same, 0.0, change)


def _verdict(key: Key, change: float, ends: tuple[float, float, float, float]) -> str:
    """Return the verdict on a difference; what is less than half of the last digit shown is none, of an end too."""
    if np.isnan([change, *ends]).any():
        return NOT_DRAWN
    if _sign(key, change) == 0:
        return NO_CHANGE
    clear = all(_sign(key, end) == _sign(key, change) for end in ends)
    return DISTINGUISHABLE if clear else NOT_DISTINGUISHABLE


def _sign(key: Key, change: float) -> int:
    spec = KPIS.get(key[0])
    return 0 if spec is not None and is_same(spec, change) else int(np.sign(change))
