"""A draw gives what a whole run under its numbers gives; draws kept as a table come back as they were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.synthetic import grid_city
from sim.params import Analysis, Params
from sim.results import DEFAULT_SETTING
from sim.reuse import Reuse
from sim.run import default_rows, run_models
from sim.uncertainty.definition import other_cases, reallocated, with_definitions, with_moved_stops
from sim.uncertainty.drawing import Sets, drawn_params, rerouted
from sim.uncertainty.draws import DRAW, OTHER, Draws, draws_of, joined, key_of, number_of
from sim.uncertainty.evaluating import MODELS, Subject, draw_cases, model_count
from sim.uncertainty.lines import clipped, with_lines
from sim.uncertainty.paired import (
    DISTINGUISHABLE,
    NO_CHANGE,
    NOT_DISTINGUISHABLE,
    paired_ends,
    told_apart,
    why_unpaired,
)
from sim.uncertainty.ranking import rank_parameters
from sim.uncertainty.recording import evaluate
from sim.uncertainty.roles import drawn_spreads

BASE = grid_city()
ANALYSIS, PARAMS = Analysis(window=("10:00", "10:20"), n_draws=2), Params()
N, K = 5, 2


def fewer_clinics(city):
    """Return the city with one of its clinics closed to the public."""
    facilities = city.facilities
    return city.replace(
        facilities=replace(
            facilities, open_to_public=facilities.open_to_public & (facilities.facility_id != "clinic-1")
        )
    )


@pytest.fixture(scope="module")
def memory():
    return Reuse()


@pytest.fixture(scope="module")
def base(memory):
    result = run_models(BASE, ANALYSIS, PARAMS, reuse=memory)
    subject = Subject(BASE, ANALYSIS, PARAMS, result, memory)
    cases = [*draw_cases(subject, N, K), *other_cases(subject)]
    return subject, with_definitions(evaluate(subject, cases), subject)


@pytest.fixture(scope="module")
def changed(memory, base):
    subject, draws = base
    city = fewer_clinics(BASE)
    result = run_models(city, ANALYSIS, PARAMS, reference=subject.result, reuse=memory)
    other = Subject(city, ANALYSIS, PARAMS, result, memory, BASE, subject.result, draws)
    cases = [*draw_cases(other, N, K), *other_cases(other)]
    return other, with_definitions(evaluate(other, cases), other)


@pytest.mark.parametrize("draw", [0, 3])
def test_a_draw_is_a_whole_run_under_its_numbers(base, changed, draw):
    spreads = drawn_spreads(BASE, PARAMS)
    params = drawn_params(PARAMS, spreads, ANALYSIS.seed, Sets(draw % K, draw % model_count(N, K), draw))
    analysis = rerouted(ANALYSIS, draw % K)
    reference = None
    for subject, draws in (base, changed):
        whole = run_models(subject.city, analysis, params, reference=reference, reuse=Reuse())
        rows = {key_of(row): row for row in whole.kpis}
        column = draws.of(DRAW)[:, draw]
        for key, value in zip(draws.keys, column.tolist(), strict=True):
            wanted = number_of(rows[key].value)
            assert value == pytest.approx(wanted, rel=1e-9, nan_ok=True), key
        reference = whole


def test_what_is_taken_over_from_the_draw_before_is_what_each_gives_alone(base, changed, monkeypatch):
    monkeypatch.setattr("sim.uncertainty.evaluating.MODELS", K)  # so that draws share a set of models
    for subject, _ in (base, changed):
        together = evaluate(subject, draw_cases(subject, N, K))
        alone = [evaluate(subject, [case]) for case in draw_cases(subject, N, K)]
        assert together.values.tobytes() == np.concatenate([one.values for one in alone], axis=1).tobytes()
        assert together.models.tobytes() == np.concatenate([one.models for one in alone], axis=1).tobytes()
        money = [n for n, key in enumerate(together.keys) if key[0] == "subsidy_yen"]
        first, second = (together.labels.index(f"{DRAW}{draw}") for draw in (0, K))
        assert (together.values[money, first] != together.values[money, second]).any()  # it is drawn, not taken over


def test_a_draw_of_unit_costs_looks_up_only_what_they_touch(base, monkeypatch):
    monkeypatch.setattr("sim.uncertainty.evaluating.MODELS", K)
    asked = []

    def noted(context, spec):
        asked.append(spec.kpi_id)
        return default_rows(context, spec)

    monkeypatch.setattr("sim.uncertainty.settled.default_rows", noted)
    subject, _ = base
    evaluate(subject, [case for case in draw_cases(subject, N, K) if case.label in {f"{DRAW}0", f"{DRAW}{K}"}])
    again = {kpi_id for kpi_id in asked if asked.count(kpi_id) == 2}
    assert again
    assert again < set(asked)
    assert "clinic_within_30min_share" not in again


def test_parts_drawn_apart_are_joined_as_one_whole(base):
    subject, _ = base
    whole = evaluate(subject, draw_cases(subject, N, K))
    parts = [evaluate(subject, draw_cases(subject, N, K, only)) for only in range(K)]
    told = joined(parts[::-1], whole.labels)
    assert (told.keys, told.labels) == (whole.keys, whole.labels)
    assert told.values.tobytes() == whole.values.tobytes()
    assert told.models.tobytes() == whole.models.tobytes()


def test_all_default_rows_are_drawn_and_no_others(base):
    subject, draws = base
    assert list(draws.keys) == [key_of(r) for r in subject.result.kpis if r.setting == DEFAULT_SETTING]
    assert (draws.n_draws, draws.n_rerouted) == (N, K)


def test_the_baseline_stays_at_the_official_figure_in_every_draw(base):
    _, draws = base
    row = draws.keys.index(("catchment_population_share", "default", "all"))
    assert draws.of(DRAW)[row] == pytest.approx(0.271)
    assert draws.of("route:")[row] == pytest.approx(0.271)


def test_the_rows_of_a_drawn_run_have_low_and_high_around_their_value(base):
    subject, draws = base
    told = with_lines(subject.result, draws)
    for row in told.kpis:
        if row.setting == DEFAULT_SETTING and row.value is not None:
            assert row.low is not None, row
            assert row.low <= row.value <= row.high, row
        elif row.value is None:
            assert row.low is row.high is None
    table = told.tables["uncertainty"]
    assert set(table["line"]) == {"draws", "definition"}
    assert set(table.loc[table["line"] == "draws", "n_rerouted"]) == {K}
    assert (table["low"] <= table["high"]).all()


def test_draws_come_back_from_their_table(base):
    _, draws = base
    again = draws_of(draws.frame())
    assert (again.keys, again.labels) == (draws.keys, draws.labels)
    assert np.array_equal(again.of(""), draws.of(""), equal_nan=True)
    assert np.array_equal(again.models, draws.models, equal_nan=True)


def test_definitions_that_reproduce_the_official_figure_are_in_the_second_line(base):
    subject, draws = base
    labels = [label for label in draws.labels if label.startswith(f"{OTHER}definition=")]
    assert labels
    row = draws.keys.index(("catchment_population_share", "default", "all"))
    settings = [setting for label in labels if (setting := label.partition("=")[2]) != "elasticity"]
    assert settings
    for setting in settings:
        label = f"{OTHER}definition={setting}"
        wanted = subject.result.find("catchment_population_share", setting).value
        assert draws.of(label)[row, 0] == pytest.approx(wanted)


def test_the_other_method_of_rides_is_in_their_second_line(base):
    subject, draws = base
    label = f"{OTHER}definition=elasticity"
    for kpi_id in ("bus_rides_per_citizen", "bus_rides_total"):
        wanted = subject.result.find(kpi_id, "elasticity").value
        assert draws.of(label)[draws.keys.index((kpi_id, "default", "all")), 0] == pytest.approx(wanted)
    still = draws.keys.index(("catchment_population_share", "default", "all"))
    assert np.isnan(draws.of(label)[still, 0])


def test_residents_move_within_their_district_and_age():
    population = BASE.population
    moved = reallocated(population, 1, 0)
    assert not np.allclose(moved.persons, population.persons)
    assert (moved.persons >= 0).all()
    for district in np.unique(population.district):
        inside = population.district == district
        assert moved.persons[inside].sum(axis=0) == pytest.approx(population.persons[inside].sum(axis=0))
    assert np.array_equal(reallocated(population, 1, 0).persons, moved.persons)
    assert not np.array_equal(reallocated(population, 1, 1).persons, moved.persons)


def test_stops_move_no_farther_than_they_may_be_off():
    stops = replace(BASE.timetable.stops, position_error_m=np.linspace(0, 200, BASE.timetable.n_stops))
    city = BASE.replace(timetable=replace(BASE.timetable, stops=stops))
    away = np.hypot(*(with_moved_stops(city, 3, 0).timetable.stops.xy - stops.xy).T)
    assert (away <= stops.position_error_m + 1e-9).all()
    assert away.max() > 0
    assert away[0] == 0


def test_what_both_runs_share_cancels_in_their_difference(base, changed):
    values = [{key_of(r): r.value for r in s.result.kpis if r.value is not None} for s, _ in (base, changed)]
    same = paired_ends(base[1], base[1], values[0], values[0])
    assert {(e.low, e.high, e.verdict) for e in same.values()} == {(0.0, 0.0, NO_CHANGE)}
    found = paired_ends(base[1], changed[1], *values)
    fewer = found["clinics_count", "default", "all"]
    assert fewer.verdict == DISTINGUISHABLE
    change = values[1]["clinics_count", "default", "all"] - values[0]["clinics_count", "default", "all"]
    assert fewer.low == fewer.high == pytest.approx(change)


def draws_from(values, labels):
    keys = (("k", "default", "all"),)
    return Draws(keys, tuple(labels), np.array([values]), np.array([values]))


LABELS = ("route:0", "route:1", *(f"draw:{n}" for n in range(20)), "other:a", "other:b")


@pytest.mark.parametrize(
    ("gain", "others", "verdict"),
    [
        (1.0, (1.0, 0.5), DISTINGUISHABLE),
        (1.0, (1.0, -0.1), NOT_DISTINGUISHABLE),  # another definition turns it round
        (0.0, (0.0, 0.0), NO_CHANGE),
    ],
)
def test_two_runs_differ_only_where_both_lines_say_so(gain, others, verdict):
    noise = np.random.default_rng(1).normal(size=22).tolist()
    before = draws_from([*noise, 0.0, 0.0], LABELS)
    after = draws_from([*(n + gain for n in noise), *others], LABELS)
    key = ("k", "default", "all")
    assert paired_ends(before, after, {key: 0.0}, {key: gain})[key].verdict == verdict


@pytest.mark.parametrize(
    ("gain", "others", "verdict"),
    [
        (0.0004, (0.0004, 0.0004), NO_CHANGE),  # 0.04 of a point prints as no change
        (-6.8e-10, (-6.8e-10, -6.8e-10), NO_CHANGE),
        (0.0006, (0.0006, 0.0006), DISTINGUISHABLE),
        (0.0040, (0.0040, 0.0002), NOT_DISTINGUISHABLE),  # under another definition nothing shows
    ],
)
def test_a_difference_that_does_not_show_tells_nothing_apart(gain, others, verdict):
    key = ("catchment_population_share", "default", "all")
    values = np.full((1, 24), 0.27)
    before = Draws((key,), LABELS, values, values)
    now = np.array([[*(0.27 + gain for _ in range(22)), *(0.27 + other for other in others)]])
    after = Draws((key,), LABELS, now, now)
    found = paired_ends(before, after, {key: 0.27}, {key: 0.27 + gain})[key].verdict
    assert found == verdict
    assert told_apart(found) is {NO_CHANGE: None, DISTINGUISHABLE: True, NOT_DISTINGUISHABLE: False}[verdict]


@pytest.mark.parametrize(("n_draws", "n_routes"), [(1, 1), (4, 3), (20, 1)])
def test_nothing_is_told_apart_by_too_few_draws(n_draws, n_routes):
    labels = (*(f"route:{n}" for n in range(n_routes)), *(f"draw:{n}" for n in range(n_draws)))
    one, two = (draws_from([value] * len(labels), labels) for value in (0.0, 1.0))
    key = ("k", "default", "all")
    assert paired_ends(one, two, {key: 0.0}, {key: 1.0}) == {}
    assert "試行が少ない" in why_unpaired(one, two).ja
    assert "too few draws" in why_unpaired(one, two).en


def test_noise_of_its_own_hides_a_small_difference():
    rng = np.random.default_rng(2)
    one, two = ([*rng.normal(size=22).tolist(), 0.0, 0.0] for _ in range(2))
    key = ("k", "default", "all")
    shifted = [x + 0.1 for x in two]
    found = paired_ends(draws_from(one, LABELS), draws_from(shifted, LABELS), {key: 0.0}, {key: 0.1})[key]
    assert found.verdict == NOT_DISTINGUISHABLE


def test_runs_drawn_on_other_routes_are_not_paired():
    other = ("route:0", *(f"draw:{n}" for n in range(23)))
    one, two = draws_from([0.0] * 24, LABELS), draws_from([1.0] * 24, other)
    key = ("k", "default", "all")
    assert paired_ends(one, two, {key: 0.0}, {key: 1.0}) == {}


def test_runs_of_unlike_numbers_of_draws_are_not_paired():
    """Draw 3 of 22 and draw 3 of 20 share no set of models beyond the 21st, and the width is not that of either."""
    more = ("route:0", "route:1", *(f"draw:{n}" for n in range(22)))
    one, two = draws_from([0.0] * 24, LABELS), draws_from([1.0] * 24, more)
    key = ("k", "default", "all")
    assert paired_ends(one, two, {key: 0.0}, {key: 1.0}) == {}
    assert "20" in why_unpaired(one, two).ja
    assert "22" in why_unpaired(one, two).en
    assert why_unpaired(two, two) is None


def test_the_ranking_begins_with_what_moves_the_number_most(base):
    subject, _ = base
    told = []
    swings = rank_parameters(
        subject, ("operating_cost_yen", "default", "all"), n_routes=1, progress=lambda *done: told.append(done)
    )
    assert [done for done, _ in told] == list(range(1, len(told) + 1)), "every evaluation is told"
    assert {total for _, total in told} == {len(told)}
    sizes = [swing.size for swing in swings]
    assert sizes == sorted(sizes, reverse=True)
    by_name = {swing.name: swing for swing in swings}
    assert by_name["bus_cost_yen_km"].size > 0
    assert by_name["ride_fare_elasticity"].size == 0
    hour = by_name["bus_cost_yen_hour"]
    assert hour.at_high > hour.at_low


def test_sets_of_models_are_a_multiple_of_the_routes():
    assert model_count(1, 1) == 1
    assert model_count(20, 3) == 21
    assert model_count(200, 3) == MODELS
    assert all(model_count(n, k) % k == 0 for n in (1, 5, 20, 200) for k in (1, 2, 3))


def test_residents_moved_about_are_told_from_a_baseline_with_the_same_residents():
    from tests.unit.sim.ridership.test_rides import OFFICIAL, city_of

    city, reuse = city_of(), Reuse()
    before = run_models(city, ANALYSIS, PARAMS, reuse=reuse)
    after = run_models(city, ANALYSIS, PARAMS, reference=before, reuse=reuse)
    subject = Subject(city, ANALYSIS, PARAMS, before, reuse)
    cases = [c for c in other_cases(subject) if c.label.startswith(f"{OTHER}residents")]
    scenario = Subject(city, ANALYSIS, PARAMS, after, reuse, city, before, evaluate(subject, cases))
    found = evaluate(scenario, [c for c in other_cases(scenario) if c.label.startswith(f"{OTHER}residents")])
    row = found.keys.index(("bus_rides_per_citizen", DEFAULT_SETTING, "all"))
    assert len(cases) == found.values.shape[1] == 2
    assert found.values[row] == pytest.approx(OFFICIAL, rel=1e-9)


def test_a_share_that_passes_one_keeps_its_value_within_its_ends():
    keys = (("cost_recovery_share", "default", "all"), ("transit_coverage_share", "default", "all"))
    values = np.array([[1.2, 1.3], [0.98, 0.99]])
    draws = Draws(keys, ("draw:0", "draw:1"), values, values)
    central, low, high = np.array([1.25, 0.985]), np.array([1.1, 0.9]), np.array([1.4, 1.1])
    ends = clipped(draws, central, low, high)
    assert ends[0].tolist() == [1.1, 0.9]
    assert ends[1].tolist() == [1.4, 1.0]
