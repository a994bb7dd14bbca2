"""Owns the words of the page: one catalogue per language, same keys."""

from __future__ import annotations

from app.text import page_targets_en, page_targets_ja
from app.text.en import MESSAGES as EN
from app.text.ja import MESSAGES as JA

LANGS = ("ja", "en")
CATALOGUES = {"ja": {**JA, **page_targets_ja.MESSAGES}, "en": {**EN, **page_targets_en.MESSAGES}}


def say(lang: str, key: str, **parts: object) -> str:
    """Return one message in `lang`, with its {parts} filled in."""
    text = CATALOGUES["en" if lang == "en" else "ja"][key]
    return text.format(**parts) if parts else text
