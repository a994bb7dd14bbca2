"""Owns the account of a run: which results stand behind it, what of them was stored, found or computed, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.apply import LAYERS
from sim.journal import reused_lines

if TYPE_CHECKING:
    from typing import Literal

    from geodata.city import City
    from sim.journal import StepNote

    StageName = Literal["reference", "demographic", "scenario"]
    Origin = Literal["stored", "computed", "same"]

SHOWN_KEY = 12


@dataclass(frozen=True, slots=True)
class Stage:
    """
    One of the three results behind a run.

    `origin`: ``stored`` = read whole from the store, where it stands under `key` (the digest of city, settings,
    reference and code); ``computed``: its `steps` say what of it was; ``same`` = equal to the one before. `seconds`:
    how long it took.
    """

    name: StageName
    origin: Origin
    key: str = ""
    seconds: float = 0.0
    steps: tuple[StepNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """
    What a run cost, and what it did not have to compute again.

    `layers`: layer of the city → whether the scenario (with the people of its year) changes it.
    """

    layers: tuple[tuple[str, bool], ...]
    stages: tuple[Stage, ...]

    def lines(self) -> tuple[str, ...]:
        """Return what was reused, one line each, for run.log."""
        found: list[str] = []
        for stage in self.stages:
            if stage.origin == "stored":
                found.append(f"{stage.name}: stored result {stage.key[:SHOWN_KEY]} (same city, settings and code)")
            elif stage.origin == "same":
                found.append(f"{stage.name}: nothing differs from the result before it")
            found += [f"{stage.name}: {line}" for line in reused_lines(stage.steps)]
        return tuple(found)


def changed_layers(city: City, applied: City) -> tuple[tuple[str, bool], ...]:
    """Return layer → whether its digest differs between two cities; layers that are one object are not hashed."""
    return tuple(
        (name, getattr(city, name) is not getattr(applied, name) and _differs(city, applied, name)) for name in LAYERS
    )


def _differs(city: City, applied: City, layer: str) -> bool:
    return city.layer_digest(layer) != applied.layer_digest(layer)
