"""A page over real runs of the bundled city, and a browser that can reach nothing but this machine."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.serving import serving_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

LOOPBACK = {"127.0.0.1", "localhost"}
PATIENCE_MS = 300_000  # a machine that computes the library meanwhile draws slowly
TURNS = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def runs_folder(shared_folder: Path) -> Path:
    from tests.shared_runs import bundled_runs

    return bundled_runs(shared_folder / "hitachi")[0]


@pytest.fixture(scope="session")
def address(runs_folder: Path) -> Iterator[str]:
    """Serve the page on a free port of this machine."""
    from app.settings import Settings

    settings = Settings(runs_folder=runs_folder)
    with serving_desk(settings) as served:
        yield served


@pytest.fixture(scope="module")
def own_folder(runs_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the runs that may be written to: actuals are kept beside them."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(runs_folder, folder / "runs")
    return folder


@pytest.fixture(scope="module")
def desk_address(own_folder: Path) -> Iterator[str]:
    """Serve a desk whose scenarios, jobs and database are its own."""
    from app.settings import Settings

    settings = Settings(
        runs_folder=own_folder / "runs",
        scenarios_folder=own_folder / "scenarios",
        jobs_folder=own_folder / "jobs",
        database=own_folder / "desk.sqlite",
        home_folder=own_folder / "home",
    )
    with serving_desk(settings) as served:
        yield served


@dataclass
class Seen:
    """What the browser asked for and complained about."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def seen() -> Seen:
    return Seen()


@pytest.fixture(scope="module")
def context(browser: Browser, browser_context_args: dict[str, Any], seen: Seen) -> Iterator[BrowserContext]:
    made = browser.new_context(**browser_context_args, viewport={"width": 1200, "height": 700})

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in LOOPBACK:
            route.continue_()
        else:
            seen.outside.append(route.request.url)
            route.abort()

    made.route("**/*", guard)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_page(context: BrowserContext, address: str, seen: Seen) -> Page:
    """One page per module: loading it costs seconds."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: seen.errors.append(str(e)))
    page.goto(f"{address}/?l=baseline-r5&r=trend-r11")
    wait_drawn(page)
    return page


def wait_drawn(page: Page, *parts: str) -> None:
    """Wait until both maps are idle with a view whose address holds all `parts`."""
    page.wait_for_function(
        """parts => {
          const frame = document.getElementById('maps');
          const drawn = frame && frame.dataset.drawn;
          const idle = drawn && ['left', 'right'].every(s => ekisei.maps[s] && ekisei.maps[s].loaded());
          return idle && parts.every(p => drawn.includes(p));
        }""",
        arg=list(parts),
    )


def show(page: Page, query: str) -> None:
    """Go to another view by its address, as the back button does, without loading the page again."""
    with page.expect_response(lambda answer: "_dash-update-component" in answer.url):
        page.evaluate(
            "q => { history.pushState(null, '', '?' + q); dispatchEvent(new PopStateEvent('popstate')); }",
            f"{query}&lang=ja&turn={next(TURNS)}",  # an address the page has not seen yet
        )
    page.wait_for_function("() => !location.search.includes('turn=')")  # the page has written its own address
    page.wait_for_load_state("networkidle")
    wait_drawn(page, *[part for part in query.split("&") if not part.startswith(("k=", "c="))])
