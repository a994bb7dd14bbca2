"""What is handed out of a view shows the part of the city that the screen showed, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from app.report.maps_world import camera_extent, fitted, frame_of, shape_of, world_of
from app.services import Services
from app.settings import Settings
from tests.browser.conftest import show

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

VIEW = "l=baseline-r5&r=trend-r11&m=clinic_nearest_min&g=75plus"
SEEN = (
    "() => { const b = ekisei.maps.left.getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; }"
)
# where a click on the way to the handouts leads, without going there
FOLLOWED = """() => {
  const link = document.querySelector('a.to-reports');
  link.addEventListener('click', event => event.preventDefault(), { once: true });
  link.click();
  return link.href;
}"""
LEAN = 1.04  # of a width or height: meridians lean by half a degree in the plane of printed maps


def extent_of(address: str) -> tuple[float, ...]:
    camera = parse_qs(urlsplit(address).query)["c"][0]
    return camera_extent(*(float(part) for part in camera.split(",")))


@pytest.fixture(scope="module")
def world(runs_folder):
    return world_of(Services(Settings(runs_folder=runs_folder)))


@pytest.mark.parametrize("mode", ["side", "diff"])
@pytest.mark.parametrize("moved", [False, True])
def test_handouts_and_pictures_of_a_view_have_its_extent(
    shared_page: Page, context: BrowserContext, world, moved: bool, mode: str
):
    page = shared_page
    show(page, VIEW if mode == "side" else f"{VIEW}&v={mode}")
    if moved:
        page.evaluate("ekisei.maps.left.jumpTo({center: [140.641, 36.562], zoom: 12.4})")
    seen = page.evaluate(SEEN)
    page.locator("#export summary").click()
    with page.expect_download() as begun:
        page.locator('#export [data-export="view.png"]').click()
    assert begun.value.failure() is None
    page.keyboard.press("Escape")
    picture = extent_of(begun.value.url)
    handouts = context.new_page()
    handouts.goto(page.evaluate(FOLLOWED))
    assert "範囲は開いていた画面と同じ" in handouts.locator(".handouts-kinds").inner_text()
    addresses = handouts.eval_on_selector_all(".handouts-save a", "links => links.map(link => link.href)")
    handouts.close()
    assert len(addresses) > 10
    assert {extent_of(one) for one in addresses} == {picture}
    assert picture == pytest.approx(seen, abs=1e-4), "centre, zoom and size tell the corners of the screen"

    west, south, east, north = seen
    middle = ((west + east) / 2, (south + north) / 2)
    wide_m = np.ptp(world.plane(np.array([[west, middle[1]], [east, middle[1]]]))[:, 0])
    high_m = np.ptp(world.plane(np.array([[middle[0], south], [middle[0], north]]))[:, 1])
    corners = world.plane(np.array([seen[:2], seen[2:]]))
    for wide, high in ((118.0, 90.0), (88.0, 100.0)):  # rooms on paper
        size = fitted(world, picture, wide, high)
        left, bottom, right, top = frame_of(world, picture, size[0] / size[1])
        assert shape_of(world, picture) == pytest.approx(size[0] / size[1])
        assert 0.999 < (right - left) / wide_m < LEAN
        assert 0.999 < (top - bottom) / high_m < LEAN
        assert ((left + right) / 2, (bottom + top) / 2) == pytest.approx(
            tuple(corners.mean(axis=0)), abs=0.005 * wide_m
        )
