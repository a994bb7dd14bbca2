"""Addresses find their 町丁目; tables of 町丁目 are read as their publishers ship them."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.config.places import TownsConfig
from geodata.errors import DataError
from geodata.readers.addresses import kanji_number, lies_in, plain_address
from geodata.readers.towns import read_towns
from geodata.towns import RADIUS_M, towns_of

TOWNS = towns_of(
    [
        ("海岸町一丁目", "みなと市", "青空県", 140.01, 36.01),
        ("海岸町二丁目", "みなと市", "青空県", 140.02, 36.01),
        ("海岸町十二丁目", "みなと市", "青空県", 140.03, 36.01),
        ("山の手", "みなと市", "青空県", 140.05, 36.05),
        ("山の手北", "みなと市", "青空県", 140.06, 36.06),
        ("大字川上字ヶ原", "みなと市", "青空県", 140.07, 36.07),
        ("本町", "みなと市", "青空県", 140.08, 36.08),
        ("本町一丁目", "みなと市", "青空県", 140.081, 36.081),
        ("役場前", "奥郡奥町", "青空県", 140.5, 36.5),
        ("山の手", "奥郡奥町", "青空県", 140.51, 36.51),
        ("北一条西二丁目", "大川市中央区", "青空県", 141.0, 37.0),
        ("北一条西三丁目", "大川市中央区", "青空県", 141.1, 37.0),
        ("第十一地割", "みなと市", "青空県", 140.09, 36.09),
    ]
)


@pytest.mark.parametrize(
    ("address", "town", "quality"),
    [
        ("みなと市海岸町１－２－３", "海岸町一丁目", "chome"),
        ("〒310-0001 みなと市海岸町二丁目3番4号", "海岸町二丁目", "chome"),
        ("海岸町2丁目", "海岸町二丁目", "chome"),
        ("みなと市海岸町12-1", "海岸町十二丁目", "chome"),
        ("みなと市 海岸町 １丁目", "海岸町一丁目", "chome"),
        ("みなと市海岸町2ー3", "海岸町二丁目", "chome"),
        ("みなと市海岸町9-1-1", "海岸町二丁目", "town"),  # no 9丁目: the middle of the town
        ("みなと市海岸町", "海岸町二丁目", "town"),
        ("みなと市山ノ手100", "山の手", "town"),
        ("みなと市山之手北1", "山の手北", "town"),
        ("みなと市川上ケ原5", "大字川上字ヶ原", "town"),
        ("みなと市本町1-2", "本町", "town"),  # may be 1番2号: the town has a point of its own
        ("みなと市本町1-2-3", "本町一丁目", "chome"),
        ("みなと市本町1丁目2", "本町一丁目", "chome"),
        ("奥町山の手3", "山の手", "town"),
        ("奥郡奥町役場前", "役場前", "town"),
        ("大川市中央区北１条西３丁目5", "北一条西三丁目", "chome"),
        ("大川市北1条西2-5-1", "北一条西二丁目", "chome"),
        ("みなと市第11地割3", "第十一地割", "town"),
        ("みなと市寺町通海岸上る本町488", "本町", "town"),  # as in 京都市
        ("第十一地割9", "第十一地割", "town"),
        ("みなと市どこにもない町1", "山の手", "city"),
    ],
)
def test_an_address_finds_its_town(address, town, quality):
    found = TOWNS.match(address)
    assert (str(TOWNS.name[found.town]), found.quality) == (town, quality)


def test_a_town_of_two_municipalities_needs_the_municipality():
    assert TOWNS.match("山の手1") == (-1, "none")
    assert str(TOWNS.city[TOWNS.match("奥郡奥町山の手1").town]) == "奥郡奥町"
    assert str(TOWNS.city[TOWNS.match("青空県みなと市山の手1").town]) == "みなと市"


@pytest.mark.parametrize("address", ["", "   ", "水戸市三の丸1", "北海道みなと市海岸町1-1-1", "1-2-3", "〒310-0001"])
def test_what_fits_nothing_is_none(address):
    # 青空県 is no prefecture of Japan, so that only the real ones can contradict
    known = towns_of([("海岸町一丁目", "みなと市", "茨城県", 140.0, 36.0)])
    assert known.match(address) == (-1, "none")


def test_every_quality_has_a_radius():
    assert [RADIUS_M[q] for q in ("chome", "town", "city")] == [300, 1_000, 5_000]


@given(st.text(max_size=40))
def test_any_text_matches_or_not_without_harm(text):
    found = TOWNS.match(text)
    assert -1 <= found.town < TOWNS.n_towns
    assert (found.town < 0) == (found.quality == "none")


@given(st.text(alphabet="海岸町丁目条大小字一二十百〇ヶケがノの之ー－‐-1２3澤髙 　", max_size=20))
def test_the_one_spelling_is_stable(text):
    assert plain_address(plain_address(text)) == plain_address(text)


@given(st.integers(0, 199))
def test_numbers_in_kanji(number):
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number % 100, 10)
    written = "百" * (number >= 100)
    written += ("" if tens in {0, 1} else digits[tens]) + "十" * (tens > 0) + (digits[ones] if ones else "")
    assert kanji_number(written or "〇") == number


def test_numbers_match_in_any_writing():
    for number, kanji in ((1, "一"), (10, "十"), (23, "二十三")):
        assert plain_address(f"町{kanji}丁目") == plain_address(f"町{number}丁目") == f"町{number}丁目"


def test_an_address_lies_in_a_municipality():
    assert lies_in("茨城県日立市助川町1", "日立市")
    assert lies_in("東茨城郡茨城町小堤", "茨城町")
    assert lies_in("茨城県東茨城郡茨城町小堤", "茨城県茨城町")
    assert not lies_in("常陸太田市金井町", "日立市")


@pytest.mark.parametrize("folders", [("hitachi-towns", "hitachi-medical"), ("muroran/geo", "muroran/geo")])
def test_real_addresses_find_the_town_that_others_found(folders, shared_data):
    towns_csv, medical_csv = (shared_data / f / n for f, n in zip(folders, ("towns.csv", "medical.csv"), strict=True))
    towns = read_towns(TownsConfig(path=(str(towns_csv),)), Path).value
    rows = list(csv.DictReader(io.StringIO(medical_csv.read_text("utf-8"))))
    found = [towns.match(r["address"]) for r in rows]
    same = [str(towns.name[m.town]) == r["matched_town"] for m, r in zip(found, rows, strict=True)]
    quality = [m.quality == r["coord_quality"].split("-")[0] for m, r in zip(found, rows, strict=True)]
    assert (sum(same), sum(quality)) == (len(rows), len(rows))


# 国土交通省 位置参照情報 大字・町丁目レベル (data format page of 位置参照情報ダウンロードサービス): cp932, all values quoted,
# in a zip with a folder of its own beside META and HTML.
ISJ_TOWN = """"都道府県コード","都道府県名","市区町村コード","市区町村名","大字町丁目コード","大字町丁目名","緯度","経度","原典資料コード","大字・字・丁目区分コード"
"08","茨城県","08999","みなと市","089990001001","海岸町一丁目","36.010000","140.010000","0","3"
"08","茨城県","08999","みなと市","089990001002","海岸町二丁目","36.010000","140.020000","0","3"
"08","茨城県","08999","みなと市","089990002000","山の手","36.050000","140.050000","0","1"
"""
# 街区レベル: several blocks a town; 代表フラグ 1 = the main point of a block; 更新後履歴フラグ 3 = abolished.
ISJ_BLOCK = """"都道府県名","市区町村名","大字・丁目名","小字・通称名","街区符号・地番","座標系番号","Ｘ座標","Ｙ座標","緯度","経度","住居表示フラグ","代表フラグ","更新前履歴フラグ","更新後履歴フラグ"
"茨城県","みなと市","海岸町一丁目","","1","9","1.0","1.0","36.00","140.00","1","1","0","0"
"茨城県","みなと市","海岸町一丁目","","2","9","1.0","1.0","36.02","140.04","1","1","0","0"
"茨城県","みなと市","海岸町一丁目","","2","9","1.0","1.0","36.90","140.90","1","0","0","0"
"茨城県","みなと市","海岸町一丁目","","3","9","1.0","1.0","39.00","143.00","1","1","0","3"
"茨城県","みなと市","山の手","","7","9","1.0","1.0","36.05","140.05","0","0","0","0"
"""
# Geolonia 住所データ latest.csv (2024).
GEOLONIA = """"都道府県コード","都道府県名","都道府県名カナ","都道府県名ローマ字","市区町村コード","市区町村名","市区町村名カナ","市区町村名ローマ字","大字町丁目名","大字町丁目名カナ","大字町丁目名ローマ字","小字・通称名","緯度","経度"
"08","茨城県","ｲﾊﾞﾗｷｹﾝ","IBARAKI KEN","08999","みなと市","ﾐﾅﾄｼ","MINATO SHI","川上","","","上ノ原",36.2,140.2
"08","茨城県","ｲﾊﾞﾗｷｹﾝ","IBARAKI KEN","08999","みなと市","ﾐﾅﾄｼ","MINATO SHI","川上","","","",36.1,140.1
"08","茨城県","ｲﾊﾞﾗｷｹﾝ","IBARAKI KEN","08999","みなと市","ﾐﾅﾄｼ","MINATO SHI","川下","","","",,
"""


def read(folder, **files):
    for name, raw in files.items():
        (folder / name.replace("__", ".")).write_bytes(raw)
    return read_towns(TownsConfig(path=tuple(n.replace("__", ".") for n in files)), lambda name: folder / name)


def test_the_zip_of_the_ministry_is_read_as_it_comes(tmp_path):
    with zipfile.ZipFile(tmp_path / "08999-18.0b.zip", "w") as pack:
        pack.writestr("08999-18.0b/08999_2024.csv", ISJ_TOWN.encode("cp932"))
        pack.writestr("08999-18.0b/META_08999_2024.xml", "<x/>")
        pack.writestr("08999-18.0b/format_2024.html", "<html/>")
    reading = read_towns(TownsConfig(path=("08999-18.0b.zip",)), lambda name: tmp_path / name)
    assert reading.value.name.tolist() == ["海岸町一丁目", "海岸町二丁目", "山の手"]
    assert [(f.reader.reader_id, f.reader.verified, f.rows_in, f.rows_kept) for f in reading.files] == [
        ("isj-town", False, 3, 3)
    ]
    assert {p.code for p in reading.problems} == {"input.encoding", "towns.columns"}


def test_blocks_become_the_mean_of_their_main_points(tmp_path):
    reading = read(tmp_path, b__csv=ISJ_BLOCK.encode("cp932"))
    towns = dict(zip(reading.value.name.tolist(), reading.value.lonlat.round(6).tolist(), strict=True))
    assert towns == {"海岸町一丁目": [140.02, 36.01], "山の手": [140.05, 36.05]}
    assert next(p for p in reading.problems if p.code == "towns.blocks").count == 4
    assert reading.files[0].reader.reader_id == "isj-block"


def test_small_areas_and_rows_without_a_point(tmp_path):
    reading = read(tmp_path, g__csv=GEOLONIA.encode())
    assert reading.value.name.tolist() == ["川上上ノ原", "川上"]
    assert str(reading.value.name[reading.value.match("みなと市川上字上の原1").town]) == "川上上ノ原"
    left = next(p for p in reading.problems if p.code == "towns.left_out")
    assert (left.where, left.count) == ("g.csv row 4", 1)


def test_a_town_in_two_files_and_twice_in_one_is_told(tmp_path):
    rows = "town,city,lat,lon\nA町,市,36,140\nA町,市,37,141\nB町,市,36,140\n"
    reading = read(
        tmp_path, a__csv=rows.encode(), b__csv=b"town,city,lat,lon\n" + "A町,市,38,142\nC町,市,36,140\n".encode()
    )
    assert reading.value.name.tolist() == ["A町", "B町", "C町"]
    assert reading.value.lonlat[0].tolist() == [140, 36]
    counts = {p.code: p.count for p in reading.problems if p.severity == "warning"}
    assert counts == {"towns.duplicate": 1, "towns.in_two_files": 1}


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "table.empty", "t.csv"),
        ("緯度,経度\n36,140\n", "table.missing_column", "t.csv row 1"),
        ("町名,緯度,経度\nA,,\nB,x,y\n", "towns.no_point", "t.csv row 2"),
    ],
)
def test_bad_tables_are_refused_by_name(tmp_path, text, code, where):
    with pytest.raises(DataError) as refused:
        read(tmp_path, t__csv=text.encode())
    assert (refused.value.problems[0].code, refused.value.problems[0].where) == (code, where)
    assert refused.value.problems[0].hint.ja
