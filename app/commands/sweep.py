"""Owns ``ekisei sweep``: every combination of some values of a scenario side by side; a sweep file goes its own way."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import load_city, require_free
from app.commands.runs import CityFolder, Draws, Force, Resume, refuse_failures, show_warnings
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import UsageError, error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from scenarios.sweep import Sweep

SHOWN_KPIS = 5


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("sweep", help="help.sweep")(sweep)


def sweep(  # noqa: PLR0913, PLR0917 - typer hands options over by name
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="help.run.scenario", metavar="SCENARIO")],
    out: Annotated[Path, typer.Option("--out", help="help.sweep.out", metavar="DIR")],
    varied: Annotated[list[str] | None, typer.Option("--set", help="help.sweep.set", metavar="PATH=V1,V2")] = None,
    kpi: Annotated[list[str] | None, typer.Option("--kpi", help="help.sweep.kpi", metavar="KPI")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="help.batch.jobs", metavar="N")] = 1,
    folder: CityFolder = None,
    resume: Resume = False,
    force: Force = False,
    draws: Draws = None,
    most: Annotated[int, typer.Option("--most", min=1, help="help.sweep.most", metavar="N")] = 10_000,
    dask: Annotated[str | None, typer.Option("--dask", help="help.sweep.dask", metavar="ADDRESS")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="help.sweep.dry_run")] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="help.sweep.fail_fast")] = False,
) -> None:
    """Run the variants of a scenario and print the KPIs that moved; or all that a sweep file asks for."""
    session: Session = context.obj
    from scenarios.sweep_file import is_sweep_file

    if is_sweep_file(scenario):
        from app.commands.sweep_file import Choices, sweep_file

        if varied:
            raise UsageError(error("sweep.set_and_file", "--set", both("sweep.set_and_file")))
        check_kpis(kpi or ())
        sweep_file(
            session,
            Path(scenario),
            out,
            folder,
            Choices(tuple(kpi or ()), jobs, resume, force, draws, most, dask, dry_run, fail_fast),
        )
        return
    if dry_run or fail_fast or dask or draws:
        raise UsageError(error("sweep.only_file", scenario, both("sweep.only_file")))
    require_free(out, resume=resume, force=force)
    check_kpis(kpi or ())
    from scenarios.batch import run_batch
    from scenarios.files import read_scenario
    from scenarios.sweep import make_variants, parse_setting, run_sweep, write_sweep

    wanted, settings = read_scenario(scenario), [parse_setting(text) for text in varied or ()]
    make_variants(wanted, settings)  # refuses before the city is read
    city = load_city(folder)
    session.ready_kernels()
    label = session.say("progress.sweep")
    with session.progress(label) as report:
        run_all = partial(
            run_batch,
            city=city,
            out=out,
            jobs=jobs,
            resume=resume,
            force=force,
            progress=lambda done, total, stage: report(
                f"{label} {done}/{total} {session.stages(stage)}", done / max(total, 1)
            ),
        )
        found = run_sweep(wanted, settings, run_all)
    show_warnings(session, [p for run in found.batch.runs for p in run.problems])
    show_sweep(session, found, kpi)
    session.print(session.say("sweep.file", path=write_sweep(found, out)))
    refuse_failures(session, found.batch.failures)


def check_kpis(wanted: "Sequence[str]") -> None:
    """Refuse KPIs that do not exist, naming the near ones."""
    from app.commands.results import near_names
    from sim.kpi import KPIS

    for name in wanted:
        if name not in KPIS:
            hint = both("usage.kpi_list", names=", ".join(near_names(name, list(KPIS))))
            raise UsageError(error("cli.unknown_number", "--kpi", both("usage.no_kpi", value=name), hint))


def show_sweep(session: Session, found: "Sweep", wanted: "Sequence[str] | None") -> None:
    """Print the table of the KPIs asked for, or of those that moved most clearly in the order of kpi.csv."""
    moved = found.moved
    kpis = tuple(wanted or moved[:SHOWN_KPIS])
    session.out.print(sweep_table_of(session, found, kpis))
    session.print(session.say("sweep.versus"))
    if not moved:
        session.print(session.say("sweep.nothing_moved"))
    elif not wanted and len(moved) > SHOWN_KPIS:
        session.print(session.say("sweep.more", n=len(moved) - SHOWN_KPIS))


def sweep_table_of(session: Session, found: "Sweep", kpis: "Sequence[str]") -> "Table":
    """Return one row per combination: its values, then each KPI with its difference from the file as written."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from app.commands.numbers import format_change, format_value, format_year, title_with_unit
    from scenarios.sweep import sweep_table
    from sim.kpi import KPIS

    lang, frame = session.lang, sweep_table(found, kpis)
    paths = [s.path for s in found.settings]
    columns = [Column(p.rpartition(".")[2]) for p in paths]
    columns += [Column(title_with_unit(KPIS[k], lang), right=True, most=18) for k in kpis]
    rows = []
    for number, row in enumerate(frame.to_dict("records")):
        cells = [Styled(str(row[p])) for p in paths]
        if number == 0:
            cells[0].append(f"\n{session.say('sweep.as_written')}", style="dim")
        elif row["no_change"]:
            cells[0].append(f"\n{session.say('sweep.no_change')}", style="yellow")
        for kpi in kpis:
            spec = KPIS[kpi]
            cell = Styled(format_value(row[kpi], spec.unit, spec.decimals, lang, bare=True))
            change = row[kpi] - frame[kpi][0]
            if number and change:
                told = format_change(change, spec.unit, spec.decimals, lang, bare=True)
                cell.append(f"\n({told})" if told else "", style="dim")
            cells.append(cell)
        rows.append(tuple(cells))
    scenario = found.base.scenario
    title = session.say(
        "sweep.title",
        title=scenario.title.ja if lang == "ja" else scenario.title.en,
        year=format_year(scenario.year, lang),
        n=len(found.runs),
    )
    return fitted_table(title, columns, rows, session.out.width)
