"""A planner's table may have titles above its headings, another separator, or lie in a zip; a GTFS table may not."""

from __future__ import annotations

import zipfile

import pytest

from geodata.errors import DataError
from geodata.readers.headings import guess_columns, plain_heading
from geodata.readers.sheets import FILE, read_sheet
from geodata.readers.tables import ROW, parse_table

KNOWN = frozenset({"名称", "住所", "name"})


def forgiving(value: str) -> bool:
    return plain_heading(value) in KNOWN


def test_titles_are_skipped_and_rows_keep_their_numbers():
    text = "みなと市の一覧,,\n\n名称,住所,備考\n甲,海岸町,\n\n乙,山手,x\n"
    frame, problems = parse_table(text, "f.csv", forgiving=forgiving)
    assert frame[["名称", ROW]].values.tolist() == [["甲", 4], ["乙", 6]]
    assert [(p.code, p.severity) for p in problems] == [("table.title_lines", "info")]


def test_a_title_that_spans_lines_in_quotes_is_skipped_whole():
    frame, _ = parse_table('"一覧\n（2024 年）",\n名称,住所\n甲,海岸町\n', "f.csv", forgiving=forgiving)
    assert frame[["名称", ROW]].values.tolist() == [["甲", 4]]


def test_the_first_line_stays_the_header_where_no_heading_is_known():
    frame, problems = parse_table("a,b\n名,2\n", "f.csv", forgiving=forgiving)
    assert (frame.columns.tolist(), problems) == (["a", "b", ROW], [])


def test_a_required_column_finds_the_header_too():
    frame, _ = parse_table("title\n\nx1,x2\n1,2\n", "f.csv", ["x2"], forgiving=forgiving)
    assert frame["x2"].tolist() == ["2"]


@pytest.mark.parametrize("sign", [";", "\t"])
def test_another_separator_is_read_with_a_warning_only_where_asked(sign):
    text = "名称,住所\n甲,海岸町\n".replace(",", sign)
    frame, problems = parse_table(text, "f.csv", forgiving=forgiving)
    assert frame["住所"].tolist() == ["海岸町"]
    assert [(p.code, p.severity) for p in problems] == [("table.separator", "warning")]
    with pytest.raises(DataError) as refused:
        parse_table(text, "stops.txt", ["名称", "住所"])
    assert refused.value.problems[0].code == "table.delimiter"


def test_semicolons_inside_of_values_do_not_separate():
    frame, problems = parse_table("名称,住所\n甲;乙;丙,海岸町;山手\n", "f.csv", forgiving=forgiving)
    assert (frame["名称"].tolist(), problems) == (["甲;乙;丙"], [])


@pytest.mark.parametrize("strict", [True, False])
def test_values_beyond_the_header_are_refused_and_blank_ones_are_not(strict):
    how = {} if strict else {"forgiving": forgiving}
    frame, _ = parse_table("名称,住所\n甲,海岸町,\n乙,山手,\n", "f.csv", **how)
    assert frame["住所"].tolist() == ["海岸町", "山手"]
    with pytest.raises(DataError) as refused:
        parse_table("名称,住所\n甲,海岸町,1\n", "f.csv", **how)
    assert (refused.value.problems[0].code, refused.value.problems[0].where) == ("table.fields", "f.csv row 2")


def test_tables_of_a_zip_stand_one_below_the_other(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as pack:
        pack.writestr("a/1.csv", "名称,住所\n甲,1\n".encode("cp932"))
        pack.writestr("a/2.CSV", "住所,名称,備考\n2,乙,x\n".encode("utf-8-sig"))
        pack.writestr("readme.txt", "not a table")
    frame, problems = read_sheet(tmp_path / "z.zip", KNOWN)
    assert frame[["名称", "住所", "備考", FILE]].values.tolist() == [
        ["甲", "1", "", "z.zip/a/1.csv"],
        ["乙", "2", "x", "z.zip/a/2.CSV"],
    ]
    assert [p.code for p in problems] == ["input.encoding"]


def test_a_zip_without_a_table_and_a_file_that_is_not_there(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as pack:
        pack.writestr("a.pdf", b"x")
    for name, code in (("z.zip", "archive.no_table"), ("none.csv", "input.missing")):
        with pytest.raises(DataError) as refused:
            read_sheet(tmp_path / name, KNOWN)
        assert refused.value.problems[0].code == code


def test_headings_are_compared_in_one_spelling():
    assert plain_heading("所在地座標（緯度）") == plain_heading("所在地 座標 (緯度)") == "所在地座標緯度"
    columns = guess_columns(["ＮＡＭＥ", "住 所", "備考"], {"name": ("name",), "address": ("住所",), "x": ("y",)})
    assert columns.of == {"name": "ＮＡＭＥ", "address": "住 所"}


def test_a_column_stands_for_one_guessed_field_and_a_given_one_wins():
    words = {"a": ("甲", "乙"), "b": ("甲", "丙")}
    assert guess_columns(["甲", "丙"], words).of == {"a": "甲", "b": "丙"}
    assert guess_columns(["甲", "丙"], words, {"b": "甲"}).of == {"b": "甲"}
