"""Owns the configuration of a city build: what a person writes, checked, with errors at their line."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from geodata.config.base import ClockTime, Frozen, Words
from geodata.config.fitting import ControlsConfig, DaytimeConfig, DistrictsConfig
from geodata.config.ksj import KsjConfig
from geodata.config.opinions import OpinionsConfig
from geodata.config.places import BoundaryConfig, FacilityConfig, TownsConfig
from geodata.config.population import OutlookConfig, PopulationConfig
from geodata.config.streets import StreetsConfig
from geodata.config.timetable import FeedConfig
from geodata.config_messages import config_problems
from geodata.errors import DataError, Text, error
from geodata.provenance import Status
from geodata.readers.yaml_source import read_yaml

INPUTS_VARIABLE = "EKISEI_INPUTS"
"""Environment variable that overrides ``inputs:``."""


class TargetConfig(Frozen):
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


class SourceConfig(Frozen):
    """Where an input comes from, as printed on every page; see `geodata.provenance.Source`."""

    id: str
    layer: Literal[
        "population",
        "timetable",
        "timetable.sketch",
        "facilities",
        "streets",
        "targets",
        "zones",
        "daytime",
        "outlook",
        "opinions",
    ]
    title: Words
    credit: str
    licence: str
    date: str
    status: Status = Status.OBSERVED
    note: Words = Words(ja="", en="")


class CityConfig(Frozen):
    """
    A whole city: its inputs and what a run uses where a scenario is silent.

    Paths are relative to `inputs`, and that to the folder of this file; the environment variable EKISEI_INPUTS or an
    argument of the build overrides `inputs`. `date`, `saturday`, `holiday`: days used for 平日, 土曜, 日祝; one that
    is not given is chosen among the days of the feeds. `window`: default arrival window.

    Every layer is optional. `base`: ``hitachi`` (the bundled city) or the path of a city folder (from the folder of
    this file, else from `inputs`), whose layers stand wherever this configuration brings none; `replaces`: route
    classes of the base that the feeds take the place of (default: those the feeds hold, and BRT with buses). `ksj`:
    files of 国土数値情報.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)
    name: Words
    inputs: str = "."
    date: dt.date | None = None
    saturday: dt.date | None = None
    holiday: dt.date | None = None
    window: tuple[ClockTime, ClockTime] = (36_000, 43_200)
    public_min_persons: int = Field(default=10, ge=0)
    epsg: int | None = None
    base: str | None = None
    population: PopulationConfig | None = None
    districts: DistrictsConfig | None = None
    controls: tuple[ControlsConfig, ...] = ()
    daytime: DaytimeConfig | None = None
    outlook: OutlookConfig | None = None
    gtfs: tuple[FeedConfig, ...] = ()
    replaces: tuple[Literal["bus", "brt", "rail", "other"], ...] | None = None
    brt_routes: tuple[str, ...] = ()
    streets: StreetsConfig | None = None
    ksj: tuple[KsjConfig, ...] = ()
    towns: TownsConfig | None = None
    facilities: tuple[FacilityConfig, ...] = ()
    boundaries: tuple[BoundaryConfig, ...] = ()
    opinions: tuple[OpinionsConfig, ...] = ()
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
