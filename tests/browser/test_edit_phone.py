"""The page of edits in the window of a phone: nothing is cut, everything can be pressed with a thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Seen

PATIENCE_MS = 300_000
PHONE = {"width": 390, "height": 844}
CUT = """() => [...document.querySelectorAll('.edit-under input.mantine-Select-input, .edit-bar-buttons .button')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.value || one.textContent)"""
SMALL = """() => [...document.querySelectorAll('.edit-bar-buttons button, .edit-tool, .edit-mini, #edit-do, #edit-cancel')]
  .filter((one) => one.checkVisibility() && Math.min(one.offsetHeight, one.offsetWidth) < 40)
  .map((one) => [one.id || one.textContent, one.offsetWidth, one.offsetHeight])"""
IN_SIGHT = """() => {
  const [map, form] = ['edit-map-frame', 'edit-do'].map((id) => document.getElementById(id).getBoundingClientRect());
  return map.top >= 0 && map.bottom <= innerHeight && form.top >= map.bottom && form.bottom <= innerHeight;
}"""
WHOLE = """() => {
  const [west, south, east, north] = ekiseiEditWorld.geometry.extent, box = ekiseiEditWorld.map.getBounds();
  return box.getWest() < west && box.getSouth() < south && box.getEast() > east && box.getNorth() > north;
}"""
COVERED = """(field) => {
  const [map, here] = [document.getElementById('edit-map-frame'), field].map((one) => one.getBoundingClientRect());
  return here.bottom > map.top && here.top < map.bottom;
}"""
WIDER = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(params=["ja", "en"])
def phone(request: pytest.FixtureRequest, context: BrowserContext, desk_address: str, seen: Seen) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda problem: seen.errors.append(str(problem)))
    page.set_viewport_size(PHONE)
    page.goto(f"{desk_address}/edit?lang={request.param}")
    page.wait_for_function("() => document.querySelectorAll('#edit-cards .edit-kpi').length > 3")
    yield page
    page.close()


def test_nothing_is_cut_and_everything_is_large_enough_for_a_thumb(phone: Page, seen: Seen):
    assert phone.evaluate(WIDER) <= 0
    assert phone.evaluate(CUT) == []
    assert phone.evaluate(SMALL) == []
    phone.locator(".edit-tool").nth(1).click()  # a new line
    expect(phone.locator("#edit-form-shell")).to_be_visible()
    canvas = phone.locator("#edit-map-frame canvas").first
    phone.wait_for_function("() => window.ekiseiEditWorld && ekiseiEditWorld.map && ekiseiEditWorld.map.loaded()")
    canvas.click(position={"x": 200, "y": 200})
    expect(phone.locator(".edit-spot")).to_have_count(1)
    assert phone.evaluate(WIDER) <= 0
    assert phone.evaluate(SMALL) == []
    assert seen.errors == []


def test_the_map_stays_in_sight_while_places_are_chosen(phone: Page):
    whole = phone.locator("#edit-map-frame").bounding_box()
    phone.locator(".edit-tool").nth(1).click()  # a new line
    expect(phone.locator("#edit-spot-area")).to_be_visible()
    phone.locator("#edit-do").scroll_into_view_if_needed()
    phone.locator("#edit-do").focus()
    phone.wait_for_function(IN_SIGHT)
    frame = phone.locator("#edit-map-frame").bounding_box()
    assert whole
    assert frame
    assert frame["height"] < 0.4 * PHONE["height"] < whole["height"]
    canvas = phone.locator("#edit-map-frame canvas").first
    phone.wait_for_function("() => window.ekiseiEditWorld && ekiseiEditWorld.map && ekiseiEditWorld.map.loaded()")
    phone.wait_for_function(WHOLE)  # the smaller map still shows all of the city
    canvas.click(position={"x": 200, "y": 120})  # pressed without scrolling away from the form
    expect(phone.locator(".edit-spot")).to_have_count(1)
    for field in phone.locator("#edit-form-shell :is(input, button):visible").all():
        field.focus()
        assert field.evaluate(COVERED) is False, field.get_attribute("id")
    assert [v["id"] for v in Axe().run(phone).response["violations"]] == []
    phone.locator("#edit-cancel").click()
    phone.wait_for_function("() => document.getElementById('edit-map-frame').offsetHeight > 0.5 * innerHeight")
