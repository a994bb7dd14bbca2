"""Coverage by area against closed formulas: whole circles, half planes, lenses."""

import math

import numpy as np
import pytest
import shapely

from sim.catchment import area_share, cover_share, distinct_xy, fit_radius, rings_of

BIG = np.array([shapely.box(-5000, -5000, 5000, 5000)], dtype=object)


def test_a_circle_inside_one_cell_covers_its_own_area():
    share = cover_share(BIG, np.array([[120.0, -40.0]]), np.array([800.0]))
    assert share[0] == pytest.approx(math.pi * 800**2 / 1e8, rel=1e-12)


def test_the_edge_of_a_cell_cuts_a_circle_through_its_centre_in_half():
    halves = np.array([shapely.box(-5000, -5000, 0, 5000), shapely.box(0, -5000, 5000, 5000)], dtype=object)
    share = cover_share(halves, np.array([[0.0, 0.0]]), np.array([1000.0]))
    assert share == pytest.approx(np.full(2, math.pi * 1000**2 / 2 / 5e7), rel=1e-12)


@pytest.mark.parametrize("offset", [0.0, 100.0, 450.0, 900.0])
def test_a_segment_beyond_the_edge_follows_the_formula(offset):
    r = 1000.0
    segment = r**2 * math.acos(offset / r) - offset * math.sqrt(r**2 - offset**2)
    beyond = np.array([shapely.box(offset, -5000, 5000, 5000)], dtype=object)
    share = cover_share(beyond, np.array([[0.0, 0.0]]), np.array([r]))
    assert share[0] * shapely.area(beyond[0]) == pytest.approx(segment, rel=1e-10)


@pytest.mark.parametrize("gap", [200.0, 900.0, 1500.0])
def test_two_circles_count_their_lens_once(gap):
    r = 800.0
    lens = 0.0 if gap >= 2 * r else 2 * r**2 * math.acos(gap / 2 / r) - gap / 2 * math.sqrt(4 * r**2 - gap**2)
    share = cover_share(BIG, np.array([[-gap / 2, 0.0], [gap / 2, 0.0]]), np.array([r, r]))
    assert share[0] * 1e8 == pytest.approx(2 * math.pi * r**2 - lens, rel=1e-10)


def test_cells_far_away_get_nothing_and_cells_well_inside_get_all():
    cells = np.array([shapely.box(0, 0, 100, 100), shapely.box(9000, 0, 9100, 100)], dtype=object)
    assert cover_share(cells, np.array([[50.0, 50.0]]), np.array([500.0])).tolist() == [1.0, 0.0]


def test_no_circle_covers_nothing():
    assert cover_share(BIG, np.zeros((0, 2)), np.zeros(0)).tolist() == [0.0]


def test_two_half_covers_make_a_whole_cell():
    cell = np.array([shapely.box(0, 0, 100, 100)], dtype=object)
    halves = np.array([shapely.box(-10, -10, 60, 110), shapely.box(40, -10, 110, 110)], dtype=object)
    assert area_share(cell, halves)[0] == pytest.approx(1.0, abs=1e-12)


def test_the_same_place_stands_once():
    assert distinct_xy(np.array([[1.0, 2.0], [0.0, 5.0], [1.0, 2.0]])).tolist() == [[0.0, 5.0], [1.0, 2.0]]


def test_a_radius_is_fitted_to_the_metre():
    assert fit_radius(lambda r: r / 4000, 0.271, low_m=50, high_m=5000) == 1084.0


def test_a_share_that_no_radius_reaches_is_not_fitted():
    assert fit_radius(lambda r: r / 1e6, 0.271, low_m=50, high_m=5000) is None


GRID = shapely.box(*np.array([(x, y, x + 250, y + 250) for x in range(0, 2000, 250) for y in range(0, 2000, 250)]).T)
ODD = [
    shapely.Polygon(
        [(100, 100), (1900, 200), (1500, 1800), (900, 700), (300, 1500)], [[(800, 400), (1e3, 400), (900, 500)]]
    ),
    shapely.Polygon([(300, 1500), (900, 700), (1500, 1800), (1900, 200), (100, 100)]),
    shapely.MultiPolygon([shapely.box(0, 0, 300, 900), shapely.box(900, 900, 1900, 1000)]),
    shapely.Point(1000, 1000).buffer(777),
]


@pytest.mark.parametrize("seed", range(24))
def test_random_circles_cover_what_fine_polygons_cover(seed):
    """Among them: round numbers that touch edges in their middle, the same circle twice, nearly so, one in another."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 25))
    centre, radius = rng.uniform(0, 2000, (n, 2)), rng.uniform(10, 700, n)
    if seed % 4 == 1:
        centre, radius = np.round(centre / 250) * 250, np.round(radius / 250) * 250 + 250
    if seed % 4 == 2:
        centre, radius = np.concatenate([centre, centre + rng.normal(0, 1e-10, centre.shape)]), np.tile(radius, 2)
    if seed % 4 == 3:
        centre, radius = np.tile(centre, (2, 1)), np.concatenate([radius, radius / 2])
    cells = np.concatenate([GRID, np.array(ODD, dtype=object)])
    circles = shapely.union_all(shapely.buffer(shapely.points(centre), radius, quad_segs=512))
    expected = shapely.area(shapely.intersection(cells, circles)) / shapely.area(cells)
    found = cover_share(cells, centre, radius)
    assert found == pytest.approx(expected, abs=1e-5)
    order = rng.permutation(len(centre))
    assert cover_share(cells, centre[order], radius[order]).tobytes() == found.tobytes()
    assert cover_share(cells, centre, radius, rings=rings_of(cells)).tobytes() == found.tobytes()
    assert found[: len(GRID)].sum() * 250**2 == pytest.approx(
        cover_share(np.array([shapely.box(0, 0, 2000, 2000)]), centre, radius)[0] * 2000**2, rel=1e-10
    )


def test_cells_covered_by_several_circles_together_count_once():
    corners = np.array([(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)])
    cell = np.array([shapely.box(0, 0, 100, 100)], dtype=object)
    assert cover_share(cell, corners, np.full(4, 71.0))[0] == pytest.approx(1.0, abs=1e-12)
    star = 4 * math.pi * 70.0**2 / 4 - 4 * (2 * 70**2 * math.acos(50 / 70) - 50 * math.sqrt(4 * 70**2 - 1e4)) / 2
    assert cover_share(cell, corners, np.full(4, 70.0))[0] == pytest.approx(star / 1e4, rel=1e-10)


def test_circles_without_a_radius_cover_nothing():
    assert cover_share(BIG, np.zeros((2, 2)), np.zeros(2)).tolist() == [0.0]
    assert cover_share(BIG[:0], np.zeros((2, 2)), np.ones(2)).tolist() == []


@pytest.mark.parametrize("seed", range(16))
def test_areas_count_once_where_they_overlap(seed):
    """Convex ones, cut by arithmetic, mixed with odd ones and with crowds, which are left to the library."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, 2000, (int(rng.integers(1, 30)), 2))
    areas = shapely.buffer(
        shapely.points(centre), rng.uniform(50, 500, len(centre)), quad_segs=int(rng.integers(1, 17))
    )
    areas[::2] = shapely.reverse(areas[::2])
    if seed % 4 == 1:
        areas = np.concatenate([areas, GRID[:5], GRID[3:9], np.array(ODD[:3], dtype=object)])
    if seed % 4 == 2:
        areas = np.concatenate([areas, areas])
    if seed % 4 == 3:
        areas = np.concatenate([areas, shapely.buffer(shapely.points(centre + 30.0), 400.0, quad_segs=16)])
    cells = np.concatenate([GRID, np.array(ODD, dtype=object)])
    union = shapely.union_all(areas)
    expected = shapely.area(shapely.intersection(cells, union)) / shapely.area(cells)
    assert area_share(cells, areas) == pytest.approx(expected, abs=1e-10)
