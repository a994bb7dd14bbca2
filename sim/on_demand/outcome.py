"""Owns what comes out of simulated days of an on-demand service: waits, detours, refusals, occupancy, by hour too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.units import FloatArray
from sim.on_demand.types import RequestStatus, Simulation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS_PER_HOUR = 3_600
METRES_PER_KM = 1_000
WAIT_PERCENTILE = 90


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """
    Simulated days of one service together; NaN = nothing to tell from (nobody asked, nobody was served).

    Parameters
    ----------
    n_days
        Days simulated.
    requests_per_day, served_per_day, persons_per_day
        Requests made (without rides home of people who were refused), served, and people carried.
    wait_mean_s, wait_median_s, wait_p90_s
        From the wished time to the vehicle at the door, of the served [s].
    wait_error_s
        Standard error of the mean wait, from its spread between days; NaN for one day.
    detour_factor
        Sum of ride times over sum of direct ones (boarding and the drive alone), of the served.
    rejection_share, rejection_error
        Refused of those made (配車不成立), and its standard error between days.
    no_show_share
        Nobody came, of those accepted.
    rides_per_vehicle_hour
        People carried per hour that a vehicle is on offer.
    occupancy_km, occupancy_time
        People on board per vehicle-kilometre (平均乗車人数), and per hour that a vehicle drives or stands for boarding.
    loaded_time_share
        Time with somebody on board, of the hours on offer.
    empty_km_share
        Kilometres with nobody on board, the way back to the depot included.
    vehicle_km_per_day, busy_share
        Driven; time driving or standing for boarding, of the hours on offer (more than 1 with overtime).
    by_hour
        Hour of the wished time → requests and served per day, rejection_share, wait_mean_s, wait_p90_s,
        detour_factor, and persons_per_vehicle_hour of the hours on offer.
    """

    n_days: int
    requests_per_day: float
    served_per_day: float
    persons_per_day: float
    wait_mean_s: float
    wait_median_s: float
    wait_p90_s: float
    wait_error_s: float
    detour_factor: float
    rejection_share: float
    rejection_error: float
    no_show_share: float
    rides_per_vehicle_hour: float
    occupancy_km: float
    occupancy_time: float
    loaded_time_share: float
    empty_km_share: float
    vehicle_km_per_day: float
    busy_share: float
    by_hour: pd.DataFrame


def measure_outcome(simulations: Sequence[Simulation]) -> Outcome:
    """Measure what came out of days of one service, at least one; hours and vehicles may differ between them."""
    rides = _rides(simulations)
    made, served = rides[rides["status"] != RequestStatus.WITHDRAWN], rides[rides["status"] == RequestStatus.SERVED]
    accepted = made[made["status"] != RequestStatus.REJECTED]
    n_days, offered_h = len(simulations), _offered_h(simulations, -math.inf, math.inf)
    totals = {
        name: math.fsum(float(getattr(one.totals, name).sum()) for one in simulations)
        for name in ("loaded_m", "empty_m", "person_m", "drive_s", "halt_s", "loaded_s", "person_s")
    }
    driven_m, busy_s = totals["loaded_m"] + totals["empty_m"], totals["drive_s"] + totals["halt_s"]
    wait = served["wait_s"].to_numpy(np.float64)
    return Outcome(
        n_days=n_days,
        requests_per_day=len(made) / n_days,
        served_per_day=len(served) / n_days,
        persons_per_day=float(served["persons"].sum()) / n_days,
        wait_mean_s=_mean(wait),
        wait_median_s=_percentile(wait, 50),
        wait_p90_s=_percentile(wait, WAIT_PERCENTILE),
        wait_error_s=_ratio_error(served, "wait_s", n_days),
        detour_factor=_over(float(served["ride_s"].sum()), float(served["direct_s"].sum())),
        rejection_share=_over(len(made) - len(accepted), len(made)),
        rejection_error=_ratio_error(made, "rejected", n_days),
        no_show_share=_over(len(accepted) - len(served), len(accepted)),
        rides_per_vehicle_hour=_over(float(served["persons"].sum()), offered_h),
        occupancy_km=_over(totals["person_m"], driven_m),
        occupancy_time=_over(totals["person_s"], busy_s),
        loaded_time_share=_over(totals["loaded_s"], offered_h * SECONDS_PER_HOUR),
        empty_km_share=_over(totals["empty_m"], driven_m),
        vehicle_km_per_day=driven_m / METRES_PER_KM / n_days,
        busy_share=_over(busy_s, offered_h * SECONDS_PER_HOUR),
        by_hour=_by_hour(made, simulations),
    )


def _rides(simulations: Sequence[Simulation]) -> pd.DataFrame:
    """Return one row per request: day, wished time, status, persons, wait, ride, direct ride."""

    def joined(column: Callable[[Simulation], np.ndarray[tuple[int], np.dtype[np.int32]]]) -> FloatArray:
        return np.concatenate([column(one) for one in simulations]).astype(np.float64)

    day = np.repeat(np.arange(len(simulations)), [len(one.requests) for one in simulations])
    status = joined(lambda one: one.status)
    return pd.DataFrame(
        {
            "day": day,
            "desired_s": joined(lambda one: one.requests.desired_s),
            "status": status,
            "rejected": (status == RequestStatus.REJECTED).astype(np.float64),
            "persons": joined(lambda one: one.requests.persons),
            "wait_s": joined(lambda one: one.pickup_s) - joined(lambda one: one.requests.desired_s),
            "ride_s": joined(lambda one: one.dropoff_s) - joined(lambda one: one.pickup_s),
            "direct_s": joined(lambda one: one.direct_s),
        },
    )


def _by_hour(made: pd.DataFrame, simulations: Sequence[Simulation]) -> pd.DataFrame:
    """Return the outcome by hour of the wished time, for every hour of the service."""
    n_days = len(simulations)
    first, last = min(one.rules.start_s for one in simulations), max(one.rules.end_s for one in simulations)
    hours = range(first // SECONDS_PER_HOUR, -(-last // SECONDS_PER_HOUR))
    of_hour = made.assign(hour=(made["desired_s"] // SECONDS_PER_HOUR).astype(int)).groupby("hour")
    rows = []
    for hour in hours:
        asked = of_hour.get_group(hour) if hour in of_hour.groups else made.iloc[:0]
        served = asked[asked["status"] == RequestStatus.SERVED]
        wait = served["wait_s"].to_numpy(np.float64)
        offered_h = _offered_h(simulations, hour * SECONDS_PER_HOUR, (hour + 1) * SECONDS_PER_HOUR)
        rows.append(
            {
                "hour": hour,
                "requests_per_day": len(asked) / n_days,
                "served_per_day": len(served) / n_days,
                "rejection_share": _over(float(asked["rejected"].sum()), len(asked)),
                "wait_mean_s": _mean(wait),
                "wait_p90_s": _percentile(wait, WAIT_PERCENTILE),
                "detour_factor": _over(float(served["ride_s"].sum()), float(served["direct_s"].sum())),
                "persons_per_vehicle_hour": _over(float(served["persons"].sum()), offered_h),
            },
        )
    return pd.DataFrame(rows)


def _offered_h(simulations: Sequence[Simulation], begin_s: float, end_s: float) -> float:
    """Return the hours that vehicles are on offer between two times of day, summed over days."""
    offered = 0.0
    for rules in (one.rules for one in simulations):
        offered += rules.n_vehicles * max(0.0, min(rules.end_s, end_s) - max(rules.start_s, begin_s))
    return offered / SECONDS_PER_HOUR


def _over(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _percentile(values: FloatArray, percentile: float) -> float:
    """Return the smallest value that a share of all do not exceed (nearest rank)."""
    return float(np.percentile(values, percentile, method="inverted_cdf")) if len(values) else math.nan


def _ratio_error(rows: pd.DataFrame, column: str, n_days: int) -> float:
    """Return the standard error of a mean over rows from its spread between days (ratio estimator)."""
    if n_days < 2 or not len(rows):  # noqa: PLR2004 -- a spread needs two
        return math.nan
    count = np.bincount(rows["day"], minlength=n_days)
    total = np.bincount(rows["day"], rows[column], minlength=n_days)
    residual = total - total.sum() / count.sum() * count
    return float(math.sqrt(float(residual @ residual) * n_days / (n_days - 1)) / count.sum())
