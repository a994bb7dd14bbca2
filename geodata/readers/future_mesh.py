"""Owns 将来推計人口メッシュ of 国土数値情報: as the people of one year, and as an outlook on the cells of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.reading import ReaderInfo, Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geodata.config.population import OutlookConfig
    from geodata.outlook import PopulationOutlook
    from geodata.population import PopulationCells

READER = ReaderInfo(
    "future_mesh",
    Text("将来推計人口メッシュ（国土数値情報）", "future population by mesh (国土数値情報)"),
    "国土数値情報 1km・500m・250mメッシュ別将来推計人口データ（R6国政局推計, 2024；H30国政局推計, 2018）",
    verified=False,
)


def read_outlook(
    config: OutlookConfig, find: Callable[[str], Path], population: PopulationCells
) -> Reading[PopulationOutlook]:
    """Return official estimates by year on the cells of the city."""
    raise NotImplementedError(config, find, population)
