"""Areas of schools are not the towns whose names they bear."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geodata.config.fitting import ControlsConfig
from geodata.district_names import match_names
from geodata.errors import DataError, Severity
from geodata.readers.control_totals import apply_controls
from geodata.recognise import recognise
from geodata.synthetic.grid import grid_city
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from pathlib import Path

CELLS = grid_city(n_x=4, n_y=2).population
TOWNS = text_array(["朝日丘", "鞍川", "十二町"])
THREE = replace(
    CELLS,
    district=(np.arange(8) % 3).astype(np.int32),
    district_id=TOWNS,
    district_name=TOWNS.copy(),
    district_name_en=TOWNS.copy(),
)
SCHOOLS = "学校区,総数\n朝日丘小学校区,12000\n十二町小学校区,11000\n"


def fit(tmp_path: Path, text: str, **keys: Any) -> Any:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return apply_controls(
        [ControlsConfig(path="t.csv", date=dt.date(2024, 4, 1), **keys)], lambda p: tmp_path / p, THREE
    )


def test_people_of_a_school_area_are_not_put_into_the_town_of_its_name(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        fit(tmp_path, SCHOOLS)
    found = next(p for p in caught.value.problems if p.code == "controls.other_kind")
    assert "鞍川" in found.message.ja
    assert "A27" in found.hint.ja


def test_pairs_that_a_person_wrote_are_taken(tmp_path: Path) -> None:
    reading = fit(tmp_path, SCHOOLS, names={"朝日丘小学校区": "朝日丘", "十二町小学校区": "十二町"})
    assert "controls.other_kind" not in {p.code for p in reading.problems}


def test_where_every_district_has_its_school_they_are_matched_and_told_with_their_people(tmp_path: Path) -> None:
    reading = fit(tmp_path, SCHOOLS + "鞍川小学校区,1000\n")
    told = next(p for p in reading.problems if p.code == "controls.matched_across_kinds")
    assert told.severity is Severity.WARNING
    assert "24,000 人" in told.message.ja
    assert told.count == 3


@pytest.mark.parametrize("known", ["諏訪小学校", "諏訪学区", "諏訪地区"])
def test_other_words_for_areas_are_matched_as_before(known: str) -> None:
    matches = match_names(["諏訪小学校区"], [known], where="t.csv", code="controls")
    assert matches.found == {"諏訪小学校区": 0}
    assert not matches.crossed


@pytest.mark.parametrize(
    ("names", "schools"), [(("朝日丘小学校区", "十二町小学校区"), True), (("朝日丘", "十二町"), False)]
)
def test_a_table_is_of_schools_by_its_names(tmp_path: Path, names: tuple[str, str], schools: bool) -> None:
    (tmp_path / "人口.csv").write_text(f"地区名,総数,75歳以上\n{names[0]},12000,2200\n{names[1]},11000,2000\n", "utf-8")
    (found,) = recognise(tmp_path)
    assert (found.what, found.traits["schools"]) == ("controls", schools)
