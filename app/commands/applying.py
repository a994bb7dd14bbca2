"""Owns what the commands on services start from: a city with a scenario applied, and the context of its models."""

from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.folders import load_city
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from geodata.mobile_office import MobileOfficePlan
    from scenarios.apply import Applied
    from scenarios.schema import Scenario
    from sim.context import RunContext


def apply_named(session: Session, name: str, folder: Path | None) -> "tuple[Scenario, Applied]":
    """Return a scenario, by file or id, and what it makes of the city."""
    from scenarios.files import read_scenario

    scenario = read_scenario(name)
    return scenario, apply_read(session, scenario, folder)


def apply_read(session: Session, scenario: "Scenario", folder: Path | None) -> "Applied":
    """Return what a scenario makes of the city; slow where places and tours are chosen."""
    from app.commands.runs import show_warnings
    from scenarios.apply import apply_scenario

    city = load_city(folder)
    session.ready_kernels("journeys")
    with session.progress(session.say("progress.apply", name=scenario.id)) as report:
        report("", 0.1)
        applied = apply_scenario(city, scenario)
    show_warnings(session, applied.problems)
    return applied


def applied_or_as_it_is(session: Session, name: str, folder: Path | None) -> "Applied":
    """Return what a scenario makes of the city; without a name the city as it is."""
    if name:
        return apply_named(session, name, folder)[1]
    from scenarios.apply import apply_scenario
    from scenarios.schema import Scenario

    city = load_city(folder)
    session.ready_kernels("journeys")
    title = {"ja": f"{city.name.ja}の現況", "en": f"{city.name.en} as it is"}
    empty = {
        "schema": "ekisei-scenario/1",
        "id": "as-it-is",
        "title": title,
        "description": title,
        "year": city.population.year,
        "plan_status": "planned",
        "modifications": [],
    }
    return apply_scenario(city, Scenario.model_validate(empty))


def context_of(applied: "Applied") -> "RunContext":
    """Return the models' view of an applied scenario, with an empty memory."""
    from sim.context import RunContext
    from sim.reuse import Reuse

    return RunContext(applied.city, applied.analysis, applied.params, Reuse())


def require_plans(applied: "Applied", name: str) -> "tuple[MobileOfficePlan, ...]":
    """Return the plans of the mobile office; refuse a scenario that has none."""
    plans = tuple(plan for plan in applied.city.mobile_offices if any(p.visits for p in plan.places))
    if not plans:
        raise UsageError(error("cli.no_office", name, both("office.none"), both("office.none_hint")))
    return plans
