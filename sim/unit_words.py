"""Owns the words of the units in which parameters and official figures are given, as they stand behind a number."""

from __future__ import annotations

from geodata.errors import Text
from sim.kpi.spec import UNIT_TEXT

UNIT_WORDS: dict[str, Text] = {
    "1/day": Text("回/日", "per day"),
    "1/year": Text("回/年", "per year"),
    "1/h": Text("件/時", "per h"),
    "1/min": Text("/分", "per min"),
    "count": Text("回", ""),
    "days": Text("日", "days"),
    "departures/day": Text("本/日", "departures/day"),
    "h": Text("時間", "h"),
    "h/week": Text("時間/週", "h/week"),
    "kg/km": Text("kg/km", "kg/km"),
    "km": Text("km", "km"),
    "km/h": Text("km/時", "km/h"),
    "m": Text("m", "m"),
    "m/min": Text("m/分", "m/min"),
    "min": Text("分", "min"),
    "min, ratio": Text("分: 重み", "min: weight"),
    "persons": Text("人", "persons"),
    "persons/year": Text("人/年", "persons/year"),
    "per 100k": Text("/10万人", "per 100,000"),
    "per 100,000": Text("/10万人", "per 100,000"),
    "ratio": Text("", ""),
    "requests": Text("件", "requests"),
    "rides/year": Text("回/年", "rides/year"),
    "rides/person/year": Text("回/人・年", "rides per person and year"),
    "share": Text("", ""),
    "years": Text("年", "years"),
    "yen": Text("円", "yen"),
    "yen/h": Text("円/時", "yen/h"),
    "yen/km": Text("円/km", "yen/km"),
    "yen/min": Text("円/分", "yen/min"),
}
"""Unit of a parameter or of an official figure → words; times of day, names and shares have none."""
_UNTOLD = frozenset({"", "HH:MM", "time", "name", "specialty"})


def unit_words(unit: str, name: str = "") -> Text:
    """Return the words of a unit; `name` of a parameter, where one unit is said in several ways."""
    if unit in _UNTOLD:
        return Text("", "")
    if unit == "years" and name.endswith(("_age", "_age_from", "older_from_age")):
        return Text("歳", "years")
    if unit == "1/year" and (name.endswith("_rates") or name.startswith("births")):
        return Text("/年", "per year")
    return UNIT_WORDS.get(unit) or UNIT_TEXT.get(unit) or Text(unit, unit)
