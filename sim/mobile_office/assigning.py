"""Owns giving the visits of a calendar to vehicles, so that no vehicle is in two places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.mobile_office.tour_check import Clash, Stay, check_days, too_close
from sim.mobile_office.tour_types import weeks_visited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sim.mobile_office.tour_types import Crew

MOST_TRIES = 20_000
"""Assignments of one weekday that are looked at before the last one found counts."""


def assign_vehicles(crew: Crew, stays: Sequence[Stay]) -> tuple[tuple[Stay, ...], tuple[Clash, ...]]:
    """
    Give every visit a vehicle.

    Parameters
    ----------
    crew
        What every vehicle's day must keep to.
    stays
        Visits; one that names a vehicle keeps it.

    Returns
    -------
    stays
        The same visits, each with a vehicle.
    clashes
        What cannot be, whatever the vehicles: two visits that need the same one, or days that break shift or lunch.

    Notes
    -----
    Weekday by weekday, every assignment is tried (vehicles are alike, and visits in different weeks may share one), the
    lowest numbers first; the first one without a clash is taken.
    """
    found: list[Stay] = list(stays)
    clashes: list[Clash] = []
    for weekday in sorted({s.visit.weekday for s in stays}):
        numbers = [n for n, s in enumerate(stays) if s.visit.weekday == weekday]
        day = [stays[n] for n in numbers]
        given, wrong = _assign_day(crew, day)
        for n, stay in zip(numbers, given, strict=True):
            found[n] = stay
        clashes += [replace(c, stays=tuple(numbers[n] for n in c.stays)) for c in wrong]
    return tuple(found), tuple(clashes)


def _assign_day(crew: Crew, day: Sequence[Stay]) -> tuple[list[Stay], tuple[Clash, ...]]:
    """Return the visits of one weekday with vehicles, and what cannot be."""
    order = sorted(range(len(day)), key=lambda n: (day[n].visit.start_s, day[n].visit.end_s, n))
    apart = _conflicts(crew, day)
    best: tuple[list[Stay], tuple[Clash, ...]] | None = None
    for colors in _colorings(crew, day, order, apart):
        stays = [s._replace(visit=replace(s.visit, vehicle=colors[n])) for n, s in enumerate(day)]
        wrong = check_days(crew, stays)
        if best is None or not wrong:
            best = stays, wrong
        if not wrong:
            break
    return best or (list(day), _first_clash(crew, day, order, apart))


def _conflicts(crew: Crew, day: Sequence[Stay]) -> set[tuple[int, int]]:
    """Return pairs (by number, the earlier opening first) that one vehicle cannot make in the same week."""
    found = set()
    for a in range(len(day)):
        for b in range(len(day)):
            together = set(weeks_visited(day[a].visit)) & set(weeks_visited(day[b].visit))
            first = (day[a].visit.start_s, day[a].visit.end_s, a) < (day[b].visit.start_s, day[b].visit.end_s, b)
            if first and together and too_close(crew, day, a, b) is not None:
                found.add((a, b))
    return found


def _colorings(
    crew: Crew, day: Sequence[Stay], order: Sequence[int], apart: set[tuple[int, int]]
) -> Iterator[dict[int, int]]:
    """Yield visit → vehicle without a conflict, at most `MOST_TRIES` steps of the search."""
    tries = 0

    def extend(position: int, colors: dict[int, int]) -> Iterator[dict[int, int]]:
        nonlocal tries
        if position == len(order):
            yield colors
            return
        n = order[position]
        named = day[n].visit.vehicle
        fresh = max(colors.values(), default=-1) + 1
        asked = any(s.visit.vehicle >= 0 for s in day)  # numbers that were named are not alike
        wanted = range(crew.n_vehicles if asked else min(crew.n_vehicles, fresh + 1))
        for vehicle in [named] if named >= 0 else wanted:
            tries += 1
            if tries > MOST_TRIES:
                return
            same = (m for m, color in colors.items() if color == vehicle)
            if not any((m, n) in apart or (n, m) in apart for m in same):
                yield from extend(position + 1, {**colors, n: vehicle})

    yield from extend(0, {})


def _first_clash(
    crew: Crew, day: Sequence[Stay], order: Sequence[int], apart: set[tuple[int, int]]
) -> tuple[Clash, ...]:
    """Return the first pair that stands in the way: of visits taken in order, the one no vehicle is free for."""
    given: dict[int, int] = {}
    for n in order:
        named = day[n].visit.vehicle
        busy = {m: v for m, v in given.items() if (m, n) in apart or (n, m) in apart}
        free = [v for v in ([named] if named >= 0 else range(crew.n_vehicles)) if v not in busy.values()]
        if free:
            given[n] = free[0]
            continue
        last = max((m for m in busy if named < 0 or busy[m] == named), key=lambda m: (day[m].visit.end_s, m))
        pair = sorted((last, n), key=lambda m: (day[m].visit.start_s, day[m].visit.end_s, m))
        clash = too_close(crew, day, *pair)
        return (clash,) if clash is not None else ()
    pair = sorted(min(apart), key=order.index)  # greedy found vehicles that the search was cut short of
    clash = too_close(crew, day, *pair)
    return (clash,) if clash is not None else ()
