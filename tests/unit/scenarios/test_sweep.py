"""Sweeps: what is varied, how variants are named, what is refused, and what is marked as no change."""

from __future__ import annotations

import math
from functools import partial
from types import SimpleNamespace

import pandas as pd
import pytest

from geodata.errors import ScenarioError, UsageError
from geodata.synthetic import grid_city
from scenarios.batch import BatchResult, run_batch
from scenarios.files import parse_scenario
from scenarios.store import ResultStore, read_run
from scenarios.sweep import (
    Setting,
    Sweep,
    SweptRun,
    _is_same,
    known_paths,
    make_variants,
    own_value,
    parse_setting,
    run_sweep,
    sweep_table,
    write_sweep,
)

TEXT = """
schema: ekisei-scenario/1
id: swept
title: {ja: 振る, en: Swept}
description: {ja: 振る, en: swept}
compare_to: swept
year: 2023
plan_status: hypothetical
parameters: {walk_detour: 1.4}
modifications:
  - id: clinic
    type: add-facility
    category: clinic
    name: {ja: 新しい診療所, en: New clinic}
    district: east
  - id: line
    type: add-trips
    name: {ja: 新しい路線, en: New line}
    stops:
      - {lat: 36.60, lon: 140.64, name: 甲}
      - {lat: 36.61, lon: 140.65, name: 乙}
    timetables:
      - {start: "07:00", end: "19:00", headway_min: 30}
    speed_kmh: 20
"""


@pytest.fixture(scope="module")
def scenario():
    return parse_scenario(TEXT)


@pytest.mark.parametrize(
    ("text", "path", "choices"),
    [
        ("parameters.walk_detour=1.2,1.3", "parameters.walk_detour", (1.2, 1.3)),
        ("modifications.a.attendant=onboard, remote", "modifications.a.attendant", ("onboard", "remote")),
        (
            'analysis.window=["09:00", "12:00"],["12:00", "16:00"]',
            "analysis.window",
            (["09:00", "12:00"], ["12:00", "16:00"]),
        ),
        ("modifications.a.enabled=true,false", "modifications.a.enabled", (True, False)),
        ("modifications.a.start=10:00,null", "modifications.a.start", ("10:00", None)),
    ],
)
def test_settings_are_read_like_a_file(text, path, choices):
    assert parse_setting(text) == Setting(path, choices)


@pytest.mark.parametrize("text", ["", "parameters.walk_detour", "=1", "parameters.walk_detour=", "a=[1", "a={b: 1"])
def test_what_is_no_setting_is_refused(text):
    with pytest.raises(UsageError) as refused:
        parse_setting(text)
    assert all(p.where.startswith("--set") for p in refused.value.problems)


def test_every_combination_is_a_variant_with_its_own_id_and_title(scenario):
    settings = [parse_setting("parameters.walk_detour=1.2,1.3"), parse_setting("modifications.line.speed_kmh=15,20,25")]
    variants = make_variants(scenario, settings)
    assert [v.chosen for v in variants] == [(d, s) for d in (1.2, 1.3) for s in (15, 20, 25)]
    assert len({v.scenario.id for v in variants}) == len({v.scenario.digest for v in variants}) == 6
    last = variants[-1].scenario
    assert last.id == "swept-walk-detour-1-3-speed-kmh-25"
    assert last.title.ja == "振る（walk_detour = 1.3、speed_kmh = 25）"
    assert (last.parameters["walk_detour"], last.modifications[1].speed_kmh) == (1.3, 25)
    assert last.modifications[0] == scenario.modifications[0]


def test_the_values_of_the_file_itself_give_its_digest(scenario):
    (variant,) = make_variants(scenario, [parse_setting("modifications.line.timetables[0].headway_min=30")])
    assert variant.scenario.digest == scenario.digest


def test_a_list_item_and_a_key_that_is_not_written_can_be_varied(scenario):
    settings = [
        parse_setting("modifications.line.timetables[0].headway_min=15"),
        parse_setting("modifications.clinic.capacity=20"),
        parse_setting("analysis.percentile=90"),
        parse_setting("limits.drivers=10"),
    ]
    (variant,) = make_variants(scenario, settings)
    varied = variant.scenario
    assert varied.modifications[1].timetables[0].headway_min == 15
    assert (varied.modifications[0].capacity, varied.analysis.percentile, varied.limits.drivers) == (20, 90, 10)


@pytest.mark.parametrize(
    ("path", "code", "near"),
    [
        ("parameters.walk_detor", "sweep.unknown_path", "parameters.walk_detour"),
        ("modifications.line.headway_min", "sweep.unknown_path", "modifications.line.timetables.headway_min"),
        ("modifications.lime.speed_kmh", "sweep.unknown_path", "modifications.line.speed_kmh"),
        ("id", "sweep.unknown_path", ""),
        ("modifications.line.id", "sweep.unknown_path", ""),
        ("modifications.line.timetables[3].headway_min", "sweep.no_item", ""),
        ("modifications.line.timetables[0", "sweep.unknown_path", ""),
    ],
)
def test_paths_that_name_nothing_are_refused_with_the_nearest(scenario, path, code, near):
    with pytest.raises(UsageError) as refused:
        make_variants(scenario, [Setting(path, (1, 2))])
    (problem,) = refused.value.problems
    assert problem.code == code
    assert path in problem.where
    assert near in problem.hint.ja


def test_too_many_a_repeated_path_and_none_are_refused(scenario):
    for settings, code in (
        (
            [Setting("year", tuple(range(2023, 2123))), Setting("parameters.walk_detour", (1.1, 1.2, 1.3))],
            "sweep.too_many",
        ),
        ([Setting("year", (2023,)), Setting("year", (2024,))], "sweep.twice"),
        ([], "sweep.nothing"),
    ):
        with pytest.raises(UsageError) as refused:
            make_variants(scenario, settings)
        assert [p.code for p in refused.value.problems] == [code]


def test_values_that_do_not_fit_are_all_told_with_their_place(scenario):
    with pytest.raises(ScenarioError) as refused:
        make_variants(scenario, [Setting("modifications.line.speed_kmh", (20, -1, "fast"))])
    assert len(refused.value.problems) == 2
    assert all("speed_kmh" in p.where for p in refused.value.problems)


def test_ids_stay_file_names_whatever_the_values(scenario):
    names = [{"ja": "あ", "en": "a"}, {"ja": "い", "en": "b"}]
    long = [v.scenario.id for v in make_variants(scenario, [Setting("modifications.line.name", tuple(names))])]
    assert len(set(long)) == 2
    assert all(len(i) <= 80 for i in long)


def test_known_paths_reach_into_lists_and_optional_parts(scenario):
    paths = set(known_paths(scenario))
    assert {"year", "analysis.percentile", "limits.drivers", "modifications.line.timetables.headway_min"} <= paths
    assert not any(p.endswith((".line.id", ".line.type")) for p in paths)


def test_own_values_are_those_of_the_file_or_the_defaults(scenario):
    assert own_value(scenario, "parameters.walk_detour") == 1.4
    assert own_value(scenario, "parameters.consultation_min") == 60
    assert own_value(scenario, "modifications.line.timetables[0].headway_min") == 30
    assert own_value(scenario, "limits.drivers") is None


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    root = tmp_path_factory.mktemp("sweep")
    base = parse_scenario(TEXT.split("  - id: line", maxsplit=1)[0])
    settings = [parse_setting("modifications.clinic.capacity=null,10"), parse_setting("parameters.walk_detour=1.4,2.5")]
    run_all = partial(run_batch, city=grid_city(), out=root / "out", store=ResultStore(root / "store"))
    found = run_sweep(base, settings, run_all)
    return found, write_sweep(found, root / "out")


def test_a_sweep_runs_all_and_marks_what_changes_nothing(swept):
    found, _ = swept
    assert not found.batch.failures
    assert [r.variant.chosen for r in found.runs] == [(None, 1.4), (None, 2.5), (10, 1.4), (10, 2.5)]
    assert [r.no_change for r in found.runs][:2] == [True, False]
    assert "clinic_nearest_min" in found.moved
    assert "clinics_count" not in found.moved


def test_the_table_of_a_sweep_holds_what_the_run_folders_hold(swept):
    found, path = swept
    table = pd.read_csv(path)
    assert table["scenario"].tolist() == ["swept", *(r.variant.scenario.id for r in found.runs)]
    assert table["parameters.walk_detour"].tolist() == [1.4, 1.4, 2.5, 1.4, 2.5]
    assert math.isnan(table["modifications.clinic.capacity"][0])
    for row in table.to_dict("records"):
        kpi = read_run(path.parent / row["scenario"]).kpi
        told = kpi[(kpi.kpi_id == "clinic_nearest_min") & (kpi.setting == "default") & (kpi.group == "all")]
        assert told.value.item() == row["clinic_nearest_min"]
    assert sweep_table(found, ["clinics_count"]).columns[-1] == "clinics_count"


def told(scenario, nearest, *, east=0.5, count=math.nan):
    """Return what a sweep reads of a run: two numbers of the city, one of a district."""
    rows = [
        ("clinic_nearest_min", "default", "all", nearest),
        ("clinic_nearest_min", "default", "district:east", east),
        ("clinics_count", "default", "all", count),
    ]
    return SimpleNamespace(scenario=scenario, kpi=pd.DataFrame(rows, columns=["kpi_id", "setting", "group", "value"]))


def test_a_variant_that_moves_one_district_is_a_change_and_nothing_is_none(scenario):
    base = told(scenario, 10.0)
    assert _is_same(base, told(scenario, 10.0))
    assert not _is_same(base, told(scenario, 10.0, east=0.6))


def test_what_moved_is_told_against_the_file_and_beside_its_own_values(scenario):
    settings = (parse_setting("parameters.walk_detour=1.2,1.3"),)
    variants = make_variants(scenario, settings)
    runs = tuple(SweptRun(v, told(v.scenario, 12.0), no_change=False) for v in variants)
    sweep = Sweep(settings, told(scenario, 10.0), runs, BatchResult((), (), pd.DataFrame()))
    assert sweep.moved == ("clinic_nearest_min",)  # alike in all variants; what nobody knows has not moved
    assert sweep_table(sweep)["parameters.walk_detour"].tolist() == [1.4, 1.2, 1.3]
