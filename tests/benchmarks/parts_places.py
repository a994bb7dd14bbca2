"""Owns the figures of walking one-to-all and of coverage, beside their peers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks.inputs import SEED, grid_points, walkable_nodes
from tests.benchmarks.report import Goal, Part
from tests.benchmarks.timing import clock, interleaved, timed

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.streets import StreetNetwork
    from geodata.units import FloatArray
    from tests.benchmarks.bench import Bench

CUTOFFS_M = (1_200, 2_400)
N_SOURCES = 300
N_NETWORKX = 30
SCIPY_AT_ONCE = 50
CELL_M = 500.0
N_SIDE = 55
N_CIRCLES = 300
RADIUS_M = 800.0
QUAD_SEGS = 16
SAME = 1e-6


def walking(bench: Bench) -> Part:
    """Time walks from one node to all within a distance: one thread, then all nodes at equal threads."""
    part = Part("walk", "walk one-to-all with a cutoff, on the sloping street network of porto-alegre")
    graph = _Graph(bench.input.city.streets)
    part.add(
        f"{graph.n_nodes:,} walkable nodes, {len(graph.mm):,} directed edges, all engines on the same; figures per source; "
        f"networkx from {N_NETWORKX} of the {N_SOURCES} sources"
    )
    ours = _our_walks()
    for cutoff in CUTOFFS_M:
        _one_thread(bench, part, graph, cutoff, ours)
    _all_nodes(bench, part, graph, ours)
    return part


class _Graph:
    """The walkable streets as peers want them; efforts in whole millimetres, as we count them."""

    def __init__(self, streets: StreetNetwork) -> None:
        from scipy.sparse import csr_array

        origin = np.repeat(np.arange(len(streets.node_xy)), np.diff(streets.edge_offsets))
        rows = np.flatnonzero(np.isfinite(streets.edge_effort_m))
        self.streets = streets
        self.nodes = walkable_nodes(streets)
        self.n_nodes = len(self.nodes)
        self.origin, self.to = origin[rows], streets.edge_to[rows]
        self.mm = np.rint(streets.edge_effort_m[rows] * 1_000).astype(np.int64)
        order = np.lexsort((self.mm, self.to, self.origin))
        ends = np.stack([self.origin, self.to], axis=1)[order]
        first = np.ones(len(order), bool)
        first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
        least = order[first]  # a sparse matrix adds parallel edges up; the shorter one counts
        self.least = (self.origin[least], self.to[least], self.mm[least])
        n = len(streets.node_xy)
        # A stored zero is no edge to scipy: a thousandth of a millimetre stands for it.
        weights = np.maximum(self.least[2], 1e-3)
        self.matrix = csr_array((weights.astype(np.float64), self.least[:2]), shape=(n, n))
        self.sources = np.sort(np.random.default_rng(SEED).choice(self.nodes, N_SOURCES, replace=False))


def _our_walks() -> Any:
    try:
        from sim.routing import walk

        return walk if hasattr(walk, "nodes_within") and hasattr(walk, "reach_sum") else None
    except ImportError:
        return None


def _one_thread(bench: Bench, part: Part, graph: _Graph, cutoff: int, ours: Any) -> None:
    import networkx as nx
    from scipy.sparse.csgraph import dijkstra

    directed = nx.DiGraph()
    directed.add_weighted_edges_from(zip(*(column.tolist() for column in graph.least), strict=True))
    few = graph.sources[:: N_SOURCES // N_NETWORKX][:N_NETWORKX]
    limit = cutoff * 1_000
    counts: dict[str, int] = {}

    def by_networkx() -> None:
        found = [nx.single_source_dijkstra_path_length(directed, s, cutoff=limit) for s in few.tolist()]
        counts["networkx"] = sum(map(len, found))

    def by_scipy() -> None:
        n = 0
        for first in range(0, N_SOURCES, SCIPY_AT_ONCE):
            some = graph.sources[first : first + SCIPY_AT_ONCE]
            n += int(np.isfinite(dijkstra(graph.matrix, indices=some, limit=limit + 0.5)).sum())
        counts["scipy"] = n

    def by_us() -> None:
        offsets, *_ = ours.nodes_within(graph.streets, graph.sources, max_m=cutoff)
        counts["ours"] = int(offsets[-1])

    actions: dict[str, Callable[[], None]] = {
        f"networkx single_source_dijkstra_path_length, {cutoff:,} m": by_networkx,
        f"scipy csgraph dijkstra(limit), {cutoff:,} m, 1 thread": by_scipy,
    }
    if ours is not None:
        actions[f"ours: nodes_within, {cutoff:,} m, 1 thread"] = by_us
    figures = interleaved(actions, bench.runs, bench.tell)
    per_source = [f.scaled(1 / n) for f, n in zip(figures, (N_NETWORKX, N_SOURCES, N_SOURCES), strict=False)]
    part.add(*per_source)
    goals = ((f"networkx ÷ ours, {cutoff:,} m, one thread", 20, 0), (f"scipy ÷ ours, {cutoff:,} m, one thread", 1.2, 1))
    if ours is None:
        part.add(*(Goal(text, None, wanted, why="the engine has no one-to-all walk yet") for text, wanted, _ in goals))
        return
    part.add(
        f"{cutoff:,} m: nodes reached from {N_SOURCES} sources: scipy {counts['scipy']:,}, ours {counts['ours']:,}"
    )
    part.add(*(Goal(text, per_source[peer].median / per_source[2].median, wanted) for text, wanted, peer in goals))


def _all_nodes(bench: Bench, part: Part, graph: _Graph, ours: Any) -> None:
    threads = os.cpu_count() or 1
    texts = {m: f"pandana aggregate ÷ ours, all nodes, {m:,} m, {threads} threads each" for m in CUTOFFS_M}
    why = "" if ours is not None else "the engine has no one-to-all walk yet"
    try:
        import pandana  # noqa: F401
    except ImportError as exc:
        why = f"pandana is not installed ({exc})"
    if why:
        part.add(*(Goal(text, None, 0.9, why=why) for text in texts.values()))
        return
    bench.tell("pandana: building its hierarchy")
    weights = np.random.default_rng(SEED).integers(1, 100, len(graph.streets.node_xy)).astype(np.float64)
    net = _pandana(graph, weights)
    for cutoff, text in texts.items():
        sums: dict[str, FloatArray] = {}

        def by_pandana(cutoff: int = cutoff, sums: dict[str, FloatArray] = sums) -> None:
            sums["pandana"] = net.aggregate(cutoff, type="sum", decay="flat", imp_name="m", name="w").to_numpy()

        def by_us(cutoff: int = cutoff, sums: dict[str, FloatArray] = sums) -> None:
            sums["ours"] = np.asarray(ours.reach_sum(graph.streets, weights, max_m=cutoff, n_threads=threads))

        theirs, own = interleaved(
            {
                f"pandana aggregate, all nodes, {cutoff:,} m, {threads} threads": by_pandana,
                f"ours: reach_sum, all nodes, {cutoff:,} m, {threads} threads": by_us,
            },
            bench.runs,
            bench.tell,
        )
        part.add(*(f.scaled(1 / graph.n_nodes) for f in (theirs, own)))
        apart = np.abs(sums["pandana"] - sums["ours"][graph.nodes]) / np.maximum(sums["ours"][graph.nodes], 1)
        part.add(
            f"{cutoff:,} m: sums equal within 0.1 % at {(apart <= 1e-3).mean():.2%} of nodes; its hierarchy is not counted"
        )
        part.add(Goal(text, theirs.median / own.median, 0.9))
    cutoff = CUTOFFS_M[0]  # a range that is kept serves every shorter aggregate too, so this comes last
    bench.tell("pandana: keeping all ranges (precompute)")
    seconds = clock(lambda: net.precompute(cutoff))
    again = timed(
        f"pandana aggregate, all nodes, {cutoff:,} m, after precompute({cutoff:,})",
        lambda: net.aggregate(cutoff, type="sum", decay="flat", imp_name="m", name="w"),
        bench.runs,
    )
    part.add(
        again.scaled(1 / graph.n_nodes),
        f"pandana can keep all ranges of one cutoff: precompute takes {1_000 * seconds / graph.n_nodes:.3f} ms a node, "
        "then only sums remain; that is no search, so the goal does not count it",
    )


def _pandana(graph: _Graph, weights: FloatArray) -> Any:
    import pandana
    import pandas as pd

    from tests.benchmarks.peer_ferrobus import silent

    x, y = (pd.Series(column, graph.nodes) for column in graph.streets.node_xy[graph.nodes].T)
    metres = pd.DataFrame({"m": graph.least[2] / 1_000})
    with silent():
        net = pandana.Network(x, y, pd.Series(graph.least[0]), pd.Series(graph.least[1]), metres, twoway=False)
    net.set(pd.Series(graph.nodes), variable=pd.Series(weights[graph.nodes]), name="w")
    return net


# ---------------------------------------------------------------- coverage


def coverage(bench: Bench) -> Part:
    """Time the covered population of a union of circles beside geopandas; check exact circles against formulas."""
    import geopandas as gpd
    import shapely

    from sim import catchment

    extent = np.array([CELL_M * N_SIDE] * 2)
    centres = grid_points(np.zeros(2), extent, N_SIDE * N_SIDE)
    half = CELL_M / 2
    squares = shapely.box(*(centres - half).T, *(centres + half).T)
    rng = np.random.default_rng(SEED)
    persons = rng.integers(0, 500, len(squares)).astype(np.float64)
    stations = rng.uniform(0, extent, size=(N_CIRCLES, 2))
    part = Part(
        "coverage", f"covered population: union of {N_CIRCLES} circles of {RADIUS_M:.0f} m on {len(squares):,} cells"
    )
    cells = gpd.GeoDataFrame({"persons": persons}, geometry=squares)
    covered: dict[str, float] = {}

    def overlay() -> None:
        circles = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*stations.T).buffer(RADIUS_M, quad_segs=QUAD_SEGS))
        union = gpd.GeoDataFrame(geometry=[circles.union_all()])
        cut = gpd.overlay(cells, union, how="intersection")
        covered["geopandas"] = float((cut["persons"] * cut.area / CELL_M**2).sum())

    def polygons() -> None:
        circles = shapely.buffer(shapely.points(stations), RADIUS_M, quad_segs=QUAD_SEGS)
        covered["polygons"] = float(persons @ catchment.area_share(squares, circles))

    def exact() -> None:
        covered["exact"] = float(persons @ catchment.cover_share(squares, stations, np.full(N_CIRCLES, RADIUS_M)))

    theirs, same, own = interleaved(
        {
            f"geopandas: union + overlay, quad_segs {QUAD_SEGS}": overlay,
            "ours: area_share of the same polygons": polygons,
            "ours: cover_share, what the models use": exact,
        },
        bench.runs,
        bench.tell,
    )
    part.add(theirs, same, own)
    apart = abs(covered["polygons"] - covered["geopandas"]) / covered["geopandas"]
    part.add(
        f"geopandas ÷ cover_share {theirs.median / own.median:.1f}× (covered people differ by "
        f"{abs(covered['exact'] - covered['geopandas']) / covered['geopandas']:.1e}: the polygons are inside the circles)"
    )
    part.add(
        Goal("geopandas ÷ ours on the same polygons", theirs.median / same.median, 8),
        Goal("relative difference on the same polygons", apart, SAME, at_least=False, unit=""),
        Goal("circles against the analytic area: largest relative difference", _off_analytic(catchment.cover_share),
             SAME, at_least=False, unit="", why="areas of one circle, two overlapping, one cut by the edge"),
    )  # fmt: skip
    return part


def _off_analytic(cover_share: Callable[..., FloatArray]) -> float:
    """Return the largest relative difference of covered areas to what formulas say, on 500 m squares."""
    import shapely

    side, n = CELL_M, 12
    corner = grid_points(np.zeros(2), np.full(2, side * n), n * n) - side / 2
    squares = shapely.box(*corner.T, *(corner + side).T)

    def area(centres: list[tuple[float, float]], radii: list[float]) -> float:
        return float(cover_share(squares, np.array(centres), np.array(radii)).sum()) * side**2

    lens = circle_lens(700.0, 900.0, 1_000.0)
    cases = [
        (area([(3_010.0, 2_990.0)], [800.0]), np.pi * 800.0**2),
        (area([(2_500.0, 3_000.0), (3_500.0, 3_000.0)], [700.0, 900.0]), np.pi * (700.0**2 + 900.0**2) - lens),
        (area([(0.0, 3_000.0)], [800.0]), np.pi * 800.0**2 / 2),
        (area([(3_000.0, 3_000.0)] * 2, [800.0, 400.0]), np.pi * 800.0**2),
    ]
    return max(abs(found - wanted) / wanted for found, wanted in cases)


def circle_lens(r1: float, r2: float, apart: float) -> float:
    """Return the area that two circles share, by formula."""
    one = np.arccos((apart**2 + r1**2 - r2**2) / (2 * apart * r1))
    two = np.arccos((apart**2 + r2**2 - r1**2) / (2 * apart * r2))
    return float(r1**2 * (one - np.sin(2 * one) / 2) + r2**2 * (two - np.sin(2 * two) / 2))


__all__ = ["circle_lens", "coverage", "walking"]
