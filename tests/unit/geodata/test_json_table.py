"""Lists of flat objects in JSON are read as tables; the 町丁目 of Geolonia carry the city their file is named after."""

from __future__ import annotations

import json

import pytest

from geodata.config.places import TownsConfig
from geodata.errors import DataError
from geodata.readers.json_table import first_rows, json_text
from geodata.readers.towns import read_towns
from geodata.recognise import recognise

# Layout: Geolonia 住所データ, api/ja/<都道府県>/<市区町村>.json (2024): town, koaza, lat and lng as text, no city.
TOWNS = [
    {"town": "海岸町", "koaza": "", "lat": "36.100000", "lng": "140.100000"},
    {"town": "海岸町", "koaza": "東", "lat": "36.110000", "lng": "140.110000"},
    {"town": "山の手一丁目", "koaza": "", "lat": "36.120000", "lng": "140.120000"},
]


def write_towns(folder, prefecture="青空県", city="みなと市"):
    path = folder / prefecture / f"{city}.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(TOWNS, ensure_ascii=False), encoding="utf-8")
    return path


def test_towns_of_one_city_are_told_and_read_with_its_name(tmp_path):
    path = write_towns(tmp_path)
    (found,) = recognise(tmp_path)
    assert found.what == "towns"
    towns = read_towns(TownsConfig(path=[found.path]), lambda p: tmp_path / p).value
    assert towns.n_towns == len(TOWNS)
    assert set(towns.city.tolist()) == {"みなと市"}
    assert set(towns.prefecture.tolist()) == {"青空県"}
    assert towns.match("みなと市山の手1丁目2-3").quality == "chome"
    assert towns.match("となり市海岸町1").quality == "none"
    assert path.is_file()


def test_a_file_named_otherwise_gives_no_city(tmp_path):
    write_towns(tmp_path, city="towns")
    towns = read_towns(TownsConfig(path=["青空県/towns.json"]), lambda p: tmp_path / p).value
    assert set(towns.city.tolist()) == {""}


def test_rows_may_lack_keys_and_hold_no_value():
    text = json_text('[{"a": 1, "b": null}, {"c": "x,y", "a": 2}]', "t.json")
    assert text == 'a,b,c\n1,,\n2,,"x,y"\n'


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", '[{"a": {"b": 1}}]', "[" * 9_000, '[{"a": 1}'])
def test_other_json_is_refused_by_name(text):
    with pytest.raises(DataError) as info:
        json_text(text, "t.json")
    assert info.value.problems[0].code == "table.no_json_list"


def test_a_list_cut_anywhere_shows_its_first_rows():
    whole = json.dumps(TOWNS, ensure_ascii=False)
    headings = list(TOWNS[0])
    for end in range(len(json.dumps(TOWNS[:1], ensure_ascii=False)), len(whole) + 1):
        rows = first_rows(whole[:end])
        assert rows[0] == headings
        assert rows[1] == list(TOWNS[0].values())
    assert first_rows("[1, 2") == first_rows("nothing") == []
