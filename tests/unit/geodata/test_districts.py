"""Districts from polygons, and how names of districts are matched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.config.fitting import DistrictsConfig
from geodata.district_names import match_names, plain_name
from geodata.errors import DataError, Severity
from geodata.readers.districts import largest_share, read_districts
from geodata.synthetic.grid import grid_city

if TYPE_CHECKING:
    from pathlib import Path

CITY = grid_city(n_x=4, n_y=2, cell_m=500.0)
CELLS = CITY.population


def lonlat_box(x0: float, y0: float, x1: float, y1: float) -> Any:
    """Return a rectangle given in cells of the grid, as degrees."""
    corners = CELLS.polygon_lonlat[0].bounds, CELLS.polygon_lonlat[-1].bounds
    west, south = corners[0][:2]
    dx, dy = (corners[1][2] - west) / 4, (corners[1][3] - south) / 2
    return shapely.box(west + x0 * dx, south + y0 * dy, west + x1 * dx, south + y1 * dy)


def write(path: Path, rows: list[tuple[dict[str, Any], Any]]) -> None:
    """Write features as GeoJSON."""
    features = [{"type": "Feature", "properties": p, "geometry": json.loads(shapely.to_geojson(g))} for p, g in rows]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def read(tmp_path: Path, rows: list[tuple[dict[str, Any], Any]], **keys: Any) -> Any:
    write(tmp_path / "areas.geojson", rows)
    return read_districts(DistrictsConfig(path="areas.geojson", **keys), lambda p: tmp_path / p, CELLS)


def school(name: str) -> dict[str, Any]:
    """Return the attributes of 国土数値情報 A27 小学校区, 製品仕様書 第3.0版 (2021 and 2023)."""
    return {"A27_001": "08202", "A27_002": "日立市立", "A27_003": "B108210000011", "A27_004": name, "A27_005": "1-1"}


def test_largest_share_of_the_area_wins_and_persons_stay(tmp_path: Path) -> None:
    # West holds columns 0, 1 and 40 % of column 2; east the rest, as two parts of one name.
    reading = read(
        tmp_path,
        [
            (school("西小学校"), lonlat_box(-1, -1, 2.4, 3)),
            (school("東小学校"), lonlat_box(2.4, -1, 3, 3)),
            (school("東小学校"), lonlat_box(3, -1, 5, 3)),
        ],
    )
    assert reading.value.district.tolist() == [0, 0, 1, 1] * 2
    assert reading.value.district_name.tolist() == ["西小学校", "東小学校"]
    assert reading.value.persons is CELLS.persons
    assert [p.code for p in reading.problems] == ["districts.guessed"]
    assert reading.counts == {"districts": 2, "cells_without_district": 0}
    assert reading.files[0].rows_in == reading.files[0].rows_kept == 3


def test_parts_of_one_district_are_summed_before_they_are_compared(tmp_path: Path) -> None:
    # In column 1 the west has 40 % in one piece; the east has 30 % on each side of it.
    pieces = [
        (school("西小学校"), lonlat_box(-1, -1, 1, 3)),
        (school("東小学校"), lonlat_box(1, -1, 1.3, 3)),
        (school("西小学校"), lonlat_box(1.3, -1, 1.7, 3)),
        (school("東小学校"), lonlat_box(1.7, -1, 5, 3)),
    ]
    assert read(tmp_path, pieces).value.district.tolist() == [0, 1, 1, 1] * 2


def test_cells_outside_all_have_none_or_the_nearest_and_are_told(tmp_path: Path) -> None:
    rows = [
        ({"地区名": "中央", "番号": "1"}, lonlat_box(0, 0, 2, 2)),
        ({"地区名": "海", "番号": "2"}, lonlat_box(8, 8, 9, 9)),
    ]
    reading = read(tmp_path, rows)
    assert reading.value.district.tolist() == [0, 0, -1, -1] * 2
    told = {p.code: p for p in reading.problems}
    assert told["districts.outside"].count == 4
    assert "400 人" in told["districts.outside"].message.ja
    assert told["districts.empty"].severity is Severity.WARNING
    assert read(tmp_path, rows, outside="nearest").value.district.tolist() == [0] * 8
    assert read(tmp_path, rows, where={"番号": "1"}).value.district_id.tolist() == ["中央"]


def test_broken_polygons_are_mended_and_told(tmp_path: Path) -> None:
    west, south, east, north = lonlat_box(0, 0, 4, 2).bounds
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    reading = read(tmp_path, [({"name": "蝶"}, bow), ({"name": "点"}, shapely.Point(west, south))])
    assert reading.value.district_id.tolist() == ["蝶"]
    codes = {p.code for p in reading.problems}
    assert "districts.not_polygon" in codes
    assert any("repair" in c or "mend" in c for c in codes)


@pytest.mark.parametrize(
    ("properties", "keys", "code"),
    [
        ({"a": "x", "b": "y"}, {}, "districts.name"),
        ({"a": "x"}, {"name": "b"}, "table.missing_column"),
        ({"地区名": ""}, {}, "districts.no_polygon"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, properties: dict[str, str], keys: dict[str, str], code: str
) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, [(properties, lonlat_box(0, 0, 4, 2))], **keys)
    assert [p.code for p in caught.value.problems] == [code]


@given(
    st.lists(st.tuples(st.floats(-500, 2_500), st.floats(-500, 1_500), st.floats(10, 2_000)), min_size=1, max_size=6)
)
def test_a_cell_gets_what_covers_most_of_it(squares: list[tuple[float, float, float]]) -> None:
    polygons = np.array([shapely.box(x, y, x + size, y + size) for x, y, size in squares], dtype=object)
    owner = np.arange(len(polygons), dtype=np.int32)
    found = largest_share(CELLS.polygon_xy, polygons, owner)
    area = shapely.area(shapely.intersection(CELLS.polygon_xy[:, None], polygons[None, :]))
    for cell, district in enumerate(found):
        most = area[cell].max()
        assert (district == -1) == (most == 0)
        assert district == -1 or area[cell, district] == pytest.approx(most)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("諏訪小学校区", "諏訪小学校"),
        ("諏訪学区", "諏訪小学校"),
        ("日立市立諏訪小学校", "諏訪地区"),
        ("末広町一丁目", "末広町１丁目"),
        ("十王町十一丁目", "十王町11丁目"),
        ("鮎川町\u3000２丁目", "鮎川町2丁目"),
        ("桜ケ丘", "桜ヶ丘"),
    ],
)
def test_names_written_differently_are_matched(written: str, known: str) -> None:
    matches = match_names([written], ["別の地区", known], where="t.csv", code="controls")
    assert matches.found == {written: 1}
    assert [p.severity for p in matches.problems] == (
        [Severity.INFO] if plain_name(written) != plain_name(known) else []
    )


def test_ambiguous_stems_are_refused_with_the_nearest_names() -> None:
    matches = match_names(["諏訪"], ["諏訪小学校", "諏訪中学校"], where="t.csv", code="controls")
    assert matches.found == {}
    assert [p.code for p in matches.problems] == ["controls.unknown_district"]
    assert "諏訪小学校" in matches.problems[0].message.ja
    twice = match_names(["諏訪小学校", "諏訪中学校"], ["諏訪地区"], where="t.csv", code="controls")
    assert twice.found == {}
    named = match_names(["A", "B"], ["諏訪"], renamed={"A": "諏訪", "B": "諏訪"}, where="t.csv", code="controls")
    assert named.found == {"A": 0, "B": 0}
