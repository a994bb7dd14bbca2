"""Owns ``ekisei office``: where a mobile city office should go, its weekly tours, and its months."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.results import require_csv, save
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error
from geodata.writable import require_writable

if TYPE_CHECKING:
    from scenarios.apply import Applied

CityFolder = Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")]
Csv = Annotated[Path | None, typer.Option("--csv", help="help.compare.csv", metavar="FILE")]
OfficeScenario = Annotated[str, typer.Argument(help="help.office.scenario", metavar="SCENARIO")]
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def register(root: typer.Typer) -> None:
    """Add the commands to the command line."""
    family = typer.Typer(help="help.office", no_args_is_help=True, rich_markup_mode="rich")
    family.command("site", help="help.office.site")(site)
    family.command("tour", help="help.office.tour")(tour)
    family.command("month", help="help.office.month")(month)
    root.add_typer(family, name="office")


def site(  # noqa: PLR0913, PLR0917 - typer hands options over by name
    context: typer.Context,
    n_places: Annotated[int | None, typer.Option("--p", min=1, max=200, help="help.office.p")] = None,
    hours: Annotated[float | None, typer.Option("--hours", min=1, help="help.office.hours")] = None,
    objective: Annotated[str, typer.Option("--objective", help="help.office.objective")] = "mclp",
    weights: Annotated[str, typer.Option("--weights", help="help.office.weights")] = "pop75",
    walk_m: Annotated[float, typer.Option("--walk-m", min=1, max=5_000, help="help.office.walk_m")] = 500.0,
    candidates: Annotated[
        list[str] | None, typer.Option("--candidates", help="help.office.candidates", metavar="KIND")
    ] = None,
    fixed: Annotated[list[str] | None, typer.Option("--fix", help="help.office.fix", metavar="PLACE")] = None,
    forbidden: Annotated[list[str] | None, typer.Option("--forbid", help="help.office.forbid", metavar="PLACE")] = None,
    vehicles: Annotated[int, typer.Option("--vehicles", min=1, max=100, help="help.office.vehicles")] = 1,
    visits: Annotated[int, typer.Option("--visits", help="help.office.visits")] = 2,
    dwell_min: Annotated[float, typer.Option("--dwell-min", min=5, help="help.office.dwell")] = 120.0,
    depot: Annotated[str, typer.Option("--depot", help="help.office.depot", metavar="LAT,LON")] = "",
    scenario: Annotated[str | None, typer.Option("--scenario", help="help.office.base", metavar="SCENARIO")] = None,
    csv: Csv = None,
    geojson: Annotated[Path | None, typer.Option("--geojson", help="help.office.geojson", metavar="FILE")] = None,
    keep: Annotated[Path | None, typer.Option("--save", help="help.office.save", metavar="FILE")] = None,
    folder: CityFolder = None,
) -> None:
    """Choose the places that serve most people, tour them, print them."""
    session: Session = context.obj
    for path in (csv, geojson):
        require_csv(path)
    if keep is not None:
        require_writable(keep)
    from app.commands.applying import apply_read
    from app.commands.office_asking import ASKED_ID, OfficeAsk, ask_scenario
    from app.commands.office_tables import FROM_AGE, place_frame, tour_table

    ask = OfficeAsk(
        n_places=12 if n_places is None and hours is None else n_places,
        hours_per_month=hours,
        objective=objective,
        weights=weights,
        walk_m=walk_m,
        candidates=tuple(candidates or ("community_centre",)),
        fixed=tuple(fixed or ()),
        forbidden=tuple(forbidden or ()),
        vehicles=vehicles,
        visits_per_month=visits,
        dwell_min=dwell_min,
        depot=depot,
    )
    asked = ask_scenario(ask, scenario, folder)
    applied = apply_read(session, asked, folder)
    plan = applied.city.mobile_offices[-1]
    frame = place_frame(applied, plan, FROM_AGE[weights])
    session.out.print(tour_table(session, [plan], session.say("office.site_title", n=len(plan.places)), frame))
    tell_choice(session, applied, ASKED_ID)
    session.print(session.say("office.best"))
    session.print(session.say("note.hypothetical"))
    if csv is not None:
        save(frame, csv, session)
    if geojson is not None:
        from app.commands.service_maps import save_features, site_features

        save_features(site_features(applied, plan, ask), geojson, session)
    if keep is not None:
        from scenarios.files import write_scenario

        write_scenario(asked, keep)
        session.print(session.say("scenario.written", path=keep))


def tell_choice(session: Session, applied: "Applied", modification_id: str | None = None) -> None:
    """Print how places and tours were chosen: objective, how good, proven or not; once for every plan."""
    told: set[str] = set()
    for change in applied.changes:
        new = change.modification_id not in told
        if change.layer == "mobile_offices" and new and modification_id in (None, change.modification_id):
            told.add(change.modification_id)
            session.print(change.text.get(session.lang))


def tour(context: typer.Context, scenario: OfficeScenario, csv: Csv = None, folder: CityFolder = None) -> None:
    """Print the weekly tours of a scenario; where there are none, what binds."""
    session: Session = context.obj
    require_csv(csv)
    from app.commands.applying import apply_named, require_plans
    from app.commands.office_tables import Visits, tour_table

    read, applied = apply_named(session, scenario, folder)
    plans = require_plans(applied, scenario)
    title = session.say("office.tour_title", title=read.title.ja if session.lang == "ja" else read.title.en)
    session.out.print(tour_table(session, plans, title))
    tell_choice(session, applied)
    session.print(f"{session.say('result.plan_status')}: {session.say(f'plan.{read.plan_status}')}")
    if csv is not None:
        save(Visits.of(plans).frame(), csv, session)


def month(
    context: typer.Context,
    scenario: OfficeScenario,
    wanted: Annotated[str, typer.Option("--month", help="help.office.month_of", metavar="YYYY-MM")],
    csv: Csv = None,
    ics: Annotated[Path | None, typer.Option("--ics", help="help.office.ics", metavar="FILE")] = None,
    folder: CityFolder = None,
) -> None:
    """Print a month of visits, write it as CSV or as a calendar."""
    session: Session = context.obj
    found = _MONTH.match(wanted)
    if found is None:
        raise UsageError(
            error("cli.month", "--month", both("office.bad_month", value=wanted), both("office.month_hint"))
        )
    for path in (csv, ics):
        require_csv(path)
    from app.commands.applying import apply_named, require_plans
    from app.commands.office_tables import month_rows, month_table_of

    read, applied = apply_named(session, scenario, folder)
    plans = require_plans(applied, scenario)
    frame = month_rows(applied, plans, int(found[1]), int(found[2]))

    title = read.title.ja if session.lang == "ja" else read.title.en
    session.out.print(month_table_of(session, frame, session.say("office.month_title", title=title, month=wanted)))
    session.print(f"{session.say('result.plan_status')}: {session.say(f'plan.{read.plan_status}')}")
    if csv is not None:
        save(frame, csv, session)
    if ics is not None:
        from scenarios.office_calendar import calendar_bytes, fiscal_year

        ics.parent.mkdir(parents=True, exist_ok=True)
        part = ics.with_name(f".{ics.name}.part")
        part.write_bytes(calendar_bytes(plans, fiscal_year(int(found[1]), int(found[2]))))
        part.replace(ics)
        session.print(session.say("office.ics", path=ics))
