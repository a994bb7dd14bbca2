"""What must hold of coverage and nearest times whatever the city looks like."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.synthetic import grid_city
from geodata.synthetic.grid import facilities_from_rows
from sim.accessibility import dual_access, weighted_quantile
from sim.catchment import cover_share
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.run import run_models
from tests.amount import examples

CELLS = shapely.box(*np.array([(x, y, x + 250, y + 250) for x in range(0, 1500, 250) for y in range(0, 1500, 250)]).T)
COORDINATE = st.floats(-300, 1800)
POINTS = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=6)
SMALL = grid_city(n_x=4, n_y=6)


@given(POINTS, st.floats(1, 1500), st.floats(1, 500))
@settings(max_examples=40)
def test_a_larger_radius_never_lowers_coverage(points, radius, more):
    xy = np.array(points)
    small, large = (cover_share(CELLS, xy, np.full(len(xy), r)) for r in (radius, radius + more))
    assert (large >= small - 1e-9).all()
    assert ((small >= 0) & (large <= 1)).all()


@given(POINTS, st.tuples(COORDINATE, COORDINATE), st.floats(10, 800))
@settings(max_examples=40)
def test_one_more_stop_never_lowers_coverage(points, extra, radius):
    xy, more = np.array(points), np.array([*points, extra])
    before = cover_share(CELLS, xy, np.full(len(xy), radius))
    assert (cover_share(CELLS, more, np.full(len(more), radius)) >= before - 1e-9).all()


@given(POINTS, st.floats(10, 800), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_cells_and_stops_changes_nothing(points, radius, random):
    xy, order = np.array(points), list(range(len(CELLS)))
    random.shuffle(order)
    before = cover_share(CELLS, xy, np.full(len(xy), radius))
    after = cover_share(CELLS[order], xy[::-1].copy(), np.full(len(xy), radius))
    assert after == pytest.approx(before[order], abs=1e-9)


@given(st.lists(st.lists(st.floats(0, 200), min_size=3, max_size=3), min_size=1, max_size=8), st.integers(1, 3))
def test_one_more_destination_never_lengthens_the_way_to_the_nth(rows, n):
    minutes = np.array(rows, dtype=np.float32)
    more = np.concatenate([minutes, minutes[:, ::-1] + 1], axis=1)
    assert (dual_access(more, n=n) <= dual_access(minutes, n=n)).all()


@given(st.lists(st.tuples(st.floats(0, 99), st.floats(0.01, 50)), min_size=1, max_size=20), st.floats(0.01, 1))
def test_half_the_people_are_at_or_below_the_median(pairs, q):
    values, weights = np.array(pairs).T
    cut = weighted_quantile(values, weights, q)
    assert weights[values <= cut].sum() >= q * weights.sum() * (1 - 1e-9)
    assert weights[values < cut].sum() <= q * weights.sum() * (1 + 1e-9)


@given(st.tuples(st.floats(0, 2000), st.floats(0, 3000)))
@settings(max_examples=examples(3, long=12))
def test_one_more_clinic_never_takes_anyone_further(place):
    reuse = Reuse()
    near = [("c1", "clinic", (1000.0, 1000.0), ""), ("s1", "shelter", (0.0, 0.0), "")]
    runs = [
        run_models(SMALL.replace(facilities=facilities_from_rows(rows)), Analysis(), Params(), reuse=reuse)
        for rows in (near, [*near, ("c2", "clinic", place, "")])
    ]
    for column in ("clinic_nearest_min", "clinic_nearest_min_older"):
        assert (runs[1].cells[column] <= runs[0].cells[column]).all()
    assert runs[1].find("clinic_within_30min_share").value >= runs[0].find("clinic_within_30min_share").value


def _permuted(city, order):
    p = city.population
    arrays = ("cell_id", "lonlat", "xy", "polygon_xy", "polygon_lonlat", "persons", "district")
    return city.replace(population=replace(p, **{name: getattr(p, name)[order] for name in arrays}))


@cache
def plain_run():
    return run_models(SMALL, Analysis(), Params(), reuse=Reuse())


@given(st.permutations(range(SMALL.population.n_cells)))
@settings(max_examples=examples(2, long=6))
def test_the_order_of_cells_changes_no_kpi(order):
    plain = plain_run()
    mixed = run_models(_permuted(SMALL, np.array(order)), Analysis(), Params(), reuse=Reuse())
    for a, b in zip(plain.kpis, mixed.kpis, strict=True):
        assert (a.kpi_id, a.setting, a.group, a.status, a.note) == (b.kpi_id, b.setting, b.group, b.status, b.note)
        assert (a.value is None) == (b.value is None)
        if a.value is not None:
            assert b.value == pytest.approx(a.value, rel=1e-9)
