"""Owns on-demand services (デマンド交通): area, hours, fleet, fare; only one with a `plan` is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geodata.errors import Text
from geodata.provenance import Status

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Policy = Literal["door-to-door", "points", "feeder"]
"""Anywhere in the area; between pick-up and drop-off points; between the area and hubs or stops."""
Channel = Literal["phone", "app", "both", "none"]
Attendant = Literal["driver", "onboard", "remote"]
Business = Literal["", "乗合", "乗用", "自家用有償", "無償", "自動運転"]
"""事業区分: 一般乗合・一般乗用（タクシー）・自家用有償旅客運送・無償（許可不要）・特定自動運行."""


@dataclass(frozen=True, slots=True)
class OnDemandFleet:
    """
    Vehicles of a service.

    `speed_kmh`: running speed along the road. `step_free`: boards without a step. `boarding_s`: getting on or off,
    per stop made. `depot_xy` None = the centre of the people in the area.
    """

    n_vehicles: int
    seats: int
    speed_kmh: float
    step_free: bool = True
    attendant: Attendant = "driver"
    boarding_s: int = 60
    depot_xy: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class FixedWait:
    """A wait that is given, not simulated [s]."""

    wait_s: int


@dataclass(frozen=True, slots=True)
class FleetWait:
    """A wait that the fleet makes: a request that cannot be met within these limits is refused (配車不成立)."""

    max_wait_s: int
    max_detour_factor: float


@dataclass(frozen=True, slots=True, eq=False)
class OnDemandPlan:
    """
    What a model needs to run a service.

    Parameters
    ----------
    area_xy
        Where it picks up and sets down, polygon in plane coordinates [m].
    policy
        What journeys it makes.
    to_stops
        Stops it feeds (ids), of `policy` ``feeder``; those of its hubs are put in when the plan is made.
    points_xy
        Pick-up and drop-off points [m], of `policy` ``points``.
    days
        Day bits as in `geodata.timetable.Services`.
    start_s, end_s
        Hours of operation [s after 00:00].
    fleet
        Vehicles.
    wait
        Given, or made by the fleet.
    min_lead_s
        Booking lead [s]; 0 = immediate. Requests booked a day before are all known in the morning.
    channel
        How one books.
    no_show_share
        Share of accepted requests where nobody comes, 0–1.
    duration_factor, duration_offset_s
        What a ride takes at most beside the direct drive, as GTFS-Flex `safe_duration_factor`, `_offset`; used with a
        fixed wait.
    fare_yen, pass_yen_month
        Fare of a ride and of a monthly pass; None = not known.
    from_age
        Youngest age that may ride; 0 = everybody.
    business
        事業区分.
    requests_per_day
        Requests of an average day of operation; None = by the rates of the parameters.
    egress
        Whether it also brings people from stops to their homes.
    priority
        Of overlapping services the smaller number serves first; equal ones share by area.
    """

    area_xy: BaseGeometry
    policy: Policy
    days: int
    start_s: int
    end_s: int
    fleet: OnDemandFleet
    wait: FixedWait | FleetWait
    to_stops: tuple[str, ...] = ()
    points_xy: tuple[tuple[float, float], ...] = ()
    min_lead_s: int = 0
    channel: Channel = "phone"
    no_show_share: float = 0.0
    duration_factor: float = 1.0
    duration_offset_s: int = 0
    fare_yen: float | None = None
    pass_yen_month: float | None = None
    from_age: int = 0
    business: Business = ""
    requests_per_day: float | None = None
    egress: bool = True
    priority: int = 0


@dataclass(frozen=True, slots=True)
class OnDemandService:
    """
    One service as published or planned; unknown figures are None, never guessed; `plan` None = only listed.

    `status`: how sure its weakest figure is. `note`: which figures of the plan are published and which assumed.
    """

    service_id: str
    name: Text
    area: Text
    days: tuple[int, ...]
    start_s: int | None
    end_s: int | None
    n_vehicles: int | None
    seats: int | None
    booking: str
    fare: Text
    source: str
    status: Status
    plan: OnDemandPlan | None = None
    plan_status: str = "planned"
    note: Text = Text("", "")

    @property
    def computed(self) -> bool:
        """Return whether a model uses it."""
        return self.plan is not None
