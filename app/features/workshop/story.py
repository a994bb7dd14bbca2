"""Owns the story of a workshop: what the wall shows, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.features.workshop.board import Workshop

Kind = Literal["join", "figures", "map", "voices"]


@dataclass(frozen=True, slots=True)
class Step:
    """One picture on the wall; `run_id` is empty where no scenario is shown."""

    kind: Kind
    run_id: str = ""


def build_story(workshop: Workshop, known: Collection[str]) -> tuple[Step, ...]:
    """Return how to join, then figures and map of each scenario that is still there, then what was said."""
    runs = [run for run in workshop.runs if run in known]
    middle = [Step(kind, run) for run in runs for kind in ("figures", "map")]
    return (Step("join"), *middle, Step("voices"))


def step_now(workshop: Workshop, known: Collection[str]) -> tuple[int, Step]:
    """Return which step is on the wall, and its number; the last one where there are fewer than there were."""
    story = build_story(workshop, known)
    number = min(workshop.step, len(story) - 1)
    return number, story[number]
