"""Owns ``ekisei scenario reacts``: which KPIs a scenario can move, and why the others cannot, before it is run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.session import Session

if TYPE_CHECKING:
    from geodata.city import City
    from scenarios.reactions import Reaction
    from scenarios.schema import Scenario

MOST_NAMES = 4
"""Names told in one line."""


def reacts(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="help.run.scenario", metavar="SCENARIO")],
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
) -> None:
    """Print every KPI that a scenario can move and through what, then the others and why not."""
    from app.commands.folders import load_city
    from scenarios.files import read_scenario

    session: Session = context.obj
    wanted = read_scenario(scenario)
    city = load_city(folder)
    found, against = reactions_of(wanted, city, Path(scenario).parent)
    session.print(against_line(session, wanted, against))
    show_reactions(session, found)
    show_recorded(session, wanted)


def show_recorded(session: Session, scenario: Scenario) -> None:
    """Print what of a scenario is recorded only, and why."""
    from scenarios.recorded import recorded_only

    for one in recorded_only(scenario):
        mark = "・" if session.lang == "ja" else "- "
        session.print(f"{mark}{one.message.get(session.lang)}: {one.hint.get(session.lang)}")


def reactions_of(scenario: Scenario, city: City, beside: Path) -> tuple[tuple[Reaction, ...], Scenario | None]:
    """Return the reactions of a scenario, and what it is compared with; None = the city as it is."""
    from scenarios.reactions import find_reactions

    against = compared_with(scenario, beside)
    return find_reactions(scenario, city, against), against


def compared_with(scenario: Scenario, beside: Path) -> Scenario | None:
    """Return the scenario that another one names, from its folder or the library; None where it is not found."""
    from geodata.errors import ScenarioError
    from scenarios.files import read_scenario

    name = scenario.compare_to
    if name is None or name == scenario.id:
        return None
    file = beside / f"{name}.yaml"
    try:
        return read_scenario(file if file.is_file() else name)
    except ScenarioError:
        return None


def against_line(session: Session, scenario: Scenario, against: Scenario | None) -> str:
    """Return what the scenario is set against."""
    title = scenario.title.text.get(session.lang)
    if against is None:
        return session.say("react.against_city", title=title)
    return session.say("react.against", title=title, other=against.title.text.get(session.lang))


def show_reactions(session: Session, found: tuple[Reaction, ...]) -> None:
    """Print one line per KPI: those that can react first."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from sim.kpi import KPIS

    columns = [Column(session.say(f"react.{key}")) for key in ("kpi", "answer", "why")]
    rows = []
    for one in sorted(found, key=lambda r: (not r.reacts, bool(r.settings))):
        title = Styled(KPIS[one.kpi_id].title.get(session.lang))
        key = "react.some" if one.settings else "react.yes" if one.reacts else "react.no"
        answer = Styled(session.say(key), {"react.yes": "green", "react.no": "dim"}.get(key, ""))
        why = through_words(session, one) if one.reacts else one.reason.get(session.lang)
        rows.append((title, answer, Styled(why)))
    session.out.print(fitted_table("", columns, rows, session.out.width, elastic=2), markup=False)
    session.print(session.say("react.caution"))


def through_words(session: Session, one: Reaction) -> str:
    """Return through what a KPI reacts: layers in words, each with what touches it."""
    from scenarios.reactions import ANALYSIS, PARAMETER, YEAR
    from sim.kpi import KPIS
    from sim.params import PARAMETERS

    by: dict[str, list[str]] = {}
    for touch in one.touches:
        if touch.by == PARAMETER:
            known = PARAMETERS.get(touch.layer)
            layer = known.label.get(session.lang) if known else touch.layer
            by.setdefault(layer, []).append(session.say("react.parameter"))
        elif touch.by == ANALYSIS:
            by.setdefault(touch.layer, []).append(session.say("react.analysis"))
        else:
            who = session.say("react.year") if touch.by == YEAR else touch.by
            by.setdefault(session.name_of("layer", touch.layer), []).append(who)
    key = "react.through"
    through = [session.say(key, layer=n, names=some_names(session, who)) for n, who in by.items()]
    if not one.settings:
        return some_names(session, through)
    settings = [KPIS[one.kpi_id].settings[name].get(session.lang) for name in one.settings]
    return session.say("react.only", through=some_names(session, through), settings=some_names(session, settings))


def reaction_line(session: Session, found: tuple[Reaction, ...]) -> str:
    """Return how many KPIs can react, and which cannot, in one line."""
    from sim.kpi import KPIS

    still = [KPIS[r.kpi_id].title.get(session.lang) for r in found if not r.reacts]
    if not still:
        return session.say("react.all", n=len(found))
    names = some_names(session, still)
    return session.say("react.line", n=len(found) - len(still), total=len(found), names=names)


def some_names(session: Session, names: list[str]) -> str:
    """Return the first names in one line, and how many more there are."""
    once = list(dict.fromkeys(names))
    more = [session.say("react.more", n=len(once) - MOST_NAMES)] if len(once) > MOST_NAMES else []
    return ("、" if session.lang == "ja" else ", ").join([*once[:MOST_NAMES], *more])
