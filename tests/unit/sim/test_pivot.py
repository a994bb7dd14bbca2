"""The pivot on official figures, by arithmetic."""

from dataclasses import replace

import pytest

from app.text.notes import translate_notes
from geodata.errors import Text
from geodata.provenance import Status
from geodata.targets import TargetRow, Targets
from sim.apparent import apparent_changes
from sim.params import Params
from sim.pivot import RIDES_ID, Anchor, join_notes, out_of_range, pivot_rows
from sim.pivot import WITHOUT_ASSUMED as ALONE
from sim.results import KpiRow
from sim.splits import split_changes

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


def test_a_split_tells_what_is_apparent_from_what_people_and_measures_do():
    """1,000 residents become 900, spread alike; a measure brings 18 into the catchment: the three parts by hand."""
    anchor = Anchor(Targets((_target(SHARE, 0.271),)), _rows(250.0, 1000.0), 1000.0, 900.0)
    before = pivot_rows(_rows(250.0, 1000.0), replace(anchor, persons=1000.0), Params())
    people, run = (pivot_rows(_rows(inside, 900.0), anchor, Params()) for inside in (225.0, 243.0))
    share, persons = split_changes(run, before, people)
    drift = (0.271 - 0.25) * (1000 / 900 - 1)
    assert (share.apparent, share.policy) == (pytest.approx(drift), pytest.approx(18 / 900))
    assert share.demographic == pytest.approx(0.0, abs=1e-12)
    assert (persons.apparent, persons.policy) == (pytest.approx(900 * drift), pytest.approx(18.0))
    assert persons.demographic == pytest.approx(-0.271 * 100)  # as many of those who left as the city says live there
    for split in (share, persons):
        assert split.demographic + split.policy + split.apparent == pytest.approx(split.change)
    same = split_changes(pivot_rows(_rows(268.0, 1000.0), replace(anchor, persons=1000.0), Params()), before, None)
    assert [one.apparent for one in same] == [0.0, 0.0]


def test_residents_from_outside_take_from_what_is_apparent_as_part_of_the_measure():
    anchor = Anchor(Targets((_target(SHARE, 0.271),)), _rows(250.0, 1000.0), 1000.0, 900.0)
    before = pivot_rows(_rows(250.0, 1000.0), replace(anchor, persons=1000.0), Params())
    people = pivot_rows(_rows(225.0, 900.0), anchor, Params())
    run = pivot_rows(_rows(250.0, 1000.0), replace(anchor, persons=1000.0), Params())
    share, _ = split_changes(run, before, people)
    assert (share.change, share.apparent) == (pytest.approx(0.0), 0.0)
    assert share.policy == pytest.approx(0.0, abs=1e-12)  # 100 came who live as the others do: no gain, no loss


@pytest.mark.parametrize(
    "kpi_id", ["clinics_count", "clinics_per_100k", "bus_rides_per_citizen", "mynumber_service_share"]
)
def test_no_other_family_has_an_apparent_part(kpi_id):
    row = KpiRow(kpi_id, "default", "all", 58.0, 55.0, "", Status.MODELLED)
    assert kpi_id not in {key[0] for key in apparent_changes([row, *_rows(250.0, 1000.0)], 1100.0)}


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


@pytest.mark.parametrize(("setting", "now", "told"), [(ALONE, 1.5, True), (ALONE, 1.0, False), ("default", 1.5, False)])
def test_a_group_too_says_that_without_the_assumed_lines_there_are_too_many(setting, now, told):
    def rides(model, group, setting):
        return KpiRow(RIDES_ID, setting, group, model, model, "rides", Status.MODELLED)

    before, after = (
        [rides(each if s == setting else 2.0, g, s) for s in ("default", ALONE) for g in ("all", "75plus")]
        for each in (1.0, now)
    )
    anchor = Anchor(Targets((_target(RIDES_ID, 14.5),)), tuple(before), 1000.0, 1000.0)
    notes = {(r.setting, r.group): r.note for r in pivot_rows(after, anchor, Params())}
    assert ("多めに出る" in notes[setting, "75plus"]) is told
    assert ("多めに出る" in notes[setting, "all"]) is told


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
