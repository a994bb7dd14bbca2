"""Layers that no file brought: shapes, the mesh around places, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.empty_layers import empty_facilities, empty_timetable, mesh_without_people, source_without_people
from geodata.errors import DataError
from geodata.mesh import encode_many
from geodata.provenance import Status

HITACHI_EPSG, UTM_22S = 6677, 32722


def test_empty_timetable_and_facilities_have_no_rows() -> None:
    timetable, facilities = empty_timetable(), empty_facilities()
    assert timetable.n_stops == 0
    assert len(timetable.trips.trip_id) == 0
    assert timetable.trips.time_offsets.tolist() == [0]
    assert timetable.patterns.stop_offsets.tolist() == [0]
    assert timetable.services.active_on("2025-10-15").tolist() == []
    assert timetable.stops_of_class("rail").tolist() == []
    assert facilities.n_facilities == 0
    assert facilities.of_kind("clinic").tolist() == []


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.floats(140.5, 140.7), st.floats(36.5, 36.7)), min_size=1, max_size=8),
    st.floats(0, 2_000),
)
def test_cells_are_those_near_a_place_and_those_that_hold_one(
    points: list[tuple[float, float]], margin_m: float
) -> None:
    lonlat = np.array(points)
    cells = mesh_without_people(HITACHI_EPSG, lonlat, margin_m, base_date="2025-10-15")
    assert set(encode_many(lonlat, 4).tolist()) <= set(cells.cell_id.tolist())
    again = mesh_without_people(HITACHI_EPSG, lonlat[::-1], margin_m, base_date="2025-10-15")
    assert again.cell_id.tolist() == cells.cell_id.tolist() == sorted(set(cells.cell_id.tolist()))
    assert cells.total.sum() == 0
    assert (cells.district == -1).all()


def test_margin_decides_how_far_cells_go() -> None:
    point = np.array([[140.65, 36.6]])
    near, far = (mesh_without_people(HITACHI_EPSG, point, m, base_date="2025-10-15") for m in (600.0, 2_600.0))
    assert set(near.cell_id.tolist()) < set(far.cell_id.tolist())
    # π × 2,600² m² over cells of about 559 × 462 m
    assert far.n_cells == pytest.approx(np.pi * 2_600**2 / np.median(far.area_m2), rel=0.06)


def test_outside_japan_squares_of_the_plane() -> None:
    cells = mesh_without_people(UTM_22S, np.array([[-51.2, -30.0], [-51.2, -30.0]]), 700.0, base_date="2024-05-02")
    assert np.allclose(cells.area_m2, 250_000.0)
    assert cells.cell_id[0].startswith("x")
    assert cells.year == 2024


def test_stray_points_are_left_out_and_nowhere_is_refused() -> None:
    place = np.array([[140.65, 36.6]])
    stray = np.array([[140.65, 36.6], [0.0, 0.0], [np.nan, 36.6], [400.0, 36.0]])
    wanted = mesh_without_people(HITACHI_EPSG, place, 600.0, base_date="2025-10-15")
    found = mesh_without_people(HITACHI_EPSG, stray, 600.0, base_date="2025-10-15")
    assert found.cell_id.tolist() == wanted.cell_id.tolist()
    with pytest.raises(DataError) as caught:
        mesh_without_people(HITACHI_EPSG, stray[1:], 600.0, base_date="2025-10-15")
    assert [p.code for p in caught.value.problems] == ["build.no_place"]


def test_source_says_no_data() -> None:
    assert source_without_people("2025-10-15").status is Status.NO_DATA
