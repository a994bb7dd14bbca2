"""Designs of a sweep file: sizes and order, scipy's Sobol points, ranges, the Pareto front."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from geodata.errors import ScenarioError
from scenarios.files import LIBRARY
from scenarios.sweep_designs import block_rows, check_count, count_points, make_points, make_scenarios, value_at
from scenarios.sweep_file import Block, Goal, Spread, is_sweep_file, read_sweep
from scenarios.sweep_pareto import pareto_variants

EXAMPLE = LIBRARY.parent / "examples" / "sweep-visits-and-clinics.yaml"
HEAD = "format: ekisei-sweep/1\nid: designs\nbase: [baseline-r5, trend-r11]\nvary:\n"


def sweep_of(folder, vary):
    path = folder / "sweep.yaml"
    path.write_text(HEAD + vary, encoding="utf-8")
    assert is_sweep_file(str(path))
    return read_sweep(path)


def test_blocks_and_bases_are_combined_the_last_running_fastest(tmp_path):
    sweep = sweep_of(
        tmp_path,
        "  - list: {paths: [parameters.walk_detour, analysis.percentile], rows: [[1.2, 50], [1.3, 90]]}\n"
        "  - grid: {parameters.coverage_stop_m: [300, 400], parameters.coverage_station_m: [800, 900, 1000]}\n",
    )
    points = make_points(sweep)
    assert len(points) == count_points(sweep) == 2 * 2 * 2 * 3
    assert [p.chosen for p in points[:4]] == [
        (1.2, 50, 300, 800),
        (1.2, 50, 300, 900),
        (1.2, 50, 300, 1000),
        (1.2, 50, 400, 800),
    ]
    assert [p.number for p in points] == list(range(1, 25))
    scenarios, refused = make_scenarios(sweep, points)
    assert refused == {}
    assert len({s.digest for s in scenarios.values()}) == 24
    last = scenarios[24]
    assert (last.parameters["walk_detour"], last.analysis.percentile, last.year) == (1.3, 90, 2029)


def test_sobol_points_are_those_of_scipy_also_where_n_is_no_power_of_two(tmp_path):
    vary = "  - sobol: {n: 6, seed: 7, fields: {parameters.walk_detour: [1, 2], analysis.percentile: {int: [1, 99]}}}\n"
    sweep = sweep_of(tmp_path, vary)
    unit = qmc.Sobol(2, scramble=True, rng=7).random_base2(3)[:6]
    rows = block_rows(sweep.file.vary[0])
    assert [row[0] for row in rows] == [1 + u for u in unit[:, 0]]
    assert [row[1] for row in rows] == [1 + math.floor(99 * u) for u in unit[:, 1]]
    assert [p.code for p in sweep.warnings] == ["sweep.uneven"]


def test_random_points_repeat_with_their_seed_and_keep_to_their_ranges():
    fields = {
        "a": {"uniform": [2, 3]},
        "b": {"int": [1, 3]},
        "c": {"choice": ["x", "y"]},
        "d": {"log_uniform": [1, 100]},
    }
    block = Block.model_validate({"random": {"n": 300, "seed": 1, "fields": fields}})
    rows = block_rows(block)
    assert rows == block_rows(block)
    a, b, c, d = zip(*rows, strict=True)
    assert 2 <= min(a) < max(a) < 3
    assert set(b) == {1, 2, 3}
    assert set(c) == {"x", "y"}
    assert np.median(d) == pytest.approx(10, rel=0.35)  # the middle of the logarithms


def test_the_ends_of_a_range():
    whole = Spread.model_validate({"int": [1, 3]})
    assert [value_at(whole, u) for u in (0.0, 0.34, 0.999999999)] == [1, 2, 3]
    assert value_at(Spread.model_validate({"log_uniform": [1, 100]}), 0.5) == pytest.approx(10)


@pytest.mark.parametrize(
    ("vary", "code"),
    [
        ("  - grid: {parameters.walk_detor: [1]}\n", "sweep.unknown_path"),
        ("  - grid: {parameters.walk_detour: [1]}\n  - grid: {parameters.walk_detour: [2]}\n", "sweep.twice"),
        ("  - list: {paths: [year], rows: [[2023, 2]]}\n", "scenario.sweep_row"),
        ("  - sobol: {n: 4, fields: {parameters.walk_detour: [2, 1]}}\n", "scenario.sweep_bounds"),
        ("  - random: {n: 4, fields: {parameters.walk_detour: {log_uniform: [0, 1]}}}\n", "scenario.sweep_log"),
        ("  - random: {n: 4, fields: {parameters.walk_detour: {int: [1, 2], choice: [1]}}}\n", "scenario.sweep_spread"),
        ("  - {grid: {year: [2023]}, list: {paths: [year], rows: [[2023]]}}\n", "scenario.sweep_block"),
        ("  - grid: {year: [2023]}\npareto: [clinic_nearest_min]\n", "scenario.sweep_goals"),
        ("  - grid: {year: [2023]}\nkpis: [clinic_nearest]\n", "scenario.sweep_kpi"),
        (
            "  - grid: {year: [2023]}\nkpis: [clinics_count]\npareto: [clinics_count, clinic_nearest_min]\n",
            "scenario.sweep_not_computed",
        ),
    ],
)
def test_what_cannot_be_a_design_is_refused_at_its_line(tmp_path, vary, code):
    with pytest.raises(ScenarioError) as refused:
        sweep_of(tmp_path, vary)
    assert code in [p.code for p in refused.value.problems]
    assert all(p.where.startswith("sweep.yaml:") for p in refused.value.problems)


def test_the_item_of_a_list_is_named(tmp_path):
    with pytest.raises(ScenarioError) as refused:
        sweep_of(tmp_path, "  - grid: {year: [2023]}\nkpis: [clinics_count, clinic_nearest]\n")
    assert [p.where for p in refused.value.problems] == ["sweep.yaml:6 kpis[1]"]


def test_too_many_are_refused_before_any_is_made(tmp_path):
    sweep = sweep_of(tmp_path, "  - random: {n: 1000000, fields: {parameters.walk_detour: [1, 2]}}\n")
    with pytest.raises(ScenarioError, match="2,000,000"):
        check_count(sweep, 10_000)


def test_the_pareto_front_of_points_solved_by_hand():
    values = pd.DataFrame(
        {"clinics_per_100k": [1.0, 2.0, 3.0, 2.0, np.nan], "clinic_nearest_min": [5.0, 6.0, 9.0, 7.0, 1.0]},
        index=[1, 2, 3, 4, 5],
    )
    goals = [Goal(kpi="clinics_per_100k", better="up"), Goal(kpi="clinic_nearest_min", better="down")]
    assert pareto_variants(values, goals) == [1, 2, 3]
    assert pareto_variants(values.loc[[1, 1, 4]].set_axis([1, 2, 3]), goals) == [1, 2, 3]  # equals beat nobody
    turned = [Goal(kpi="clinics_per_100k", better="up"), Goal(kpi="clinic_nearest_min", better="up")]
    assert pareto_variants(values, turned) == [3]


def test_the_example_that_comes_along_is_whole():
    sweep = read_sweep(EXAMPLE)
    scenarios, refused = make_scenarios(sweep, make_points(sweep))
    assert refused == {}
    assert len(scenarios) == 64
    assert sweep.warnings == ()
