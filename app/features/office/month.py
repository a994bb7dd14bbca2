"""Owns the month of a mobile city office as a calendar: weeks down, weekdays across, visits in order of the day."""

from __future__ import annotations

import calendar
import datetime as dt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dash import html

from app.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

OPEN = "開設"
WEEKDAYS = 5


def month_table(
    month: pd.DataFrame, numbers: dict[str, int], lang: str, names: Mapping[str, str] = MappingProxyType({})
) -> html.Section:
    """
    Return the month as a calendar.

    Parameters
    ----------
    month
        Table ``office_month``: one row per visit and date.
    numbers
        Place → its number on the map.
    lang
        Language of the page.
    names
        Place → its name in that language; the calendar itself has the Japanese ones.
    """
    days: dict[dt.date, list[dict[str, Any]]] = {}
    for row in month.astype(object).where(month.notna(), "").to_dict("records"):
        days.setdefault(dt.date.fromisoformat(str(row["date"])), []).append(
            {str(k): v for k, v in row.items()} | {"place": names.get(str(row["place_id"]), row["place"])}
        )
    first = min(days)
    last_column = max(WEEKDAYS, 1 + max(day.weekday() for day in days))
    begins = first.replace(day=1)
    last = begins.replace(day=calendar.monthrange(first.year, first.month)[1])
    n_weeks = (_monday(last) - _monday(begins)).days // 7 + 1
    weeks = [_monday(begins) + dt.timedelta(weeks=n) for n in range(n_weeks)]
    head = html.Tr([html.Th(say(lang, f"weekday_{n}"), scope="col") for n in range(last_column)])
    body = [
        html.Tr([_day(monday + dt.timedelta(days=n), days, first.month, numbers, lang) for n in range(last_column)])
        for monday in weeks
    ]
    words = say(lang, "office_month", year=first.year, month=first.month)
    table = html.Table([html.Caption(words), html.Thead(head), html.Tbody(body)], className="month")
    return html.Section(table, className="table-scroll", tabIndex=0)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _day(
    day: dt.date, days: dict[dt.date, list[dict[str, Any]]], month: int, numbers: dict[str, int], lang: str
) -> html.Td:
    if day.month != month:
        return html.Td("", className="other-month")
    rows = sorted(days.get(day, []), key=lambda row: (row["vehicle"], row["order"]))
    visits = [_visit(row, numbers, lang) for row in rows]
    return html.Td([html.Span(str(day.day), className="day"), *visits], className="has-visits" if rows else "")


def _visit(row: dict[str, Any], numbers: dict[str, int], lang: str) -> html.Div:
    is_open = row["status"] == OPEN
    mark = html.Span(str(numbers.get(str(row["place_id"]), "")), className="visit-number")
    times = html.Span(f"{row['open']}–{row['close']}", className="visit-times")
    rest = [] if is_open else [html.Span(say(lang, "office_closed"), className="visit-closed")]
    return html.Div(
        [mark, times, html.Span(str(row["place"]), className="visit-place"), *rest],
        className="visit" if is_open else "visit visit-rest",
    )
