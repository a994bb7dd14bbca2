"""Owns the configuration of a city build: what a person writes, checked, with errors at their line."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from geodata.calendar import parse_gtfs_time
from geodata.config_messages import config_problems
from geodata.errors import DataError, Text, error
from geodata.provenance import Status
from geodata.readers.yaml_source import read_yaml

INPUTS_VARIABLE = "EKISEI_INPUTS"
"""Environment variable that overrides ``inputs:``."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, populate_by_name=True)


class Words(_Frozen):
    """A text in both languages; a plain text stands for both."""

    ja: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"ja": value, "en": value} if isinstance(value, str) else value

    @property
    def text(self) -> Text:
        """The same as a message."""
        return Text(self.ja, self.en)


def _seconds(value: Any) -> Any:
    seconds = parse_gtfs_time(value) if isinstance(value, str) else None
    if seconds is None:
        msg = "時刻は 10:00 の形で書きます|a time is written like 10:00"
        raise ValueError(msg)
    return seconds


ClockTime = Annotated[int, BeforeValidator(_seconds)]


class Band(_Frozen):
    """An age group: `from` and `to` inclusive (no `to` = and older), and its `column` or its `share` of all."""

    id: str
    label: Words
    from_age: int = Field(alias="from", ge=0)
    to_age: int | None = Field(default=None, alias="to", ge=0)
    column: str | None = None
    share: float | None = Field(default=None, ge=0, le=1)


class _Population(_Frozen):
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
        columns = [b.column is not None for b in self.bands]
        if self.persons is None and not (columns and all(columns)):
            msg = "persons:（列名）か bands: の column: を書きます|give persons: or a column: for each of bands:"
            raise ValueError(msg)
        if self.persons is not None and any(columns):
            msg = "persons: と bands: の column: は一方だけ書きます|give persons: or column: in bands:, not both"
            raise ValueError(msg)
        return self


class CellsCsv(_Population):
    """Centres of a regular grid (hexagons or rectangles) with people as CSV; outlines follow from the centres."""

    kind: Literal["cells_csv"]
    id: str = "id"
    lon: str = "lon"
    lat: str = "lat"


class MeshCsv(_Population):
    """People by mesh code of JIS X 0410 (地域メッシュ), as e-Stat gives them."""

    kind: Literal["mesh_csv"]
    code: str = "mesh_code"


class DidTowns(_Frozen):
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


PopulationConfig = Annotated[CellsCsv | MeshCsv | DidTowns, Field(discriminator="kind")]


class FeedConfig(_Frozen):
    """One GTFS feed, zip or folder; a plain text is its path. `source`: id of an entry of ``sources``."""

    path: str
    source: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value


class StreetsConfig(_Frozen):
    """
    A network from `osm_pbf`, or from `graphml` as osmnx saves it, else straight line × `detour` (assumed).

    `elevation`: raster of heights, for slopes on a network.
    """

    osm_pbf: str | None = None
    graphml: str | None = None
    elevation: str | None = None
    max_snap_m: float = Field(default=1_000.0, gt=0)
    detour: float = Field(default=1.3, ge=1)
    car_detour: float = Field(default=1.4, ge=1)

    @model_validator(mode="after")
    def _needs_network(self) -> StreetsConfig:
        if self.osm_pbf is not None and self.graphml is not None:
            msg = "osm_pbf: と graphml: はどちらか一つだけです|give either osm_pbf: or graphml:, not both"
            raise ValueError(msg)
        if self.elevation is not None and self.osm_pbf is None and self.graphml is None:
            msg = "elevation: には osm_pbf: か graphml: が必要です|elevation: needs osm_pbf: or graphml:"
            raise ValueError(msg)
        return self


class FacilityConfig(_Frozen):
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


class BoundaryConfig(_Frozen):
    """Polygons of a GeoJSON file as zones; those of kind ``municipality`` say which stops are in the city."""

    path: str
    kind: str = "municipality"
    id: str | None = None
    name: str | None = None
    where: dict[str, str] = Field(default_factory=dict)


class TargetConfig(_Frozen):
    """One official figure; see `geodata.targets.TargetRow`."""

    kpi_id: str
    kind: Literal["baseline", "target", "actual", "path"]
    year: int
    date: dt.date
    value: float
    unit: str
    label: Words
    source: str
    status: Status = Status.OBSERVED
    judged: bool = True


class SourceConfig(_Frozen):
    """Where an input comes from, as printed on every page; see `geodata.provenance.Source`."""

    id: str
    layer: Literal["population", "timetable", "facilities", "streets", "targets", "zones"]
    title: Words
    credit: str
    licence: str
    date: str
    status: Status = Status.OBSERVED
    note: Words = Words(ja="", en="")


class CityConfig(_Frozen):
    """
    A whole city: its inputs and what a run uses where a scenario is silent.

    Paths are relative to `inputs`, and that to the folder of this file; the environment variable EKISEI_INPUTS or an
    argument of the build overrides `inputs`. `date`, `saturday`, `holiday`: days used for 平日, 土曜, 日祝; one that
    is not given is chosen among the days of the feeds. `window`: default arrival window.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: Words
    inputs: str = "."
    date: dt.date | None = None
    saturday: dt.date | None = None
    holiday: dt.date | None = None
    window: tuple[ClockTime, ClockTime] = (36_000, 43_200)
    public_min_persons: int = Field(default=10, ge=0)
    epsg: int | None = None
    population: PopulationConfig
    gtfs: tuple[FeedConfig, ...] = Field(min_length=1)
    brt_routes: tuple[str, ...] = ()
    streets: StreetsConfig = StreetsConfig()
    facilities: tuple[FacilityConfig, ...] = ()
    boundaries: tuple[BoundaryConfig, ...] = ()
    targets: tuple[TargetConfig, ...] = ()
    sources: tuple[SourceConfig, ...] = ()

    @model_validator(mode="after")
    def _window_forward(self) -> CityConfig:
        if self.window[0] >= self.window[1]:
            msg = "window の終わりは始まりより後にします|the window must end after it starts"
            raise ValueError(msg)
        return self


def read_city_config(path: Path | str) -> CityConfig:
    """
    Read and check a configuration.

    Raises
    ------
    DataError
        With every wrong key and value at its line, and the nearest valid key.
    """
    config = Path(path)
    tree, lines = read_yaml(config)
    if not isinstance(tree, dict):
        raise DataError(
            error(
                "config.empty",
                f"{config.name}:1",
                Text("設定が書かれていません", "there is no configuration in the file"),
                Text("geodata/examples の例を見てください", "see the examples in geodata/examples"),
            ),
        )
    try:
        return CityConfig.model_validate(tree)
    except ValidationError as exc:
        raise DataError(config_problems(exc, CityConfig, tree, lines, config.name)) from None


def inputs_root(config: CityConfig, path: Path, override: Path | None = None) -> Path:
    """Return the folder that relative input paths start from."""
    given = override or (Path(os.environ[INPUTS_VARIABLE]) if os.environ.get(INPUTS_VARIABLE) else None)
    return given if given is not None else path.parent / config.inputs
