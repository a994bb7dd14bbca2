"""Nested and overlapping ages of a district table: every published number is met, or told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.config.fitting import ControlsConfig
from geodata.errors import Severity, Text
from geodata.population import AgeBand
from geodata.readers.age_bands import by_difference, finest, refined, unmet
from geodata.readers.control_totals import apply_controls
from geodata.synthetic.grid import grid_city

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.population import PopulationCells

NO_NAME = Text("", "")
CENSUS = tuple(AgeBand(f"{a}", NO_NAME, a, b) for a, b in ((0, 14), (15, 64), (65, 74), (75, None)))
GRID = grid_city(n_x=4, n_y=2).population
CELLS = replace(GRID, bands=CENSUS)  # 8 cells of 10 / 60 / 20 / 10


def fit(tmp_path: Path, text: str, cells: PopulationCells = CELLS) -> Any:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return apply_controls([ControlsConfig(path="t.csv", date=dt.date(2025, 10, 1))], lambda p: tmp_path / p, cells)


def ages(cells: PopulationCells) -> list[list[float]]:
    return [[round(float(v), 2) for v in cells.persons[cells.district == d].sum(axis=0)] for d in (0, 1)]


@pytest.mark.parametrize("of_which", ["うち75歳以上", "（再掲）75歳以上", "後期高齢者"])
def test_people_of_75_within_those_of_65_are_met_exactly(tmp_path: Path, of_which: str) -> None:
    west, east = (str(n) for n in GRID.district_name)
    text = f"地区,総数,0～14歳,15～64歳,65歳以上,{of_which}\n{west},12000,1500,6500,4000,2200\n{east},11000,1400,5900,3700,2000\n"
    reading = fit(tmp_path, text)
    assert ages(reading.value) == [[1500, 6500, 1800, 2200], [1400, 5900, 1700, 2000]]
    assert "controls.ages_unmet" not in {p.code for p in reading.problems}


def test_more_people_of_75_than_of_65_are_told_with_both_numbers(tmp_path: Path) -> None:
    west, east = (str(n) for n in GRID.district_name)
    text = f"地区,総数,0～14歳,15～64歳,65歳以上,うち75歳以上\n{west},100,10,60,30,45\n{east},100,10,60,30,20\n"
    reading = fit(tmp_path, text)
    told = next(p for p in reading.problems if p.code == "controls.ages_contradict")
    assert told.severity is Severity.WARNING
    assert west in told.message.ja
    assert "45 人" in told.message.ja
    assert "最大 30 人" in told.message.ja
    assert [row[0] for row in ages(reading.value)] == [10, 10]  # the other ages are met


def test_ages_that_straddle_all_others_are_told_as_not_met(tmp_path: Path) -> None:
    west, east = (str(n) for n in GRID.district_name)
    text = f"地区,総数,0～14歳,15～64歳,65歳以上,20～39歳\n{west},100,10,60,30,25\n{east},100,10,60,30,20\n"
    told = next(p for p in fit(tmp_path, text).problems if p.code == "controls.ages_unmet")
    assert "20–39" in told.message.ja
    assert told.count == 2


def test_a_column_that_joins_two_known_ages_but_says_another_number_is_told(tmp_path: Path) -> None:
    west, east = (str(n) for n in GRID.district_name)
    text = (
        f"地区,総数,0～14歳,15～64歳,65～74歳,75歳以上,65歳以上\n{west},100,10,60,20,10,33\n{east},100,10,60,20,10,30\n"
    )
    told = next(p for p in fit(tmp_path, text).problems if p.code == "controls.ages_unmet")
    assert told.count == 1


@given(
    st.lists(st.integers(0, 500), min_size=5, max_size=5),
    st.sets(st.sampled_from([(0, 64), (15, None), (65, None), (75, None), (85, None), (15, 74), (65, 84)])),
)
def test_bands_from_consistent_ages_meet_every_one_of_them(persons: list[int], extra: set[Any]) -> None:
    fine = dict(zip([(0, 14), (15, 64), (65, 74), (75, 84), (85, None)], map(float, persons), strict=True))

    def count(first: int, last: int | None) -> float:
        end = 999 if last is None else last
        return sum(v for (a, b), v in fine.items() if a >= first and (999 if b is None else b) <= end)

    tiling = {(0, 14): fine[(0, 14)], (15, 64): fine[(15, 64)], (65, None): count(65, None)}
    held = {"a": {None: count(0, None), **tiling, **{e: count(*e) for e in extra}}}
    bands, contradictions = refined(held, finest(set(held["a"]) - {None}))
    assert not contradictions
    assert not unmet(held, bands)
    assert sum(held["a"][b] for b in bands) == count(0, None)
    assert all(held["a"][b] == count(*b) for b in bands)


def test_totals_and_older_people_give_the_rest_by_difference() -> None:
    held: Any = {"a": {None: 100.0, (65, None): 30.0, (75, None): 12.0}}
    assert by_difference(held) == (((0, 64), (65, 74), (75, None)), [])
    assert np.allclose([held["a"][b] for b in ((0, 64), (65, 74), (75, None))], [70, 18, 12])
