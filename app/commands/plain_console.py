"""Owns the terminal: what files and people are called cannot steer it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment

from geodata.shown_text import one_line

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
            yield part if part.control else Segment(one_line(part.text, _KEPT), part.style)
