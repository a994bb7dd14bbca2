"""Owns what every modification shares: its common keys, value types, and the notes taken while applying."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from geodata.errors import Problem, Text, error, warning
from sim.params import Params

if TYPE_CHECKING:
    from collections.abc import Callable

    from geodata.former_ids import FormerId

PlanStatus = Literal["planned", "studied", "hypothetical"]
DayName = Literal["weekday", "saturday", "holiday", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RouteClassName = Literal["rail", "brt", "bus", "other"]

DAY_MASKS: dict[str, int] = {
    "weekday": 0b0001_1111,
    "saturday": 0b0010_0000,
    "holiday": 0b1100_0000,
    **{day: 1 << bit for bit, day in enumerate(("mon", "tue", "wed", "thu", "fri", "sat"))},
    "sun": 0b0100_0000,
}
"""Day name → bits as in `geodata.timetable.Services` (bit 7 = Japanese holidays; `holiday` = 日祝)."""

_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)$")
_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,79}$")
_WINDOWS_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$")
LAST_SERVICE_HOUR = 29


def refuse(code: str, ja: str, en: str, hint_ja: str = "", hint_en: str = "", at: str = "") -> PydanticCustomError:
    """Return a validation error that carries its Japanese text and remedy; `at`: path below the validated place."""
    context = {"ja": ja, "hint_ja": hint_ja, "hint_en": hint_en, "at": at}
    return PydanticCustomError(f"ekisei.{code}", "{en}", {**context, "en": en})


def parse_clock(text: str) -> int:
    """Return the seconds after 00:00 of ``HH:MM``, already checked."""
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _check_clock(text: str, last_hour: int) -> str:
    match = _CLOCK.match(text)
    if match is None:
        raise refuse(
            "time", f"時刻 {text!r} を読めません", f"cannot read the time {text!r}", '"10:00" の形で', 'like "10:00"'
        )
    hours, minutes = int(match[1]), int(match[2])
    if hours > last_hour or (hours == last_hour and minutes):
        raise refuse(
            "time_range",
            f"時刻 {text} は {last_hour}:00 を超えています",
            f"{text} is later than {last_hour}:00",
            f"00:00〜{last_hour}:00 で書いてください",
            f"write a time between 00:00 and {last_hour}:00",
        )
    return f"{hours:02d}:{minutes:02d}"


def _check_id(text: str) -> str:
    if not _ID.fullmatch(text) or _WINDOWS_DEVICES.match(text):
        raise refuse(
            "id",
            f"id {text!r} は使えません",
            f"the id {text!r} cannot be used",
            "英小文字・数字・ハイフンだけ、80 字以内で（ファイル名になります）",
            "lower-case letters, digits and hyphens, at most 80 (it becomes a file name)",
        )
    return text


def _both_languages(value: Any) -> Any:
    return {"ja": value, "en": value} if isinstance(value, str) else value


class Model(BaseModel):
    """Base of everything a person writes: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Model):
    """A text in both languages."""

    ja: str = Field(min_length=1, description="日本語")
    en: str = Field(min_length=1, description="英語 / English")

    @property
    def text(self) -> Text:
        """The pair used by messages."""
        return Text(self.ja, self.en)


Label = Annotated[Bilingual, BeforeValidator(_both_languages, json_schema_input_type=Bilingual | str)]
"""A bilingual text; a plain string stands for both languages."""

SafeId = Annotated[str, AfterValidator(_check_id), Field(json_schema_extra={"pattern": _ID.pattern})]
ClockTime = Annotated[str, AfterValidator(lambda t: _check_clock(t, LAST_SERVICE_HOUR))]
"""``HH:MM`` of a timetable; may pass midnight (25:10 = 01:10 of the next day)."""
DayTime = Annotated[str, AfterValidator(lambda t: _check_clock(t, 24))]
"""``HH:MM`` within one day."""
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
NotNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
Whole = Annotated[int, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]
Age = Annotated[Whole, Field(ge=0, le=120)]


class AgeRange(Model):
    """People from `from_age` to `to_age` [years, both included]; left out: and older."""

    from_age: Age = Field(description="対象の下限年齢")
    to_age: Age | None = Field(default=None, description="対象の上限年齢（その年齢を含む。省くと以上すべて）")

    @model_validator(mode="after")
    def _ages_forward(self) -> Any:
        if self.to_age is not None and self.to_age < self.from_age:
            raise refuse(
                "ages",
                f"to_age {self.to_age} が from_age {self.from_age} より下です",
                f"to_age {self.to_age} is below from_age {self.from_age}",
                "年齢の範囲は from_age 以上 to_age 以下です",
                "ages run from from_age to to_age, both included",
            )
        return self


class DaySpan(Model):
    """A time of day from `start` to `end`, the end later."""

    start: DayTime = Field(description="始まる時刻 HH:MM")
    end: DayTime = Field(description="終わる時刻 HH:MM")

    @model_validator(mode="after")
    def _forward(self) -> Any:
        if parse_clock(self.start) >= parse_clock(self.end):
            raise refuse("window", f"start {self.start} が end {self.end} より後です", "start is not before end")
        return self


class ClockSpan(Model):
    """Hours of a service from `start` to `end`, the end later; may pass midnight (until 29:00)."""

    start: ClockTime = Field(description="始まる時刻 HH:MM")
    end: ClockTime = Field(description="終わる時刻 HH:MM（24:30 のように 29:00 まで）")

    @model_validator(mode="after")
    def _forward(self) -> Any:
        if self.start_s >= self.end_s:
            raise refuse(
                "window",
                f"start {self.start} が end {self.end} より後です",
                f"start {self.start} is not before end {self.end}",
                "深夜は 24:30 のように書きます",
                "write times after midnight like 24:30",
            )
        return self

    @property
    def start_s(self) -> int:
        """Start [s after 00:00]."""
        return parse_clock(self.start)

    @property
    def end_s(self) -> int:
        """End [s after 00:00]."""
        return parse_clock(self.end)


class Location(Model):
    """One point in degrees (WGS 84 / JGD2011)."""

    lat: Number = Field(ge=-90, le=90, description="緯度 [度]")
    lon: Number = Field(ge=-180, le=180, description="経度 [度]")


class ModificationBase(Model):
    """Keys that every modification has."""

    id: SafeId = Field(description="この変更の id（シナリオ内で一意）")
    enabled: Flag = Field(default=True, description="false で一時的に外す")
    override: Flag = Field(default=False, description="extends 元の同じ id の変更を置き換える")
    source: Label | None = Field(default=None, description="数値の出典、または仮定であること")
    decision: PlanStatus | None = Field(default=None, description="この変更の位置づけ（無ければ plan_status）")


@dataclass(frozen=True, slots=True)
class Change:
    """What one modification did, in words, for the log and the page."""

    modification_id: str
    layer: str
    text: Text


@dataclass(frozen=True, slots=True)
class Closure:
    """Anonymous closures (仮定の閉院): how many of a kind in a district; never which."""

    kind: str
    district_id: str
    district_name: str
    count: int


@dataclass(slots=True)
class Notes:
    """
    What is learned while the modifications of one scenario are checked.

    `locate` gives the place of a field of a modification in the file that wrote it. `seed` is the scenario's seed.
    `former`: of an overlaid city, the ids of its base that are no more. `params`: the scenario's parameters.
    """

    locate: Callable[[str, str], str]
    seed: int = 2031
    year: int = 0
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    former: tuple[FormerId, ...] = ()
    params: Params = field(default_factory=Params)

    def refuse(self, mod: ModificationBase, at: str, code: str, message: Text, hint: Text = Text("", "")) -> None:
        """Note an error at a field of a modification."""
        self.problems.append(error(f"scenario.{code}", self.locate(mod.id, at), message, hint))

    def warn(self, mod: ModificationBase, at: str, code: str, message: Text, hint: Text = Text("", "")) -> None:
        """Note a finding that travels with the result."""
        self.problems.append(warning(f"scenario.{code}", self.locate(mod.id, at), message, hint))

    def tell(self, mod: ModificationBase, layer: str, ja: str, en: str) -> None:
        """Note what a modification did."""
        self.changes.append(Change(mod.id, layer, Text(ja, en)))


def days_mask(days: tuple[str, ...]) -> int:
    """Return the day bits of day names."""
    mask = 0
    for day in days:
        mask |= DAY_MASKS[day]
    return mask
