"""The map in one file, opened from the disk: it draws, changes with its controls, and asks no network for anything."""

from __future__ import annotations

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from app.report.making import build_report
from app.report.order import View
from app.services import Services
from app.settings import Settings

PATIENCE_MS = 300_000
COUNT = "layers => window.ekiseiHandout.map.queryRenderedFeatures({ layers }).length"
STATE = """i => {
  const map = window.ekiseiHandout.map;
  return map.getFeatureState({ source: 'cells', id: i }).k;
}"""


@pytest.fixture(scope="module")
def services(runs_folder):
    return Services(Settings(runs_folder=runs_folder))


@pytest.fixture(scope="module")
def opened(services, tmp_path_factory, browser, browser_context_args):
    view = View("station_front_min")
    folder = tmp_path_factory.mktemp("handout")
    (path,) = build_report(services, ["brt-extend-hitachi"], "html", "html", folder, view=view)
    context = browser.new_context(**browser_context_args, viewport={"width": 1200, "height": 900}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector("#handout-map[data-idle]", timeout=PATIENCE_MS)
    yield page
    assert [url for url in asked if not url.startswith("blob:")] == [path.as_uri()]
    assert errors == []
    context.close()


def test_cells_lines_and_stations_are_drawn(opened, services):
    assert opened.evaluate(COUNT, ["cells"]) > services.city.population.n_cells // 2
    assert opened.evaluate(COUNT, ["brt"]) >= 1
    assert opened.evaluate(COUNT, ["rail"]) >= 1
    assert opened.evaluate(COUNT, ["station"]) >= 3


def test_the_view_and_the_metric_recolour_the_map_and_the_table(opened, services):
    runs = services.list_runs()
    left, right = (runs[one].cells["station_front_min"].to_numpy() for one in ("trend-r11", "brt-extend-hitachi"))
    reached = np.isfinite(left) & np.isfinite(right)
    nearer = int(np.argmin(np.where(reached, np.where(reached, right, 0.0) - np.where(reached, left, 0.0), 0.0)))
    change = opened.evaluate(STATE, nearer)
    assert change == 0  # the strongest class of what gets better
    before = opened.inner_text("#handout-districts")
    opened.check("input[value=left]")
    opened.wait_for_selector("#handout-map[data-idle='station_front_min left']", timeout=PATIENCE_MS)
    assert opened.evaluate(STATE, nearer) != change
    opened.select_option("#handout-metric", "clinic_nearest_min")
    opened.wait_for_selector("#handout-map[data-idle='clinic_nearest_min left']", timeout=PATIENCE_MS)
    assert opened.inner_text("#handout-districts") != before


def test_a_cell_tells_its_values_in_both_scenarios(opened):
    box = opened.locator("#handout-map").bounding_box()
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.wait_for_selector("#handout-place:has-text('BRT')")
    told = opened.inner_text("#handout-place")
    assert "なりゆき" in told
    assert "人口" in told


def test_the_page_reads_well_with_a_reader_of_screens(opened):
    found = Axe().run(opened)
    assert found.response["violations"] == []
