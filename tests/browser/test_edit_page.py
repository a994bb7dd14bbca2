"""A planner edits a scenario in a browser: by the map and by keys alone, to a file the command line reads."""

from __future__ import annotations

import errno
import json
import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from scenarios.files import read_scenario
from tests.browser.by_keys import tab_to
from tests.browser.conftest import PATIENCE_MS, Seen
from tests.browser.editing import AT, FRESH, HELD, changes, choose, held_by, press_map, wait_handed
from tests.serving import serving_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Page

    from app.desk import Desk

CHANGE = "() => ekiseiEditWorld.paint.change"
KEPT = "() => JSON.parse(Object.entries(localStorage).find(([key]) => key.startsWith('ekisei-edit:'))[1])"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A small city with a railway, a BRT and a bus, of which the baseline was run."""
    from app.desk import Desk
    from app.engine import Engine
    from app.services import Services
    from app.settings import Settings
    from geodata.snapshot import write_city
    from geodata.synthetic import grid_city
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    folder = tmp_path_factory.mktemp("edit")
    city, store = grid_city(), ResultStore(folder / "store")
    write_city(city, folder / "city")
    run_scenario(read_scenario("baseline-r5"), city, out=folder / "runs" / "baseline-r5", store=store)
    settings = Settings(
        runs_folder=folder / "runs", city_folder=folder / "city", scenarios_folder=folder / "own", tiles_url=None
    )
    made = Desk(settings, Services(settings))
    made.engine = Engine(lambda: made.services.city, made.drafts, store)
    return made


@pytest.fixture(scope="module")
def edit_address(desk: Desk) -> Iterator[str]:
    with serving_desk(desk.settings, desk) as served:
        yield f"{served}/edit"
    desk.engine.stop()


@pytest.fixture(scope="module")
def page(edit_address: str, context: BrowserContext, seen: Seen) -> Page:  # the server outlives the context
    """One page for all tests, which go on from one another as a planner does."""
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
    made.on("pageerror", lambda e: seen.errors.append(str(e)))
    made.goto(f"{edit_address}?lang=ja")
    made.wait_for_function(FRESH, timeout=PATIENCE_MS)  # the engine warms up
    return made


def card(page: Page, kpi: str) -> Locator:
    return page.locator(f'[data-kpi="{kpi}"]')


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found]


def test_a_new_scenario_stands_on_a_locked_base(page: Page):
    assert "固定" in page.locator("#edit-head").inner_text()
    page.locator("#edit-list", has_text="まだ変更がありません").wait_for()  # told by another answer than the numbers
    assert page.locator("#edit-undo").is_disabled()
    assert page.locator(".pill.none").count() == page.locator(".edit-kpi .pill").count()  # nothing moved yet
    assert violations(page) == []


def test_values_are_shown_until_there_is_a_difference_unless_somebody_chose(page: Page, edit_address: str):
    fresh = page.context.new_page()  # a page of its own: what somebody chose is kept until the page goes
    fresh.set_default_timeout(PATIENCE_MS)
    fresh.goto(f"{edit_address}?lang=ja")
    fresh.wait_for_function(FRESH)
    switch = fresh.locator("#edit-shown-as")
    same = fresh.locator(".edit-same")
    assert fresh.evaluate(CHANGE) is False
    assert not switch.is_checked()
    assert "違いがありません" in same.inner_text()
    fresh.get_by_role("button", name="延ばす・寄る").click()
    choose(fresh, "どこから（路線: 停留所）", "BRT", "終点")
    for east, north in ((0.85, 0.72), (0.85, 0.82)):
        press_map(fresh, east, north)
    fresh.get_by_role("button", name="この変更を加える").click()
    same.wait_for(state="detached")
    fresh.wait_for_function(FRESH)
    assert fresh.evaluate(CHANGE) is True
    assert switch.is_checked()
    assert same.count() == 0
    fresh.locator("label[for=edit-shown-as]").click()
    fresh.wait_for_function("() => !ekiseiEditWorld.paint.change")
    fresh.locator("#edit-undo").click()
    same.wait_for()
    fresh.locator("#edit-redo").click()
    same.wait_for(state="detached")
    fresh.wait_for_function(FRESH)
    assert fresh.evaluate(CHANGE) is False  # as was chosen
    assert not switch.is_checked()
    fresh.locator("#edit-undo").click()
    fresh.wait_for_function(FRESH)
    fresh.close()


def test_stops_that_reach_nobody_new_say_so(page: Page):
    page.get_by_role("button", name="延ばす・寄る").click()
    choose(page, "どこから（路線: 停留所）", "BRT", "終点")
    for north in (0.56, 0.44):  # around the middle station, within its 800 m
        press_map(page, 0.5, north)
    page.get_by_role("button", name="この変更を加える").click()
    changes(page).first.wait_for()
    page.wait_for_function(FRESH)
    stays = card(page, "transit_coverage_share")
    assert "変化なし" in stays.locator(".pill").inner_text()
    told = stays.locator(".kpi-still").inner_text()
    assert re.search(r"動かない理由: 新しい停留所の圏内は、すでに駅・停留所の圏内でした（\d{3}人）", told)
    page.locator("#edit-undo").click()
    page.locator("#edit-list .edit-none").wait_for()
    page.wait_for_function(FRESH)


HOLD = """late => {
  const plain = window.fetch;
  window.fetch = async (address, given) => {
    const sent = String((given && given.body) || "");
    const answer = await plain(address, given);
    const word = Object.keys(late).find((one) => sent.includes(one));
    const ms = word && late[word].shift();
    if (ms) {
      window.held = word;
      await new Promise((go) => setTimeout(go, ms));
    }
    return answer;
  };
}"""
"""The next answers to what holds a word come so many milliseconds later, and are told while they are held."""
LISTED = "n => document.querySelectorAll('#edit-list > ul.edit-changes > li').length === n"
TO_LIST = '"output":"edit-list.children"'
TO_UNDO = '"changedPropIds":["edit-undo.n_clicks"]'


@pytest.fixture
def drawn(page: Page, edit_address: str) -> Iterator[Page]:
    """Another page of the same browser, in which a line is drawn but not yet added."""
    fresh = page.context.new_page()
    fresh.set_default_timeout(PATIENCE_MS)
    fresh.goto(f"{edit_address}?lang=ja")
    fresh.wait_for_function(FRESH)
    fresh.get_by_role("button", name="延ばす・寄る").click()
    choose(fresh, "どこから（路線: 停留所）", "BRT", "終点")
    press_map(fresh, 0.85, 0.72)
    yield fresh
    fresh.locator("#edit-undo").click()
    fresh.locator("#edit-list .edit-none").wait_for()
    fresh.wait_for_function(FRESH)
    fresh.close()


def test_numbers_that_overtake_the_list_do_not_lose_it(drawn: Page):
    drawn.evaluate(HOLD, {TO_LIST: [3_000]})
    drawn.get_by_role("button", name="この変更を加える").click()
    drawn.wait_for_function(FRESH)
    changes(drawn).first.wait_for()


def test_a_press_counts_while_the_list_is_drawn_anew(drawn: Page):
    drawn.get_by_role("button", name="この変更を加える").click()
    drawn.wait_for_function(FRESH)
    drawn.get_by_role("button", name="延ばす・寄る").click()
    choose(drawn, "どこから（路線: 停留所）", "BRT", "終点")
    press_map(drawn, 0.85, 0.82)
    drawn.evaluate(HOLD, {TO_LIST: [1_500, 1_500], TO_UNDO: [4_000]})
    drawn.get_by_role("button", name="この変更を加える").click()
    drawn.wait_for_function("word => window.held === word", arg=TO_LIST)
    drawn.locator("#edit-undo").click()  # its answer comes after the list was drawn anew
    drawn.wait_for_function("word => window.held === word", arg=TO_UNDO)
    drawn.wait_for_function(LISTED, arg=2)
    drawn.wait_for_function(LISTED, arg=1)


def test_three_stops_more_move_the_coverage_and_not_the_catchment(page: Page):
    before = card(page, "transit_coverage_share").locator(".kpi-value").inner_text()
    page.get_by_role("button", name="延ばす・寄る").click()
    choose(page, "どこから（路線: 停留所）", "BRT", "終点")
    for east, north in ((0.85, 0.72), (0.85, 0.82), (0.85, 0.93)):
        press_map(page, east, north)
    assert violations(page) == []  # with the form open
    page.get_by_role("button", name="この変更を加える").click()
    changes(page).first.wait_for()
    page.wait_for_function(FRESH)
    moved = card(page, "transit_coverage_share")
    assert float(moved.locator(".kpi-value").inner_text()) > float(before)
    assert "改善" in moved.locator(".pill").inner_text()
    stays = card(page, "catchment_population_share").inner_text()
    assert "変化なし" in stays
    assert re.search(r"動かない理由: .*JR駅", stays)
    assert "追加" in changes(page).first.inner_text()  # as the map draws a line that only grows
    added = (
        "() => ekiseiEditWorld.map.querySourceFeatures('lines', {filter: ['==', ['get', 'change'], 'added']}).length"
    )
    assert page.evaluate(added) > 0
    assert page.locator(".edit-handle").count() == 3


def test_undo_and_redo_by_keys(page: Page):
    value = card(page, "transit_coverage_share").locator(".kpi-value")
    with_stops = value.inner_text()
    page.locator("body").press("Control+z")
    page.locator("#edit-list .edit-none").wait_for()
    page.wait_for_function(FRESH)
    assert value.inner_text() != with_stops
    assert "加えました" in page.locator("#edit-redo").get_attribute("title")
    page.locator("body").press("Control+y")
    changes(page).first.wait_for()
    page.wait_for_function(FRESH)
    assert value.inner_text() == with_stops


def test_a_stop_is_moved_by_arrow_keys(page: Page):
    place = "modifications[0].stops[2].lat"
    before = page.evaluate(KEPT)["content"]["modifications"][0]["stops"][2]["lat"]
    page.locator(".edit-handle").nth(2).focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"before => ({KEPT})().content.{place} < before", arg=before)
    page.wait_for_function(FRESH)
    assert "動かしました" in page.locator("#edit-undo").get_attribute("title")


def test_what_it_is_compared_with_and_its_year_are_changed_and_taken_back(page: Page):
    against = page.locator(".edit-against")
    before = against.inner_text()
    page.get_by_role("button", name="題名・年・比べる相手").click()
    window = page.get_by_role("dialog", name="題名・年・比べる相手")
    title = window.get_by_label("題名（日本語）")
    title.wait_for()
    assert violations(page) == []  # with the window open
    kept = title.input_value()
    title.fill("")
    window.get_by_label("題名（英語）").fill("")
    window.get_by_role("button", name="この内容にする").click()
    window.get_by_text("題名を入れてください").wait_for()
    title.fill("比べ方を変えた案")
    for place, option in (("edit-about-year", "2029年度（R11）"), ("edit-about-against", "市の現況")):
        field = window.locator(f"#{place}")
        held = held_by(field)
        field.click()
        page.get_by_role("option", name=option).click()
        wait_handed(page, field, held)
    window.get_by_role("button", name="この内容にする").click()
    page.locator("#edit-head", has_text="比べ方を変えた案").wait_for()
    page.wait_for_function(FRESH)
    assert "格子市" in against.inner_text() != before
    content = page.evaluate(KEPT)["content"]
    assert (content["year"], "compare_to" in content) == (2029, False)
    assert "変化なし" not in card(page, "clinics_per_100k").locator(".pill").inner_text()  # fewer people live then
    page.locator("#edit-undo").click()
    page.locator("#edit-head", has_text=kept).wait_for()
    page.wait_for_function(FRESH)
    assert against.inner_text() == before


def test_a_hub_is_added_by_keys_alone(page: Page):
    page.get_by_role("button", name="ハブ", exact=True).focus()
    page.keyboard.press("Enter")
    name = page.get_by_label("名称")
    name.wait_for()
    name.focus()
    page.keyboard.type("試しのハブ")
    choose(page, "名前で選ぶ", "東", "東地区")
    page.locator("#edit-spot-add").focus()
    page.keyboard.press("Enter")
    page.locator(".edit-spot").wait_for()
    page.get_by_role("button", name="この変更を加える").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#edit-list > ul > li').length === 2")
    row = changes(page).nth(1)
    assert "追加" in row.inner_text()
    assert "試しのハブ" in row.inner_text()
    page.wait_for_function(FRESH)
    row.get_by_role("switch").press("Space")
    page.wait_for_function(f"() => ({KEPT})().content.modifications[1].enabled === false")
    page.wait_for_function(FRESH)


def test_what_is_refused_is_said_where_it_was_pressed(page: Page):
    page.get_by_role("button", name="運行間隔").click()
    page.get_by_label("名称").wait_for(state="detached")
    page.get_by_role("button", name="この変更を加える").click()
    problem = page.locator("#edit-form-problems .edit-problem")
    problem.wait_for()
    assert "このままでは計算できません" in problem.inner_text()
    page.get_by_role("button", name="やめる").click()


def test_a_zone_is_drawn(page: Page):
    page.get_by_role("button", name="デマンド区域").click()
    page.wait_for_function("() => ekiseiEditWorld.drawing && ekiseiEditWorld.drawing()")
    for east, north in ((0.2, 0.2), (0.5, 0.2), (0.5, 0.4), (0.2, 0.4), (0.2, 0.2)):
        page.mouse.click(*page.evaluate(AT, [east, north]))
        page.wait_for_timeout(350)  # two clicks in quick succession are a double click, which the map takes for zooming
    page.wait_for_function("() => document.querySelectorAll('.edit-spot').length === 4")
    page.get_by_role("button", name="やめる").click()
    page.locator("#edit-form-shell").wait_for(state="hidden")


def save(page: Page, button: str = "保存する", **fields: str) -> str:
    """Save with a note, and return what is told."""
    if not page.locator("#edit-save").is_visible():
        page.locator("#edit-keep-open").click()
        page.locator("#edit-save").wait_for()
    for name, value in fields.items():
        page.locator(f"#edit-{name.replace('_', '-')}").fill(value)
    told = page.locator("#edit-saved")
    before = told.inner_text()
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_function("before => document.getElementById('edit-saved').innerText !== before", arg=before)
    return told.inner_text()


def test_a_saved_scenario_is_the_file_of_the_command_line(page: Page, desk: Desk):
    told = save(page, scenario_id="three-stops", title_ja="停留所を 3 つ", why="")
    assert "なぜ変えたか" in told or "だれが" in told  # nothing is saved without a note
    told = save(page, who="都市政策課", why="駅の北まで届くか見る")
    assert "第 1 版" in told
    path: Path = desk.drafts.root / "three-stops.yaml"
    scenario = read_scenario(path)
    assert [mod.type for mod in scenario.modifications] == ["reroute", "add-hub"]
    assert scenario.title.ja == "停留所を 3 つ"
    assert scenario.compare_to == "baseline-r5"
    page.locator("#edit-command", has_text=f"ekisei run {path}").wait_for()
    history = page.locator(".edit-revision").first
    history.wait_for()
    assert "都市政策課" in history.inner_text()
    assert "駅の北まで届くか見る" in history.inner_text()
    assert violations(page) == []  # with the window of saving open


def test_a_save_by_somebody_else_is_not_lost(page: Page, desk: Desk):
    content, number = desk.drafts.read("three-stops")
    desk.drafts.save({**content, "tags": ["other"]}, who="交通担当", why="先に直した", expected=number)
    told = save(page, title_ja="停留所を 3 つ（改）")
    assert "交通担当" in told
    assert "別の id" in told
    assert desk.drafts.read("three-stops")[0]["tags"] == ["other"]
    told = save(page, "別の id で保存")
    assert "three-stops-2" in told
    assert read_scenario(desk.drafts.root / "three-stops-2.yaml").title.ja == "停留所を 3 つ（改）"


def test_a_save_onto_a_full_disk_says_that_nothing_was_saved(page: Page, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("scenarios.draft_history.write_whole", full)
        told = save(page, title_ja="停留所を 3 つ（再改）", why="満杯のディスクに")
    assert "保存できませんでした" in told
    assert "計算できません" not in told  # nothing is wrong with what would be computed
    assert "空きを作って" in told
    assert "YAML を保存（ダウンロード）" in told  # where the work is meanwhile
    assert violations(page) == []
    assert "第 2 版" in save(page, why="空きを作ってから")
    assert len(desk.drafts.history("three-stops-2")) == 2


def test_a_file_is_handed_out_and_taken_in(page: Page):
    with page.expect_download() as download:
        page.get_by_role("button", name="YAML を保存").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename == "three-stops-2.yaml"
    page.locator("#edit-paste").fill(text.replace("radius_m: 150", "radius_m: wide"))
    page.get_by_role("button", name="貼り付けた内容を開く").click()
    told = page.locator("#edit-imported")
    told.get_by_text("このままでは取り込めません").wait_for()
    page.locator("#edit-paste").fill(text.replace("radius_m: 150", "radius_m: 222"))
    page.get_by_role("button", name="貼り付けた内容を開く").click()
    told.get_by_text("開きました").wait_for()
    page.wait_for_function(f"() => ({KEPT})().content.modifications[1].radius_m === 222")
    page.keyboard.press("Escape")


def test_a_reload_takes_up_what_was_left(page: Page, seen: Seen):
    left = page.evaluate(KEPT)
    page.reload()
    page.wait_for_function(FRESH)
    assert page.evaluate(KEPT) == left
    assert changes(page).count() == 2
    assert json.dumps(left["content"]).count("reroute") == 1
    assert seen.errors == []
    assert seen.outside == []


def add_place_by_keys(page: Page, name: str) -> None:
    before = page.locator(".edit-spot").count()
    pick = page.locator("#edit-spot-pick")
    held = held_by(pick)
    tab_to(page, pick)
    page.keyboard.press("Control+a")
    page.keyboard.type(name)
    page.get_by_role("option", name=name).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_handed(page, pick, held)
    tab_to(page, page.locator("#edit-spot-add"))
    page.keyboard.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('.edit-spot').length > n", arg=before)


def test_a_line_is_drawn_moved_taken_back_and_saved_with_the_keyboard_alone(page: Page, edit_address: str, seen: Seen):
    page.goto(f"{edit_address}?lang=ja&start=upon:baseline-r5")
    page.wait_for_function(FRESH)
    own = changes(page).count()
    tab_to(page, page.get_by_role("button", name="新しい路線"))
    page.keyboard.press("Enter")
    page.get_by_label("名称").wait_for()
    tab_to(page, page.get_by_label("名称"))
    page.keyboard.type("鍵盤の線")
    for name in ("東地区", "西地区"):
        add_place_by_keys(page, name)
    tab_to(page, page.get_by_role("button", name="この変更を加える"))
    page.keyboard.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('#edit-list > ul > li').length > n", arg=own)
    page.wait_for_function(FRESH)
    at = f"({KEPT})().content.modifications.at(-1).stops[0].lat"
    before = page.evaluate(f"() => {at}")
    handle = page.get_by_role("button", name="東地区 の位置")
    tab_to(page, handle)
    page.keyboard.press("ArrowUp")
    page.wait_for_function(f"before => {at} > before", arg=before)
    page.wait_for_function(FRESH)
    page.keyboard.press("Control+z")
    page.wait_for_function(f"before => {at} === before", arg=before)
    page.keyboard.press("Control+y")
    page.wait_for_function(f"before => {at} > before", arg=before)
    page.wait_for_function(FRESH)
    tab_to(page, page.locator("#edit-keep-open"))
    page.keyboard.press("Enter")
    page.locator("#edit-save").wait_for()
    for field in ("edit-who", "edit-why"):
        tab_to(page, page.locator(f"#{field}"))
        page.keyboard.press("Control+a")
        page.keyboard.type("鍵盤だけで試す")
        page.wait_for_function(f"id => ({HELD})(id) === '鍵盤だけで試す'", arg=field)  # a save takes what is held
    tab_to(page, page.locator("#edit-save"))
    page.keyboard.press("Enter")
    page.locator("#edit-saved").get_by_text("版として保存しました").wait_for()
    assert seen.errors == []
