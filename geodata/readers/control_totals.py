"""Owns control totals: official tables by district and age that the cells are fitted to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.reading import ReaderInfo, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.config.fitting import ControlsConfig
    from geodata.population import PopulationCells

READER = ReaderInfo(
    "control_totals",
    Text("地区別・年齢別人口の表", "population by district and age"),
    "自治体標準オープンデータセット「地域・年齢別人口」（デジタル庁, 2022–2023）、および市町村の統計表の通例の形",
    verified=False,
)


def apply_controls(
    configs: Sequence[ControlsConfig],
    find: Callable[[str], Path],  # noqa: ARG001 -- the contract of the build
    population: PopulationCells,
) -> Reading[PopulationCells]:
    """Return the cells fitted to official totals."""
    if not configs:
        return Reading(population)
    raise NotImplementedError
