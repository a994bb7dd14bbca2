"""
Owns the part of map.json that shows services: hubs, entrances, on-demand areas, autonomous lines, tours of an office.

Every feature has `change` (added | changed | removed | same) against the city as it is, `plan_status` and `status`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.city import City
from geodata.crs import to_lonlat, to_plane
from geodata.digest import digest_of
from geodata.mobile_office import MobileOfficePlan, OfficePlace, OfficeVisit, times_a_month
from geodata.provenance import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geodata.autonomous import AutonomousOperation
    from geodata.entrances import Entrance
    from geodata.hubs import Hub
    from geodata.on_demand import OnDemandService
    from geodata.units import FloatArray

DIGITS = 5
SIMPLIFY_M = 5.0
OWN_PLANE_M = 100.0
LAST_WEEK = 5
Json = dict[str, Any]


def service_layers(base: City, city: City) -> dict[str, list[Json]]:
    """Return the features of each layer of services of a run on `city`, compared with `base`."""
    return {
        "hubs": _compared(_places(base.hubs), _places(city.hubs), lambda hub: hub.hub_id, _hub),
        "entrances": _compared(base.entrances, city.entrances, lambda one: one.entrance_id, _entrance),
        "on_demand": _on_demand(base, city),
        "autonomous": _autonomous(base, city),
        "tours": _compared(base.mobile_offices, city.mobile_offices, lambda plan: plan.plan_id, _tours),
    }


def _compared(
    old: Iterable[Any], new: Iterable[Any], key: Callable[[Any], str], draw: Callable[[Any, str], list[Json]]
) -> list[Json]:
    """Return the features of what is there now, then of what was there before only."""
    before, after = {key(one): one for one in old}, {key(one): one for one in new}
    features: list[Json] = []
    for name, one in after.items():
        change = "added" if name not in before else "same" if _equal(before[name], one) else "changed"
        features += draw(one, change)
    return features + [f for name, one in before.items() if name not in after for f in draw(one, "removed")]


def _equal(one: Any, other: Any) -> bool:
    return one is other or digest_of(one) == digest_of(other)


def _status_of(plan_status: str) -> str:
    """Return how sure a planned thing is: 試算 where it stands in a plan, else 仮定."""
    return str(Status.MODELLED if plan_status == "planned" else Status.ASSUMED)


def _feature(kind: str, coordinates: Any, properties: Json) -> Json:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def _rounded(lonlat: Any) -> Any:
    return np.round(np.asarray(lonlat, float), DIGITS).tolist()


def _minutes(seconds: int) -> float:
    return round(seconds / 60, 2)


# ---------------------------------------------------------------- hubs and entrances


def _places(hubs: Sequence[Hub]) -> list[Hub]:
    return [hub for hub in hubs if hub.role == "hub"]


def _hub(hub: Hub, change: str) -> list[Json]:
    properties = {
        "hub_id": hub.hub_id,
        "name": hub.name.ja,
        "name_en": hub.name.en,
        "radius_m": hub.radius_m,
        "components": list(hub.components),
        "min_transfer_time_min": _minutes(hub.min_transfer_time_s) if hub.min_transfer_time_s else None,
        "boarding_penalty_min": _minutes(hub.boarding_penalty_s) if hub.boarding_penalty_s else None,
        "plan_status": hub.plan_status,
        "status": _status_of(hub.plan_status),
        "change": change,
    }
    return [_feature("Point", _rounded(hub.lonlat), properties)]


def _entrance(entrance: Entrance, change: str) -> list[Json]:
    properties = {
        "entrance_id": entrance.entrance_id,
        "stop_id": entrance.stop_id,
        "name": entrance.name.ja,
        "name_en": entrance.name.en,
        "inside_min": _minutes(entrance.inside_s),
        "plan_status": entrance.plan_status,
        "status": _status_of(entrance.plan_status),
        "change": change,
    }
    return [_feature("Point", _rounded(entrance.lonlat), properties)]


# ---------------------------------------------------------------- on-demand areas


def _on_demand(base: City, city: City) -> list[Json]:
    driven = {o.service_id for o in city.autonomous if o.service_id}

    def draw(service: OnDemandService, change: str) -> list[Json]:
        return _area(city, service, change, autonomous=service.service_id in driven)

    computed = [[s for s in one.on_demand if s.plan is not None] for one in (base, city)]
    return _compared(computed[0], computed[1], lambda service: service.service_id, draw)


def _area(city: City, service: OnDemandService, change: str, *, autonomous: bool) -> list[Json]:
    import shapely  # noqa: PLC0415 -- only maps need it

    plan = service.plan
    if plan is None:
        return []
    shape = shapely.simplify(plan.area_xy, SIMPLIFY_M)
    outline = shapely.transform(shape, lambda xy: np.round(lonlat_of_plane(city, xy), DIGITS))
    geometry = shapely.geometry.mapping(outline)
    properties = {
        "service_id": service.service_id,
        "name": service.name.ja,
        "name_en": service.name.en,
        "policy": plan.policy,
        "start_min": plan.start_s // 60,
        "end_min": plan.end_s // 60,
        "vehicles": service.n_vehicles,
        "seats": service.seats,
        "booking": service.booking,
        "fare": service.fare.ja,
        "fare_en": service.fare.en,
        "business": plan.business,
        "to_stops": list(plan.to_stops),
        "autonomous": autonomous,
        "plan_status": service.plan_status,
        "status": str(service.status),
        "change": change,
    }
    return [_feature(geometry["type"], _listed(geometry["coordinates"]), properties)]


def _listed(coordinates: Any) -> Any:
    """Return nested tuples of coordinates as lists, as JSON has them."""
    return [_listed(part) for part in coordinates] if isinstance(coordinates, (list, tuple)) else float(coordinates)


def lonlat_of_plane(city: City, xy: FloatArray) -> FloatArray:
    """Return degrees of plane points, shape (N, 2), also where a made-up city lies on a plane of its own."""
    people = city.population
    if not people.n_cells or np.abs(to_plane(city.epsg, people.lonlat[:1]) - people.xy[:1]).max() <= OWN_PLANE_M:
        return to_lonlat(city.epsg, xy)
    base = people.xy[0]
    matrix, *_ = np.linalg.lstsq(
        np.hstack([people.xy - base, np.ones((people.n_cells, 1))]), people.lonlat - people.lonlat[0], rcond=None
    )
    mapped: FloatArray = np.hstack([xy - base, np.ones((len(xy), 1))]) @ matrix + people.lonlat[0]
    return mapped


# ---------------------------------------------------------------- autonomous lines


def _autonomous(base: City, city: City) -> list[Json]:
    old = {o.operation_id for o in base.autonomous}

    def draw(operation: AutonomousOperation, change: str) -> list[Json]:
        known = city if change != "removed" or operation.operation_id not in old else base
        return _domain(known, operation, change)

    return _compared(base.autonomous, city.autonomous, lambda operation: operation.operation_id, draw)


def _domain(city: City, operation: AutonomousOperation, change: str) -> list[Json]:
    """Return one line per stretch of the operating domain, both ways once; an assumed route stays unnamed."""
    stops, routes = city.timetable.stops, city.timetable.routes
    at = {str(stop_id): n for n, stop_id in enumerate(stops.stop_id)}
    trips = np.flatnonzero(np.isin(city.timetable.trips.trip_id, operation.trip_ids))
    used = np.unique(city.timetable.patterns.route[city.timetable.trips.pattern[trips]])
    assumed = bool(len(used)) and bool(np.all(routes.status[used] == Status.ASSUMED))
    names = ["" if assumed else str(routes.name[r]) for r in used.tolist()]
    properties = {
        "operation_id": operation.operation_id,
        "name": "・".join(n for n in names if n),
        "runs": len(operation.trip_ids),
        "max_speed_kmh": operation.max_speed_kmh,
        "domain_m": round(operation.domain_m),
        "attendant": operation.attendant,
        "weather_availability": operation.weather_availability,
        "assumed": assumed,
        "plan_status": operation.plan_status,
        "status": _status_of(operation.plan_status),
        "change": change,
    }
    ways = dict.fromkeys(min(way, way[::-1]) for way in operation.domain_stops)
    lines = [[stops.lonlat[at[s]] for s in way if s in at] for way in ways]
    return [_feature("LineString", _rounded(line), properties) for line in lines if len(line) > 1]


# ---------------------------------------------------------------- tours of a mobile office


def _tours(plan: MobileOfficePlan, change: str) -> list[Json]:
    """Return one line per vehicle, weekday and weeks of the month: depot, places in order, depot; drawn straight."""
    calls: dict[tuple[int, int], list[tuple[OfficeVisit, OfficePlace]]] = {}
    for place in plan.places:
        for visit in place.visits:
            vehicle = 0 if visit.vehicle < 0 and plan.n_vehicles == 1 else visit.vehicle
            if vehicle >= 0:
                calls.setdefault((visit.weekday, vehicle), []).append((visit, place))
    features: list[Json] = []
    for (weekday, vehicle), made in sorted(calls.items(), key=lambda item: item[0]):
        for weeks, tour in _by_weeks(made):
            points = [place.lonlat for _, place in tour]
            if plan.depot_lonlat is not None:
                points = [plan.depot_lonlat, *points, plan.depot_lonlat]
            properties = {
                "plan_id": plan.plan_id,
                "name": plan.name.ja,
                "name_en": plan.name.en,
                "use": plan.use,
                "weekday": weekday,
                "weeks": list(weeks),
                "vehicle": vehicle,
                "visits": len(tour),
                "per_month": round(times_a_month(weeks), 2),
                "start_min": tour[0][0].start_s // 60,
                "end_min": tour[-1][0].end_s // 60,
                "plan_status": plan.plan_status,
                "status": _status_of(plan.plan_status),
                "change": change,
            }
            if len(points) > 1:
                features.append(_feature("LineString", _rounded(points), properties))
    return features


Made = list[tuple[OfficeVisit, OfficePlace]]


def _by_weeks(made: Made) -> list[tuple[tuple[int, ...], Made]]:
    """Return (weeks of the month, what is visited then, in order); no weeks = every week."""
    ordered = sorted(made, key=lambda call: (call[0].start_s, call[1].place_id))
    if not any(visit.weeks_of_month for visit, _ in ordered):
        return [((), ordered)]
    found: dict[tuple[int, ...], tuple[list[int], Made]] = {}
    for week in range(1, LAST_WEEK + 1):
        rows = tuple(n for n, (v, _) in enumerate(ordered) if not v.weeks_of_month or week in v.weeks_of_month)
        if rows:
            found.setdefault(rows, ([], [ordered[n] for n in rows]))[0].append(week)
    return [(tuple(weeks), tour) for weeks, tour in found.values()]
