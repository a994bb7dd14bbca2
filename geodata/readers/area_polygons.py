"""Owns the polygons of small areas: parts joined, water left out, people of an area counted once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.estat_tables import estat_numbers, key_column, plain_codes
from geodata.readers.mesh_cells import merged_names
from geodata.readers.people_columns import find_column
from geodata.readers.rows import matching
from geodata.readers.tables import ROW, note
from geodata.readers.vector import read_vector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.config.population import SmallArea
    from geodata.units import BoolArray, FloatArray, StrArray

WATER = "8154"
"""HCODE of 水面調査区."""

_NAMES = ("S_NAME", "MOJI", "NAME", "町丁・字等名", "町丁字名", "町丁名", "町名")
_PEOPLE = ("JINKO", "人口", "人口総数")
_FILE = "__file"


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """
    Areas as whole polygons.

    Parameters
    ----------
    code
        area → code in ascending order, unique, shape (N,).
    polygons
        area → outline in degrees, of one or several parts, shape (N,).
    district
        area → name.
    persons
        area → people written in the polygons, NaN where there are none written, shape (N,).
    figures
        Columns of the configuration by area.
    has_persons
        Whether the polygons have a column of people.
    n_parts
        Polygons before they were joined.
    name, rows_in, rows_kept
        What messages call the files; the file of every row in them, and of those kept.
    """

    code: StrArray
    polygons: np.ndarray[Any, Any]
    district: list[str]
    persons: FloatArray
    figures: dict[str, FloatArray]
    has_persons: bool
    n_parts: int
    name: str
    rows_in: list[str]
    rows_kept: list[str]

    def only(self, kept: BoolArray) -> Areas:
        """Return some of the areas."""
        return replace(
            self,
            code=self.code[kept],
            polygons=self.polygons[kept],
            district=[d for d, k in zip(self.district, kept, strict=True) if k],
            persons=self.persons[kept],
            figures={c: v[kept] for c, v in self.figures.items()},
        )


def read_areas(config: SmallArea, paths: Sequence[Path]) -> tuple[Areas, list[Problem]]:
    """
    Read the polygons of all files as areas.

    Parameters
    ----------
    config
        Columns and the rows to keep.
    paths
        Shapefile zips, GeoJSON or GeoPackage.

    Raises
    ------
    DataError
        If a file cannot be read, or a named column is not there.
    """
    parts: list[pd.DataFrame] = []
    shapes: list[Any] = []
    problems: list[Problem] = []
    rows_in: list[str] = []
    for path in paths:
        features, more = read_vector(path)
        problems += more
        part = _part(config, features.table, path.name)
        keep = matching(features.table, config.where, path.name)
        parts.append(part[keep])
        shapes += [shape for shape, k in zip(features.shapes, keep, strict=True) if k]
        rows_in += [path.name] * len(features.shapes)
    frame = pd.concat(parts, ignore_index=True)
    polygons = np.array([*shapes, None], dtype=object)[:-1]
    drop = _left_out(frame, polygons)
    if drop.any():
        problems.append(_water(merged_names(frame[_FILE].tolist()), int(drop.sum())))
    frame, polygons = frame[~drop].reset_index(drop=True), polygons[~drop]
    if not len(frame):
        raise DataError(_none(merged_names([p.name for p in paths])))
    areas, more = _whole(frame, polygons)
    return replace(areas, rows_in=rows_in), [*problems, *more]


def _part(config: SmallArea, table: pd.DataFrame, name: str) -> pd.DataFrame:
    labels = {str(c): str(c) for c in table.columns if c != ROW}
    key = key_column(table, config.code, name)
    part = pd.DataFrame({"code": plain_codes(table[key]), _FILE: name, ROW: table[ROW]})
    wanted = config.district or config.name
    named = find_column(labels, wanted, name) if wanted else _first(labels, _NAMES)
    part["district"] = table[named] if named else ""
    blank = (part["district"] == "") | part["district"].isin(["-", "－"])
    part.loc[blank, "district"] = part["code"][blank] if not config.district else ""
    hcode = _first(labels, ("HCODE",))
    part["water"] = table[hcode].str.removesuffix(".0") == WATER if hcode else False
    own = config.persons if not config.table else None
    people = find_column(labels, own, name) if own else _first(labels, _PEOPLE)
    part["persons"] = estat_numbers(table, people, name)[0] if people else np.nan
    part["has_persons"] = people is not None
    for band in config.bands:
        if band.column is not None and not config.table:
            column = find_column(labels, band.column, name)
            part[f"figure:{band.column}"] = estat_numbers(table, column, name)[0]
    return part


def _first(labels: dict[str, str], names: Sequence[str]) -> str | None:
    upper = {c.upper(): c for c in labels}
    return next((upper[n.upper()] for n in names if n.upper() in upper), None)


def _left_out(frame: pd.DataFrame, polygons: np.ndarray[Any, Any]) -> BoolArray:
    """Return water without people, and what is no polygon."""
    nobody = ~(frame["persons"].fillna(0) > 0)
    areal = np.isin(shapely.get_type_id(polygons), [3, 6])
    return np.asarray((frame["water"] & nobody).to_numpy() | ~areal, dtype=np.bool_)


def _whole(frame: pd.DataFrame, polygons: np.ndarray[Any, Any]) -> tuple[Areas, list[Problem]]:
    """Join the parts of each area; the same figure in each part counts once, different ones are added."""
    code, first, index = np.unique(frame["code"].to_numpy(dtype=np.str_), return_index=True, return_inverse=True)
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(len(code)))
    several = np.bincount(index) > 1
    whole = polygons[first].copy()
    for area in np.flatnonzero(several):
        end = starts[area + 1] if area + 1 < len(code) else len(order)
        whole[area] = shapely.union_all(polygons[order[starts[area] : end]])
    problems: list[Problem] = []
    columns = ["persons", *(c for c in frame.columns if str(c).startswith("figure:"))]
    values = {str(c): _once(frame[c].to_numpy(dtype=np.float64), index, len(code)) for c in columns}
    differing = values["persons"][1]
    name = merged_names(frame[_FILE].tolist())
    if differing:
        problems.append(_different(name, differing))
    districts = frame["district"].tolist()
    areas = Areas(
        code=code,
        polygons=whole,
        district=[districts[int(i)] for i in first],
        persons=values["persons"][0],
        figures={c.removeprefix("figure:"): v[0] for c, v in values.items() if c != "persons"},
        has_persons=bool(frame["has_persons"].all()),
        n_parts=len(frame),
        name=name,
        rows_in=[],
        rows_kept=frame[_FILE].tolist(),
    )
    return areas, problems


def _once(values: FloatArray, index: np.ndarray[Any, np.dtype[np.intp]], n: int) -> tuple[FloatArray, int]:
    """Return the figure of each area, and how many areas have parts with different figures other than 0."""
    known = pd.DataFrame({"area": index, "value": values}).dropna()
    counted = known[known["value"] > 0].drop_duplicates()
    sums = counted.groupby("area")["value"].agg(["sum", "size"])
    figures = np.full(n, np.nan)
    figures[known["area"].unique()] = 0.0
    figures[sums.index.to_numpy()] = sums["sum"].to_numpy()
    return figures, int((sums["size"] > 1).sum())


def _water(name: str, n: int) -> Problem:
    return note(
        "small_area.water",
        name,
        Text("人のいない水面調査区などは使いません", "water and other polygons without people are left out"),
        count=n,
    )


def _different(name: str, n: int) -> Problem:
    return warning(
        "small_area.parts_differ",
        name,
        Text(
            "同じコードの飛び地に違う人口が書かれた区域は、足し合わせました",
            "areas whose parts hold different numbers of people: the parts were added",
        ),
        Text("年齢別人口の表を table: に書けば、その値を使います", "with a table in table: its figures are used"),
        count=n,
    )


def _none(name: str) -> Problem:
    return error(
        "small_area.no_polygon",
        name,
        Text("使える区域（ポリゴン）がありません", "there is no usable area (polygon)"),
        Text(
            "小地域の境界データか、where: の条件を確かめてください", "check the boundaries and the condition in where:"
        ),
    )
