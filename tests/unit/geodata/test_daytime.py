"""
Daytime population by mesh code, district and point.

Layouts: 地域メッシュ統計 as e-Stat gives it (KEY_CODE and codes of items in the first row, labels in the second, cp932);
全国の人流オープンデータ 1km メッシュ滞在人口 (国土交通省, 2019–2021: mesh1kmid, prefcode, citycode, year, month, dayflag,
timezone, population). All numbers are made up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.config.fitting import DaytimeConfig
from geodata.empty_layers import mesh_without_people
from geodata.errors import DataError
from geodata.readers.daytime import read_daytime

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.population import PopulationCells

EMPTY = mesh_without_people(6677, np.array([[140.65, 36.6], [140.66, 36.61]]), 900.0, base_date="2020-10-01")
CELLS = replace(
    EMPTY,
    persons=np.arange(EMPTY.n_cells, dtype=float)[:, None],
    district=(np.arange(EMPTY.n_cells) % 2).astype(np.int32),
    district_id=np.array(["a", "b"]),
    district_name=np.array(["諏訪地区", "河原子地区"]),
    district_name_en=np.array(["a", "b"]),
)


def read(tmp_path: Path, *texts: str, cells: PopulationCells = CELLS, **keys: Any) -> Any:
    for n, text in enumerate(texts):
        (tmp_path / f"d{n}.csv").write_bytes(text.encode("cp932"))
    config = DaytimeConfig(path=tuple(f"d{n}.csv" for n in range(len(texts))), year=2020, **keys)
    return read_daytime(config, lambda p: tmp_path / p, cells)


def test_cells_of_the_same_mesh_get_their_own_number_and_others_none(tmp_path: Path) -> None:
    codes = CELLS.cell_id[:3].tolist()
    rows = "".join(f"{c},0,,,{10 * n},{n}\n" for n, c in enumerate([*codes, "533900001"], 1))
    text = "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T000900001,T000900002\n,,,,昼間人口,流入人口\n" + rows
    reading = read(tmp_path, text)
    assert reading.value.persons[:3].tolist() == [10, 20, 30]
    assert reading.value.inflow[:3].tolist() == [1, 2, 3]
    assert np.isnan(reading.value.persons[3:]).all()
    told = {p.code: p for p in reading.problems}
    assert told["daytime.outside"].where == "d0.csv row 6"
    assert "40 人" in told["daytime.outside"].message.ja
    assert (reading.files[0].rows_in, reading.files[0].rows_kept) == (4, 3)


def test_a_coarser_mesh_is_shared_by_residents_and_by_area_without_them(tmp_path: Path) -> None:
    code = CELLS.cell_id[5][:8]
    inside = np.char.startswith(CELLS.cell_id, code)
    text = f"メッシュコード,従業者数（人）\n{code},1000\n"
    reading = read(tmp_path, text)
    people = CELLS.total[inside]
    assert reading.value.persons[inside].tolist() == pytest.approx((1_000 * people / people.sum()).tolist())
    assert np.isnan(reading.value.persons[~inside]).all()
    assert np.isnan(reading.value.inflow).all()
    assert "daytime.employees" in {p.code for p in reading.problems}
    even = read(tmp_path, text, cells=EMPTY).value.persons[inside]
    assert even == pytest.approx(np.full(inside.sum(), 1_000 / inside.sum()), rel=1e-3)


def test_a_finer_mesh_is_summed(tmp_path: Path) -> None:
    code = CELLS.cell_id[2]
    reading = read(tmp_path, "mesh_code,population\n" + "".join(f"{code}{q},{q}\n" for q in (1, 2, 3, 4)))
    assert reading.value.persons[2] == 10
    assert np.isfinite(reading.value.persons).sum() == 1


def test_open_data_of_movements_keeps_weekdays_by_day(tmp_path: Path) -> None:
    code = CELLS.cell_id[5][:8]
    head = "mesh1kmid,prefcode,citycode,year,month,dayflag,timezone,population\n"
    rows = "".join(f"{code},08,08202,2020,10,{d},{t},{100 * d + 10 * t + 5}\n" for d in (0, 1, 2) for t in (0, 1, 2))
    assert np.nansum(read(tmp_path, head + rows).value.persons) == pytest.approx(105)
    months = head + rows + rows.replace(",10,", ",11,").replace(",105\n", ",305\n")
    assert np.nansum(read(tmp_path, months).value.persons) == pytest.approx(205)
    night = read(tmp_path, head + rows, where={"dayflag": "1", "timezone": "1"})
    assert np.nansum(night.value.persons) == pytest.approx(115)


def test_districts_are_shared_by_residents_and_points_belong_to_their_cell(tmp_path: Path) -> None:
    reading = read(tmp_path, "地区名,昼間人口\n諏訪学区,100\n河原子地区,50\n")
    west = CELLS.district == 0
    assert reading.value.persons[west].sum() == pytest.approx(100)
    assert reading.value.persons[~west].sum() == pytest.approx(50)
    lon, lat = CELLS.lonlat[4]
    points = read(tmp_path, f"名称,経度,緯度,従業者数\n工場,{lon},{lat},300\n本社,{lon},{lat},20\n沖,150.0,30.0,7\n")
    assert points.value.persons[4] == 320
    assert points.counts["daytime_persons"] == 320
    assert "daytime.outside" in {p.code for p in points.problems}


@pytest.mark.parametrize(
    ("text", "keys", "code"),
    [
        ("a,b\n1,2\n", {}, "daytime.columns"),
        ("KEY_CODE,x\n544064894,2\n", {}, "daytime.columns"),
        ("KEY_CODE,昼間人口\n544064894,2\n", {"persons": "夜間人口"}, "daytime.columns"),
        ("KEY_CODE,昼間人口\n544064894,abc\n", {}, "daytime.number"),
        ("KEY_CODE,昼間人口\n544064894,-3\n", {}, "daytime.number"),
        ("KEY_CODE,昼間人口\n544064894,5\n54406489,3\n", {}, "daytime.mesh_code"),
        ("KEY_CODE,昼間人口\n599999999,5\n", {}, "mesh.code"),
        ("KEY_CODE,昼間人口\n", {}, "daytime.no_rows"),
        ("地区名,昼間人口\n十王,5\n", {}, "daytime.unknown_district"),
        ("経度,緯度,昼間人口\n36.5,140.6,5\n", {}, "daytime.position"),
        ("", {}, "table.empty"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(tmp_path: Path, text: str, keys: dict[str, Any], code: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text, **keys)
    assert code in [p.code for p in caught.value.problems]


@given(
    st.lists(
        st.tuples(st.integers(0, EMPTY.n_cells - 1), st.integers(0, 10_000)),
        min_size=1,
        max_size=12,
        unique_by=lambda r: r[0],
    )
)
def test_people_in_equal_people_out(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int]]) -> None:
    text = "KEY_CODE,昼間人口\n" + "".join(f"{CELLS.cell_id[c][:8]},{n}\n" for c, n in rows)
    reading = read(tmp_path_factory.mktemp("d"), text)
    assert np.nansum(reading.value.persons) == pytest.approx(sum(n for _, n in rows))


def test_people_who_come_in_are_averaged_over_months_like_all_people(tmp_path: Path) -> None:
    code = CELLS.cell_id[5][:8]
    text = "mesh1kmid,year,month,population,inflow\n" + "".join(
        f"{code},2020,{month},{persons},{inflow}\n" for month, persons, inflow in ((10, 100, 40), (11, 300, 60))
    )
    found = read(tmp_path, text, persons="population", inflow="inflow").value
    assert (np.nansum(found.persons), np.nansum(found.inflow)) == (pytest.approx(200), pytest.approx(50))
