"""A participant's phone: what it shows before sending is what is sent, and what became of it is told."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.features.workshop.board import Plan
from app.features.workshop.moderation import judge, list_voices
from tests.browser.workshops import PATIENCE_MS, PHONE, opening, serving_workshops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from app.desk import Desk
    from app.features.workshop.board import Workshop
    from tests.browser.conftest import Seen

expect.set_options(timeout=PATIENCE_MS)
DRAWN = "() => window.ekiseiPhoneMap && ekiseiPhoneMap.loaded()"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Desk]]:
    with serving_workshops(tmp_path_factory.mktemp("workshop")) as found:
        yield found


@pytest.fixture(scope="module")
def open_page(browser: Browser, seen: Seen) -> Iterator[Any]:
    with opening(browser, seen) as opened:
        yield opened


@pytest.fixture
def held(served: tuple[str, Desk]) -> Workshop:
    return served[1].workshops.board.open(Plan("団地の足", dt.date(2029, 10, 1), ("baseline-r5", "new-clinic")))


@pytest.fixture
def phone(served: tuple[str, Desk], held: Workshop, open_page: Any) -> Page:
    page = open_page(**PHONE, reduced_motion="reduce")
    page.goto(f"{served[0]}/w/{held.code}?lang=ja")
    expect(page.get_by_role("heading", name="団地の足")).to_be_visible()
    return page


@pytest.fixture
def kept(served: tuple[str, Desk], held: Workshop) -> Any:
    """Return what the server has of the voices of a workshop."""
    return lambda: list_voices(served[1].workshops.database, held.workshop_id)


def open_map(phone: Page) -> None:
    phone.get_by_role("button", name="地図で選ぶ").click()
    phone.wait_for_function(DRAWN)


def send(phone: Page, words: str) -> None:
    phone.get_by_label(re.compile("ひとこと")).fill(words)
    phone.get_by_role("button", name="送る").click()
    expect(phone.locator("#own")).to_contain_text(words)


def test_a_touched_place_is_pinned_at_once_and_goes_with_the_post(phone, kept, seen):
    goes = phone.locator("#goes")
    expect(goes).to_contain_text("場所はつけずに送ります")
    open_map(phone)
    expect(goes).to_contain_text("ピンはまだありません")
    phone.locator("#pin-map summary").click()
    expect(phone.locator("#pin-key .classes li").first).to_be_visible()
    expect(phone.locator(".maplibregl-marker")).to_have_count(0)
    phone.locator("#map canvas").tap(position={"x": 150, "y": 130})
    expect(phone.locator(".maplibregl-marker")).to_have_count(1)
    expect(goes).to_contain_text("地図のピンの場所（およそ 100 m）をつけて送ります")
    found = Axe().run(phone)
    assert found.violations_count == 0, found.generate_report()
    send(phone, "ここが暗い")
    (voice,) = kept()
    assert voice.lon is not None
    assert voice.place
    expect(phone.locator("#own")).to_contain_text("地図のピン")
    expect(goes).to_contain_text("場所はつけずに送ります")  # the next one begins without
    expect(phone.locator("#pin-map")).to_be_hidden()
    assert seen.errors == []


def test_a_pin_that_was_taken_away_or_replaced_by_a_district_is_not_sent(phone, kept):
    open_map(phone)
    phone.get_by_role("button", name="地図の真ん中").click()  # for who cannot touch
    expect(phone.locator(".maplibregl-marker")).to_have_count(1)
    phone.get_by_role("button", name="ピンを外す").click()
    expect(phone.locator(".maplibregl-marker")).to_have_count(0)
    send(phone, "場所はない")
    open_map(phone)
    phone.get_by_role("button", name="地図の真ん中").click()
    place = phone.get_by_label(re.compile("どこの話"))
    place.select_option(index=1)
    expect(phone.locator(".maplibregl-marker")).to_have_count(0)
    name = place.evaluate("one => one.selectedOptions[0].textContent")
    expect(phone.locator("#goes")).to_contain_text(f"「{name}」を場所としてつけて送ります")
    send(phone, "地区の話")
    assert [(one.text, one.lon, bool(one.place)) for one in kept()] == [
        ("場所はない", None, False),
        ("地区の話", None, True),
    ]


def test_what_was_refused_is_back_in_the_form(phone, kept):
    open_map(phone)
    phone.evaluate("() => ekiseiPhoneMap.jumpTo({ center: [135, 30] })")  # far out in the sea
    phone.get_by_role("button", name="地図の真ん中").click()
    comment = phone.get_by_label(re.compile("ひとこと"))
    comment.fill("長く考えて書いた")
    phone.get_by_role("button", name="送る").click()
    expect(phone.locator("#bar")).to_contain_text("市の外の場所です")
    expect(comment).to_have_value("長く考えて書いた")
    expect(phone.locator("#goes")).to_contain_text("場所はつけずに送ります")
    assert kept() == []


def test_who_sent_it_is_told_that_a_voice_is_not_shown_and_nobody_else(served, held, phone, kept, open_page):
    other = open_page(**PHONE)
    other.goto(f"{served[0]}/w/{held.code}?lang=en")
    send(phone, "言いすぎた")
    own = phone.locator("#own")
    expect(own).to_contain_text("確認待ち")
    desk = served[1].workshops
    (voice,) = kept()
    judge(desk.database, held.workshop_id, voice.post_id, "hidden", desk.now(), "offensive")
    expect(own).to_contain_text("この意見は壁には表示されません")  # without touching the phone
    expect(own).to_contain_text("書き直してもう一度送ってください")
    assert "確認待ち" not in own.inner_text()
    found = Axe().run(phone)
    assert found.violations_count == 0, found.generate_report()
    judge(desk.database, held.workshop_id, voice.post_id, "approved", desk.now())
    expect(own).to_contain_text("承認されました")
    expect(other.locator("#voices")).to_contain_text("言いすぎた")
    expect(other.locator("#own")).to_contain_text("Nothing yet")
    send(phone, "間に合わなかった")
    judge(desk.database, held.workshop_id, voice.post_id, "hidden", desk.now(), "other")
    desk.board.close(held.workshop_id)
    expect(phone.get_by_text("このワークショップは終わりました")).to_be_visible()
    expect(own).to_contain_text("確認されないまま終わりました")
    assert "もう一度送ってください" not in own.inner_text()  # nobody can


def test_a_phone_joins_by_opening_the_page_and_the_desk_by_looking_does_not(served, held, phone, open_page):
    desk = open_page(viewport={"width": 1366, "height": 768})
    desk.goto(f"{served[0]}/workshop?w={held.workshop_id}&lang=ja")
    counts = desk.locator("#workshop-counts")
    expect(counts).to_contain_text("参加 1 台")
    expect(counts).to_contain_text("送信 0 台")
    with desk.context.expect_page() as opened:
        desk.get_by_role("link", name="電話の画面を開く").click()
    look = opened.value
    with look.expect_response(lambda answer: "/mine" in answer.url):
        look.get_by_role("link", name="English").click()  # still only looking
    phone.reload()
    phone.locator("#others summary").click()
    phone.locator("#others .vote.up").first.click()
    expect(counts).to_contain_text("送信 1 台")
    expect(counts).to_contain_text("参加 1 台")
