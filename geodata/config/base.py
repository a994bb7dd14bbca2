"""Owns the building blocks of a configuration: texts in two languages, clock times, paths, age groups."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from geodata.calendar import parse_gtfs_time
from geodata.errors import Text


class Frozen(BaseModel):
    """What a person writes: unknown keys are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, populate_by_name=True)


class Words(Frozen):
    """A text in both languages; a plain text stands for both."""

    ja: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"ja": value, "en": value} if isinstance(value, str) else value

    @property
    def text(self) -> Text:
        """The same as a message."""
        return Text(self.ja, self.en)


def _seconds(value: Any) -> Any:
    seconds = parse_gtfs_time(value) if isinstance(value, str) else None
    if seconds is None:
        msg = "時刻は 10:00 の形で書きます|a time is written like 10:00"
        raise ValueError(msg)
    return seconds


ClockTime = Annotated[int, BeforeValidator(_seconds)]


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Paths = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
"""One path, or several of the same form that are read as one."""


class Band(Frozen):
    """An age group: `from` and `to` inclusive (no `to` = and older), and its `column` or its `share` of all."""

    id: str
    label: Words
    from_age: int = Field(alias="from", ge=0)
    to_age: int | None = Field(default=None, alias="to", ge=0)
    column: str | None = None
    share: float | None = Field(default=None, ge=0, le=1)
