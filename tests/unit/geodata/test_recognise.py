"""A folder of raw files: each is told by its content, unknown ones are told too, nothing raises."""

import json
import struct
import zipfile

import numpy as np
import pytest

from geodata.errors import DataError, Severity
from geodata.readers.recognise_city import place_points, town_table
from geodata.recognise import recognise
from geodata.recognised import WHAT
from geodata.unused_files import damaged_files
from tests.unit.geodata.feed_texts import FEED, write_feed

# 地域メッシュ統計 (e-Stat, 統計データ ダウンロード): line 1 codes, line 2 labels, cp932.
MESH = (
    "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001142001,T001142019\n,,,,人口（総数）,６５歳以上人口　総数\n{code},0,,,120,30\n"
)
# 小地域 (e-Stat): the same with HYOSYO, CITYNAME, NAME.
SMALL_TABLE = (
    "KEY_CODE,HYOSYO,CITYNAME,NAME,HTKSYORI,HTKSAKI,GASSAN,T001082001\n,,,,,,,総数、年齢「不詳」含む\n"
    "08202,1,日立市,,0,,,174508\n082020010,2,日立市,助川町,0,,,900\n"
)


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def shapefile(columns, kind=5):
    """Return the beginning of a .shp, and a .dbf of one row (ESRI 1998; dBASE III)."""
    shp = struct.pack(">i", 9994) + bytes(20) + struct.pack(">i", 50) + struct.pack("<ii", 1000, kind) + bytes(64)
    fields = b"".join(
        name.encode("cp932").ljust(11, b"\0") + b"C" + bytes(4) + bytes([10]) + bytes(15) for name in columns
    )
    row = b" " + b"".join(b"x".ljust(10) for _ in columns)
    head = struct.pack("<BBBBIHH", 3, 120, 1, 1, 1, 33 + len(fields), len(row)) + bytes(20)
    return shp, head + fields + b"\r" + row


def write_shape_zip(path, stem, columns, kind=5, folder=""):
    shp, dbf = shapefile(columns, kind)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{folder}{stem}.shp", shp)
        archive.writestr(f"{folder}{stem}.dbf", dbf)
        archive.writestr(f"{folder}{stem}.prj", "GEOGCS[...]")


def geojson(properties, geometry=None):
    shape = geometry or {"type": "Point", "coordinates": [140.6, 36.5]}
    return json.dumps(
        {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
            "features": [{"type": "Feature", "geometry": shape, "properties": properties}],
        },
        ensure_ascii=False,
    )


def what_of(folder):
    return {f.path: f.what for f in recognise(folder)}


TABLES = [
    ("tblT001142Q5440.txt", MESH.format(code="5440462211"), "cp932", "estat_mesh"),
    ("mesh500.csv", MESH.format(code="544046221"), "utf-8-sig", "estat_mesh"),
    ("tblT001082C08.txt", SMALL_TABLE, "cp932", "small_area_table"),
    ("08202_2023.csv", "都道府県コード,都道府県名,市区町村コード,市区町村名,大字町丁目コード,大字町丁目名,緯度,経度\n08,茨城県,08202,日立市,1,助川町,36.5,140.6\n", "cp932", "towns"),
    ("大字.csv", "都道府県名,市区町村名,大字_丁目名,緯度,経度\n", "utf-8", "towns"),
    ("医療機関一覧.csv", "都道府県コード又は市区町村コード,NO,名称,住所,緯度,経度,診療科目\n08202,1,甲医院,乙町1,36.5,140.6,内科\n", "cp932", "facilities"),
    ("施設.csv", "公共施設一覧（令和6年）,,\n施設名,所在地,電話番号\n市民会館,甲町1-1,\n", "cp932", "facilities"),
    ("年齢別人口.csv", "地区名,総数,0～4歳,5～9歳,75歳以上\n助川,900,10,20,300\n", "cp932", "controls"),
    ("学区.tsv", "学区\t人口\n助川小\t9,000\n", "utf-8", "controls"),
    ("地区別.csv", '甲市 地区別人口・世帯数,,\n令和7年10月31日現在,,\n行政区名,男,計\n助川,"4,400","9,000"\n', "cp932", "controls"),
    ("町別.csv", "町 丁 名,世帯数,人口\n助川町,400,900\n", "cp932", "controls"),
    ("昼間.csv", "地区,昼間人口,流入通勤者\n助川,1000,200\n", "utf-8", "daytime"),
    ("voices.csv", "地区,テーマ,ご意見,年代\n助川,バス,増やして,70代\n", "utf-8", "opinions"),
    ("cells.csv", "id,lon,lat,population\na,140.6,36.5,10\n", "utf-8", "cells_csv"),
    ("mesh.csv", "メッシュコード,人口\n5440462211,10\n", "utf-8", "mesh_csv"),
    ("future.csv", "MESH_ID,SHICODE,PTN_2020,PTN_2025\n544046221,08202,1,2\n", "utf-8", "future_mesh"),
    ("streets.graphml", "<graphml/>", "utf-8", "graphml"),
    ("facts.csv", "topic,value\na,1\n", "utf-8", "unknown"),
    ("empty.csv", "", "utf-8", "unknown"),
    ("memo.md", "# note", "utf-8", "document"),
    ("city.yaml", "id: x", "utf-8", "config"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "encoding", "what"), TABLES, ids=[t[0] for t in TABLES])
def test_tables_are_told_by_their_headings(tmp_path, name, text, encoding, what):
    write(tmp_path, name, text, encoding)
    (found,) = recognise(tmp_path)
    assert found.what == what
    assert found.why.ja
    assert found.why.en


LAYERS = [
    ("N03-20240101_08.geojson", {"N03_001": "茨城県", "N03_004": "日立市", "N03_007": "08202"}, "municipality"),
    ("P11.geojson", {"P11_001": "甲", "P11_002": "市営"}, "ksj"),
    ("did.geojson", {"CITYNAME": "日立市", "CLASS": 1, "JINKO": 10, "MENSEKI": 2.0}, "did"),
    ("r2ka08202.geojson", {"KEY_CODE": "082020010", "S_NAME": "助川町", "JINKO": 10}, "small_area"),
    ("shelters.geojson", {"共通ID": "E1", "施設・場所名": "甲", "住所": "乙", "洪水": "1", "地震": ""}, "facilities"),
    ("people.geojson", {"population": 12}, "features"),
    ("paths.geojson", {"width": 3}, "unknown"),
]


@pytest.mark.parametrize(("name", "properties", "what"), LAYERS, ids=[case[0] for case in LAYERS])
def test_layers_are_told_by_their_columns(tmp_path, name, properties, what):
    write(tmp_path, name, geojson(properties))
    assert what_of(tmp_path) == {name: what}


@pytest.mark.parametrize(
    ("stem", "columns", "what"),
    [
        ("N02-23_Station", ["N02_001", "N02_002", "N02_003", "N02_004", "N02_005"], "ksj"),
        ("r2ka08202", ["KEY_CODE", "PREF", "CITY_NAME", "S_NAME", "JINKO"], "small_area"),
        ("500m_mesh_2024_08", ["MESH_ID", "SHICODE", "PTN_2020", "PTN_2050"], "future_mesh"),
        ("A27-21_08", ["A27_001", "A27_002", "A27_003", "A27_004"], "ksj"),
    ],
)
def test_shapefile_zips_are_told_by_the_columns_inside(tmp_path, stem, columns, what):
    write_shape_zip(tmp_path / "download.zip", stem, columns, folder="うち/")
    assert what_of(tmp_path) == {"download.zip": what}


def test_feeds_are_told_in_a_zip_a_subfolder_of_a_zip_and_a_folder(tmp_path):
    write_feed(tmp_path / "bus.zip")
    write_feed(tmp_path / "rail", trips=FEED["trips"].replace("T3", "T4"))
    (tmp_path / "deep").mkdir()
    inner = write_feed(tmp_path / "deep/.inner.zip", trips=FEED["trips"].replace("T3", "T5"))
    with zipfile.ZipFile(inner) as feed, zipfile.ZipFile(tmp_path / "deep/sub.zip", "w") as packed:
        for name in feed.namelist():
            packed.writestr(f"gtfs/{name}", feed.read(name))
    found = recognise(tmp_path)
    assert [(f.path, f.what) for f in found] == [("bus.zip", "gtfs"), ("rail", "gtfs"), ("deep/sub.zip", "gtfs")]
    assert all(len(f.traits["lonlat"]) == 3 for f in found)
    assert found[0].traits["agencies"] == ["テスト交通"]
    assert found[0].traits["start"] == "2025-04-01"


def test_one_layer_in_several_forms_counts_once(tmp_path):
    write(tmp_path, "towns.csv", "town,lat,lon\n甲,36.5,140.6\n")
    write(tmp_path, "towns.geojson", geojson({"town": "甲"}))
    shp, dbf = shapefile(["P29_001", "P29_002"], 1)
    for name, raw in (("P29-21_08.shp", shp), ("P29-21_08.dbf", dbf), ("P29-21_08.shx", b""), ("P29-21_08.prj", b"")):
        (tmp_path / name).write_bytes(raw)
    found = what_of(tmp_path)
    assert found["towns.csv"] == "towns"
    assert found["towns.geojson"] == "part"
    assert found["P29-21_08.shp"] == "ksj"
    assert found["P29-21_08.dbf"] == found["P29-21_08.shx"] == "part"


def test_links_that_lead_out_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    write(outside, "cells.csv", "id,lon,lat,population\na,140.6,36.5,10\n")
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "linked.csv").symlink_to(outside / "cells.csv")
    (folder / "linked").symlink_to(outside)
    assert what_of(folder) == {"linked": "skipped", "linked.csv": "skipped"}


@pytest.mark.parametrize(
    "raw", [b"PK\x03\x04 broken", b"\x00\xff" * 40_000, b"SQLite format 3\0", b"\n" * 9, b'{"type"']
)
@pytest.mark.parametrize("ending", ["zip", "csv", "shp", "geojson", "gpkg", "txt", "tif", "bin"])
def test_damaged_files_are_told_not_raised(tmp_path, ending, raw):
    (tmp_path / f"x.{ending}").write_bytes(raw)
    (found,) = recognise(tmp_path)
    assert found.what == ("broken" if is_damage(ending, raw) else "unknown")
    assert found.why.ja


@pytest.mark.parametrize(("kept", "lost"), [((), ".dbf・.shx"), ((".SHX",), ".dbf"), ((".dbf",), ".shx")])
def test_a_shapefile_without_its_companions_is_damaged(tmp_path, kept, lost):
    for ending in (".shp", *kept):
        (tmp_path / f"N03-20240101_08{ending}").write_bytes(b"\x00\x00\x27\x0a" + bytes(96))
    (found,) = [f for f in recognise(tmp_path) if f.path.endswith(".shp")]
    assert (found.what, found.why.ja) == ("broken", f"組になる {lost} がありません")


def is_damage(ending, raw):
    zip_in_text = raw.startswith(b"PK") and ending in {"csv", "geojson", "txt"}
    return ending in {"zip", "shp", "gpkg"} or zip_in_text


def test_a_feed_that_was_cut_short_is_damaged_and_a_picture_is_a_picture(tmp_path):
    write_feed(tmp_path / "bus.zip")
    whole = (tmp_path / "bus.zip").read_bytes()
    (tmp_path / "bus.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "写真.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "page.csv").write_bytes(b"<!DOCTYPE html><html>")
    bus, page, photo = recognise(tmp_path)
    assert (bus.what, page.what, photo.what) == ("broken", "broken", "picture")
    assert "途中で切れている" in bus.why.ja
    assert [(p.where, p.severity) for p in damaged_files((bus, page, photo))] == [
        ("bus.zip", Severity.ERROR),
        ("page.csv", Severity.ERROR),
    ]


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(DataError, match="no files"):
        recognise(tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        recognise(tmp_path / "none")


def test_every_kind_has_a_name():
    assert all(text.ja and text.en for text in WHAT.values())


def test_the_real_folders_are_told(shared_data):
    assert what_of(shared_data / "muroran") == {
        "SOURCE.md": "document",
        "gtfs_donanbus_2020.zip": "gtfs",
        "geo/did2020.geojson": "did",
        "geo/emergency.geojson": "facilities",
        "geo/evacuation.geojson": "facilities",
        "geo/medical.csv": "facilities",
        "geo/municipalities.geojson": "municipality",
        "geo/towns.csv": "towns",
        "geo/towns.geojson": "part",
    }
    porto_alegre = what_of(shared_data / "porto-alegre")
    assert sorted(porto_alegre.values()) == [
        "cells_csv", "document", "elevation", "facilities", "gtfs", "gtfs", "osm_pbf"
    ]  # fmt: skip


def test_a_table_that_is_not_known_is_told_by_its_headings_not_its_title(tmp_path):
    write(tmp_path, "x.csv", "甲市の統計,,\n令和7年,,\n路線,延長,幅員\nA,1,2\n")
    (found,) = recognise(tmp_path)
    assert (found.what, "路線, 延長, 幅員" in found.why.ja) == ("unknown", True)


@pytest.mark.parametrize(("codes", "chosen"), [(("1", "2"), "医療機関コード"), (("", "2"), None), (("", ""), None)])
def test_a_column_of_codes_that_is_left_empty_gives_no_ids(tmp_path, codes, chosen):
    rows = "".join(f"甲{n},乙町{n},{code}\n" for n, code in enumerate(codes))
    write(tmp_path, "医療機関一覧.csv", "名称,住所,医療機関コード\n" + rows)
    (found,) = recognise(tmp_path)
    assert found.config_fragment["facilities"][0].get("id") == chosen


def test_copies_of_one_content_count_once(tmp_path):
    for name in ("施設.csv", "施設 (1).csv", "古い/別名.csv"):
        write(tmp_path, name, "名称,住所\n甲,乙町\n")
    write(tmp_path, "ほか.csv", "名称,住所\n乙,甲町\n")  # as long, but other places
    assert what_of(tmp_path) == {
        "施設.csv": "facilities",
        "施設 (1).csv": "part",
        "古い/別名.csv": "part",
        "ほか.csv": "facilities",
    }


def test_a_feed_that_was_unpacked_under_another_name_counts_once(tmp_path):
    write_feed(tmp_path / "bus_20250401.zip")
    with zipfile.ZipFile(tmp_path / "bus_20250401.zip") as archive:
        archive.extractall(tmp_path / "バス")
    assert sorted(what_of(tmp_path).values()) == ["gtfs", "part"]
    write_feed(tmp_path / "other.zip", trips=FEED["trips"].replace("T3", "T9"))
    assert sorted(what_of(tmp_path).values()) == ["gtfs", "gtfs", "part"]


def test_the_date_of_a_table_of_districts_is_that_of_its_title(tmp_path):
    write(
        tmp_path,
        "地区別.csv",
        '甲市 地区別人口,,\n令和６年４月１日現在,,\n行政区名,男,計\n助川,"4,400","9,000"\n',
        "cp932",
    )
    (found,) = recognise(tmp_path)
    assert found.traits["date"] == "2024-04-01"


def test_a_zip_with_a_nameless_file_is_told_as_damaged(tmp_path):
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as pack:
        pack.writestr("Xstops.txt", "x")
    path = tmp_path / "feed.zip"
    path.write_bytes(path.read_bytes().replace(b"Xstops", b"\0stops"))
    (found,) = recognise(tmp_path)
    assert found.what == "broken"
    (problem,) = damaged_files([found])
    assert "名前のないファイル" in problem.message.ja
    assert "without a name" in problem.message.en


def test_lists_with_a_line_end_within_a_field_lie_nowhere(tmp_path):
    torn = write(tmp_path, "clinics.csv", "名称,住所,緯度,経度\r\n甲\r乙,日立市,36.5,140.6\r\n")
    assert place_points(torn, {"lon": "経度", "lat": "緯度"}) == []
    assert town_table(torn, np.zeros((0, 2))) is None
