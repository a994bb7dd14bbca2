"""Money of two runs: what more a person newly covered and a ride more costs, and no price for a saving."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from geodata.errors import UsageError
from scenarios.money import ITEMS, UNITS, Worth, money_difference, money_of, not_in_cost, worth_of, worth_sentences
from scenarios.splitting import Parts, parts_between


def stored(cost=1e8, covered=(0.5, 1.0), persons=(100.0, 200.0), rides=1000.0, vehicles=5.0, *, year=2029, split=None,
           mods=()):  # fmt: skip
    """Return what a stored run must have; `split`: change of rides by people and by measures since the city as it is."""
    splits = pd.DataFrame(
        [] if split is None else [("bus_rides_total", "default", "all", sum(split), *split, 0.0)],
        columns=["kpi_id", "setting", "group", "change", "demographic", "policy", "apparent"],
    )
    scenario = SimpleNamespace(year=year, modifications=[SimpleNamespace(type=m, enabled=True) for m in mods])
    kpi = pd.DataFrame(
        [("operating_cost_yen", "default", "all", cost), ("bus_rides_total", "default", "all", rides)],
        columns=["kpi_id", "setting", "group", "value"],
    )
    cells = pd.DataFrame({"persons": persons, "transit_covered_share": covered})
    table = pd.DataFrame(
        [("vehicles", vehicles, "count", "assumed", None), ("operating_cost", cost, "yen", "assumed", "資本費を除く")],
        columns=["item", "value", "unit", "status", "note"],
    )
    return SimpleNamespace(kpi=kpi, cells=cells, tables={"operations_money": table}, folder="somewhere",
                           splits=splits, manifest={}, scenario=scenario)  # fmt: skip


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
    assert len(list(worth_sentences(worth))) == 3


def test_rides_that_are_not_known_are_no_price():
    worth = worth_of(stored(), stored(cost=2e8, rides=math.nan))
    assert math.isnan(worth.yen_per_ride)


def test_a_ride_is_priced_by_what_measures_bring_and_not_by_fewer_people():
    before, after = (
        stored(rides=2.0e6, split=(-3e5, -2e5)),
        stored(cost=1.2e8, rides=1.9e6, year=2031, split=(-4e5, 1e5)),
    )
    worth = worth_of(before, after)
    assert worth.more_rides == pytest.approx(3e5)
    assert worth.yen_per_ride == pytest.approx(2e7 / 3e5)
    assert "人口の増減による分は除く" in "".join(text.ja for text in worth_sentences(worth))
    assert parts_between(before, after, "bus_rides_total") == Parts(-1e5, 3e5)
    assert math.isnan(worth.other_rides)
    assert "別の方法" not in "".join(text.ja for text in worth_sentences(worth))


@pytest.mark.parametrize(("rides", "told"), [(2e5, "+200,000 回/年（1回当たり 100 円）"), (-5e4, "-50,000 回/年")])
def test_the_other_method_s_rides_stand_beside_the_price(rides, told):
    worth = Worth(2e7, 0.0, 0.0, 1e5, rides)
    (line,) = [text.ja for text in worth_sentences(worth) if "別の方法" in text.ja]
    assert line.endswith(told)


def test_runs_of_two_years_that_are_not_split_have_no_price_of_a_ride():
    assert math.isnan(worth_of(stored(rides=1e6), stored(cost=2e8, rides=2e6, year=2031)).more_rides)
    assert worth_of(stored(rides=1e6), stored(cost=2e8, rides=2e6)).more_rides == 1e6


def test_the_city_as_it_is_has_changed_nothing():
    city = stored(rides=2.4e6, year=2023)
    city.manifest["digests"] = {"city": "a", "applied_city": "a"}
    assert parts_between(city, stored(split=(-3e5, 1e5)), "bus_rides_total") == Parts(-3e5, 1e5)


def test_a_mobile_office_is_told_to_be_left_out_of_the_cost():
    assert [text.ja for text in not_in_cost(stored(mods=["adjust-fare"]))] == []
    assert len(list(not_in_cost(stored(mods=["mobile-service", "mobile-service"])))) == 1


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
