"""Owns what the wall and the phones say of a scenario: one sentence, its leading figures, and what was kept of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.components.path_words import fiscal_year
from app.components.verdict_words import whole_verdict
from app.features.compare.cards import Card, build_cards, is_zero, show, unit_of
from app.features.compare.fairness_view import winner_lines
from app.features.compare.sureness import find_sureness
from app.features.compare.target_view import reached_targets
from app.fiscal_years import era
from app.text import say
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT, Status, weakest
from sim.kpi import Judgement

if TYPE_CHECKING:
    from app.runs import Run
    from app.services import Services

MOST_FIGURES = 6
"""On the wall; a phone shows the first of them."""


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One leading figure of a scenario, in words.

    `tone`: ``improved``, ``worsened`` or ``none``; `change` says it in words and signs too. `remark`: why nothing is
    judged, where that is so.
    """

    kpi_id: str
    title: str
    value: str
    unit: str
    change: str
    remark: str
    tone: str
    beside: str  # what it is compared with
    verdict: str  # against the official target, empty without one
    status: str
    status_word: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A scenario as the room sees it."""

    run_id: str
    run_key: str
    title: str
    year: str
    plan: str
    sentence: str
    against: str
    warning: str  # why the plan does not hold, empty where it does
    figures: tuple[Figure, ...]
    votable: bool


def other_of(services: Services, run: Run) -> Run | None:
    """Return what a run is compared with, or None where nothing is there."""
    runs = services.list_runs()
    found = runs.get(run.compare_to or "") or services.baseline
    return None if found is None or found.run_id == run.run_id else found


def show_run(services: Services, run: Run, lang: str) -> Shown:
    """Return a scenario as the room sees it; found out once for each result."""
    other = other_of(services, run)
    key = ("workshop", run.key, "" if other is None else other.key, lang)
    return services.kept(key, lambda: _show(services, run, other, lang))


def votable_runs(services: Services) -> frozenset[str]:
    """Return the scenarios that can be voted on: the city as it is cannot."""
    return frozenset(run.run_id for run in services.list_runs().values() if not run.is_baseline)


def keep_figures(run: Run, shown: Shown) -> dict[str, Any]:
    """Return the figures of a result as they were to be read, to be kept beside votes."""
    return {
        "title": run.title.ja,
        "sentence": shown.sentence,
        "figures": {f.kpi_id: f"{f.title} {f.value}{f.unit} {f.change}".strip() for f in shown.figures},
    }


def keep_digests(run: Run) -> dict[str, Any]:
    """Return by what a result can be made again: digests of city, scenario, settings and code."""
    manifest = run.stored.manifest
    return {"files": run.key, "seed": manifest.get("seed"), **dict(manifest.get("digests", {}))}


def _show(services: Services, run: Run, other: Run | None, lang: str) -> Shown:
    left = run if other is None else other
    cards = build_cards(
        left,
        run,
        services.baseline,
        services.city.targets,
        "all",
        reached=reached_targets(services, run),
        sure=find_sureness(services, left, run),
    )
    told = [card for card in cards if card.right is not None and card.right.value is not None]
    figures = tuple(figure_of(card, other, lang) for card in told[:MOST_FIGURES])
    return Shown(
        run_id=run.run_id,
        run_key=run.key,
        title=run.title.get(lang),
        year=fiscal_year(run.year, lang),
        plan=say(lang, f"plan_{'baseline' if run.is_baseline else run.plan_status}"),
        sentence=_sentence(services, run, other, lang),
        against="" if other is None else other.title.get(lang),
        warning=_warning(run, lang),
        figures=figures,
        votable=not run.is_baseline,
    )


def _warning(run: Run, lang: str) -> str:
    """Return which limit of its scenario a run breaks."""
    broken = [one for one in run.stored.manifest.get("limits") or () if one["holds"] is False]
    return " ".join(Text(str(one["ja"]), str(one["en"])).get(lang) for one in broken)


def _sentence(services: Services, run: Run, other: Run | None, lang: str) -> str:
    """Return what changes for whom; of the city as it is, what it is."""
    if other is None or run.is_baseline:
        return first_sentence(run.description, lang)
    lines = winner_lines(services, other, run, public=True)
    if not lines:
        return say(lang, "story_same", other=other.title.get(lang))
    return say(lang, "story_against", other=other.title.get(lang), told=lines[0].get(lang))


def first_sentence(text: Text, lang: str) -> str:
    """Return the first sentence of a description."""
    whole = text.get(lang).strip()
    end = "。" if lang == "ja" else ". "
    first, stop, _ = whole.partition(end)
    return first + stop.strip()


def with_unit(value: str, unit: str, lang: str) -> str:
    """Return a value with its unit, as the language writes it."""
    return f"{value} {unit}".strip() if lang == "en" and unit != "%" else f"{value}{unit}"


def figure_of(card: Card, other: Run | None, lang: str) -> Figure:
    """Return what the room reads of a card: the change, why nothing is judged, and the verdict on the target."""
    from app.components.kpi_card import tone_of  # noqa: PLC0415 - brings the components of the page

    rows = [row for row in (card.left, card.right) if row is not None]
    status = weakest(row.status for row in rows) if rows else Status.NO_DATA
    unit = unit_of(card.spec, lang)
    change, remark, tone = "", "", "none"
    if other is not None and card.change is not None:
        if is_zero(card.spec, card.change):
            change = f"＝ {say(lang, 'unchanged')}"
        else:
            tone, word = tone_of(card, card.change)
            arrow = "▲" if card.change > 0 else "▼"
            amount = show(card.spec, card.change, signed=True)
            change = f"{arrow} {amount} {unit_of(card.spec, lang, signed=True)}".strip()
            if tone == "withheld":
                remark = say(lang, word)
            else:
                change += f" {say(lang, word)}"
            if card.judgement is Judgement.INDISTINCT:
                remark = say(lang, "sure_no")
    target = next((f for f in card.official if f.kind == "target"), None)
    verdict = ""
    if card.reached is not None and target is not None:
        goal = with_unit(show(card.spec, target.value), unit_of(card.spec, lang), lang)
        said = whole_verdict(card.reached, lang)
        verdict = say(lang, "ws_target", era=era(target.year, lang), goal=goal, verdict=said)
    return Figure(
        kpi_id=card.spec.kpi_id,
        title=card.spec.title.get(lang),
        value=show(card.spec, None if card.right is None else card.right.value),
        unit=unit,
        change=change,
        remark=remark,
        tone=tone if tone in {"improved", "worsened"} else "none",
        beside="" if other is None or card.left is None else with_unit(show(card.spec, card.left.value), unit, lang),
        verdict=verdict,
        status=status.value,
        status_word=STATUS_TEXT[status].get(lang),
    )
