"""The tables of the command line, on rows made by hand."""

import io
import math
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from app.commands.difference_table import difference_cells
from app.commands.kpi_table import names_of, one_run_table, side_by_side, title_of, weakest_status
from app.commands.notes import notes_on_numbers
from app.commands.numbers import format_change, format_value, format_year
from app.commands.run_view import (
    RunView,
    build_lines,
    find_reference,
    find_verdict,
    rows_of,
    splits_of,
    titles_without_value,
)
from app.commands.words import say
from app.fiscal_years import short_year
from geodata.errors import Text
from geodata.provenance import Status
from geodata.targets import TargetRow, Targets
from sim.kpi import KPIS, Judgement
from sim.kpi.words import format_clock
from sim.results import KPI_COLUMNS, ChangeSplit, KpiRow, kpi_frame

WIDTH = 100
TARGETS = Targets(
    tuple(
        TargetRow(
            "catchment_population_share", kind, year, f"{year}-04-01", v, "share", Text("x", "x"), "s", Status.OBSERVED
        )
        for kind, year, v in (("baseline", 2023, 0.271), ("target", 2029, 0.275))
    )
)


def row(kpi_id, value, setting="default", group="all", model_value=None):
    spec = KPIS[kpi_id]
    status = Status.NO_DATA if value is None else Status.MODELLED
    return KpiRow(kpi_id, setting, group, value, value if model_value is None else model_value, spec.unit, status)


def view(run_id, *rows, compare_to=None, year=2029, splits=(), title=None):
    return RunView(
        run_id,
        Text(title or run_id, run_id),
        year,
        "studied",
        compare_to,
        {(r.kpi_id, r.setting, r.group): r for r in rows},
        {(s.kpi_id, s.setting, s.group): s for s in splits},
    )


TREND = view(
    "trend-r11",
    row("catchment_population_share", 0.271),
    row("catchment_population", 44_900.0),
    row("transit_gap_population", 60_000.0),
    row("clinic_nearest_min", 12.0),
    row("clinic_e2sfca", None),
    row("shelter_walk_min", None),
    title="なりゆき（R11）",
)
BRT = view(
    "brt-extend-hitachi",
    row("catchment_population_share", 0.283),
    row("catchment_population", 46_900.0),
    row("transit_gap_population", 61_000.0),
    row("clinic_nearest_min", 12.0),
    row("clinic_e2sfca", None),
    row("shelter_walk_min", None),
    compare_to="trend-r11",
    title="BRT を日立駅へ延伸",
)


def printed(*renderables):
    out = io.StringIO()
    console = Console(file=out, width=WIDTH, highlight=False)
    for r in renderables:
        console.print(r)
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "ja", "en"),
    [
        (0.27149, "share", 1, "27.1%", "27.1%"),
        (0.0, "share", 1, "0.0%", "0.0%"),
        (44_938.4, "persons", 0, "44,938人", "44,938 persons"),
        (12.34, "min", 1, "12.3分", "12.3 min"),
        (58.0, "per_100k", 1, "58.0/10万人", "58.0 per 100,000"),
        (float("inf"), "min", 1, "到達できない", "out of reach"),
        (80_100.0, "time", 0, "22:15", "22:15"),
        (float("-inf"), "time", 0, "到達できない", "out of reach"),
        (None, "min", 1, "—", "—"),
        (float("nan"), "share", 1, "—", "—"),
    ],
)
def test_values(value, unit, decimals, ja, en):
    assert format_value(value, unit, decimals, "ja") == ja
    assert format_value(value, unit, decimals, "en") == en


@pytest.mark.parametrize(
    ("change", "unit", "decimals", "text"),
    [
        (0.0123, "share", 1, "+1.2pt"),
        (-0.0123, "share", 1, "-1.2pt"),
        (0.0001, "share", 1, "+0.01pt"),  # a small change gets more decimals before it is called none
        (0.000001, "share", 1, "±0pt"),
        (0.0, "persons", 0, "±0人"),
        (-1234.0, "persons", 0, "-1,234人"),
        (float("inf"), "min", 1, "到達できない"),
        (None, "min", 1, "—"),
        (-900.0, "time", 0, "-15分"),
    ],
)
def test_changes(change, unit, decimals, text):
    assert format_change(change, unit, decimals, "ja") == text


def test_years_and_times():
    assert format_year(2029, "ja") == "2029年（R11）"
    assert format_year(2029, "en") == "2029 (R11)"
    assert short_year(2023) == "R5"
    assert format_year(2018, "ja") == "2018年"
    assert format_clock(90_060) == "25:01"


def test_lines_hold_value_change_verdict_status_and_official_figures():
    lines = {line.kpi_id: line for line in build_lines(BRT, TREND, TARGETS, "ja")}
    share = lines["catchment_population_share"]
    assert (share.value, share.change, share.verdict) == ("28.3%", "+1.2pt", "改善")
    assert (share.status, share.baseline, share.target) == ("試算", "27.1%（R5）", "27.5%（R11）")
    assert lines["transit_gap_population"].verdict == "悪化"
    assert (lines["clinic_nearest_min"].change, lines["clinic_nearest_min"].changed) == ("±0", False)
    assert "clinic_e2sfca" not in lines
    assert lines["catchment_population"].baseline == ""


def test_no_data_is_named_apart():
    assert titles_without_value(BRT, "ja") == [KPIS[k].title.ja for k in ("clinic_e2sfca", "shelter_walk_min")]


def test_without_reference_nothing_is_judged():
    lines = build_lines(BRT, None, TARGETS, "ja")
    assert {line.judgement for line in lines} == {None}
    assert {line.change for line in lines} == {"—"}


def test_a_rate_that_moves_by_its_denominator_alone_is_withheld():
    split = ChangeSplit("catchment_population_share", "default", "all", 0.012, 0.012, 0.0)
    run = view("x", row("catchment_population_share", 0.283), splits=(split,))
    (line,) = build_lines(run, TREND, TARGETS, "ja")
    assert line.judgement is Judgement.WITHHELD
    assert line.verdict == "保留"


@pytest.mark.parametrize(
    ("linked", "word", "english"),
    [(1_901_000.0, "改善", "better"), (1_900_000.0, "増（乗換の分）", "more (changes only)"), (None, "増", "more")],
)
def test_more_rides_are_called_better_only_with_more_trips(linked, word, english):
    before = view("a", row("bus_rides_per_citizen", 14.5), row("linked_trips_total", 1_900_000.0))
    after = view("b", row("bus_rides_per_citizen", 14.7), row("linked_trips_total", linked))
    line, *_ = build_lines(after, before, TARGETS, "ja")
    assert (line.kpi_id, line.verdict) == ("bus_rides_per_citizen", word)
    assert build_lines(after, before, TARGETS, "en")[0].verdict == english


def test_indicators_without_a_good_direction_say_more_or_less():
    before, after = view("a", row("subsidy_yen", 100.0)), view("b", row("subsidy_yen", 120.0))
    (line,) = build_lines(after, before, TARGETS, "ja")
    assert line.verdict == "増"


def test_unreachable_in_both_is_no_change():
    before, after = (
        view("a", row("clinic_nearest_min", float("inf"))),
        view("b", row("clinic_nearest_min", float("inf"))),
    )
    (line,) = build_lines(after, before, TARGETS, "ja")
    assert (line.value, line.change, line.changed) == ("到達できない", "±0", False)


def test_reference_is_found_by_id_and_never_the_run_itself():
    assert find_reference(BRT, [BRT, TREND]) is TREND
    assert find_reference(TREND, [BRT, TREND]) is None
    assert find_reference(view("a", compare_to="a"), [view("a", compare_to="a")]) is None


def test_definitions_that_disagree_are_reported():
    def with_settings(run_id, jr, brt):
        return view(
            run_id,
            row("catchment_population_share", jr, "jr-1000m", model_value=jr),
            row("catchment_population_share", brt, "jr800-brt500", model_value=brt),
        )

    before = with_settings("a", 0.271, 0.271)
    same, up = with_settings("b", 0.281, 0.291), with_settings("c", 0.271, 0.331)
    assert find_verdict(same, before, None).ja == ""
    assert find_verdict(up, before, None).ja.startswith("定義により結論が変わります")
    assert find_verdict(up, None, None).ja == ""


def test_rows_survive_the_csv(tmp_path):
    rows = tuple(TREND.rows.values())
    path = tmp_path / "kpi.csv"
    kpi_frame(rows, "trend-r11", 2029).to_csv(path, index=False)
    read = rows_of(pd.read_csv(path))
    assert read == TREND.rows
    assert tuple(pd.read_csv(path).columns) == KPI_COLUMNS


def test_splits_survive_the_frame():
    split = ChangeSplit("clinic_nearest_min", "default", "all", 1.25, 0.4, 0.6, 0.25)
    names = ("kpi_id", "setting", "group", "change", "demographic", "policy", "apparent")
    frame = pd.DataFrame([{n: getattr(split, n) for n in names}])
    assert splits_of(frame) == {("clinic_nearest_min", "default", "all"): split}


def test_the_status_of_runs_side_by_side_is_the_weakest():
    assumed = KpiRow("catchment_population", "default", "all", 1.0, 1.0, "persons", Status.ASSUMED)
    other = view("x", assumed, row("catchment_population_share", None))
    assert weakest_status("catchment_population", [TREND, other], "ja") == "仮定"
    assert weakest_status("catchment_population_share", [TREND, other], "ja") == "試算"  # no value counts for nothing


def test_equal_titles_are_told_apart_by_id():
    runs = [view("a", title="案"), view("b", title="案"), view("c", title="別の案")]
    assert names_of(runs, "ja") == ["案 (a)", "案 (b)", "別の案"]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("compared", [True, False])
def test_one_run_fits_100_columns(lang, compared):
    lines = build_lines(BRT, TREND if compared else None, TARGETS, lang)
    text = printed(one_run_table(lines, title_of(BRT, lang), lang, compared=compared))
    assert max(cell_len(line) for line in text.splitlines()) <= WIDTH
    assert "…" not in text
    assert ("+1.2pt" in text) == compared
    assert "28.3%" in text


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_many_runs_are_split_into_tables_that_fit(lang):
    runs = [view(f"run-{i}", *BRT.rows.values(), title=f"とても長い名前のシナリオ その{i}") for i in range(7)]
    tables = side_by_side(TREND, runs, TARGETS, lang, WIDTH)
    text = printed(*tables)
    assert [len(table.columns) - 3 for table in tables] == [2, 2, 3]  # apart from title, reference and status
    assert max(cell_len(line) for line in text.splitlines()) <= WIDTH
    assert text.count({"ja": "試算", "en": "modelled"}[lang]) == 4 * len(tables)
    assert "…" not in text
    assert text.count("+1.2pt") == 7


def test_the_terminal_tells_what_a_number_is_of():
    """Which station, which services, what is assumed: once each, as words, though the table has no room for notes."""
    noted = [
        replace(row("last_bus_time", 75_000.0), note="仮定の路線を含む; 駅: 日立駅前"),
        replace(row("station_front_30min_population", 9e4), note="駅: 日立駅前"),
        replace(row("on_demand_wait_p90_min", 16.0), note="対象: なかさと号・団地フィーダー"),
        replace(row("mynumber_service_share", 0.41), note="加算ポイントの分母は仮定（要設定）"),
        replace(row("clinic_e2sfca", 1.8), note="診療時間は 79/79 か所で仮定"),
    ]
    run = view("many", *noted)
    for lang, told in (("ja", "主要駅: 日立駅前"), ("en", "main station: 日立駅前")):
        session = SimpleNamespace(lang=lang, say=partial(say, lang))
        notes = notes_on_numbers(session, [run], [], [])
        assert notes.count(told) == 1
        assert sum("なかさと号・団地フィーダー" in note for note in notes) == 1
        assert sum("79" in note for note in notes) == 1
        assert not any("note." in note or "{" in note for note in notes)
    quiet = notes_on_numbers(SimpleNamespace(lang="ja", say=partial(say, "ja")), [TREND], [], [])
    assert not any("主要駅" in note for note in quiet)


def noted(kpi_id, note, group="all"):
    return replace(row(kpi_id, 0.2, group=group), note=note)


def test_each_number_for_reference_says_why():
    """A number that rests on assumed lines is not one that misses the official figure by a fifth."""
    run = view(
        "x",
        noted("catchment_population_share", "参考値（試算と公表値の差が20%を超える）"),
        noted("transit_gap_population", "参考値; 仮定の路線を含む"),
    )
    for lang, far, assumed in (("ja", "20 % より", "仮定の路線に基づきます"), ("en", "20 %", "rest on assumed lines")):
        notes = notes_on_numbers(SimpleNamespace(lang=lang, say=partial(say, lang)), [run], [], [])
        titles = [KPIS[k].title.get(lang) for k in ("catchment_population_share", "transit_gap_population")]
        for title, reason in zip(titles, (far, assumed), strict=True):
            (told,) = (note for note in notes if title in note)
            assert reason in told


def test_apparent_changes_and_unfitted_groups_are_told_once():
    apparent = "うち +0.29 ポイントは公表値と試算の水準差による見かけの変化"
    group = "この集団は公表値に合わせていない（全体の計算値は 25.0%）"
    share = "catchment_population_share"
    run = view("x", noted(share, apparent), noted(share, group, "75plus"), noted(share, group, "65plus"), title="複合")
    for lang, drift, unfitted in (("ja", apparent, "足しても全市"), ("en", "apparent", "do not add up")):
        notes = notes_on_numbers(SimpleNamespace(lang=lang, say=partial(say, lang)), [run, run], [], [])
        title = KPIS[share].title.get(lang)
        (told,) = (note for note in notes if "0.29" in note)
        assert f"{title}: " in told
        assert drift in told
        (told,) = (note for note in notes if unfitted in note)
        assert title in told


def test_definitions_that_disagree_are_one_verdict_in_table_and_note():
    """The note said the definition decides, the table beside it said better."""
    share = "catchment_population_share"
    before = view("a", *(row(share, 0.271, s) for s in ("default", "jr-fitted", "jr800-brt500")))
    found = (("default", 0.28), ("jr-fitted", 0.28), ("jr800-brt500", 0.271))
    after = view("b", *(row(share, value, s) for s, value in found))
    (line,) = build_lines(after, before, TARGETS, "ja")
    assert (line.judgement, line.verdict) == (Judgement.DEFINITION, "定義による")
    assert "定義により結論が変わります" in find_verdict(after, before, None).ja
    assert build_lines(after, before, TARGETS, "en")[0].verdict == "definition"


@pytest.mark.parametrize(("after", "told"), [(0.2702, "変化なし"), (0.27, ""), (0.281, "改善")])
def test_a_difference_that_does_not_show_is_called_no_change(after, told):
    values = {"kpi_id": "catchment_population_share", "setting": "default", "group": "all", "a": 0.27, "b": after}
    ends = {
        **dict.fromkeys(("demographic", "policy", "apparent"), math.nan),
        "status_a": "modelled",
        "status_b": "modelled",
    }
    judgement = "improved" if told == "改善" else "none"
    line = {**values, **ends, "difference": after - 0.27, "judgement": judgement}
    cells = difference_cells(line, SimpleNamespace(lang="ja", say=partial(say, "ja")))
    assert cells["result.judgement"].plain == told
