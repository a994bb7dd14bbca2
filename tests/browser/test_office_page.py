"""The mobile city office in a real browser: month, map and tables tell the plan of the run, by mouse, keys and aids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from app.components.plain_table import number
from tests.browser.by_keys import CONTROLS, walk
from tests.browser.conftest import PATIENCE_MS, Seen
from tests.browser.every_rule import violations
from tests.serving import serving_desk
from tests.shared_runs import bundled_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from playwright.sync_api import BrowserContext, Page

RUN = "mobile-office-12"
SIZES = [(1366, 768), (390, 844)]
MAP = "office-map"


@pytest.fixture(scope="module")
def office_runs(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the twelve places of the library on the travel times that the shared runs have left."""
    from geodata.hitachi import load_hitachi
    from scenarios.batch import run_batch

    _, store = bundled_runs(shared_folder / "hitachi")
    out = tmp_path_factory.mktemp("office") / "runs"
    batch = run_batch((RUN,), load_hitachi(), out=out, store=store)
    assert batch.failures == ()
    return out


@pytest.fixture(scope="module")
def tables(office_runs: Path) -> dict[str, pd.DataFrame]:
    from scenarios.store import read_run

    found = {name: table for name, table in read_run(office_runs / RUN).tables.items() if name.startswith("office")}
    return {name: table[table["use"] == "office"] if "use" in table else table for name, table in found.items()}


@pytest.fixture(scope="module")
def office_address(office_runs: Path) -> Iterator[str]:
    from app.settings import Settings

    settings = Settings(runs_folder=office_runs)
    with serving_desk(settings) as served:
        yield served


@pytest.fixture(scope="module")
def page(context: BrowserContext, seen: Seen) -> Page:
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.set_viewport_size({"width": 1366, "height": 768})
    made.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
    made.on("pageerror", lambda e: seen.errors.append(str(e)))
    return made


def opened(page: Page, address: str, lang: str = "ja") -> Page:
    page.goto(f"{address}/office?run={RUN}&lang={lang}")
    page.wait_for_function("host => document.getElementById(host)?.dataset.drawn", arg=MAP)
    page.wait_for_load_state("networkidle")
    return page


def rows_of(page: Page, caption: str) -> list[list[str]]:
    """Return the cells of the table with a caption, as they are read."""
    return page.locator("table", has=page.locator("caption", has_text=caption)).first.evaluate(
        "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )


def test_the_map_draws_every_place_with_its_walk_and_tours(page: Page, office_address: str, tables: Any):
    opened(page, office_address)
    n_places = len(tables["office_places"])
    assert page.locator(f"#{MAP}").get_attribute("data-drawn") == str(n_places)
    drawn = """source => ekiseiPlaceMap.maps['office-map'].querySourceFeatures(source).length"""
    for source in ("visits", "walks", "tours"):
        page.wait_for_function(f"source => ({drawn})(source) > 0", arg=source)
    key = page.locator(".map-key").inner_text()
    assert "円の半径" in key
    assert page.locator(".map-key .sign-visit").is_visible()


def test_the_month_tells_each_visit_of_the_plan_with_the_number_of_the_map(page: Page, tables: Any):
    month, places = tables["office_month"], tables["office_places"]
    numbers = {str(place): n for n, place in enumerate(places.place_id, start=1)}
    told = page.locator(".visit").evaluate_all(
        "all => all.map(v => ['number', 'times', 'place'].map(p => v.querySelector(`.visit-${p}`).innerText))"
    )
    rows = zip(month.place_id, month.open, month.close, month.place, strict=True)
    planned = [[str(numbers[str(place_id)]), f"{begin}–{end}", str(name)] for place_id, begin, end, name in rows]
    assert sorted(told) == sorted(planned)
    closed = page.locator(".visit-rest").count()
    assert closed == int((month.status != "開設").sum())


def test_the_tables_tell_what_a_visit_covers(page: Page, tables: Any):
    places = tables["office_places"]
    told = rows_of(page, "場所別の届く人")
    for n, (row, (_, place)) in enumerate(zip(told, places.iterrows(), strict=True), start=1):
        assert row[0] == f"{n}. {place['name_ja']}"
        assert row[3:5] == [number(place["persons"]), number(place["persons_75plus"])]
        assert number(place["nearest_office_m"]) in row[7]
    asked = rows_of(page, "場所別の手続")
    assert [row[1] for row in asked] == [number(value, 1) for value in places.demand_per_month]
    city = rows_of(page, "地区別")[0]
    covered = page.locator(".figure", has_text="歩いて行ける人").first.inner_text()
    assert city[1] in covered, "the figure above and the table below are one number"


def test_the_calendar_may_be_taken_along(page: Page, office_address: str):
    link = page.locator("a[href$='.ics']")
    answer = page.request.get(f"{office_address}/{link.get_attribute('href')}")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text().count("BEGIN:VEVENT") >= 12


def test_the_open_scenario_is_marked_among_the_tabs(page: Page, office_address: str):
    tab = page.locator(".run-tab[aria-current=true]")
    assert "12" in tab.inner_text()
    tab.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search(rf"/office\?run={RUN}", page.url)
    page.wait_for_function("host => document.getElementById(host)?.dataset.drawn", arg=MAP)


def test_keys_lead_over_the_page_and_move_the_map(page: Page, office_address: str):
    opened(page, office_address)
    page.evaluate("() => document.activeElement.blur()")
    n_controls = page.evaluate(CONTROLS)
    assert walk(page, "Tab", n_controls) == list(range(n_controls))
    page.locator(f"#{MAP} canvas").focus()
    where = "() => ekiseiPlaceMap.maps['office-map'].getCenter().lng"
    before = page.evaluate(where)
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"before => ({where})() > before", arg=before)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_nothing_is_in_the_way_and_nothing_cut(page: Page, office_address: str, lang: str):
    page.set_viewport_size({"width": 1366, "height": 768})
    opened(page, office_address, lang)
    cut = """() => [...document.querySelectorAll('.table-scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)
                   .map(e => e.querySelector('caption').innerText)"""
    assert page.evaluate(cut) == []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], f"{lang} at {width} px"
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"sideways at {width} px"


def test_in_english_no_heading_is_left_in_japanese(page: Page):
    page.set_viewport_size({"width": 1366, "height": 768})
    told = page.locator("#body").evaluate(
        "body => [...body.querySelectorAll('h2, h3, caption, th[scope=col], dt, .map-key li')].map(e => e.innerText)"
    )
    assert "Places, and whom and what they reach" in told
    assert [words for words in told if re.search(r"[ぁ-んァ-ヶ一-龠]", words)] == []


def test_nothing_complained(seen: Seen):
    assert seen.errors == []
    assert seen.outside == []
