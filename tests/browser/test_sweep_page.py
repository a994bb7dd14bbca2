"""The page of a sweep, opened from a file: no requests, both languages, any window, keys, sorting, no rule of axe."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from playwright.sync_api import expect

from app.commands.sweep_output import failures_of
from app.commands.sweep_page import page_text
from geodata.synthetic import grid_city
from scenarios.sweep_designs import make_points, make_scenarios
from scenarios.sweep_file import read_sweep
from scenarios.sweep_results import design_frame
from tests.browser.every_rule import violations

SCENARIO = """
schema: ekisei-scenario/1
id: clinic
title: {ja: 新しい診療所, en: A new clinic}
description: {ja: 試し, en: a trial}
compare_to: clinic
year: 2023
plan_status: hypothetical
modifications:
  - id: clinic
    type: add-facility
    category: clinic
    name: {ja: 診療所（仮想）, en: Clinic (hypothetical)}
    location: {lat: 36.5, lon: 140.6}
"""
SWEEP = """
format: ekisei-sweep/1
id: places
title: {ja: 診療所の場所, en: Places of the clinic}
base: clinic.yaml
vary:
  - list:
      paths: [modifications.clinic.location.lat, modifications.clinic.capacity]
      rows: [[36.50, 10], [36.51, 20], [36.52, 30], [36.53, -1], [36.54, -2]]
pareto: [clinics_per_100k, clinic_nearest_min]
"""
VALUES = pd.DataFrame(
    {
        "clinics_per_100k": [50.0, 52.0, 51.0],
        "clinic_nearest_min": [8.11, 8.14, 8.16],
        "mobile_office_coverage_share": [0.126, 0.09, 0.07],
        "mobile_office_visits_per_month": [0.13, 0.18, 0.32],
        "clinic_within_30min_share": [0.975, 0.976, 0.975],
    },
    index=[1, 2, 3],
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "clinic.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "places.yaml").write_text(SWEEP, encoding="utf-8")
    sweep = read_sweep(folder / "places.yaml")
    points = make_points(sweep)
    _, failed = make_scenarios(sweep, points)
    designs = design_frame(points, sweep.file.paths)
    text = page_text(sweep, grid_city(), designs, VALUES, [1, 2], failures_of(points, failed), {"assumed": 1234})
    page = folder / "index.html"
    page.write_text(text, encoding="utf-8")
    return page


@pytest.fixture(params=[(390, 844), (1366, 768), (1920, 1080)], ids=lambda size: str(size[0]))
def shown(written, browser, browser_context_args, request):
    width, height = request.param
    context = browser.new_context(**browser_context_args, viewport={"width": width, "height": height})
    page = context.new_page()
    asked, errors = [], []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(written.as_uri())
    yield page
    assert (asked, errors) == ([written.as_uri()], [])
    context.close()


def test_it_reads_well_in_both_languages_at_any_width(shown):
    expect(shown).to_have_title("掃引: 診療所の場所")
    assert violations(shown) == []
    shown.keyboard.press("Tab")
    shown.keyboard.press("ArrowRight")
    expect(shown).to_have_title("Sweep: Places of the clinic")
    assert shown.evaluate("document.documentElement.lang") == "en"
    assert violations(shown) == []
    words = shown.inner_text("main")
    assert not re.search("[ぁ-んァ-ヶ一-龠]", words.replace("日本語", ""))
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_fields_are_told_in_words_and_values_that_differ_print_unlike(shown):
    heads = shown.locator(".variants th").all_inner_texts()
    assert heads[:4] == ["番号", "パレート", "緯度", "供給量"]
    column = next(n for n, head in enumerate(heads) if head.startswith("最も近い"))
    told = [row.locator("td").nth(column).inner_text() for row in shown.locator(".variants tbody tr").all()]
    assert len(set(told)) == 4, "three places, and — for the two that failed"
    rows = shown.locator(".variants tr.best td:first-child").all_inner_texts()
    assert rows == ["1", "2"]


def test_columns_are_sorted_by_keys_alone(shown):
    button = shown.locator(".variants th button").nth(2)
    button.focus()
    shown.keyboard.press("Enter")
    shown.keyboard.press("Enter")
    expect(shown.locator(".variants th").nth(2)).to_have_attribute("aria-sort", "descending")
    assert shown.locator(".variants tbody td:first-child").all_inner_texts() == ["5", "4", "3", "2", "1"]


def test_a_wide_table_scrolls_within_its_frame_by_keys_and_keeps_its_numbers_in_sight(shown):
    frame = shown.locator(".variants-frame")
    is_wide = frame.evaluate("f => f.scrollWidth > f.clientWidth")
    assert is_wide == (shown.viewport_size["width"] < 500)
    assert frame.get_attribute("tabindex") == ("0" if is_wide else None)
    if is_wide:
        frame.evaluate("f => { f.scrollLeft = 200 }")
        left = frame.bounding_box()["x"]
        assert shown.locator(".variants tbody td").first.bounding_box()["x"] == pytest.approx(left, abs=2)


def test_the_drawing_names_the_best_and_keeps_within_its_frame(shown):
    assert shown.locator("svg.pareto circle").count() == 3
    assert {"1", "2"} <= set(shown.locator("svg.pareto text").all_text_contents())
    expect(shown.locator(".plot-legend")).to_contain_text("パレート最適")
    frame = shown.locator("section:has(svg.pareto)").bounding_box()
    for part in shown.locator("svg.pareto text, svg.pareto circle").all():
        box = part.bounding_box()
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]


def test_a_reason_stands_once_with_the_variants_it_concerns(shown):
    failures = shown.locator("section", has=shown.get_by_role("heading", name="失敗したもの"))
    rows = failures.locator("tbody tr")
    assert rows.count() == 2, "two values that do not fit"
    expect(rows.first).to_contain_text("4")
    expect(rows.first).to_contain_text("places.yaml:6")


def test_on_paper_nothing_is_cut_off(shown):
    shown.emulate_media(media="print")
    shown.set_viewport_size({"width": 1030, "height": 700})  # A4 across, less its margins
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert shown.locator(".switch").is_hidden()
