"""
Take the pictures of the page that README shows: ``make screenshots``.

Runs first what is not up to date in ``out/pictures``; ``python -m tests.screenshots overview`` takes one. Pictures go to ``app/screenshots/``; look at them before
they are committed.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from waitress import create_server

from app.factory import create_app
from app.services import Services
from app.settings import Settings
from tests.conftest import CHROMIUM_ARGS, find_chromium

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "out" / "pictures"
PICTURES = ROOT / "app" / "screenshots"
LARGEST_BYTES = 450_000
PATIENCE_MS = 120_000
SETTLE_MS = 1_500
"""Labels fade in."""
DRAWS = 20
LAPTOP, PROJECTOR, PHONE = (1366, 768), (1920, 1080), (390, 844)


@dataclass(frozen=True)
class View:
    """One picture: size of the window, address, what has to be there, scenarios that have to be run."""

    size: tuple[int, int]
    address: str
    ready: str
    scenarios: tuple[str, ...]


def comparing(size: tuple[int, int], query: str, *scenarios: str) -> View:
    """Return a picture of the comparison."""
    return View(size, f"/compare?{query}", "#maps[data-drawn]", scenarios)


TREND = ("baseline-r5", "trend-r11")
BRT = (*TREND, "brt-extend-hitachi")
VIEWS = {
    "overview": View(LAPTOP, "/?s=trend-r11,package-2031&lang=ja", ".board-panel", (*TREND, "package-2031")),
    "edit": View(LAPTOP, "/edit?start=brt-extend-hitachi&lang=ja", "#edit-map-frame[data-drawn]", BRT),
    "journey": View(
        LAPTOP,
        "/journey?from=36.5385,140.6139&to=36.5902,140.6616&l=trend-r11&r=brt-extend-hitachi&lang=ja",
        "#journey-map[data-drawn]",
        BRT,
    ),
    "workshop": View(LAPTOP, "/workshop?lang=ja", "#body h2", TREND),
    "side-by-side": comparing(
        LAPTOP,
        "l=baseline-r5&r=clinic-no-succession&m=clinic_nearest_min&t=30",
        "baseline-r5",
        "clinic-no-succession",
    ),
    "difference": comparing(PROJECTOR, "l=trend-r11&r=brt-extend-hitachi&m=catchment_jr800_brt500_share&v=diff", *BRT),
    "swipe": comparing(LAPTOP, "l=baseline-r5&r=guidance-station&m=persons&v=swipe&s=45", *TREND, "guidance-station"),
    "explanation": comparing(
        LAPTOP, "l=trend-r11&r=brt-extend-hitachi&m=catchment_share&k=catchment_population_share", *BRT
    ),
    "presentation": comparing(
        PROJECTOR, "l=trend-r11&r=mobile-office-12&m=mobile_office_share&v=diff&p=1&pub=1", *TREND, "mobile-office-12"
    ),
    "english": comparing(
        LAPTOP, "l=trend-r11&r=estate-feeder&m=transit_covered_share&v=diff&lang=en", *TREND, "estate-feeder"
    ),
    "phone": comparing(PHONE, "l=trend-r11&r=brt-extend-hitachi&m=catchment_jr800_brt500_share&v=diff", *BRT),
}


def serve(runs: Path, home: Path) -> str:
    """Serve the page on a free port until the process ends; return its address. What is written goes to `home`."""
    settings = Settings(
        runs_folder=runs,
        scenarios_folder=home / "scenarios",
        jobs_folder=home / "jobs",
        database=home / "desk.sqlite",
        home_folder=home,
    )
    app = create_app(settings, Services(settings))
    server: Any = create_server(app.server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}"


def run_scenarios(wanted: list[str]) -> None:
    """Bring the results of the pictures up to date, with intervals."""
    from geodata.hitachi import load_hitachi
    from scenarios.batch import run_batch

    done = run_batch(wanted, load_hitachi(), out=RUNS, resume=True, draws=DRAWS, jobs=2)
    if done.failures:
        sys.exit(f"scenarios failed: {[failure.name for failure in done.failures]}")


def take(page: Page, address: str, view: View, target: Path) -> None:
    """Take one picture once its maps stand still."""
    page.goto(address + view.address)
    page.wait_for_selector(view.ready, timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    if "#maps" in view.ready:
        page.wait_for_function("() => ['left', 'right'].every(s => ekisei.maps[s].loaded())", timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=target)
    size = target.stat().st_size
    if size > LARGEST_BYTES:
        sys.exit(f"{target.name} is {size:,} bytes, more than {LARGEST_BYTES:,}")
    print(f"{target.relative_to(ROOT)}  {size:,} bytes")


def main(names: list[str]) -> None:
    """Take all pictures, or the named ones."""
    unknown = sorted(set(names) - VIEWS.keys())
    if unknown:
        sys.exit(f"no such picture: {', '.join(unknown)}; there are {', '.join(VIEWS)}")
    wanted = {name: view for name, view in VIEWS.items() if not names or name in names}
    run_scenarios(list(dict.fromkeys(one for view in wanted.values() for one in view.scenarios)))
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as play:
        address = serve(RUNS, Path(home))
        browser = play.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        for name, view in wanted.items():
            width, height = view.size
            page = browser.new_page(viewport={"width": width, "height": height}, locale="ja-JP")
            take(page, address, view, PICTURES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
