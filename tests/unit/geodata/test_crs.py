"""Plane coordinates: known zones, known points, and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.crs import FIRST_ZONE_EPSG, ZONE_ORIGINS_LONLAT, plane_epsg, to_lonlat, to_plane
from geodata.errors import DataError


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (140.65, 36.60, 6677),  # 日立市, zone IX
        (139.767, 35.681, 6677),  # 東京
        (135.5, 34.69, 6674),  # 大阪, zone VI
        (127.68, 26.21, 6683),  # 那覇, zone XV
        (-51.2, -30.05, 32722),  # Porto Alegre, UTM 22 S
        (2.35, 48.85, 32631),  # Paris, UTM 31 N
    ],
)
def test_zone_of_known_places(lon: float, lat: float, epsg: int) -> None:
    assert plane_epsg(lon, lat) == epsg


def test_origin_of_each_zone_is_zero_and_chooses_its_zone() -> None:
    for number, origin in enumerate(ZONE_ORIGINS_LONLAT):
        assert plane_epsg(*origin) == 6669 + number
        assert np.allclose(to_plane(6669 + number, [origin]), 0.0, atol=1e-3)


def test_axes_are_east_and_north() -> None:
    centre, east, north = to_plane(6677, [(139 + 5 / 6, 36.0), (139 + 5 / 6 + 0.01, 36.0), (139 + 5 / 6, 36.01)])
    assert east[0] - centre[0] == pytest.approx(901.6, abs=1.0)
    assert north[1] - centre[1] == pytest.approx(1109.6, abs=1.0)


@given(st.floats(140.4, 140.8), st.floats(36.4, 36.8))
def test_plane_round_trip(lon: float, lat: float) -> None:
    back = to_lonlat(6677, to_plane(6677, [(lon, lat)]))
    assert np.allclose(back, [(lon, lat)], atol=1e-9)


@pytest.mark.parametrize(("lon", "lat"), [(36.6, 140.6), (200.0, 10.0), (float("nan"), 1.0)])
def test_swapped_or_missing_degrees_are_refused(lon: float, lat: float) -> None:
    with pytest.raises(DataError) as caught:
        plane_epsg(lon, lat)
    assert caught.value.problems[0].code == "crs.point"


def test_unknown_system_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        to_plane(1, [(140.0, 36.0)])
    assert caught.value.problems[0].code == "crs.unknown"


def test_the_origin_of_every_zone_is_that_of_its_coordinate_system():
    for n, (lon, lat) in enumerate(ZONE_ORIGINS_LONLAT):
        assert to_plane(FIRST_ZONE_EPSG + n, np.array([[lon, lat]])) == pytest.approx(np.zeros((1, 2)), abs=0.01)
