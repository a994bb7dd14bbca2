"""Owns the figures of the pages: from the address to what a planner waits for, in Chromium with WebGL in software."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import Figure
from tests.serving import serving_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.benchmarks.bench import Bench

SCENARIOS = ("baseline-r5", "trend-r11")
"""What was run before: the city as it is, and one scenario of the library."""
WINDOW = (1366, 768)
PATIENCE_MS = 120_000
CARDS_S, MAP_S, CELLS_S = 3.0, 3.0, 5.0

WATCH = """() => {
  const marks = (window.benchMarks = {});
  const mark = (name) => { if (!(name in marks)) marks[name] = performance.now() / 1000; };
  const maps = [];
  let loads = 0;
  let library;  // maps tell by themselves when they are drawn, whichever script made them
  Object.defineProperty(window, "maplibregl", {
    configurable: true,
    get: () => library,
    set: (given) => {
      library = given;
      library.Map = class extends given.Map {
        constructor(options) {
          super(options);
          maps.push(this);
          this.once("load", () => { if ((loads += 1) === maps.length) mark("map"); });
        }
      };
    },
  });
  const drawn = () => maps.length > 0 && maps.every((map) => map.loaded());
  const WAITED = %s;
  const look = () => {
    for (const [name, [selector, withMaps]] of Object.entries(WAITED)) {
      const found = document.querySelector(selector);
      if (found && found.getClientRects().length && (!withMaps || drawn())) mark(name);
    }
    requestAnimationFrame(look);
  };
  look();
}"""
"""Notes, in seconds since the address was asked for, when each thing was first seen; looked at in every frame."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Something waited for on a page: its name, where it is, the goal, whether the maps must stand still with it."""

    name: str
    selector: str
    goal_s: float | None
    with_maps: bool = False


@dataclass(frozen=True, slots=True)
class Visited:
    """A page and what is waited for on it."""

    name: str
    address: str
    waits: tuple[Wait, ...]


BASE_MAP = Wait("map", "", MAP_S)
"""Every map of the page has told that its land, sea and lines are drawn."""
PAGES = (
    Visited("overview", "/", (Wait("board of indicators", ".board-panel", CARDS_S),)),
    Visited(
        "compare",
        "/compare?l=baseline-r5&r=trend-r11",
        (
            Wait("first KPI card", ".cards .kpi", CARDS_S),
            BASE_MAP,
            Wait("cells coloured on both maps", "#maps[data-drawn]", CELLS_S, with_maps=True),
        ),
    ),
    Visited(
        "edit, engine warm",
        "/edit?start=trend-r11",
        (Wait("first KPI cards", "#edit-cards .kpi .kpi-value", CARDS_S), BASE_MAP),
    ),
    Visited(
        "mobility",
        "/mobility",
        (Wait("tables of the first service", "#body .panel", CARDS_S), BASE_MAP),
    ),
    Visited(
        "journey",
        "/journey?from=36.5385,140.6139&to=36.5902,140.6616&l=baseline-r5&r=trend-r11",
        (Wait("journeys of both scenarios", ".journey-sides", CELLS_S), BASE_MAP),
    ),
)


def pages(bench: Bench) -> Part:
    """Time the pages of a desk whose baseline and one scenario were run, each opened by a browser that knows nothing."""
    from tests.conftest import CHROMIUM_ARGS, find_chromium

    part = Part("pages", f"pages at {WINDOW[0]} × {WINDOW[1]}, {', '.join(SCENARIOS)} run, WebGL in software")
    chromium = find_chromium()
    if chromium is None:
        part.add("not measured: no Chromium found (apt install chromium fonts-noto-cjk, or set CHROMIUM)")
        return part
    from playwright.sync_api import sync_playwright

    with served(bench) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        for page in PAGES:
            first, *later = [_opened(bench, browser, address, page, n) for n in range(bench.runs + 1)]
            for wait in page.waits:
                _tell(part, page, wait, first[wait.name], tuple(one[wait.name] for one in later))
        browser.close()
    part.add(
        "each opened anew by a browser with an empty cache; the first visit after the start of the server by itself"
    )
    return part


def _tell(part: Part, page: Visited, wait: Wait, first: float, later: tuple[float, ...]) -> None:
    name = f"{page.name}: {'base map drawn' if wait is BASE_MAP else wait.name}"
    figure = Figure(name, later)
    part.facts[name] = round(first, 2)
    part.add(figure)
    if wait.goal_s is not None:
        least = f"{name}, median (least {min(later):.2f} s, first visit {first:.2f} s)"
        part.add(Goal(least, figure.median, wait.goal_s, at_least=False, unit=" s"))


def _opened(bench: Bench, browser: Browser, address: str, page: Visited, number: int) -> dict[str, float]:
    """Open a page in a browser that has not been here before; return what was waited for → seconds."""
    bench.tell(f"pages: {page.name} ({number}/{bench.runs})")
    width, height = WINDOW
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP")
    tab = context.new_page()
    names = [one.name for one in page.waits]
    waited = {one.name: [one.selector, one.with_maps] for one in page.waits if one.selector}
    tab.add_init_script(f"({WATCH % json.dumps(waited)})()")
    tab.goto(address + page.address, wait_until="commit")
    tab.wait_for_function("names => names.every((name) => name in window.benchMarks)", arg=names, timeout=PATIENCE_MS)
    found: dict[str, float] = tab.evaluate("() => window.benchMarks")
    context.close()
    return {name: found[name] for name in names}


@contextmanager
def served(bench: Bench) -> Iterator[str]:
    """Serve a desk of its own with the scenarios run and the engine warm; yield its address."""
    from app.desk import Desk
    from app.services import Services
    from app.settings import Settings

    home = bench.scratch / "pages"
    os.environ["EKISEI_HOME"] = str(home)
    settings = Settings(
        runs_folder=_run(bench, home),
        scenarios_folder=home / "scenarios",
        jobs_folder=home / "jobs",
        database=home / "desk.sqlite",
        home_folder=home,
    )
    services = Services(settings)
    desk = Desk(settings, services)
    with serving_desk(settings, desk) as address:
        bench.tell("pages: warming up the engine")
        desk.engine.start()
        while desk.engine.warm == "warming":
            time.sleep(0.1)
        try:
            yield address
        finally:
            desk.engine.stop()


def _run(bench: Bench, home: Path) -> Path:
    from geodata.hitachi import load_hitachi
    from scenarios.batch import run_batch
    from scenarios.store import ResultStore

    runs = home / "runs"
    bench.tell(f"pages: running {', '.join(SCENARIOS)}")
    done = run_batch(SCENARIOS, load_hitachi(), out=runs, store=ResultStore(home / "store"))
    assert done.failures == (), [failure.name for failure in done.failures]
    return runs
