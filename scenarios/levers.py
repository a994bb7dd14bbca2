"""Owns the levers file as a type: what may be changed, within which bounds, and at what cost."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from scenarios.modifications import Modification
from scenarios.modifications.base import Flag, Label, Model, NotNegative, Number, Positive, SafeId, Whole, refuse
from scenarios.schema import Limits

MOST_STEPS = 400
"""Values of one lever, at most."""
_ROUND = 9
Values = tuple[float, ...]
"""Value of each lever, in the order of the file."""


class LeverCost(Model):
    """What a lever costs beside the operating cost that the model works out; entered by the user."""

    yearly_yen: Number = Field(default=0, description="使うだけでかかる費用 [円/年]（負は節約）")
    yearly_yen_per_unit: Number = Field(default=0, description="1 単位あたりの費用 [円/年]")
    capital_yen: NotNegative = Field(default=0, description="使うだけでかかる初期費用 [円]")
    capital_yen_per_unit: NotNegative = Field(default=0, description="1 単位あたりの初期費用 [円]")
    status: Literal["observed", "official-estimate", "assumed"] = Field(default="assumed", description="確かさ")
    source: Label = Field(description="費用の出典、または仮定であること")


class Lever(Model):
    """
    One thing that may be changed: from `off`, where the base stays as it is, to the other end of its bounds.

    `low`, `high`, `step` (or `choices`, in order from the weakest) give the values; a lever without `sets` is a
    switch and needs none. While it is off, neither its `modifications` nor its value are in the scenario.
    """

    id: SafeId = Field(description="レバーの id")
    title: Label = Field(description="名称")
    unit: Label | None = Field(default=None, description="単位")
    low: Number | None = Field(default=None, description="下限")
    high: Number | None = Field(default=None, description="上限")
    step: Positive | None = Field(default=None, description="刻み")
    choices: Annotated[tuple[Number, ...], Field(min_length=2)] | None = Field(
        default=None, description="選べる値（使わない値から順に）"
    )
    off: Number | None = Field(default=None, description="使わないときの値（省くと下限）")
    sets: tuple[str, ...] = Field(default=(), description="値を入れるキー（modifications.変更のid.キー など）")
    modifications: tuple[Modification, ...] = Field(default=(), description="使うときに加わる変更")
    monotone: Flag = Field(default=False, description="強く使うほど指標は悪くならず、費用と資源は減らない")
    cost: LeverCost | None = Field(default=None, description="レバー自身の費用（運行経費はモデルが計算）")
    source: Label | None = Field(default=None, description="上限・下限の根拠、または仮定であること")

    @property
    def is_switch(self) -> bool:
        """Return whether it is only on or off."""
        return not self.sets

    @model_validator(mode="after")
    def _bounded(self) -> Any:
        if not self.sets and not self.modifications:
            raise refuse(
                "lever_empty",
                f"レバー {self.id!r} は何も変えません",
                f"the lever {self.id!r} changes nothing",
                "sets（値を入れるキー）か modifications（加える変更）を書いてください",
                "write sets (keys that take its value) or modifications",
            )
        bounds = {"low": self.low, "high": self.high, "step": self.step}
        if self.choices is None and not (self.is_switch and not any(bounds.values())):
            _check_bounds(self, bounds)
        if self.choices is not None:
            _check_choices(self, bounds)
        if self.is_switch and len(self.values) > 2:  # noqa: PLR2004 -- on and off
            raise refuse(
                "lever_switch",
                f"レバー {self.id!r} は値を入れるキー（sets）がないので、使う・使わないの二択です",
                f"the lever {self.id!r} has no sets: it is only on or off",
                "sets を書くか、low・high・step を消してください",
                "write sets, or leave low, high and step out",
                "sets",
            )
        if self.off is not None and self.off not in {self.values[0], self.values[-1]}:
            raise refuse(
                "lever_off",
                f"off {self.off:g} は端の値ではありません",
                f"off {self.off:g} is at neither end",
                "下限か上限のどちらかを書いてください",
                "write one of the bounds",
                "off",
            )
        return self

    @property
    def values(self) -> Values:
        """The values it may take, from `off` on outward."""
        if self.choices is not None:
            found: Values = self.choices
        elif self.low is None or self.high is None or self.step is None:
            found = (0.0, 1.0)
        else:
            n = round((self.high - self.low) / self.step)
            found = tuple(round(self.low + k * self.step, _ROUND) for k in range(n + 1))
        return tuple(reversed(found)) if self.off is not None and self.off == found[-1] else found


def _check_bounds(lever: Lever, bounds: dict[str, float | None]) -> None:
    missing = [name for name, value in bounds.items() if value is None]
    if missing:
        raise refuse(
            "lever_bounds",
            f"レバー {lever.id!r} に {'・'.join(missing)} がありません",
            f"the lever {lever.id!r} lacks {', '.join(missing)}",
            "low（下限）・high（上限）・step（刻み）を書いてください。または choices: [使わない値, …]",
            "write low, high and step, or choices: [off, …]",
            missing[0],
        )
    low, high, step = (float(v or 0.0) for v in bounds.values())
    if low >= high:
        raise refuse(
            "lever_order",
            f"low {low:g} が high {high:g} より小さくありません",
            f"low {low:g} is not below high {high:g}",
            "low（下限）を high（上限）より小さくしてください",
            "write a low that is below high",
            at="low",
        )
    n = (high - low) / step
    if abs(n - round(n)) > 1e-6:  # noqa: PLR2004 -- rounding of decimals
        raise refuse(
            "lever_step",
            f"low から step {step:g} ずつ進んでも high {high:g} になりません",
            f"steps of {step:g} from low do not end at high {high:g}",
            "step を変えるか、high を刻みに合わせてください",
            "change step, or high",
            "step",
        )
    if round(n) >= MOST_STEPS:
        raise refuse(
            "lever_steps",
            f"値が {round(n) + 1} 通りあります（{MOST_STEPS} 通りまで）",
            f"{round(n) + 1} values; at most {MOST_STEPS}",
            "step を大きくしてください",
            "write a larger step",
            "step",
        )


def _check_choices(lever: Lever, bounds: dict[str, float | None]) -> None:
    choices = lever.choices or ()
    if any(v is not None for v in bounds.values()):
        raise refuse(
            "lever_choices",
            "choices と low・high・step は同時に書けません",
            "choices and low, high, step exclude each other",
            at="choices",
        )
    if len(set(choices)) < len(choices) or list(choices) not in (sorted(choices), sorted(choices, reverse=True)):
        raise refuse(
            "lever_choices",
            "choices は使わない値から順に、増える一方か減る一方で書いてください",
            "choices go one way, from off on",
            at="choices",
        )


class Levers(Model):
    """A levers file: the scenario to begin with, and what may be changed in it."""

    schema_: Literal["ekisei-levers/1"] = Field(alias="schema", description="ファイル形式")
    id: SafeId = Field(description="id")
    title: Label = Field(description="題名")
    description: Label | None = Field(default=None, description="説明")
    base: str = Field(min_length=1, description="元のシナリオ（同梱の id、またはこのファイルの隣のファイル）")
    limits: Limits | None = Field(default=None, description="資源の上限（元のシナリオの上限に重ねる）")
    budget_yen: NotNegative | None = Field(default=None, description="費用の上限 [円/年]（初期費用は年割り）")
    capital_years: Annotated[Whole, Field(ge=1, le=100)] = Field(default=20, description="初期費用を割る年数（仮定）")
    model_cost: Literal["operating", "subsidy", "none"] = Field(
        default="operating", description="費用に足すモデルの増減: 運行経費 | 補助額（運賃収入を引く） | なし"
    )
    levers: Annotated[tuple[Lever, ...], Field(min_length=1)] = Field(description="レバー")

    @model_validator(mode="after")
    def _distinct(self) -> Any:
        for what, told in (
            ("id", [(n, "id", v.id) for n, v in enumerate(self.levers)]),
            ("modification", [(n, "modifications", m.id) for n, v in enumerate(self.levers) for m in v.modifications]),
            ("path", [(n, "sets", path) for n, v in enumerate(self.levers) for path in v.sets]),
        ):
            seen: set[str] = set()
            for number, key, name in told:
                if name in seen:
                    raise refuse(
                        f"lever_{what}_twice",
                        f"{name!r} が二つのレバーにあります",
                        f"{name!r} stands in two levers",
                        "レバーごとに別のものにしてください",
                        "let every lever have its own",
                        f"levers[{number}].{key}",
                    )
                seen.add(name)
        return self
