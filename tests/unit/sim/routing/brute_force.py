"""
Slow, plain answers to every routing question, from the timetable itself: two searches that look nothing alike.

`Oracle` is Dijkstra over (stop, time) events. `Sweep` runs through every run of the day once per vehicle, in any order.
They share nothing with the router but the city's arrays and the hash of headway offsets.
"""

from __future__ import annotations

import datetime as dt
import heapq
import math
from dataclasses import dataclass, field

from sim.rng import unit_number

DAY = 86_400


@dataclass
class Oracle:
    city: object
    request: object
    draw: int = 0
    runs: list = field(default_factory=list)
    days: tuple = (-2, -1, 0, 1, 2)
    access: dict = field(default_factory=dict)  # more legs by origin: (stop, seconds, from, to)
    egress: dict = field(default_factory=dict)  # … and by target

    def __post_init__(self):
        first = self.request.window_start_s - self.request.cutoff_s
        last = self.request.window_end_s + self.request.cutoff_s
        self.runs = [rows for rows in self._expand() if rows[-1][1] >= first and rows[0][2] <= last]
        self.known = {}
        stops = self.city.timetable.stops
        self.stop_xy = [tuple(map(float, xy)) for xy in stops.xy]
        self.boardings = {s: [] for s in range(len(self.stop_xy))}
        for r, rows in enumerate(self.runs):
            for at, (stop, _, dep, board, _) in enumerate(rows[:-1]):
                if board:
                    self.boardings[stop].append((dep, r, at))
        self.rules = {}
        table = self.city.timetable.transfers
        for a, b, kind, t in zip(table.from_stop, table.to_stop, table.kind, table.min_time_s, strict=True):
            if kind in (2, 3):
                self.rules[int(a), int(b)] = (int(kind), max(0, int(t)))

    def _expand(self):
        table = self.city.timetable
        trips = table.trips
        today = dt.date.fromisoformat(self.request.date)
        for k in self.days:
            active = table.services.active_on((today + dt.timedelta(days=k)).isoformat())
            for t in range(len(trips.trip_id)):
                if not active[trips.service[t]]:
                    continue
                a, b = trips.time_offsets[t], trips.time_offsets[t + 1]
                stops = table.patterns.stops_of(trips.pattern[t])
                offsets = [0]
                h = int(trips.headway_s[t])
                if h > 0:
                    u = (
                        0
                        if trips.exact_times[t]
                        else unit_number(self.request.seed, "headway", self.draw, str(trips.trip_id[t]))
                    )
                    offsets = []
                    x = trips.start_s[t] + math.floor(u * h)
                    while x < trips.end_s[t]:
                        offsets.append(int(x - trips.start_s[t]))
                        x += h
                for offset in offsets:
                    shift = offset + k * DAY
                    yield [
                        (
                            int(stops[i]),
                            int(trips.arrival_s[a + i]) + shift,
                            int(trips.departure_s[a + i]) + shift,
                            bool(trips.board_allowed[a + i]),
                            bool(trips.alight_allowed[a + i]),
                        )
                        for i in range(b - a)
                    ]

    def walk(self, a, b, max_s):
        """Seconds on foot on the plane, None if too far."""
        mm = round(math.hypot(a[0] - b[0], a[1] - b[1]) * self.city.streets.walk_detour * 1000)
        seconds = math.ceil(mm * 60 / (1000 * self.request.walk_speed_m_min) - 1e-9)
        return seconds if seconds <= max_s else None

    def changes(self, stop):
        """(other stop, seconds) between two vehicles."""
        for to in range(len(self.stop_xy)):
            kind, least = self.rules.get((stop, to), (0, 0))
            if kind == 3:
                continue
            if to == stop:
                yield to, max(self.request.change_s, least)
                continue
            walked = self.walk(self.stop_xy[stop], self.stop_xy[to], self.request.max_transfer_s)
            if walked is not None:
                yield to, max(walked, least)

    def legs(self, point, *, outward):
        """Ways between a point and stops: (stop, seconds, may start from, may start until)."""
        found = list((self.access if outward else self.egress).get(point, []))
        for stop, xy in enumerate(self.stop_xy):
            walked = self.walk(*((point, xy) if outward else (xy, point)), self.request.max_access_s)
            if walked is not None:
                found.append((stop, walked, -math.inf, math.inf))
        return found

    def earliest(self, origin, start):
        """{stop: earliest arrival by vehicle} when leaving `origin` at `start` or later."""
        ready = {}
        for stop, seconds, first, last in self.legs(origin, outward=True):
            begin = max(start, first)
            if begin < last:
                ready[stop] = min(begin + seconds, ready.get(stop, math.inf))
        return self.search(ready, self.request.max_transfers)

    def search(self, ready, cap):
        """{stop: earliest arrival by vehicle} when `ready` {stop: time} to board."""
        queue = [(time, n, "ready", stop, 0) for n, (stop, time) in enumerate(sorted(ready.items()))]
        n = len(queue)
        heapq.heapify(queue)
        seen, arrived = set(), {}
        while queue:
            time, _, what, where, k = heapq.heappop(queue)
            if (what, where, k) in seen:
                continue
            seen.add((what, where, k))
            if what == "ready":
                if cap is not None and k > cap:
                    continue
                steps = [(dep, "ride", (r, at), k + 1) for dep, r, at in self.boardings[where] if dep >= time]
            elif what == "ride":
                r, at = where
                stop, arrival, _, _, alight = self.runs[r][at + 1]
                steps = [(arrival, "there", stop, k)] if alight else []
                if at + 2 < len(self.runs[r]):
                    steps.append((arrival, "ride", (r, at + 1), k))
            else:
                arrived.setdefault(where, time)
                steps = [(time + s, "ready", to, k) for to, s in self.changes(where)]
            k_cap = 50 if cap is None else cap + 1
            for step in steps:
                if step[3] <= k_cap:
                    n += 1
                    heapq.heappush(queue, (step[0], n, *step[1:]))
        return arrived

    def profile(self, origin):
        """Pairs (leave, arrivals at stops) for every leaving that could matter, latest first."""
        if origin not in self.known:
            first = self.request.window_start_s - self.request.cutoff_s
            last = self.request.window_end_s + self.request.cutoff_s
            leavings = set()
            for stop, seconds, _, until in self.legs(origin, outward=True):
                leavings |= {min(dep - seconds, until - 1) for dep, _, _ in self.boardings[stop]}
            leavings = [leave for leave in sorted(leavings, reverse=True) if first <= leave <= last]
            self.known[origin] = [(leave, self.earliest(origin, leave)) for leave in leavings]
        return self.known[origin]

    def journeys(self, origin, target):
        """Pairs (leave, arrive) by vehicle, latest first."""
        legs = self.legs(target, outward=False)
        pairs = []
        for leave, arrivals in self.profile(origin):
            ends = [
                max(arrivals[stop], since) + seconds
                for stop, seconds, since, until in legs
                if arrivals.get(stop, math.inf) < until
            ]
            if ends:
                pairs.append((leave, min(ends)))
        return pairs

    def chosen(self, origin, target, request):
        """Yield (minute, leave, arrive, whether on foot) for each instant of the window; inf = unreachable."""
        pairs = self.journeys(origin, target)
        direct = self.walk(origin, target, request.max_direct_s)
        for minute in range(request.window_start_s, request.window_end_s, request.step_s):
            if request.direction == "depart":
                options = [(arrive, -leave, 0) for leave, arrive in pairs if leave >= minute]
                if direct is not None:
                    options.append((minute + direct, -minute, 1))
                arrive, leave, on_foot = min(options, default=(math.inf, 0, 0))
                far = arrive - minute
            else:
                options = [(-leave, arrive, 0) for leave, arrive in pairs if arrive <= minute]
                if direct is not None:
                    options.append((direct - minute, minute, 1))
                leave, arrive, on_foot = min(options, default=(math.inf, math.inf, 0))
                far = minute + leave
            yield minute, -leave, arrive if far <= request.cutoff_s else math.inf, bool(on_foot)

    def samples(self, origin, target, request):
        """One time per instant of the window [s]; inf = unreachable; direction and mode are the request's."""
        return [time_of(request, *found[:3]) for found in self.chosen(origin, target, request)]

    def parts(self, origin, target, request):
        """One (time, all (walking, riding, vehicles) that such a journey may consist of) per instant; inf, {} = none."""
        for minute, leave, arrive, on_foot in self.chosen(origin, target, request):
            time = time_of(request, minute, leave, arrive)
            at_once = request.departure_mode == "planned"
            if time == math.inf:
                yield time, set()
            elif on_foot:
                yield time, {(arrive - leave, 0, 0)}
            else:  # who waits at the minute's end may have come (will leave) at any time
                depart = request.direction == "depart"
                ends = (leave, arrive) if at_once else (minute, arrive) if depart else (leave, minute)
                exact = (at_once or not depart, at_once or depart)
                yield time, self.consists(origin, target, *ends, exact)

    def last_ride(self, origin, target, request):
        """The last minute from which a vehicle is there within the cutoff, and no later than on foot; −inf = none."""
        direct = self.walk(origin, target, request.max_direct_s)
        allowed = min(request.cutoff_s, math.inf if direct is None else direct)
        pairs = self.journeys(origin, target)
        minutes = range(request.window_start_s, request.window_end_s, request.step_s)
        return max(
            (m for m in minutes if any(m <= leave and there - m <= allowed for leave, there in pairs)),
            default=-math.inf,
        )

    def consists(self, origin, target, leave, arrive, exact=(True, True)):
        """
        All (on foot, riding, vehicles) of journeys by vehicle between two instants [s].

        They leave exactly then, or at any time after; they arrive exactly then, or at any time before.
        """
        found, cap = set(), self.request.max_transfers
        ready = {}
        for stop, seconds, since, until in self.legs(origin, outward=True):
            begin = max(leave, since)
            if begin < until and (begin == leave or not exact[0]):
                ready.setdefault((stop, begin + seconds), set()).add((seconds, 0))
        vehicles = 0
        while ready and vehicles <= (8 if cap is None else cap):
            vehicles += 1
            there = {}
            for (stop, time), parts in ready.items():
                for dep, r, at in self.boardings[stop]:
                    if dep < time:
                        continue
                    for to, arrival, _, _, alight in self.runs[r][at + 1 :]:
                        if arrival <= arrive and alight:
                            ridden = {(walk, ride + arrival - dep) for walk, ride in parts}
                            there.setdefault((to, arrival), set()).update(ridden)
            ready = {}
            for (stop, time), parts in there.items():
                for to, seconds, since, until in self.legs(target, outward=False):
                    end = max(time, since) + seconds
                    if to == stop and time < until and (end == arrive or (end < arrive and not exact[1])):
                        found |= {(walk + seconds, ride, vehicles) for walk, ride in parts}
                for to, seconds in self.changes(stop):
                    on_foot = {(walk + seconds * (to != stop), ride) for walk, ride in parts}
                    ready.setdefault((to, time + seconds), set()).update(on_foot)
        return found


class Sweep(Oracle):
    """The second search: every run of the day, in any order, once for every vehicle."""

    def search(self, ready, cap):
        """As `Oracle.search`."""
        arrived = {}
        for stops in self.rounds(ready, cap):
            for stop, time in stops.items():
                arrived[stop] = min(time, arrived.get(stop, time))
        return arrived

    def rounds(self, ready, cap):
        """Yield {stop: earliest arrival} with exactly one more vehicle each time, where it is earlier than before."""
        best, ways = {}, {}
        for _ in range(50 if cap is None else cap + 1):
            there = {}
            for rows in self.runs:
                aboard = False
                for stop, arrival, departure, board, alight in rows:
                    if aboard and alight and arrival < best.get(stop, math.inf):
                        best[stop] = there[stop] = arrival
                    aboard = aboard or (board and ready.get(stop, math.inf) <= departure)
            if not there:
                return
            yield there
            ready = {}
            for stop, time in there.items():
                if stop not in ways:
                    ways[stop] = list(self.changes(stop))
                for to, seconds in ways[stop]:
                    ready[to] = min(time + seconds, ready.get(to, math.inf))


def time_of(request, minute, leave, arrive):
    """What counts as the time of one journey."""
    if arrive == math.inf:
        return math.inf
    if request.departure_mode == "planned":
        return arrive - leave
    return arrive - minute if request.direction == "depart" else minute - leave
