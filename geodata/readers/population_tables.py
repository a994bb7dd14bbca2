"""Owns people by cell: CSV of cell centres, and CSV of JIS X 0410 mesh codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import affinity

from geodata.config.base import Band
from geodata.config.population import CellsCsv, MeshCsv
from geodata.crs import plane_epsg, to_lonlat, to_plane
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.mesh import bounds_many, centres_many
from geodata.population import AgeBand, PopulationCells
from geodata.readers.cell_ages import ages_beside
from geodata.readers.mesh_cells import no_rows
from geodata.readers.rows import checked_numbers, column_of, matching, read_rows
from geodata.readers.tables import ROW, at
from geodata.reading import ReaderInfo
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from geodata.units import FloatArray

READERS = (
    ReaderInfo("cells_csv", Text("セルの CSV", "CSV of cells"), "own columns: id, lon, lat, people", verified=None),
    ReaderInfo(
        "mesh_csv", Text("メッシュコードの CSV", "CSV of mesh codes"), "JIS X 0410 codes, own columns", verified=None
    ),
)

ALL_AGES = AgeBand("all", Text("全年齢", "all ages"), 0, None)
_NEIGHBOUR_REACH = 1.25
"""Cells nearer than this multiple of the spacing are neighbours: 6 around a hexagon, 4 around a square."""
_LARGEST_OF_USUAL = 1.1
"""A Voronoi cell larger than this multiple of the usual one has a neighbour missing."""
_ENOUGH_INNER = 4
_LISTED = 20


def read_cells(
    config: CellsCsv | MeshCsv,
    path: Path,
    epsg: int | None,
) -> tuple[PopulationCells, pd.DataFrame, int, list[Problem]]:
    """
    Read people by cell.

    Outlines of `CellsCsv` follow from the centres, see `outlines`.

    Returns
    -------
    population, table, epsg, problems
        Cells; the rows as text for facilities counted in them; the plane system used; warnings.

    Raises
    ------
    DataError
        Naming file and row: missing column, no number, negative, twice the same cell, mixed mesh levels.
    """
    columns = _columns(config)
    lonlat_columns = (config.lon, config.lat) if isinstance(config, CellsCsv) else None
    rows, problems = read_rows(path, columns, lonlat_columns)
    id_column = config.id if isinstance(config, CellsCsv) else config.code
    frame = rows[matching(rows, config.where, path.name)].sort_values(id_column, kind="stable").reset_index(drop=True)
    if not len(frame):
        raise DataError(no_rows(path.name))
    frame.attrs |= {"file": path.name, "rows_in": len(rows)}
    _check_unique(frame, id_column, path.name)
    if isinstance(config, MeshCsv):
        _check_published(config, frame, path.name)
    bands, persons, more = _persons(config, frame, path.name)
    problems += more
    if isinstance(config, CellsCsv):
        lonlat = frame[["lon", "lat"]].to_numpy(dtype=np.float64)
        problems += _same_place(frame, path.name)
    else:
        lonlat = _mesh_centres(frame, config.code, path.name)
    plane = epsg or plane_epsg(*(float(v) for v in np.median(lonlat, axis=0)))
    xy = to_plane(plane, lonlat)
    if isinstance(config, CellsCsv):
        polygon_xy = outlines(xy)
        polygon_lonlat = shapely.transform(polygon_xy, lambda points: to_lonlat(plane, points))
    else:
        boxes = shapely.box(*bounds_many(frame[config.code].to_numpy(dtype=np.str_)).T)
        polygon_lonlat = np.asarray(boxes, dtype=object)
        polygon_xy = shapely.transform(polygon_lonlat, lambda points: to_plane(plane, points))
    district, names = districts_of(column_of(frame, config.district))
    population = PopulationCells(
        cell_id=text_array(frame[id_column].tolist()),
        lonlat=lonlat,
        xy=xy,
        polygon_xy=polygon_xy,
        polygon_lonlat=polygon_lonlat,
        bands=bands,
        persons=persons,
        district=district,
        district_id=text_array(names),
        district_name=text_array(names),
        district_name_en=text_array(names),
        year=config.year,
        base_date=config.base_date.isoformat(),
    )
    return population, frame, plane, problems


def _same_place(frame: pd.DataFrame, name: str) -> list[Problem]:
    again = frame[frame.duplicated(["lon", "lat"])]
    if not len(again):
        return []
    return [
        warning(
            "population.same_place",
            at(name, again[ROW].iloc[0]),
            Text("ほかのセルと同じ位置のセルがあります", "cells stand where another cell stands"),
            Text(
                "同じセルなら 1 行にまとめ、違うなら位置を直してください",
                "make one row of them if they are one cell, else mend the position",
            ),
            len(again),
        ),
    ]


def spread_bands(bands: Sequence[Band], total: FloatArray, where: str) -> tuple[tuple[AgeBand, ...], FloatArray]:
    """Return age bands and persons (C, A) from totals by cell and one share per band; none = all ages in one."""
    if not bands:
        return (ALL_AGES,), total[:, None].copy()
    shares = np.array([np.nan if b.share is None else b.share for b in bands])
    if not abs(shares.sum() - 1) < 1e-6:  # noqa: PLR2004 -- rounding of written shares
        raise DataError(
            error(
                "population.shares",
                where,
                Text("bands の share の合計が 1 ではありません", "the shares of bands do not sum to 1"),
                Text("すべての bands に share を書き、合計を 1 にしてください", "give each band a share, 1 in all"),
            ),
        )
    return tuple(age_band(b) for b in bands), total[:, None] * shares / shares.sum()


def age_band(band: Band) -> AgeBand:
    """Return the age group of a configuration entry."""
    return AgeBand(band.id, band.label.text, band.from_age, band.to_age)


def districts_of(names: Sequence[str]) -> tuple[np.ndarray[Any, np.dtype[np.int32]], list[str]]:
    """Return cell → district index (−1 = none) and the district names in order of first appearance."""
    known = list(dict.fromkeys(n for n in names if n))
    index = {name: n for n, name in enumerate(known)}
    return np.array([index.get(n, -1) for n in names], dtype=np.int32), known


def outlines(xy: FloatArray) -> np.ndarray[Any, Any]:
    """
    Return outlines around the centres of a regular grid, hexagonal or rectangular, shape (C,).

    A cell with neighbours all around gets what is nearest to its centre (its Voronoi cell); one at the rim or beside a
    gap gets the outline of the nearest such cell, moved. A grid too small to have one gets regular polygons.
    """
    from scipy.spatial import QhullError, Voronoi, cKDTree  # noqa: PLC0415 -- only when building

    try:
        diagram = Voronoi(xy)
    except (QhullError, ValueError):  # fewer than four points, or all on one line
        return _regular(xy)
    regions = [diagram.regions[r] for r in diagram.point_region]
    inner = np.array([len(r) > 0 and -1 not in r for r in regions])
    cells = np.full(len(xy), None, dtype=object)
    cells[inner] = [
        shapely.Polygon(diagram.vertices[r]).convex_hull for r, ok in zip(regions, inner, strict=True) if ok
    ]
    areas = shapely.area(cells)
    inner &= areas <= _LARGEST_OF_USUAL * np.nanmedian(np.where(inner, areas, np.nan)) if inner.any() else False
    if inner.sum() < _ENOUGH_INNER:
        return _regular(xy)
    known = np.flatnonzero(inner)
    _, nearest = cKDTree(xy[known]).query(xy[~inner])
    for cell, model in zip(np.flatnonzero(~inner), known[nearest], strict=True):
        cells[cell] = affinity.translate(cells[model], *(xy[cell] - xy[model]))
    return cells


def _regular(xy: FloatArray) -> np.ndarray[Any, Any]:
    """Return regular hexagons or squares of the spacing of the centres, shape (C,)."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- only when building

    if len(xy) < 2:  # noqa: PLR2004 -- no spacing
        raise DataError(
            error(
                "population.spacing",
                "population",
                Text("セルが 2 つ以上必要です", "at least two cells are needed"),
                Text("ほかのセルの行を加えてください", "add rows of other cells"),
            ),
        )
    tree = cKDTree(xy)
    nearest, _ = tree.query(xy, k=2)
    spacing = float(np.median(nearest[:, 1]))
    pairs = tree.query_pairs(_NEIGHBOUR_REACH * spacing, output_type="ndarray")
    degree = np.bincount(pairs.ravel(), minlength=len(xy))
    sides = 6 if np.percentile(degree, 75) > 4 else 4  # noqa: PLR2004 -- a square has four neighbours
    step = xy[pairs[:, 1]] - xy[pairs[:, 0]]
    angle = np.arctan2(step[:, 1], step[:, 0])
    # Directions repeat every 360° ÷ sides; their mean on the circle is the turn of the grid.
    turn = float(np.angle(np.exp(1j * sides * angle).mean())) / sides
    corner = turn + np.pi / sides + np.arange(sides) * 2 * np.pi / sides
    radius = spacing / 2 / np.cos(np.pi / sides)
    ring = radius * np.column_stack([np.cos(corner), np.sin(corner)])
    return np.asarray(shapely.polygons(xy[:, None, :] + ring[None, :, :]), dtype=object)


def _columns(config: CellsCsv | MeshCsv) -> list[str]:
    named = [config.id if isinstance(config, CellsCsv) else config.code]
    named += [c for c in (config.persons, config.district) if c is not None]
    return named + [b.column for b in config.bands if b.column is not None]


def _persons(
    config: CellsCsv | MeshCsv,
    frame: pd.DataFrame,
    name: str,
) -> tuple[tuple[AgeBand, ...], FloatArray, list[Problem]]:
    if config.persons is None:
        parts = [checked_numbers(frame, str(b.column), name, least=0) for b in config.bands]
        return tuple(age_band(b) for b in config.bands), np.column_stack(parts), []
    total = checked_numbers(frame, config.persons, name, least=0)
    problems: list[Problem] = []
    if not config.bands:
        bands, ages, problems = ages_beside(frame, config.persons, _columns(config), name)
        if bands:
            return bands, ages, problems
    return *spread_bands(config.bands, total, "population.bands"), problems


def _check_published(config: MeshCsv, frame: pd.DataFrame, name: str) -> None:
    """Raise `DataError` where figures are suppressed, as in files of e-Stat: those have a reader of their own."""
    columns = [c for c in (config.persons, *(b.column for b in config.bands)) if c is not None]
    hidden = frame[frame[columns].isin(["*", "X", "***", "…"]).any(axis=1)]
    if len(hidden):
        raise DataError(
            [
                error(
                    "population.suppressed",
                    at(name, row),
                    Text("秘匿された値（* や X）があります", "there are suppressed figures (* or X)"),
                    Text(
                        "e-Stat のファイルなら、加工前のものを kind: estat_mesh で読んでください（合算先から分けます）",
                        "read the file of e-Stat as it is with kind: estat_mesh, which shares them out",
                    ),
                )
                for row in hidden[ROW].head(_LISTED)
            ],
        )


def _mesh_centres(frame: pd.DataFrame, column: str, name: str) -> FloatArray:
    try:
        return centres_many(frame[column].to_numpy(dtype=np.str_))
    except DataError as exc:
        where = {f"mesh code {code!r}": row for code, row in zip(frame[column], frame[ROW], strict=True)}
        raise DataError(
            [
                Problem(p.severity, p.code, at(name, where[p.where]) if p.where in where else name, p.message, p.hint)
                for p in exc.problems
            ],
        ) from None


def _check_unique(frame: pd.DataFrame, column: str, name: str) -> None:
    again = frame[frame.duplicated(column)]
    if len(again):
        raise DataError(
            [
                error(
                    "population.duplicate_cell",
                    at(name, row),
                    Text(f"セル {cell!r} が二度あります", f"cell {cell!r} occurs again"),
                    Text("どちらかの行を消してください", "delete one of the rows"),
                )
                for cell, row in zip(again[column].iloc[:5], again[ROW].iloc[:5], strict=True)
            ],
        )
