"""Owns the configuration of a city build: what a person writes, checked, with errors at their line."""

from __future__ import annotations

import datetime as dt
import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from geodata.calendar import parse_gtfs_time
from geodata.errors import DataError, Problem, Text, error
from geodata.provenance import Status
from geodata.readers.yaml_source import dotted, line_of, read_yaml

if TYPE_CHECKING:
    from geodata.readers.yaml_source import Loc

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
        msg = "a time is written like '10:00'"
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
            msg = "give persons: (a column), or a column: for each of bands:"
            raise ValueError(msg)
        if self.persons is not None and any(columns):
            msg = "give either persons: or a column: for each of bands:, not both"
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
    """A network from `osm_pbf` (with slopes if `elevation` is given), else straight line × `detour` (assumed)."""

    osm_pbf: str | None = None
    elevation: str | None = None
    max_snap_m: float = Field(default=1_000.0, gt=0)
    detour: float = Field(default=1.3, ge=1)
    car_detour: float = Field(default=1.4, ge=1)

    @model_validator(mode="after")
    def _needs_network(self) -> StreetsConfig:
        if self.elevation is not None and self.osm_pbf is None:
            msg = "elevation: needs osm_pbf:"
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
            msg = "give either path: or cells_column:"
            raise ValueError(msg)
        if (self.kind is None) == (self.kind_column is None):
            msg = "give either kind: or kind_column:"
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
            msg = "the window must end after it starts"
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
        found = [_problem(e, tree, lines, config.name) for e in exc.errors(include_url=False)]
        raise DataError(found) from None


def inputs_root(config: CityConfig, path: Path, override: Path | None = None) -> Path:
    """Return the folder that relative input paths start from."""
    given = override or (Path(os.environ[INPUTS_VARIABLE]) if os.environ.get(INPUTS_VARIABLE) else None)
    return given if given is not None else path.parent / config.inputs


def _problem(found: Any, tree: Any, lines: dict[Loc, int], name: str) -> Problem:
    loc = _in_tree(found["loc"], tree, missing=found["type"] == "missing")
    where = f"{name}:{line_of(loc, lines)} {dotted(loc)}".rstrip()
    key = str(loc[-1]) if loc else ""
    if found["type"] == "extra_forbidden":
        known = _known_keys(found["loc"][:-1])
        like = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        hint = (
            Text(f"{like[0]} の書き間違いではありませんか", f"did you mean {like[0]}?")
            if like
            else Text(f"使えるキー: {', '.join(known)}", f"valid keys: {', '.join(known)}")
        )
        return error("config.unknown_key", where, Text(f"キー {key!r} はありません", f"there is no key {key!r}"), hint)
    if found["type"] == "missing":
        return error(
            "config.missing_key",
            where,
            Text(f"キー {key!r} がありません", f"the key {key!r} is missing"),
            Text(f"{key}: を書き加えてください", f"add {key}:"),
        )
    value = found.get("input")
    shown = f" {value!r}" if isinstance(value, (str, int, float, bool)) else ""
    return error(
        "config.value",
        where,
        Text(f"値{shown}が正しくありません", f"the value{shown} is not valid"),
        Text(f"条件: {found['msg']}", str(found["msg"])),
    )


def _in_tree(loc: Loc, tree: Any, *, missing: bool) -> Loc:
    """Return a pydantic path without the names of union members, which stand in no file."""
    kept: list[str | int] = []
    node = tree
    for number, part in enumerate(loc):
        inside = (isinstance(node, dict) and part in node) or (
            isinstance(node, list) and isinstance(part, int) and part < len(node)
        )
        if inside:
            node = node[part]
            kept.append(part)
        elif missing and number == len(loc) - 1:
            kept.append(part)
    return tuple(kept)


def _known_keys(loc: Loc) -> list[str]:
    """Return the valid keys of the part of the configuration at a pydantic path."""
    models: list[type[_Frozen]] = [CityConfig]
    for part in loc:
        fields = [f for m in models for n, f in m.model_fields.items() if part in (n, f.alias)]
        nested = [m for f in fields for m in _models_in(f.annotation)]
        if nested:
            models = nested
        elif isinstance(part, str):
            models = (
                [m for m in models if part in get_args(m.model_fields["kind"].annotation)]
                if _tagged(models)
                else models
            )
    return [f.alias or n for m in models for n, f in m.model_fields.items()]


def _tagged(models: list[type[_Frozen]]) -> bool:
    return len(models) > 1 and all("kind" in m.model_fields for m in models)


def _models_in(annotation: Any) -> list[type[_Frozen]]:
    if isinstance(annotation, type) and issubclass(annotation, _Frozen):
        return [annotation]
    return [m for part in get_args(annotation) for m in _models_in(part)]
