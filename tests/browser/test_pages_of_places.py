"""Journeys, fleets and access to care in a real browser: searched, played and read by keyboard, nothing in the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.by_keys import CONTROLS, walk
from tests.browser.conftest import PATIENCE_MS, Seen
from tests.browser.every_rule import violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SIZES = [(1366, 768), (390, 844)]
PAGES = {  # address → its map
    "/journey?l=trend-r11&r=brt-extend-hitachi&from=36.57187,140.64531&to=日立駅前": "journey-map",
    "/mobility?run=baseline-r5&service=kanesawa": "mobility-map",
    "/clinics?run=baseline-r5": "clinics-map",
}


@pytest.fixture(scope="module")
def page(context: BrowserContext, seen: Seen) -> Page:
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
    made.on("pageerror", lambda e: seen.errors.append(str(e)))
    return made


WHOLE = """async ([host, address]) => {
  const map = ekiseiPlaceMap.maps[host], box = map.getBounds();
  const order = performance.getEntriesByType('resource').find(one => one.name.startsWith(`${address}/geometry/`)).name;
  const [west, south, east, north] = (await (await fetch(order)).json()).extent;
  return box.getWest() < west && box.getSouth() < south && box.getEast() > east && box.getNorth() > north;
}"""
"""Whether a map shows all of the city: not only where most people live."""


def look_over(page: Page) -> None:
    """Run every rule of axe on a laptop and on a phone, where nothing may reach beyond the window."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], f"at {width} px"
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"the page scrolls sideways at {width} px"
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_journey_is_searched_by_keyboard_on_both_scenarios(page: Page, address: str):
    page.goto(f"{address}/journey?l=trend-r11&r=brt-extend-hitachi")
    page.locator("#journey-from").fill("36.57187,140.64531")
    page.locator("#journey-to").fill("日立駅前")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/journey?*from=36.57187*")
    page.locator(".journey-right .journey-one").first.wait_for()
    told = page.locator(".journey-told").inner_text()
    assert re.search(r"に出ると、.*\d\d:\d\d に着きます", told)
    for side in ("left", "right"):
        assert page.locator(f".journey-{side} .way-leg").count() > 1
    page.wait_for_function("() => Number(document.getElementById('journey-map')?.dataset.drawn) > 2")
    rows = page.locator(".journey-table tbody tr").count()
    assert rows == page.locator(".journey-one").count()
    look_over(page)


def test_a_day_of_a_fleet_is_stepped_through_by_keyboard(page: Page, address: str):
    page.goto(f"{address}/mobility?run=baseline-r5&service=kanesawa")
    page.wait_for_function("() => document.getElementById('mobility-map')?.dataset.drawn")
    before = page.locator(".player-time").inner_text()
    page.get_by_role("button", name="次の出来事").focus()
    for _ in range(6):
        page.keyboard.press("Enter")
    assert page.locator(".player-time").inner_text() > before
    assert "号車" in page.locator(".player-told").inner_text()
    page.locator(".player-slider").focus()
    page.keyboard.press("End")
    assert page.locator(".player-state").inner_text().count("待機") == 2  # both vehicles are back
    page.wait_for_function("() => ekiseiPlaceMap.maps['mobility-map'].querySourceFeatures('vehicles').length > 0")
    look_over(page)


def test_access_to_care_is_read_on_cards_map_and_table(page: Page, address: str):
    page.goto(f"{address}/clinics?run=baseline-r5")
    page.wait_for_function("() => Number(document.getElementById('clinics-map')?.dataset.drawn) > 1000")
    assert page.evaluate(WHOLE, ["clinics-map", address])
    assert page.locator(".clinic-card").count() == 6
    assert page.locator(".plain-table tbody tr", has_text="十王").count() == 1
    look_over(page)


@pytest.mark.parametrize("path", PAGES)
def test_tab_leads_over_the_page_in_the_order_of_reading(page: Page, address: str, path: str):
    page.goto(f"{address}{path}")
    page.wait_for_function("host => document.getElementById(host)?.dataset.drawn", arg=PAGES[path])
    page.evaluate("() => document.activeElement.blur()")
    n_controls = page.evaluate(CONTROLS)
    assert n_controls > 10
    assert walk(page, "Tab", n_controls) == list(range(n_controls))


@pytest.mark.parametrize("path", PAGES)
def test_the_page_in_english(page: Page, address: str, path: str):
    page.goto(f"{address}{path}&lang=en")
    page.wait_for_function("host => document.getElementById(host)?.dataset.drawn", arg=PAGES[path])
    assert page.evaluate("() => document.documentElement.lang") == "en"
    look_over(page)


def test_nothing_complained(seen: Seen):
    assert seen.errors == []
    assert seen.outside == []
