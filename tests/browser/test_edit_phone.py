"""The page of edits in the window of a phone: nothing is cut, everything can be pressed with a thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
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
