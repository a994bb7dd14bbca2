"""Owns ``ekisei rides``: how full lines are, and how the model does on what happened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.results import require_csv, save
from app.commands.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geodata.city import City
    from scenarios.apply import Applied
    from sim.context import RunContext
    from sim.ridership.backcast import BackcastRow, Observed

CSV = Annotated[Path | None, typer.Option("--csv", help="help.rides.csv", metavar="FILE")]
CityFolder = Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")]


def register(root: typer.Typer) -> None:
    """Add the family to the command line."""
    family = typer.Typer(help="help.rides", no_args_is_help=True, rich_markup_mode="rich")
    family.command("loads", help="help.rides.loads")(loads)
    family.command("elasticities", help="help.rides.elasticities")(elasticities)
    family.command("backcast", help="help.rides.backcast")(backcast)
    root.add_typer(family, name="rides")


def loads(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="help.rides.scenario", metavar="[SCENARIO]")] = "",
    assumed: Annotated[bool, typer.Option("--with-assumed", help="help.rides.assumed")] = False,
    csv: CSV = None,
    folder: CityFolder = None,
) -> None:
    """Print how full every bus line is on an average day, its fullest section first."""
    session: Session = context.obj
    require_csv(csv)
    from app.commands.applying import applied_or_as_it_is
    from app.commands.folders import load_city
    from app.commands.ride_tables import loads_table
    from sim.ridership.load_table import ride_loads, withheld

    applied = applied_or_as_it_is(session, scenario, folder)
    session.ready_kernels()
    with session.progress(session.say("progress.rides")) as report:
        report("", 0.1)
        asked = scenario_context(applied, load_city(folder), assumed=assumed)
        frame = ride_loads(asked)
        report("", 1.0)
    session.out.print(loads_table(session, frame))
    key = "rides.withheld" if withheld(asked) else "rides.reference" if assumed else "rides.residents"
    session.print(session.say(key))
    session.print(session.say("note.disclaimer"))
    if csv is not None:
        save(frame, csv, session)


def elasticities(context: typer.Context, csv: CSV = None, folder: CityFolder = None) -> None:
    """Print the elasticities that the choice of a vehicle implies beside the literature's."""
    session: Session = context.obj
    require_csv(csv)
    from app.commands.applying import applied_or_as_it_is, context_of
    from app.commands.ride_tables import elasticity_table
    from sim.ridership.tables import ride_elasticities

    applied = applied_or_as_it_is(session, "", folder)
    session.ready_kernels()
    with session.progress(session.say("progress.rides")) as report:
        report("", 0.1)
        frame = ride_elasticities(context_of(applied))
    session.out.print(elasticity_table(session, frame))
    session.print(session.say("rides.elasticities_note"))
    if csv is not None:
        save(frame, csv, session)


def scenario_context(applied: "Applied", base: "City", *, assumed: bool) -> "RunContext":
    """Return the models' view of a scenario, with the baseline that changes of rides are told from."""
    from sim.context import RunContext
    from sim.reuse import Reuse
    from sim.ridership.backcast import base_columns_of

    analysis = applied.analysis.model_copy(update={"include_assumed_lines": True}) if assumed else applied.analysis
    memory = Reuse()
    before = RunContext(base, analysis, applied.params, memory)
    if applied.city.digest == base.digest:
        return before
    return RunContext(applied.city, analysis, applied.params, memory, base=base_columns_of(before))


def backcast(context: typer.Context, csv: CSV = None, folder: CityFolder = None) -> None:
    """Print the growth from the BRT's first phase to its second, in the model and in fact, and the gap."""
    session: Session = context.obj
    require_csv(csv)
    from app.commands.folders import load_city
    from app.commands.ride_tables import backcast_table, observed_line
    from sim.params import Analysis, Params
    from sim.reuse import Reuse
    from sim.ridership import backcast as check

    city = load_city(folder)
    check.require_brt(city)
    session.ready_kernels()
    with session.progress(session.say("progress.backcast")) as report:
        report("", 0.1)
        rows, observed = check.backcast(city, Analysis(), Params(), Reuse()), check.observed_growth()
    session.out.print(backcast_table(session, rows, observed))
    session.print(observed_line(session, observed))
    for line in check.UNKNOWN:
        session.print(f"{'・' if session.lang == 'ja' else '- '}{line.get(session.lang)}")
    session.print(session.say("rides.untuned"))
    if csv is not None:
        save(backcast_frame(rows, observed), csv, session)


def backcast_frame(rows: "Sequence[BackcastRow]", observed: "Observed") -> "pd.DataFrame":
    """Return the rows as a table of numbers: growth, gap, riders a year predicted and observed."""
    import pandas as pd

    low, mid, high = observed.growth
    return pd.DataFrame(
        [
            {
                "lines": row.lines,
                "response": row.response,
                "riders_day_phase_1": row.day_one,
                "riders_day_phase_2": row.day_two,
                "growth": row.growth,
                "observed_growth": mid,
                "observed_growth_low": low,
                "observed_growth_high": high,
                "gap": row.gap(observed),
                "riders_year_phase_2": row.predicted_year_two(observed),
                "observed_year_phase_2": observed.year_two,
                "city_rides_change": row.city_year_change,
                "status": "assumed",
            }
            for row in rows
        ]
    )
