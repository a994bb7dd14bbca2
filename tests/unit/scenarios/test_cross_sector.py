"""The cross-sector effect: adding up by hand, numbers of runs, what is not entered, and located refusals."""

from types import SimpleNamespace

import pandas as pd
import pytest

from geodata.errors import DataError
from geodata.provenance import Status
from scenarios.cross_sector import TEMPLATE, read_cross_sector

HEAD = "sector,measure,quantity,times_per_year,unit_cost_yen,source\n"


def run(left=100.0, rides=500.0, status="modelled"):
    kpi = pd.DataFrame(
        [
            ("bus_rides_total", "default", "all", rides, status),
            ("bus_rides_total", "low", "all", rides / 2, status),
            ("subsidy_yen", "default", "all", float("nan"), "no-data"),
        ],
        columns=["kpi_id", "setting", "group", "value", "status"],
    )
    told = pd.DataFrame([("clinic-left", left, status)], columns=["sentence_id", "value", "status"])
    return SimpleNamespace(run_id="r", kpi=kpi, tables={"equity_sentences": told})


def read(tmp_path, body, of=None, without=None):
    path = tmp_path / "effect.csv"
    path.write_text(HEAD + body, encoding="utf-8-sig")
    return read_cross_sector(path, of or run(), without)


def test_replacing_costs_less_what_the_city_pays(tmp_path):
    body = '医療,送迎バス,2,240,"5,000",見積書\n教育,スクールバス,1,,3000000,見積書\n財政支出,補助,1000000,,1,決算書\n'
    found = read(tmp_path, body)
    assert found.replacing_yen == 2 * 240 * 5_000 + 3_000_000
    assert found.spending_yen == 1_000_000
    assert found.effect_yen == 2_400_000 + 3_000_000 - 1_000_000
    assert found.status is Status.MODELLED
    assert found.frame()["yen"].tolist() == [2_400_000, 3_000_000, 1_000_000]


def test_numbers_of_a_run_and_the_additional_ones_without_transport(tmp_path):
    body = "医療,タクシー券,finding:clinic-left,12,1000,要綱\n福祉,券,kpi:bus_rides_total/low,,100,要綱\n"
    alone = read(tmp_path, body)
    assert [row.yen for row in alone.rows] == [100 * 12 * 1_000, 250 * 100]
    more = read(tmp_path, body, without=run(left=400.0, rides=0.0))
    assert more.rows[0].yen == 300 * 12 * 1_000
    assert more.rows[1].yen == 0
    assert [p.code for p in more.problems] == ["cross_sector.less"]


def test_what_is_not_entered_is_not_counted_and_no_source_is_an_assumption(tmp_path):
    found = read(tmp_path, "医療,券,10,,,\n教育,バス,1,,500,\n財政支出,補助,kpi:subsidy_yen,,1,\n")
    assert [row.yen for row in found.rows] == [None, 500, None]
    assert len(found.left_out) == 2
    assert found.effect_yen is None
    assert found.status is Status.ASSUMED


def test_the_template_can_be_read_and_counts_nothing_by_itself(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(TEMPLATE.replace("clinic-75plus-no-licence-left", "clinic-left"), encoding="utf-8-sig")
    found = read_cross_sector(path, run())
    assert found.replacing_yen == 0
    assert len(found.left_out) == len(found.rows)
    assert found.status is Status.NO_DATA


def test_a_status_is_never_better_than_that_of_the_number_behind(tmp_path):
    found = read(tmp_path, "医療,券,finding:clinic-left,,1,要綱\n", run(status="assumed"))
    assert found.status is Status.ASSUMED


def test_every_problem_is_told_at_once_with_its_row(tmp_path):
    body = "医療,券,-1,,100,a\n,バス,1,,abc,a\n教育,券,kpi:bus_ride_total,,1,a\n福祉,券,finding:nothing,,1,a\n観光,券,1,inf,1,a\n"
    with pytest.raises(DataError) as caught:
        read(tmp_path, body)
    found = [(p.code, p.where) for p in caught.value.problems]
    assert found == [
        ("cross_sector.number", "effect.csv row 2"),
        ("cross_sector.empty_value", "effect.csv row 3"),
        ("cross_sector.number", "effect.csv row 3"),
        ("cross_sector.unknown", "effect.csv row 4"),
        ("cross_sector.unknown", "effect.csv row 5"),
        ("cross_sector.number", "effect.csv row 6"),
    ]
    assert "bus_rides_total" in caught.value.problems[3].hint.ja
    assert all(p.hint.ja and p.hint.en for p in caught.value.problems)


def test_an_empty_table_another_column_and_a_line_twice_are_told(tmp_path):
    with pytest.raises(DataError, match="no rows"):
        read(tmp_path, "")
    found = read(tmp_path, "医療,券,1,,1,a\n医療,券,1,,1,a\n")
    assert [(p.code, p.where) for p in found.problems] == [("cross_sector.double", "effect.csv row 3")]
    path = tmp_path / "more.csv"
    path.write_text("sector,measure,quantity,unit_cost_yen,extra\n医療,券,1,1,x\n", encoding="utf-8")
    assert [p.code for p in read_cross_sector(path, run()).problems] == ["cross_sector.column"]
    path.write_text("sector,measure,quantity\n医療,券,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="unit_cost_yen"):
        read_cross_sector(path, run())
