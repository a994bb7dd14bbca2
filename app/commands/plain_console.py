"""Owns the terminal: what files and people are called cannot steer it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import ConsoleOptions, RenderableType

_KEPT = "\n\t"


class PlainConsole(Console):
    """
    A terminal that shows control signs of a text instead of obeying them.

    A scenario or a table that somebody sent could else clear the screen, colour an error green or set the title of the
    window. Colours and cursors of our own are not part of a text.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Return the parts of what is printed."""
        for part in super().render(renderable, options):
            yield part if part.control else Segment(shown(part.text), part.style)


def shown(text: str) -> str:
    """Return a text with every sign that no one can see written out."""
    if text.isprintable():
        return text
    return "".join(one if _is_seen(one) else one.encode("unicode_escape").decode() for one in text)


def _is_seen(one: str) -> bool:
    """Return whether a sign stays: Python calls only the ASCII space printable, and Japanese is full of another."""
    return one.isprintable() or one in _KEPT or unicodedata.category(one) == "Zs"
