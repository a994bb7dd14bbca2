"""Owns what a page is built for: whose things, which runs, which address, which language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.desk import Desk
    from app.features.compare.state import Lang
    from app.runs import Run


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """
    One load of a page.

    Parameters
    ----------
    desk
        What the pages share.
    runs
        Run id → run, as listed at this moment.
    search
        Query of the address as written.
    query
        The same by name, the last of each.
    lang
        Language of this load.
    version
        Of the program, for the foot.
    places
        Word and address of each page, for the navigation.
    """

    desk: Desk
    runs: Mapping[str, Run]
    search: str
    query: Mapping[str, str]
    lang: Lang
    version: str
    places: tuple[tuple[str, str], ...] = ()
