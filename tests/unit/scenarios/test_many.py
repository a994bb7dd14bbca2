"""Thousands of scenarios for their numbers alone: the same rows whatever runs them, and a death loses nothing."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import weakref
from dataclasses import replace

import pandas as pd
import pytest

from geodata.errors import UsageError
from geodata.synthetic import grid_city
from scenarios import many_spawned, many_work
from scenarios.batch_work import threads_each
from scenarios.files import parse_scenario
from scenarios.many import run_many
from scenarios.many_work import KEPT, FewStore, ManyOutcome, ManyWork, prepare
from scenarios.runner import run_scenario
from scenarios.store import ResultStore
from scenarios.travel_shelf import forget_memories, memory_of
from sim import run
from sim.kpi import KPIS
from sim.run import kpi_rows

CLINIC = """
schema: ekisei-scenario/1
id: clinic-{n}
title: {{ja: 診療所 {n}, en: clinic {n}}}
description: {{ja: 試し, en: trial}}
plan_status: hypothetical
year: 2023
modifications:
  - id: clinic
    type: add-facility
    category: clinic
    name: {{ja: 新しい診療所, en: new clinic}}
    location: {{lon: {lon}, lat: {lat}}}
    source: {{ja: 仮定, en: assumed}}
"""
CLOSING = """
  - id: closing
    type: remove-facility
    category: clinic
    count: 1
    source: {{ja: 仮定, en: assumed}}
"""


@pytest.fixture(scope="module")
def city():
    return grid_city()


@pytest.fixture(scope="module")
def scenarios(city):
    places = city.population.lonlat[[5, 40, 77]]
    texts = [CLINIC.format(n=n, lon=round(x, 5), lat=round(y, 5)) for n, (x, y) in enumerate(places)]
    return {n: parse_scenario(text, f"{n}.yaml") for n, text in enumerate(texts)}


@pytest.fixture
def work(city, tmp_path):
    return ManyWork(city, ResultStore(tmp_path / "store"))


def frames(outcomes):
    return {number: outcome.kpi for number, outcome in outcomes}


def test_every_engine_gives_the_rows_of_a_run(scenarios, work, tmp_path):
    wanted = {n: run_scenario(s, work.city, store=ResultStore(tmp_path / "own")).kpi for n, s in scenarios.items()}
    for found in (
        frames(run_many(scenarios, work)),
        frames(run_many(scenarios, work, jobs=2)),
        frames(run_many(scenarios, work, dask="local")),
    ):
        assert found.keys() == wanted.keys()
        for number, kpi in wanted.items():
            pd.testing.assert_frame_equal(found[number], kpi, check_exact=True)


@pytest.fixture(scope="module")
def prepared(city, scenarios, tmp_path_factory):
    return prepare(scenarios, ManyWork(city, ResultStore(tmp_path_factory.mktemp("prepared"))))


@pytest.fixture(scope="module")
def whole(scenarios, prepared):
    return many_work.run_one(scenarios[0], anew(prepared)).kpi


def anew(work):
    """Return the work as a process has it that has computed nothing yet."""
    forget_memories()
    return replace(work, store=FewStore(work.store.root))


@pytest.mark.parametrize("kpi_id", KPIS)
def test_rows_of_a_kpi_computed_alone_are_those_of_the_whole_run(kpi_id, scenarios, whole, prepared):
    alone = many_work.run_one(scenarios[0], replace(anew(prepared), kpis=(kpi_id,))).kpi
    wanted = whole[whole["kpi_id"] == kpi_id].reset_index(drop=True)
    assert len(wanted) > 0
    pd.testing.assert_frame_equal(alone, wanted, check_exact=True)


def test_what_nobody_asks_for_is_not_computed(scenarios, prepared, monkeypatch):
    few, asked = replace(anew(prepared), kpis=("clinics_per_100k", "clinic_nearest_min")), []

    def rows(context, spec):
        asked.append(spec.kpi_id)
        return kpi_rows(context, spec)

    monkeypatch.setattr(run, "kpi_rows", rows)
    assert not many_work.run_one(scenarios[0], few).failed
    assert sorted(asked) == ["clinic_nearest_min", "clinics_count", "clinics_per_100k"]  # the second pivots the third


def test_only_the_rows_wanted_come_also_where_more_is_known(scenarios, work):
    as_it_is = scenarios[0].model_copy(update={"modifications": ()})
    few = replace(work, kpis=("clinics_count", "clinic_nearest_min"))
    for scenario, wanted in ((as_it_is, few), (scenarios[0], replace(few, draws=20))):
        [found] = frames(run_many({0: scenario}, wanted)).values()
        assert tuple(found["kpi_id"].drop_duplicates()) == few.kpis


def test_a_clinic_that_closes_unnamed_is_one_of_many_too(work, tmp_path):
    closing = CLINIC.partition("  - id: clinic")[0] + CLOSING
    scenario = parse_scenario(closing.format(n=9), "9.yaml")
    wanted = run_scenario(scenario, work.city, store=ResultStore(tmp_path / "own")).kpi
    [outcome] = dict(run_many({0: scenario}, work)).values()
    assert not outcome.failed, outcome.problems
    pd.testing.assert_frame_equal(outcome.kpi, wanted, check_exact=True)


def test_no_folder_is_kept_for_each(scenarios, work):
    assert len(frames(run_many(scenarios, work))) == len(scenarios)
    assert len(list(work.store.root.glob("*/*"))) == 1  # the baseline; the year has its people


def test_who_only_hands_out_work_keeps_nothing_of_the_baselines_but_their_results(scenarios, work):
    taken = weakref.ref(memory_of(work.store))
    prepared = prepare(scenarios, work)
    assert taken() is None
    assert len(prepared.store._last) == 1


def test_the_last_results_are_kept_in_memory(tmp_path):
    store = FewStore(tmp_path)
    for n in range(KEPT + 3):
        store.put(f"{n}", n)  # type: ignore[arg-type]
        assert store.find("0") == 0  # asked for by each, as a baseline is
    assert store.find("1") is None
    assert not any(tmp_path.iterdir())


def _dies_once(scenario, work):
    mark = work.store.root.parent / f"died-{scenario.id}"
    if scenario.id == "clinic-1" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return ManyOutcome(pd.DataFrame({"id": [scenario.id]}), (), 0.0)


def _always_dies(scenario, work):
    if scenario.id == "clinic-1":
        os.kill(os.getpid(), signal.SIGKILL)
    return ManyOutcome(pd.DataFrame({"id": [scenario.id]}), (), 0.0)


class _Acting:
    """Stands in for the task of a worker: pickled by name, so that a spawned process finds it here."""

    def __init__(self, act):
        self.act = act

    def __call__(self, scenario):
        return self.act(scenario, many_spawned._WORK[0])


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_process_that_is_killed_loses_nothing(scenarios, work, monkeypatch, tmp_path):
    work.store.root.mkdir(parents=True)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(many_spawned, "_task", _Acting(_dies_once))
    found = frames(many_spawned.run_spawned(scenarios, work, 2))
    assert {number: kpi["id"][0] for number, kpi in found.items()} == {n: s.id for n, s in scenarios.items()}
    assert not any(temporary.iterdir())  # nor does it leave what the processes shared


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_scenario_that_kills_its_process_is_named_in_the_end(scenarios, work, monkeypatch):
    monkeypatch.setattr(many_spawned, "_task", _Acting(_always_dies))
    monkeypatch.setattr(many_spawned, "AHEAD", 1)
    found = dict(many_spawned.run_spawned(scenarios, work, 1))
    assert [n for n, outcome in found.items() if outcome.failed] == [1]
    assert [p.code for p in found[1].problems] == ["run.worker"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_was_handed_out_is_not_kept(jobs, scenarios, work, monkeypatch):
    monkeypatch.setattr("scenarios.many.run_one", _short)
    monkeypatch.setattr(many_spawned, "_task", _Acting(_short))
    many = {n: scenarios[n % len(scenarios)] for n in range(40)}
    seen, most = [], 0
    for _, outcome in run_many(many, work, jobs=jobs):
        seen.append(weakref.ref(outcome.kpi))
        most = max(most, sum(one() is not None for one in seen))
    assert len(seen) == len(many)
    assert most <= (many_spawned.AHEAD + 1) * jobs


def _short(scenario, _work):
    return ManyOutcome(pd.DataFrame({"id": [scenario.id]}), (), 0.0)


def test_what_goes_wrong_is_the_outcome(scenarios, work, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("x")

    monkeypatch.setattr(many_work, "run_scenario", broken)
    outcome = many_work.run_one(scenarios[0], work)
    assert outcome.failed
    assert [p.code for p in outcome.problems] == ["run.unexpected"]


def test_without_dask_there_is_a_remedy(scenarios, work, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"run\.no_dask"):
        next(run_many(scenarios, work, dask="local"))


def test_a_scheduler_that_does_not_answer_is_told(scenarios, work, monkeypatch):
    monkeypatch.setattr("scenarios.many_dask.PATIENCE_S", 1)
    with pytest.raises(UsageError, match=r"run\.no_scheduler"):
        next(run_many(scenarios, work, dask="tcp://127.0.0.1:9"))


@pytest.mark.parametrize(("cores", "jobs", "each"), [(2, 1, 2), (2, 2, 1), (8, 3, 2), (1, 4, 1)])
def test_processes_share_the_cores_that_this_one_may_use(monkeypatch, cores, jobs, each):
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: set(range(cores)), raising=False)
    assert threads_each(jobs) == each
