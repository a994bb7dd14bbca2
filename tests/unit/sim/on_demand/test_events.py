"""The written log of a day: waits and refusals can be counted again from it alone."""

from __future__ import annotations

import numpy as np
import pytest

from sim.on_demand.engine import simulate
from sim.on_demand.outcome import measure_outcome
from sim.on_demand.tables import event_rows
from tests.unit.sim.on_demand.days import plane_drives, random_day, requests_of


@pytest.mark.parametrize("seed", range(8))
def test_waits_and_refusals_follow_from_the_written_log(seed, tmp_path):
    import pandas as pd

    simulation = simulate(*random_day(seed))
    event_rows(simulation).to_csv(tmp_path / "events.csv", index=False)
    rows = pd.read_csv(tmp_path / "events.csv")
    outcome = measure_outcome([simulation])
    up = rows[rows["kind"] == "picked_up"]
    assert outcome.wait_mean_s == pytest.approx((up["time_s"] - up["desired_s"]).mean())
    told = rows["kind"].value_counts()
    asked = told.get("accepted", 0) + told.get("rejected", 0)
    assert outcome.rejection_share == pytest.approx(told.get("rejected", 0) / asked)
    answers = rows[rows["kind"].isin(["accepted", "rejected", "withdrawn"])]
    assert sorted(answers["request"]) == list(range(len(simulation.requests)))
    assert answers.set_index("request")["persons"].sort_index().tolist() == simulation.requests.persons.tolist()


def test_a_way_back_to_the_depot_is_nobodys_wish():
    line = np.array([[0.0, 0.0], [1_000.0, 0.0]])
    _, _, _, rules = random_day(0, n_vehicles=1, max_wait_s=3_600, depot=0)
    start = rules.start_s
    rows = event_rows(simulate(requests_of([start + 900], [0], [1]), *plane_drives(line), rules))
    home = rows[rows["request"] < 0]
    assert len(home) == 2
    assert home["desired_s"].isna().all()
    assert home["desired"].tolist() == ["", ""]
    assert (rows.loc[rows["request"] == 0, "desired"] == "08:15:00").all()


def test_a_day_without_requests_has_no_rows():
    day = random_day(0, n_requests=0)
    assert len(event_rows(simulate(*day))) == 0
