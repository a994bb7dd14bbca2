"""Owns itineraries: the earliest arrival for one departure, leg by leg, as a person would read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.provenance import Status, weakest
from geodata.streets import DetourPlane
from geodata.units import FloatArray
from sim.routing.asking import check_request
from sim.routing.day import ScheduledDay, scheduled_day
from sim.routing.doors import walks_from_stops, walks_to_stops
from sim.routing.earliest import Ready, Ride, Round, search_rounds
from sim.routing.fares import find_fare_yen
from sim.routing.footpaths import Footpaths, build_footpaths
from sim.routing.network import Network, build_network
from sim.routing.types import Itinerary, Leg, RoutingRequest
from sim.routing.walk import WalkTable, walk_table

if TYPE_CHECKING:
    from geodata.city import City

ORIGIN_NAME = "出発地"
TARGET_NAME = "目的地"
END_NAMES_EN = {ORIGIN_NAME: "origin", TARGET_NAME: "destination"}
ORIGIN, TARGET = -1, -2
"""Stand for the two ends where a stop index is expected."""


@dataclass(frozen=True, slots=True, eq=False)
class JourneyDay:
    """A day ready for single journeys that leave within the window of a request."""

    request: RoutingRequest
    day: ScheduledDay
    feet: Footpaths
    net: Network


def prepare_day(city: City, request: RoutingRequest) -> JourneyDay:
    """Return the runs and changes that journeys of a request can touch, to ask `itinerary` of several of them."""
    check_request(request)
    last_s = request.window_end_s - 1 + request.cutoff_s
    day = scheduled_day(
        city.timetable, request.date, first_s=request.window_start_s, last_s=last_s, draw=0, seed=request.seed
    )
    feet = build_footpaths(city, request)
    return JourneyDay(request, day, feet, build_network(day, feet, mirrored=False))


def itinerary(
    city: City,
    origin_lonlat: tuple[float, float],
    target_lonlat: tuple[float, float],
    request: RoutingRequest,
    *,
    ready: JourneyDay | None = None,
) -> Itinerary | None:
    """
    Return the earliest arrival when leaving at `request.window_start_s`.

    Among equal arrivals walking all the way comes first, then fewer vehicles, then a shorter last walk. Headway trips
    run as in draw 0. The fare is the sum of the cheapest matching rules, None where the feed does not tell.

    Parameters
    ----------
    city
        The city.
    origin_lonlat, target_lonlat
        Ends of the journey [degrees].
    request
        Date, departure (`window_start_s`), walker and limits; direction, mode and percentiles are not used.
    ready
        The day, prepared for a window that holds the departure, the same walker and limits; None = prepared here.

    Returns
    -------
    itinerary
        Walks, waits and rides in order without gaps, or None if nothing arrives within `cutoff_s`.
    """
    from geodata.crs import to_plane  # noqa: PLC0415 -- loads the projection library

    xy = to_plane(city.epsg, np.array([origin_lonlat, target_lonlat], np.float64))
    return _Journey(city, request, xy, np.array([origin_lonlat, target_lonlat], np.float64), ready).find()


def itinerary_xy(
    city: City,
    origin_xy: tuple[float, float],
    target_xy: tuple[float, float],
    request: RoutingRequest,
    *,
    ready: JourneyDay | None = None,
) -> Itinerary | None:
    """Return the same as `itinerary` for ends in plane coordinates [m]."""
    from geodata.crs import to_lonlat  # noqa: PLC0415 -- loads the projection library

    xy = np.array([origin_xy, target_xy], np.float64)
    return _Journey(city, request, xy, to_lonlat(city.epsg, xy), ready).find()


@dataclass(slots=True, eq=False)
class _Journey:
    """One query being answered: positions of both ends, and the walks around them."""

    city: City
    request: RoutingRequest
    xy: FloatArray
    lonlat: FloatArray
    ready: JourneyDay | None = None

    def find(self) -> Itinerary | None:
        request = self.request
        check_request(request)
        start, horizon = request.window_start_s, request.window_start_s + request.cutoff_s
        ready = self.ready or prepare_day(self.city, replace(request, window_end_s=start + 1))
        day, feet, net = ready.day, ready.feet, ready.net
        longest, speed = request.max_access_s, request.walk_speed_m_min
        access = walks_to_stops(self.city, self.xy[:1], max_s=longest, speed_m_min=speed)
        egress = walks_from_stops(self.city, self.xy[1:], max_s=longest, speed_m_min=speed)
        reached = {int(s): start + int(t) for s, t in zip(access.target, access.seconds, strict=True)}
        cap = None if request.max_transfers is None else request.max_transfers + 1
        rounds = search_rounds(net, reached, cap, horizon)
        last_walk = {int(s): row for row, s in enumerate(egress.origin)}
        ends = [
            (ride.arrival_s + int(egress.seconds[last_walk[stop]]), n, int(egress.seconds[last_walk[stop]]), stop)
            for n, labels in enumerate(rounds)
            for stop, ride in labels.rides.items()
            if stop in last_walk
        ]
        ends = [end for end in ends if end[0] <= horizon]
        direct = self._walks(self.xy[:1], self.xy[1:], min(request.max_direct_s, request.cutoff_s))
        if len(direct.target) and (not ends or start + int(direct.seconds[0]) <= min(ends)[0]):
            return self._on_foot(direct)
        if not ends:
            return None
        _, n, _, stop = min(ends)
        steps = _steps_back(net, rounds, n, stop)
        legs = _LegWriter(self, day, feet, net).write(steps, access, egress, last_walk[stop])
        rides = [s for s in steps if isinstance(s, Ride)]
        return Itinerary(start, legs[-1].end_s, legs, len(rides) - 1, self._fare(day, net, rides))

    def _walks(self, from_xy: FloatArray, to_xy: FloatArray, max_s: int) -> WalkTable:
        return walk_table(self.city.streets, from_xy, to_xy, max_s=max_s, speed_m_min=self.request.walk_speed_m_min)

    def _on_foot(self, direct: WalkTable) -> Itinerary:
        start = self.request.window_start_s
        leg = self.leg("walk", ORIGIN, TARGET, start, start + int(direct.seconds[0]), float(direct.metres[0]))
        return Itinerary(start, leg.end_s, (leg,), 0, 0.0)

    def _fare(self, day: ScheduledDay, net: Network, rides: list[Ride]) -> float | None:
        timetable = self.city.timetable
        return find_fare_yen(
            timetable,
            [
                (
                    int(timetable.patterns.route[timetable.trips.pattern[day.run_trip[r.run]]]),
                    int(net.stops[net.stop_offsets[r.chain] + r.board_at]),
                    int(net.stops[net.stop_offsets[r.chain] + r.alight_at]),
                )
                for r in rides
            ],
        )

    def leg(self, mode: str, a: int, b: int, start_s: int, end_s: int, distance_m: float) -> Leg:
        """Return a leg between two stops (or ends) without route."""
        return Leg(
            mode,
            self._name(a),
            self._name(b),
            start_s,
            end_s,
            self._at(a),
            self._at(b),
            distance_m,
            status=str(self._walk_status(a, b)),
            from_name_en=self._name_en(a),
            to_name_en=self._name_en(b),
        )

    def _walk_status(self, *ends: int) -> Status:
        """Return the weakest of the street model and of the places of the stops at the ends."""
        detour = isinstance(self.city.streets, DetourPlane)
        streets = Status.ASSUMED if detour else self.city.status_of("streets")
        stops = self.city.timetable.stops.status
        return weakest([streets, *(Status(stops[end]) for end in ends if end >= 0)])

    def _name(self, stop: int) -> str:
        if stop < 0:
            return ORIGIN_NAME if stop == ORIGIN else TARGET_NAME
        return str(self.city.timetable.stops.name[stop])

    def _name_en(self, stop: int) -> str:
        return END_NAMES_EN[self._name(stop)] if stop < 0 else str(self.city.timetable.stops.name_en[stop])

    def _at(self, stop: int) -> tuple[float, float]:
        row = self.lonlat[-1 - stop] if stop < 0 else self.city.timetable.stops.lonlat[stop]
        return float(row[0]), float(row[1])


def _steps_back(net: Network, rounds: list[Round], n: int, stop: int) -> list[Ride | Ready]:
    """Return the labels of the best journey to a stop in round n, first to last: ready, ride, ready, ride, …."""
    steps: list[Ride | Ready] = []
    for labels, before in zip(rounds[n:0:-1], rounds[n - 1 :: -1], strict=True):
        ride = labels.rides[stop]
        board = int(net.stops[net.stop_offsets[ride.chain] + ride.board_at])
        ready = before.ready[board]
        steps += [ride, ready]
        stop = ready.from_stop
    return steps[::-1]


@dataclass(slots=True, eq=False)
class _LegWriter:
    """Turns labels into legs."""

    journey: _Journey
    day: ScheduledDay
    feet: Footpaths
    net: Network

    def write(self, steps: list[Ride | Ready], access: WalkTable, egress: WalkTable, last_row: int) -> tuple[Leg, ...]:
        legs: list[Leg] = []
        now, here = self.journey.request.window_start_s, ORIGIN
        for ready, ride in zip(steps[0::2], steps[1::2], strict=True):
            assert isinstance(ready, Ready)  # noqa: S101 -- labels alternate by construction
            assert isinstance(ride, Ride)  # noqa: S101
            board = int(self.net.stops[self.net.stop_offsets[ride.chain] + ride.board_at])
            walk = self._walk(ready, here, board, now, access)
            if walk is not None:
                legs.append(walk)
                now = walk.end_s
            leaves = int(self.net.departure_s[self.net.time_offsets[ride.run] + ride.board_at])
            transit = self._transit(ride, board, leaves)
            if leaves > now:
                wait = self.journey.leg("wait", board, board, now, leaves, 0.0)
                legs.append(replace(wait, status=transit.status))
            legs.append(transit)
            now = ride.arrival_s
            here = int(self.net.stops[self.net.stop_offsets[ride.chain] + ride.alight_at])
        seconds, metres = int(egress.seconds[last_row]), float(egress.metres[last_row])
        if seconds:
            legs.append(self.journey.leg("walk", here, TARGET, now, now + seconds, metres))
        return tuple(legs)

    def _walk(self, ready: Ready, here: int, board: int, now: int, access: WalkTable) -> Leg | None:
        """Return the walk before a ride; None if there is none (changing at one stop is waiting)."""
        if here == ORIGIN:
            row = int(np.flatnonzero(access.target == board)[0])
            seconds, metres = int(access.seconds[row]), float(access.metres[row])
        elif ready.foot >= 0:
            seconds, metres = int(self.feet.seconds[ready.foot]), float(self.feet.metres[ready.foot])
        else:
            return None
        return self.journey.leg("walk", here, board, now, now + seconds, metres) if seconds else None

    def _transit(self, ride: Ride, board: int, leaves: int) -> Leg:
        timetable = self.journey.city.timetable
        first = self.net.stop_offsets[ride.chain]
        passed = self.net.stops[first + ride.board_at : first + ride.alight_at + 1]
        hops = np.diff(timetable.stops.xy[passed], axis=0)
        trip = int(self.day.run_trip[ride.run])
        route = int(timetable.patterns.route[timetable.trips.pattern[trip]])
        plain = self.journey.leg(
            "transit", board, int(passed[-1]), leaves, ride.arrival_s, float(np.hypot(*hops.T).sum())
        )
        return replace(
            plain,
            route_id=str(timetable.routes.route_id[route]),
            route_name=str(timetable.routes.name[route]),
            route_name_en=str(timetable.routes.name_en[route]),
            trip_id=str(timetable.trips.trip_id[trip]),
            n_stops=len(passed) - 1,
            status=str(timetable.routes.status[route]),
        )
