"""Verdicts on targets: with intervals, with rates beside their absolute numbers, and honest where they cannot be told."""

import math
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import Text
from geodata.provenance import Status
from geodata.targets import TargetRow, Targets
from scenarios.goal_points import Ask
from scenarios.target_levels import level_of, without_apparent
from scenarios.target_paths import build_paths, definition_values
from scenarios.targets import DEFINITION, DRAWS, Interval, Level, Path, Point, Verdict, judge_actual, judge_target
from sim.params import Params
from sim.pivot import Anchor, pivot_rows
from sim.results import KpiRow, RunResult
from sim.splits import split_changes
from sim.uncertainty.draws import Draws

NUMBERS = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


def interval(low, high, line=DRAWS):
    return Interval(line, low, high)


def judged(value, intervals, target, *, up):
    return judge_target(Level(value, tuple(intervals)), target, up=up)[0]


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.276, 0.280, Verdict.MET),
        (0.2749, 0.280, Verdict.UNDECIDED),  # shown as the target, and yet below it
        (0.275, 0.280, Verdict.MET),
        (0.270, 0.274, Verdict.NOT_MET),
        (0.270, 0.280, Verdict.UNDECIDED),
    ],
)
def test_an_interval_decides_only_on_one_side(low, high, verdict):
    found = judged((low + high) / 2, [interval(low, high)], 0.275, up=True)
    assert found is verdict


def test_both_lines_must_stand_on_the_same_side():
    near, far = interval(0.276, 0.278), interval(0.26, 0.29, DEFINITION)
    assert judged(0.277, [near], 0.275, up=True) is Verdict.MET
    assert judged(0.277, [near, far], 0.275, up=True) is Verdict.UNDECIDED
    assert judged(0.277, [near, interval(0.2755, 0.279, DEFINITION)], 0.275, up=True) is Verdict.MET


def test_without_a_value_or_an_interval_nothing_is_claimed():
    assert judged(None, [interval(0, 1)], 0.5, up=True) is Verdict.NO_VALUE
    assert judged(math.nan, [], 0.5, up=True) is Verdict.NO_VALUE
    assert judged(0.9, [], 0.5, up=True) is Verdict.NO_INTERVAL
    assert judged(0.9, [interval(0.8, 1, DEFINITION)], 0.5, up=True) is Verdict.NO_INTERVAL


@given(NUMBERS, NUMBERS, NUMBERS)
def test_down_is_up_seen_in_a_mirror(low, high, target):
    low, high = sorted((low, high))
    up = judged(low, [interval(low, high)], target, up=True)
    down = judged(-low, [interval(-high, -low)], -target, up=False)
    assert up is down


@given(NUMBERS, NUMBERS, NUMBERS, st.floats(min_value=0, max_value=1e5))
def test_a_wider_interval_never_decides_more(low, high, target, more):
    low, high = sorted((low, high))
    narrow = judged(low, [interval(low, high)], target, up=True)
    wide = judged(low, [interval(low - more, high + more)], target, up=True)
    assert wide in {narrow, Verdict.UNDECIDED}


# ---------------------------------------------------------------- actuals


def path_with(*actuals, base=(2023, 27.0), goal=(2029, 30.0), up=True):
    return Path(
        "x", Text("指標", "KPI"), "persons", 1, judged=True, up=up,
        baseline=Point(*base), target=Point(*goal), actuals=tuple(Point(*a) for a in actuals),
    )  # fmt: skip


def test_the_line_to_the_target_is_straight_and_ends_there():
    path = path_with()
    assert [path.line_at(year) for year in (2023, 2026, 2029)] == [27.0, 28.5, 30.0]
    assert path.line_at(2022) is None
    assert path.line_at(2030) is None


def test_actuals_keep_to_the_line_or_fall_behind():
    assert judge_actual(path_with((2026, 28.5))).en == "on track"
    assert judge_actual(path_with((2024, 29.0), (2026, 28.4))).en == "behind the line"
    assert judge_actual(path_with((2026, 28.6), base=(2023, 30.0), goal=(2029, 27.0), up=False)).en == "behind the line"
    assert judge_actual(path_with()).en == ""


def test_in_the_year_of_the_target_the_actual_itself_is_judged():
    assert judge_actual(path_with((2029, 30.0))).en == "met"
    assert judge_actual(path_with((2029, 29.9))).en == "not met"
    assert judge_actual(path_with((2029, 29.97))).en == "not met (reached as rounded)"
    assert judge_actual(path_with((2030, 31.0))).en == "met"


# ---------------------------------------------------------------- runs


@dataclass
class FakeRun:
    """What a stored run must have to be judged."""

    run_id: str
    year: int
    rows: list
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    splits: tuple = ()
    draws: Draws | None = None

    @property
    def scenario(self):
        return SimpleNamespace(title=Text(self.run_id, self.run_id), year=self.year, modifications=(), population=None)

    @property
    def result(self):
        return RunResult(tuple(self.rows), pd.DataFrame(), self.splits)


def row(kpi_id, value, low=None, high=None, setting="default", model=None):
    model = value if model is None else model
    return KpiRow(kpi_id, setting, "all", value, model, "", Status.MODELLED, low=low, high=high)


def figure(kpi_id, kind, year, value, unit, *, judged=True):
    label = Text(kpi_id, kpi_id)
    return TargetRow(kpi_id, kind, year, str(year), value, unit, label, "s", Status.OBSERVED, judged)


SHARE, RIDES = "catchment_population_share", "bus_rides_per_citizen"
TARGETS = Targets(
    (
        figure(SHARE, "baseline", 2023, 0.271, "share"),
        figure(SHARE, "target", 2029, 0.275, "share"),
        figure("clinics_per_100k", "baseline", 2022, 58.0, "per 100,000"),
        figure("clinics_per_100k", "target", 2029, 58.0, "per 100,000"),
        figure(RIDES, "baseline", 2023, 14.5, "rides/person/year"),
        figure(RIDES, "target", 2029, 15.0, "rides/person/year"),
        figure("tourist_visits", "baseline", 2023, 2_521_000, "persons/year", judged=False),
        figure("tourist_visits", "target", 2029, 3_009_000, "persons/year", judged=False),
        figure("persons_0_14", "baseline", 2024, 14_747, "persons", judged=False),
        figure("persons_0_14", "target", 2029, 12_420, "persons", judged=False),
        figure("tourist_visits", "actual", 2025, 2_600_000, "persons/year", judged=False),
    )
)
PEOPLE = {2022: 166_000.0, 2023: 165_822.0, 2029: 151_463.0}


def paths_of(*runs, baseline=None, targets=TARGETS):
    found = build_paths(targets, runs, residents=PEOPLE.get, baseline=baseline)
    return {path.kpi_id: path for path in found}


def test_rate_and_absolute_number_stand_together():
    share = paths_of()[SHARE]
    assert share.absolute.kpi_id == "catchment_population"
    assert share.absolute.baseline.value == pytest.approx(0.271 * 165_822)
    assert share.absolute.target.value == pytest.approx(0.275 * 151_463)
    assert share.absolute.target.value < share.absolute.baseline.value, "a met target still loses people"
    clinics = paths_of()["clinics_per_100k"].absolute
    assert clinics.target.value == pytest.approx(58.0 * 151_463 / 100_000)


def test_the_judged_come_first_and_the_others_claim_nothing():
    run = FakeRun("plan", 2029, [row(SHARE, 0.28, 0.279, 0.281)])
    found = list(paths_of(run).values())
    assert [path.judged for path in found] == sorted((path.judged for path in found), reverse=True)
    other = paths_of(run)["tourist_visits"]
    assert not other.judged
    assert other.forecasts == ()
    assert judge_actual(other).en == "behind the line"
    assert paths_of()["persons_0_14"].up, "a decline to be stopped: more is still better"


def test_a_met_rate_with_fewer_people_says_so():
    rows = [row(SHARE, 0.28, 0.279, 0.281), row("catchment_population", 42_400, 42_000, 42_800)]
    forecast = paths_of(FakeRun("plan", 2029, rows))[SHARE].forecasts[0]
    assert forecast.verdict is Verdict.MET
    assert any("実数" in text.ja for text in forecast.cautions)
    more = [rows[0], row("catchment_population", 46_000, 45_900, 46_100)]
    assert paths_of(FakeRun("plan", 2029, more))[SHARE].forecasts[0].cautions == ()


def test_a_value_of_another_year_is_told():
    forecast = paths_of(FakeRun("plan", 2031, [row(SHARE, 0.26, 0.259, 0.261)]))[SHARE].forecasts[0]
    assert forecast.verdict is Verdict.NOT_MET
    assert "2031" in forecast.cautions[0].ja
    assert "2029" in forecast.cautions[0].ja


def test_definitions_that_disagree_leave_it_undecided():
    base = FakeRun("base", 2023, [
        row(SHARE, 0.271, model=0.25), row(SHARE, 0.271, setting="jr-1000m", model=0.262),
        row(SHARE, 0.271, setting="jr900-brt300", model=0.27), row(SHARE, 0.271, setting="jr-800m", model=0.17),
    ])  # fmt: skip
    plan = FakeRun("plan", 2029, [
        row(SHARE, 0.277, 0.2765, 0.2775), row(SHARE, 0.272, setting="jr-1000m"),
        row(SHARE, 0.300, setting="jr900-brt300"), row(SHARE, 0.9, setting="jr-800m"),
    ])  # fmt: skip
    forecast = paths_of(plan, baseline=base)[SHARE].forecasts[0]
    assert forecast.verdict is Verdict.UNDECIDED
    assert (forecast.low, forecast.high) == (0.272, 0.300), "jr-800m does not reproduce the official figure"
    held = {(r.kpi_id, r.setting): r for r in plan.rows}
    before = {(r.kpi_id, r.setting): r for r in base.rows}
    assert set(definition_values(held, before)) == {"jr-1000m", "jr900-brt300"}


# ---------------------------------------------------------------- 見かけの変化

PEOPLE_KPI = "catchment_population"
NOW = {2023: 165_822.0, 2029: 151_463.0}
SHRUNK = NOW[2029] / NOW[2023]


def counted(year, inside):
    """Return rate and absolute number as the model has them, with what draws say: it counts `inside` persons."""
    share = row(SHARE, inside / NOW[year], inside / NOW[year], inside / NOW[year])
    return [share, row(PEOPLE_KPI, inside)]


def shrinking_run(gain=0.0, level=0.23, tables=None, draws=None):
    """
    Return the run of a city that shrinks evenly, told by a definition that counts `level` instead of 27.1 %.

    `gain`: persons that a measure brings into the catchment.
    """
    base = counted(2023, level * NOW[2023])
    anchor = Anchor(TARGETS, tuple(base), NOW[2023], NOW[2029])

    def told(rows):
        found = pivot_rows(rows, anchor, Params())
        return [replace(r, low=r.value, high=r.value) if r.kpi_id == SHARE else r for r in found]

    before = pivot_rows(base, replace(anchor, persons=NOW[2023]), Params())
    people = told(counted(2029, level * NOW[2029]))
    rows = told(counted(2029, level * NOW[2029] + gain))
    return FakeRun("plan", 2029, rows, tables or {}, splits=split_changes(rows, before, people), draws=draws)


DRIFT = (0.271 - 0.23) * (1 / SHRUNK - 1)
"""What an even loss of residents adds by itself: 0.39 points."""


def test_a_target_that_only_an_apparent_change_reaches_is_not_told():
    """The city shrinks evenly and a measure brings 100 persons: 27.16 % without the drift, 27.55 % with it."""
    run = shrinking_run(gain=100.0)
    (found,) = paths_of(run)[SHARE].forecasts
    assert found.value == pytest.approx(0.271 + DRIFT + 100 / NOW[2029])
    assert found.apparent == pytest.approx(DRIFT)
    assert judged(found.value, found.intervals, 0.275, up=True) is Verdict.MET
    assert (found.verdict, found.alone, found.without) == (Verdict.UNDECIDED, Verdict.UNDECIDED, Verdict.NOT_MET)
    told = found.cautions[0]
    assert told.ja == "見かけの変化で決まる（公表値と試算の水準差による +0.39 ポイント を除くと 27.17% で「未達」）"
    assert told.en.startswith("an apparent change decides: without +0.39 points")


@pytest.mark.parametrize(("gain", "verdict"), [(-500.0, Verdict.NOT_MET), (1000.0, Verdict.MET)])
def test_an_apparent_change_that_decides_nothing_leaves_the_verdict(gain, verdict):
    (found,) = paths_of(shrinking_run(gain=gain))[SHARE].forecasts
    assert (found.verdict, found.alone, found.by_apparent) == (verdict, verdict, False)
    assert not any("見かけ" in text.ja for text in found.cautions)


def test_a_definition_that_counts_as_the_city_does_has_no_apparent_change():
    (found,) = paths_of(shrinking_run(gain=700.0, level=0.271))[SHARE].forecasts
    assert found.apparent == pytest.approx(0.0, abs=1e-15)
    assert found.verdict is Verdict.MET


def test_over_a_limit_the_verdict_of_the_value_is_the_honest_one():
    run = replace(shrinking_run(gain=100.0), manifest={"limits": [LIMIT]})
    (found,) = paths_of(run)[SHARE].forecasts
    assert (found.verdict, found.alone, found.by_apparent) == (Verdict.INFEASIBLE, Verdict.UNDECIDED, True)


def test_every_definition_loses_its_own_apparent_change():
    """Under another definition that reproduces the official figure nothing is apparent: that end does not move."""
    plain = shrinking_run(gain=1000.0)
    share, inside = (next(r for r in plain.rows if r.kpi_id == kpi_id) for kpi_id in (SHARE, PEOPLE_KPI))
    other = 0.276 * NOW[2029]
    draws = Draws(
        tuple((kpi_id, "default", "all") for kpi_id in (SHARE, PEOPLE_KPI)),
        ("other:definition=jr900-brt300",),
        np.array([[0.276], [other]]),
        np.array([[0.276], [other]]),
    )
    table = pd.DataFrame(
        {
            "kpi": [SHARE, SHARE], "setting": ["default"] * 2, "group": ["all"] * 2, "line": ["draws", "definition"],
            "low": [share.value, 0.276], "high": [share.value, share.value],
        }
    )  # fmt: skip
    run = shrinking_run(gain=1000.0, tables={"uncertainty": table}, draws=draws)
    level = level_of(run, share)
    real = without_apparent(run, share, level)
    assert real.value == pytest.approx(share.value - DRIFT)
    ends = {one.line: (one.low, one.high) for one in real.intervals}
    assert ends["draws"] == pytest.approx((share.value - DRIFT,) * 2)
    assert ends["definition"] == pytest.approx((0.276, share.value - DRIFT))
    assert inside.value / share.value == pytest.approx(NOW[2029])


def test_the_table_of_uncertainty_is_used_where_it_stands():
    table = pd.DataFrame(
        {
            "kpi": [RIDES, RIDES, RIDES], "setting": ["default"] * 3, "group": ["all", "all", "75plus"],
            "line": ["draws", "definition", "draws"], "low": [14.9, 14.0, 1.0], "high": [15.4, 16.0, 2.0],
        }
    )  # fmt: skip
    run = FakeRun("plan", 2029, [row(RIDES, 15.2, 15.1, 15.3)], {"uncertainty": table})
    found = level_of(run, run.rows[0]).intervals
    assert found == (Interval("draws", 14.9, 15.4), Interval("definition", 14.0, 16.0))
    assert paths_of(run)[RIDES].forecasts[0].verdict is Verdict.UNDECIDED


LIMIT = {
    "name": "drivers",
    "limit": 100,
    "value": 140,
    "holds": False,
    "ja": "運転士 140 > 100",
    "en": "drivers 140 > 100",
}


@pytest.mark.parametrize(
    ("ends", "alone"),
    [
        ((0.28, 0.279, 0.281), Verdict.MET),
        ((0.26, 0.259, 0.261), Verdict.NOT_MET),
        ((0.275, 0.27, 0.28), Verdict.UNDECIDED),
        ((0.28, None, None), Verdict.NO_INTERVAL),
    ],
)
def test_over_a_limit_no_row_of_a_run_is_feasible_whatever_its_value(ends, alone):
    rows = [row(SHARE, *ends)]
    found = paths_of(FakeRun("plan", 2029, rows, manifest={"limits": [LIMIT]}))
    forecast = found[SHARE].forecasts[0]
    assert (forecast.verdict, forecast.alone) == (Verdict.INFEASIBLE, alone)
    assert [text.ja for text in forecast.broken] == ["運転士 140 > 100"]
    assert all(path.forecasts[0].verdict is Verdict.INFEASIBLE for path in found.values() if path.judged)
    held = paths_of(FakeRun("plan", 2029, rows, manifest={"limits": [{**LIMIT, "holds": True}]}))[SHARE].forecasts[0]
    assert (held.verdict, held.broken) == (alone, ())


@pytest.mark.parametrize(("drawn", "verdict"), [((20, 3), Verdict.MET), ((4, 3), Verdict.NO_INTERVAL),
                                                ((20, 1), Verdict.NO_INTERVAL)])  # fmt: skip
def test_too_few_draws_judge_nothing(drawn, verdict):
    manifest = {"draws": {"n_draws": drawn[0], "n_rerouted": drawn[1], "level": 0.9}}
    forecast = paths_of(FakeRun("plan", 2029, [row(SHARE, 0.28, 0.279, 0.281)], manifest=manifest))[SHARE].forecasts[0]
    assert forecast.verdict is verdict
    assert any("試行" in text.ja for text in forecast.cautions) is (verdict is Verdict.NO_INTERVAL)


def test_what_only_rounding_reaches_is_told():
    forecast = paths_of(FakeRun("plan", 2029, [row(SHARE, 0.2746, 0.2746, 0.2746)]))[SHARE].forecasts[0]
    assert forecast.verdict is Verdict.NOT_MET
    assert [text.ja for text in forecast.cautions] == ["表示桁では届く（丸める前は 27.460%。判定は丸める前の値）"]
    reached = paths_of(FakeRun("plan", 2029, [row(SHARE, 0.2751, 0.2751, 0.2751)]))[SHARE].forecasts[0]
    assert (reached.verdict, reached.cautions) == (Verdict.MET, ())


@given(
    st.floats(min_value=0, max_value=100), st.sampled_from([0.275, 15.0, 58.0]), st.sampled_from([0.0, 1e-12, -1e-12])
)
def test_targets_and_goal_search_reach_by_the_same_rule(value, target, more):
    ask = Ask(SHARE, target, ("default",))
    for one in (value, target + more):
        found = judged(one, [interval(one, one)], target, up=True)
        assert ask.reaches(one) is (found is Verdict.MET)


def test_the_other_method_of_rides_counts_and_is_told():
    rows = [row(RIDES, 15.2, 15.1, 15.4), row(RIDES, 13.8, setting="elasticity")]
    forecast = paths_of(FakeRun("plan", 2029, rows))[RIDES].forecasts[0]
    assert forecast.verdict is Verdict.UNDECIDED
    assert (forecast.low, forecast.high) == (13.8, 15.4)
    (told,) = [text for text in forecast.cautions if "別の方法" in text.ja]
    assert "13.80" in told.ja
    assert "目標の反対側・同じ仮定での幅の外" in told.ja
    near = [rows[0], row(RIDES, 15.25, setting="elasticity")]
    agreed = paths_of(FakeRun("plan", 2029, near))[RIDES].forecasts[0]
    assert agreed.verdict is Verdict.MET
    assert not any("別の方法" in text.ja for text in agreed.cautions)


def test_more_boardings_for_the_same_trips_are_told():
    base = FakeRun("base", 2023, [row(RIDES, 14.5), row("bus_rides_total", 2.4e6), row("linked_trips_total", 2.0e6)])
    plan = [row(RIDES, 16.0, 15.9, 16.1), row("bus_rides_total", 2.42e6), row("linked_trips_total", 1.8e6)]
    told = paths_of(FakeRun("plan", 2029, plan), baseline=base)[RIDES].forecasts[0].cautions
    assert any("乗換" in text.ja for text in told)
    better = [*plan[:2], row("linked_trips_total", 2.2e6)]
    told = paths_of(FakeRun("plan", 2029, better), baseline=base)[RIDES].forecasts[0].cautions
    assert not any("乗換" in text.ja for text in told)


def test_a_kpi_without_data_is_no_verdict():
    lost = replace(row(SHARE, None), status=Status.NO_DATA, note="区域データ未登録")
    forecast = paths_of(FakeRun("plan", 2029, [lost]))[SHARE].forecasts[0]
    assert forecast.verdict is Verdict.NO_VALUE
    assert forecast.note == "区域データ未登録"
    assert paths_of(FakeRun("plan", 2029, []))[SHARE].forecasts[0].verdict is Verdict.NO_VALUE


def test_an_absolute_number_that_was_entered_wins_over_the_derived_one():
    entered = Targets((*TARGETS.rows, figure("catchment_population", "actual", 2025, 44_000, "persons")))
    absolute = paths_of(targets=entered)[SHARE].absolute
    assert [(p.year, p.value) for p in absolute.actuals] == [(2025, 44_000)]


def test_the_city_s_vision_of_its_residents_is_for_reference():
    vision = (
        figure("population", "path-vision", 2023, 165_822, "persons"),
        figure("population", "path-vision", 2040, 135_000, "persons"),
    )
    found = paths_of(targets=Targets((*TARGETS.rows, *vision)))["population"]
    assert not found.judged
    assert (found.baseline.value, found.target.year, found.target.value) == (165_822, 2040, 135_000)
    assert "population" not in paths_of()
