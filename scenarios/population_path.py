"""Owns the key `population` of a scenario: which path the total of residents follows, and its check at its line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from geodata.errors import Problem, ScenarioError, Text, error, raise_errors, warning
from scenarios.modifications.base import Model, Positive, refuse

if TYPE_CHECKING:
    from geodata.city import City
    from scenarios.schema import Scenario
    from sim.params import Params
    from sim.population_path import PathOf

FAR_OFF_SHARE = 0.3
"""A total farther than this from the official path is pointed out: it may be a slip of the pen [share]."""


class PopulationPath(Model):
    """The path of all residents: one that the city publishes, or totals by calendar year; linear in between."""

    path: Literal["ipss", "vision"] | None = Field(
        default=None, description="ipss 社人研の推計（既定） | vision 人口ビジョン"
    )
    totals: dict[int, Positive] | None = Field(
        default=None, min_length=1, description="西暦: 総人口 [人]。間は直線で補う"
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Any:
        if (self.path is None) == (self.totals is None):
            raise refuse(
                "population_path",
                "path か totals のどちらか一方を書いてください",
                "give either path or totals",
                "例: population: {path: vision}、または population: {totals: {2030: 150000}}",
                "e.g. population: {path: vision}, or population: {totals: {2030: 150000}}",
            )
        return self


def path_of(scenario: Scenario) -> PathOf:
    """Return the path a scenario asks for; without the key the official projection."""
    from sim.population_path import PATHS  # noqa: PLC0415 -- needed for other years only

    chosen = scenario.population
    if chosen is None or (chosen.path is None and chosen.totals is None):
        return "path"
    return PATHS[chosen.path] if chosen.path is not None else dict(chosen.totals or {})


def project_residents(base: City, scenario: Scenario, params: Params, problems: list[Problem]) -> City:
    """Return the city with the residents of the scenario's year; what stands against it is told at its line."""
    if scenario.population is None and scenario.year == base.population.year:
        return base
    from sim.population import project_population  # noqa: PLC0415 -- needed for other years only
    from sim.population_path import check_projection  # noqa: PLC0415 -- needed for other years only

    path = path_of(scenario)
    found = _check_totals(base, scenario)
    raise_errors(found, ScenarioError)
    for problem in check_projection(base, scenario.year, path):
        key = "population.path" if problem.code == "projection.unknown_path" else "year"
        found.append(replace(problem, where=f"{scenario.place(key)} ({problem.where})"))
    raise_errors(found, ScenarioError)
    problems += found
    return project_population(base, scenario.year, params, path)


def _check_totals(base: City, scenario: Scenario) -> list[Problem]:
    """Return errors of totals of the past, and warnings of totals that look like slips."""
    from sim.population_path import official_population  # noqa: PLC0415 -- needed for other years only

    totals = (scenario.population.totals if scenario.population is not None else None) or {}
    found: list[Problem] = []
    official = base.targets.path("population")
    for year, persons in sorted(totals.items()):
        where = scenario.place(f"population.totals.{year}")
        if year <= base.population.year:
            message = Text(
                f"{year} 年は人口データの年 {base.population.year} より後ではありません",
                f"{year} is not after the population's year {base.population.year}",
            )
            hint = Text(
                f"{base.population.year + 1} 年以降を書いてください（{base.population.year} 年は実績を使います）",
                f"write {base.population.year + 1} or later: {base.population.year} is taken from the city",
            )
            found.append(error("scenario.totals_past", where, message, hint))
        elif official and year <= max(official):
            expected = official_population(base, year)
            if abs(persons - expected) > FAR_OFF_SHARE * expected:
                message = Text(
                    f"{year} 年の総数 {persons:,.0f} 人は公表推計 {expected:,.0f} 人から大きく離れています",
                    f"{persons:,.0f} persons in {year} are far from the official {expected:,.0f}",
                )
                hint = Text("桁を確かめてください", "check the number of digits")
                found.append(warning("scenario.totals_far", where, message, hint))
    return found
