"""What runs share: sampling on real streets, detour factors, the memory."""

import numpy as np
import pytest
import shapely

from geodata.streets import DetourPlane, StreetNetwork
from geodata.synthetic import grid_city
from sim.assumed_lines import has_assumed_lines, without_assumed_lines
from sim.cells import nearest_cell
from sim.context import RunContext, sample_points
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.step_context import with_walk_detour


def street_grid(n_x, n_y, step_m):
    """Return a square grid of streets with nodes every `step_m`."""
    node = np.arange(n_x * n_y).reshape(n_y, n_x)
    pairs = np.concatenate(
        [
            np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], axis=1),
            np.stack([node[:-1].ravel(), node[1:].ravel()], axis=1),
        ]
    )
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    x, y = np.meshgrid(np.arange(n_x) * step_m, np.arange(n_y) * step_m)
    xy = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float64)
    length = np.full(len(both), float(step_m))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=len(xy)))]).astype(np.int32)
    return StreetNetwork(xy / 1e5, xy, offsets, both[:, 1].astype(np.int32), length, length.copy(), length / 10)


def test_on_real_streets_shares_are_sampled_along_the_streets():
    city = grid_city(n_x=8, n_y=8, cell_m=250.0).replace(streets=street_grid(41, 41, 50.0))
    context = RunContext(city, Analysis(), Params(), Reuse())
    share = context.reach_share([(np.array([[1000.0, 1000.0]]), 500.0)])
    area = share.sum() * 250.0**2
    assert area == pytest.approx(2 * 500.0**2, rel=0.15)  # a diamond: walks follow the grid
    assert share.max() == 1.0
    assert share.min() == 0.0


def test_no_target_reaches_nobody():
    context = RunContext(grid_city(), Analysis(), Params(), Reuse())
    assert context.reach_share([]).tolist() == [0.0] * context.n_cells


def test_samples_spread_evenly_over_a_cell():
    points = sample_points(np.array([shapely.box(0, 0, 8, 8)], dtype=object), 4)[0]
    assert sorted(set(points[:, 0])) == [1.0, 3.0, 5.0, 7.0]
    assert len(set(map(tuple, points))) == 16


def test_the_detour_factor_of_the_parameters_wins_where_the_city_walks_by_one():
    city = grid_city(walk_detour=1.3)
    assert with_walk_detour(city, Params()) is city
    assert with_walk_detour(city, Params(walk_detour=1.3)) is city
    assert with_walk_detour(city, Params(walk_detour=1.5)).streets == DetourPlane(1.5, 1.4)
    streets = city.replace(streets=street_grid(3, 3, 100.0))
    assert with_walk_detour(streets, Params(walk_detour=1.5)) is streets


def test_the_memory_lets_the_oldest_go():
    reuse = Reuse(max_entries=2)
    for key in "abc":
        reuse.keep(key, key)
    assert (reuse.find("a"), reuse.find("b"), reuse.find("c")) == (None, "b", "c")
    assert reuse.get("b", lambda: "new") == ("b", True)
    assert reuse.get("z", lambda: "new") == ("new", False)


def test_the_city_without_assumed_lines_keeps_all_other_trips():
    city = grid_city()
    bare = without_assumed_lines(city)
    assert has_assumed_lines(city)
    assert not has_assumed_lines(bare)
    assert without_assumed_lines(bare) is bare
    kept = set(bare.timetable.trips.trip_id.tolist())
    assert kept == {t for t in city.timetable.trips.trip_id.tolist() if not t.startswith("AS1")}
    assert len(bare.timetable.trips.arrival_s) == bare.timetable.trips.time_offsets[-1]


def test_equally_near_cells_are_told_apart_by_their_id():
    population = grid_city(n_x=2, n_y=2).population
    assert nearest_cell(population, np.array([[500.0, 500.0], [900.0, 900.0]])).tolist() == [0, 3]


def test_steps_that_differ_by_their_key_are_computed_together_and_found_one_by_one():
    memory, asked = Reuse(), []

    def values(context, keys):
        def compute(missing):
            asked.append(missing)
            return [f"{key}{context.params.max_access_min}" for key in missing]

        return context.step_each("way", "standard", keys, compute)

    context = RunContext(grid_city(), Analysis(), Params(max_access_min=10.0), memory)
    assert values(context, ["a", "b", "a"]) == ["a10.0", "b10.0", "a10.0"]
    assert values(context, ["c", "b"]) == ["c10.0", "b10.0"]
    other = RunContext(grid_city(), Analysis(), Params(max_access_min=5.0), memory)
    assert values(other, ["b"]) == ["b5.0"], "what they read counts for each"
    again = RunContext(grid_city(), Analysis(), Params(max_access_min=10.0), memory)
    value, reads = again.watched(lambda: values(again, ["a"]))
    assert value == ["a10.0"]
    assert "param:max_access_min" in reads, "a found one counts as read by whoever asks for it"
    assert asked == [["a", "b"], ["c"], ["b"]]
