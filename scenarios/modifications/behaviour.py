"""Owns adjust-behaviour: suppositions about how people choose, always called 仮定."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from geodata.behaviour import BehaviourChange
from geodata.city import City
from scenarios.modifications.base import AgeRange, Model, ModificationBase, Notes, Number, Positive, refuse

Minutes = Annotated[Number, Field(ge=-60, le=60)]
Factor = Annotated[Positive, Field(le=5)]

_WORDS: dict[str, tuple[str, str]] = {
    "time_value_factor": ("時間価値", "value of time"),
    "fare_elasticity_factor": ("運賃弾力性", "fare elasticity"),
    "frequency_elasticity_factor": ("頻度弾力性", "frequency elasticity"),
    "time_elasticity_factor": ("所要時間の弾力性", "time elasticity"),
}
_MODES = {
    "bus": ("バス", "bus"),
    "car": ("自動車", "car"),
    "lift": ("家族送迎", "lift by family"),
    "taxi": ("タクシー", "taxi"),
    "walk": ("徒歩", "walk"),
}


class Likings(Model):
    """Minutes added to the generalised cost of a mode on every trip; negative = liked better."""

    bus: Minutes | None = Field(default=None, description="バス [分]（−5 ＝ 5 分短く感じる）")
    car: Minutes | None = Field(default=None, description="自動車 [分]")
    lift: Minutes | None = Field(default=None, description="家族送迎 [分]")
    taxi: Minutes | None = Field(default=None, description="タクシー [分]")
    walk: Minutes | None = Field(default=None, description="徒歩・自転車 [分]")

    @property
    def given(self) -> tuple[tuple[str, float], ...]:
        """(mode, minutes) of what is said."""
        return tuple((mode, float(x)) for mode in _MODES if (x := getattr(self, mode)) is not None)


class Licences(AgeRange):
    """Points added to the share with a driving licence, from `from_age` to `to_age` (left out: and older)."""

    points: Annotated[Number, Field(ge=-100, le=100)] = Field(description="免許保有率の増減 [ポイント]（−10 = 1 割減）")


class AdjustBehaviour(ModificationBase):
    """
    Suppose that people choose otherwise: what a mode is worth, value of time, elasticities, who holds a licence.

    Notes
    -----
    Always 仮定, and told so with every result. `mode_shift_min` are minutes added to the generalised cost of a mode on
    every trip (−5 for bus = liked as if 5 minutes shorter); factors are over the values of the parameters.
    """

    type: Literal["adjust-behaviour"]
    mode_shift_min: Likings = Field(default=Likings(), description="手段ごとの好みの変化 [分]")
    time_value_factor: Factor | None = Field(default=None, description="時間価値の倍率")
    fare_elasticity_factor: Factor | None = Field(default=None, description="運賃弾力性の倍率")
    frequency_elasticity_factor: Factor | None = Field(default=None, description="頻度弾力性の倍率")
    time_elasticity_factor: Factor | None = Field(default=None, description="所要時間の弾力性の倍率")
    licences: tuple[Licences, ...] = Field(default=(), description="年齢別の免許保有率の増減")

    @model_validator(mode="after")
    def _something(self) -> Any:
        if not self.mode_shift_min.given and not self.licences and all(getattr(self, name) is None for name in _WORDS):
            raise refuse(
                "no_behaviour",
                "行動の仮定がありません",
                "nothing is supposed about behaviour",
                f"mode_shift_min・licences・{'・'.join(_WORDS)} のどれかを書いてください",
                f"give mode_shift_min, licences, {', '.join(_WORDS)}",
            )
        return self


def apply_adjust_behaviour(city: City, mod: AdjustBehaviour, notes: Notes) -> City:
    """Return the city with one more supposition about how people choose."""

    def factor(name: str) -> float:
        found = getattr(mod, name)
        return 1.0 if found is None else float(found)

    change = BehaviourChange(
        change_id=mod.id,
        liking_min=mod.mode_shift_min.given,
        time_value_factor=factor("time_value_factor"),
        fare_factor=factor("fare_elasticity_factor"),
        frequency_factor=factor("frequency_elasticity_factor"),
        time_factor=factor("time_elasticity_factor"),
        licences=tuple((row.from_age, row.to_age, float(row.points) / 100) for row in mod.licences),
    )
    ja, en = _told(mod)
    notes.tell(mod, "behaviour", f"行動の仮定: {ja}", f"supposed behaviour: {en}")
    return city.replace(behaviour=(*city.behaviour, change))


def _told(mod: AdjustBehaviour) -> tuple[str, str]:
    """Return what is supposed, in Japanese and English."""
    rows = [(f"{_MODES[m][0]} {x:+g} 分", f"{_MODES[m][1]} {x:+g} min") for m, x in mod.mode_shift_min.given]
    for name, (ja, en) in _WORDS.items():
        if getattr(mod, name) is not None:
            rows.append((f"{ja} {getattr(mod, name):g} 倍", f"{en} × {getattr(mod, name):g}"))
    for row in mod.licences:
        ages = f"{row.from_age}歳以上" if row.to_age is None else f"{row.from_age}〜{row.to_age}歳"
        ages_en = f"from {row.from_age}" if row.to_age is None else f"{row.from_age} to {row.to_age}"
        rows.append((f"{ages}の免許保有率 {row.points:+g} ポイント", f"licences {ages_en}: {row.points:+g} points"))
    return "、".join(ja for ja, _ in rows), ", ".join(en for _, en in rows)
