"""Owns the fit of cells to official totals: districts, ages, or both, met exactly to 0.01 persons."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.apportion import HUNDREDTHS, fit_margins, share_exactly, share_within
from geodata.errors import Text
from geodata.frozen import freeze, require_lengths
from geodata.population import AgeBand, PopulationCells
from geodata.units import FloatArray, IntArray

_ROUNDS = 5_000
_OPEN_YEARS = 10
"""Years an open-ended band counts for, where people are spread over bands by their width."""
_FOREVER = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """
    Official totals.

    Parameters
    ----------
    districts
        row → index of a district of the city, ascending, shape (K,); empty = one row for the whole city.
    totals
        row → residents [persons, ≥ 0], shape (K,), or (1,) for the whole city.
    bands, ages
        Age groups that tile all ages, and row, band → residents [persons, ≥ 0], shape (K, B), whose sums are `totals`;
        None = not known by district.
    city_bands, city_ages
        Age groups of the whole city and their residents, shape (B2,), to be met beside `totals`; None = not known.
    """

    districts: IntArray
    totals: FloatArray
    bands: tuple[AgeBand, ...] = ()
    ages: FloatArray | None = None
    city_bands: tuple[AgeBand, ...] = ()
    city_ages: FloatArray | None = None

    def __post_init__(self) -> None:
        require_lengths("margins", max(len(self.districts), 1), totals=self.totals)
        if self.ages is not None:
            require_lengths("margins", len(self.totals), ages=self.ages)
        freeze(self)

    @property
    def table_bands(self) -> tuple[AgeBand, ...]:
        """Return the age groups of the table, by district where they are known so."""
        return self.bands if self.ages is not None else self.city_bands


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """
    Cells fitted, and what was done.

    `groups`: (first age, last age or None) that totals were met by. `new_bands`: the cells took the bands of the
    table. `by_area`, `by_persons`: (row, group) spread over cells by area, or by all residents, because nobody of
    that group lived there before. `kept`: cell → not in any listed district, unchanged, shape (C,).
    """

    population: PopulationCells
    groups: tuple[tuple[int, int | None], ...]
    new_bands: bool
    by_area: tuple[tuple[int, int], ...]
    by_persons: tuple[tuple[int, int], ...]
    kept: np.ndarray[tuple[int], np.dtype[np.bool_]]


def fit_cells(population: PopulationCells, margins: Margins) -> Fit:
    """
    Fit cells to official totals by district, by age, or both (iterative proportional fitting).

    Within a district and age group the proportions among cells, and among the city's finer bands, stay as they are.
    Where totals by district stand beside ages of the whole city, the table district × age is fitted first (the factors
    of cells are then the same as those of the three-way fit). A cell in no listed district keeps its residents; the
    ages of the whole city are then met together with them.

    Parameters
    ----------
    population
        Cells with the first guess. One band of all ages takes the bands of the table, if it has any.
    margins
        Totals; `fit_cells` trusts that `ages` sum to `totals`.

    Returns
    -------
    fit
        Cells whose sums equal the totals to 0.01 persons, and what was done.

    Raises
    ------
    ModelError
        If no table meets both margins, or a total stands for a district without any cell.

    Notes
    -----
    Never negative; the same again when repeated; O(C·A log(C·A)) time.
    """
    new_bands = len(population.bands) == 1 and len(margins.table_bands) > 1
    owner = _owner(population, margins)
    cells = _with_bands(population, margins, owner) if new_bands else population
    group, groups = (
        band_groups(cells.bands, margins.table_bands) if margins.table_bands else (_one(cells), ((0, None),))
    )
    held = owner >= 0
    seed = _sums(cells.persons[held], owner[held], group, (len(margins.totals), len(groups)))
    kept = np.array([cells.persons[~held][:, group == g].sum() for g in range(len(groups))])
    targets = _targets(margins, groups, seed, kept)
    weights, by_area, by_persons = _weights(cells, owner, group, seed, targets)
    key = owner[held][:, None] * len(groups) + group[None, :]
    persons = cells.persons.copy()
    parts = share_within(weights[held].ravel(), key.ravel().astype(np.int32), targets.ravel())
    persons[held] = parts.reshape(-1, len(group))
    return Fit(replace(cells, persons=persons), groups, new_bands, by_area, by_persons, ~held)


def band_groups(
    bands: tuple[AgeBand, ...], others: tuple[AgeBand, ...]
) -> tuple[IntArray, tuple[tuple[int, int | None], ...]]:
    """Return band → group, and the finest groups (first age, last age or None) that both sets of bands determine."""
    edges = sorted(_edges(bands) & _edges(others))
    starts = [e for e in edges if e < _FOREVER] or [0]
    starts[0] = 0
    group = np.searchsorted(np.array(starts), [b.from_age for b in bands], side="right") - 1
    ends: list[int | None] = [s - 1 for s in starts[1:]]
    return group.astype(np.int32), tuple(zip(starts, [*ends, None], strict=True))


def age_sums(ages: FloatArray, bands: tuple[AgeBand, ...], groups: tuple[tuple[int, int | None], ...]) -> FloatArray:
    """Return row, group → persons of the bands within each group, shape (K, G)."""
    starts = np.array([first for first, _ in groups])
    group = np.searchsorted(starts, [b.from_age for b in bands], side="right") - 1
    sums = np.zeros((len(ages), len(groups)))
    np.add.at(sums.T, group, ages.T)
    return sums


def band_of(first: int, last: int | None) -> AgeBand:
    """Return the age group from `first` to `last`, None = and older, with its usual id and label."""
    if last is None:
        return AgeBand(f"{first}+", Text(f"{first}歳以上", f"{first}+"), first, None)
    if first == last:
        return AgeBand(str(first), Text(f"{first}歳", str(first)), first, last)
    return AgeBand(f"{first}-{last}", Text(f"{first}–{last}歳", f"{first}–{last}"), first, last)


def _edges(bands: tuple[AgeBand, ...]) -> set[int]:
    ends = {_FOREVER if b.to_age is None else b.to_age + 1 for b in bands}
    return {b.from_age for b in bands} | ends | {0, _FOREVER}


def _one(cells: PopulationCells) -> IntArray:
    return np.zeros(len(cells.bands), dtype=np.int32)


def _owner(population: PopulationCells, margins: Margins) -> IntArray:
    """Return cell → row of the margins, −1 = in none, shape (C,)."""
    if not len(margins.districts):
        return np.zeros(population.n_cells, dtype=np.int32)
    row = np.full(len(population.district_id) + 1, -1, dtype=np.int32)  # the last stands for "no district"
    row[margins.districts] = np.arange(len(margins.districts))
    return row[population.district]


def _with_bands(population: PopulationCells, margins: Margins, owner: IntArray) -> PopulationCells:
    """Return cells with the bands of the table: by the ages of their own district, else of all that are listed."""
    bands = margins.table_bands
    ages = margins.ages if margins.ages is not None else np.atleast_2d(np.asarray(margins.city_ages))
    everyone = _shares(ages.sum(axis=0)[None, :], len(bands))
    own = np.vstack([_shares(ages, len(bands)), everyone]) if margins.ages is not None else everyone
    row = (
        np.where(owner >= 0, owner, len(own) - 1) if margins.ages is not None else np.zeros(len(owner), dtype=np.int32)
    )
    return replace(population, bands=bands, persons=population.total[:, None] * own[row])


def _shares(ages: FloatArray, n_bands: int) -> FloatArray:
    total = ages.sum(axis=1, keepdims=True)
    even = np.full_like(ages, 1 / n_bands, dtype=np.float64)
    shares: FloatArray = np.divide(ages, total, out=even, where=total > 0)
    return shares


def _sums(persons: FloatArray, owner: IntArray, group: IntArray, shape: tuple[int, int]) -> FloatArray:
    key = owner[:, None].astype(np.int64) * shape[1] + group[None, :]
    sums = np.bincount(key.ravel(), weights=persons.ravel(), minlength=shape[0] * shape[1])
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def _targets(
    margins: Margins, groups: tuple[tuple[int, int | None], ...], seed: FloatArray, kept: FloatArray
) -> FloatArray:
    """Return row, group → official residents, shape (K, G)."""
    totals: FloatArray = np.rint(margins.totals * HUNDREDTHS) / HUNDREDTHS
    if margins.ages is not None:
        sums = age_sums(margins.ages, margins.bands, groups)
        return np.stack([share_exactly(row, total) for row, total in zip(sums, totals, strict=True)])
    if margins.city_ages is None:
        return totals[:, None]
    wanted = age_sums(margins.city_ages[None, :], margins.city_bands, groups)[0]
    left = np.maximum(wanted - kept, 0.0)
    columns = share_exactly(left if left.sum() > 0 else wanted, float(totals.sum()))
    return fit_margins(_possible(seed, totals, columns), totals, columns, most_rounds=_ROUNDS)


def _possible(seed: FloatArray, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """Return the seed with a guess in rows and columns that hold nobody but should: as everywhere."""
    filled = seed.copy()
    mass = max(float(rows.sum()), 1.0)
    bare = (filled.sum(axis=1) <= 0) & (rows > 0)
    filled[bare] = rows[bare, None] * columns[None, :] / mass
    bare = (filled.sum(axis=0) <= 0) & (columns > 0)
    filled[:, bare] = rows[:, None] * columns[None, bare] / mass
    return filled


def _weights(
    cells: PopulationCells, owner: IntArray, group: IntArray, seed: FloatArray, targets: FloatArray
) -> tuple[FloatArray, tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Return cell, band → weight; where nobody lived, by all residents of the cell, or by its area."""
    bare = (targets > 0) & (seed <= 0)
    if not bare.any():
        return cells.persons, (), ()
    weights = cells.persons.copy()
    width = np.array([_OPEN_YEARS if b.to_age is None else b.to_age - b.from_age + 1 for b in cells.bands], dtype=float)
    everywhere = cells.persons.sum(axis=0)
    by_area: list[tuple[int, int]] = []
    by_persons: list[tuple[int, int]] = []
    rows = seed.sum(axis=1) > 0
    area = cells.area_m2
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(seed) + 1))
    for row, g in np.argwhere(bare):
        inside, bands = order[starts[row] : starts[row + 1]], np.flatnonzero(group == g)
        share = everywhere[bands] if everywhere[bands].sum() > 0 else width[bands]
        spread = cells.total[inside] if rows[row] else area[inside]
        weights[np.ix_(inside, bands)] = spread[:, None] * (share / share.sum())[None, :]
        (by_persons if rows[row] else by_area).append((int(row), int(g)))
    return weights, tuple(by_area), tuple(by_persons)
