"""Owns the tables of the page of on-demand fleets: services, vehicles, the day's requests, what drives itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dash import html

from app.components.plain_table import number, per_cent, plain_table
from app.text import say
from sim.kpi.words import format_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Row = dict[str, Any]
FATES = ("served", "rejected", "withdrawn", "no_show")


def rows_of(table: pd.DataFrame | None, service_id: str) -> list[Row]:
    """Return the rows of a table that belong to one service."""
    if table is None:
        return []
    own = table[table["service_id"] == service_id]
    return [{str(key): value for key, value in row.items()} for row in own.to_dict("records")]


def figures(row: Row, lang: str) -> html.Dl:
    """Return the figures of an average day of one service."""
    told = [
        ("vehicles", f"{number(row['vehicles'])} × {number(row['seats'])}"),
        ("hours", f"{row['start']}–{row['end']}"),
        ("requests", number(row.get("requests_per_day"), 1)),
        ("persons", number(row.get("persons_per_day"), 1)),
        ("refused", per_cent(row.get("rejection_share"))),
        ("no_show", per_cent(row.get("no_show_share"))),
        ("wait", number(row.get("wait_median_min"), 1)),
        ("wait_p90", number(row.get("wait_p90_min"), 1)),
        ("occupancy", number(row.get("occupancy"), 2)),
        ("empty", per_cent(row.get("empty_km_share"))),
        ("km", number(row.get("vehicle_km_per_day"), 1)),
    ]
    return html.Dl(
        [
            html.Div([html.Dt(say(lang, f"mobility_fig_{key}")), html.Dd(value)], className="figure")
            for key, value in told
        ],
        className="figures",
    )


def vehicles_table(rows: list[Row], lang: str) -> html.Section:
    """Return what each vehicle does on an average day."""
    headings = [say(lang, f"mobility_col_{name}") for name in ("vehicle", "rides", "loaded_km", "empty_km", "loaded_h")]
    names = (("rides_per_day", 2), ("loaded_km_per_day", 1), ("empty_km_per_day", 1), ("loaded_h_per_day", 2))
    body = [
        [say(lang, "mobility_vehicle", n=int(row["vehicle"])), *(number(row[name], digits) for name, digits in names)]
        for row in rows
    ]
    return plain_table(say(lang, "mobility_vehicles"), headings, body)


def requests_table(requests: list[Row], lang: str) -> html.Section:
    """Return what became of every request of the day that is played, counted and one by one: the twin of the map."""
    names = ("wish", "party", "fate", "picked", "waited", "down")
    headings = [say(lang, f"mobility_col_{name}") for name in names]
    body = [
        [
            format_clock(one["wish"]),
            number(one["persons"]),
            say(lang, f"mobility_fate_{fate_of(one)}"),
            "–" if one["picked"] is None else format_clock(one["picked"]),
            "–" if one["picked"] is None else number(max(0, one["picked"] - one["wish"]) / 60, 1),
            "–" if one["down"] is None else format_clock(one["down"]),
        ]
        for one in requests
    ]
    return plain_table(say(lang, "mobility_requests"), headings, body)


def fate_of(request: Row) -> str:
    """Return what became of a request: served, rejected, withdrawn, or nobody came."""
    if request["told"] != "accepted":
        return str(request["told"])
    return "no_show" if request["missed"] is not None else "served"


def fates_told(requests: list[Row], lang: str) -> str:
    """Return how many requests of the day were served, refused, withdrawn, and how many never came."""
    counts = Counter(fate_of(one) for one in requests)
    return say(lang, "mobility_day_fates", n=len(requests), **{fate: counts[fate] for fate in FATES})


def autonomous_table(features: list[Row], names: Mapping[str, str], lang: str) -> list[Any]:
    """
    Return the autonomous operations of a run, or that there are none.

    Parameters
    ----------
    features
        Layer of what drives itself.
    names
        Japanese name → name in the language of the page.
    lang
        Language of the page.
    """
    found = {str(one["properties"]["operation_id"]): one["properties"] for one in features}
    if not found:
        return [html.P(say(lang, "mobility_no_autonomous"))]
    columns = ("operation", "speed", "weather", "attendant", "runs")
    headings = [say(lang, f"mobility_col_{name}") for name in columns]
    body = [
        [
            names.get(str(one.get("name")), str(one.get("name") or operation_id)),
            number(one.get("max_speed_kmh")),
            per_cent(one.get("weather_availability"), 0),
            say(lang, f"mobility_attendant_{one.get('attendant', 'driver')}"),
            number(one.get("runs")),
        ]
        for operation_id, one in found.items()
    ]
    return [plain_table(say(lang, "mobility_autonomous"), headings, body)]
