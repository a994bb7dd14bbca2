"""Owns the nearest stop of each district: from where its people live, with departures a weekday."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.assumed_lines import without_assumed_lines
from sim.frequency import departures_each_way

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import FloatArray


@dataclass(frozen=True, slots=True)
class NearStop:
    """
    The stop nearest to where a district's people live.

    `distance_m`: straight line from the mean place of its residents. `departures`: on the city's usual weekday, in the
    busier direction, all routes summed. `assumed`: only assumed lines serve it, so it has no name.
    """

    name: str
    distance_m: float
    departures: float
    assumed: bool = False


def near_stops(city: City, lang: str, *, with_assumed: bool) -> tuple[NearStop | None, ...]:
    """
    Return district → its nearest stop with a departure on the usual weekday; None where it has none.

    Parameters
    ----------
    city
        The city of a run.
    with_assumed
        Whether stops of assumed lines count.
    """
    real = without_assumed_lines(city).timetable
    timetable = city.timetable if with_assumed else real
    n = len(city.population.district_id)
    if timetable.n_stops == 0:
        return (None,) * n
    departures = departures_each_way(timetable, city.defaults.date)
    really = departures_each_way(real, city.defaults.date) > 0
    served = np.flatnonzero(departures > 0)
    if not len(served):
        return (None,) * n
    names = timetable.stops.name_en if lang == "en" else timetable.stops.name
    found: list[NearStop | None] = []
    for place in centres(city):
        if np.isnan(place).any():
            found.append(None)
            continue
        distance = np.hypot(*(timetable.stops.xy[served] - place).T)
        nearest = served[int(np.argmin(distance))]
        assumed = not bool(really[nearest])
        name = "" if assumed else str(names[nearest])
        found.append(NearStop(name, float(distance.min()), float(departures[nearest]), assumed))
    return tuple(found)


def centres(city: City) -> FloatArray:
    """Return district → mean place of its residents, shape (D, 2) [m]; NaN where nobody lives."""
    population = city.population
    n = len(population.district_id)
    inside = population.district >= 0
    persons, district = population.total[inside], population.district[inside]
    weight = np.bincount(district, persons, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: FloatArray = np.column_stack(
            [np.bincount(district, persons * population.xy[inside, axis], n) / weight for axis in (0, 1)]
        )
    return found
