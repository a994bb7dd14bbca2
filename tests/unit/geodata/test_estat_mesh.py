"""The census by mesh as e-Stat ships it: forms, ages, suppressed cells, several files, clipping, bad input."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from geodata.config.population import EstatMesh, FutureMesh, MeshCsv
from geodata.errors import DataError, Severity
from geodata.mesh import bounds_many, cells_over
from geodata.readers.population import READERS, read_population
from tests.unit.geodata.people_files import T001141, hidden_row, mesh_row, mesh_text, write_zip

CODES = cells_over((140.6, 36.6, 140.62, 36.61), 4)
AGES = (10, 50, 20, 12, 8)
NAME = "tblT001141H5440.txt"


def read(path, *, outline=None, **more):
    """Return the reading of one file or several."""
    return read_population(EstatMesh(kind="estat_mesh", path=path, **more), Path, None, outline=outline)


def written(folder, rows, *, name=NAME, encoding="cp932"):
    """Write a table and return its path."""
    path = folder / name
    path.write_bytes(mesh_text(rows).encode(encoding))
    return str(path)


def codes_of(problems, severity=Severity.WARNING):
    """Return the codes of problems of one severity."""
    return [p.code for p in problems if p.severity is severity]


def refused(*args, **more):
    """Return the problems of a refusal."""
    with pytest.raises(DataError) as caught:
        read(*args, **more)
    return caught.value.problems


def test_ages_year_and_cells_follow_from_the_file_alone(tmp_path):
    found = read(written(tmp_path, [mesh_row(c, AGES) for c in CODES]))
    population = found.population
    assert population.cell_id.tolist() == sorted(CODES)
    assert [b.band_id for b in population.bands] == ["0-14", "15-64", "65-74", "75-84", "85+"]
    assert population.persons.tolist() == [list(AGES)] * len(CODES)
    assert (population.year, population.base_date) == (2020, "2020-10-01")
    assert shapely.contains_xy(population.polygon_lonlat, *population.lonlat.T).all()
    assert found.epsg == 6677
    assert found.counts["mesh_m"] == 500
    assert (found.files[0].rows_in, found.files[0].rows_kept) == (len(CODES), len(CODES))
    assert not found.files[0].reader.verified
    told = {p.code: p for p in found.problems}
    assert (
        "65–74歳 = T001141019（６５歳以上人口 総数） − T001141022（７５歳以上人口 総数）"
        in told["population.columns"].message.ja
    )
    assert codes_of(found.problems) == ["population.not_clipped"]


@pytest.mark.parametrize(
    "form", ["zip", "folder", "utf-8-sig", "tab", "codes only", "labels only", "title rows", "lower"]
)
def test_every_form_gives_the_same_cells(tmp_path, form):
    rows = [mesh_row(c, AGES) for c in CODES]
    text = mesh_text(rows)
    path = tmp_path / "in" / NAME
    path.parent.mkdir()
    if form == "zip":
        path = write_zip(
            tmp_path / "tblT001141H5440.zip", {f"sub/{NAME}": text.encode("cp932"), "sub/readme.txt": b"x"}
        )
    elif form == "labels only":
        lines = text.split("\r\n")
        lines[:2] = ["KEY_CODE,HTKSYORI,HTKSAKI,GASSAN," + ",".join(T001141.values())]
        path.write_bytes("\r\n".join(lines).encode("cp932"))
    elif form == "title rows":
        path.write_bytes(("令和2年国勢調査\r\n\r\n" + text).encode("cp932"))
    elif form == "tab":
        path.write_bytes(text.replace(",", "\t").encode("cp932"))
    elif form == "lower":
        path.write_bytes(text.replace("KEY_CODE", "key_code").encode("cp932"))
    elif form == "codes only":
        lines = text.split("\r\n")
        path.write_bytes("\r\n".join([lines[0], *lines[2:]]).encode("cp932"))
    else:
        path.write_bytes(text.encode("utf-8-sig" if form == "utf-8-sig" else "cp932"))
    bands = [
        {"id": f"b{n}", "label": "x", "from": n, "to": n, "column": column}
        for n, column in enumerate(["T001141004", "T001141010"])
    ]
    more = {"bands": bands} if form == "codes only" else {}
    config = {"year": 2020} if form == "labels only" else {}
    population = read(str(path.parent if form == "folder" else path), **more, **config).population
    assert population.cell_id.tolist() == sorted(CODES)
    assert population.persons[:, 0].tolist() == [10.0] * len(CODES)


def test_ages_of_suppressed_cells_are_shared_by_the_published_totals(tmp_path):
    rows = [
        mesh_row(CODES[0], AGES),
        # The receiving cell holds 30 persons of its own; its ages are those of the 40 of all three.
        mesh_row(CODES[1], (4, 20, 8, 6, 2), mark=f"1,,{CODES[2]};{CODES[3]}").replace(",40,20,20,", ",30,15,15,", 1),
        hidden_row(CODES[2], 6, CODES[1]),
        hidden_row(CODES[3], 4, CODES[1]),
    ]
    found = read(written(tmp_path, rows))
    by_code = dict(zip(found.population.cell_id.tolist(), found.population.persons, strict=True))
    assert by_code[CODES[1]] == pytest.approx(np.array([4, 20, 8, 6, 2]) * 30 / 40)
    assert by_code[CODES[2]] == pytest.approx(np.array([4, 20, 8, 6, 2]) * 6 / 40)
    assert by_code[CODES[3]].sum() == pytest.approx(4)
    assert found.population.total.sum() == pytest.approx(140)
    assert found.repairs == {"estat.suppressed_shared": 3}
    assert {p.code: p.count for p in found.problems}["estat.suppressed_shared"] == 3


def test_the_list_of_the_receiving_cell_is_enough(tmp_path):
    rows = [
        mesh_row(CODES[1], (4, 20, 8, 6, 2), mark=f"1,,{CODES[2]}").replace(",40,20,20,", ",30,15,15,", 1),
        hidden_row(CODES[2], 10, ""),
        mesh_row(CODES[3], (100, 0, 0, 0, 0)),  # other ages, so the ages of all cells would not do
    ]
    found = read(written(tmp_path, rows))
    by_code = dict(zip(found.population.cell_id.tolist(), found.population.persons, strict=True))
    assert by_code[CODES[2]] == pytest.approx([1, 5, 2, 1.5, 0.5])
    assert found.population.persons.sum(axis=0) == pytest.approx([104, 20, 8, 6, 2])


def test_the_receiver_named_by_the_suppressed_cell_is_enough(tmp_path):
    # No list in GASSAN.
    rows = [
        mesh_row(CODES[1], (4, 20, 8, 6, 2), mark="1,,").replace(",40,20,20,", ",30,15,15,", 1),
        hidden_row(CODES[2], 10, CODES[1]),
        mesh_row(CODES[3], (100, 0, 0, 0, 0)),  # other ages, so the ages of all cells would not do
    ]
    found = read(written(tmp_path, rows))
    by_code = dict(zip(found.population.cell_id.tolist(), found.population.persons, strict=True))
    assert by_code[CODES[2]] == pytest.approx([1, 5, 2, 1.5, 0.5])
    assert by_code[CODES[1]] == pytest.approx([3, 15, 6, 4.5, 1.5])


@pytest.mark.parametrize("mark", ["0,0,0", "0,-,-", "0,nan,nan"])
def test_what_tools_write_for_no_receiving_cell_is_none(tmp_path, mark):
    found = read(written(tmp_path, [mesh_row(c, AGES, mark=mark) for c in CODES]))
    assert codes_of(found.problems) == ["population.not_clipped"]


def test_people_of_unknown_age_are_spread_and_told(tmp_path):
    found = read(written(tmp_path, [mesh_row(c, AGES, unknown=5) for c in CODES]))
    assert found.population.persons == pytest.approx(np.tile(np.array(AGES) * 1.05, (len(CODES), 1)))
    assert found.repairs["estat.unknown_age_spread"] == 5 * len(CODES)


def test_marks_of_nobody_and_of_wide_digits(tmp_path):
    rows = [mesh_row(CODES[0], AGES), f"{CODES[1]},0,,,{','.join('-' * 11)}", f"{CODES[2]},0,,," + "," * 10]
    text = mesh_text(rows).replace(CODES[0], CODES[0].translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    (tmp_path / NAME).write_bytes(text.encode("cp932"))
    population = read(str(tmp_path / NAME)).population
    assert population.cell_id.tolist() == sorted(CODES[:3])
    assert population.total.sum() == 100


def test_files_of_several_primary_meshes_are_one_and_a_copy_counts_once(tmp_path):
    first = written(tmp_path, [mesh_row(c, AGES) for c in CODES[:3]])
    second = written(tmp_path, [mesh_row(c, AGES) for c in CODES[2:]], name="tblT001141H5441.txt")
    found = read([first, second])
    assert found.population.total.sum() == 100 * len(CODES)
    assert {p.code: p.count for p in found.problems}["estat.duplicate_rows"] == 1
    assert [(f.rows_in, f.rows_kept) for f in found.files] == [(3, 3), (len(CODES) - 2, len(CODES) - 3)]


def test_cells_on_a_prefecture_border_are_added_up(tmp_path):
    ibaraki = written(tmp_path, [mesh_row(CODES[0], AGES), mesh_row(CODES[1], AGES)], name="tblT001141H08.txt")
    fukushima = written(tmp_path, [mesh_row(CODES[1], (1, 2, 3, 4, 5))], name="tblT001141H07.txt")
    found = read([ibaraki, fukushima])
    assert found.population.persons.sum(axis=0).tolist() == [21, 102, 43, 28, 21]
    assert "estat.prefecture_border" in codes_of(found.problems, Severity.INFO)


def test_the_table_with_finer_ages_is_used_and_the_other_told(tmp_path):
    fine = {
        f"T001192{n:03d}": label
        for n, label in [(1, "　人口総数　総数"), (4, "　０～４歳人口　総数"), (7, "　５歳以上人口　総数")]
    }
    fine |= {
        "T001192010": "　６５歳以上人口　総数",
        "T001192013": "　７５歳以上人口　総数",
        "T001192016": "　８５歳以上人口　総数",
    }
    fine["T001192019"] = "　９０歳以上人口　総数"
    other = tmp_path / "tblT001192H5440.txt"
    other.write_bytes(mesh_text([f"{c},0,,,100,4,96,40,20,8,3" for c in CODES], fine).encode("cp932"))
    found = read([written(tmp_path, [mesh_row(c, AGES) for c in CODES]), str(other)])
    assert [b.band_id for b in found.population.bands] == ["0-4", "5-64", "65-74", "75-84", "85-89", "90+"]
    assert found.population.total.sum() == 100 * len(CODES)
    assert "estat.other_table" in codes_of(found.problems, Severity.INFO)


def test_clipping_keeps_middles_and_halves_and_tells_the_rest(tmp_path):
    path = written(tmp_path, [mesh_row(c, AGES) for c in CODES])
    west, south, east, north = bounds_many(CODES[:1])[0]
    most = shapely.box(west, south, west + (east - west) * 0.6, north)
    found = read(path, outline=most)
    assert found.population.cell_id.tolist() == [CODES[0]]
    told = {p.code: p for p in found.problems}["population.clipped"]
    assert f"外の {len(CODES) - 1:,} セル {100 * (len(CODES) - 1):,} 人" in told.message.ja
    assert found.counts["cells_outside"] == len(CODES) - 1
    assert found.files[0].rows_kept == 1
    kept = read(path, outline=most, clip=False)
    assert kept.population.n_cells == len(CODES)
    assert refused(path, outline=shapely.box(130, 30, 131, 31))[0].code == "population.nothing_inside"


@pytest.mark.parametrize(("bay", "kept"), [(0.30, True), (0.49, True), (0.51, False)])
def test_a_cell_whose_middle_lies_in_a_bay_counts_by_half_of_its_area(tmp_path, bay, kept):
    path = written(tmp_path, [mesh_row(CODES[0], AGES), mesh_row(CODES[-1], AGES)])
    west, south, east, north = bounds_many(CODES[:1])[0]
    # The bay reaches from the south across the middle and takes `bay` of the cell.
    reach, wide = (east - west) * bay / 0.9 / 2, (north - south) * 0.9
    middle = (west + east) / 2
    sea = shapely.box(middle - reach, south, middle + reach, south + wide)
    cell = shapely.box(west, south, east, north)
    land = shapely.union(shapely.difference(cell, sea), shapely.box(*bounds_many(CODES[-1:])[0]))
    assert not land.contains(cell.centroid)
    codes = read(path, outline=land).population.cell_id.tolist()
    assert codes == sorted([CODES[0], CODES[-1]] if kept else [CODES[-1]])


def test_wanted_bands_are_summed_from_finer_ages(tmp_path):
    path = written(tmp_path, [mesh_row(c, AGES) for c in CODES])
    wanted = [{"id": "y", "label": "若", "from": 0, "to": 64}, {"id": "o", "label": "老", "from": 65}]
    population = read(path, bands=wanted).population
    assert population.persons.sum(axis=0).tolist() == [60 * len(CODES), 40 * len(CODES)]
    wanted = [{"id": "y", "label": "若", "from": 0, "to": 69}, {"id": "o", "label": "老", "from": 70}]
    assert refused(path, bands=wanted)[0].code == "population.bands"


def test_columns_can_be_named_by_code_or_label_and_shares_given(tmp_path):
    path = written(tmp_path, [mesh_row(c, AGES) for c in CODES])
    wanted = [
        {"id": "y", "label": "若", "from": 0, "to": 14, "share": 0.25},
        {"id": "o", "label": "他", "from": 15, "share": 0.75},
    ]
    for name in ("T001141001", "人口（総数）", "人口(総数)"):
        population = read(path, persons=name, bands=wanted).population
        assert population.persons.tolist() == [[25.0, 75.0]] * len(CODES)
    assert refused(path, persons="T001141999")[0].code == "table.missing_column"


@pytest.mark.parametrize(
    ("rows", "code", "where"),
    [
        (
            [mesh_row(CODES[0], AGES), mesh_row("54407502", AGES), mesh_row(CODES[1], AGES)],
            "mesh.mixed_levels",
            f"{NAME} row 4",
        ),
        ([mesh_row("540000000", AGES)], "mesh.code", f"{NAME} row 3"),
        ([mesh_row(CODES[0], AGES), mesh_row(CODES[0], (1, 2, 3, 4, 5))], "population.duplicate_cell", f"{NAME} row 4"),
        ([mesh_row(CODES[0], AGES).replace(",50,", ",-50,")], "table.negative", f"{NAME} row 3"),
        ([mesh_row(CODES[0], AGES).replace(",50,", ",abc,")], "table.number", f"{NAME} row 3"),
        ([mesh_row(CODES[0], (10, 50, -20, 12, 8))], "estat.ages_conflict", f"{NAME} row 3"),
        ([], "table.empty", NAME),
    ],
)
def test_damage_is_named_with_its_row(tmp_path, rows, code, where):
    problems = refused(written(tmp_path, rows))
    assert (problems[0].code, problems[0].where) == (code, where)
    assert problems[0].hint.ja


def test_files_that_are_no_table(tmp_path):
    assert refused(str(tmp_path / "none.txt"))[0].code == "input.missing"
    empty = write_zip(tmp_path / "e.zip", {"a.pdf": b"x"})
    assert refused(str(empty))[0].code == "estat.no_table"
    plain = tmp_path / "a.csv"
    plain.write_text("id,人口\n1,2\n")
    assert {p.code for p in refused(str(plain))} == {"table.missing_column"}
    homes = tmp_path / "b.csv"
    homes.write_text("KEY_CODE,世帯総数\n544075021,2\n")
    assert refused(str(homes))[0].code == "population.no_people"
    nameless = tmp_path / "c.csv"
    nameless.write_text("KEY_CODE,人口総数\n544075021,2\n")
    assert refused(str(nameless))[0].code == "population.year"
    assert read(str(nameless), year=2015, base_date=dt.date(2015, 10, 1)).population.base_date == "2015-10-01"


def test_people_without_a_published_total_stay_with_the_receiving_cell(tmp_path):
    rows = [
        mesh_row(CODES[0], AGES, mark=f"1,,{CODES[1]}"),
        hidden_row(CODES[1], 9, CODES[0]).replace(",9,4,5,", ",*,*,*,"),
    ]
    found = read(written(tmp_path, rows))
    assert sorted(found.population.total.tolist()) == [0, 100]
    assert "estat.stays_at_receiver" in codes_of(found.problems)


def test_suppressed_cells_without_their_receiver_are_told(tmp_path):
    found = read(written(tmp_path, [mesh_row(CODES[0], AGES), hidden_row(CODES[1], 9, "544100001")]))
    assert found.population.total.sum() == pytest.approx(109)
    assert set(codes_of(found.problems)) >= {"estat.receiver_missing", "estat.no_ages"}


GROUPS = st.lists(
    st.tuples(st.lists(st.integers(0, 40), min_size=5, max_size=5), st.integers(0, 3)), min_size=1, max_size=5
)


@settings(deadline=None, max_examples=8)
@given(GROUPS, st.randoms(use_true_random=False))
def test_persons_and_ages_are_conserved_in_any_order_of_rows(tmp_path_factory, groups, random):
    codes = iter(cells_over((140.6, 36.6, 140.65, 36.62), 4))
    rows, total, ages = [], 0, np.zeros(5)
    for counts, givers in groups:
        receiver, given_codes = next(codes), [next(codes) for _ in range(givers)]
        given_persons = [random.randint(0, 5) for _ in given_codes]
        own = max(sum(counts) - sum(given_persons), 0)
        whole = own + sum(given_persons)
        row = mesh_row(receiver, counts, mark=f"1,,{';'.join(given_codes)}").split(",")
        row[4] = str(own)
        rows.append(",".join(row))
        rows += [hidden_row(c, n, receiver) for c, n in zip(given_codes, given_persons, strict=True)]
        total += whole
        if sum(counts):
            ages += np.array(counts) * whole / sum(counts)
    path = tmp_path_factory.mktemp("mesh") / NAME
    path.write_bytes(mesh_text(rows).encode("cp932"))
    first = read(str(path)).population
    random.shuffle(rows)
    path.write_bytes(mesh_text(rows).encode("cp932"))
    again = read(str(path)).population
    assert first.total.sum() == pytest.approx(total, abs=0.01)
    if ages.sum() == pytest.approx(total):
        assert first.persons.sum(axis=0) == pytest.approx(ages, abs=0.01)
    assert (first.persons >= 0).all()
    assert first.cell_id.tolist() == again.cell_id.tolist()
    assert again.persons == pytest.approx(first.persons)


def test_many_rows_of_the_250_m_mesh(tmp_path):
    codes = cells_over((140.5, 36.5, 141.4, 37.9), 5)[:20_000]
    path = written(tmp_path, [mesh_row(c, AGES) for c in codes], name="tblT001142Q5440.txt")
    found = read(path)
    assert found.population.n_cells == 20_000
    assert found.counts["mesh_m"] == 250


def test_bands_that_are_not_alike_are_refused():
    column = {"id": "a", "label": "x", "from": 0, "to": 14, "column": "T001141004"}
    rest = {"id": "b", "label": "x", "from": 15}
    for second in (rest, rest | {"share": 0.5}):
        with pytest.raises(ValidationError, match="bands:"):
            EstatMesh(kind="estat_mesh", path="x", bands=[column, second])
    with pytest.raises(ValidationError, match="column:"):
        FutureMesh(kind="future_mesh", path="x", year=2030, bands=[column])


def test_suppressed_figures_in_a_plain_table_point_to_this_reader(tmp_path):
    path = tmp_path / "cells.csv"
    path.write_text(f"mesh_code,n\n{CODES[0]},3\n{CODES[1]},*\n")
    config = MeshCsv(kind="mesh_csv", path=str(path), persons="n", year=2020, base_date=dt.date(2020, 10, 1))
    with pytest.raises(DataError) as caught:
        read_population(config, Path, None, outline=None)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where) == ("population.suppressed", "cells.csv row 3")
    assert "estat_mesh" in problem.hint.ja


def test_a_year_that_is_written_wins_over_the_one_of_the_statistic(tmp_path):
    path = written(tmp_path, [mesh_row(c, AGES) for c in CODES])
    population = read(path, year=2021, base_date=dt.date(2021, 4, 1)).population
    assert (population.year, population.base_date) == (2021, "2021-04-01")


def test_the_year_follows_from_the_date_and_readers_have_layouts():
    assert len({r.reader_id for r in READERS}) == len(READERS)
    assert all(r.layout for r in READERS)
    assert not any(r.verified for r in READERS if r.reader_id in {"estat_mesh", "small_area_table", "future_mesh"})


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_bytes_are_refused_or_read_but_never_crash(tmp_path, data):
    raw = bytearray(mesh_text([mesh_row(c, AGES) for c in CODES[:3]]).encode("cp932"))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path / NAME
    path.write_bytes(bytes(raw))
    with contextlib.suppress(DataError):
        found = read(str(path), year=2020)
        assert (found.population.persons >= 0).all()
        assert found.population.total.sum() == pytest.approx(found.counts["mesh_persons"], abs=0.6)
