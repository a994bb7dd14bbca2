"""What a verdict stands on is told beside it: the residents of which year, and with or without the decline."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.components.path_words import premise_of
from app.features.compare.notes import premise_note
from app.features.compare.target_view import path_body
from app.features.overview.board import panel
from app.report import pdf_summary
from app.report.pdf_card import standing
from app.report.table_strategy import _verdict_row as verdict_row
from geodata.errors import Text
from scenarios.files import read_scenario
from scenarios.premises import Decline, decline_in, is_decline
from scenarios.targets import Forecast, Path, Point, Verdict


def forecast(scenario_id: str) -> Forecast:
    scenario = read_scenario(scenario_id)
    title = Text(scenario.title.ja, scenario.title.en)
    own = scenario.population is not None
    return Forecast(
        scenario_id, title, scenario.year, 0.4, verdict=Verdict.MET, decline=decline_in(scenario), own_people=own
    )


@pytest.mark.parametrize(
    ("scenario_id", "decline"),
    [("taga-east-gate", Decline.NONE), ("trend-r11", Decline.WHOLE), ("brt-extend-hitachi", Decline.WHOLE)],
)
def test_the_decline_is_found_in_what_a_scenario_changes(scenario_id, decline):
    assert decline_in(read_scenario(scenario_id)) is decline


def test_a_decline_that_is_switched_off_in_part_is_a_part():
    scenario = read_scenario("trend-r11")
    first, *rest = scenario.modifications
    less = scenario.model_copy(update={"modifications": (first.model_copy(update={"enabled": False}), *rest)})
    assert decline_in(less) is Decline.PART


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_board_and_page_of_targets_say_beside_a_verdict_what_it_assumes(lang):
    base, goal = Point(2023, 0.3), Point(2029, 0.35)
    both = (forecast("taga-east-gate"), forecast("brt-extend-hitachi"))
    path = Path("x", Text("指標", "x"), "share", 1, judged=True, up=True, baseline=base, target=goal, forecasts=both)
    without, with_decline = ("を含まない", "を含む") if lang == "ja" else ("without the", "with the")
    assert without in premise_of(both[0], lang)
    assert with_decline in premise_of(both[1], lang)
    assert ("R10" if lang == "ja" else "2028") in premise_of(both[0], lang)
    for shown in (str(panel(path, lang)), str(path_body(path, lang))):
        assert all(premise_of(one, lang) in shown for one in both)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_sheet_of_verdicts_says_the_same(lang):
    path = Path("x", Text("指標", "x"), "share", 1, judged=True, up=True, target=Point(2029, 0.35))
    one = forecast("taga-east-gate")
    assert any(premise_of(one, lang) in str(cell) for cell in verdict_row(path, one, lang, "x"))


def test_the_printed_summary_says_that_its_baselines_are_of_other_years(monkeypatch):
    paths = [
        Path(str(year), Text("指標", "x"), "share", 1, judged=True, up=True, baseline=Point(year, 0.3))
        for year in (2023, 2022)
    ]
    monkeypatch.setattr(pdf_summary, "goals", lambda *_: paths[:1])
    order, run = SimpleNamespace(lang="ja", services=None), SimpleNamespace(year=2023)
    assert pdf_summary.years_caution(order, [run]) == []
    (told,) = pdf_summary.years_caution(order, [run, SimpleNamespace(year=2029)])
    assert "R5" in told
    monkeypatch.setattr(pdf_summary, "goals", lambda *_: paths)
    (both,) = pdf_summary.years_caution(order, [run])
    assert both.index("R4") < both.index("R5")


def run_of(scenario_id: str) -> SimpleNamespace:
    scenario = read_scenario(scenario_id)
    title = Text(scenario.title.ja, scenario.title.en)
    stored = SimpleNamespace(scenario=scenario)
    return SimpleNamespace(stored=stored, title=title, is_baseline=False, plan_status=scenario.plan_status)


def test_a_pair_of_other_premises_is_told_by_name():
    trend, gate, line = (run_of(one) for one in ("trend-r11", "taga-east-gate", "brt-extend-hitachi"))
    assert premise_note(trend, line, "ja") == []
    (told,) = premise_note(trend, gate, "ja")
    assert "「なりゆき（R11）」はなりゆきの減便・診療所減を含む" in told
    assert told.index("を含む") < told.index("を含まない")
    (told,) = premise_note(gate, trend, "en")
    assert told.index("without the trend's decline") < told.index("with the trend's decline")


def test_nobody_is_said_to_study_the_closures_of_the_trend():
    line = run_of("brt-extend-hitachi")
    own, taken = (
        [mod.id for mod in line.stored.scenario.modifications if is_decline(mod.id) is decline]
        for decline in (False, True)
    )
    assert own
    assert taken
    assert {standing(line, one, None, "ja") for one in own} == {"検討中"}
    assert {standing(line, one, None, "ja") for one in taken} == {"なりゆきの仮定"}
    assert standing(line, taken[0], "planned", "ja") == "計画に記載"
