"""
Owns the test against what happened: the BRT's first phase becomes its second, in the model and in fact.

Nothing is tuned to it. The model is told what it is told of any scenario: the second phase is a change from the first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import ModelError, Text, error
from sim.assumed_lines import has_assumed_lines
from sim.context import RunContext
from sim.params import Params
from sim.ridership.baseline import BASE_COLUMNS
from sim.ridership.loads import route_loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.city import City
    from geodata.timetable import Timetable
    from geodata.units import FloatArray
    from sim.params import Analysis
    from sim.reuse import Reuse

BRT = "hitachi-brt"
PHASE_ONE_STOPS = tuple(f"brt-{n:02d}" for n in range(1, 12))
"""おさかなセンター to 大甕駅: the 11 stops of 2013. Source: facts on the BRT (3.2 km, 2013-03-25)."""
WEEKDAY_RIDES_ONE = 550.0
"""Riders of a weekday in 2017. Source: 井手ブログ・日経コンストラクション (36 round trips, observed)."""
YEAR_RIDES_TWO = 530_000.0
"""Riders of a year as published on 2020-11-27 (マイナビ), observed."""
HOLIDAY_SHARES = (0.5, 48 / 72, 1.0)
"""Riders of a Saturday or holiday over those of a weekday, low/mid/high. Assumption: as the runs, 48 to 72."""
WEEKDAYS, OTHER_DAYS = 243, 122
FARE_ELASTICITIES = {"low": -0.1, "default": -0.3, "high": -0.6}
"""Sets of elasticities by which the scale of choice is set; see `sim.ride_params`."""

UNKNOWN = (
    Text(
        "並行する路線バスの当時の経路・本数と、BRTへの乗り換え（代替）の量は不明",
        "what ran beside the BRT then, and how many changed over from it, is not known",
    ),
    Text(
        "II期の実際の便数は不明（データは2013年I期の平日36往復を当てた仮定）",
        "how often the second phase ran is not known (the city's data assume the 36 round trips of 2013)",
    ),
    Text(
        "人口は両期とも同じ（2017年の人口・通勤先の変化、市外からの利用者は含まない）",
        "the same residents in both phases (no change of people or workplaces since 2017, no riders from outside)",
    ),
    Text(
        "I期の休日の利用者は不明（便数に比例すると仮定）", "riders of holidays in the first phase are assumed by runs"
    ),
)
"""What the comparison cannot know; printed beside it."""


@dataclass(frozen=True, slots=True)
class Observed:
    """Riders a year in both phases, and how many times more: low, mid, high."""

    year_one: tuple[float, float, float]
    year_two: float

    @property
    def growth(self) -> tuple[float, float, float]:
        """Second over first phase: low, mid, high."""
        low, mid, high = self.year_one
        return self.year_two / high, self.year_two / mid, self.year_two / low


@dataclass(frozen=True, slots=True)
class BackcastRow:
    """
    The model under one setting.

    Parameters
    ----------
    lines
        ``all``, or ``no_assumed_lines``.
    response
        Set of elasticities: ``low``, ``default``, ``high``.
    day_one, day_two
        Riders of the BRT on an average day, residents.
    city_year_change
        Change of the bus rides of the whole city, a year.
    """

    lines: str
    response: str
    day_one: float
    day_two: float
    city_year_change: float

    @property
    def growth(self) -> float:
        """Second over first phase; NaN where nobody rides in the first."""
        return self.day_two / self.day_one if self.day_one > 0 else float("nan")

    def gap(self, observed: Observed) -> float:
        """Return growth of the model over that observed (mid), less 1: −0.3 = the model says 30 % less."""
        return self.growth / observed.growth[1] - 1.0

    def predicted_year_two(self, observed: Observed) -> float:
        """Return the riders a year of the second phase, from those observed in the first and the model's growth."""
        return observed.year_one[1] * self.growth


def observed_growth() -> Observed:
    """Return what was observed, a year: weekdays counted, the other days by assumption."""
    low, mid, high = (WEEKDAY_RIDES_ONE * (WEEKDAYS + share * OTHER_DAYS) for share in HOLIDAY_SHARES)
    return Observed((low, mid, high), YEAR_RIDES_TWO)


def backcast(city: City, analysis: Analysis, params: Params, reuse: Reuse) -> tuple[BackcastRow, ...]:
    """
    Return what the model makes of the change from the first to the second phase.

    Parameters
    ----------
    city
        A city with the BRT of the second phase, as the bundled one.
    analysis, params, reuse
        As of a run.

    Returns
    -------
    rows
        All lines first, then without the assumed ones (as the only row of its kind); by response.

    Raises
    ------
    ModelError
        If the city has no such BRT.
    """
    require_brt(city)
    return tuple(_rows(city, analysis, params, reuse))


def require_brt(city: City) -> None:
    """Refuse a city without the line, or without the stops of its first phase."""
    timetable = city.timetable
    missing = [stop for stop in PHASE_ONE_STOPS if stop not in timetable.stops.stop_id]
    if BRT in timetable.routes.route_id and not missing:
        return
    raise ModelError(
        error(
            "backcast.no_brt",
            f"{city.city_id}: {BRT}",
            Text(
                "ひたちBRT（路線 hitachi-brt と停留所 brt-01〜11）がない都市では再現検証ができません",
                f"this city lacks the line {BRT} or the stops {PHASE_ONE_STOPS[0]} to {PHASE_ONE_STOPS[-1]}",
            ),
            Text("同梱の日立市で実行してください（--city なし）", "run it on the bundled city (without --city)"),
        )
    )


def _rows(city: City, analysis: Analysis, params: Params, reuse: Reuse) -> Iterator[BackcastRow]:
    first = city.replace(timetable=first_phase(city.timetable))
    for lines in ("all", "no_assumed_lines"):
        if lines == "no_assumed_lines" and not has_assumed_lines(city):
            return
        for response, elasticity in FARE_ELASTICITIES.items():
            chosen = params.model_copy(update={"ride_fare_elasticity": elasticity})
            before = RunContext(first, analysis, chosen, reuse)
            before = before.bare() if lines == "no_assumed_lines" else before
            base = base_columns_of(before)
            after = RunContext(city, analysis, chosen, reuse, base=base)
            after = after.bare() if lines == "no_assumed_lines" else after
            yield _row(lines, response, before, after)


def base_columns_of(before: RunContext) -> dict[str, FloatArray]:
    """Return what a run keeps of its baseline for the change of rides, column by column."""
    return {name: before.step("column", name, partial(find, before)) for name, find in BASE_COLUMNS.items()}


def _row(lines: str, response: str, before: RunContext, after: RunContext) -> BackcastRow:
    from sim.ridership.outcome import ride_outcome  # noqa: PLC0415 -- heavy

    outcomes = [ride_outcome(context) for context in (before, after)]
    totals = [float("nan") if o is None else o.boardings_total for o in outcomes]
    return BackcastRow(lines, response, _riders(before), _riders(after), totals[1] - totals[0])


def _riders(context: RunContext) -> float:
    """Return the riders of the BRT on an average day."""
    loads = route_loads(context)
    row = np.flatnonzero(context.city.timetable.routes.route_id == BRT)
    return float("nan") if loads is None else float(loads.boardings[row].sum())


def first_phase(timetable: Timetable) -> Timetable:
    """Return the timetable in which nobody gets on or off the BRT beyond the stops of its first phase."""
    trips, patterns = timetable.trips, timetable.patterns
    lengths = np.diff(trips.time_offsets)
    trip = np.repeat(np.arange(len(lengths)), lengths)
    position = np.arange(len(trip)) - trips.time_offsets[trip]
    stop = patterns.stops[patterns.stop_offsets[trips.pattern[trip]] + position]
    brt = timetable.routes.route_id[patterns.route[trips.pattern[trip]]] == BRT
    open_still = ~brt | np.isin(timetable.stops.stop_id[stop], PHASE_ONE_STOPS)
    opened = replace(
        trips, board_allowed=trips.board_allowed & open_still, alight_allowed=trips.alight_allowed & open_still
    )
    return replace(timetable, trips=opened)
