"""Owns access and egress legs: the walks between places and stops as a `Legs` table, and its mirror in time."""

from __future__ import annotations

import numpy as np

from geodata.city import City
from geodata.units import UNREACHED_S, FloatArray, IntArray
from sim.routing.csr import offsets_of, owner_of_rows
from sim.routing.doors import walks_from_stops, walks_to_stops
from sim.routing.types import Legs, Places, RoutingRequest

ALWAYS = (-UNREACHED_S, UNREACHED_S)
"""Validity of a leg that may start at any time."""
LegColumns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Stop, seconds, valid_from_s, valid_to_s, draw of `Legs`, as kernels read them."""


def walk_legs(
    city: City,
    places_xy: FloatArray,
    *,
    to_stops: bool,
    max_s: int,
    speed_m_min: float,
) -> Legs:
    """
    Return the walks between places and stops.

    Parameters
    ----------
    city
        The city: its streets, stops and their entrances are used.
    places_xy
        Plane coordinates [m], shape (O, 2).
    to_stops
        True: access (place → stop); False: egress (stop → place).
    max_s, speed_m_min
        Longest walk [s] and walking speed [m/min].

    Returns
    -------
    legs
        Walking legs in CSR order by place, valid at any time in every draw.
    """
    if to_stops:
        walks = walks_to_stops(city, places_xy, max_s=max_s, speed_m_min=speed_m_min)
        place, stop, seconds = walks.origin, walks.target, walks.seconds
    else:
        walks = walks_from_stops(city, places_xy, max_s=max_s, speed_m_min=speed_m_min)
        order = np.argsort(walks.target, kind="stable")
        place, stop, seconds = walks.target[order], walks.origin[order], walks.seconds[order]
    n = len(place)
    return Legs(
        offsets=offsets_of(place, len(places_xy)),
        stop=stop,
        seconds=seconds,
        valid_from_s=np.full(n, ALWAYS[0], np.int32),
        valid_to_s=np.full(n, ALWAYS[1], np.int32),
        draw=np.full(n, -1, np.int32),
        kind=np.zeros(n, np.int32),
    )


def legs_of_places(legs: Legs, places: IntArray) -> Legs:
    """Return the legs of some places only, in their order; `places`: shape (P,)."""
    first, n = legs.offsets[places], np.diff(legs.offsets)[places]
    offsets = np.concatenate([[0], np.cumsum(n)]).astype(np.int32)
    rows = np.repeat(first - offsets[:-1], n) + np.arange(offsets[-1])
    columns = (legs.stop, legs.seconds, legs.valid_from_s, legs.valid_to_s, legs.draw, legs.kind)
    return Legs(offsets, *(column[rows] for column in columns))


def asked_legs(
    city: City, places: Places, request: RoutingRequest, *, outward: bool, mirrored: bool, more: Legs | None
) -> Legs:
    """Return the legs of places in the time of the graph; `outward` = they are walked from the place to stops."""
    legs = walk_legs(
        city,
        places.xy,
        to_stops=outward,
        max_s=request.max_access_s,
        speed_m_min=request.walk_speed_m_min,
    )
    if more is not None:
        legs = join_legs(legs, more)
    return mirror_legs(legs) if mirrored else legs


def join_legs(first: Legs, second: Legs) -> Legs:
    """Return all legs of two tables over the same places."""
    place = np.concatenate([owner_of_rows(first.offsets), owner_of_rows(second.offsets)])
    order = np.argsort(place, kind="stable")
    columns = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])[order]
        for name in ("stop", "seconds", "valid_from_s", "valid_to_s", "draw", "kind")
    }
    return Legs(offsets=offsets_of(place, len(first.offsets) - 1), **columns)


def mirror_legs(legs: Legs) -> Legs:
    """Return the legs walked backward in mirrored time: start and end change places, times are negated."""
    bounded_from = legs.valid_from_s != ALWAYS[0]
    bounded_to = legs.valid_to_s != ALWAYS[1]
    return Legs(
        offsets=legs.offsets,
        stop=legs.stop,
        seconds=legs.seconds,
        valid_from_s=np.where(bounded_to, 1 - legs.valid_to_s - legs.seconds, ALWAYS[0]).astype(np.int32),
        valid_to_s=np.where(bounded_from, 1 - legs.valid_from_s - legs.seconds, ALWAYS[1]).astype(np.int32),
        draw=legs.draw,
        kind=legs.kind,
    )


def leg_columns(legs: Legs) -> LegColumns:
    """Return the columns of legs as kernels read them."""
    return legs.stop, legs.seconds, legs.valid_from_s, legs.valid_to_s, legs.draw
