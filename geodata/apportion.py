"""Owns exact sharing: parts that add up to their total to the last hundredth, by row and by column."""

from __future__ import annotations

import numpy as np

from geodata.errors import ModelError, Problem, Text, error
from geodata.units import FloatArray, IntArray

HUNDREDTHS = 100
"""Persons are shared in hundredths: fine enough to keep small shares, and exact in whole numbers."""

_ROUNDS = 200
_CLOSE = 1e-9
_HALF_UNIT = 0.5
_LAST_CHOICE = 4.0
"""Put below every gain of a rounding, for rows whose taker is an empty cell."""


def share_exactly(weights: FloatArray, total: float) -> FloatArray:
    """
    Share a total by weights so that the parts add up exactly, by largest remainder at 0.01.

    Parameters
    ----------
    weights
        Weight of each part, shape (N,) [≥ 0]; a part without weight gets nothing.
    total
        What is shared; taken to 0.01.

    Returns
    -------
    parts
        Multiples of 0.01, shape (N,).

    Raises
    ------
    ModelError
        If there is something to share and no weight at all.

    Notes
    -----
    Σ round(100 × part) = round(100 × total). Equal remainders go to the first parts, so the result is the same on
    every machine up to ties of floating point.
    """
    units = round(total * HUNDREDTHS)
    mass = float(weights.sum())
    if units and not mass > 0:
        raise ModelError(_no_weight(total))
    if not units:
        return np.zeros(len(weights))
    return _largest_remainder(weights * (units / mass), units) / HUNDREDTHS


def share_within(weights: FloatArray, group: IntArray, totals: FloatArray) -> FloatArray:
    """
    Share many totals at once, each among the parts of its group, as `share_exactly` does with one.

    Parameters
    ----------
    weights
        Weight of each part, shape (N,) [≥ 0].
    group
        part → index into `totals`, shape (N,).
    totals
        What is shared, taken to 0.01, shape (G,); a group whose total is not 0 needs some weight.

    Returns
    -------
    parts
        Multiples of 0.01, shape (N,); their sums by group equal `totals` exactly.

    Raises
    ------
    ModelError
        If a group with a total has no weight.

    Notes
    -----
    O(N log N) time.
    """
    units: FloatArray = np.rint(totals * HUNDREDTHS)
    mass = np.asarray(np.bincount(group, weights=weights, minlength=len(totals)), dtype=np.float64)
    if ((units > 0) & ~(mass > 0)).any():
        raise ModelError(_no_weight(float(totals[(units > 0) & ~(mass > 0)][0])))
    exact = _ratio(weights, mass[group]) * units[group]
    whole = np.floor(exact)
    rest = np.where(weights > 0, np.round(exact - whole, 6), -1.0)
    missing = units - np.bincount(group, weights=whole, minlength=len(totals))
    order = np.lexsort((-rest, group))
    ranked = group[order]
    first = np.searchsorted(ranked, np.arange(len(totals)))
    rank = np.arange(len(order)) - first[ranked]
    whole[order[rank < missing[ranked]]] += 1
    return whole / HUNDREDTHS


def fit_margins(seed: FloatArray, rows: FloatArray, columns: FloatArray, *, most_rounds: int = _ROUNDS) -> FloatArray:
    """
    Fit a table to given row and column totals (iterative proportional fitting), then round it exactly.

    Parameters
    ----------
    seed
        First guess; only the ratios within it matter, shape (R, C) [> 0 where allowed].
    rows, columns
        Totals in multiples of 0.01 with equal sums, shapes (R,), (C,).
    most_rounds
        Rounds after which it gives up.

    Returns
    -------
    table
        Multiples of 0.01 that meet every row and column total exactly, shape (R, C).

    Raises
    ------
    ModelError
        If the sums of the totals differ, or no table with the zeros of the seed meets them.

    References
    ----------
    Deming and Stephan (1940), Ann. Math. Stat. 11(4).
    """
    row_units: FloatArray = np.rint(rows * HUNDREDTHS)
    column_units: FloatArray = np.rint(columns * HUNDREDTHS)
    if row_units.sum() != column_units.sum():
        raise ModelError(
            error(
                "apportion.margins",
                "fit_margins",
                Text("行の合計と列の合計が一致しません", "row totals and column totals have different sums"),
            ),
        )
    table = seed * (row_units.sum() / max(float(seed.sum()), _CLOSE))
    for _ in range(most_rounds):
        table *= _ratio(column_units, table.sum(axis=0))[None, :]
        table *= _ratio(row_units, table.sum(axis=1))[:, None]
        if np.abs(table.sum(axis=0) - column_units).max() < _CLOSE * max(float(column_units.max()), 1.0):
            break
    if len(table) and np.abs(table.sum(axis=0) - column_units).max() > _HALF_UNIT:
        raise ModelError(
            error(
                "apportion.not_converged",
                "fit_margins",
                Text(
                    "行と列の合計に同時に合う表がありません（反復が収束しません）",
                    "no table meets both margins (the iteration does not converge)",
                ),
                Text(
                    "人のいない地区・年齢に人数が割り当てられていないか確かめてください",
                    "check for totals of districts or ages that nobody could be in",
                ),
            ),
        )
    return _round_both(table, row_units, column_units) / HUNDREDTHS


def _no_weight(total: float) -> Problem:
    return error(
        "apportion.no_weight",
        f"total {total:g}",
        Text("配分先がありません", "there is nothing to share it among"),
        Text("点または区域が範囲の中にあるか確かめてください", "check that points or areas lie inside"),
    )


def _ratio(wanted: FloatArray, found: FloatArray) -> FloatArray:
    return np.divide(wanted, found, out=np.zeros(len(found)), where=found > 0)


def _largest_remainder(exact: FloatArray, units: int) -> FloatArray:
    whole = np.floor(exact)
    missing = int(units - whole.sum())
    # Rounded remainders: the last bits of a sum must not decide who gets the hundredth.
    order = np.argsort(-np.round(exact - whole, 6), kind="stable")
    whole[order[:missing]] += 1
    return whole


def _round_both(table: FloatArray, rows: FloatArray, columns: FloatArray) -> FloatArray:
    whole = np.stack([_largest_remainder(row, int(total)) for row, total in zip(table, rows, strict=True)])
    excess = (whole.sum(axis=0) - columns).astype(np.int64)
    while excess.any():
        giver, taker = int(np.argmax(excess)), int(np.argmin(excess))
        n_moved = int(min(excess[giver], -excess[taker]))
        # Rows whose rounding favoured the giver most give back first.
        gain = np.round((whole - table)[:, giver] - (whole - table)[:, taker], 6)
        gain[table[:, taker] <= 0] -= _LAST_CHOICE
        gain[whole[:, giver] < 1] = -np.inf
        chosen = np.argsort(-gain, kind="stable")[: min(n_moved, int(np.isfinite(gain).sum()))]
        whole[chosen, giver] -= 1
        whole[chosen, taker] += 1
        excess[giver] -= len(chosen)
        excess[taker] += len(chosen)
    return whole
