"""Owns the window of what a scenario is: title, description, year, and what it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from app.features.edit import starting
from app.features.edit.edits import AS_IT_IS
from app.features.edit.ids import Id
from app.features.edit.window import STILL, build_window, text_field
from app.fiscal_years import era
from app.text import say
from scenarios.files import list_library
from sim.population_path import path_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.desk import Desk
    from app.features.edit.places import Option
    from app.runs import Run
    from geodata.city import City


def about_window(lang: str) -> dmc.Modal:
    """Return the window; its fields are filled when it is opened."""
    chooser = {"size": "sm", "className": "field", "allowDeselect": False, "comboboxProps": STILL}
    return build_window(
        [
            html.P(say(lang, "edit_about_help"), className="edit-help"),
            text_field(Id.ABOUT_TITLE_JA, say(lang, "edit_title_ja")),
            text_field(Id.ABOUT_TITLE_EN, say(lang, "edit_title_en")),
            *(
                dmc.Textarea(id=place, label=say(lang, word), autosize=True, minRows=2, maxRows=6, className="field")
                for place, word in ((Id.ABOUT_WHAT_JA, "edit_what_ja"), (Id.ABOUT_WHAT_EN, "edit_what_en"))
            ),
            dmc.Select(id=Id.ABOUT_YEAR, label=say(lang, "edit_year"), data=[], **chooser),
            dmc.Select(id=Id.ABOUT_AGAINST, label=say(lang, "edit_compare_to"), data=[], **chooser),
            html.P(say(lang, "edit_compare_help"), className="edit-help"),
            html.Div(id=Id.ABOUT_PROBLEMS, className="edit-problems", role="alert"),
            html.Button(say(lang, "edit_text_do"), id=Id.ABOUT_DO, type="button", className="button"),
        ],
        lang=lang,
        title="edit_about",
        window=Id.ABOUT_WINDOW,
        close=Id.ABOUT_CLOSE,
        size="min(620px, 96vw)",
    )


def year_word(year: int, lang: str) -> str:
    """Return a year as it is said: by the calendar, and by the era."""
    return say(lang, "edit_year_of", year=year, era=era(year, lang))


def year_options(city: City, now: Any, lang: str) -> list[dict[str, str]]:
    """Return the years that the residents can be told of: the city's own to the end of its official path."""
    first = city.population.year
    last = max((first, *path_points(city, "path")))
    years = sorted({*range(first, last + 1), *([now] if isinstance(now, int) else [])})
    return [{"value": str(year), "label": year_word(year, lang)} for year in years]


def against_options(desk: Desk, runs: Mapping[str, Run], content: Mapping[str, Any], lang: str) -> list[Option]:
    """Return what the scenario can be compared with, grouped: the city as it is, locked bases, others' and own ones."""
    itself, now = content.get("id"), content.get("compare_to")
    locked = starting.locked_bases(runs)
    own = {info.scenario_id: info.title.get(lang) for info in desk.drafts.infos()}
    shipped = [name for name in list_library() if name not in own]
    groups = {
        "edit_against_locked": [(name, starting.title_of(name, lang)) for name in shipped if name in locked],
        "edit_against_own": list(own.items()),
        "edit_against_shipped": [(name, starting.title_of(name, lang)) for name in shipped if name not in locked],
    }
    groups["edit_against_locked"].append((AS_IT_IS, say(lang, "edit_against_none")))
    known = {name for rows in groups.values() for name, _ in rows}
    if now and now not in known:
        groups["edit_against_shipped"].append((str(now), str(now)))
    return [
        {
            "group": say(lang, key),
            "items": [{"value": value, "label": label} for value, label in rows if value != itself],
        }
        for key, rows in groups.items()
        if any(value != itself for value, _ in rows)
    ]
