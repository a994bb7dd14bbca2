"""Owns the tools of the editor: what each asks for, and how many places it needs."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

FieldKind = Literal["text", "number", "clock", "choice", "choices"]
Spots = Literal["none", "one", "line", "stops", "area"]
ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Field:
    """
    One thing that a tool asks for; its label is ``edit_field_<name>``.

    `options`: where choices come from (`app.features.edit.places`). `low`, `high`: ends of a number.
    """

    name: str
    kind: FieldKind
    usual: str | float | tuple[str, ...] | None = None
    options: str = ""
    low: float | None = None
    high: float | None = None
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Tool:
    """
    One tool; its name is ``edit_tool_<key>``, its help ``edit_help_<key>``.

    `spots`: one place, a line of places, existing stops, corners of an area, or none; `least`: how many it needs.
    """

    key: str
    fields: tuple[Field, ...]
    spots: Spots = "none"
    least: int = 0


DAYS = Field("days", "choices", ("weekday", "saturday", "holiday"), "days")
FROM, UNTIL = Field("start", "clock", "06:00"), Field("end", "clock", "21:00")
SPEED = Field("speed_kmh", "number", 22.0, low=1, high=320)

_TOOLS = (
    Tool(
        "extend",
        (Field("join", "choice", None, "joins"), Field("back", "choice", None, "joins", needed=False), SPEED),
        "line",
        1,
    ),
    Tool(
        "line",
        (
            Field("name", "text"),
            Field("route_class", "choice", "bus", "classes"),
            Field("headway_min", "number", 30.0, low=1, high=1440),
            FROM,
            UNTIL,
            DAYS,
            SPEED,
        ),
        "line",
        2,
    ),
    Tool(
        "frequency",
        (
            Field("routes", "choices", (), "routes"),
            Field("headway_min", "number", None, low=1, high=1440, needed=False),
            Field("scale_percent", "number", None, low=1, high=200, needed=False),
            FROM,
            UNTIL,
            DAYS,
        ),
    ),
    Tool("remove_stops", (Field("routes", "choices", (), "routes"),), "stops", 1),
    Tool(
        "hub",
        (
            Field("name", "text"),
            Field("radius_m", "number", 150.0, low=10, high=2000),
            Field("min_transfer_time_min", "number", 2.0, low=0.5, high=60, needed=False),
        ),
        "one",
        1,
    ),
    Tool(
        "area",
        (
            Field("name", "text"),
            Field("districts", "choices", (), "districts", needed=False),
            Field("to", "choices", (ANYWHERE,), "destinations"),
            Field("vehicles", "number", 2.0, low=1, high=500),
            Field("seats", "number", 8.0, low=1, high=200),
            Field("max_wait_min", "number", 30.0, low=1, high=240),
            Field("start", "clock", "07:00"),
            Field("end", "clock", "19:00"),
            Field("days", "choices", ("weekday",), "days"),
        ),
        "area",
    ),
    Tool(
        "visit",
        (
            Field("plan", "choice", "", "plans", needed=False),
            Field("name", "text"),
            Field("weekday", "choice", "tue", "weekdays"),
            Field("weeks", "choices", ("1", "3"), "weeks", needed=False),
            Field("start", "clock", "10:00"),
            Field("end", "clock", "12:00"),
        ),
        "one",
        1,
    ),
    Tool("open", (Field("name", "text"), Field("category", "choice", "clinic", "kinds")), "one", 1),
    Tool(
        "close",
        (
            Field("category", "choice", "clinic", "closing"),
            Field("count", "number", 1.0, low=0, high=1000),
            Field("districts", "choices", (), "districts", needed=False),
        ),
    ),
    Tool(
        "relocate",
        (
            Field("category", "choice", "clinic", "closing"),
            Field("districts", "choices", (), "districts"),
            Field("name", "text"),
        ),
        "one",
        1,
    ),
    Tool(
        "homes",
        (
            Field("name", "text"),
            Field("dwellings", "number", 100.0, low=0, high=100_000),
            Field("radius_m", "number", 300.0, low=50, high=5000),
            Field("from_city_percent", "number", 50.0, low=0, high=100),
        ),
        "one",
        1,
    ),
    Tool(
        "people",
        (Field("districts", "choices", (), "districts"), Field("scale_percent", "number", 110.0, low=0, high=1000)),
    ),
)
TOOLS: Mapping[str, Tool] = MappingProxyType({tool.key: tool for tool in _TOOLS})
