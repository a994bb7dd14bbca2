"""What is saved of the maps on the screen, and values of another time of day: the numbers of the runs, in words and units."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest

from app.features.compare import views
from app.features.compare.paint import build_paint
from app.features.compare.shown import is_timed, timed_values
from app.features.compare.steps import start_state
from app.travel import When

PNG_BEGINS = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def state(page_services):
    return start_state(page_services, "ja").changed(metric="clinic_nearest_min")


def saved(client, state) -> pd.DataFrame:
    answer = client.get(f"/view.csv?{state.to_query()}")
    assert answer.data.startswith("\ufeff".encode())  # spreadsheets read Japanese by it
    assert "attachment" in answer.headers["Content-Disposition"]
    return pd.read_csv(io.BytesIO(answer.data), encoding="utf-8-sig", dtype={"cell_id": str})


def test_the_table_holds_the_cells_of_the_runs(client, page_services, state):
    table = saved(client, state.changed(third="baseline-r5"))
    left, right = page_services.pair(state.left, state.right)
    assert table["cell_id"].tolist() == left.cells["cell_id"].tolist()
    assert table["district_id"].tolist() == left.cells["district_id"].tolist()
    for run in (left, right):
        for column in ("persons", "clinic_nearest_min"):
            np.testing.assert_array_equal(table[f"{column}__{run.run_id}"], run.cells[column].to_numpy(float))
    change = right.cells["clinic_nearest_min"].to_numpy(float) - left.cells["clinic_nearest_min"].to_numpy(float)
    np.testing.assert_allclose(table["difference__new-clinic__minus__baseline-r5"], change, atol=1e-12)
    assert np.nanmin(change) < 0
    assert sum(name.startswith("persons__") for name in table) == 2  # a run on two maps stands there once


def test_nothing_is_told_of_few_persons_in_public(client, page_services, state, monkeypatch):
    monkeypatch.setattr(page_services, "hidden", lambda run, _: np.arange(len(run.cells)) % 3 == 0)
    run = page_services.list_runs()["new-clinic"]
    few = page_services.hidden(run, "persons")
    assert few.any()
    assert not few.all()
    table = saved(client, state.changed(public=True))
    own = table[["persons__new-clinic", "clinic_nearest_min__new-clinic"]].isna().all(axis=1)
    np.testing.assert_array_equal(own, few)


def test_names_that_are_formulas_are_texts(client, page_services, state, monkeypatch):
    from dataclasses import replace

    cells = page_services.city.population
    names = cells.district_name.copy().astype(object)
    names[:] = "=1+1"
    city = page_services.city.replace(population=replace(cells, district_name=names.astype(str)))
    monkeypatch.setitem(page_services.__dict__, "city", city)
    assert set(saved(client, state)["district"].dropna()) == {"'=1+1"}


@pytest.mark.parametrize("changes", [{}, {"mode": "diff"}, {"mode": "winners"}, {"third": "baseline-r5", "lang": "en"}])
def test_the_maps_become_one_picture(client, state, changes):
    answer = client.get(f"/view.png?{state.changed(**changes).to_query()}")
    assert answer.status_code == 200
    assert answer.data.startswith(PNG_BEGINS)
    assert "new-clinic" in answer.headers["Content-Disposition"]


def test_asked_again_for_its_own_window_a_column_is_the_stored_one(page_services):
    run = page_services.list_runs()["new-clinic"]
    for column in ("clinic_nearest_min", "clinic_nearest_min_older", "city_office_nearest_min", "station_front_min"):
        for when in (When(), When("own", 50)):
            again = timed_values(page_services, run, column, when, by_district=False)
            np.testing.assert_array_equal(again, run.cells[column].to_numpy(float))


def test_another_hour_and_percentile_reach_the_map_the_caption_and_the_table(client, page_services, state):
    slow = state.changed(window="morning", percentile=90, tables=True)
    assert is_timed(slow)
    order = build_paint(page_services, slow)
    answer = client.get("/" + order["right"]["values"], headers={"Accept-Encoding": "identity"})
    run = page_services.list_runs()["new-clinic"]
    wanted = timed_values(page_services, run, "clinic_nearest_min", When("morning", 90), by_district=False)
    np.testing.assert_allclose(json.loads(answer.data)["values"], np.minimum(wanted, 1e9), atol=1e-4)
    stored = run.cells["clinic_nearest_min"].to_numpy(float)
    assert (wanted >= stored - 1e-6).all()  # nine in ten take at least what half of them take
    assert (wanted > stored + 1).any()
    assert "朝 7–9" in str(views.legend(page_services, slow))
    saved_column = saved(client, slow)["clinic_nearest_min_morning_90__new-clinic"]
    np.testing.assert_allclose(saved_column, wanted)


def test_what_has_no_window_is_not_asked_again(client, page_services, state):
    people = state.changed(metric="persons", window="morning")
    assert not is_timed(people)
    assert views.when_hidden(page_services, people)
    assert "timed/" not in build_paint(page_services, people)["right"]["values"]
    for bad in ("persons?w=morning", "clinic_nearest_min?w=night", "clinic_nearest_min?q=33", "clinic_nearest_min?q=x"):
        assert client.get(f"/timed/new-clinic/{bad}").status_code == 404
    assert client.get("/timed/none/clinic_nearest_min?w=morning").status_code == 404


def test_a_refusal_is_told_in_words(client, page_services, monkeypatch):
    from geodata.errors import Text, UsageError, error

    def refuse(*_):
        raise UsageError([error("travel.test", "scenario.yaml", Text("答えられません", "cannot be answered"))])

    monkeypatch.setattr(page_services.travel, "column", refuse)
    for lang, words in (("ja", "答えられません"), ("en", "cannot be answered")):
        answer = client.get(f"/timed/new-clinic/clinic_nearest_min?w=morning&lang={lang}")
        assert answer.status_code == 422
        assert json.loads(answer.data)["message"] == words
