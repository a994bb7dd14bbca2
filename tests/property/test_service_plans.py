"""Whatever a planner writes of services: it is applied or refused at its line, never a crash; the base stays."""

from __future__ import annotations

import json

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.boundaries import Zone
from geodata.city import City
from geodata.errors import ScenarioError, Text
from geodata.synthetic import grid_city
from geodata.synthetic.text_feed import flat_lonlat
from scenarios.apply import apply_scenario
from scenarios.export import map_layers
from scenarios.files import parse_scenario, scenario_text
from scenarios.schema import Scenario
from sim.routing.day import scheduled_day

HEAD = {
    "schema": "ekisei-scenario/1",
    "id": "any",
    "title": {"ja": "任意", "en": "Any"},
    "description": {"ja": "任意", "en": "Any"},
    "year": 2023,
    "plan_status": "hypothetical",
}
HILL = shapely.box(0, 0, 1500, 1500)
CITY = grid_city().replace(
    zones=(Zone("hill", "user", Text("山", "Hill"), shapely.transform(HILL, flat_lonlat), HILL),)
)


def scenario(modifications: list) -> Scenario:
    return Scenario.model_validate({**HEAD, "modifications": modifications})


def place(x: float, y: float) -> dict[str, float]:
    lon, lat = flat_lonlat(np.array([[x, y]]))[0]
    return {"lat": round(float(lat), 7), "lon": round(float(lon), 7)}


def ring(x: float, y: float, width: float, height: float) -> list[list[float]]:
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]])
    return [[round(float(a), 7), round(float(b), 7)] for a, b in flat_lonlat(corners)]


# Places reach beyond the city, which lies in 0–4,000 × 0–6,000 m.
places = st.builds(place, st.integers(-3000, 7000), st.integers(-3000, 9000))
rings = st.builds(ring, st.integers(-2000, 4500), st.integers(-2000, 6500), st.integers(1, 4000), st.integers(1, 4000))
areas = st.one_of(
    st.just(["hill"]),
    st.lists(st.sampled_from(["west", "east"]), min_size=1, unique=True).map(lambda d: {"districts": d}),
    rings.map(lambda r: {"polygon": r}),
    rings.map(lambda r: ["hill", {"type": "Polygon", "coordinates": [r]}]),
    st.builds(lambda p, r: {"location": p, "radius_m": r}, places, st.floats(1, 5000)),
)
clocks = st.integers(0, 29 * 4).map(lambda q: f"{q // 4:02d}:{q % 4 * 15:02d}")
windows = st.tuples(clocks, clocks).filter(lambda w: w[0] < w[1]).map(lambda w: {"start": w[0], "end": w[1]})
waits = st.one_of(
    st.floats(0, 60).map(lambda w: {"model": "fixed", "wait_min": w}),
    st.builds(
        lambda w, d: {"model": "fleet", "max_wait_min": w, "max_detour_factor": d}, st.floats(1, 90), st.floats(1, 5)
    ),
)
fleets = st.fixed_dictionaries(
    {"vehicles": st.integers(1, 20), "seats": st.integers(1, 12)},
    optional={
        "speed_kmh": st.floats(1, 60),
        "attendant": st.sampled_from(["driver", "onboard", "remote"]),
        "boarding_s": st.integers(0, 300),
        "depot": places,
    },
)
destinations = st.one_of(
    st.just("anywhere"),
    st.lists(st.sampled_from(["hub", "J0", "駅1", "K3", "nowhere"]), min_size=1, max_size=3),
)
days = st.lists(st.sampled_from(["weekday", "saturday", "holiday", "mon", "sun"]), min_size=1, max_size=2)
services = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"s-[a-z]{1,3}", fullmatch=True),
        "type": st.just("add-on-demand"),
        "name": st.just("号"),
        "zones": areas,
        "to": destinations,
        "window": windows,
        "wait": waits,
        "fleet": fleets,
    },
    optional={
        "days": days,
        "booking": st.fixed_dictionaries(
            {"min_lead_min": st.floats(0, 2000), "channel": st.sampled_from(["phone", "app", "both", "none"])}
        ),
        "no_show_share": st.floats(0, 0.9),
        "fare_yen": st.floats(0, 5000),
        "from_age": st.integers(0, 100),
        "requests_per_day": st.floats(0.1, 500),
        "egress": st.booleans(),
        "priority": st.integers(-2, 2),
    },
)
hubs = st.builds(
    lambda where, radius, minutes: {
        "id": "hub",
        "type": "add-hub",
        "name": "ハブ",
        "radius_m": radius,
        "min_transfer_time_min": minutes,
        **where,
    },
    st.one_of(places.map(lambda p: {"location": p}), st.sampled_from(["J0", "駅1"]).map(lambda s: {"at_stop": s})),
    st.floats(1, 1500),
    st.floats(0.1, 10),
)
entrances = st.builds(
    lambda stop, p, inside: {
        "id": "gate",
        "type": "add-entrance",
        "at_stop": stop,
        "name": "口",
        "location": p,
        "inside_min": inside,
    },
    st.sampled_from(["J0", "J1", "B2"]),
    places,
    st.floats(0, 20),
)
transfers = st.builds(
    lambda a, b, minutes: {
        "id": "change",
        "type": "transfer",
        "from_stop": a,
        "to_stop": b,
        "min_transfer_time_min": minutes,
    },
    st.sampled_from(["J0", "J1", "B2"]),
    st.sampled_from(["J1", "B2", "K0"]),
    st.floats(0.1, 20),
)
operations = st.fixed_dictionaries(
    {
        "id": st.just("auto"),
        "type": st.just("autonomous"),
        "routes": st.lists(st.sampled_from(["BRT", "AS1", "JR"]), min_size=1, max_size=2, unique=True),
        "max_speed_kmh": st.floats(5, 60),
    },
    optional={
        "days": days,
        "window": windows,
        "trips_per_day": st.integers(1, 12),
        "domain": st.one_of(st.just({"from_stop": "B1", "to_stop": "B3"}), rings.map(lambda r: {"polygon": r})),
        "domain_run_min": st.floats(1, 60),
        "weather_availability": st.floats(0.1, 1),
    },
)
plans = st.lists(
    st.one_of(services, hubs, entrances, transfers, operations),
    min_size=1,
    max_size=5,
    unique_by=lambda m: m["id"],
)


def applied(modifications: list) -> City | None:
    """Return the city of a scenario; None where it is refused, with messages that say where and what."""
    try:
        return apply_scenario(CITY, scenario(modifications), allow_no_effect=True).city
    except ScenarioError as cause:
        for problem in cause.problems:
            assert "modifications[" in problem.where
            assert problem.message.ja
            assert problem.message.en
        return None


@settings(max_examples=150)
@given(plans, st.randoms(use_true_random=False))
def test_any_plan_is_applied_or_refused_in_words(modifications, random):
    before = CITY.layer_digests()
    city = applied(modifications)
    shuffled = list(modifications)
    random.shuffle(shuffled)
    other = applied(shuffled)
    assert (city is None) == (other is None)
    if city is not None and other is not None:
        assert city.digest == other.digest
        sound(city)
    copy = City(**{name: getattr(CITY, name) for name in before})  # remembers no digests
    assert copy.layer_digests() == before


def sound(city: City) -> None:
    """Check that what the plans name is there, and that the map can be drawn and written."""
    known = set(city.timetable.stops.stop_id.tolist())
    for service in city.on_demand:
        plan = service.plan
        assert plan is not None
        assert plan.area_xy.is_valid
        assert plan.area_xy.area > 0
        assert set(plan.to_stops) <= known
        assert (plan.policy == "feeder") == bool(plan.to_stops)
        assert 0 <= plan.start_s < plan.end_s <= 29 * 3600
        assert 0 < plan.days < 256
    assert {stop for hub in city.hubs for stop in hub.stop_ids} <= known
    trips = city.timetable.trips
    assert len(set(trips.trip_id.tolist())) == len(trips.trip_id)
    for operation in city.autonomous:
        assert set(operation.trip_ids) <= set(trips.trip_id.tolist())
    layers = json.loads(json.dumps(map_layers(CITY, city), allow_nan=False))
    assert len(layers["on_demand"]["features"]) == len(city.on_demand)
    assert len(layers["entrances"]["features"]) == len(city.entrances)


@settings(max_examples=60)
@given(plans)
def test_plans_survive_yaml(modifications):
    wanted = scenario(modifications)
    again = parse_scenario(scenario_text(wanted))
    assert again.digest == wanted.digest
    assert again.with_places({}) == wanted


def departures(city: City, date: str, draw: int) -> dict[tuple[str, int], tuple[int, ...]]:
    """Return (pattern id, first departure) → arrivals of the runs of a day."""
    t, day = city.timetable, scheduled_day(city.timetable, date, first_s=0, last_s=86_400, draw=draw, seed=3)
    found = {}
    for trip, shift in zip(day.run_trip.tolist(), day.run_shift_s.tolist(), strict=True):
        rows = slice(t.trips.time_offsets[trip], t.trips.time_offsets[trip + 1])
        key = str(t.patterns.pattern_id[t.trips.pattern[trip]]), int(t.trips.departure_s[rows][0]) + shift
        found[key] = tuple((t.trips.arrival_s[rows] + shift).tolist())
    return found


@settings(max_examples=60)
@given(operations, st.sampled_from(["2025-10-15", "2025-10-18", "2025-10-19"]), st.integers(0, 9))
def test_no_run_leaves_at_another_time_and_none_is_faster_than_its_cap(operation, date, draw):
    city = applied([operation])
    if city is None:
        return
    before, after = departures(CITY, date, draw), departures(city, date, draw)
    assert before.keys() == after.keys()
    slower = {key for key in before if before[key] != after[key]}
    assert {name.partition(":")[0] for name, _ in slower} <= set(operation["routes"])
    if operation.get("trips_per_day"):
        assert len(slower) <= operation["trips_per_day"]
    if "domain" in operation or "domain_run_min" in operation:
        return
    metres = {}
    for p, name in enumerate(CITY.timetable.patterns.pattern_id.tolist()):
        xy = CITY.timetable.stops.xy[CITY.timetable.patterns.stops_of(p)]
        metres[name] = np.hypot(*np.diff(xy, axis=0).T) * 1.2
    for name, start in slower:
        hops = np.diff(np.array(after[name, start]))
        assert (hops >= metres[name] / (operation["max_speed_kmh"] / 3.6) - 1).all()
