"""An explanation reproduces its number from the cells it lists."""

import re
from dataclasses import replace

import pytest
import shapely

from geodata.errors import ModelError, Text
from geodata.on_demand import FleetWait, OnDemandFleet, OnDemandPlan, OnDemandService
from geodata.provenance import Status
from geodata.synthetic import grid_city
from sim.explain import COLUMNS, explain
from sim.kpi import KPIS
from sim.params import PARAMETERS, Analysis, Params
from sim.run import run_models
from sim.unit_words import unit_words

ANALYSIS, PARAMS = Analysis(include_assumed_lines=True), Params()


@pytest.fixture(scope="module")
def city():
    return grid_city()


@pytest.fixture(scope="module")
def result(city):
    return run_models(city, ANALYSIS, PARAMS)


@pytest.mark.parametrize("kpi_id", list(KPIS))
@pytest.mark.parametrize("group", ["all", "75plus", "district:west"])
def test_cells_reproduce_the_number_under_every_setting(city, result, kpi_id, group):
    for setting in KPIS[kpi_id].settings:
        row = result.find(kpi_id, setting, group)
        if row is None:
            continue
        found = explain(city, result, kpi_id, ANALYSIS, PARAMS, setting=setting, group=group)
        if row.value is None:
            assert found.reproduce() is None
            assert row.note in found.sentences[0].ja
        elif found.how == "number":  # of no cell
            assert found.reproduce() is None
            assert len(found.contributions) == 0
        else:
            assert found.reproduce() == pytest.approx(row.model_value, rel=1e-9)
            assert found.reproduce() + found.correction == pytest.approx(row.value, rel=1e-9)


def test_inputs_carry_source_and_status(city, result):
    found = explain(city, result, "catchment_population_share", ANALYSIS, PARAMS)
    labels = [i.label.ja for i in found.inputs]
    assert any("公表値" in label for label in labels)
    assert any("駅勢圏の定義" in label for label in labels)
    assert all(i.label.en and i.status for i in found.inputs)
    assert tuple(found.contributions.columns) == COLUMNS


def test_sentences_say_value_setting_and_what_was_not_considered(city, result):
    found = explain(city, result, "clinic_within_30min_share", ANALYSIS, PARAMS)
    text = "".join(s.ja for s in found.sentences)
    assert "%" in text
    assert "坂道は考慮していません" in text
    assert "仮定の路線" in text
    assert all(s.en for s in found.sentences)


@pytest.mark.parametrize("kpi_id", ["clinic_within_30min_share", "on_demand_wait_p90_min", "shelter_walk_min"])
def test_rides_are_explained_by_their_parameters_where_a_service_runs(city, result, kpi_id):
    words = Text("s", "s")
    plan = OnDemandPlan(
        shapely.box(0, 0, 1, 1), "door-to-door", 31, 0, 3_600, OnDemandFleet(1, 4, 20.0), FleetWait(600, 2.0)
    )
    running = OnDemandService("s", words, words, (), 0, 3_600, 1, 4, "", words, "x", Status.ASSUMED, plan)
    rides = {PARAMETERS[name].label.ja for name in ("on_demand_days", "on_demand_rides_75plus")}
    feeder = PARAMETERS["hub_feeder_kmh"].label.ja  # of the ranking of hubs, no service's
    for services in ((), (running,)):
        found = explain(city.replace(on_demand=services), result, kpi_id, ANALYSIS, PARAMS)
        labels = [i.label.ja for i in found.inputs]
        assert rides.issubset(labels) == (kpi_id[:2] == "on" or (kpi_id[:2] == "cl" and bool(services)))
        assert feeder not in labels
        assert all(labels.count(label) <= 1 for label in rides)


def test_a_default_names_the_definition_it_stands_for(city, result):
    found = explain(city, result, "catchment_population_share", ANALYSIS, PARAMS)
    assert found.setting_label.ja == "既定: JR駅 1,000 m"
    assert "JR駅 1,000 m" in found.sentences[0].ja
    assert not any("直線距離" in s.ja for s in found.sentences)  # circles do not walk
    walked = explain(city, result, "catchment_population_share", ANALYSIS, PARAMS, setting="walk-10min")
    assert any("直線距離" in s.ja for s in walked.sentences)
    assert any("参考値" in s.ja for s in walked.sentences)


def test_a_definition_lists_only_what_it_looks_at(city, result):
    labels, streets = {}, "道路のデータ"
    named = tuple(replace(s, title=Text(streets, "s")) if s.layer == "streets" else s for s in city.sources)
    for setting in ("default", "jr-800m", "walk-10min", "time-15min"):
        told = explain(
            city.replace(sources=named), result, "catchment_population_share", ANALYSIS, PARAMS, setting=setting
        )
        labels[setting] = {one.label.ja for one in told.inputs}
    changes = PARAMETERS["max_transfers"].label.ja
    assert changes in labels["time-15min"]
    assert changes not in labels["default"] | labels["jr-800m"] | labels["walk-10min"]
    assert [streets in labels[setting] for setting in labels] == [False, False, True, True]


def test_every_unit_is_told_in_japanese(city, result):
    for unit in {one.unit for one in PARAMETERS.values()} | {row.unit for row in city.targets.rows}:
        told = unit_words(unit).ja
        assert not re.search("[a-z]{3}", told), unit
    assert unit_words("yen", "ride_taxi_first_yen").ja == "円"
    assert unit_words("rides/person/year").ja == "回/人・年"


def test_an_official_figure_names_its_source_by_title(city, result):
    found = explain(city, result, "catchment_population_share", ANALYSIS, PARAMS)
    official = next(i for i in found.inputs if "公表値（" in i.label.ja)
    assert (official.value, official.source.ja) == (0.271, "架空の都市")


def test_the_pivot_is_told(city, result):
    found = explain(city, result, "catchment_population_share", ANALYSIS, PARAMS)
    assert found.correction == pytest.approx(0.271 - result.find("catchment_population_share").model_value)
    assert any("公表値を正として" in s.ja for s in found.sentences)


def test_a_number_that_is_not_there_is_refused(city, result):
    with pytest.raises(ModelError, match="no such number"):
        explain(city, result, "clinics_count", ANALYSIS, PARAMS, group="75plus")
