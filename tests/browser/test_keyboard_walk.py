"""Every page of the desk without a mouse: Tab goes where one reads, the focus is seen, keys do what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.by_keys import CONTROLS, walk
from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_desk_pages import PATHS, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page


@pytest.fixture(scope="module")
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.set_viewport_size({"width": 1366, "height": 768})
    yield made
    made.close()


@pytest.mark.parametrize("path", PATHS)
def test_tab_reaches_every_control_in_the_order_of_reading_and_back(page: Page, desk_address: str, path: str):
    opened(page, desk_address, f"{path}?lang=ja")
    page.evaluate("() => document.activeElement.blur()")
    n_controls = page.evaluate(CONTROLS)
    assert walk(page, "Tab", n_controls) == list(range(n_controls))
    page.evaluate("() => window.onTheWay.at(-1).focus()")
    back = walk(page, "Shift+Tab", n_controls - 1)
    assert back == list(range(n_controls - 2, -1, -1)), "the same way back, nothing hidden below the head"


@pytest.mark.parametrize("path", [path for path in PATHS if path not in {"/data/check", "/login"}])
def test_the_first_key_leads_past_the_navigation(page: Page, desk_address: str, path: str):
    opened(page, desk_address, f"{path}?lang=ja")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'body'")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.getElementById('body').contains(document.activeElement)")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_what_is_folded_opens_by_key(page: Page, desk_address: str, key: str):
    opened(page, desk_address, "/?lang=ja")
    page.locator(".story summary").first.focus()
    page.keyboard.press(key)
    page.locator(".story details[open]").first.wait_for()
    page.keyboard.press(key)
    page.locator(".story details[open]").first.wait_for(state="detached")


@pytest.mark.parametrize("path", ["/", "/targets", "/jobs"])
def test_a_list_opens_by_arrow_and_closes_by_escape(page: Page, desk_address: str, path: str):
    opened(page, desk_address, f"{path}?lang=ja")
    page.locator("#body input").first.focus()
    page.keyboard.press("ArrowDown")
    page.locator("[role=option]:visible").first.wait_for()
    page.keyboard.press("Escape")
    page.locator("[role=option]:visible").first.wait_for(state="hidden")
    assert page.evaluate("() => document.activeElement.tagName") == "INPUT", "the focus stays where it was"


def test_scenarios_are_taken_off_and_added_by_keys(page: Page, desk_address: str):
    opened(page, desk_address, "/?lang=ja")
    before = page.locator(".story").count()
    page.locator("#body input").first.focus()
    page.keyboard.press("Backspace")
    page.wait_for_function("n => document.querySelectorAll('.story').length === n", arg=before - 1)
    page.keyboard.type("日立駅")
    page.wait_for_function("() => document.querySelectorAll('[role=option]').length === 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('.story').length === n", arg=before)


def test_the_years_play_and_stop_by_keys(page: Page, desk_address: str):
    opened(page, desk_address, "/population?lang=ja")
    play = page.locator(".people-play")
    play.focus()
    page.keyboard.press("Space")
    page.locator(".people-play[aria-pressed=true]").wait_for()
    page.keyboard.press("Enter")
    page.locator(".people-play[aria-pressed=false]").wait_for()
    year = page.locator(".people-year").inner_text()
    page.locator(".people input[type=range]").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("year => document.querySelector('.people-year').textContent !== year", arg=year)


def test_an_order_without_scenarios_is_refused_by_key(page: Page, desk_address: str):
    opened(page, desk_address, "/jobs?lang=ja")
    page.locator("input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("() => document.activeElement.checked")
    page.locator("#jobs-run").focus()
    page.keyboard.press("Space")
    page.locator("#jobs-told .job-refused").wait_for()


@pytest.mark.parametrize(
    ("path", "link", "leads_to"),
    [
        ("/", ".nav-link >> nth=1", "/compare"),
        ("/", ".board-panel th a >> nth=0", "/compare"),
        ("/reports", ".handouts-choice a >> nth=2", "/reports"),
        ("/data", ".data-section a.button", "/data/check"),
        ("/data/check", ".plain-head a >> nth=0", "/"),
        ("/targets", ".page-foot a", "/data"),
    ],
)
def test_a_link_is_followed_by_key(page: Page, desk_address: str, path: str, link: str, leads_to: str):
    opened(page, desk_address, f"{path}?lang=ja")
    page.locator(link).first.focus()
    with page.expect_navigation(wait_until="commit"):
        page.keyboard.press("Enter")
    assert page.evaluate("() => location.pathname") == leads_to
