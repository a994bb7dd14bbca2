"""Owns the originals of the bundled city: which files, and reading them without changing them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.errors import DataError, Problem, Text, error, raise_errors

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.units import FloatArray

CITY_CODE = "08202"

FILES = {
    "towns": "hitachi-towns/towns.csv",
    "boundary": "hitachi-boundary/municipalities.geojson",
    "did": "hitachi-did2020/did2020.geojson",
    "medical": "hitachi-medical/medical.csv",
    "facilities": "hitachi-facilities/facilities.csv",
    "emergency": "hitachi-shelters/emergency.geojson",
    "evacuation": "hitachi-shelters/evacuation.geojson",
    "jr_stations": "hitachi-transit-facts/jr_stations.csv",
    "jr_trains": "hitachi-transit-facts/jr_example_trains.csv",
    "brt_stops": "hitachi-transit-facts/brt_stops.csv",
}


@dataclass(frozen=True, slots=True)
class Town:
    """One 町丁目 point [degrees]."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """All originals as read: tables as text, polygons as shapes in degrees."""

    towns: tuple[Town, ...]
    outline: BaseGeometry
    dids: tuple[tuple[str, BaseGeometry, float], ...]
    medical: pd.DataFrame
    facilities: pd.DataFrame
    emergency: tuple[dict[str, Any], ...]
    evacuation: tuple[dict[str, Any], ...]
    jr_stations: pd.DataFrame
    jr_trains: pd.DataFrame
    brt_stops: pd.DataFrame

    @property
    def towns_lonlat(self) -> FloatArray:
        """町丁目 points [degrees], shape (T, 2)."""
        return np.array([(t.lon, t.lat) for t in self.towns])

    def town(self, name: str) -> Town:
        """Return the first 町丁目 of that name; raise `DataError` if there is none."""
        found = next((t for t in self.towns if t.name == name), None)
        if found is None:
            raise DataError(
                error(
                    "compile.town",
                    FILES["towns"],
                    Text(f"町丁目「{name}」がありません", f"there is no 町丁目 {name!r}"),
                    Text(
                        "町名の一覧が同じ版か確かめてください", "check that the list of 町丁目 is of the same edition"
                    ),
                ),
            )
        return found


def read_inputs(folder: Path) -> Inputs:
    """Read every original below `folder`; raise one `DataError` naming all that are missing."""
    problems: list[Problem] = [
        error(
            "compile.missing",
            str(path),
            Text("元データのファイルがありません", "an original file is missing"),
            Text("--inputs に元データのフォルダーを指定してください", "give the folder of originals as --inputs"),
        )
        for path in FILES.values()
        if not (folder / path).is_file()
    ]
    raise_errors(problems, DataError)
    tables = {k: _read_csv(folder / p) for k, p in FILES.items() if p.endswith(".csv")}
    shapes = {k: _read_features(folder / p) for k, p in FILES.items() if p.endswith(".geojson")}
    own = tables["towns"][tables["towns"]["municipality_code"] == CITY_CODE]
    return Inputs(
        towns=tuple(
            Town(str(n), float(x), float(y)) for n, x, y in zip(own["town"], own["lon"], own["lat"], strict=True)
        ),
        outline=next(f["shape"] for f in shapes["boundary"] if f["N03_007"] == CITY_CODE),
        dids=tuple(
            (f"did{f['CLASS']}", f["shape"], float(f["JINKO"]))
            for f in shapes["did"]
            if str(f["KEN"]) + str(f["CITY"]) == CITY_CODE
        ),
        medical=tables["medical"],
        facilities=tables["facilities"],
        emergency=tuple(shapes["emergency"]),
        evacuation=tuple(shapes["evacuation"]),
        jr_stations=tables["jr_stations"],
        jr_trains=tables["jr_trains"],
        brt_stops=tables["brt_stops"],
    )


def _read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _read_features(path: Path) -> list[dict[str, Any]]:
    from shapely.geometry import shape  # noqa: PLC0415 -- only when compiling

    features = json.loads(path.read_text("utf-8"))["features"]
    return [{**f["properties"], "shape": shape(f["geometry"])} for f in features]
