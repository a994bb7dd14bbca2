"""Lists of facilities as cities and ministries publish them become rows; whatever is not used is told."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.config.places import FacilityConfig
from geodata.errors import DataError
from geodata.population import PopulationCells
from geodata.readers.facility_kinds import guess_kind
from geodata.readers.facility_tables import facilities_of, read_facilities
from geodata.readers.positions import plain_number, read_positions
from geodata.synthetic import grid_city
from geodata.towns import towns_of

PEOPLE: PopulationCells = grid_city().population
TOWNS = towns_of(
    [
        ("海岸町一丁目", "みなと市", "茨城県", 140.60, 36.60),
        ("海岸町二丁目", "みなと市", "茨城県", 140.61, 36.60),
        ("山手", "みなと市", "茨城県", 140.62, 36.62),
    ]
)

# デジタル庁 自治体標準オープンデータセット 医療機関一覧 (推奨データセット Ver. of 2018 to 2022: 都道府県コード又は市区町村コード, NO …),
# with the two title lines that cities put above, in cp932.
MEDICAL = """みなと市 医療機関一覧,,,,,,,,,,,,,
令和6年4月1日現在,,,,,,,,,,,,,
都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,医療機関の種類,住所,方書,緯度,経度,診療曜日,診療開始時間,診療終了時間,診療日時特記事項,診療科目,病床数
089991,1,茨城県,みなと市,中央総合病院,,病院,茨城県みなと市海岸町１－２－３,,36.601,140.601,月火水木金,09:00,17:00,,内科;外科,400
089991,2,茨城県,みなと市,海辺内科,,診療所,茨城県みなと市海岸町2-3-4,,,,月火水金土,9:00,12:30,,内科;小児科,0
089991,3,茨城県,みなと市,海辺歯科,,診療所,みなと市山手100,,,,,,,,歯科,0
089991,4,茨城県,みなと市,市外の医院,,診療所,水戸市三の丸1-1,,,,,,,,内科,0
"""
# 厚生労働省 医療情報ネット オープンデータ (2024): 01-1_hospital_facility_info and 01-2_hospital_speciality_hours.
NET = """"ID","正式名称","機関区分","都道府県コード","市区町村コード","所在地","所在地座標（緯度）","所在地座標（経度）","合計病床数"
"0810001","甲病院","1","08","999","茨城県みなと市海岸町1-1",36.60,140.60,"200"
"0810002","乙","3","08","999","茨城県みなと市海岸町1-2",36.60,140.60,""
"0810003","丙医院","2","08","998","茨城県となり市本町1",36.37,140.47,""
"""
NET_HOURS = """"ID","診療科目コード","診療科目名","診療時間帯","月_診療開始時間","月_診療終了時間","月_外来受付開始時間","月_外来受付終了時間","火_診療開始時間","火_診療終了時間","水_診療開始時間","水_診療終了時間"
"0810001","1","内科","1","09:00","12:00","08:00","11:00","09:00","12:00","",""
"0810001","1","内科","2","13:00","17:00","","","","","",""
"0810001","2","外科","1","08:30","12:00","","","","","10:00","12:00"
"0810009","2","外科","1","08:30","12:00","","","","","",""
"""


def read(folder, text, towns=TOWNS, *, encoding="utf-8", file="f.csv", **config):
    (folder / file).write_bytes(text.encode(encoding))
    return read_facilities(FacilityConfig(path=file, **config), lambda p: folder / p, PEOPLE, None, towns)


def codes(reading, severity="warning"):
    return {p.code: (p.where, p.count) for p in reading.problems if p.severity == severity}


def test_a_list_of_clinics_as_a_city_publishes_it(tmp_path):
    reading = read(tmp_path, MEDICAL, encoding="cp932")
    rows = reading.value
    assert [(r.facility_id, r.name, r.kind) for r in rows] == [
        ("f-1", "中央総合病院", "hospital"),
        ("f-2", "海辺内科", "clinic"),
        ("f-3", "海辺歯科", "dental_clinic"),
    ]
    assert [(r.lon, r.lat, r.position_error_m) for r in rows] == [
        (140.601, 36.601, 0),
        (140.61, 36.60, 300),
        (140.62, 36.62, 1000),
    ]
    assert rows[0].hours == ((0b11111, 9 * 3600, 17 * 3600),)
    assert rows[1].hours == ((0b110111, 9 * 3600, 45_000),)
    assert (rows[1].specialty, rows[2].hours) == ("内科;小児科", ())
    assert codes(reading) == {"facilities.left_out": ("f.csv row 7", 1)}
    assert codes(reading, "info")["input.encoding"] == ("f.csv", 1)
    shown = {p.code: p.message.ja for p in reading.problems}
    assert "住所 ← 住所" in shown["facilities.columns"]
    assert "3 行目" in shown["table.title_lines"]
    assert shown["facilities.kinds_guessed"].endswith("診療所 2、病院 1、歯科診療所 1")
    assert (reading.files[0].rows_in, reading.files[0].rows_kept) == (4, 3)
    assert reading.counts == {"facilities_by_address": 2, "facilities_with_hours": 2}


def test_hours_come_from_a_second_table_by_id(tmp_path):
    (tmp_path / "h.csv").write_text(NET_HOURS, "utf-8-sig")
    reading = read(tmp_path, NET, municipality="みなと市", hours_path="h.csv", capacity_from_hours=True)
    first, second = reading.value
    hour = 3600
    assert (first.kind, second.kind) == ("hospital", "dental_clinic")
    assert set(first.hours) == {
        (1, 30_600, 12 * hour),  # 8:30 and 9:00 to 12:00 are one; 受付 is not opening
        (1, 13 * hour, 17 * hour),
        (2, 9 * hour, 12 * hour),
        (4, 10 * hour, 12 * hour),
    }
    assert (first.capacity, first.specialty) == (3.5 + 4 + 3 + 2, "内科、外科")
    assert (second.hours, np.isnan(second.capacity)) == ((), True)
    told = codes(reading, "info")
    assert told["facilities.other_municipality"][1] == 1
    assert told["facilities.hours_joined"][1] == 1
    assert [f.reader.reader_id for f in reading.files] == ["facilities", "facility-hours"]


def test_tabs_semicolons_and_other_headings(tmp_path):
    # 地方厚生局 コード内容別医療機関一覧表: 医療機関番号, 医療機関名称, 医療機関所在地（住所）, 病床数／診療科名
    rows = "医療機関番号;医療機関名称;医療機関所在地（住所）;病床数／診療科名;診療時間;休診日\n"
    rows += "0820001;甲医院;みなと市海岸町1-1-1;内;9:00～12:00;木曜、日曜、祝日\n"
    for sign in ";\t":
        reading = read(tmp_path, rows.replace(";", sign))
        row = reading.value[0]
        assert (row.facility_id, row.kind, row.specialty, row.position_error_m) == ("0820001", "clinic", "内", 300)
        assert row.hours == ((0b110111, 9 * 3600, 12 * 3600),)
        assert set(codes(reading)) == {"table.separator"}


def test_headings_in_any_width_and_columns_for_each_day(tmp_path):
    text = "ＩＤ,施設　名称,緯度（度）,経度 (度),月,火,水,木,金,土,日\nx12345,甲医院,36.6,140.6,9:00-12:00,9:00-12:00,休診,,,9:00-11:00,\n"
    row = read(tmp_path, text).value[0]
    assert (row.facility_id, row.name) == ("x12345", "甲医院")
    assert set(row.hours) == {(0b11, 32_400, 43_200), (0b100000, 32_400, 39_600)}


def test_columns_that_are_named_win_and_seven_columns_are_the_week(tmp_path):
    text = "a,b,lat,lon,d1,d2,d3,d4,d5,d6,d7\nx,甲,36.6,140.6,9:00-12:00,,,,,,\n"
    row = read(tmp_path, text, kind="clinic", id="a", name="b", hours=[f"d{n}" for n in range(1, 8)]).value[0]
    assert (row.facility_id, row.name, row.hours) == ("x", "甲", ((1, 32_400, 43_200),))


def test_positions_as_people_write_them(tmp_path):
    text = '''名称,住所,緯度,経度
入れ替え,みなと市海岸町1丁目,140.60,36.60
度分秒,みなと市海岸町1丁目,"36°36'00""",140°36′00″
全角,みなと市海岸町1丁目,３６．６０,１４０．６０
原点,みなと市海岸町1丁目,0,0
国外,みなと市山手,51.5,-0.1
遠い,みなと市海岸町1丁目,36.70,140.60
'''
    reading = read(tmp_path, text, kind="clinic")
    assert [(round(r.lon, 5), round(r.lat, 5)) for r in reading.value] == [
        *[(140.6, 36.6)] * 4,
        (140.62, 36.62),
        (140.6, 36.7),
    ]
    assert [r.position_error_m for r in reading.value] == [0, 0, 0, 300, 1000, 0]
    assert codes(reading) == {
        "facilities.swapped": ("f.csv row 2", 1),
        "facilities.angles": ("f.csv row 3", 1),
        "facilities.position": ("f.csv row 5", 2),
        "facilities.far_from_town": ("f.csv row 7", 1),
    }
    assert next(p for p in reading.problems if p.code == "facilities.position").message.ja.endswith("（5, 6 行目）")


def test_a_city_outside_of_japan_keeps_its_positions(tmp_path):
    rows = read(tmp_path, "name,lat,lon\nA,-30.03,-51.2\nB,-30.04,-51.1\n", None, kind="clinic").value
    assert [(r.lon, r.lat) for r in rows] == [(-51.2, -30.03), (-51.1, -30.04)]


def test_the_middle_of_a_municipality_is_a_warning(tmp_path):
    reading = read(tmp_path, "名称,住所\n甲,みなと市海岸町1丁目\n乙,みなと市知らない町5\n", kind="clinic")
    assert [r.position_error_m for r in reading.value] == [300, 5000]
    assert codes(reading) == {"facilities.placed_at_city": ("f.csv row 3", 1)}


def test_addresses_in_parts(tmp_path):
    # 自治体標準オープンデータセット (2023): 所在地_市区町村, 所在地_町字, 所在地_番地以下
    text = "名称,所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下\n甲,茨城県,みなと市,海岸町二丁目,3-4\n"
    assert read(tmp_path, text, kind="clinic").value[0].position_error_m == 300


def test_two_columns_that_could_be_the_name_are_told(tmp_path):
    reading = read(tmp_path, "名称,施設名,緯度,経度\n甲,乙,36.6,140.6\n", kind="clinic")
    assert reading.value[0].name == "甲"
    assert codes(reading) == {"facilities.ambiguous_column": ("f.csv row 1", 1)}


def test_repeated_codes_are_no_ids(tmp_path):
    reading = read(tmp_path, "ID,名称,緯度,経度\n2.02E+11,甲,36.6,140.6\n2.02E+11,乙,36.6,140.6\n", kind="clinic")
    assert [r.facility_id for r in reading.value] == ["f-2", "f-3"]
    assert "facilities.ids_by_row" in codes(reading, "info")


def test_a_list_of_shelters_brings_its_hazards(tmp_path):
    # 国土地理院 指定緊急避難場所データ: 施設・場所名, 住所, 洪水 … 火山現象 with 1 where designated
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [140.6, 36.6]},
            "properties": {
                "共通ID": "E0001",
                "施設・場所名": "海岸小学校",
                "洪水": "1",
                "津波": "",
                "地震": "1",
                "高潮": "0",
            },
        },
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    row = read(tmp_path, text, file="s.geojson").value[0]
    assert (row.facility_id, row.name, row.kind, row.hazards) == ("E0001", "海岸小学校", "shelter", "flood|earthquake")


def test_hours_reach_the_columns_of_the_city(tmp_path):
    facilities, problems = facilities_of(read(tmp_path, MEDICAL, encoding="cp932").value, 6677)
    assert problems == []
    assert facilities.hours_facility.tolist() == [0, 1]
    assert facilities.hours_days.tolist() == [0b11111, 0b110111]
    assert facilities.hours_start_s.tolist() == [32_400, 32_400]
    assert facilities.hours_end_s.tolist() == [61_200, 45_000]


@pytest.mark.parametrize(
    ("kind", "type_text", "name", "table"),
    [
        ("hospital", "", "みなと中央病院", ""),
        ("clinic", "", "山田医院", ""),
        ("dental_clinic", "", "海辺デンタルクリニック", ""),
        ("dental_clinic", "診療所", "海辺歯科", "clinic"),
        ("clinic", "一般診療所", "海辺", "clinic"),
        ("clinic", "", "健康サポートセンター", "clinic"),
        ("pharmacy", "", "みなと薬局", ""),
        ("city_office", "", "みなと市役所", ""),
        ("branch_office", "", "みなと市役所南支所", ""),
        ("community_centre", "", "山手交流センター", ""),
        ("community_centre", "", "山手公民館", ""),
        ("elementary_school", "", "市立海岸小学校", ""),
        ("junior_high_school", "中学校", "海岸", ""),
        ("high_school", "", "県立みなと高等学校", ""),
        ("other", "", "旧海岸小学校", ""),
        ("nursery", "", "海岸こども園", ""),
        ("toilet", "", "海岸公園", "toilet"),
        ("aed", "", "みなと市役所", "aed"),
        ("welfare", "", "デイサービスうみべ", ""),
        ("other", "", "記念碑", ""),
        ("park_or_sports", "", "みなと市役所体育館", ""),
        ("park_or_sports", "", "海岸小学校グラウンド", ""),
        ("other", "", "海岸小学校放課後児童クラブ", ""),
        ("other", "", "市立学校給食共同調理場", ""),
        ("other", "", "市役所前郵便局", ""),
        ("community_centre", "", "海岸小学校区公民館", ""),
        ("shelter", "", "海岸小学校体育館", "shelter"),
    ],
)
def test_kinds_are_guessed_from_type_and_name(kind, type_text, name, table):
    assert guess_kind(type_text, name, table) == kind


def test_japanese_values_of_a_column_of_kinds_are_read_as_kinds(tmp_path):
    text = "種,名称,緯度,経度\n病院,甲,36.6,140.6\n歯科,乙,36.6,140.6\nclinic,丙,36.6,140.6\nufo,丁,36.6,140.6\n,戊,36.6,140.6\n"
    reading = read(tmp_path, text, kind_column="種")
    assert [r.kind for r in reading.value] == ["hospital", "dental_clinic", "clinic", "ufo"]
    assert codes(reading) == {"facilities.blank_kind": ("f.csv row 6", 1)}
    assert "病院 → 病院、歯科 → 歯科診療所" in {p.code: p.message.ja for p in reading.problems}["facilities.kinds_read"]


def test_beds_and_departments_tell_the_kind_of_a_medical_institution():
    assert guess_kind("", "うみべ", "clinic", beds="２０") == "hospital"
    assert guess_kind("", "うみべ", "clinic", beds="19") == "clinic"
    assert guess_kind("", "うみべ", "clinic", specialty="歯科;矯正歯科") == "dental_clinic"


@pytest.mark.parametrize(
    ("text", "code", "where", "towns"),
    [
        ("名称,住所\n甲,みなと市海岸町1\n", "facilities.no_towns", "f.csv row 2", None),
        ("名称,緯度,経度\n甲,,\n", "facilities.no_place", "f.csv row 2", TOWNS),
        ("名称,備考\n甲,x\n", "table.missing_column", "f.csv row 1", TOWNS),
        ("名称,住所\n甲,水戸市三の丸1\n", "facilities.no_match", "f.csv row 2", TOWNS),
        ("", "table.empty", "f.csv", TOWNS),
        ("名称,緯度,経度\n甲,36,140,1,2,3\n", "table.fields", "f.csv row 2", TOWNS),
    ],
)
def test_what_cannot_be_used_at_all_is_one_clear_error(tmp_path, text, code, where, towns):
    with pytest.raises(DataError) as refused:
        read(tmp_path, text, towns, kind="clinic")
    assert [(p.code, p.where) for p in refused.value.problems] == [(code, where)]
    assert refused.value.problems[0].hint.ja


def test_a_workbook_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(DataError) as refused:
        read(tmp_path, "PK", file="f.xlsx", kind="clinic")
    assert refused.value.problems[0].code == "table.workbook"
    assert "CSV UTF-8" in refused.value.problems[0].hint.ja


def test_a_municipality_that_is_not_there(tmp_path):
    with pytest.raises(DataError) as refused:
        read(tmp_path, NET, municipality="となりの市")
    assert refused.value.problems[0].code == "facilities.no_municipality"


def test_hours_that_cannot_be_read_stay_unknown_and_are_told(tmp_path):
    text = "名称,緯度,経度,診療時間\n甲,36.6,140.6,応相談\n乙,36.6,140.6,月 9:00-12:00 第2火曜 9:00-12:00\n丙,36.6,140.6,\n"
    reading = read(tmp_path, text, kind="clinic")
    assert [len(r.hours) for r in reading.value] == [0, 1, 0]
    assert codes(reading) == {
        "facilities.hours_unread": ("f.csv row 2", 1),
        "facilities.hours_partly": ("f.csv row 3", 1),
    }


CELL = st.sampled_from(["", "0", "36.6", "140.6", "36°36'", "abc", "３６．６", "91", "-36.6", "nan", "inf", "1e400"])
ADDRESS = st.sampled_from(["", "みなと市海岸町1-1-1", "みなと市", "水戸市1", "山手", "=1+1", "海岸町一丁目"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, ADDRESS), min_size=1, max_size=8))
def test_rows_in_are_rows_placed_and_rows_told(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("rows")
    text = "名称,緯度,経度,住所\n" + "".join(f'n{n},"{lat}","{lon}",{a}\n' for n, (lat, lon, a) in enumerate(rows))
    try:
        reading = read(folder, text, kind="clinic")
    except DataError as refused:
        assert refused.problems[0].code == "facilities.no_match"  # noqa: PT017 -- one of two allowed ends
        return
    left = sum(p.count for p in reading.problems if p.code == "facilities.left_out")
    assert len(reading.value) + left == len(rows)
    assert all(np.isfinite([r.lon, r.lat, r.position_error_m]).all() for r in reading.value)
    assert len({r.facility_id for r in reading.value}) == len(reading.value)


@given(st.text(max_size=12))
def test_any_text_is_a_finite_number_or_none(text):
    value = plain_number(text)
    assert np.isfinite(value) or np.isnan(value)


@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(-200, 200)), min_size=1, max_size=6))
def test_a_position_is_on_the_globe_or_none(points):
    found = read_positions([repr(a) for a, _ in points], [repr(b) for _, b in points])
    good = np.isfinite(found.lonlat[:, 0])
    assert (np.abs(found.lonlat[good]) <= [180, 90]).all()
    assert (good != found.refused).all()
