"""Owns FormerIds: what stood in a base city before an overlay took its place, and what is nearest now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geodata.city import City


@dataclass(frozen=True, slots=True)
class FormerId:
    """
    One id of a base city that no longer exists.

    `kind`: ``stop``, ``route``, ``pattern``, ``facility``, ``district`` or ``cell``; `nearest_id`, `nearest_name`,
    `distance_m`: what stands nearest to its place now ("" and inf where nothing does). `category`: class of a route,
    kind of a facility.
    """

    kind: str
    former_id: str
    name: str
    nearest_id: str
    nearest_name: str
    distance_m: float
    category: str = ""


def named_formerly(former: Sequence[FormerId], kind: str, wanted: str) -> FormerId | None:
    """Return what an id, or else a name, of a kind stood for, or None; of several of one name the nearest."""
    known = [f for f in former if f.kind == kind]
    found = [f for f in known if f.former_id == wanted] or [f for f in known if f.name == wanted]
    return min(found, key=lambda f: (f.distance_m, f.former_id)) if found else None


def former_ids_table(city: City) -> pd.DataFrame:
    """
    Return the ids of the base that an overlaid city no longer has, as a table.

    Parameters
    ----------
    city
        Any city; one that is no overlay gives no rows.

    Returns
    -------
    table
        Columns kind, category, former_id, name, nearest_id, nearest_name, distance_m [m]; by kind, then id.
    """
    import pandas as pd  # noqa: PLC0415 -- only when shown

    columns = ("kind", "category", "former_id", "name", "nearest_id", "nearest_name", "distance_m")
    rows = [[getattr(f, c) for c in columns] for f in city.former_ids]
    table = pd.DataFrame(rows, columns=list(columns))
    return table.sort_values(["kind", "former_id"], kind="stable", ignore_index=True)
