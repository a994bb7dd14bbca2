"""Owns how people are configured: which file, which columns, which age groups."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from geodata.config.base import Band, Frozen, Paths


class _Population(Frozen):
    path: str
    persons: str | None = None
    """Column of all ages; leave it out where `bands` name columns."""
    bands: tuple[Band, ...] = ()
    """Age groups by column, or by one share for all cells (assumed); none = one group of all ages."""
    district: str | None = None
    """Column of the district."""
    year: int
    base_date: dt.date
    where: dict[str, str] = Field(default_factory=dict)
    """Column → value: other rows are left out."""

    @model_validator(mode="after")
    def _has_persons(self) -> _Population:
        _apart(self.bands)
        columns = [b.column is not None for b in self.bands]
        if self.persons is None and not (columns and all(columns)):
            msg = "persons:（列名）か bands: の column: を書きます|give persons: or a column: for each of bands:"
            raise ValueError(msg)
        if self.persons is not None and any(columns):
            msg = "persons: と bands: の column: は一方だけ書きます|give persons: or column: in bands:, not both"
            raise ValueError(msg)
        return self


def _apart(bands: tuple[Band, ...]) -> None:
    """Refuse age groups that overlap: their people would count twice."""
    last = -1
    for band in sorted(bands, key=lambda b: b.from_age):
        if band.from_age <= last:
            msg = "bands: の年齢が重なっています（同じ人を二度数えます）|the ages of bands: overlap"
            raise ValueError(msg)
        last = 10_000 if band.to_age is None else band.to_age


def _alike(bands: tuple[Band, ...], *, columns: bool = True) -> None:
    """Refuse age groups of which only some name a column or a share: the others would be left out."""
    _apart(bands)
    if any(b.column is not None for b in bands) and not columns:
        msg = (
            "ここでは bands: に column: を書けません（from: と to: だけ）|no column: in bands: here, only from: and to:"
        )
        raise ValueError(msg)
    if len({(b.column is None, b.share is None) for b in bands}) > 1 or any(b.column and b.share for b in bands):
        msg = "bands: は全部に column: か share: を書くか、どちらもなしにします|column: or share: in all bands, or none"
        raise ValueError(msg)


class CellsCsv(_Population):
    """Centres of a regular grid (hexagons or rectangles) with people as CSV; outlines follow from the centres."""

    kind: Literal["cells_csv"]
    id: str = "id"
    lon: str = "lon"
    lat: str = "lat"


class MeshCsv(_Population):
    """People by mesh code of JIS X 0410 (地域メッシュ) in a table of your own; files of e-Stat are `EstatMesh`."""

    kind: Literal["mesh_csv"]
    code: str = "mesh_code"


class DidTowns(Frozen):
    """
    A Japanese municipality from DID polygons with census population, and 町丁目 points.

    `total_persons`: census total of the municipality; without it only the people in DIDs are counted. `later_total`,
    `later_date`: a newer total, to which cells are scaled; `year` is the year they stand for.
    """

    kind: Literal["did_towns"]
    did: str
    did_where: dict[str, str] = Field(default_factory=dict)
    did_persons: str = "JINKO"
    towns: str
    town_where: dict[str, str] = Field(default_factory=dict)
    town_name: str = "town"
    town_district: str | None = None
    """Column of the towns that names the district; none = no districts."""
    boundary: str | None = None
    boundary_where: dict[str, str] = Field(default_factory=dict)
    total_persons: float | None = Field(default=None, gt=0)
    later_total: float | None = Field(default=None, gt=0)
    bands: tuple[Band, ...] = ()
    year: int
    base_date: dt.date


class EstatMesh(Frozen):
    """
    地域メッシュ統計 of the census as e-Stat publishes it: ``tblT…txt`` or CSV, cp932, two header rows, 1 km to 125 m.

    `path`: files, zips or folders; several primary meshes or prefectures are one. `persons` and the columns of `bands`
    (by code ``T001141001`` or label) are guessed from the labels of the second header row where they are not given;
    `bands` with `from` and `to` only are summed from what is guessed. `year`, `base_date`: of the census, told by the
    statistic id where it is a known one. `clip`: keep only cells of the municipality (a boundary of kind
    ``municipality``), where there is one.
    """

    kind: Literal["estat_mesh"]
    path: Paths
    code: str = "KEY_CODE"
    persons: str | None = None
    bands: tuple[Band, ...] = ()
    year: int | None = None
    base_date: dt.date | None = None
    clip: bool = True

    @model_validator(mode="after")
    def _bands_alike(self) -> EstatMesh:
        _alike(self.bands)
        return self


class SmallArea(Frozen):
    """
    小地域（町丁・字等） of the census: polygons, with people in them or in `table` (``tblT…txt``), joined by `code`.

    Areas larger than a cell are cut along the mesh of `cell_m` metres (250, 500, 1000; 0 = whole areas); their people
    are spread by area. Each area is a district named by `name`, unless `district` says otherwise.
    """

    kind: Literal["small_area"]
    boundaries: Paths
    table: Paths | None = None
    code: str = "KEY_CODE"
    name: str | None = None
    district: str | None = None
    persons: str | None = None
    bands: tuple[Band, ...] = ()
    where: dict[str, str] = Field(default_factory=dict)
    cell_m: Literal[0, 250, 500, 1000] = 250
    year: int | None = None
    base_date: dt.date | None = None

    @model_validator(mode="after")
    def _bands_alike(self) -> SmallArea:
        _alike(self.bands)
        return self


class FutureMesh(Frozen):
    """
    将来推計人口メッシュ (1 km, 500 m or 250 m; Shapefile zip, GeoJSON or CSV): people of `year` as the population.

    `bands`: groups by `from` and `to` that the five-year groups are summed to; none = all of them.
    """

    kind: Literal["future_mesh"]
    path: Paths
    year: int
    bands: tuple[Band, ...] = ()
    base_date: dt.date | None = None
    clip: bool = True

    @model_validator(mode="after")
    def _bands_alike(self) -> FutureMesh:
        _alike(self.bands, columns=False)
        return self


class PeopleFeatures(Frozen):
    """
    People by points or polygons of a CSV, GeoJSON, GeoPackage or Shapefile.

    Points are counted in cells of the 250 m mesh (in Japan) or a square grid of that size; polygons are cells. `lon`,
    `lat`: columns of a CSV, guessed where they are called 経度, 緯度, lon, lat. Without `persons` and `bands` the
    columns of people are guessed from their names.
    """

    kind: Literal["features"]
    path: str
    layer: str | None = None
    lon: str | None = None
    lat: str | None = None
    id: str | None = None
    persons: str | None = None
    bands: tuple[Band, ...] = ()
    district: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    year: int
    base_date: dt.date

    @model_validator(mode="after")
    def _bands_alike(self) -> PeopleFeatures:
        _alike(self.bands)
        return self


PopulationConfig = Annotated[
    CellsCsv | MeshCsv | DidTowns | EstatMesh | SmallArea | FutureMesh | PeopleFeatures, Field(discriminator="kind")
]


class OutlookConfig(Frozen):
    """将来推計人口メッシュ as an outlook by year beside the present population."""

    path: Paths
    years: tuple[int, ...] = ()
    """Years to keep; none = all in the file that have ages."""
    source: str | None = None
