"""The window of verdicts and the population by year, as a planner opens them: by mouse, by keyboard, while presenting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import Seen

VERDICT = re.compile("達成|未達|区別できない|幅が未計算|成立しない")


def window(page: Page) -> Locator:
    """Wait for the window of verdicts until its charts are there."""
    found = page.get_by_role("dialog", name="判定")
    found.locator(".path-chart").first.wait_for()
    return found


def test_the_window_opens_by_mouse_and_tells_verdicts_with_charts(shared_page: Page):
    shared_page.get_by_role("button", name="判定", exact=True).click()
    found = window(shared_page)
    for kpi in ("駅勢圏内の人口比率", "市民1人当たりのバス交通等の利用回数", "人口10万人当たりの一般診療所数"):
        assert found.get_by_role("heading", name=kpi).is_visible()
    assert all(VERDICT.search(text) for text in found.locator(".target-list .target-verdict").all_inner_texts())
    assert found.locator(".target-list .target-verdict").count() >= 4, "four KPIs are judged"
    wide = found.locator(".path-chart").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert len(wide) >= 6
    assert min(wide) > 0, "each picture can be drawn"
    told = found.inner_text()
    assert "便利になる人 / 不便になる人" in told
    assert told.index("便利になる人 / 不便になる人: ") < told.index("参照・入力のみ")
    found.get_by_label("判定を閉じる").click()
    found.wait_for(state="hidden")


def test_the_keyboard_opens_and_closes_the_window_and_comes_back(shared_page: Page):
    button = shared_page.get_by_role("button", name="判定", exact=True)
    button.focus()
    shared_page.keyboard.press("Enter")
    found = window(shared_page)
    assert found.evaluate("dialog => dialog.contains(document.activeElement)"), "focus is in the window"
    shared_page.keyboard.press("Escape")
    found.wait_for(state="hidden")
    shared_page.wait_for_function("() => document.activeElement && document.activeElement.id === 'targets-open'")


def test_keys_of_the_window_do_not_move_a_presentation(shared_page: Page):
    shared_page.get_by_role("button", name="発表モード").click()
    shared_page.wait_for_function("() => document.body.classList.contains('presenting')")
    before = shared_page.locator("#caption-right").inner_text()
    shared_page.get_by_role("button", name="判定", exact=True).click()
    found = window(shared_page)
    sizes = found.locator("li, td, .target-verdict").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 18, "read from the back of a room"
    shared_page.keyboard.press("PageDown")
    shared_page.keyboard.press("Escape")
    found.wait_for(state="hidden")
    assert shared_page.locator("#caption-right").inner_text() == before
    assert shared_page.evaluate("() => document.body.classList.contains('presenting')"), "only the window closed"
    shared_page.keyboard.press("Escape")
    shared_page.wait_for_function("() => !document.body.classList.contains('presenting')")


@pytest.fixture
def people(context: BrowserContext, address: str, seen: Seen) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto(f"{address}/population?run=trend-r11&lang=ja")
    page.wait_for_selector("#people-host[data-ready=yes]")
    yield page
    page.close()


def test_the_population_page_plays_a_year(people: Page, seen: Seen):
    errors, outside = list(seen.errors), list(seen.outside)  # of the tests before
    first, told = people.inner_text(".people-year"), people.inner_text(".people-told")
    assert "165,822 人" in told
    people.get_by_role("button", name="再生").click()
    people.wait_for_function("was => document.querySelector('.people-year').innerText !== was", arg=first)
    people.get_by_role("button", name="停止").click()
    assert people.inner_text(".people-told") != told
    legend = people.inner_text(".people-legend")
    assert "5 未満" in legend
    assert "–" not in legend, "no dash before a number that could be read as a minus"
    assert seen.errors == errors
    assert seen.outside == outside
