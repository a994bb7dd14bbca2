"""Owns the scenario file as a type, its digest, and the JSON Schema made from it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from geodata.digest import canonical_json, digest_of
from scenarios.modifications import Modification
from scenarios.modifications.base import (
    Bilingual,
    Flag,
    Label,
    Model,
    NotNegative,
    PlanStatus,
    SafeId,
    Whole,
    refuse,
)
from scenarios.population_path import PopulationPath

SCHEMA_ID = "ekisei-scenario/1"
SCHEMA_FILE = Path(__file__).with_name("scenario.schema.json")
NAMELESS = frozenset({"id", "title", "description", "tags", "resolved_from", "extends", "compare_to", "plan_status"})
"""Keys that tell what a scenario is called, not what it computes: outside its digest."""


class CityRef(Model):
    """Which city the file was written for; a run on another city is refused."""

    bundle: str | None = Field(default=None, description="都市の id")
    sha256: str | None = Field(default=None, description="都市データのダイジェスト")


class AnalysisChoices(Model):
    """What day, window and travellers a run looks at; what is left out is taken from the settings."""

    date: str | None = Field(default=None, description="weekday | saturday | holiday | 2025-10-15")
    window: tuple[str, str] | None = Field(default=None, description='到着時間帯 ["10:00", "12:00"]')
    departure_mode: Literal["random", "planned"] | None = Field(default=None, description="出発のしかた")
    percentile: Whole | None = Field(default=None, ge=1, le=99, description="所要時間のパーセンタイル")
    seed: Whole | None = Field(default=None, ge=0, description="乱数の種（全シナリオ共通にする）")
    draws: Whole | None = Field(default=None, ge=1, le=1000, description="値の幅（low–high）を求める試行数")
    headway_draws: Whole | None = Field(default=None, ge=1, le=1000, description="運行間隔の位相の試行数")
    walkers: tuple[Literal["standard", "older"], ...] | None = Field(default=None, description="歩行者の種類")
    include_assumed_lines: Flag | None = Field(default=None, description="仮定の路線に依存する値も参考値で出す")


class Limits(Model):
    """Resources a plan may use: a run that takes more is 成立しない (`scenarios.limits`)."""

    drivers: Whole | None = Field(default=None, ge=0, description="運転士 [人]")
    vehicles: Whole | None = Field(default=None, ge=0, description="車両 [台]")
    operating_cost_yen: NotNegative | None = Field(default=None, description="運行経費 [円/年]")
    subsidy_yen: NotNegative | None = Field(default=None, description="補助金 [円/年]")


class Dependencies(Model):
    """Scenarios that must, or must not, be among the parents."""

    prerequisites: tuple[SafeId, ...] = Field(default=(), description="extends の元に必要なシナリオ")
    conflicts: tuple[SafeId, ...] = Field(default=(), description="extends の元にあってはならないシナリオ")


ParameterValue = bool | int | float | str | None


class Scenario(Model):
    """
    One scenario: one file, one *if*.

    `modifications` must be written, even if empty. Once read, the modifications of all parents (`extends`) are merged
    in, and `resolved_from` lists the parents.
    """

    schema_: Literal["ekisei-scenario/1"] = Field(alias="schema", description="ファイル形式")
    id: SafeId = Field(description="シナリオの id（ファイル名・フォルダ名になる）")
    title: Bilingual = Field(description="題名")
    description: Bilingual = Field(description="説明")
    extends: SafeId | None = Field(default=None, description="元になるシナリオの id。その変更に追加する")
    compare_to: SafeId | None = Field(default=None, description="比べる相手（省くと同じ年のなりゆき）")
    year: Annotated[int, Field(strict=True, ge=1900, le=2200)] = Field(description="西暦（R11 = 2029）。年の人口で計算")
    population: PopulationPath | None = Field(default=None, description="将来人口の総数（省くと社人研の推計）")
    data: CityRef | None = Field(default=None, description="都市データの指定")
    analysis: AnalysisChoices = Field(default=AnalysisChoices(), description="分析の条件")
    limits: Limits | None = Field(default=None, description="資源の上限")
    plan_status: PlanStatus = Field(description="planned 計画に記載 | studied 検討中 | hypothetical 仮想")
    tags: tuple[str, ...] = Field(default=(), description="分類")
    dependencies: Dependencies = Field(default=Dependencies(), description="前提と競合")
    source: Label | None = Field(default=None, description="出典")
    parameters: dict[str, Any] = Field(default_factory=dict, description="モデルのパラメータの上書き")
    modifications: tuple[Modification, ...] = Field(description="変更（施策）。無ければ []")
    resolved_from: tuple[SafeId, ...] = Field(default=(), description="取り込んだ元のシナリオ（実行時に記入）")

    _places: dict[str, dict[str, str]] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _unique_ids(self) -> Any:
        seen: set[str] = set()
        for number, mod in enumerate(self.modifications):
            if mod.id in seen:
                raise refuse(
                    "duplicate_id",
                    f"変更の id {mod.id!r} が重なっています",
                    f"the modification id {mod.id!r} is used twice",
                    "id を変えてください",
                    "choose another id",
                    f"modifications[{number}].id",
                )
            seen.add(mod.id)
        return self

    @property
    def digest(self) -> str:
        """Content digest without names and titles; the order of modifications does not matter."""
        content = self.model_dump(mode="json", by_alias=True)
        kept = {k: v for k, v in content.items() if k not in NAMELESS}
        kept["modifications"] = sorted(
            ({k: v for k, v in m.items() if k not in {"source", "override"}} for m in kept["modifications"]),
            key=lambda m: str(m["id"]),
        )
        return digest_of(canonical_json(kept))

    def locate(self, modification_id: str, at: str) -> str:
        """Return ``file:line modifications[i].field`` of a field of a modification, as near as is known."""
        places = self._places.get(modification_id, {})
        path = at
        while path and path not in places:
            path = path.rpartition(".")[0] if path.rfind(".") > path.rfind("[") else path.rpartition("[")[0]
        base = places.get(path) or places.get("") or f"{self.id} modifications[{modification_id}]"
        missing = at[len(path) :].lstrip(".")
        return f"{base}.{missing}" if missing and not missing.startswith("[") else f"{base}{missing}"

    def place(self, at: str) -> str:
        """Return ``file:line key`` of a key of the scenario itself."""
        return self._places.get(":", {}).get(at, f"{self.id} {at}")

    @property
    def places(self) -> dict[str, dict[str, str]]:
        """Modification → field → where it is written; the scenario's own keys under ``:``."""
        return self._places

    def with_seed(self, seed: int) -> Scenario:
        """Return the scenario with another seed."""
        return self.model_copy(update={"analysis": self.analysis.model_copy(update={"seed": seed})})

    def with_places(self, places: dict[str, dict[str, str]]) -> Scenario:
        """Return the scenario knowing where its modifications were written (modification → field → place)."""
        copy = self.model_copy()
        copy._places = places  # noqa: SLF001 -- its own copy
        return copy


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def schema_text() -> str:
    """Return the schema file's text."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Check or write the schema file; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.schema", description=__doc__)
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--check", action="store_true", help="compare the checked-in file with the types")
    group.add_argument("--write", action="store_true", help="write the file anew")
    wanted = parser.parse_args(arguments)
    if wanted.write:
        SCHEMA_FILE.write_text(schema_text(), encoding="utf-8", newline="\n")
        return 0
    found = SCHEMA_FILE.read_text(encoding="utf-8") if SCHEMA_FILE.exists() else ""
    if found == schema_text():
        return 0
    sys.stderr.write("scenario.schema.json is out of date: python -m scenarios.schema --write\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
