"""The pages of the desk in a real browser: read without scrolling, by anybody; what they say was computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenarios.store import read_run
from tests.browser.conftest import PATIENCE_MS, Seen
from tests.browser.every_rule import violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

SIZES = [(1366, 768), (390, 844)]
PATHS = ["/", "/population", "/targets", "/reports", "/data", "/data/check", "/jobs", "/login"]


@pytest.fixture(scope="module")
def page(context: BrowserContext, seen: Seen) -> Iterator[Page]:
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.on("pageerror", lambda problem: seen.errors.append(str(problem)))
    yield made
    made.close()


def opened(page: Page, address: str, path: str) -> Page:
    page.goto(f"{address}{path}")
    page.locator("h1").first.wait_for()
    page.wait_for_load_state("networkidle")
    if path.startswith("/population"):
        page.locator("#people-host[data-ready=yes]").wait_for()
    return page


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_that_a_reader_or_a_screen_reader_stumbles_over(page: Page, desk_address: str, path: str, lang: str):
    opened(page, desk_address, f"{path}?lang={lang}")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], f"{path} at {width} px"
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{path} scrolls sideways at {width} px"
    page.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.parametrize("width", [390, 768, 1024, 1366])
@pytest.mark.parametrize("path", ["/", "/targets", "/data", "/reports"])
def test_no_table_has_to_be_scrolled(page: Page, desk_address: str, path: str, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, desk_address, f"{path}?lang=en")
    cut = page.evaluate("""() => [...document.querySelectorAll('.stacked-table')].filter(
      box => box.scrollWidth > box.clientWidth + 1).map(box => box.querySelector('table').getAttribute('aria-label'))""")
    assert page.locator(".stacked-table tbody tr").count() > 0
    assert cut == []
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_row_on_a_phone_says_what_each_figure_is(page: Page, desk_address: str):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, desk_address, "/targets?lang=ja")
    cell = page.locator(".goals-section .stacked-table td").first
    shown = cell.evaluate("cell => [getComputedStyle(cell, '::before').content, cell.dataset.head]")
    assert shown[1] == "目標線"
    assert shown[1] in shown[0], "the heading stands before the figure"
    page.set_viewport_size({"width": 1366, "height": 768})


SMALLEST = """() => Math.min(...[...document.querySelectorAll('.path-chart')].map(image => {
  const svg = new DOMParser().parseFromString(atob(image.src.split(',')[1]), 'image/svg+xml').documentElement;
  const sizes = [...svg.querySelectorAll('text')].map(text => parseFloat(text.getAttribute('font-size')));
  return Math.min(...sizes) * image.clientWidth / parseFloat(svg.getAttribute('width'));
}))"""


@pytest.mark.parametrize(("width", "least_px"), [(1366, 12), (1920, 16), (390, 12)])
def test_words_of_charts_can_be_read(page: Page, desk_address: str, width: int, least_px: float):
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, desk_address, "/?lang=en")
    assert page.evaluate(SMALLEST) >= least_px
    page.set_viewport_size({"width": 1366, "height": 768})


def test_the_board_says_what_kpi_csv_says_and_follows_the_choice(page: Page, desk_address: str, own_folder: Path):
    opened(page, desk_address, "/?lang=ja")
    kpi = read_run(own_folder / "runs" / "trend-r11").kpi
    row = kpi[(kpi.kpi_id == "bus_rides_per_citizen") & (kpi.setting == "default") & (kpi.group == "all")]
    panel = page.locator(".board-panel", has_text="バス交通等の利用回数")
    told = panel.locator("tr", has_text="なりゆき（R11）").inner_text()
    assert f"{float(row.value.iloc[0]):.2f}回" in told
    assert "27.5%" in page.locator(".board-panel").first.locator("tr", has_text="評価指標").inner_text()
    before = page.locator(".story").count()
    page.locator(".overview-choice button").first.click()  # takes one scenario off
    page.wait_for_function("n => document.querySelectorAll('.story').length === n - 1", arg=before)
    assert "s=" in page.evaluate("() => location.search"), "the address holds the choice"


def test_an_actual_is_entered_by_keyboard_and_stands_on_the_path(page: Page, desk_address: str, own_folder: Path):
    opened(page, desk_address, "/targets?lang=ja")
    page.locator("#goals-value").focus()
    page.keyboard.type("27.2%")
    page.keyboard.press("Tab")
    page.keyboard.type("都市政策課 集計")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "goals-enter"
    page.keyboard.press("Enter")
    page.locator("#goals-entered td", has_text="27.2%").wait_for()
    assert "27.2%" in (own_folder / "runs" / "actuals.csv").read_text(encoding="utf-8-sig")
    assert "27.2%" in page.locator(".goals-section").first.inner_text()
    page.locator("#goals-entered button").click()
    page.locator("#goals-entered td", has_text="27.2%").wait_for(state="detached")


def test_nothing_left_the_machine(page: Page, seen: Seen):
    assert page.url
    assert seen.outside == []
    assert seen.errors == []
