"""Owns how names that there are in Japanese only stand in an English page: marked, so that screen readers say them."""

from __future__ import annotations

import re
from typing import Any

from dash import html

JAPANESE = re.compile(
    r"[\u3005\u3041-\u309f\u30a1-\u30fa\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f][\u3000-\u30ff\u3400-\u9fff\uf900-\uffef]*"
)


def mark_japanese(text: str, lang: str) -> list[Any]:
    """Return a text of a page in parts, those in Japanese in an element of that language; whole in a Japanese page."""
    if lang == "ja" or not JAPANESE.search(text):
        return [text]
    parts: list[Any] = []
    at = 0
    for found in JAPANESE.finditer(text):
        parts += [text[at : found.start()], html.Span(found.group(), lang="ja")]
        at = found.end()
    return [part for part in (*parts, text[at:]) if part]
