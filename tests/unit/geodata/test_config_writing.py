"""From recognised files to a configuration that is read back: the choice among populations, cities, lines."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.city_config import CityConfig, read_city_config
from geodata.config_plan import plan_config
from geodata.config_template import LAYERS, template_text
from geodata.config_text import block
from geodata.config_writing import config_text
from geodata.official_files import OFFICIAL_FILES
from geodata.readers.recognise_places import facility_of_columns
from geodata.readers.yaml_source import read_yaml
from geodata.recognise import recognise
from geodata.recognised import WHAT
from sim.kpi import KPIS
from tests.unit.geodata.feed_texts import FEED, write_feed
from tests.unit.geodata.test_recognise import MESH, SMALL_TABLE, geojson, shapefile, write, write_shape_zip

CELLS = "id,lon,lat,population\na,140.6,36.5,10\n"
AREAS = ["KEY_CODE", "PREF", "CITY_NAME", "S_NAME", "JINKO"]


def planned(folder, tmp_path, lang="ja"):
    """Return the configuration of a folder, read back from its YAML, and the YAML."""
    text = config_text(plan_config(folder, recognise(folder)), lang)
    path = tmp_path / "written.yaml"
    path.write_text(text, encoding="utf-8")
    return read_city_config(path), text


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "hi-machi"
    made.mkdir()
    return made


def add_mesh(folder, size):
    code = {250: "5440462211", 500: "544046221", 1000: "54404622"}[size]
    write(folder, f"mesh{size}.txt", MESH.format(code=code), "cp932")


def add_small_area(folder):
    write_shape_zip(folder / "area.zip", "r2ka08202", AREAS)
    write(folder, "tblT001082C08.txt", SMALL_TABLE, "cp932")


def add_future(folder):
    write_shape_zip(folder / "future.zip", "500m_mesh_2024_08", ["MESH_ID", "SHICODE", "PTN_2020", "PTN_2050"])


def add_did_and_towns(folder):
    ring = [[[140.5, 36.4], [140.7, 36.4], [140.7, 36.6], [140.5, 36.4]]]
    shape = {"type": "Polygon", "coordinates": ring}
    write(folder, "did.geojson", geojson({"CITYNAME": "甲市", "CLASS": 1, "JINKO": 9, "MENSEKI": 1.0}, shape))
    write(folder, "towns.csv", "市区町村コード,市区町村名,大字町丁目名,緯度,経度\n08999,甲市,乙町,36.5,140.6\n")


PEOPLE = [
    ("estat_mesh", lambda f: add_mesh(f, 250)),
    ("small_area", add_small_area),
    ("cells_csv", lambda f: write(f, "cells.csv", CELLS)),
    ("estat_mesh", lambda f: add_mesh(f, 500)),
    ("did_towns", add_did_and_towns),
    ("future_mesh", add_future),
]


@pytest.mark.parametrize("best", range(len(PEOPLE)))
def test_the_finest_people_are_chosen_and_the_others_kept_as_comments(folder, tmp_path, best):
    for _, add in PEOPLE[best:]:
        add(folder)
    config, text = planned(folder, tmp_path)
    assert config.population.kind == PEOPLE[best][0]
    assert text.count("# population:") == len(PEOPLE) - best - 1
    assert (config.outlook is not None) == (best < len(PEOPLE))


def test_several_mesh_files_of_one_size_are_one_population(folder, tmp_path):
    write(folder, "a/tblT001142Q5440.txt", MESH.format(code="5440462211"), "cp932")
    write(folder, "b/tblT001142Q5540.txt", MESH.format(code="5540462211"), "cp932")
    config, _ = planned(folder, tmp_path)
    assert config.population.path == ("a/tblT001142Q5440.txt", "b/tblT001142Q5540.txt")


def square(west, south):
    ring = [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def add_boundaries(folder, *rows):
    features = [
        {"type": "Feature", "geometry": square(west, 36.45), "properties": properties} for west, properties in rows
    ]
    tree = {"type": "FeatureCollection", "features": features}
    write(folder, "N03-20240101_08.geojson", json.dumps(tree, ensure_ascii=False))


def test_of_two_editions_of_a_feed_the_newer_is_read(folder, tmp_path):
    write_feed(folder / "bus_2024.zip", calendar=FEED["calendar"].replace("20250401", "20240401"))
    write_feed(folder / "bus_2025.zip")
    moved = FEED["stops"].replace("140.600", "140.700")
    write_feed(folder / "bus_east.zip", stops=moved, calendar=FEED["calendar"].replace("20250401", "20230401"))
    config, text = planned(folder, tmp_path)
    assert [g.path for g in config.gtfs] == ["bus_2025.zip", "bus_east.zip"]
    assert "新しい版 bus_2025.zip" in text


def test_the_municipality_that_holds_most_stops_is_chosen(folder, tmp_path):
    write_feed(folder / "bus.zip")  # three stops at 140.6 E, 36.5 N
    add_boundaries(
        folder,
        (140.0, {"N03_001": "茨城県", "N03_004": "遠市", "N03_007": "08001"}),
        (140.55, {"N03_001": "茨城県", "N03_004": "近市", "N03_007": "08002"}),
    )
    config, text = planned(folder, tmp_path)
    assert config.boundaries[0].where == {"N03_007": "08002"}
    assert config.name.ja == "近市"
    assert config.id == "hi-machi"
    assert "遠市" in text


@pytest.mark.parametrize("title", ["遠市", "遠谷市のデータ 2026", "遠谷"])
def test_the_municipality_that_the_folder_is_named_after_is_chosen_first(tmp_path, title):
    folder = tmp_path / title
    folder.mkdir()
    write_feed(folder / "bus.zip")
    name = "遠市" if title == "遠市" else "遠谷市"
    add_boundaries(
        folder,
        (140.0, {"N03_001": "茨城県", "N03_004": name, "N03_007": "08001"}),
        (140.55, {"N03_001": "茨城県", "N03_004": "近市", "N03_007": "08002"}),
    )
    config, text = planned(folder, tmp_path)
    assert config.boundaries[0].where == {"N03_007": "08001"}
    assert f"フォルダーの名前にある {name} を選びました" in text


def test_towns_of_one_city_in_json_name_the_city(folder, tmp_path):
    write_feed(folder / "bus.zip")
    write(folder, "みなと市.json", '[{"town":"海岸町","koaza":"","lat":"36.5","lng":"140.6"}]')
    config, _ = planned(folder, tmp_path)
    assert config.name.ja == "みなと市"


@pytest.mark.parametrize(("name", "told"), [("A002005212020DDSWC08202.zip", True), ("A002005212020DDSWC08.zip", False)])
def test_outlines_of_one_municipality_name_the_city_those_of_a_prefecture_do_not(folder, tmp_path, name, told):
    write_shape_zip(folder / name, "r2ka08202", [*AREAS, "CITY_NAME"])
    write(folder, "tblT001082C08.txt", SMALL_TABLE, "cp932")
    config, _ = planned(folder, tmp_path)
    assert (config.name.ja != folder.name) == told


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
def test_a_list_without_a_place_in_the_city_is_left_out_and_one_that_has_some_is_cut_to_it(folder, tmp_path, encoding):
    write_feed(folder / "bus.zip")
    add_boundaries(folder, (140.55, {"N03_001": "茨城県", "N03_004": "近市", "N03_007": "08002"}))
    far = "名称,住所\n甲院,遠市乙町1\n乙院,遠市乙町2\n"
    write(folder, "遠い医療機関.csv", far, encoding)
    write(folder, "医療機関一覧.csv", far + "丙院,近市丙町1\n", encoding)
    config, text = planned(folder, tmp_path)
    assert [(f.path, f.municipality) for f in config.facilities] == [("医療機関一覧.csv", "近市")]
    assert "近市 の住所がありません" in text


def test_without_stops_the_listed_places_tell_the_municipality_not_the_corner_of_a_mesh_file(folder, tmp_path):
    write(folder, "tblT001142Q5440.txt", MESH.format(code="5440000011"), "cp932")  # 140.0 E, 36.0 N
    write(
        folder,
        "施設一覧.csv",
        "名称,種別,経度,緯度\n甲公民館,公民館,140.60,36.50\n乙図書館,図書館,140.61,36.51\n丙,,,\n",
    )
    add_boundaries(
        folder,
        (140.0, {"N03_001": "茨城県", "N03_004": "遠市", "N03_007": "08001"}),
        (140.55, {"N03_001": "茨城県", "N03_004": "近市", "N03_007": "08002"}),
    )
    config, _ = planned(folder, tmp_path)
    assert config.boundaries[0].where == {"N03_007": "08002"}


def test_the_wards_of_a_designated_city_are_one_city(folder, tmp_path):
    write_feed(folder / "bus.zip")
    add_boundaries(
        folder,
        (140.55, {"N03_001": "県", "N03_003": "政令市", "N03_004": "東区", "N03_007": "08101"}),
        (140.65, {"N03_001": "県", "N03_003": "政令市", "N03_004": "西区", "N03_007": "08102"}),
    )
    config, _ = planned(folder, tmp_path)
    assert config.boundaries[0].where == {"N03_003": "政令市"}
    assert config.name.ja == "政令市"


def test_a_folder_without_an_ascii_name_is_called_by_its_code(tmp_path):
    folder = tmp_path / "近市"
    folder.mkdir()
    write_feed(folder / "bus.zip")
    add_boundaries(folder, (140.55, {"N03_004": "近市", "N03_007": "08002"}))
    config, _ = planned(folder, tmp_path)
    assert config.id == "city-08002"


def test_lines_without_times_are_used_only_where_no_feed_has_their_mode(folder, tmp_path):
    write_shape_zip(folder / "N02.zip", "N02-23_RailroadSection", ["N02_001", "N02_002", "N02_003"], 3)
    write_shape_zip(folder / "P11.zip", "P11-22_08", ["P11_001", "P11_002"], 1)
    bare, _ = planned(folder, tmp_path)
    assert [f.dataset for f in bare.ksj] == ["N02", "P11"]
    write_feed(folder / "bus.zip", routes="route_id,route_short_name,route_type\nR1,1,3\nR2,2,3\n")
    buses, text = planned(folder, tmp_path)
    assert [f.dataset for f in buses.ksj] == ["N02"]
    assert "dataset: P11" in text


def test_railways_of_a_feed_keep_those_of_the_map_out_and_leave_its_buses(folder, tmp_path):
    write_shape_zip(folder / "N02.zip", "N02-23_RailroadSection", ["N02_001", "N02_002", "N02_003"], 3)
    write_shape_zip(folder / "P11.zip", "P11-22_08", ["P11_001", "P11_002"], 1)
    write_feed(folder / "rail.zip", routes="route_id,route_short_name,route_type\nR1,1,2\nR2,2,2\n")
    config, text = planned(folder, tmp_path)
    assert [f.dataset for f in config.ksj] == ["P11"]
    assert "dataset: N02" in text


def test_shelters_of_two_lists_count_once_by_the_list_with_hazards(folder, tmp_path):
    write_feed(folder / "bus.zip")
    write(folder, "指定避難所一覧.csv", "名称,住所,緯度,経度\n甲小学校,日立市助川町1,36.5,140.6\n")
    head = "名称,住所,緯度,経度,災害種別_洪水,災害種別_地震,災害種別_津波"
    write(folder, "指定緊急避難場所一覧.csv", f"{head}\n甲小学校,日立市助川町1,36.5,140.6,1,1,0\n")
    config, text = planned(folder, tmp_path)
    assert [str(f.path) for f in config.facilities] == ["指定緊急避難場所一覧.csv"]
    assert "指定避難所一覧.csv" in text


def test_heights_join_the_streets_and_wait_as_a_comment_without_them(folder, tmp_path):
    (folder / "dem.tif").write_bytes(b"II*\0" + bytes(60))
    write_feed(folder / "bus.zip")
    alone, text = planned(folder, tmp_path)
    assert alone.streets.elevation is None
    assert "elevation: dem.tif" in text
    (folder / "town.osm.pbf").write_bytes(b"\0\0\0\x0d\n\tOSMHeader" + bytes(45))
    both, _ = planned(folder, tmp_path)
    assert (both.streets.osm_pbf, both.streets.elevation) == ("town.osm.pbf", "dem.tif")


def test_a_name_that_looks_like_yaml_stays_a_name(folder, tmp_path):
    name = "yes: [1] #{x} 'a' \"b\" – 人口.csv"
    write(folder, name, CELLS)
    config, _ = planned(folder, tmp_path, "en")
    assert config.population.path == name


TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(TEXTS | st.integers() | st.booleans(), st.lists, max_leaves=5)


@settings(max_examples=60)
@given(st.dictionaries(TEXTS.filter(bool), VALUES, max_size=4))
def test_whatever_is_written_reads_back_equal(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("yaml") / "x.yaml"
    nested = {"top": {f"k{n}": v for n, v in enumerate(values.values())}, "keys": dict.fromkeys(values, 1)}
    path.write_bytes(("\n".join(block(nested)) + "\n").encode())
    tree, _ = read_yaml(path)
    assert tree == nested


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_template_reads_and_every_layer_of_it_too(tmp_path, lang):
    path = tmp_path / "city.yaml"
    text = template_text(lang, base="hitachi")
    path.write_text(text, encoding="utf-8")
    assert read_city_config(path).base == "hitachi"
    top = {"id": "x", "name": "x"}
    for title, example in LAYERS:
        CityConfig.model_validate({**top, **example})
        assert title.get(lang) in text
    shown = {key for _, example in LAYERS for key in example}
    left = set(CityConfig.model_fields) - shown
    assert left == {
        "id", "name", "inputs", "date", "saturday", "holiday", "window", "public_min_persons", "epsg", "base", "replaces",
    }  # fmt: skip


def test_the_checklist_names_real_kpis_keys_and_kinds():
    for official in OFFICIAL_FILES:
        assert set(official.kpis) <= KPIS.keys(), official.file_id
        assert official.key in CityConfig.model_fields, official.file_id
        assert set(official.what) <= WHAT.keys(), official.file_id
        # Totals of districts become official; what stands in a cell stays modelled.
        assert official.before is not official.after or official.file_id == "district-population"
        for text in (official.portal, official.dataset, official.note):
            assert text.ja
            assert text.en
            assert "://" not in text.ja + text.en


def test_the_checklist_knows_what_a_folder_has(folder):
    add_mesh(folder, 250)
    write_shape_zip(folder / "P29.zip", "P29-21_08", ["P29_001", "P29_002"], 1)
    files = recognise(folder)
    assert {f.file_id for f in OFFICIAL_FILES if f.is_in(files)} == {"census-mesh", "P29"}


def test_the_real_folder_makes_the_city_that_its_files_are_of(shared_data, tmp_path):
    config, _ = planned(shared_data / "muroran", tmp_path)
    assert config.name.ja == "室蘭市"
    assert config.population.did_where == {"CITYNAME": "室蘭市"}
    assert config.population.town_where == {"municipality_code": "01205"}
    assert config.boundaries[0].where == {"N03_007": "01205"}


def test_official_totals_wait_until_there_are_districts(folder, tmp_path):
    add_mesh(folder, 250)
    write(folder, "学区別人口.csv", "調査年月日,学区,人口\n2025/4/1,助川小,9000\n")
    alone, text = planned(folder, tmp_path)
    assert alone.controls == ()
    assert "districts: に書いてください" in text
    write_shape_zip(folder / "A27-21_08.zip", "A27-21_08", ["A27_001", "A27_002", "A27_003", "A27_004"])
    fitted, _ = planned(folder, tmp_path)
    assert fitted.districts.path == "A27-21_08.zip"
    assert fitted.controls[0].date.isoformat() == "2025-04-01"


def test_railways_that_were_unpacked_are_read_as_their_folder(folder, tmp_path):
    for stem in ("N02-23_RailroadSection", "N02-23_Station"):
        shp, dbf = shapefile(["N02_001", "N02_002", "N02_003"], 3)
        (folder / "N02-23_GML").mkdir(exist_ok=True)
        (folder / "N02-23_GML" / f"{stem}.shp").write_bytes(shp)
        (folder / "N02-23_GML" / f"{stem}.dbf").write_bytes(dbf)
        (folder / "N02-23_GML" / f"{stem}.shx").write_bytes(shp[:100])
    config, _ = planned(folder, tmp_path)
    assert [f.path for f in config.ksj] == ["N02-23_GML"]


def test_places_are_not_counted_twice(folder, tmp_path):
    write_feed(folder / "bus.zip")
    write_shape_zip(folder / "P04-20_08.zip", "P04-20_08", ["P04_001", "P04_002", "P04_003"], 1)
    assert [f.dataset for f in planned(folder, tmp_path)[0].ksj] == ["P04"]
    write(folder, "医療機関一覧.csv", "名称,住所,診療科目\n甲医院,日立市助川町1,内科\n")
    config, text = planned(folder, tmp_path)
    assert config.ksj == ()
    assert "二重に数えない" in text


def test_a_list_of_the_whole_prefecture_is_cut_to_the_city_and_finds_its_hours(folder, tmp_path):
    write_feed(folder / "bus.zip")
    add_boundaries(folder, (140.55, {"N03_001": "茨城県", "N03_004": "日立市", "N03_007": "08202"}))
    rows = "".join(f"{n},甲{n}医院,茨城県{c}中央1,36.5,140.6\n" for n, c in enumerate(["日立市", "高萩市"] * 3))
    write(
        folder,
        "02-1_clinic_facility_info_20241201.csv",
        "ID,正式名称,所在地,所在地座標（緯度）,所在地座標（経度）\n" + rows,
    )
    write(
        folder,
        "02-2_clinic_speciality_hours_20241201.csv",
        "ID,診療科目名,月_診療開始時間,月_診療終了時間\n1,内科,9:00,12:00\n",
    )
    config, _ = planned(folder, tmp_path)
    (entry,) = config.facilities
    assert entry.municipality == "日立市"
    assert entry.hours_path == "02-2_clinic_speciality_hours_20241201.csv"
    assert (entry.lon, entry.lat) == ("所在地座標（経度）", "所在地座標（緯度）")


@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("東京都府中市宮西町2", "府中市"),
        ("北海道室蘭市海岸町", "室蘭市"),
        ("日立市助川町", "日立市"),
        ("京都府京都市中京区", "京都市"),
        ("助川町1-1", ""),
    ],
)
def test_the_city_of_an_address_is_told(address, city):
    found = facility_of_columns("x.csv", ["名称", "住所"], [{"名称": "甲", "住所": address}], placed=False)
    assert found.traits["cities"] == ([city] if city else [])


RING = {"type": "Polygon", "coordinates": [[[140.5, 36.4], [140.7, 36.4], [140.7, 36.6], [140.5, 36.4]]]}


def test_barriers_go_with_streets_and_are_told_without(folder, tmp_path):
    write_feed(folder / "bus.zip")
    write(folder, "通れない所.geojson", geojson({"名前": "川"}, RING))
    write(folder, "バリアフリー施設.geojson", geojson({"名前": "川"}, RING))
    config, text = planned(folder, tmp_path)
    assert config.streets.barriers == ()
    assert "barriers: に書きます" in text
    write(folder, "city.graphml", "<graphml/>")
    config, text = planned(folder, tmp_path)
    assert [b.path for b in config.streets.barriers] == ["通れない所.geojson"]
    assert {f.path: f.what for f in recognise(folder)}["バリアフリー施設.geojson"] == "unknown"


def test_over_a_base_city_its_streets_stay(folder):
    write_feed(folder / "bus.zip")
    assert "streets" in plan_config(folder, recognise(folder)).config
    assert "streets" not in plan_config(folder, recognise(folder), base="hitachi").config


@pytest.mark.parametrize("first", ["メッシュコード", "id,lon,lat"])
def test_age_groups_that_cover_everybody_become_bands_where_no_total_stands(folder, tmp_path, first):
    start = "5440462211" if first == "メッシュコード" else "a,140.6,36.5"
    write(folder, "people.csv", f"{first},0～14歳,15～64歳,65歳以上\n{start},1,2,3\n")
    config, _ = planned(folder, tmp_path)
    assert [(b.from_age, b.to_age, b.column) for b in config.population.bands] == [
        (0, 14, "0～14歳"),
        (15, 64, "15～64歳"),
        (65, None, "65歳以上"),
    ]
    write(folder, "people.csv", f"{first},人口,65歳以上\n{start},6,3\n")
    config, _ = planned(folder, tmp_path)
    assert (config.population.persons, config.population.bands) == ("人口", ())


def test_shapes_with_ages_leave_the_columns_to_their_reader(folder, tmp_path):
    write(folder, "people.geojson", geojson({"人口": 10, "65歳以上": 3}, RING))
    config, _ = planned(folder, tmp_path)
    assert (config.population.kind, config.population.persons) == ("features", None)
