"""Owns what is saved of the maps on the screen: the menu in the head, and the cells as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from dash import html

from app.components.attributes import aria, marked
from app.features.compare.metrics import PERSONS_COLUMN, shown_column
from app.features.compare.paint import is_by_district
from app.features.compare.shown import is_timed, shown_runs, shown_values
from app.text import say

if TYPE_CHECKING:
    import pandas as pd

    from app.features.compare.state import ViewState
    from app.services import Services

PNG, CSV = "view.png", "view.csv"


def build_export_menu(lang: str) -> html.Details:
    """Return the menu; map-export.js puts the address of the moment behind the links and copies it."""
    links = [
        html.A(say(lang, f"export_{kind}"), href=name, download=name, **marked(export=name))
        for kind, name in (("png", PNG), ("csv", CSV))
    ]
    copied = html.Span(className="export-told", role="status", **marked(done=say(lang, "export_copied")))
    link = html.Button(say(lang, "export_link"), type="button", **marked(export="link"))
    menu = html.Div([*links, link, copied], className="export-list")
    summary = html.Summary(say(lang, "export"), className="button targets", **aria(label=say(lang, "export_what")))
    return html.Details([summary, menu], className="export", id="export")


def view_table(services: Services, state: ViewState) -> pd.DataFrame:
    """
    Return the cells of the maps on the screen: place, residents and value of each scenario, differences from the left.

    Values as runs hold them (`inf` = unreachable, empty = nothing to tell), units as the columns' names say. In a
    public view nothing is said of cells with few persons.
    """
    import pandas as pd  # noqa: PLC0415 - slow

    cells, column = services.city.population, shown_column(state)
    runs = list(dict.fromkeys(shown_runs(services, state).values()))
    by_district = is_by_district(runs, column)
    names = cells.district_name_en if state.lang == "en" else cells.district_name
    table: dict[str, Any] = {
        "cell_id": cells.cell_id.astype(object),
        "district_id": np.append(cells.district_id.astype(object), "")[cells.district],
        "district": np.append(names.astype(object), "")[cells.district],
    }
    measured = f"{column}_{state.window}_{state.percentile or 'own'}" if is_timed(state) else column
    values = {}
    for run in runs:
        few = services.hidden(run, "persons") & state.public
        values[run] = np.where(few, np.nan, shown_values(services, run, state, by_district=by_district))
        own = PERSONS_COLUMN[state.group]
        table[f"{own}__{run.run_id}"] = services.column(run, own, public=state.public)
        table[f"{measured}__{run.run_id}"] = values[run]
    for run in runs[1:]:
        with np.errstate(invalid="ignore"):  # out of reach on both sides: no difference to tell
            table[f"difference__{run.run_id}__minus__{runs[0].run_id}"] = values[run] - values[runs[0]]
    return pd.DataFrame(table)
