"""Money of two runs: what more a person newly covered and a ride more costs, and no price for a saving."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from geodata.errors import UsageError
from scenarios.money import ITEMS, UNITS, money_difference, money_of, worth_of, worth_sentences


def stored(cost=1e8, covered=(0.5, 1.0), persons=(100.0, 200.0), rides=1000.0, vehicles=5.0):
    kpi = pd.DataFrame(
        [("operating_cost_yen", "default", "all", cost), ("bus_rides_total", "default", "all", rides)],
        columns=["kpi_id", "setting", "group", "value"],
    )
    cells = pd.DataFrame({"persons": persons, "transit_covered_share": covered})
    table = pd.DataFrame(
        [("vehicles", vehicles, "count", "assumed", None), ("operating_cost", cost, "yen", "assumed", "資本費を除く")],
        columns=["item", "value", "unit", "status", "note"],
    )
    return SimpleNamespace(kpi=kpi, cells=cells, tables={"operations_money": table}, folder="somewhere")


def test_persons_are_counted_where_they_live_in_the_second_run():
    before, after = stored(), stored(cost=1.2e8, covered=(1.0, 0.5), persons=(300.0, 100.0), rides=3000.0)
    worth = worth_of(before, after)
    assert worth.gained_persons == pytest.approx(150.0)
    assert worth.lost_persons == pytest.approx(50.0)
    assert worth.yen_per_person == pytest.approx(2e7 / 100)
    assert worth.yen_per_ride == pytest.approx(2e7 / 2000)
    told = "\n".join(text.ja for text in worth_sentences(worth))
    assert "+20,000 千円/年" in told
    assert "150 人、圏外になる人 50 人" in told
    assert "200.0 千円/年" in told


def test_a_saving_and_a_loss_have_no_price():
    worth = worth_of(stored(), stored(cost=0.8e8, covered=(0.0, 1.0), rides=500.0))
    assert math.isnan(worth.yen_per_person)
    assert math.isnan(worth.yen_per_ride)
    assert len(list(worth_sentences(worth))) == 2


def test_rides_that_are_not_known_are_no_price():
    worth = worth_of(stored(), stored(cost=2e8, rides=math.nan))
    assert math.isnan(worth.yen_per_ride)


def test_items_stand_side_by_side():
    frame = money_difference(stored(), stored(cost=1.5e8, vehicles=7.0))
    assert frame["item"].tolist() == ["vehicles", "operating_cost"]
    assert frame["difference"].tolist() == [2.0, 5e7]
    assert set(frame["item"]) <= set(ITEMS)
    assert set(frame["unit"]) <= set(UNITS)


def test_a_run_without_money_is_refused():
    run = stored()
    run.tables.clear()
    with pytest.raises(UsageError) as found:
        money_of(run)
    assert found.value.problems[0].code == "money.none"
