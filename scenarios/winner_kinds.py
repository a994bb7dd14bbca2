"""Owns what winners and losers are told by: destinations, age groups, ways to divide people, kinds of change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geodata.errors import Text

By = Literal["all", "age", "district", "cell"]
BYS: tuple[By, ...] = ("all", "age", "district", "cell")
Whose = Literal["a", "b"]
HIDDEN_BELOW = 10.0
"""Public views hide cells and age groups of fewer people than this."""
DEFAULT_LEAST_MIN = 5.0
MOST_LEAST_MIN = 180.0
BETTER, SAME, WORSE, UNKNOWN, MIXED = 1, 0, -1, 2, 3
"""What a change is to a person; mixed = better to get to one place, worse to another."""


@dataclass(frozen=True, slots=True)
class Destination:
    """
    Somewhere people want to be in time.

    `standard`, `older`: columns of cells.parquet by walker [min, or s of a time of day]. `kpi_id`: KPI on these times,
    whose status they share. `later`: a later time is better. `limit`: parameter with the time limit that newly kept or
    broken counts for, "" = none.
    """

    label: Text
    standard: str
    older: str
    kpi_id: str
    limit: str = ""
    later: bool = False


DESTINATIONS: dict[str, Destination] = {
    "clinic": Destination(
        Text("医療機関まで", "to a clinic or hospital"),
        "clinic_nearest_min",
        "clinic_nearest_min_older",
        "clinic_nearest_min",
        "clinic_within_min",
    ),
    "office": Destination(
        Text("市役所（本庁・支所）まで", "to the city hall or a branch"),
        "city_office_nearest_min",
        "city_office_nearest_min_older",
        "city_office_within_30min_share",
        "city_office_within_min",
    ),
    "station": Destination(
        Text("主要駅前まで", "to the main station front"),
        "station_front_min",
        "station_front_min_older",
        "station_front_30min_population",
        "station_front_within_min",
    ),
    "last-bus": Destination(
        Text("主要駅から帰れる最終の時刻", "last way home from the main station"),
        "last_bus_s",
        "last_bus_s_older",
        "last_bus_time",
        later=True,
    ),
}
"""Name of a destination → what it is."""
ANY = "any"
ANY_LABEL = Text("いずれかの行き先", "any of the destinations")


@dataclass(frozen=True, slots=True)
class AgePart:
    """One age group of the table of cells: `from_age` ≤ age < `below` (None = open)."""

    age_id: str
    label: Text
    from_age: int
    below: int | None


AGES = (
    AgePart("0-64", Text("65歳未満", "below 65"), 0, 65),
    AgePart("65-74", Text("65–74歳", "65–74"), 65, 75),
    AgePart("75plus", Text("75歳以上", "75 and older"), 75, None),
)
UNDIVIDED = (AgePart("all", Text("全員", "all ages"), 0, None),)
"""Where the city does not tell ages apart: everybody walks as the standard walker."""
