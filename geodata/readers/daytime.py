"""Owns daytime population from tables by mesh code, district or point, put on the cells of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.reading import ReaderInfo, Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geodata.config.fitting import DaytimeConfig
    from geodata.daytime import DaytimePopulation
    from geodata.population import PopulationCells

READER = ReaderInfo(
    "daytime",
    Text("昼間人口・流入人口の表", "daytime population and commuters coming in"),
    "地域メッシュ統計（e-Stat 統計GIS, 2 行見出し）、経済センサス 地域メッシュ、全国の人流オープンデータ（2019–2021）",
    verified=False,
)


def read_daytime(
    config: DaytimeConfig, find: Callable[[str], Path], population: PopulationCells
) -> Reading[DaytimePopulation]:
    """Return people by day on the cells of the city."""
    raise NotImplementedError
