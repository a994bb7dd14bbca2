"""Owns what a test does without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

CONTROLS = """() => {
  const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const found = [...document.querySelectorAll(wanted)].filter(
    one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }));
  const groups = new Set();  // of radio buttons only one is on the way: the chosen one, else the first
  const onTheWay = found.filter(one => {
    if (one.type !== 'radio') return true;
    const chosen = found.some(other => other.name === one.name && other.checked);
    if (chosen) return one.checked;
    const first = !groups.has(one.name);
    groups.add(one.name);
    return first;
  });
  window.onTheWay = onTheWay;
  return onTheWay.length;
}"""
STANDS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const x = Math.min(Math.max((box.left + box.right) / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max((box.top + box.bottom) / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    place: window.onTheWay.indexOf(one),
    told: one.outerHTML.slice(0, 120),
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    uncovered: !!top && [one, ...(one.labels || [])].some(own => own.contains(top) || top.contains(own)),
  };
}"""


def tab_to(page: Page, wanted: Locator, most: int = 200) -> None:
    """Go to a part of the page with the tab key alone."""
    for _ in range(most):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the tab key does not reach {wanted}")


def walk(page: Page, key: str, n_steps: int) -> list[int]:
    """Press a key so many times; return the controls the focus stood on, each seen as focused."""
    places: list[int] = []
    for _ in range(n_steps):
        page.keyboard.press(key)
        stands = page.evaluate(STANDS)
        assert stands is not None, f"the way ends after {places}"
        assert stands["outlined"], stands
        assert stands["inside"], stands
        assert stands["uncovered"], stands
        places.append(stands["place"])
    return places
