"""Owns the projection of the population: ageing in place on every cell, tied to the official totals."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import ModelError, Text
from geodata.provenance import Source, Status, weakest
from sim.age_profile import band_edges, band_means, next_years, oldest_shares, single_years, tied_to_bands
from sim.migration import OPEN_BAND_MEAN_YEARS, band_ages, move_weights, with_migrants
from sim.params import parameter_status
from sim.population_path import PATH_TEXT, USER, check_projection, official_population, path_kind, path_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from geodata.population import AgeBand
    from geodata.targets import Targets
    from geodata.units import FloatArray, IntArray
    from sim.params import Params
    from sim.population_path import PathOf

YOUNG_ADULTS = (20, 39)
_CONTROL_ID = re.compile(r"^population:(\d+)(?:-(\d+)|\+)$")


def project_population(city: City, year: int, params: Params, path: PathOf = "path") -> City:
    """
    Return the city with the population of a later year.

    Every year, on every cell: people die by their age, those in the last year of a band move up, children are born to
    those aged 20–39. How old the people of a band are is followed by single year of age for the whole city. Then each
    age group of the whole city is brought to its official total (the rest is migration), which is interpolated between
    the base year and the years of the control table. Where the path of all ages differs from those, and beyond the
    control table, people come or leave by their propensity to move, the young first. Cells keep what ageing made of
    them, so estates that are old today lose most: nothing is scaled in proportion to today's residents.

    Parameters
    ----------
    city
        The city in its base year.
    year
        Calendar year of the result.
    params
        Rates of deaths, births and moves.
    path
        Which official path (a `kind` of the target rows `population`), or totals by year.

    Returns
    -------
    city
        The same object where `year` is the base year, or the city has no official path (see `check_projection`) or
        nobody in it.

    Raises
    ------
    ModelError
        If the year lies before the base year or beyond the path.

    Notes
    -----
    The total equals the path of the year to rounding error. Who comes or goes on another path than the official
    projection is assumed.
    """
    stopping = [p for p in check_projection(city, year, path) if p.severity.value == "error"]
    if stopping:
        raise ModelError(stopping)
    population = city.population
    if year == population.year or not path_points(city, path) or not population.total.any():
        return city
    persons, _ = _project(city, year, params, path)
    source = _projection_source(year, path)
    return city.replace(population=population.with_persons(persons, year), sources=(*city.sources, source))


def projected_years(city: City, year: int, params: Params, path: PathOf = "path") -> FloatArray:
    """Return the residents of a later year by single year of age from the first band on [persons], whole city."""
    return _project(city, year, params, path)[1]


def _project(city: City, year: int, params: Params, path: PathOf) -> tuple[FloatArray, FloatArray]:
    """Return cell, band → residents, and single year of age → residents of the whole city."""
    population = city.population
    controls = control_table(city)
    rates, edges = annual_rates(population.bands, params), band_edges(population.bands)
    death = death_rates(np.arange(edges[0], edges[-1]) + 0.5, params)
    persons, weights = population.persons, move_weights(population.bands, params.move_rates)
    years = single_years(edges, persons.sum(axis=0))
    for step in range(population.year + 1, year + 1):
        now = rates_of_profile(rates, years, death, edges)
        years = next_years(years, death, float((persons @ rates.births).sum()))
        total = official_population(city, step, path)
        groups = _control_groups(city, controls, step, total)
        persons = _tie(age_one_year(persons, now), groups, controls.bands, weights, total)
        years = tied_to_bands(years, edges, persons.sum(axis=0))
    return persons, years


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Rates a year of each band: share that dies, share that grows out of it, children per person; shapes (A,)."""

    death: FloatArray
    leaving: FloatArray
    births: FloatArray


def annual_rates(bands: Sequence[AgeBand], params: Params) -> Rates:
    """Return the rates of the bands; a band stands for its middle age, an open one for 6 years above its first."""
    leaving = [0.0 if b.to_age is None else 1.0 / (b.to_age - b.from_age + 1) for b in bands]
    births = [params.births_per_young_adult * _share_between(b, *YOUNG_ADULTS) for b in bands]
    return Rates(death_rates(band_ages(bands), params), np.array(leaving), np.array(births))


def death_rates(ages: FloatArray, params: Params) -> FloatArray:
    """Return age → share that dies in a year, linear in the logarithm between the anchors, level beyond them."""
    anchors, deaths = np.array(params.death_rates).T
    rates: FloatArray = np.minimum(np.exp(np.interp(ages, anchors, np.log(deaths))) * params.mortality_scale, 1.0)
    return rates


def rates_of_profile(rates: Rates, years: FloatArray, death: FloatArray, edges: IntArray) -> Rates:
    """Return the rates of bands whose people are so many by single year of age: who is old leaves and dies sooner."""
    leaving = oldest_shares(years * (1.0 - death), edges)
    leaving[-1] = rates.leaving[-1]
    return replace(rates, death=band_means(death, years, edges), leaving=leaving)


def _share_between(band: AgeBand, low: int, high: int) -> float:
    if band.to_age is None:
        return 0.0
    years = min(band.to_age, high) - max(band.from_age, low) + 1
    return max(years, 0) / (band.to_age - band.from_age + 1)


def age_one_year(persons: FloatArray, rates: Rates) -> FloatArray:
    """Return the residents a year later without migration, shape (C, A)."""
    alive = persons * (1.0 - rates.death)
    leaving = alive * rates.leaving
    later: FloatArray = alive - leaving
    later[:, 1:] += leaving[:, :-1]
    later[:, -1] += leaving[:, -1]  # nobody grows out of the last band
    later[:, 0] += persons @ rates.births
    return later


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """
    Official totals by age group.

    `bands`: group → indices of the bands it holds. `years` (ascending, base year first), `persons` (Y, G): totals.
    Empty where the city has no table that covers all ages.
    """

    bands: tuple[tuple[int, ...], ...]
    years: tuple[int, ...]
    persons: FloatArray

    def at(self, year: int) -> FloatArray | None:
        """Return group → total of a year, linear between years; None beyond the table."""
        if len(self.years) < 2 or year > self.years[-1]:  # noqa: PLR2004 -- the base year and one more
            return None
        return np.array([np.interp(year, self.years, column) for column in self.persons.T])


def control_table(city: City) -> Controls:
    """
    Return the control totals of a city on the coarsest groups that its bands and the published ages share.

    Ages are published in other groups than the bands of the city: both are summed up between the ages where one band
    and one published group begin together.
    """
    bands = city.population.bands
    published = published_ages(city.targets)
    years = tuple(y for y in sorted(published) if y > city.population.year)
    if not years:
        return Controls((), (), np.zeros((0, 0)))
    starts = set.intersection({b.from_age for b in bands}, *(set(published[y]) for y in years))
    cuts = sorted(starts)
    if not cuts or cuts[0] != bands[0].from_age:
        return Controls((), (), np.zeros((0, 0)))
    group = [int(np.searchsorted(cuts, b.from_age, side="right")) - 1 for b in bands]
    members = tuple(tuple(a for a, g in enumerate(group) if g == k) for k in range(len(cuts)))
    base = city.population.persons.sum(axis=0)
    rows = [[base[list(m)].sum() for m in members]]
    for year in years:
        sums = np.zeros(len(cuts))
        for from_age, persons in published[year].items():
            sums[int(np.searchsorted(cuts, from_age, side="right")) - 1] += persons
        rows.append(sums.tolist())
    return Controls(members, (city.population.year, *years), np.array(rows))


def published_ages(targets: Targets) -> dict[int, dict[int, float]]:
    """Return year → first age of a published group → persons, from the target rows of kind ``control``."""
    found: dict[int, dict[int, float]] = {}
    for row in targets.rows:
        match = _CONTROL_ID.match(row.kpi_id) if row.kind == "control" else None
        if match:
            ages = found.setdefault(row.year, {})
            ages[int(match[1])] = ages.get(int(match[1]), 0.0) + row.value
    return found


def _control_groups(city: City, controls: Controls, year: int, total: float) -> FloatArray | None:
    """Return group → official persons of a year, which sum to the official projection, or to `total` without one."""
    groups = controls.at(year)
    if groups is None:
        return None
    official = city.targets.path("population")
    known = bool(official) and year <= max(official)
    scale = (official_population(city, year) if known else total) / groups.sum()
    scaled: FloatArray = groups * scale
    return scaled


def _tie(
    persons: FloatArray,
    groups: FloatArray | None,
    members: tuple[tuple[int, ...], ...],
    weights: FloatArray,
    total: float,
) -> FloatArray:
    """
    Bring people to the total of the year.

    Each age group to its official number, where there is one; what the path differs from those, or from ageing where
    there are none, is people who come or leave, by their propensity to move.
    """
    held = persons.sum(axis=0)
    if groups is None:
        wanted = with_migrants(held, weights, total)
        factors = np.divide(wanted, held, out=np.ones_like(held), where=held > 0)
    else:
        mean = np.array([np.average(weights[list(m)], weights=held[list(m)] + 1e-9) for m in members])
        factors = np.ones_like(held)
        for columns, number in zip(members, with_migrants(groups, mean, total), strict=True):
            there = held[list(columns)].sum()
            factors[list(columns)] = number / there if there > 0 else 1.0
    tied: FloatArray = persons * factors
    tied *= total / tied.sum()
    return tied


def _projection_source(year: int, path: PathOf) -> Source:
    status = parameter_status("death_rates", "mortality_scale", "births_per_young_adult", "move_rates")
    kind = path_kind(path)
    told = PATH_TEXT.get(kind, Text(kind, kind))
    return Source(
        source_id=f"projection-{year}",
        layer="population",
        title=Text(
            f"{year}年の人口: 各メッシュでの加齢・死亡・出生を将来人口の総数（{told.ja}）に合わせた試算",
            f"population of {year}: ageing on each cell, tied to the totals of a path ({told.en})",
        ),
        credit="",
        licence="",
        date=str(year),
        status=weakest([status, Status.ASSUMED]) if kind == USER else status,
        note=Text("死亡率は仮定、移動は総数との残差", "death rates assumed, migration is the residual"),
    )


__all__ = [
    "OPEN_BAND_MEAN_YEARS",
    "check_projection",
    "control_table",
    "official_population",
    "project_population",
    "projected_years",
]
