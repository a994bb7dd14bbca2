"""Owns what the animation draws: outlines, numbers by year, words; small cells and groups are hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from app.features.compare.geometry import dissolve, extent_of
from app.features.population.words import PLAN_TEXT, WORDS
from geodata.errors import Text
from geodata.population import share_at_least
from sim.population_path import PATH_TEXT, path_kind

if TYPE_CHECKING:
    from geodata.city import City
    from geodata.units import BoolArray, FloatArray
    from scenarios.people import PeopleByYear
    from scenarios.schema import Scenario

HIDDEN = -1
UNIT_M = 5.0
"""Metres per unit of the drawing: outlines are whole numbers of it."""
_DEGREE_M = 111_320.0
_LEAST_PERSONS = 0.5
_SMOOTH_DEGREES = 2e-4
Json = dict[str, Any]


def build_frames(people: PeopleByYear, title: Text, note: Text) -> Json:
    """
    Return everything that the animation of some years needs, in both languages.

    Parameters
    ----------
    people
        Residents by year.
    title, note
        Of the scenario, and what stands under the map.

    Notes
    -----
    Cells and groups of fewer persons than the city's `public_min_persons` are hidden (−1), as in every public view.
    """
    city = people.city
    shown = people.persons.sum(axis=2).max(axis=0) >= _LEAST_PERSONS
    plane = _Plane(city)
    cells = city.population
    hide = city.defaults.public_min_persons
    by_age = {age: _older(people, age)[:, shown] for age in (0, 65, 75)}
    frames = {
        "title": _both(title),
        "note": _both(note),
        "path": _both(PATH_TEXT[path_kind(people.path)]),
        "years": list(people.years),
        "base_year": cells.year,
        "unit_m": UNIT_M,
        "words": {key: _both(text) for key, text in WORDS.items()},
        "bands": [_both(band.label) for band in cells.bands],
        "districts": [
            {"ja": str(ja), "en": str(en)} for ja, en in zip(cells.district_name, cells.district_name_en, strict=True)
        ],
        "district": cells.district[shown].tolist(),
        "area_ha": np.round(cells.area_m2[shown] / 10_000.0, 2).tolist(),
        "base": _told(cells.total[shown][None], hide)[0],
        "total": _told(by_age[0], hide),
        "older": _told(by_age[65], hide),
        "oldest": _told(by_age[75], hide),
        "by_measures": _change(people, shown),
        "stations": _stations(city, plane),
    }
    return frames | plane.outlines(city, shown) | _city_rows(people) | _district_rows(people, hide)


def note_of(people: PeopleByYear, scenario: Scenario) -> Text:
    """Return what the measures are, and how firm the plan is; nothing without measures."""
    if not people.has_measures:
        return Text("", "")
    ja, en = ("; ".join(change.get(lang) for change in people.changes) for lang in ("ja", "en"))
    stage = PLAN_TEXT[scenario.plan_status]
    return Text(f"施策（{stage.ja}）: {ja}", f"Measures ({stage.en}): {en}")


def _both(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}


def _told(persons: FloatArray, hide: int) -> list[list[int]]:
    """Return whole persons, those of small groups hidden."""
    whole: list[list[int]] = np.where(persons < hide, HIDDEN, np.round(persons)).astype(int).tolist()
    return whole


def _older(people: PeopleByYear, age: int) -> FloatArray:
    """Return year, cell → residents of an age or older, shape (Y, C)."""
    shares = np.array([share_at_least(band, age) for band in people.city.population.bands])
    older: FloatArray = people.persons @ shares
    return older


def _change(people: PeopleByYear, shown: BoolArray) -> list[list[float]] | None:
    if not people.has_measures:
        return None
    change: list[list[float]] = np.round((people.persons - people.plain).sum(axis=2)[:, shown], 1).tolist()
    return change


def _city_rows(people: PeopleByYear) -> Json:
    by_band = people.persons.sum(axis=1)
    older, oldest = (_older(people, age).sum(axis=1) for age in (65, 75))
    rows = [
        {
            "total": round(float(bands.sum())),
            "older": round(float(older[y])),
            "oldest": round(float(oldest[y])),
            "bands": np.round(bands).astype(int).tolist(),
        }
        for y, bands in enumerate(by_band)
    ]
    return {"city": rows, "city_base": {"total": round(float(people.city.population.total.sum()))}}


def _district_rows(people: PeopleByYear, hide: int) -> Json:
    cells = people.city.population
    n_districts = len(cells.district_id)
    inside = cells.district >= 0
    rows = cells.district[inside]

    def by_district(persons: FloatArray) -> FloatArray:
        sums: FloatArray = np.bincount(rows, weights=persons[inside], minlength=n_districts).astype(np.float64)
        return sums

    ages = {age: np.stack([by_district(y) for y in _older(people, age)]) for age in (0, 65, 75)}
    told = {name: _told(ages[age], hide) for name, age in (("total", 0), ("older", 65), ("oldest", 75))}
    moved = np.stack([by_district(y) for y in (people.persons - people.plain).sum(axis=2)])
    return {
        "by_district": [
            [
                {name: values[y][k] for name, values in told.items()} | {"by_measures": round(float(moved[y, k]), 1)}
                for k in range(n_districts)
            ]
            for y in range(len(people.years))
        ],
        "by_district_base": _told(by_district(cells.total)[None], hide)[0],
    }


class _Plane:
    """Degrees to whole units of the drawing, y downwards from the north-west corner of the city."""

    def __init__(self, city: City) -> None:
        west, south, _, north = shapely.total_bounds(city.population.polygon_lonlat)
        self.west, self.north = west, north
        self.x_scale = _DEGREE_M * np.cos(np.radians((south + north) / 2)) / UNIT_M
        self.y_scale = _DEGREE_M / UNIT_M

    def points(self, lonlat: FloatArray) -> FloatArray:
        found: FloatArray = np.column_stack(
            [(lonlat[:, 0] - self.west) * self.x_scale, (self.north - lonlat[:, 1]) * self.y_scale]
        )
        return found

    def ring(self, polygon: shapely.Polygon) -> list[int]:
        corners = self.points(shapely.get_coordinates(polygon.exterior)[:-1])
        flat: list[int] = np.round(corners).astype(int).ravel().tolist()
        return flat

    def outlines(self, city: City, shown: BoolArray) -> Json:
        """Return cells (the largest part of each), their boxes, land, and the box of the whole city."""
        parts = [max(shapely.get_parts(p), key=shapely.area) for p in city.population.polygon_lonlat[shown]]
        cells = [self.ring(part) for part in parts]
        boxes = [[min(ring[::2]), min(ring[1::2]), max(ring[::2]), max(ring[1::2])] for ring in cells]
        land = shapely.get_parts(shapely.simplify(dissolve(city), _SMOOTH_DEGREES))
        west, south, east, north = extent_of(city)
        corners = self.points(np.array([[west, north], [east, south]]))
        return {
            "cells": cells,
            "boxes": boxes,
            "land": [self.ring(part) for part in land if part.geom_type == "Polygon"],
            "extent": [round(float(v)) for v in corners.ravel()],
        }


def _stations(city: City, plane: _Plane) -> list[Json]:
    stops = city.timetable.stops
    rows = city.timetable.stops_of_class("rail")
    rows = rows[stops.in_city[rows]]
    xy = plane.points(stops.lonlat[rows])
    return [
        {"x": round(float(x)), "y": round(float(y)), "name": {"ja": str(ja), "en": str(en)}}
        for (x, y), ja, en in zip(xy, stops.name[rows], stops.name_en[rows], strict=True)
    ]
