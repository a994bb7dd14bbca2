"""What the room reads of a card: never better or worse than the card says."""

from types import SimpleNamespace

from app.features.compare.cards import Card, Official
from app.features.workshop.wall_figures import figure_of
from geodata.errors import Text
from geodata.provenance import Status
from scenarios.targets import Forecast, Verdict
from sim.kpi import KPIS, Judgement
from sim.results import KpiRow

SPEC = KPIS["catchment_population_share"]
SIDES = [KpiRow(SPEC.kpi_id, "default", "all", value, value, "share", Status.MODELLED) for value in (0.271, 0.276)]
OTHER = SimpleNamespace(title=Text("基準", "base"))


def test_a_change_that_cannot_be_told_apart_says_so():
    shown = figure_of(Card(SPEC, *SIDES, Judgement.INDISTINCT), OTHER, "ja")
    assert (shown.tone, shown.remark) == ("none", "区別できない")
    assert "改善" not in shown.change
    assert figure_of(Card(SPEC, *SIDES, Judgement.IMPROVED), OTHER, "ja").remark == ""


def test_a_plan_over_its_limits_says_what_the_value_alone_would_be():
    found = Forecast("plan", Text("案", "Plan"), 2029, 0.276, verdict=Verdict.INFEASIBLE, alone=Verdict.MET)
    card = Card(SPEC, *SIDES, Judgement.NONE, (Official("target", 2029, 0.275),), reached=found)
    assert figure_of(card, OTHER, "ja").verdict == "目標（R11）27.5%: ■ 成立しない（値だけなら ○ 達成）"
