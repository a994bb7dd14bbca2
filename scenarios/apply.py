"""Owns applying a scenario to a city: the year's population, then the modifications, on a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from geodata.city import City
from geodata.errors import CitySimError, Problem, ScenarioError, Severity, Text, error, raise_errors, warning
from geodata.provenance import Source, Status
from scenarios.messages import setting_problem
from scenarios.modifications import APPLY, in_order
from scenarios.modifications.base import Change, Closure, ModificationBase, Notes
from scenarios.modifications.selecting import FORMER_CLASS, hint_of
from scenarios.population_path import project_residents
from scenarios.recorded import recorded_only
from scenarios.schema import Scenario
from sim.params import Analysis, Params

LAYERS = (
    "population",
    "timetable",
    "facilities",
    "streets",
    "zones",
    "entrances",
    "hubs",
    "autonomous",
    "on_demand",
    "mobile_offices",
    "fare_changes",
    "behaviour",
)

SOURCED = (
    "population",
    "facilities",
    "entrances",
    "hubs",
    "on_demand",
    "autonomous",
    "mobile_offices",
    "fare_changes",
    "behaviour",
)
"""Layers whose status follows from their sources, so that a scenario that changes one becomes one of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """
    A scenario applied to a city.

    Parameters
    ----------
    city
        The city of the scenario: population of its year, all modifications made.
    demographic
        The city with the population of that year and nothing else changed (in its
        own year the same object as the base).
    params, analysis
        Settings with the scenario's own put in.
    problems
        Warnings that travel with the result.
    changes
        What each modification did, in words.
    closures
        Anonymous closures by district; no names.
    """

    city: City
    demographic: City
    params: Params
    analysis: Analysis
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    closures: tuple[Closure, ...] = ()


def apply_scenario(
    base: City,
    scenario: Scenario,
    params: Params | None = None,
    analysis: Analysis | None = None,
    *,
    allow_no_effect: bool = False,
) -> Applied:
    """
    Apply a scenario to a copy of a city.

    Parameters
    ----------
    base
        The city as it is; never changed.
    scenario
        What to change, parents merged in.
    params, analysis
        Settings where the scenario is silent; defaults if left out.
    allow_no_effect
        Whether a modification may change nothing (sweeps and the editor); in a file it is an error.

    Raises
    ------
    ScenarioError
        With the problems of all modifications at once.

    Notes
    -----
    Order: population of the year, then by type as in `scenarios.modifications.APPLY`, then by id; the order in the
    file does not matter. An empty scenario of the base year returns layers equal to the base, digest by digest.
    """
    problems = _check_city(base, scenario)
    params, more = _params(params or Params(), scenario)
    problems += more
    chosen, more = _analysis(analysis or Analysis(), scenario)
    problems += more
    problems += [*_check_service(base, scenario, chosen), *recorded_only(scenario)]
    raise_errors(problems, ScenarioError)
    demographic = project_residents(base, scenario, params, problems)
    notes = Notes(scenario.locate, chosen.seed, scenario.year, problems, former=base.former_ids, params=params)
    city = demographic
    for mod in in_order(scenario.modifications):
        before, known = city, len(notes.problems)
        city = APPLY[mod.type](city, _with_decision(mod, scenario), notes)
        found = notes.problems[known:]
        settled = any(p.severity is Severity.ERROR or p.code == f"scenario.{FORMER_CLASS}" for p in found)
        if not (settled or allow_no_effect or _differs(before, city)):
            notes.problems.append(_no_effect(scenario, mod))
        city = _with_source(before, city, mod)
    raise_errors(notes.problems, ScenarioError)
    return Applied(
        city=city,
        demographic=demographic,
        params=params,
        analysis=chosen,
        problems=tuple(notes.problems),
        changes=tuple(notes.changes),
        closures=tuple(notes.closures),
    )


def check_scenario(base: City, scenario: Scenario) -> tuple[Problem, ...]:
    """Return every problem of a scenario on a city, without raising."""
    try:
        return apply_scenario(base, scenario).problems
    except CitySimError as cause:
        return cause.problems


def _with_decision(mod: ModificationBase, scenario: Scenario) -> ModificationBase:
    return mod if mod.decision is not None else mod.model_copy(update={"decision": scenario.plan_status})


def _differs(before: City, after: City) -> bool:
    """Return whether any layer changed; layers that are the same object are not hashed."""
    changed = [n for n in LAYERS if getattr(before, n) is not getattr(after, n)]
    return any(before.layer_digest(n) != after.layer_digest(n) for n in changed)


def _with_source(before: City, after: City, mod: ModificationBase) -> City:
    """Return the city with the scenario as a source of what it changed or planned: no count stays 実測."""
    sources = tuple(
        Source(
            source_id=f"scenario-{mod.id}" if number == 0 else f"scenario-{mod.id}-{layer}",
            layer=layer,
            title=Text(f"シナリオの変更 {mod.id}", f"modification {mod.id} of the scenario"),
            credit="",
            licence="",
            date="",
            status=Status.MODELLED if mod.decision == "planned" else Status.ASSUMED,
        )
        for number, layer in enumerate(n for n in SOURCED if getattr(after, n) is not getattr(before, n))
    )
    return after.replace(sources=(*after.sources, *sources)) if sources else after


def _no_effect(scenario: Scenario, mod: ModificationBase) -> Problem:
    kind = getattr(mod, "type", "")
    return error(
        "scenario.no_effect",
        scenario.locate(mod.id, ""),
        Text(f"変更 {mod.id!r}（{kind}）は何も変えません", f"the modification {mod.id!r} ({kind}) changes nothing"),
        Text("対象と値を確かめてください。残すなら enabled: false", "check what it names, or set enabled: false"),
    )


def _check_city(base: City, scenario: Scenario) -> list[Problem]:
    problems: list[Problem] = []
    wanted = scenario.data
    if wanted is not None and wanted.bundle is not None and wanted.bundle != base.city_id:
        message = Text(
            f"このシナリオは都市 {wanted.bundle!r} 用です（今は {base.city_id!r}）",
            f"written for the city {wanted.bundle!r}, not {base.city_id!r}",
        )
        hint = Text("--city で都市を選ぶか、data: を消してください", "choose the city with --city, or remove data:")
        problems.append(error("scenario.other_city", scenario.place("data.bundle"), message, hint))
    if wanted is not None and wanted.sha256 is not None and wanted.sha256 != base.digest:
        message = Text("都市データがシナリオの書かれたときと違います", "the city is not the one it was written for")
        hint = Text(f"今のデータ: {base.digest}", f"found: {base.digest}")
        problems.append(error("scenario.other_digest", scenario.place("data.sha256"), message, hint))
    if scenario.year < base.population.year:
        message = Text(
            f"year {scenario.year} は人口データの年 {base.population.year} より前です",
            f"year {scenario.year} is before the population's year {base.population.year}",
        )
        hint = Text(f"{base.population.year} 以降にしてください", f"write {base.population.year} or later")
        problems.append(error("scenario.year_before", scenario.place("year"), message, hint))
    return problems


def _check_service(base: City, scenario: Scenario, analysis: Analysis) -> list[Problem]:
    """Return a warning where no vehicle runs on the day of the analysis: all times are walks then."""
    day = analysis.service_date(base)
    timetable = base.timetable
    if len(timetable.trips.trip_id) == 0 or timetable.services.active_on(day)[timetable.trips.service].any():
        return []
    message = Text(
        f"{day} に走る便がありません。所要時間は徒歩だけになります", f"no trip runs on {day}: all times are walks"
    )
    hint = Text("時刻表の期間内の日を analysis.date に書いてください", "write a day of the timetable as analysis.date")
    return [warning("scenario.no_service", scenario.place("analysis.date"), message, hint)]


def _params(base: Params, scenario: Scenario) -> tuple[Params, list[Problem]]:
    problems: list[Problem] = []
    known = list(Params.model_fields)
    for name in scenario.parameters:
        if name not in known:
            message = Text(f"知らないパラメータ {name!r} です", f"unknown parameter {name!r}")
            where = scenario.place(f"parameters.{name}")
            problems.append(error("scenario.unknown_parameter", where, message, hint_of(name, known)))
    if problems:
        return base, problems
    return _revalidated(base, dict(scenario.parameters), scenario, "parameters", problems)


def _analysis(base: Analysis, scenario: Scenario) -> tuple[Analysis, list[Problem]]:
    chosen = scenario.analysis.model_dump(exclude_none=True, exclude={"walkers", "draws"})
    if "headway_draws" in chosen:
        chosen["n_draws"] = chosen.pop("headway_draws")
    problems: list[Problem] = []
    if scenario.analysis.walkers is not None:
        message = Text(
            "walkers は記録だけです（75歳以上は常に高齢の歩行者で計算）",
            "walkers are recorded only: 75+ always walk slower",
        )
        problems.append(warning("scenario.walkers_unused", scenario.place("analysis.walkers"), message))
    return _revalidated(base, chosen, scenario, "analysis", problems)


def _revalidated(
    base: Any, values: dict[str, Any], scenario: Scenario, section: str, problems: list[Problem]
) -> tuple[Any, list[Problem]]:
    """Return the settings with other values, checked against their bounds."""
    if not values:
        return base, problems
    try:
        return type(base).model_validate(base.model_dump() | values), problems
    except ValidationError as cause:
        for detail in cause.errors(include_url=False):
            name = str(detail["loc"][0]) if detail["loc"] else ""
            where = scenario.place(f"{section}.{name}".rstrip("."))
            problems.append(setting_problem(detail, where, type(base)))
        return base, problems
