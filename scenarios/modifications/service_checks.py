"""Owns the checks of an on-demand service: someone lives there, something is fed, areas that overlap are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.city import City
from geodata.errors import Text
from geodata.units import UNREACHED_S
from scenarios.modifications.base import ModificationBase, Notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.on_demand import OnDemandPlan, OnDemandService
    from geodata.units import BoolArray, FloatArray

FAR_FROM_AREA_M = 10_000.0
"""A depot farther from the area than this [m] is told."""
FAR_FROM_PEOPLE_M = 8_000.0
"""A fed stop farther from the people of the area than this on average [m] is told."""
OUTSIDE_M = 1_000.0
"""A pick-up point farther from the area than this [m] is told."""


def cells_inside(city: City, area: BaseGeometry) -> BoolArray:
    """Return cell → its centre lies in (or on the edge of) an area, shape (C,)."""
    import shapely  # noqa: PLC0415 -- only areas need it

    xy = city.population.xy
    inside: BoolArray = shapely.intersects_xy(area, xy[:, 0], xy[:, 1])
    return inside


def check_people(city: City, mod: ModificationBase, area: BaseGeometry, from_age: int, notes: Notes) -> bool:
    """Return whether somebody who may ride lives in an area; notes one in the sea or in the hills."""
    people = city.population
    inside = cells_inside(city, area)
    if not people.total[inside].sum() > 0:
        centre = np.array([[area.representative_point().x, area.representative_point().y]])
        lived = people.total > 0
        far = np.hypot(*(people.xy[lived] - centre[0]).T).min() if lived.any() else np.inf
        told = f"{far / 1000:,.1f} km" if np.isfinite(far) else "∞"
        notes.refuse(
            mod,
            "zones",
            "empty_area",
            Text(
                f"この区域に住む人がいません（海や山の中、またはセルより小さい区域）。最寄りの居住地まで {told}",
                f"nobody lives in this area (in the sea, in the hills, or smaller than a cell); the nearest: {told}",
            ),
            Text("経度と緯度の順、位置、広さを確かめてください", "check the order lon, lat, the place and the size"),
        )
        return False
    if from_age and people.knows_age(from_age) and not people.at_least(from_age)[inside].sum() > 0:
        notes.refuse(
            mod,
            "from_age",
            "nobody_may_ride",
            Text(f"この区域に {from_age} 歳以上の人がいません", f"nobody aged {from_age}+ lives in this area"),
            Text("from_age を下げるか、区域を広げてください", "lower from_age, or widen the area"),
        )
        return False
    return True


def check_stops(mod: ModificationBase, fed: Sequence[Sequence[str]], notes: Notes) -> bool:
    """Return whether a feeder feeds a stop; `fed`: stop ids by destination."""
    if any(len(ids) for ids in fed):
        return True
    notes.refuse(
        mod,
        "to",
        "nothing_fed",
        Text("to のハブに停留所がなく、どこにもつながりません", "the hubs of `to` have no stop: nothing is fed"),
        Text("ハブの位置か radius_m を見直してください", "mend the place or radius_m of the hub"),
    )
    return False


def warn_of_far_stops(
    city: City, mod: ModificationBase, plan: OnDemandPlan, fed: Sequence[Sequence[str]], notes: Notes
) -> None:
    """
    Note destinations of a feeder that are far from its people, or that cannot be reached within its hours.

    Parameters
    ----------
    city, mod, notes
        Where it is and where findings go.
    plan
        The feeder.
    fed
        Stop ids by destination, in the order of `to`.
    """
    stops, people = city.timetable.stops, city.population
    cells = np.flatnonzero(cells_inside(city, plan.area_xy) & (people.total > 0))
    xy, weight = people.xy[cells], people.total[cells]
    for number, ids in enumerate(fed):
        rows = np.flatnonzero(np.isin(stops.stop_id, ids))
        if not len(rows):
            continue
        away = np.hypot(*(xy[:, None] - stops.xy[rows][None]).transpose(2, 0, 1))
        mean = np.average(away, axis=0, weights=weight)
        row, far = int(rows[np.argmin(mean)]), float(mean.min())
        middle = xy[np.argmin(np.hypot(*(xy - np.average(xy, axis=0, weights=weight)).T))]
        drive_s = _drive_s(city, middle, stops.xy[row], plan.fleet.speed_kmh)
        if far <= FAR_FROM_PEOPLE_M and drive_s <= plan.end_s - plan.start_s:
            continue
        no_way = drive_s >= UNREACHED_S
        ja = "車で行く道がありません" if no_way else f"車で片道 約 {drive_s / 60:,.0f} 分"
        en = "no way by car" if no_way else f"about {drive_s / 60:,.0f} min by car one way"
        name, name_en = str(stops.name[row]), str(stops.name_en[row]) or str(stops.name[row])
        notes.warn(
            mod,
            f"to[{number}]",
            "fed_stop_far_away",
            Text(
                f"{name} は区域の住民から平均 {far / 1000:,.1f} km 離れています（{ja}）",
                f"{name_en} is {far / 1000:,.1f} km from the people of the area on average ({en})",
            ),
            Text("行き先を確かめてください", "is this stop meant?"),
        )


def _drive_s(city: City, one: FloatArray, other: FloatArray, speed_kmh: float) -> int:
    """Return the drive between two places [s]."""
    from sim.on_demand.drives import drive_tables  # noqa: PLC0415 -- only feeders need it

    return int(drive_tables(city.streets, np.array([one, other]), speed_kmh)[0][0, 1])


def warn_of_reach(
    mod: ModificationBase,
    area: BaseGeometry,
    points: Sequence[tuple[float, float]],
    depot: tuple[float, float] | None,
    notes: Notes,
) -> None:
    """Note pick-up points outside the area and a depot far away, with their distances."""
    import shapely  # noqa: PLC0415 -- only areas need it

    named = [(f"points[{n}]", xy, OUTSIDE_M, Text("乗降場所", "the point")) for n, xy in enumerate(points)]
    named += [("fleet.depot", depot, FAR_FROM_AREA_M, Text("車庫", "the depot"))] if depot is not None else []
    for at, xy, most, what in named:
        far = float(shapely.distance(area, shapely.Point(xy)))
        if far > most:
            notes.warn(
                mod,
                at,
                "outside_area",
                Text(
                    f"{what.ja}は区域から {far / 1000:,.1f} km 離れています",
                    f"{what.en} is {far / 1000:,.1f} km from the area",
                ),
                Text("位置を確かめてください", "check its place"),
            )


def warn_of_overlaps(city: City, mod: ModificationBase, service: OnDemandService, notes: Notes) -> None:
    """Note services of the same priority, days and hours whose areas share residents."""
    if service.plan is None:
        return
    for other in city.on_demand:
        if other.plan is None or other.service_id == service.service_id or not _at_once(service.plan, other.plan):
            continue
        both = cells_inside(city, service.plan.area_xy) & cells_inside(city, other.plan.area_xy)
        shared = float(city.population.total[both].sum())
        if shared > 0:
            notes.warn(
                mod,
                "priority",
                "overlapping_areas",
                Text(
                    f"区域が「{other.name.ja}」（{other.service_id}）と重なり、優先度も同じです（{shared:,.0f} 人）",
                    f"shares its area with {other.name.en} ({other.service_id}), equal priority ({shared:,.0f} people)",
                ),
                Text(
                    "先に使う方の priority を小さくするか、区域を分けてください",
                    "give the one to be used first a smaller priority, or part the areas",
                ),
            )


def _at_once(one: OnDemandPlan, other: OnDemandPlan) -> bool:
    return (
        one.priority == other.priority
        and bool(one.days & other.days)
        and max(one.start_s, other.start_s) < min(one.end_s, other.end_s)
    )
