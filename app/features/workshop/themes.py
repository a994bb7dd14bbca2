"""Owns the names of themes: those that the form offers are told in the reader's language, others as they were typed."""

from __future__ import annotations

from functools import lru_cache

from app.features.workshop.wording import clean_line
from app.text import CATALOGUES, say

OFFERED = "ws_themes_default"


def offered_themes(lang: str) -> list[str]:
    """Return the themes that the form offers, in order."""
    return [clean_line(line) for line in say(lang, OFFERED).splitlines()]


@lru_cache
def theme_word(theme: str, lang: str) -> str:
    """Return a theme as a reader of a language is told it; what is kept and sent is the theme as it was typed."""
    for known in CATALOGUES:
        offered = offered_themes(known)
        if theme in offered:
            return offered_themes(lang)[offered.index(theme)]
    return theme
