"""Edits of one town with many places: what is carried over, what is not, and that nothing differs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.calendar import format_time
from sim.routing import edited
from sim.routing.edited import remember_times
from sim.routing.prepared import prepare_times
from tests.unit.sim.routing.compare import VARIANTS, city_of, places, request_of

RNG = np.random.default_rng(5)
STOPS = RNG.integers(0, 40, (26, 2)) * 100
LINES = [RNG.permutation(26)[: RNG.integers(4, 9)] for _ in range(12)]
POINTS = [(int(x), int(y)) for x, y in RNG.integers(0, 4_000, (45, 2))]
WALKS = {"max_access_s": 420, "max_transfer_s": 240, "max_direct_s": 900, "cutoff_s": 5_400}


def trip(line, start):
    words = [f"{chr(65 + stop)} {format_time(start + 150 * n)}" for n, stop in enumerate(LINES[line])]
    return f"trip R{line} {' '.join(words)}"


TRIPS = [(line, 7 * 3600 + 97 * line + 600 * n) for line in range(12) for n in range(18)]
HEADWAY = f"trip R9 headway=600@07:30:00-10:00:00 A 07:30:00 {chr(65 + 9)} 07:36:00 {chr(65 + 20)} 07:50:00"


def town(trips=TRIPS, more=()):
    stops = [f"stop {chr(65 + n)} {x} {y}" for n, (x, y) in enumerate(STOPS)]
    return city_of("\n".join([*stops, *(trip(*t) for t in trips), *more]))


EDITS = {
    "nothing": TRIPS,
    "one trip gone": TRIPS[:100] + TRIPS[101:],
    "one trip later": [*TRIPS[:60], (TRIPS[60][0], TRIPS[60][1] + 120), *TRIPS[61:]],
    "one trip overtakes": [*TRIPS[:60], (TRIPS[60][0], TRIPS[60][1] + 700), *TRIPS[61:]],
    "one line gone": [t for t in TRIPS if t[0] != 3],
    "one line later": [(a, b + 120 * (a == 4)) for a, b in TRIPS],
    "one line twice": [*TRIPS, *((4, b + 300) for a, b in TRIPS if a == 4)],
    "every tenth later": [(a, b + 240 * (n % 10 == 0)) for n, (a, b) in enumerate(TRIPS)],
}
REQUEST = request_of("08:00", n=20, step=120, **WALKS)


def same_bits(one, other):
    return one.minutes.tobytes() == other.minutes.tobytes() and one.reliability.tobytes() == other.reliability.tobytes()


@pytest.mark.parametrize("side", ["origins", "destinations"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_edit_equals_what_is_computed_from_nothing(side, variant, monkeypatch):
    monkeypatch.setattr(edited, "MOST_ROOTS", 24)
    request = replace(REQUEST, direction=variant[0], departure_mode=variant[1], percentiles=(50,))
    here, there = places(POINTS), places(POINTS[::-1])
    remembered = remember_times(town(), here, there, request, side=side)
    for name, trips in EDITS.items():
        found = remembered.edited(town(trips), most_changed=0.5)
        assert not found.why_all.en, name
        assert same_bits(found.times, prepare_times(town(trips), here, request, side=side).times(there)), name
        assert (found.sampled_share > 0) or name != "one line gone", name


def test_draws_are_carried_over_too():
    request = replace(REQUEST, percentiles=(10, 50), n_draws=3)
    remembered = remember_times(town(more=[HEADWAY]), places(POINTS), places(POINTS), request, side="origins")
    for name, trips in EDITS.items():
        city = town(trips, more=[HEADWAY])
        found = remembered.edited(city, most_changed=0.5)
        assert not found.why_all.en
        wanted = prepare_times(city, places(POINTS), request, side="origins").times(places(POINTS))
        assert same_bits(found.times, wanted), name
    other = remembered.edited(town(more=[HEADWAY.replace("=600", "=900")]))
    city = town(more=[HEADWAY.replace("=600", "=900")])
    assert same_bits(other.times, prepare_times(city, places(POINTS), request, side="origins").times(places(POINTS)))


def test_a_small_edit_samples_few_pairs_and_nothing_costs_nothing():
    remembered = remember_times(town(), places(POINTS), places(POINTS), REQUEST, side="origins")
    assert remembered.edited(town()).times is remembered.times
    small = remembered.edited(town(EDITS["one trip later"]))
    assert (small.n_gone, small.n_added) == (1, 1)
    assert 0 < small.sampled_share < 0.6
    assert np.array_equal(small.times.minutes, remembered.edited(town(EDITS["one trip later"])).times.minutes)


def test_what_cannot_be_carried_over_is_computed_anew_and_says_why(monkeypatch):
    ends = places(POINTS), places(POINTS)
    remembered = remember_times(town(), *ends, REQUEST, side="origins")
    moved = STOPS.copy()
    moved[0] += 100
    with monkeypatch.context() as patch:
        patch.setitem(globals(), "STOPS", moved)
        other_stops = town()
    slower = town()
    slower = slower.replace(streets=replace(slower.streets, walk_detour=1.5))
    many = town([(a, b + 60) for a, b in TRIPS])
    drawn = town(more=[HEADWAY])
    for city, why in ((other_stops, "stops"), (slower, "streets"), (many, "many"), (drawn, "draws")):
        found = remembered.edited(city)
        assert why in found.why_all.en
        assert found.why_all.ja
        assert same_bits(found.times, prepare_times(city, ends[0], REQUEST, side="origins").times(ends[1]))
    monkeypatch.setattr(edited, "MOST_BYTES", 1)
    large = remember_times(town(), *ends, REQUEST, side="origins")
    assert same_bits(large.times, remembered.times)
    assert "large" in large.edited(town(EDITS["one line gone"])).why_all.en


def test_no_places_are_no_trouble():
    nobody = places([])
    for here, there in ((nobody, places(POINTS)), (places(POINTS), nobody)):
        remembered = remember_times(town(), here, there, REQUEST, side="origins")
        found = remembered.edited(town(EDITS["one line gone"]))
        assert found.times.minutes.shape[:2] == (len(here.xy), len(there.xy))
