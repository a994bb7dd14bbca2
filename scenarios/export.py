"""
Owns map.json: what the page draws of one run, as small feature collections in degrees.

``{"schema": "ekisei-map/1", "lines": …, "stops": …, "facilities": …, "places": …, "closures": …, "hubs": …,
"entrances": …, "on_demand": …, "autonomous": …, "tours": …}``. Every feature has `change` (added | changed | removed |
same) against the city as it is, so that any two runs can be told apart; closures are counts by district.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.city import City
from geodata.digest import digest_of
from geodata.mobile_office import MobileOfficePlan, OfficeVisit
from geodata.provenance import Status
from geodata.timetable import RouteClass, Timetable
from geodata.units import BoolArray, FloatArray
from scenarios.export_services import service_layers
from scenarios.modifications.base import Closure
from scenarios.modifications.timetable_edit import shape_of
from scenarios.pattern_change import only_grew, pattern_change, stop_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

MAP_SCHEMA = "ekisei-map/1"
DIGITS = 5
SIMPLIFY_DEG = 3e-5
CLASS_RANK = (RouteClass.RAIL, RouteClass.BRT, RouteClass.BUS, RouteClass.OTHER)
WEEKDAY_JA = "月火水木金土日"
WEEKDAY_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Json = dict[str, Any]


def map_layers(base: City, city: City, closures: Iterable[Closure] = ()) -> Json:
    """Return the layers of a run on `city`, compared with `base`; nothing in them tells which clinic closed."""
    return {
        "schema": MAP_SCHEMA,
        **moving_layers(base.timetable, city.timetable),
        **placed_layers(base, city, closures),
    }


def moving_layers(base: Timetable, new: Timetable) -> Json:
    """Return lines and stops, which follow from two timetables alone."""
    return {"lines": _collection(_lines(base, new)), "stops": _collection(_stops(base, new))}


def placed_layers(base: City, city: City, closures: Iterable[Closure] = ()) -> Json:
    """Return facilities, plans and closures: all that is no line and no stop."""
    closed = tuple(closures)
    return {
        "facilities": _collection(_facilities(base, city, {c.kind for c in closed})),
        "places": _collection(_places(base.mobile_offices, city.mobile_offices)),
        "closures": _collection(_closures(base, closed)),
        **{name: _collection(features) for name, features in service_layers(base, city).items()},
    }


def _collection(features: list[Json]) -> Json:
    return {"type": "FeatureCollection", "features": features}


def _point(lonlat: Any, properties: Json) -> Json:
    coordinates = [round(float(v), DIGITS) for v in lonlat]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": coordinates}, "properties": properties}


def _polyline(lonlat: FloatArray, properties: Json) -> Json:
    import shapely  # noqa: PLC0415 -- only maps need it

    line = shapely.simplify(shapely.LineString(lonlat), SIMPLIFY_DEG) if len(lonlat) > 2 else None  # noqa: PLR2004
    points = lonlat if line is None else shapely.get_coordinates(line)
    coordinates = np.round(points, DIGITS).tolist()
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": coordinates}, "properties": properties}


# ---------------------------------------------------------------- lines


def _lines(base: Timetable, new: Timetable) -> list[Json]:
    """Return one feature per way of a route (both directions once), and of its added and removed parts."""
    listed = _without_trips(base) & _without_trips(new)
    before, after = _patterns_in_use(base, listed), _patterns_in_use(new, listed)
    features: list[Json] = []
    drawn: set[tuple[Any, ...]] = set()
    for pattern_id in [*after, *(p for p in before if p not in after)]:
        timetable = new if pattern_id in after else base
        pattern = after.get(pattern_id, before.get(pattern_id, -1))
        stops = stop_ids(timetable, pattern)
        old = stop_ids(base, before[pattern_id]) if pattern_id in before else None
        change = pattern_change(base, new, before.get(pattern_id), after.get(pattern_id))
        way = min(tuple(stops), tuple(reversed(stops)))
        key = (str(timetable.routes.route_id[timetable.patterns.route[pattern]]), way, change)
        if key in drawn:
            continue
        drawn.add(key)
        properties = _route_properties(timetable, pattern) | {"runs": pattern_id not in listed}
        if old is None or old == stops:
            features.append(_polyline(_way(timetable, pattern), properties | {"change": change}))
        else:
            features += _parts(base, before[pattern_id], new, pattern, properties)
    return features


def _patterns_in_use(timetable: Timetable, listed: set[str]) -> dict[str, int]:
    """Return pattern id → index of those with trips, and of those that are only listed."""
    used = set(np.unique(timetable.trips.pattern).tolist())
    ids = [str(i) for i in timetable.patterns.pattern_id]
    return {pattern_id: p for p, pattern_id in enumerate(ids) if p in used or pattern_id in listed}


def _without_trips(timetable: Timetable) -> set[str]:
    """Return patterns that are known but have no timetable, such as a works branch."""
    used = np.isin(np.arange(len(timetable.patterns.pattern_id)), timetable.trips.pattern)
    return {str(i) for i in timetable.patterns.pattern_id[~used]}


def _way(timetable: Timetable, pattern: int) -> FloatArray:
    shape = shape_of(timetable.patterns, pattern)
    return shape if len(shape) > 1 else timetable.stops.lonlat[timetable.patterns.stops_of(pattern)]


def _route_properties(timetable: Timetable, pattern: int) -> Json:
    routes = timetable.routes
    route = int(timetable.patterns.route[pattern])
    assumed = str(routes.status[route]) == Status.ASSUMED
    return {
        "route_id": str(routes.route_id[route]),
        "name": "" if assumed else str(routes.name[route]),
        "name_en": "" if assumed else str(routes.name_en[route]),
        "class": str(routes.route_class[route]),
        "status": str(routes.status[route]),
        "assumed": assumed,
    }


def _parts(base: Timetable, before: int, new: Timetable, after: int, properties: Json) -> list[Json]:
    """Return the kept, the added and the removed part of a pattern that takes another way."""
    old_ids, new_ids = stop_ids(base, before), stop_ids(new, after)
    old_hops = {frozenset(h) for h in itertools.pairwise(old_ids)}
    new_hops = {frozenset(h) for h in itertools.pairwise(new_ids)}
    old_at = base.stops.lonlat[base.patterns.stops_of(before)]
    new_at = new.stops.lonlat[new.patterns.stops_of(after)]
    kept = {"change": "same" if only_grew(base, before, new, after) else "changed"}
    if old_hops <= new_hops:
        features = [_polyline(_way(base, before), properties | kept)]
    else:
        features = [_polyline(r, properties | kept) for r in _runs(new_ids, new_at, old_hops, inside=True)]
    features += [_polyline(r, properties | {"change": "added"}) for r in _runs(new_ids, new_at, old_hops, inside=False)]
    features += [
        _polyline(r, properties | {"change": "removed"}) for r in _runs(old_ids, old_at, new_hops, inside=False)
    ]
    return features


def _runs(ids: list[str], lonlat: FloatArray, hops: set[frozenset[str]], *, inside: bool) -> list[FloatArray]:
    """Return the longest stretches whose hops are all in (or all out of) a set of hops."""
    runs: list[FloatArray] = []
    start: int | None = None
    for n in range(len(ids)):
        wanted = n < len(ids) - 1 and (frozenset((ids[n], ids[n + 1])) in hops) == inside
        if wanted and start is None:
            start = n
        elif not wanted and start is not None:
            runs.append(lonlat[start : n + 1])
            start = None
    return runs


# ---------------------------------------------------------------- stops


def _stops(base: Timetable, new: Timetable) -> list[Json]:
    """Return the stops that any run serves, before or after."""
    before, after = _served(base), _served(new)
    features = []
    for stop_id in [*after, *(s for s in before if s not in after)]:
        timetable, found = (new, after[stop_id]) if stop_id in after else (base, before[stop_id])
        change = "removed" if stop_id not in after else "added" if stop_id not in before else "same"
        stop, kind, assumed = found
        stops = timetable.stops
        features.append(
            _point(
                stops.lonlat[stop],
                {
                    "stop_id": stop_id,
                    "name": "" if assumed else str(stops.name[stop]),
                    "name_en": "" if assumed else str(stops.name_en[stop]),
                    "class": kind,
                    "in_city": bool(stops.in_city[stop]),
                    "position_error_m": _metres(stops.position_error_m[stop]),
                    "status": str(stops.status[stop]),
                    "assumed": assumed,
                    "change": change,
                },
            )
        )
    return features


def _served(timetable: Timetable) -> dict[str, tuple[int, str, bool]]:
    """Return stop id → (index, best class of its routes, served by assumed routes only)."""
    stop, route = timetable.routes_at_stop()
    rank = {str(c): n for n, c in enumerate(CLASS_RANK)}
    best: dict[int, tuple[int, bool]] = {}
    for s, r in zip(stop.tolist(), route.tolist(), strict=True):
        now = rank.get(str(timetable.routes.route_class[r]), len(rank) - 1)
        assumed = str(timetable.routes.status[r]) == Status.ASSUMED
        known = best.get(s, (now, True))
        best[s] = (min(known[0], now), known[1] and assumed)
    return {str(timetable.stops.stop_id[s]): (s, str(CLASS_RANK[k]), a) for s, (k, a) in sorted(best.items())}


def _metres(value: float) -> float | None:
    return round(float(value), 1) if np.isfinite(value) else None


# ---------------------------------------------------------------- facilities and places


def _facilities(base: City, city: City, anonymous: set[str]) -> list[Json]:
    """Return facilities; kinds with anonymous closures are shown as they are today, all of them and without names."""
    old, new = base.facilities, city.facilities
    if old is new:
        return [_facility(base, f, "same", named=True) for f in range(old.n_facilities)]
    before = {str(i): n for n, i in enumerate(old.facility_id)}
    after = {str(i): n for n, i in enumerate(new.facility_id)}
    features = []
    for facility_id, f in before.items():
        hidden = str(old.kind[f]) in anonymous
        kept = facility_id in after
        if hidden:
            change = "same"
        elif kept:
            change = "same" if _offer(base, f) == _offer(city, after[facility_id]) else "changed"
        else:
            change = "removed"
        features.append(_facility(base, f, change, named=not hidden))
    return features + [_facility(city, f, "added", named=True) for i, f in after.items() if i not in before]


def _offer(city: City, facility: int) -> tuple[Any, ...]:
    f = city.facilities
    rows: BoolArray = f.hours_facility == facility
    hours = tuple(
        zip(f.hours_days[rows].tolist(), f.hours_start_s[rows].tolist(), f.hours_end_s[rows].tolist(), strict=True)
    )
    return repr(float(f.capacity[facility])), bool(f.open_to_public[facility]), hours


def _facility(city: City, facility: int, change: str, *, named: bool) -> Json:
    f = city.facilities
    properties = {
        "name": str(f.name[facility]) if named else "",
        "kind": str(f.kind[facility]),
        "status": str(f.status[facility]),
        "open_to_public": bool(f.open_to_public[facility]),
        "position_error_m": _metres(f.position_error_m[facility]),
        "change": change,
    }
    return _point(f.lonlat[facility], properties)


def _closures(base: City, closures: tuple[Closure, ...]) -> list[Json]:
    """Return counts of assumed closures at the centres of their districts."""
    people = base.population
    features = []
    for closure in closures:
        inside = people.district == np.flatnonzero(people.district_id == closure.district_id)[:1]
        inside = inside if np.any(inside) else np.ones(people.n_cells, bool)
        weights = people.total[inside] if people.total[inside].sum() > 0 else None
        centre = np.average(people.lonlat[inside], axis=0, weights=weights)
        properties = {
            "kind": closure.kind,
            "district_id": closure.district_id,
            "district": closure.district_name,
            "count": closure.count,
            "change": "removed",
        }
        features.append(_point(centre, properties))
    return features


def _places(base: tuple[MobileOfficePlan, ...], new: tuple[MobileOfficePlan, ...]) -> list[Json]:
    known = {plan.plan_id: digest_of(plan) for plan in base}
    changes = {
        plan.plan_id: "added"
        if plan.plan_id not in known
        else ("same" if known[plan.plan_id] == digest_of(plan) else "changed")
        for plan in new
    }
    return [
        _point(
            place.lonlat,
            {
                "plan_id": plan.plan_id,
                "plan_status": plan.plan_status,
                "name": place.name.ja,
                "name_en": place.name.en,
                "visits": "、".join(visit_text(v, "ja") for v in place.visits),
                "visits_en": ", ".join(visit_text(v, "en") for v in place.visits),
                "visits_per_month": round(sum(v.per_month for v in place.visits), 2),
                "services": "、".join(plan.services),
                "walk_m": plan.walk_m,
                "use": plan.use,
                "chosen_by": plan.chosen_by,
                "clinic_desk": plan.clinic_desk is not None,
                "change": changes[plan.plan_id],
            },
        )
        for plan in new
        for place in plan.places
    ]


def visit_text(visit: OfficeVisit, lang: str) -> str:
    """Return a visit in words: 第1・3火 10:00–15:00."""
    clock = f"{visit.start_s // 3600:02d}:{visit.start_s // 60 % 60:02d}"
    clock += f"–{visit.end_s // 3600:02d}:{visit.end_s // 60 % 60:02d}"
    if lang == "en":
        weeks = "/".join(str(w) for w in visit.weeks_of_month)
        return f"{f'week {weeks} ' if weeks else ''}{WEEKDAY_EN[visit.weekday]} {clock}"
    weeks = "・".join(str(w) for w in visit.weeks_of_month)
    return f"{f'第{weeks}' if weeks else '毎週'}{WEEKDAY_JA[visit.weekday]} {clock}"
