"""Owns the draws of one run: every KPI row under every draw, set of routes and other definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.frozen import freeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geodata.units import FloatArray
    from sim.results import KpiRow

Key = tuple[str, str, str]
"""KPI, setting, group."""
DRAW, ROUTE, OTHER = "draw:", "route:", "other:"
"""How the label of an evaluation begins: a draw, routes alone, other data or another definition."""
_KEYS = ("kpi_id", "setting", "group")


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """
    What every row of kpi.csv would be.

    Parameters
    ----------
    keys
        KPI, setting, group of each row.
    labels
        What each evaluation is: ``draw:3``, ``route:0`` (everything but the routes as set), ``other:…``.
    values, models
        Row, evaluation → value shown and plain model value, NaN = none; shape (R, L).

    Notes
    -----
    Draw d runs on the routes d mod K, where K is the number of ``route:`` evaluations.
    """

    keys: tuple[Key, ...]
    labels: tuple[str, ...]
    values: FloatArray
    models: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.columns(DRAW))

    @property
    def n_rerouted(self) -> int:
        """Number of sets of routes that the draws share."""
        return len(self.columns(ROUTE))

    def columns(self, beginning: str) -> list[int]:
        """Return the evaluations whose label begins so, draws and routes by their number."""
        found = [n for n, label in enumerate(self.labels) if label.startswith(beginning)]
        numbers = {n: self.labels[n].removeprefix(beginning) for n in found}
        return sorted(found, key=lambda n: int(numbers[n]) if numbers[n].isdigit() else 0)

    def of(self, beginning: str) -> FloatArray:
        """Return row, evaluation → value shown, of the evaluations whose label begins so."""
        return self.values[:, self.columns(beginning)]

    def rows_under(self, label: str, rows: Iterable[KpiRow]) -> dict[Key, float]:
        """Return the plain model value of some rows under an evaluation; none where it was not made."""
        if label not in self.labels:
            return {}
        column, place = self.labels.index(label), {key: n for n, key in enumerate(self.keys)}
        wanted = (key_of(row) for row in rows)
        return {key: float(self.models[place[key], column]) for key in wanted if key in place}

    def frame(self) -> pd.DataFrame:
        """Return the draws as a table: a row per KPI row, and one more where the model value differs."""
        differs = ~((self.values == self.models) | (np.isnan(self.values) & np.isnan(self.models))).all(axis=1)
        named = pd.DataFrame(list(self.keys), columns=list(_KEYS))
        parts = [_part(named, "value", self.labels, self.values)]
        parts.append(_part(named[differs], "model", self.labels, self.models[differs]))
        return pd.concat(parts, ignore_index=True)


def joined(parts: Sequence[Draws], labels: Sequence[str]) -> Draws:
    """Return the evaluations of several tables of the same rows, in the order of their labels."""
    every = [label for part in parts for label in part.labels]
    order = [every.index(label) for label in labels]
    values, models = (
        np.concatenate([getattr(part, name) for part in parts], axis=1)[:, order] for name in ("values", "models")
    )
    return Draws(parts[0].keys, tuple(labels), values, models)


def _part(named: pd.DataFrame, of: str, labels: Sequence[str], values: FloatArray) -> pd.DataFrame:
    numbers = pd.DataFrame(values, columns=list(labels), index=named.index)
    return pd.concat([named, pd.Series(of, index=named.index, name="of", dtype=object), numbers], axis=1)


def draws_of(frame: pd.DataFrame) -> Draws:
    """Return the draws that a table of `Draws.frame` holds."""
    labels = tuple(str(c) for c in frame.columns if c not in {*_KEYS, "of"})
    shown, plain = frame[frame["of"] == "value"], frame[frame["of"] == "model"]
    keys = tuple(_keys_of(shown))
    place = {key: n for n, key in enumerate(keys)}
    values = shown[list(labels)].to_numpy(np.float64)
    models = values.copy()
    models[[place[key] for key in _keys_of(plain)]] = plain[list(labels)].to_numpy(np.float64)
    return Draws(keys, labels, values, models)


def _keys_of(frame: pd.DataFrame) -> list[Key]:
    columns = (frame[name].astype(str).tolist() for name in _KEYS)
    return list(zip(*columns, strict=True))


def key_of(row: KpiRow) -> Key:
    """Return what names a row within a run."""
    return row.kpi_id, row.setting, row.group


def number_of(value: float | None) -> float:
    """Return a value as a number, NaN where there is none."""
    return np.nan if value is None else value
