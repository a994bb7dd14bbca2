"""Owns why people travel: purposes, the places they go to, and the minutes by which they want to be there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from geodata.facilities import FacilityKind
from geodata.frozen import freeze, require_lengths
from geodata.provenance import Status, weakest
from sim.ridership.base_names import N_MARKS_KEPT, PREFIX

if TYPE_CHECKING:
    from geodata.units import FloatArray, IntArray, StrArray
    from sim.context import RunContext

Purpose = Literal["work", "school", "clinic", "errand"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
"""通勤, 通学 (高校), 通院, 買物・私用."""
N_MARKS, N_MARKS_DRAWN = 12, 3
"""Minutes of a window by which people want to be there, and as many for each draw where headways are drawn besides."""
_GOLDEN = (5**0.5 - 1) / 2
_BEFORE_S = 3_600
"""Work and school begin within the hour up to their clock: not all at once. Assumption."""
_ERRANDS_S = (13 * 3_600, 16 * 3_600)
"""The afternoon (models.md §3: 12–16), without the lunch hour."""

PLACES_OF: dict[Purpose, tuple[FacilityKind, ...]] = {
    "work": (FacilityKind.LARGE_WORKPLACE, FacilityKind.STATION_FRONT),
    "school": (FacilityKind.HIGH_SCHOOL,),
    "clinic": (FacilityKind.CLINIC, FacilityKind.HOSPITAL),
    "errand": (FacilityKind.SHOP, FacilityKind.STATION_FRONT, FacilityKind.COMMUNITY_CENTRE),
}
"""Purpose → where people go. Assumption: stations stand for offices around them, and for shops where none are known."""


@dataclass(frozen=True, slots=True, eq=False)
class Destinations:
    """
    Where people go for one purpose.

    Parameters
    ----------
    purpose
        Why.
    place_id, xy
        Ids and plane coordinates [m], shapes (D,), (D, 2).
    attraction
        Relative size, 1 where none is known, shape (D,).
    marks_s
        Instants by which people want to be there, rising [s after 00:00], shape (M,); each draw takes its part.
    status
        How sure the places are.
    """

    purpose: Purpose
    place_id: StrArray
    xy: FloatArray
    attraction: FloatArray
    marks_s: IntArray
    status: Status

    def __post_init__(self) -> None:
        require_lengths("destinations", len(self.place_id), xy=self.xy, attraction=self.attraction)
        freeze(self)


def find_destinations(context: RunContext, purpose: Purpose) -> Destinations:
    """
    Return where people go for a purpose.

    Places that are not open to the public (in-house clinics) count only for work and school.

    Parameters
    ----------
    context
        The city.
    purpose
        Why people travel.

    Returns
    -------
    destinations
        In the order of the facilities.
    """
    facilities = context.facilities(*PLACES_OF[purpose])
    kept = facilities.open_to_public | (purpose in {"work", "school"})
    capacity = facilities.capacity[kept] if purpose in {"work", "school"} else np.full(int(kept.sum()), np.nan)
    names = {Status(name) for name in facilities.status[kept].tolist()}
    return Destinations(
        purpose,
        facilities.facility_id[kept],
        facilities.xy[kept],
        relative_size(capacity),
        marks_of(window_of(context, purpose), n_marks_of(context)),
        weakest([context.city.status_of("facilities"), *names]),
    )


def n_marks_of(context: RunContext) -> int:
    """
    Return how many instants people want to be there by, the same in a run as at its baseline.

    Other instants would give another wait on lines that nobody changed.
    """
    from sim.routing.day import depends_on_draw  # noqa: PLC0415 -- the package loads compiled kernels

    kept = context.base_column(PREFIX + N_MARKS_KEPT)
    if kept is not None and len(kept) and np.isfinite(kept[0]):
        return int(kept[0])
    return N_MARKS_DRAWN * context.analysis.n_draws if depends_on_draw(context.city.timetable) else N_MARKS


def relative_size(capacity: FloatArray) -> FloatArray:
    """Return sizes over their mean; a place whose size is unknown counts as the mean of the others."""
    known = np.isfinite(capacity) & (capacity > 0)
    return np.where(known, capacity / capacity[known].mean(), 1.0) if known.any() else np.ones(len(capacity))


def window_of(context: RunContext, purpose: Purpose) -> tuple[int, int]:
    """Return the first and last instant by which people want to be at a place of a purpose [s after 00:00]."""
    if purpose == "clinic":
        return context.analysis.window_s(context.city)
    if purpose == "errand":
        return _ERRANDS_S
    clock = context.params.clock_s("works_start" if purpose == "work" else "school_bell")
    return clock - _BEFORE_S, clock


def marks_of(window_s: tuple[int, int], n_marks: int) -> IntArray:
    """
    Return instants spread over a window [s], rising, shape (M,).

    They lie at multiples of the golden section, so that no headway fits their distances: equal steps would see a line
    every 15 minutes in the same phase each time.
    """
    first, last = window_s
    return np.sort(np.round(first + (last - first) * (np.arange(1, n_marks + 1) * _GOLDEN % 1.0))).astype(np.int32)
