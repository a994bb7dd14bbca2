"""The room of the comparison: the whole city in every map, words whole, and a talk that begins at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PATIENCE_MS, wait_drawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

PAIR = "l=baseline-r5&r=trend-r11&m=clinic_nearest_min&lang=en"
COVERED = """() => Object.entries(ekisei.maps).filter(([side]) => document.getElementById(`map-${side}`).offsetHeight)
  .filter(([side, map]) => {
    const host = document.getElementById(`map-${side}`), caption = document.getElementById(`caption-${side}`);
    const top = caption.offsetTop + caption.offsetHeight;
    const flat = ekisei.geometry.land.coordinates.flat(Infinity);
    const pen = document.createElement('canvas').getContext('2d');
    const size = 12 + 5 * Math.min(Math.max(map.getZoom() - 9, 0), 3) / 3; // as map-layers.js writes names
    pen.font = `${size}px sans-serif`;
    const stations = map.getSource('stops').serialize().data.features.filter(f => f.properties.class === 'rail');
    const cut = stations.filter(f => {
      const at = map.project(f.geometry.coordinates);
      const right = at.x + 0.8 * size + pen.measureText(f.properties.name_en).width;
      return right > host.clientWidth || at.y - size / 2 < top || at.y + size / 2 > host.clientHeight;
    });
    return cut.length || flat.some((lon, n) => {
      if (n % 2) return false;
      const at = map.project([lon, flat[n + 1]]);
      return at.x < 0 || at.x > host.clientWidth || at.y < top || at.y > host.clientHeight;
    });
  }).map(([side]) => side)"""
"""Maps on the screen in which a part of the city or the name of a station lies outside, or under the caption."""
HOLD = f"n => document.querySelectorAll('#maps .map canvas').length >= n && ({COVERED})().length === 0"
CUT = """selector => [...document.querySelectorAll(selector)].filter(e => e.offsetParent
  && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map(e => e.textContent)"""
SMALL = """() => [...document.querySelectorAll('.controls *, .main *, .cards *, .foot *')].filter(e => e.offsetParent
  && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
  && parseFloat(getComputedStyle(e).fontSize) < 18).map(e => e.className + ': ' + e.textContent)"""


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


def opened(page: Page, address: str, query: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{address}/compare?{query}")
    wait_drawn(page)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_every_map_holds_the_whole_city_until_a_person_moves_it(page: Page, address: str, width: int, height: int):
    opened(page, address, f"{PAIR}&tab=0", width, height)
    page.wait_for_function(HOLD, arg=2)
    for shown, more in ((3, "&l3=baseline-r5"), (4, "&l3=baseline-r5&l4=trend-r11")):
        page.evaluate(
            "q => { history.pushState(null, '', '?' + q); dispatchEvent(new PopStateEvent('popstate')); }",
            f"{PAIR}{more}&tab=0",
        )
        page.wait_for_function("n => document.getElementById('maps').dataset.count === String(n)", arg=shown)
        page.wait_for_function(HOLD, arg=shown)
    assert "c=" not in page.evaluate("location.search"), "nobody chose this view: another screen fits the city anew"
    page.click("#present")
    page.wait_for_selector(".presenting.shell")
    page.wait_for_function(HOLD, arg=4)
    page.keyboard.press("Escape")
    page.wait_for_selector(".shell:not(.presenting)")
    page.get_by_role("button", name="Zoom in").last.click()
    page.wait_for_function("() => location.search.includes('c=')")
    assert page.evaluate(f"({COVERED})()"), "whoever zooms in sees a part"


def test_words_of_english_are_whole_beside_two_and_four_maps(page: Page, address: str):
    opened(page, address, f"{PAIR}&l3=baseline-r5&l4=trend-r11", 1366, 768)
    assert page.evaluate(CUT, "#maps .caption, #maps .caption *") == []
    assert page.evaluate(CUT, "#mode-field, #mode-field .mantine-SegmentedControl-label, #window-field label") == []
    right = page.locator("#mode-field").bounding_box()
    last = page.locator("#mode-field label").last.bounding_box()
    assert right
    assert last
    assert last["x"] + last["width"] <= right["x"] + right["width"]


def test_a_talk_begins_at_the_top_with_whole_names_and_may_change_the_time_of_day(page: Page, address: str):
    opened(page, address, PAIR, 1366, 768)
    page.wait_for_function("() => document.querySelectorAll('.kpi').length > 20")
    page.evaluate("() => { document.getElementById('cards').scrollTop = 900; }")
    page.click("#present")
    page.wait_for_selector(".presenting.shell")
    page.wait_for_function("() => document.getElementById('cards').scrollTop === 0")
    page.wait_for_function("() => document.querySelectorAll('.kpi').length > 20")
    assert page.evaluate(CUT, ".kpi-title") == []
    assert page.evaluate(SMALL) == []
    assert page.locator("#controls > div:visible").count() == 1
    page.locator("#window-field label", has_text="17–19").click()
    page.wait_for_function("() => location.search.includes('w=evening')")
    page.wait_for_function("() => document.getElementById('maps').dataset.drawn.includes('w=evening')")
    page.keyboard.press("ArrowRight")  # still the next scenario, though the focus is on the times of day
    page.wait_for_function("() => !location.search.includes('r=trend-r11')")
    assert "w=evening" in page.evaluate("location.search")
