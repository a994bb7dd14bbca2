"""Logging in with the keyboard, and reading why something was refused: plain pages, desk and phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import send_from_directory

from app.access.attempts import MOST_PAIR
from tests.guarded import CHEAP, NAMES, PASSWORD, WRONG, guard_server, passwords, write_users
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ASSETS = Path(__file__).resolve().parents[2] / "app" / "assets"
SCRIPTED = """<!DOCTYPE html><html lang="ja"><head><title>x</title><meta name="ekisei-token" content="{token}">
<link rel="stylesheet" href="/assets/ekisei.css"><link rel="stylesheet" href="/assets/access.css">
<script src="/assets/access.js" defer></script></head>
<body><main><h1>x</h1><p id="name">{name}</p></main></body></html>"""


@pytest.fixture(scope="module")
def login_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small guarded server with our style and script: no city is needed to log in."""
    from app.access import current, form_token

    folder = tmp_path_factory.mktemp("login")
    users = write_users(folder / "users.json").path
    guarded = guard_server(folder, host="10.1.0.9", users_file=users)
    guarded.server.add_url_rule("/assets/<name>", "assets", lambda name: send_from_directory(ASSETS, name))
    guarded.server.add_url_rule(
        "/scripted", "scripted", lambda: SCRIPTED.format(token=form_token(), name=current().name)
    )
    with serving(guarded.server, threads=4) as served, pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", CHEAP)
        passwords._nobody.cache_clear()
        yield served


@pytest.fixture(params=[(1366, 768), (390, 844)], ids=["desk", "phone"])
def fresh_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A browser that has not been here before."""
    width, height = request.param
    made = browser.new_context(locale="ja-JP", viewport={"width": width, "height": height})
    yield made.new_page()
    made.close()


def check_page(page: Page) -> None:
    """Nothing that a reader or a screen reader stumbles over, and nothing outside of a narrow screen."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def wait_focus(page: Page, field: str) -> None:
    """A field that is focused with its page: a browser sets it with its first picture, after the page is loaded."""
    page.wait_for_function("id => document.activeElement.id === id", arg=field)


def test_somebody_logs_in_and_out_with_the_keyboard_alone(fresh_page: Page, login_address: str) -> None:
    page = fresh_page
    page.goto(f"{login_address}/scripted")
    assert page.locator("h1").inner_text() == "ログイン"
    check_page(page)
    wait_focus(page, "name")
    page.keyboard.type("hanako")
    page.keyboard.press("Tab")
    page.keyboard.type(WRONG)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "名前かパスワードが違います" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("名前").input_value() == "hanako"
    check_page(page)
    wait_focus(page, "password")  # what has to be typed again
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{login_address}/scripted"
    assert page.locator("#name").inner_text() == "hanako"
    page.goto(f"{login_address}/login")
    assert "hanako（編集）としてログインしています" in page.locator("main").inner_text()
    check_page(page)
    page.get_by_role("button", name="ログアウト").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{login_address}/scripted")
    assert "/login" in page.url


def test_a_script_sends_the_token_and_a_refusal_is_read_out(fresh_page: Page, login_address: str) -> None:
    page = fresh_page
    page.goto(f"{login_address}/scripted")
    page.get_by_label("名前").fill("hanako")
    page.get_by_label("パスワード").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="ログイン").click()
    done = page.evaluate("fetch('/edit', {method: 'POST'}).then((answer) => answer.json())")
    assert done == {"by": "hanako"}
    assert page.get_by_role("alert").count() == 0
    page.evaluate("fetch('/moderate', {method: 'POST'})")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "「進行」の役割が必要です" in alert.inner_text()
    check_page(page)
    alert.get_by_role("button", name="閉じる").click()
    alert.wait_for(state="hidden")
    page.evaluate("fetch('/logout', {method: 'POST'})")
    page.wait_for_function("fetch('/look').then((answer) => answer.status === 401)")
    page.get_by_role("alert").wait_for()
    link = page.get_by_role("alert").get_by_role("link", name="ログイン")
    assert link.get_attribute("href") == "/login?next=%2Fscripted&lang=ja"


def test_whoever_guesses_is_told_how_long_to_wait(browser: Browser, login_address: str) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{login_address}/login?lang=en")
    for _ in range(MOST_PAIR + 1):
        page.get_by_label("Name").fill("yuki")
        page.get_by_label("Password").fill(WRONG)
        with page.expect_navigation():
            page.get_by_role("button", name="Log in").click()
    assert "Wait about 5 min" in page.get_by_role("alert").inner_text()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "yuki" in NAMES
    context.close()
