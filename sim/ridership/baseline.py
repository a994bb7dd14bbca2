"""Owns what a run keeps of the baseline for the change of rides: parts of trips and residents, as columns of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.provenance import Status
from sim.assumed_lines import has_assumed_lines
from sim.ridership.base_names import (
    BARE_PREFIX,
    BASE_COLUMN_NAMES,
    FARE_NAMES,
    KEPT_PARTS,
    KNOWN_SHARE,
    MOST_BANDS,
    N_MARKS_KEPT,
    PREFIX,
)
from sim.ridership.parts import PART_NAMES, TripParts, find_parts
from sim.ridership.purposes import PURPOSES, n_marks_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.ridership.purposes import Purpose

    Parts = dict[Purpose, TripParts]

_ONLY_NOW = tuple(name for name in PART_NAMES if name not in KEPT_PARTS)
"""Parts nobody asks of the baseline."""


def own_parts(context: RunContext) -> Parts:
    """Return purpose → parts of trips in this city, of purposes with a place."""
    found = {purpose: find_parts(context, purpose) for purpose in PURPOSES}
    return {purpose: parts for purpose, parts in found.items() if parts is not None}


def base_parts(context: RunContext) -> Parts:
    """Return purpose → parts of trips at the baseline."""
    if context.is_baseline:
        return own_parts(context)
    found = {purpose: _parts_of(context, purpose) for purpose in PURPOSES}
    return {purpose: parts for purpose, parts in found.items() if parts is not None}


def _parts_of(context: RunContext, purpose: Purpose) -> TripParts | None:
    known = {}
    for name in (*KEPT_PARTS, *FARE_NAMES):
        column = context.base_column(f"{PREFIX}{purpose}_{name}")
        if column is None or np.isnan(column).any():
            return None
        known[name] = column
    basis = np.stack([known.pop(name) for name in FARE_NAMES], axis=1)
    return TripParts(**known, **{name: np.zeros(context.n_cells) for name in _ONLY_NOW}, fare_basis=basis)


def base_persons(context: RunContext) -> FloatArray:
    """
    Return cell, age group → residents at the baseline, shape (C, A).

    Nobody, where not all groups have a column: then nothing is told of rides rather than something of a part.
    """
    population = context.city.population
    if context.is_baseline:
        return population.persons
    columns = [context.base_column(f"{PREFIX}band_{n}") for n in range(len(population.bands))]
    known = [np.nan_to_num(column) for column in columns if column is not None]
    if len(known) < len(columns):
        return np.zeros((context.n_cells, len(columns)))
    return np.stack(known, axis=1)


def known_share(context: RunContext) -> float:
    """
    Return the share of the official rides that the lines looked at carry.

    1, but where assumed lines were left out: rides on these are part of the official figure all the same.
    """
    if context.is_baseline:
        routes = context.city.timetable.routes
        left_out = bool((routes.status == Status.ASSUMED.value).any()) and not has_assumed_lines(context.city)
        return context.params.ride_known_lines_share if left_out else 1.0
    column = context.base_column(PREFIX + KNOWN_SHARE)
    return 1.0 if column is None or np.isnan(column[:1]).any() or not len(column) else float(column[0])


def _kept(name: str, compute: Callable[[RunContext], FloatArray]) -> Callable[[RunContext], FloatArray]:
    """Return what computes a column on the baseline; any other run hands on the baseline's, NaN where it has none."""

    def column(context: RunContext) -> FloatArray:
        if context.is_baseline:
            return compute(context)
        known = context.base_column(name)
        return np.full(context.n_cells, np.nan) if known is None else known

    return column


def _same_everywhere(find: Callable[[RunContext], float], *, bare: bool) -> Callable[[RunContext], FloatArray]:
    def compute(context: RunContext) -> FloatArray:
        return np.full(context.n_cells, find(context.bare() if bare else context), np.float64)

    return compute


def _part_column(purpose: Purpose, name: str, *, bare: bool) -> Callable[[RunContext], FloatArray]:
    def compute(context: RunContext) -> FloatArray:
        parts = find_parts(context.bare() if bare else context, purpose)
        if parts is None:
            return np.full(context.n_cells, np.nan)
        return parts.fare_basis[:, FARE_NAMES.index(name)] if name in FARE_NAMES else getattr(parts, name)

    return compute


def _band_column(band: int) -> Callable[[RunContext], FloatArray]:
    def compute(context: RunContext) -> FloatArray:
        population = context.city.population
        if band >= len(population.bands):
            return np.full(context.n_cells, np.nan)
        return population.persons[:, band]

    return compute


def _base_columns() -> dict[str, Callable[[RunContext], FloatArray]]:
    columns: dict[str, Callable[[RunContext], FloatArray]] = {}
    for prefix in (PREFIX, BARE_PREFIX):
        bare = prefix == BARE_PREFIX
        for purpose in PURPOSES:
            for name in (*KEPT_PARTS, *FARE_NAMES):
                columns[f"{prefix}{purpose}_{name}"] = _part_column(purpose, name, bare=bare)
        for name, find in ((KNOWN_SHARE, known_share), (N_MARKS_KEPT, n_marks_of)):
            columns[f"{prefix}{name}"] = _same_everywhere(find, bare=bare)
    columns |= {f"{PREFIX}band_{band}": _band_column(band) for band in range(MOST_BANDS)}
    return {name: _kept(name, columns[name]) for name in BASE_COLUMN_NAMES}


BASE_COLUMNS = _base_columns()
"""Column of the table of cells → what computes it: always of the baseline."""
