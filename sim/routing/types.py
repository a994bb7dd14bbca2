"""Owns what may be asked of the router, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geodata.frozen import freeze, require_lengths
from geodata.provenance import Status, weakest
from geodata.units import Float32Array, FloatArray, IntArray, StrArray

WalkerId = Literal["standard", "older"]
DepartureMode = Literal["random", "planned"]
Direction = Literal["depart", "arrive_by"]
Samples = Literal["all", "shortest"]


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """
    Access or egress legs between places and stops, as a table in CSR order by place.

    Walking legs are valid all day in every draw; on-demand legs join later as more rows, without a new kernel.

    Parameters
    ----------
    offsets
        place → first row, CSR, shape (O+1,).
    stop
        row → stop index, shape (L,).
    seconds
        row → duration [s, ≥ 0], shape (L,).
    valid_from_s, valid_to_s
        row → the leg may start within [from, to) [s after 00:00], shape (L,).
    draw
        row → draw it belongs to; −1 = every draw, shape (L,).
    kind
        row → 0 walk, 1 on-demand, shape (L,).
    """

    offsets: IntArray
    stop: IntArray
    seconds: IntArray
    valid_from_s: IntArray
    valid_to_s: IntArray
    draw: IntArray
    kind: IntArray

    def __post_init__(self) -> None:
        require_lengths(
            "legs",
            len(self.stop),
            seconds=self.seconds,
            valid_from_s=self.valid_from_s,
            valid_to_s=self.valid_to_s,
            draw=self.draw,
            kind=self.kind,
        )
        freeze(self)


@dataclass(frozen=True, slots=True)
class RoutingRequest:
    """
    One question: times between places over a window of departures or arrivals.

    Parameters
    ----------
    date
        Service day, ISO 8601; trips of the day before that run past midnight are included, and those of the day after
        where the window or a journey reaches into it.
    window_start_s, window_end_s
        Window [s after 00:00], start included, end excluded; one query per `step_s`.
    direction
        ``depart``: leave at each minute. ``arrive_by``: be there by each minute.
    departure_mode
        ``random``: the clock starts (stops) at the minute itself, so waiting for the first vehicle (or for the
        appointed minute) counts. ``planned``: people leave for the timetable; only the journey itself counts.
    walker
        Who walks; see `sim.params`.
    max_transfers
        Vehicles boarded at most = `max_transfers` + 1; None = no cap.
    max_access_s, max_transfer_s, max_direct_s
        Longest walk to or from a stop, between stops, and all the way [s].
    change_s
        Time needed to change vehicles at the same stop [s].
    percentiles
        Percentiles of the window to report.
    cutoff_s
        Longer journeys count as unreachable [s].
    n_draws, seed
        Draws of headway offsets, common to all scenarios.
    samples
        What percentiles are taken of: ``all`` minutes in all draws, or the ``shortest`` time of each draw (is there any
        journey within the cutoff at all, whenever it runs).
    """

    date: str
    window_start_s: int
    window_end_s: int
    direction: Direction = "depart"
    departure_mode: DepartureMode = "random"
    walker: WalkerId = "standard"
    max_transfers: int | None = 3
    max_access_s: int = 1_200
    max_transfer_s: int = 600
    max_direct_s: int = 3_600
    change_s: int = 0
    percentiles: tuple[int, ...] = (50,)
    cutoff_s: int = 10_800
    step_s: int = 60
    n_draws: int = 1
    seed: int = 2031
    walk_speed_m_min: float = 80.0
    samples: Samples = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Parts of the median journey [min], each shape (O, D); inf where unreachable. Filled on request."""

    walk_min: Float32Array
    wait_min: Float32Array
    in_vehicle_min: Float32Array
    n_transfers: Float32Array


@dataclass(frozen=True, slots=True, eq=False)
class TravelTimes:
    """
    Door-to-door times between origins and destinations.

    Parameters
    ----------
    minutes
        origin, destination, percentile → time [min], shape (O, D, Q); inf = unreachable.
    percentiles
        The percentiles of the last axis.
    reliability
        origin, destination → share of the window with a journey within the cutoff, 0–1, shape (O, D).
    origin_id, destination_id
        Ids in the order of the axes; nothing is dropped.
    components
        Parts of the median journey, where they were asked for.
    """

    minutes: Float32Array
    percentiles: tuple[int, ...]
    reliability: Float32Array
    origin_id: StrArray
    destination_id: StrArray
    components: Components | None = None

    def __post_init__(self) -> None:
        require_lengths(
            "travel_times",
            len(self.origin_id),
            minutes=self.minutes,
            reliability=self.reliability,
        )
        freeze(self)

    def at(self, percentile: int) -> Float32Array:
        """Return times of one percentile, shape (O, D)."""
        return self.minutes[:, :, self.percentiles.index(percentile)]


@dataclass(frozen=True, slots=True)
class Leg:
    """
    One leg of an itinerary; `mode` is ``walk``, ``transit`` or ``wait``; times [s after 00:00].

    `status`: how sure it is (a `Status` value): of a walk the weakest of streets and stops, of a wait that of its ride.
    """

    mode: str
    from_name: str
    to_name: str
    start_s: int
    end_s: int
    from_lonlat: tuple[float, float]
    to_lonlat: tuple[float, float]
    distance_m: float = 0.0
    route_id: str = ""
    route_name: str = ""
    trip_id: str = ""
    n_stops: int = 0
    status: str = "observed"
    from_name_en: str = ""
    to_name_en: str = ""
    route_name_en: str = ""


@dataclass(frozen=True, slots=True)
class Itinerary:
    """The earliest arrival for one departure, leg by leg; `fare_yen` None = not known."""

    depart_s: int
    arrive_s: int
    legs: tuple[Leg, ...]
    n_transfers: int
    fare_yen: float | None = None

    @property
    def duration_min(self) -> float:
        """Door-to-door time [min]."""
        return (self.arrive_s - self.depart_s) / 60

    @property
    def status(self) -> Status:
        """The weakest status of the legs."""
        return weakest(Status(leg.status) for leg in self.legs)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Points to travel between: ids and plane coordinates [m], shapes (N,), (N, 2)."""

    place_id: StrArray
    xy: FloatArray


__all__ = [
    "Components",
    "DepartureMode",
    "Direction",
    "Itinerary",
    "Leg",
    "Legs",
    "Places",
    "RoutingRequest",
    "Samples",
    "TravelTimes",
    "WalkerId",
]
