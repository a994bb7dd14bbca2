"""Owns the measures of coverage: station catchments under every definition, transit coverage, gaps, frequent stops."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.timetable import RouteClass
from geodata.units import SECONDS_PER_MIN
from sim.accessibility import dual_access
from sim.assumed_lines import has_assumed_lines
from sim.catchment import distinct_xy, fit_radius, station_xy, stop_xy
from sim.cells import nearest_cell
from sim.frequency import departures_each_way
from sim.kpi.measure import Measure, no_data
from sim.kpi.spec import ROUTING_PARAMETERS, TIME_SETTINGS
from sim.on_demand.notes import services_note, services_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geodata.entrances import Entrance
    from geodata.units import FloatArray, IntArray
    from sim.context import RunContext, Walker
    from sim.kpi.measure import How
    from sim.results import RunResult

SHARE, PERSONS, GAP = "catchment_population_share", "catchment_population", "transit_gap_population"
_CLASSES = tuple(c.value for c in RouteClass if c is not RouteClass.RAIL)
_FIT_LOW_M, _FIT_HIGH_M = 50.0, 5_000.0

CIRCLES: dict[str, tuple[float, float]] = {
    "jr-1000m": (1_000.0, 0.0),
    "jr-800m": (800.0, 0.0),
    "jr800-brt500": (800.0, 500.0),
    "jr900-brt300": (900.0, 300.0),
}
"""Setting → radius around JR stations, and around BRT stops (0 = none) [m]."""

FITTED_BRT_M = {"jr-fitted": 0.0, "jr-brt300-fitted": 300.0}
"""Fitted setting → radius around BRT stops [m]; the one around JR stations reproduces the official figure."""

_RADIUS = re.compile(r"半径 ([\d,]+) m")

WALK_MIN = 10.0
NO_STATION = "市内に鉄道駅がない"
ASSUMED_NOTE = "仮定の路線を含む"
REFERENCE_ONLY = "参考値"
NEEDS_GTFS = "算定不可（実GTFSが必要）"
NO_TIMETABLE = "時刻表データ未登録"
NEEDS_DISTRICTS = "地区データ未登録"
NEEDS_POLYGON = "区域データ未登録"
BY_TIME_NOTE = "所要時間による定義（公表値とは別の物差し）"


def catchment_cover(context: RunContext, jr_m: float, brt_m: float) -> FloatArray:
    """Return cell → share within `jr_m` of JR stations or `brt_m` of BRT stops, by area, shape (C,)."""
    timetable = context.city.timetable
    circles = [(station_xy(timetable), jr_m)]
    if brt_m > 0:
        circles.append((stop_xy(timetable, RouteClass.BRT), brt_m))
    return context.cover(circles)


def fit_catchments(context: RunContext) -> dict[str, float]:
    """Return fitted setting → radius [m] that reproduces the official catchment share on this city, where one does."""
    target = context.city.targets.find(SHARE, "baseline")
    persons = context.city.population.total
    if target is None or len(station_xy(context.city.timetable)) == 0 or persons.sum() <= 0:
        return {}

    def share_at(radius_m: float, brt_m: float) -> float:
        return float(catchment_cover(context, radius_m, brt_m) @ persons / persons.sum())

    found = {}
    for setting, brt_m in FITTED_BRT_M.items():
        radius = fit_radius(lambda r, b=brt_m: share_at(r, b), target.value, low_m=_FIT_LOW_M, high_m=_FIT_HIGH_M)  # type: ignore[misc]
        if radius is not None:
            found[setting] = radius
    return found


def fitted_radii(baseline: RunResult) -> dict[str, float]:
    """Return the fitted radii [m] of a baseline's result; a stored one may only print them in its notes."""
    if baseline.fitted:
        return dict(baseline.fitted)
    rows = (baseline.find(SHARE, setting) for setting in FITTED_BRT_M)
    found = ((row.setting, _RADIUS.search(row.note)) for row in rows if row is not None)
    return {setting: float(hit[1].replace(",", "")) for setting, hit in found if hit}


def measure_catchment(context: RunContext) -> Iterable[Measure]:
    """Return the catchment under every setting, the default one first, as share of residents."""
    return _catchments(context, SHARE, "share")


def measure_catchment_persons(context: RunContext) -> Iterable[Measure]:
    """Return the catchment under every setting, the default one first, as persons."""
    return _catchments(context, PERSONS, "persons")


def _catchments(context: RunContext, kpi_id: str, how: How) -> Iterator[Measure]:
    chosen = context.params.catchment_setting
    for setting in ("default", *CIRCLES, "district-list", "walk-10min", *FITTED_BRT_M, "user-polygon"):
        definition = chosen if setting == "default" else setting
        yield catchment_measure(context, kpi_id, how, setting, definition)
    for setting, limit_min in TIME_SETTINGS.items():
        yield _by_time(context, kpi_id, how, setting, limit_min)


def catchment_measure(context: RunContext, kpi_id: str, how: How, setting: str, definition: str) -> Measure:
    """Return the catchment by one definition, labelled with `setting`."""
    if definition == "user-polygon":
        return _user_polygon(context, kpi_id, how, setting)
    if len(station_xy(context.city.timetable)) == 0:
        return no_data(kpi_id, setting, no_station(context))
    if definition == "district-list" and len(context.city.population.district_id) == 0:
        return no_data(kpi_id, setting, NEEDS_DISTRICTS)
    if definition in FITTED_BRT_M and definition not in (context.fitted or {}):
        reason = "公表値がないため半径を合わせられない" if not context.fitted else "公表値を再現する半径がない"
        return no_data(kpi_id, setting, reason)
    values, note = _DEFINED.get(definition, _by_circles)(context, definition)
    with_brt = CIRCLES.get(definition, (0.0, FITTED_BRT_M.get(definition, 0.0)))[1] > 0
    classes = (RouteClass.RAIL, RouteClass.BRT) if with_brt else (RouteClass.RAIL,)
    layers = ["population"]
    if definition == "walk-10min":
        layers += ["streets", "entrances"] if _station_doors(context) else ["streets"]
    status = context.status(*layers, parameters=("catchment_setting",), extra=(context.timetable_status(*classes),))
    return Measure(kpi_id, setting, how, values, values, status, note)


def _by_circles(context: RunContext, definition: str) -> tuple[FloatArray, str]:
    if definition in FITTED_BRT_M:
        jr_m, brt_m = (context.fitted or {})[definition], FITTED_BRT_M[definition]
        return catchment_cover(context, jr_m, brt_m), f"半径 {jr_m:,.0f} m（基準で公表値を再現）"
    jr_m, brt_m = CIRCLES[definition]
    return catchment_cover(context, jr_m, brt_m), ""


def _by_walk(context: RunContext, _: str) -> tuple[FloatArray, str]:
    speed = context.params.walk_standard_m_min
    doors = [  # a station is reached at its platform: the way inside counts
        (np.array([door.xy]), (WALK_MIN - door.inside_s / SECONDS_PER_MIN) * speed)
        for door in _station_doors(context)
        if door.inside_s < WALK_MIN * SECONDS_PER_MIN
    ]
    return context.reach_share([(station_xy(context.city.timetable), WALK_MIN * speed), *doors]), ""


def _station_doors(context: RunContext) -> list[Entrance]:
    """Return the further entrances of the JR stations of the city."""
    if not context.city.entrances:
        return []
    stops, rail = context.city.timetable.stops, context.city.timetable.stops_of_class(RouteClass.RAIL)
    names = set(stops.stop_id[rail[stops.in_city[rail]]].tolist())
    return [door for door in context.city.entrances if door.stop_id in names]


def _by_districts(context: RunContext, _: str) -> tuple[FloatArray, str]:
    population = context.city.population
    districts = station_districts(context)
    inside = np.isin(population.district, districts).astype(np.float64)
    names = "・".join(population.district_name[districts].tolist())
    return inside, f"仮定: JR駅のある地区（{names}）" if names else "仮定: JR駅のある地区（該当なし）"


_DEFINED: dict[str, Callable[[RunContext, str], tuple[FloatArray, str]]] = {
    "walk-10min": _by_walk,
    "district-list": _by_districts,
}


def station_districts(context: RunContext) -> IntArray:
    """Return the districts that hold a JR station: the district of the cell whose centre is nearest to it."""
    population = context.city.population
    cells = nearest_cell(population, station_xy(context.city.timetable))
    districts = np.unique(population.district[cells])
    return districts[districts >= 0].astype(np.int32)


def _user_polygon(context: RunContext, kpi_id: str, how: How, setting: str) -> Measure:
    drawn = [zone.xy for zone in context.city.zones if zone.kind == "user"]
    if not drawn:
        return no_data(kpi_id, setting, NEEDS_POLYGON)
    values = context.within_areas(np.array(drawn, dtype=object))
    status = context.status("population", parameters=("catchment_setting",))
    return Measure(kpi_id, setting, how, values, values, status)


def _by_time(context: RunContext, kpi_id: str, how: How, setting: str, limit_min: float) -> Measure:
    """
    Return the catchment by time: to the nearest JR station by any mode, on-demand services included.

    Counted from leaving home to the minute one wants to be there, the median of the window: unlike the journey itself,
    no added service or entrance can lengthen that.
    """
    stations = station_xy(context.city.timetable)
    if len(stations) == 0:
        return no_data(kpi_id, setting, no_station(context))
    standard, older = (
        (_station_minutes(context, stations, walker, limit_min) <= limit_min).astype(np.float64)
        for walker in ("standard", "older")
    )
    names = [name for name in ROUTING_PARAMETERS if name != "walk_detour"]
    extra = (context.timetable_status(), *services_status(context))
    status = context.status("population", "streets", parameters=names, extra=extra)
    assumed = ASSUMED_NOTE if has_assumed_lines(context.city) else ""
    note = "; ".join(text for text in (BY_TIME_NOTE, assumed, services_note(context)) if text)
    return Measure(kpi_id, setting, how, standard, older, status, note)


def _station_minutes(context: RunContext, stations: FloatArray, walker: Walker, limit_min: float) -> FloatArray:
    """Return cell → minutes to the nearest JR station, on foot by its further entrances too; shape (C,)."""
    request = replace(context.routing_request(walker), departure_mode="random")
    minutes = dual_access(context.travel_minutes(walker, stations, request))
    slower = context.params.walk_standard_m_min / context.params.walk_m_min(walker)
    for door in _station_doors(context):
        on_foot = context.walk_minutes(np.array([door.xy]), max_min=limit_min) * slower
        minutes = np.minimum(minutes, on_foot + door.inside_s / SECONDS_PER_MIN)
    return minutes


def without_timetable(context: RunContext) -> bool:
    """Return whether the city holds no stop at all: nobody knows then who has one nearby."""
    return context.city.timetable.n_stops == 0


def no_station(context: RunContext) -> str:
    """Return why there is no station: the city has none, or nobody gave a timetable."""
    return NO_TIMETABLE if without_timetable(context) else NO_STATION


def coverage_circles(context: RunContext, station_m: float, stop_m: float) -> list[tuple[FloatArray, float]]:
    """Return the circles around stations and other stops that any trip serves, inside the city or not."""
    timetable = context.city.timetable
    return [(stop_xy(timetable, RouteClass.RAIL), station_m), (stop_xy(timetable, *_CLASSES), stop_m)]


def measure_transit_coverage(context: RunContext) -> Iterable[Measure]:
    """Return the share of residents near a station or stop."""
    names = ("coverage_station_m", "coverage_stop_m")
    if without_timetable(context):
        return (no_data("transit_coverage_share", "default", NO_TIMETABLE),)
    values = context.cover(coverage_circles(context, context.params.coverage_station_m, context.params.coverage_stop_m))
    status = context.status("population", parameters=names, extra=(context.timetable_status(),))
    note = ASSUMED_NOTE if has_assumed_lines(context.city) else ""
    return (Measure("transit_coverage_share", "default", "share", values, values, status, note),)


def measure_transit_gap(context: RunContext) -> Iterable[Measure]:
    """Return the residents beyond stations and stops; withheld where that rests on assumed lines."""
    return _transit_gaps(context)


def _transit_gaps(context: RunContext) -> Iterator[Measure]:
    params = context.params
    radii = {
        "default": (params.gap_station_m, params.gap_stop_m),
        "1000-500": (1_000.0, 500.0),
        "1km": (1_000.0, 1_000.0),
    }
    assumed = has_assumed_lines(context.city)
    for setting, (station_m, stop_m) in radii.items():
        if without_timetable(context):
            yield no_data(GAP, setting, NO_TIMETABLE)
            continue
        if assumed and not context.analysis.include_assumed_lines:
            yield no_data(GAP, setting, NEEDS_GTFS)
            continue
        values = 1.0 - context.cover(coverage_circles(context, station_m, stop_m))
        names = ("gap_station_m", "gap_stop_m")
        status = context.status("population", parameters=names, extra=(context.timetable_status(),))
        note = f"{REFERENCE_ONLY}; {ASSUMED_NOTE}" if assumed else ""
        yield Measure(GAP, setting, "persons", values, values, status, note)


def frequent_circles(context: RunContext) -> list[tuple[FloatArray, float]]:
    """Return the circles around stations and stops with enough departures a day each way."""
    timetable, params = context.city.timetable, context.params
    departures = departures_each_way(timetable, context.city.defaults.date)
    busy = np.flatnonzero(departures >= params.frequent_departures)
    rail = timetable.stops_of_class(RouteClass.RAIL)
    stations, stops = np.intersect1d(busy, rail), np.setdiff1d(busy, rail)
    xy = timetable.stops.xy
    return [
        (distinct_xy(xy[stations]), params.coverage_station_m),
        (distinct_xy(xy[stops]), params.coverage_stop_m),
    ]


def measure_frequent(context: RunContext) -> Iterable[Measure]:
    """Return the share of residents near frequent stations or stops."""
    names = ("coverage_station_m", "coverage_stop_m", "frequent_departures")
    if without_timetable(context):
        return (no_data("frequent_stop_share", "default", NO_TIMETABLE),)
    values = context.cover(frequent_circles(context))
    status = context.status("population", parameters=names, extra=(context.timetable_status(),))
    note = ASSUMED_NOTE if has_assumed_lines(context.city) else ""
    return (Measure("frequent_stop_share", "default", "share", values, values, status, note),)
