"""
What an edit costs is what it touches, and the answer is the same bit for bit.

Every kind of modification of the registry is run with a memory that has seen the city as it is and other scenarios, and
with an empty one. A kind without an example fails here until it has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geodata.city import City
from geodata.provenance import Status
from geodata.streets import StreetNetwork
from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from scenarios.anonymous import hides_places, without_places
from scenarios.apply import Applied, apply_scenario
from scenarios.computing import compute
from scenarios.modifications import APPLY
from scenarios.schema import Scenario
from scenarios.store import ResultStore
from scenarios.travel_shelf import _memory
from sim.context import RunContext
from sim.results import RunResult
from sim.reuse import Reuse
from sim.run import run_models
from sim.watching import LAYERS

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


CITIES = {"plane": TOWN, "streets": TOWN.replace(streets=streets_of(TOWN))}


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
    assert list(map(repr, found.kpis)) == list(map(repr, wanted.kpis))
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

    def run(self, edits: list[tuple[str, int]], year: int = 2023, *, cold: bool = False) -> RunResult:
        """Return the result of a scenario, from the memory or (`cold`) from nothing."""
        applied = apply(self.city, edits, year)
        if self.base is None:
            self.base = run_models(self.city, applied.analysis, applied.params, reuse=self.reuse)

        def models(city: City, people: RunResult | None = None) -> RunResult:
            # Nothing is shared in a cold run, or a wrong key would spoil both sides of the comparison alike.
            reuse = Reuse() if cold else self.reuse
            return run_models(
                city, applied.analysis, applied.params, reference=self.base, demographic=people, reuse=reuse
            )

        return models(applied.city, models(applied.demographic))


WARM = {name: Warm(city) for name, city in CITIES.items()}
"""Seen by all tests of this module: whatever their order, nothing may be answered wrongly."""


def test_every_kind_of_modification_has_an_example():
    assert set(EDITS) == set(APPLY)


@pytest.mark.parametrize(("kind", "example"), ALL)
def test_an_example_changes_the_town(kind, example):
    assert apply_scenario(TOWN, scenario([(kind, example)])).city.digest != TOWN.digest


@pytest.mark.parametrize(("kind", "example"), ALL)
def test_an_edit_gives_what_the_whole_computation_gives(kind, example):
    memory = WARM["plane"]
    assert_equal(memory.run([(kind, example)]), memory.run([(kind, example)], cold=True))


@pytest.mark.parametrize("kind", list(EDITS))
def test_an_edit_on_real_streets_gives_what_the_whole_computation_gives(kind):
    memory = WARM["streets"]
    assert_equal(memory.run([(kind, 0)]), memory.run([(kind, 0)], cold=True))


steps = st.lists(
    st.tuples(
        st.lists(st.sampled_from(ALL), max_size=3, unique_by=lambda edit: edit[0]).map(sorted), st.sampled_from(YEARS)
    ),
    min_size=2,
    max_size=3,
)


@settings(max_examples=6, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_editing_undoing_and_editing_again_leaves_no_trace(sequence):
    memory = WARM["plane"]
    for edits, year in sequence:
        result = memory.run(edits, year)
        undone = memory.run([], 2023)
        assert list(map(repr, undone.kpis)) == list(map(repr, memory.base.kpis))
        assert_equal(memory.run(edits, year), result)
    assert_equal(result, memory.run(*sequence[-1], cold=True))


@pytest.mark.parametrize(
    "sequence",
    [
        [[("add-facility", 0)], [], [("add-facility", 1)]],
        [[("remove-trips", 1)], [("remove-trips", 1), ("remove-facility", 1)], [("remove-facility", 1)]],
        [[("mobile-service", 0)], [("mobile-service", 1)], [("mobile-service", 2)]],
        [[("adjust-population", 0)], [("adjust-population", 1), ("adjust-speed", 0)]],
        # Closures that are told by district only.
        [[("remove-facility", 0)], [("remove-facility", 0), ("mobile-service", 0)], [("adjust-speed", 1)]],
    ],
)
def test_a_later_process_finds_only_what_is_right(tmp_path, sequence):
    town = Warm(TOWN)
    town.run([])
    for edits in sequence:
        _memory.cache_clear()  # as a new process
        applied = apply(TOWN, edits)
        found, _ = compute(TOWN, applied, ResultStore(tmp_path / "results"), lambda _stage, _share: None)
        wanted = town.run(edits, cold=True) if edits else town.base
        assert_equal(found, without_places(wanted) if hides_places(c.kind for c in applied.closures) else wanted)


def computed_by(edits: list[tuple[str, int]]) -> tuple[set[str], set[str]]:
    """Return the KPIs that an edit computes anew after the city as it is, and those it finds."""
    memory = Warm(GRID)  # its sources are assumed: an edit makes none of them weaker
    memory.run([])
    steps_of = {n.name: n for n in memory.run(edits).steps if n.kind == "kpi"}
    return {n for n, step in steps_of.items() if step.n_computed}, {n for n, step in steps_of.items() if step.n_found}


def test_an_edit_costs_only_what_it_touches():
    touched, kept = computed_by([("add-facility", 2)])
    assert "works_arrival_share" in touched
    assert {"clinic_nearest_min", "transit_coverage_share", "catchment_population_share", "last_bus_time"} <= kept
    touched, kept = computed_by([("mobile-service", 0)])
    assert touched == {"mobile_office_coverage_share", "mobile_office_visits_per_month"}
    touched, kept = computed_by([("mobile-service", 3)])
    assert {"clinic_e2sfca", "clinic_round_trip_share"} <= touched
    assert {"clinic_nearest_min", "clinics_count", "emergency_within_15min_share"} <= kept
    touched, kept = computed_by([("add-facility", 4)])
    assert touched == {"emergency_within_15min_share"}
    touched, kept = computed_by([("adjust-speed", 0)])
    assert {"clinics_count", "clinics_per_100k", "shelter_walk_min"} <= kept
    assert {"clinic_nearest_min", "last_bus_time"} <= touched


def test_what_a_step_reads_is_noted():
    applied = apply(TOWN, [])
    context = RunContext(TOWN, applied.analysis, applied.params, Reuse())
    read = {"status": lambda c: c.status("population"), "zones": lambda c: len(c.city.zones)}
    read |= {name: lambda c, n=name: str(getattr(c.city, n)) for name in LAYERS - {"population"}}
    read |= {"people": lambda c: c.city.population.total, "xy": lambda c: c.city.population.xy}
    for name, compute_it in read.items():
        context.step("test", name, lambda f=compute_it: f(context))
    found = {name: set(context.trace_of("test", name)[1]) for name in read}
    assert found.pop("status") == {"sources:population"}
    assert found.pop("people") == {"population"}
    assert found.pop("xy") == {"cells"}
    assert found == {name: {name} for name in found}
    assert {f.name for f in fields(City)} == LAYERS
