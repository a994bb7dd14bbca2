"""Owns heights from rasters, in any coordinate system and any number of tiles, and what a slope costs a walker."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.archive import missing_input
from geodata.readers.records import file_record
from geodata.reading import FileRecord, ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from geodata.units import BoolArray, FloatArray

READER = ReaderInfo(
    "elevation",
    Text("標高のラスター（GeoTIFF）", "raster of heights (GeoTIFF)"),
    "OGC GeoTIFF 1.1; ESRI ASCII grid",
    verified=True,
)

MAX_SLOPE = 0.5
"""Steeper pieces are taken for errors of the raster (cuttings, quays) and count as this steep; assumed."""

_STRIP_ROWS = 1024
_LOWEST_M, _HIGHEST_M = -1_000.0, 9_000.0
_LEAST_SHARE = 0.25
_DRIVERS = ("GTiff", "AAIGrid", "SRTMHGT")
_SUFFIXES = frozenset({".tif", ".tiff", ".asc", ".hgt"})
_COLOR_BANDS = 3
_MAX_DEGREES = 180.0
_HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class HeightReading:
    """Height of each place [m], NaN = none; findings; a record of each raster, rows = places asked and answered."""

    height_m: FloatArray
    problems: tuple[Problem, ...]
    files: tuple[FileRecord, ...]


def read_heights(paths: Sequence[Path], lonlat: FloatArray) -> HeightReading:
    """
    Return heights by bilinear interpolation, each place from the first raster that has a value there.

    Only the strips around the places are read, so that a raster of a whole country costs no more than that of a city.
    Pixels without a value, or outside −1,000 to 9,000 m (such as −9999), do not count; a place keeps the mean of the
    others while they carry a quarter of the weight.

    Parameters
    ----------
    paths
        Rasters, or folders of them; several tiles may overlap.
    lonlat
        Places, shape (N, 2) [degrees].

    Raises
    ------
    DataError
        If a file is missing, no raster of heights, or lies elsewhere altogether; or the optional library is missing.
    """
    heights = np.full(len(lonlat), np.nan)
    tiles = [tile for path in paths for tile in _tiles(path)]
    idle: list[Path] = []
    files: list[FileRecord] = []
    problems: list[Problem] = []
    for path in tiles:
        open_places = np.flatnonzero(np.isnan(heights))
        found, notes = _sample(path, lonlat[open_places])
        problems += notes
        heights[open_places] = found
        n_found = int((~np.isnan(found)).sum())
        files.append(file_record(path, READER, len(open_places), n_found))
        if not n_found and len(open_places):
            idle.append(path)
    missing = np.isnan(heights)
    if missing.all():
        raise DataError(_elsewhere(tiles, lonlat))
    if idle:
        problems.append(_unused(idle))
    if missing.any():
        problems.append(_without_height(", ".join(p.name for p in paths), int(missing.sum())))
    return HeightReading(heights, tuple(problems), tuple(files))


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


def _tiles(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in _SUFFIXES)
        if found:
            return found
    elif path.is_file():
        return [path]
    raise DataError(missing_input(path))


def _sample(path: Path, lonlat: FloatArray) -> tuple[FloatArray, list[Problem]]:
    try:
        import rasterio  # noqa: PLC0415 -- optional, and only when building
        from rasterio._err import CPLE_BaseError  # noqa: PLC0415 -- what it forgets to wrap
        from rasterio.errors import RasterioError  # noqa: PLC0415
        from rasterio.warp import transform  # noqa: PLC0415
    except ImportError:
        raise DataError(_not_installed(path)) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a raster without a place is refused below
            with rasterio.open(path) as raster:
                notes = _checked(path, raster)
                xs, ys = transform("EPSG:4326", raster.crs or "EPSG:4326", lonlat[:, 0].tolist(), lonlat[:, 1].tolist())
                to_pixel, x, y = ~raster.transform, np.asarray(xs), np.asarray(ys)
                columns = to_pixel.a * x + to_pixel.b * y + to_pixel.c - 0.5
                rows = to_pixel.d * x + to_pixel.e * y + to_pixel.f - 0.5
                return _by_strips(raster, rows, columns), notes
    except (RasterioError, CPLE_BaseError, OSError) as exc:
        raise DataError(_unreadable(path, str(exc))) from exc


def _checked(path: Path, raster: Any) -> list[Problem]:
    """Refuse pictures and rasters without a place; tell where degrees are assumed."""
    if raster.driver not in _DRIVERS:
        raise DataError(_unreadable(path, raster.driver))
    if raster.count >= _COLOR_BANDS and raster.dtypes[0] == "uint8":
        raise DataError(
            error(
                "elevation.picture",
                path.name,
                Text("色の画像で、標高の値がありません", "a picture in colors, not heights"),
                Text(
                    "標高の数値（m）を 1 バンドに持つ GeoTIFF を指定してください",
                    "name a GeoTIFF whose first band holds heights in metres",
                ),
            ),
        )
    if raster.crs is not None:
        return []
    if raster.transform.is_identity or not all(abs(v) <= _MAX_DEGREES for v in raster.bounds):
        raise DataError(
            error(
                "elevation.no_crs",
                path.name,
                Text("座標系の記載がなく、置き場所が分かりません", "the raster names no coordinate system"),
                Text(
                    "座標系（例 EPSG:6668）を付けて保存し直してください",
                    "save it again with its coordinate system, such as EPSG:6668",
                ),
            ),
        )
    return [
        warning(
            "elevation.crs_assumed",
            path.name,
            Text("座標系の記載がないので緯度経度とみなしました", "no coordinate system is named: taken for degrees"),
            Text("座標系を付けて保存し直してください", "save it again with its coordinate system"),
        )
    ]


def _by_strips(raster: Any, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """Return the values at fractional pixels, reading a strip of rows at a time."""
    height, width = raster.shape
    values = np.full(len(rows), np.nan)
    with np.errstate(invalid="ignore"):
        covered = (np.abs(rows - height / 2 + _HALF) <= height / 2) & (np.abs(columns - width / 2 + _HALF) <= width / 2)
    at = np.flatnonzero(covered)
    for part in _strips(at, rows):
        values[part] = _bilinear(raster, rows[part], columns[part])
    return values


def _strips(at: Any, rows: FloatArray) -> Iterator[Any]:
    strip = np.floor(rows[at] / _STRIP_ROWS).astype(np.int64)
    order = np.argsort(strip, kind="stable")
    if len(order):
        yield from np.split(at[order], np.flatnonzero(np.diff(strip[order])) + 1)


def _bilinear(raster: Any, rows: FloatArray, columns: FloatArray) -> FloatArray:
    from rasterio.windows import Window  # noqa: PLC0415

    height, width = raster.shape
    top, left = (int(np.clip(np.floor(v.min()), 0, m - 1)) for v, m in ((rows, height), (columns, width)))
    bottom, right = (int(np.clip(np.ceil(v.max()) + 1, 1, m)) for v, m in ((rows, height), (columns, width)))
    window = Window(left, top, max(right - left, 1), max(bottom - top, 1))
    grid = raster.read(1, window=window, masked=True).astype(np.float64).filled(np.nan)
    grid = grid * raster.scales[0] + raster.offsets[0]
    known: BoolArray = (grid > _LOWEST_M) & (grid < _HIGHEST_M)
    r, c = np.clip(rows - top, 0, grid.shape[0] - 1), np.clip(columns - left, 0, grid.shape[1] - 1)
    r0, c0 = (np.floor(v).astype(np.int64) for v in (r, c))
    r1, c1 = np.minimum(r0 + 1, grid.shape[0] - 1), np.minimum(c0 + 1, grid.shape[1] - 1)
    fr, fc = r - r0, c - c0
    total, share = np.zeros(len(r)), np.zeros(len(r))
    corners = ((r0, c0, (1 - fr) * (1 - fc)), (r0, c1, (1 - fr) * fc), (r1, c0, fr * (1 - fc)), (r1, c1, fr * fc))
    for i, j, weight in corners:
        good = known[i, j]
        total += np.where(good, weight * np.where(good, grid[i, j], 0.0), 0.0)
        share += np.where(good, weight, 0.0)
    enough = share >= _LEAST_SHARE
    values: FloatArray = np.where(enough, total / np.where(enough, share, 1.0), np.nan)
    return values


def _unreadable(path: Path, detail: str) -> Problem:
    return error(
        "elevation.unreadable",
        path.name,
        Text(f"標高データを読めません: {detail}", f"cannot read the raster: {detail}"),
        Text("GeoTIFF の標高データを指定してください", "name a GeoTIFF of heights"),
    )


def _not_installed(path: Path) -> Problem:
    return error(
        "elevation.not_installed",
        path.name,
        Text("標高を読むには rasterio が必要です", "heights need rasterio"),
        Text(
            "pip install 'ekisei[elevation]' で入れるか、elevation の行を消してください",
            "install it with pip install 'ekisei[elevation]', or delete the elevation line",
        ),
    )


def _elsewhere(tiles: list[Path], lonlat: FloatArray) -> Problem:
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    return error(
        "elevation.elsewhere",
        ", ".join(p.name for p in tiles[:3]),
        Text(
            f"標高データが道路網（経度 {west:.3f}–{east:.3f}、緯度 {south:.3f}–{north:.3f}）をまったく覆いません",
            f"no raster covers the streets (longitude {west:.3f}–{east:.3f}, latitude {south:.3f}–{north:.3f})",
        ),
        Text("この都市の標高データを指定してください", "name the heights of this city"),
    )


def _unused(idle: list[Path]) -> Problem:
    return warning(
        "elevation.unused_tile",
        ", ".join(p.name for p in idle[:5]),
        Text("道のない範囲の標高データで、使いませんでした", "tiles without a street were not needed"),
        Text("設定から消してかまいません", "they may be left out of the configuration"),
        len(idle),
    )


def _without_height(name: str, unknown: int) -> Problem:
    return warning(
        "elevation.outside",
        name,
        Text("標高のない地点は平らとしました", "places without a height count as level"),
        Text("道路網を覆う標高データを指定してください", "name a raster that covers the streets"),
        unknown,
    )
