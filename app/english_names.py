"""
Owns the English of places that the city names in Japanese alone: put together from the English names it has.

What is put together is a translation, not an official name; what cannot be, keeps its Japanese name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.city import City

KINDS = {
    "駅前": "{} Station",
    "駅": "{} Station",
    "小学校": "{} Elementary School",
    "小中学校": "{} Elementary and Junior High School",
    "中学校": "{} Junior High School",
    "交流センター": "{} Community Centre",
    "支所": "{} Branch Office",
    "市役所": "{} City Hall",
    "市民会館": "{} Civic Hall",
}
"""How a name ends → the same in English, after the name of the district, station or city before it."""
ASIDES = {
    "（位置は仮定）": " (position assumed)",
    "（体育館含む）": " (with its gymnasium)",
    "（本庁舎）": " (main building)",
}
BETWEEN = "、"
"""Stands between names of a list."""


def english_names(city: City) -> dict[str, str]:
    """Return Japanese → English of the districts, and of stations and facilities named after them or the city."""
    cells, stops = city.population, city.timetable.stops
    known = dict(zip(cells.district_name.tolist(), cells.district_name_en.tolist(), strict=True))
    stems = {city.name.ja.removesuffix("市"): city.name.en.removesuffix(" City"), **_parts(known), **known}
    rail = city.timetable.stops_of_class("rail").tolist()
    stations = {str(stops.name[row]).removesuffix("駅"): str(stops.name_en[row]) for row in rail}
    found = {name: english for name, english in known.items() if english != name}
    found |= {f"{stem}{end}": KINDS[end].format(name) for stem, name in stations.items() for end in ("駅", "駅前")}
    for name in city.facilities.name.tolist():
        english = _put_together(name, stems)
        if english:
            found.setdefault(name, english)
    return found


def _parts(known: Mapping[str, str]) -> dict[str, str]:
    """Return the names of which districts are made that have several: 大沼・東金沢, Onuma, Higashi-Kanesawa."""
    found: dict[str, str] = {}
    for name, english in known.items():
        ja, en = name.split("・"), english.split(", ")
        if len(ja) == len(en) and not any(mark in name for mark in "（）"):
            found |= dict(zip(ja, en, strict=True))
    return found


def _put_together(name: str, stems: Mapping[str, str]) -> str:
    """Return a name in English from its beginning, kind and aside; "" where one of them has none."""
    aside = next((ja for ja in ASIDES if name.endswith(ja)), "")
    plain = name.removesuffix(aside)
    for end, english in KINDS.items():
        stem = stems.get(plain.removesuffix(end), "") if plain.endswith(end) else ""
        if stem and stem.isascii():
            return english.format(stem) + ASIDES.get(aside, "")
    return ""


def in_english(text: str, names: Mapping[str, str]) -> str:
    """Return a name or a list of names in English, as far as they are known."""
    return ", ".join(names.get(one, one) for one in text.split(BETWEEN))
