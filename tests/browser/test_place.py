"""A place on the comparison in a real browser: clicked or typed, asked of both scenarios, drawn on both maps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Seen, show, wait_drawn

if TYPE_CHECKING:
    from playwright.sync_api import Page

VIEW = "l=trend-r11&r=brt-extend-hitachi&m=clinic_nearest_min"
PANEL = "#place-panel"


def wait_told(page: Page) -> None:
    page.locator(f"{PANEL} .way-of-right").wait_for()


def test_a_click_opens_the_panel_and_draws_bands_and_ways(shared_page: Page):
    show(shared_page, VIEW)
    assert shared_page.locator(PANEL).is_hidden()
    at = shared_page.evaluate(
        """() => { const m = ekisei.maps.left; const p = m.project([140.6453, 36.5719]);
           const b = m.getContainer().getBoundingClientRect(); return [b.x + p.x, b.y + p.y]; }"""
    )
    shared_page.mouse.click(*at)
    wait_told(shared_page)
    wait_drawn(shared_page, "at=")
    assert "at=" in shared_page.url
    assert shared_page.locator("#cards").is_hidden()
    assert "選んだ場所からの所要時間" in shared_page.locator("#legend").inner_text()
    text = shared_page.locator(PANEL).inner_text()
    assert re.search(r"\d+／\d+", text)
    assert re.search(r"\d\d:\d\d → \d\d:\d\d（\d+分、乗換 \d 回）", text)
    assert "仮定" in text
    shared_page.wait_for_function("() => Number(document.getElementById('maps').dataset.ways) > 1")
    for side in ("left", "right"):
        assert shared_page.evaluate("s => ekisei.maps[s].querySourceFeatures('picked').length", side) > 0
        assert shared_page.evaluate("s => ekisei.maps[s].querySourceFeatures('ways').length", side) > 0
        near = shared_page.evaluate(
            """s => ekisei.maps[s].queryRenderedFeatures({layers: ['cells']}).filter(f => f.state.k === 0).length""",
            side,
        )
        assert 3 < near < 1_000  # within a quarter of an hour: some cells around, not the city


def test_no_accessibility_violation_with_the_panel(shared_page: Page):
    found = Axe().run(shared_page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found.response["violations"]] == []


def test_another_time_of_day_asks_again_and_the_address_keeps_it(shared_page: Page):
    shared_page.locator("#when label", has_text="夕 17–19").click()
    wait_drawn(shared_page, "w=evening")
    shared_page.locator(f"{PANEL} .place-notes", has_text="17:00–19:00").wait_for()
    assert "w=evening" in shared_page.url


def test_the_keyboard_alone_chooses_a_place_and_leaves_it(shared_page: Page):
    show(shared_page, VIEW)
    shared_page.locator("#place").focus()
    shared_page.keyboard.type("常陸多賀")
    shared_page.get_by_role("option", name="常陸多賀駅").first.wait_for()
    shared_page.keyboard.press("ArrowDown")
    shared_page.keyboard.press("Enter")
    wait_told(shared_page)
    assert "常陸多賀" in shared_page.locator(f"{PANEL} .place-where").inner_text()
    shared_page.locator("#place-text").fill("東京")
    shared_page.keyboard.press("Enter")
    shared_page.get_by_text("「東京」は市内の場所ではありません").wait_for()
    shared_page.locator("#place-close").focus()
    shared_page.keyboard.press("Enter")
    shared_page.locator("#cards").wait_for(state="visible")
    shared_page.wait_for_function("() => !location.search.includes('at=')")  # the address follows the view


def test_nothing_complained(seen: Seen):
    assert seen.errors == []
    assert seen.outside == []
