"""Owns what a reader with an aid stumbles over: axe with every rule it knows, those it leaves out by itself too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

_RUN = """async () => {
  const rules = Object.fromEntries(axe.getRules().map(rule => [rule.ruleId, { enabled: true }]));
  const found = await axe.run({ rules });
  return [found.violations, found.passes.length];
}"""


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return rule and places of every violation, of all levels, best practices and experimental rules included."""
    page.evaluate(Axe().axe_script)
    found, passed = page.evaluate(_RUN)
    assert passed, "axe has looked at the page"
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:4]]) for one in found]
