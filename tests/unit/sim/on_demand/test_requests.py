"""Requests: as many as the rates say, and chance that depends only on what it is for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, kstest, poisson

from sim.on_demand.requests import _Chance, _Outings, draw_requests, mean_requests, poisson_counts
from sim.on_demand.types import PURPOSES, Demand
from sim.on_demand_params import OnDemandParams

PARAMS = OnDemandParams()
KANESAWA = np.array([3_700.0, 852.0, 1_337.0])
N_HOMES, KINDS = 20, (0, 0, 1, 1, 2, 3)


def demand_of(n_homes=N_HOMES, kinds=KINDS, scale=1.0, **more):
    homes, n_places = np.arange(n_homes, dtype=np.int32), len(kinds)
    fields = {
        "cell": homes + 100,
        "cell_id": np.array([f"cell{h}" for h in homes], dtype=str),
        "home": homes,
        "persons": np.tile(scale * KANESAWA / N_HOMES, (n_homes, 1)),
        "place": np.arange(n_places, dtype=np.int32) + n_homes,
        "place_id": np.array([f"place{j}" for j in range(n_places)], dtype=str),
        "purpose": np.array(kinds, np.int32),
        "weight": np.ones((n_homes, n_places)),
        "start_s": 30_600,
        "end_s": 57_600,
    }
    return Demand(**{**fields, **more})


def drawn(demand, day=0, params=PARAMS, service="kanesawa", draw=0, seed=1):
    return draw_requests(demand, params, seed=seed, service_id=service, draw=draw, day=day)


def days_of(demand, n_days=200, **more):
    return [drawn(demand, day, **more) for day in range(n_days)]


def told(requests, keep=None):
    """Return requests as plain rows, without their numbers."""
    names = ("desired_s", "known_s", "origin", "destination", "persons", "no_show", "age_class", "purpose", "cell")
    rows = list(zip(*(getattr(requests, name).tolist() for name in names), strict=True))
    return Counter(row for row in rows if keep is None or keep(row))


def test_kanesawa_comes_out_of_the_rates():
    persons = [int(day.persons.sum()) for day in days_of(demand_of(), 400)]
    assert np.mean(persons) == pytest.approx(13.1, abs=3 * np.std(persons) / 20)
    rates = (PARAMS.on_demand_rides_under65, PARAMS.on_demand_rides_65to74, PARAMS.on_demand_rides_75plus)
    assert KANESAWA @ rates == pytest.approx(1_636 / 125, rel=0.02)
    assert mean_requests(demand_of(), PARAMS) == pytest.approx(KANESAWA @ rates / 1.2)


@pytest.mark.parametrize(("homeward", "no_show"), [(True, 0.0), (True, 0.3), (False, 0.0)])
def test_a_given_number_of_requests_comes_out(homeward, no_show):
    demand = demand_of(requests_per_day=30.0, homeward=homeward, no_show_share=no_show)
    counts = [len(day) for day in days_of(demand)]
    assert mean_requests(demand, PARAMS) == pytest.approx(30.0)
    assert np.mean(counts) == pytest.approx(30.0, abs=3 * np.std(counts) / np.sqrt(len(counts)))


def test_the_same_key_gives_the_same_requests_and_any_other_key_others():
    demand = demand_of(scale=10.0)
    first = told(drawn(demand))
    assert first == told(drawn(demand))
    others = [
        drawn(demand, day=1),
        drawn(demand, draw=1),
        drawn(demand, seed=2),
        drawn(demand, service="suwa"),
    ]
    for other in others:
        assert sum((first & told(other)).values()) == 0


def test_removing_a_cell_changes_nothing_else():
    whole = demand_of(scale=20.0)
    kept = np.flatnonzero(whole.cell != 105)
    less = replace(
        whole,
        **{name: getattr(whole, name)[kept] for name in ("cell", "cell_id", "home", "persons", "weight")},
    )
    assert told(drawn(less)) == told(drawn(whole), keep=lambda row: row[-1] != 105)
    assert told(drawn(less)) != told(drawn(whole))


def test_a_higher_rate_only_adds_requests():
    low, high = (told(drawn(demand_of(scale=scale))) for scale in (5.0, 7.0))
    assert low - high == Counter()
    assert sum(high.values()) > sum(low.values())


def test_an_added_place_takes_requests_and_moves_none_between_others():
    before, after = (drawn(demand_of(scale=20.0, kinds=kinds)) for kinds in (KINDS, (*KINDS, 0)))
    out = before.outbound < 0
    assert np.array_equal(before.desired_s, after.desired_s)
    moved = out & (before.destination != after.destination)
    assert set(after.destination[moved].tolist()) == {N_HOMES + len(KINDS)}
    assert set(before.purpose[moved].tolist()) == {0}
    assert 0.2 < moved.sum() / (out & (before.purpose == 0)).sum() < 0.5


def test_rides_home_follow_their_way_out():
    days = days_of(demand_of(scale=5.0, no_show_share=0.2), 20)
    n_out = n_back = 0
    for day in days:
        back = np.flatnonzero(day.outbound >= 0)
        out = day.outbound[back]
        n_out, n_back = n_out + int((~day.no_show & (day.outbound < 0)).sum()), n_back + len(back)
        assert (out < back).all()
        assert (day.known_s[out] <= day.known_s[back]).all()
        assert (day.desired_s[back] - day.desired_s[out] >= 1_200).all()
        assert np.array_equal(day.origin[back], day.destination[out])
        assert np.array_equal(day.destination[back], day.origin[out])
        assert np.array_equal(day.persons[back], day.persons[out])
        assert not day.no_show[np.concatenate([back, out])].any()
    assert n_back / n_out == pytest.approx(PARAMS.on_demand_return_share, abs=0.05)


def test_all_wish_to_ride_within_the_hours():
    for start, end in ((30_600, 57_600), (28_800, 30_600), (75_600, 90_000)):
        for day in days_of(demand_of(scale=20.0, start_s=start, end_s=end), 3):
            assert len(day) > 0
            assert day.desired_s.min() >= start
            assert day.desired_s.max() < end


def test_most_go_out_in_the_morning():
    out = np.concatenate([day.desired_s[day.outbound < 0] for day in days_of(demand_of(scale=5.0), 30)])
    hours = np.bincount(out // 3_600, minlength=24)
    assert hours[9:11].sum() > hours[13:15].sum() > hours[15] > 0


def test_purposes_and_companions_come_as_the_parameters_say():
    days = days_of(demand_of(scale=20.0), 20)
    older = np.concatenate([day.purpose[day.age_class > 0] for day in days])
    # Nothing serves "other", so the rest of the rest goes to stops.
    expected = np.array([0.3, 0.3, 0.3, 0.05]) / 0.95
    assert np.bincount(older, minlength=5)[:4] / len(older) == pytest.approx(expected, abs=0.02)
    persons = np.concatenate([day.persons for day in days])
    assert persons.mean() == pytest.approx(1.2, abs=0.02)
    assert set(persons.tolist()) == {1, 2}


def test_a_feeder_takes_everybody_to_its_stops():
    day = drawn(demand_of(scale=20.0, kinds=(PURPOSES.index("stop"),)))
    assert set(day.purpose.tolist()) == {PURPOSES.index("stop")}
    assert set(day.destination[day.outbound < 0].tolist()) == {N_HOMES}


def test_places_without_pull_on_a_home_are_not_visited_from_it():
    weight = np.ones((N_HOMES, len(KINDS)))
    weight[:10, 0] = 0.0
    day = drawn(demand_of(scale=20.0, weight=weight))
    to_first = (day.outbound < 0) & (day.destination == N_HOMES)
    assert to_first.any()
    assert (day.origin[to_first] >= 10).all()


@pytest.mark.parametrize(
    ("lead_s", "expected"), [(0, "when wished"), (1_800, "as late as the lead allows"), (86_400, "the day before")]
)
def test_requests_are_made_as_the_lead_demands(lead_s, expected):
    demand = demand_of(scale=20.0, min_lead_s=lead_s)
    day = drawn(demand)
    eve = day.known_s < 0
    assert (day.known_s <= day.desired_s - min(lead_s, 28_800)).all()
    assert (day.known_s[eve] < demand.end_s - 86_400).all()
    if expected == "the day before":
        assert eve.all()
        assert len(np.unique(day.known_s)) > 0.9 * (day.outbound < 0).sum()
    else:
        assert np.array_equal(eve, day.desired_s - lead_s < demand.start_s)
        assert np.array_equal(day.known_s[~eve], (day.desired_s - lead_s)[~eve])


def test_numbers_go_by_the_time_of_being_made():
    day = drawn(demand_of(scale=20.0, min_lead_s=3_600))
    assert (np.diff(day.known_s) >= 0).all()


@pytest.mark.parametrize(
    "changed",
    [
        {"persons": np.zeros((N_HOMES, 3))},
        {"weight": np.zeros((N_HOMES, len(KINDS)))},
        {"n_homes": 0, "persons": np.zeros((0, 3))},
        {"requests_per_day": 0.0},
        {"kinds": ()},
    ],
)
def test_where_nobody_can_ask_there_are_no_requests(changed):
    assert len(drawn(demand_of(**changed))) == 0


@given(st.floats(1e-9, 1 - 1e-9), st.floats(0.001, 2_000.0))
def test_counts_are_the_inverse_of_poissons_distribution(unit, mean):
    ours = poisson_counts(np.array([unit]), np.array([mean]))[0]
    assert poisson.cdf(ours, mean) >= unit
    assert ours == 0 or poisson.cdf(ours - 1, mean) < unit * (1 + 1e-12)


def test_numbers_of_a_day_are_uniform_and_do_not_repeat():
    chance = _Chance(1, "kanesawa", 0, 0, np.array(["a", "b"]))
    n = 20_000
    outings = _Outings(np.repeat([0, 1], n), np.tile([0, 2], n), np.repeat(np.arange(n), 2).astype(np.int32))
    unit, other = chance.numbers("hour", outings), chance.numbers("stay", outings)
    assert kstest(unit, "uniform").pvalue > 1e-3
    assert len(np.unique(unit)) == len(unit)
    pairs = np.histogram2d(unit, other, bins=20, range=[[0, 1], [0, 1]])[0]
    expected = len(unit) / 400
    assert ((pairs - expected) ** 2 / expected).sum() < chi2.ppf(1 - 1e-4, 399)
    assert abs(np.corrcoef(unit[:-1], unit[1:])[0, 1]) < 4 / np.sqrt(len(unit))
