"""The journey of a planner through the page, in a real browser that can reach nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from scenarios.store import read_run
from tests.browser.conftest import Seen, show, wait_drawn

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

MANY = 1_000  # of 3,604 cells
TITLES = {"brt-extend-hitachi": "BRT を日立駅へ延伸", "baseline-r5": "基準（R5）"}
START = "l=baseline-r5&r=trend-r11&m=clinic_nearest_min"

COUNT_CELLS = "s => ekisei.maps[s].queryRenderedFeatures({layers: ['cells']}).length"
# shares of pixels of one map that are sea, and the number of different colours on it
PIXELS = """side => {
  const source = ekisei.maps[side].getCanvas();
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [source.width, source.height];
  const context = copy.getContext('2d');
  context.drawImage(source, 0, 0);
  const rgba = context.getImageData(0, 0, copy.width, copy.height).data;
  let blue = 0; let dark = 0; const colours = new Set();
  for (let i = 0; i < rgba.length; i += 4) {
    colours.add((rgba[i] >> 4) * 256 + (rgba[i + 1] >> 4) * 16 + (rgba[i + 2] >> 4));
    if (rgba[i] < 70 && rgba[i + 2] > 90) dark += 1;
    if (rgba[i] === 221 && rgba[i + 1] === 231) blue += 1;
  }
  return { sea: blue / (rgba.length / 4), near: dark / (rgba.length / 4), colours: colours.size };
}"""


def kpi_value(folder: Path, run: str, kpi_id: str) -> float:
    table = read_run(folder / run).kpi
    hit = table[(table.kpi_id == kpi_id) & (table.setting == "default") & (table.group == "all")]
    return float(hit.value.iloc[0])


def card(page: Page, title: str):
    return page.locator("button.kpi", has=page.locator(".kpi-title", has_text=re.compile(f"^{title}$")))


def arrow_to(page: Page, title: str) -> None:
    """Go down an open list until an option is the chosen one."""
    chosen = page.locator("[data-combobox-selected]:visible")
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        if chosen.count() and chosen.first.inner_text() == title:
            return


def test_both_maps_are_drawn(shared_page: Page):
    show(shared_page, START)
    for side in ("left", "right"):
        assert shared_page.evaluate(COUNT_CELLS, side) > MANY
        pixels = shared_page.evaluate(PIXELS, side)
        assert 0.05 < pixels["sea"] < 0.9
        assert pixels["near"] > 0.01  # cells near a clinic are dark
        assert pixels["colours"] > 50


def test_maps_have_room_and_move_together(shared_page: Page):
    show(shared_page, START)
    boxes = [shared_page.locator(f"#map-{side}").bounding_box() for side in ("left", "right")]
    assert all(box and box["height"] > 300 and box["width"] > 300 for box in boxes)
    shared_page.evaluate("ekisei.maps.left.jumpTo({center: [140.64, 36.56], zoom: 12})")
    centre = shared_page.evaluate("() => [ekisei.maps.right.getCenter().lng, ekisei.maps.right.getZoom()]")
    assert centre == pytest.approx([140.64, 12], abs=1e-6)
    shared_page.wait_for_function("() => location.search.includes('c=140.64,36.56,12')")
    shared_page.evaluate("ekisei.maps.left.jumpTo({center: [140.64, 36.59], zoom: 10.5})")


def test_hover_is_mirrored(shared_page: Page):
    show(shared_page, START)
    at = shared_page.evaluate(
        """() => { const m = ekisei.maps.left; const p = m.project([140.650, 36.585]);
           const b = m.getContainer().getBoundingClientRect(); return [b.x + p.x, b.y + p.y]; }"""
    )
    shared_page.mouse.move(at[0] - 6, at[1])
    shared_page.mouse.move(*at)
    for side in ("left", "right"):
        tip = shared_page.locator(f"#tip-{side}")
        tip.wait_for(state="visible")
        assert re.search(r"人口\s*[\d,]+ 人", tip.inner_text())
        assert "基準（R5）" in tip.inner_text()
    shared_page.mouse.move(5, 5)


def test_a_card_says_what_kpi_csv_says(shared_page: Page, runs_folder: Path):
    show(shared_page, START)
    left, right = (kpi_value(runs_folder, run, "catchment_population_share") for run in ("baseline-r5", "trend-r11"))
    found = card(shared_page, "駅勢圏内の人口比率")
    assert found.locator(".kpi-value").inner_text() == f"{100 * right:.1f}"
    assert f"{100 * left:.1f}" in found.locator(".kpi-left").inner_text()
    assert f"{100 * (right - left):+.1f}".replace("-", "−") in found.locator(".pill").inner_text()
    assert "27.5 %" in found.locator(".official-target").inner_text()
    assert f"{kpi_value(runs_folder, 'trend-r11', 'catchment_population'):,.0f} 人" in found.inner_text()


def test_another_scenario_changes_cards_and_map(shared_page: Page, runs_folder: Path):
    show(shared_page, START)
    shared_page.locator("#right").click()
    shared_page.get_by_role("option", name="BRT を日立駅へ延伸").click()
    wait_drawn(shared_page, "r=brt-extend-hitachi")
    value = kpi_value(runs_folder, "brt-extend-hitachi", "transit_coverage_share")
    assert card(shared_page, "公共交通カバー率").locator(".kpi-value").inner_text() == f"{100 * value:.1f}"
    assert "検討中" in shared_page.locator("#caption-right").inner_text()
    added = "() => ekisei.maps.right.querySourceFeatures('lines', {filter: ['==', ['get', 'change'], 'added']}).length"
    assert shared_page.evaluate(added) > 0


def test_difference_and_swipe(shared_page: Page):
    show(shared_page, "l=trend-r11&r=brt-extend-hitachi&m=catchment_jr800_brt500_share")
    shared_page.get_by_text("差分", exact=True).click()
    wait_drawn(shared_page, "v=diff")
    assert "右 − 左" in shared_page.locator("#legend").inner_text()
    assert "改善" in shared_page.locator("#legend").inner_text()
    assert shared_page.evaluate(COUNT_CELLS, "right") > MANY
    width = shared_page.evaluate(
        "() => ekisei.maps.right.getContainer().clientWidth / document.getElementById('maps').clientWidth"
    )
    assert width == 1
    blue = shared_page.evaluate(
        """() => ekisei.maps.right.queryRenderedFeatures({layers: ['cells']})
                 .filter(f => f.state.k > 4).length"""
    )
    assert 5 < blue < MANY  # cells along the new stops, and no others
    shared_page.get_by_text("スワイプ", exact=True).click()
    wait_drawn(shared_page, "v=swipe")
    assert "右 − 左" not in shared_page.locator("#legend").inner_text()
    handle = shared_page.locator("#swipe-handle")
    handle.focus()
    shared_page.keyboard.press("PageUp")
    wait_drawn(shared_page, "v=swipe", "s=60")
    assert "s=60" in shared_page.url
    clip = shared_page.evaluate("() => getComputedStyle(document.querySelector('.pane-right')).clipPath")
    assert "60%" in clip


FOUR = f"{START}&l3=brt-extend-hitachi&l4=baseline-r5"


def test_maps_are_added_by_keyboard_and_move_together(shared_page: Page):
    show(shared_page, START)
    asked: list[str] = []
    shared_page.on("request", lambda request: asked.append(request.url))
    shared_page.locator(".more-maps summary").focus()
    shared_page.keyboard.press("Enter")
    assert shared_page.locator("#fourth").is_hidden()
    for side, run in (("third", "brt-extend-hitachi"), ("fourth", "baseline-r5")):
        shared_page.locator(f"#{side}").focus()
        shared_page.keyboard.press("ArrowDown")
        shared_page.get_by_role("option", name=TITLES[run], exact=True).wait_for()
        arrow_to(shared_page, TITLES[run])
        shared_page.keyboard.press("Enter")
        wait_drawn(shared_page, f"={run}")
        shared_page.wait_for_function("s => ekisei.maps[s] && ekisei.maps[s].loaded()", arg=side)
    assert [url for url in asked if "/geometry/" in url] == []  # the outlines were sent once
    assert "l3=brt-extend-hitachi&l4=baseline-r5" in shared_page.url
    boxes = [shared_page.locator(f"#map-{side}").bounding_box() for side in ("left", "right", "third", "fourth")]
    assert all(box and box["width"] > 200 and box["height"] > 150 for box in boxes)
    assert boxes[0]["x"] == boxes[2]["x"] < boxes[1]["x"] == boxes[3]["x"]
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"]
    shared_page.evaluate("ekisei.maps.fourth.jumpTo({center: [140.64, 36.56], zoom: 11.5})")
    for side in ("left", "right", "third"):
        assert shared_page.evaluate("s => ekisei.maps[s].getZoom()", side) == pytest.approx(11.5)
    for side in ("third", "fourth"):
        assert shared_page.evaluate(COUNT_CELLS, side) > 100


def test_hover_tells_the_value_of_each_map(shared_page: Page, runs_folder: Path):
    show(shared_page, FOUR)
    shared_page.evaluate("ekisei.maps.left.jumpTo({center: [140.64, 36.59], zoom: 10.5})")
    at = shared_page.evaluate(
        """() => { const m = ekisei.maps.third; const p = m.project([140.650, 36.585]);
           const b = m.getContainer().getBoundingClientRect(); return [b.x + p.x, b.y + p.y]; }"""
    )
    shared_page.mouse.move(at[0] - 6, at[1])
    shared_page.mouse.move(*at)
    for side in ("left", "right", "third", "fourth"):
        tip = shared_page.locator(f"#tip-{side}")
        tip.wait_for(state="visible")
        assert ("差" in tip.inner_text()) == (side != "left")
    shared_page.mouse.move(5, 5)
    for side, run in (("left", "baseline-r5"), ("third", "brt-extend-hitachi")):
        value = shared_page.evaluate("s => ekisei.shown.persons[s].reduce((a, b) => a + b, 0)", side)
        assert value == pytest.approx(read_run(runs_folder / run).cells["persons"].sum(), rel=1e-4)


def test_the_table_has_columns_for_each_of_four_maps(shared_page: Page):
    show(shared_page, FOUR + "&tab=1")
    grid = shared_page.locator("#table-right")
    grid.locator(".ag-row").first.wait_for()
    assert shared_page.locator("#twin-left").is_hidden()
    assert grid.locator(".ag-header-viewport .ag-header-group-cell-with-group").count() == 4
    show(shared_page, START + "&tab=0")
    assert shared_page.locator("#map-third").is_hidden()


def test_time_limit_tells_how_many(shared_page: Page):
    show(shared_page, START + "&t=30")
    text = shared_page.locator("#caption-left").inner_text()
    assert re.search(r"30分以内 [\d,]+人（\d+\.\d %）", text)
    show(shared_page, "l=baseline-r5&r=trend-r11&m=persons")
    assert shared_page.locator("#threshold-field").is_hidden()


def test_tables_twin_the_maps(shared_page: Page):
    show(shared_page, START + "&tab=1")
    for side, n_columns in (("left", 3), ("right", 4)):
        grid = shared_page.locator(f"#table-{side}")
        grid.locator(".ag-row").first.wait_for()
        assert grid.locator(".ag-header-cell").count() == n_columns
        assert "十王" in grid.inner_text()


def test_a_number_is_explained(shared_page: Page):
    show(shared_page, START)
    card(shared_page, "駅勢圏内の人口比率").click()
    drawer = shared_page.get_by_role("dialog")
    drawer.get_by_text("計算式").wait_for()
    text = drawer.inner_text()
    assert "JR駅 800 m＋BRT停留所 500 m" in text
    assert "公式な定義は公表されていません" in text
    drawer.get_by_text("使った入力").first.wait_for()
    assert "Ekisei による試算" in drawer.inner_text()
    assert "k=catchment_population_share" in shared_page.url
    with shared_page.expect_download() as download:
        drawer.locator(".downloads a").last.click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("cell_id,district_id")
    assert len(lines) > MANY
    shared_page.get_by_label("説明を閉じる").click()
    shared_page.wait_for_function("() => !location.search.includes('k=')")


def test_presentation_by_keyboard(shared_page: Page):
    show(shared_page, START)
    shared_page.get_by_role("button", name="発表モード").click()
    shared_page.wait_for_function("() => document.body.classList.contains('presenting')")
    assert shared_page.locator("#mode-field").is_hidden()
    assert shared_page.locator("#controls > div:visible").count() == 1, "of the controls a talk needs the time of day"
    assert shared_page.locator("#public").is_checked()
    sizes = shared_page.evaluate(
        """() => [...document.querySelectorAll('.head *, .cards *, .caption *, .legend *, .foot *')]
              .filter(e => e.offsetParent && e.childElementCount === 0 && e.textContent.trim() && !e.closest('.logo'))
              .map(e => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert min(sizes) >= 18
    first = shared_page.locator("#caption-right").inner_text()
    shared_page.keyboard.press("ArrowRight")
    shared_page.wait_for_function("was => document.getElementById('caption-right').innerText !== was", arg=first)
    shared_page.keyboard.press("ArrowLeft")
    shared_page.wait_for_function("was => document.getElementById('caption-right').innerText === was", arg=first)
    shared_page.keyboard.press("Escape")
    shared_page.wait_for_function("() => !document.body.classList.contains('presenting')")
    assert shared_page.locator("#mode-field").is_visible()


def test_captions_are_one_line_and_tell_the_whole_title(shared_page: Page):
    show(shared_page, START)
    for side, title in (("left", "基準（R5）"), ("right", "なりゆき（R11）")):
        caption = shared_page.locator(f"#caption-{side} .caption-title")
        assert caption.bounding_box()["height"] < 34
        assert caption.locator("b").get_attribute("title") == title


def test_only_what_differs_from_the_left_is_marked(shared_page: Page):
    marks = (
        """side => [...new Set(ekisei.maps[side].querySourceFeatures('lines').map(f => f.properties.change))].sort()"""
    )
    show(shared_page, START)
    assert [shared_page.evaluate(marks, side) for side in ("left", "right")] == [["same"], ["changed", "same"]]
    show(shared_page, "l=trend-r11&r=brt-extend-hitachi&m=persons")
    assert [shared_page.evaluate(marks, side) for side in ("left", "right")] == [["same"], ["added", "same"]]


def test_a_scenario_that_is_not_there_is_told(shared_page: Page):
    with shared_page.expect_response(lambda answer: "_dash-update-component" in answer.url):
        shared_page.evaluate(
            "() => { history.pushState(null, '', '?l=nowhere&lang=ja'); dispatchEvent(new PopStateEvent('popstate')); }"
        )
    shared_page.locator("#legend", has_text="「nowhere」は見つからない").wait_for()
    show(shared_page, START)
    assert "nowhere" not in shared_page.locator("#legend").inner_text()


def test_no_accessibility_violation(shared_page: Page):
    for view in (START, FOUR + "&tab=1"):
        show(shared_page, view)
        found = Axe().run(shared_page)  # every rule
        assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found.response["violations"]] == []


def test_view_comes_back_from_its_address_in_english(shared_page: Page, address: str):
    query = "l=trend-r11&r=brt-extend-hitachi&m=transit_covered_share&g=65plus&v=diff&c=140.64,36.58,12.0&lang=en"
    shared_page.goto(f"{address}/?{query}")
    wait_drawn(shared_page, "m=transit_covered_share", "lang=en")
    assert shared_page.locator("html").get_attribute("lang") == "en"
    assert shared_page.get_by_role("heading", name="Indicators").is_visible()
    assert shared_page.evaluate("() => ekisei.maps.right.getZoom()") == pytest.approx(12.0)
    shown = shared_page.locator("#cards, #controls, #legend, #head").all_inner_texts()
    assert not re.search(r"[ぁ-んァ-ン]", "".join(shown).replace("日本語", ""))
    shared_page.get_by_text("日本語", exact=True).click()
    shared_page.wait_for_function("() => document.documentElement.lang === 'ja'")
    wait_drawn(shared_page, "m=transit_covered_share", "lang=ja")
    assert "65歳以上" in shared_page.locator("#cards h2").inner_text()


def test_nothing_left_the_machine_and_nothing_complained(shared_page: Page, seen: Seen):
    assert shared_page.title()
    assert seen.outside == []
    assert seen.errors == []


def test_tiles_are_asked_for_only_on_wish_and_given_up(shared_page: Page, seen: Seen):
    show(shared_page, START)
    assert shared_page.locator("#tiles-credit").is_hidden()
    shared_page.locator("#tiles").click()
    shared_page.wait_for_function("() => document.getElementById('map-message').textContent.includes('地理院タイル')")
    assert seen.outside
    assert all(url.startswith("https://cyberjapandata.gsi.go.jp/xyz/pale/") for url in seen.outside)
    shared_page.wait_for_function("() => !document.getElementById('tiles').checked")
    assert shared_page.evaluate("() => ekisei.maps.left.getLayer('tiles') === undefined")
