"""Owns what one more van, or one hour less at each visit, changes for a plan of a mobile city office."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import Text
from geodata.facilities import FacilityKind
from geodata.mobile_office import OfficePlace
from sim.mobile_office.coverage import added_share, open_places
from sim.mobile_office.drives import plan_crew, plan_drives
from sim.mobile_office.tour_check import Stay, check_days

if TYPE_CHECKING:
    from geodata.facilities import Facilities
    from geodata.mobile_office import MobileOfficePlan, OfficeVisit
    from geodata.units import FloatArray, IntArray
    from sim.context import RunContext
    from sim.mobile_office.coverage import Plans

HOUR_S = 3_600
SAME_PLACE_M = 100.0
"""A candidate nearer than this to a place of a plan is that place."""
_SLACK_PERSONS = 1e-6


@dataclass(frozen=True, slots=True)
class Variant:
    """
    A plan changed by one step: what was done to it, by which rule, and the places it gained.

    `clashes`: what of the new van's days does not fit (driving, set-up, shift, lunch), as judged of any plan.
    """

    variant_id: str
    plan: MobileOfficePlan
    rule: Text
    gained: tuple[OfficePlace, ...] = ()
    clashes: tuple[Text, ...] = ()


def one_hour_less(plan: MobileOfficePlan) -> Variant:
    """Return the plan where every visit of more than one hour closes one hour earlier; shorter ones stay."""
    places = tuple(replace(place, visits=tuple(_shorter(visit) for visit in place.visits)) for place in plan.places)
    rule = Text(
        "1 時間を超える開設をすべて 1 時間早く閉める（1 時間以下の開設はそのまま）",
        "every visit of more than one hour closes one hour earlier (shorter ones stay)",
    )
    return Variant("one-hour-less", replace(plan, places=places), rule)


def _shorter(visit: OfficeVisit) -> OfficeVisit:
    return replace(visit, end_s=visit.end_s - HOUR_S) if visit.end_s - visit.start_s > HOUR_S else visit


def one_more_van(context: RunContext, plan: MobileOfficePlan, plans: Plans) -> Variant:
    """
    Return the plan with one more van, which runs the calendar of one of its vans at further places.

    The places are community centres that no plan visits yet. They are taken one by one, each time the one with the most
    residents who had no visit within the walk; none is taken that adds nobody.

    Parameters
    ----------
    context
        The run.
    plan
        The plan that gets the van.
    plans
        All plans whose visits count as there already, `plan` among them.
    """
    pattern = van_calendar(plan)
    centres = context.facilities(FacilityKind.COMMUNITY_CENTRE)
    free = _unvisited(centres, plans)
    chosen = greedy_places(context, centres, free, plan.walk_m, plans, len(pattern))
    calendar = _nearest_calendar(centres.xy[chosen], pattern)
    gained = tuple(_place(plan, centres, row, visits) for row, visits in zip(chosen, calendar, strict=True))
    rule = Text(
        f"車両 1 台を加え、既存の 1 台分の予定（{len(pattern)} か所）を、未開設の交流センター・集会所のうち"
        f"新たに徒歩圏に入る人が多い順の {len(gained)} か所で行う"
        "（曜日・時刻は、合計の距離が最も短くなるように既存の場所から引き継ぐ）",
        f"one more van runs the calendar of one van ({len(pattern)} places) at the {len(gained)} community centres "
        "without a visit that add most people, one by one (each takes over the days and hours of an old place, least "
        "distance in all)",
    )
    larger = replace(plan, n_vehicles=plan.n_vehicles + 1, places=(*plan.places, *gained))
    return Variant("one-more-van", larger, rule, gained, _clashes(context, plan, gained))


def _clashes(context: RunContext, plan: MobileOfficePlan, gained: tuple[OfficePlace, ...]) -> tuple[Text, ...]:
    """Return what of the new van's days does not fit at the new places."""
    alone = replace(plan, n_vehicles=1, places=gained)
    crew = plan_crew(alone, plan_drives(context.city.streets, alone, context.params.car_offpeak_kmh))
    stays = [Stay(n, replace(visit, vehicle=0)) for n, place in enumerate(gained) for visit in place.visits]
    return tuple(clash.message for clash in check_days(crew, stays))


def van_calendar(plan: MobileOfficePlan) -> list[OfficePlace]:
    """
    Return the places of one van with its visits there.

    Of the van with the most hours where visits name theirs; else of the first places, as many as make a van's part.
    """
    opened = [place for place in plan.places if place.visits]
    vans = {visit.vehicle for place in opened for visit in place.visits}
    if vans and min(vans) >= 0:
        hours = {v: sum(x.hours_per_month for p in opened for x in p.visits if x.vehicle == v) for v in vans}
        busiest = min(vans, key=lambda v: (-hours[v], v))
        parts = [replace(p, visits=tuple(visit for visit in p.visits if visit.vehicle == busiest)) for p in opened]
    else:
        parts = opened[: -(-len(opened) // max(plan.n_vehicles, 1))]
    own = plan.n_vehicles
    return [replace(p, visits=tuple(replace(v, vehicle=own) for v in p.visits)) for p in parts if p.visits]


def _nearest_calendar(xy: FloatArray, pattern: list[OfficePlace]) -> list[tuple[OfficeVisit, ...]]:
    """Return new place → visits of an old place, each used once, least distance between old and new in all."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 -- slow to load

    old = np.array([place.xy for place in pattern]).reshape(-1, 2)
    apart_m = np.hypot(*(np.reshape(xy, (-1, 1, 2)) - old).transpose(2, 0, 1))
    return [pattern[n].visits for n in linear_sum_assignment(apart_m)[1]]


def greedy_places(
    context: RunContext, centres: Facilities, free: IntArray, walk_m: float, plans: Plans, n: int
) -> list[int]:
    """
    Return up to `n` facilities in the order in which each adds most residents within the walk.

    A gain only falls as places are added, so only the best of the earlier gains are worked out again. Of equal gains
    the smaller id goes first.
    """
    persons = context.city.population.total
    near = [(place.xy, walk) for place, walk in open_places(plans)]
    bound = dict.fromkeys(free.tolist(), np.inf)
    chosen: list[int] = []
    while bound and len(chosen) < n:
        worked_out: set[int] = set()
        while (row := _best(bound, centres)) not in worked_out:
            bound[row] = float(persons @ added_share(context, (_xy(centres, row), walk_m), near))
            worked_out.add(row)
        if bound[row] <= _SLACK_PERSONS:
            break
        del bound[row]
        near.append((_xy(centres, row), walk_m))
        chosen.append(row)
    return chosen


def _best(bound: dict[int, float], centres: Facilities) -> int:
    return min(bound, key=lambda row: (-bound[row], str(centres.facility_id[row])))


def _unvisited(centres: Facilities, plans: Plans) -> IntArray:
    places = [place for place, _ in open_places(plans)]
    ids = {place.facility_id for place in places if place.facility_id}
    known = np.isin(centres.facility_id, list(ids)) if ids else np.zeros(len(centres.xy), dtype=np.bool_)
    for place in places:
        known |= np.hypot(*(centres.xy - np.array(place.xy)).T) < SAME_PLACE_M
    return np.flatnonzero(~known).astype(np.int32)


def _place(plan: MobileOfficePlan, centres: Facilities, row: int, visits: tuple[OfficeVisit, ...]) -> OfficePlace:
    lon, lat = (float(v) for v in centres.lonlat[row])
    name = str(centres.name[row])
    facility_id = str(centres.facility_id[row])
    place_id = f"{plan.plan_id}:+{facility_id}"
    return OfficePlace(place_id, Text(name, name), (lon, lat), _xy(centres, row), visits, facility_id)


def _xy(centres: Facilities, row: int) -> tuple[float, float]:
    return float(centres.xy[row, 0]), float(centres.xy[row, 1])
