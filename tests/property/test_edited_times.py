"""Whatever an edit of the timetable does, what was remembered and carried over equals what is computed from nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.routing.edited import remember_times
from sim.routing.prepared import prepare_times
from tests.amount import examples
from tests.unit.sim.routing.compare import VARIANTS, city_of, places, request_of
from tests.unit.sim.routing.strategies import STOPS, feeds, trip_lines

WALKS = {"max_access_s": 300, "max_transfer_s": 300, "cutoff_s": 5_400}


def later(line, seconds):
    """Return a trip line with every time later."""

    def moved(word):
        h, m, s = word[:8].split(":")
        time = int(h) * 3600 + int(m) * 60 + int(s) + seconds
        return f"{time // 3600:02}:{time // 60 % 60:02}:{time % 60:02}{word[8:]}"

    words = line.split(" ")
    for i, word in enumerate(words):
        if word.startswith("headway="):
            head, span = word.split("@")
            words[i] = f"{head}@{'-'.join(moved(w) for w in span.split('-'))}"
        elif ":" in word:
            words[i] = "/".join(moved(w) for w in word.split("/"))
    return " ".join(words)


@st.composite
def edited_feeds(draw, text):
    """Return the feed with one to three edits."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        trips = [i for i, line in enumerate(lines) if line.startswith("trip")]
        n_stops = sum(line.startswith("stop") for line in lines)
        kind = draw(st.sampled_from(["remove", "later", "later", "add", "flag", "route", "twice", "stop"]))
        if kind == "add" or not trips:
            lines.append(draw(trip_lines(n_stops)))
            continue
        at = draw(st.sampled_from(trips))
        if kind == "remove":
            del lines[at]
        elif kind == "later":
            lines[at] = later(lines[at], draw(st.sampled_from([1, 60, 90, 240, 3600])))
        elif kind == "flag":
            lines[at] = lines[at] + draw(st.sampled_from(["-a", "-b"])) if lines[at][-2] != "-" else lines[at][:-2]
        elif kind == "route":
            moved = draw(st.sampled_from([30, 60, 120]))
            route = lines[at].split()[1]
            lines = [later(x, moved) if x.startswith(f"trip {route}") else x for x in lines]
        elif kind == "twice":
            lines.append(lines[at])
        elif n_stops < len(STOPS):
            lines.insert(n_stops, f"stop {STOPS[n_stops]} 450 300")
    return "\n".join(lines)


def same_bits(one, other):
    return one.minutes.tobytes() == other.minutes.tobytes() and one.reliability.tobytes() == other.reliability.tobytes()


@st.composite
def requests(draw):
    """Return a request of any direction, mode, cap, percentiles and kind of sample."""
    direction, mode = draw(st.sampled_from(VARIANTS))
    samples, n_draws = draw(st.sampled_from([("all", 1), ("all", 2), ("shortest", 2)]))
    request = request_of(
        "07:50",
        n=10,
        step=240,
        max_transfers=draw(st.sampled_from([None, 0, 1, 2, 3])),
        change_s=draw(st.sampled_from([0, 90])),
        max_direct_s=draw(st.sampled_from([0, 900])),
        **WALKS,
    )
    percentiles = draw(st.sampled_from([(50,), (100, 0, 20), (10, 50, 90)]))
    kinds = {"direction": direction, "departure_mode": mode, "samples": samples, "n_draws": n_draws}
    return replace(request, percentiles=percentiles, **kinds)


@given(st.data(), feeds(), requests(), st.sampled_from(["origins", "destinations"]))
@settings(max_examples=examples(60, long=400), derandomize=True, deadline=None)
def test_edits_equal_what_is_computed_from_nothing(data, feed, request, side):
    text, points = feed
    here, there = places(points), places([*points[::-1], *points[:1]])
    remembered = remember_times(city_of(text), here, there, request, side=side)
    assert same_bits(remembered.times, prepare_times(city_of(text), here, request, side=side).times(there))
    for _ in range(2):
        text = data.draw(edited_feeds(text))
        city = city_of(text)
        wanted = prepare_times(city, here, request, side=side).times(there)
        for n_threads in (1, 2):
            found = remembered.edited(city, most_changed=np.inf, n_threads=n_threads)
            assert same_bits(found.times, wanted), found
