"""Owns vehicle blocks: the fewest vehicles that drive all runs of a day, by terminals, without empty runs between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.frozen import freeze
from geodata.units import IntArray

if TYPE_CHECKING:
    from sim.operations.runs import DayRuns


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """
    Vehicles of one day.

    `vehicle`: run → vehicle, shape (N,); runs of a vehicle follow each other in order of departure. `n_vehicles`: how
    many there are. `n_at_once`: most vehicles on the road at the same moment, a lower bound of any fleet.
    """

    vehicle: IntArray
    n_vehicles: int
    n_at_once: int

    def __post_init__(self) -> None:
        freeze(self)

    def runs_of(self) -> list[list[int]]:
        """Return vehicle → its runs, in order."""
        found: list[list[int]] = [[] for _ in range(self.n_vehicles)]
        for run, vehicle in enumerate(self.vehicle.tolist()):
            found[vehicle].append(run)
        return found


def link_runs(runs: DayRuns, turnaround_s: int) -> Blocks:
    """
    Link the runs of a day to the fewest vehicles.

    A vehicle that arrived at a terminal takes the next run of its agency from there once its layover is over; the one
    that came last leaves first, so that as many as can be go home between the peaks. GTFS blocks are kept together.

    Parameters
    ----------
    runs
        Runs in order of departure.
    turnaround_s
        Layover at a terminal [s, ≥ 0].

    Returns
    -------
    blocks
        Exactly the least number of vehicles that this takes without empty runs between terminals.

    Notes
    -----
    At every terminal each departure takes a waiting vehicle wherever there is one; so the fleet is the sum over
    terminals of the greatest excess of departures over arrivals, which no plan without empty runs can undercut.

    References
    ----------
    Ceder (2007), Public Transit Planning and Operation, ch. 7 (deficit functions).
    """
    heads, tails = _tied(runs)
    waiting: dict[tuple[str, int], list[tuple[int, int]]] = {}
    arriving: dict[tuple[str, int], list[tuple[int, int]]] = {}
    vehicle = np.full(len(runs), -1, np.int32)
    n_vehicles = 0
    for head in heads:
        place = (str(runs.agency[head]), int(runs.origin[head]))
        start = int(runs.start_s[head])
        ready = waiting.setdefault(place, [])
        coming = sorted(arriving.pop(place, []))
        ready += [pair for pair in coming if pair[0] <= start]
        arriving[place] = [pair for pair in coming if pair[0] > start]
        if ready:
            chosen = ready.pop()[1]
        else:
            chosen, n_vehicles = n_vehicles, n_vehicles + 1
        chain = tails[head]
        vehicle[chain] = chosen
        end = chain[-1]
        there = (str(runs.agency[end]), int(runs.destination[end]))
        arriving.setdefault(there, []).append((int(runs.end_s[end]) + turnaround_s, chosen))
    return Blocks(vehicle, n_vehicles, most_at_once(runs.start_s, runs.end_s))


def _tied(runs: DayRuns) -> tuple[list[int], dict[int, list[int]]]:
    """Return the runs that a vehicle may begin with, in order, and the runs each ties to itself (GTFS blocks)."""
    last: dict[tuple[str, str], int] = {}
    chains: dict[int, list[int]] = {}
    heads: list[int] = []
    for run, (agency, block) in enumerate(zip(runs.agency.tolist(), runs.block.tolist(), strict=True)):
        head = last.get((agency, block)) if block else None
        if head is not None and runs.end_s[chains[head][-1]] <= runs.start_s[run]:
            chains[head].append(run)
            continue
        heads.append(run)
        chains[run] = [run]
        if block:
            last[agency, block] = run
    return heads, chains


def most_at_once(start_s: IntArray, end_s: IntArray) -> int:
    """Return the most intervals [start, end) that hold one moment."""
    if not len(start_s):
        return 0
    times = np.concatenate([end_s, start_s])
    change = np.concatenate([np.full(len(end_s), -1), np.ones(len(start_s), np.int64)])
    order = np.lexsort((change, times))
    return int(np.cumsum(change[order]).max())


def headway_vehicles(round_trip_s: float, layovers_s: float, headway_s: float) -> int:
    """Return the vehicles of a line at one headway: ⌈(round trip + layovers) ÷ headway⌉."""
    return int(np.ceil(round((round_trip_s + layovers_s) / headway_s, 9)))
