"""Owns Sentence: one thing said about fairness, with its number, how sure it is, and the district it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geodata.errors import Text
    from geodata.provenance import Status

COLUMNS = ("sentence_id", "ja", "en", "value", "unit", "persons", "district_id", "status", "note")


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    One sentence with the number it says.

    `value` None = not known; `unit`: unit code of kpi.csv. `persons`: people asked about. `district_id`: the district
    it names, several joined by a blank, "" = none.
    """

    sentence_id: str
    text: Text
    value: float | None
    unit: str
    persons: float
    status: Status
    note: str = ""
    district_id: str = ""

    @property
    def row(self) -> tuple[object, ...]:
        """The row of the table of sentences; an unknown value is NaN."""
        value = float("nan") if self.value is None else self.value
        return (
            self.sentence_id,
            self.text.ja,
            self.text.en,
            value,
            self.unit,
            self.persons,
            self.district_id,
            str(self.status),
            self.note,
        )


def percent(share: float) -> str:
    """Return a share as it is printed: 27.1 %."""
    return f"{100 * share:.1f} %"


def points_apart(high: float, low: float) -> str:
    """Return how many points two shares are apart as they are printed, so that a reader who subtracts finds it."""
    return f"{round(100 * high, 1) - round(100 * low, 1):.1f}"
