"""A small town, an example of every kind of modification, and a memory that has seen others: for the tests of reuse."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from geodata.city import City
from geodata.provenance import Status
from geodata.streets import StreetNetwork
from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from scenarios.apply import Applied, apply_scenario
from scenarios.run_folder import settings_digest
from scenarios.schema import Scenario
from sim.results import RunResult
from sim.reuse import Reuse
from sim.run import run_models

PLACES = [
    ("clinic-1", "clinic", (1000.0, 1500.0), ""),
    ("clinic-2", "clinic", (250.0, 250.0), ""),
    ("hospital-1", "hospital", (1750.0, 2750.0), ""),
    ("office-1", "city_office", (1000.0, 1500.0), ""),
    ("office-2", "branch_office", (300.0, 2700.0), ""),
    ("school-1", "high_school", (250.0, 2750.0), ""),
    ("works-1", "large_workplace", (1750.0, 250.0), ""),
    ("shelter-1", "shelter", (250.0, 1500.0), "earthquake|tsunami"),
    ("shelter-2", "shelter", (1750.0, 1500.0), "earthquake"),
    ("日立駅前", "station_front", (1000.0, 0.0), ""),
]
GRID = grid_city(n_x=4, n_y=6, facilities=facilities_from_rows(PLACES))
HEAD = {
    "schema": "ekisei-scenario/1",
    "id": "any",
    "title": {"ja": "任意", "en": "Any"},
    "description": {"ja": "任意", "en": "Any"},
    "plan_status": "hypothetical",
}


def service(**keys: object) -> dict:
    """Return an on-demand service of the west, keys replaced."""
    plan = {
        "type": "add-on-demand",
        "name": "号",
        "zones": {"districts": ["west"]},
        "to": "anywhere",
        "days": ["weekday", "saturday", "holiday"],
        "window": {"start": "08:00", "end": "18:00"},
        "fleet": {"vehicles": 1, "seats": 4, "speed_kmh": 20.0},
        "wait": {"model": "fleet", "max_wait_min": 30.0, "max_detour_factor": 2.0},
        "requests_per_day": 20.0,
    }
    return {**plan, **keys}


SERVED = apply_scenario(
    GRID, Scenario.model_validate({**HEAD, "year": 2023, "modifications": [{"id": "town-bus", **service()}]})
).city.on_demand
TOWN = GRID.replace(
    sources=tuple(replace(s, status=Status.OBSERVED) for s in GRID.sources),
    on_demand=SERVED,
)


def streets_of(city: City) -> StreetNetwork:
    """Return a square grid of streets every 250 m under a city."""
    n_x, n_y, step = 9, 13, 250.0
    node = np.arange(n_x * n_y).reshape(n_y, n_x)
    pairs = [np.stack([a.ravel(), b.ravel()], axis=1) for a, b in ((node[:, :-1], node[:, 1:]), (node[:-1], node[1:]))]
    both = np.concatenate([*pairs, *(p[:, ::-1] for p in pairs)])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    x, y = np.meshgrid(np.arange(n_x) * step, np.arange(n_y) * step)
    xy = np.stack([x.ravel(), y.ravel()], axis=1)
    length = np.full(len(both), step)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=len(xy)))]).astype(np.int32)
    return StreetNetwork(xy / 1e5, xy, offsets, both[:, 1].astype(np.int32), length, length.copy(), length / 10)


STREETS = TOWN.replace(streets=streets_of(TOWN))


def at(cell: int) -> dict[str, float]:
    lon, lat = TOWN.population.lonlat[cell]
    return {"lat": float(lat), "lon": float(lon)}


def office(cell: int, walk_m: float) -> dict:
    visit = {"weekday": "mon", "start": "10:00", "end": "12:00"}
    return {
        "type": "mobile-service",
        "name": "車",
        "services": ["証明書"],
        "vehicles": 1,
        "catchment": {"radius_m": walk_m},
        "stops": [{"name": "広場", "location": at(cell), "visits": [visit]}],
    }


EDITS: dict[str, list[dict]] = {
    "adjust-population": [
        {"where": {"districts": ["west"]}, "scale": 1.5},
        {"where": {"cells": ["c0003", "c0010"]}, "persons": 40.0, "conserve_total": True},
    ],
    "relocate-residents": [{"where": {"districts": ["west"]}, "share": 0.25}],
    "guide-residents": [{"where": {"near_stations_m": 800.0}, "persons": 120.0}],
    "add-housing": [{"where": {"cells": ["c0005"]}, "dwellings": 30.0, "opens": 2023}],
    "attract-commuters": [{"where": {"districts": ["east"]}, "workers": 20.0}],
    "adjust-fare": [
        {"routes": ["BRT"], "scale": 0.5},
        {"passes": [{"from_age": 75, "scale": 0.0, "uptake": 0.5}]},  # no full fare changes
    ],
    "adjust-behaviour": [
        {"mode_shift_min": {"bus": -5.0}},
        {"licences": [{"from_age": 75, "points": -10.0}]},
    ],
    "remove-facility": [
        {"category": "clinic", "count": 1},
        {"ids": ["office-2"]},
        {"ids": ["shelter-1"]},
        {"ids": ["school-1"]},
        {"ids": ["日立駅前"]},
        {"category": "clinic", "count": 1, "hazard": "owner-age"},
    ],
    "add-facility": [
        {"category": "clinic", "name": "新", "location": at(5)},
        {"category": "clinic", "name": "新", "location": at(20)},  # the same, moved
        {"category": "large_workplace", "name": "新", "location": at(17)},
        {"category": "shop", "name": "新", "location": at(17)},  # nobody looks at it
        {"category": "doctor_car_base", "name": "新", "location": at(11)},
    ],
    "adjust-facility": [
        {"ids": ["office-1"], "open_to_public": False},
        {"category": "clinic", "hours": [{"days": ["mon"], "start": "09:00", "end": "12:00"}]},
    ],
    "adjust-speed": [{"routes": ["BRT"], "scale": 0.5}, {"routes": ["JR"], "scale": 2.0}],
    "remove-stops": [{"routes": ["BRT"], "stops": ["B1"], "seconds_saved_per_stop": 30}],
    "reroute": [
        {"routes": ["BRT"], "from_stop": "B2", "direction": 0},
        {"routes": ["JR"], "to_stop": "J1", "stops": [{"id": "B0"}], "hop_times_s": [300], "direction": 1},
    ],
    "adjust-frequency": [{"routes": ["BRT"], "scale": 0.5}, {"routes": ["AS1"], "scale": 2.0}],
    "remove-trips": [{"routes": ["JR"]}, {"routes": ["AS1"]}, {"routes": ["BRT"], "days": ["holiday"]}],
    "add-trips": [
        {
            "name": "新線",
            "stops": [{"id": "J0"}, {"id": "K3"}],
            "speed_kmh": 20.0,
            "timetables": [{"first_departures": ["10:20", "18:10"]}],
        }
    ],
    "transfer": [
        {"from_stop": "J1", "to_stop": "B2", "min_transfer_time_min": 6.0},
        {"at_stop": "J1", "min_transfer_time_min": 4.0},
    ],
    "add-entrance": [
        {"at_stop": "J1", "name": "口", "location": at(21), "inside_min": 3.0},
        {"at_stop": "J1", "name": "口", "location": at(22), "inside_min": 2.0},  # the same, moved
    ],
    "add-hub": [
        {"at_stop": "J1", "name": "ハブ", "radius_m": 100.0, "min_transfer_time_min": 0.2},
        {"at_stop": "J1", "name": "ハブ", "radius_m": 100.0, "boarding_penalty_min": 2.0},  # no time changes
    ],
    "remove-on-demand": [{"services": ["town-bus"]}],
    "add-on-demand": [
        service(zones={"districts": ["east"]}, to=["J1"]),
        service(zones={"districts": ["east"]}, wait={"model": "fixed", "wait_min": 4.0}, priority=1),
        service(from_age=75),  # shares its area with the one there is
    ],
    "adjust-on-demand": [
        {"services": ["town-bus"], "fleet": {"vehicles": 3}},
        {"services": ["town-bus"], "fare_yen": 100.0},  # no wait changes
        {"services": ["town-bus"], "window": {"start": "20:00", "end": "22:00"}},
    ],
    "autonomous": [
        {"routes": ["BRT"], "max_speed_kmh": 15.0, "window": {"start": "09:00", "end": "16:00"}, "trips_per_day": 8},
        {"service": "town-bus", "max_speed_kmh": 10.0},
        {"routes": ["BRT"], "max_speed_kmh": 100.0},  # no time changes
    ],
    "mobile-service": [
        office(3, 500.0),
        office(9, 500.0),
        office(9, 300.0),
        office(3, 500.0) | {"clinic_desk": {"kind": "doctor", "doctor_hours_share": 1.0}},
    ],
}
"""Kind of modification → examples, each of which changes the town."""

ALL = [(kind, n) for kind, examples in EDITS.items() for n in range(len(examples))]
YEARS = (2023, 2029)


def scenario(edits: list[tuple[str, int]], year: int = 2023) -> Scenario:
    """Return a scenario of some examples."""
    return Scenario.model_validate(
        {
            **HEAD,
            "year": year,
            "analysis": {"window": ["10:00", "10:30"], "headway_draws": 2},
            "modifications": [{"id": f"m{n}", "type": kind, **EDITS[kind][i]} for n, (kind, i) in enumerate(edits)],
        }
    )


def apply(city: City, edits: list[tuple[str, int]], year: int = 2023) -> Applied:
    return apply_scenario(city, scenario(edits, year), allow_no_effect=True)


def assert_equal(found: RunResult, wanted: RunResult) -> None:
    """Fail unless two results are the same bit for bit."""
    assert len(found.kpis) == len(wanted.kpis)
    assert [(repr(a), repr(b)) for a, b in zip(found.kpis, wanted.kpis, strict=True) if repr(a) != repr(b)] == []
    assert list(map(repr, found.splits)) == list(map(repr, wanted.splits))
    assert found.fitted == wanted.fitted
    assert list(found.cells.columns) == list(wanted.cells.columns)
    for name in wanted.cells:
        ours, full = found.cells[name], wanted.cells[name]
        assert ours.dtype == full.dtype, name
        same = ours.to_numpy().tobytes() == full.to_numpy().tobytes() if ours.dtype == np.float64 else ours.equals(full)
        assert same, name


@dataclass
class Warm:
    """A memory that has seen the city as it is and whatever was run before."""

    city: City
    reuse: Reuse = field(default_factory=Reuse)
    base: RunResult | None = None
    _people: dict[tuple[str, str], RunResult] = field(default_factory=dict)

    def run(self, edits: list[tuple[str, int]], year: int = 2023, *, cold: bool = False) -> RunResult:
        """Return the result of a scenario, from the memory or (`cold`) from nothing."""
        applied = apply(self.city, edits, year)
        if self.base is None:  # nothing was seen yet, so this is from nothing too
            self.base = run_models(self.city, applied.analysis, applied.params, reuse=self.reuse)
        if cold:
            return self._models(applied, applied.city, Reuse(), self._cold_people(applied))
        people = self._models(applied, applied.demographic, self.reuse, None)
        return self._models(applied, applied.city, self.reuse, people)

    def _models(self, applied: Applied, city: City, reuse: Reuse, people: RunResult | None) -> RunResult:
        return run_models(city, applied.analysis, applied.params, reference=self.base, demographic=people, reuse=reuse)

    def _cold_people(self, applied: Applied) -> RunResult:
        """
        Return the year's people with nothing else changed, never from the memory.

        They are the same for all edits of a year, so they are computed once, with an empty memory of their own: were
        anything shared, a wrong key would spoil both sides of the comparison alike.
        """
        key = (applied.demographic.digest, settings_digest(applied))
        if key not in self._people:
            self._people[key] = self._models(applied, applied.demographic, Reuse(), None)
        return self._people[key]
