"""Ages that a table of cells tells beside its total are used, or named as unused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from geodata.config.population import MeshCsv
from geodata.readers.population_tables import read_cells

if TYPE_CHECKING:
    from pathlib import Path


def read(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "mesh.csv"
    path.write_text(text, encoding="utf-8")
    config: Any = {"path": "mesh.csv", "code": "メッシュコード", "persons": "人口総数", "year": 2020}
    population, _, _, problems = read_cells(MeshCsv(kind="mesh_csv", base_date="2020-10-01", **config), path, None)
    return population, {p.code: p for p in problems}


def test_people_below_65_follow_from_the_total_and_those_above(tmp_path: Path) -> None:
    people, told = read(tmp_path, "メッシュコード,人口総数,65歳以上\n5537,10,4\n5538,20,5\n")
    assert [(b.from_age, b.to_age) for b in people.bands] == [(0, 64), (65, None)]
    assert people.persons.tolist() == [[6, 4], [15, 5]]
    assert "65歳以上" in told["population.ages_from_columns"].message.ja


def test_nested_ages_make_disjoint_ones(tmp_path: Path) -> None:
    people, _ = read(tmp_path, "メッシュコード,人口総数,65歳以上,うち75歳以上\n5537,10,4,1\n")
    assert people.persons.tolist() == [[6, 3, 1]]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("メッシュコード,人口総数,65歳以上\n5537,10,14\n", "population.ages_contradict"),
        ("メッシュコード,人口総数,65歳以上\n5537,10,-\n", "population.ages_no_numbers"),
        ("メッシュコード,人口総数,20～39歳\n5537,10,3\n", "population.ages_unused"),
    ],
)
def test_ages_that_cannot_be_used_are_told_and_the_total_stays(tmp_path: Path, rows: str, code: str) -> None:
    people, told = read(tmp_path, rows)
    assert people.total.tolist() == [10]
    assert len(people.bands) == 1
    assert code in told


def test_a_column_that_is_no_age_says_nothing(tmp_path: Path) -> None:
    people, told = read(tmp_path, "メッシュコード,人口総数,世帯数\n5537,10,3\n")
    assert len(people.bands) == 1
    assert not told
