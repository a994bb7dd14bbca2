"""Zones come from the polygons of any vector file, 居住誘導区域 included."""

from __future__ import annotations

import json

import numpy as np
import pytest

from geodata.config.places import BoundaryConfig
from geodata.crs import to_plane
from geodata.errors import DataError
from geodata.readers.zone_files import read_zones

EPSG = 6677
SQUARE = [[140.6, 36.6], [140.61, 36.6], [140.61, 36.61], [140.6, 36.61], [140.6, 36.6]]


def write(path, *features):
    found = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}), "utf-8")
    return path


def polygon(east=0.0):
    return {"type": "Polygon", "coordinates": [[[x + east, y] for x, y in SQUARE]]}


def test_guidance_areas_become_zones_in_both_systems(tmp_path):
    path = write(
        tmp_path / "z.geojson", ({"区域": "居住誘導区域", "番号": 1}, polygon()), ({"区域": "他"}, polygon(0.1))
    )
    config = BoundaryConfig(
        path="z.geojson", kind="residential_guidance", id="番号", name="区域", where={"区域": "居住誘導区域"}
    )
    reading = read_zones(config, path, EPSG)
    zones, problems = reading.value, reading.problems
    assert [(z.zone_id, z.kind, z.name.ja) for z in zones] == [("1", "residential_guidance", "居住誘導区域")]
    assert problems == ()
    corner = np.array(zones[0].xy.exterior.coords)[0]
    assert corner == pytest.approx(to_plane(EPSG, np.array([SQUARE[0]]))[0])


def test_what_is_no_polygon_is_refused_by_its_number(tmp_path):
    point = {"type": "Point", "coordinates": [140.6, 36.6]}
    path = write(tmp_path / "z.geojson", ({}, polygon()), ({}, point))
    with pytest.raises(DataError) as refused:
        read_zones(BoundaryConfig(path="z.geojson"), path, EPSG)
    assert [(p.code, p.where) for p in refused.value.problems] == [("geojson.not_polygon", "z.geojson feature 2")]


def test_the_number_counts_features_without_a_shape_too(tmp_path):
    point = {"type": "Point", "coordinates": [140.6, 36.6]}
    path = write(tmp_path / "z.geojson", ({}, None), ({}, polygon()), ({}, point))
    with pytest.raises(DataError) as refused:
        read_zones(BoundaryConfig(path="z.geojson"), path, EPSG)
    assert [p.where for p in refused.value.problems] == ["z.geojson feature 3"]
