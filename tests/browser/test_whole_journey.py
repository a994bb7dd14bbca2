"""A planner's whole way, without a network: open, edit, watch, save, compute, compare, hand out, open the offline_page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import PATIENCE_MS, Seen
from tests.browser.editing import FRESH, changes, choose, press_map
from tests.serving import serving_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

KPI = "transit_coverage_share"
COUNT = "layers => window.ekiseiHandout.map.queryRenderedFeatures({ layers }).length"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city of which the baseline was run."""
    from geodata.snapshot import write_city
    from geodata.synthetic import grid_city
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    made = tmp_path_factory.mktemp("journey")
    city = grid_city()
    write_city(city, made / "city")
    run_scenario(
        read_scenario("baseline-r5"), city, out=made / "runs" / "baseline-r5", store=ResultStore(made / "store")
    )
    return made


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    from app.settings import Settings

    settings = Settings(
        runs_folder=folder / "runs",
        city_folder=folder / "city",
        scenarios_folder=folder / "own",
        jobs_folder=folder / "jobs",
        database=folder / "desk.sqlite",
        home_folder=folder / "home",
    )
    with serving_desk(settings) as served:
        yield served


@pytest.fixture(scope="module")
def page(context: BrowserContext, seen: Seen) -> Page:
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
    made.on("pageerror", lambda e: seen.errors.append(str(e)))
    return made


@pytest.fixture
def offline_page(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Another browser, which never had a network."""
    alone = browser.new_context(**browser_context_args, viewport={"width": 1200, "height": 900}, offline=True)
    made = alone.new_page()
    made.set_default_timeout(PATIENCE_MS)
    yield made
    alone.close()


def number(text: str) -> float:
    """Return the first number of a text."""
    found = re.search(r"\d+(?:\.\d+)?", text)
    assert found, text
    return float(found[0])


def live_value(page: Page) -> float:
    return number(page.locator(f'[data-kpi="{KPI}"] .kpi-value').inner_text())


def edit(page: Page) -> tuple[float, float]:
    """Add three stops to the BRT; return the coverage before and after."""
    page.wait_for_function(FRESH)
    before = live_value(page)
    page.get_by_role("button", name="延ばす・寄る").click()
    choose(page, "どこから（路線: 停留所）", "BRT", "終点")
    for east, north in ((0.85, 0.72), (0.85, 0.82), (0.85, 0.93)):
        press_map(page, east, north)
    page.get_by_role("button", name="この変更を加える").click()
    changes(page).first.wait_for()
    page.wait_for_function(FRESH)
    return before, live_value(page)


def save(page: Page) -> None:
    page.locator("#edit-keep-open").click()
    for name, value in {
        "scenario-id": "three-stops",
        "title-ja": "停留所を三つ",
        "who": "都市政策課",
        "why": "北まで",
    }.items():
        page.locator(f"#edit-{name}").fill(value)
    page.get_by_role("button", name="保存する", exact=True).click()
    page.locator("#edit-saved", has_text="第 1 版").wait_for()


def compute(page: Page, base: str) -> None:
    page.goto(f"{base}/jobs?scenario=three-stops&lang=ja")
    page.get_by_role("button", name="計算を始める").click()
    job = page.locator("article.job").first
    job.wait_for()
    page.wait_for_function("() => document.querySelector('article.job').dataset.state === 'done'")


def test_from_the_first_page_to_a_handout_on_the_disk(
    page: Page, base: str, folder: Path, seen: Seen, offline_page: Page, tmp_path: Path
):
    page.goto(f"{base}/?lang=ja")
    page.locator(".board-panel").first.wait_for()
    page.get_by_role("navigation").get_by_role("link", name="シナリオを編集").click()
    before, live = edit(page)
    assert live > before
    save(page)
    compute(page, base)

    from scenarios.store import read_run

    kpi = read_run(folder / "runs" / "three-stops").kpi
    row = kpi[(kpi.kpi_id == KPI) & (kpi.setting == "default") & (kpi.group == "all")]
    assert round(100 * float(row.value.iloc[0]), 1) == live, "the editor told what the run says"

    page.goto(f"{base}/compare?l=baseline-r5&r=three-stops&lang=ja")
    page.wait_for_selector("#maps[data-drawn]")
    card = page.locator(".kpi", has_text="公共交通カバー率").first
    assert f"{live}" in card.inner_text()
    assert "改善" in card.inner_text()

    page.goto(f"{base}/reports?r=three-stops&l=baseline-r5&lang=ja")
    with page.expect_download() as begun:
        page.get_by_role("link", name="HTML", exact=True).first.click()
    target = tmp_path / begun.value.suggested_filename
    begun.value.save_as(target)
    assert seen.errors == []
    assert seen.outside == []

    offline_page.goto(target.as_uri())
    offline_page.wait_for_selector("#handout-map[data-idle]")
    assert offline_page.evaluate(COUNT, ["cells"]) > 20
    assert offline_page.evaluate(COUNT, ["brt"]) >= 1
    assert offline_page.evaluate(COUNT, ["station"]) >= 1
