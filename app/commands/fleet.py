"""Owns ``ekisei fleet``: what a fleet of an on-demand service does, and how the simulation is checked."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.results import near_names, require_csv, save
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geodata.city import City
    from geodata.on_demand import OnDemandService
    from scenarios.apply import Applied

MOST_VEHICLES = 200


def register(root: typer.Typer) -> None:
    """Add the family to the command line."""
    family = typer.Typer(help="help.fleet", no_args_is_help=True, rich_markup_mode="rich")
    family.command("simulate", help="help.fleet.simulate")(simulate)
    family.command("check", help="help.fleet.check")(check)
    root.add_typer(family, name="fleet")


def simulate(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="help.fleet.scenario", metavar="[SCENARIO]")] = "",
    service: Annotated[str, typer.Option("--service", help="help.fleet.service", metavar="ID")] = "",
    vehicles: Annotated[str, typer.Option("--vehicles", help="help.fleet.vehicles", metavar="N,N")] = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="help.fleet.csv", metavar="FILE")] = None,
    events: Annotated[Path | None, typer.Option("--events", help="help.fleet.events", metavar="FILE")] = None,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
) -> None:
    """Simulate the fleets of a scenario, for one or several numbers of vehicles; the requests stay the same."""
    session: Session = context.obj
    for path in (csv, events):
        require_csv(path)
    numbers = parse_numbers(vehicles)
    from app.commands.applying import applied_or_as_it_is
    from app.commands.fleet_tables import fleet_table, hours_table

    applied = applied_or_as_it_is(session, scenario, folder)
    wanted = choose_services(applied.city, service)
    session.ready_kernels()
    fleets, hours, log = simulate_all(session, applied, wanted, numbers)
    session.out.print(fleet_table(session, fleets))
    for name in dict.fromkeys(fleets["service_id"]):
        session.out.print(hours_table(session, fleets, hours, name))
    for line in dict.fromkeys(str(note) for note in fleets["note"].dropna() if note and session.lang == "ja"):
        session.print(f"・{line}")
    session.print(session.say("fleet.same_requests"))
    session.print(session.say("note.disclaimer"))
    if csv is not None:
        save(fleets, csv, session)
    if events is not None:
        save(log, events, session)


def parse_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of vehicles asked for; none where the plans' own are meant."""
    if not text:
        return ()
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 1 <= int(part) <= MOST_VEHICLES for part in parts):
        hint = both("fleet.vehicles_hint", most=MOST_VEHICLES)
        raise UsageError(error("cli.vehicles", "--vehicles", both("fleet.bad_vehicles", value=text), hint))
    return tuple(dict.fromkeys(int(part) for part in parts))


def choose_services(city: "City", wanted: str) -> "tuple[OnDemandService, ...]":
    """Return the services with a plan, or the one named; refuse where there is none."""
    planned = tuple(s for s in city.on_demand if s.plan is not None)
    if not planned:
        raise UsageError(error("cli.no_fleet", "on_demand", both("fleet.none"), both("fleet.none_hint")))
    found = tuple(s for s in planned if wanted in {"", s.service_id, s.name.ja, s.name.en})
    if not found:
        names = near_names(wanted, [s.service_id for s in planned])
        message, hint = both("fleet.no_service", value=wanted), both("usage.kpi_list", names=", ".join(names))
        raise UsageError(error("cli.no_service", "--service", message, hint))
    return found


def simulate_all(
    session: Session, applied: "Applied", wanted: "Sequence[OnDemandService]", numbers: tuple[int, ...]
) -> "tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]":
    """Return by service and number of vehicles: the day, its hours, and the event log of one day."""
    import pandas as pd

    from sim.context import RunContext
    from sim.on_demand.tables import on_demand_events, on_demand_hours, on_demand_services
    from sim.reuse import Reuse

    memory, ids = Reuse(), [s.service_id for s in wanted]
    fleets: list[pd.DataFrame] = []
    hours: list[pd.DataFrame] = []
    logs: list[pd.DataFrame] = []
    with session.progress(session.say("progress.fleet")) as report:
        for done, number in enumerate(numbers or (0,)):
            report("", done / max(len(numbers), 1))
            run = RunContext(with_fleets(applied.city, ids, number), applied.analysis, applied.params, memory)
            tables = [f(run) for f in (on_demand_services, on_demand_hours, on_demand_events)]
            kept = [t[t["service_id"].isin(ids)] if len(t) else t for t in tables]
            told = kept[0].set_index("service_id")["vehicles"]
            for frame, into in zip(kept, (fleets, hours, logs), strict=True):
                if len(frame):
                    into.append(frame.assign(vehicles=frame["service_id"].map(told)))
    found = (pd.concat(part, ignore_index=True) if part else pd.DataFrame() for part in (fleets, hours, logs))
    day, by_hour, log = found
    return day.sort_values(["service_id", "vehicles"], ignore_index=True), by_hour, log


def with_fleets(city: "City", ids: "Sequence[str]", number: int) -> "City":
    """Return the city with another number of vehicles in some services; 0 = as planned."""
    if not number:
        return city
    return city.replace(
        on_demand=tuple(
            replace(s, plan=replace(s.plan, fleet=replace(s.plan.fleet, n_vehicles=number)))
            if s.service_id in ids and s.plan is not None
            else s
            for s in city.on_demand
        )
    )


def check(
    context: typer.Context,
    seed: Annotated[int, typer.Option("--seed", min=0, help="help.fleet.seed")] = 2031,
) -> None:
    """Print theory beside the simulation, and a real month beside what is predicted for one to four vehicles."""
    session: Session = context.obj
    from app.commands.fleet_tables import shiojiri_table, theory_table
    from sim.on_demand import shiojiri, theory

    session.ready_kernels()
    with session.progress(session.say("progress.fleet_check")) as report:
        report("", 0.05)
        queues = theory.check_rows(seed)
        report("", 0.4)
        predicted = shiojiri.predict_rows(seed)
    session.out.print(theory_table(session, queues))
    session.print(session.say("fleet.theory_note"))
    session.out.print(shiojiri_table(session, predicted))
    for line in (*shiojiri.OBSERVED, *shiojiri.ASSUMED):
        session.print(f"{'・' if session.lang == 'ja' else '- '}{line.get(session.lang)}")
    session.print(session.say("fleet.untuned"))
