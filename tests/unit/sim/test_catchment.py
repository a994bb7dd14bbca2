"""Coverage by area against closed formulas: whole circles, half planes, lenses."""

import math

import numpy as np
import pytest
import shapely

from sim.catchment import area_share, circle_polygons, cover_share, distinct_xy, fit_radius

BIG = np.array([shapely.box(-5000, -5000, 5000, 5000)], dtype=object)


def test_a_circle_inside_one_cell_covers_its_own_area():
    share = cover_share(BIG, np.array([[120.0, -40.0]]), np.array([800.0]))
    assert share[0] == pytest.approx(math.pi * 800**2 / 1e8, rel=1e-9)


def test_the_edge_of_a_cell_cuts_a_circle_through_its_centre_in_half():
    halves = np.array([shapely.box(-5000, -5000, 0, 5000), shapely.box(0, -5000, 5000, 5000)], dtype=object)
    share = cover_share(halves, np.array([[0.0, 0.0]]), np.array([1000.0]))
    assert share == pytest.approx(np.full(2, math.pi * 1000**2 / 2 / 5e7), rel=1e-9)


@pytest.mark.parametrize("offset", [0.0, 100.0, 450.0, 900.0])
def test_a_segment_beyond_the_edge_follows_the_formula(offset):
    r = 1000.0
    segment = r**2 * math.acos(offset / r) - offset * math.sqrt(r**2 - offset**2)
    beyond = np.array([shapely.box(offset, -5000, 5000, 5000)], dtype=object)
    share = cover_share(beyond, np.array([[0.0, 0.0]]), np.array([r]))
    assert share[0] * shapely.area(beyond[0]) == pytest.approx(segment, rel=2e-3)


@pytest.mark.parametrize("gap", [200.0, 900.0, 1500.0])
def test_two_circles_count_their_lens_once(gap):
    r = 800.0
    lens = 0.0 if gap >= 2 * r else 2 * r**2 * math.acos(gap / 2 / r) - gap / 2 * math.sqrt(4 * r**2 - gap**2)
    share = cover_share(BIG, np.array([[-gap / 2, 0.0], [gap / 2, 0.0]]), np.array([r, r]))
    assert share[0] * 1e8 == pytest.approx(2 * math.pi * r**2 - lens, rel=5e-4)


def test_cells_far_away_get_nothing_and_cells_well_inside_get_all():
    cells = np.array([shapely.box(0, 0, 100, 100), shapely.box(9000, 0, 9100, 100)], dtype=object)
    assert cover_share(cells, np.array([[50.0, 50.0]]), np.array([500.0])).tolist() == [1.0, 0.0]


def test_no_circle_covers_nothing():
    assert cover_share(BIG, np.zeros((0, 2)), np.zeros(0)).tolist() == [0.0]


def test_two_half_covers_make_a_whole_cell():
    cell = np.array([shapely.box(0, 0, 100, 100)], dtype=object)
    halves = np.array([shapely.box(-10, -10, 60, 110), shapely.box(40, -10, 110, 110)], dtype=object)
    assert area_share(cell, halves)[0] == pytest.approx(1.0, abs=1e-12)


def test_circles_have_the_area_of_circles():
    areas = shapely.area(circle_polygons(np.zeros((3, 2)), np.array([1.0, 300.0, 1000.0])))
    assert areas == pytest.approx(math.pi * np.array([1.0, 300.0, 1000.0]) ** 2, rel=1e-12)


def test_the_same_place_stands_once():
    assert distinct_xy(np.array([[1.0, 2.0], [0.0, 5.0], [1.0, 2.0]])).tolist() == [[0.0, 5.0], [1.0, 2.0]]


def test_a_radius_is_fitted_to_the_metre():
    assert fit_radius(lambda r: r / 4000, 0.271, low_m=50, high_m=5000) == 1084.0


def test_a_share_that_no_radius_reaches_is_not_fitted():
    assert fit_radius(lambda r: r / 1e6, 0.271, low_m=50, high_m=5000) is None
