"""Owns the sweep file as a type: bases, what is varied and how, which KPIs are weighed against each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from geodata.errors import CitySimError, Problem, ScenarioError, Text, error, raise_errors, warning
from scenarios.field_paths import known_paths, nearest_paths, put_value
from scenarios.files import SUFFIXES, read_scenario
from scenarios.messages import problems_of
from scenarios.modifications.base import Bilingual, Model, SafeId, Whole, refuse
from scenarios.schema import Scenario
from scenarios.yaml_reading import Document, read_document
from sim.kpi import KPIS

FORMAT = "ekisei-sweep/1"
Bounds = tuple[float, float]
Seed = Annotated[Whole, Field(ge=0, le=2**32 - 1)]
Count = Annotated[Whole, Field(ge=1, le=1_000_000)]


class Spread(Model):
    """What one field may become: a range, or one of some values."""

    uniform: Bounds | None = Field(default=None, description="[下限, 上限] の一様")
    log_uniform: Bounds | None = Field(default=None, description="対数で一様")
    whole: tuple[Whole, Whole] | None = Field(default=None, alias="int", description="両端を含む整数")
    choice: tuple[Any, ...] | None = Field(default=None, min_length=1, description="どれか一つ")

    @model_validator(mode="after")
    def _one_range(self) -> Any:
        given = [b for b in (self.uniform, self.log_uniform, self.whole, self.choice) if b is not None]
        if len(given) != 1:
            raise refuse(
                "sweep_spread",
                "uniform・log_uniform・int・choice のどれか一つが必要です",
                "one of uniform, log_uniform, int and choice is needed",
                "例: [1, 5] や {int: [1, 5]}",
                "e.g. [1, 5] or {int: [1, 5]}",
            )
        bounds = self.uniform or self.log_uniform or self.whole
        if bounds is not None and not (all(map(math.isfinite, bounds)) and bounds[0] < bounds[1]):
            raise refuse("sweep_bounds", "[下限, 上限] の順で書いてください", "write [low, high] with low < high")
        if self.log_uniform is not None and self.log_uniform[0] <= 0:
            raise refuse("sweep_log", "log_uniform の下限は 0 より大きい値です", "log_uniform needs a low above 0")
        return self


def _as_spread(value: Any) -> Any:
    return {"uniform": value} if isinstance(value, list) else value


Spreads = Annotated[dict[str, Annotated[Spread, BeforeValidator(_as_spread)]], Field(min_length=1)]


class Drawn(Model):
    """Points drawn from a box: at random, or by a scrambled Sobol sequence."""

    n: Count = Field(description="点の数")
    seed: Seed = Field(default=0, description="乱数の種")
    fields: Spreads = Field(description="キー → [下限, 上限] など")


class Rows(Model):
    """Values that move together, one row after another."""

    paths: tuple[str, ...] = Field(min_length=1, description="キーの並び")
    rows: tuple[tuple[Any, ...], ...] = Field(min_length=1, description="値の行")

    @model_validator(mode="after")
    def _as_long_as_paths(self) -> Any:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.paths):
                raise refuse(
                    "sweep_row",
                    f"{number + 1} 行目の値は {len(row)} 個で、キーは {len(self.paths)} 個です",
                    f"row {number + 1} has {len(row)} values for {len(self.paths)} paths",
                    "キーと同じ数の値を書いてください",
                    "write as many values as paths",
                    f"rows[{number}]",
                )
        return self


class Block(Model):
    """One way of varying; several blocks are combined, each point of one with each point of the others."""

    grid: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] | None = Field(default=None, min_length=1)
    list_: Rows | None = Field(default=None, alias="list")
    random: Drawn | None = None
    sobol: Drawn | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Any:
        if sum(part is not None for part in (self.grid, self.list_, self.random, self.sobol)) != 1:
            raise refuse(
                "sweep_block",
                "一つの項目に grid・list・random・sobol のどれか一つを書きます",
                "each item holds one of grid, list, random and sobol",
                "別の項目（「- 」）に分けてください",
                "write an item of its own for each",
            )
        return self

    @property
    def paths(self) -> tuple[str, ...]:
        """Fields that are varied, in the order of the file."""
        drawn = self.random or self.sobol
        if drawn is not None:
            return tuple(drawn.fields)
        return tuple(self.grid) if self.grid is not None else self.list_.paths if self.list_ else ()


class Goal(Model):
    """One KPI of the Pareto view and the direction that is better (none = as its registry says)."""

    kpi: str
    better: Literal["up", "down"] | None = None

    @property
    def direction(self) -> str:
        """Which way is better."""
        return self.better or KPIS[self.kpi].good


def _as_goal(value: Any) -> Any:
    return {"kpi": value} if isinstance(value, str) else value


def _as_tuple(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class SweepFile(Model):
    """One sweep: one file, many variants."""

    format: Literal["ekisei-sweep/1"]
    id: SafeId = Field(description="掃引の id")
    title: Bilingual | None = Field(default=None, description="題名")
    base: Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)] = Field(description="元")
    vary: tuple[Block, ...] = Field(min_length=1, description="何をどう変えるか")
    kpis: tuple[str, ...] | None = Field(default=None, min_length=1, description="計算する指標（省くとすべて）")
    pareto: tuple[Annotated[Goal, BeforeValidator(_as_goal)], ...] = Field(default=(), description="比べる指標")

    @field_validator("kpis")
    @classmethod
    def _known_kpis(cls, kpis: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for number, kpi in enumerate(kpis or ()):
            _require_kpi(kpi, f"[{number}]")
        return kpis

    @field_validator("pareto")
    @classmethod
    def _known_goals(cls, goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
        for number, goal in enumerate(goals):
            at = f"[{number}]"
            _require_kpi(goal.kpi, at)
            if goal.direction not in {"up", "down"}:
                ja, en = f"{goal.kpi} の良い向きは決まっていません", f"{goal.kpi} has no better direction"
                hint = f"{{kpi: {goal.kpi}, better: up}}"
                raise refuse("sweep_direction", ja, en, hint, hint, at)
        if len({g.kpi for g in goals}) < len(goals) or len(goals) == 1:
            raise refuse("sweep_goals", "異なる指標を 2 つ以上書いてください", "name two or more different KPIs")
        return goals

    @model_validator(mode="after")
    def _goals_are_computed(self) -> Any:
        for number, goal in enumerate(self.pareto):
            if goal.kpi not in self.computed:
                raise refuse(
                    "sweep_not_computed",
                    f"比べる指標 {goal.kpi} が、計算する指標（kpis）にありません",
                    f"{goal.kpi} is to be weighed and not among the KPIs to compute (kpis)",
                    f"kpis に {goal.kpi} を加えてください",
                    f"add {goal.kpi} to kpis",
                    f"pareto[{number}]",
                )
        return self

    @property
    def computed(self) -> tuple[str, ...]:
        """KPIs whose rows are computed, in the order of kpi.csv."""
        return tuple(kpi for kpi in KPIS if self.kpis is None or kpi in self.kpis)

    @property
    def paths(self) -> tuple[str, ...]:
        """All fields that are varied."""
        return tuple(path for block in self.vary for path in block.paths)


def _require_kpi(kpi: str, at: str) -> None:
    if kpi not in KPIS:
        near = nearest_paths(kpi, list(KPIS))
        raise refuse("sweep_kpi", f"評価指標 {kpi!r} はありません", f"there is no KPI {kpi!r}", near.ja, near.en, at)


@dataclass(frozen=True, slots=True)
class ReadSweep:
    """A sweep with its bases read, where `vary` stands, and what was noticed while reading."""

    file: SweepFile
    bases: tuple[Scenario, ...]
    name: str
    line: int
    warnings: tuple[Problem, ...] = ()


def is_sweep_file(source: str) -> bool:
    """Return whether a file says that it is a sweep (key ``format``); what cannot be read is not."""
    path = Path(source)
    if path.suffix not in SUFFIXES or not path.is_file():
        return False
    try:
        content = read_document(path).content
    except ScenarioError:
        return False
    return isinstance(content, dict) and "format" in content


def read_sweep(path: Path) -> ReadSweep:
    """
    Read a sweep file and its base scenarios; files are looked for beside it.

    Raises
    ------
    ScenarioError
        With every problem of the file, each with its line and a remedy.
    """
    document = read_document(path)
    try:
        file = SweepFile.model_validate(document.content)
    except ValidationError as cause:
        raise ScenarioError(problems_of(cause, document, SweepFile)) from None
    bases = tuple(_read_base(base, path.parent, document) for base in file.base)
    raise_errors(_check(file, bases, document), ScenarioError)
    line = document.lines.get("vary", 1)
    return ReadSweep(file=file, bases=bases, name=path.name, line=line, warnings=_uneven(file, document))


def _read_base(base: str, folder: Path, document: Document) -> Scenario:
    try:
        return read_scenario(folder / base if Path(base).suffix in SUFFIXES else base)
    except ScenarioError as cause:
        where = document.where("base")
        found = [Problem(p.severity, p.code, f"{where} → {p.where}", p.message, p.hint) for p in cause.problems]
        raise ScenarioError(found) from None


def _check(file: SweepFile, bases: tuple[Scenario, ...], document: Document) -> list[Problem]:
    problems: list[Problem] = []
    if len({b.id for b in bases}) < len(bases):
        problems.append(error("sweep.base_twice", document.where("base"), Text("元が二度あります", "a base twice")))
    seen: set[str] = set()
    for number, block in enumerate(file.vary):
        where = document.where(f"vary[{number}]")
        for path in block.paths:
            if path in seen:
                message = Text(f"キー {path} が二度あります", f"the key {path} twice")
                hint = Text("どちらか一方を消してください", "remove one of them")
                problems.append(error("sweep.twice", where, message, hint))
            seen.add(path)
            problems += [p for base in bases if (p := _check_path(base, path, where))]
    return problems


def _check_path(base: Scenario, path: str, where: str) -> Problem | None:
    known = known_paths(base)
    plain = "".join(part.partition("]")[2] if n else part for n, part in enumerate(path.split("[")))
    if plain not in known:
        message = Text(f"シナリオ {base.id} に {path!r} はありません", f"the scenario {base.id} has no {path!r}")
        return error("sweep.unknown_path", where, message, nearest_paths(plain, known))
    try:
        put_value(base.model_dump(mode="json", by_alias=True, exclude_defaults=True), path, None)
    except CitySimError as cause:
        found = cause.problems[0]
    else:
        return None
    return error(found.code, f"{where} {path}", found.message, found.hint)


def _uneven(file: SweepFile, document: Document) -> tuple[Problem, ...]:
    """Return a warning for every Sobol design whose number of points is not a power of two."""
    found = []
    for number, block in enumerate(file.vary):
        if block.sobol is not None and block.sobol.n & (block.sobol.n - 1):
            near = 2 ** round(math.log2(block.sobol.n))
            message = Text(f"Sobol の n = {block.sobol.n} は 2 の累乗ではなく、偏りが残ります", "n is no power of two")
            hint = Text(f"n: {near} にすると均等です", f"n: {near} is balanced")
            found.append(warning("sweep.uneven", document.where(f"vary[{number}].sobol.n"), message, hint))
    return tuple(found)
