"""Travel times kept between processes: bit-equal, whole or not there, and never needed for a right answer."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.synthetic import grid_city
from scenarios.travel_shelf import MAX_FILES, TravelShelf
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.run import run_models

COLUMNS = {(0.1, 2.0): np.array([1, np.inf], np.float32), (3.0, 4.0): np.array([5, 6], np.float32)}


@pytest.fixture
def shelf(tmp_path):
    return TravelShelf(tmp_path / "travel")


def files(shelf):
    return [p for p in shelf.root.rglob("*") if p.is_file()]


def test_columns_come_back_equal(shelf):
    assert shelf.find("k") == {}
    shelf.keep("k", COLUMNS)
    found = shelf.find("k")
    assert list(found) == list(COLUMNS)
    assert all(np.array_equal(found[p], COLUMNS[p]) and found[p].dtype == np.float32 for p in COLUMNS)
    assert shelf.find("other") == {}


def test_later_columns_join_the_earlier_ones(shelf):
    first, second = list(COLUMNS)
    shelf.keep("k", {first: COLUMNS[first]})
    shelf.keep("k", {second: COLUMNS[second]})
    assert set(shelf.find("k")) == {first, second}
    shelf.keep("k", {first: COLUMNS[first]})
    assert len(files(shelf)) == 2


def test_many_small_files_are_put_together(shelf):
    columns = {(float(n), 0.0): np.array([n, np.inf], np.float32) for n in range(MAX_FILES + 5)}
    for point, column in columns.items():
        shelf.keep("k", {point: column})
    assert len(files(shelf)) <= MAX_FILES
    found = shelf.find("k")
    assert set(found) == set(columns)
    assert all(np.array_equal(found[p], columns[p]) for p in columns)


@pytest.mark.parametrize("spoil", [lambda b: b[:50], lambda _: b"", lambda b: b[:-200] + bytes(200)])
def test_a_damaged_file_counts_as_not_there_and_is_replaced(shelf, spoil):
    shelf.keep("k", COLUMNS)
    (path,) = files(shelf)
    path.write_bytes(spoil(path.read_bytes()))
    assert shelf.find("k") == {}
    shelf.keep("k", COLUMNS)
    assert set(shelf.find("k")) == set(COLUMNS)


def test_other_code_does_not_find_old_times(shelf, monkeypatch):
    shelf.keep("k", COLUMNS)
    monkeypatch.setattr("scenarios.travel_shelf.code_digest", lambda: "changed")
    assert shelf.find("k") == {}


def test_a_place_that_cannot_be_written_costs_nothing_but_time(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    TravelShelf(tmp_path / "file" / "travel").keep("k", COLUMNS)


def test_a_second_process_finds_what_the_first_computed_and_says_so(shelf, monkeypatch):
    city = grid_city()
    first = run_models(city, Analysis(), Params(), reuse=Reuse(shelf=shelf))
    assert not first.reused

    def no_search(*_args, **_kwargs):
        pytest.fail("travel times were searched although they are on the shelf")

    monkeypatch.setattr("sim.routing.prepare_times", no_search)
    second = run_models(city, Analysis(), Params(), reuse=Reuse(shelf=shelf))
    assert second.kpis == first.kpis
    assert second.cells.equals(first.cells)
    assert any("所要時間" in line for line in second.reused)
