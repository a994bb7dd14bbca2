"""Made-up feeds for property tests: a handful of stops, crooked trips, every flag now and then."""

from __future__ import annotations

from hypothesis import strategies as st

from geodata.calendar import format_time

STOPS = "ABCDEF"


@st.composite
def trip_lines(draw, n_stops):
    length = draw(st.integers(2, 5))
    calls = draw(st.lists(st.integers(0, n_stops - 1), min_size=length, max_size=length))
    time = draw(st.sampled_from([7, 8, 9, 31, 32])) * 3600 + draw(st.integers(0, 40)) * 90
    start = time
    words = []
    for at, stop in enumerate(calls):
        arrive = time
        time += draw(st.sampled_from([0, 0, 0, 60, 150]))
        flag = draw(st.sampled_from(["", "", "", "", "", "-b", "-a"]))
        words.append(f"{STOPS[stop]} {format_time(arrive)}/{format_time(time)}{flag}")
        if at == 0:
            start = time
        time += draw(st.sampled_from([0, 60, 61, 180, 400, 900]))
    option = draw(st.sampled_from(["", "", "", "service=odd ", "headway", "headway exact"]))
    if option.startswith("headway"):
        headway = draw(st.sampled_from([240, 601, 1200]))
        span = f"{format_time(start)}-{format_time(start + draw(st.integers(1, 4000)))}"
        option = f"headway={headway}@{span} {'exact ' if 'exact' in option else ''}"
    return f"trip R{draw(st.integers(0, 3))} {option}{' '.join(words)}"


@st.composite
def feeds(draw):
    """Return (text of a feed, points worth asking about)."""
    n_stops = draw(st.integers(2, 6))
    grid = st.integers(0, 12).map(lambda n: n * 150)
    points = draw(st.lists(st.tuples(grid, grid), min_size=n_stops, max_size=n_stops))
    lines = [f"stop {STOPS[i]} {x} {y}" for i, (x, y) in enumerate(points)]
    lines.append("service odd 1010101")
    lines += draw(st.lists(trip_lines(n_stops), min_size=1, max_size=9))
    stop = st.integers(0, n_stops - 1).map(STOPS.__getitem__)
    rules = st.tuples(stop, stop, st.sampled_from([0, 2, 3]), st.sampled_from([0, 100, 260]))
    chosen = draw(st.lists(rules, max_size=3, unique_by=lambda r: r[:2]))
    lines += [f"transfer {a} {b} {kind} {t}" for a, b, kind, t in chosen]
    return "\n".join(lines), [*points[:3], draw(st.tuples(grid, grid))]


STREETS = tuple(f"s{n}" for n in range(20))


@st.composite
def towns(draw):
    """
    Return (text of a feed of 10–20 stops and 4–10 lines, some stops' points): lines meet, overtake, come in headways.

    One number decides everything: a whole town is a single choice, quick to make; its lines are removed one by one.
    """
    random = draw(st.randoms(use_true_random=False))
    n_stops = draw(st.integers(10, 20))
    points = [(random.randrange(12) * 400, random.randrange(12) * 400) for _ in range(n_stops)]
    lines = [f"stop {STREETS[i]} {x} {y}" for i, (x, y) in enumerate(points)]
    for number in range(draw(st.integers(4, 10))):
        lines += _line(random, number, n_stops)
    for a, b in {(random.randrange(n_stops), random.randrange(n_stops)) for _ in range(random.randrange(4))}:
        lines.append(f"transfer {STREETS[a]} {STREETS[b]} {random.choice((2, 3))} {random.choice((0, 90, 260))}")
    near = (points[1][0] + 130, points[1][1] - 70)
    return "\n".join(lines), [*dict.fromkeys([points[0], near, points[-1]])]


def _line(random, number, n_stops):
    """Trips of one line over the same stops, each with times of its own, or at a headway."""
    stops = [STREETS[random.randrange(n_stops)] for _ in range(random.randint(3, 8))]
    shut = random.choice((-1, -1, random.randrange(len(stops))))
    flag = random.choice("ab")
    for trip in range(random.randint(1, 6)):
        start = time = 7 * 3600 + 1800 + 60 * random.randrange(70)
        calls = []
        for at, stop in enumerate(stops):
            arrive = time
            time += random.choice((0, 0, 0, 30, 60, 240))
            calls.append(f"{stop} {format_time(arrive)}/{format_time(time)}{f'-{flag}' if at == shut else ''}")
            start = time if at == 0 else start
            time += random.choice((0, 60, 60, 120, 120, 300, 701))
        option = ""
        if random.random() < 0.15:
            option = f"headway={random.choice((300, 660, 1201))}@{format_time(start)}-{format_time(start + 2400)} "
        yield f"trip L{number} id=l{number}t{trip} {option}{' '.join(calls)}"
