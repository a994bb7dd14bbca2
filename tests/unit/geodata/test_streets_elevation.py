"""Heights from rasters: bilinear by arithmetic, several tiles, coordinate systems of Japan, pixels without a value."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.crs import to_plane
from geodata.errors import DataError
from geodata.readers import elevation
from geodata.readers.elevation import read_heights

rasterio = pytest.importorskip("rasterio", reason="needs the extra: elevation")

STEP = 0.001
WEST, NORTH = 140.6, 36.6


def tile(folder, name, columns, rows=40, *, first=0, values=None, **changes):
    """A raster whose value is the number of the column, counted over all tiles."""
    grid = np.tile(np.arange(first, first + columns, dtype="float64"), (rows, 1)) if values is None else values
    options = {"driver": "GTiff", "width": grid.shape[1], "height": grid.shape[0], "count": 1, "dtype": "float32"}
    options |= {"crs": "EPSG:6668", "transform": rasterio.Affine(STEP, 0, WEST + first * STEP, 0, -STEP, NORTH)}
    options |= changes
    with rasterio.open(folder / name, "w", **options) as raster:
        raster.write(grid.astype(options["dtype"]), 1)
    return folder / name


def at(columns, row=10.0):
    """Places at fractional columns (0 = centre of the first pixel)."""
    columns = np.asarray(columns, dtype=float)
    return np.column_stack([WEST + (columns + 0.5) * STEP, np.full(len(columns), NORTH - (row + 0.5) * STEP)])


def test_heights_are_bilinear_and_the_margin_is_that_of_the_edge(tmp_path):
    path = tile(tmp_path, "h.tif", 20)
    found = read_heights([path], at([0, 1, 2.25, 18.5, 19, 19.4, -0.4]))
    assert found.height_m == pytest.approx([0, 1, 2.25, 18.5, 19, 19, 0], abs=1e-4)
    assert found.problems == ()
    assert [(f.rows_in, f.rows_kept) for f in found.files] == [(7, 7)]


def test_tiles_are_joined_and_idle_ones_are_named(tmp_path):
    (tmp_path / "tiles").mkdir()
    for number in range(3):
        tile(tmp_path / "tiles", f"t{number}.tif", 20, first=20 * number)
    far = tile(tmp_path, "far.tif", 20, first=2_000)
    found = read_heights([tmp_path / "tiles", far], at([5, 25.5, 45, 59.2, 70]))
    assert found.height_m[:4] == pytest.approx([5, 25.5, 45, 59.2], abs=0.3)
    assert np.isnan(found.height_m[4])
    assert [(p.code, p.count) for p in found.problems] == [("elevation.unused_tile", 1), ("elevation.outside", 1)]
    assert [f.rows_kept for f in found.files] == [1, 1, 2, 0]


@pytest.mark.parametrize("epsg", [6677, 6669 + 8, 2451])
def test_plane_systems_of_japan(tmp_path, epsg):
    # A slope to the east in zone IX: the height is the easting, north is up.
    place = rasterio.Affine(50, 0, 60_000, 0, -50, 70_000)
    eastings = 60_000 + 50 * (np.arange(200) + 0.5)
    northings = 70_000 - 50 * (np.arange(300) + 0.5)
    path = tile(
        tmp_path, "h.tif", 0, values=(eastings[None, :] + 10 * northings[:, None]) / 1000, crs=f"EPSG:{epsg}",
        transform=place,
    )  # fmt: skip
    lonlat = np.array([[140.55, 36.58], [140.58, 36.55]])
    xy = to_plane(6677, lonlat)
    assert read_heights([path], lonlat).height_m == pytest.approx((xy[:, 0] + 10 * xy[:, 1]) / 1000, abs=0.05)


@pytest.mark.parametrize("declared", [True, False])
def test_pixels_without_a_value_do_not_count(tmp_path, declared):
    grid = np.full((40, 20), 7.0)
    grid[:, 10:] = -9999  # the sea in tiles of 基盤地図情報
    path = tile(tmp_path, "h.tif", 0, values=grid, **({"nodata": -9999} if declared else {}))
    found = read_heights([path], at([3, 9.5, 9.74, 9.76, 15]))
    assert found.height_m[:3] == pytest.approx([7, 7, 7])
    assert np.isnan(found.height_m[3:]).all()


def test_scaled_integers_are_metres(tmp_path):
    path = tile(tmp_path, "h.tif", 0, values=np.full((40, 20), 123.0), dtype="int16")
    with rasterio.open(path, "r+") as raster:
        raster.scales, raster.offsets = (0.1,), (100.0,)
    assert read_heights([path], at([5])).height_m == pytest.approx([112.3])


def test_strips_of_a_large_raster_give_the_same(tmp_path, monkeypatch):
    grid = np.random.default_rng(1).normal(100, 30, (300, 40))
    path = tile(tmp_path, "h.tif", 0, values=grid)
    rng = np.random.default_rng(2)
    places = np.column_stack([WEST + rng.uniform(0, 0.04, 500), NORTH - rng.uniform(0, 0.3, 500)])
    whole = read_heights([path], places).height_m
    monkeypatch.setattr(elevation, "_STRIP_ROWS", 7)
    assert read_heights([path], places).height_m.tolist() == whole.tolist()
    assert np.isfinite(whole).all()


def test_an_empty_folder_is_named(tmp_path):
    (tmp_path / "tiles").mkdir()
    with pytest.raises(DataError, match=r"input\.missing"):
        read_heights([tmp_path / "tiles"], at([1]))
