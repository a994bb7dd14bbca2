"""Owns what is drawn: cell outlines, the land dissolved from them, and the layers of one run."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely

from geodata.city import City

DIGITS = 5  # about one metre
BESIDE = 0.1  # of the longer side of the city: stations as near as this outside are shown at first
LAYERS = (
    "lines",
    "stops",
    "facilities",
    "places",
    "closures",
    "hubs",
    "on_demand",
    "entrances",
    "autonomous",
    "tours",
)
Json = dict[str, Any]


def build_geometry(city: City) -> Json:
    """Return cells (feature id = index), land, and the box that shows all of it [degrees]."""
    cells = city.population
    names = [str(cells.district_name[k]) if k >= 0 else "" for k in cells.district]
    english = [str(cells.district_name_en[k]) if k >= 0 else "" for k in cells.district]
    features = [
        {
            "type": "Feature",
            "id": n,
            "properties": {"id": str(cells.cell_id[n]), "district": names[n], "district_en": english[n]},
            "geometry": _outline(polygon),
        }
        for n, polygon in enumerate(cells.polygon_lonlat)
    ]
    return {
        "cells": {"type": "FeatureCollection", "features": features},
        "land": json.loads(shapely.to_geojson(dissolve(city))),
        "extent": extent_of(city),
    }


def _outline(cell: shapely.Geometry) -> Json:
    """Return a cell without its holes; a small area may have several parts."""
    parts = shapely.get_parts(cell)
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": [_ring(parts[0])]}
    return {"type": "MultiPolygon", "coordinates": [[_ring(part)] for part in parts]}


def _ring(polygon: shapely.Polygon) -> list[list[float]]:
    ring: list[list[float]] = np.round(shapely.get_coordinates(polygon.exterior), DIGITS).tolist()
    return ring


def dissolve(city: City) -> shapely.Geometry:
    """Return the union of all cells without the corners between neighbours [degrees]."""
    snapped = shapely.set_precision(city.population.polygon_lonlat, 10.0**-DIGITS)
    return shapely.simplify(shapely.union_all(snapped), 1e-6)


def extent_of(city: City) -> list[float]:
    """
    Return west, south, east, north of the whole city [degrees].

    Stations just outside belong to it: they are drawn, and at the very rim of a map their names would be cut.
    """
    west, south, east, north = shapely.total_bounds(city.population.polygon_lonlat).tolist()
    stations = city.timetable.stops.lonlat[city.timetable.stops_of_class("rail", "brt")]
    beside = BESIDE * max(east - west, north - south)
    near = np.abs(stations - np.clip(stations, [west, south], [east, north])).max(axis=1) <= beside
    every = np.concatenate([[[west, south], [east, north]], stations[near]])
    return [*every.min(axis=0).tolist(), *every.max(axis=0).tolist()]


def collect_layers(layers: Json) -> Json:
    """Return the layers of a run that are drawn, every one present."""
    return {name: layers.get(name) or {"type": "FeatureCollection", "features": []} for name in LAYERS}


def mark_against(layers: Json, left: Json) -> Json:
    """
    Return layers marked by what tells them apart from the ones on the left.

    What stands on the left in the same way is drawn as it is, and what both removed is not drawn. Closures keep their
    mark: they are counts, and red on both sides.
    """
    return {
        name: layer if name == "closures" else _marked(layer["features"], left[name]["features"])
        for name, layer in layers.items()
    }


def _marked(features: list[Json], left: list[Json]) -> Json:
    known = {_signature(feature) for feature in left}
    found = [_plain(feature) if _signature(feature) in known else feature for feature in features]
    return {"type": "FeatureCollection", "features": [feature for feature in found if feature is not None]}


def _signature(feature: Json) -> str:
    return json.dumps([feature["properties"], feature["geometry"]], sort_keys=True)


def _plain(feature: Json) -> Json | None:
    if feature["properties"].get("change") == "removed":
        return None
    return {**feature, "properties": {**feature["properties"], "change": "same"}}
