"""Owns which columns of the cells can be mapped, in which classes, and which facilities belong to them."""

from __future__ import annotations

from dataclasses import dataclass

from app.features.compare.state import ViewState
from geodata.errors import Text
from geodata.units import SECONDS_PER_MIN
from sim.kpi import CELL_COLUMNS, UNIT_TEXT

FACILITIES = {
    "clinic": ("clinic", "hospital"),
    "emergency": ("hospital", "doctor_car_base"),
    "city_office": ("city_office", "branch_office"),
    "mobile_office": ("city_office", "branch_office"),
    "shelter": ("shelter",),
    "school": ("high_school",),
    "works": ("large_workplace",),
}
DEFAULT_METRIC = "clinic_nearest_min"
PERSONS_COLUMN = {"all": "persons", "65plus": "persons_65plus", "75plus": "persons_75plus"}
OLDER = "_older"
TIME_LIMITS = (15, 30, 45, 60)
AT_ANY_TIME = ("clinic_nearest_min", "city_office_nearest_min", "station_front_min")
"""Columns that are minutes of a window of the day; school and work have hours of their own."""
REACH = "from_place_min"
"""Stands for minutes from the place that was chosen, which no run holds."""
METRE, NO_UNIT = Text("m", "m"), Text("", "")
PER_CENT = 100.0


@dataclass(frozen=True, slots=True)
class Metric:
    """
    One mapped column.

    `factor` turns the stored value into the shown one (shares into per cent, times of day into minutes). `clock`:
    values are times of day, written as HH:MM; their differences are minutes.
    """

    column: str
    label: Text
    unit: Text
    good: str
    breaks: tuple[float, ...]
    difference_breaks: tuple[float, ...]
    factor: float
    decimals: int
    clock: bool = False

    @property
    def difference_unit(self) -> Text:
        """Unit of a difference: per cent become points, times of day minutes."""
        if self.clock:
            return UNIT_TEXT["min"]
        return Text("ポイント", "points") if self.factor == PER_CENT else self.unit

    @property
    def has_limit(self) -> bool:
        """Tell whether a time limit means something."""
        return self.column.endswith(("_min", "_min_older"))

    @property
    def at_any_time(self) -> bool:
        """Tell whether it can be asked again for another time of day or percentile."""
        return self.column == REACH or self.column.removesuffix(OLDER) in AT_ANY_TIME

    @property
    def facilities(self) -> tuple[str, ...]:
        """Kinds of facilities drawn with the metric."""
        return next((kinds for start, kinds in FACILITIES.items() if self.column.startswith(start)), ())


FROM_PLACE = Metric(
    column=REACH,
    label=Text("選んだ場所からの所要時間", "minutes from the chosen place"),
    unit=UNIT_TEXT["min"],
    good="down",
    breaks=(15.0, 30.0, 45.0, 60.0, 90.0),
    difference_breaks=(-15.0, -5.0, -1.0, 1.0, 5.0, 15.0),
    factor=1.0,
    decimals=0,
)


def list_metrics() -> dict[str, Metric]:
    """Return column → metric for every column the map can show; age variants follow the age group instead."""
    wanted = [name for name, column in CELL_COLUMNS.items() if column.drawn and not name.endswith(OLDER)]
    return {name: find_metric(name) for name in wanted if name not in ("persons_65plus", "persons_75plus")}


def shown_column(state: ViewState) -> str:
    """Return the column the maps show: minutes from the chosen place, or the metric for the age group."""
    return REACH if state.place is not None and state.bands else column_for(state.metric, state.group)


def column_for(metric: str, group: str) -> str:
    """Return the column of a metric for an age group: own persons, and the older walker for 75 and older."""
    if metric == "persons":
        return PERSONS_COLUMN[group]
    older = metric + OLDER
    return older if group == "75plus" and older in CELL_COLUMNS else metric


def find_metric(column: str) -> Metric:
    """Return how a column is shown."""
    if column == REACH:
        return FROM_PLACE
    declared = CELL_COLUMNS[column]
    return Metric(
        column=column,
        label=declared.label,
        unit=METRE if declared.unit == "m" else NO_UNIT if declared.unit == "time" else UNIT_TEXT[declared.unit],
        good=declared.good,
        breaks=declared.breaks,
        difference_breaks=declared.difference_breaks,
        factor={"share": PER_CENT, "time": 1 / SECONDS_PER_MIN}.get(declared.unit, 1.0),
        decimals=1 if declared.unit in ("min", "visits_per_month", "hours_per_100") else 0,
        clock=declared.unit == "time",
    )
