"""Owns what a scenario changes about fares: of some routes, inside an area, and passes by age; always assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AgePass:
    """
    A pass for riders of some ages, on all buses.

    Parameters
    ----------
    from_age, to_age
        Ages, inclusive; `to_age` None is open-ended.
    scale
        What a ride with the pass costs, over the full fare: 0 = free.
    uptake
        Share of the rides of these ages that are made with it, 0–1.
    """

    from_age: int
    to_age: int | None
    scale: float
    uptake: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class FareChange:
    """
    One change of fares.

    Parameters
    ----------
    change_id
        Which modification made it.
    route_ids, route_classes
        Routes it is about; both empty = all of them.
    area_xy
        A ride counts where it begins and ends inside, shapely geometry [m]; None = everywhere.
    scale, flat_yen
        The new fare: over the old one, or one sum a ride [yen]; at most one of them.
    passes
        Passes by age, on top.
    """

    change_id: str
    route_ids: tuple[str, ...] = ()
    route_classes: tuple[str, ...] = ()
    area_xy: Any = None
    scale: float | None = None
    flat_yen: float | None = None
    passes: tuple[AgePass, ...] = ()
