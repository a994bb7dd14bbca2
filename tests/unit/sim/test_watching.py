"""What a step reads of the settings decides whether it is done again: no more, and never less."""

from __future__ import annotations

import pytest

from geodata.synthetic import grid_city
from sim.context import RunContext
from sim.params import Analysis, Params
from sim.reuse import Reuse

CITY = grid_city()


def context_of(memory, analysis=None, **params):
    return RunContext(CITY, analysis or Analysis(), Params(**params), memory)


def reads_of(compute, **params):
    context = context_of(Reuse(), **params)
    context.step("test", "", lambda: compute(context))
    return set(context.trace_of("test", "")[1])


@pytest.mark.parametrize(
    ("compute", "reads"),
    [
        (lambda c: c.params.change_min, {"param:change_min"}),
        (lambda c: c.params.walk_m_min("older"), {"param:walk_older_m_min"}),
        (lambda c: c.params.clock_s("school_bell"), {"param:school_bell"}),
        (lambda c: c.params.model_copy(update={"change_min": 1.0}).change_min, set()),
        (lambda c: c.params.model_copy(update={"change_min": 1.0}).cutoff_min, {"param:cutoff_min"}),
        (lambda c: c.analysis.seed, {"analysis:seed"}),
        (lambda c: c.analysis.model_copy(update={"date": "2026-04-01"}).service_date(c.city), {"defaults"}),
    ],
)
def test_a_step_notes_the_fields_it_reads_and_no_others(compute, reads):
    assert reads_of(compute) == reads


@pytest.mark.parametrize("look", [repr, hash, lambda p: p == Params(), lambda p: p.model_dump()])
def test_looking_at_all_settings_notes_them_all(look):
    assert reads_of(lambda c: look(c.params)) == {f"param:{name}" for name in Params.model_fields}


def test_a_step_is_done_again_only_where_a_field_it_reads_differs():
    memory, done = Reuse(), []

    def value_of(context):
        def compute():
            done.append(context)
            return 2 * context.params.change_min

        return context.step("test", "", compute)

    assert value_of(context_of(memory)) == 0
    assert value_of(context_of(memory, cutoff_min=60)) == 0
    assert value_of(context_of(memory, Analysis(seed=7))) == 0
    assert len(done) == 1
    assert value_of(context_of(memory, change_min=3)) == 6
    assert value_of(context_of(memory, change_min=3, cutoff_min=60)) == 6
    assert len(done) == 2


def test_a_step_within_a_step_hands_on_what_it_read():
    memory = Reuse()
    for change in (1.0, 2.0, 1.0):
        context = context_of(memory, change_min=change)
        inner = lambda c=context: c.step("test", "inner", lambda: c.params.change_min)  # noqa: E731
        assert context.step("test", "outer", lambda i=inner: -i()) == -change


def test_who_counts_as_older_changes_the_people_of_a_run():
    from sim.run import run_models

    memory = Reuse()
    analysis = Analysis(window=("10:00", "10:10"), n_draws=1)
    first, other = (run_models(CITY, analysis, Params(older_from_age=age), reuse=memory) for age in (75, 65))
    fresh = run_models(CITY, analysis, Params(older_from_age=65), reuse=Reuse())
    assert list(map(repr, other.kpis)) == list(map(repr, fresh.kpis))
    assert list(map(repr, other.kpis)) != list(map(repr, first.kpis))
