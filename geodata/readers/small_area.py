"""Owns the census by small area (小地域, 町丁・字等): polygons and tables of e-Stat → population cells."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.area_pieces import cut_areas
from geodata.readers.area_polygons import Areas, read_areas
from geodata.readers.area_tables import count_people
from geodata.readers.estat_tables import year_of
from geodata.readers.mesh_cells import make_cells, not_clipped
from geodata.readers.people_columns import in_wanted_bands
from geodata.readers.population_reading import PeopleReading, by_file
from geodata.readers.tables import note
from geodata.reading import ReaderInfo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.config.population import SmallArea

READERS = (
    ReaderInfo(
        "small_area_polygons",
        Text("国勢調査 小地域 境界データ（e-Stat）", "census small areas, boundaries (e-Stat)"),
        "総務省統計局 統計地理情報システム 境界データ 小地域 A002005212015, A002005212020: KEY_CODE, HCODE, JINKO",
        verified=False,
    ),
    ReaderInfo(
        "small_area_table",
        Text("国勢調査 小地域集計（e-Stat）", "census small areas, table (e-Stat)"),
        "総務省統計局 統計地理情報システム データ定義 T000849 (2015), T001082 (2020): 2 header rows, cp932",
        verified=False,
    ),
)


def read_small_area(
    config: SmallArea,
    find: Callable[[str], Path],
    epsg: int | None,
    *,
    outline: BaseGeometry | None,
    progress: Callable[[float], None] | None = None,
) -> PeopleReading:
    """
    Read people by 町丁・字等, cut along the mesh of `cell_m` and spread by area within each area.

    Parts of one area (飛び地, KIGO_E) are one area; water without people (HCODE 8154) is left out. Areas whose middle
    lies outside the outline are left out and told.

    Parameters
    ----------
    config
        Which files, columns and cell size.
    find
        Path as written → path on disk.
    epsg
        Plane system; None = by the place.
    outline
        The municipality in degrees, or None.
    progress
        Called with the share done.

    Returns
    -------
    reading
        Pieces of areas sorted by id (``KEY_CODE-mesh``); the people of each area are kept to 0.01.
    """
    paths = [find(p) for p in config.boundaries]
    tables_at = [find(p) for p in config.table or ()]
    areas, problems = read_areas(config, paths)
    areas, more = _clipped(areas, outline)
    problems += more
    if progress is not None:
        progress(0.4)
    counted, more = count_people(config, areas, tables_at)
    problems += more
    bands, persons = in_wanted_bands(counted.bands, counted.persons, config.bands, "population.bands")
    year = year_of(config, counted.tables, [*tables_at, *paths], areas.name)
    if progress is not None:
        progress(0.6)
    pieces = cut_areas(areas, persons, config.cell_m)
    population, plane = make_cells(
        pieces.piece_id,
        pieces.polygons,
        bands,
        pieces.persons,
        district=[areas.district[i] for i in pieces.area],
        epsg=epsg,
        year=year,
        base_date=config.base_date or dt.date(year, 10, 1),
    )
    if pieces.n_merged:
        problems.append(_slivers(areas.name, pieces.n_merged))
    files = by_file(paths, READERS[0], areas.rows_in, areas.rows_kept)
    files += by_file(tables_at, READERS[1], counted.rows, counted.used)
    return PeopleReading(
        population=population,
        epsg=plane,
        problems=tuple(problems),
        files=files,
        counts={"areas": len(areas.code), "area_parts": areas.n_parts},
        repairs={
            "small_area.parts_joined": areas.n_parts - len(areas.code),
            "small_area.slivers_merged": pieces.n_merged,
            "estat.suppressed_shared": int(counted.settled.shared.sum()),
            "estat.unknown_age_spread": round(counted.settled.unknown_age),
        },
    )


def _clipped(areas: Areas, outline: BaseGeometry | None) -> tuple[Areas, list[Problem]]:
    if outline is None:
        towns = {str(code)[:5] for code in areas.code}
        return areas, [not_clipped(areas.name)] if len(towns) > 1 else []
    shapely.prepare(outline)
    kept = np.asarray(shapely.contains(outline, shapely.point_on_surface(areas.polygons)), dtype=np.bool_)
    if kept.all():
        return areas, []
    persons = np.nan_to_num(areas.persons)
    if not kept.any():
        raise DataError(
            error(
                "population.nothing_inside",
                areas.name,
                Text("行政区域の中に小地域がありません", "no small area lies inside the municipality"),
                Text("ほかの地域のファイルではないか確かめてください", "check that the file is of this region"),
            ),
        )
    told = note(
        "population.clipped",
        areas.name,
        Text(
            f"行政区域の外の {int((~kept).sum()):,} 区域 {persons[~kept].sum():,.0f} 人は使いません",
            f"{int((~kept).sum()):,} areas with {persons[~kept].sum():,.0f} persons lie outside and are left out",
        ),
        count=int((~kept).sum()),
    )
    return areas.only(kept), [told]


def _slivers(name: str, n: int) -> Problem:
    return note(
        "small_area.slivers_merged",
        name,
        Text("小さすぎる切れ端を、同じ区域の隣の切れ端に合わせました", "slivers of cut areas were merged"),
        count=n,
    )
