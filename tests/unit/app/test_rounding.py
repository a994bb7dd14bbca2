"""Whether figures add up as printed, and that a page and a sheet say so once where they do not."""

from __future__ import annotations

import dataclasses
import json
from types import SimpleNamespace

import pytest
from plotly.utils import PlotlyJSONEncoder

from app.features.compare.cards import build_cards, printed_sums, still_words
from app.features.compare.cards_view import cards
from app.features.compare.steps import start_state
from app.report.facts import CardLine
from app.report.pdf_blocks import cards_table
from app.rounding import add_up, rounding_words
from app.text import say
from geodata.errors import Text


@pytest.mark.parametrize(
    ("figures", "adds"),
    [
        (("76.8", "+0.8", "77.6"), True),
        (("76.8", "+0.7", "77.6"), False),
        (("76.8 %", "▲ +0.7 ポイント", "77.6 %"), False),
        (("14.50", "▼ −0.96 回", "13.54"), True),
        (("1,234", "▼ −34 千円", "1,200"), True),
        (("76.8", "＝ 変わらない", "76.9"), False),
        (("76.8", "±0.0", "76.8"), True),
        (("+0.1", "±0.0", "+0.2", "+0.3"), True),
        (("+0.1", "±0.0", "+0.1", "+0.3"), False),
        (("21:05", "▲ +10 分", "21:15"), True),
        (("21:05", "▲ +9 分", "21:15"), False),
        (("–", "", "77.6"), True),
        (("∞", "–", "20"), True),
    ],
)
def test_figures_add_up_as_they_are_printed(figures: tuple[str, ...], adds: bool):
    assert add_up(*figures) is adds


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_is_said_once_and_only_where_it_has_to_be(lang: str):
    wrong = ("76.8", "+0.7", "77.6")
    assert rounding_words([wrong, wrong], lang) == [say(lang, "rounding")]
    assert rounding_words([("76.8", "+0.8", "77.6")], lang) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_column_of_cards_says_so_where_a_card_does_not_add_up(page_services, lang: str):
    state = start_state(page_services, lang)
    left, right = page_services.pair(state.left, state.right)
    shown = build_cards(left, right, page_services.baseline, page_services.city.targets, "all")
    odd = any(not add_up(*one) for card in shown for one in printed_sums(card))
    told = json.dumps(cards(page_services, state), cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert told.count(say(lang, "rounding")) == int(odd)


def test_a_card_tells_its_pair_and_its_parts(page_services):
    state = start_state(page_services, "ja")
    left, right = page_services.pair(state.left, state.right)
    shown = build_cards(left, right, page_services.baseline, page_services.city.targets, "all")
    card = next(one for one in shown if one.spec.unit == "share" and one.left and one.right and one.left.value)
    made = dataclasses.replace(
        card, left=dataclasses.replace(card.left, value=0.76849), right=dataclasses.replace(card.right, value=0.77551)
    )
    assert printed_sums(made)[0] == ("76.8", "+0.7", "77.6")


@pytest.mark.parametrize(("change", "times"), [("▲ +0.7 ポイント", 1), ("▲ +0.8 ポイント", 0)])
def test_a_printed_table_says_so_beneath(change: str, times: int):
    blank = dict.fromkeys((one.name for one in dataclasses.fields(CardLine)), "")
    line = CardLine(**blank | {"left": "76.8", "right": "77.6", "change": change, "tone": "none", "notes": ()})
    side = SimpleNamespace(title=Text("基準", "Baseline"))
    told = cards_table(SimpleNamespace(left=side, right=side), [line, line], "ja")
    assert told.count(say("ja", "rounding")) == times


def test_values_that_print_unlike_are_not_called_the_same():
    assert still_words("27.4", "27.4", "ja") == "＝ 変化なし"
    assert still_words("27.4", "27.3", "ja") == "＝ ほぼ変化なし"
    assert rounding_words([("27.4", still_words("27.4", "27.3", "ja"), "27.3")], "ja") != []
