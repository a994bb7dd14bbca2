"""Numbers, notes, colours and legends as they are printed."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module

import numpy as np
import pytest

from app.components.legend import difference_legend, value_legend
from app.features.compare.cards import is_zero, show, unit_of
from app.features.compare.controls import short_label
from app.features.compare.metrics import column_for, find_metric, list_metrics
from app.features.compare.tables import district_means
from app.fiscal_years import era
from app.text import CATALOGUES, LANGS, ROOMS, say
from app.text.notes import card_notes, translate_notes
from app.theme import class_colors, difference_colors
from sim.kpi import CELL_COLUMNS, KPIS

LAST = KPIS["last_bus_time"]
SHARE, MINUTES, PERSONS = (
    KPIS[k] for k in ("catchment_population_share", "clinic_nearest_min", "catchment_population")
)


def luminance(color: str) -> float:
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_both_languages_have_the_same_words_and_gaps():
    import string

    ja, en = CATALOGUES["ja"], CATALOGUES["en"]
    assert ja.keys() == en.keys()
    gaps = {key: [{name for _, name, _, _ in string.Formatter().parse(t[key]) if name} for t in (ja, en)] for key in ja}
    assert [key for key, (a, b) in gaps.items() if a != b and key != "year"] == []


@pytest.mark.parametrize("lang", LANGS)
def test_no_word_is_told_by_two_families(lang):
    owners = defaultdict(list)
    for family in (lang, *(f"{room}_{lang}" for room in ROOMS)):
        for key in import_module(f"app.text.{family}").MESSAGES:
            owners[key].append(family)
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("spec", "value", "signed", "text"),
    [
        (SHARE, 0.271, False, "27.1"),
        (SHARE, 0.0034, True, "+0.3"),
        (SHARE, -0.0004, True, "±0.0"),
        (SHARE, -0.012, True, "−1.2"),
        (PERSONS, 41_450.4, False, "41,450"),
        (MINUTES, float("inf"), False, "∞"),
        (MINUTES, None, False, "–"),
        (LAST, 80_100.0, False, "22:15"),
        (LAST, -900.0, True, "−15"),
        (LAST, float("-inf"), False, "–"),
    ],
)
def test_values_are_printed_with_a_true_minus(spec, value, signed, text):
    assert show(spec, value, signed=signed) == text


def test_units_and_years():
    assert unit_of(SHARE, "ja", signed=True) == "ポイント"
    assert unit_of(SHARE, "en") == "%"
    assert [era(2023, "ja"), era(2029, "en"), era(2018, "ja"), era(2018, "en")] == ["R5", "R11", "2018年", "2018"]
    assert (unit_of(LAST, "ja"), unit_of(LAST, "ja", signed=True)) == ("", "分")
    assert is_zero(LAST, 20.0)
    assert is_zero(SHARE, 0.0004)
    assert not is_zero(SHARE, 0.0006)


def test_notes_in_english_and_on_cards():
    note = "参考値（試算と公表値の差が20%を超える）; うち +0.99 ポイントは公表値と試算の水準差による見かけの変化; 仮定の路線を含む"
    assert card_notes(note, "ja") == note.split("; ")[:2]
    assert card_notes(note, "ja", other_year=False) == note.split("; ")[:1]
    assert card_notes(note, "en")[1] == "+0.99 points of it are apparent: official figure and model differ in level"
    assert translate_notes("半径 1,050 m（基準で公表値を再現）", "en") == [
        "radius 1,050 m (reproduces the official figure at the baseline)"
    ]
    assert translate_notes("知らない注記", "en") == ["知らない注記"]


def test_luminance_falls_towards_the_good_end():
    for good, order in (("down", 1), ("up", -1)):
        found = [luminance(c) for c in class_colors(7, good)]
        assert found == sorted(found)[::order]


def test_difference_colours_are_symmetric_and_blue_is_good():
    for good in ("up", "down"):
        colors = difference_colors(9, good)
        assert len(set(colors)) == 9
        blue, red = (colors[-1], colors[0]) if good == "up" else (colors[0], colors[-1])
        assert int(blue[5:7], 16) > int(blue[1:3], 16)
        assert int(red[1:3], 16) > int(red[5:7], 16)
        assert luminance(colors[4]) == max(map(luminance, colors))


def test_every_drawn_column_has_a_legend():
    for metric in list_metrics().values():
        for lang in ("ja", "en"):
            words = str(value_legend(metric, lang, has_limit=False))
            assert metric.label.get(lang) in words
            assert 0 < len(short_label(metric.column, lang)) <= 26
            assert say(lang, "legend_diff") in str(difference_legend(metric, lang))


def test_older_walkers_and_groups_choose_their_column():
    assert column_for("clinic_nearest_min", "75plus") == "clinic_nearest_min_older"
    assert column_for("clinic_nearest_min", "65plus") == "clinic_nearest_min"
    assert column_for("persons", "75plus") == "persons_75plus"
    assert {column_for(m, g) for m in list_metrics() for g in ("all", "65plus", "75plus")} <= CELL_COLUMNS.keys()
    assert find_metric("catchment_share").difference_unit.ja == "ポイント"


def test_district_means_weigh_by_people():
    values = np.array([10.0, 20.0, np.inf, np.nan, 5.0, 7.0])
    persons = np.array([1.0, 3.0, 2.0, 9.0, 0.0, 4.0])
    district = np.array([0, 0, 1, 1, 2, -1])
    found = district_means(values, persons, district, 3)
    assert found[0] == pytest.approx(17.5)
    assert np.isinf(found[1])
    assert np.isnan(found[2])
