"""What must be true of any scenario: nothing in, nothing out; order, base and totals are respected."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geodata.city import City
from geodata.synthetic import grid_city
from scenarios.apply import apply_scenario
from scenarios.compare import compare_results
from scenarios.files import parse_scenario, scenario_text
from scenarios.runner import run_scenario
from scenarios.schema import Scenario
from scenarios.store import ResultStore
from scenarios.yaml_reading import dump_yaml, parse_document
from sim.kpi.operation_specs import OPERATION_KPIS
from sim.ridership.base_names import BASE_COLUMN_NAMES

HEAD = {
    "schema": "ekisei-scenario/1",
    "id": "any",
    "title": {"ja": "任意", "en": "Any"},
    "description": {"ja": "任意", "en": "Any"},
    "year": 2023,
    "plan_status": "hypothetical",
}
CITY = grid_city()
ROUTES = ("JR", "BRT", "AS1")
DISTRICTS = ("west", "east")
CLOCKS = st.integers(0, 23 * 60).map(lambda m: f"{m // 60:02d}:{m % 60:02d}")


def scenario(modifications: list, **keys) -> Scenario:
    return Scenario.model_validate({**HEAD, **keys, "modifications": modifications})


def names(prefix: str) -> st.SearchStrategy[str]:
    return st.from_regex(rf"{prefix}-[a-z0-9]{{1,6}}", fullmatch=True)


frequencies = st.fixed_dictionaries(
    {
        "id": names("f"),
        "type": st.just("adjust-frequency"),
        "routes": st.lists(st.sampled_from(ROUTES), min_size=1, max_size=2, unique=True),
        "scale": st.floats(0.3, 2.0).filter(lambda s: abs(s - 1) > 0.05),
    }
)
entries = st.fixed_dictionaries(
    {
        "id": names("e"),
        "type": st.just("adjust-frequency"),
        "routes": st.lists(st.sampled_from(ROUTES), min_size=1, max_size=2, unique=True),
        "entries": st.lists(
            st.builds(
                lambda hour, span, headway, day: {
                    "start": f"{hour:02d}:00",
                    "end": f"{hour + span:02d}:00",
                    "headway_min": headway,
                    "days": [day],
                },
                st.integers(0, 20),
                st.integers(1, 6),
                st.integers(1, 90),
                st.sampled_from(["weekday", "saturday", "holiday", "mon", "sun"]),
            ),
            min_size=1,
            max_size=3,
        ),
        "retain_outside": st.booleans(),
    }
)
speeds = st.fixed_dictionaries(
    {
        "id": names("s"),
        "type": st.just("adjust-speed"),
        "routes": st.just(["BRT"]),
        "scale": st.floats(0.2, 5).filter(lambda s: abs(s - 1) > 0.1),
    }
)
lines = st.fixed_dictionaries(
    {
        "id": names("l"),
        "type": st.just("add-trips"),
        "name": st.just("新線"),
        "stops": st.lists(
            st.sampled_from(["J0", "J1", "J2", "B0", "B4", "K0", "K3"]), min_size=2, max_size=4, unique=True
        ).map(lambda ids: [{"id": i} for i in ids]),
        "speed_kmh": st.floats(5, 60),
        "timetables": st.builds(lambda c: [{"first_departures": [c]}], CLOCKS),
    }
)
closures = st.fixed_dictionaries(
    {"id": names("c"), "type": st.just("remove-facility"), "category": st.just("clinic"), "count": st.just(1.0)}
)
moves = st.fixed_dictionaries(
    {
        "id": names("p"),
        "type": st.just("adjust-population"),
        "where": st.sampled_from([{"districts": ["west"]}, {"near_stations_m": 900.0}, {"cells": ["c0003", "c0050"]}]),
        "persons": st.floats(1, 90),
        "conserve_total": st.booleans(),
    }
)
anything = st.lists(
    st.one_of(frequencies, entries, speeds, lines, closures, moves),
    min_size=1,
    max_size=4,
    unique_by=(
        lambda m: m["id"],
        lambda m: m["type"] if m["type"] in {"remove-facility", "adjust-frequency"} else m["id"],
    ),
)


def whole(city: City) -> None:
    """Fail unless every index of the timetable points at something."""
    t = city.timetable
    lengths = np.diff(t.patterns.stop_offsets)
    assert (np.diff(t.trips.time_offsets) == lengths[t.trips.pattern]).all()
    assert t.trips.time_offsets[-1] == len(t.trips.arrival_s) == len(t.trips.board_allowed)
    assert (t.trips.service < len(t.services.service_id)).all()
    assert (t.patterns.route < len(t.routes.route_id)).all()
    assert (t.patterns.stops < t.n_stops).all()
    assert len(set(t.trips.trip_id.tolist())) == len(t.trips.trip_id)
    f = city.facilities
    assert (f.hours_facility < f.n_facilities).all()


@settings(max_examples=40)
@given(anything, st.randoms(use_true_random=False))
def test_order_of_modifications_and_base_do_not_matter(modifications, random):
    before = CITY.layer_digests()
    first = apply_scenario(CITY, scenario(modifications), allow_no_effect=True).city
    shuffled = list(modifications)
    random.shuffle(shuffled)
    second = apply_scenario(CITY, scenario(shuffled), allow_no_effect=True).city
    assert first.digest == second.digest
    assert scenario(modifications).digest == scenario(shuffled).digest
    whole(first)
    copy = City(**{name: getattr(CITY, name) for name in before})  # remembers no digests
    assert copy.layer_digests() == before


@settings(max_examples=40)
@given(anything)
def test_yaml_round_trip(modifications):
    wanted = scenario(modifications)
    again = parse_scenario(scenario_text(wanted))
    assert again.digest == wanted.digest
    assert again.with_places({}) == wanted


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(["10:30", "no", "1e3", "010", "2025-01-01", "~", "<<", "=", "&a", "!x", "- a", "'", '"', "#"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), plain, max_size=4))
def test_any_plain_value_survives_yaml(content):
    assert parse_document(dump_yaml(content), "x.yaml").content == content


@given(st.floats(1, 90), st.sampled_from([None, ["0-14"], ["65-74", "75+"]]), st.sampled_from(DISTRICTS))
def test_moves_conserve_every_band(persons, bands, district):
    mod = {
        "id": "m",
        "type": "adjust-population",
        "where": {"districts": [district]},
        "persons": persons,
        "bands": bands,
        "conserve_total": True,
    }
    new = apply_scenario(CITY, scenario([mod])).city.population
    old = CITY.population
    assert np.allclose(new.persons.sum(axis=0), old.persons.sum(axis=0), rtol=1e-12)
    assert (new.persons >= 0).all()
    inside = old.district == DISTRICTS.index(district)
    assert np.isclose(new.total[inside].sum() - old.total[inside].sum(), persons)


@given(st.integers(0, 1), st.integers(0, 2**31))
def test_more_closures_close_the_same_and_more(count, seed):
    def left(n: int) -> set[str]:
        mod = {"id": "m", "type": "remove-facility", "category": "clinic", "count": float(n)}
        wanted = scenario([mod], analysis={"seed": seed})
        return set(apply_scenario(CITY, wanted, allow_no_effect=True).city.facilities.facility_id.tolist())

    assert left(min(count + 1, 1)) <= left(count)  # all of two closing would name them, and is refused


# ---------------------------------------------------------------- with the models


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return ResultStore(tmp_path_factory.mktemp("store"))


def result_of(modifications, store, **keys):
    run = run_scenario(scenario(modifications, **keys), CITY, store=store)
    assert run.result is not None
    return run.result


def test_an_empty_scenario_equals_the_baseline_bit_for_bit(store, tmp_path):
    base = run_scenario(scenario([]), CITY, store=store)
    again = run_scenario(scenario([], id="other", tags=["x"]), CITY, store=ResultStore(tmp_path))
    assert base.result is not None
    assert again.result is not None
    assert again.result.kpis == base.result.kpis
    assert again.result.cells.equals(base.result.cells)


def test_a_change_out_of_reach_equals_the_baseline_but_for_what_it_takes(store):
    """Nobody of the city rides a far line, but somebody drives it."""
    far = {
        "id": "far",
        "type": "add-trips",
        "name": "遠い路線",
        "stops": [
            {"lat": 36.30, "lon": 140.63, "name": "遠1"},
            {"lat": 36.31, "lon": 140.63, "name": "遠2"},
        ],
        "speed_kmh": 30.0,
        "timetables": [{"start": "06:00", "end": "22:00", "headway_min": 5.0}],
    }
    base, new = result_of([], store), result_of([far], store)
    assert apply_scenario(CITY, scenario([far])).city.timetable.stops.in_city[-2:].tolist() == [False, False]
    taken = {spec.kpi_id for spec in OPERATION_KPIS}
    untouched, before = ([row for row in run.kpis if row.kpi_id not in taken] for run in (new, base))
    assert untouched == before
    assert new.find("drivers_needed").value > base.find("drivers_needed").value
    assert set(base.cells) - set(new.cells) == set(BASE_COLUMN_NAMES)  # the baseline's alone
    assert new.cells.equals(base.cells[list(new.cells)])


# Each example runs the models, so a failing one is shown as it is found.
@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(new=lines)
def test_added_trips_never_worsen(new, store):
    # `planned` counts the journey alone, which a later, slower run may lengthen; `random` counts all the time spent
    mode = {"departure_mode": "random"}
    # on the day of the run, at the times of the run, so that they can matter
    new = {**new, "timetables": [{"start": "05:00", "end": "13:00", "headway_min": 10.0}]}
    base, after = result_of([], store, analysis=mode), result_of([new], store, analysis=mode)
    for column in ("clinic_nearest_min", "city_office_nearest_min", "clinic_nearest_min_older"):
        assert (after.cells[column] <= base.cells[column] + 1e-6).all(), column
    for column in ("transit_covered_share", "frequent_covered_share"):
        assert (after.cells[column] >= base.cells[column] - 1e-9).all(), column
    worse = compare_results(base, after)
    assert not ((worse.kpi_id == "clinic_within_30min_share") & (worse.difference < -1e-9)).any()
