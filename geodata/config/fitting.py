"""Owns how cells are fitted to official figures: districts, control totals, daytime population."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from geodata.config.base import Frozen, Paths


class DistrictsConfig(Frozen):
    """
    Polygons (学区, 地区) that name the district of each cell, in place of what the population file says.

    `outside`: cells outside all polygons belong to none, or to the ``nearest`` district.
    """

    path: str
    layer: str | None = None
    name: str | None = None
    """Column of the district's name; guessed where there is one choice."""
    where: dict[str, str] = Field(default_factory=dict)
    outside: Literal["none", "nearest"] = "none"


class ControlsConfig(Frozen):
    """
    Official totals that cells are fitted to, by iterative proportional fitting (地区別・年齢別人口).

    A table with one row per district (`district`: its column) and people in `persons`, or in the columns of `bands`
    (band id → column), or with one row per district and age in `age` and `persons`. Without `district` the rows are
    city-wide. Japanese headings are guessed where no columns are given. `where`: column → value of rows to keep;
    `total_rows`: further names of rows that are sums of others.
    """

    path: str
    district: str | None = None
    age: str | None = None
    persons: str | None = None
    bands: dict[str, str] = Field(default_factory=dict)
    names: dict[str, str] = Field(default_factory=dict)
    """Name in the table → name of the district in the city, where they differ; several may name one."""
    where: dict[str, str] = Field(default_factory=dict)
    total_rows: tuple[str, ...] = ()
    date: dt.date | None = None
    """Left out, it is the date in the title of the table (令和6年4月1日現在)."""
    source: str | None = None


class DaytimeConfig(Frozen):
    """
    Daytime population (昼間人口) and commuters coming in, by mesh code, district or point; optional.

    Columns are guessed from their Japanese headings where they are not given. `names`: name in the table → name of
    the district in the city; `where`: column → value of rows to keep.
    """

    path: Paths
    code: str | None = None
    district: str | None = None
    lon: str | None = None
    lat: str | None = None
    persons: str | None = None
    inflow: str | None = None
    names: dict[str, str] = Field(default_factory=dict)
    where: dict[str, str] = Field(default_factory=dict)
    year: int
    source: str | None = None
