"""Owns 将来推計人口メッシュ of 国土数値情報: as the people of one year, and as an outlook on the cells of the city."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.mesh import SIZE_M
from geodata.outlook import PopulationOutlook
from geodata.readers.band_labels import OPEN_AGE, band_of
from geodata.readers.future_cells import Shares, share_cells
from geodata.readers.future_years import FutureTable, read_future
from geodata.readers.mesh_cells import clipped, make_cells, mesh_boxes
from geodata.readers.people_columns import in_wanted_bands
from geodata.readers.population_reading import PeopleReading, by_file
from geodata.readers.tables import listed, note
from geodata.reading import ReaderInfo, Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.config.population import FutureMesh, OutlookConfig
    from geodata.population import AgeBand, PopulationCells

READER = ReaderInfo(
    "future_mesh",
    Text("将来推計人口メッシュ（国土数値情報）", "future population by mesh (国土数値情報)"),
    "国土数値情報 1km・500m・250mメッシュ別将来推計人口データ（R6国政局推計, 2024；H30国政局推計, 2018）",
    verified=False,
)


def read_future_mesh(
    config: FutureMesh,
    find: Callable[[str], Path],
    epsg: int | None,
    *,
    outline: BaseGeometry | None,
    progress: Callable[[float], None] | None = None,
) -> PeopleReading:
    """
    Read the estimate of one year as the people of the city (公表推計).

    Parameters
    ----------
    config
        Which files and year.
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
        Cells sorted by code; persons are not whole numbers, as published.
    """
    paths = [find(p) for p in config.path]
    table, problems = read_future(paths, [config.year])
    if progress is not None:
        progress(0.6)
    bands, persons = table.ages.get(config.year, ((_ALL,), table.total[config.year][:, None]))
    boxes = mesh_boxes(table.code)
    kept = np.ones(len(boxes), dtype=np.bool_)
    if config.clip:
        kept, more = clipped(boxes, table.total[config.year], outline, table.name)
        problems += more
    bands, persons = in_wanted_bands(bands, persons, config.bands, "population.bands")
    if table.shared.get(config.year):
        problems.append(_shared(table, (config.year,)))
    problems.append(_official(table.name, f"{config.year}"))
    population, plane = make_cells(
        table.code[kept],
        boxes[kept],
        bands,
        persons[kept],
        district=None,
        epsg=epsg,
        year=config.year,
        base_date=config.base_date or dt.date(config.year, 10, 1),
    )
    kept_files = [name for name, k in zip(table.file, kept, strict=True) if k]
    return PeopleReading(
        population=population,
        epsg=plane,
        problems=tuple(problems),
        files=by_file(paths, READER, table.rows, kept_files),
        counts={
            "mesh_m": SIZE_M[table.level],
            "mesh_rows": len(table.code),
            "mesh_persons": round(float(table.total[config.year].sum())),
            "cells_outside": int((~kept).sum()),
        },
        repairs={"estat.suppressed_shared": table.shared.get(config.year, 0)},
    )


def read_outlook(
    config: OutlookConfig, find: Callable[[str], Path], population: PopulationCells
) -> Reading[PopulationOutlook]:
    """
    Read estimates by year onto the cells of the city.

    Cells of the same mesh take the figures as they are; finer cells share those of the mesh cell their middle lies in
    by their present people; coarser cells take the sum of the mesh cells whose middle lies in them. A mesh cell that
    the city's cells do not wholly cover counts by the share of its present people that live in them.

    Parameters
    ----------
    config
        Which files and years; none = all that have ages.
    find
        Path as written → path on disk.
    population
        The cells of the city.

    Returns
    -------
    reading
        Persons by year, cell and age group; NaN where people live today and the file has no estimate.

    Raises
    ------
    DataError
        If no cell of the city is in the files, or a wanted year is not.
    """
    paths = [find(p) for p in config.path]
    # The first year tells how much of a mesh cell on the border is the city's, so it is always read.
    table, problems = read_future(paths, ())
    missing = sorted(set(config.years) - set(table.years))
    if missing:
        raise DataError(_no_year(table, missing))
    if not table.years:
        raise DataError(_nothing_matched(table.name))
    years, bands, more = _years(table, config.years)
    problems += more
    shares = share_cells(table, population)
    if not shares.n_matched:
        raise DataError(_nothing_matched(table.name))
    persons = np.stack([shares.spread(_by_age(table, year, bands)) for year in years])
    problems += _told(table, shares, years)
    outlook = PopulationOutlook(years=years, bands=bands, persons=persons)
    n_shared = sum(table.shared.get(y, 0) for y in years)
    used = [name for name, k in zip(table.file, shares.used, strict=True) if k]
    return Reading(
        outlook,
        problems=tuple(problems),
        files=by_file(paths, READER, table.rows, used),
        counts={
            "outlook_years": len(years),
            "outlook_mesh_m": SIZE_M[table.level],
            "outlook_mesh_used": int(shares.used.sum()),
            "outlook_cells": shares.n_matched,
            "outlook_cells_without": shares.n_unmatched,
        },
        repairs={"future.suppressed_shared": n_shared} if n_shared else {},
    )


_ALL = band_of(0, OPEN_AGE)


def _years(table: FutureTable, wanted: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[AgeBand, ...], list[Problem]]:
    """Return the years of the outlook and the age groups they share; years with totals only are left out and told."""
    candidates = tuple(sorted(wanted)) or table.years
    groups = [table.ages[y][0] for y in candidates if y in table.ages]
    if not groups:
        return candidates, (_ALL,), []
    bands = max(groups, key=lambda g: (groups.count(g), len(g)))
    years = tuple(y for y in candidates if y in table.ages and table.ages[y][0] == bands)
    left = [y for y in candidates if y not in years]
    if not left:
        return years, bands, []
    told = note(
        "future.years_left_out",
        table.name,
        Text(
            f"{listed(left, 20)} 年は年齢別の値がない（または階級が違う）ため、見通しに入れません",
            f"{listed(left, 20)} have no ages (or other age groups) and are not in the outlook",
        ),
        count=len(left),
    )
    return years, bands, [told]


def _by_age(
    table: FutureTable, year: int, bands: tuple[AgeBand, ...]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    if bands == (_ALL,):
        return table.total[year][:, None]
    return table.ages[year][1]


def _told(table: FutureTable, shares: Shares, years: tuple[int, ...]) -> list[Problem]:
    problems = [_official(table.name, "–".join(str(y) for y in dict.fromkeys((years[0], years[-1]))))]
    if sum(table.shared.get(y, 0) for y in years):
        problems.append(_shared(table, years))
    if shares.n_unmatched:
        problems.append(
            warning(
                "future.cells_without_estimate",
                table.name,
                Text(
                    f"推計のないセルに現在 {shares.persons_unmatched:,.0f} 人が住んでいます（見通しはデータなし）",
                    f"{shares.persons_unmatched:,.0f} persons live in cells without an estimate (no data)",
                ),
                Text("市全体を含むファイルか確かめてください", "check that the file covers the whole city"),
                count=shares.n_unmatched,
            ),
        )
    if shares.n_partly:
        problems.append(
            note(
                "future.partly_covered",
                table.name,
                Text(
                    "市のセルが一部しか覆わないメッシュは、現在の人口のうち市のセルに住む割合だけ数えました",
                    "mesh cells only partly covered by the city's cells count by the share of present people in them",
                ),
                count=shares.n_partly,
            ),
        )
    if shares.n_left_over:
        problems.append(
            note(
                "future.mesh_left_over",
                table.name,
                Text(
                    f"市のセルにかかるが中心が入らないメッシュ {shares.n_left_over:,} 個は使いません",
                    f"{shares.n_left_over:,} mesh cells touch cells of the city, but match none by their middle",
                ),
                count=shares.n_left_over,
            ),
        )
    return problems


def _shared(table: FutureTable, years: tuple[int, ...]) -> Problem:
    n = sum(table.shared.get(y, 0) for y in years)
    return note(
        "future.suppressed_shared",
        table.name,
        Text(
            "秘匿で合算された年齢別人口を、総数（PTN、公表値）の比で分けました（年齢は試算）",
            "ages published together (秘匿) were shared out by the published totals PTN (ages are modelled)",
        ),
        count=n,
    )


def _official(name: str, years: str) -> Problem:
    return note(
        "future.official_estimate",
        name,
        Text(f"{years} 年の公表推計です（実測ではありません）", f"official estimate of {years}, not a count"),
    )


def _no_year(table: FutureTable, missing: list[int]) -> Problem:
    return error(
        "future.no_year",
        table.name,
        Text(
            f"{listed(missing)} 年の推計がありません（ある年: {listed(table.years, 20)}）",
            f"no estimate of {listed(missing)} (there are {listed(table.years, 20)})",
        ),
        Text("years: に、ある年を書いてください", "name years that are there in years:"),
    )


def _nothing_matched(name: str) -> Problem:
    return error(
        "future.nothing_matched",
        name,
        Text("市のセルに当たるメッシュが一つもありません", "no mesh cell of the file lies in a cell of the city"),
        Text("この都道府県のファイルか確かめてください", "check that the file is of this prefecture"),
    )
