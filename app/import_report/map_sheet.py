"""Owns what all maps of the import report share: drawing, legend and the silhouette of the city under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import Text

if TYPE_CHECKING:
    from geodata.units import BoolArray


@dataclass(frozen=True, slots=True)
class Map:
    """One drawing: markup of the sheet, its legend (colour, name), and what it does not show ("" = nothing)."""

    body: str
    legend: tuple[tuple[str, Text], ...]
    title: Text
    beside: Text = Text("", "")


def background() -> str:
    """Return the silhouette of the city, drawn once a page."""
    return '<use href="#land" class="land"/>'


def outside(inside: BoolArray) -> Text:
    """Return how many points lie beyond the sheet, in words."""
    n = int((~inside).sum())
    return Text(f"図の外 {n:,}", f"outside the map {n:,}") if n else Text("", "")
