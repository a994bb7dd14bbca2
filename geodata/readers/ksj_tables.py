"""Owns what the files of 国土数値情報 have in common: which dataset a layer is, its columns, what lies in the city."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import DataError, Problem, Text, error, warning
from geodata.readers.tables import ROW, at, listed, note

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geodata.units import BoolArray

DATASETS = ("N02", "N03", "N07", "P02", "P04", "P05", "P11", "P29", "A27", "A31", "A33", "A50")

_COLUMN = re.compile(r"^([A-Z]\d{2})[A-Za-z]?_\d+")
_FILE = re.compile(r"(?<![A-Za-z0-9])([ACGLNPSW]\d{2})(?=[^0-9])", re.IGNORECASE)
AREAL = frozenset({"Polygon", "MultiPolygon"})
LINEAR = frozenset({"LineString", "MultiLineString"})


@dataclass(frozen=True, slots=True, eq=False)
class KsjRows:
    """
    One layer of one dataset: its rows as text, its geometries in degrees.

    `where`: what messages call it; `stem`: start of the ids made from it; `source_id`: id of its source.
    """

    dataset: str
    table: pd.DataFrame
    shapes: list[BaseGeometry]
    where: str
    stem: str
    source_id: str

    def has(self, *columns: str) -> bool:
        """Return whether all the columns are there."""
        return all(c in self.table.columns for c in columns)

    def column(self, name: str) -> list[str]:
        """Return a column as texts without spaces around them; empty texts where there is no such column."""
        if name not in self.table.columns:
            return [""] * len(self.shapes)
        return [str(v).strip() for v in self.table[name]]

    def row(self, n: int) -> str:
        """Return the place of row `n` for a message."""
        return at(self.where, self.table[ROW].iloc[n])

    def kept(self, mask: BoolArray) -> KsjRows:
        """Return the rows where `mask`."""
        shapes = [s for s, k in zip(self.shapes, mask, strict=True) if k]
        table = self.table[mask].reset_index(drop=True)
        return KsjRows(self.dataset, table, shapes, self.where, self.stem, self.source_id)

    def only(self, types: frozenset[str]) -> KsjRows:
        """Return the rows whose geometry is of one of the types."""
        return self.kept(np.array([s.geom_type in types for s in self.shapes], dtype=np.bool_))


@dataclass(slots=True)
class Findings:
    """What a reader finds beside its value, gathered while it reads."""

    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)

    def outside(self, dataset: str, where: str, count: int) -> None:
        """Tell and count how many rows lie outside the city."""
        key = f"{dataset}_outside"
        self.counts[key] = self.counts.get(key, 0) + count
        if count:
            what = Text("市域（周辺を含む）の外なので使いません", "not used: outside the city and its surroundings")
            self.problems.append(note("ksj.outside", where, what, count=count))

    def left_out(self, code: str, where: str, what: Text, count: int, hint: Text = Text("", "")) -> None:
        """Tell how many rows were left out and why."""
        if count:
            self.problems.append(warning(code, where, what, hint, count))


def dataset_of_columns(columns: list[str]) -> str:
    """Return the dataset that most columns name (``P04_001`` → P04), or an empty text."""
    names = Counter(m.group(1) for c in columns if (m := _COLUMN.match(c)))
    return names.most_common(1)[0][0] if names else ""


def dataset_of_name(name: str) -> str:
    """Return the dataset that a file name starts with, or an empty text."""
    found = _FILE.search(unicodedata.normalize("NFKC", name))
    return found.group(1).upper() if found else ""


def checked_dataset(where: str, name: str, columns: list[str], wanted: str | None) -> str | None:
    """
    Return the dataset of a layer; None for one that is not among those read.

    Raises
    ------
    DataError
        If it is not what the configuration says, or if nothing tells what it is.
    """
    found = dataset_of_columns(columns)
    if not found:
        raise DataError(_unknown(where, columns, wanted or dataset_of_name(name)))
    if wanted is not None and found != wanted:
        raise DataError(_other(where, found, wanted))
    return found if found in DATASETS else None


def matches(rows: KsjRows, where: Mapping[str, str]) -> BoolArray:
    """Return which rows hold the wanted values; widths of letters and spaces do not matter."""
    mask = np.ones(len(rows.shapes), dtype=np.bool_)
    for column, value in where.items():
        mask &= np.array([folded(v) == folded(value) for v in rows.column(column)], dtype=np.bool_)
    return mask


def folded(text: str) -> str:
    """Return a text for comparison: one width of letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def inside(rows: KsjRows, outline: BaseGeometry | None) -> BoolArray:
    """Return which rows lie in the outline or touch it; all where there is none."""
    if outline is None:
        return np.ones(len(rows.shapes), dtype=np.bool_)
    shapely.prepare(outline)
    found: BoolArray = shapely.intersects(outline, np.array(rows.shapes, dtype=object))
    return found


def number(text: str) -> float:
    """Return a number that may be written with wide digits or commas; NaN where it is none."""
    try:
        return float(unicodedata.normalize("NFKC", text).replace(",", ""))
    except ValueError:
        return float("nan")


def code(text: str) -> str:
    """Return a code as plain digits without a decimal point."""
    plain = folded(text)
    return plain.removesuffix(".0")


def elsewhere(dataset: str, where: str, count: int) -> Problem:
    """Return the error for a file of which nothing lies in the city."""
    return error(
        "ksj.elsewhere",
        where,
        Text(f"{dataset} の {count} 件はすべて市域の外です", f"all {count} rows of {dataset} lie outside the city"),
        Text("都道府県のファイルを間違えていないか確かめてください", "see that it is the file of the right prefecture"),
    )


def skipped(where: str, what: Text, count: int) -> Problem:
    """Return the note that a layer is of no use here."""
    return note("ksj.skipped", where, what, count=count)


def _unknown(where: str, columns: list[str], named: str) -> Problem:
    shown = listed([c for c in columns if c != ROW], 8)
    like = f"（{named}）" if named else ""
    return error(
        "ksj.unknown",
        where,
        Text(
            f"国土数値情報{like}の列がありません（ある: {shown}）",
            f"no column of 国土数値情報 {named} (there are: {shown})",
        ),
        Text(
            "国土数値情報でないファイルは boundaries: か facilities: に書いてください",
            "write files of other publishers under boundaries: or facilities:",
        ),
    )


def _other(where: str, found: str, wanted: str) -> Problem:
    return error(
        "ksj.other_dataset",
        where,
        Text(f"dataset: {wanted} とありますが、中身は {found} です", f"dataset: says {wanted}, but this is {found}"),
        Text("dataset: を消すか、正しいファイルを指定してください", "remove dataset: or name the right file"),
    )
