"""
An independent reading of an event log: what a vehicle did is followed with nothing but the log, the requests, the
drives and the rules; every breach of a promise or of physics is told.

It shares no code with the engine, on purpose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

ACCEPTED, REJECTED, WITHDRAWN, DEPARTED, ARRIVED, PICKED_UP, NO_SHOW, SET_DOWN, PASSED = range(9)
ANSWERS = {ACCEPTED, REJECTED, WITHDRAWN}


@dataclass
class Vehicle:
    point: int
    free_s: int
    clock_s: int
    boarded: dict = field(default_factory=dict)  # request → since when on board
    on_road: tuple | None = None  # from where, since when, for whom
    finished: bool = False


class Replay:
    """Follow the events of one day; `breaches` holds what is wrong, in words."""

    def __init__(self, simulation, drive_s):
        self.asked, self.rules, self.drive = simulation.requests, simulation.rules, drive_s
        self.breaches = []
        self.answer, self.vehicle_of = {}, {}
        self.picked, self.dropped, self.missed = {}, {}, {}
        self.fleet = {
            v: Vehicle(self.rules.depot, self.rules.start_s, self.rules.start_s) for v in range(self.rules.n_vehicles)
        }
        self.last_s = -math.inf
        log = simulation.events
        columns = ("time_s", "vehicle", "kind", "request", "point", "load")
        for row in zip(*(getattr(log, column).tolist() for column in columns), strict=True):
            self._follow(*row)
        self._finish()

    def _wrong(self, text):
        self.breaches.append(text)

    def _must(self, holds, text):
        if not holds:
            self._wrong(text)

    def _follow(self, time_s, vehicle, kind, request, point, load):
        what = f"at {time_s}, vehicle {vehicle}, request {request}"
        self._must(time_s >= self.last_s, f"clock goes back {what}")
        self.last_s = time_s
        if kind in ANSWERS:
            self._answered(time_s, vehicle, kind, request, point, what)
            return
        if vehicle not in self.fleet:
            self._wrong(f"unknown vehicle {what}")
            return
        car = self.fleet[vehicle]
        self._must(time_s >= car.clock_s, f"vehicle's clock goes back {what}")
        car.clock_s = time_s
        {
            DEPARTED: self._departed,
            ARRIVED: self._arrived,
            PICKED_UP: self._picked_up,
            NO_SHOW: self._nobody,
            SET_DOWN: self._set_down,
            PASSED: self._passed,
        }[kind](car, time_s, request, point, what)
        on_board = sum(int(self.asked.persons[r]) for r in car.boarded)
        self._must(load == on_board, f"told {load} on board, are {on_board} {what}")
        self._must(on_board <= self.rules.seats, f"too many on board {what}")
        if kind in {PICKED_UP, NO_SHOW, SET_DOWN, PASSED}:
            self._must(self.vehicle_of.get(request) == vehicle, f"another vehicle than told {what}")

    def _answered(self, time_s, vehicle, kind, request, point, what):
        self._must(request not in self.answer, f"answered twice {what}")
        self._must(time_s == self.asked.known_s[request], f"not answered when asked {what}")
        self._must(point == self.asked.origin[request], f"answered for another point {what}")
        out = int(self.asked.outbound[request])
        failed_out = out >= 0 and self.answer.get(out) in {REJECTED, WITHDRAWN}
        self._must((kind == WITHDRAWN) == failed_out, f"way home and way out do not fit {what}")
        self._must((vehicle >= 0) == (kind == ACCEPTED), f"answer and vehicle do not fit {what}")
        self.answer[request] = kind
        self.vehicle_of[request] = vehicle

    def _departed(self, car, time_s, request, point, what):
        self._must(car.on_road is None and not car.finished, f"leaves while away {what}")
        self._must(point == car.point, f"teleported: leaves from {point}, stands at {car.point} {what}")
        self._must(time_s >= car.free_s, f"leaves before boarding ends {what}")
        if request < 0:
            self._must(time_s >= self.rules.end_s and not car.boarded, f"goes home too early {what}")
        car.on_road = (point, time_s, request)

    def _arrived(self, car, time_s, request, point, what):
        if car.on_road is None:
            self._wrong(f"arrives without leaving {what}")
            return
        begin, since, heading = car.on_road
        self._must(time_s >= since + int(self.drive[begin, point]), f"faster than the drive {what}")
        self._must(heading == request, f"turned on the way {what}")
        if request < 0:
            self._must(point == self.rules.depot, f"home is elsewhere {what}")
            car.finished = True
        car.point, car.on_road, car.free_s = point, None, time_s

    def _halt(self, car, time_s, point, what):
        self._must(car.on_road is None and not car.finished, f"halts while driving {what}")
        self._must(point == car.point, f"teleported: serves {point}, stands at {car.point} {what}")
        car.free_s = max(car.free_s, time_s + self.rules.boarding_s)

    def _at_door(self, car, time_s, request, point, what):
        self._halt(car, time_s, point, what)
        self._must(point == self.asked.origin[request], f"waits elsewhere {what}")
        self._must(self.answer.get(request) == ACCEPTED, f"not promised {what}")
        self._must(request not in self.picked and request not in self.missed, f"picked up twice {what}")
        desired = int(self.asked.desired_s[request])
        self._must(desired <= time_s <= desired + self.rules.max_wait_s, f"outside the promised time {what}")
        self._must(time_s >= self.asked.known_s[request], f"before it is known {what}")

    def _picked_up(self, car, time_s, request, point, what):
        self._at_door(car, time_s, request, point, what)
        self._must(not self.asked.no_show[request], f"nobody there, but picked up {what}")
        car.boarded[request] = time_s
        self.picked[request] = time_s

    def _nobody(self, car, time_s, request, point, what):
        self._at_door(car, time_s, request, point, what)
        self._must(bool(self.asked.no_show[request]), f"somebody is left behind {what}")
        self.missed[request] = time_s

    def _set_down(self, car, time_s, request, point, what):
        self._halt(car, time_s, point, what)
        self._must(point == self.asked.destination[request], f"set down elsewhere {what}")
        since = car.boarded.pop(request, None)
        if since is None:
            self._wrong(f"set down but not on board {what}")
            return
        alone = self.rules.boarding_s + int(self.drive[self.asked.origin[request], self.asked.destination[request]])
        longest = max(math.floor(alone * self.rules.max_detour_factor), alone + self.rules.ride_allowance_s)
        self._must(time_s - since <= longest, f"rides for too long {what}")
        self._must(time_s <= self.rules.end_s, f"set down after the end {what}")
        self.dropped[request] = time_s

    def _passed(self, car, time_s, request, point, what):
        self._halt(car, time_s, point, what)
        self._must(request in self.missed and point == self.asked.destination[request], f"passes for nothing {what}")

    def _finish(self):
        for request in range(len(self.asked)):
            answer = self.answer.get(request)
            self._must(answer is not None, f"request {request} got no answer")
            met = (request in self.dropped) + (request in self.missed)
            self._must(met == (answer == ACCEPTED), f"request {request}: promise and deed do not fit")
            self._must((request in self.picked) == (request in self.dropped), f"request {request} is still on board")
        for vehicle, car in self.fleet.items():
            self._must(not car.boarded and car.on_road is None, f"vehicle {vehicle} does not end its day")
            # Who never left the depot has nowhere to return from.
            self._must(car.point == self.rules.depot, f"vehicle {vehicle} does not come home")


def replay(simulation, drive_s):
    """Return what is wrong with the log of a simulated day, and whether its results say the same as its log."""
    told = Replay(simulation, drive_s)
    breaches = list(told.breaches)
    for request in range(len(simulation.requests)):
        status = {ACCEPTED: 1, REJECTED: 0, WITHDRAWN: 3}.get(told.answer.get(request))
        if request in told.missed:
            status = 2
        expected = (status, told.vehicle_of.get(request), told.picked.get(request, -1), told.dropped.get(request, -1))
        found = tuple(int(getattr(simulation, c)[request]) for c in ("status", "vehicle", "pickup_s", "dropoff_s"))
        if expected != found:
            breaches.append(f"request {request}: results say {found}, the log {expected}")
    return breaches
