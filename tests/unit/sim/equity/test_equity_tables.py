"""Sentences and tables of fairness: numbers agree with the KPIs, move the right way, and say what is not known."""

from dataclasses import replace

import numpy as np
import pytest

from geodata.population import AgeBand
from geodata.provenance import Status
from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from sim.context import RunContext
from sim.equity.indices import fgt, gini
from sim.equity.people import people_of
from sim.equity.sentence import COLUMNS, percent, points_apart
from sim.equity.sentences import equity_sentences
from sim.equity.tables import DISTRICT_COLUMNS, INDEX_COLUMNS, equity_districts, equity_indices
from sim.kpi.equity_measures import EQUITY_MEASURES, GINI, WORST
from sim.kpi.measure import group_value, group_weights
from sim.kpi.measures import MEASURES
from sim.params import Analysis, Params
from sim.reuse import Reuse

CORNER = [("clinic-1", "clinic", (750.0, 750.0), ""), ("office", "city_office", (750.0, 750.0), "")]


def context(rows=CORNER, city=None, **params):
    base = grid_city(facilities=facilities_from_rows(rows)) if city is None else city
    return RunContext(base, Analysis(), Params(**params), Reuse())


@pytest.fixture(scope="module")
def one():
    return context()


@pytest.mark.parametrize(
    ("high", "low", "told"), [(0.9956, 0.9734, "2.3"), (0.9964, 0.9726, "2.3"), (1.0, 0.519, "48.1")]
)
def test_a_reader_who_subtracts_the_printed_shares_finds_the_printed_difference(high, low, told):
    assert points_apart(high, low) == told
    shares = [float(percent(share).removesuffix(" %")) for share in (high, low)]
    assert round(shares[0] - shares[1], 1) == float(told)


def said(of):
    return equity_sentences(of).set_index("sentence_id")


def test_the_lead_is_those_without_a_licence_and_agrees_with_the_kpi(one):
    told = said(one)
    assert told.index[0] == "clinic-75plus-no-licence"
    assert told.index[1] == "clinic-75plus-no-licence-lowest"
    worst = {m.setting: m for m in EQUITY_MEASURES[WORST](one)}
    for sentence_id, setting in (
        ("clinic-75plus-no-licence-lowest", "75plus-no-licence"),
        ("clinic-all-lowest", "default"),
    ):
        assert told.loc[sentence_id, "value"] == pytest.approx(float(worst[setting].standard[0]))
        assert told.loc[sentence_id, "district_id"] == "east"
        assert "東地区" in told.loc[sentence_id, "ja"]
        assert "East" in told.loc[sentence_id, "en"]
    everybody = group_weights(one.city.population, "all", 75)
    within = next(iter(MEASURES["clinic_within_30min_share"](one)))
    assert told.loc["clinic-all", "value"] == pytest.approx(group_value(within, everybody))
    assert told.loc["gini", "value"] == pytest.approx(group_value(next(iter(EQUITY_MEASURES[GINI](one))), everybody))


def test_every_number_of_a_sentence_stands_in_it_and_has_a_status(one):
    table = equity_sentences(one)
    assert tuple(table.columns) == COLUMNS
    assert table["sentence_id"].is_unique
    for row in table.to_dict("records"):
        assert row["ja"].endswith("。")
        assert row["en"].endswith(".")
        assert Status(row["status"]) in {Status.ASSUMED, Status.MODELLED}
        printed = f"{100 * row['value']:.1f}" if row["unit"] == "share" else f"{row['value']:,.0f}"
        if row["unit"] in {"share", "persons"}:
            assert printed in row["ja"], row["sentence_id"]
            assert printed in row["en"], row["sentence_id"]


def test_those_left_are_counted_and_found_where_they_live(one):
    told, districts = said(one), equity_districts(one).set_index("district_id")
    left = districts["persons_75plus_no_licence"] * (1 - districts["clinic_share_75plus_no_licence"])
    assert told.loc["clinic-75plus-no-licence-left", "value"] == pytest.approx(left.sum())
    assert left.idxmax() == "east"
    assert told.loc["clinic-75plus-no-licence-left", "district_id"].split()[0] == "east"


def test_a_clinic_in_the_lowest_district_narrows_the_gaps_that_it_should(one):
    helped = said(context([*CORNER, ("clinic-2", "clinic", (3250.0, 750.0), "")]))
    told = said(one)
    for sentence_id in ("clinic-75plus-no-licence", "clinic-75plus-no-licence-lowest"):
        assert helped.loc[sentence_id, "value"] > told.loc[sentence_id, "value"]
    for sentence_id in ("licence-gap", "clinic-75plus-no-licence-left"):
        assert helped.loc[sentence_id, "value"] < told.loc[sentence_id, "value"]
    assert (
        helped.loc["office-75plus-no-licence-lowest", "value"] == told.loc["office-75plus-no-licence-lowest", "value"]
    )


def test_faster_old_walkers_close_the_gap_between_the_ages(one):
    as_fast = said(context(walk_older_m_min=80.0))
    assert said(one).loc["generation-gap", "value"] > 0.02
    assert as_fast.loc["generation-gap", "value"] == pytest.approx(0.0, abs=1e-9)


def test_the_time_beyond_the_limit_counts_up_to_the_budget(one):
    long, short = (said(context(equity_budget_factor=factor)) for factor in (6.0, 1.2))
    assert long.loc["over-limit", "value"] > said(one).loc["over-limit", "value"] > short.loc["over-limit", "value"]
    assert short.loc["over-limit", "value"] <= 6.0
    assert long.loc["over-limit", "persons"] == short.loc["over-limit", "persons"]


def test_assumed_lines_are_taken_out_in_a_sentence_of_their_own(one):
    told = said(one)
    name = "clinic-75plus-no-licence-no-assumed-lines"
    assert told.loc[name, "value"] <= told.loc["clinic-75plus-no-licence", "value"]
    assert "仮定の路線を除くと" in told.loc[name, "ja"]


def test_equal_districts_are_said_to_be_equal():
    even = said(context([("clinic-1", "clinic", (2000.0, 3000.0), "")]))
    assert "どの地区も" in even.loc["clinic-all-lowest", "ja"]


def test_the_table_of_districts_ranks_the_lowest_first(one):
    table = equity_districts(one)
    assert tuple(table.columns) == DISTRICT_COLUMNS
    assert table["district_id"].tolist() == ["east", "west"]
    assert table["rank"].tolist() == [1.0, 2.0]
    within = next(iter(MEASURES["clinic_within_30min_share"](one)))
    people = group_weights(one.city.population, "district:east", 75)
    assert table["clinic_share"][0] == pytest.approx(group_value(within, people))
    assert table["persons"].sum() == pytest.approx(one.city.population.total.sum())


def test_indices_are_those_of_the_people_and_the_line_is_a_share_of_the_mean(one):
    table = equity_indices(one)
    assert tuple(table.columns) == INDEX_COLUMNS
    rows = table.set_index(["measure", "group"])
    measure = next(iter(EQUITY_MEASURES[GINI](one)))
    people = people_of(one, "all")
    values, persons = np.r_[measure.standard, measure.older], np.r_[people.standard, people.older]
    row = rows.loc[("access_gini:default", "all")]
    assert row["gini"] == pytest.approx(gini(values, persons))
    assert row["line"] == pytest.approx(0.5 * row["mean"])
    assert row["fgt1"] == pytest.approx(fgt(values, persons, row["line"], 1))
    assert rows.loc[("access_gini:default", "75plus"), "line"] == row["line"]  # one line for all people
    assert row["gini_between_districts"] <= row["gini"]
    beyond = said(one).loc["over-limit", "persons"]
    assert rows.loc[("clinic_minutes_left", "all"), "fgt0"] == pytest.approx(beyond / persons.sum())
    stricter = equity_indices(context(equity_line_share=0.6)).set_index(["measure", "group"])
    assert stricter.loc[("access_gini:default", "all"), "fgt0"] >= row["fgt0"]
    assert stricter.loc[("access_gini:default", "all"), "gini"] == pytest.approx(row["gini"])


def test_what_is_not_known_is_said_and_not_guessed():
    nowhere = said(context(rows=[]))
    assert np.isnan(nowhere.loc["clinic-all", "value"])
    assert nowhere.loc["clinic-all", "status"] == "no-data"
    assert "計算できません" in nowhere.loc["clinic-all", "ja"]
    assert len(equity_indices(context(rows=[]))) == 0
    city = grid_city(facilities=facilities_from_rows(CORNER))
    band = (AgeBand("all", city.population.bands[0].label, 0, None),)
    ageless = replace(city.population, bands=band, persons=city.population.persons.sum(axis=1, keepdims=True))
    told = said(context(city=city.replace(population=ageless)))
    assert told.loc["clinic-75plus-no-licence", "note"] == "年齢別人口データ未登録"
    assert "generation-gap" not in told.index
    assert told.loc["clinic-all", "value"] > 0
    nobody = city.population.with_persons(np.zeros_like(city.population.persons))
    empty = context(city=city.replace(population=nobody))
    assert len(equity_sentences(empty)) == 0
    assert len(equity_districts(empty)) == 0
