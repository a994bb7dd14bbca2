"""Owns the plan of a mobile city office (動く市役所): vehicles, places, visit calendar, services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geodata.errors import Text

PlanUse = Literal["office", "disaster", "shop", "voting"]
"""動く市役所・臨時窓口（災害後）・移動販売・期日前投票."""
DeskKind = Literal["online", "doctor"]
"""What a clinic desk on board offers: an online visit with help, or a visiting doctor."""

WEEKS_PER_MONTH = 52 / 12
FIFTH = 5


def times_a_month(weeks_of_month: tuple[int, ...]) -> float:
    """
    Return how often some weeks of the month come in an average month; none named = every week.

    The first four come every month, a fifth one in what is left of 52 ÷ 12 weeks (one month in three), so that all
    five together are every week.
    """
    named = set(weeks_of_month) or {1, 2, 3, 4, FIFTH}
    return len(named - {FIFTH}) + (WEEKS_PER_MONTH - 4 if FIFTH in named else 0.0)


@dataclass(frozen=True, slots=True)
class OfficeVisit:
    """
    One recurring visit.

    `weekday`: 0 = Monday. `start_s`, `end_s`: open from and to [s after 00:00]. `weeks_of_month` empty means every
    week. `vehicle`: number of the vehicle from 0, −1 = not assigned.
    """

    weekday: int
    start_s: int
    end_s: int
    weeks_of_month: tuple[int, ...] = ()
    vehicle: int = -1

    @property
    def per_month(self) -> float:
        """Visits in an average month (a month has 52 ÷ 12 weeks)."""
        return times_a_month(self.weeks_of_month)

    @property
    def hours_per_month(self) -> float:
        """Hours open in an average month."""
        return self.per_month * (self.end_s - self.start_s) / 3_600


@dataclass(frozen=True, slots=True)
class OfficePlace:
    """One place where the office opens, with its visits; `facility_id` "" = no facility of the city."""

    place_id: str
    name: Text
    lonlat: tuple[float, float]
    xy: tuple[float, float]
    visits: tuple[OfficeVisit, ...]
    facility_id: str = ""


@dataclass(frozen=True, slots=True)
class ClinicDesk:
    """
    A clinic desk on board: clinic supply on the hours of the visits.

    `doctor_hours_share`: hours of consultation supplied per hour open, 0–1 (one doctor at the desk all the time = 1).
    """

    kind: DeskKind
    doctor_hours_share: float


@dataclass(frozen=True, slots=True)
class LunchBreak:
    """The crew's break: `duration_s` [s] without driving, set-up or opening, all of it within earliest – latest."""

    earliest_s: int
    latest_s: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class MobileOfficePlan:
    """
    A plan, fixed or chosen by the tool (`chosen_by` names how).

    `walk_m`: catchment on foot used for coverage. `procedures_per_hour`: None = the parameters' (low, mid, high).
    `staff`: persons on board. `setup_s`: time to open up, and again to pack. `reservation`: none | required.
    `shift_s`: when the crew works, from leaving the depot to being back [s after 00:00]; None = not checked.
    """

    plan_id: str
    name: Text
    plan_status: str
    services: tuple[str, ...]
    n_vehicles: int
    places: tuple[OfficePlace, ...]
    walk_m: float
    depot_lonlat: tuple[float, float] | None = None
    procedures_per_hour: float | None = None
    reservation: str = "none"
    use: PlanUse = "office"
    staff: int | None = None
    depot_xy: tuple[float, float] | None = None
    setup_s: int = 0
    clinic_desk: ClinicDesk | None = None
    chosen_by: str = ""
    shift_s: tuple[int, int] | None = None
    lunch: LunchBreak | None = None
