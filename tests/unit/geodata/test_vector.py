"""Vector files as publishers ship them: forms, encodings, datums, damage."""

import json
import struct
import warnings
import zipfile

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from geodata.crs import to_plane
from geodata.errors import DataError
from geodata.readers import vector
from geodata.readers.rows import read_features, read_rows
from geodata.readers.vector import is_vector, list_layers, read_vector
from tests.unit.geodata.vector_files import write_shapefile, zip_folder

PLACES = [Point(140.65, 36.6), Point(140.66, 36.61)]
COLUMNS = {"名称": ["①髙﨑病院", "ソ表能"], "病床": [120, 0], "率": [1.5, 2.0]}
BOWTIE = Polygon([(140, 36), (141, 37), (141, 36), (140, 37)])


def codes(problems):
    return [p.code for p in problems]


def refused(path, **more):
    with pytest.raises(DataError) as caught:
        read_vector(path, **more)
    (problem,) = caught.value.problems
    assert problem.hint.ja
    assert problem.hint.en
    return problem.code, problem.where


def outcome(path):
    """Return (features, []) or (None, problems); anything else is a crash."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return read_vector(path)
    except DataError as exc:
        return None, exc.problems


def collection(*shapes, **more):
    features = [
        {
            "type": "Feature",
            "properties": {"n": i},
            "geometry": None if s is None else json.loads(shapely.to_geojson(s)),
        }
        for i, s in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}, ensure_ascii=False)


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "cpg", "told"),
        [
            ("cp932", None, ["vector.encoding"]),
            ("cp932", "CP932", []),
            ("cp932", "SJIS", []),
            ("cp932", "932", []),
            ("cp932", "UTF-8", ["vector.encoding"]),
            ("cp932", "ISO-8859-1", ["vector.encoding"]),
            ("cp932", "no such", ["vector.encoding"]),
            ("utf-8", None, []),
            ("utf-8", "UTF-8", []),
            ("utf-8", "SJIS", ["vector.encoding"]),
            ("EUC-JP", "EUC-JP", []),
        ],
    )
    def test_texts_are_right_whatever_the_cpg_says(self, tmp_path, encoding, cpg, told):
        columns = COLUMNS | {"name": COLUMNS["名称"]}
        if encoding == "EUC-JP":
            columns = {"name": ["高崎病院", "ソ表能"], "n": [120, 0]}
        path = write_shapefile(tmp_path, "a", columns, PLACES, encoding=encoding, cpg=cpg)
        features, problems = read_vector(path)
        assert features.table["name"].tolist() == columns["name"]
        assert [c for c in features.table.columns if c != "__row"] == list(columns)
        assert codes(problems) == told

    def test_whole_numbers_have_no_point(self, tmp_path):
        features, _ = read_vector(write_shapefile(tmp_path, "a", COLUMNS, PLACES))
        assert features.table["病床"].tolist() == ["120", "0"]
        assert features.table["率"].tolist() == ["1.5", "2"]

    def test_a_western_file_is_not_taken_for_japanese(self, tmp_path):
        columns = {"nome": ["Estação São João", "Praça"]}
        path = write_shapefile(tmp_path, "a", columns, PLACES, encoding="iso-8859-1", cpg="ISO-8859-1")
        features, problems = read_vector(path)
        assert features.table["nome"].tolist() == columns["nome"]
        assert problems == []

    def test_a_character_cut_off_at_the_end_of_a_field_does_not_spoil_the_rest(self, tmp_path):
        path = write_shapefile(tmp_path, "a", {"n": ["あいう", "かきく"]}, PLACES)
        dbf = path.with_suffix(".dbf")
        # as a writer does that cuts at the width of the field: half of the last character is gone
        dbf.write_bytes(dbf.read_bytes().replace("あいう".encode("cp932"), "あい".encode("cp932") + b"\x82 "))
        features, _ = read_vector(path)
        assert features.table["n"].tolist() == ["あい", "かきく"]


class TestCoordinateSystems:
    @pytest.mark.parametrize("crs", ["EPSG:4612", "EPSG:6668", "EPSG:4326"])
    def test_degrees_of_the_world_datum_stay_as_they_are(self, tmp_path, crs):
        features, problems = read_vector(write_shapefile(tmp_path, "a", COLUMNS, PLACES, crs=crs))
        assert features.shapes == PLACES
        assert codes(problems) == ["vector.encoding"]

    def test_the_tokyo_datum_is_moved_and_told(self, tmp_path):
        features, problems = read_vector(write_shapefile(tmp_path, "a", COLUMNS, PLACES, crs="EPSG:4301"))
        assert "vector.tokyo_datum" in codes(problems)
        east, north = to_plane(6677, [(p.x, p.y) for p in features.shapes])[0] - to_plane(6677, [(140.65, 36.6)])[0]
        assert -310 < east < -280  # Tokyo → JGD2011 near Hitachi: about 12" west, 11" north
        assert 320 < north < 360

    @pytest.mark.parametrize("epsg", [2451, 6677])
    def test_plane_rectangular_zones_become_degrees(self, tmp_path, epsg):
        xy = to_plane(6677, [(p.x, p.y) for p in PLACES])
        features, problems = read_vector(
            write_shapefile(tmp_path, "a", COLUMNS, list(shapely.points(xy)), crs=f"EPSG:{epsg}")
        )
        assert np.allclose(shapely.get_coordinates(features.shapes), shapely.get_coordinates(PLACES), atol=2e-7)
        assert "vector.transformed" in codes(problems)

    def test_without_prj_degrees_are_assumed_and_metres_refused(self, tmp_path):
        features, problems = read_vector(write_shapefile(tmp_path / "d", "a", COLUMNS, PLACES, crs=None))
        assert features.shapes == PLACES
        assert "vector.crs_assumed" in codes(problems)
        xy = list(shapely.points(to_plane(6677, [(p.x, p.y) for p in PLACES])))
        path = write_shapefile(tmp_path / "m", "a", COLUMNS, xy, crs=None)
        assert refused(path) == ("vector.no_crs", "a.shp")
        given_system, _ = read_vector(path, epsg=6677)
        assert np.allclose(shapely.get_coordinates(given_system.shapes), shapely.get_coordinates(PLACES), atol=2e-7)

    def test_swapped_degrees_and_metres_called_degrees_are_refused(self, tmp_path):
        swapped = [Point(p.y, p.x) for p in PLACES]
        assert refused(write_shapefile(tmp_path / "s", "a", COLUMNS, swapped)) == ("vector.swapped", "a.shp")
        metres = [Point(5e4, 7e4), Point(5e4, 8e4)]
        assert refused(write_shapefile(tmp_path / "m", "a", COLUMNS, metres)) == ("vector.not_degrees", "a.shp")

    def test_a_prj_that_is_no_coordinate_system_is_assumed_or_refused_but_never_passed_over(self, tmp_path):
        path = write_shapefile(tmp_path, "a", COLUMNS, PLACES)
        path.with_suffix(".prj").write_text("なにか", "utf-8")
        _, problems = outcome(path)
        assert {"vector.crs_assumed", "vector.crs_unknown"} & set(codes(problems))


class TestGeoJson:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
    def test_any_encoding(self, tmp_path, encoding):
        path = tmp_path / "a.geojson"
        text = collection(*PLACES).replace('"n"', '"名称"')
        path.write_bytes(text.encode(encoding))
        features, problems = read_vector(path)
        assert features.table["名称"].tolist() == ["0", "1"]
        assert codes(problems) == (["input.encoding"] if encoding in {"cp932", "utf-16"} else [])

    @pytest.mark.parametrize(
        "name",
        ["urn:ogc:def:crs:EPSG::6668", "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4612", "urn:ogc:def:crs:EPSG::4326"],
    )
    def test_the_crs_member_of_older_files(self, tmp_path, name):
        path = tmp_path / "a.geojson"
        path.write_text(collection(*PLACES, crs={"type": "name", "properties": {"name": name}}), "utf-8")
        features, problems = read_vector(path)
        assert features.shapes == PLACES
        assert problems == []

    def test_metres_with_a_crs_member_become_degrees_and_without_are_refused(self, tmp_path):
        xy = shapely.points(to_plane(6677, [(p.x, p.y) for p in PLACES]))
        path = tmp_path / "a.geojson"
        path.write_text(collection(*xy, crs={"type": "name", "properties": {"name": "EPSG:6677"}}), "utf-8")
        features, _ = read_vector(path)
        assert np.allclose(shapely.get_coordinates(features.shapes), shapely.get_coordinates(PLACES), atol=2e-7)
        path.write_text(collection(*xy), "utf-8")
        assert refused(path) == ("vector.no_crs", "a.geojson")
        path.write_text(collection(*xy, crs={"type": "name", "properties": {"name": "EPSG:99"}}), "utf-8")
        assert refused(path) == ("vector.crs_unknown", "a.geojson")

    def test_sequences_single_features_and_bare_geometries(self, tmp_path):
        lines = [json.dumps(f) for f in json.loads(collection(*PLACES))["features"]]
        for suffix, text in [
            (".geojsonl", "\n".join(lines) + "\n"),
            (".geojson", "".join(f"\x1e{line}\n" for line in lines)),
        ]:
            path = tmp_path / f"a{suffix}"
            path.write_text(text, "utf-8")
            assert read_vector(path)[0].shapes == PLACES
        path = tmp_path / "one.geojson"
        path.write_text(lines[0], "utf-8")
        assert read_vector(path)[0].shapes == PLACES[:1]
        path.write_text(shapely.to_geojson(PLACES[0]), "utf-8")
        assert read_vector(path)[0].shapes == PLACES[:1]

    @pytest.mark.parametrize(
        "text",
        [
            "{",
            "[]",
            "3",
            '{"type": "Topology"}',
            '{"features": 3}',
            '{"features": [3]}',
            '{"features": [{"properties": 3, "geometry": null}]}',
            '{"features": [{"properties": {}, "geometry": {"type": "Point", "coordinates": "x"}}]}',
            "[" * 100_000,
        ],
    )
    def test_what_is_no_geojson_is_refused(self, tmp_path, text):
        path = tmp_path / "a.geojson"
        path.write_text(text, "utf-8")
        assert refused(path)[0] == "geojson.unreadable"


class TestShapes:
    def test_null_geometries_are_dropped_and_counted(self, tmp_path):
        columns = {"n": ["a", "b", "c"]}
        features, problems = read_vector(write_shapefile(tmp_path, "a", columns, [PLACES[0], None, PLACES[1]]))
        assert features.table["n"].tolist() == ["a", "c"]
        assert features.table["__row"].tolist() == [1, 3]
        assert (features.n_in, features.n_dropped) == (3, 1)
        (told,) = [p for p in problems if p.code == "vector.no_geometry"]
        assert (told.count, told.where) == (1, "a.shp feature 2")

    def test_nothing_but_null_geometries_is_refused(self, tmp_path):
        assert refused(write_shapefile(tmp_path, "a", {"n": ["a"]}, [None])) == ("vector.empty", "a.shp feature 1")

    def test_polygons_that_cross_themselves_are_repaired_and_told(self, tmp_path):
        features, problems = read_vector(
            write_shapefile(tmp_path, "a", {"n": ["a", "b"]}, [shapely.box(139, 35, 140, 36), BOWTIE])
        )
        assert all(s.is_valid for s in features.shapes)
        assert features.shapes[1].area == pytest.approx(0.5)
        (told,) = [p for p in problems if p.code == "vector.repaired"]
        assert (told.count, told.where) == (1, "a.shp feature 2")

    def test_heights_and_measures_are_left_out(self, tmp_path):
        path = tmp_path / "a.geojson"
        path.write_text(collection(LineString([(140, 36, 5), (141, 37, 6)])), "utf-8")
        features, _ = read_vector(path)
        assert not features.shapes[0].has_z

    def test_coordinates_that_are_no_numbers(self, tmp_path):
        path = tmp_path / "a.geojson"
        path.write_text(collection(*PLACES).replace("140.66", "NaN"), "utf-8")
        assert refused(path) == ("geojson.unreadable", "a.geojson feature 2")
        shp = write_shapefile(tmp_path, "b", COLUMNS, PLACES)
        nan, number = struct.pack("<d", float("nan")), struct.pack("<d", 140.66)
        raw = shp.read_bytes()
        shp.write_bytes(raw[:100] + raw[100:].replace(number, nan))
        features, problems = read_vector(shp)
        assert features.shapes == PLACES[:1]
        assert features.n_dropped == 1
        assert {"vector.not_finite", "vector.no_geometry"} & set(codes(problems))


class TestLayers:
    def test_a_zip_with_folders_in_two_encodings_and_two_forms(self, tmp_path):
        """As N02-22_GML.zip: UTF-8/ and Shift-JIS/ with the same names, GeoJSON beside."""
        folder = tmp_path / "N02-22_GML"
        for name in ("Station", "RailroadSection"):
            for encoding, inside in (("cp932", "Shift-JIS"), ("utf-8", "UTF-8")):
                write_shapefile(folder / inside, f"N02-22_{name}", COLUMNS, PLACES, encoding=encoding)
        path = zip_folder(tmp_path / "N02-22_GML", tmp_path / "N02-22_GML.zip")
        assert [(one.name, one.inside) for one in list_layers(path)] == [
            ("N02-22_RailroadSection", "UTF-8/N02-22_RailroadSection.shp"),
            ("N02-22_Station", "UTF-8/N02-22_Station.shp"),
        ]
        assert refused(path) == ("vector.layer", "N02-22_GML.zip")
        assert refused(path, layer="N02") == ("vector.layer", "N02-22_GML.zip")
        features, problems = read_vector(path, "station")
        assert features.table["名称"].tolist() == COLUMNS["名称"]
        assert problems == []
        (folder / "N02-22_Station.geojson").write_text(collection(*PLACES), "utf-8")
        again = zip_folder(folder, tmp_path / "again.zip")
        assert list_layers(again)[1].form == "geojson"

    def test_a_huge_geojson_gives_way_to_the_shapefile(self, tmp_path, monkeypatch):
        folder = write_shapefile(tmp_path / "z", "a", COLUMNS, PLACES).parent
        (folder / "a.geojson").write_text(collection(*PLACES), "utf-8")
        path = zip_folder(folder, tmp_path / "z.zip")
        assert [one.form for one in list_layers(path)] == ["geojson"]
        monkeypatch.setattr(vector, "MAX_TREE_BYTES", 10)
        assert [one.form for one in list_layers(path)] == ["shapefile"]
        assert [one.form for one in list_layers(folder)] == ["shapefile"]

    def test_files_of_one_name_in_two_folders_are_two_layers(self, tmp_path):
        for n, inside in enumerate(("10_計画規模", "20_想定最大規模")):
            write_shapefile(tmp_path / "z" / inside, "A31a", {"n": [n]}, PLACES[:1])
        path = zip_folder(tmp_path / "z", tmp_path / "z.zip")
        assert [one.name for one in list_layers(path)] == ["10_計画規模/A31a", "20_想定最大規模/A31a"]
        assert read_vector(path, "想定最大")[0].table["n"].tolist() == ["1"]

    def test_names_that_windows_wrote_in_cp932(self, tmp_path):
        write_shapefile(tmp_path / "z", "a", COLUMNS, PLACES)
        path = tmp_path / "z.zip"
        old, new = b"xx/yyyy.", "表/区域.".encode("cp932")
        assert len(old) == len(new)
        with zipfile.ZipFile(path, "w") as archive:
            for part in (tmp_path / "z").iterdir():
                archive.writestr(f"{old.decode()}{part.suffix[1:]}", part.read_bytes())
        # the names as bytes of cp932 without the flag of UTF-8, as the zip tool of Windows writes them
        path.write_bytes(path.read_bytes().replace(old, new))
        (layer,) = list_layers(path)
        assert (layer.name, layer.inside) == ("区域", "表/区域.shp")
        assert read_vector(path, "区域")[0].shapes == PLACES

    def test_a_folder_upper_case_names_and_parts_in_any_case(self, tmp_path):
        path = write_shapefile(tmp_path / "f", "a", COLUMNS, PLACES)
        for part in list(path.parent.iterdir()):
            part.rename(part.with_name(f"A{part.suffix.upper()}"))
        assert read_vector(path.parent)[0].shapes == PLACES
        assert read_vector(path.parent / "A.SHP")[0].shapes == PLACES

    def test_a_geopackage_bare_and_in_a_zip(self, tmp_path):
        import geopandas

        frame = geopandas.GeoDataFrame({"名": ["あ", "い"]}, geometry=PLACES, crs=6668)
        path = tmp_path / "f" / "a.gpkg"
        path.parent.mkdir()
        frame.to_file(path, layer="一")
        assert read_vector(path)[0].table["名"].tolist() == ["あ", "い"]
        frame.iloc[:1].to_file(path, layer="二")
        assert refused(path) == ("vector.layer", "a.gpkg")
        assert read_vector(path, "二")[0].shapes == PLACES[:1]
        assert read_vector(zip_folder(path.parent, tmp_path / "a.zip"), "一")[0].shapes == PLACES

    def test_a_zip_without_any_and_other_forms_are_refused(self, tmp_path):
        (tmp_path / "z").mkdir()
        (tmp_path / "z" / "P04-14_08.xml").write_text("<x/>")
        assert refused(zip_folder(tmp_path / "z", tmp_path / "z.zip")) == ("vector.form", "z.zip")
        assert not is_vector(tmp_path / "z.zip")
        (tmp_path / "a.kml").write_text("<kml/>")
        assert refused(tmp_path / "a.kml") == ("vector.form", "a.kml")
        assert refused(tmp_path / "none.shp")[0] == "input.missing"


class TestDamage:
    def test_missing_parts(self, tmp_path):
        for part in (".shx", ".dbf"):
            path = write_shapefile(tmp_path / part[1:], "a", COLUMNS, PLACES)
            path.with_suffix(part).unlink()
            assert refused(path) == ("vector.parts", "a.shp")

    def test_parts_of_two_files(self, tmp_path):
        path = write_shapefile(tmp_path / "a", "a", COLUMNS, PLACES)
        other = write_shapefile(tmp_path / "b", "a", {"n": ["x"]}, PLACES[:1])
        path.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())
        assert refused(path) == ("vector.parts", "a.shp")

    def test_cut_short(self, tmp_path):
        path = write_shapefile(tmp_path, "a", COLUMNS, PLACES)
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        assert refused(path) == ("vector.truncated", "a.shp")
        path.write_bytes(whole)
        dbf = path.with_suffix(".dbf")
        dbf.write_bytes(dbf.read_bytes()[:-20])
        assert refused(path) == ("vector.dbf", "a.shp")
        path.write_bytes(b"")
        assert refused(path) == ("vector.unreadable", "a.shp")

    def test_a_file_that_only_has_the_name_of_its_form_is_never_opened(self, tmp_path):
        vrt = b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://127.0.0.1:9/a</SrcDataSource>'
        for name in ("a.gpkg", "a.shp"):
            for part in ("a.shx", "a.dbf"):
                (tmp_path / part).write_bytes(vrt)
            (tmp_path / name).write_bytes(vrt + b"</OGRVRTLayer></OGRVRTDataSource>")
            assert refused(tmp_path / name) == ("vector.unreadable", name)

    def test_names_that_lead_out_of_a_zip_and_bombs(self, tmp_path):
        path = tmp_path / "z.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("../a.shp", b"x")
        assert refused(path) == ("archive.unsafe_name", "z.zip/../a.shp")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.shp", bytes(30_000_000))
        assert refused(path) == ("archive.too_large", "z.zip/a.shp")
        path.write_bytes(path.read_bytes()[:1000])
        assert refused(path) == ("archive.broken", "z.zip")

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        place=st.integers(0, 10_000), byte=st.integers(0, 255), part=st.sampled_from([".shp", ".shx", ".dbf", ".prj"])
    )
    def test_a_wrong_byte_gives_features_or_one_message(self, tmp_path, place, byte, part):
        path = tmp_path / "fuzz" / "a.shp"
        if not path.exists():
            write_shapefile(
                path.parent, "a", COLUMNS, [shapely.box(140, 36, 140.1, 36.1), shapely.box(140, 36, 141, 37)]
            )
        parts = {p.suffix: p.read_bytes() for p in path.parent.iterdir()}
        raw = bytearray(parts[part])
        raw[place % len(raw)] = byte
        path.with_suffix(part).write_bytes(raw)
        try:
            features, problems = outcome(path)
        finally:
            path.with_suffix(part).write_bytes(parts[part])
        assert all(p.where and p.message.en for p in problems)
        assert problems if features is None else features.n_in >= len(features.shapes) > 0

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(start=st.integers(0, 400), length=st.integers(0, 40), text=st.text(max_size=5))
    def test_a_spoilt_geojson_gives_features_or_one_message(self, tmp_path, start, length, text):
        whole = collection(*PLACES, shapely.box(140, 36, 141, 37))
        path = tmp_path / "a.geojson"
        path.write_text(whole[:start] + text + whole[start + length :], "utf-8", "surrogatepass")
        features, problems = outcome(path)
        assert all(p.where and p.message.en for p in problems)
        assert problems if features is None else len(features.table) == len(features.shapes)


def test_rows_of_any_form_are_read_alike(tmp_path):
    path = zip_folder(write_shapefile(tmp_path / "z", "a", COLUMNS, PLACES).parent, tmp_path / "z.zip")
    frame, _ = read_rows(path, ["名称"], None)
    assert frame[["lon", "lat"]].to_numpy().tolist() == [[p.x, p.y] for p in PLACES]
    assert read_features(path)[0].shapes == PLACES


@pytest.mark.parametrize("name", ["hitachi-boundary/municipalities.geojson", "hitachi-did2020/did2020.geojson"])
def test_real_files_go_through_whole(shared_data, name):
    path = shared_data / name
    features, problems = read_vector(path)
    assert features.n_in == len(json.loads(path.read_text("utf-8"))["features"])
    assert features.n_dropped == 0
    assert [p.code for p in problems if p.code != "vector.repaired"] == []
