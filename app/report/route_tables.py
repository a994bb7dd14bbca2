"""Owns the routes of a run as tables: routes, their stops in order, and their runs, with GTFS words for columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.report.route_facts import DAYS
from app.report.table_csv import write_csv
from app.text import say
from geodata.calendar import format_time
from geodata.units import SECONDS_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.report.order import Order
    from app.report.route_facts import RouteFacts
    from app.runs import Run


ROUTE_COLUMNS = (
    "route_id",
    "route_name",
    "route_class",
    "status",
    "patterns",
    *(f"runs_{day}" for day in DAYS),
    "first",
    "last",
    "headway_min_shortest",
    "headway_min_longest",
    "has_times",
)
STOP_COLUMNS = (
    "route_id",
    "pattern_id",
    "direction_id",
    "trip_headsign",
    "stop_sequence",
    "stop_id",
    "stop_name",
    "minutes_from_first",
    "km_from_first",
    "position_error_m",
)
RUN_COLUMNS = (
    "route_id",
    "pattern_id",
    "trip_headsign",
    "day",
    "trip_id",
    "departure_time",
    "start_time",
    "end_time",
    "headway_secs",
    "status",
    "note",
)


def write_tables(order: Order, run: Run, routes: tuple[RouteFacts, ...]) -> tuple[Path, ...]:
    """Write routes, stops and runs as CSV; stops and minutes of assumed routes stand in none of them."""
    tables = (
        ("routes", ROUTE_COLUMNS, route_rows(routes)),
        ("route-stops", STOP_COLUMNS, stop_rows(routes)),
        ("timetable", RUN_COLUMNS, run_rows(routes, order.lang)),
    )
    return tuple(
        write_csv(order.folder / f"{run.run_id}-{name}.csv", columns, ([row[c] for c in columns] for row in rows))
        for name, columns, rows in tables
    )


def route_rows(routes: tuple[RouteFacts, ...]) -> Iterator[dict[str, Any]]:
    """Yield one row per route."""
    for route in routes:
        ends, headways = route.first_and_last("weekday"), route.headways("weekday")
        yield {
            "route_id": route.route_id,
            "route_name": route.name,
            "route_class": route.route_class,
            "status": str(route.status),
            "patterns": len(route.ways),
            **{f"runs_{day}": route.runs(day) for day in DAYS},
            "first": format_time(ends[0])[:5] if ends else "",
            "last": format_time(ends[1])[:5] if ends else "",
            "headway_min_shortest": headways[0] if headways else None,
            "headway_min_longest": headways[1] if headways else None,
            "has_times": int(route.has_times),
        }


def stop_rows(routes: tuple[RouteFacts, ...]) -> Iterator[dict[str, Any]]:
    """Yield the stops of known routes in order."""
    for route in routes:
        for way in () if route.assumed else route.ways:
            for stop in way.stops:
                yield {
                    "route_id": route.route_id,
                    "pattern_id": way.pattern_id,
                    "direction_id": way.direction,
                    "trip_headsign": way.headsign,
                    "stop_sequence": stop.sequence,
                    "stop_id": stop.stop_id,
                    "stop_name": stop.name,
                    "minutes_from_first": round(stop.minutes, 1),
                    "km_from_first": round(stop.km, 2),
                    "position_error_m": stop.error_m,
                }


def run_rows(routes: tuple[RouteFacts, ...], lang: str) -> Iterator[dict[str, Any]]:
    """Yield runs by type of day: a departure where it is published, else from when to when and how often."""
    for route in routes:
        for way in route.ways:
            for day in DAYS:
                for span in way.spans[day]:
                    timed = span.headway_min is None
                    yield {
                        "route_id": route.route_id,
                        "pattern_id": way.pattern_id,
                        "trip_headsign": "" if route.assumed else way.headsign,
                        "day": day,
                        "trip_id": span.trip_id,
                        "departure_time": format_time(span.start_s) if timed else "",
                        "start_time": "" if timed else format_time(span.start_s),
                        "end_time": "" if timed else format_time(span.end_s),
                        "headway_secs": "" if timed else round((span.headway_min or 0) * SECONDS_PER_MIN),
                        "status": str(route.status),
                        "note": "" if timed else say(lang, "report.no_minutes"),
                    }
