"""Owns the residents of a city year by year: with the measures of a scenario on people, and without them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import CitySimError, Problem, ScenarioError, Text, error
from geodata.frozen import freeze, require_lengths
from scenarios.apply import apply_scenario
from scenarios.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from geodata.population import PopulationCells
    from geodata.provenance import Status
    from geodata.units import FloatArray
    from scenarios.apply import Applied
    from scenarios.modifications import Modification
    from sim.params import Params
    from sim.population_path import PathOf

PEOPLE_TYPES = frozenset(
    {"adjust-population", "relocate-residents", "guide-residents", "add-housing", "attract-commuters"}
)
"""Types of modifications that change residents."""


@dataclass(frozen=True, slots=True, eq=False)
class PeopleByYear:
    """
    Residents by year.

    Parameters
    ----------
    city
        The city as it is: its cells, districts and bands.
    years
        Ascending, shape (Y,).
    persons, plain
        year, cell, band → residents with the measures, and without them, shape (Y, C, A) [persons]; the same array
        where there are no measures.
    path
        The path of the totals.
    statuses
        year → how sure the residents by cell and age are, shape (Y,).
    problems, changes
        Warnings; what the measures did in the last year.
    """

    city: City
    years: tuple[int, ...]
    persons: FloatArray
    plain: FloatArray
    path: PathOf
    statuses: tuple[Status, ...]
    problems: tuple[Problem, ...] = ()
    changes: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        require_lengths("people by year", len(self.years), persons=self.persons, plain=self.plain)
        freeze(self)

    @property
    def has_measures(self) -> bool:
        """Whether the measures change anything in any year."""
        return self.persons is not self.plain

    def at(self, number: int, *, plain: bool = False) -> PopulationCells:
        """Return the residents of the year at an index."""
        found = self.plain if plain else self.persons
        return self.city.population.with_persons(found[number].copy(), self.years[number])


def begins_of(modification: Modification, year: int) -> int:
    """Return the year from which a measure has an effect: its own, or the year of its scenario."""
    begins: int | None = getattr(modification, "begins", None)
    return year if begins is None else begins


def population_years(
    base: City, years: Sequence[int], scenario: Scenario | None = None, params: Params | None = None
) -> PeopleByYear:
    """
    Return the residents of a city in some years.

    Parameters
    ----------
    base
        The city as it is.
    years
        Calendar years; from the city's own year to the end of the path.
    scenario
        Its path, parameters and measures on people; None = the official projection alone. A measure without a year of
        its own has its whole effect from the scenario's year on, and none before.
    params
        Parameters where the scenario is silent.

    Raises
    ------
    ScenarioError
        If a year is out of range or a measure cannot be carried out in one of them, located in the file.
    """
    from scenarios.population_path import path_of  # noqa: PLC0415 -- beside its use

    wanted = tuple(sorted(set(years)))
    _check_years(base, wanted)
    asked = scenario if scenario is not None else plain_scenario(base)
    measures = [m for m in asked.modifications if m.type in PEOPLE_TYPES and m.enabled]
    persons, plain, statuses = [], [], []
    problems: dict[tuple[str, str], Problem] = {}
    changes: tuple[Text, ...] = ()
    for year in wanted:
        begun = tuple(m for m in measures if begins_of(m, asked.year) <= year)
        applied = _applied(base, _of_year(asked, year, begun), params)
        persons.append(applied.city.population.persons)
        plain.append(applied.demographic.population.persons)
        statuses.append(applied.city.status_of("population"))
        problems |= {(p.code, p.where): p for p in applied.problems}
        changes = tuple(change.text for change in applied.changes)
    with_measures = np.stack(persons)
    without = np.stack(plain) if measures else with_measures
    told = (tuple(statuses), tuple(problems.values()), changes)
    return PeopleByYear(base, wanted, with_measures, without, path_of(asked), *told)


def _check_years(base: City, years: tuple[int, ...]) -> None:
    first = base.population.year
    if not years or years[0] < first:
        message = Text(
            f"{years[0] if years else '—'} 年は人口データの年 {first} より前です",
            f"{years[0] if years else '—'} is before the population's year {first}",
        )
        hint = Text(f"{first} 年以降を指定してください", f"ask for {first} or later")
        raise ScenarioError(error("people.years", "--years", message, hint))


def _applied(base: City, scenario: Scenario, params: Params | None) -> Applied:
    """Return a scenario applied; what stands against it tells the year."""
    try:
        return apply_scenario(base, scenario, params, allow_no_effect=True)
    except CitySimError as cause:
        where = f"--years {scenario.year}"
        raise ScenarioError([replace(p, where=f"{where} ({p.where})") for p in cause.problems]) from cause


def _of_year(scenario: Scenario, year: int, measures: tuple[Modification, ...]) -> Scenario:
    return scenario.model_copy(update={"year": year, "modifications": measures, "limits": None})


def plain_scenario(base: City, path: str | None = None) -> Scenario:
    """Return a scenario without measures that follows a path (``ipss`` | ``vision``; None = the official one)."""
    title = {"ja": "将来人口（施策なし）", "en": "Future population, no measures"}
    content = {
        "schema": "ekisei-scenario/1",
        "id": "population",
        "title": title,
        "description": title,
        "year": base.population.year,
        "plan_status": "hypothetical",
        "modifications": [],
    }
    return Scenario.model_validate(content | ({"population": {"path": path}} if path else {}))


def people_table(people: PeopleByYear) -> pd.DataFrame:
    """
    Return one row per year, district and band, and the whole city as district `all`.

    Columns: year, district_id, district, band_id, band, persons, persons_without_measures, change_by_measures,
    change_since_base (without measures) [persons]; status.
    """
    cells = people.city.population
    ids = ["all", *cells.district_id.tolist()]
    names = ["市全体", *cells.district_name.tolist()]
    base = _by_district(cells, cells.persons)
    frames = []
    for number, year in enumerate(people.years):
        now, plain = (_by_district(cells, found[number]) for found in (people.persons, people.plain))
        n_bands = len(cells.bands)
        frames.append(
            pd.DataFrame(
                {
                    "year": year,
                    "district_id": np.repeat(ids, n_bands),
                    "district": np.repeat(names, n_bands),
                    "band_id": [b.band_id for b in cells.bands] * len(ids),
                    "band": [b.label.ja for b in cells.bands] * len(ids),
                    "persons": now.ravel(),
                    "persons_without_measures": plain.ravel(),
                    "change_by_measures": (now - plain).ravel(),
                    "change_since_base": (plain - base).ravel(),
                    "status": str(people.statuses[number]),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _by_district(cells: PopulationCells, persons: FloatArray) -> FloatArray:
    """Return district, band → residents, the whole city first, shape (1 + K, A)."""
    rows = np.zeros((1 + len(cells.district_id), persons.shape[1]))
    rows[0] = persons.sum(axis=0)
    inside = cells.district >= 0
    np.add.at(rows, cells.district[inside] + 1, persons[inside])
    return rows
