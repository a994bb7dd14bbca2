"""Owns the names of services and lines in the language of the page: tables of a run hold the Japanese ones only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.runs import Run

NAMES = {"ja": "name", "en": "name_en"}


def service_names(run: Run, lang: str) -> dict[str, str]:
    """Return service id → name, as far as the layers of the run tell."""
    return _names(run, "on_demand", "service_id", lang)


def line_names(run: Run, lang: str) -> dict[str, str]:
    """Return Japanese name → name of every line of the run."""
    return _names(run, "lines", "name", lang)


def _names(run: Run, layer: str, key: str, lang: str) -> dict[str, str]:
    told = [feature["properties"] for feature in run.stored.layers.get(layer, {"features": []})["features"]]
    return {str(one[key]): str(one[NAMES[lang]]) for one in told if one.get(key) and one.get(NAMES[lang])}
