"""Keys that enter no number: whoever writes one is told, and it is true."""

from __future__ import annotations

import pytest
import shapely

from geodata.boundaries import Zone
from geodata.errors import Text
from geodata.synthetic import grid_city
from geodata.synthetic.text_feed import flat_lonlat
from scenarios.apply import apply_scenario, check_scenario
from scenarios.recorded import RECORDED, recorded_only
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.run import run_models

HILL = shapely.box(0, 0, 1000, 1000)
ZONE = Zone("hill", "user", Text("山の手", "Hillside"), shapely.transform(HILL, flat_lonlat), HILL)
TOWN = grid_city().replace(zones=(ZONE,))
HUB = "- {{id: {0}, type: add-hub, name: N, at_stop: J1, radius_m: 60, min_transfer_time_min: 1{1}}}\n"
PENALTY, OFF = ", boarding_penalty_min: 3", ", enabled: false"
SERVICE = """- id: bus
  type: add-on-demand
  name: N
  zones: [hill]
  to: anywhere
  window: {{start: "08:00", end: "12:00"}}
  wait: {{model: fixed, wait_min: 10, vehicles: 1, capacity: 4}}
  fare_yen: 300{0}
"""
MONTHLY = "\n  pass_yen_month: 2000"


def told(make, text):
    return [p for p in check_scenario(TOWN, make(text)) if p.code == "scenario.recorded_only"]


def test_a_penalty_of_hubs_is_said_once_to_be_recorded_only(make):
    (problem,) = told(make, HUB.format("a", PENALTY) + HUB.format("b", PENALTY) + HUB.format("c", ""))
    assert problem.where == "example.yaml:8 modifications[0].boarding_penalty_min"
    assert "（a、b）は記録だけ" in problem.message.ja
    assert "recorded only" in problem.message.en
    assert "min_transfer_time_min" in problem.hint.ja
    assert problem.hint.en
    assert not told(make, HUB.format("c", ""))
    assert not recorded_only(make(HUB.format("d", PENALTY + OFF)))


def test_a_monthly_pass_is_said_to_be_recorded_only(make):
    (problem,) = told(make, SERVICE.format(MONTHLY))
    assert problem.where.endswith("modifications[0].pass_yen_month")
    assert "会員数" in problem.hint.ja
    assert not told(make, SERVICE.format(""))


@pytest.mark.parametrize(
    ("with_it", "without"),
    [(HUB.format("a", PENALTY), HUB.format("a", "")), (SERVICE.format(MONTHLY), SERVICE.format(""))],
    ids=["boarding_penalty_min", "pass_yen_month"],
)
def test_no_number_reacts_to_what_is_recorded_only(make, with_it, without):
    """If a model learns to read one, it is to leave the table."""
    memory, analysis = Reuse(), Analysis(window=("10:00", "10:20"), n_draws=1)
    cities = [apply_scenario(TOWN, make(text)).city for text in (with_it, without)]
    runs = [run_models(city, analysis, Params(), reuse=memory) for city in cities]
    values = [{(r.kpi_id, r.setting, r.group): r.value for r in run.kpis} for run in runs]
    assert values[0] == values[1]


def test_every_key_of_the_table_is_tried_here():
    assert {key for _, key in RECORDED} == {"boarding_penalty_min", "pass_yen_month"}
