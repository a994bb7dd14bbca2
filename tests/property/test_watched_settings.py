"""A run that reuses what another setting computed gives what the whole computation gives, whatever setting changes."""

from __future__ import annotations

from itertools import combinations

import pytest

from sim.params import PARAMETERS, Analysis, Params
from sim.reuse import Reuse
from sim.run import run_models
from tests.amount import LONG
from tests.property.incremental_town import TOWN, assert_equal

ANALYSIS = Analysis(window=("10:00", "10:20"), n_draws=2)
MEMORY = Reuse()
"""Of all tests of this module: a wrong key of one setting would show in another."""
TOGETHER = 12
"""Settings that are changed at once: a run is what takes the time."""


def other_value(name):
    """Return a value of a parameter that is not its own, within what is thought possible."""
    meaning, own = PARAMETERS[name], getattr(Params(), name)
    ends = [end for end in (meaning.low, meaning.high) if end is not None and end != own]
    if not ends or isinstance(own, bool):
        return None
    return round(ends[0]) if isinstance(own, int) else ends[0]


NUMBERS = [name for name in PARAMETERS if other_value(name) is not None]
N_GROUPS = max(TOGETHER, -(-len(NUMBERS) // TOGETHER))
COLUMNS = [NUMBERS[n::N_GROUPS] for n in range(N_GROUPS)]
DIAGONALS = [[p for i, p in enumerate(NUMBERS) if (i // N_GROUPS + i) % N_GROUPS == n] for n in range(N_GROUPS)]
"""
The settings parted twice. A setting that a step reads unseen shows where what the step is known to read is as it was;
any two are changed apart at least once, and neighbours, which the same step may read, never go together.
"""


def run(analysis=ANALYSIS, reuse=None, **params):
    return run_models(TOWN, analysis, Params(**params), reuse=MEMORY if reuse is None else reuse)


@pytest.fixture(scope="module", autouse=True)
def as_set():
    return run()


def test_every_parameter_is_changed_and_no_two_always_go_together():
    for parts in (COLUMNS, DIAGONALS):
        assert sorted(name for names in parts for name in names) == sorted(NUMBERS)
    once, again = (
        {pair for names in parts for pair in combinations(sorted(names), 2)} for parts in (COLUMNS, DIAGONALS)
    )
    assert not once & again


@pytest.mark.parametrize("names", [*COLUMNS, *DIAGONALS], ids="+".join)
def test_changed_parameters_give_what_the_whole_computation_gives(names):
    changed = {name: other_value(name) for name in names}
    for name, value in changed.items() if LONG else ():
        run(**{name: value})  # what this one leaves in the memory must not mislead the next
    assert_equal(run(**changed), run(reuse=Reuse(), **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 5},
        {"percentile": 90},
        {"n_draws": 1},
        {"departure_mode": "random"},
        {"date": "saturday"},
        {"window": ("16:00", "16:20")},
        {"include_assumed_lines": True},
    ],
)
def test_a_changed_analysis_gives_what_the_whole_computation_gives(changed):
    analysis = ANALYSIS.model_copy(update=changed)
    assert_equal(run(analysis), run(analysis, Reuse()))


def test_the_settings_as_they_were_leave_no_trace_of_the_others(as_set):
    assert_equal(run(), as_set)
    assert list(run().tables) == list(as_set.tables)
    assert all(run().tables[name].equals(table) for name, table in as_set.tables.items())
