"""Owns ``ekisei population``: the future population as tables by year, district and band, and as a map that moves."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.folders import clear_folder, load_city, require_free
from app.commands.session import Session
from app.commands.words import both
from geodata.errors import Text, UsageError, error
from geodata.provenance import weakest

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from geodata.city import City
    from scenarios.people import PeopleByYear
    from scenarios.schema import Scenario

TABLE, PAGE, MANIFEST = "population.csv", "population.html", "manifest.json"
PEOPLE_SCHEMA = "ekisei-population/1"
SHOWN_YEARS = 12
SHOWN_DISTRICTS = 5
MOST_YEARS = 200
_RANGE = re.compile(r"^(\d{4})-(\d{4})(?:/(\d{1,2}))?$")


def register(root: typer.Typer) -> None:
    """Add the command to the command line."""
    root.command("population", help="help.population")(population)


def population(  # noqa: PLR0917 - typer hands options over by name
    context: typer.Context,
    scenario: Annotated[str | None, typer.Argument(help="help.population.scenario", metavar="SCENARIO")] = None,
    years: Annotated[str, typer.Option("--years", help="help.population.years")] = "2025-2050",
    out: Annotated[Path, typer.Option("--out", help="help.population.out", metavar="DIR")] = Path("out/population"),
    path: Annotated[str | None, typer.Option("--path", help="help.population.path", metavar="ipss|vision")] = None,
    folder: Annotated[Path | None, typer.Option("--city", help="help.city.option", metavar="DIR")] = None,
    force: Annotated[bool, typer.Option("--force", help="help.force")] = False,
) -> None:
    """Work out the population of some years, print it, write tables and the moving map."""
    session: Session = context.obj
    wanted = parse_years(years)
    require_free(out, resume=False, force=force)
    check_path(path, scenario)
    from app.commands.runs import show_warnings
    from scenarios.files import read_scenario
    from scenarios.people import people_table, plain_scenario, population_years

    named = None if scenario is None else read_scenario(scenario)
    city = load_city(folder)
    asked = named if named is not None else plain_scenario(city, path)
    people = population_years(city, wanted, asked)
    show_warnings(session, people.problems)
    frame = people_table(people)
    title = title_of(people, named)
    session.out.print(years_table(session, people, title))
    tell_losing(session, frame)
    session.print(session.say("people.status"))
    if force:
        clear_folder(out)
    write_people(people, asked, frame, title, out, session)


def parse_years(text: str) -> tuple[int, ...]:
    """Return the years of a range, a range with a step, or a list; refuse anything else."""
    found = _RANGE.match(text.strip())
    if found is not None:
        first, last, step = int(found[1]), int(found[2]), int(found[3] or 1)
        years = tuple(range(first, last + 1, step)) if step > 0 else ()
    else:
        parts = [part.strip() for part in text.split(",")]
        years = tuple(int(part) for part in parts) if all(re.fullmatch(r"\d{4}", p) for p in parts) else ()
    if not years or len(years) > MOST_YEARS:
        raise UsageError(error("cli.years", "--years", both("people.bad_years", value=text), both("people.years_hint")))
    return tuple(sorted(set(years)))


def check_path(path: str | None, scenario: str | None) -> None:
    """Refuse an unknown path, or one beside a scenario, which holds its own."""
    from sim.population_path import PATHS

    if path is None:
        return
    if path not in PATHS:
        hint = both("people.bad_path_hint", names=", ".join(PATHS))
        raise UsageError(error("cli.path", "--path", both("people.bad_path", value=path), hint))
    if scenario is not None:
        hint = both("people.path_hint", path=path)
        raise UsageError(error("cli.path_and_scenario", "--path", both("people.path_and_scenario"), hint))


def title_of(people: "PeopleByYear", scenario: "Scenario | None") -> Text:
    """Return the title of tables and page: whose totals, and which scenario."""
    from sim.population_path import PATH_TEXT, path_kind

    path = PATH_TEXT[path_kind(people.path)]
    if scenario is None:
        ja, en = (both("people.title", path=path.get(lang)).get(lang) for lang in ("ja", "en"))
    else:
        title = scenario.title.text
        ja, en = (
            both("people.scenario_title", title=title.get(lang), path=path.get(lang)).get(lang) for lang in ("ja", "en")
        )
    return Text(ja, en)


def years_table(session: Session, people: "PeopleByYear", title: Text) -> "Table":
    """Return one row per year, at most a dozen: residents, change, older persons, what the measures change."""
    from rich.text import Text as Styled

    from app.commands.layout import Column, fitted_table
    from app.commands.numbers import format_change, format_value, format_year

    lang = session.lang
    heads = ["people.year", "people.total", "people.change", "people.older", "people.oldest"]
    heads += ["people.measures"] if people.has_measures else []
    step = -(-len(people.years) // SHOWN_YEARS)
    numbers = sorted({*range(0, len(people.years), step), len(people.years) - 1})
    base = float(people.city.population.total.sum())
    rows = []
    for number in numbers:
        cells = people.at(number)
        total = float(cells.total.sum())
        knows = cells.knows_age(65) and cells.knows_age(75) and total > 0
        share = float(cells.at_least(65).sum()) / total if knows else None
        oldest = float(cells.at_least(75).sum()) if knows else None
        row = [
            format_year(people.years[number], lang),
            format_value(total, "persons", 0, lang, bare=True),
            f"{100 * (total / base - 1):+.1f}%" if base > 0 else "—",
            format_value(share, "share", 1, lang),
            format_value(oldest, "persons", 0, lang, bare=True),
        ]
        if people.has_measures:
            moved = total - float(people.at(number, plain=True).total.sum())
            row.append(format_change(moved, "persons", 0, lang, bare=True))
        rows.append(tuple(Styled(text) for text in row))
    columns = [Column(session.say(head), right=number > 0) for number, head in enumerate(heads)]
    return fitted_table(title.get(lang), columns, rows, session.out.width)


def tell_losing(session: Session, frame: "pd.DataFrame") -> None:
    """Print the districts that lose most by the last year, without measures: what ageing does."""
    last = frame[(frame["year"] == frame["year"].max()) & (frame["district_id"] != "all")]
    if last.empty:
        return
    sums = last.groupby("district", sort=False)[["persons_without_measures", "change_since_base"]].sum()
    before = sums["persons_without_measures"] - sums["change_since_base"]
    share = (sums["change_since_base"] / before.where(before > 0)).dropna().sort_values(kind="stable")
    names = "、".join(f"{name} {100 * value:+.1f}%" for name, value in share.head(SHOWN_DISTRICTS).items())
    session.print(session.say("people.losing", year=int(frame["year"].max()), names=names))


def write_people(
    people: "PeopleByYear", scenario: "Scenario", frame: "pd.DataFrame", title: Text, out: Path, session: Session
) -> None:
    """Write tables, page and manifest."""
    from app.features.population.frames import build_frames, note_of
    from app.features.population.page import standalone_page

    out.mkdir(parents=True, exist_ok=True)
    frame.round(3).to_csv(out / TABLE, index=False, encoding="utf-8-sig", lineterminator="\n")
    page = standalone_page(people.city, build_frames(people, title, note_of(people, scenario)), session.lang)
    (out / PAGE).write_text(page, encoding="utf-8", newline="\n")
    manifest = manifest_of(people.city, people, scenario)
    (out / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    session.print(session.say("people.written", table=out / TABLE, page=out / PAGE))


def manifest_of(city: "City", people: "PeopleByYear", scenario: "Scenario") -> dict[str, object]:
    """Return what the tables were computed from: no times, no machine's paths."""
    from importlib.metadata import version

    return {
        "schema": PEOPLE_SCHEMA,
        "city": {"id": city.city_id, "sha256": city.digest},
        "scenario": scenario.id,
        "scenario_sha256": scenario.digest,
        "years": list(people.years),
        "path": people.path if isinstance(people.path, str) else {str(y): v for y, v in people.path.items()},
        "status": str(weakest(people.statuses)),
        "files": [TABLE, PAGE],
        "version": version("ekisei"),
    }
