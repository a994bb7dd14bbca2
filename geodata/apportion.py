"""Owns exact sharing: parts that add up to their total to the last hundredth, by row and by column."""

from __future__ import annotations

import numpy as np

from geodata.errors import ModelError, Text, error
from geodata.units import FloatArray

HUNDREDTHS = 100
"""Persons are shared in hundredths: fine enough to keep small shares, and exact in whole numbers."""

_ROUNDS = 200
_CLOSE = 1e-9


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
        raise ModelError(
            error(
                "apportion.no_weight",
                f"total {total:g}",
                Text("配分先がありません", "there is nothing to share it among"),
                Text("点または区域が範囲の中にあるか確かめてください", "check that points or areas lie inside"),
            ),
        )
    if not units:
        return np.zeros(len(weights))
    return _largest_remainder(weights * (units / mass), units) / HUNDREDTHS


def fit_margins(seed: FloatArray, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """
    Fit a table to given row and column totals (iterative proportional fitting), then round it exactly.

    Parameters
    ----------
    seed
        First guess; only the ratios within it matter, shape (R, C) [> 0 where allowed].
    rows, columns
        Totals in multiples of 0.01 with equal sums, shapes (R,), (C,).

    Returns
    -------
    table
        Multiples of 0.01 that meet every row and column total exactly, shape (R, C).

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
    for _ in range(_ROUNDS):
        table *= _ratio(column_units, table.sum(axis=0))[None, :]
        table *= _ratio(row_units, table.sum(axis=1))[:, None]
        if np.abs(table.sum(axis=0) - column_units).max() < _CLOSE * max(float(column_units.max()), 1.0):
            break
    return _round_both(table, row_units, column_units) / HUNDREDTHS


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
        gain[whole[:, giver] < 1] = -np.inf
        chosen = np.argsort(-gain, kind="stable")[: min(n_moved, int(np.isfinite(gain).sum()))]
        whole[chosen, giver] -= 1
        whole[chosen, taker] += 1
        excess[giver] -= len(chosen)
        excess[taker] += len(chosen)
    return whole
