"""Owns ``ekisei compare`` and ``ekisei explain``: read results again, beside each other or one number closely."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import load_city
from app.commands.session import Session
from app.commands.words import both, bullet, say
from geodata.errors import Text, UsageError, error
from geodata.writable import require_writable

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from scenarios.store import StoredRun
    from sim.explain import Explanation

SHOWN_CELLS = 10
THOUSAND = 1_000
Runs = Annotated[Path, typer.Option("--runs", help="help.compare.runs", metavar="DIR")]
DEFAULT_RUNS = Path("out/library")


def register(root: typer.Typer) -> None:
    """Add the commands to the command line."""
    root.command("compare", help="help.compare")(compare)
    root.command("explain", help="help.explain")(explain)


def compare(
    context: typer.Context,
    a: Annotated[str, typer.Argument(help="help.compare.a", metavar="A")],
    b: Annotated[str, typer.Argument(help="help.compare.b", metavar="B")],
    csv: Annotated[Path | None, typer.Option("--csv", help="help.compare.csv", metavar="FILE")] = None,
    everything: Annotated[bool, typer.Option("--all", help="help.compare.all")] = False,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Print B − A, with what may be said about it."""
    from app.commands.difference_table import difference_table
    from app.commands.notes import assumptions_behind, notes_on, print_notes
    from app.commands.run_view import view_run
    from app.commands.sureness import difference_ends, print_draws, print_limits, show_few
    from scenarios.compare import compare as compare_stored
    from scenarios.store import read_run
    from sim.kpi import Judgement

    session: Session = context.obj
    require_csv(csv)
    before, after = read_run(a, runs), read_run(b, runs)
    require_same_city(before, after)
    found = compare_stored(before, after, find_baseline(before))
    table = found.table if everything else found.table.query("setting == 'default' and group == 'all'")
    names = titles_of((before, after), session)
    title = " − ".join(reversed(names))
    session.out.print(difference_table(table, title, session, everything=everything))
    session.print(bullet(session.lang) + session.say("sure.sides", a=names[0], b=names[1]))
    sure = difference_ends(session, table, after.manifest)
    if sure is not None:
        session.out.print(sure)
        print_draws(session, after.manifest)
        show_few(session, after.manifest)
    if found.unpaired is not None:
        session.print(bullet(session.lang) + found.unpaired.get(session.lang))
    for run in (before, after):
        print_limits(session, run.manifest, run.run_id)
    if not (found.table["difference"].abs() > 0).any():
        session.print(session.say("compare.same"))
    runs_shown, verdict = (view_run(before), view_run(after)), found.definitions.message.get(session.lang)
    judgements = map(Judgement, table["judgement"])
    print_notes(
        session, notes_on(session, runs_shown, judgements, assumptions_behind(after), (verdict,) * bool(verdict))
    )
    if csv is not None:
        save(found.table, csv, session)


def require_same_city(before: "StoredRun", after: "StoredRun") -> None:
    """Refuse two runs of different cities: their difference would mean nothing."""
    if before.manifest["digests"]["city"] == after.manifest["digests"]["city"]:
        return
    names = [Text(**run.manifest["city"]["name"]) for run in (before, after)]
    message = Text(
        *(say(lang, "usage.two_cities", a=names[0].get(lang), b=names[1].get(lang)) for lang in ("ja", "en"))
    )
    raise UsageError(error("cli.two_cities", str(after.folder), message, both("usage.two_cities_hint")))


def find_baseline(run: "StoredRun") -> "StoredRun | None":
    """Return the run of the unchanged city that stands beside `run`: it tells which definitions reproduce 公表値."""
    import json

    from scenarios.store import read_run

    for path in sorted(run.folder.parent.glob("*/manifest.json")):
        digests = json.loads(path.read_text(encoding="utf-8")).get("digests", {})
        if digests.get("city") == digests.get("applied_city") == run.manifest["digests"]["city"]:
            return read_run(path.parent)
    return None


def titles_of(runs: "tuple[StoredRun, StoredRun]", session: Session) -> list[str]:
    """Return the titles of two runs; equal ones with their ids, or their folders where these are equal too."""
    from app.commands.kpi_table import names_of
    from app.commands.run_view import view_run

    names = names_of(map(view_run, runs), session.lang)
    return [f"{name} {run.folder}" for name, run in zip(names, runs, strict=True)] if names[0] == names[1] else names


def require_csv(path: Path | None) -> None:
    """Refuse a CSV file that could not be written, before anything is computed."""
    if path is None:
        return
    if path.is_dir():
        raise UsageError(error("cli.csv_is_folder", str(path), both("usage.csv_is_folder"), both("usage.csv_hint")))
    require_writable(path)


def save(frame: "pd.DataFrame", path: Path, session: Session) -> None:
    """Write a table as CSV, whole or not at all; with a byte order mark, so that spreadsheets read Japanese."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
        session.print(session.say("compare.csv_folder", path=path.parent))
    part = path.with_name(f".{path.name}.part")
    frame.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\n")
    part.replace(path)
    session.print(session.say("compare.csv", path=path))


def explain(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="help.explain.run", metavar="RUN")],
    kpi: Annotated[str, typer.Argument(help="help.explain.kpi", metavar="KPI")],
    setting: Annotated[str, typer.Option("--setting", help="help.explain.setting")] = "default",
    group: Annotated[str, typer.Option("--group", help="help.explain.group")] = "all",
    csv: Annotated[Path | None, typer.Option("--csv", help="help.explain.csv", metavar="FILE")] = None,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Print formula, setting, inputs and the cells behind a number."""
    from scenarios.explaining import explain_stored
    from scenarios.store import read_run

    session: Session = context.obj
    require_csv(csv)
    stored = read_run(run, runs)
    check_number(stored, kpi, setting, group)
    city = load_city(folder)
    if city.digest != stored.manifest["digests"]["city"]:
        raise UsageError(error("cli.other_city", run, both("usage.other_city"), both("usage.other_city_hint")))
    session.ready_kernels()
    with session.progress(session.say("progress.explain")) as report:
        report("", 0.1)
        found = explain_stored(city, stored, kpi, setting=setting, group=group)
    show_explanation(found, session)
    if csv is not None:
        save(found.contributions, csv, session)


def check_number(stored: "StoredRun", kpi: str, setting: str, group: str) -> None:
    """Refuse a number that the run does not hold, naming the near ones."""
    frame = stored.kpi
    for option, column, wanted in (
        ("KPI", "kpi_id", kpi),
        ("--setting", "setting", setting),
        ("--group", "group", group),
    ):
        known = list(dict.fromkeys(frame[column]))
        if wanted not in known:
            hint = both("usage.kpi_list", names=", ".join(near_names(wanted, known)))
            raise UsageError(error("cli.unknown_number", option, both("usage.no_kpi", value=wanted), hint))
        frame = frame[frame[column] == wanted]


def near_names(wanted: str, known: list[str]) -> list[str]:
    """Return the nearest names first, or all if none is near."""
    import difflib

    return difflib.get_close_matches(wanted, known, n=5, cutoff=0.5) or known


def show_explanation(found: "Explanation", session: Session) -> None:
    """Print an explanation from the sentence to the cells."""
    lang = session.lang
    for sentence in found.sentences:
        session.print(translated(sentence.get(lang), found.row.note, lang))
    session.print("")
    session.print(f"{session.say('explain.formula')}: {found.formula.get(lang)}")
    session.print(f"{session.say('word.setting')}: {found.setting_label.get(lang)}")
    session.out.print(inputs_table(found, session))
    if len(found.contributions):
        session.out.print(cells_table(found, session))


def inputs_table(found: "Explanation", session: Session) -> "Table":
    """Return the inputs of a number with value, source and status."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    from geodata.provenance import STATUS_TEXT

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("explain.inputs", "result.value", "explain.source", "result.status"):
        table.add_column(session.say(key), justify="right" if key == "result.value" else "left", overflow="fold")
    for one in found.inputs:
        status = STATUS_TEXT[one.status].get(session.lang)
        cells = (
            one.label.get(session.lang),
            input_value(one.value, one.unit, one.words, session.lang),
            one.source.get(session.lang),
        )
        table.add_row(*(Styled(c) for c in (*cells, status)))
    return table


def input_value(value: float | str | None, unit: str, words: Text, lang: str) -> str:
    """Return the value of an input with its unit in words; a table or a list of sources has none."""
    from app.commands.numbers import format_value

    if value is None or isinstance(value, str | tuple):
        return value if isinstance(value, str) else ""
    if unit == "share":
        return f"{100 * value:,.4g}%"
    if unit == "time":
        return format_value(value, unit, 0, lang)
    number = f"{value:,.0f}" if abs(value) >= THOUSAND else f"{value:,.4g}"
    return f"{number} {words.get(lang)}".rstrip()


def translated(sentence: str, note: str, lang: str) -> str:
    """Return a sentence with the note of its row, which a result holds in Japanese, in `lang`."""
    from app.text.notes import translate_notes

    return sentence.replace(note, "; ".join(translate_notes(note, lang))) if note and lang == "en" else sentence


def cells_table(found: "Explanation", session: Session) -> "Table":
    """Return the cells that contribute most."""
    from rich import box
    from rich.table import Table
    from rich.text import Text as Styled

    from app.commands.numbers import format_value

    title = session.say("explain.cells", n=min(SHOWN_CELLS, len(found.contributions)), total=len(found.contributions))
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(session.say("explain.cell"))
    table.add_column(session.say("explain.district"))
    for key in ("explain.persons", "result.value", "explain.contribution"):
        table.add_column(session.say(key), justify="right")
    clock = found.row.unit == "time"
    order = found.contributions["contribution"].abs().sort_values(ascending=False, kind="stable").index
    names = {one: name.get(session.lang) for one, name in found.districts.items()}
    for row in found.contributions.loc[order].head(SHOWN_CELLS).to_dict("records"):
        value = format_value(row["value"], "time", 0, session.lang) if clock else f"{row['value']:,.3g}"
        numbers = (f"{row['persons']:,.1f}", value, f"{row['contribution']:,.4g}")
        table.add_row(
            *(
                Styled(str(c))
                for c in (row.get("cell_id", "—"), names.get(row["district_id"], row["district_id"]), *numbers)
            )
        )
    return table
