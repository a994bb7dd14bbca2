"""Many single questions against the brute force: arrival to the second and fewest changes, for every rule of walking."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.hitachi import load_hitachi
from geodata.units import UNREACHED_S
from sim.routing.itinerary import itinerary_xy
from sim.routing.pairs import Ends, pair_arrivals
from sim.routing.types import RoutingRequest
from tests.cases.test_routing_feeds import FAR, FEEDS, FOOT
from tests.unit.sim.routing.brute_force import Oracle
from tests.unit.sim.routing.compare import WEDNESDAY, city_of
from tests.unit.sim.routing.strategies import feeds

ALL_DAY = {"window_start_s": 0, "window_end_s": 60, "cutoff_s": 4 * 86_400}
CLOCKS = (0, 8 * 3600, 8 * 3600 + 127, 8 * 3600 + 610, 23 * 3600 + 3540, 86_400 + 300)


class PairOracle(Oracle):
    """The brute force with ends that may be stops, and the three rules of walking."""

    def __init__(self, city, request, walk):
        self.rule = walk
        super().__init__(city, request, days=(-2, -1, 0))
        if walk == "none":
            self.rules = {}

    def changes(self, stop):
        if self.rule == "streets":
            yield from super().changes(stop)
            return
        if self.rules.get((stop, stop), (0, 0))[0] != 3:
            yield stop, max(self.request.change_s, self.rules.get((stop, stop), (0, 0))[1])
        yield from ((to, s) for to, s in self.feed_walks(stop) if to != stop)

    def feed_walks(self, stop):
        """Every row between two stops is a footpath, but for type 3; these feeds give a time in all of them."""
        if self.rule == "none":
            return []
        table = self.city.timetable.transfers
        rows = zip(table.from_stop.tolist(), table.to_stop.tolist(), table.kind, table.min_time_s.tolist(), strict=True)
        return [(b, s) for a, b, kind, s in rows if a == stop and kind != 3]

    def ways(self, end, *, outward):
        """{stop: seconds} between an end (stop index or point) and stops."""
        found = {}
        for stop, xy in enumerate(self.stop_xy):
            if stop == end:
                found[stop] = 0
            elif self.rule == "streets":
                here = self.stop_xy[end] if isinstance(end, int) else end
                walked = self.walk(here, xy, self.request.max_access_s)
                if walked is not None:
                    found[stop] = walked
            elif isinstance(end, int):
                steps = dict(self.feed_walks(end if outward else stop))
                other = stop if outward else end
                if other in steps:
                    found[stop] = steps[other]
        return found

    def direct(self, a, b):
        if isinstance(a, int) and a == b:
            return 0
        if self.rule == "streets":
            here, there = (self.stop_xy[end] if isinstance(end, int) else end for end in (a, b))
            return self.walk(here, there, self.request.max_direct_s)
        return dict(self.feed_walks(a)).get(b) if isinstance(a, int) else None

    def answer(self, a, b, depart):
        """(arrival, transfers), or (inf, −1)."""
        out, back, direct = self.ways(a, outward=True), self.ways(b, outward=False), self.direct(a, b)

        def best(cap):
            arrived = self.search({s: depart + t for s, t in out.items()}, cap)
            return min((arrived[s] + t for s, t in back.items() if s in arrived), default=math.inf)

        cap = self.request.max_transfers
        arrive = best(cap)
        if direct is not None and depart + direct <= arrive:
            return depart + direct, 0
        if arrive == math.inf:
            return math.inf, -1
        return arrive, next(n for n in itertools.count() if best(n) == arrive)


def ends_of(points):
    return Ends(
        np.array([p if isinstance(p, int) else -1 for p in points], np.int32),
        np.array([(0.0, 0.0) if isinstance(p, int) else p for p in points], np.float64),
    )


def assert_pairs_equal_brute_force(feed, points, walk, *, clocks=CLOCKS, **options):
    city = city_of(feed)
    request = RoutingRequest(options.pop("date", WEDNESDAY), **ALL_DAY, **options)
    oracle = PairOracle(city, request, walk)
    ends = [*range(city.timetable.n_stops), *points]
    asked = list(itertools.product(ends, ends, clocks))
    found = pair_arrivals(
        city,
        ends_of([a for a, _, _ in asked]),
        ends_of([b for _, b, _ in asked]),
        np.array([t for _, _, t in asked], np.int32),
        request,
        walk=walk,
    )
    for row, (a, b, depart) in enumerate(asked):
        arrive = int(found.arrive_s[row])
        got = (math.inf if arrive == UNREACHED_S else arrive, int(found.n_transfers[row]))
        assert got == oracle.answer(a, b, depart), (walk, a, b, depart)
    return found


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize(("walk", "max_transfers"), [("none", None), ("none", 1), ("feed", 0), ("streets", None)])
def test_feed_equals_brute_force(name, walk, max_transfers):
    points = [(0.0, 60.0), (20_000.0, 400.0)] if walk == "streets" else []
    assert_pairs_equal_brute_force(FAR + FEEDS[name], points, walk, max_transfers=max_transfers)


@pytest.mark.parametrize(
    "rules", ["", "transfer B B2 2 420", "transfer B B4 3", "transfer B B 2 180", "transfer B B3 2 50"]
)
@pytest.mark.parametrize("walk", ["none", "feed", "streets"])
@pytest.mark.parametrize("change_s", [0, 120])
def test_changes_on_foot(rules, walk, change_s):
    clocks = (8 * 3600 + 60, 8 * 3600 + 720)
    assert_pairs_equal_brute_force(FOOT + rules, [], walk, clocks=clocks, max_transfer_s=400, change_s=change_s)


LOOP = FAR + "trip R A 08:00 B 08:05 C 08:10 A 08:15 D 08:20\ntrip S id=late A 24:10 B 24:20\ntrip T A 00:20 D 00:30"


@pytest.mark.parametrize("date", ["2025-10-14", WEDNESDAY])
def test_loops_and_midnight(date):
    assert_pairs_equal_brute_force(LOOP, [], "none", date=date)


def test_nobody_waits_for_the_next_day_but_a_late_run_is_ridden_past_midnight():
    """At 23:59 the run at 24:10 is caught; the one at 00:20 (of the next day's services) is not waited for."""
    found = assert_pairs_equal_brute_force(LOOP, [], "none", clocks=(86_340,)).arrive_s.reshape(4, 4)
    assert found[0, 1] == 24 * 3600 + 1200
    assert found[0, 3] == UNREACHED_S


def test_services_by_date():
    feed = FAR + "service wed 0010000\ntrip R service=wed A 08:01 B 08:05\ntrip S A 08:30 B 08:50"
    for date, at in ((WEDNESDAY, 8 * 3600 + 300), ("2025-10-16", 8 * 3600 + 3000)):
        found = assert_pairs_equal_brute_force(feed, [], "none", date=date, clocks=(8 * 3600,))
        assert found.arrive_s[1] == at


def test_of_equal_arrivals_the_fewest_vehicles_are_told():
    """Two vehicles over B arrive at D together with one that leaves earlier."""
    feed = FAR + "trip R A 08:05 B 08:10\ntrip S B 08:15 D 08:40\ntrip T A 08:01 D 08:40"
    found = assert_pairs_equal_brute_force(feed, [], "none", clocks=(8 * 3600, 8 * 3600 + 120))
    assert found.n_transfers.reshape(4, 4, 2)[0, 3].tolist() == [0, 1]


@given(feeds(), st.sampled_from(["none", "feed", "streets"]), st.sampled_from([None, 0, 1]), st.sampled_from([0, 90]))
@settings(max_examples=40)
def test_made_up_feeds_equal_brute_force(made, walk, max_transfers, change_s):
    feed, points = made
    there = [tuple(map(float, p)) for p in points[-1:]] if walk == "streets" else []
    options = {"max_transfers": max_transfers, "change_s": change_s}
    assert_pairs_equal_brute_force(feed, there, walk, clocks=(7 * 3600 + 450, 8 * 3600 + 90), **options)


def test_the_order_of_questions_changes_nothing():
    city = city_of(LOOP)
    request = RoutingRequest(WEDNESDAY, **ALL_DAY)
    asked = np.array(list(itertools.product(range(4), range(4), CLOCKS)))
    order = np.random.default_rng(3).permutation(len(asked))

    def ask(rows):
        a, b, t = rows.T.astype(np.int32)
        none = np.zeros((len(rows), 2))
        return pair_arrivals(city, Ends(a, none), Ends(b, none.copy()), t, request, walk="none")

    straight, mixed = ask(asked), ask(asked[order])
    assert np.array_equal(straight.arrive_s[order], mixed.arrive_s)
    assert np.array_equal(straight.n_transfers[order], mixed.n_transfers)


def test_no_questions_have_no_answers():
    none = Ends(np.zeros(0, np.int32), np.zeros((0, 2)))
    request = RoutingRequest(WEDNESDAY, **ALL_DAY)
    assert len(pair_arrivals(city_of(LOOP), none, none, np.zeros(0, np.int32), request).arrive_s) == 0


def test_the_bundled_city_equals_the_forward_search_of_itineraries():
    """A second implementation answers one question at a time, leg by leg, on streets and with headway services."""
    city = load_hitachi()
    n, depart = 12, 9 * 3600 + 400
    rng = np.random.default_rng(5)
    chosen = [city.population.xy[rng.choice(len(city.population.xy), n)] for _ in range(2)]
    request = RoutingRequest(city.defaults.date, depart, depart + 60, change_s=60)
    nowhere = np.full(n, -1, np.int32)
    found = pair_arrivals(
        city, Ends(nowhere, chosen[0]), Ends(nowhere.copy(), chosen[1]), np.full(n, depart, np.int32), request
    )
    for row in range(n):
        journey = itinerary_xy(city, tuple(chosen[0][row]), tuple(chosen[1][row]), request)
        arrive = int(found.arrive_s[row])
        if journey is None:
            assert arrive > depart + request.cutoff_s
        else:
            assert (arrive, int(found.n_transfers[row])) == (journey.arrive_s, max(0, journey.n_transfers))
    assert (found.n_transfers > 0).any()
