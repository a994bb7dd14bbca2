"""Owns the paths of a scenario's fields (``modifications.ID.fleet.vehicles``): which there are, what stands at one."""

from __future__ import annotations

import difflib
import itertools
import re
import typing
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from geodata.errors import Problem, Text, UsageError, error
from scenarios.schema import AnalysisChoices, Limits, Scenario
from scenarios.yaml_reading import dump_yaml
from sim.params import Params

if TYPE_CHECKING:
    from collections.abc import Sequence

DEEPEST = 4
"""How many keys deep the paths of a modification are listed for hints."""
_STEP = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*)((?:\[\d+\])*)$")


def known_paths(scenario: Scenario) -> tuple[str, ...]:
    """Return every path that may be varied, without the numbers of list items."""
    paths = ["year", *(f"parameters.{n}" for n in Params.model_fields)]
    paths += [f"analysis.{n}" for n in AnalysisChoices.model_fields]
    paths += [f"limits.{n}" for n in Limits.model_fields]
    for mod in scenario.modifications:
        paths += [f"modifications.{mod.id}.{p}" for p in _paths_of(type(mod), DEEPEST) if p not in {"id", "type"}]
    return tuple(paths)


def _paths_of(model: type[BaseModel], depth: int) -> list[str]:
    paths: list[str] = []
    for name, field in model.model_fields.items():
        paths.append(field.alias or name)
        for inner in _models_in(field.annotation) if depth > 1 else ():
            paths += [f"{field.alias or name}.{p}" for p in _paths_of(inner, depth - 1)]
    return list(dict.fromkeys(paths))


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the models inside an annotation such as ``A | tuple[B, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in typing.get_args(annotation) for m in _models_in(part)]


def nearest_paths(wanted: str, known: Sequence[str]) -> Text:
    """Return the paths that look most like `wanted`, those that end alike first."""
    last = wanted.rpartition(".")[2]
    same_end = [p for p in known if p.rpartition(".")[2] == last]
    close = [*same_end, *difflib.get_close_matches(wanted, known, n=5, cutoff=0.5)]
    names = list(dict.fromkeys(close))[:5] or list(known[:5])
    return Text(f"近いもの: {'、'.join(names)}", f"nearest: {', '.join(names)}")


def put_value(content: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path of the plain content; keys on the way are made where there are none."""
    steps = path.split(".")
    current: Any = content
    if steps[0] == "modifications":
        current = next(m for m in content["modifications"] if m["id"] == steps[1])
        steps = steps[2:]
    parts = [part for step in steps for part in _parts(step, path)]
    for part, following in itertools.pairwise(parts):
        current = _step_into(current, part, following, path)
    last = parts[-1]
    if isinstance(last, int) and not (isinstance(current, list) and last < len(current)):
        raise UsageError(_no_item(path))
    current[last] = value


def _parts(step: str, path: str) -> list[str | int]:
    match = _STEP.match(step)
    if match is None:
        raise UsageError(_no_item(path))
    return [match[1], *(int(n) for n in re.findall(r"\d+", match[2]))]


def _step_into(current: Any, part: str | int, following: str | int, path: str) -> Any:
    if isinstance(part, int):
        if not isinstance(current, list) or part >= len(current):
            raise UsageError(_no_item(path))
        return current[part]
    if not isinstance(current.get(part), dict | list):
        if isinstance(following, int):
            raise UsageError(_no_item(path))
        current[part] = {}
    return current[part]


def _no_item(path: str) -> Problem:
    message = Text("この番号の要素がシナリオにありません", "the scenario has no item of that number")
    hint = Text("番号は 0 から数え、[0] のように書きます", "numbers count from 0 and are written like [0]")
    return error("sweep.no_item", f"--set {path}", message, hint)


def own_value(scenario: Scenario, path: str) -> Any:
    """Return what a scenario itself has at a path; None where it is silent."""
    content = scenario.model_dump(mode="json", by_alias=True)
    defaults = Params().model_dump(mode="json")
    steps = path.split(".")
    current: Any = content
    if steps[0] == "parameters":
        return content["parameters"].get(steps[1], defaults.get(steps[1]))
    if steps[0] == "modifications":
        current = next(m for m in content["modifications"] if m["id"] == steps[1])
        steps = steps[2:]
    for part in (p for step in steps for p in _parts(step, path)):
        try:
            current = current[part]
        except (KeyError, IndexError, TypeError):
            return None
    return current


def plain_or_text(value: Any) -> Any:
    """Return a value as a table holds it: lists and mappings as they are written in a file."""
    return as_written(value) if isinstance(value, list | dict) else value


def as_written(value: Any) -> str:
    """Return a value as it is written in a file."""
    return dump_yaml([value]).removeprefix("- ").strip() if isinstance(value, list | dict) else _plain(value)


def _plain(value: Any) -> str:
    return dump_yaml(value).split("\n", 1)[0].strip("'") if value is None or isinstance(value, bool) else f"{value}"
