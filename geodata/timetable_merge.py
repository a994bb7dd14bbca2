"""Owns several timetables as one, their ids kept apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.empty_layers import empty_timetable
from geodata.timetable import Fares, Patterns, Routes, Services, Stops, Timetable, Transfers, Trips
from geodata.timetable_parts import keep_routes, offsets_of_lengths

if TYPE_CHECKING:
    from collections.abc import Sequence


ID_COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "stop": (("stops", "stop_id"),),
    "route": (("routes", "route_id"),),
    "pattern": (("patterns", "pattern_id"),),
    "trip": (("trips", "trip_id"),),
    "service": (("services", "service_id"),),
    "block": (("trips", "block_id"),),
    "zone": (("stops", "zone_id"), ("fares", "origin_zone"), ("fares", "destination_zone")),
}
"""Kind of id → the columns it stands in."""


@dataclass(frozen=True, slots=True)
class RenamedId:
    """One id of a later timetable that an earlier one has too; `part` counts from 0."""

    part: int
    kind: str
    former_id: str
    new_id: str


@dataclass(frozen=True, slots=True, eq=False)
class JoinedTimetable:
    """
    Several timetables as one, and what had to change for it.

    `renamed`: ids with a prefix now. `fares_dropped`: currency → fare rules left out, as a city has one currency.
    `timezones`: time zones of the parts, in order, each once.
    """

    timetable: Timetable
    renamed: tuple[RenamedId, ...] = ()
    fares_dropped: tuple[tuple[str, int], ...] = ()
    timezones: tuple[str, ...] = ()


def join_timetables(parts: Sequence[Timetable]) -> Timetable:
    """
    Return several timetables as one; see `join_told`.

    Notes
    -----
    Stops, routes, patterns, trips, services and transfers add up; a single part comes back as it is.
    """
    return join_told(parts).timetable


def join_told(parts: Sequence[Timetable], names: Sequence[str] = ()) -> JoinedTimetable:
    """
    Join timetables, keeping ids apart, and tell what changed.

    An id that an earlier part uses for the same kind of thing gets ``<name>:`` in front, in all its columns. A fare of
    any route becomes one of each route of its part, so that it stays with its operator.

    Parameters
    ----------
    parts
        Timetables on one plane, in order of precedence: ids of the first never change.
    names
        Prefix of each part; left out, the one source its routes have, else its number counted from 1.

    Returns
    -------
    joined
        The timetable, with the time zone and the currency of the first part that has trips, and fares.
    """
    if len(parts) == 1:
        return JoinedTimetable(parts[0], timezones=(parts[0].agency_timezone,))
    if not parts:
        return JoinedTimetable(empty_timetable())
    prefixes = list(names) or [_name_of(part, number) for number, part in enumerate(parts, 1)]
    apart, renamed = _ids_apart(parts, prefixes)
    holding = [p for p in apart if len(p.routes.route_id)]
    if len(holding) > 1:
        apart = [_fares_of_own_routes(p) for p in apart]
    fares, dropped = _fares(apart)
    stop_shift, route_shift = _shifts(p.n_stops for p in apart), _shifts(len(p.routes.route_id) for p in apart)
    pattern_shift = _shifts(len(p.patterns.pattern_id) for p in apart)
    service_shift = _shifts(len(p.services.service_id) for p in apart)
    timetable = Timetable(
        stops=_stacked(Stops, [p.stops for p in apart], {"parent": stop_shift}),
        routes=_stacked(Routes, [p.routes for p in apart], {}),
        patterns=_stacked(Patterns, [p.patterns for p in apart], {"route": route_shift, "stops": stop_shift}),
        trips=_stacked(Trips, [p.trips for p in apart], {"pattern": pattern_shift, "service": service_shift}),
        services=_stacked(Services, [p.services for p in apart], {"exception_service": service_shift}),
        transfers=_stacked(Transfers, [p.transfers for p in apart], {"from_stop": stop_shift, "to_stop": stop_shift}),
        fares=fares,
        agency_timezone=next((p.agency_timezone for p in holding), parts[0].agency_timezone),
    )
    zones = tuple(dict.fromkeys(p.agency_timezone for p in (holding or apart)))
    return JoinedTimetable(timetable, tuple(renamed), dropped, zones)


def _name_of(part: Timetable, number: int) -> str:
    sources = np.unique(part.routes.source_id)
    return str(sources[0]) if len(sources) == 1 and sources[0] else str(number)


def _ids_apart(parts: Sequence[Timetable], prefixes: Sequence[str]) -> tuple[list[Timetable], list[RenamedId]]:
    """Return the parts with ids that no two of them share, and which changed."""
    apart, renamed = list(parts), []
    for kind, columns in ID_COLUMNS.items():
        taken: set[str] = set()
        for number, part in enumerate(apart):
            own = {i for table, column in columns for i in np.unique(getattr(getattr(part, table), column)).tolist()}
            own.discard("")
            again = own & taken
            if again:
                new_ids = _prefixed(again, prefixes[number], taken | own)
                apart[number] = _with_ids(part, columns, new_ids)
                renamed += [RenamedId(number, kind, old, new) for old, new in sorted(new_ids.items())]
                own = (own - again) | set(new_ids.values())
            taken |= own
    return apart, renamed


def _prefixed(ids: set[str], name: str, taken: set[str]) -> dict[str, str]:
    """Return id → the same with a prefix under which none is taken."""
    prefix, number = f"{name}:", 1
    while any(f"{prefix}{i}" in taken for i in ids):
        number += 1
        prefix = f"{name}-{number}:"
    return {i: f"{prefix}{i}" for i in ids}


def _with_ids(part: Timetable, columns: Sequence[tuple[str, str]], new_ids: dict[str, str]) -> Timetable:
    for table, column in columns:
        rows = getattr(part, table)
        ids, back = np.unique(getattr(rows, column), return_inverse=True)
        if len(ids):
            changed = np.array([new_ids.get(i, i) for i in ids.tolist()])[back]
            part = replace(part, **{table: replace(rows, **{column: changed})})
    return part


def _shifts(lengths: Any) -> list[int]:
    return [0, *np.cumsum(list(lengths)).tolist()]


def _stacked(table: type[Any], parts: Sequence[Any], shifted: dict[str, list[int]]) -> Any:
    """Return one table of several; row numbers in `shifted` move behind the rows of earlier parts, −1 stays."""
    columns: dict[str, np.ndarray[Any, Any]] = {}
    for name in table.__dataclass_fields__:
        arrays = [getattr(p, name) for p in parts]
        if name.endswith("_offsets"):
            columns[name] = offsets_of_lengths(np.concatenate([np.diff(a) for a in arrays]))
            continue
        if name in shifted:
            arrays = [np.where(a >= 0, a + shift, a) for a, shift in zip(arrays, shifted[name], strict=False)]
        joined = np.concatenate(arrays)
        columns[name] = joined if joined.dtype.kind == "U" else joined.astype(getattr(parts[0], name).dtype, copy=False)
    return table(**columns)


def _fares_of_own_routes(part: Timetable) -> Timetable:
    """Return the part with each fare for any route as fares for each of its routes."""
    fares, n_routes = part.fares, len(part.routes.route_id)
    free = fares.route < 0
    if not free.any():
        return part
    order = np.repeat(np.arange(len(fares.route)), np.where(free, n_routes, 1))
    every = np.tile(np.arange(n_routes, dtype=np.int32), int(free.sum()))
    route = fares.route[order].copy()
    route[free[order]] = every
    columns = {n: getattr(fares, n)[order] for n in ("price_yen", "origin_zone", "destination_zone")}
    return replace(part, fares=replace(fares, route=route, **columns))


def _fares(parts: Sequence[Timetable]) -> tuple[Fares, tuple[tuple[str, int], ...]]:
    """Return the fares of the first currency, and how many of each other one are left out."""
    shifts = _shifts(len(p.routes.route_id) for p in parts)
    currency = next((p.fares.currency for p in parts if len(p.fares.route)), parts[0].fares.currency)
    columns: dict[str, list[Any]] = {n: [] for n in ("price_yen", "route", "origin_zone", "destination_zone")}
    dropped: dict[str, int] = {}
    for part, shift in zip(parts, shifts, strict=False):
        fares = part.fares
        if fares.currency != currency:
            if len(fares.route):
                dropped[fares.currency] = dropped.get(fares.currency, 0) + len(fares.route)
            continue
        for name, arrays in columns.items():
            arrays.append(getattr(fares, name))
        columns["route"][-1] = np.where(fares.route >= 0, fares.route + shift, fares.route).astype(np.int32)
    joined = {name: np.concatenate(found) for name, found in columns.items()}
    return Fares(**joined, currency=currency), tuple(sorted(dropped.items()))


__all__ = [
    "ID_COLUMNS",
    "JoinedTimetable",
    "RenamedId",
    "join_timetables",
    "join_told",
    "keep_routes",
]
