"""Owns choosing a plan of the mobile office: places by siting, then weekly tours to them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.digest import digest_of
from geodata.errors import ModelError, Text, error
from geodata.mobile_office import WEEKS_PER_MONTH, MobileOfficePlan, OfficePlace
from geodata.units import SECONDS_PER_MIN
from sim.mobile_office.drives import drive_seconds, plan_crew
from sim.mobile_office.tour_types import NO_ROAD_S, WEEKLY, TourAsk
from sim.mobile_office.touring import plan_tours

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import FloatArray, IntArray
    from sim.mobile_office.tour_types import Tours
    from sim.siting.types import Siting

Objective = Literal["mclp", "p-median", "p-center"]
FARTHEST_S = 4 * 3_600
"""A walk longer than this counts as this long in the costs of p-median and p-center [s]."""
KEPT_PLANS = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be chosen; `place_id` is unique among the candidates, `facility_id` "" = none of the city's."""

    place_id: str
    name: Text
    lonlat: tuple[float, float]
    xy: tuple[float, float]
    facility_id: str = ""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """
    What a plan is chosen for.

    Parameters
    ----------
    plan
        The plan without places: vehicles, depot, shift, lunch, set-up, services, catchment.
    candidates
        Places that may be chosen.
    objective
        ``mclp``: most residents within a walk; ``p-median``: least walking in all; ``p-center``: least longest walk.
    n_places, hours_per_month
        How many places, or the vehicle hours that visits may take a month (``mclp`` only); exactly one is given.
    from_age
        Whose walks count: residents of this age or older (0 = all).
    fixed, forbidden
        Candidates that are always or never chosen, by index.
    visits_per_month, dwell_s, opening_s, weekdays
        Of every place; `opening_s` = earliest opening and latest closing [s after 00:00].
    walk_m_min, drive_kmh
        Speeds of walking to a place [m/min] and of the vehicle [km/h].
    """

    plan: MobileOfficePlan
    candidates: tuple[Candidate, ...]
    objective: Objective
    n_places: int | None
    hours_per_month: float | None
    from_age: int
    fixed: tuple[int, ...]
    forbidden: tuple[int, ...]
    visits_per_month: int
    dwell_s: int
    opening_s: tuple[int, int]
    weekdays: tuple[int, ...]
    walk_m_min: float
    drive_kmh: float


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A plan with how good it is: the choice of places, the tours, and both in words."""

    plan: MobileOfficePlan
    siting: Siting
    tours: Tours
    told: Text


_KNOWN: OrderedDict[str, Chosen] = OrderedDict()


def choose_plan(city: City, request: PlanRequest) -> MobileOfficePlan:
    """
    Choose the places of a plan and find its weekly tours.

    Raises
    ------
    ModelError
        Nothing can be chosen, or no tours to the chosen places exist (says which constraint binds).
    """
    return choose(city, request).plan


def choose(city: City, request: PlanRequest) -> Chosen:
    """
    Return the chosen plan with how good it is; an equal question on equal residents and streets is answered at once.

    Notes
    -----
    Walks are from the centres of cells. Places are chosen first and toured then: a set that tours better but covers
    fewer is never taken, and tours that do not exist are an error, not a smaller plan.
    """
    weights = city.population.at_least(request.from_age)
    key = digest_of((city.population.xy, weights, city.layer_digest("streets"), request))
    known = _KNOWN.pop(key, None) or _chosen(city, request, weights)
    _KNOWN[key] = known  # the last one asked for goes last
    if len(_KNOWN) > KEPT_PLANS:
        _KNOWN.popitem(last=False)
    return known


def _chosen(city: City, request: PlanRequest, weights: FloatArray) -> Chosen:
    candidate_xy = np.array([c.xy for c in request.candidates], np.float64).reshape(-1, 2)
    drives = drive_seconds(city.streets, candidate_xy, request.plan.depot_xy, request.drive_kmh)
    siting = _site(city, request, weights, candidate_xy, drives)
    picked = [request.candidates[int(n)] for n in siting.chosen]
    if not picked:
        message = Text("どの候補地も選べませんでした", "no candidate was chosen")
        raise ModelError(error("office.nothing_chosen", "optimise", message, _NOTHING_HINT))
    rows = np.append(siting.chosen, len(request.candidates))
    sited = replace(request.plan, places=tuple(OfficePlace(c.place_id, c.name, c.lonlat, c.xy, ()) for c in picked))
    tours = plan_tours(_tour_ask(request, sited, drives[np.ix_(rows, rows)]))
    places = tuple(
        OfficePlace(c.place_id, c.name, c.lonlat, c.xy, (visit,), c.facility_id)
        for c, visit in zip(picked, tours.visits, strict=True)
    )
    told = chosen_words(request, siting, tours, float(weights.sum()))
    return Chosen(replace(request.plan, places=places, chosen_by=told.ja), siting, tours, told)


def _tour_ask(request: PlanRequest, plan: MobileOfficePlan, drive_s: IntArray) -> TourAsk:
    n = len(plan.places)
    return TourAsk(
        crew=plan_crew(plan, drive_s),
        dwell_s=np.full(n, request.dwell_s, np.int32),
        visits_per_month=np.full(n, request.visits_per_month, np.int32),
        weekdays=request.weekdays,
        opening_s=np.tile(np.array(request.opening_s, np.int32), (n, 1)),
    )


def _site(city: City, request: PlanRequest, weights: FloatArray, candidate_xy: FloatArray, drives: IntArray) -> Siting:
    from sim.siting import mclp, p_center, p_median  # noqa: PLC0415 -- loads the solver

    fixed, forbidden = request.fixed, _forbidden(request, drives)
    limit_s = int(request.plan.walk_m / request.walk_m_min * SECONDS_PER_MIN)
    if request.objective == "mclp":
        cover = walk_seconds_table(city, candidate_xy, limit_s, request.walk_m_min) <= limit_s
        import scipy.sparse  # noqa: PLC0415 -- only wanted here

        hours = None if request.hours_per_month is None else visit_hours(request, drives)
        return mclp(
            scipy.sparse.csr_array(cover),
            weights,
            request.n_places,
            site_hours=hours,
            hours_budget=request.hours_per_month,
            fixed=fixed,
            forbidden=forbidden,
        )
    cost = walk_seconds_table(city, candidate_xy, FARTHEST_S, request.walk_m_min) / SECONDS_PER_MIN
    n_places = request.n_places or 0
    lived_in = weights > 0
    solve = p_median if request.objective == "p-median" else p_center
    return solve(cost[lived_in], weights[lived_in], n_places, fixed=fixed, forbidden=forbidden)


def _forbidden(request: PlanRequest, drives: IntArray) -> tuple[int, ...]:
    """Return the candidates that are never chosen: those named so, and those to which no road leads."""
    cut_off = np.flatnonzero(np.maximum(drives[-1, :-1], drives[:-1, -1]) >= NO_ROAD_S)
    return tuple(sorted({*request.forbidden, *(int(n) for n in cut_off if int(n) not in request.fixed)}))


def visit_hours(request: PlanRequest, drives: IntArray) -> FloatArray:
    """
    Return candidate → vehicle hours a month at most: open, set up, pack, drive there and back alone, shape (J,).

    A tour of several places drives less, so that a budget of hours is never exceeded.
    """
    alone = request.dwell_s + 2 * request.plan.setup_s + drives[-1, :-1].astype(np.float64) + drives[:-1, -1]
    hours: FloatArray = times_of(request) * alone / 3_600
    return hours


def times_of(request: PlanRequest) -> float:
    """Return the visits of a place in an average month: every week is more often than the four weeks of a tour."""
    return WEEKS_PER_MONTH if request.visits_per_month == WEEKLY else float(request.visits_per_month)


def walk_seconds_table(city: City, targets_xy: FloatArray, max_s: int, speed_m_min: float) -> FloatArray:
    """Return cell centre, target → walk [s], shape (C, T); `max_s` + 1 where it takes longer."""
    from sim.routing.walk import walk_table  # noqa: PLC0415 -- the package loads compiled kernels

    walks = walk_table(city.streets, city.population.xy, targets_xy, max_s=max_s, speed_m_min=speed_m_min)
    table = np.full((city.population.n_cells, len(targets_xy)), float(max_s + 1))
    table[walks.origin, walks.target] = walks.seconds
    return table


def chosen_words(request: PlanRequest, siting: Siting, tours: Tours, persons: float) -> Text:
    """Return how a plan was chosen, for the page: objective, how good, proven or not, driving."""
    ages = (
        Text("全年齢", "all ages")
        if not request.from_age
        else Text(f"{request.from_age} 歳以上", f"aged {request.from_age}+")
    )
    sure = (
        Text("証明済み", "proven")
        if siting.gap <= 0
        else Text(f"理論上の限界との差 {siting.gap:.1%} 以内", f"within {siting.gap:.1%} of the bound")
    )
    a_month = times_of(request) / request.visits_per_month  # tours are counted over four weeks
    n, hours = len(siting.chosen), tours.drive_s_month * a_month / 3600
    value = {
        "mclp": Text(
            f"徒歩 {request.plan.walk_m:,.0f} m 以内の{ages.ja} {siting.objective:,.0f} 人"
            f"（全体の {siting.objective / persons if persons else 0:.1%}）",
            f"{siting.objective:,.0f} residents ({ages.en}) within a walk of {request.plan.walk_m:,.0f} m",
        ),
        "p-median": Text(
            f"{ages.ja}の平均徒歩 {siting.objective / persons if persons else 0:.1f} 分",
            f"mean walk {siting.objective / persons if persons else 0:.1f} min ({ages.en})",
        ),
        "p-center": _longest(siting.objective, ages),
    }[request.objective]
    drive = (
        Text(f"走行 {hours:.1f} 時間/月は最少", f"driving {hours:.1f} h a month, the least")
        if tours.proven
        else Text(
            f"走行 {hours:.1f} 時間/月（限界との差 {tours.gap:.0%} 以内）",
            f"driving {hours:.1f} h a month (within {tours.gap:.0%} of the bound)",
        )
    )
    return Text(
        f"この条件で最良（{request.objective}、{sure.ja}）: {n} か所、{value.ja}、{drive.ja}",
        f"the best under these conditions ({request.objective}, {sure.en}): {n} places, {value.en}, {drive.en}",
    )


def _longest(minutes: float, ages: Text) -> Text:
    """Return the longest walk in words; beyond `FARTHEST_S` it is not known how long."""
    beyond = minutes * SECONDS_PER_MIN > FARTHEST_S
    most = FARTHEST_S / SECONDS_PER_MIN if beyond else minutes
    more = Text("超", "more than ") if beyond else Text("", "")
    return Text(f"{ages.ja}の最も長い徒歩 {most:.0f} 分{more.ja}", f"longest walk {more.en}{most:.0f} min ({ages.en})")


_NOTHING_HINT = Text(
    "p か vehicle_hours_per_month を増やすか、候補地を足してください",
    "give a larger p or vehicle_hours_per_month, or more candidates",
)
