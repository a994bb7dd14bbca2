"""The overview: which scenarios stand on it, where values lie, what each row and sentence says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.compare.target_view import find_paths
from app.features.overview.board import panel
from app.features.overview.chosen import MOST, as_query, choose_runs
from app.features.overview.layout import board
from app.features.overview.scale import Scale, scale_of
from app.features.overview.stories import sentence, story
from geodata.errors import Text
from geodata.provenance import Status
from scenarios.targets import DRAWS, Forecast, Interval, Path, Point, Verdict

PATH = Path("k", Text("比率", "Share"), "share", 1, True, True, Point(2023, 0.271), Point(2029, 0.275))


def texts(node):
    """Return every text of a component, in order."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, (list, tuple)):
        return [text for part in node for text in texts(part)]
    return texts(getattr(node, "children", None) or [])


def test_the_baseline_is_never_one_of_the_scenarios(page_services):
    runs = page_services.list_runs()
    assert [run.run_id for run in choose_runs(runs)] == ["new-clinic"]
    assert [run.run_id for run in choose_runs(runs, "baseline-r5,none")] == ["new-clinic"]


def test_what_others_compare_with_and_what_can_be_judged_comes_first(page_services):
    run = page_services.list_runs()["new-clinic"]
    many = {f"s{n}": replace(run, run_id=f"s{n}", compare_to="s8") for n in range(9)}
    drawn = replace(run.stored, manifest={**run.stored.manifest, "draws": {"n_draws": 20}})
    many["s7"] = replace(many["s7"], stored=drawn)
    shown = [one.run_id for one in choose_runs(many)]
    assert len(shown) == MOST
    assert {"s7", "s8"} <= set(shown)
    assert shown == sorted(shown), "in the order of the list"
    assert [one.run_id for one in choose_runs(many, as_query(["s3", "s1"]))] == ["s1", "s3"]


@given(st.floats(-1e6, 1e6), st.floats(0.01, 1e6), st.floats(0, 1))
def test_a_scale_keeps_order_and_room(low, width, share):
    scale = Scale(low, low + width)
    value = low + share * width
    assert 0 < scale.at(low) <= scale.at(value) + 1e-6
    assert scale.at(value) <= scale.at(low + width) + 1e-6
    assert scale.at(low + width) < 100


def test_a_scale_holds_all_that_is_shown():
    forecast = Forecast("r", Text("案", "plan"), 2029, 0.274, intervals=(Interval(DRAWS, 0.26, 0.30),))
    assert scale_of(replace(PATH, forecasts=(forecast,))) == Scale(0.26, 0.30)
    assert scale_of(replace(PATH, baseline=None, target=None)) is None
    alone = scale_of(replace(PATH, target=None))
    assert alone is not None
    assert alone.low < 0.271 < alone.high


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_row_prints_value_interval_and_verdict(lang):
    lines = (Interval(DRAWS, 0.272, 0.278),)
    forecast = Forecast("r", Text("案", "plan"), 2029, 0.2746, intervals=lines, verdict=Verdict.UNDECIDED)
    told = texts(panel(replace(PATH, forecasts=(forecast,)), lang))
    assert {"27.1%", "27.5%", "27.2–27.8%"} <= set(told)
    assert any(("区別できない" if lang == "ja" else "not distinguishable") in text for text in told)


def test_counts_that_follow_from_a_rate_are_not_called_observed():
    counts = Path("n", Text("人口", "residents"), "persons", 0, judged=False, up=True,
                  baseline=Point(2023, 44_938.0, status=Status.MODELLED))  # fmt: skip
    told = texts(panel(replace(PATH, absolute=counts), "ja"))
    assert told.index("実測") > told.index("試算") > told.index("44,938人"), "each beside what it speaks of"
    same = replace(counts, baseline=Point(2023, 44_938.0))
    assert "試算" not in texts(panel(replace(PATH, absolute=same), "ja"))


def test_years_that_differ_are_said_where_values_stand_side_by_side():
    plan = Forecast("r", Text("案", "plan"), 2031, 0.274)
    told = " ".join(texts(panel(replace(PATH, forecasts=(plan,)), "ja")))
    assert "基準値は R5（2023） の値です" in told
    assert "R13（2031）の値（評価指標はR11（2029））" in told
    same_year = replace(PATH, forecasts=(replace(plan, year=2023),))
    assert "基準値は" not in " ".join(texts(panel(same_year, "ja")))


def test_a_story_against_another_year_says_so(page_services):
    run = page_services.list_runs()["new-clinic"]
    assert not any("年度が違います" in text for text in texts(story(page_services, run, "ja")))
    later = replace(run, year=run.year + 6)
    assert any("年度が違います" in text for text in texts(story(page_services, later, "ja")))


def test_the_board_says_what_kpi_csv_says(page_services):
    run = page_services.list_runs()["new-clinic"]
    told = texts(board(page_services, [run], "en"))
    path = next(p for p in find_paths(page_services, [run]) if p.kpi_id == "clinics_per_100k")
    row = run.rows["clinics_per_100k", "default", "all"]
    assert path.forecasts[0].value == row.value
    assert any(text.startswith(f"{row.value:,.1f}") for text in told)


def test_a_scenario_is_told_in_one_sentence_against_what_it_compares_with(page_services):
    run = page_services.list_runs()["new-clinic"]
    other = page_services.list_runs()["baseline-r5"]
    told = texts(story(page_services, run, "ja"))
    first = next(text for text in told if text.startswith(f"「{other.title.ja}」と比べて、"))
    assert "便利になるだけの人" in first
    assert "同じ計算結果" in sentence(other, (), "ja")
    assert "変化は言えません" in sentence(None, (), "ja")


def test_the_number_beneath_an_actual_is_of_its_own_year():
    older, newer = Point(2024, 41_000.0), Point(2025, 42_000.0)
    rate = Path(
        "bus_rides_per_citizen", Text("率", "rate"), "rides", 1, judged=True, up=True, actuals=(Point(2025, 9.0),)
    )
    number = Path("bus_rides_total", Text("数", "number"), "rides", 0, judged=False, up=True, actuals=(older,))
    assert "41,000" not in "".join(texts(panel(replace(rate, absolute=number), "ja")))
    both = replace(number, actuals=(older, newer, Point(2026, 43_000.0)))
    told = "".join(texts(panel(replace(rate, absolute=both), "ja")))
    assert "42,000" in told
    assert "43,000" not in told
