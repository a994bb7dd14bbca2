"""Words and judgements about KPIs."""

import math
from dataclasses import replace

import pytest

from geodata.provenance import Status
from sim.kpi import (
    CELL_COLUMNS,
    JUDGEMENT_TEXT,
    KPIS,
    UNIT_TEXT,
    Judgement,
    definition_verdict,
    format_change,
    format_value,
    judge,
    judge_change,
)
from sim.results import ChangeSplit, KpiRow

SHARE, COUNT = KPIS["catchment_population_share"], KPIS["catchment_population"]
NEAREST, COST = KPIS["clinic_nearest_min"], KPIS["operating_cost_yen"]
LAST = KPIS["last_bus_time"]


def row(spec, value, setting="default", model=None):
    return KpiRow(spec.kpi_id, setting, "all", value, value if model is None else model, spec.unit, Status.MODELLED)


def split(spec, demographic, policy):
    return ChangeSplit(spec.kpi_id, "default", "all", demographic + policy, demographic, policy)


@pytest.mark.parametrize(
    ("spec", "before", "after", "expected"),
    [
        (SHARE, 0.27, 0.28, Judgement.IMPROVED),
        (SHARE, 0.28, 0.27, Judgement.WORSE),
        (NEAREST, 20.0, 15.0, Judgement.IMPROVED),
        (NEAREST, 20.0, math.inf, Judgement.WORSE),
        (NEAREST, math.inf, math.inf, Judgement.NONE),
        (SHARE, 0.27, 0.27 + 1e-9, Judgement.NONE),
        (COST, 1.0, 2.0, Judgement.NONE),
        (LAST, 72_000.0, 75_600.0, Judgement.IMPROVED),
        (LAST, 72_000.0, 72_029.0, Judgement.NONE),
        (LAST, 72_000.0, 72_031.0, Judgement.IMPROVED),
        (LAST, 72_000.0, -math.inf, Judgement.WORSE),
        (LAST, -math.inf, -math.inf, Judgement.NONE),
    ],
)
def test_good_directions_decide(spec, before, after, expected):
    assert judge(spec, row(spec, before), row(spec, after)) is expected


def test_a_rate_that_rises_because_people_vanish_is_no_improvement():
    before, after = row(SHARE, 0.271), row(SHARE, 0.275)
    assert judge(SHARE, before, after, split(SHARE, 0.004, 0.0)) is Judgement.WITHHELD
    assert judge(SHARE, before, after, split(SHARE, 0.003, 0.001)) is Judgement.IMPROVED
    assert judge(SHARE, before, after, split(SHARE, 0.006, -0.002)) is Judgement.WITHHELD
    assert judge(SHARE, after, before, split(SHARE, 0.002, -0.006)) is Judgement.WORSE


def test_a_count_that_only_people_moved_is_no_harm_of_a_measure():
    before, after = row(COUNT, 44_900.0), row(COUNT, 42_000.0)
    assert judge(COUNT, before, after, split(COUNT, -2_900.0, 0.0)) is Judgement.WITHHELD
    assert judge(COUNT, before, after, split(COUNT, -3_000.0, 100.0)) is Judgement.WITHHELD
    assert judge(COUNT, before, after, split(COUNT, -2_000.0, -900.0)) is Judgement.WORSE
    assert judge(COUNT, before, after, split(COUNT, 0.0, -2_900.0)) is Judgement.WORSE
    assert judge(COUNT, before, after) is Judgement.WORSE  # nothing is known of the population
    rides = KPIS["on_demand_rides_per_vehicle_hour"]
    assert judge(rides, row(rides, 0.85), row(rides, 0.8), split(rides, -0.05, 0.0)) is Judgement.WITHHELD


def test_a_part_of_the_policy_too_small_to_show_earns_no_word():
    """An entrance that moves access by 0.000005 does not better it by the 0.1 that fewer patients do."""
    spec = KPIS["clinic_e2sfca"]
    before, after = row(spec, 1.83), row(spec, 1.93)
    assert judge(spec, before, after, split(spec, 0.099995, 0.000005)) is Judgement.WITHHELD
    assert judge(spec, before, after, split(spec, 0.05, 0.05)) is Judgement.IMPROVED


@pytest.mark.parametrize("spec", [s for s in KPIS.values() if s.unit != "time"], ids=lambda s: s.kpi_id)
def test_a_change_that_does_not_show_is_none_and_one_that_does_is_judged(spec):
    step = 10.0**-spec.decimals * (0.01 if spec.unit == "share" else 1.0)
    good = "none" if spec.proof else spec.good  # its own value proves nothing, see below
    word = {"up": Judgement.IMPROVED, "down": Judgement.WORSE}.get(good, Judgement.NONE)
    value = 20 * step
    assert judge(spec, row(spec, value), row(spec, value + 0.49 * step)) is Judgement.NONE
    assert judge(spec, row(spec, value), row(spec, value + 0.51 * step)) is word
    assert judge(spec, row(spec, value), row(spec, value - 0.49 * step)) is Judgement.NONE


RIDES, TOTAL, LINKED = (KPIS[k] for k in ("bus_rides_per_citizen", "bus_rides_total", "linked_trips_total"))


def rides_of(rate, linked):
    """Rows of a run of 160,000 residents."""
    rows = [row(RIDES, rate), row(TOTAL, rate * 160_000), row(LINKED, linked)]
    return {(r.kpi_id, r.setting, r.group): r for r in rows}


def judged(before, after, spec=RIDES, splits=None, told_apart=lambda _key: None):
    key = (spec.kpi_id, "default", "all")
    return judge_change(key, before, after, (splits or {}).get, told_apart)


@pytest.mark.parametrize("spec", [RIDES, TOTAL], ids=lambda s: s.kpi_id)
def test_more_rides_are_better_only_where_more_trips_are_made(spec):
    before = rides_of(14.5, 1_900_000.0)
    assert judged(before, rides_of(14.6, 1_900_010.0), spec) is Judgement.IMPROVED
    assert judged(before, rides_of(14.4, 1_899_990.0), spec) is Judgement.WORSE
    for rate in (14.6, 14.4):  # a feeder to a hub, and a through service that saves a change
        assert judged(before, rides_of(rate, 1_900_000.4), spec) is Judgement.UNPROVEN  # does not show
    assert judged(before, rides_of(14.6, 1_899_000.0), spec) is Judgement.UNPROVEN
    assert judged(before, rides_of(14.4, 1_901_000.0), spec) is Judgement.UNPROVEN
    assert judged(before, rides_of(14.5, 1_901_000.0), spec) is Judgement.NONE


def test_without_linked_trips_rides_are_not_judged():
    before, after = rides_of(14.5, 1_900_000.0), rides_of(14.6, None)
    assert judged(before, after) is Judgement.NONE
    assert judge(RIDES, row(RIDES, 14.5), row(RIDES, 14.6)) is Judgement.NONE


def test_linked_trips_are_told_on_the_same_people_and_by_the_draws():
    """Fewer residents make fewer trips; what the policy does to them is what counts."""
    before, after = rides_of(14.5, 1_900_000.0), rides_of(14.6, 1_850_000.0)

    def splits(linked):
        return {
            (s.kpi_id, s.setting, s.group): s
            for s in (split(RIDES, 0.0, 0.1), split(LINKED, -50_000.0 - linked, linked))
        }

    assert judged(before, after, splits=splits(3_000.0)) is Judgement.IMPROVED
    assert judged(before, after, splits=splits(-3_000.0)) is Judgement.UNPROVEN
    more = rides_of(14.6, 1_901_000.0)
    assert judged(before, more, told_apart=lambda key: key[0] != LINKED.kpi_id) is Judgement.NONE
    assert judged(before, more, told_apart=lambda _key: True) is Judgement.IMPROVED


def test_what_cannot_be_told_apart_is_neither_better_nor_worse():
    """The order: no change that shows, withheld, the definition decides, not distinguishable, only then better."""
    before, after = {(SHARE.kpi_id, "default", "all"): row(SHARE, 0.271)}, {}

    def said(value, apart, agree=True, splits=None):
        after[SHARE.kpi_id, "default", "all"] = row(SHARE, value)
        key = (SHARE.kpi_id, "default", "all")
        return judge_change(key, before, after, (splits or {}).get, lambda _key: apart, definitions_agree=agree)

    for apart in (True, None):
        assert said(0.281, apart) is Judgement.IMPROVED
        assert said(0.261, apart) is Judgement.WORSE
    assert said(0.281, False) is Judgement.INDISTINCT
    assert said(0.2713, False) is Judgement.NONE
    for apart in (True, False):
        assert said(0.281, apart, agree=False) is Judgement.DEFINITION
        people = {(SHARE.kpi_id, "default", "all"): split(SHARE, 0.01, 0.0)}
        assert said(0.281, apart, agree=False, splits=people) is Judgement.WITHHELD
    assert all(word in JUDGEMENT_TEXT for word in Judgement)


def test_nothing_is_said_without_a_value():
    assert judge(SHARE, row(SHARE, 0.2), None) is Judgement.NONE
    assert judge(SHARE, row(SHARE, None), row(SHARE, 0.2)) is Judgement.NONE


BASE = [
    row(SHARE, 0.271, "jr-1000m", model=0.25),
    row(SHARE, 0.271, "jr-fitted", model=0.271),
    row(SHARE, 0.271, "jr800-brt500", model=0.265),
    row(SHARE, 0.271, "default", model=0.271),
]


def test_definitions_that_disagree_are_reported():
    after = [row(SHARE, 0.271, "jr-fitted"), row(SHARE, 0.31, "jr800-brt500"), row(SHARE, 0.2, "jr-1000m")]
    verdict = definition_verdict(BASE, after)
    assert [setting for setting, _ in verdict.changes] == ["jr-fitted", "jr800-brt500"]
    assert not verdict.agrees
    assert "定義により結論が変わります" in verdict.message.ja
    assert "+3.90" in verdict.message.ja


def test_definitions_that_agree_are_not():
    after = [row(SHARE, 0.28, "jr-fitted"), row(SHARE, 0.31, "jr800-brt500"), row(SHARE, 0.2, "jr-1000m")]
    verdict = definition_verdict(BASE, after)
    assert verdict.agrees
    assert verdict.message.ja == ""


def test_the_baseline_decides_which_definitions_count_between_two_scenarios():
    a = [row(SHARE, 0.30, "jr-fitted"), row(SHARE, 0.30, "jr-1000m")]
    b = [row(SHARE, 0.29, "jr-fitted"), row(SHARE, 0.35, "jr-1000m")]
    assert [s for s, _ in definition_verdict(a, b, baseline_rows=BASE).changes] == ["jr-fitted"]


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        (SHARE, 0.271, "27.1 %"),
        (COUNT, 44_937.8, "44,938 人"),
        (NEAREST, math.inf, "到達できない"),
        (NEAREST, None, "データなし"),
        (LAST, 80_100.0, "22:15"),
        (LAST, 24.5 * 3600, "24:30"),
        (LAST, -math.inf, "到達できない"),
    ],
)
def test_values_are_written_as_a_planner_reads_them(spec, value, expected):
    assert format_value(spec, value) == expected


def test_differences_carry_their_sign_and_shares_their_points():
    assert format_change(SHARE, 0.0042) == "+0.42 ポイント"
    assert format_change(COUNT, -120.0, "en") == "-120 persons"
    assert format_change(COUNT, None) == "データなし"
    assert format_change(LAST, -900.0) == "-15 分"


def test_the_registry_is_complete():
    for kpi_id, spec in KPIS.items():
        assert spec.kpi_id == kpi_id
        assert spec.unit in UNIT_TEXT
        assert spec.title.ja
        assert spec.title.en
        assert next(iter(spec.settings)) == "default"
        assert not spec.companion or spec.companion in KPIS


def test_map_classes_ascend_and_differences_are_symmetric():
    for name, column in CELL_COLUMNS.items():
        assert list(column.breaks) == sorted(set(column.breaks)), name
        assert [-b for b in reversed(column.difference_breaks)] == list(column.difference_breaks), name
        assert column.drawn == bool(column.breaks)
        assert not column.kpi_id or column.kpi_id in KPIS


def test_a_rate_whose_number_stayed_is_not_judged():
    rate, number = KPIS["clinics_per_100k"], KPIS["clinics_count"]
    before, after = row(rate, 58.0), row(rate, 57.7)
    assert judge(rate, before, after) is Judgement.WORSE
    assert judge(rate, before, after, None, (row(number, 96.2), row(number, 96.2))) is Judgement.WITHHELD
    assert judge(rate, before, after, None, (row(number, 96.2), row(number, 95.2))) is Judgement.WORSE
    assert judge(rate, before, after, None, (None, None)) is Judgement.WORSE


def test_a_number_over_other_services_is_not_judged():
    """A further service with short waits lowers the wait over all, and betters none of those that ran before."""
    wait = KPIS["on_demand_wait_p90_min"]

    def over(value, names, more=""):
        return replace(row(wait, value), note=f"対象: {names}{more}")

    assert judge(wait, over(19.0, "金沢"), over(16.0, "金沢・団地")) is Judgement.WITHHELD
    assert judge(wait, over(19.0, "金沢"), over(16.0, "金沢", "; 免許返納")) is Judgement.IMPROVED
    assert judge(wait, over(16.0, "金沢"), over(19.0, "金沢")) is Judgement.WORSE
    assert judge(wait, over(16.0, "金沢"), over(16.0, "金沢・団地")) is Judgement.NONE
