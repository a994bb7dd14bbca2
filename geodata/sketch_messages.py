"""Owns what is told about timetables that were sketched: what was assumed, what could not be told."""

from __future__ import annotations

from geodata.errors import Problem, Text, warning
from geodata.readers.tables import listed, note


def assumed(n_lines: int, published: int) -> Problem:
    """Tell that lines have no timetable, and how many of them have a published number of runs."""
    return warning(
        "sketch.assumed",
        "timetable",
        Text(
            f"時刻表のない路線です（本数は {published} 路線が公表値、ほかは仮定。時刻・所要時間はすべて仮定）",
            f"lines without a timetable ({published} with published runs a day; all times are assumed)",
        ),
        Text("GTFS があれば gtfs: に加え、ksj: から外してください", "if there is GTFS, use gtfs: instead"),
        n_lines,
    )


def unclear(names: list[str]) -> Problem:
    """Tell which lines are left out because the order of their stops is not known."""
    return warning(
        "sketch.no_order",
        "timetable",
        Text(
            f"停留所の順番が決められない路線を使いません: {listed(names, 6)}",
            f"lines whose order of stops cannot be told are not used: {listed(names, 6)}",
        ),
        Text("N07（2011 年版）か GTFS で経路を加えてください", "give their course with N07 (edition 2011) or GTFS"),
        len(names),
    )


def few(names: list[str]) -> Problem:
    """Tell which lines are left out for want of stops."""
    return note(
        "sketch.few_stops",
        "timetable",
        Text(f"停留所が 2 つない路線を使いません: {listed(names, 6)}", f"lines without two stops: {listed(names, 6)}"),
        count=len(names),
    )


def no_runs(names: list[str]) -> Problem:
    """Tell which lines have a published number of runs of 0."""
    return note(
        "sketch.no_runs",
        "timetable",
        Text(f"公表の本数が 0 の路線: {listed(names, 6)}", f"lines with no published runs: {listed(names, 6)}"),
        count=len(names),
    )


def alone(count: int) -> Problem:
    """Tell how many stops no line serves."""
    return note(
        "sketch.stops_alone",
        "timetable",
        Text("どの路線も止まらない停留所・駅（位置だけ残します）", "stops that no line serves (kept as places)"),
        count=count,
    )
