"""Owns reading a levers file with its base scenario, and the scenario and own cost of any choice of values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from geodata.errors import Problem, ScenarioError, Text, UsageError, error, raise_errors
from scenarios.field_paths import known_paths, nearest_paths, put_value
from scenarios.files import LIBRARY, SUFFIXES, read_scenario
from scenarios.levers import Lever, Levers, Values
from scenarios.messages import problems_of
from scenarios.modifications.selecting import hint_of
from scenarios.schema import Scenario
from scenarios.yaml_reading import Document, join_path, read_document

if TYPE_CHECKING:
    from collections.abc import Sequence

SHIPPED = LIBRARY / "levers"


@dataclass(frozen=True, slots=True)
class OwnCost:
    """What the levers in use cost by themselves: a year, once, and both a year with what is spent once spread out."""

    yearly_yen: float
    capital_yen: float
    total_yen: float


@dataclass(frozen=True, slots=True, eq=False)
class LeverBook:
    """A levers file that was read and checked, with its base scenario and where everything is written."""

    file: Levers
    base: Scenario
    document: Document

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers, in the order of the file."""
        return self.file.levers

    @property
    def grid(self) -> tuple[Values, ...]:
        """Lever → its values, from off on outward."""
        return tuple(lever.values for lever in self.levers)

    @property
    def off(self) -> Values:
        """The values at which the base stays as it is."""
        return tuple(values[0] for values in self.grid)

    def where(self, number: int, key: str = "") -> str:
        """Return ``file:line levers[n].key``."""
        return self.document.where(f"levers[{number}].{key}".rstrip("."))

    def own_cost(self, values: Sequence[float]) -> OwnCost:
        """Return what the levers cost by themselves at some values [yen]."""
        yearly = capital = 0.0
        for lever, off, value in zip(self.levers, self.off, values, strict=True):
            if value == off or lever.cost is None:
                continue
            units = abs(value - off)
            yearly += lever.cost.yearly_yen + lever.cost.yearly_yen_per_unit * units
            capital += lever.cost.capital_yen + lever.cost.capital_yen_per_unit * units
        return OwnCost(yearly, capital, yearly + capital / self.file.capital_years)

    def scenario(self, values: Sequence[float], **told: Any) -> Scenario:
        """
        Return the base with the levers at some values, and further keys of the file as `told`.

        Values beyond the bounds are not refused here.

        Raises
        ------
        ScenarioError
            If a value does not fit the key that takes it, located at its lever.
        """
        content = self.base.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        content |= {"id": f"{self.base.id[:60]}-levers"} | told
        used = [n for n, (value, off) in enumerate(zip(values, self.off, strict=True)) if value != off]
        added = [m for n in used for m in self.levers[n].modifications]
        replaced = {m.id for m in added}
        content["modifications"] = [m for m in content["modifications"] if m["id"] not in replaced] + [
            m.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"override"}) for m in added
        ]
        for n in used:
            self._put(content, n, values[n])
        try:
            return Scenario.model_validate(content)
        except ValidationError as cause:
            raise ScenarioError(self._misfits(cause, used, values, content)) from None

    def _put(self, content: dict[str, Any], number: int, value: float) -> None:
        for place, path in enumerate(self.levers[number].sets):
            try:
                put_value(content, path, int(value) if float(value).is_integer() else value)
            except UsageError as cause:
                where = self.where(number, join_path("sets", place))
                found = [error(p.code, where, p.message, p.hint) for p in cause.problems]
                raise ScenarioError(found) from None

    def _misfits(
        self, cause: ValidationError, used: Sequence[int], values: Sequence[float], content: dict[str, Any]
    ) -> list[Problem]:
        """Return what does not fit, each at the lever that put it there."""
        found = []
        for problem in problems_of(cause, Document("", content), Scenario):
            number = next((n for n in used if any(_last(p) in problem.where for p in self.levers[n].sets)), used[0])
            told = Text(f"値 {values[number]:g}: {problem.message.ja}", f"at {values[number]:g}: {problem.message.en}")
            found.append(error(problem.code, self.where(number, "sets"), told, problem.hint))
        return found


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def list_levers() -> tuple[str, ...]:
    """Return the ids of the shipped levers files."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def read_levers(source: Path | str) -> LeverBook:
    """
    Read a levers file, or a shipped one by its id.

    Raises
    ------
    ScenarioError
        With every problem of the file, each with its line and a remedy.
    """
    path = _find(source)
    document = read_document(path)
    if not isinstance(document.content, dict):
        message = Text("レバーの内容がありません（キー: 値 が必要です）", "empty: keys and values are needed")
        hint = Text(f"同梱の例: {'、'.join(list_levers())}", f"shipped examples: {', '.join(list_levers())}")
        raise ScenarioError(error("scenario.empty", f"{document.name}:1", message, hint))
    try:
        file = Levers.model_validate(document.content)
    except ValidationError as cause:
        raise ScenarioError(problems_of(cause, document, Levers)) from None
    book = LeverBook(file, _base(file, document, path.parent), document)
    raise_errors(_check_paths(book), ScenarioError)
    for number, values in enumerate(book.grid):  # a value that does not fit its key is found before anything is run
        book.scenario([*book.off[:number], values[-1], *book.off[number + 1 :]])
    return book


def _find(source: Path | str) -> Path:
    path = Path(source)
    if path.suffix in SUFFIXES or path.exists():
        return path
    shipped = SHIPPED / f"{source}.yaml"
    if path.name == str(source) and shipped.exists():
        return shipped
    message = Text(f"レバーのファイル {source!s} がありません", f"no levers file {source!s}")
    raise UsageError(error("goal.no_levers", "--levers", message, hint_of(str(source), list_levers())))


def _base(file: Levers, document: Document, folder: Path) -> Scenario:
    beside = next((p for s in ("", *SUFFIXES) if (p := folder / f"{file.base}{s}").is_file()), None)
    try:
        return read_scenario(file.base if beside is None else beside)
    except ScenarioError as cause:
        if any(p.code == "scenario.not_found" for p in cause.problems):
            (problem, *_) = cause.problems
            raise ScenarioError(error(problem.code, document.where("base"), problem.message, problem.hint)) from None
        raise


def _check_paths(book: LeverBook) -> list[Problem]:
    """Return problems of keys that name nothing: neither the base nor the lever's own modifications hold them."""
    problems: list[Problem] = []
    base_ids = {m.id for m in book.base.modifications}
    for number, lever in enumerate(book.levers):
        for place, mod in enumerate(lever.modifications):
            if mod.id in base_ids and not mod.override:
                where = book.where(number, f"modifications[{place}].id")
                message = Text(
                    f"変更の id {mod.id!r} は元のシナリオにもあります",
                    f"the modification id {mod.id!r} also stands in the base",
                )
                hint = Text("別の id にするか、override: true で置き換えてください", "another id, or override: true")
                problems.append(error("scenario.conflicting_id", where, message, hint))
        own = {m.id for m in lever.modifications}
        kept = tuple(m for m in book.base.modifications if m.id not in own)
        seen = book.base.model_copy(update={"modifications": (*kept, *lever.modifications)})
        known = known_paths(seen)
        for place, path in enumerate(lever.sets):
            if re.sub(r"\[\d+\]", "", path) not in known:
                where = book.where(number, join_path("sets", place))
                message = Text(f"シナリオに {path!r} はありません", f"the scenario has no {path!r}")
                problems.append(error("goal.unknown_path", where, message, nearest_paths(path, known)))
    return problems
