"""Owns the words of the page: one catalogue per language, same keys; each room of the page has a family of its own."""

from __future__ import annotations

from importlib import import_module

LANGS = ("ja", "en")
ROOMS = (
    "access",
    "clinics",
    "data_page",
    "edit",
    "goals_page",
    "jobs",
    "journey",
    "mobile_office",
    "mobility",
    "overview",
    "page_targets",
    "places",
    "report",
    "report_tables",
    "workshop",
)
"""Families of words beside the ones of frame and comparison: ``<room>_ja`` and ``<room>_en``."""


def _catalogue(lang: str) -> dict[str, str]:
    families = [lang, *(f"{room}_{lang}" for room in ROOMS)]
    return {key: text for name in families for key, text in import_module(f"app.text.{name}").MESSAGES.items()}


CATALOGUES = {lang: _catalogue(lang) for lang in LANGS}


def say(lang: str, key: str, **parts: object) -> str:
    """Return one message in `lang`, with its {parts} filled in."""
    text = CATALOGUES["en" if lang == "en" else "ja"][key]
    return text.format(**parts) if parts else text
