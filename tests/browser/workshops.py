"""A room for workshops in browsers: a server over two small runs, and browsers of which each is a device."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.browser.conftest import LOOPBACK
from tests.serving import serving_desk
from tests.unit.app.conftest import NEW_CLINIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from app.desk import Desk
    from tests.browser.conftest import Seen

PATIENCE_MS = 60_000
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


@contextmanager
def serving_workshops(folder: Path) -> Iterator[tuple[str, Desk]]:
    """Serve two runs of the grid city with a database of their own; give the address and the desk behind it."""
    from app.desk import Desk
    from app.services import Services
    from app.settings import Settings
    from geodata.snapshot import write_city
    from geodata.synthetic import grid_city
    from scenarios.files import read_scenario
    from scenarios.runner import run_scenario
    from scenarios.store import ResultStore

    city, store = grid_city(), ResultStore(folder / "store")
    write_city(city, folder / "city")
    written = folder / "new-clinic.yaml"
    written.write_text(NEW_CLINIC, encoding="utf-8")
    for scenario in ("baseline-r5", written):
        run = read_scenario(scenario)
        run_scenario(run, city, out=folder / "runs" / run.id, store=store)
    settings = Settings(
        runs_folder=folder / "runs",
        city_folder=folder / "city",
        database=folder / "desk.sqlite",
        home_folder=folder,
        tiles_url=None,
    )
    desk = Desk(settings, Services(settings))
    with serving_desk(settings, desk) as address:
        yield address, desk
    desk.database.close()


@contextmanager
def opening(browser: Browser, seen: Seen) -> Iterator[Callable[..., Page]]:
    """Give what opens a page in a browser of its own, which reaches nothing but this machine."""
    contexts = []

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in LOOPBACK:
            route.continue_()
        else:
            seen.outside.append(route.request.url)
            route.abort()

    def opened(**options: Any) -> Page:
        context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", **options)
        context.route("**/*", guard)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda problem: seen.errors.append(str(problem)))
        return page

    yield opened
    for context in contexts:
        context.close()
