"""Owns duties (運転士の勤務): vehicle blocks cut and put together so that each keeps the rules on drivers' hours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import ModelError, Text, error
from geodata.frozen import freeze
from geodata.units import IntArray, StrArray
from sim.operations.blocks import most_at_once
from sim.operations.duty_rules import most_in_a_day, most_span

if TYPE_CHECKING:
    from sim.operations.blocks import Blocks
    from sim.operations.duty_rules import DutyRules
    from sim.operations.runs import DayRuns


@dataclass(frozen=True, slots=True, eq=False)
class Duties:
    """
    Duties of one day.

    `duty`: run → duty, shape (N,). `start_s`, `end_s`: sign-on and sign-off; `drive_s`: driving, empty runs to and from
    the depot included, shapes (D,) [s]. `at_least`: a number of duties that no plan can undercut (`fewest_duties`).
    """

    duty: IntArray
    start_s: IntArray
    end_s: IntArray
    drive_s: IntArray
    at_least: int

    def __post_init__(self) -> None:
        freeze(self)

    def __len__(self) -> int:
        """Return the number of duties."""
        return len(self.start_s)

    @property
    def span_s(self) -> IntArray:
        """Time from sign-on to sign-off, shape (D,) [s]."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """
    Pieces of vehicle blocks that one driver drives without a break.

    `runs`: piece → its runs, in order. `agency`: whose driver it takes.
    """

    runs: list[list[int]]
    start_s: IntArray
    end_s: IntArray
    drive_s: IntArray
    origin: IntArray
    destination: IntArray
    agency: StrArray


def cut_duties(runs: DayRuns, blocks: Blocks, rules: DutyRules) -> Duties:
    """
    Cut the blocks of a day into pieces and put the pieces together to few duties.

    Parameters
    ----------
    runs, blocks
        Runs in order of departure, and who drives them.
    rules
        What a duty may be.

    Returns
    -------
    duties
        Every run is in exactly one duty, and every duty keeps the rules. The fewest of several greedy plans; how far
        from the best it can be, `at_least` tells.

    Raises
    ------
    ModelError
        If the rules leave no time to drive at all.

    Notes
    -----
    A run longer than one driver may drive is driven in parts, by drivers who change underway; it is in the duty of its
    first part.
    """
    whole = runs
    runs, blocks, first = divide_runs(runs, blocks, rules)
    plan = _cut(runs, blocks, rules)
    return plan if len(runs) == len(whole) else replace(plan, duty=plan.duty[first])


def _cut(runs: DayRuns, blocks: Blocks, rules: DutyRules) -> Duties:
    if not len(runs):
        none = np.zeros(0, np.int32)
        return Duties(none, none.copy(), none.copy(), none.copy(), 0)
    at_least = fewest_duties(runs, rules)
    tried: list[tuple[Pieces, list[list[int]]]] = []
    for even in (False, True):
        pieces = cut_pieces(runs, blocks, rules, even=even)
        for prefer in _PREFERENCES:
            tried.append((pieces, join_pieces(pieces, rules, prefer)))
            if len(tried[-1][1]) <= at_least:
                return _duties(runs, *tried[-1], rules, at_least)
    return _duties(runs, *min(tried, key=lambda plan: len(plan[1])), rules, at_least)


def divide_runs(runs: DayRuns, blocks: Blocks, rules: DutyRules) -> tuple[DayRuns, Blocks, IntArray]:
    """Return runs and vehicles with over-long runs in parts that end nowhere else, and run → its first part."""
    most = min(rules.continuous_s - 2 * rules.depot_s, most_in_a_day(rules), most_span(rules))
    if most <= 0:
        message = Text("勤務の条件では、誰も運転できません", "the rules on duties leave no time to drive")
        hint = Text(
            "parameters の duty_span_h・continuous_drive_h・sign_on_min・depot_run_min を見直してください",
            "look at duty_span_h, continuous_drive_h, sign_on_min and depot_run_min under parameters",
        )
        raise ModelError(error("operations.no_time", "parameters", message, hint))
    n_parts = np.maximum(-(-runs.drive_s // most), 1)
    rows = np.repeat(np.arange(len(runs)), n_parts)
    firsts = np.cumsum(n_parts) - n_parts
    if len(rows) == len(runs):
        return runs, blocks, firsts.astype(np.int32)
    part = np.arange(len(rows)) - firsts[rows]
    start = runs.start_s[rows] + runs.drive_s[rows] * part // n_parts[rows]
    end = runs.start_s[rows] + runs.drive_s[rows] * (part + 1) // n_parts[rows]
    underway = -2 - np.arange(len(rows))
    origin = np.where(part == 0, runs.origin[rows], np.roll(underway, 1))
    destination = np.where(part == n_parts[rows] - 1, runs.destination[rows], underway)
    order = np.lexsort((np.arange(len(rows)), start))
    times = {"start_s": start, "end_s": end, "origin": origin, "destination": destination}
    parts = runs.where(rows)
    parts = replace(parts, **{name: column.astype(np.int32) for name, column in times.items()}).where(order)
    place = np.argsort(order)
    return parts, replace(blocks, vehicle=blocks.vehicle[rows][order]), place[firsts].astype(np.int32)


def cut_pieces(runs: DayRuns, blocks: Blocks, rules: DutyRules, *, even: bool) -> Pieces:
    """
    Cut blocks where a vehicle stands for a break, and where driving would go on for too long.

    `even`: pieces of about the same driving time instead of full ones and a rest.
    """
    found: list[list[int]] = []
    start, end = runs.start_s.tolist(), runs.end_s.tolist()
    for block in blocks.runs_of():
        stretch: list[int] = []
        for run in block:
            if stretch and start[run] - end[stretch[-1]] >= rules.break_s:
                found += _cut_stretch(stretch, start, end, rules, even=even)
                stretch = []
            stretch.append(run)
        found += _cut_stretch(stretch, start, end, rules, even=even)
    found.sort(key=lambda piece: (start[piece[0]], piece[0]))
    first, last = np.array([p[0] for p in found]), np.array([p[-1] for p in found])
    drive = np.array([runs.drive_s[p].sum() for p in found], np.int32)
    ends = runs.origin[first], runs.destination[last]
    return Pieces(found, runs.start_s[first], runs.end_s[last], drive, *ends, runs.agency[first])


def _cut_stretch(
    stretch: list[int], start: list[int], end: list[int], rules: DutyRules, *, even: bool
) -> list[list[int]]:
    """Cut runs without a break between them into pieces in which driving stays within what is allowed at a stretch."""
    most = rules.continuous_s - 2 * rules.depot_s
    total = sum(end[run] - start[run] for run in stretch)
    wanted = total / np.ceil(total / most) if even else most
    pieces: list[list[int]] = []
    piece: list[int] = []
    driven = rested = whole = 0
    longest, day_s = most_span(rules), most_in_a_day(rules)
    for run in stretch:
        pause = start[run] - end[piece[-1]] if piece else 0
        rested += pause if pause >= rules.pause_s else 0
        if rested >= rules.break_s:
            driven = rested = 0
        span = end[run] - start[piece[0]] if piece else 0
        drive = end[run] - start[run]
        full = driven + drive > most or whole + drive > day_s or span > longest
        if piece and (full or (even and whole + drive / 2 > wanted)):
            pieces.append(piece)
            piece, driven, rested, whole = [], 0, 0, 0
        piece.append(run)
        driven += drive
        whole += drive
    return [*pieces, piece]


_PREFERENCES = ("last", "first")
"""Which duty takes a piece: the one that ended last, or the one that ended first."""


def join_pieces(pieces: Pieces, rules: DutyRules, prefer: str) -> list[list[int]]:
    """
    Return duties as lists of pieces: each piece, in order of time, goes to a duty that may take it, or a new one.

    A driver drives for one company only, as its vehicles do.
    """
    n = len(pieces.runs)
    start, end, drive, place = (np.zeros(n, np.int64) for _ in range(4))
    _, company = np.unique(pieces.agency, return_inverse=True)
    driven_by = np.zeros(n, np.int64)
    duties: list[list[int]] = []
    longest, day_s = most_span(rules), most_in_a_day(rules)
    for piece in range(n):
        held = len(duties)
        gap = pieces.start_s[piece] - end[:held]
        least = rules.break_s + rules.relief_s * (place[:held] != pieces.origin[piece])
        allowed = (
            (gap >= least)
            & (driven_by[:held] == company[piece])
            & (pieces.end_s[piece] - start[:held] <= longest)
            & (drive[:held] + pieces.drive_s[piece] <= day_s)
        )
        able = np.flatnonzero(allowed)
        if len(able):
            duty = int(able[np.argmin(-end[able] if prefer == "last" else end[able])])
            duties[duty].append(piece)
        else:
            duty = held
            duties.append([piece])
            start[duty], driven_by[duty] = pieces.start_s[piece], company[piece]
        end[duty], place[duty] = pieces.end_s[piece], pieces.destination[piece]
        drive[duty] += pieces.drive_s[piece]
    return duties


def _duties(runs: DayRuns, pieces: Pieces, plan: list[list[int]], rules: DutyRules, at_least: int) -> Duties:
    """Return a plan as arrays, duties in order of sign-on."""
    plan = sorted(plan, key=lambda duty: (int(pieces.start_s[duty[0]]), duty[0]))
    duty = np.full(len(runs), -1, np.int32)
    for number, held in enumerate(plan):
        for piece in held:
            duty[pieces.runs[piece]] = number
    first, last = np.array([d[0] for d in plan]), np.array([d[-1] for d in plan])
    drive = np.array([pieces.drive_s[d].sum() for d in plan], np.int64) + 2 * rules.depot_s
    return Duties(
        duty,
        (pieces.start_s[first] - rules.before_s).astype(np.int32),
        (pieces.end_s[last] + rules.after_s).astype(np.int32),
        drive.astype(np.int32),
        at_least,
    )


def fewest_duties(runs: DayRuns, rules: DutyRules) -> int:
    """
    Return a number of duties that no plan of these runs can undercut.

    Notes
    -----
    The greater of two. All driving ÷ what a duty may hold. And over moments: the runs on the road then (layovers
    included), plus the most on the road at one later moment among those that end after a duty which drives at the
    first moment must be over; no two of all these can be one driver's.
    """
    busy_s = runs.end_s + rules.layover_s
    moments = np.unique(runs.start_s)
    ended = np.searchsorted(np.sort(busy_s), moments, side="right")
    here = np.searchsorted(np.sort(runs.start_s), moments, side="right") - ended
    most, apart = int(here.max(initial=0)), 0
    for n in np.argsort(-here, kind="stable").tolist():
        if int(here[n]) + most <= apart:
            break
        late = runs.end_s > moments[n] + most_span(rules)
        apart = max(apart, int(here[n]) + most_at_once(runs.start_s[late], busy_s[late]))
    return max(apart, int(np.ceil(float(runs.drive_s.sum()) / most_in_a_day(rules))))
