"""Owns people by mesh code or by outline → PopulationCells, sorted by id; what lies inside the outline of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.crs import plane_epsg, to_plane
from geodata.errors import DataError, Problem, Text, error, warning
from geodata.mesh import CODE_LENGTH, SIZE_M, bounds_many, level_of
from geodata.population import PopulationCells
from geodata.readers.tables import at, listed, note
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.population import AgeBand
    from geodata.units import BoolArray, FloatArray, StrArray

_LISTED = 20
LEAST_SHARE_INSIDE = 0.5
"""A cell is the city's if its middle, or at least this share of its area, lies inside the outline."""


def mesh_boxes(codes: StrArray) -> np.ndarray[Any, Any]:
    """Return the outlines of mesh cells [degrees], shape (C,)."""
    return np.asarray(shapely.box(*bounds_many(codes).T), dtype=object)


def check_codes(codes: StrArray, names: Sequence[str], rows: Sequence[int]) -> int:
    """
    Return the level of mesh codes, all of one level.

    Parameters
    ----------
    codes
        Mesh codes, shape (N,).
    names, rows
        File and row of each, for messages.

    Raises
    ------
    DataError
        Naming the rows that are no codes, or the levels that are mixed.
    """
    odd = np.flatnonzero(~(np.char.isdecimal(codes) & np.array([c.isascii() for c in codes.tolist()], dtype=np.bool_)))
    if len(odd):
        raise DataError([_no_code(at(names[int(i)], rows[int(i)]), str(codes[i])) for i in odd[:_LISTED]])
    lengths = np.char.str_len(codes)
    known = {length: level for level, length in CODE_LENGTH.items()}
    sizes, counts = np.unique(lengths, return_counts=True)
    usual = int(sizes[np.argmax(counts)]) if len(sizes) else 0
    odd = np.flatnonzero(lengths != usual)
    if len(odd) and all(int(s) in known for s in sizes):
        mixed = ", ".join(f"{SIZE_M[known[int(s)]]:,} m × {n:,}" for s, n in zip(sizes, counts, strict=True))
        raise DataError(
            error(
                "mesh.mixed_levels",
                at(names[int(odd[0])], rows[int(odd[0])]),
                Text(
                    f"大きさの違うメッシュが混ざっています（{mixed} 行）",
                    f"meshes of different sizes are mixed ({mixed} rows)",
                ),
                Text("同じ大きさのファイルだけを path: に書いてください", "give files of one size only in path:"),
            ),
        )
    try:
        bounds_many(codes)
    except DataError as exc:
        places: dict[str, int] = {}
        for i, code in enumerate(codes):
            places.setdefault(f"mesh code {str(code)!r}", i)
        located = [
            Problem(p.severity, p.code, at(names[i], rows[i]), p.message, p.hint, p.count) if i >= 0 else p
            for p in exc.problems
            for i in [places.get(p.where, -1)]
        ]
        raise DataError(located) from None
    return level_of(str(codes[0]))


def _no_code(where: str, code: str) -> Problem:
    spoilt = "E+" in code.upper()
    hint = (
        Text(
            "表計算ソフトが桁を失わせています。配布元のファイルを開かずに使ってください",
            "a spreadsheet has cut its digits: use the file as it was published",
        )
        if spoilt
        else Text("JIS X 0410 の 4～11 桁の数字を書いてください", "write the 4 to 11 digits of JIS X 0410")
    )
    message = Text(f"地域メッシュコードではありません: {code[:40]!r}", f"this is no mesh code: {code[:40]!r}")
    return error("mesh.code", where, message, hint)


def inside(polygons: np.ndarray[Any, Any], outline: BaseGeometry) -> BoolArray:
    """Return which outlines belong to a region: their middle, or half of their area, lies in it, shape (C,)."""
    shapely.prepare(outline)
    middle = shapely.centroid(polygons)
    kept = np.asarray(shapely.contains(outline, middle), dtype=np.bool_)
    edge = np.flatnonzero(~kept & shapely.intersects(polygons, outline))
    shared = shapely.area(shapely.intersection(polygons[edge], outline))
    kept[edge] = shared >= LEAST_SHARE_INSIDE * shapely.area(polygons[edge])
    return kept


def clipped(
    polygons: np.ndarray[Any, Any], persons: FloatArray, outline: BaseGeometry | None, where: str
) -> tuple[BoolArray, list[Problem]]:
    """
    Return which cells lie in the city, and what to tell about the others.

    Parameters
    ----------
    polygons
        Outlines of the cells [degrees], shape (C,).
    persons
        People of all ages by cell, shape (C,).
    outline
        The municipality in degrees; None = keep everything.
    where
        What messages call the table.

    Raises
    ------
    DataError
        If no cell lies inside.
    """
    if outline is None:
        return np.ones(len(polygons), dtype=np.bool_), [not_clipped(where)]
    kept = inside(polygons, outline)
    if not kept.any():
        raise DataError(
            error(
                "population.nothing_inside",
                where,
                Text("行政区域の中にセルがありません", "no cell lies inside the municipality"),
                Text(
                    "ほかの地域のファイルではないか、行政区域が正しいか確かめてください",
                    "check that the file is of this region, and the boundary",
                ),
            ),
        )
    out = ~kept
    n_in, n_out = int(kept.sum()), int(out.sum())
    border = int((out & np.asarray(shapely.intersects(polygons, outline))).sum())
    told = note(
        "population.clipped",
        where,
        Text(
            f"行政区域の中の {n_in:,} セル {persons[kept].sum():,.0f} 人を使い、外の {n_out:,} セル "
            f"{persons[out].sum():,.0f} 人は使いません（境界にかかるが外とした {border:,} セルを含む）",
            f"{n_in:,} cells with {persons[kept].sum():,.0f} persons lie in the municipality; {n_out:,} cells with "
            f"{persons[out].sum():,.0f} persons are left out ({border:,} of them on its border)",
        ),
        Text(
            "セルの中心または面積の半分以上が区域内なら使います",
            "a cell counts where its middle or half of its area lies inside",
        ),
    )
    return kept, [told]


def make_cells(
    cell_id: StrArray,
    polygons: np.ndarray[Any, Any],
    bands: tuple[AgeBand, ...],
    persons: FloatArray,
    *,
    district: Sequence[str] | None,
    epsg: int | None,
    year: int,
    base_date: dt.date,
) -> tuple[PopulationCells, int]:
    """Return cells sorted by id from outlines in degrees, and the plane system used; `district`: name by cell."""
    order = np.argsort(cell_id, kind="stable")
    polygons = polygons[order]
    corners = shapely.bounds(polygons)
    lonlat = np.column_stack([(corners[:, 0] + corners[:, 2]) / 2, (corners[:, 1] + corners[:, 3]) / 2])
    odd = np.flatnonzero(shapely.area(polygons) < (1 - 1e-9) * np.prod(corners[:, 2:] - corners[:, :2], axis=1))
    if len(odd):
        lonlat[odd] = _middles(polygons[odd])
    plane = epsg or plane_epsg(*(float(v) for v in np.median(lonlat, axis=0)))
    names = [""] * len(order) if district is None else [str(district[int(i)]) for i in order]
    known = sorted({n for n in names if n})
    index = {name: n for n, name in enumerate(known)}
    population = PopulationCells(
        cell_id=text_array([str(v) for v in cell_id[order]]),
        lonlat=lonlat,
        xy=to_plane(plane, lonlat),
        polygon_xy=shapely.transform(polygons, lambda points: to_plane(plane, points)),
        polygon_lonlat=polygons,
        bands=bands,
        persons=np.ascontiguousarray(persons[order]),
        district=np.array([index.get(n, -1) for n in names], dtype=np.int32),
        district_id=text_array(known),
        district_name=text_array(known),
        district_name_en=text_array(known),
        year=year,
        base_date=base_date.isoformat(),
    )
    return population, plane


def _middles(polygons: np.ndarray[Any, Any]) -> FloatArray:
    """Return a middle of each outline that lies in it: the centroid, or a point on the surface."""
    centre = shapely.centroid(polygons)
    outside = ~np.asarray(shapely.contains(polygons, centre), dtype=np.bool_)
    centre[outside] = shapely.point_on_surface(polygons[outside])
    return np.asarray(shapely.get_coordinates(centre), dtype=np.float64)


def not_clipped(where: str) -> Problem:
    """Return the warning where no outline tells which cells are the city's."""
    return warning(
        "population.not_clipped",
        where,
        Text(
            "行政区域がないため、ファイルの全セルを使います（ほかの市町村の人も数えます）",
            "there is no boundary of the municipality: every cell of the file is used, those of other towns too",
        ),
        Text(
            "boundaries: に kind: municipality の行政区域（国土数値情報 N03 など）を加えてください",
            "add the municipality (such as N03 of 国土数値情報) to boundaries: with kind: municipality",
        ),
    )


def no_rows(where: str) -> Problem:
    """Return the error for a table without rows."""
    return error(
        "table.empty",
        where,
        Text("データの行がありません", "there are no rows"),
        Text("ファイルを取得し直すか、where: の条件を確かめてください", "get the file again, or check where:"),
    )


def merged_names(names: Sequence[str]) -> str:
    """Return the names of files for a message, the first few."""
    return listed(dict.fromkeys(names))
