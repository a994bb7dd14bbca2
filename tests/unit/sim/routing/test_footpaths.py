"""Rules of transfers.txt: the more specific one holds, whatever the numbers of the stops; a minimum time may be long."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from sim.routing import footpaths
from tests.unit.sim.routing.compare import city_of, request_of

NAMES = ("SA", "a1", "a2", "SB", "b1", "b2")
PARENTS = {"a1": "SA", "a2": "SA", "b1": "SB", "b2": "SB"}


def rules_of(rows, order):
    """Return the rules between stops by name, for stops numbered in an order."""
    number = {name: n for n, name in enumerate(order)}
    parent = np.array([number.get(PARENTS.get(name), -1) for name in order])
    columns = zip(*((number[a], number[b], kind, least) for a, b, kind, least in rows), strict=True)
    names = ("from_stop", "to_stop", "kind", "min_time_s")
    table = SimpleNamespace(**{name: np.array(column) for name, column in zip(names, columns, strict=True)})
    found = footpaths._rules(SimpleNamespace(transfers=table, stops=SimpleNamespace(parent=parent)))
    return {(order[a], order[b]): rule for (a, b), rule in found.items()}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [("SA", "SB", 2, 120)],
            {("SA", "SB"): (2, 120), **{(a, b): (2, 120) for a in ("a1", "a2") for b in ("b1", "b2")}},
        ),
        ([("a1", "SB", 3, 0), ("SA", "SB", 2, 120)], {("a1", "b1"): (3, 0), ("a2", "b1"): (2, 120)}),
        ([("a1", "SB", 2, 60), ("SA", "b1", 2, 90)], {("a1", "b1"): (2, 90), ("a1", "b2"): (2, 60)}),
        ([("a1", "b1", 2, 30), ("a1", "SB", 3, 0)], {("a1", "b1"): (2, 30), ("a1", "b2"): (3, 0)}),
    ],
)
def test_the_more_specific_rule_holds(rows, expected):
    for order in itertools.islice(itertools.permutations(NAMES), 0, None, 37):
        found = rules_of(rows, order)
        for pair, rule in expected.items():
            assert found[pair] == rule, (order, pair)
        assert found == rules_of(rows[::-1], order)


def test_a_long_minimum_time_is_no_ban():
    """A and B are 225 s apart on foot; the rule asks for 700 s, more than anybody would walk."""
    city = city_of("stop A 0 0\nstop B 300 0\ntransfer A B 2 700\ntrip R A 08:00 B 08:10")
    feet = footpaths.build_footpaths(city, request_of(n=10, max_transfer_s=600))
    assert (feet.to.tolist(), feet.seconds.tolist()) == ([1, 0], [700, 225])
