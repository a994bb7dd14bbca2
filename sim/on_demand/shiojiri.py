"""
Owns the comparison with a real service: のるーと塩尻 in November 2020, predicted untuned beside what was observed.

The size of the fleet of that month is not known, so the prediction stands for one to four vehicles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import Text
from sim.on_demand.engine import simulate
from sim.on_demand.outcome import measure_outcome
from sim.on_demand.requests import draw_requests
from sim.on_demand.types import CLASS_AGES, PURPOSES, Demand, FleetRules, Simulation
from sim.on_demand_params import OnDemandParams
from sim.rng import unit_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.units import FloatArray, IntArray

OBSERVED_RIDES_MONTH = 1_675
OBSERVED_PERSONS_MONTH = 2_410
OBSERVED_WAIT_MIN = 8 + 32 / 60
OTHER_OBSERVED_WAIT_MIN = 12.0
N_STOPS = 70
AREA_KM2 = 10.0
SEATS = 8
WEEKDAYS, OTHER_DAYS = 19, 11
"""Of November 2020; other days = Saturdays, Sundays, holidays."""
WEEKDAY_HOURS, OTHER_HOURS = (7, 20), (9, 18)
SPEED_KMH = 25.0
ROAD_DETOUR = 1.4
BOARDING_S = 60
MAX_WAIT_MIN, MAX_DETOUR_FACTOR = 30, 1.8
N_LAYOUTS = 5

OBSERVED: tuple[Text, ...] = (
    Text(
        "実測: 2020年11月、約70か所、1,675乗車・2,410人、平均待ち8分32秒（日経BP 新・公民連携最前線）。"
        "平均待ち12分とする報道もある（市民タイムス 2021-06）",
        "observed: November 2020, about 70 stops, 1,675 rides with 2,410 people, mean wait 8 min 32 s (Nikkei BP); a "
        "local newspaper says 12 minutes (June 2021)",
    ),
    Text(
        "翌年の有償実証の公表値を当てはめ: 区域 約10km²（前年と同様の区域）、定員8人、平日7〜20時・土休日9〜18時"
        "（市民タイムス 2021-06、塩尻市議会 2021-12）",
        "as published for the next year's trial: about 10 km² (much the same area), 8 seats, 7 to 20 on weekdays, 9 to "
        "18 else (newspaper, June 2021; city council, December 2021)",
    ),
)
"""What is known, with its source."""
ASSUMED: tuple[Text, ...] = (
    Text(
        "台数: 2020年11月は不明（翌年の実証は3台）。1〜4台を並べる",
        "vehicles: not known for that month (three in the next year's trial); one to four are shown",
    ),
    Text(
        f"停留所は正方形の区域に一様、道路は直線の{ROAD_DETOUR}倍、速度{SPEED_KMH:.0f}km/h、乗降{BOARDING_S}秒",
        f"stops uniform on a square, roads {ROAD_DETOUR} times the straight line, {SPEED_KMH:.0f} km/h, {BOARDING_S} s "
        "to board",
    ),
    Text(
        f"リクエスト数は乗車数の実績に等しい、即時予約、待ち最大{MAX_WAIT_MIN}分、乗車は直行の{MAX_DETOUR_FACTOR}倍まで、時間帯・往復・待ちの重みは本ツールの標準",
        f"as many requests as rides observed, immediate booking, at most {MAX_WAIT_MIN} min of waiting, "
        f"{MAX_DETOUR_FACTOR} times the direct ride; hours, rides home and the weight of waits as in this tool",
    ),
)
"""What is assumed; nothing is fitted to the observed wait."""


def predict_rows(seed: int = 2031, vehicles: Sequence[int] = (1, 2, 3, 4)) -> pd.DataFrame:
    """
    Predict the month for several sizes of fleet.

    Parameters
    ----------
    seed
        Seed of stops and requests; all sizes meet the same requests.
    vehicles
        Sizes.

    Returns
    -------
    rows
        n_vehicles, wait_mean_min, wait_error_min (standard error between days), wait_p90_min, rejection_share,
        rides_per_vehicle_hour (people), observed_wait_min.
    """
    layouts = [_Layout(seed, number) for number in range(N_LAYOUTS)]
    rows = []
    for n_vehicles in vehicles:
        outcome = measure_outcome([day for layout in layouts for day in layout.simulate(n_vehicles)])
        rows.append(
            {
                "n_vehicles": n_vehicles,
                "wait_mean_min": outcome.wait_mean_s / 60,
                "wait_error_min": outcome.wait_error_s / 60,
                "wait_p90_min": outcome.wait_p90_s / 60,
                "rejection_share": outcome.rejection_share,
                "rides_per_vehicle_hour": outcome.rides_per_vehicle_hour,
                "observed_wait_min": OBSERVED_WAIT_MIN,
            },
        )
    return pd.DataFrame(rows)


class _Layout:
    """One possible layout of the stops, and the month on it."""

    def __init__(self, seed: int, number: int) -> None:
        self._seed, self._number = seed, number
        ids = [f"{axis}{stop}" for stop in range(N_STOPS) for axis in ("x", "y")]
        side_m = 1_000 * AREA_KM2**0.5
        xy = side_m * unit_numbers(seed, "shiojiri", number, ids).reshape(N_STOPS, 2)
        xy = np.vstack([xy, np.full((1, 2), side_m / 2)])  # the depot stands in the middle
        self._drive_m: FloatArray = ROAD_DETOUR * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
        self._drive_s: IntArray = np.ceil(self._drive_m / (SPEED_KMH / 3.6)).astype(np.int32)
        self._demands = [_demand(hours) for hours in (WEEKDAY_HOURS, OTHER_HOURS)]

    def simulate(self, n_vehicles: int) -> list[Simulation]:
        """Simulate the days of the month, which are the same whatever the fleet."""
        params = OnDemandParams(on_demand_companion_share=OBSERVED_PERSONS_MONTH / OBSERVED_RIDES_MONTH - 1)
        days = []
        for day in range(WEEKDAYS + OTHER_DAYS):
            demand = self._demands[day >= WEEKDAYS]
            requests = draw_requests(
                demand, params, seed=self._seed, service_id="shiojiri", draw=self._number, day=day
            )  # fmt: skip
            rules = FleetRules(
                n_vehicles,
                SEATS,
                60 * MAX_WAIT_MIN,
                MAX_DETOUR_FACTOR,
                BOARDING_S,
                demand.start_s,
                demand.end_s,
                depot=N_STOPS,
                ride_allowance_s=round(60 * params.on_demand_ride_allowance_min),
                rider_weight=params.on_demand_rider_weight,
            )
            days.append(simulate(requests, self._drive_s, self._drive_m, rules))
        return days


def _demand(hours: tuple[int, int]) -> Demand:
    """Return a day's demand between any two stops alike, its share of the month by the hours of service."""
    month_h = WEEKDAYS * (WEEKDAY_HOURS[1] - WEEKDAY_HOURS[0]) + OTHER_DAYS * (OTHER_HOURS[1] - OTHER_HOURS[0])
    stops = np.arange(N_STOPS, dtype=np.int32)
    ids = np.array([f"stop{stop}" for stop in stops])
    return Demand(
        cell=np.full(N_STOPS, -1, np.int32),
        cell_id=ids,
        home=stops,
        persons=np.ones((N_STOPS, len(CLASS_AGES))),
        place=stops.copy(),
        place_id=ids,
        purpose=np.full(N_STOPS, PURPOSES.index("other"), np.int32),
        weight=1.0 - np.eye(N_STOPS),
        start_s=3_600 * hours[0],
        end_s=3_600 * hours[1],
        requests_per_day=OBSERVED_RIDES_MONTH * (hours[1] - hours[0]) / month_h,
    )
