"""Splits of runs that were written before 見かけの変化 was told apart, and of two runs."""

import pandas as pd
import pytest

from geodata.provenance import Status
from scenarios.splitting import base_residents, splits_between, with_apparent
from sim.results import ChangeSplit, KpiRow

SHARE, PERSONS = ("catchment_population_share", "default", "all"), ("catchment_population", "default", "all")
BASE, NOW, OFFICIAL, MODEL = 1000.0, 900.0, 0.271, 0.25
INSIDE = OFFICIAL * BASE - MODEL * (BASE - NOW)
"""What the pivot makes of a city that shrinks evenly."""
DRIFT = (OFFICIAL - MODEL) * (BASE / NOW - 1)
ROWS = (
    KpiRow(*SHARE, INSIDE / NOW, MODEL, "share", Status.MODELLED),
    KpiRow(*PERSONS, INSIDE, MODEL * NOW, "persons", Status.MODELLED),
)


def written():
    """Splits as they were written: all that the year makes counted as people's."""
    rows = [
        (*SHARE, INSIDE / NOW - OFFICIAL, INSIDE / NOW - OFFICIAL, 0.0),
        (*PERSONS, INSIDE - OFFICIAL * BASE, INSIDE - OFFICIAL * BASE, 0.0),
        ("clinics_count", "default", "all", -1.0, 0.0, -1.0),
    ]
    return pd.DataFrame(rows, columns=["kpi_id", "setting", "group", "change", "demographic", "policy"])


def test_an_older_run_is_told_apart_from_its_rows():
    found = with_apparent(written(), ROWS).set_index("kpi_id")
    assert found["apparent"].to_list() == pytest.approx([DRIFT, DRIFT * NOW, 0.0])
    assert found.loc[SHARE[0], "demographic"] == pytest.approx(0.0, abs=1e-12)
    assert found.loc[PERSONS[0], "demographic"] == pytest.approx(-OFFICIAL * (BASE - NOW))
    parts = found[["demographic", "policy", "apparent"]].sum(axis=1)
    assert (parts - found["change"]).abs().max() < 1e-9


def test_the_residents_of_the_baseline_are_told_from_a_later_run():
    splits = [ChangeSplit(*key) for key in written().itertuples(index=False)]
    assert base_residents(ROWS, splits) == pytest.approx(BASE)
    assert base_residents(ROWS, []) is None


def test_splits_against_one_baseline_subtract_in_every_part():
    one, other = ChangeSplit(*SHARE, 0.5, 0.25, 0.125, 0.125), ChangeSplit(*SHARE, 1.0, 0.25, 0.25, 0.5)
    assert splits_between({SHARE: one}, {SHARE: other}) == {SHARE: ChangeSplit(*SHARE, 0.5, 0.0, 0.125, 0.375)}
    assert splits_between({}, {SHARE: other}) == {SHARE: other}
    assert splits_between({SHARE: one}, {PERSONS: other}) == {}
    assert splits_between({}, {}) == {}
