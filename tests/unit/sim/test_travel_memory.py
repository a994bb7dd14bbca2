"""Travel times that runs share, column by column: what makes room, what stays, and when the shelf is asked."""

from __future__ import annotations

import numpy as np

from sim import travel_memory
from sim.travel_memory import TravelMemory, Variant

BASE = [(float(n), 0.0) for n in range(5)]


class Shelf:
    """A shelf that counts how often it is asked."""

    def __init__(self, columns):
        self.columns, self.asked = columns, 0

    def find(self, key):
        self.asked += 1
        return self.columns.get(key, {})

    def keep(self, key, columns):
        self.columns[key] = {**self.columns.get(key, {}), **columns}


def column(value):
    return np.full(1_000, value, np.float32)


def test_places_of_one_scenario_make_room_and_those_of_all_stay(monkeypatch):
    monkeypatch.setattr(travel_memory, "MAX_COLUMN_BYTES", 10 * column(0).nbytes)
    memory = TravelMemory()
    memory.keep("k", {point: column(n) for n, point in enumerate(BASE)})
    for n in range(100):
        own = (float(n), 1.0)
        assert list(memory.find("k", [*BASE, own])) == BASE
        memory.keep("k", {own: column(n)})
    found = memory.find("k", [*BASE, (99.0, 1.0), (0.0, 1.0)])
    assert list(found) == [*BASE, (99.0, 1.0)]
    assert [found[point][0] for point in BASE] == [0, 1, 2, 3, 4]
    assert not found[BASE[0]].flags.writeable


def test_the_shelf_is_asked_once_and_again_for_what_it_is_known_to_hold(monkeypatch):
    shelf = Shelf({"k": {point: column(n) for n, point in enumerate(BASE)}})
    memory = TravelMemory(shelf)
    assert not memory.knows("k")
    assert list(memory.find("k", BASE[:2])) == BASE[:2]
    assert memory.knows("k")
    memory.find("k", [*BASE[:2], (9.0, 9.0)])
    assert shelf.asked == 1, "the shelf is known not to hold it"
    assert list(memory.find("k", BASE[2:])) == BASE[2:]
    assert shelf.asked == 2
    memory.keep("k", {(9.0, 9.0): column(9)})
    assert (9.0, 9.0) in shelf.columns["k"]
    assert TravelMemory(shelf).find("k", [(9.0, 9.0)])[9.0, 9.0][0] == 9
    assert memory.find("nothing", BASE) == {}
    assert not memory.knows("nothing")


def test_of_the_variants_of_a_question_the_first_and_the_last_are_remembered():
    memory = TravelMemory()
    for n in range(9):
        memory.note("q", Variant(f"k{n}", False, {}))
        memory.note("q", Variant(f"k{n}", False, {}))
    assert [one.key for one in memory.variants("q")] == ["k0", "k6", "k7", "k8"]
    assert memory.variants("other") == ()
