"""A city built from a mesh, polygons of 学区, an official table by 学区 and age, and daytime population: numbers agree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geodata.build import build_city
from geodata.mesh import bounds_many, cells_over

if TYPE_CHECKING:
    from pathlib import Path

CODES = cells_over((140.60, 36.55, 140.65, 36.60), 4)
CONFIG = """
id: fitted
name: 合わせた市
population: {kind: mesh_csv, path: mesh.csv, code: mesh_code, persons: persons, year: 2020, base_date: 2020-10-01}
districts: {path: schools.geojson}
controls:
  - {path: ages.csv, date: 2025-10-01}
daytime: {path: day.csv, year: 2021}
"""
AGES = """学区別年齢別人口,,,,
令和7年10月1日現在,,,,
学区,総数,年少人口（０～１４歳）,生産年齢人口（１５～６４歳）,老年人口（６５歳以上）
西小学校区,"12,000","1,500","6,500","4,000"
東小学校区,"8,000","1,000","4,500","2,500"
合計,"20,000","2,500","11,000","6,500"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("fitted")
    (root / "city.yaml").write_text(CONFIG, encoding="utf-8")
    (root / "ages.csv").write_bytes(AGES.encode("cp932"))
    people = "".join(f"{code},{100 + n}\n" for n, code in enumerate(CODES))
    (root / "mesh.csv").write_text("mesh_code,persons\n" + people, encoding="utf-8")
    big = sorted({code[:8] for code in CODES})
    (root / "day.csv").write_text("KEY_CODE,昼間人口\n" + "".join(f"{c},1000\n" for c in big), encoding="utf-8")
    corners = bounds_many(CODES)
    west, south, east, north = corners[:, 0].min(), corners[:, 1].min(), corners[:, 2].max(), corners[:, 3].max()
    middle = (west + east) / 2
    shapes = {"西小学校": shapely.box(west, south, middle, north), "東小学校": shapely.box(middle, south, east, north)}
    features = [
        {
            "type": "Feature",
            "properties": {"A27_001": "08202", "A27_002": "市立", "A27_003": f"B10821000001{n}", "A27_004": name},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for n, (name, shape) in enumerate(shapes.items())
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (root / "schools.geojson").write_text(json.dumps(collection), encoding="utf-8")
    return root


def test_official_numbers_are_met_and_everything_is_told(folder: Path) -> None:
    report = build_city(folder / "city.yaml")
    people = report.city.population
    assert [b.band_id for b in people.bands] == ["0-14", "15-64", "65+"]
    found = [np.round(people.persons[people.district == d].sum(axis=0), 2).tolist() for d in (0, 1)]
    assert found == [[1_500, 6_500, 4_000], [1_000, 4_500, 2_500]]
    assert (people.year, people.base_date) == (2025, "2025-10-01")
    assert report.city.daytime is not None
    assert report.city.daytime.persons.sum() == pytest.approx(1_000 * len({c[:8] for c in CODES}))
    codes = {p.code for p in report.problems}
    assert {"districts.guessed", "controls.guessed", "controls.matched_by_stem", "controls.new_bands"} <= codes
    assert "controls.total_row_differs" not in codes


def test_a_district_that_the_city_does_not_have_is_refused_with_the_nearest(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "ages.csv").write_bytes(AGES.replace("東小学校区", "東台小学校区").encode("cp932"))
    with pytest.raises(Exception, match="no district") as caught:
        build_city(tmp_path / "city.yaml")
    wrong = next(p for p in caught.value.problems if p.code == "controls.unknown_district")
    assert "東小学校" in wrong.message.ja
    assert wrong.where == "ages.csv"
