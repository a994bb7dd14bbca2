"""Mesh codes: known codes, round trips, and boxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import DataError
from geodata.mesh import CODE_LENGTH, bounds, bounds_many, cells_over, centres_many, encode, encode_many, level_of

LEVELS = st.integers(1, 6)
LON, LAT = st.floats(122.0, 153.9), st.floats(20.0, 45.9)


@pytest.mark.parametrize(
    ("lon", "lat", "level", "code"),
    [
        (139.767125, 35.681236, 3, "53394611"),  # 東京駅
        (139.767125, 35.681236, 4, "533946113"),
        (139.767125, 35.681236, 5, "5339461132"),
        (139.767125, 35.681236, 1, "5339"),
        (139.767125, 35.681236, 2, "533946"),
        (140.6618, 36.59032, 3, "54407502"),  # 日立駅, worked out by hand from the standard
    ],
)
def test_known_codes(lon: float, lat: float, level: int, code: str) -> None:
    assert encode(lon, lat, level) == code


def test_sizes_by_level() -> None:
    sizes = {level: bounds(encode(140.66, 36.59, level)) for level in CODE_LENGTH}
    heights = [(b[3] - b[1]) * 3600 for b in sizes.values()]
    widths = [(b[2] - b[0]) * 3600 for b in sizes.values()]
    assert heights == pytest.approx([2400, 300, 30, 15, 7.5, 3.75])
    assert widths == pytest.approx([3600, 450, 45, 22.5, 11.25, 5.625])


@given(LON, LAT, LEVELS)
def test_point_lies_in_its_cell_and_corner_belongs_to_it(lon: float, lat: float, level: int) -> None:
    code = encode(lon, lat, level)
    west, south, east, north = bounds(code)
    assert west - 1e-9 <= lon < east + 1e-9
    assert south - 1e-9 <= lat < north + 1e-9
    assert encode(west, south, level) == code
    assert encode((west + east) / 2, (south + north) / 2, level) == code
    assert level_of(code) == level


@given(LON, LAT, st.integers(2, 6))
def test_codes_nest(lon: float, lat: float, level: int) -> None:
    assert encode(lon, lat, level).startswith(encode(lon, lat, level - 1))


@given(LON, LAT, st.integers(3, 5), st.integers(1, 4), st.integers(1, 4))
def test_cells_over_a_block_tile_it(lon: float, lat: float, level: int, n_rows: int, n_cols: int) -> None:
    west, south, east, north = bounds(encode(lon, lat, level))
    box = (west, south, west + n_cols * (east - west), south + n_rows * (north - south))
    codes = cells_over(box, level)
    assert len(codes) == len(set(codes)) == n_rows * n_cols
    corners = bounds_many(codes)
    area = ((corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])).sum()
    assert area == pytest.approx((box[2] - box[0]) * (box[3] - box[1]))


def test_cells_over_a_point_is_its_cell() -> None:
    assert cells_over((140.66, 36.59, 140.66, 36.59), 5) == [encode(140.66, 36.59, 5)]


def test_many_equals_one_by_one() -> None:
    points = np.array([(140.6, 36.5), (135.2, 34.1), (141.0, 42.3)])
    codes = encode_many(points, 5)
    assert codes.tolist() == [encode(lon, lat, 5) for lon, lat in points]
    assert np.allclose(centres_many(codes), points, atol=0.002)
    assert bounds_many([]).shape == (0, 4)


@pytest.mark.parametrize("code", ["", "123", "53394", "5339x6", "53398611", "533946110", "5339461135"])
def test_bad_codes_are_named(code: str) -> None:
    with pytest.raises(DataError) as caught:
        bounds(code)
    problem = caught.value.problems[0]
    assert problem.code == "mesh.code"
    assert repr(code) in problem.where


def test_mixed_levels_are_refused() -> None:
    with pytest.raises(DataError):
        bounds_many(["53394611", "5339461132"])


def test_outside_and_unknown_level_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        encode(36.6, 140.6, 3)
    assert caught.value.problems[0].code == "mesh.outside"
    with pytest.raises(DataError) as caught:
        encode(140.6, 36.6, 7)
    assert caught.value.problems[0].code == "mesh.level"


def test_many_bad_codes_are_listed_up_to_a_limit_and_counted() -> None:
    with pytest.raises(DataError) as caught:
        bounds_many(["5339461132"] * 3 + ["53394611"] * 500)
    problems = caught.value.problems
    assert len(problems) == 20
    assert sum(p.count for p in problems) == 500


def test_full_width_and_signed_digits_are_no_codes() -> None:
    for code in ("５３３９４６１１", "+5339461", "5339 461"):
        with pytest.raises(DataError):
            bounds_many([code])
