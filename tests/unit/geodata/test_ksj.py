"""
Files of 国土数値情報, made here after the published layouts; there is no real one to try.

Columns, folders and encodings after the 製品仕様書 that `geodata.readers.ksj_catalogue` names: N02-22, N03-2019 and
N03-20240101, N07-11 and -22, P02-06, P04-14 and -20, P05-22, P11-10 and -22, P29-13 and -23, A27-16 and -23, A31-12,
-19 and A31a-23, A33-23, A50-20.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from geodata.config.ksj import KsjConfig
from geodata.errors import DataError
from geodata.readers.ksj import READERS, read_ksj
from geodata.readers.ksj_tables import DATASETS
from tests.unit.geodata.vector_files import write_shapefile, zip_folder

CITY = shapely.box(140.5, 36.5, 140.7, 36.7)
HERE, THERE = Point(140.6, 36.6), Point(140.9, 36.9)


def read(path, outline=CITY, **config):
    return read_ksj(KsjConfig(path=str(path), **config), Path, epsg=6677, outline=outline)


def packed(tmp_path, stem, columns, shapes, *, folder="", zip_name=None, **more):
    """Return a zip as published: one Shapefile in a folder of its own."""
    write_shapefile(tmp_path / stem / folder, stem, columns, shapes, **more)
    return zip_folder(tmp_path / stem, tmp_path / (zip_name or f"{stem}_GML.zip"))


def refused(path, **more):
    with pytest.raises(DataError) as caught:
        read(path, **more)
    return [(p.code, p.where) for p in caught.value.problems]


def codes(reading):
    return [p.code for p in reading.problems if p.code not in {"vector.encoding", "ksj.outside"}]


def kinds(reading):
    return {f.facility_id: f.kind for f in reading.value.facilities}


def files_add_up(reading):
    (record,) = reading.files
    left_out = sum(p.count for p in reading.problems if p.severity == "warning" and p.code.startswith("ksj."))
    return record.rows_in == record.rows_kept + left_out + reading.counts[f"{reading.value.dataset}_outside"]


MEDICAL_20 = {
    "P04_001": [1, 2, 3, 2, 7],
    "P04_002": ["市立病院", "①医院", "歯科", "隣の医院", "何か"],
    "P04_003": ["住所"] * 5,
    "P04_004": ["内科　外科", "内科", "歯科", "内科", "内科"],
    "P04_005": ["小児科", "", "", "", ""],
    "P04_006": [""] * 5,
    "P04_007": [3, 9, 9, 9, 9],
    "P04_008": [300, 0, 0, 19, 0],
    "P04_009": [1, 9, 9, 9, 9],
    "P04_010": [2, 9, 9, 9, 9],
}


class TestMedical:
    def test_p04_20_with_beds_departments_and_flags(self, tmp_path):
        shapes = [HERE, HERE, HERE, THERE, HERE]
        path = packed(tmp_path, "P04-20_08", MEDICAL_20, shapes, folder="P04-20_08_GML", crs="EPSG:6668")
        reading = read(path)
        assert kinds(reading) == {"P04-20_08-1": "hospital", "P04-20_08-2": "clinic", "P04-20_08-3": "dental_clinic"}
        hospital, clinic, _ = reading.value.facilities
        assert hospital.capacity == 300
        assert hospital.specialty == "内科、外科、小児科、救急告示病院、災害拠点病院"
        assert (clinic.name, clinic.specialty) == ("①医院", "内科")
        assert np.isnan(clinic.capacity)
        assert codes(reading) == ["ksj.unknown_code"]
        assert reading.counts["P04_outside"] == 1
        assert files_add_up(reading)
        assert reading.files[0].reader.reader_id == "ksj-P04"
        assert not reading.files[0].reader.verified

    def test_p04_14_without_beds_in_jgd2000(self, tmp_path):
        columns = {k: v[:3] for k, v in MEDICAL_20.items() if k < "P04_008"}
        path = packed(tmp_path, "P04-14_08-g_MedicalInstitution", columns, [HERE] * 3, crs="EPSG:4612")
        reading = read(path)
        assert [f.kind for f in reading.value.facilities] == ["hospital", "clinic", "dental_clinic"]
        assert reading.value.facilities[0].specialty == "内科、外科、小児科"
        assert all(np.isnan(f.capacity) for f in reading.value.facilities)

    def test_geojson_beside_the_shapefile_is_read_once(self, tmp_path):
        folder = write_shapefile(tmp_path / "z", "P04-20_08", MEDICAL_20, [HERE] * 5).parent
        rows = [
            {
                "type": "Feature",
                "properties": {k: v[n] for k, v in MEDICAL_20.items()},
                "geometry": json.loads(shapely.to_geojson(HERE)),
            }
            for n in range(5)
        ]
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6668"}}
        text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows}, ensure_ascii=False)
        (folder / "P04-20_08.geojson").write_text(text, "utf-8")
        (folder / "P04-20_08.xml").write_text("<x/>")
        reading = read(zip_folder(folder, tmp_path / "P04-20_08_GML.zip"))
        assert reading.files[0].rows_in == 5
        assert reading.value.facilities[0].capacity == 300
        assert reading.value.facilities[1].name == "①医院"

    def test_everything_outside_is_refused(self, tmp_path):
        path = packed(tmp_path, "P04-20_13", MEDICAL_20, [THERE] * 5)
        assert refused(path) == [("ksj.elsewhere", "P04-20_13_GML.zip/P04-20_13.shp")]
        assert len(read(path, clip=False).value.facilities) == 4
        assert len(read(path, outline=None).value.facilities) == 4

    def test_a_missing_column_is_named(self, tmp_path):
        columns = {k: v for k, v in MEDICAL_20.items() if k != "P04_002"}
        assert refused(packed(tmp_path, "P04-20_08", columns, [HERE] * 5))[0][0] == "ksj.columns"


class TestSchools:
    def test_p29_23_with_closed_schools_and_schools_of_two_levels(self, tmp_path):
        columns = {
            "P29_001": ["08202"] * 6,
            "P29_002": ["B108", "B208", "C108", "C208", "D108", "X"],
            "P29_003": ["16001", "16002", "16014", "16004", "16001", "99999"],
            "P29_004": ["大甕小学校", "中学校", "義務教育学校", "高校", "休校の学校", "?"],
            "P29_005": ["所在地"] * 6,
            "P29_006": [3] * 6,
            "P29_007": [1, 1, 1, 1, 2, 1],
            "P29_008": [""] * 6,
            "P29_009": [""] * 6,
        }
        reading = read(packed(tmp_path, "P29-23_08", columns, [HERE] * 6))
        assert kinds(reading) == {
            "P29-23_08-1": "elementary_school",
            "P29-23_08-2": "junior_high_school",
            "P29-23_08-3": "elementary_school",
            "P29-23_08-3-2": "junior_high_school",
            "P29-23_08-4": "high_school",
        }
        assert sorted(codes(reading)) == ["ksj.closed", "ksj.two_kinds", "ksj.unknown_code"]
        assert files_add_up(reading)

    def test_p29_13_where_everything_stands_one_column_later(self, tmp_path):
        columns = {
            "P29_001": ["08202", "08202"],
            "P29_002": ["16", "16"],
            "P29_003": ["16001", "16002"],
            "P29_004": ["16001", "16002"],
            "P29_005": ["大甕小学校", "中学校"],
            "P29_006": ["大みか町", "町"],
            "P29_007": ["2", "2"],  # 管理者コード here, not 休校区分
        }
        reading = read(packed(tmp_path, "P29-13_08", columns, [HERE] * 2, zip_name="P29-13_08.zip"))
        assert [(f.name, f.kind) for f in reading.value.facilities] == [
            ("大甕小学校", "elementary_school"),
            ("中学校", "junior_high_school"),
        ]
        assert codes(reading) == []


class TestOffices:
    def test_p05_22(self, tmp_path):
        columns = {
            "P05_001": ["08202"] * 5,
            "P05_002": ["1", "2", "3", "4", "5"],
            "P05_003": ["市役所", "支所", "サービスコーナー", "公民館", "集会所"],
            "P05_004": ["所在地"] * 5,
        }
        reading = read(packed(tmp_path, "P05-22_08", columns, [HERE] * 5))
        assert [f.kind for f in reading.value.facilities] == [
            "city_office",
            "branch_office",
            "administrative_service",
            "community_centre",
            "assembly_hall",
        ]

    def test_p02_06(self, tmp_path):
        columns = {
            "P02_001": ["08202"] * 4,
            "P02_002": ["12", "3", "16", "11"],
            "P02_003": ["12002", "3003", "16001", "11220"],
            "P02_004": ["市役所", "図書館", "小学校", "国道事務所"],
            "P02_005": ["所在地"] * 4,
            "P02_006": ["3"] * 4,
            "P02_007": ["資料"] * 4,
        }
        reading = read(packed(tmp_path, "P02-06_08-g_PublicFacility", columns, [HERE] * 4))
        assert [f.kind for f in reading.value.facilities] == ["city_office", "library", "elementary_school", "other"]


def municipalities(tmp_path, *, old=False, stem="N03-20240101_08"):
    upper, name, ward = (["札幌市", "札幌市", "", ""], ["中央区", "北区", "日立市", "日立市"], [""] * 4)
    if not old:
        upper, name, ward = [""] * 4, ["札幌市", "札幌市", "日立市", "日立市"], ["中央区", "北区", "", ""]
    columns = {
        "N03_001": ["県"] * 5,
        "N03_002": [""] * 5,
        "N03_003": [*upper, ""],
        "N03_004": [*name, "所属未定地"],
        "N03_005": [*ward, ""],
        "N03_007": ["01101", "01102", "08202", "08202", ""],
    }
    shapes = [
        shapely.box(141, 43, 141.2, 43.2),
        shapely.box(141.2, 43, 141.4, 43.2),
        CITY,
        shapely.box(140.75, 36.5, 140.76, 36.51),
        shapely.box(140, 30, 140.1, 30.1),
    ]
    if old:
        del columns["N03_005"]
    return packed(tmp_path, stem, columns, shapes)


class TestMunicipality:
    @pytest.mark.parametrize("wanted", ["日立市", "県日立市", "08202", "082023", "8202", "日立 市"])
    def test_parts_of_one_municipality_by_name_or_code(self, tmp_path, wanted):
        reading = read(municipalities(tmp_path), outline=None, municipality=wanted)
        (zone,) = reading.value.zones
        assert (zone.zone_id, zone.kind, zone.name.ja) == ("N03-08202", "municipality", "日立市")
        assert reading.value.outline.area == pytest.approx(0.04 + 0.0001)
        assert zone.lonlat.equals(reading.value.outline)
        assert reading.files[0].rows_kept == 2
        assert codes(reading) == ["ksj.no_owner"]

    @pytest.mark.parametrize("old", [False, True])
    @pytest.mark.parametrize("wanted", ["札幌市", "01100"])
    def test_wards_make_up_their_city_in_both_ways_of_writing(self, tmp_path, old, wanted):
        reading = read(municipalities(tmp_path, old=old), outline=None, municipality=wanted)
        assert reading.value.zones[0].name.ja == "札幌市"
        assert reading.value.outline.area == pytest.approx(0.08)
        ward = read(municipalities(tmp_path, old=old), outline=None, municipality="中央区")
        assert ward.value.outline.area == pytest.approx(0.04)

    def test_where_or_a_known_outline_choose_too(self, tmp_path):
        path = municipalities(tmp_path)
        assert read(path, outline=None, where={"N03_004": "日立市"}).value.zones[0].name.ja == "日立市"
        assert read(path).value.zones[0].name.ja == "日立市"

    def test_several_municipalities_and_unknown_names_are_refused_with_the_names(self, tmp_path):
        path = municipalities(tmp_path)
        where = "N03-20240101_08_GML.zip/N03-20240101_08.shp"
        assert refused(path, outline=None) == [("ksj.municipality", where)]
        assert refused(path, outline=None, municipality="水戸市") == [("ksj.municipality", where)]
        assert refused(path, outline=None, where={"N03_004": "水戸市"}) == [("ksj.no_match", path.name)]

    def test_the_layer_of_the_prefecture_beside_it_is_not_taken(self, tmp_path):
        municipalities(tmp_path)
        columns = {f"N03_00{n}": ["県" if n == 1 else ""] for n in (1, 2, 3, 4, 5, 7)}
        write_shapefile(
            tmp_path / "N03-20240101_08", "N03-20240101_08_prefecture", columns, [shapely.box(140, 36, 142, 44)]
        )
        path = zip_folder(tmp_path / "N03-20240101_08", tmp_path / "both.zip")
        assert read(path, outline=None, municipality="日立市").value.outline.area == pytest.approx(0.0401)


class TestAreas:
    def test_a27_in_three_layouts(self, tmp_path):
        left, right = shapely.box(140.5, 36.5, 140.6, 36.7), shapely.box(140.6, 36.5, 140.9, 36.7)
        names = {"owner": ["日立市立"] * 3, "name": ["大甕小学校", "大甕小学校", "中里小学校"]}
        shapes = [left, shapely.box(140.5, 36.5, 140.55, 36.6), right]
        for stem, columns in {
            "A27-16_08": {
                "A27_005": ["08202"] * 3,
                "A27_006": names["owner"],
                "A27_007": names["name"],
                "A27_008": ["a"] * 3,
            },
            "A27-23_08": {
                "A27_001": ["08202"] * 3,
                "A27_002": names["owner"],
                "A27_003": ["B1", "B1", "B2"],
                "A27_004": names["name"],
                "A27_005": ["a"] * 3,
            },
            "A27-10_08": {
                "A27_001": ["08202"] * 3,
                "A27_002": names["owner"],
                "A27_003": names["name"],
                "A27_004": ["a"] * 3,
            },
        }.items():
            reading = read(packed(tmp_path, stem, columns, shapes))
            assert sorted(z.name.ja for z in reading.value.zones) == ["中里小学校", "大甕小学校"]
            assert {z.kind for z in reading.value.zones} == {"school_district"}
            assert sum(z.lonlat.area for z in reading.value.zones) == pytest.approx(CITY.area)  # cut at the outline
            assert reading.files[0].rows_kept == 3

    def test_points_of_schools_beside_the_districts_are_told_and_left(self, tmp_path):
        points = {"A27_001": ["08202"], "A27_002": ["市"], "A27_003": ["大甕小学校"], "A27_004": ["a"]}
        write_shapefile(tmp_path / "z", "A27P-16_08", points, [HERE])
        areas = {"A27_005": ["08202"], "A27_006": ["市"], "A27_007": ["大甕小学校"], "A27_008": ["a"]}
        write_shapefile(tmp_path / "z", "A27-16_08", areas, [CITY])
        reading = read(zip_folder(tmp_path / "z", tmp_path / "A27-16_08_GML.zip"))
        assert len(reading.value.zones) == 1
        assert codes(reading) == ["ksj.skipped"]

    @pytest.mark.parametrize(
        ("stem", "column", "value", "zone"),
        [
            ("A31-12_08", "A31_001", "23", ("A31-plan-23", "浸水深 1〜2 m（計画規模）")),
            ("A31-19_08", "A31_201", "3", ("A31-max-3", "浸水深 3〜5 m（想定最大規模）")),
            ("A31-19_08p", "A31_101", "2", ("A31-plan-2", "浸水深 0.5〜3 m（計画規模）")),
            ("A31a-23_08", "A31a_205", "6", ("A31-max-6", "浸水深 20 m〜（想定最大規模）")),
        ],
    )
    def test_flood_depths_of_every_edition(self, tmp_path, stem, column, value, zone):
        columns = {column: [value, value, "99"]}
        if column == "A31a_205":
            columns = {"A31a_201": ["8303"] * 3, "A31a_202": ["久慈川"] * 3, **columns}
        reading = read(packed(tmp_path, stem, columns, [CITY, HERE.buffer(0.01), CITY]))
        assert [(z.zone_id, z.name.ja) for z in reading.value.zones] == [zone]
        assert reading.value.zones[0].kind == "flood"
        assert reading.value.zones[0].lonlat.area == pytest.approx(CITY.area)
        assert codes(reading) == ["ksj.unknown_code"]
        assert files_add_up(reading)

    def test_landslides_by_phenomenon_and_class(self, tmp_path):
        columns = {
            "A33_001": [1, 2, 2, 3],
            "A33_002": [1, 2, 2, 1],
            "A33_003": ["08"] * 4,
            "A33_005": ["区域"] * 4,
        }
        shapes = [HERE.buffer(0.001), HERE.buffer(0.002), Point(140.55, 36.55).buffer(0.001), THERE.buffer(0.1)]
        reading = read(packed(tmp_path, "A33-23_08Polygon", columns, shapes, zip_name="A33-23_08_GML.zip"))
        assert [(z.zone_id, z.name.ja) for z in reading.value.zones] == [
            ("A33-1-1", "急傾斜地の崩壊 警戒区域"),
            ("A33-2-2", "土石流 特別警戒区域"),
        ]
        assert files_add_up(reading)

    def test_areas_all_outside_and_files_without_areas_are_refused(self, tmp_path):
        columns = {"A33_001": [1], "A33_002": [1]}
        away = packed(tmp_path, "A33-23_13Polygon", columns, [THERE.buffer(0.01)])
        assert refused(away)[0][0] == "ksj.elsewhere"
        assert refused(packed(tmp_path, "A33-23_08Point", columns, [HERE]))[0][0] == "ksj.columns"

    def test_location_plans_by_code(self, tmp_path):
        columns = {"A50_001": ["08"] * 3, "A50_004": ["日立市"] * 3, "A50_006": ["1", "2", "3"]}
        shapes = [CITY, HERE.buffer(0.05), HERE.buffer(0.01)]
        reading = read(packed(tmp_path, "A50-20_08202", columns, shapes))
        assert [z.kind for z in reading.value.zones] == ["location_plan", "residential_guidance", "urban_function"]

    def test_the_name_of_an_area_counts_more_than_its_code(self, tmp_path):
        columns = {"A50_005": ["居住誘導区域", "都市機能誘導区域"], "A50_006": ["1", "2"]}
        reading = read(packed(tmp_path, "A50-25_08", columns, [CITY, HERE.buffer(0.01)]))
        assert [z.kind for z in reading.value.zones] == ["residential_guidance", "urban_function"]


class TestDatasets:
    def test_other_publishers_and_other_datasets_are_refused(self, tmp_path):
        alien = packed(tmp_path, "shelters", {"name": ["a"]}, [HERE])
        assert refused(alien) == [("ksj.unknown", "shelters_GML.zip/shelters.shp")]
        wrong = packed(tmp_path, "P04-20_08", MEDICAL_20, [HERE] * 5)
        assert refused(wrong, dataset="P29") == [("ksj.other_dataset", "P04-20_08_GML.zip/P04-20_08.shp")]
        unread = packed(tmp_path, "L01-24_08", {"L01_001": ["a"]}, [HERE])
        assert refused(unread) == [("ksj.not_read", "L01-24_08_GML.zip")]
        assert refused(wrong, layer="Station") == [("vector.layer", "P04-20_08_GML.zip")]

    def test_layers_of_something_else_in_the_zip_are_told_and_left(self, tmp_path):
        packed(tmp_path, "P04-20_08", MEDICAL_20, [HERE] * 5)
        write_shapefile(tmp_path / "P04-20_08", "凡例", {"name": ["a"]}, [HERE])
        (tmp_path / "P04-20_08" / "style.json").write_text("{}")
        reading = read(zip_folder(tmp_path / "P04-20_08", tmp_path / "both.zip"))
        assert sorted(codes(reading)) == ["ksj.skipped", "ksj.unknown_code"]
        assert reading.files[0].rows_kept == 4

    def test_a_renamed_file_is_told_by_its_columns(self, tmp_path):
        path = packed(tmp_path, "病院", MEDICAL_20, [HERE] * 5, zip_name="病院.zip")
        assert read(path).value.dataset == "P04"

    def test_every_dataset_has_a_reader(self):
        assert {r.reader_id for r in READERS} == {f"ksj-{d}" for d in DATASETS}


RAIL = {"N02_001": ["11", "11"], "N02_002": ["2", "2"], "N02_003": ["常磐線"] * 2, "N02_004": ["東日本旅客鉄道"] * 2}
TRACK = [LineString([(140.6, 36.4), (140.6, 36.6)]), LineString([(140.6, 36.6), (140.6, 36.9)])]


def railway(tmp_path, *, groups=True):
    stations = {key: value * 2 for key, value in RAIL.items()}
    stations["N02_003"] = ["常磐線", "常磐線", "常磐線", "水郡線"]
    stations["N02_005"] = ["大甕", "日立", "水戸", "日立"]
    if groups:
        stations |= {"N02_005c": ["1", "2", "3", "4"], "N02_005g": ["1", "2", "3", "2"]}
    platforms = [LineString([(140.6, lat), (140.6, lat + 0.002)]) for lat in (36.52, 36.60, 36.0, 36.601)]
    for encoding, folder in (("cp932", "Shift-JIS"), ("utf-8", "UTF-8")):
        write_shapefile(tmp_path / "n02" / folder, "N02-22_RailroadSection", RAIL, TRACK, encoding=encoding)
        write_shapefile(tmp_path / "n02" / folder, "N02-22_Station", stations, platforms, encoding=encoding)
    return zip_folder(tmp_path / "n02", tmp_path / "N02-22_GML.zip")


class TestLines:
    @pytest.mark.parametrize("groups", [True, False])
    def test_railways_and_stations_shared_by_lines(self, tmp_path, groups):
        reading = read(railway(tmp_path, groups=groups), headway_min=20)
        (line,) = reading.value.lines
        assert (line.name, line.operator, line.route_class, line.headway_min) == (
            "常磐線",
            "東日本旅客鉄道",
            "rail",
            20,
        )
        assert line.shape.length == pytest.approx(0.5)
        assert {s.name: s.lines for s in reading.value.stops} == {
            "大甕": ("rail:東日本旅客鉄道:常磐線",),
            "日立": ("rail:東日本旅客鉄道:常磐線", "rail:東日本旅客鉄道:水郡線"),
        }
        assert files_add_up(reading)
        assert len({s.stop_id for s in reading.value.stops}) == 2

    def test_stations_of_one_name_are_put_together_by_code_or_nearness_and_never_lost(self, tmp_path):
        lats = (36.50, 36.503, 36.6, 36.6)
        columns = {key: value * 2 for key, value in RAIL.items()}
        columns |= {"N02_005": ["中央"] * 4, "N02_005c": list("1234"), "N02_005g": ["5", "2", "2", "9"]}
        write_shapefile(tmp_path / "n02", "N02-22_RailroadSection", RAIL, TRACK)
        platforms = [LineString([(140.6, lat), (140.6, lat + 0.001)]) for lat in lats]
        write_shapefile(tmp_path / "n02", "N02-22_Station", columns, platforms)
        stops = read(zip_folder(tmp_path / "n02", tmp_path / "N02-22_GML.zip")).value.stops
        assert len({s.stop_id for s in stops}) == len(stops) == 2
        assert sorted(round(s.lat, 4) for s in stops) == [36.502, 36.6005]

    def test_sections_alone_are_refused(self, tmp_path):
        path = packed(tmp_path, "N02-22_RailroadSection", RAIL, TRACK)
        assert refused(path)[0][0] == "ksj.columns"

    def test_bus_stops_of_2010_pair_operators_with_routes(self, tmp_path):
        columns = {
            "P11_001": ["駅前", "市役所", "遠い"],
            "P11_002": ["1,1", "1", "1"],
            "P11_003_1": ["茨城交通（株）,日立電鉄", "茨城交通株式会社", "茨城交通"],
            "P11_003_2": ["", "", ""],
            "P11_004_1": ["11,２０", "11,12", "11"],
            "P11_004_2": ["", "13", ""],
        }
        shapes = [HERE, Point(140.61, 36.6), THERE]
        reading = read(packed(tmp_path, "P11-10_08-jgd-g_BusStop", columns, shapes, crs="EPSG:4612"))
        stops = {s.name: s.lines for s in reading.value.stops}
        assert stops == {
            "駅前": ("bus:茨城交通:11", "bus:日立電鉄:20"),
            "市役所": ("bus:茨城交通:11", "bus:茨城交通:12", "bus:茨城交通:13"),
        }
        assert [line.line_id for line in reading.value.lines] == sorted({i for ids in stops.values() for i in ids})
        assert {line.name for line in reading.value.lines} == {"11", "12", "13", "２０"}
        assert files_add_up(reading)

    def test_bus_stops_of_2022_have_one_operator_and_lists_that_go_on(self, tmp_path):
        columns = {
            "P11_001": ["駅前"],
            "P11_002": ["茨城交通"],
            "P11_003_01": ["11,12"],
            "P11_003_02": ["13"],
            "P11_004_01": ["1,1"],
            "P11_004_02": ["1"],
            "P11_005": [""],
        }
        reading = read(packed(tmp_path, "P11-22_08", columns, [HERE]))
        assert reading.value.stops[0].lines == ("bus:茨城交通:11", "bus:茨城交通:12", "bus:茨城交通:13")

    def test_bus_routes_of_2011_with_runs_a_day(self, tmp_path):
        columns = {
            "N07_001": [1, 1, 4],
            "N07_002": ["茨城交通"] * 3,
            "N07_003": ["１１", "１１", "予約"],
            "N07_004": [15.0, 30.0, 999.0],
            "N07_005": [10.0, 0.0, 0.0],
            "N07_006": [999.0, 999.0, 0.0],
            "N07_007": [""] * 3,
        }
        course = [LineString([(140.6, 36.6), (140.65, 36.6)]), LineString([(140.65, 36.6), (140.66, 36.61)])]
        path = packed(tmp_path, "N07-11_08", columns, [*course, course[0]])
        reading = read(path)
        (line,) = reading.value.lines
        assert line.line_id == "bus:茨城交通:11"
        assert line.runs_per_day[:2] == (30.0, 10.0)
        assert np.isnan(line.runs_per_day[2])
        assert codes(reading) == ["ksj.on_demand"]
        assert files_add_up(reading)

    def test_bus_routes_of_2022_name_no_route_and_are_told(self, tmp_path):
        columns = {"N07_001": ["茨城交通"], "N07_002": [""]}
        reading = read(packed(tmp_path, "N07-22_08", columns, [LineString([(140.6, 36.6), (140.65, 36.6)])]))
        assert reading.value.lines == ()
        assert codes(reading) == ["ksj.no_route_names"]


SHAPES = (HERE, THERE, CITY, TRACK[0], shapely.multipoints([HERE, THERE]), shapely.MultiPolygon([CITY]), Point())
VALUES = st.one_of(st.none(), st.integers(-1, 30), st.floats(allow_nan=False), st.text(max_size=6), st.booleans())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dataset=st.sampled_from(DATASETS),
    rows=st.lists(st.tuples(st.sampled_from(SHAPES), st.lists(VALUES, min_size=8, max_size=8)), min_size=1, max_size=4),
    n_columns=st.integers(1, 8),
    known=st.booleans(),
)
def test_any_values_in_any_layout_give_a_reading_that_adds_up_or_messages(tmp_path, dataset, rows, n_columns, known):
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {f"{dataset}_{n + 1:03d}": v for n, v in enumerate(values[:n_columns])},
        }
        for shape, values in rows
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    try:
        reading = read(path, outline=CITY if known else None)
    except DataError as exc:
        problems = exc.problems
    else:
        problems = reading.problems
        (record,) = reading.files
        assert 0 <= record.rows_kept <= record.rows_in == len(rows)
        assert all(np.isfinite([f.lon, f.lat]).all() and f.kind for f in reading.value.facilities)
    assert all(p.message.ja and p.message.en and p.where for p in problems)


@pytest.mark.parametrize(
    ("folder", "city", "area_km2"), [("hitachi-boundary", "日立市", 225.7), ("muroran/geo", "室蘭市", 81.0)]
)
def test_real_boundaries_made_from_n03_give_the_official_area(shared_data, folder, city, area_km2):
    """Simplified copies of N03 with its columns; the areas are those of 全国都道府県市区町村別面積調."""
    reading = read(shared_data / folder / "municipalities.geojson", outline=None, municipality=city)
    assert reading.value.zones[0].name.ja == city
    north = reading.value.outline.centroid.y
    square = reading.value.outline.area * 111.32 * 111.32 * np.cos(np.radians(north))
    assert square == pytest.approx(area_km2, rel=0.03)


def test_areas_of_one_rank_are_one_zone_of_all_their_parts(tmp_path):
    west, east = shapely.box(140.51, 36.51, 140.54, 36.54), shapely.box(140.6, 36.6, 140.61, 36.61)
    columns = {"A31a_201": ["8303"] * 2, "A31a_202": ["久慈川"] * 2, "A31a_205": ["3", "3"]}
    (zone,) = read(packed(tmp_path, "A31a-23_08", columns, [west, east], crs="EPSG:6668")).value.zones
    assert zone.lonlat.area == pytest.approx(west.area + east.area)
