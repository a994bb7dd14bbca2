"""No bytes make the readers of places, towns and opinions crash: they read, or refuse with located problems."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.config.opinions import OpinionsConfig
from geodata.config.places import FacilityConfig, TownsConfig
from geodata.errors import DataError
from geodata.readers.facility_tables import facilities_of, read_facilities
from geodata.readers.opinions import read_opinions
from geodata.readers.towns import read_towns
from geodata.synthetic import grid_city
from geodata.towns import towns_of

PEOPLE = grid_city().population
TOWNS = towns_of([("海岸町一丁目", "みなと市", "茨城県", 140.6, 36.6)])

HEADINGS = [
    "名称",
    "住所",
    "緯度",
    "経度",
    "診療時間",
    "診療科目",
    "月",
    "火",
    "水",
    "町名",
    "市区町村名",
    "意見",
    "年齢",
    "地区",
    "氏名",
    "ID",
]
VALUES = [
    "",
    "甲",
    "みなと市海岸町1-1-1",
    "36.6",
    "140.6",
    "nan",
    "=1+1",
    "月～金 9:00～12:00",
    "1e999",
    "令和",
    "\x00",
    "﻿",
    "99",
]
CELL = st.one_of(st.sampled_from(VALUES), st.text(max_size=8))
LINE = st.lists(st.one_of(st.sampled_from(HEADINGS), CELL), min_size=1, max_size=7)
TABLE = st.builds(
    lambda head, lines, sign: "\n".join(sign.join(line) for line in [head, *lines]),
    st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=7),
    st.lists(LINE, max_size=5),
    st.sampled_from([",", ";", "\t"]),
)


def zipped(raw: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("x/t.csv", raw)
    return packed.getvalue()


RAW = st.one_of(
    TABLE.map(str.encode),
    TABLE.map(lambda t: t.encode("cp932", "replace")),
    TABLE.map(lambda t: t.encode("utf-16")),
    st.binary(max_size=200),
)


def facilities(find):
    rows = read_facilities(FacilityConfig(path="t"), find, PEOPLE, None, TOWNS).value
    return facilities_of(rows, 6677)[0].n_facilities


def towns(find):
    return read_towns(TownsConfig(path=("t",)), find).value.n_towns


def opinions(find):
    return read_opinions([OpinionsConfig(path="t")], find, PEOPLE, TOWNS).value.n_opinions


@pytest.mark.parametrize("read", [facilities, towns, opinions])
@pytest.mark.parametrize("suffix", [".csv", ".zip"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=RAW)
def test_any_bytes_are_read_or_refused_with_a_place_and_a_remedy(tmp_path, read, suffix, raw):
    path = tmp_path / f"t{suffix}"
    path.write_bytes(zipped(raw) if suffix == ".zip" else raw)
    try:
        count = read(lambda _: path)
    except DataError as refused:
        for problem in refused.problems:
            assert problem.where
            assert problem.message.ja
            assert problem.message.en
    else:
        assert count >= 0
