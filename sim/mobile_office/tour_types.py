"""Owns what a tour is asked and answered by: crew, places, and the weekly visits found for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.errors import ModelError, Text, error
from geodata.frozen import freeze, require_lengths
from geodata.mobile_office import LunchBreak, OfficeVisit
from geodata.units import IntArray

WEEKLY, TWICE, ONCE = 4, 2, 1
FREQUENCIES = (ONCE, TWICE, WEEKLY)
"""Visits a month that a place may have: one of the weeks 1–4; weeks 1 and 3, or 2 and 4; every week."""
NO_ROAD_S = 1_000_000
"""Stands for a drive that no road allows [s]."""
WEEKS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Crew:
    """
    What every day of every vehicle must keep to.

    Parameters
    ----------
    names
        place → name, shape (P,).
    drive_s
        place, place → drive [s, whole, rounded up], the depot last, shape (P+1, P+1).
    n_vehicles
        Vehicles, each with a crew.
    setup_s
        Time to open up at a place, and again to pack [s].
    shift_s
        From leaving the depot to being back [s after 00:00]; None = any time, and the depot does not matter.
    lunch
        The break; None = none is asked.
    """

    names: tuple[Text, ...]
    drive_s: IntArray
    n_vehicles: int
    setup_s: int
    shift_s: tuple[int, int] | None
    lunch: LunchBreak | None

    def __post_init__(self) -> None:
        require_lengths("crew", len(self.names) + 1, drive_s=self.drive_s)
        freeze(self)

    @property
    def n_places(self) -> int:
        """Number of places."""
        return len(self.names)


@dataclass(frozen=True, slots=True, eq=False)
class TourAsk:
    """
    Places to visit, how often and how long, and what the crew keeps to.

    Parameters
    ----------
    crew
        Drives, vehicles, shift, lunch, set-up; the shift must be given.
    dwell_s
        place → time open at each visit [s, > 0], shape (P,).
    visits_per_month
        place → one of `FREQUENCIES`, shape (P,).
    weekdays
        Weekdays that may be used (0 = Monday), in the order in which they are filled.
    opening_s
        place → earliest opening and latest closing [s after 00:00], shape (P, 2).
    step_s
        Openings are whole multiples of this [s], so that people can remember them.

    Raises
    ------
    ModelError
        A frequency that is not known, or drives that a way round would shorten.

    Notes
    -----
    Drives must keep the triangle inequality: then it is enough to hold every two visits of one day apart.
    """

    crew: Crew
    dwell_s: IntArray
    visits_per_month: IntArray
    weekdays: tuple[int, ...]
    opening_s: IntArray
    step_s: int = 300

    def __post_init__(self) -> None:
        require_lengths(
            "tour",
            self.crew.n_places,
            dwell_s=self.dwell_s,
            visits_per_month=self.visits_per_month,
            opening_s=self.opening_s,
        )
        drive = self.crew.drive_s.astype(np.int64)
        direct = all((drive <= drive[:, [m]] + drive[[m], :]).all() for m in range(len(drive)))
        fine = np.isin(self.visits_per_month, FREQUENCIES).all() and (self.dwell_s > 0).all() and self.weekdays
        if not (direct and fine and self.crew.shift_s is not None):
            message = Text("巡回の条件が読めません", "the tour is asked in a way that cannot be read")
            raise ModelError(error("tour.ask", "tour", message))
        freeze(self)

    @property
    def shift_s(self) -> tuple[int, int]:
        """The shift [s after 00:00]."""
        return self.crew.shift_s or (0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Tours:
    """
    Feasible weekly tours.

    Parameters
    ----------
    visits
        place → its recurring visit, with the vehicle.
    drive_s_month
        Driving in weeks 1–4, from the depot and back to it [s].
    bound_s_month
        No plan drives less [s]; equal to `drive_s_month` where the least driving is proven.
    """

    visits: tuple[OfficeVisit, ...]
    drive_s_month: int
    bound_s_month: int

    @property
    def proven(self) -> bool:
        """Whether no plan drives less."""
        return self.bound_s_month >= self.drive_s_month

    @property
    def gap(self) -> float:
        """How much less driving cannot be ruled out, as a share of the driving (0 = none)."""
        return max(0.0, 1 - self.bound_s_month / self.drive_s_month) if self.drive_s_month else 0.0


def weeks_visited(visit: OfficeVisit) -> tuple[int, ...]:
    """Return the weeks of the month of a visit, the fifth included where it is every week."""
    return visit.weeks_of_month or (*WEEKS, 5)
