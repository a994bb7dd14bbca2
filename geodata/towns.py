"""Owns Towns: points of 町丁目, and which of them an address belongs to, with the quality of the match."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geodata.frozen import freeze, require_lengths
from geodata.readers.addresses import plain_address, without_prefecture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.units import FloatArray, StrArray

RADIUS_M: dict[str, float] = {"chome": 300.0, "town": 1_000.0, "city": 5_000.0, "none": float("nan")}
"""
Quality of a match → radius around the point within which the true place is taken to lie [m].

Assumption: half the width of a usual 丁目, of a 大字, of the built-up part of a municipality.
"""

_CHOME = re.compile(r"^(?P<base>.+?)(?P<number>\d+)(?P<unit>丁目|丁)$")
_NUMBER = re.compile(r"^(?P<number>\d{1,3})-\d+(?P<third>-\d)?")
_COUNTY = re.compile(r"^[^\d]{1,5}?郡")
_STREETS = re.compile(r"^.*(?:上|下|東入|西入)(?:る|ル)")
"""The way to a place in 京都市 (寺町通御池上る), which stands before its town."""

_WARD = re.compile(r"^(?P<city>.+?市)(?P<ward>.+区)$")


class TownMatch(NamedTuple):
    """Index of the town, −1 = none; quality: ``chome``, ``town``, ``city`` or ``none``."""

    town: int
    quality: str


NO_MATCH = TownMatch(-1, "none")


@dataclass(slots=True)
class _Place:
    """A town name without 丁目: the point that stands for it, whether it has one of its own, its 丁目 by number."""

    index: int
    own: bool
    chome: dict[int, int]


@dataclass(frozen=True, slots=True)
class _City:
    """One municipality: its prefecture, its towns by spelling, the longest spelling, the index of its middle town."""

    prefecture: str
    places: dict[str, _Place]
    longest: int
    middle: int


@dataclass(frozen=True, slots=True, eq=False)
class Towns:
    """
    Points of 町丁目 or 大字 of one or more municipalities.

    Parameters
    ----------
    name
        town → name as published, such as 城南町二丁目 (with its 小字 where there is one), shape (T,).
    city
        town → municipality, 郡 and 区 included as published, shape (T,).
    prefecture
        town → prefecture, "" = not known, shape (T,).
    lonlat
        town → representative point [degrees], shape (T, 2).

    Notes
    -----
    Matching looks up prefixes in tables made once: O(length of the address), whatever the number of towns.
    """

    name: StrArray
    city: StrArray
    prefecture: StrArray
    lonlat: FloatArray
    _cities: dict[str, list[_City]] = field(init=False, repr=False)
    _longest: int = field(init=False, repr=False)
    _by_town: dict[str, list[_City]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        require_lengths("towns", len(self.name), city=self.city, prefecture=self.prefecture, lonlat=self.lonlat)
        cities = _cities_of(self)
        object.__setattr__(self, "_cities", cities)
        object.__setattr__(self, "_longest", max(map(len, cities), default=0))
        object.__setattr__(self, "_by_town", _by_town(cities))
        freeze(self)

    @property
    def n_towns(self) -> int:
        """Number of towns."""
        return len(self.name)

    def match(self, address: str) -> TownMatch:
        """
        Return the town that an address lies in.

        Prefecture, 郡 and municipality may be missing. The longest town name at the start of the rest decides. A
        number after it counts as 丁目 where 丁目 follows it, or where ``-`` follows it and the name has such a 丁目 and
        no point without one (with three numbers: even if it has one). Where no town fits but the municipality does,
        its middle town stands for it with the quality ``city``.

        Parameters
        ----------
        address
            As written by a person; the name of a town alone will do.

        Returns
        -------
        match
            −1 and ``none`` where nothing fits, or where a town name without a municipality fits more than one.
        """
        prefecture, rest = without_prefecture(plain_address(address))
        fallback = NO_MATCH
        for size in range(min(self._longest, len(rest)), 0, -1):
            named = [c for c in self._cities.get(rest[:size], ()) if _agree(prefecture, c)]
            if not named:
                continue
            found = _only_longest(named, rest[size:])
            if found.town < 0 and _STREETS.match(rest):
                found = _only_longest(named, _STREETS.sub("", rest))
            if found.town >= 0:
                return found
            if fallback.town < 0 and len(named) == 1:
                fallback = TownMatch(named[0].middle, "city")
        found = self._without_city(prefecture, _COUNTY.sub("", rest))
        return found if found.town >= 0 else fallback

    def _without_city(self, prefecture: str, rest: str) -> TownMatch:
        """Return the town that `rest` begins with, if only one municipality has a town of that name."""
        for size in range(len(rest), 0, -1):
            named = [c for c in self._by_town.get(rest[:size], ()) if _agree(prefecture, c)]
            if named:
                return _only_longest(named, rest)
        return NO_MATCH


def _by_town(cities: dict[str, list[_City]]) -> dict[str, list[_City]]:
    """Return spelling of a town → municipalities that have it."""
    found: dict[str, list[_City]] = defaultdict(list)
    for city in {id(c): c for same in cities.values() for c in same}.values():
        for spelling in city.places:
            found[spelling].append(city)
    return dict(found)


def _agree(prefecture: str, city: _City) -> bool:
    return not prefecture or not city.prefecture or prefecture == city.prefecture


def _only_longest(cities: Iterable[_City], rest: str) -> TownMatch:
    """Return the town with the longest name that `rest` begins with; two as long in two municipalities are none."""
    best, longest, again = NO_MATCH, 0, False
    for city in cities:
        found, size = _in_city(city, rest)
        if size > longest:
            best, longest, again = found, size, False
        elif size == longest and size:
            again = True
    return NO_MATCH if again else best


def _in_city(city: _City, rest: str) -> tuple[TownMatch, int]:
    """Return the town of a municipality that `rest` begins with, and how many signs of it were its name."""
    for size in range(min(city.longest, len(rest)), 0, -1):
        place = city.places.get(rest[:size])
        if place is None:
            continue
        if not place.chome:
            return TownMatch(place.index, "chome" if _CHOME.match(rest[:size]) else "town"), size
        after = _NUMBER.match(rest[size:])
        number = int(after["number"]) if after else -1
        if after and number in place.chome and (after["third"] or not place.own):
            return TownMatch(place.chome[number], "chome"), size
        return TownMatch(place.index, "town"), size
    return NO_MATCH, 0


def _cities_of(towns: Towns) -> dict[str, list[_City]]:
    """Return spelling of a municipality → those it may mean: with and without 郡, city or ward alone."""
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    written = {city: plain_address(city) for city in set(towns.city.tolist())}
    for n, (prefecture, city) in enumerate(zip(towns.prefecture.tolist(), towns.city.tolist(), strict=True)):
        members[prefecture, written[city]].append(n)
    found: dict[str, list[_City]] = defaultdict(list)
    for (prefecture, name), indices in members.items():
        city = _city_of(towns, prefecture, indices)
        spellings = {name, _COUNTY.sub("", name)}
        ward = _WARD.match(name)
        if ward:
            spellings |= {ward["city"], ward["ward"]}
        for spelling in spellings - {""}:
            found[spelling].append(city)
    if "" in {name for _, name in members}:  # towns whose municipality is not told are found without one
        found["\0"] = [_city_of(towns, p, i) for (p, name), i in members.items() if not name]
    return dict(found)


def _city_of(towns: Towns, prefecture: str, indices: list[int]) -> _City:
    own: dict[str, list[int]] = defaultdict(list)
    chome: dict[str, dict[int, int]] = defaultdict(dict)
    for n in indices:
        name = plain_address(str(towns.name[n]))
        own[name].append(n)
        parts = _CHOME.match(name)
        if parts:
            chome[parts["base"]].setdefault(int(parts["number"]), n)
    places = {
        name: _Place(_middle(towns.lonlat, found), own=True, chome=chome.get(name, {})) for name, found in own.items()
    }
    for base, numbers in chome.items():
        if base not in places:
            places[base] = _Place(_middle(towns.lonlat, list(numbers.values())), own=False, chome=numbers)
    return _City(prefecture, places, max(map(len, places), default=0), _middle(towns.lonlat, indices))


def _middle(lonlat: FloatArray, indices: list[int]) -> int:
    """Return which of some towns is nearest to their mean point."""
    if len(indices) == 1:
        return indices[0]
    points = lonlat[indices]
    squares = ((points - points.mean(axis=0)) ** 2).sum(axis=1)
    return indices[int(np.argmin(squares))]


def towns_of(rows: Iterable[tuple[str, str, str, float, float]]) -> Towns:
    """Return towns of rows (name, municipality, prefecture, longitude, latitude)."""
    listed = list(rows)
    columns = list(zip(*listed, strict=True)) if listed else [(), (), (), (), ()]
    texts = [np.array(c, dtype=np.str_) if c else np.zeros(0, dtype="<U1") for c in columns[:3]]
    lonlat = np.array([columns[3], columns[4]], dtype=np.float64).T.reshape(-1, 2)
    return Towns(texts[0], texts[1], texts[2], lonlat)
