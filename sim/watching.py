"""
Owns a city, and settings, that are watched: they note which layers and fields a computation reads, so that it need not
be done again where just those are the same.

What is read is found out, not declared: a KPI that begins to look at another layer can never be answered from memory
by mistake.
"""

from __future__ import annotations

from dataclasses import fields
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel

from geodata.city import City
from geodata.digest import digest_of
from geodata.population import PopulationCells
from geodata.provenance import Status, weakest
from sim.facility_kinds import facilities_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geodata.mobile_office import MobileOfficePlan

LAYERS = frozenset(field.name for field in fields(City))
EVERYTHING = "city"
"""Reading of whatever has no name of its own."""
CELLS = "cells"
"""Reading of the cells without who lives in them."""
SOURCES = "sources:"
"""Reading of the weakest status of the sources of one layer, which follows the colon."""

FACILITIES = "facilities:"
"""Reading of the facilities of some kinds, which follow the colon, divided by commas."""

DESKS = "clinic desks"
"""Reading of the plans of mobile offices that carry a clinic desk."""

PARAM = "param:"
"""Reading of one parameter, which follows the colon."""
ANALYSIS = "analysis:"
"""Reading of one field of the analysis, which follows the colon."""

Settings = TypeVar("Settings", bound=BaseModel)

_PEOPLE = frozenset({"persons", "bands", "year", "base_date", "vintages"})
_CELLS = tuple(field.name for field in fields(PopulationCells) if field.name not in _PEOPLE)
_OF_CELLS = frozenset({*_CELLS, "n_cells", "area_m2"})


class _WatchedPopulation:
    """Cells and who lives in them; notes which of the two is read."""

    __slots__ = ("_note", "_population")

    def __init__(self, population: PopulationCells, note: Callable[[str], None]) -> None:
        self._population, self._note = population, note

    def __getattr__(self, name: str) -> Any:
        self._note(CELLS if name in _OF_CELLS else "population")
        return getattr(self._population, name)


class _WatchedCity:
    """A city that notes each layer as it is read."""

    __slots__ = ("_city", "_note")

    def __init__(self, city: City, note: Callable[[str], None]) -> None:
        self._city, self._note = city, note

    def __getattr__(self, name: str) -> Any:
        if name == "population":
            return _WatchedPopulation(self._city.population, self._note)
        if name != "status_of":
            self._note(name if name in LAYERS else EVERYTHING)
        return getattr(self._city, name)

    def status_of(self, layer: str) -> Status:
        self._note(SOURCES + layer)
        return self._city.status_of(layer)


def watch(city: City, note: Callable[[str], None]) -> City:
    """Return a city that behaves like the given one and tells the name of each reading."""
    return cast("City", _WatchedCity(city, note))


class _WatchedSettings:
    """Parameters or an analysis that note each field as it is read, also by their own methods; `own` ones are new."""

    __slots__ = ("_note", "_own", "_prefix", "_settings")

    def __init__(
        self, settings: BaseModel, prefix: str, note: Callable[[str], None], own: frozenset[str] = frozenset()
    ) -> None:
        self._settings, self._prefix, self._note, self._own = settings, prefix, note, own

    def __getattr__(self, name: str) -> Any:
        kind = type(self._settings)
        if name in kind.model_fields:
            if name not in self._own:
                self._note(self._prefix + name)
            return getattr(self._settings, name)
        method = getattr(kind, name, None)
        if isinstance(method, FunctionType | property) and not hasattr(BaseModel, name):
            return method.__get__(self)  # reads through this
        self._note_all()
        return getattr(self._settings, name)

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Any:
        """Return changed settings; what is changed is no reading."""
        changed = dict(update or {})
        copy = self._settings.model_copy(update=changed)
        return _WatchedSettings(copy, self._prefix, self._note, self._own | changed.keys())

    def __eq__(self, other: object) -> bool:
        self._note_all()
        return self._settings == (other._settings if isinstance(other, _WatchedSettings) else other)

    def __hash__(self) -> int:
        self._note_all()
        return hash(self._settings)

    def __repr__(self) -> str:
        self._note_all()
        return repr(self._settings)

    def _note_all(self) -> None:
        for name in type(self._settings).model_fields:
            if name not in self._own:
                self._note(self._prefix + name)


def watch_settings(settings: Settings, prefix: str, note: Callable[[str], None]) -> Settings:
    """Return settings that behave like the given ones and tell `prefix` + the name of each field read."""
    return cast("Settings", _WatchedSettings(settings, prefix, note))


def status_where_told(city: City, part: str, note: Callable[[str], None]) -> Status:
    """Return the weakest status of the sources of a part of a layer; one without sources says nothing."""
    note(SOURCES + part)
    return weakest(s.status for s in city.sources if s.layer == part)


def plans_with_desk(city: City) -> tuple[MobileOfficePlan, ...]:
    """Return the plans of mobile offices that carry a clinic desk."""
    return tuple(plan for plan in city.mobile_offices if plan.clinic_desk is not None)


def digest_of_read(city: City, name: str) -> str:
    """Return the digest of what a reading gives in a city."""
    if name in LAYERS:
        return city.layer_digest(name)
    if name == CELLS:
        population = city.population
        return digest_of([getattr(population, field) for field in _CELLS])
    if name.startswith(SOURCES):
        layer = name.removeprefix(SOURCES)
        found = [s.status for s in city.sources if s.layer == layer]
        return str(weakest(found)) if found else ""
    if name == DESKS:
        return digest_of(plans_with_desk(city))
    if name.startswith(FACILITIES):
        return digest_of(facilities_of(city.facilities, tuple(name.removeprefix(FACILITIES).split(","))))
    return city.digest
