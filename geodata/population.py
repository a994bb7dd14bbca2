"""Owns PopulationCells: who lives where, by cell and age group."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely

from geodata.errors import Text
from geodata.frozen import freeze, require_lengths
from geodata.units import FloatArray, IntArray, StrArray


@dataclass(frozen=True, slots=True)
class AgeBand:
    """One age group: from `from_age` to `to_age` inclusive; `to_age` None is open-ended."""

    band_id: str
    label: Text
    from_age: int
    to_age: int | None


@dataclass(frozen=True, slots=True, eq=False)
class PopulationCells:
    """
    Population of a city on cells.

    Parameters
    ----------
    cell_id
        cell → unique id, such as a JIS X 0410 mesh code, shape (C,).
    lonlat, xy
        cell → centre [degrees], [m], shape (C, 2).
    polygon_xy
        cell → outline in plane coordinates [m], shapely polygons, shape (C,).
    polygon_lonlat
        The same in degrees, for drawing, shape (C,).
    bands
        The age groups, in order.
    persons
        cell, band → residents at `base_date` [persons, ≥ 0], shape (C, A).
    district
        cell → index into `district_id`, −1 = none, shape (C,).
    district_id, district_name, district_name_en
        district → id and names, shape (K,).
    year, base_date
        Year the persons stand for, and the date of the official total they sum to.
    vintages
        Other observed totals by year: year → persons by cell, shape (C,).

    Notes
    -----
    Sums over cells conserve the totals the city was built from.
    """

    cell_id: StrArray
    lonlat: FloatArray
    xy: FloatArray
    polygon_xy: np.ndarray[Any, Any]
    polygon_lonlat: np.ndarray[Any, Any]
    bands: tuple[AgeBand, ...]
    persons: FloatArray
    district: IntArray
    district_id: StrArray
    district_name: StrArray
    district_name_en: StrArray
    year: int
    base_date: str
    vintages: dict[int, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_lengths(
            "population",
            len(self.cell_id),
            lonlat=self.lonlat,
            xy=self.xy,
            polygon_xy=self.polygon_xy,
            polygon_lonlat=self.polygon_lonlat,
            persons=self.persons,
            district=self.district,
        )
        freeze(self)

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.cell_id)

    @property
    def total(self) -> FloatArray:
        """Cell → residents of all ages [persons], shape (C,)."""
        totals: FloatArray = self.persons.sum(axis=1)
        return totals

    def group(self, group_id: str) -> FloatArray:
        """
        Return residents of a KPI group by cell.

        `all`, `65plus`, `75plus` or `district:<id>`; a band that straddles the age counts by the share of
        years above it (an open-ended band counts whole).
        """
        if group_id == "all":
            return self.total
        if group_id.startswith("district:"):
            wanted = np.flatnonzero(self.district_id == group_id.removeprefix("district:"))
            inside = np.isin(self.district, wanted)
            return np.where(inside, self.total, 0.0)
        return self.at_least(int(group_id.removesuffix("plus")))

    def at_least(self, age: int) -> FloatArray:
        """Return residents of `age` or older by cell [persons], shape (C,)."""
        shares = np.array([share_at_least(band, age) for band in self.bands])
        older: FloatArray = self.persons @ shares
        return older

    def knows_age(self, age: int) -> bool:
        """Return whether the bands tell who is `age` or older: no open-ended band begins below it."""
        return age <= 0 or all(b.to_age is not None or b.from_age >= age for b in self.bands)

    def groups(self) -> tuple[str, ...]:
        """Return the ids of all KPI groups, city-wide ones first."""
        return ("all", "65plus", "75plus", *(f"district:{d}" for d in self.district_id))

    def with_persons(self, persons: FloatArray, year: int | None = None) -> PopulationCells:
        """Return a copy with other residents, same cells."""
        return replace(self, persons=persons, year=self.year if year is None else year)

    @property
    def area_m2(self) -> FloatArray:
        """Cell → area in plane coordinates [m²], shape (C,)."""
        areas: FloatArray = shapely.area(self.polygon_xy)
        return areas


def share_at_least(band: AgeBand, age: int) -> float:
    """Return the share of a band that is `age` or older, even within the band."""
    if band.from_age >= age:
        return 1.0
    if band.to_age is None or band.to_age < age:
        return 0.0
    return (band.to_age - age + 1) / (band.to_age - band.from_age + 1)
