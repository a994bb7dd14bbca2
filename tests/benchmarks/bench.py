"""Owns what all parts of one bench share: how often, how large, the input once made, where files go, who is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tests.benchmarks.inputs import N_CELLS, N_FACILITIES, OUT, BenchInput, load_city, make_input

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.report import Tell


@dataclass(eq=False)
class Bench:
    """Settings of one bench and the input, made when first asked for."""

    tell: Tell
    scratch: Path
    runs: int = 5
    n_cells: int = N_CELLS
    n_facilities: int = N_FACILITIES
    out: Path = OUT

    @cached_property
    def input(self) -> BenchInput:
        """City, cells, facilities, question."""
        return make_input(load_city(self.tell, self.out), self.n_cells, self.n_facilities)
