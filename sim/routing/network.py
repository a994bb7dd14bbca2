"""
Owns the flat network that kernels read, and its mirror image in time.

Searching backward from a destination is searching forward in the mirror: times are negated, chains turned round,
boarding and alighting swapped, footpaths turned. So there is one kernel for both directions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from geodata.units import BoolArray, IntArray
from sim.routing.csr import owner_of_rows
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
    walks = (feet.offsets.copy(), feet.to.copy(), feet.seconds.copy(), feet.change_s.copy())
    return Network._make((*_columns(day), *walks))


def with_day(net: Network, day: ScheduledDay, *, mirrored: bool) -> Network:
    """Return the network of another day among the same stops and footpaths."""
    if mirrored:
        day = mirror_day(day)
    return Network._make((*_columns(day), *net[-4:]))


def visits(
    stop_offsets: IntArray, stops: IntArray, board: BoolArray, n_stops: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Return stop → where one can board, CSR: offsets, chain, position in it."""
    lengths = np.diff(stop_offsets)
    chain = np.repeat(np.arange(len(lengths)), lengths)
    position = np.arange(len(stops)) - np.repeat(stop_offsets[:-1], lengths)
    useful = board & (position < lengths[chain] - 1)
    order = np.flatnonzero(useful)[np.argsort(stops[useful], kind="stable")]
    offsets = np.searchsorted(stops[order], np.arange(n_stops + 1))
    return offsets.astype(np.int32), chain[order].astype(np.int32), position[order].astype(np.int32)


def _columns(day: ScheduledDay) -> tuple[Any, ...]:
    """Return the columns of a network that the day makes."""
    columns = (day.stop_offsets, day.stops, day.board, day.alight)
    times = (day.run_offsets, day.time_offsets, day.arrival_s, day.departure_s)
    boarded = visits(day.stop_offsets, day.stops, day.board, day.n_stops)
    return (*(column.copy() for column in (*columns, *times)), *boarded)


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
    origin = owner_of_rows(feet.offsets)
    order = np.argsort(feet.to, kind="stable")
    offsets = np.searchsorted(feet.to[order], np.arange(n + 1)).astype(np.int32)
    return Footpaths(offsets, origin[order], feet.seconds[order], feet.metres[order], feet.change_s)


def _mirror_offsets(offsets: IntArray) -> IntArray:
    turned: IntArray = (offsets[-1] - offsets[::-1]).astype(np.int32)
    return turned
