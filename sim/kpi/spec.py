"""Owns what is known of a KPI before it is computed: id, words, unit, good direction, formula, settings, layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from geodata.errors import Text

Good = Literal["up", "down", "none"]
Unit = str

UNIT_TEXT: dict[Unit, Text] = {
    "share": Text("%", "%"),
    "persons": Text("人", "persons"),
    "count": Text("か所", "sites"),
    "per_100k": Text("/10万人", "per 100,000"),
    "min": Text("分", "min"),
    "hours_per_100": Text("時間/週・平均受診100人", "h/week per 100 average visitors"),
    "visits_per_month": Text("回/月", "visits/month"),
    "index": Text("指数", "index"),
    "time": Text("時刻", "time"),
    "rides": Text("回/年", "rides/year"),
    "ratio": Text("回", "times"),
    "yen": Text("円/年", "yen/year"),
    "km": Text("km/年", "km/year"),
    "t": Text("t/年", "t/year"),
    "rides_per_hour": Text("人/台時", "rides/vehicle hour"),
}
"""Unit code of kpi.csv → what is printed behind a number (shares are 0–1 in files and % on screen)."""


@dataclass(frozen=True, slots=True)
class KpiSpec:
    """
    One KPI.

    Parameters
    ----------
    kpi_id, title, unit
        Fixed id, words, unit code (see `UNIT_TEXT`).
    good
        Which direction is 改善; ``none`` = shown as 増/減 only.
    formula
        The formula in words and signs.
    settings
        setting id → label; `default` first, `no_assumed_lines` (where it applies) last.
    layers
        Layers of the city the KPI can react to.
    parameters
        Fields of `Params` the value rests on.
    decimals
        Decimals on screen (of the percentage for shares).
    rate
        True where the number is per resident (a share, a rate, a median over people): 改善/悪化 is withheld where its
        absolute number, the companion, stayed.
    companion
        KPI that must stand beside it (rate and absolute number together).
    proof
        KPI that must move the same way before a change is called 改善 or 悪化; "" = it stands for itself.
    only
        Layer → the settings that alone look at it; a layer that is not named is looked at under all of them.
    """

    kpi_id: str
    title: Text
    unit: Unit
    good: Good
    formula: Text
    settings: dict[str, Text] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    decimals: int = 1
    rate: bool = False
    companion: str = ""
    proof: str = ""
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)


DEFAULT = Text("既定", "default")
NO_ASSUMED = Text("仮定の路線を除く", "without assumed lines")

WALK_PARAMETERS = ("walk_standard_m_min", "walk_older_m_min", "older_from_age", "walk_detour")
"""Parameters that a walk of either walker rests on."""
ROUTING_PARAMETERS = (
    *WALK_PARAMETERS,
    "max_access_min",
    "max_transfer_walk_min",
    "max_direct_walk_min",
    "max_transfers",
    "change_min",
    "cutoff_min",
)
"""Parameters that a journey by public transport rests on."""

TIME_SETTINGS: dict[str, float] = {"time-15min": 15.0}
"""Setting of the catchment by time → minutes door to door; no official figure is on that scale."""

_BY_TIME = tuple(TIME_SETTINGS)
CATCHMENT_ONLY: dict[str, tuple[str, ...]] = {
    "streets": ("walk-10min", *_BY_TIME),
    "entrances": ("walk-10min", *_BY_TIME),
    "zones": ("user-polygon",),
    **dict.fromkeys(("on_demand", "autonomous", "hubs"), _BY_TIME),
}
"""Layer → definitions of the catchment that look at it: circles look at residents and stations alone."""
