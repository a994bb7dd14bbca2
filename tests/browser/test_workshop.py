"""A workshop in browsers: a facilitator, a projector and two phones, from the code to the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.by_keys import tab_to
from tests.browser.workshops import PATIENCE_MS, PHONE, opening, serving_workshops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Seen

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving_workshops(tmp_path_factory.mktemp("workshop")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def open_page(browser: Browser, seen: Seen) -> Iterator[Any]:
    with opening(browser, seen) as opened:
        yield opened


def check_accessible(page: Page) -> None:
    """Run axe with every rule on."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def check_letters(page: Page) -> None:
    """No visible text of the projector is smaller than 18 px."""
    small = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('svg') &&
             [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) &&
             parseFloat(getComputedStyle(e).fontSize) < 18).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_a_workshop_from_the_code_to_the_file(base: str, open_page: Any, seen: Seen):
    desk = open_page(viewport={"width": 1366, "height": 768})
    code = open_workshop(desk, base)
    wall = open_page(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    wall.goto(desk.get_by_role("link", name="投影する").evaluate("a => a.href"))
    expect(wall.locator(".code")).to_have_text(code)
    check_accessible(wall)
    phones = join(base, open_page, code)
    follow_the_wall(wall, phones)
    end_and_go_on(wall)
    vote_and_speak(*phones)
    vote_without_network(phones[1])
    moderate(desk, wall, phones)
    note_and_hand_out(desk, base)
    end(desk, phones[0])
    leave(wall)
    assert seen.outside == []
    assert seen.errors == []


def open_workshop(desk: Page, base: str) -> str:
    desk.goto(f"{base}/workshop?lang=ja")
    expect(desk.get_by_role("heading", name="ワークショップを開く")).to_be_visible()
    check_accessible(desk)
    desk.get_by_role("button", name="開く").click()
    expect(desk.get_by_role("alert").get_by_text("題名を書いてください。")).to_be_visible()
    desk.get_by_label("題名").fill("団地の足を考える")
    desk.get_by_label("問い").fill("暮らしはどう変わりますか")
    desk.get_by_role("button", name="開く").click()
    expect(desk.get_by_role("heading", name=re.compile("団地の足を考える"))).to_be_visible()
    assert "w=" in desk.url
    check_accessible(desk)
    return desk.locator(".ws-code").inner_text()


def join(base: str, open_page: Any, code: str) -> tuple[Page, Page]:
    first, second = open_page(**PHONE), open_page(**PHONE, reduced_motion="reduce")
    first.goto(f"{base}/w/?lang=ja")
    check_accessible(first)
    first.get_by_label("参加コード").fill(code.lower())
    first.get_by_role("button", name="参加する").click()
    expect(first.get_by_role("heading", name="団地の足を考える")).to_be_visible()
    second.goto(f"{base}/w/{code}?lang=en")
    expect(second.get_by_text("It begins soon")).to_be_visible()
    return first, second


def follow_the_wall(wall: Page, phones: tuple[Page, Page]) -> None:
    for _ in range(3):
        wall.keyboard.press("ArrowRight")
    expect(wall.get_by_role("heading", name="診療所の新設")).to_be_visible()
    assert wall.locator(".fig").count() >= 3
    check_letters(wall)
    wall.set_viewport_size({"width": 1366, "height": 768})  # an older projector
    check_letters(wall)
    assert (
        wall.evaluate("() => { const at = document.getElementById('stage'); return at.scrollHeight - at.clientHeight }")
        <= 0
    )
    wall.set_viewport_size({"width": 1920, "height": 1080})
    check_accessible(wall)
    wall.keyboard.press("ArrowRight")
    expect(wall.locator("#stage figure img")).to_be_visible()
    wall.wait_for_function("() => document.querySelector('#stage img').naturalWidth > 100")
    check_letters(wall)
    check_accessible(wall)
    wall.keyboard.press("ArrowLeft")
    expect(phones[0].locator("#now h2")).to_have_text("診療所の新設")
    expect(phones[1].locator("#now h2")).to_have_text("New clinic")
    for phone in phones:
        wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0  # nothing to scroll sideways


def end_and_go_on(wall: Page) -> None:
    """Esc in the middle of an open workshop brings no moderation list to the room, and the wall comes back as it was."""
    address = wall.url
    wall.keyboard.press("Escape")
    check_dark(wall)
    assert wall.url == address
    wall.keyboard.press("Tab")
    wall.keyboard.press("Enter")  # the button beside the heading: back to the wall
    expect(wall.get_by_role("heading", name="診療所の新設")).to_be_visible()


def vote_and_speak(first: Page, second: Page) -> None:
    first.locator("#now .vote.up").click()
    expect(first.locator("#bar")).to_contain_text("「よいと思う」を受け付けました")
    expect(first.locator("#now .vote.up")).to_have_attribute("aria-pressed", "true")
    first.get_by_role("radio", name="医療・通院").check()
    first.get_by_label(re.compile("ひとこと")).fill("<b>病院</b>へ行きやすい 090-1111-2222")
    first.get_by_label(re.compile("どこの話")).select_option(index=1)
    first.get_by_role("button", name="送る").click()
    expect(first.locator("#bar")).to_contain_text("置き換えました")
    expect(first.locator("#own")).to_contain_text("確認待ち")
    check_accessible(first)
    second.get_by_role("button", name="Choose on the map").click()
    second.wait_for_function("() => window.ekiseiPhoneMap && ekiseiPhoneMap.loaded()")
    second.locator("#map canvas").focus()
    second.keyboard.press("ArrowUp")  # the map moves under the pin, by keys too
    second.wait_for_function("() => !ekiseiPhoneMap.isMoving()")
    check_accessible(second)
    second.get_by_role("button", name="Put the pin at the middle").click()
    expect(second.locator("#goes")).to_contain_text("with the place of your pin")
    check_accessible(second)
    second.get_by_role("button", name="Send").click()
    expect(second.locator("#bar")).to_contain_text("Received")


def vote_without_network(phone: Page) -> None:
    phone.context.set_offline(True)
    phone.locator("#now .vote.down").click()
    expect(phone.locator("#bar")).to_contain_text("1 waiting")
    phone.context.set_offline(False)
    expect(phone.locator("#bar")).to_contain_text("Your vote was taken")
    phone.reload()  # what was chosen is remembered
    expect(phone.locator("#now .vote.down")).to_have_attribute("aria-pressed", "true")


def press_by_keys(desk: Page, name: str | re.Pattern[str]) -> None:
    """Press a button of the facilitator's page without a mouse."""
    button = desk.get_by_role("button", name=name).first
    expect(button).to_be_enabled()
    tab_to(desk, button)
    desk.keyboard.press("Enter")


def moderate(desk: Page, wall: Page, phones: tuple[Page, Page]) -> None:
    told = "<b>病院</b>へ行きやすい 〇〇"
    expect(desk.locator(".ws-voices > li")).to_have_count(2)
    card = desk.locator(".ws-voices > li", has_text="行きやすい")
    expect(card.locator(".ws-words")).to_have_text(told)
    card.get_by_role("button", name=re.compile("話題と関係がない")).click()
    expect(desk.locator(".ws-voices > li")).to_have_count(1)
    press_by_keys(desk, "直前の判断を取り消す")
    expect(desk.locator(".ws-voices > li")).to_have_count(2)
    for left in (1, 0):
        press_by_keys(desk, re.compile("^承認する"))
        expect(desk.locator(".ws-voices > li")).to_have_count(left)
    expect(phones[1].locator("#voices")).to_contain_text(told)
    wall.keyboard.press("ArrowRight")
    expect(wall.locator("svg.pins")).to_have_count(1)
    wall.keyboard.press("ArrowRight")
    expect(wall.locator(".voices")).to_contain_text(told)
    expect(wall.locator(".tally b").first).to_have_text("1 票")
    check_letters(wall)
    check_accessible(wall)
    expect(desk.locator("#workshop-summary table").first).to_contain_text("診療所の新設")
    expect(desk.locator(".ws-place")).to_have_text("6 / 6")  # the desk has heard of the wall's keys
    for button, place in (("◀ 前へ", "5 / 6"), ("次へ ▶", "6 / 6")):
        press_by_keys(desk, button)
        expect(desk.locator(".ws-place")).to_have_text(place)
        expect(wall.locator("#place")).to_have_text(place)


def note_and_hand_out(desk: Page, base: str) -> None:
    draft = desk.get_by_label(re.compile("メモ"))
    draft.fill("次回までに交通事業者へ確認する")
    expect(desk.locator("#workshop-saved-told")).to_contain_text("下書きを保存しました")
    draft.press("Control+Enter")
    expect(desk.locator(".ws-notes")).to_contain_text("次回までに交通事業者へ確認する")
    expect(draft).to_have_value("")
    check_accessible(desk)
    with desk.expect_download() as begun:
        desk.get_by_role("link", name="みんなの声（承認したもの、CSV）").click()
    text = begun.value.path().read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    assert "へ行きやすい 〇〇" in text
    assert "参加者の意見であり市民の代表値ではありません" in text


def end(desk: Page, phone: Page) -> None:
    desk.on("dialog", lambda dialog: dialog.accept())
    press_by_keys(desk, "ワークショップを終える")
    expect(desk.get_by_text(re.compile("に終わりました"))).to_be_visible()
    expect(phone.get_by_text("このワークショップは終わりました")).to_be_visible()
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.get_by_role("button", name="この電話から送ったものを全部消す").click()
    expect(phone.locator("#own")).to_contain_text("まだありません")


def check_dark(wall: Page) -> None:
    """Nothing of the workshop is on the wall: no voice, no count, no code."""
    expect(wall.get_by_role("heading", name="投影を終えました")).to_be_focused()
    assert wall.locator("header, #stage, footer").filter(visible=True).count() == 0
    assert "行きやすい" not in wall.locator("body").inner_text()
    check_letters(wall)
    check_accessible(wall)


def leave(wall: Page) -> None:
    """A closed workshop is still looked at by whoever projects it; Esc ends that, and shows nothing but the way on."""
    expect(wall.locator("#place")).to_have_text("6 / 6")
    wall.keyboard.press("ArrowLeft")
    expect(wall.locator("#place")).to_have_text("5 / 6")
    expect(wall.locator("#stage figure img")).to_be_visible()
    wall.keyboard.press("Escape")
    check_dark(wall)
    wall.keyboard.press("ArrowRight")  # the wall is not there to be stepped
    wall.get_by_role("button", name="投影に戻る").click()
    expect(wall.locator("#place")).to_have_text("5 / 6")
    wall.get_by_role("button", name="終わる（Esc）").click()
    wall.get_by_role("link", name="進行役の画面へ").click()
    expect(wall.get_by_role("heading", name=re.compile("団地の足を考える"))).to_be_visible()
