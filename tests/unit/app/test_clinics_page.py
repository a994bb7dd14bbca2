"""The page of access to care: the numbers of kpi.csv and of the table by district, and what must not be told."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from app.features.clinics import layout
from app.features.clinics.districts import districts_table, rows_of
from app.features.clinics.layout import map_order, reference_of
from app.features.clinics.measures import MORE, WAYS, levers_of, measure_card
from app.features.compare.cards import show
from sim.kpi import KPIS
from sim.results import DEFAULT_SETTING
from tests.unit.app.test_place import texts


@pytest.fixture
def run(page_services):
    return page_services.list_runs()["new-clinic"]


@pytest.mark.parametrize("kpi_id", [*WAYS, *MORE])
def test_a_card_says_what_kpi_csv_says(page_services, run, kpi_id):
    reference = reference_of(page_services, run)
    told = texts(measure_card(kpi_id, run, reference, "ja"))
    spec = KPIS[kpi_id]
    value, before = (one.rows[kpi_id, "default", "all"].value for one in (run, reference))
    assert show(spec, value) in told
    assert any(show(spec, before) in text for text in told)
    assert any(text.startswith(show(spec, value - before, signed=True)) for text in told)
    assert spec.formula.ja in told
    english = "".join(texts(measure_card(kpi_id, run, None, "en")))
    assert not set(english) & set("のをはがに")


def test_districts_tell_the_table_and_its_change(page_services, run):
    reference = reference_of(page_services, run)
    told = texts(districts_table(page_services, run, reference, "ja"))
    row, old = rows_of(run)[1], rows_of(reference)[1]
    assert f"{row['e2sfca_mean']:.2f}" in told
    assert f"{row['e2sfca_mean'] - old['e2sfca_mean']:+.2f}".replace("-", "−") in told
    assert "東地区" in told
    assert "East" in texts(districts_table(page_services, run, None, "en"))


def test_what_is_withheld_stays_empty(page_services, run):
    table = run.stored.tables["clinic_districts"].assign(e2sfca_p10=np.nan)
    hidden = replace(run, stored=replace(run.stored, tables={"clinic_districts": table}))
    assert texts(districts_table(page_services, hidden, None, "ja")).count("–") >= len(table)


def test_levers_are_those_of_the_scenario(page_services, run):
    assert "施設を加える" in "".join(texts(levers_of(run, "ja")))
    baseline = page_services.baseline
    assert "変更はありません" in "".join(texts(levers_of(baseline, "ja")))
    assert reference_of(page_services, baseline) is None


def test_the_page_is_served_and_the_map_hides_few_people(client, page_services, run):
    page = client.get("/_dash-layout", headers={"Referer": "http://localhost/clinics?run=new-clinic&lang=en"})
    assert "clinics-map" in page.text
    order = map_order(page_services, run, "clinic_e2sfca", "ja")
    assert "public=1" in order["values"]
    assert client.get("/" + order["values"]).status_code == 200
    assert len(order["colors"]) == len(order["breaks"]) + 1
    assert layout.COLUMNS[0] in order["values"]


def test_no_difference_is_told_of_what_is_out_of_reach_before_and_after(page_services):
    runs = page_services.list_runs()
    key = ("clinic_nearest_min", DEFAULT_SETTING, "all")
    sides = []
    for run_id in ("new-clinic", "baseline-r5"):
        one = replace(runs[run_id])
        one.__dict__["rows"] = {**runs[run_id].rows, key: replace(runs[run_id].rows[key], value=math.inf)}
        sides.append(one)
    told = texts(measure_card("clinic_nearest_min", *sides, "ja"))
    assert "∞" in told
    assert not any("nan" in text for text in told)
