"""Owns 路線カルテ, 系統図 and 時刻表: each known route on sheets of its own, assumed ones in one list without stops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.import_report.markup import esc, tag
from app.report import pdf_blocks as blocks
from app.report.pdf import write_pdf
from app.report.route_facts import DAYS, routes_of
from app.report.route_tables import write_tables
from app.report.wording import digest_line
from app.text import say
from app.text.notes import translate_notes
from geodata.calendar import format_time
from geodata.provenance import STATUS_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.report.order import Order
    from app.report.route_facts import RouteFacts, Span, StopOnWay, Way
    from app.runs import Run

OPERATIONS, LOADS = "operations_routes", "ride_loads"
SIGNS = {"rail": "#17212b", "brt": "#d1495b"}
PLAIN = "#56657a"
ROWS_PER_STRIP = 34
"""Stops of a way that stand in one column."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One run: its routes by id, and the tables that say what they take and carry."""

    run: Run
    routes: dict[str, RouteFacts]

    def figure(self, table: str, route_id: str, column: str) -> float | None:
        """Return a number of a table of the run; None where it is not known."""
        found = self.run.stored.tables.get(table)
        if found is None or column not in found:
            return None
        hit = found[found["route_id"] == route_id]
        value = float(hit[column].iloc[0]) if len(hit) else math.nan
        return None if math.isnan(value) else value

    def note(self, table: str, route_id: str) -> str:
        """Return what a table says of a route."""
        found = self.run.stored.tables.get(table)
        hit = None if found is None else found[found["route_id"] == route_id]
        return str(hit["note"].iloc[0]) if hit is not None and len(hit) and isinstance(hit["note"].iloc[0], str) else ""


def write_routes(order: Order) -> tuple[Path, ...]:
    """Write the routes of a run beside what it compares with: sheets as PDF, or tables as CSV."""
    lang = order.lang
    left, right = order.pairs[0]
    order.tell(say(lang, "report.counting"), 0.1)
    sides = [side_of(order, run) for run in dict.fromkeys((left, right))]
    if order.format == "csv":
        return write_tables(order, right, tuple(sides[-1].routes.values()))
    known = [route for route in sides[-1].routes.values() if not route.assumed]
    parts = [front(order, left, right, sides)]
    parts += [sheet(route, sides, lang) for route in known]
    order.tell(say(lang, "report.setting"), 0.5)
    path = order.folder / f"{right.run_id}-routes.pdf"
    title = f"{say(lang, 'report.routes')}: {right.title.get(lang)}"
    foot = digest_line(order.services, (left, right), lang)
    write_pdf(path, "".join(parts), title=esc(title), lang=lang, page="A4 portrait", foot=foot)
    return (path,)


def side_of(order: Order, run: Run) -> Side:
    """Return the routes of the city that a run was computed on."""
    found = routes_of(order.services.applied(run).city, order.lang)
    return Side(run, {route.route_id: route for route in found})


# ---------------------------------------------------------------- list of all


def front(order: Order, left: Run, right: Run, sides: Sequence[Side]) -> str:
    """Return the first page: every route with what it runs and takes, and the rule for assumed ones."""
    lang = order.lang
    beside = [say(lang, "report.against", other=left.title.get(lang)), say(lang, "report.not_official")]
    keys = ("route", "class", "state", "runs_weekday", "interval_day", "km_year", "hours_year", "cost")
    heads = [say(lang, f"report.route_{key}") for key in keys]
    rows = [list_row(route, sides[-1], lang) for route in sides[-1].routes.values()]
    return "".join(
        [
            blocks.head(order, say(lang, "report.routes"), right.title.get(lang), beside),
            blocks.table(heads, rows, "means", range(3, len(heads))),
            tag("p", esc(say(lang, "report.route_rule")), class_="small"),
            tag("p", esc(say(lang, "report.route_source")), class_="tiny quiet"),
        ]
    )


def list_row(route: RouteFacts, side: Side, lang: str) -> str:
    """Return one route of the list."""
    figures = [
        side.figure(OPERATIONS, route.route_id, column) for column in ("km_year", "hours_year", "cost_thousand_yen")
    ]
    cells = [runs_words(route, side, "weekday"), headway_words(route, "weekday", lang), *map(number, figures)]
    texts = [
        esc(route.name),
        esc(class_words(route, lang)),
        tag("span", esc(STATUS_TEXT[route.status].get(lang)), class_="badge"),
    ]
    return tag(
        "tr", "".join(tag("td", text) for text in texts) + "".join(tag("td", esc(cell), class_="num") for cell in cells)
    )


def class_words(route: RouteFacts, lang: str) -> str:
    """Return what a route is."""
    return say(lang, f"report.class_{route.route_class}")


def runs_words(route: RouteFacts, side: Side, day: str) -> str:
    """Return runs of a day: as the model of operations counts them on weekdays, else as the timetable has them."""
    counted = side.figure(OPERATIONS, route.route_id, "weekday_runs") if day == "weekday" else None
    return number(counted if counted is not None else float(route.runs(day)))


def headway_words(route: RouteFacts, day: str, lang: str) -> str:
    """Return how far apart runs are: 15–60 分."""
    ends = route.headways(day)
    if ends is None:
        return "—"
    low, high = (minutes_words(end) for end in ends)
    return say(lang, "report.minutes", minutes=low if low == high else f"{low}–{high}")


def minutes_words(minutes: float) -> str:
    """Return minutes without needless decimals."""
    return f"{minutes:.1f}".removesuffix(".0")


def number(value: float | None) -> str:
    """Return a whole number, separated; — without one."""
    return "—" if value is None else f"{value:,.0f}"


# ---------------------------------------------------------------- one route


def sheet(route: RouteFacts, sides: Sequence[Side], lang: str) -> str:
    """Return the sheets of one route: figures before and after, strip of stops, timetable."""
    beneath = f"{class_words(route, lang)} ・ {STATUS_TEXT[route.status].get(lang)}"
    title = tag("h1", esc(route.name)) + tag("p", esc(beneath), class_="quiet")
    parts = [tag("div", title, class_="next"), figures_table(route, sides, lang)]
    for way in route.ways:
        heading = say(lang, "report.way", headsign=way.headsign, n=len(way.stops))
        parts += [tag("h2", esc(heading)), timetable(way, lang), strip(way, route, lang)]
    return "".join(parts)


def figures_table(route: RouteFacts, sides: Sequence[Side], lang: str) -> str:
    """Return the figures of a route in both runs."""
    heads = ["", *(side.run.title.get(lang) for side in sides)]
    here = [side.routes.get(route.route_id) for side in sides]
    lines = [
        [say(lang, f"report.runs_{day}"), *(runs_of_side(side, route.route_id, day) for side in sides)] for day in DAYS
    ]
    lines.append([say(lang, "report.span"), *(span_words(one, lang) for one in here)])
    lines.append([say(lang, "report.route_interval_day"), *(day_headways(one, lang) for one in here)])
    for column in ("weekday_km", "km_year", "hours_year", "vehicles_alone", "cost_thousand_yen"):
        cells = [number(side.figure(OPERATIONS, route.route_id, column)) for side in sides]
        lines.append([say(lang, f"report.figure_{column}"), *cells])
    lines.append([say(lang, "report.figure_boardings"), *(boardings(side, route.route_id, lang) for side in sides)])
    rows = [
        tag("tr", tag("td", esc(line[0])) + "".join(tag("td", esc(cell), class_="num") for cell in line[1:]))
        for line in lines
    ]
    return blocks.table(heads, rows, "means", range(1, len(heads)))


def runs_of_side(side: Side, route_id: str, day: str) -> str:
    """Return the runs of a route in one run; — where it has none."""
    route = side.routes.get(route_id)
    return "—" if route is None else runs_words(route, side, day)


def span_words(route: RouteFacts | None, lang: str) -> str:
    """Return from when to when a route runs on weekdays."""
    ends = None if route is None else route.first_and_last("weekday")
    if ends is None or route is None:
        return "—"
    first, last = (format_time(end)[:5] for end in ends)
    return f"{first}–{last}" if route.has_times else say(lang, "report.about_span", first=first, last=last)


def day_headways(route: RouteFacts | None, lang: str) -> str:
    """Return the headways of weekdays."""
    return "—" if route is None else headway_words(route, "weekday", lang)


def boardings(side: Side, route_id: str, lang: str) -> str:
    """Return how many board on a day, or why nobody can say."""
    known = side.figure(LOADS, route_id, "boardings_day")
    if known is not None:
        return number(known)
    return "、".join(translate_notes(side.note(LOADS, route_id), lang)) or "—"


def timetable(way: Way, lang: str) -> str:
    """Return the timetable of a way: minutes by hour where they are published, else headways, said to be that."""
    parts = []
    alike: dict[tuple[tuple[int, int, float | None], ...], list[str]] = {}
    for day in DAYS:
        alike.setdefault(tuple((s.start_s, s.end_s, s.headway_min) for s in way.spans[day]), []).append(day)
    for days in alike.values():
        spans = way.spans[days[0]]
        if not spans:
            continue
        timed = [span for span in spans if span.headway_min is None]
        every = [span for span in spans if span.headway_min is not None]
        parts.append(tag("h3", esc("・".join(say(lang, f"report.day_{day}") for day in days))))
        if timed:
            parts.append(hours_table(timed, lang, few=bool(every)))
        if every:
            parts.append(headway_table(every, lang))
    return "".join(parts)


def hours_table(spans: Sequence[Span], lang: str, *, few: bool) -> str:
    """Return departures of the first stop: an hour a row, its minutes beside it."""
    hours: dict[int, list[str]] = {}
    for span in spans:
        minute = int(span.start_s) // 60
        hours.setdefault(minute // 60, []).append(f"{minute % 60:02d}")
    rows = [
        tag("tr", tag("td", str(hour), class_="num") + tag("td", esc("　".join(found))))
        for hour, found in hours.items()
    ]
    heads = [say(lang, "report.hour"), say(lang, "report.minute_first" if not few else "report.minute_known")]
    return blocks.table(heads, rows, "means", columns='<col style="width:12%"><col>')


def headway_table(spans: Sequence[Span], lang: str) -> str:
    """Return how often it runs at which time of day."""
    rows = []
    for span in spans:
        when = f"{format_time(span.start_s)[:5]}–{format_time(span.end_s)[:5]}"
        every = say(lang, "report.every", minutes=minutes_words(span.headway_min or 0.0))
        rows.append(tag("tr", tag("td", esc(when)) + tag("td", esc(every))))
    heads = [say(lang, "report.when"), say(lang, "report.assumed_headway")]
    return blocks.table(heads, rows, "means", columns='<col style="width:30%"><col>')


# ---------------------------------------------------------------- strip of stops


def strip(way: Way, route: RouteFacts, lang: str) -> str:
    """Return 系統図: the stops in order along a line, with minutes and kilometres from the first."""
    color = SIGNS.get(route.route_class, PLAIN)
    last = len(way.stops) - 1
    rows = [stop_row(stop, color, n == 0, n == last, lang) for n, stop in enumerate(way.stops)]
    chunks = [rows[k : k + ROWS_PER_STRIP] for k in range(0, len(rows), ROWS_PER_STRIP)]
    heads = ["", say(lang, "report.stop"), say(lang, "report.min"), "km", say(lang, "report.changes")]
    wide = "".join(f'<col style="width:{percent}%">' for percent in (5, 38, 9, 9, 39))
    note = say(lang, "report.strip_note")
    return "".join(blocks.table(heads, chunk, "strip-line", (2, 3), columns=wide) for chunk in chunks) + tag(
        "p", esc(note), class_="tiny quiet"
    )


def stop_row(stop: StopOnWay, color: str, is_first: bool, is_last: bool, lang: str) -> str:
    """Return one stop: the line through it, its name, and where one may change."""
    top, foot = (14 if is_first else 0), (14 if is_last else 28)
    picture = (
        f'<svg viewBox="0 0 20 28" xmlns="http://www.w3.org/2000/svg" style="width:4.2mm;height:5.9mm;display:block">'
        f'<path d="M10 {top}V{foot}" stroke="{color}" stroke-width="5"/>'
        f'<circle cx="10" cy="14" r="5" fill="#fff" stroke="{color}" stroke-width="2.6"/></svg>'
    )
    error: Any = say(lang, "report.error", metres=f"{stop.error_m:.0f}") if stop.error_m > 0 else ""
    name = esc(stop.name) + (tag("span", esc(f" {error}"), class_="tiny quiet") if error else "")
    cells = [tag("td", picture), tag("td", name), tag("td", minutes_words(round(stop.minutes)), class_="num")]
    cells += [tag("td", f"{stop.km:.1f}", class_="num"), tag("td", esc("、".join(stop.changes)), class_="small quiet")]
    return tag("tr", "".join(cells))
