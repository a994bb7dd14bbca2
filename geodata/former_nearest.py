"""Owns the search for what stands nearest now to each id that a city no longer has, in time linear in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.former_ids import FormerId
from geodata.former_lines import closest, former_lines, plain_name
from geodata.timetable import RouteClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from geodata.population import PopulationCells
    from geodata.timetable import Timetable
    from geodata.units import BoolArray, FloatArray, StrArray

SAME_NAME_M = 1_000.0
"""Something of the same name within this distance [m] is meant rather than something nearer of another name."""


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Things of one kind: id, name and place; a place may be NaN."""

    ids: StrArray
    names: StrArray
    xy: FloatArray
    category: StrArray | None = None


def find_former_ids(base: City, city: City) -> tuple[FormerId, ...]:
    """
    Return every id of `base` that `city` no longer has, with what is nearest now.

    Stops and facilities: the nearest, of the same kind, one of the same name within 1 km first. Routes and patterns:
    the same name, else the one that stops within 300 m of most of its stops, else the nearest, trains for trains; the
    distance is the median from its stops. Districts: the same name, else the nearest centre of population. Cells: the
    one that holds the centre, else the nearest.

    Ids that `base` itself had replaced stay known; where their nearest one is gone too, its nearest takes its place.

    Parameters
    ----------
    base, city
        Before and after, on the same plane.
    """
    found: list[FormerId] = []
    if base.timetable is not city.timetable:
        found += _stops(base.timetable, city.timetable)
        found += former_lines(base.timetable, city.timetable)
    if base.facilities is not city.facilities:
        found += _facilities(base, city)
    if base.population is not city.population:
        found += _districts(base.population, city.population)
        found += _cells(base.population, city.population)
    return (*found, *_carried_on(base, city, found))


def _stops(old: Timetable, new: Timetable) -> list[FormerId]:
    """Return the stops that are no more; nearest to a railway station is a station, to a bus stop a bus stop."""
    here, there = old.stops, new.stops
    gone = ~np.isin(here.stop_id, there.stop_id)
    was_rail, is_rail = _by_rail(old), _by_rail(new)
    found: list[FormerId] = []
    for rail in (True, False):
        mine, theirs = np.flatnonzero(gone & (was_rail == rail)), np.flatnonzero(is_rail == rail)
        theirs = theirs if len(theirs) else np.arange(len(is_rail))
        wanted = _Places(here.stop_id[mine], here.name[mine], here.xy[mine])
        found += _nearest("stop", wanted, _Places(there.stop_id[theirs], there.name[theirs], there.xy[theirs]))
    row = {i: n for n, i in enumerate(here.stop_id.tolist())}
    return sorted(found, key=lambda f: row[f.former_id])


def _by_rail(timetable: Timetable) -> BoolArray:
    """Return stop → trains stop there and no bus, shape (S,)."""
    patterns = timetable.patterns
    rail = timetable.routes.route_class[np.repeat(patterns.route, np.diff(patterns.stop_offsets))] == RouteClass.RAIL
    served = np.zeros((2, timetable.n_stops), np.bool_)
    served[0, patterns.stops[rail]] = True
    served[1, patterns.stops[~rail]] = True
    only: BoolArray = served[0] & ~served[1]
    return only


def _facilities(base: City, city: City) -> list[FormerId]:
    here, there = base.facilities, city.facilities
    found: list[FormerId] = []
    gone = ~np.isin(here.facility_id, there.facility_id)
    for kind in np.unique(here.kind[gone]).tolist():
        mine, theirs = np.flatnonzero(gone & (here.kind == kind)), np.flatnonzero(there.kind == kind)
        wanted = _Places(here.facility_id[mine], here.name[mine], here.xy[mine], here.kind[mine])
        found += _nearest("facility", wanted, _Places(there.facility_id[theirs], there.name[theirs], there.xy[theirs]))
    return found


def _districts(old: PopulationCells, new: PopulationCells) -> list[FormerId]:
    gone = np.flatnonzero(~np.isin(old.district_id, new.district_id))
    wanted = _Places(old.district_id[gone], old.district_name[gone], _centres(old)[gone])
    there = _Places(new.district_id, new.district_name, _centres(new))
    return _nearest("district", wanted, there, same_name_m=np.inf)


def _centres(people: PopulationCells) -> FloatArray:
    """Return the centre of population of districts, shape (K, 2); NaN without cells."""
    inside = people.district >= 0
    district, n = people.district[inside], len(people.district_id)
    weight = people.total[inside] + 1e-9  # a district without people has a centre too
    sums = [np.bincount(district, weight * people.xy[inside, axis], minlength=n) for axis in (0, 1)]
    total = np.bincount(district, weight, minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        centres: FloatArray = np.stack(sums, axis=1) / total[:, None]
    return centres


def _cells(old: PopulationCells, new: PopulationCells) -> list[FormerId]:
    gone = np.flatnonzero(~np.isin(old.cell_id, new.cell_id))
    if not len(gone):
        return []
    nearest, distance = closest(new.xy, old.xy[gone])
    points, holders = shapely.STRtree(new.polygon_xy).query(shapely.points(old.xy[gone]), predicate="intersects")
    first = np.unique(points, return_index=True)[1]  # a point on an edge has several: the first by row
    for point, holder in sorted(zip(points[first].tolist(), holders[first].tolist(), strict=True)):
        nearest[point] = holder
        distance[point] = np.hypot(*(new.xy[holder] - old.xy[gone[point]]))
    ids = np.append(new.cell_id, "")
    return [
        FormerId("cell", str(old.cell_id[row]), "", str(ids[at]), "", float(far))
        for row, at, far in zip(gone.tolist(), nearest.tolist(), distance.tolist(), strict=True)
    ]


def _nearest(kind: str, wanted: _Places, there: _Places, same_name_m: float = SAME_NAME_M) -> list[FormerId]:
    """Return each of `wanted` with the nearest of `there`, one of the same name within `same_name_m` first."""
    row, distance = closest(there.xy, wanted.xy)
    by_name: dict[str, list[int]] = {}
    for n, name in enumerate(there.names.tolist()):
        by_name.setdefault(plain_name(name), []).append(n)
    ids, names = np.append(there.ids, ""), np.append(there.names, "")
    found = []
    for n, name in enumerate(wanted.names.tolist()):
        at, far = int(row[n]), float(distance[n])
        namesakes = by_name.get(plain_name(name), []) if plain_name(name) else []
        if namesakes:
            away = np.hypot(*(there.xy[namesakes] - wanted.xy[n]).T)
            best = int(np.argmin(np.where(np.isnan(away), np.inf, away)))
            if away[best] <= same_name_m or np.isinf(same_name_m):
                at, far = namesakes[best], float(away[best]) if np.isfinite(away[best]) else np.inf
        category = "" if wanted.category is None else str(wanted.category[n])
        found.append(FormerId(kind, str(wanted.ids[n]), str(name), str(ids[at]), str(names[at]), far, category))
    return found


def _carried_on(base: City, city: City, found: Sequence[FormerId]) -> list[FormerId]:
    """Return what was former in the base already and still does not exist."""
    now = {(f.kind, f.former_id): f for f in found}
    known = {
        "stop": city.timetable.stops.stop_id,
        "route": city.timetable.routes.route_id,
        "pattern": city.timetable.patterns.pattern_id,
        "facility": city.facilities.facility_id,
        "district": city.population.district_id,
        "cell": city.population.cell_id,
    }
    there = {kind: set(ids.tolist()) for kind, ids in known.items()}
    carried = []
    for old in base.former_ids:
        if old.former_id in there.get(old.kind, set()) or (old.kind, old.former_id) in now:
            continue
        onward = now.get((old.kind, old.nearest_id))
        carried.append(
            old
            if onward is None
            else FormerId(
                old.kind,
                old.former_id,
                old.name,
                onward.nearest_id,
                onward.nearest_name,
                old.distance_m + onward.distance_m,
                old.category,
            )
        )
    return carried
