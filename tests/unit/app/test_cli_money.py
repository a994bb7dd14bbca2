"""How money is printed: thousands of yen, no sign on nothing, notes in the reader's language."""

from __future__ import annotations

import math

import pytest

from app.commands.money import note_in, shown, unit_of
from scenarios.money import ITEMS, UNITS
from sim.operations.tables import operations_money
from tests.unit.sim.operations.test_plan import ASSUMED, context_of


@pytest.mark.parametrize(
    ("item", "value", "text"),
    [
        ("operating_cost", 842_395_390.0, "842,395"),
        ("drivers", 138.0, "138"),
        ("bus_cost_per_ride", 342.4, "342"),
        ("rides_per_run", 6.877, "6.9"),
        ("fares", math.nan, "—"),
        ("fares", None, "—"),
    ],
)
def test_values_are_printed_as_planners_read_them(item, value, text):
    assert shown(item, value) == text


@pytest.mark.parametrize(("change", "text"), [(0.2, "±0"), (-0.2, "±0"), (7.0, "+7"), (-7.0, "-7")])
def test_a_change_has_a_sign_unless_it_is_none(change, text):
    assert shown("drivers", change, signed=True) == text


def test_every_item_and_unit_of_the_table_has_words():
    frame = operations_money(context_of(ASSUMED))
    assert frame["item"].tolist() == list(ITEMS)
    assert set(frame["unit"]) <= set(UNITS)
    for row in frame.to_dict("records"):
        assert unit_of(row["item"], row["unit"], "ja")
        english = note_in(row["note"], "en")
        assert english.isascii() or "÷" in english, row["note"]


def test_notes_are_kept_in_japanese():
    assert note_in("算定不可（実GTFSが必要）", "ja") == "算定不可（実GTFSが必要）"
    assert note_in(None, "ja") == ""
