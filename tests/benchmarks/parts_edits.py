"""Owns the figures of edits: of the timetable against urbanaccess and our own full run, of facilities and visits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks import peer_urbanaccess
from tests.benchmarks.engine import EditedTimetables, MovingPlaces, full_matrix
from tests.benchmarks.inputs import SEED, places, walkable_nodes
from tests.benchmarks.peer_files import write_feed
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timetable_edits import MOST, edited_city
from tests.benchmarks.timing import Figure, interleaved, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.streets import StreetNetwork
    from geodata.units import FloatArray
    from sim.routing.types import TravelTimes
    from tests.benchmarks.bench import Bench

N_EDITS = 120
URBANACCESS_S = 120
"""No further run of urbanaccess is begun after so many seconds."""
N_CHECKS = 4
KINDS = ("added", "moved", "closed", "visit moved")


def same_bits(one: TravelTimes, other: TravelTimes) -> bool:
    """Return whether two answers are the same, bit for bit."""
    return one.minutes.tobytes() == other.minutes.tobytes() and one.reliability.tobytes() == other.reliability.tobytes()


def timetable(bench: Bench) -> Part:
    """Time an edited timetable: against urbanaccess, and against our own full run."""
    asked = bench.input
    part = Part("timetable", f"timetable edit of at most {MOST:.0%} of the day's trips → new full matrix")
    bench.tell("editing timetables")
    edits = [edited_city(asked.city, asked.request.date, seed) for seed in range(1, bench.runs + 2)]
    part.add(f"edits touch {min(s for _, s in edits):.1%}–{max(s for _, s in edits):.1%} of the day's trips")
    question = (asked.cells, asked.facilities, asked.request)
    bench.tell("our own matrix before the edits")
    kept = EditedTimetables(asked.city, *question)
    incremental, full = _turn(city for city, _ in edits), _turn(city for city, _ in edits)
    ours = {
        "ours: edit → matrix": lambda: kept.matrix(next(incremental)),
        "ours: full run of the edited city": lambda: full_matrix(next(full), *question),
    }
    edit, whole = interleaved(ours, bench.runs, bench.tell)
    part.add(edit, whole)
    bench.tell("our own edit against the full recompute, bit for bit")
    lines = [edited_city(asked.city, asked.request.date, seed, one_route=True)[0] for seed in range(1, bench.runs + 2)]
    equal = all(same_bits(kept.matrix(city), full_matrix(city, *question)) for city in [edits[0][0], lines[0]])
    part.facts["bit_equal"] = equal
    part.add(f"edit equal to the full recompute, bit for bit: {'yes' if equal else 'NO'} (2 edits)")
    one_line, all_lines = _turn(iter(lines)), _turn(iter(lines))
    ours = {
        "ours: edit of one line → matrix": lambda: kept.matrix(next(one_line)),
        "ours: full run of the city with that line edited": lambda: full_matrix(next(all_lines), *question),
    }
    line, line_whole = interleaved(ours, bench.runs, bench.tell)
    part.add(line, line_whole)
    part.add(f"one line of 1–5 % of the day's trips: own full run ÷ edit {line_whole.median / line.median:.1f}×")
    part.add(
        f"what bounds it: of all pairs {kept.sampled_share(edits[0][0]):.0%} have to be sampled again after the first edit "
        f"of {MOST:.0%}, {kept.sampled_share(lines[0]):.0%} after the first of one line"
    )
    part.add(Goal(f"own full run ÷ edit of up to {MOST:.0%} of trips", whole.median / edit.median, 5))
    _beside_urbanaccess(bench, part, kept, edits)
    return part


def _beside_urbanaccess(bench: Bench, part: Part, kept: EditedTimetables, edits: list[tuple]) -> None:
    text = "timetable edit → matrix against urbanaccess rebuild + query"
    why = peer_urbanaccess.missing()
    if why:
        part.add(Goal(text, None, 10, why=why))
        return
    feeds = []
    for n, (city, _) in enumerate(edits):
        bench.tell(f"writing feed {n + 1}/{len(edits)} for urbanaccess")
        feeds.append(write_feed(city.timetable, bench.input.request.date, bench.scratch / f"edit-{n}"))
    found: list[dict] = []
    with peer_urbanaccess.Urbanaccess(bench.input, bench.scratch) as peer:
        edited, paths = _turn(city for city, _ in edits), _turn(iter(feeds))
        theirs, own = interleaved(
            {
                "urbanaccess + pandana: rebuild, query": lambda: found.append(peer.rebuild(next(paths))),
                "ours: edit → matrix, in turn with it": lambda: kept.matrix(next(edited)),
            },
            bench.runs,
            bench.tell,
            warm_up=False,  # nothing of theirs is kept or compiled, and a run takes a minute or more
            budget_s=URBANACCESS_S,
        )
        part.facts["urbanaccess"] = {"versions": peer.versions, "runs": found}
        part.add(theirs, own)
        steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in found[-1]["steps"].items())
        part.add(f"urbanaccess, last run: {steps}; {found[-1]['finite_share']:.1%} of pairs finite")
        part.add(
            f"its streets are contracted to {peer.n_nodes:,} crossings; it averages headways, so it gives no percentile"
        )
    part.add(Goal(text, theirs.median / own.median, 10))


def _turn(items: Iterator) -> Iterator:
    """Return items one after the other, again and again."""
    held = list(items)
    while True:
        yield from held


# ---------------------------------------------------------------- facilities and visits


def facilities(bench: Bench) -> Part:
    """Time what one facility or visit more, elsewhere or fewer costs, over all cells."""
    asked = bench.input
    part = Part("facilities", f"facility added, moved, closed; visit of the mobile office moved: {N_EDITS} edits")
    bench.tell("preparing the cells")
    start = time.perf_counter()
    cells = MovingPlaces(asked.city, asked.cells, asked.request)
    part.add(Figure("preparing all cells, once", (time.perf_counter() - start,)))
    rng = np.random.default_rng(SEED)
    streets: StreetNetwork = asked.city.streets
    sites = streets.node_xy[rng.choice(walkable_nodes(streets), N_EDITS, replace=False)] + rng.normal(
        0, 20, (N_EDITS, 2)
    )
    held = _Board(cells, asked.facilities.xy, bench)
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    wrong = 0
    for n, site in enumerate(sites):
        kind = KINDS[n % len(KINDS)]
        row = int(rng.integers(len(held.xy)))
        if n % 10 == 0:
            bench.tell(f"edit {n + 1}/{N_EDITS}")
        seconds = held.edit(kind, row, site)
        if n >= len(KINDS):  # the first of each kind warms up
            taken[kind].append(seconds)
        if (n + 1) % (N_EDITS // N_CHECKS) == 0:
            bench.tell("the kept matrix against the full recompute, bit for bit")
            wrong += held.differing(full_matrix(asked.city, asked.cells, places("f", held.xy), asked.request))
    part.facts["bit_equal"] = wrong == 0
    for kind in KINDS:
        part.add(Figure(kind, tuple(taken[kind])))
    part.add(
        f"after every {N_EDITS // N_CHECKS} edits the kept matrix equals the full recompute, bit for bit: "
        f"{'yes' if wrong == 0 else f'NO, {wrong} values differ'}"
    )
    every = [s for kind in KINDS for s in taken[kind]]
    part.add(f"p95 by kind: {', '.join(f'{k} {1000 * percentile(taken[k], 0.95):.1f} ms' for k in KINDS)}")
    costly = [s for kind in KINDS if kind != "closed" for s in taken[kind]]
    part.facts["p95_ms"] = {"all": 1000 * percentile(every, 0.95), "without closed": 1000 * percentile(costly, 0.95)}
    part.add(
        Goal("p95 of edits that need a search (all but closing)", 1000 * percentile(costly, 0.95), 50,
             at_least=False, unit=" ms")
    )  # fmt: skip
    return part


class _Board:
    """The matrix a planner looks at while facilities come, move and go; visits are facilities by another name."""

    def __init__(self, cells: MovingPlaces, xy: FloatArray, bench: Bench) -> None:
        self.cells = cells
        self.xy = np.array(xy)
        bench.tell("the matrix before the edits")
        times = cells.times(places("f", self.xy))
        self.minutes, self.share = np.array(times.minutes[:, :, 0]), np.array(times.reliability)

    def edit(self, kind: str, row: int, site: FloatArray) -> float:
        """Carry out one edit and return the seconds until the matrix holds it."""
        start = time.perf_counter()
        if kind == "closed":
            self.xy, self.minutes, self.share = (
                np.delete(self.xy, row, axis=0), np.delete(self.minutes, row, axis=1), np.delete(self.share, row, axis=1)
            )  # fmt: skip
            return time.perf_counter() - start
        found = self.cells.times(places("x", site[None, :]))
        if kind == "added":
            self.xy = np.concatenate([self.xy, site[None, :]])
            self.minutes = np.concatenate([self.minutes, found.minutes[:, :, 0]], axis=1)
            self.share = np.concatenate([self.share, found.reliability], axis=1)
        else:
            self.xy[row], self.minutes[:, row], self.share[:, row] = (
                site,
                found.minutes[:, 0, 0],
                found.reliability[:, 0],
            )
        return time.perf_counter() - start

    def differing(self, whole: TravelTimes) -> int:
        """Return how many values differ from a full recompute in any bit."""
        pairs = ((self.minutes, whole.minutes[:, :, 0]), (self.share, whole.reliability))
        return sum(
            int((kept.view(np.uint32) != np.ascontiguousarray(full).view(np.uint32)).sum()) for kept, full in pairs
        )
