"""Small areas of the census: parts joined, water left out, X shared out, cut along the mesh, joined to tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.config.population import SmallArea
from geodata.errors import DataError, Severity
from geodata.readers.population import read_population
from tests.unit.geodata.people_files import area_row, area_text, hidden_area, write_areas, write_zip

FIVES = [6] * 15 + [10]
BOXES = {
    "082020010": [shapely.box(140.6, 36.6, 140.62, 36.61), shapely.box(140.63, 36.6, 140.631, 36.601)],
    "082020020": [shapely.box(140.62, 36.6, 140.63, 36.61)],
    "08202003001": [shapely.box(140.6, 36.61, 140.61, 36.62)],
}
NAMES = {"082020010": "助川町", "082020020": "会瀬町", "08202003001": "幸町一丁目"}
PEOPLE = {"082020010": 96, "082020020": 4, "08202003001": 100}


def made(folder, people=None, *, water=True, parts=(1, 0)):
    """Write boundaries: the first area in two parts, water, and everybody of `people`."""
    rows, shapes = [], []
    for code, boxes in BOXES.items():
        for n, box in enumerate(boxes):
            persons = (people or PEOPLE)[code] * (parts[n] if len(boxes) > 1 else 1)
            rows.append(
                {
                    "KEY_CODE": code,
                    "CITY_NAME": "日立市",
                    "S_NAME": NAMES[code],
                    "KIGO_E": f"E{n + 1}" if len(boxes) > 1 else "",
                    "HCODE": 8101,
                    "JINKO": persons,
                }
            )
            shapes.append(box)
    if water:
        rows.append(
            {"KEY_CODE": "082029999", "CITY_NAME": "日立市", "S_NAME": "", "KIGO_E": "", "HCODE": 8154, "JINKO": 0}
        )
        shapes.append(shapely.box(140.64, 36.6, 140.7, 36.7))
    return str(write_areas(folder, rows, shapes))


def table(folder, rows, name="tblT001082C08.txt"):
    """Write a table of ages; rows of sums come first, as published."""
    path = folder / name
    sums = [area_row("08202", 1, "", [18] * 15 + [30]), area_row("082020030", 2, "幸町", FIVES)]
    path.write_bytes(area_text([*sums, *rows]).encode("cp932"))
    return str(path)


def read(boundaries, **more):
    """Return the reading."""
    outline = more.pop("outline", None)
    return read_population(SmallArea(kind="small_area", boundaries=boundaries, **more), Path, None, outline=outline)


def told(reading, severity=Severity.WARNING):
    """Return the codes of what was told."""
    return {p.code for p in reading.problems if p.severity is severity}


@pytest.mark.parametrize("cell_m", [0, 250, 500, 1000])
@pytest.mark.parametrize("parts", [(1, 0), (1, 1)])
def test_people_of_the_polygons_are_counted_once_in_any_cut(tmp_path, cell_m, parts):
    found = read(made(tmp_path, parts=parts), cell_m=cell_m)
    population = found.population
    assert population.total.sum() == pytest.approx(200)
    assert {n: round(float(population.group(f"district:{n}").sum()), 6) for n in population.district_id} == {
        "助川町": 96,
        "会瀬町": 4,
        "幸町一丁目": 100,
    }
    assert population.cell_id.tolist() == sorted(population.cell_id.tolist())
    assert (population.n_cells == 3) is (cell_m == 0)
    assert (population.year, population.base_date) == (2020, "2020-10-01")
    assert "small_area.water" in told(found, Severity.INFO)
    assert found.repairs["small_area.parts_joined"] == 1
    assert shapely.union_all(population.polygon_lonlat).area == pytest.approx(
        shapely.union_all([b for boxes in BOXES.values() for b in boxes]).area
    )


def test_people_are_spread_by_area_within_an_area(tmp_path):
    population = read(made(tmp_path), cell_m=500).population
    mine = [n for n, c in enumerate(population.cell_id) if c.startswith("08202003001")]
    density = population.total[mine] / shapely.area(population.polygon_lonlat[mine])
    assert density == pytest.approx(np.full(len(mine), density[0]))
    assert len(mine) > 1


def test_different_numbers_in_parts_are_added_and_told(tmp_path):
    found = read(made(tmp_path, parts=(1, 0.25)))
    assert found.population.total.sum() == pytest.approx(200 + 24)
    assert "small_area.parts_differ" in told(found)


def test_ages_come_from_the_table_and_suppressed_ones_from_the_receiving_area(tmp_path):
    rows = [
        area_row("082020010", 3, "助川町", FIVES, mark="1,,0020"),
        hidden_area("082020020", "会瀬町", "0010"),
        area_row("08202003001", 4, "幸町一丁目", FIVES, unknown=0),
    ]
    found = read(made(tmp_path), table=table(tmp_path, rows), cell_m=0)
    population = found.population
    assert population.total.tolist() == pytest.approx([96, 4, 100])
    assert population.persons.sum(axis=0) == pytest.approx(np.array(FIVES) * 2)
    assert population.bands[-1].band_id == "75+"
    assert len(population.bands) == 16
    assert found.repairs["estat.suppressed_shared"] == 2
    assert not told(found)
    assert [f.rows_in for f in found.files] == [5, 5]


def test_rows_and_polygons_that_do_not_match_are_told_with_their_people(tmp_path):
    rows = [
        area_row("082020010", 3, "助川町", FIVES),
        area_row("082020990", 3, "新町", FIVES),
        area_row("083010010", 3, "他市", FIVES),
    ]
    found = read(made(tmp_path), table=table(tmp_path, rows), cell_m=0)
    messages = {p.code: p for p in found.problems if p.severity is Severity.WARNING}
    assert "100 人" in messages["small_area.row_without_polygon"].message.ja
    assert messages["small_area.row_without_polygon"].count == 1
    assert messages["small_area.polygon_without_row"].count == 2
    assert found.population.total.tolist() == pytest.approx([100, 4, 100])


def test_clipping_leaves_other_towns_out(tmp_path):
    found = read(made(tmp_path), outline=shapely.box(140.59, 36.59, 140.621, 36.63))
    assert found.population.total.sum() == pytest.approx(196)
    assert "population.clipped" in told(found, Severity.INFO)


def refused(*args, **more):
    """Return the codes of a refusal."""
    with pytest.raises(DataError) as caught:
        read(*args, **more)
    return [p.code for p in caught.value.problems]


def test_refusals(tmp_path):
    boundaries = made(tmp_path)
    other = tmp_path / "tblT001082C09.txt"
    other.write_bytes(area_text([area_row("092010010", 3, "宇都宮", FIVES)]).encode("cp932"))
    assert refused(boundaries, table=str(other)) == ["small_area.no_match"]
    assert refused(boundaries, code="CODE", name="町") == ["table.missing_column"]
    assert refused(boundaries, where={"CITY_NAME": "水戸市"}) == ["table.no_match"]
    assert refused(boundaries, outline=shapely.box(130, 30, 131, 31)) == ["population.nothing_inside"]
    assert refused(str(tmp_path / "none.zip")) == ["input.missing"]
    broken = tmp_path / "broken.zip"
    broken.write_bytes(Path(boundaries).read_bytes()[:400])
    assert refused(str(broken)) == ["archive.broken"]
    assert refused(str(write_zip(tmp_path / "x.zip", {"a.txt": b"1"})))


def test_polygons_without_people_need_a_table(tmp_path):
    path = tmp_path / "areas.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"KEY_CODE":"082020010","S_NAME":"助川町"},'
        '"geometry":{"type":"Polygon","coordinates":[[[140.6,36.6],[140.61,36.6],[140.61,36.61],[140.6,36.6]]]}}]}'
    )
    assert refused(str(path), year=2020) == ["population.no_people"]
    rows = [area_row("082020010", 3, "助川町", FIVES)]
    found = read(str(path), table=table(tmp_path, rows))
    assert found.population.total.sum() == pytest.approx(100)
    assert found.population.year == 2020
