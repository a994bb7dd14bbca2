"""Owns which routes are one line to passengers: GTFS-JP feeds often hold one route for each pattern."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geodata.timetable import Routes
    from geodata.units import IntArray

_ENDINGS = (
    re.compile(r"[\[［][^\[\]［］]*[\]］]\s*$"),
    re.compile(r"[(（【〔][^()（）【】〔〕]*[)）】〕]\s*$"),
    re.compile(r"[\s　]+[往復上下](?:り|路)?\s*$"),
    re.compile(r"[\s　]*(?:往路|復路|上り|下り)\s*$"),
)
"""What follows the name of a line in that of one pattern: ``[1021]``, ``（鷲別経由）``, ``往``."""


@dataclass(frozen=True, slots=True)
class RouteGroup:
    """One line by name: `routes` are its rows in `Routes`, ascending; `agency` and class are those of all of them."""

    name: str
    name_en: str
    agency: str
    routes: tuple[int, ...]


def group_routes(routes: Routes) -> tuple[RouteGroup, ...]:
    """
    Return the lines passengers know, in the order of their first routes.

    Routes of one agency, class and source are one line if their names are the same without what tells patterns apart
    (numbers in brackets, via, 往 and 復). Routes themselves stay as they are: scenarios name them.

    Parameters
    ----------
    routes
        The routes of a timetable.

    Returns
    -------
    groups
        Every route is in exactly one group.
    """
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for n in range(len(routes.route_id)):
        key = (
            str(routes.source_id[n]),
            str(routes.agency[n]),
            str(routes.route_class[n]),
            line_name(str(routes.name[n])),
        )
        found.setdefault(key, []).append(n)
    return tuple(
        RouteGroup(
            name=str(routes.name[own[0]]) if len(own) == 1 else key[3],
            name_en=_common(str(routes.name_en[own[0]]), single=len(own) == 1),
            agency=key[1],
            routes=tuple(own),
        )
        for key, own in found.items()
    )


def group_of_route(routes: Routes) -> IntArray:
    """Return route → number of its group in `group_routes`, shape (R,)."""
    found = np.zeros(len(routes.route_id), dtype=np.int32)
    for number, group in enumerate(group_routes(routes)):
        found[list(group.routes)] = number
    return found


def line_name(name: str) -> str:
    """Return the name of a line without what tells its patterns apart; never empty unless `name` is."""
    plain = unicodedata.normalize("NFKC", name).strip()
    while True:
        shorter = plain
        for ending in _ENDINGS:
            shorter = ending.sub("", shorter).strip()
        words = shorter.split()
        if len(words) == 2 and words[0] == words[1]:  # noqa: PLR2004 -- the short name before the long one
            shorter = words[0]
        if not shorter or shorter == plain:
            return plain
        plain = shorter


def _common(name: str, *, single: bool) -> str:
    return name if single else line_name(name)
