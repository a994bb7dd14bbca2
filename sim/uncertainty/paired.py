"""Owns the difference of two runs draw by draw, and whether the two can be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text
from sim.uncertainty.draws import DRAW, OTHER, ROUTE
from sim.uncertainty.interval import draw_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.units import FloatArray
    from sim.uncertainty.draws import Draws, Key

ROUNDING = 1e-12
"""Difference that two sums of the same numbers may show [share of the number]."""
DISTINGUISHABLE, NOT_DISTINGUISHABLE, NOT_DRAWN = "distinguishable", "not-distinguishable", ""


@dataclass(frozen=True, slots=True)
class PairedEnds:
    """
    How sure the difference b − a of one row is.

    `low`, `high`: interval of the draws. `other_low`, `other_high`: least and largest difference under other data and
    definitions. `verdict`: 区別できる only where both lines keep to one side of no difference; "" where there is none.
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
    Nothing is paired where the runs were drawn unlike each other (`why_unpaired`).

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
    return {key: PairedEnds(*four, _verdict(change, four)) for key, change, four in told}


def told_apart(verdict: str) -> bool | None:
    """Return whether a verdict tells two runs apart; None where they were not drawn alike or nothing differs."""
    return None if verdict == NOT_DRAWN else verdict == DISTINGUISHABLE


def why_unpaired(a: Draws, b: Draws) -> Text | None:
    """Return why draw d of one run must not be told from draw d of the other; None where it may."""
    if not a.n_draws or not b.n_draws:
        return Text("試行がない", "no draws")
    if (a.n_draws, a.n_rerouted) == (b.n_draws, b.n_rerouted):
        return None
    return Text(
        f"試行の回数が違う（{a.n_draws} 回・経路 {a.n_rerouted} 組 と {b.n_draws} 回・{b.n_rerouted} 組）",
        f"unlike numbers of draws ({a.n_draws} on {a.n_rerouted} sets of routes, {b.n_draws} on {b.n_rerouted})",
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


def _verdict(change: float, ends: tuple[float, float, float, float]) -> str:
    if change == 0 or np.isnan([change, *ends]).any():
        return NOT_DRAWN
    low, high, least, most = ends
    clear = (low > 0 and least > 0) if change > 0 else (high < 0 and most < 0)
    return DISTINGUISHABLE if clear else NOT_DISTINGUISHABLE
