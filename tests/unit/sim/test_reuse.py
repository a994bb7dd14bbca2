"""What the memory of runs takes: sizes of values by arithmetic, long rows told by a sample, arrays made read-only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from geodata.provenance import Status
from sim.results import KpiRow
from sim.reuse import Reuse, Rows, seal, size_of, spell


@dataclass(frozen=True)
class Table:
    values: np.ndarray
    name: str = ""
    parts: tuple = field(default=())


def array(n):
    return np.zeros(n, np.uint8)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, 64),
        (np.float64(1.0), 64),
        (None, 64),
        (object(), 64),
        (array(1_000), 1_064),
        ((1, 2.0, "a"), 4 * 64),
        ([array(10), array(20)], 64 + 74 + 84),
        ({"a": array(10), "b": 1}, 64 + 2 * 64 + 74 + 64),
        (Table(array(100), "x", (1, array(1))), 64 + 164 + 64 + (64 + 64 + 65)),
        (Rows((1, 2, 3)), 64 + 3 * 500),
    ],
)
def test_a_value_takes_what_its_parts_take(value, expected):
    assert size_of(value) == expected


def test_the_size_of_a_long_row_of_one_kind_is_that_of_an_even_sample():
    alike = [Table(array(100)) for _ in range(10_000)]
    assert size_of(alike) == 64 + 10_000 * size_of(alike[0])
    rising = [Table(array(n)) for n in range(5_000)]
    assert size_of(rising) == pytest.approx(64 + sum(map(size_of, rising)), rel=0.02)


def test_rows_of_arrays_or_of_different_kinds_are_measured_to_the_last():
    assert size_of([*(array(1) for _ in range(99)), array(10**6)]) == 64 + 99 * 65 + 10**6 + 64
    assert (
        size_of([*(Table(array(1)) for _ in range(99)), array(10**6)]) == 64 + 99 * size_of(Table(array(1))) + 1_000_064
    )


def test_every_array_of_a_remembered_value_is_read_only_wherever_it_stands():
    arrays = [array(3) for _ in range(5)]
    rows = [Table(arrays[2]), *(Table(array(1)) for _ in range(200)), Table(arrays[3])]
    Reuse().keep("key", {"a": arrays[0], "b": [(1, arrays[1])], "c": rows, "d": Table(array(1), "", (arrays[4],))})
    for held in arrays:
        with pytest.raises(ValueError, match="read-only"):
            held[0] = 1
    seal(("a", 1, None))  # nothing to seal


def test_what_was_measured_makes_room_for_what_comes():
    reuse = Reuse(max_bytes=10_000)
    for n in range(10):
        reuse.keep(str(n), array(2_000))
    assert [reuse.find(str(n)) is not None for n in range(10)] == [False] * 6 + [True] * 4


def test_a_step_is_found_by_what_it_read_whoever_spells_it_out():
    memory, here, there = Reuse(), {"a": "1", "b": "2"}, {"a": "1", "b": "3"}
    memory.memorize("step", here, "value")
    spelled = []

    def remembered(names):
        spelled.append(names)
        return spell(names, here.__getitem__)

    assert memory.recall("step", here.__getitem__).value == "value"
    assert memory.recall("step", here.__getitem__, remembered).value == "value"
    assert spelled == [("a", "b")]
    assert not memory.recall("step", there.__getitem__).found
    assert memory.recall("step", there.__getitem__).differs == ("b",)


def test_a_row_with_another_note_is_otherwise_the_same():
    row = KpiRow("bus_rides_per_citizen", "default", "all", 1.5, 2.5, "rides", Status.MODELLED, "before", 1.0, 2.0)
    assert row.noted("after") == replace(row, note="after")
