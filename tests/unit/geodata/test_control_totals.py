"""
Official tables by district and age, as cities publish them, and the cells fitted to them.

Layouts: 自治体標準オープンデータセット「地域・年齢別人口」 (デジタル庁, editions of 2022 and 2023: 地域名, 総人口, 男性,
女性, 0-4歳の男性 … 85歳以上の女性, 世帯数, 備考), and the usual forms of 統計書 tables saved from Excel: titles above,
merged headings, 計・男・女, 5-year and single ages, tables side by side, footnotes. All numbers are made up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.config.fitting import ControlsConfig
from geodata.errors import DataError, Severity
from geodata.population import AgeBand
from geodata.readers.control_totals import apply_controls
from geodata.readers.grid_table import number_of
from geodata.readers.population_headings import UNKNOWN_AGE, ages_of, heading_of, is_total_name
from geodata.synthetic.grid import grid_city

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.errors import Problem
    from geodata.population import PopulationCells

CELLS = grid_city(n_x=4, n_y=2).population  # 8 cells of 10 / 60 / 20 / 10; west 400, east 400
WHOLE = replace(CELLS, bands=(AgeBand("all", CELLS.bands[0].label, 0, None),), persons=CELLS.total[:, None].copy())


def fit(tmp_path: Path, *texts: str | bytes, cells: PopulationCells = CELLS, **keys: Any) -> Any:
    """Apply one table after another."""
    configs = []
    for n, text in enumerate(texts):
        raw = text if isinstance(text, bytes) else text.encode("cp932")
        (tmp_path / f"t{n}.csv").write_bytes(raw)
        configs.append(ControlsConfig(path=f"t{n}.csv", **{"date": dt.date(2025, 10, 1), **keys}))
    return apply_controls(configs, lambda p: tmp_path / p, cells)


def totals(cells: PopulationCells) -> list[float]:
    return [round(float(cells.total[cells.district == d].sum()), 2) for d in (0, 1)]


def ages(cells: PopulationCells) -> list[list[float]]:
    return [[round(float(v), 2) for v in cells.persons[cells.district == d].sum(axis=0)] for d in (0, 1)]


def codes(reading: Any) -> set[str]:
    return {p.code for p in reading.problems}


SIMPLE = """地区別人口,,,,
令和７年１０月１日現在,,,,単位：人
地区名,世帯数,人口,,
,,計,男,女
西地区,"１００","1,000",490,510
東地区,60,600,300,300
合計,160,"1,600",790,810
資料：市民課,,,,
"""


def test_a_date_that_is_left_out_is_that_of_the_title_or_of_its_column(tmp_path: Path) -> None:
    titled = SIMPLE.replace("令和７年１０月１日", "令和６年４月１日")
    assert fit(tmp_path, titled, date=None).value.base_date == "2024-04-01"
    dated = "調査年月日,地区名,人口\n2023/10/1,西地区,900\n2024/10/1,西地区,1000\n2024/10/1,東地区,600\n"
    reading = fit(tmp_path, dated, date=None)
    assert (totals(reading.value), reading.value.base_date) == ([1_000, 600], "2024-10-01")
    with pytest.raises(DataError, match="tells no date"):
        fit(tmp_path, "地区名,人口\n西地区,1000\n東地区,600\n", date=None)


def test_district_totals_with_titles_merged_headings_totals_and_footnotes(tmp_path: Path) -> None:
    reading = fit(tmp_path, SIMPLE)
    assert totals(reading.value) == [1_000, 600]
    assert ages(reading.value)[0] == [100, 600, 200, 100]  # the ages of the cells keep their shares
    assert (reading.value.year, reading.value.base_date) == (2025, "2025-10-01")
    assert reading.value.vintages == CELLS.vintages
    assert {"controls.guessed", "controls.rows_without_numbers"} <= codes(reading)
    assert "controls.total_row_differs" not in codes(reading)
    assert (reading.files[0].rows_in, reading.files[0].rows_kept) == (4, 3)


def test_a_total_row_that_differs_is_told_and_rows_win(tmp_path: Path) -> None:
    reading = fit(tmp_path, SIMPLE.replace('"1,600"', '"1,700"').replace("790,810", "850,850"))
    told = {p.code: p for p in reading.problems}["controls.total_row_differs"]
    assert "+100" in told.message.ja
    assert told.where == "t0.csv row 7"
    assert totals(reading.value) == [1_000, 600]


FIVE_YEARS = [f"{a}-{a + 4}歳" for a in range(0, 85, 5)] + ["85歳以上"]


def standard(rows: dict[str, list[int]]) -> str:
    """Return the 地域・年齢別人口 table of districts with men and women of each 5-year band."""
    head = ["全国地方公共団体コード", "地域コード", "地方公共団体名", "調査年月日", "地域名", "総人口", "男性", "女性"]
    head += [f"{band}の{sex}" for band in FIVE_YEARS for sex in ("男性", "女性")] + ["世帯数", "備考"]
    lines = [",".join(head)]
    for name, people in rows.items():
        both = [f"{n // 2},{n - n // 2}" for n in people]
        men = sum(n // 2 for n in people)
        lines.append(
            ",".join(
                [
                    "082023",
                    "1",
                    "格子市",
                    "2025-10-01",
                    name,
                    str(sum(people)),
                    str(men),
                    str(sum(people) - men),
                    *both,
                    "9",
                    "",
                ]
            )
        )
    return "\n".join(lines)


def test_the_standard_data_set_gives_one_band_cells_its_ages(tmp_path: Path) -> None:
    rows = {"西地区": list(range(10, 28)), "東地区": list(range(40, 22, -1))}
    reading = fit(tmp_path, standard(rows), cells=WHOLE)
    assert len(reading.value.bands) == 18
    assert reading.value.bands[-1].to_age is None
    assert ages(reading.value) == [rows["西地区"], rows["東地区"]]
    assert reading.repairs == {"controls.bands_from_table": 8}
    assert "controls.new_bands" in codes(reading)


def test_finer_bands_of_the_table_are_summed_to_those_of_the_city(tmp_path: Path) -> None:
    rows = {"西地区": [10] * 18, "東地区": [20] * 18}
    reading = fit(tmp_path, standard(rows))
    assert ages(reading.value) == [[30, 100, 20, 30], [60, 200, 40, 60]]
    assert not {"controls.coarse_ages", "controls.new_bands"} & codes(reading)


def test_utf8_with_signature_and_several_dates(tmp_path: Path) -> None:
    old = standard({"西地区": [1] * 18, "東地区": [1] * 18}).replace("2025-10-01", "2024/10/1")
    new = standard({"西地区": [10] * 18, "東地区": [20] * 18}).split("\n", 1)[1]
    reading = fit(tmp_path, ("\ufeff" + old + "\n" + new).encode("utf-8"))
    assert totals(reading.value) == [180, 360]
    assert "controls.date_chosen" in codes(reading)


def test_long_form_with_names_in_the_first_row_of_a_block(tmp_path: Path) -> None:
    text = "地区,年齢区分,計,男,女\n"
    for name, people in (("西地区", (100, 300, 100)), ("東地区", (50, 100, 50))):
        for label, n in zip(("総数", "0～14歳", "15～64歳", "65歳以上"), (sum(people), *people), strict=True):
            text += f"{name if label == '総数' else ''},{label},{n},{n // 2},{n - n // 2}\n"
    text += "市計,総数,700,350,350\n"
    reading = fit(tmp_path, text)
    assert [(a[0], a[1], a[2] + a[3]) for a in ages(reading.value)] == [(100, 300, 100), (50, 100, 50)]


def test_sexes_in_rows_and_ages_in_columns(tmp_path: Path) -> None:
    text = "町名,区分,総数,0～14歳,15～64歳,65～74歳,75歳以上\n"
    for name, people in (("西地区", (10, 50, 20, 20)), ("東地区", (5, 5, 5, 5))):
        text += f"{name},計,{sum(people)},{','.join(map(str, people))}\n"
        text += f",男,{sum(people)},{','.join(map(str, people))}\n,女,0,-,-,-,-\n"
    reading = fit(tmp_path, text)
    assert ages(reading.value) == [[10, 50, 20, 20], [5, 5, 5, 5]]


def side_by_side() -> str:
    """Return ages 0 to 100 of the whole city in three tables beside each other, with subtotals of five years."""
    rows = [("総数", 5_050)]
    for first in range(0, 100, 5):
        rows.append((f"{first}～{first + 4}歳", 250))
        rows += [(str(a), 50) for a in range(first, first + 5)]
    rows.append(("100歳以上", 50))
    third = -(-len(rows) // 3)
    lines = ["年齢別人口,,,,,,,,,,,", "年齢,計,男,女,年齢,計,男,女,年齢,計,男,女"]
    for n in range(third):
        cells = []
        for block in range(3):
            at = n + block * third
            name, persons = rows[at] if at < len(rows) else ("", "")
            cells.append(f"{name},{persons},{persons and persons // 2},{persons and persons - persons // 2}")
        lines.append(",".join(cells))
    return "\n".join(lines)


def test_single_ages_side_by_side_with_subtotals_of_the_whole_city(tmp_path: Path) -> None:
    reading = fit(tmp_path, side_by_side())
    assert reading.value.total.sum() == pytest.approx(5_050)
    assert reading.value.persons.sum(axis=0).tolist() == pytest.approx([750, 2_500, 500, 1_300])


def test_districts_in_columns(tmp_path: Path) -> None:
    text = "年齢,市計,西地区,東地区\n総数,100,60,40\n0～14歳,30,20,10\n15～64歳,40,20,20\n65歳以上,30,20,10\n"
    reading = fit(tmp_path, text)
    assert [(a[0], a[1], a[2] + a[3]) for a in ages(reading.value)] == [(20, 20, 20), (10, 20, 10)]


def test_district_totals_and_ages_of_the_whole_city_are_both_met(tmp_path: Path) -> None:
    reading = fit(tmp_path, SIMPLE, "年齢,人口\n0～14歳,400\n15～64歳,800\n65歳以上,400\n")
    assert totals(reading.value) == [1_000, 600]
    found = reading.value.persons.sum(axis=0)
    assert [found[0], found[1], found[2] + found[3]] == pytest.approx([400, 800, 400])
    off = fit(tmp_path, SIMPLE, "年齢,人口\n0～14歳,500\n15～64歳,1000\n65歳以上,500\n")
    assert "controls.city_differs" in codes(off)
    assert totals(off.value) == [1_000, 600]


def test_ages_of_the_whole_city_are_met_together_with_districts_that_keep_their_people(tmp_path: Path) -> None:
    # The east has no row and keeps its 40, 240 and 120; what is left of the ages of the city is the west's.
    reading = fit(tmp_path, "地区,人口\n西地区,400\n", "年齢,人口\n0～14歳,100\n15～64歳,400\n65歳以上,300\n")
    west, east = ([a[0], a[1], a[2] + a[3]] for a in ages(reading.value))
    assert east == pytest.approx([40, 240, 120])
    assert west == pytest.approx([60, 160, 180])


def test_order_of_rows_does_not_matter_and_repeating_changes_nothing(tmp_path: Path) -> None:
    text = standard({"西地区": list(range(18)), "東地区": [7] * 18})
    head, *rows = text.split("\n")
    first = fit(tmp_path, text).value
    assert np.array_equal(fit(tmp_path, "\n".join([head, *rows[::-1]])).value.persons, first.persons)
    assert np.array_equal(fit(tmp_path, text, cells=first).value.persons, first.persons)


def test_three_groups_beside_five_year_bands_and_the_gap_filled(tmp_path: Path) -> None:
    text = "地区,総人口,65歳以上人口,うち75歳以上,高齢化率\n西地区,400,100,40,25.0%\n東地区,200,20,5,10.0%\n"
    reading = fit(tmp_path, text)
    assert [(a[0] + a[1], a[2], a[3]) for a in ages(reading.value)] == [(300, 60, 40), (180, 15, 5)]
    named = "地区,総人口,年少人口(0~14歳),生産年齢人口,老年人口\n西地区,10,1,5,4\n東地区,10,2,5,3\n"
    assert [a[0] for a in ages(fit(tmp_path, named).value)] == [1, 2]


def test_unknown_ages_and_totals_that_do_not_add_up_are_told(tmp_path: Path) -> None:
    text = "地区,総数,0～14歳,15～64歳,65歳以上,不詳\n西地区,110,20,40,40,10\n東地区,120,25,25,50,0\n"
    reading = fit(tmp_path, text)
    assert {"controls.unknown_ages", "controls.total_differs"} <= codes(reading)
    assert totals(reading.value) == [110, 120]
    assert ages(reading.value)[0][0] == 22


def test_straddling_bands_are_met_only_together(tmp_path: Path) -> None:
    reading = fit(tmp_path, "地区,0～19歳,20～69歳,70歳以上\n西地区,100,200,100\n東地区,50,50,100\n")
    assert "controls.coarse_ages" in codes(reading)
    assert totals(reading.value) == [400, 200]
    assert ages(reading.value)[0] == [40, 240, 80, 40]


def test_levels_of_districts_subtotals_and_names_given(tmp_path: Path) -> None:
    text = "地区,町名,人口\n西地区,一町,100\n,二町,200\n,小計,300\n東地区,三町,50\n,四町,60\n,小計,110\n合計,,410\n"
    reading = fit(tmp_path, text)
    assert totals(reading.value) == [300, 110]
    assert "controls.rows_summed" in codes(reading)
    towns = "町名,人口\n一町,100\n二町,200\n三町,50\n"
    named = fit(tmp_path, towns, names={"一町": "西地区", "二町": "西地区", "三町": "東地区"})
    assert totals(named.value) == [300, 50]


def test_rows_that_say_what_others_say_are_told_and_not_counted_twice(tmp_path: Path) -> None:
    city = fit(tmp_path, "地区名,人口\n格子市,900\n西地区,500\n東地区,400\n")
    parts = fit(tmp_path, "地区,人口\n西地区,500\n　一町,300\n　二町,200\n東地区,400\n　三町,400\n")
    for reading in (city, parts):
        assert totals(reading.value) == [500, 400]
        assert "controls.rows_as_sums" in codes(reading)
    alone = fit(tmp_path, "区分,人口\n格子市,1200\n")
    assert alone.value.total.sum() == pytest.approx(1_200)
    with pytest.raises(DataError) as caught:
        fit(tmp_path, "地区,人口\n西地区,500\n一町,300\n二町,100\n東地区,400\n")
    assert [p.code for p in caught.value.problems] == ["controls.unknown_district"] * 2


def test_single_ages_by_sex_in_rows_end_with_the_oldest(tmp_path: Path) -> None:
    rows = [f"2025/10/1,{d},{a},{s},5" for d in ("西地区", "東地区") for a in range(101) for s in ("男", "女")]
    reading = fit(tmp_path, "年月日,地区名,年齢,性別,人口\n" + "\n".join(rows))
    assert ages(reading.value) == [[150, 500, 100, 260]] * 2
    assert "controls.open_top" in codes(reading)


def test_districts_without_a_row_and_cells_without_a_district_stay(tmp_path: Path) -> None:
    district = CELLS.district.copy()
    district[0] = -1
    cells = replace(CELLS, district=district)
    reading = fit(tmp_path, "地区,人口\n東地区,1234\n", cells=cells)
    assert np.array_equal(reading.value.persons[district != 1], CELLS.persons[district != 1])
    told = {p.code: p for p in reading.problems}["controls.unlisted"]
    assert "西地区" in told.message.ja
    assert "400 人" in told.message.ja
    assert {p.code for p in reading.problems} >= {"controls.large_change"}


def test_suppressed_numbers_leave_only_the_totals(tmp_path: Path) -> None:
    reading = fit(tmp_path, "地区,総数,0～14歳,15～64歳,65歳以上\n西地区,100,20,40,40\n東地区,9,X,X,4\n")
    assert "controls.suppressed" in codes(reading)
    assert totals(reading.value) == [100, 9]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "table.empty"),
        (b"PK\x03\x04xxxx", "grid.workbook"),
        ("これは表ではありません\n数字もない\n", "controls.no_header"),
        ("地区名,町名\n西,東\n", "controls.no_numbers"),
        ("地区,人口\n西地区,abc\n", "controls.no_numbers"),
        ("地区,人口,男,女\n西地区,1l0,50,60\n", "controls.number"),
        ("地区,人口\n西地区,-5\n", "controls.negative"),
        ("地区,男\n西地区,5\n", "controls.one_sex"),
        ("地区,人口\n中央地区,5\n", "controls.unknown_district"),
        ("地区,0～14歳,15～64歳\n西地区,5,6\n", "controls.ages_incomplete"),
        ("地区,0～14歳,15～64歳,65歳以上\n西地区,5,X,6\n", "controls.suppressed_total"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(tmp_path: Path, text: str | bytes, code: str) -> None:
    with pytest.raises(DataError) as caught:
        fit(tmp_path, text)
    assert code in [p.code for p in caught.value.problems]


def test_all_errors_of_all_tables_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        fit(tmp_path, "地区,人口\n北地区,5\n南地区,5\n", "地区,人口\n西地区,-5\n")
    assert [p.code for p in caught.value.problems].count("controls.unknown_district") == 2
    assert "controls.negative" in [p.code for p in caught.value.problems]


def test_a_district_without_people_or_without_cells(tmp_path: Path) -> None:
    persons = CELLS.persons.copy()
    persons[CELLS.district == 0] = 0
    reading = fit(tmp_path, "地区,人口\n西地区,80\n東地区,80\n", cells=replace(CELLS, persons=persons))
    assert "controls.spread_by_area" in codes(reading)
    assert reading.value.total[CELLS.district == 0].tolist() == pytest.approx([20.0] * 4)
    moved = replace(CELLS, district=np.ones(8, dtype=np.int32))
    with pytest.raises(DataError) as caught:
        fit(tmp_path, "地区,人口\n西地区,80\n", cells=moved)
    assert [p.code for p in caught.value.problems] == ["controls.no_cell"]
    bare = replace(
        CELLS,
        district=np.full(8, -1, np.int32),
        district_id=CELLS.district_id[:0],
        district_name=CELLS.district_name[:0],
    )
    with pytest.raises(DataError) as caught:
        fit(tmp_path, "地区,人口\n西地区,80\n", cells=bare)
    assert [p.code for p in caught.value.problems] == ["controls.no_districts"]


def test_columns_that_a_person_names_win(tmp_path: Path) -> None:
    text = "名まえ,R6,R7,子,親\n西地区,1,400,100,300\n東地区,1,200,50,150\n"
    reading = fit(tmp_path, text, district="名まえ", persons="R7")
    assert totals(reading.value) == [400, 200]
    banded = fit(tmp_path, text, district="名まえ", bands={"0-14": "子", "15+": "親"})
    assert [a[0] for a in ages(banded.value)] == [100, 50]


@pytest.mark.parametrize(
    ("text", "ages_meant"),
    [
        ("０～４歳", (0, 4)),
        ("0〜4", (0, 4)),
        ("100歳以上", (100, None)),
        ("85～", (85, None)),
        ("15歳未満", (0, 14)),
        ("95歳以上の女性", (95, None)),
        ("生産年齢人口（15～64歳）", (15, 64)),
        ("後期高齢者", (75, None)),
        ("7歳", (7, 7)),
        ("年齢不詳", UNKNOWN_AGE),
        ("2025-10", None),
        ("西地区", None),
    ],
)
def test_ages_as_they_are_written(text: str, ages_meant: tuple[int, int | None] | None) -> None:
    assert ages_of(text) == ages_meant


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", 1_234.0),
        ("-", 0.0),
        ("…", 0.0),
        ("△5", -5.0),
        ("12人", 12.0),
        ("西", None),
        ("", None),
        ("1 234", 1_234.0),
    ],
)
def test_numbers_as_they_are_written(text: str, value: float | None) -> None:
    assert number_of(text) == value


def test_headings_that_are_not_people() -> None:
    assert heading_of(("世帯数",)).role == "households"
    assert heading_of(("高齢化率(65歳以上)",)).role == "other"
    assert heading_of(("地域コード",)).role == "other"
    assert heading_of(("人口", "男")).sex == "male"
    assert is_total_name("合 計")
    assert not is_total_name("西地区")


def read_or_refused(folder: Path, text: str) -> tuple[tuple[Problem, ...], Any]:
    """Return the problems and, unless it was refused, the reading."""
    try:
        reading = fit(folder, text.encode("utf-8", "replace"))
    except DataError as exc:
        return exc.problems, None
    return reading.problems, reading


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_by_name(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("t")
    problems, reading = read_or_refused(folder, text)
    assert all(p.code and p.where and p.message.ja for p in problems)
    assert reading is None or (reading.value.persons >= 0).all()


cell_texts = st.sampled_from(
    [
        "地区",
        "年齢",
        "計",
        "男",
        "女",
        "西地区",
        "東地区",
        "合計",
        "0～14歳",
        "15歳以上",
        "5",
        "1,000",
        "X",
        "-",
        "",
        "歳",
    ]
)


@given(st.lists(st.lists(cell_texts, min_size=1, max_size=5), min_size=1, max_size=8))
def test_any_table_is_read_or_refused_by_name(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    text = "\n".join(",".join(f'"{v}"' for v in row) for row in rows)
    problems, reading = read_or_refused(tmp_path_factory.mktemp("t"), text)
    assert (reading is None) == any(p.severity is Severity.ERROR for p in problems)
    assert reading is None or np.isfinite(reading.value.persons).all()


def test_ages_of_towns_of_one_district_are_added_like_their_totals(tmp_path: Path) -> None:
    towns = (
        "町名,総人口,年少人口(0~14歳),生産年齢人口,老年人口\n一町,100,20,50,30\n二町,200,30,100,70\n三町,50,5,25,20\n"
    )
    named = fit(tmp_path, towns, names={"一町": "西地区", "二町": "西地区", "三町": "東地区"})
    assert totals(named.value) == [300, 50]
    assert [a[:2] for a in ages(named.value)] == [[50, 150], [5, 25]]


@pytest.mark.parametrize("first_is_newer", [True, False])
def test_the_newest_of_several_dates_is_that_of_the_city(tmp_path: Path, *, first_is_newer: bool) -> None:
    (tmp_path / "a.csv").write_text("地区,人口\n西地区,100\n")
    (tmp_path / "b.csv").write_text("地区,人口\n東地区,50\n")
    dates = [dt.date(2025, 10, 1), dt.date(2020, 4, 1)]
    if not first_is_newer:
        dates.reverse()
    configs = [ControlsConfig(path=f"{n}.csv", date=d) for n, d in zip("ab", dates, strict=True)]
    reading = apply_controls(configs, lambda p: tmp_path / p, CELLS)
    assert (reading.value.year, reading.value.base_date) == (2025, "2025-10-01")
    assert "controls.dates_differ" in codes(reading)
    assert totals(reading.value) == [100, 50]


def test_a_district_in_two_tables_has_the_total_of_the_later_one(tmp_path: Path) -> None:
    reading = fit(tmp_path, "地区,人口\n西地区,100\n東地区,70\n", "地区,人口\n東地区,50\n")
    assert totals(reading.value) == [100, 50]
