"""Owns the column of cards: its head, the cards that are filled at once, and the ones that wait for the maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from app.components.kpi_card import kpi_card
from app.features.compare.cards import build_cards, printed_sums
from app.features.compare.ids import Id, Kind
from app.features.compare.notes import premise_note
from app.features.compare.state import SIDES, ViewState
from app.features.compare.sureness import find_sureness
from app.features.compare.target_view import find_differences, is_broken, reached_targets
from app.rounding import rounding_words
from app.services import Services
from app.text import say

if TYPE_CHECKING:
    from app.features.compare.cards import Card

AT_ONCE = 4
"""Cards filled with the page: the official figures and what changed first. All at once would hold the maps up."""


def build_deck(services: Services, state: ViewState) -> list[html.Div]:
    """Return the column with its first cards in it."""
    head, first = first_cards(services, state)
    parts = [
        html.Div(first, id=Id.CARDS_FIRST, className="deck-part"),
        html.Div(id=Id.CARDS_MORE, className="deck-part"),
    ]
    return [html.Div(head, id=Id.CARDS_HEAD, className="cards-head"), html.Div(parts, className="deck")]


def _head(services: Services, state: ViewState, cards: tuple[Card, ...]) -> list[Any]:
    """Return what stands over the cards: of whom they tell, and what has to be known first."""
    left, right = services.pair(state.left, state.right)
    lang = state.lang
    group = "" if state.group == "all" else f"・{say(lang, f'group_{state.group}')}"
    of_right = html.Span(say(lang, "kpis_of", left=left.title.get(lang)))
    head = [
        html.H2(f"{say(lang, 'kpis')}{group}"),
        html.P([html.B(right.title.get(lang)), of_right], className="cards-of"),
    ]
    if len(state.sides) > len(SIDES[:2]):
        head.append(html.P(say(lang, "cards_of_pair"), className="kpi-note"))
    if is_broken(right):
        head.append(html.P(say(lang, "limit_warning"), className="limit-warning", role="status"))
    if left.year != right.year:
        years = say(lang, "cards_years_differ", left=left.year, right=right.year)
        head.append(html.P(years, className="kpi-note"))
    head += [html.P(words, className="kpi-note premise-note") for words in premise_note(left, right, lang)]
    sums = (one for card in cards for one in printed_sums(card))
    head += [html.P(words, className="kpi-note") for words in rounding_words(sums, lang)]
    return head


def first_cards(services: Services, state: ViewState) -> tuple[Any, Any]:
    """Return the head and the cards filled with the page."""
    cards = _cards(services, state)
    return _head(services, state, cards), _worded(cards[:AT_ONCE], state)


def more_cards(services: Services, state: ViewState) -> list[Any]:
    """Return the cards after the first."""
    return _worded(_cards(services, state)[AT_ONCE:], state)


def cards(services: Services, state: ViewState) -> list[Any]:
    """Return the whole column: head and every card."""
    every = _cards(services, state)
    return [*_head(services, state, every), *_worded(every, state)]


def _cards(services: Services, state: ViewState) -> tuple[Card, ...]:
    left, right = services.pair(state.left, state.right)
    return build_cards(
        left,
        right,
        services.baseline,
        services.city.targets,
        state.group,
        reactions=find_differences(services, left, right),
        reached=reached_targets(services, right),
        sure=find_sureness(services, left, right),
        names=services.english_names,
    )


def _worded(cards: tuple[Card, ...], state: ViewState) -> list[Any]:
    return [kpi_card(card, state.lang, {"kind": Kind.CARD, "kpi": card.spec.kpi_id}) for card in cards]
