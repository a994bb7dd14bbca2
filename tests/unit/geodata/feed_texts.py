"""Small feeds, cities and street maps as text, shared by the tests of the readers."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np

from geodata.units import FloatArray

if TYPE_CHECKING:
    from pathlib import Path

# One degree of latitude is 111.2 km, so stops 0.009° apart are about 1 km from each other.
FEED = {
    "agency": """
        agency_id,agency_name,agency_url,agency_timezone
        op,テスト交通,http://example.org,Asia/Tokyo
    """,
    "stops": """
        stop_id,stop_name,stop_lat,stop_lon,zone_id
        A,甲,36.500,140.600,z1
        B,乙,36.509,140.600,z2
        C,丙,36.527,140.600,z3
    """,
    "routes": """
        route_id,agency_id,route_short_name,route_long_name,route_type,route_color
        R1,op,1,甲丙線,3,FF0000
        R2,op,,丙甲線,2,
    """,
    "trips": """
        route_id,service_id,trip_id,trip_headsign,direction_id,block_id,shape_id
        R1,wk,T1,丙,0,K1,
        R1,wk,T2,丙,0,K1,
        R2,we,T3,甲,1,,
    """,
    "stop_times": """
        trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type
        T1,08:00:00,08:00:00,A,1,0,1
        T1,08:10:00,08:11:00,B,2,,
        T1,08:30:00,08:30:00,C,3,1,0
        T2,09:00:00,09:00:00,A,1,0,1
        T2,09:10:00,09:11:00,B,2,,
        T2,09:30:00,09:30:00,C,3,1,0
        T3,23:50:00,23:50:00,C,1,,
        T3,25:05:00,25:05:00,A,2,,
    """,
    "calendar": """
        service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
        wk,1,1,1,1,1,0,0,20250401,20260331
        we,0,0,0,0,0,1,1,20250401,20260331
    """,
}
"""Two lines of three stops: R1 by bus on weekdays, R2 by train at weekends, running past midnight."""


def clean(text: str) -> str:
    """Return a text block without its indentation."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(lines) + "\n"


def feed_tables(**changed: str | None) -> dict[str, str]:
    """Return the tables of `FEED` with some replaced, added, or (None) left out."""
    tables = {**FEED, **changed}
    return {name: clean(text) for name, text in tables.items() if text is not None}


def edited(table: str, old: str, new: str) -> str:
    """Return a table of `FEED` with one text replaced; the text must be there."""
    assert old in FEED[table], old
    return FEED[table].replace(old, new)


def write_feed(path: Path, encoding: str = "utf-8", **changed: str | None) -> Path:
    """Write `FEED`, with changes, as a zip or, without that ending, as a folder."""
    tables = feed_tables(**changed)
    if path.suffix != ".zip":
        path.mkdir()
        for name, text in tables.items():
            (path / f"{name}.txt").write_bytes(text.encode(encoding))
        return path
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.txt", text.encode(encoding))
    return path


def flat(lonlat: FloatArray) -> FloatArray:
    """Project around 36.5 N, 140.6 E with 100 km to a degree both ways, so that distances are round."""
    return (np.asarray(lonlat, dtype=np.float64) - [140.6, 36.5]) * 100_000.0


CELLS = """
    id,lon,lat,population,clinics
    c1,140.600,36.500,100,1
    c2,140.605,36.500,50,0
    c3,140.600,36.505,30,2
    c4,140.605,36.505,20,0
"""

CONFIG = """
    id: tiny
    name: {ja: 小さな市, en: Tiny}
    date: 2025-10-15
    population:
      kind: cells_csv
      path: cells.csv
      persons: population
      year: 2025
      base_date: 2025-10-01
    gtfs: [feed.zip]
    facilities:
      - {cells_column: clinics, kind: clinic}
"""


def dedent(text: str) -> str:
    """Return YAML without the indentation of its first line."""
    lines = text.strip("\n").splitlines()
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] for line in lines) + "\n"


def write_city_inputs(folder: Path, config: str = CONFIG, cells: str = CELLS, **changed: str | None) -> Path:
    """Write the inputs of a tiny city and its configuration; return the configuration."""
    write_feed(folder / "feed.zip", **changed)
    (folder / "cells.csv").write_text(clean(cells), encoding="utf-8")
    path = folder / "tiny.yaml"
    text = dedent(config)
    # The feed runs from 8 to 10; measured at another time, every city of it would be told so.
    text += "" if "window:" in text else 'window: ["08:00", "10:00"]\n'
    path.write_text(text, encoding="utf-8")
    return path
