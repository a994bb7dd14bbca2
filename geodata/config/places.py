"""Owns how facilities and zones are configured."""

from __future__ import annotations

from pydantic import Field, model_validator

from geodata.config.base import Frozen, Paths
from geodata.provenance import Status


class FacilityConfig(Frozen):
    """
    Facilities from a CSV or GeoJSON file (`path`), or counted in a column of the population cells (`cells_column`).

    `kind`: of all rows; or `kind_column`, translated by `kinds` where given. `hazards`: column → hazard code of
    shelters, designated where the column holds 1. `position_error_m`: of all rows; `quality_column` with `errors_m`
    (value → metres) where rows differ.
    """

    path: str | None = None
    cells_column: str | None = None
    kind: str | None = None
    kind_column: str | None = None
    kinds: dict[str, str] = Field(default_factory=dict)
    id: str | None = None
    name: str | None = None
    lon: str = "lon"
    lat: str = "lat"
    where: dict[str, str] = Field(default_factory=dict)
    capacity: str | None = None
    specialty: str | None = None
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
        if (self.kind is None) == (self.kind_column is None):
            msg = "kind: と kind_column: のどちらか一方を書きます|give either kind: or kind_column:"
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
