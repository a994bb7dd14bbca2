"""Limits: over one of them a plan does not hold, at it it does, and what is not known is not judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.boundaries import Zone
from geodata.empty_layers import empty_timetable
from geodata.errors import Text
from geodata.provenance import Status
from geodata.synthetic import grid_city
from geodata.synthetic.text_feed import flat_lonlat
from scenarios.apply import apply_scenario
from scenarios.goal_limits import judge_rows, limit_kpis
from scenarios.limits import is_feasible, judge_limits
from scenarios.schema import Limits
from sim.kpi import KPIS
from sim.params import Analysis, Params
from sim.results import KpiRow, RunResult
from sim.reuse import Reuse
from sim.run import build_context, kpi_rows, run_models
from sim.uncertainty.draws import Draws


def result_of(*, drivers=80.0, low=None, high=None, vehicles=60.0, cost=5.0e8, subsidy=None, note=""):
    rows = (
        KpiRow("drivers_needed", "default", "all", drivers, drivers, "persons", Status.ASSUMED, "", low, high),
        KpiRow("drivers_needed", "bus", "all", 10.0, 10.0, "persons", Status.ASSUMED),
        KpiRow("operating_cost_yen", "default", "all", cost, cost, "yen", Status.ASSUMED),
        KpiRow("subsidy_yen", "default", "all", subsidy, subsidy, "yen", Status.NO_DATA, note),
    )
    table = pd.DataFrame({"item": ["vehicles", "drivers"], "value": [vehicles, drivers]})
    return RunResult(rows, pd.DataFrame(), tables={"operations_money": table})


def test_without_limits_nothing_is_judged():
    assert judge_limits(None, result_of()) == ()
    assert judge_limits(Limits(), result_of()) == ()
    assert is_feasible(())


@pytest.mark.parametrize(("limit", "holds"), [(79, False), (80, True), (81, True)])
def test_a_limit_holds_up_to_itself(limit, holds):
    (verdict,) = judge_limits(Limits(drivers=limit), result_of())
    assert (verdict.holds, verdict.value, verdict.limit) == (holds, 80.0, limit)
    assert ("要員不足で成立しません" in verdict.text.ja) is not holds
    assert ("not enough drivers" in verdict.text.en) is not holds
    assert is_feasible([verdict]) is holds


@pytest.mark.parametrize(("n_draws", "told"), [(1, False), (4, False), (5, True)])
def test_the_interval_of_too_few_draws_says_nothing_of_a_limit(n_draws, told):
    labels = (*(f"route:{n}" for n in range(min(3, n_draws))), *(f"draw:{n}" for n in range(n_draws)))
    drawn = Draws((), labels, np.empty((0, len(labels))), np.empty((0, len(labels))))
    (verdict,) = judge_limits(Limits(drivers=80), replace(result_of(low=78.0, high=83.0), draws=drawn))
    assert verdict.holds
    assert verdict.certain is not told
    assert ("幅は上限をまたぐ" in verdict.text.ja) is told
    assert ("幅が未計算" in verdict.text.ja) is not told
    assert ("too few draws" in verdict.text.en) is not told
    assert (verdict.low, verdict.high) == ((78.0, 83.0) if told else (None, None))


def test_every_limit_is_judged_in_the_order_of_the_schema():
    limits = Limits(drivers=100, vehicles=50, operating_cost_yen=6e8, subsidy_yen=1e8)
    verdicts = judge_limits(limits, result_of(note="算定不可（実GTFSが必要）"))
    assert [v.name for v in verdicts] == ["drivers", "vehicles", "operating_cost_yen", "subsidy_yen"]
    assert [v.holds for v in verdicts] == [True, False, True, None]
    assert "60 台／上限 50 台" in verdicts[1].text.ja
    assert "500,000 千円/年／上限 600,000 千円/年" in verdicts[2].text.ja
    assert "判定できません（算定不可（実GTFSが必要））" in verdicts[3].text.ja
    assert not is_feasible(verdicts)
    assert is_feasible([verdicts[3]])  # what is not known breaks nothing


@pytest.mark.parametrize(("low", "high", "certain"), [(75.0, 85.0, False), (70.0, 79.0, True), (None, None, True)])
def test_an_interval_on_both_sides_of_the_limit_is_told(low, high, certain):
    (verdict,) = judge_limits(Limits(drivers=80), result_of(low=low, high=high))
    assert verdict.certain is certain
    assert ("幅は上限をまたぐ" in verdict.text.ja) is not certain


def test_a_run_without_the_table_of_money_leaves_vehicles_open():
    bare = RunResult(result_of().kpis, pd.DataFrame())
    (verdict,) = judge_limits(Limits(vehicles=10), bare)
    assert verdict.holds is None


SERVICE = """- id: bus
  type: add-on-demand
  name: N
  zones: [hill]
  to: anywhere
  window: {start: "08:00", end: "12:00"}
  wait: {model: fixed, wait_min: 10, vehicles: 1, capacity: 4}
"""


@pytest.mark.parametrize("with_service", [False, True])
def test_without_a_timetable_no_limit_is_said_to_be_kept(make, with_service):
    """Nobody knows what the lines take: 0 vehicles, or those of an on-demand service alone, are within no limit."""
    hill = shapely.box(0, 0, 1000, 1000)
    zone = Zone("hill", "user", Text("山", "Hill"), shapely.transform(hill, flat_lonlat), hill)
    city = grid_city().replace(timetable=empty_timetable(), zones=(zone,))
    if with_service:
        city = apply_scenario(city, make(SERVICE)).city
    analysis, limits = Analysis(window=("10:00", "10:20"), n_draws=1), Limits(drivers=90, vehicles=90)
    run = run_models(city, analysis, Params(), reuse=Reuse())
    context = build_context(city, analysis, Params(), reference=None, reuse=Reuse())
    wanted = [KPIS[kpi_id] for kpi_id in limit_kpis(limits)]
    rows = [row for spec in wanted for row in kpi_rows(context, spec)]
    for verdicts in (judge_limits(limits, run), judge_rows(limits, rows, context)):
        assert [(v.name, v.holds) for v in verdicts] == [("drivers", None), ("vehicles", None)]
        assert all("判定できません（時刻表データ未登録）" in v.text.ja for v in verdicts)


def test_a_verdict_travels_in_a_manifest():
    (verdict,) = judge_limits(Limits(drivers=70), result_of())
    record = verdict.as_record()
    assert record["holds"] is False
    assert record["ja"] == verdict.text.ja
    assert set(record) == {"name", "limit", "value", "low", "high", "holds", "ja", "en"}
