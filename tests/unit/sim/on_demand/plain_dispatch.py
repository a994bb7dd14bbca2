"""The same dispatcher once more, in plain Python with lists: every order of tasks is built and timed from the start."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

PICK, DROP, PASS = "pick", "drop", "pass"


@dataclass
class Car:
    point: int
    begun: int
    free: int
    heading: bool = False
    on_board: list = field(default_factory=list)
    tasks: list = field(default_factory=list)  # (request, kind, begin)


class PlainDispatcher:
    def __init__(self, requests, drive_s, rules):
        self.asked, self.drive, self.rules = requests, drive_s.tolist(), rules
        n = len(requests)
        self.status, self.vehicle = ["rejected"] * n, [-1] * n
        self.pickup, self.dropoff = [-1] * n, [-1] * n
        self.cars = [Car(rules.depot, rules.start_s, rules.start_s) for _ in range(rules.n_vehicles)]
        for request in sorted(range(n), key=lambda r: (requests.known_s[r], r)):
            now = int(requests.known_s[request])
            for car in self.cars:
                self._drive_until(car, now)
            self._answer(request, now)
        for car in self.cars:
            self._drive_until(car, math.inf)

    def _place(self, request, kind):
        return int((self.asked.origin if kind == PICK else self.asked.destination)[request])

    def _longest(self, request):
        alone = self.rules.boarding_s + self.drive[self._place(request, PICK)][self._place(request, DROP)]
        return max(math.floor(alone * self.rules.max_detour_factor), alone + self.rules.ride_allowance_s)

    def _timed(self, point, begun, free, tasks):
        timed = []
        for request, kind in tasks:
            to = self._place(request, kind)
            begin = begun if to == point else free + self.drive[point][to]
            if kind == PICK:
                begin = max(begin, int(self.asked.desired_s[request]))
            point, begun, free = to, begin, begin + self.rules.boarding_s
            timed.append((request, kind, begin))
        return timed

    def _keeps(self, car, timed):
        since = {r: self.pickup[r] for r in car.on_board}
        load = sum(int(self.asked.persons[r]) for r in car.on_board)
        for request, kind, begin in timed:
            if kind == PICK:
                latest = min(int(self.asked.desired_s[request]) + self.rules.max_wait_s, self.rules.end_s)
                load += int(self.asked.persons[request])
                since[request] = begin
                if begin > latest or load > self.rules.seats:
                    return False
            elif kind == DROP:
                load -= int(self.asked.persons[request])
                if begin > self.rules.end_s or begin - since[request] > self._longest(request):
                    return False
        return True

    def _driven(self, car, tasks):
        stops = [car.point] + [self._place(request, kind) for request, kind in tasks]
        return sum(self.drive[a][b] for a, b in pairwise(stops))

    def _later(self, car, timed):
        planned = {r: begin for r, kind, begin in car.tasks if kind == PICK}
        return sum(max(0, begin - planned.get(r, begin)) for r, kind, begin in timed if kind == PICK)

    def _orders(self, car, request):
        tasks = [(r, kind) for r, kind, _ in car.tasks]
        n = len(tasks)
        first = int(car.heading) if self.rules.sharing else n
        for i in range(first, n + 1):
            for j in range(i, n + 1):
                yield i, j, [*tasks[:i], (request, PICK), *tasks[i:j], (request, DROP), *tasks[j:]]

    def _retimed(self, car, tasks, now):
        if not car.heading:
            return self._timed(car.point, max(car.begun, now), max(car.free, now), tasks)
        request, kind, begin = car.tasks[0]
        rest = self._timed(self._place(request, kind), begin, begin + self.rules.boarding_s, tasks[1:])
        return [car.tasks[0], *rest]

    def _answer(self, request, now):
        out = int(self.asked.outbound[request])
        if out >= 0 and self.status[out] in {"rejected", "withdrawn"}:
            self.status[request] = "withdrawn"
            return
        found = []
        for number, car in enumerate(self.cars):
            before = self._driven(car, [(r, kind) for r, kind, _ in car.tasks])
            for i, j, tasks in self._orders(car, request):
                timed = self._retimed(car, tasks, now)
                if self._keeps(car, timed):
                    waits = timed[i][2] - int(self.asked.desired_s[request]) + self._later(car, timed)
                    cost = 1_000 * (self._driven(car, tasks) - before) + round(1_000 * self.rules.rider_weight) * waits
                    found.append((cost, timed[i][2], number, timed[j + 1][2], i, j, timed))
        if found:
            _, _, number, _, _, _, timed = min(found, key=lambda one: one[:6])
            self.cars[number].tasks = timed
            self.status[request], self.vehicle[request] = "served", number

    def _drive_until(self, car, until):
        while car.tasks:
            request, kind, begin = car.tasks[0]
            to = self._place(request, kind)
            if to != car.point and begin - self.drive[car.point][to] < until:
                car.heading = True
            if begin >= until:
                return
            car.tasks.pop(0)
            car.point, car.begun, car.free, car.heading = to, begin, begin + self.rules.boarding_s, False
            if kind == PICK and self.asked.no_show[request]:
                self.status[request] = "no_show"
                self._skip(car, request)
            elif kind == PICK:
                self.pickup[request] = begin
                car.on_board.append(request)
            elif kind == DROP:
                self.dropoff[request] = begin
                car.on_board.remove(request)

    def _skip(self, car, request):
        shorter = [(r, kind) for r, kind, _ in car.tasks if r != request]
        timed = self._timed(car.point, car.begun, car.free, shorter)
        if self._keeps(car, timed):
            car.tasks = timed
        else:
            car.tasks = [(r, PASS if r == request else kind, begin) for r, kind, begin in car.tasks]
