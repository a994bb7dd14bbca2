"""将来推計人口メッシュ: as people of a year, and as an outlook on cells of the same, finer and coarser mesh."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.config.population import FutureMesh, MeshCsv, OutlookConfig
from geodata.errors import DataError
from geodata.mesh import bounds_many, cells_over
from geodata.readers.future_mesh import read_outlook
from geodata.readers.population import read_population
from tests.unit.geodata.people_files import future_frame, write_future, write_zip

BOX = (140.6, 36.6, 140.625, 36.61666666)
CODES = cells_over(BOX, 4)
YEARS = (2025, 2030)


def ages(seed=0, n=None):
    """Return persons by cell and five-year group."""
    return np.random.default_rng(seed).integers(0, 40, (n or len(CODES), 20)).astype(float)


@pytest.fixture
def frame():
    """Return estimates of two years, and a base year with totals only."""
    return future_frame(CODES, {y: ages(y) for y in YEARS}, {2020: ages(1).sum(axis=1)})


def people(path, year=2030, *, outline=None, **more):
    """Return the reading of one year."""
    return read_population(FutureMesh(kind="future_mesh", path=path, year=year, **more), Path, None, outline=outline)


def city(folder, level, persons=1.0):
    """Return a city of mesh cells of some level over the box."""
    codes = cells_over(BOX, level)
    values = np.broadcast_to(persons, len(codes))
    path = folder / "cells.csv"
    path.write_text("\n".join(["c,p", *(f"{c},{v}" for c, v in zip(codes, values, strict=True))]))
    config = MeshCsv(kind="mesh_csv", path=str(path), code="c", persons="p", year=2020, base_date=dt.date(2020, 10, 1))
    return read_population(config, Path, None, outline=None).population


def told(reading):
    """Return code → problem."""
    return {p.code: p for p in reading.problems}


def test_one_year_as_people_of_the_city(tmp_path, frame):
    found = people(str(write_future(frame, tmp_path)))
    population = found.population
    order = np.argsort(CODES)
    assert population.cell_id.tolist() == sorted(CODES)
    assert population.persons == pytest.approx(ages(2030)[order])
    assert (population.bands[0].band_id, population.bands[-1].band_id) == ("0-4", "95+")
    assert (population.year, population.base_date) == (2030, "2030-10-01")
    assert told(found)["future.official_estimate"]
    base = people(str(write_future(frame, tmp_path)), 2020).population
    assert [b.band_id for b in base.bands] == ["all"]
    assert base.total.sum() == pytest.approx(ages(1).sum())


@pytest.mark.parametrize(
    "form", ["geojson", "gpkg", "csv", "csv cp932", "both in a zip", "bare shp", "old names", "broad"]
)
def test_every_form_gives_the_same_people(tmp_path, frame, form):
    path = tmp_path / "500m_mesh_2024_08.geojson"
    text = frame.drop(columns="geometry").to_csv(index=False)
    if form == "gpkg":
        path = path.with_suffix(".gpkg")
    if form == "old names":
        # 500mメッシュ別将来推計人口データ（H30国政局推計）: PT0_2025 (total), PT1_2025 (0–4) … PT19_2025 (90+).
        last = frame[[f"PT19_{y}" for y in YEARS]].to_numpy() + frame[[f"PT20_{y}" for y in YEARS]].to_numpy()
        frame[[f"PT19_{y}" for y in YEARS]] = last
        frame = frame.drop(columns=[f"PT20_{y}" for y in YEARS]).rename(
            columns=lambda c: c.replace("PT0", "PT") if c[2:4] != "00" else c.replace("PT00", "PT0")
        )
    if form == "broad":
        frame = frame[
            [
                c
                for c in frame.columns
                if not c.startswith("PT0") and not c.startswith("PT1") and not c.startswith("PT20")
            ]
        ]
    if form.startswith("csv"):
        path = path.with_suffix(".csv")
        path.write_bytes(
            (text if form == "csv" else text.replace("SHICODE", "市区町村コード")).encode(
                "utf-8" if form == "csv" else "cp932"
            )
        )
    elif form == "both in a zip":
        frame.to_file(path)
        inner = {f"x_GML/{n}/500m_mesh_2024_08.geojson": path.read_bytes() for n in ("UTF-8", "Shift-JIS")}
        path = write_zip(tmp_path / "500m_mesh_2024_08_GML.zip", {**inner, "x_GML/readme.txt": b"x"})
    elif form == "bare shp":
        path = path.with_suffix(".shp")
        frame.to_file(path)
    else:
        frame.to_file(path)
    population = people(str(path)).population
    assert population.total.sum() == pytest.approx(ages(2030).sum())
    assert population.at_least(75).sum() == pytest.approx(
        ages(2030)[:, 15:].sum() if form != "broad" else population.at_least(75).sum()
    )
    assert population.bands[-1].band_id == {"old names": "90+", "broad": "65+"}.get(form, "95+")


def hide(frame, year, hidden, carrier):
    """Publish the ages of one cell with those of another, as the layout does."""
    groups = [f"PT{k:02d}_{year}" for k in range(21)] + [f"PTA_{year}", f"PTC_{year}"]
    frame.loc[carrier, groups] += frame.loc[hidden, groups]
    frame.loc[hidden, groups] = 0.0
    frame.loc[hidden, [f"HITOKU{year}", f"GASSAN{year}"]] = ["*", frame.loc[carrier, "MESH_ID"]]
    frame.loc[carrier, f"HITOKU{year}"] = "@"


def test_suppressed_ages_are_shared_by_the_totals_which_are_kept(tmp_path, frame):
    hide(frame, 2030, 0, 1)
    found = people(str(write_future(frame, tmp_path)))
    by_code = dict(zip(found.population.cell_id.tolist(), found.population.persons, strict=True))
    both = ages(2030)[0] + ages(2030)[1]
    for n in (0, 1):
        assert by_code[CODES[n]] == pytest.approx(both * ages(2030)[n].sum() / both.sum())
    assert told(found)["future.suppressed_shared"].count == 2
    assert found.population.persons.sum(axis=0) == pytest.approx(ages(2030).sum(axis=0))


def test_cells_of_several_towns_are_added_and_copies_count_once(tmp_path, frame):
    other = frame.iloc[:2].assign(SHICODE="08203")
    path = write_future(frame, tmp_path)
    more = write_future(other, tmp_path, "500m_mesh_2024_07")
    found = people([str(path), str(more)])
    assert found.population.total.sum() == pytest.approx(ages(2030).sum() + ages(2030)[:2].sum())
    again = people([str(path), str(path)])
    assert again.population.total.sum() == pytest.approx(ages(2030).sum())
    assert told(again)["future.duplicate_rows"].count == len(CODES)


def test_an_outlook_on_the_same_cells_takes_the_figures_as_they_are(tmp_path, frame):
    outlook = read_outlook(OutlookConfig(path=str(write_future(frame, tmp_path))), Path, city(tmp_path, 4))
    assert outlook.value.years == YEARS
    assert outlook.value.persons[1] == pytest.approx(ages(2030)[np.argsort(CODES)])
    assert told(outlook)["future.years_left_out"].count == 1
    assert outlook.counts["outlook_cells"] == len(CODES)
    assert outlook.files[0].rows_kept == len(CODES)


@pytest.mark.parametrize("level", [3, 5])
def test_finer_cells_share_by_present_people_and_coarser_ones_take_sums(tmp_path, frame, level):
    cells = cells_over(BOX, level)
    present = np.random.default_rng(3).integers(0, 9, len(cells)).astype(float)
    population = city(tmp_path, level, present)
    outlook = read_outlook(
        OutlookConfig(path=str(write_future(frame, tmp_path)), years=(2030,)), Path, population
    ).value
    by_mesh = dict(zip(CODES, ages(2030), strict=True))
    for n, code in enumerate(population.cell_id.tolist()):
        if level == 3:
            wanted = sum(v for c, v in by_mesh.items() if c.startswith(code))
        else:
            same = [i for i, c in enumerate(population.cell_id.tolist()) if c[:9] == code[:9]]
            people_in = population.total[same].sum()
            wanted = by_mesh[code[:9]] * (population.total[n] / people_in if people_in else 1 / len(same))
        assert outlook.persons[0, n] == pytest.approx(wanted)


def test_cells_without_an_estimate_are_no_data_and_told(tmp_path, frame):
    found = read_outlook(OutlookConfig(path=str(write_future(frame.iloc[1:], tmp_path))), Path, city(tmp_path, 4, 7.0))
    cell = sorted(CODES).index(CODES[0])
    assert np.isnan(found.value.persons[:, cell]).all()
    assert np.isfinite(np.delete(found.value.persons, cell, axis=1)).all()
    assert "7 人" in told(found)["future.cells_without_estimate"].message.ja


def test_a_mesh_cell_on_the_border_counts_by_the_people_in_the_city(tmp_path):
    code = CODES[0]
    frame = future_frame([code], {2030: np.full((1, 20), 10.0)}, {2020: [100.0]})
    part = tmp_path / "part.csv"
    part.write_text(f"c,p\n{code}1,25\n")
    config = MeshCsv(kind="mesh_csv", path=str(part), code="c", persons="p", year=2020, base_date=dt.date(2020, 10, 1))
    population = read_population(config, Path, None, outline=None).population
    found = read_outlook(OutlookConfig(path=str(write_future(frame, tmp_path))), Path, population)
    assert found.value.total(2030).tolist() == pytest.approx([50.0])
    assert told(found)["future.partly_covered"].count == 1
    part.write_text(f"c,p\n{code}1,96\n")
    population = read_population(config, Path, None, outline=None).population
    whole = read_outlook(OutlookConfig(path=str(write_future(frame, tmp_path))), Path, population)
    assert whole.value.total(2030).tolist() == pytest.approx([200.0])


def test_whole_areas_take_the_mesh_cells_whose_middle_lies_in_them(tmp_path, frame):
    west, south, east, north = shapely.total_bounds(shapely.box(*bounds_many(CODES).T))
    middle = (west + east) / 2
    halves = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    path = tmp_path / "areas.geojson"
    features = ",".join(
        f'{{"type":"Feature","properties":{{"id":"a{n}","p":"9"}},"geometry":{shapely.to_geojson(h)}}}'
        for n, h in enumerate(halves)
    )
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    from geodata.config.population import PeopleFeatures

    config = PeopleFeatures(
        kind="features", path=str(path), id="id", persons="p", year=2020, base_date=dt.date(2020, 10, 1)
    )
    population = read_population(config, Path, None, outline=None).population
    outlook = read_outlook(OutlookConfig(path=str(write_future(frame, tmp_path))), Path, population).value
    assert outlook.total(2030).sum() == pytest.approx(ages(2030).sum())


def refused(path, **more):
    """Return the code of a refusal."""
    with pytest.raises(DataError) as caught:
        people(str(path), **more)
    return caught.value.problems[0].code


def test_refusals(tmp_path, frame):
    path = write_future(frame, tmp_path)
    assert refused(path, year=2031) == "future.no_year"
    assert refused(path, outline=shapely.box(130, 30, 131, 31)) == "population.nothing_inside"
    assert refused(tmp_path / "none.zip") == "input.missing"
    assert (
        refused(write_zip(tmp_path / "all.zip", {"a/500m_mesh_2024_08_SHP.zip": path.read_bytes()})) == "mesh.no_layer"
    )
    assert refused(write_zip(tmp_path / "bad.zip", {"a/x.dbf": b"\x03broken"})) == "mesh.unreadable"
    (tmp_path / "a.csv").write_text("MESH_ID,x\n544074281,1\n")
    assert refused(tmp_path / "a.csv") == "future.no_estimates"
    (tmp_path / "empty.csv").write_text("MESH_ID,PTN_2030\n")
    assert refused(tmp_path / "empty.csv") == "table.empty"
    (tmp_path / "aged.csv").write_text("MESH_ID,PTD_2030\n544074281,1\n")
    assert refused(tmp_path / "aged.csv") == "future.no_year"
    (tmp_path / "b.csv").write_text("MESH_ID,PTN_2030\n544074281,1\n54407428,2\n544074282,2\n")
    assert refused(tmp_path / "b.csv") == "mesh.mixed_levels"
    (tmp_path / "c.csv").write_text("MESH_ID,PTN_2030\n544074281,-1\n")
    assert refused(tmp_path / "c.csv") == "table.number"
    (tmp_path / "d.csv").write_text("MESH_ID,PTN_2030\n544074281,1\n544074281,2\n")
    assert refused(tmp_path / "d.csv") == "population.duplicate_cell"
    elsewhere = future_frame(cells_over((130.4, 33.5, 130.41, 33.51), 4)[:1], {2030: ages(0, 1)}, {})
    with pytest.raises(DataError) as caught:
        read_outlook(OutlookConfig(path=str(write_future(elsewhere, tmp_path, "x"))), Path, city(tmp_path, 4))
    assert caught.value.problems[0].code == "future.nothing_matched"
    with pytest.raises(DataError) as caught:
        read_outlook(OutlookConfig(path=str(path), years=(2026,)), Path, city(tmp_path, 4))
    assert caught.value.problems[0].code == "future.no_year"


@settings(deadline=None, max_examples=6)
@given(st.sampled_from([3, 4, 5, 6]), st.integers(0, 1000))
def test_an_outlook_keeps_the_people_of_covered_mesh_cells(tmp_path_factory, level, seed):
    folder = tmp_path_factory.mktemp("outlook")
    random = np.random.default_rng(seed)
    by_age = random.integers(0, 30, (len(CODES), 20)).astype(float)
    frame = future_frame(CODES, {2040: by_age}, {2020: by_age.sum(axis=1)})
    csv = folder / "500m.csv"
    csv.write_text(frame.drop(columns="geometry").sample(frac=1, random_state=seed).to_csv(index=False))
    population = city(folder, level, random.integers(0, 5, len(cells_over(BOX, level))).astype(float))
    outlook = read_outlook(OutlookConfig(path=str(csv)), Path, population).value
    assert outlook.persons.sum(axis=(0, 1)) == pytest.approx(by_age.sum(axis=0))
