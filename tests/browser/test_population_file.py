"""The page of the population that stands alone, opened from a file: it plays, speaks both languages, asks for nothing."""

from __future__ import annotations

import pytest

from app.features.population.frames import build_frames, note_of
from app.features.population.page import standalone_page
from geodata.synthetic import grid_city
from scenarios.modifications.moving import GuideResidents
from scenarios.people import plain_scenario, population_years


@pytest.fixture
def shown(tmp_path, browser, browser_context_args):
    city = grid_city()
    guide = GuideResidents.model_validate(
        {"id": "g", "type": "guide-residents", "where": {"districts": ["west"]}, "persons": 500.0}
    )
    scenario = plain_scenario(city).model_copy(update={"modifications": (guide,), "year": 2029})
    people = population_years(city, range(2025, 2036), scenario)
    frames = build_frames(people, scenario.title.text, note_of(people, scenario))
    written = tmp_path / "population.html"
    written.write_text(standalone_page(city, frames, "ja"), encoding="utf-8")
    context = browser.new_context(**browser_context_args, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(written.as_uri())
    page.wait_for_selector("#people-host[data-ready=yes]")
    yield page
    assert asked == [written.as_uri()]
    assert errors == []
    context.close()


COLOURS = """() => {
  const canvas = document.querySelector('.people-map canvas');
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const found = new Set();
  for (let n = 0; n < pixels.length; n += 4 * 97) found.add(pixels.slice(n, n + 3).join());
  return [...found].sort();
}"""


def to_year(page, index: int) -> None:
    page.evaluate(
        "n => { const s = document.querySelector('.people input'); s.value = n; s.dispatchEvent(new Event('input')); }",
        index,
    )


def test_the_map_the_sentence_and_the_table_follow_the_year(shown):
    assert shown.inner_text(".people-year") == "2025年（R7）"
    before, sentence = shown.inner_text(".people-table tbody"), shown.inner_text(".people-told")
    shown.select_option(".people select", "change")
    first = shown.evaluate(COLOURS)
    to_year(shown, 10)
    assert shown.inner_text(".people-year") == "2035年（R17）"
    assert shown.evaluate(COLOURS) != first
    assert shown.inner_text(".people-table tbody") != before
    assert shown.inner_text(".people-told") != sentence
    assert "7,680" in shown.inner_text(".people-told")  # 0.8 × 9,600 residents


def test_playing_moves_the_year_until_the_end_and_can_be_stopped(shown):
    to_year(shown, 8)
    shown.click(".people-play")
    assert shown.get_attribute(".people-play", "aria-pressed") == "true"
    shown.wait_for_function("() => document.querySelector('.people-year').textContent.startsWith('2035')")
    shown.wait_for_function("() => document.querySelector('.people-play').getAttribute('aria-pressed') === 'false'")


def test_both_languages_keep_the_view(shown):
    shown.select_option(".people select", "measures")
    to_year(shown, 5)
    shown.click("#people-lang")
    assert shown.evaluate("document.documentElement.lang") == "en"
    assert shown.inner_text(".people-year") == "2030"
    assert shown.input_value(".people select") == "measures"
    assert "persons" in shown.inner_text(".people-legend")
    assert "Modelled" in shown.inner_text("#people-notes")


def test_the_year_can_be_moved_by_keys_alone(shown):
    shown.focus(".people input")
    shown.keyboard.press("ArrowRight")
    assert shown.inner_text(".people-year") == "2026年（R8）"
