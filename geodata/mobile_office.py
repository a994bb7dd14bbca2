"""Owns the plan of a mobile city office (動く市役所): vehicles, places, visit calendar, services."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text


@dataclass(frozen=True, slots=True)
class OfficeVisit:
    """One recurring visit: `weeks_of_month` empty means every week; weekday 0 = Monday; times in seconds."""

    weekday: int
    start_s: int
    end_s: int
    weeks_of_month: tuple[int, ...] = ()

    @property
    def per_month(self) -> float:
        """Visits in an average month (a month has 52 ÷ 12 weeks)."""
        return float(len(self.weeks_of_month)) if self.weeks_of_month else 52 / 12


@dataclass(frozen=True, slots=True)
class OfficePlace:
    """One place where the office opens, with its visits."""

    place_id: str
    name: Text
    lonlat: tuple[float, float]
    xy: tuple[float, float]
    visits: tuple[OfficeVisit, ...]


@dataclass(frozen=True, slots=True)
class MobileOfficePlan:
    """A fixed plan; `walk_m` is the catchment on foot used for coverage."""

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
