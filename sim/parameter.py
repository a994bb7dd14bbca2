"""Owns what is known of a model parameter beside its value: label, unit, low/mid/high, source and status."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import Text
from geodata.provenance import Status

OWN_CHOICE = Text("本ツールの設定値。資料なし", "set by this tool; no source")


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    What a field of `Params` means.

    `low`, `mid`, `high` span what is thought possible (None where the field is a choice or a table); bounds stand on
    the field itself. `confirm`: a planner should confirm it (the "(check)" of the design).
    """

    label: Text
    unit: str
    low: float | None
    mid: float | None
    high: float | None
    source: Text
    status: Status
    confirm: bool = False
