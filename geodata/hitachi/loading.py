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
from geodata.on_demand import FleetWait, OnDemandFleet, OnDemandPlan, OnDemandService
from geodata.population import AgeBand, PopulationCells
from geodata.provenance import Source, Status
from geodata.streets import DetourPlane
from geodata.targets import TargetRow, Targets
from geodata.units import SECONDS_PER_MIN, FloatArray, StrArray

FOLDER = Path(__file__).resolve().parent
_AREA_GRID_M = 0.01
"""To which areas are joined from cells, so that neighbors leave no gap."""


def load_bundle(folder: Path = FOLDER) -> City:
    """Return the city of a compiled folder."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    read = partial(_read_table, folder)
    epsg = int(manifest["epsg"])
    population = _population(read("cells"), read("bands"), read("districts"), manifest)
    return City(
        city_id=manifest["city_id"],
        name=Text(**manifest["name"]),
        epsg=epsg,
        defaults=CityDefaults(**manifest["defaults"]),
        population=population,
        timetable=build_timetable(read, epsg),
        facilities=_facilities(read("facilities"), epsg),
        streets=DetourPlane(),
        targets=Targets(tuple(_target(r) for r in read("targets").to_dict("records"))),
        on_demand=_services(read("on_demand"), read("on_demand_plans"), population),
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


def _services(
    published: pd.DataFrame, planned: pd.DataFrame, population: PopulationCells
) -> tuple[OnDemandService, ...]:
    """Return the services; those with a row of what is assumed to run them have a plan."""
    plans = {row["service_id"]: row for row in planned.to_dict("records")}
    return tuple(_service(row, plans.get(row["service_id"]), population) for row in published.to_dict("records"))


def _service(row: dict[Any, str], planned: dict[Any, str] | None, population: PopulationCells) -> OnDemandService:
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
        status=Status(row["status"]) if planned is None else Status.ASSUMED,
        plan=None if planned is None else _plan(planned, population),
        plan_status="planned" if planned is None else planned["plan_status"],
        note=Text("", "") if planned is None else Text(planned["note_ja"], planned["note_en"]),
    )


def _plan(row: dict[Any, str], population: PopulationCells) -> OnDemandPlan:
    """Return what a model needs to run a service: its area is that of all cells of its district."""
    inside = population.district_id[population.district] == row["district_id"]
    area = shapely.union_all(population.polygon_xy[inside & (population.district >= 0)], grid_size=_AREA_GRID_M)
    return OnDemandPlan(
        area_xy=shapely.normalize(area),
        policy=row["policy"],  # type: ignore[arg-type]
        days=sum(1 << int(day) for day in row["days"]),
        start_s=int(row["start"]),
        end_s=int(row["end"]),
        fleet=OnDemandFleet(
            int(row["n_vehicles"]), int(row["seats"]), float(row["speed_kmh"]), boarding_s=int(row["boarding_s"])
        ),
        wait=FleetWait(round(float(row["max_wait_min"]) * SECONDS_PER_MIN), float(row["max_detour_factor"])),
        min_lead_s=round(float(row["min_lead_min"]) * SECONDS_PER_MIN),
        channel=row["channel"],  # type: ignore[arg-type]
        pass_yen_month=float(row["pass_yen_month"]) if row["pass_yen_month"] else None,
        from_age=int(row["from_age"]),
        requests_per_day=float(row["requests_per_day"]) if row["requests_per_day"] else None,
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
