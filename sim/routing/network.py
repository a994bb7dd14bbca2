"""
Owns the flat network that kernels read, and its mirror image in time.

Searching backward from a destination is searching forward in the mirror: times are negated, chains turned round,
boarding and alighting swapped, footpaths turned. So there is one kernel for both directions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.units import BoolArray, IntArray
from sim.routing.day import ScheduledDay
from sim.routing.footpaths import Footpaths


class Network(NamedTuple):
    """
    One day as kernels read it; names as in `ScheduledDay` and `Footpaths`.

    `visit_offsets`, `visit_chain`, `visit_position`: stop → where one can board, CSR.
    """

    stop_offsets: IntArray
    stops: IntArray
    board: BoolArray
    alight: BoolArray
    run_offsets: IntArray
    time_offsets: IntArray
    arrival_s: IntArray
    departure_s: IntArray
    visit_offsets: IntArray
    visit_chain: IntArray
    visit_position: IntArray
    foot_offsets: IntArray
    foot_to: IntArray
    foot_s: IntArray
    change_s: IntArray


def build_network(day: ScheduledDay, feet: Footpaths, *, mirrored: bool) -> Network:
    """Return the network of a day, mirrored in time where one searches backward."""
    if mirrored:
        day, feet = mirror_day(day), mirror_footpaths(feet)
    lengths = np.diff(day.stop_offsets)
    chain = np.repeat(np.arange(len(lengths)), lengths)
    position = np.arange(len(day.stops)) - np.repeat(day.stop_offsets[:-1], lengths)
    useful = day.board & (position < lengths[chain] - 1)
    order = np.flatnonzero(useful)[np.argsort(day.stops[useful], kind="stable")]
    visits = np.searchsorted(day.stops[order], np.arange(day.n_stops + 1))
    return Network(
        day.stop_offsets.copy(),
        day.stops.copy(),
        day.board.copy(),
        day.alight.copy(),
        day.run_offsets.copy(),
        day.time_offsets.copy(),
        day.arrival_s.copy(),
        day.departure_s.copy(),
        visits.astype(np.int32),
        chain[order].astype(np.int32),
        position[order].astype(np.int32),
        feet.offsets.copy(),
        feet.to.copy(),
        feet.seconds.copy(),
        feet.change_s.copy(),
    )


def mirror_day(day: ScheduledDay) -> ScheduledDay:
    """Return the day run backward: the last stop first, the last run first, times negated."""
    return ScheduledDay(
        n_stops=day.n_stops,
        stop_offsets=_mirror_offsets(day.stop_offsets),
        stops=day.stops[::-1].copy(),
        board=day.alight[::-1].copy(),
        alight=day.board[::-1].copy(),
        run_offsets=_mirror_offsets(day.run_offsets),
        time_offsets=_mirror_offsets(day.time_offsets),
        arrival_s=-day.departure_s[::-1],
        departure_s=-day.arrival_s[::-1],
        run_trip=day.run_trip[::-1].copy(),
        run_shift_s=day.run_shift_s[::-1].copy(),
    )


def mirror_footpaths(feet: Footpaths) -> Footpaths:
    """Return the footpaths walked the other way."""
    n = len(feet.change_s)
    origin = np.repeat(np.arange(n, dtype=np.int32), np.diff(feet.offsets))
    order = np.argsort(feet.to, kind="stable")
    offsets = np.searchsorted(feet.to[order], np.arange(n + 1)).astype(np.int32)
    return Footpaths(offsets, origin[order], feet.seconds[order], feet.metres[order], feet.change_s)


def _mirror_offsets(offsets: IntArray) -> IntArray:
    turned: IntArray = (offsets[-1] - offsets[::-1]).astype(np.int32)
    return turned
