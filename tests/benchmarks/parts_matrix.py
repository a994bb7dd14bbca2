"""Owns the figures of the full matrix: against ferrobus, agreement with it, peak memory, growth."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from geodata.streets import StreetNetwork
from tests.benchmarks import peer_ferrobus
from tests.benchmarks.engine import full_matrix
from tests.benchmarks.inputs import INPUTS, ROOT, SEED, city_folder, load_city, places, take, walkable_nodes
from tests.benchmarks.peer_files import WALK_M_S, great_circle_m, write_feed, write_streets
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timetable_edits import edited_city
from tests.benchmarks.timing import Figure, clock, interleaved

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import FloatArray, IntArray
    from sim.routing.types import Places
    from tests.benchmarks.bench import Bench
    from tests.benchmarks.peer_ferrobus import Ferrobus

MEASURED_DEPARTURES = 3
N_TRIES = 3
PEAK_MB = 500
N_AGREE = (130, 30)
AGREE_WALK_S = 600
NEAR_STREETS_M = 200


def matrix(bench: Bench) -> Part:
    """Time the full matrix beside ferrobus."""
    asked = bench.input
    minutes = (asked.request.window_end_s - asked.request.window_start_s) // asked.request.step_s
    n_cells, n_facilities = len(asked.cells.xy), len(asked.facilities.xy)
    part = Part("matrix", f"{n_cells:,} cells × {n_facilities} facilities × {minutes} departures, median, cap 3")

    def ours() -> object:
        return full_matrix(asked.city, asked.cells, asked.facilities, asked.request)

    bench.tell("our matrix, to see how much of it is finite")
    finite = np.isfinite(full_matrix(asked.city, asked.cells, asked.facilities, asked.request).at(50))
    part.facts["finite_share"] = float(finite.mean())
    part.add(
        f"finite pairs: {finite.mean():.1%}; cells with any finite pair: {finite.any(axis=1).mean():.1%} "
        "(the grid covers the extent of the streets, water included)"
    )
    text = "full matrix against ferrobus's best API × departures"
    why = peer_ferrobus.missing()
    if why:
        part.add(*interleaved({"ours: whole matrix from a City, 2 threads": ours}, bench.runs, bench.tell))
        part.add(Goal(text, None, 20, reach=40, why=why))
        return part
    bench.tell("ferrobus: model and points")
    peer = whole_ferrobus(bench, asked.cells, asked.facilities)
    part.add(
        f"ferrobus reads the original street file and our timetable as GTFS; {peer.n_off} of {n_cells} cells lie too "
        "far from its streets and are not asked of it; its model and points are not counted, nor is what ours keeps "
        "of the streets alone (the reduced graph); every walk, the day and all searches of ours are"
    )
    way = best_way(bench, peer, part)
    step = (asked.request.window_end_s - asked.request.window_start_s) // MEASURED_DEPARTURES
    departures = [asked.request.window_start_s + k * step for k in range(MEASURED_DEPARTURES)]
    theirs_name = f"ferrobus: {way}, {MEASURED_DEPARTURES} departures"
    theirs, own = interleaved(
        {
            theirs_name: lambda: sum(clock(lambda s=s: peer.ways()[way](s)) for s in departures),
            "ours: whole matrix from a City, 2 threads": ours,
        },
        bench.runs,
        bench.tell,
    )
    factor = minutes / MEASURED_DEPARTURES
    scaled = theirs.scaled(factor, f"ferrobus × {minutes}: computed, {MEASURED_DEPARTURES} measured × {factor:g}")
    part.add(theirs, scaled, own)
    part.add(
        f"ferrobus answers one departure at a time: {MEASURED_DEPARTURES} departures spread over the hour were measured "
        f"in every run and multiplied by {factor:g}; gathering {minutes} matrices and their medians is not counted"
    )
    part.add(Goal(text, scaled.median / own.median, 20, reach=40))
    return part


def whole_ferrobus(bench: Bench, cells: Places, facilities: Places) -> Ferrobus:
    """Return ferrobus on the whole city: original streets, our timetable, its usual 10 nearest stops."""
    asked, request = bench.input, bench.input.request
    feed = bench.scratch / "feed"
    if not feed.is_dir():
        write_feed(asked.city.timetable, request.date, feed)
    limits = peer_ferrobus.Limits(request.max_transfer_s, request.max_access_s)
    streets = INPUTS / "poa_osm.pbf"
    return peer_ferrobus.Ferrobus(
        streets, feed, request.date, asked.lonlat(cells), asked.lonlat(facilities), limits=limits
    )


def best_way(bench: Bench, peer: Ferrobus, part: Part) -> str:
    """Return ferrobus's fastest way to answer the question for one departure, tried in turn."""
    start_s = bench.input.request.window_start_s
    ways = {name: (lambda ask=ask: clock(lambda: ask(start_s))) for name, ask in peer.ways().items()}
    tried = interleaved(ways, N_TRIES, bench.tell, warm_up=False)
    part.add(*(Figure(f"ferrobus, 1 departure: {f.name}", f.values) for f in tried))
    return min(tried, key=lambda figure: min(figure.values)).name


# ---------------------------------------------------------------- agreement


def agreement(bench: Bench) -> Part:
    """Compare medians with ferrobus on a subset: under common rules, and as each engine does it."""
    part = Part("agreement", "agreement of medians with ferrobus on a subset")
    why = peer_ferrobus.missing()
    if why:
        part.add(f"not compared: {why}")
        return part
    bench.tell("agreement: common walk graph")
    city, stop_node, near = common_city(bench.input.city)
    streets = city.streets
    assert isinstance(streets, StreetNetwork)
    feed = write_feed(city.timetable, bench.input.request.date, bench.scratch / "common", stops=near)
    file = write_streets(streets, bench.scratch / "common.osm.pbf")
    rng = np.random.default_rng(SEED)
    drawn = rng.choice(np.unique(stop_node[near]), sum(N_AGREE), replace=False)
    cells, targets = (places("a", streets.node_xy[n]) for n in np.split(drawn, [N_AGREE[0]]))
    request = replace(
        bench.input.request, max_access_s=AGREE_WALK_S, max_transfer_s=AGREE_WALK_S, max_direct_s=AGREE_WALK_S
    )
    ours = full_matrix(city, cells, targets, request).at(50)
    limits = peer_ferrobus.Limits(AGREE_WALK_S, max_access_s=1, max_stops=1, max_transfers=4)
    peer = peer_ferrobus.Ferrobus(
        file, feed, request.date, bench.input.lonlat(cells), bench.input.lonlat(targets), limits=limits
    )
    theirs = _ferrobus_medians(bench, peer)
    part.facts["common_rules"] = compare(part, "common rules", ours, theirs)
    part.add(
        f"common rules: places are stops, walks up to {AGREE_WALK_S} s on one graph in whole seconds per edge, stops near "
        "streets only; 4 vehicles at most: ferrobus's max_transfers=4 allows 4 vehicles, its 3 only 3"
    )
    bench.tell("agreement: as each engine does it")
    some = take(bench.input.cells, np.linspace(0, len(bench.input.cells.xy) - 1, N_AGREE[0]).astype(np.int64))
    few = take(bench.input.facilities, np.arange(min(N_AGREE[1], len(bench.input.facilities.xy))))
    ours = full_matrix(bench.input.city, some, few, bench.input.request).at(50)
    theirs = _ferrobus_medians(bench, whole_ferrobus(bench, some, few))
    part.facts["own_rules"] = compare(part, "own rules", ours, theirs)
    part.add(
        "own rules: ferrobus boards only at the stop nearest to the origin and at stops a transfer away from it, has no "
        "slope, and snaps every stop outside the streets to their edge at no cost"
    )
    return part


def common_city(city: City) -> tuple[City, IntArray, np.ndarray]:
    """
    Return the city with ferrobus's walk graph, its stops moved to their nodes, stop → node, and which stops are near.

    Every edge takes the whole seconds that ferrobus counts; stops far from streets are moved out of reach.
    """
    streets, stops = city.streets, city.timetable.stops
    assert isinstance(streets, StreetNetwork)
    origin = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
    straight = great_circle_m(streets.node_lonlat[origin], streets.node_lonlat[streets.edge_to])
    effort = np.where(np.isfinite(streets.edge_effort_m), np.floor(straight / WALK_M_S) * WALK_M_S, np.inf)
    common = replace(streets, edge_effort_m=effort, has_slope=False)
    nodes = walkable_nodes(common)
    off_m, nearest = cKDTree(streets.node_xy[nodes]).query(stops.xy)
    node, near = nodes[nearest], off_m <= NEAR_STREETS_M
    xy, lonlat = np.array(stops.xy), np.array(stops.lonlat)
    xy[near], lonlat[near] = streets.node_xy[node[near]], streets.node_lonlat[node[near]]
    xy[~near] += 1e6
    moved = replace(city.timetable, stops=replace(stops, xy=xy, lonlat=lonlat))
    return city.replace(streets=common, timetable=moved), node, near


def _ferrobus_medians(bench: Bench, peer: Ferrobus) -> FloatArray:
    request = bench.input.request
    departures = range(request.window_start_s, request.window_end_s, request.step_s)
    cube = np.sort(np.stack([peer.minutes(s) for s in departures]), axis=0)
    median = cube[-(-len(departures) // 2) - 1]
    return np.where(median * 60 > request.cutoff_s, np.inf, median)


def compare(part: Part, name: str, ours: FloatArray, theirs: FloatArray) -> dict[str, float]:
    """Note how far two matrices of medians agree."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    one = np.isfinite(ours) != np.isfinite(theirs)
    apart = theirs[both] - ours[both]
    found = {
        "pairs": int(ours.size),
        "both_finite_share": float(both.mean()),
        "one_finite_share": float(one.mean()),
        "within_2_min_share": float((np.abs(apart) <= 2).mean()),
        "median_difference_min": float(np.median(apart)),
        "p01_min": float(np.quantile(apart, 0.01)),
        "p99_min": float(np.quantile(apart, 0.99)),
    }
    part.add(
        f"{name}: {ours.size:,} pairs, {both.mean():.1%} finite in both, {one.mean():.1%} in one only; within 2 min "
        f"{found['within_2_min_share']:.1%}, median of ferrobus − ours {found['median_difference_min']:+.2f} min "
        f"(1–99 %: {found['p01_min']:+.1f} … {found['p99_min']:+.1f})"
    )
    return found


# ---------------------------------------------------------------- memory and growth


def memory(bench: Bench) -> Part:
    """Measure the peak memory of the full matrix in a fresh process."""
    part = Part("memory", "peak memory of the full matrix, in a fresh process")
    load_city(bench.tell, bench.out)  # the fresh process reads the folder
    script = [sys.executable, "-m", "tests.benchmarks.memory", "--city", str(city_folder(bench.out))]
    script += ["--cells", str(bench.n_cells), "--facilities", str(bench.n_facilities)]
    found = []
    for run in range(min(3, bench.runs) + 1):
        bench.tell(
            f"memory of the full matrix ({f'{run}/{min(3, bench.runs)}' if run else 'to have kernels compiled'})"
        )
        done = subprocess.run(script, check=False, capture_output=True, text=True, encoding="utf-8", cwd=ROOT)
        if done.returncode:
            raise RuntimeError(done.stderr[-1_000:])
        if run:
            found.append(json.loads(done.stdout.splitlines()[-1]))
    for key, name in (
        ("started_mb", "kernels and city loaded: peak so far"),
        ("peak_mb", "whole process with the matrix: peak"),
    ):
        part.add(Figure(name, tuple(f[key] for f in found), "MB"))
    part.add(Figure("the same, seconds of the first matrix of the process", tuple(f["seconds"] for f in found)))
    part.add(Goal("peak of the whole process", part.figures[1].median, PEAK_MB, at_least=False, unit=" MB"))
    return part


def scaling(bench: Bench) -> Part:
    """Time twice as many cells, and twice as many scenarios."""
    part = Part("scaling", "growth")
    asked = bench.input
    half = take(asked.cells, np.arange(len(asked.cells.xy)) % 2 == 0)

    def cells(which: Places) -> object:
        return full_matrix(asked.city, which, asked.facilities, asked.request)

    one, two = interleaved(
        {f"{len(half.xy):,} cells": lambda: cells(half), f"{len(asked.cells.xy):,} cells": lambda: cells(asked.cells)},
        bench.runs,
        bench.tell,
    )
    exact = len(asked.cells.xy) / len(half.xy)
    part.add(one, two, Goal("twice the cells", two.median / one.median * 2 / exact, 2.2, at_least=False))
    scenarios = [edited_city(asked.city, asked.request.date, seed)[0] for seed in range(4)]

    def run(cities: list[City]) -> object:
        return [full_matrix(c, half, asked.facilities, asked.request) for c in cities]

    one, two = interleaved(
        {"2 scenarios (edited timetables)": lambda: run(scenarios[:2]), "4 scenarios": lambda: run(scenarios)},
        bench.runs,
        bench.tell,
    )
    part.add(one, two, Goal("twice the scenarios", two.median / one.median, 2.05, at_least=False))
    return part


__all__ = ["agreement", "matrix", "memory", "scaling"]
