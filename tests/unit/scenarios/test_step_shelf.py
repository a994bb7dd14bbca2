"""Steps kept between processes: bit-equal, found only where all that was read is the same, never needed."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.synthetic import grid_city
from scenarios.step_shelf import StepFolder
from sim.context import RunContext
from sim.params import Analysis, Params
from sim.reuse import Reuse
from sim.ridership.parts import PART_NAMES, find_parts

COLUMNS = {"a": np.array([0.1, np.inf, np.nan]), "b": np.array([[1.0, 2.0]])}
READS = {"cells": "c1", "param:change_min": "3.0"}


@pytest.fixture
def folder(tmp_path):
    return StepFolder(tmp_path / "steps")


def values(folder):
    return [path for path in folder.root.rglob("*.npz") if path.is_file()]


def test_columns_come_back_bit_equal_with_what_they_read(folder):
    folder.keep("step", READS, COLUMNS)
    reads, found = folder.find("step", READS.__getitem__)
    assert reads == READS
    assert {name: column.tobytes() for name, column in found.items()} == {n: c.tobytes() for n, c in COLUMNS.items()}
    assert folder.find("another", READS.__getitem__) is None


def test_a_step_is_found_only_where_all_it_read_is_the_same(folder):
    folder.keep("step", READS, COLUMNS)
    other = READS | {"param:change_min": "4.0"}
    assert folder.find("step", other.__getitem__) is None
    folder.keep("step", other, {"a": np.zeros(1)})
    assert len(folder.find("step", other.__getitem__)[1]) == 1
    assert len(folder.find("step", READS.__getitem__)[1]) == 2


@pytest.mark.parametrize("spoil", [lambda b: b[:50], lambda _: b"", lambda b: b[:-200] + bytes(200)])
def test_a_damaged_file_counts_as_not_there_and_is_replaced(folder, spoil):
    folder.keep("step", READS, COLUMNS)
    (path,) = values(folder)
    path.write_bytes(spoil(path.read_bytes()))
    assert folder.find("step", READS.__getitem__) is None
    folder.keep("step", READS, COLUMNS)
    assert folder.find("step", READS.__getitem__) is not None


def test_other_code_does_not_find_old_steps(folder, monkeypatch):
    folder.keep("step", READS, COLUMNS)
    monkeypatch.setattr("scenarios.step_shelf.code_digest", lambda: "changed")
    assert folder.find("step", READS.__getitem__) is None


def test_a_place_that_cannot_be_written_costs_nothing_but_time(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    shelf = StepFolder(tmp_path / "file" / "steps")
    shelf.keep("step", READS, COLUMNS)
    assert shelf.find("step", READS.__getitem__) is None


def test_a_second_process_needs_no_journeys_for_the_parts_of_trips(folder, monkeypatch):
    city = grid_city()

    def context(params=None):
        return RunContext(city, Analysis(n_draws=2), params or Params(), Reuse(steps=folder))

    first = find_parts(context(), "clinic")

    def no_search(*_args, **_kwargs):
        pytest.fail("journeys were searched although what they come to is kept")

    monkeypatch.setattr("sim.ridership.skims.find_paths", no_search)
    again = find_parts(context(), "clinic")
    for name in (*PART_NAMES, "fare_basis"):
        assert getattr(again, name).tobytes() == getattr(first, name).tobytes(), name
    with pytest.raises(pytest.fail.Exception):  # another change of vehicles is another journey
        find_parts(context(Params(change_min=7.0)), "clinic")
