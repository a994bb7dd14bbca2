"""Owns how facilities and zones are configured."""

from __future__ import annotations

from pydantic import Field, model_validator

from geodata.config.base import Frozen, Paths
from geodata.provenance import Status

HOURS_COLUMNS = (1, 7, 8)


class FacilityConfig(Frozen):
    """
    Facilities from a table or vector file (`path`), or counted in a column of the population cells (`cells_column`).

    Columns that are not named are guessed from their headings (名称, 住所, 緯度, 経度, 診療科目, 診療時間 …) and shown
    in the report. `kind`: of all rows; or `kind_column`, translated by `kinds` where given; else guessed from its type
    or name. `address`: column that places rows without coordinates by `towns:`. `hours`: one
    column of text, or 7 columns Monday to Sunday, or 8 with holidays; `hours_path`: a second table with the hours by id
    (…_speciality_hours of 医療情報ネット). `capacity`: column with the supply, or `capacity_from_hours: true` for the
    weekly hours open. `hazards`: column → hazard code of shelters, designated where the column holds 1.
    `position_error_m`: of rows with coordinates; `quality_column` with `errors_m` (value → metres) where rows differ.
    `municipality`: keep only rows whose address lies in it (of a table of a whole prefecture). `layer`: of a GeoPackage
    or a zip with several.
    """

    path: str | None = None
    layer: str | None = None
    cells_column: str | None = None
    kind: str | None = None
    kind_column: str | None = None
    kinds: dict[str, str] = Field(default_factory=dict)
    id: str | None = None
    name: str | None = None
    lon: str | None = None
    lat: str | None = None
    address: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    municipality: str | None = None
    capacity: str | None = None
    capacity_from_hours: bool = False
    specialty: str | None = None
    hours: Paths | None = None
    hours_path: str | None = None
    hazards: dict[str, str] = Field(default_factory=dict)
    position_error_m: float = Field(default=0.0, ge=0)
    quality_column: str | None = None
    errors_m: dict[str, float] = Field(default_factory=dict)
    source: str = ""
    status: Status = Status.OBSERVED

    @model_validator(mode="after")
    def _is_one_of_two(self) -> FacilityConfig:
        if (self.path is None) == (self.cells_column is None):
            msg = "path: と cells_column: のどちらか一方を書きます|give either path: or cells_column:"
            raise ValueError(msg)
        if self.kind is not None and self.kind_column is not None:
            msg = "kind: と kind_column: のどちらか一方を書きます|give either kind: or kind_column:"
            raise ValueError(msg)
        if self.cells_column is not None and self.kind is None:
            msg = "cells_column: には kind: が要ります|cells_column: needs kind:"
            raise ValueError(msg)
        if self.kinds and self.kind_column is None:
            msg = "kinds: には kind_column: が要ります|kinds: needs kind_column:"
            raise ValueError(msg)
        if self.hours is not None and len(self.hours) not in HOURS_COLUMNS:
            msg = "hours: には列を 1 つか、月～日の 7 つか、祝日を加えた 8 つを書きます|hours: takes 1, 7 or 8 columns"
            raise ValueError(msg)
        if self.capacity is not None and self.capacity_from_hours:
            msg = "capacity: と capacity_from_hours: は片方だけ書きます|give capacity: or capacity_from_hours:"
            raise ValueError(msg)
        return self


class BoundaryConfig(Frozen):
    """Polygons of a vector file as zones; those of kind ``municipality`` say which stops are in the city."""

    path: str
    layer: str | None = None
    kind: str = "municipality"
    id: str | None = None
    name: str | None = None
    where: dict[str, str] = Field(default_factory=dict)


class TownsConfig(Frozen):
    """
    町丁目 points that addresses are matched to: 位置参照情報 CSV of MLIT, Geolonia 住所データ, or any like it.

    Columns are guessed from their headings where they are not given.
    """

    path: Paths
    town: str | None = None
    city: str | None = None
    lon: str | None = None
    lat: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    source: str | None = None
