"""The pivot on official figures, by arithmetic."""

from dataclasses import replace

import pytest

from app.text.notes import translate_notes
from geodata.errors import Text
from geodata.provenance import Status
from geodata.targets import TargetRow, Targets
from sim.params import Params
from sim.pivot import Anchor, join_notes, out_of_range, pivot_rows
from sim.results import KpiRow

SHARE, PERSONS = "catchment_population_share", "catchment_population"


def _target(kpi_id, value):
    return TargetRow(kpi_id, "baseline", 2023, "2024-04-01", value, "", Text("", ""), "", Status.OBSERVED)


def _rows(persons, total, group="all", setting="jr-1000m"):
    return (
        KpiRow(SHARE, setting, group, persons / total, persons / total, "share", Status.MODELLED),
        KpiRow(PERSONS, setting, group, persons, persons, "persons", Status.MODELLED),
    )


def _pivot(before, after, base, persons, official=0.271, **targets):
    rows = (_target(SHARE, official), *(_target(k, v) for k, v in targets.items()))
    anchor = Anchor(Targets(rows), before, base, persons)
    return {r.kpi_id: r for r in pivot_rows(after, anchor, Params())}


def test_official_persons_plus_modelled_change_over_the_residents_of_the_year():
    found = _pivot(_rows(250.0, 1000.0), _rows(240.0, 900.0), 1000.0, 900.0)
    assert found[PERSONS].value == pytest.approx(271.0 - 10.0)
    assert found[SHARE].value == pytest.approx((271.0 - 10.0) / 900.0)
    assert found[SHARE].model_value == pytest.approx(240 / 900)


def test_a_drift_that_is_no_achievement_is_told():
    same_rate = _pivot(_rows(250.0, 1000.0), _rows(225.0, 900.0), 1000.0, 900.0)[SHARE]
    drift = same_rate.value - 0.271
    assert drift == pytest.approx((0.271 - 0.25) * (1000 / 900 - 1))
    assert f"{100 * drift:+.2f} ポイント" in same_rate.note
    fitted = _pivot(_rows(271.0, 1000.0), _rows(0.9 * 271.0, 900.0), 1000.0, 900.0)[SHARE]
    assert fitted.value == pytest.approx(0.271)
    assert fitted.note == ""


def test_groups_and_districts_keep_the_model():
    found = _pivot(_rows(250.0, 1000.0), _rows(240.0, 900.0, group="75plus"), 1000.0, 900.0)
    assert found[SHARE].value == found[SHARE].model_value


def test_a_group_beside_a_fitted_whole_says_that_it_is_not_fitted():
    """27.1 % of all is the city's figure, that of a group the model's: beside each other they look like one kind."""
    whole, group = _rows(250.0, 1000.0), _rows(60.0, 300.0, group="75plus")
    anchor = Anchor(Targets((_target(SHARE, 0.271),)), whole, 1000.0, 1000.0)
    found = {(r.kpi_id, r.group): r for r in pivot_rows((*whole, *group), anchor, Params())}
    assert found[SHARE, "75plus"].note == "この集団は公表値に合わせていない（全体の計算値は 25.0%）"
    assert found[PERSONS, "75plus"].note == "この集団は公表値に合わせていない（全体の計算値は 250）"
    assert translate_notes(found[SHARE, "75plus"].note, "en")[0].startswith("this group is not fitted")
    assert "この集団" not in found[SHARE, "all"].note
    without = Anchor(Targets(()), whole, 1000.0, 1000.0)
    assert all("この集団" not in r.note for r in pivot_rows((*whole, *group), without, Params()))


def test_shares_outside_their_range_are_marked_and_not_clipped():
    found = _pivot(_rows(950.0, 1000.0), _rows(1000.0, 1000.0), 1000.0, 1000.0, official=0.99)
    assert found[SHARE].value == pytest.approx(1.04)
    assert "0–1の範囲外" in found[SHARE].note
    assert [r.kpi_id for r in out_of_range(found.values())] == [SHARE]


@pytest.mark.parametrize(("model", "marked"), [(0.22, False), (0.21, True), (0.32, False), (0.33, True)])
def test_more_than_a_fifth_off_is_reference_only(model, marked):
    rows = _rows(model * 1000, 1000.0)
    assert ("参考値" in _pivot(rows, rows, 1000.0, 1000.0)[SHARE].note) is marked


def test_rate_and_count_of_clinics_agree_on_every_run():
    def rows(count):
        return (
            KpiRow("clinics_per_100k", "default", "all", 45.0, 45.0, "per_100k", Status.MODELLED),
            KpiRow("clinics_count", "default", "all", count, count, "count", Status.OBSERVED),
        )

    for persons, count in ((165_822, 76.0), (151_463, 68.0)):
        anchor = Anchor(Targets((_target("clinics_per_100k", 58.0),)), rows(76.0), 165_822, persons)
        rate, number = pivot_rows(rows(count), anchor, Params())
        assert rate.value == pytest.approx(number.value / persons * 100_000)
        assert number.value == pytest.approx(58.0 * 1.65822 + count - 76.0)
        assert number.status is Status.MODELLED  # computed from a rate, whatever the list of clinics is


def test_a_setting_the_baseline_lacks_stays_as_modelled():
    found = _pivot(_rows(250.0, 1000.0), _rows(240.0, 900.0, setting="user-polygon"), 1000.0, 900.0)
    assert found[SHARE].value == found[SHARE].model_value
    assert "基準に同じ設定" in found[SHARE].note


def test_rows_without_a_value_stay_without():
    empty = tuple(replace(r, value=None, model_value=None) for r in _rows(1.0, 2.0))
    assert all(r.value is None for r in _pivot(_rows(1.0, 2.0), empty, 2.0, 2.0).values())


def test_notes_are_joined_once():
    assert join_notes("a; b", "", "b", "c") == "a; b; c"
