"""
The memory of former runs on streets, over several edits, and in a later process: the answer is the same bit for bit.

What one edit alone gives stands in `test_incremental.py`.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scenarios.anonymous import hides_places, without_places
from scenarios.computing import compute
from scenarios.store import ResultStore
from scenarios.travel_shelf import _memory
from tests.amount import LONG, examples
from tests.property.incremental_town import ALL, EDITS, STREETS, TOWN, YEARS, Warm, apply, assert_equal

PLANE, ON_STREETS = Warm(TOWN), Warm(STREETS)
"""Seen by all tests of this module: whatever their order, nothing may be answered wrongly."""

MOVES = (
    "relocate-residents",
    "add-facility",
    "remove-facility",
    "remove-stops",
    "reroute",
    "add-trips",
    "add-entrance",
    "add-hub",
    "add-on-demand",
    "mobile-service",
)
"""
Kinds whose result depends on where something is: only there do streets stand in for the straight line.

The others (fares, behaviour, speeds, frequencies, numbers of people, hours) read no street that these do not read, and
each is held on the plane; `make long` runs them here too.
"""


@pytest.mark.parametrize("kind", list(EDITS) if LONG else MOVES)
def test_an_edit_on_real_streets_gives_what_the_whole_computation_gives(kind):
    assert_equal(ON_STREETS.run([(kind, 0)]), ON_STREETS.run([(kind, 0)], cold=True))


steps = st.lists(
    st.tuples(
        st.lists(st.sampled_from(ALL), max_size=3, unique_by=lambda edit: edit[0]).map(sorted), st.sampled_from(YEARS)
    ),
    min_size=2,
    max_size=3,
)


@settings(
    max_examples=examples(4, long=20),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(steps)
def test_editing_undoing_and_editing_again_leaves_no_trace(sequence):
    for edits, year in sequence:
        result = PLANE.run(edits, year)
        undone = PLANE.run([], 2023)
        assert list(map(repr, undone.kpis)) == list(map(repr, PLANE.base.kpis))
        assert_equal(PLANE.run(edits, year), result)
    assert_equal(result, PLANE.run(*sequence[-1], cold=True))


@pytest.mark.parametrize(
    "sequence",
    [
        [[("add-facility", 0)], [], [("add-facility", 1)]],
        [[("remove-trips", 1)], [("remove-trips", 1), ("remove-facility", 1)], [("remove-facility", 1)]],
        [[("mobile-service", 0)], [("mobile-service", 1)], [("mobile-service", 2)]],
        [[("adjust-population", 0)], [("adjust-population", 1), ("adjust-speed", 0)]],
        # Closures that are told by district only.
        [[("remove-facility", 0)], [("remove-facility", 0), ("mobile-service", 0)], [("adjust-speed", 1)]],
    ],
)
def test_a_later_process_finds_only_what_is_right(tmp_path, sequence):
    PLANE.run([])
    for edits in sequence:
        _memory.cache_clear()  # as a new process
        applied = apply(TOWN, edits)
        found, _ = compute(TOWN, applied, ResultStore(tmp_path / "results"), lambda _stage, _share: None)
        wanted = PLANE.run(edits, cold=True) if edits else PLANE.base
        assert_equal(found, without_places(wanted) if hides_places(c.kind for c in applied.closures) else wanted)
