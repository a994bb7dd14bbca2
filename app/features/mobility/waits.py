"""Owns waits by hour: bars of mean and 90th percentile with their minutes, and the table that tells the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.components.attributes import aria
from app.components.plain_table import number, per_cent, plain_table
from app.text import say

if TYPE_CHECKING:
    from app.features.mobility.tables import Row


def waits(rows: list[Row], lang: str) -> list[Any]:
    """Return waits by hour as bars (mean and 90th percentile) and as a table."""
    if not rows:
        return []
    most = max([1.0, *(_minutes(row, "wait_p90_min") for row in rows)])
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


def _minutes(row: Row, name: str) -> float:
    """Return a wait to draw [min]; an hour without riders has none."""
    found = float(row[name])
    return found if found > 0 else 0.0


def _bar(row: Row, most: float) -> html.Div:
    mean, late = (_minutes(row, name) for name in ("wait_mean_min", "wait_p90_min"))
    return html.Div(
        [
            html.Span(number(late, 0), className="wait-late"),
            html.Div(
                [
                    html.Div(className="bar-p90", style={"height": f"{100 * late / most:.1f}%"}),
                    html.Div(
                        html.Span(number(mean, 0)), className="bar-mean", style={"height": f"{100 * mean / most:.1f}%"}
                    ),
                ],
                className="bar",
            ),
            html.Span(str(int(row["hour"]))),
        ],
        className="wait-hour",
    )
