"""Owns heights from a raster, and what a slope costs a walker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import DataError, Text, error

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.units import FloatArray

MAX_SLOPE = 0.5
"""Steeper pieces are taken for errors of the raster (bridges, cuttings) and count as this steep; assumed."""


def sample_elevation(path: Path, lonlat: FloatArray) -> FloatArray:
    """
    Return the height of points by bilinear interpolation [m], shape (N,); NaN outside the raster or without a value.

    Raises
    ------
    DataError
        If the file is missing or no raster, or the optional library is not installed.
    """
    try:
        import rasterio  # noqa: PLC0415 -- optional, and only when building
        from rasterio.errors import RasterioIOError  # noqa: PLC0415
        from rasterio.warp import transform  # noqa: PLC0415
    except ImportError:
        raise DataError(
            error(
                "elevation.not_installed",
                str(path),
                Text("標高を読むには rasterio が必要です", "heights need rasterio"),
                Text(
                    "pip install 'ekisei[elevation]' で入れるか、elevation の行を消してください",
                    "install it with pip install 'ekisei[elevation]', or delete the elevation line",
                ),
            ),
        ) from None
    try:
        with rasterio.open(path) as raster:
            xs, ys = transform("EPSG:4326", raster.crs or "EPSG:4326", lonlat[:, 0].tolist(), lonlat[:, 1].tolist())
            to_pixel, x, y = ~raster.transform, np.asarray(xs), np.asarray(ys)
            columns = to_pixel.a * x + to_pixel.b * y + to_pixel.c - 0.5
            rows = to_pixel.d * x + to_pixel.e * y + to_pixel.f - 0.5
            return _bilinear(raster, rows, columns)
    except (RasterioIOError, OSError) as exc:
        raise DataError(
            error(
                "elevation.unreadable",
                str(path),
                Text(f"標高データを読めません: {exc}", f"cannot read the raster: {exc}"),
                Text("GeoTIFF の標高データを指定してください", "name a GeoTIFF of heights"),
            ),
        ) from exc


def climb_efforts(length_m: FloatArray, from_m: FloatArray, to_m: FloatArray) -> FloatArray:
    """
    Return level metres that take as long as each piece, by Tobler's function, shape (N,).

    Parameters
    ----------
    length_m
        Length of the pieces [m, > 0].
    from_m, to_m
        Heights of their ends [m]; NaN counts as level.

    References
    ----------
    Tobler (1993): speed ∝ exp(−3.5 |s + 0.05|), s = rise ÷ run; see `geodata.streets.StreetNetwork`.
    """
    slope = np.clip((to_m - from_m) / length_m, -MAX_SLOPE, MAX_SLOPE)
    slope = np.where(np.isnan(slope), 0.0, slope)
    efforts: FloatArray = length_m * np.exp(3.5 * (np.abs(slope + 0.05) - 0.05))
    return efforts


def _bilinear(raster: Any, rows: FloatArray, columns: FloatArray) -> FloatArray:
    from rasterio.windows import Window  # noqa: PLC0415

    height, width = raster.shape
    top, left = (int(np.clip(np.floor(v.min()), 0, m - 1)) for v, m in ((rows, height), (columns, width)))
    bottom, right = (int(np.clip(np.ceil(v.max()) + 1, 1, m)) for v, m in ((rows, height), (columns, width)))
    window = Window(left, top, max(right - left, 1), max(bottom - top, 1))
    grid = raster.read(1, window=window, masked=True).astype(np.float64).filled(np.nan)
    r, c = np.clip(rows - top, 0, grid.shape[0] - 1), np.clip(columns - left, 0, grid.shape[1] - 1)
    r0, c0 = (np.floor(v).astype(np.int64) for v in (r, c))
    r1, c1 = np.minimum(r0 + 1, grid.shape[0] - 1), np.minimum(c0 + 1, grid.shape[1] - 1)
    fr, fc = r - r0, c - c0
    upper = grid[r0, c0] * (1 - fc) + grid[r0, c1] * fc
    lower = grid[r1, c0] * (1 - fc) + grid[r1, c1] * fc
    values: FloatArray = upper * (1 - fr) + lower * fr
    outside = (np.abs(rows - (height - 1) / 2) > height / 2) | (np.abs(columns - (width - 1) / 2) > width / 2)
    return np.where(outside, np.nan, values)
