"""The chart of a target as SVG: everything inside its frame, in words for those who cannot see it, escaped."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.components.path_chart import (
    PRINT,
    SCREEN,
    Paper,
    brief_figure,
    describe,
    legend_words,
    path_chart,
    spread_out,
    ticks,
)
from app.components.path_words import figure, fiscal_year, spread
from app.components.verdict_words import verdict_word
from geodata.errors import Text
from geodata.provenance import Status
from scenarios.targets import DEFINITION, DRAWS, VERDICT_TEXT, Forecast, Interval, Path, Point, Verdict

SVG = "{http://www.w3.org/2000/svg}"
PLAN = Forecast(
    "plan",
    Text("延伸 <案> & 2031", "Plan <2031>"),
    2031,
    0.277,
    Status.MODELLED,
    (Interval(DRAWS, 0.276, 0.278), Interval(DEFINITION, 0.266, 0.285)),
    Verdict.UNDECIDED,
)


def share_path(*, unit="share", decimals=1, actuals=((2024, 0.2705),), forecasts=(PLAN,), factor=1.0):
    return Path(
        "x", Text("比率", "share"), unit, decimals, judged=True, up=True,
        baseline=Point(2023, 0.271 * factor), target=Point(2029, 0.275 * factor),
        actuals=tuple(Point(y, v * factor) for y, v in actuals), forecasts=forecasts,
    )  # fmt: skip


def numbers_in(element):
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", element.get("d", ""))]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_is_an_svg_that_says_what_it_shows(lang):
    root = ET.fromstring(path_chart(share_path(), lang))  # noqa: S314 -- our own text
    assert root.tag == f"{SVG}svg"
    assert root.get("aria-label") == describe(share_path(), lang)
    assert "27.5%" in root.get("aria-label")
    assert "26.6–28.5%" in root.get("aria-label"), "the whole interval"
    assert "<案>" in describe(share_path(), "ja"), "escaped in the file, whole when read"


@pytest.mark.parametrize(("n_runs", "bands"), [(1, 2), (3, 6), (4, 0)])
def test_bands_of_many_runs_give_way_to_their_bars(n_runs, bands):
    path = share_path(forecasts=tuple(replace(PLAN, run_id=f"plan{n}") for n in range(n_runs)))
    root = ET.fromstring(path_chart(path, "ja"))  # noqa: S314
    assert sum(one.get("fill-opacity") is not None for one in root.iter(f"{SVG}path")) == bands
    bars = [one for one in root.iter(f"{SVG}path") if one.get("stroke-width") == "4"]
    assert len(bars) == n_runs, "the interval is there in any case"
    assert any("帯" in words for words in legend_words([path], "ja")) == (bands > 0)


@pytest.mark.parametrize("paper", [PRINT, SCREEN])
def test_higher_values_stand_higher_and_later_years_further_right(paper: Paper):
    root = ET.fromstring(path_chart(share_path(), "ja", paper))  # noqa: S314
    dots = [(float(c.get("cx")), float(c.get("cy"))) for c in root.iter(f"{SVG}circle")]
    actual_2023, actual_2024, target_2029 = dots
    assert actual_2023[0] < actual_2024[0] < target_2029[0]
    assert target_2029[1] < actual_2023[1] < actual_2024[1]
    assert all(paper.left <= x <= paper.width - paper.right and 0 < y < paper.height for x, y in dots)


def test_a_run_brings_its_interval_and_none_without_a_value():
    with_run = path_chart(share_path(), "ja")
    lost = Forecast("lost", Text("なし", "none"), 2029, None)
    assert with_run.count('fill-opacity="0.3"') == 1
    assert with_run.count('fill-opacity="0.1"') == 1
    assert path_chart(share_path(forecasts=(lost,)), "ja") == path_chart(share_path(forecasts=()), "ja")


def sizes_of(markup):
    return {float(e.get("font-size")) for e in ET.fromstring(markup).iter(f"{SVG}text")}  # noqa: S314


def test_words_on_a_page_are_read_where_two_charts_share_a_panel():
    path = share_path()
    narrowest, on_a_wall = 280, 380  # px that a chart of the overview takes at 1366 and at 1920
    assert min(sizes_of(path_chart(path, "ja", SCREEN))) * narrowest / SCREEN.width >= 12
    assert min(sizes_of(path_chart(path, "ja", SCREEN))) * on_a_wall / SCREEN.width >= 16
    titles = [path.title.ja in path_chart(path, "ja", paper).partition("<rect")[2] for paper in (PRINT, SCREEN)]
    assert titles == [True, False], "on a page the title stands above, as text that wraps"


def words_of(forecasts, paper=SCREEN):
    root = ET.fromstring(path_chart(share_path(forecasts=tuple(forecasts)), "ja", paper))  # noqa: S314
    return [(float(e.get("y")), "".join(e.itertext())) for e in root.iter(f"{SVG}text")]


def test_runs_that_print_alike_share_a_line_and_too_many_lines_leave_the_ends():
    alike = [replace(PLAN, run_id=f"r{n}", value=0.2770 + n * 1e-5) for n in range(4)]
    told = [words for _, words in words_of([*alike, replace(PLAN, run_id="other", value=0.281)])]
    assert "◆◆+2 27.7%" in told
    assert "◆ 28.1%" in told
    many = words_of(replace(PLAN, run_id=f"r{n}", value=0.2 + n * 0.01) for n in range(24))
    shown = [words for _, words in many if words.startswith("◆")]
    assert shown == ["◆ 43.0%", "◆ 20.0%"]
    assert all(0 < y < SCREEN.height for y, _ in many)


def test_a_path_without_anything_is_still_a_picture():
    empty = Path("x", Text("空", "empty"), "persons", 0, judged=False, up=True)
    ET.fromstring(path_chart(empty, "ja"))  # noqa: S314


@given(st.floats(min_value=-1e7, max_value=1e7), st.floats(min_value=1, max_value=1e7))
def test_ticks_are_round_and_inside(low, width):
    found = ticks(low, low + width)
    assert 1 <= len(found) <= 7
    steps = {round((b - a) / width, 3) for a, b in pairwise(found)}
    assert len(steps) <= 1
    assert all(low - width * 1e-6 <= tick <= low + width * (1 + 1e-6) for tick in found)


@given(st.lists(st.floats(min_value=40, max_value=210), max_size=8))
def test_words_never_lie_on_each_other(places):
    moved = spread_out(places, 14, 216)
    ordered = sorted(moved)
    assert all(b - a >= 14 - 1e-6 for a, b in pairwise(ordered))
    assert sorted(range(len(places)), key=lambda n: places[n]) == sorted(range(len(places)), key=lambda n: moved[n])


def test_figures_and_years_in_words():
    path = share_path()
    assert figure(path, 0.275, "ja") == "27.5%"
    assert spread(path, PLAN, "ja") == "26.6–28.5%"
    assert (fiscal_year(2029, "ja"), fiscal_year(2029, "en")) == ("R11（2029）", "FY2029 (R11)")
    assert fiscal_year(2013, "ja") == "2013年度"
    large = share_path(unit="persons", decimals=0, factor=1e7)
    assert (brief_figure(large, 2_404_419, "ja"), brief_figure(large, 2_404_419, "en")) == ("240.4万", "2,404k")
    visitors = share_path(unit="persons/year", decimals=0, factor=1e6)
    assert figure(visitors, 1_089_000, "ja") == "1,089,000人/年"


def test_every_verdict_has_a_sign_beside_its_word():
    words = [verdict_word(verdict, "ja") for verdict in Verdict]
    assert set(VERDICT_TEXT) == set(Verdict)
    assert len(set(words)) == len(words)
    signs = {verdict: verdict_word(verdict, "ja")[0] for verdict in Verdict}
    assert set(signs.values()) == set("○×△■－"), "no two that look alike, such as × and ✕"
