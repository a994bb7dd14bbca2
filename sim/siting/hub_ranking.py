"""Owns the ranking of hub sites: which places bring a feeder to most late-older people who cannot walk to a stop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy.sparse

from geodata.errors import ModelError, Problem, Text, error, raise_errors
from geodata.facilities import FacilityKind
from geodata.frozen import freeze, require_lengths
from geodata.streets import StreetNetwork
from geodata.timetable import RouteClass
from sim.kpi.coverage import coverage_circles
from sim.siting.covering import mclp
from sim.siting.types import gap_between

if TYPE_CHECKING:
    from geodata.streets import StreetModel
    from geodata.units import BoolArray, FloatArray, StrArray
    from sim.context import RunContext

CLASSES = (RouteClass.RAIL, RouteClass.BRT)
KINDS = (FacilityKind.COMMUNITY_CENTRE, FacilityKind.HOSPITAL)
"""Stops of these classes and facilities of these kinds are candidates unless others are named."""
FROM_AGE = 75
COLUMNS = (
    "rank", "candidate_id", "kind", "name", "name_en", "lon", "lat", "persons_new", "persons", "share", "best_persons",
    "lost_share", "in_best", "persons_no_assumed_lines", "status",
)  # fmt: skip
"""Columns of the ranking."""

_WHERE = "hubs"
_M_PER_KM, _S_PER_H = 1_000.0, 3_600.0


@dataclass(frozen=True, slots=True, eq=False)
class HubCandidates:
    """
    Places where a hub could be.

    `candidate_id`, `kind` (a route class or a facility kind), `name`, `name_en`, shape (J,); `lonlat` [degrees], `xy`
    [m], shape (J, 2).
    """

    candidate_id: StrArray
    kind: StrArray
    name: StrArray
    name_en: StrArray
    lonlat: FloatArray
    xy: FloatArray

    def __post_init__(self) -> None:
        columns = {name: getattr(self, name) for name in ("kind", "name", "name_en", "lonlat", "xy")}
        require_lengths("hub candidates", len(self.candidate_id), **columns)
        freeze(self)

    @classmethod
    def of(
        cls, context: RunContext, classes: tuple[str, ...] = CLASSES, kinds: tuple[str, ...] = KINDS
    ) -> HubCandidates:
        """Return the stops of some route classes in the city, each place once, then the facilities of some kinds."""
        timetable, facilities = context.city.timetable, context.facilities(*kinds)
        parts: list[tuple[StrArray, ...]] = []
        places = [facilities.xy]
        lonlats = [facilities.lonlat]
        for name in reversed(classes):
            stops = timetable.stops_of_class(name)
            stops = stops[timetable.stops.in_city[stops]]
            stops = stops[np.sort(np.unique(timetable.stops.xy[stops], axis=0, return_index=True)[1])]
            table = timetable.stops
            kind = np.full(len(stops), str(name))
            parts.insert(0, (table.stop_id[stops], kind, table.name[stops], table.name_en[stops]))
            places.insert(0, table.xy[stops])
            lonlats.insert(0, table.lonlat[stops])
        parts.append((facilities.facility_id, facilities.kind, facilities.name, facilities.name))
        ids, kind, name_ja, name_en = (np.concatenate(column) for column in zip(*parts, strict=True))
        return cls(ids, kind, name_ja, name_en, np.concatenate(lonlats), np.concatenate(places))


def rank_hubs(context: RunContext, candidates: HubCandidates, n_hubs: int) -> pd.DataFrame:
    """
    Rank places by how many late-older persons without a stop in walking distance a feeder to them reaches.

    The order is nested: each place is the one that adds most to those before it, so a city can begin with the first
    and go on. Beside it stands what the best choice of as many places reaches (MCLP, proven), and what the nested
    order loses against it. The list ends early where no further place reaches anybody new.

    Parameters
    ----------
    context
        The run.
    candidates
        Places where a hub could be.
    n_hubs
        Hubs to rank.

    Returns
    -------
    ranking
        Columns `COLUMNS`, one row per hub. `persons_new`: reached beyond the rows before and the hubs that the city
        has already; `persons`, `share`: with the rows before, and as a share of all who cannot walk to a stop;
        `best_persons`: reached by the best choice of as many; `lost_share`: what the nested order loses against it,
        0–1; `in_best`: whether the place belongs to the best choice of as many as there are rows;
        `persons_no_assumed_lines`: as `persons`, had assumed lines no stops.

    Raises
    ------
    ModelError
        If there are no candidates, no or too many hubs to choose, or nobody is within their reach.

    Notes
    -----
    The nested order reaches at least 1 − 1/e (63 %) of the best choice (Nemhauser, Wolsey, Fisher 1978). Who cannot
    walk to a stop: the part of each cell beyond `gap_station_m` of stations and `gap_stop_m` of stops, straight line,
    as in 交通空白. Reach: a ride of `hub_feeder_min` at `hub_feeder_kmh` along the road from the centre of the cell.

    Assumption: the residents of a cell stand at its centre for the ride; no wait and no detour of the feeder.

    References
    ----------
    Church, ReVelle (1974), Papers of the Regional Science Association 32.
    Nemhauser, Wolsey, Fisher (1978), Mathematical Programming 14.
    """
    _check(candidates, n_hubs)
    without_stop = persons_without_stop(context)
    persons = without_stop * ~_served_already(context)
    reach = _reach(context, candidates.xy)
    order, new = _nested(reach, persons, n_hubs)
    if not len(order):
        raise ModelError(
            error(
                "hubs.nobody",
                _WHERE,
                _nobody(context),
                Text(
                    "候補地かフィーダーの時間・速度を見直してください",
                    "look again at the candidates, or at time and speed of the feeder",
                ),
            )
        )
    best = [mclp(scipy.sparse.csr_array(reach), persons, k + 1) for k in range(len(order))]
    best_persons = np.array([siting.objective for siting in best])
    bare = persons_without_stop(context.bare()) * ~_served_already(context)
    so_far = np.cumsum(new)
    reached = np.logical_or.accumulate(reach[:, order], axis=1)
    frame = pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "candidate_id": candidates.candidate_id[order],
            "kind": candidates.kind[order],
            "name": candidates.name[order],
            "name_en": candidates.name_en[order],
            "lon": candidates.lonlat[order, 0],
            "lat": candidates.lonlat[order, 1],
            "persons_new": new,
            "persons": so_far,
            "share": so_far / without_stop.sum(),
            "best_persons": best_persons,
            "lost_share": [gap_between(*pair) for pair in zip(so_far, best_persons, strict=True)],
            "in_best": np.isin(order, best[-1].chosen),
            "persons_no_assumed_lines": bare @ reached,
            "status": _status(context),
        }
    )
    return frame[list(COLUMNS)]


def persons_without_stop(context: RunContext) -> FloatArray:
    """Return cell → persons of 75 or older who cannot walk to any station or stop (as in 交通空白), shape (C,)."""
    params = context.params
    near = context.cover(coverage_circles(context, params.gap_station_m, params.gap_stop_m))
    persons: FloatArray = context.city.population.at_least(FROM_AGE) * (1.0 - near)
    return np.maximum(persons, 0.0)


def feeder_minutes(context: RunContext, places_xy: FloatArray) -> FloatArray:
    """Return cell, place → minutes of a feeder along the road, never faster than the street allows, shape (C, J)."""
    from sim.routing import car_minutes  # noqa: PLC0415 -- loads compiled kernels

    speed = context.params.hub_feeder_kmh
    streets = _at_most(context.city.streets, speed)
    minutes: FloatArray = car_minutes(streets, context.city.population.xy, places_xy, speed_kmh=speed)
    return minutes


def _at_most(streets: StreetModel, speed_kmh: float) -> StreetModel:
    """Return the streets where nobody drives faster than a speed."""
    if not isinstance(streets, StreetNetwork):
        return streets
    slow_s = streets.edge_length_m / (speed_kmh * _M_PER_KM / _S_PER_H)
    return replace(streets, edge_car_s=np.maximum(streets.edge_car_s, slow_s))


def _reach(context: RunContext, places_xy: FloatArray) -> BoolArray:
    """Return cell, place → within the ride of a feeder, shape (C, J)."""
    reach: BoolArray = feeder_minutes(context, places_xy) <= context.params.hub_feeder_min
    return reach


def _served_already(context: RunContext) -> BoolArray:
    """Return cell → within the ride of a feeder to a hub that the city has, shape (C,)."""
    hubs = np.array([hub.xy for hub in context.city.hubs], np.float64).reshape(-1, 2)
    served: BoolArray = np.zeros(context.n_cells, np.bool_)
    if len(hubs):
        served |= _reach(context, hubs).any(axis=1)
    return served


def _nested(reach: BoolArray, persons: FloatArray, n_hubs: int) -> tuple[list[int], FloatArray]:
    """Return places, each the one that adds most, the first of equals, and what each adds."""
    left = persons.copy()
    order: list[int] = []
    new: list[float] = []
    for _ in range(n_hubs):
        gain = left @ reach
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        order.append(best)
        new.append(float(gain[best]))
        left[reach[:, best]] = 0.0
    return order, np.array(new)


def _check(candidates: HubCandidates, n_hubs: int) -> None:
    n = len(candidates.candidate_id)
    problems: list[Problem] = []
    if n == 0:
        problems.append(
            error("hubs.no_candidates", _WHERE, Text("ハブの候補地がありません", "there are no candidates for hubs"))
        )
    elif not 1 <= n_hubs <= n:
        problems.append(
            error(
                "hubs.count",
                _WHERE,
                Text(
                    f"ハブの数 {n_hubs} は 1～{n}（候補地の数）です",
                    f"{n_hubs} hubs: 1 to {n}, the number of candidates",
                ),
            )
        )
    raise_errors(problems, ModelError)


def _nobody(context: RunContext) -> Text:
    minutes, speed = context.params.hub_feeder_min, context.params.hub_feeder_kmh
    return Text(
        f"停留所まで歩けない75歳以上の人が、どの候補地からも {minutes:g} 分（時速 {speed:g} km）以内にいません",
        f"no candidate is within {minutes:g} min ({speed:g} km/h) of anybody of 75 or older who cannot walk to a stop",
    )


def _status(context: RunContext) -> str:
    names = ("gap_station_m", "gap_stop_m", "hub_feeder_min", "hub_feeder_kmh")
    extra = (context.timetable_status(), context.ages_status())
    return context.status("population", "streets", parameters=names, extra=extra).value
