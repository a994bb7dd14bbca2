"""Live numbers of the bundled city: those of the run folders, and the three stops of the README."""

from __future__ import annotations

import pandas as pd
import pytest

from app.engine import Engine
from app.engine_result import LIVE_KPIS
from geodata.hitachi import load_hitachi
from scenarios.drafts import DraftFolder
from scenarios.files import read_scenario
from scenarios.store import read_kpi
from sim.kpi import Judgement
from sim.results import kpi_frame
from tests.shared_runs import bundled_runs

WORDS = {"ja": "仮", "en": "Assumed"}
THREE_STOPS = {
    "id": "three-stops",
    "type": "reroute",
    "routes": ["hitachi-brt"],
    "from_stop": "多賀駅前",
    "stops": [
        {"lat": lat, "lon": lon, "name": WORDS}
        for lat, lon in ((36.5542, 140.6348), (36.5595, 140.6378), (36.565, 140.64))
    ],
    "speed_kmh": 22,
    "dwell_s": 20,
}
DRAFT = {
    "schema": "ekisei-scenario/1",
    "id": "mine",
    "title": WORDS,
    "description": WORDS,
    "extends": "trend-r11",
    "compare_to": "trend-r11",
    "year": 2029,
    "plan_status": "hypothetical",
    "modifications": [THREE_STOPS],
}


@pytest.fixture(scope="module")
def runs(shared_folder):
    return bundled_runs(shared_folder / "hitachi")


@pytest.fixture(scope="module")
def engine(runs, tmp_path_factory):
    warm = Engine(load_hitachi, DraftFolder(tmp_path_factory.mktemp("drafts")), runs[1])
    yield warm
    warm.stop()


def rows_of(path, kpi_ids):
    table = read_kpi(path)
    return table[(table["setting"] == "default") & table["kpi_id"].isin(kpi_ids)].reset_index(drop=True)


def test_live_numbers_are_those_of_the_run_folder(engine, runs):
    scenario = read_scenario("brt-extend-hitachi")
    found = engine.evaluate(scenario, session="a")
    assert (found.state, found.against) == ("done", "trend-r11")
    for run_id, year, rows in (
        (scenario.id, scenario.year, found.rows),
        ("trend-r11", 2029, found.rows_against),
    ):
        live = kpi_frame(rows, run_id, year)
        stored = rows_of(runs[0] / run_id / "kpi.csv", LIVE_KPIS)
        columns = ["kpi_id", "group", "value", "model_value", "unit", "status", "note"]
        pd.testing.assert_frame_equal(
            live[columns].fillna({"note": ""}),
            stored[columns].fillna({"note": ""}),
            check_exact=True,
            check_dtype=False,
        )


def test_three_stops_move_the_coverage_and_not_the_catchment_of_the_stations(engine):
    number = engine.ask_plain(DRAFT, session="b")
    found = engine.wait("b", number)
    while not found.over:
        found = engine.wait("b", number, part=found.part)
    assert found.state == "done"
    coverage, catchment = "transit_coverage_share", "catchment_population_share"
    assert found.row(coverage).value > found.row(coverage, against=True).value
    assert found.judgements[coverage, "all"] is Judgement.IMPROVED
    assert found.row(catchment).value == found.row(catchment, against=True).value
    assert found.judgements[catchment, "all"] is Judgement.NONE
    assert "JR駅だけを数える" in found.unmoved[catchment].ja
    assert "BRT" in found.unmoved[catchment].en
    assert coverage not in found.unmoved
    changes = {f["properties"]["change"] for f in found.layers["stops"]["features"]}
    assert "added" in changes
