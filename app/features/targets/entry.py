"""Owns the form and the list of actuals: which indicators can be entered, what is written, what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from app.clock import today
from app.components.attributes import aria
from app.components.path_words import fiscal_year
from app.components.stacked_table import Column, stacked_table
from app.features.compare.target_view import ACTUALS, fiscal_year_of
from app.features.targets.ids import Id, Kind
from app.text import say
from geodata.errors import CitySimError, render_problems
from scenarios.actuals import ACTUAL
from scenarios.actuals_entry import Entry, enter_actual, list_entries, remove_actual

if TYPE_CHECKING:
    from pathlib import Path

    from app.desk import Desk

YEARS_BACK = 8
LONGEST_SOURCE = 200


def this_year() -> int:
    """Return the fiscal year we live in."""
    return fiscal_year_of(today())


def table_of(desk: Desk) -> Path:
    """Return the table of actuals beside the runs."""
    return desk.settings.runs_folder / ACTUALS


def entry_form(desk: Desk, lang: str) -> html.Section:
    """Return the form: indicator, fiscal year, value, source."""
    targets = desk.services.city.targets
    titles: dict[str, str] = {}
    for row in targets.rows:
        if ":" not in row.kpi_id:
            titles.setdefault(row.kpi_id, row.label.get(lang))
    first = this_year()
    years = [{"value": str(year), "label": fiscal_year(year, lang)} for year in range(first, first - YEARS_BACK, -1)]
    plain = {"allowDeselect": False, "size": "sm", "comboboxProps": {"transitionProps": {"duration": 0}}}
    options = [{"value": name, "label": title} for name, title in titles.items()]
    return html.Section(
        [
            html.H2(say(lang, "goals_enter_title")),
            dmc.Select(  # there without figures too: the page's callback asks for it
                id=Id.KPI,
                label=say(lang, "goals_kpi"),
                description=None if options else say(lang, "goals_no_figures"),
                data=options,
                value=options[0]["value"] if options else None,
                disabled=not options,
                **plain,
            ),
            dmc.Select(id=Id.YEAR, label=say(lang, "goals_year"), data=years, value=years[0]["value"], **plain),
            dmc.TextInput(
                id=Id.VALUE, label=say(lang, "goals_value"), description=say(lang, "goals_value_help"), size="sm"
            ),
            dmc.TextInput(id=Id.SOURCE, label=say(lang, "goals_source"), size="sm"),
            html.Button(say(lang, "goals_enter"), id=Id.ENTER, className="button", type="button", disabled=not options),
            html.Div(id=Id.TOLD, role="status"),
        ],
        className="goals-form",
    )


def enter(desk: Desk, kpi_id: str, year: str, value: str, source: str, lang: str, who: str = "") -> Any:  # noqa: PLR0917 -- the parts of the form
    """Write an actual and return what to say of it."""
    entry = Entry(kpi_id, year, value, ACTUAL, "", source.strip()[:LONGEST_SOURCE])
    try:
        problems = enter_actual(table_of(desk), entry, desk.services.city.targets, this_year=this_year(), who=who)
    except CitySimError as cause:
        return html.Pre(render_problems(cause.problems, lang), className="goals-refused")
    told = [html.P(say(lang, "goals_entered_one", year=fiscal_year(int(year), lang)))]
    return [*told, *([html.Pre(render_problems(problems, lang), className="goals-warned")] if problems else [])]


def remove(desk: Desk, kpi_id: str, year: int, who: str = "") -> None:
    """Take an actual out; a table that is damaged stays as it is and is told on the page."""
    try:
        remove_actual(table_of(desk), kpi_id, year, desk.services.city.targets, this_year=this_year(), who=who)
    except CitySimError:
        return


def entered_list(desk: Desk, lang: str) -> html.Section:
    """Return the actuals as they were entered, each with a way to take it out."""
    try:
        rows = [row for row in list_entries(table_of(desk)) if row.key[2] == ACTUAL]
    except CitySimError as cause:
        return html.Section(html.Pre(render_problems(cause.problems, lang), className="goals-refused"))
    titles = {row.kpi_id: row.label.get(lang) for row in reversed(desk.services.city.targets.rows)}
    lines = [_line(row, titles.get(row.kpi_id, row.kpi_id), lang) for row in rows]
    keys = ("goals_kpi", "goals_year", "goals_value_short", "source", "goals_remove")
    columns = [Column(say(lang, key), numeric=key == "goals_value_short") for key in keys]
    title = say(lang, "goals_entered")
    shown = stacked_table(columns, lines, title) if lines else html.P(say(lang, "goals_none"), className="quiet")
    return html.Section([html.H2(title), shown])


def _line(row: Entry, title: str, lang: str) -> list[Any]:
    year = row.key[1]
    shown = row.year if year is None else fiscal_year(year, lang)
    button = html.Button(
        say(lang, "goals_remove"),
        id={"kind": Kind.REMOVE, "kpi": row.kpi_id, "year": year or 0},
        className="link",
        type="button",
        **aria(label=f"{say(lang, 'goals_remove')}: {title} {shown}"),
    )
    return [title, shown, row.value, row.source or "—", button]
