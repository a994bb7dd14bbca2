"""Overview, targets, data and jobs in a real browser: read, used by keyboard, without a violation of accessibility."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from scenarios.store import read_run
from tests.browser.conftest import PATIENCE_MS, Seen, run_until_closed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

SIZES = [(1366, 768), (390, 844)]


@pytest.fixture(scope="module")
def own_folder(runs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the runs that may be written to: actuals are kept beside them."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(runs_folder, folder / "runs")
    return folder


@pytest.fixture(scope="module")
def desk_address(own_folder: Path) -> Iterator[str]:
    from waitress import create_server

    from app.factory import create_app
    from app.services import Services
    from app.settings import Settings

    settings = Settings(
        runs_folder=own_folder / "runs",
        scenarios_folder=own_folder / "scenarios",
        jobs_folder=own_folder / "jobs",
        database=own_folder / "desk.sqlite",
        home_folder=own_folder / "home",
    )
    server: Any = create_server(create_app(settings, Services(settings)).server, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=run_until_closed, args=(server,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="module")
def page(context: BrowserContext, seen: Seen) -> Iterator[Page]:
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.on("pageerror", lambda problem: seen.errors.append(str(problem)))
    yield made
    made.close()


def opened(page: Page, address: str, path: str) -> Page:
    page.goto(f"{address}{path}")
    page.locator("#body h2").first.wait_for()
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("path", ["/", "/targets", "/data", "/jobs"])
def test_no_accessibility_violation(page: Page, desk_address: str, path: str):
    opened(page, desk_address, f"{path}?lang=ja")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found = Axe().run(page)
        told = [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found.response["violations"]]
        assert told == [], f"{path} at {width} px"
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{path} scrolls sideways at {width} px"
    page.set_viewport_size({"width": 1366, "height": 768})


def test_the_board_says_what_kpi_csv_says_and_follows_the_choice(page: Page, desk_address: str, own_folder: Path):
    opened(page, desk_address, "/?lang=ja")
    kpi = read_run(own_folder / "runs" / "trend-r11").kpi
    row = kpi[(kpi.kpi_id == "bus_rides_per_citizen") & (kpi.setting == "default") & (kpi.group == "all")]
    panel = page.locator(".board-panel", has_text="バス交通等の利用回数")
    told = panel.locator("tr", has_text="なりゆき（R11）").inner_text()
    assert f"{float(row.value.iloc[0]):.2f}回" in told
    assert "27.5%" in page.locator(".board-panel").first.locator("tr", has_text="評価指標").inner_text()
    before = page.locator(".story").count()
    page.locator(".overview-choice button").first.click()  # takes one scenario off
    page.wait_for_function("n => document.querySelectorAll('.story').length === n - 1", arg=before)
    assert "s=" in page.evaluate("() => location.search"), "the address holds the choice"


def test_an_actual_is_entered_by_keyboard_and_stands_on_the_path(page: Page, desk_address: str, own_folder: Path):
    opened(page, desk_address, "/targets?lang=ja")
    page.locator("#goals-value").focus()
    page.keyboard.type("27.2%")
    page.keyboard.press("Tab")
    page.keyboard.type("都市政策課 集計")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "goals-enter"
    page.keyboard.press("Enter")
    page.locator("#goals-entered td", has_text="27.2%").wait_for()
    assert "27.2%" in (own_folder / "runs" / "actuals.csv").read_text(encoding="utf-8-sig")
    assert "27.2%" in page.locator(".goals-section").first.inner_text()
    page.locator("#goals-entered button").click()
    page.locator("#goals-entered td", has_text="27.2%").wait_for(state="detached")


def test_nothing_left_the_machine(page: Page, seen: Seen):
    assert page.url
    assert seen.outside == []
    assert seen.errors == []
