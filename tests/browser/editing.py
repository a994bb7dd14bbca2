"""What a planner does on the page of edits: press the map, choose from lists, read what is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FRESH = """() => {
  const cards = document.getElementById('edit-cards');
  const { map, paint } = window.ekiseiEditWorld || {};
  if (!cards || cards.dataset.stale === 'true' || !cards.querySelector('.edit-kpi') || cards.querySelector('.waiting')) return false;
  const of = cards.querySelector('[data-of]').dataset.of;
  return map && paint && paint.over && paint.of === of && map.loaded()
    && document.getElementById('edit-map-frame').dataset.drawn === `${of}:${paint.stamp}`;
}"""
"""Numbers and map are of the scenario as it stands, and nothing more will come: the map is drawn after the numbers."""
AT = """([east, north]) => {
  const map = ekiseiEditWorld.map;
  const [w, s, e, n] = ekiseiEditWorld.geometry.extent;
  const at = map.project([w + (e - w) * east, s + (n - s) * north]);
  const box = map.getContainer().getBoundingClientRect();
  return [box.x + at.x, box.y + at.y];
}"""
HELD = """id => {
  const layout = dash_component_api.getLayout(id.startsWith('{') ? JSON.parse(id) : id);
  return layout && layout.props.value || null;
}"""


def changes(page: Page) -> Locator:
    return page.locator("#edit-list > ul.edit-changes > li")


def press_map(page: Page, east: float, north: float) -> None:
    """Press the map at a share of the city's width and height, and wait until the place is in the list."""
    before = page.locator(".edit-spot").count()
    page.mouse.click(*page.evaluate(AT, [east, north]))
    page.wait_for_function("n => document.querySelectorAll('.edit-spot').length > n", arg=before)


def held_by(field: Locator) -> Any:
    """Return the value that the page holds of a list: what callbacks are given, a moment after it is shown."""
    return field.evaluate(f"e => ({HELD})(e.id)")


def wait_handed(page: Page, field: Locator, before: Any) -> None:
    handed = f"([id, before]) => {{ const now = ({HELD})(id); return Boolean(now) && now !== before; }}"
    page.wait_for_function(handed, arg=[field.get_attribute("id"), before])


def choose(page: Page, label: str, typed: str, option: str) -> None:
    """Choose the first option that holds a word, by typing and keys."""
    field = page.get_by_role("combobox", name=label).or_(page.get_by_label(label, exact=True)).first
    before = held_by(field)
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(typed)
    page.get_by_role("option", name=option).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_handed(page, field, before)
