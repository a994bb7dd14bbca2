"""Owns the form of the committed tables: text cells, fixed decimals, the same bytes on every machine."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.crs import to_lonlat, to_plane
from geodata.units import FloatArray

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file: name, column names, rows of text."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def to_csv(self) -> str:
        """Return the file's text, lines ended by a line feed."""
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, self.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return buffer.getvalue()


def table(name: str, rows: list[Row]) -> Table:
    """Build a table whose columns are those of its first row."""
    return Table(name, tuple(rows[0]), tuple(rows))


def degrees(value: float) -> str:
    """Return a longitude or latitude with five decimals (about 1 m)."""
    return f"{value:.5f}"


def to_json(value: Any) -> str:
    """Return JSON as committed: two spaces, Japanese as is, one line feed at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def plane(epsg: int, lon: float, lat: float) -> FloatArray:
    """Return one point in the plane [m], shape (2,)."""
    point: FloatArray = to_plane(epsg, [(lon, lat)])[0]
    return point


def place(epsg: int, xy: FloatArray) -> tuple[float, float]:
    """Return one plane point as (lon, lat) [degrees]."""
    lon, lat = to_lonlat(epsg, np.asarray(xy).reshape(1, 2))[0]
    return float(lon), float(lat)


def clock(seconds: int) -> str:
    """Return seconds after 00:00 as HH:MM."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def seconds_of(hh_mm: str) -> int:
    """Return HH:MM as seconds after 00:00."""
    hours, minutes = hh_mm.split(":")
    return int(hours) * 3600 + int(minutes) * 60
