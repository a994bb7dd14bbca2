"""Owns what a test does without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def tab_to(page: Page, wanted: Locator, most: int = 200) -> None:
    """Go to a part of the page with the tab key alone."""
    for _ in range(most):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the tab key does not reach {wanted}")
