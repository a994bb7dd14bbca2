"""Owns reading the committed tables of the bundled city into a City."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata.city import City, CityDefaults
from geodata.crs import to_plane
from geodata.errors import Text
from geodata.facilities import Facilities
from geodata.hitachi.timetable import build_timetable
from geodata.mesh import bounds_many
from geodata.on_demand import OnDemandService
from geodata.population import AgeBand, PopulationCells
from geodata.provenance import Source, Status
from geodata.streets import DetourPlane
from geodata.targets import TargetRow, Targets
from geodata.units import FloatArray, StrArray

FOLDER = Path(__file__).resolve().parent


def load_bundle(folder: Path = FOLDER) -> City:
    """Return the city of a compiled folder."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    read = partial(_read_table, folder)
    epsg = int(manifest["epsg"])
    return City(
        city_id=manifest["city_id"],
        name=Text(**manifest["name"]),
        epsg=epsg,
        defaults=CityDefaults(**manifest["defaults"]),
        population=_population(read("cells"), read("bands"), read("districts"), manifest),
        timetable=build_timetable(read, epsg),
        facilities=_facilities(read("facilities"), epsg),
        streets=DetourPlane(),
        targets=Targets(tuple(_target(r) for r in read("targets").to_dict("records"))),
        on_demand=tuple(_service(r) for r in read("on_demand").to_dict("records")),
        sources=tuple(_source(s) for s in manifest["sources"]),
    )


def _read_table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")


def texts(column: pd.Series[Any]) -> StrArray:
    """Return a column as a text array."""
    return column.to_numpy(dtype=str)


def lonlat_of(frame: pd.DataFrame) -> FloatArray:
    """Return the columns lon, lat [degrees], shape (N, 2)."""
    return frame[["lon", "lat"]].to_numpy(dtype=np.float64)


def _population(
    cells: pd.DataFrame,
    bands: pd.DataFrame,
    districts: pd.DataFrame,
    manifest: dict[str, Any],
) -> PopulationCells:
    epsg, census = int(manifest["epsg"]), int(manifest["census_year"])
    cell_id = texts(cells["cell_id"])
    corners = bounds_many(cell_id)
    lonlat = (corners[:, :2] + corners[:, 2:]) / 2
    ring = corners[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    parts = [c for c in cells.columns if c.startswith(f"persons_{census}_")]
    age_bands = tuple(_band(r) for r in bands.to_dict("records"))
    district_id = texts(districts["district_id"])
    index = {d: i for i, d in enumerate(district_id.tolist())}
    return PopulationCells(
        cell_id=cell_id,
        lonlat=lonlat,
        xy=to_plane(epsg, lonlat),
        polygon_xy=np.asarray(shapely.polygons(to_plane(epsg, ring).reshape(-1, 4, 2)), dtype=object),
        polygon_lonlat=np.asarray(shapely.polygons(ring.reshape(-1, 4, 2)), dtype=object),
        bands=age_bands,
        persons=cells[[f"r5_{b.band_id}" for b in age_bands]].to_numpy(dtype=np.float64),
        district=cells["district_id"].map(index).to_numpy(dtype=np.int32),
        district_id=district_id,
        district_name=texts(districts["name_ja"]),
        district_name_en=texts(districts["name_en"]),
        year=int(manifest["year"]),
        base_date=manifest["base_date"],
        vintages={census: cells[parts].to_numpy(dtype=np.float64).sum(axis=1)},
    )


def _band(row: dict[Any, str]) -> AgeBand:
    label = Text(row["label_ja"], row["label_en"])
    return AgeBand(row["band_id"], label, int(row["from_age"]), int(row["to_age"]) if row["to_age"] else None)


def _facilities(frame: pd.DataFrame, epsg: int) -> Facilities:
    lonlat = lonlat_of(frame)
    return Facilities(
        facility_id=texts(frame["facility_id"]),
        name=texts(frame["name"]),
        kind=texts(frame["kind"]),
        lonlat=lonlat,
        xy=to_plane(epsg, lonlat),
        position_error_m=frame["position_error_m"].to_numpy(dtype=np.float64),
        capacity=np.full(len(frame), np.nan),
        open_to_public=frame["open_to_public"].to_numpy(dtype=str) == "1",
        specialty=texts(frame["specialty"]),
        hazards=texts(frame["hazards"]),
        source_id=texts(frame["source_id"]),
        status=texts(frame["status"]),
        hours_facility=np.zeros(0, np.int32),
        hours_days=np.zeros(0, np.int32),
        hours_start_s=np.zeros(0, np.int32),
        hours_end_s=np.zeros(0, np.int32),
    )


def _target(row: dict[Any, str]) -> TargetRow:
    return TargetRow(
        kpi_id=row["kpi_id"],
        kind=row["kind"],
        year=int(row["year"]),
        date=row["date"],
        value=float(row["value"]),
        unit=row["unit"],
        label=Text(row["label_ja"], row["label_en"]),
        source=row["source_id"],
        status=Status(row["status"]),
        judged=row["judged"] == "1",
    )


def _service(row: dict[Any, str]) -> OnDemandService:
    return OnDemandService(
        service_id=row["service_id"],
        name=Text(row["name_ja"], row["name_en"]),
        area=Text(row["area_ja"], row["area_en"]),
        days=tuple(int(d) for d in row["days"]),
        start_s=int(row["start"]) if row["start"] else None,
        end_s=int(row["end"]) if row["end"] else None,
        n_vehicles=int(row["n_vehicles"]) if row["n_vehicles"] else None,
        seats=int(row["seats"]) if row["seats"] else None,
        booking=row["booking"],
        fare=Text(row["fare_ja"], row["fare_en"]),
        source=row["source_id"],
        status=Status(row["status"]),
    )


def _source(entry: dict[str, str]) -> Source:
    return Source(
        source_id=entry["source_id"],
        layer=entry["layer"],
        title=Text(entry["title_ja"], entry["title_en"]),
        credit=entry["credit"],
        licence=entry["licence"],
        date=entry["date"],
        status=Status(entry["status"]),
        note=Text(entry["note_ja"], entry["note_en"]),
    )
