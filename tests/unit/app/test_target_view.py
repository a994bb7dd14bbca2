"""Targets on the page: intervals and verdicts on cards, charts, limits, and what cannot move."""

import base64
import json
from dataclasses import replace

import pytest
from dash import no_update

from app.components.kpi_card import kpi_card
from app.features.compare import cards_view, views
from app.features.compare.callbacks import fill_targets, show_targets
from app.features.compare.cards import Card, Official, build_cards
from app.features.compare.explanation import difference_section
from app.features.compare.state import ViewState
from app.features.compare.target_view import (
    ACTUALS,
    find_differences,
    find_paths,
    is_broken,
    limit_lines,
    reached_targets,
    targets_body,
)
from geodata.errors import Text
from geodata.provenance import Status
from scenarios.targets import Forecast, Verdict
from sim.kpi import KPIS, Judgement
from sim.results import ChangeSplit, KpiRow
from sim.uncertainty.paired import DISTINGUISHABLE, NOT_DISTINGUISHABLE, PairedEnds

LIMIT = {
    "name": "drivers",
    "limit": 10,
    "value": 12,
    "holds": False,
    "ja": "運転士 12人 > 10人",
    "en": "drivers 12 > 10",
}


def words(component):
    """Return everything a component says, as one text."""
    plain = component if isinstance(component, list) else [component]
    return json.dumps(
        [c.to_plotly_json() if hasattr(c, "to_plotly_json") else c for c in plain],
        ensure_ascii=False,
        default=lambda c: c.to_plotly_json(),
    )


@pytest.fixture
def pair(page_services):
    return page_services.pair("baseline-r5", "new-clinic")


@pytest.fixture
def state():
    return ViewState(left="baseline-r5", right="new-clinic", metric="clinic_nearest_min")


def with_interval(run, kpi_id, low, high):
    frame = run.kpi.copy()
    hit = (frame["kpi_id"] == kpi_id) & (frame["setting"] == "default") & (frame["group"] == "all")
    frame.loc[hit, ["low", "high"]] = [low, high]
    return replace(run, stored=replace(run.stored, kpi=frame))


def with_limits(run, *limits):
    return replace(run, stored=replace(run.stored, manifest={**run.stored.manifest, "limits": list(limits)}))


def card_of(cards, kpi_id):
    return next(card for card in cards if card.spec.kpi_id == kpi_id)


def test_only_what_differs_can_react(page_services, pair):
    left, right = pair
    found = find_differences(page_services, left, right)
    assert found["clinics_count"].reacts
    assert not found["shelter_walk_min"].reacts
    assert find_differences(page_services, left, left) == {}


def test_a_card_says_why_its_number_cannot_move(page_services, pair):
    left, right = pair
    reactions = find_differences(page_services, left, right)
    made = build_cards(left, right, left, page_services.city.targets, "all", reactions=reactions)
    still = kpi_card(card_of(made, "transit_coverage_share"), "ja", {"kind": "card", "kpi": "x"})
    assert "この比較では動かない" in words(still)
    moved = kpi_card(card_of(made, "clinics_per_100k"), "ja", {"kind": "card", "kpi": "x"})
    assert "この比較では動かない" not in words(moved)


def test_a_card_shows_the_interval_and_the_verdict(page_services, pair):
    left, right = pair
    sure = with_interval(right, "clinics_per_100k", 60.0, 61.0)
    reached = reached_targets(page_services, sure)
    assert reached["clinics_per_100k"].verdict is Verdict.MET
    made = build_cards(left, sure, left, page_services.city.targets, "all", reached=reached)
    card = card_of(made, "clinics_per_100k")
    assert card.interval == (60.0, 61.0)
    said = words(kpi_card(card, "ja", {"kind": "card", "kpi": "x"}))
    assert "同じ仮定 60.0–61.0" in said
    assert "○ 達成" in said
    assert "rail-band" in said
    low = with_interval(right, "clinics_per_100k", 50.0, 57.0)
    assert reached_targets(page_services, low)["clinics_per_100k"].verdict is Verdict.NOT_MET
    wide = with_interval(right, "clinics_per_100k", 50.0, 61.0)
    assert reached_targets(page_services, wide)["clinics_per_100k"].verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("more_trips", "sure", "pill", "reason"),
    [
        (True, True, "改善", False),
        (True, False, "増", False),  # draws and definitions cannot tell the runs apart by the trips
        (False, True, "増（乗換の分）", True),
    ],
)
def test_a_card_calls_more_rides_better_only_with_more_trips(page_services, pair, more_trips, sure, pill, reason):
    left, right = pair
    numbers = {"bus_rides_per_citizen": (14.5, 14.7), "bus_rides_total": (2.3e6, 2.4e6)}
    numbers["linked_trips_total"] = (1.9e6, 2.0e6 if more_trips else 1.9e6)
    sides = []
    for side, run in enumerate((left, right)):
        rows = dict(run.rows)
        for kpi_id, values in numbers.items():
            key = (kpi_id, "default", "all")
            rows[key] = KpiRow(*key, values[side], values[side], "rides", Status.MODELLED)
        sides.append(replace(run))
        vars(sides[-1]).update(rows=rows, splits={})  # what it would look up
    verdict = DISTINGUISHABLE if sure else NOT_DISTINGUISHABLE
    told = {("linked_trips_total", "default", "all"): PairedEnds(0.0, 1.0, 0.0, 1.0, verdict)}
    made = build_cards(*sides, left, page_services.city.targets, "all", sure=told)
    said = words(kpi_card(card_of(made, "bus_rides_per_citizen"), "ja", {"kind": "card", "kpi": "x"}))
    assert f'"{pill}"' in said
    assert ("移動の回数" in said) is reason


@pytest.mark.parametrize(
    ("judgement", "sure", "said", "unsaid"),
    [
        (Judgement.IMPROVED, DISTINGUISHABLE, ("改善", "区別できる"), ()),
        (Judgement.INDISTINCT, NOT_DISTINGUISHABLE, ("増", "区別できない"), ("改善",)),
        (Judgement.WITHHELD, DISTINGUISHABLE, ("変化のため判定なし",), ("改善", "区別できる")),
        (Judgement.DEFINITION, DISTINGUISHABLE, ("増",), ("改善", "区別できる")),
    ],
)
def test_card_and_explanation_give_one_verdict(state, judgement, sure, said, unsaid):
    spec = KPIS["catchment_population_share"]
    key = (spec.kpi_id, "default", "all")
    sides = [KpiRow(*key, value, value, "share", Status.MODELLED) for value in (0.271, 0.281)]
    ends = PairedEnds(0.005, 0.015, 0.006, 0.012, sure)
    shown = words(kpi_card(Card(spec, *sides, judgement, sureness=ends), "ja", {"kind": "card", "kpi": "x"}))
    assert all(word in shown for word in said)
    assert not any(word in shown for word in unsaid)
    explained = words(difference_section({key: ends}, spec, state, judgement)[0].children[1].children[0])
    assert explained.count("区別できる") == (judgement is Judgement.IMPROVED)
    assert ("定義により結論が変わります" in explained) is (judgement is Judgement.DEFINITION)
    assert ("判定なし" in explained) is (judgement is Judgement.WITHHELD)


def test_an_age_group_has_no_verdict(page_services, pair):
    left, right = pair
    made = build_cards(
        left,
        right,
        left,
        page_services.city.targets,
        "75plus",
        reached={"catchment_population_share": Forecast("plan", Text("案", "Plan"), 2029, 0.28, verdict=Verdict.MET)},
    )
    assert card_of(made, "catchment_population_share").reached is None


def test_the_window_of_targets_holds_charts_that_can_be_read(page_services, state):
    body = show_targets(page_services, 1, state.model_dump(mode="json"))
    pictures = [part.split('"')[0] for part in words(body).split("data:image/svg+xml;base64,")[1:]]
    assert len(pictures) == 4, "rate and absolute number of two KPIs"
    assert all(base64.b64decode(picture).startswith(b"<svg") for picture in pictures)
    assert "診療所の新設" in words(body)
    said = words(body)
    for measure in ("乗車", "移動（乗換は数えない）", "乗換", "徒歩", "待ち（早着を含む）", "車内"):
        assert f'"{measure}"' in said  # side by side: boardings alone may mislead
    assert "万人分" in said
    assert show_targets(page_services, None, None) is no_update


def test_a_window_opened_before_the_page_knows_its_state_is_filled_when_it_does(page_services, state):
    known = state.model_dump(mode="json")
    assert show_targets(page_services, 1, None) is no_update
    assert fill_targets(page_services, known, 1, None) is not no_update
    assert fill_targets(page_services, known, 1, ["shown"]) is no_update
    assert fill_targets(page_services, known, None, None) is no_update


def test_the_baseline_itself_is_not_judged(page_services, pair):
    left, _ = pair
    assert all(path.forecasts == () for path in find_paths(page_services, [left, left]))
    assert reached_targets(page_services, left) == {}


def test_actuals_beside_the_runs_are_shown_and_their_slips_told(page_services, state):
    file = page_services.settings.runs_folder / ACTUALS
    try:
        file.write_text("kpi_id,year,value\ncatchment_population_share,R6,26.9%\n", encoding="utf-8")
        path = next(p for p in find_paths(page_services, []) if p.kpi_id == "catchment_population_share")
        assert [(p.year, p.value) for p in path.actuals] == [(2024, pytest.approx(0.269))]
        assert "目標線に届かない" in words(targets_body(page_services, state))
        file.write_text("kpi_id,year,value\ncatchment,R6,26.9%\n", encoding="utf-8")
        told = words(targets_body(page_services, state))
        assert "actuals.csv 2 行目" in told
        assert "27.5%" in told, "the official figures are still there"
    finally:
        file.unlink()


def test_limits_are_told_and_broken_ones_stand_out(pair):
    _, right = pair
    assert limit_lines(right, "ja") == []
    assert not is_broken(right)
    over = with_limits(right, LIMIT, {**LIMIT, "holds": None, "ja": "車両は不明", "en": "vehicles unknown"})
    said = words(limit_lines(over, "ja"))
    assert "成立しない" in said
    assert "運転士 12人" in said
    assert "判定できない" in said
    assert is_broken(over)
    assert "not feasible" in words(limit_lines(over, "en"))


def test_the_explanation_of_a_kpi_with_a_target_shows_its_path(page_services, state):
    with_target = state.changed(kpi="clinics_per_100k")
    assert "目標までの道筋" in words(views.explanation(page_services, with_target)[1])
    without = state.changed(kpi="shelter_walk_min")
    assert "目標までの道筋" not in words(views.explanation(page_services, without)[1])


def test_the_cards_of_the_page_are_built_in_both_languages(page_services, state):
    for lang in ("ja", "en"):
        said = words(cards_view.cards(page_services, state.changed(lang=lang)))
        assert ("cannot move" if lang == "en" else "この比較では動かない") in said


def forecast_of(verdict, alone, **more):
    return Forecast("plan", Text("案", "Plan"), 2029, 0.275, verdict=verdict, alone=alone, **more)


def test_a_card_says_what_the_value_alone_would_be_and_both_lines_of_uncertainty():
    key = ("catchment_population_share", "default", "all")
    sides = [KpiRow(*key, value, value, "share", Status.MODELLED, low=value, high=value) for value in (0.271, 0.275)]
    found = forecast_of(Verdict.INFEASIBLE, Verdict.UNDECIDED, without=Verdict.NOT_MET)
    official = (Official("target", 2029, 0.275),)
    split = ChangeSplit(*key, 0.004, 0.001, 0.0, 0.003)
    card = Card(KPIS[key[0]], *sides, Judgement.NONE, official, split, reached=found, other_ends=(0.268, 0.28))
    said = words(kpi_card(card, "ja", {"kind": "card", "kpi": "x"}))
    for word in (
        "■ 成立しない",
        "（値だけなら △ 区別できない・見かけの変化で決まる）",
        "同じ仮定 27.5",
        "データ・定義 26.8–28.0",
    ):
        assert word in said
    for part in ("人口構成", "施策", "見かけ", "+0.3", "rail-other"):
        assert part in said
    plain = replace(card, split=replace(split, demographic=0.004, apparent=0.0), reached=None, other_ends=None)
    assert not any(word in words(kpi_card(plain, "ja", {})) for word in ("見かけ", "値だけ", "データ・定義"))


def test_other_years_are_told_once_above_the_cards(page_services, state, pair, monkeypatch):
    left, right = pair
    assert "高齢化" not in words(cards_view.cards(page_services, state))
    monkeypatch.setattr(page_services, "pair", lambda *_: (left, replace(right, year=2031)))
    said = words(cards_view.cards(page_services, state))
    assert said.count("2023年と2031年の比較: 差には人口の減少・高齢化による変化を含みます") == 1
