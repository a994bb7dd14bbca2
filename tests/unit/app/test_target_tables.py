"""What is printed and written of targets: a plan over its limits stays so on every row, and notes are carried over."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from app.commands.target_tables import brief_spread, cautions_of
from app.commands.targets_page import COLUMNS, broken_section, run_row, table_rows
from app.components.plan_means import means_of
from app.components.verdict_words import alone_word
from geodata.errors import Text
from geodata.provenance import Status
from scenarios.targets import DRAWS, Forecast, Interval, Path, Point, Verdict
from sim.results import KpiRow, RunResult

DRIFT = "うち +0.29 ポイントは公表値と試算の水準差による見かけの変化"
OVER = Forecast(
    "plan", Text("案", "Plan"), 2031, 0.2746, Status.ASSUMED, (Interval(DRAWS, 0.27, 0.28),), Verdict.INFEASIBLE,
    (Text("別の年", "another year"),), f"仮定の路線を含む; {DRIFT}", Verdict.UNDECIDED, (Text("運転士 145 > 138", "drivers"),),
)  # fmt: skip
WITHIN = replace(OVER, verdict=Verdict.UNDECIDED, broken=())


def share(*forecasts, unit="share", decimals=1):
    return Path(
        "catchment_population_share", Text("比率", "share"), unit, decimals, judged=True, up=True,
        baseline=Point(2023, 0.271), target=Point(2029, 0.275), forecasts=forecasts,
    )  # fmt: skip


def test_over_a_limit_the_verdict_of_the_value_stands_beside():
    assert alone_word(OVER, "ja") == "（値だけなら △ 区別できない）"
    assert alone_word(OVER, "en") == "(the value alone: △ not distinguishable)"
    assert alone_word(WITHIN, "ja") == ""


def test_a_verdict_that_an_apparent_change_decides_says_so_in_brackets():
    decided = replace(WITHIN, verdict=Verdict.UNDECIDED, alone=Verdict.UNDECIDED, without=Verdict.NOT_MET)
    assert alone_word(decided, "ja") == "（見かけの変化で決まる）"
    both = replace(OVER, without=Verdict.NOT_MET)
    assert alone_word(both, "ja") == "（値だけなら △ 区別できない・見かけの変化で決まる）"
    assert alone_word(both, "en") == "(the value alone: △ not distinguishable, an apparent change decides)"
    cells = run_row(share(OVER), 0, OVER)
    assert "■ 成立しない" in cells[-1]
    assert "値だけなら △ 区別できない" in cells[-1]


def test_the_table_holds_both_verdicts_and_every_caution():
    row = dict(zip(COLUMNS, table_rows(share(OVER), "rate")[-1], strict=True))
    assert (row["verdict"], row["verdict_of_value"]) == ("infeasible", "undecided")
    assert row["cautions"] == f"運転士 145 > 138; 別の年; {DRIFT}"
    row = dict(zip(COLUMNS, table_rows(share(WITHIN), "absolute")[-1], strict=True))
    assert (row["verdict"], row["verdict_of_value"], row["cautions"]) == ("", "", "")


@pytest.mark.parametrize(("lang", "word"), [("ja", DRIFT), ("en", "+0.29")])
def test_notes_that_take_from_a_value_are_printed_and_others_are_not(lang, word):
    told = cautions_of([share(WITHIN)], 0, lang)
    assert len(told) == 2
    assert word in told[-1]


def test_a_broken_limit_is_said_once_with_its_plan():
    limit = {"ja": "運転士 145 > 138", "en": "drivers 145 > 138", "holds": False}
    run = SimpleNamespace(
        manifest={"limits": [limit]}, scenario=SimpleNamespace(title=SimpleNamespace(text=Text("案", "Plan")))
    )
    page = broken_section(run)
    assert page.count("■ 成立しない（案）: 運転士 145") == 1
    assert page.count("■ not feasible (Plan): drivers 145") == 1


def test_large_ends_of_an_interval_are_written_in_few_signs():
    wide = replace(OVER, intervals=(Interval(DRAWS, 2_111_168, 2_627_245),))
    assert brief_spread(share(unit="rides", decimals=0), wide, "en") == "2,111k–2,627k"
    assert brief_spread(share(), OVER, "ja") == "27.0–28.0%"
    assert brief_spread(share(), replace(OVER, intervals=()), "ja") == ""


def run_with(value, split=None):
    row = KpiRow("co2_t", "default", "all", value, value, "t", Status.ASSUMED)
    names = ["kpi_id", "setting", "group", "change", "demographic", "policy", "apparent"]
    splits = pd.DataFrame(
        [] if split is None else [("co2_t", "default", "all", sum(split), *split, 0.0)], columns=names
    )
    return SimpleNamespace(result=RunResult((row,), pd.DataFrame()), splits=splits, manifest={})


def test_a_change_that_people_make_is_told_apart_from_that_of_measures():
    (line,) = means_of(run_with(60_000.0, (-6_000.0, -35.0)), run_with(62_000.0, (-4_500.0, 11.0)), "ja")
    assert line[3].splitlines() == ["-2,000", "人口構成 -1,500", "施策 -46"]
    (line,) = means_of(run_with(60_000.0, (0.0, -35.0)), run_with(62_000.0, (0.0, 11.0)), "en")
    assert line[3] == "-2,000"
    (line,) = means_of(run_with(60_000.0), run_with(62_000.0), "en")
    assert line[3] == "-2,000"
