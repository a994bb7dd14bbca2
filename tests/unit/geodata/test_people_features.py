"""People by points or polygons of any file: counted in cells, or cells as they are."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.config.population import PeopleFeatures
from geodata.errors import DataError
from geodata.mesh import encode_many
from geodata.readers.population import read_population

POINTS = [(140.6501, 36.6001), (140.6502, 36.6002), (140.66, 36.61)]


def read(path, *, outline=None, **more):
    """Return the reading."""
    given = {"kind": "features", "path": str(path), "year": 2024, "base_date": dt.date(2024, 4, 1), **more}
    return read_population(PeopleFeatures(**given), Path, None, outline=outline)


def csv(folder, rows, head="経度,緯度,人口,地区"):
    """Write a CSV and return its path."""
    path = folder / "people.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def geojson(folder, shapes, **columns):
    """Write GeoJSON and return its path."""
    features = [
        {
            "type": "Feature",
            "properties": {k: v[n] for k, v in columns.items()},
            "geometry": shapely.geometry.mapping(s),
        }
        for n, s in enumerate(shapes)
    ]
    path = folder / "people.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    return path


def refused(*args, **more):
    """Return the codes and places of a refusal."""
    with pytest.raises(DataError) as caught:
        read(*args, **more)
    return [(p.code, p.where) for p in caught.value.problems]


def test_points_are_counted_in_the_250_m_mesh_with_the_district_of_most(tmp_path):
    rows = [f"{x},{y},{n},{d}" for (x, y), n, d in zip(POINTS, (3, 5, 7), ("北", "南", "南"), strict=True)]
    found = read(csv(tmp_path, rows), district="地区")
    population = found.population
    assert population.cell_id.tolist() == sorted({str(c) for c in encode_many(np.array(POINTS), 5)})
    assert sorted(population.total.tolist()) == [7.0, 8.0]
    assert population.group("district:南").sum() == 15
    assert found.counts["features"] == 3
    assert found.files[0].rows_kept == 3


def test_points_outside_japan_are_counted_in_squares(tmp_path):
    rows = [f"{-51.2 + i / 1000},-30.03,2,x" for i in range(10)]
    population = read(csv(tmp_path, rows)).population
    assert population.total.sum() == 20
    assert population.area_m2 == pytest.approx(250**2, rel=1e-6)
    assert shapely.contains_xy(population.polygon_lonlat, *population.lonlat.T).all()


@pytest.mark.parametrize("form", ["geojson", "gpkg", "shp"])
def test_polygons_are_cells_in_any_form(tmp_path, form):
    shapes = [
        shapely.box(140.6, 36.6, 140.61, 36.61),
        shapely.MultiPolygon([shapely.box(140.62, 36.6, 140.63, 36.61), shapely.box(140.64, 36.6, 140.65, 36.61)]),
    ]
    frame = gpd.GeoDataFrame(
        {"町名": ["助川町", "会瀬町"], "若年": [3, 4], "高齢": [1, 2]},
        geometry=shapes,
        crs=6677 if form == "gpkg" else 6668,
    )
    if form == "gpkg":
        frame = frame.set_crs(6668, allow_override=True).to_crs(6677)
    path = tmp_path / f"p.{form}"
    frame.to_file(path, **({"encoding": "cp932"} if form == "shp" else {}))
    bands = [
        {"id": "y", "label": "若", "from": 0, "to": 64, "column": "若年"},
        {"id": "o", "label": "老", "from": 65, "column": "高齢"},
    ]
    found = read(path, id="町名", district="町名", bands=bands)
    population = found.population
    assert population.cell_id.tolist() == ["会瀬町", "助川町"]
    assert population.persons.tolist() == [[4.0, 2.0], [3.0, 1.0]]
    assert population.polygon_lonlat[0].equals_exact(shapes[1], 1e-6) or population.polygon_lonlat[0].equals(shapes[1])


def test_ages_are_guessed_only_where_no_column_of_people_is_named(tmp_path):
    path = geojson(tmp_path, [shapely.box(140.6, 36.6, 140.61, 36.61)], 総数=[12], **{"0～64歳": [6], "65歳以上": [4]})
    assert read(path).population.persons.tolist() == [[pytest.approx(7.2), pytest.approx(4.8)]]
    assert read(path, persons="総数").population.persons.tolist() == [[12.0]]


def test_overlaps_are_warned_of_and_rows_can_be_chosen(tmp_path):
    shapes = [
        shapely.box(140.6, 36.6, 140.61, 36.61),
        shapely.box(140.605, 36.6, 140.615, 36.61),
        shapely.box(140.615, 36.6, 140.62, 36.61),
    ]
    path = geojson(tmp_path, shapes, p=[1, 2, 4], kind=["a", "a", "b"])
    found = read(path, persons="p")
    assert {p.code: p.count for p in found.problems}["population.overlap"] == 1
    chosen = read(path, persons="p", where={"kind": "b"})
    assert chosen.population.total.tolist() == [4.0]
    inside = read(path, persons="p", outline=shapely.box(140.59, 36.59, 140.612, 36.62))
    assert inside.population.total.sum() == 3


def test_refusals(tmp_path):
    path = csv(tmp_path, ["140.65,36.6,3,北", "36.6,140.65,4,北"])
    assert refused(path) == [("table.position", "people.csv row 3")]
    assert refused(csv(tmp_path, ["140.65,36.6,*,北"])) == [("population.suppressed", "people.csv row 2")]
    assert refused(csv(tmp_path, ["1,2,3,x"], "a,b,人口,d"))[0][0] == "table.missing_column"
    assert refused(csv(tmp_path, ["140.65,36.6,x,y"], "lon,lat,c,d"))[0][0] == "population.no_people"
    assert refused(csv(tmp_path, []))[0][0] == "table.empty"
    mixed = geojson(tmp_path, [shapely.box(140.6, 36.6, 140.61, 36.61), shapely.Point(140.6, 36.6)], 人口=[1, 2])
    assert refused(mixed)[0][0] == "population.mixed_shapes"
    twice = geojson(tmp_path, [shapely.box(140.6, 36.6, 140.61, 36.61)] * 2, 人口=[1, 2], id=["a", "a"])
    assert refused(twice, id="id")[0][0] == "population.duplicate_cell"


@settings(deadline=None, max_examples=8)
@given(
    st.lists(st.tuples(st.floats(140.6, 140.7), st.floats(36.55, 36.65), st.integers(0, 99)), min_size=1, max_size=40)
)
def test_everybody_is_in_one_cell_in_any_order(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("points")
    first = read(csv(folder, [f"{x},{y},{n},東" for x, y, n in rows])).population
    again = read(csv(folder, [f"{x},{y},{n},東" for x, y, n in reversed(rows)])).population
    assert first.total.sum() == sum(n for _, _, n in rows)
    assert first.cell_id.tolist() == again.cell_id.tolist()
    assert first.persons == pytest.approx(again.persons)
