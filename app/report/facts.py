"""Owns what a printed sheet says of a run beside another: made by the functions of the page, worded for paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.components.kpi_card import SURE, UNJUDGED, tone_of
from app.components.path_words import bare_figure, cautions_of, figure
from app.components.plan_means import MEANS
from app.components.verdict_words import alone_word, verdict_word, whole_verdict
from app.features.compare.cards import Card, build_cards, is_zero, show, still_words, unit_of
from app.features.compare.fairness_view import council_lines, winner_lines
from app.features.compare.notes import list_notes
from app.features.compare.sureness import find_sureness
from app.features.compare.target_view import find_differences, find_paths, reached_targets
from app.features.overview.stories import sentence
from app.fiscal_years import era
from app.report.wording import THOUSAND, thousand_yen
from app.text import say
from app.text.notes import card_notes, translate_notes
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT, weakest
from scenarios.targets import DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.report.order import Order
    from app.runs import Run
    from app.services import Services
    from scenarios.targets import Forecast, Interval, Path

YEN = "yen"
EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class Goal:
    """
    What one run says of one judged KPI, ready to print.

    `draws`, `definition`: both lines of uncertainty, "" = none. `verdict` with its sign; `code` of it for the look.
    `status`: "" without a value.
    """

    value: str
    absolute: str
    draws: str
    definition: str
    verdict: str
    alone: str
    code: str
    status: str
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardLine:
    """
    One KPI of two runs, ready to print.

    `tone`: improved, worsened, withheld, none. `sure`: whether the difference can be told apart, with its ends.
    `status`: of the weaker of both values, as their difference is.
    """

    kpi_id: str
    title: str
    unit: str
    left: str
    right: str
    interval: str
    change: str
    tone: str
    word: str
    sure: str
    official: str
    reached: str
    status: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PairFacts:
    """
    What is said of a run (`right`) beside what it is compared with (`left`).

    `cards` are of the people of `group`, `means` of the whole city: what a plan takes belongs to no age.
    """

    left: Run
    right: Run
    group: str
    sentence: str
    winners: tuple[str, ...]
    council: tuple[tuple[str, str], ...]
    limits: tuple[tuple[bool | None, str], ...]
    cards: tuple[CardLine, ...]
    means: tuple[CardLine, ...]
    cautions: tuple[str, ...]

    @property
    def broken(self) -> bool:
        """Whether a limit is broken: 成立しない."""
        return any(holds is False for holds, _ in self.limits)


def pair_facts(order: Order, left: Run, right: Run) -> PairFacts:
    """Return what is said of a pair of runs: its cards for the age group of the order, the rest for the whole city."""
    services, lang, group = order.services, order.lang, order.view.group
    lines = winner_lines(services, left, right, public=order.public)
    other = None if left.key == right.key else left
    cards = cards_of(services, left, right, group)
    everybody = cards if group == EVERYBODY else cards_of(services, left, right, EVERYBODY)
    taken = {card.spec.kpi_id: card for card in everybody}
    return PairFacts(
        left,
        right,
        group,
        sentence(other, lines, lang),
        tuple(line.get(lang) for line in lines[1:]),
        tuple(
            (line.get(lang), "" if one is None else STATUS_TEXT[one].get(lang)) for line, one in council_lines(right)
        ),
        tuple(limits_of(right, lang)),
        tuple(card_line(card, lang) for card in cards),
        tuple(card_line(taken[kpi_id], lang) for kpi_id in MEANS if kpi_id in taken),
        tuple(cautions_on(services, left, right, lang)),
    )


def cautions_on(services: Services, left: Run, right: Run, lang: str) -> Iterable[str]:
    """Yield the cautions of the page; on paper nothing is left or right."""
    years = {"left": left.year, "right": right.year}
    on_page = say(lang, "note_years_differ", **years)
    for text in list_notes(services, left, right, lang):
        yield say(lang, "report.years_differ", **years) if text == on_page else text


def limits_of(run: Run, lang: str) -> Iterable[tuple[bool | None, str]]:
    """Yield whether each limit of a scenario holds, and what is said of it."""
    words = {True: "limit_holds", False: "limit_broken", None: "limit_unknown"}
    for one in run.stored.manifest.get("limits") or ():
        told = Text(str(one["ja"]), str(one["en"])).get(lang)
        yield one["holds"], f"{say(lang, words[one['holds']])} {told}"


# ---------------------------------------------------------------- judged KPIs


def goals(services: Services, runs: Sequence[Run]) -> tuple[Path, ...]:
    """Return the KPIs that the city is judged by, with what the runs say of them."""
    return tuple(path for path in find_paths(services, runs) if path.judged)


def goal_of(path: Path, run: Run, lang: str) -> Goal | None:
    """Return what a run says of a judged KPI; None of the city as it is, whose figure is the official one."""
    found = next((one for one in path.forecasts if one.run_id == run.run_id), None)
    if found is None:
        return None
    lines = {one.line: interval_words(path, one, lang) for one in found.intervals}
    return Goal(
        figure(path, found.value, lang),
        _absolute(path, found, lang),
        lines.pop(DRAWS, ""),
        next(iter(lines.values()), ""),
        verdict_word(found.verdict, lang),
        alone_word(found, lang),
        str(found.verdict),
        "" if found.value is None else STATUS_TEXT[found.status].get(lang),
        tuple(cautions_of(found, lang)),
    )


def _absolute(path: Path, found: Forecast, lang: str) -> str:
    if path.absolute is None:
        return ""
    beneath = next((one for one in path.absolute.forecasts if one.run_id == found.run_id), None)
    if beneath is None or beneath.value is None:
        return ""
    told = figure(path.absolute, beneath.value, lang)
    return say(lang, "report.converted", value=told) if is_converted(path.absolute) else told


def is_converted(path: Path) -> bool:
    """Tell whether a number is a published rate times residents, and not a count: counts have no decimals."""
    return path.decimals > 0


def interval_words(path: Path, interval: Interval, lang: str) -> str:
    """Return one line of uncertainty: 26.8–27.6%."""
    low, high = (bare_figure(path, end, lang) for end in (interval.low, interval.high))
    return low if low == high else f"{low.removesuffix('%')}–{high}"


# ---------------------------------------------------------------- cards


def cards_of(services: Services, left: Run, right: Run, group: str) -> tuple[Card, ...]:
    """Return the cards that the page shows of a pair."""
    return build_cards(
        left,
        right,
        services.baseline,
        services.city.targets,
        group,
        reactions=find_differences(services, left, right),
        reached=reached_targets(services, right),
        sure=find_sureness(services, left, right),
        names=services.english_names,
    )


def card_line(card: Card, lang: str) -> CardLine:
    """Return a card of the page for print: same figures, money in thousands."""
    change = card.change
    tone, word = ("none", "no_value") if change is None else ("none", "unchanged")
    if change is not None and not prints_nothing(card, change):
        tone, word = tone_of(card, change)
    statuses = [row.status for row in (card.left, card.right) if row is not None]
    value = None if card.right is None else card.right.value
    return CardLine(
        card.spec.kpi_id,
        card.spec.title.get(lang),
        unit_words(card, lang),
        figure_of(card, None if card.left is None else card.left.value),
        figure_of(card, value),
        "" if card.interval is None else between(*(figure_of(card, end) for end in card.interval)),
        "" if change is None else change_of(card, change, lang),
        tone,
        say(lang, word),
        sure_words(card, lang),
        official_words(card, lang),
        "" if card.reached is None else whole_verdict(card.reached, lang),
        STATUS_TEXT[weakest(statuses)].get(lang) if statuses else "",
        tuple(notes_of(card, lang)),
    )


def figure_of(card: Card, value: float | None) -> str:
    """Return a value as the page prints it; yen in thousands."""
    if value is None:
        return show(card.spec, None)
    return thousand_yen(value) if card.spec.unit == YEN else show(card.spec, value)


def unit_words(card: Card, lang: str) -> str:
    """Return the unit that stands behind a value."""
    return say(lang, "report.thousand_yen") if card.spec.unit == YEN else unit_of(card.spec, lang)


def change_of(card: Card, change: float, lang: str) -> str:
    """Return a signed change with its arrow and unit; nothing moved is said in words."""
    if prints_nothing(card, change):
        before, after = (figure_of(card, None if row is None else row.value) for row in (card.left, card.right))
        return still_words(before, after, lang)
    if card.spec.unit == YEN:
        return f"{'▲' if change > 0 else '▼'} {thousand_yen(change, signed=True)} {unit_words(card, lang)}"
    arrow = "▲" if change > 0 else "▼"
    return f"{arrow} {show(card.spec, change, signed=True)} {unit_of(card.spec, lang, signed=True)}"


def prints_nothing(card: Card, change: float) -> bool:
    """Return whether a change shows in no digit that is printed; of money, in no thousand."""
    in_no_thousand = card.spec.unit == YEN and math.isfinite(change) and round(change / THOUSAND) == 0
    return in_no_thousand or is_zero(card.spec, change)


def between(low: str, high: str) -> str:
    """Return an interval; one number where both ends print alike."""
    return low if low == high else f"{low}–{high}"


def sure_words(card: Card, lang: str) -> str:
    """Return whether two runs can be told apart by a KPI, and the ends of the difference, as the card says it."""
    sure, change = card.sureness, card.change
    if sure is None or sure.verdict not in SURE or change is None or prints_nothing(card, change):
        return ""
    if card.judgement in UNJUDGED:
        return ""
    if card.spec.unit == YEN:
        low, high = (thousand_yen(end, signed=True) for end in sure.ends)
    else:
        low, high = (show(card.spec, end, signed=True) for end in sure.ends)
    return f"{say(lang, SURE[sure.verdict])}（{say(lang, 'change_between', low=low, high=high)}）"


def official_words(card: Card, lang: str) -> str:
    """Return the official figures beside a KPI."""
    unit = unit_of(card.spec, lang)
    parts = [f"{say(lang, f.kind, era=era(f.year, lang))} {show(card.spec, f.value)} {unit}" for f in card.official]
    return " ／ ".join(parts)


def notes_of(card: Card, lang: str) -> Iterable[str]:
    """Yield what the card of the page warns of."""
    if card.verdict.ja:
        yield say(lang, "definition_matters")
    if card.reaction is not None and not card.reaction.reacts and card.change is not None and not card.change:
        yield say(lang, "cannot_react", reason=card.reaction.reason.get(lang))
    note = card.right.note if card.right is not None else ""
    if card.right is None or card.right.value is None:
        yield from translate_notes(note, lang, card.names)
    else:
        yield from card_notes(note, lang, other_year=card.split is not None, names=card.names)
