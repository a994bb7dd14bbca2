"""Owns GeoJSON: collections, single features, sequences by line, with or without a crs member, in any encoding."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata.errors import DataError, Problem, Text, error
from geodata.readers.archive import decode
from geodata.readers.tables import ROW
from geodata.readers.vector_shapes import RawFeatures

_RECORD_SEPARATOR = "\x1e"
_GEOMETRIES = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"},
)
_WORLD = "OGC:CRS84"


def read_geojson(content: bytes, where: str) -> RawFeatures:
    """
    Return the features of a GeoJSON file; what is no GeoJSON raises `DataError` naming the feature.

    Parameters
    ----------
    content
        The whole file; UTF-8 with or without BOM, UTF-16, cp932.
    where
        What messages call it.
    """
    text, problems = decode(content, where)
    try:
        found, crs = _features(text)
        rows = [{str(k): plain(v) for k, v in (f.get("properties") or {}).items()} for f in found]
        texts = [None if f.get("geometry") is None else json.dumps(f["geometry"]) for f in found]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise DataError(_unreadable(where, str(exc))) from exc
    if not found:
        raise DataError(_nothing(where))
    shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
    wrong = [n for n, (t, s) in enumerate(zip(texts, shapes, strict=True), 1) if t is not None and s is None]
    if wrong:
        raise DataError([_unreadable(f"{where} feature {n}", "geometry") for n in wrong])
    table = pd.DataFrame(rows, dtype="str").fillna("")
    if table.empty:
        table = pd.DataFrame(index=range(len(found)))
    table[ROW] = np.arange(1, len(found) + 1)
    return RawFeatures(table, shapes, crs, problems, world_by_default=True)


def plain(value: Any) -> str:
    """Return a property as text: whole numbers without a point, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, float):
        if np.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    return str(value).strip()


def _features(text: str) -> tuple[list[dict[str, Any]], str | None]:
    try:
        trees = [json.loads(text)]
    except json.JSONDecodeError:
        lines = [line.strip(_RECORD_SEPARATOR + " \r\t") for line in text.split("\n")]
        trees = [json.loads(line) for line in lines if line]
        if len(trees) < 2:  # noqa: PLR2004 -- not a sequence: the first complaint is the better one
            raise
    found: list[dict[str, Any]] = []
    crs = None
    for tree in trees:
        crs = crs or _crs(tree)
        found += _of_tree(tree)
    return found, crs


def _of_tree(tree: Any) -> list[dict[str, Any]]:
    if "features" in tree:
        return list(tree["features"])
    if tree.get("type") == "Feature":
        return [tree]
    if tree.get("type") in _GEOMETRIES:
        return [{"geometry": tree}]
    msg = f"type {tree.get('type')!r}"
    raise ValueError(msg)


def _crs(tree: Any) -> str | None:
    """Return the coordinate system that a crs member names; CRS84 is written in many ways."""
    member = tree.get("crs")
    if not member:
        return None
    name = str((member.get("properties") or {}).get("name") or (member.get("properties") or {}).get("code") or "")
    if "CRS84" in name.upper():
        return _WORLD
    return f"EPSG:{name}" if name.isdigit() else name or None


def _unreadable(where: str, detail: str) -> Problem:
    return error(
        "geojson.unreadable",
        where,
        Text(f"GeoJSON として読めません: {detail[:200]}", f"this is not GeoJSON: {detail[:200]}"),
        Text("FeatureCollection の GeoJSON（緯度経度）で保存してください", "save it as a GeoJSON FeatureCollection"),
    )


def _nothing(where: str) -> Problem:
    return error(
        "geojson.empty",
        where,
        Text("図形がありません", "there is no geometry"),
        Text("図形のある地物を入れてください", "put features with a geometry in it"),
    )
