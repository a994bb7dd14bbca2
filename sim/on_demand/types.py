"""Owns the nouns of on-demand mobility: who may ask, requests, the rules of a fleet, and what a simulated day gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from geodata.frozen import freeze, require_lengths
from geodata.units import BoolArray, FloatArray, IntArray, StrArray

NO_REQUEST = -1
NO_VEHICLE = -1
NOT_SERVED_S = np.int32(-1)
"""Stands for the pick-up and drop-off time of a request that has none."""

PURPOSES = ("clinic", "shop", "community", "stop", "other")
"""Purpose → what kind of place it leads to; `Requests.purpose` and `Demand.purpose` count into it."""
CLASS_AGES = (0, 65, 75)
"""Class of age → its youngest age; `Requests.age_class` counts into it."""


class RequestStatus(IntEnum):
    """What became of a request; `WITHDRAWN`: the ride home of somebody whose ride out was refused."""

    REJECTED = 0
    SERVED = 1
    NO_SHOW = 2
    WITHDRAWN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """
    Who may ask for rides on a day of operation, and where they go.

    Parameters
    ----------
    cell
        home → index of its cell in the city, shape (H,).
    cell_id
        home → id of its cell, shape (H,): chance is keyed by it, so that it depends on no other cell.
    home
        home → its point in the drive matrix, shape (H,).
    persons
        home, class of age → people who may ride, shape (H, len(CLASS_AGES)) [persons].
    place
        place → its point in the drive matrix, shape (J,).
    place_id
        place → id, shape (J,); ties of chance are broken by it.
    purpose
        place → index into `PURPOSES`, shape (J,).
    weight
        home, place → pull of a place on a home within its purpose, ≥ 0, shape (H, J); rows of ones = any place alike.
    start_s, end_s
        Hours of operation [s after 00:00].
    min_lead_s
        Booking lead [s]; 0 = immediate.
    no_show_share
        Share of outings where nobody comes, 0–1.
    homeward
        Whether it also brings people home.
    requests_per_day
        Requests of an average day, rides home included, where every factor is 1; None = by the rates of the parameters.
    factor
        home, class of age → rides per person ÷ usual rides, ≥ 0, shape as `persons`; None = 1.
    """

    cell: IntArray
    cell_id: StrArray
    home: IntArray
    persons: FloatArray
    place: IntArray
    place_id: StrArray
    purpose: IntArray
    weight: FloatArray
    start_s: int
    end_s: int
    min_lead_s: int = 0
    no_show_share: float = 0.0
    homeward: bool = True
    requests_per_day: float | None = None
    factor: FloatArray | None = None

    def __post_init__(self) -> None:
        require_lengths(
            "demand", len(self.cell), cell_id=self.cell_id, home=self.home, persons=self.persons, weight=self.weight
        )
        require_lengths("demand.place", len(self.place), place_id=self.place_id, purpose=self.purpose)
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Requests:
    """
    Requests of one day; the index is the request's number.

    Parameters
    ----------
    desired_s
        request → earliest time of picking up [s after 00:00], shape (R,).
    known_s
        request → when it is made [s after 00:00; negative = the days before], ≤ `desired_s`, shape (R,).
    origin, destination
        request → points of the drive matrix, shape (R,).
    persons
        request → people who ride together, ≥ 1, shape (R,).
    no_show
        request → whether nobody will come, shape (R,).
    age_class
        request → index into `CLASS_AGES`, shape (R,).
    purpose
        request → index into `PURPOSES`, shape (R,).
    cell
        request → cell of the home in the city, −1 = none, shape (R,).
    outbound
        request → the request it is the way home of, with a smaller number and known no later, −1 = none, shape (R,).
    """

    desired_s: IntArray
    known_s: IntArray
    origin: IntArray
    destination: IntArray
    persons: IntArray
    no_show: BoolArray
    age_class: IntArray
    purpose: IntArray
    cell: IntArray
    outbound: IntArray

    def __post_init__(self) -> None:
        require_lengths(
            "requests",
            len(self.desired_s),
            known_s=self.known_s,
            origin=self.origin,
            destination=self.destination,
            persons=self.persons,
            no_show=self.no_show,
            age_class=self.age_class,
            purpose=self.purpose,
            cell=self.cell,
            outbound=self.outbound,
        )
        freeze(self)

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self.desired_s)


@dataclass(frozen=True, slots=True)
class FleetRules:
    """
    What a fleet promises and how it works.

    Parameters
    ----------
    n_vehicles, seats
        Vehicles, all alike, and people one carries.
    max_wait_s
        Somebody is picked up within [desired, desired + `max_wait_s`].
    max_detour_factor, ride_allowance_s
        A ride takes at most max(direct × factor, direct + allowance), direct = boarding and the drive alone [s].
    boarding_s
        A vehicle stands at least so long after somebody got on or off; those at one halt do so at the same time.
    start_s, end_s
        Vehicles leave the depot from `start_s`; everybody is set down by `end_s` [s after 00:00].
    depot
        Point of the drive matrix where vehicles begin, and to which they return after `end_s`.
    sharing
        False: a vehicle carries one party at a time, first come, first served (乗用).
    rider_weight
        What a second of a party's wait counts when a place in the routes is chosen, in seconds of driving, in steps of
        1/1,000; 0 = the least driving only.
    """

    n_vehicles: int
    seats: int
    max_wait_s: int
    max_detour_factor: float
    boarding_s: int
    start_s: int
    end_s: int
    depot: int = 0
    ride_allowance_s: int = 600
    sharing: bool = True
    rider_weight: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class VehicleTotals:
    """
    What each vehicle did; shapes (V,).

    Parameters
    ----------
    loaded_m, empty_m
        Driven with somebody on board, and with nobody [m]; the way back to the depot is empty.
    person_m
        Metres times people on board [person·m].
    drive_s, halt_s
        Driving, and standing for people to get on and off [s].
    loaded_s, person_s
        Time with somebody on board, and time times people on board [s].
    """

    loaded_m: FloatArray
    empty_m: FloatArray
    person_m: FloatArray
    drive_s: FloatArray
    halt_s: FloatArray
    loaded_s: FloatArray
    person_s: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """
    What happened, in order of time; of one vehicle in its order. Shapes (E,).

    Parameters
    ----------
    time_s
        When [s after 00:00].
    vehicle
        Who, −1 = no vehicle.
    kind
        `sim.on_demand.events.EventKind`.
    request
        Which request, −1 = none.
    point
        Where.
    load
        People on board afterwards.
    """

    time_s: IntArray
    vehicle: IntArray
    kind: IntArray
    request: IntArray
    point: IntArray
    load: IntArray

    def __post_init__(self) -> None:
        freeze(self)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.time_s)


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """
    One simulated day of a service.

    Parameters
    ----------
    requests, rules
        What was asked of whom.
    status
        request → `RequestStatus`, shape (R,).
    vehicle
        request → who took it, −1 = nobody, shape (R,).
    pickup_s
        request → when the vehicle stood at the door (boarding begins), −1 = never, shape (R,) [s after 00:00].
    dropoff_s
        request → when the vehicle arrived with it, −1 = never, shape (R,) [s after 00:00].
    direct_s
        request → boarding and the drive alone, shape (R,) [s]; `dropoff_s` − `pickup_s` = `direct_s` without a
        detour.
    direct_m
        request → length of the drive alone, shape (R,) [m].
    totals
        What each vehicle did.
    events
        What happened.
    """

    requests: Requests
    rules: FleetRules
    status: IntArray
    vehicle: IntArray
    pickup_s: IntArray
    dropoff_s: IntArray
    direct_s: IntArray
    direct_m: FloatArray
    totals: VehicleTotals
    events: Events

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def served(self) -> BoolArray:
        """Request → whether it was served, shape (R,)."""
        served: BoolArray = self.status == RequestStatus.SERVED
        return served
