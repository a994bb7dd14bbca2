"""
Take the pictures of the page that README shows: ``make screenshots``.

Runs the library first where ``out/library`` is not up to date. Pictures go to ``app/screenshots/``; look at them before
they are committed.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from waitress import create_server

from app.factory import create_app
from app.services import Services
from app.settings import Settings
from tests.conftest import CHROMIUM_ARGS, find_chromium

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "out" / "library"
PICTURES = ROOT / "app" / "screenshots"
LARGEST_BYTES = 400_000
LAPTOP, PROJECTOR, PHONE = (1366, 768), (1920, 1080), (390, 844)

# name → size of the window, address
VIEWS = {
    "side-by-side": (LAPTOP, "l=baseline-r5&r=clinic-no-succession&m=clinic_nearest_min&t=30"),
    "difference": (PROJECTOR, "l=trend-r11&r=brt-extend-hitachi&m=catchment_jr800_brt500_share&v=diff"),
    "swipe": (LAPTOP, "l=baseline-r5&r=guidance-station&m=persons&v=swipe&s=45"),
    "explanation": (LAPTOP, "l=trend-r11&r=brt-extend-hitachi&m=catchment_share&k=catchment_population_share"),
    "presentation": (PROJECTOR, "l=trend-r11&r=mobile-office-12&m=mobile_office_share&v=diff&p=1&pub=1"),
    "english": (LAPTOP, "l=trend-r11&r=estate-feeder&m=transit_covered_share&v=diff&lang=en"),
    "phone": (PHONE, "l=trend-r11&r=brt-extend-hitachi&m=catchment_jr800_brt500_share&v=diff"),
}


def serve(runs: Path) -> str:
    """Serve the page on a free port until the process ends; return its address."""
    settings = Settings(runs_folder=runs)
    app = create_app(settings, Services(settings))
    server: Any = create_server(app.server, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}"


def run_library() -> None:
    """Bring the results up to date."""
    from geodata.hitachi import load_hitachi
    from scenarios.runner import run_batch

    done = run_batch([ROOT / "scenarios" / "library"], load_hitachi(), out=RUNS, resume=True)
    if done.failures:
        sys.exit(f"scenarios failed: {[failure.name for failure in done.failures]}")


def take(page: Page, address: str, target: Path) -> None:
    """Take one picture once both maps stand still."""
    page.goto(address)
    page.wait_for_selector("#maps[data-drawn]", timeout=120_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => ['left', 'right'].every(s => ekisei.maps[s].loaded())", timeout=120_000)
    page.wait_for_timeout(1_500)  # labels fade in
    page.screenshot(path=target)
    size = target.stat().st_size
    if size > LARGEST_BYTES:
        sys.exit(f"{target.name} is {size:,} bytes, more than {LARGEST_BYTES:,}")
    print(f"{target.relative_to(ROOT)}  {size:,} bytes")


def main(wanted: list[str]) -> None:
    """Take all pictures, or the named ones."""
    run_library()
    PICTURES.mkdir(exist_ok=True)
    address = serve(RUNS)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        for name, ((width, height), query) in VIEWS.items():
            if wanted and name not in wanted:
                continue
            page = browser.new_page(viewport={"width": width, "height": height}, locale="ja-JP")
            take(page, f"{address}/?{query}", PICTURES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
