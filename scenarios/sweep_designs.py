"""Owns the points of a sweep: grids, lists, random and Sobol designs combined, and the variant at each point."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from geodata.errors import CitySimError, Problem, ScenarioError, Text, error
from scenarios.field_paths import put_value
from scenarios.messages import problems_of
from scenarios.schema import Scenario
from scenarios.yaml_reading import Document

if TYPE_CHECKING:
    from geodata.units import FloatArray
    from scenarios.sweep_file import Block, Drawn, ReadSweep, Spread

MOST = 10_000
"""Variants of one sweep unless more are asked for."""
LONGEST_BASE = 70
"""Letters of the base's id that stand in that of a variant, whose number follows."""


@dataclass(frozen=True, slots=True)
class Point:
    """One variant before it is made: its number from 1, its id, the base, and the values in the order of the paths."""

    number: int
    scenario_id: str
    base: Scenario
    chosen: tuple[Any, ...]


def count_points(sweep: ReadSweep) -> int:
    """Return how many variants a sweep has, without making any."""
    return len(sweep.bases) * math.prod(_size(block) for block in sweep.file.vary)


def check_count(sweep: ReadSweep, most: int) -> None:
    """Refuse a sweep of more than `most` variants."""
    n = count_points(sweep)
    if n > most:
        message = Text(f"{n:,} 通りあります（上限 {most:,}）", f"{n:,} variants; at most {most:,}")
        hint = Text(f"値を減らすか、--most {n} を付けてください", f"vary less, or add --most {n}")
        raise ScenarioError(error("sweep.too_many", f"{sweep.name}:{sweep.line} vary", message, hint))


def make_points(sweep: ReadSweep) -> tuple[Point, ...]:
    """Return every point of every base, the last block running fastest."""
    blocks = [block_rows(block) for block in sweep.file.vary]
    rows = [tuple(itertools.chain(*parts)) for parts in itertools.product(*blocks)]
    return tuple(
        Point(number, f"{base.id[:LONGEST_BASE]}-v{number:05d}", base, values)
        for number, (base, values) in enumerate(itertools.product(sweep.bases, rows), start=1)
    )


def _size(block: Block) -> int:
    drawn = block.random or block.sobol
    if drawn is not None:
        return drawn.n
    return len(block.list_.rows) if block.list_ else math.prod(len(v) for v in (block.grid or {}).values())


def block_rows(block: Block) -> list[tuple[Any, ...]]:
    """Return the points of one block in the order of its paths."""
    if block.grid is not None:
        return list(itertools.product(*block.grid.values()))
    if block.list_ is not None:
        return list(block.list_.rows)
    if block.sobol is not None:
        return _spread_out(block.sobol, _sobol(block.sobol))
    if block.random is None:
        return []
    unit = np.random.default_rng(block.random.seed).random((block.random.n, len(block.random.fields)))
    return _spread_out(block.random, unit)


def _sobol(drawn: Drawn) -> FloatArray:
    from scipy.stats import qmc  # noqa: PLC0415 -- slow to load, only wanted here

    sequence = qmc.Sobol(len(drawn.fields), scramble=True, rng=drawn.seed)
    points: FloatArray = sequence.random_base2(math.ceil(math.log2(drawn.n)))[: drawn.n]
    return points


def _spread_out(drawn: Drawn, unit: FloatArray) -> list[tuple[Any, ...]]:
    spreads = list(drawn.fields.values())
    return [tuple(value_at(s, float(u)) for s, u in zip(spreads, row, strict=True)) for row in unit]


def value_at(spread: Spread, share: float) -> Any:
    """Return the value of a spread at a share from 0 up to, but not including, 1."""
    if spread.choice is not None:
        return spread.choice[min(int(share * len(spread.choice)), len(spread.choice) - 1)]
    if spread.whole is not None:
        low, high = spread.whole
        return min(low + int(share * (high - low + 1)), high)
    if spread.log_uniform is not None:
        low_log, high_log = (math.log(bound) for bound in spread.log_uniform)
        return math.exp(low_log + share * (high_log - low_log))
    first, last = spread.uniform or (0.0, 0.0)
    return first + share * (last - first)


def make_scenarios(
    sweep: ReadSweep, points: tuple[Point, ...]
) -> tuple[dict[int, Scenario], dict[int, tuple[Problem, ...]]]:
    """Return the scenario of each point by number, and for those whose values do not fit, why."""
    contents = {b.id: b.model_dump(mode="json", by_alias=True, exclude_defaults=True) for b in sweep.bases}
    made: dict[int, Scenario] = {}
    refused: dict[int, tuple[Problem, ...]] = {}
    for point in points:
        try:
            made[point.number] = _variant(sweep, point, contents[point.base.id])
        except CitySimError as cause:
            refused[point.number] = cause.problems
    return made, refused


def _variant(sweep: ReadSweep, point: Point, base: dict[str, Any]) -> Scenario:
    content: dict[str, Any] = _copy(base)
    for path, value in zip(sweep.file.paths, point.chosen, strict=True):
        put_value(content, path, _copy(value))
    title = point.base.title
    content["id"] = point.scenario_id
    content["title"] = {"ja": f"{title.ja}（{point.number}）", "en": f"{title.en} ({point.number})"}
    try:
        return Scenario.model_validate(content)
    except ValidationError as cause:
        # the lines of the base are not those of the sweep: what is wrong was put there by `vary`
        place = Document(sweep.name, content, {"": sweep.line})
        raise ScenarioError(problems_of(cause, place, Scenario)) from None


def _copy(value: Any) -> Any:
    """Return plain values that share no list or mapping with the ones given."""
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list | tuple) else value
