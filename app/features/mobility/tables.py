"""Owns the tables of the page of on-demand fleets: services, hours with their waits, vehicles, the day's requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.components.attributes import aria
from app.components.plain_table import number, per_cent, plain_table
from app.text import say
from sim.kpi.words import format_clock

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


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


def waits(rows: list[Row], lang: str) -> list[Any]:
    """Return waits by hour as bars (mean and 90th percentile) and as a table."""
    if not rows:
        return []
    most = max([1.0, *(float(row["wait_p90_min"]) for row in rows)])
    bars = html.Div(
        [_bar(row, most) for row in rows], className="wait-bars", role="img", **aria(label=_told(rows, lang))
    )
    key = html.P(
        [
            html.Span(className="key-mean"),
            say(lang, "mobility_mean"),
            html.Span(className="key-p90"),
            say(lang, "mobility_p90"),
        ],
        className="map-key",
    )
    names = ("hour", "requests", "served", "refused", "wait_mean", "wait_p90", "detour")
    headings = [say(lang, f"mobility_col_{name}") for name in names]
    body = [
        [
            f"{int(row['hour'])}:00",
            number(row["requests_per_day"], 2),
            number(row["served_per_day"], 2),
            per_cent(row["rejection_share"]),
            number(row["wait_mean_min"], 1),
            number(row["wait_p90_min"], 1),
            number(row["detour_factor"], 2),
        ]
        for row in rows
    ]
    return [bars, key, plain_table(say(lang, "mobility_hours"), headings, body)]


def _told(rows: list[Row], lang: str) -> str:
    parts = [
        f"{int(row['hour'])}:00 {number(row['wait_mean_min'], 1)}–{number(row['wait_p90_min'], 1)}" for row in rows
    ]
    return f"{say(lang, 'mobility_hours')}: {', '.join(parts)}"


def _bar(row: Row, most: float) -> html.Div:
    mean, late = (max(0.0, float(row[name])) for name in ("wait_mean_min", "wait_p90_min"))
    return html.Div(
        [
            html.Div(
                [
                    html.Div(className="bar-p90", style={"height": f"{100 * late / most:.1f}%"}),
                    html.Div(className="bar-mean", style={"height": f"{100 * mean / most:.1f}%"}),
                ],
                className="bar",
            ),
            html.Span(str(int(row["hour"]))),
        ],
        className="wait-hour",
    )


def vehicles_table(rows: list[Row], lang: str) -> html.Div:
    """Return what each vehicle does on an average day."""
    headings = [say(lang, f"mobility_col_{name}") for name in ("vehicle", "rides", "loaded_km", "empty_km", "loaded_h")]
    names = (("rides_per_day", 2), ("loaded_km_per_day", 1), ("empty_km_per_day", 1), ("loaded_h_per_day", 2))
    body = [
        [say(lang, "mobility_vehicle", n=int(row["vehicle"])), *(number(row[name], digits) for name, digits in names)]
        for row in rows
    ]
    return plain_table(say(lang, "mobility_vehicles"), headings, body)


def requests_table(requests: list[Row], lang: str) -> html.Div:
    """Return what became of every request of the day that is played: the twin of the map."""
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


def autonomous_table(features: list[Row], lang: str) -> list[Any]:
    """Return the autonomous operations of a run, or nothing where there are none."""
    found = {str(one["properties"]["operation_id"]): one["properties"] for one in features}
    if not found:
        return [html.P(say(lang, "mobility_no_autonomous"))]
    names = ("operation", "speed", "weather", "attendant", "runs")
    headings = [say(lang, f"mobility_col_{name}") for name in names]
    body = [
        [
            str(one.get("name") or operation_id),
            number(one.get("max_speed_kmh")),
            per_cent(one.get("weather_availability"), 0),
            say(lang, f"mobility_attendant_{one.get('attendant', 'driver')}"),
            number(one.get("runs")),
        ]
        for operation_id, one in found.items()
    ]
    return [plain_table(say(lang, "mobility_autonomous"), headings, body)]
