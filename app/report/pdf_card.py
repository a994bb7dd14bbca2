"""Owns 施策カルテ: one scenario on A4, from what it does to every assumption behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.assumptions import shown
from app.import_report.markup import esc, tag
from app.report import pdf_blocks as blocks
from app.report.facts import EVERYBODY, goals, pair_facts
from app.report.maps_scene import difference_scene, value_scene
from app.report.pdf import write_pdf
from app.report.pdf_summary import goal_cautions
from app.report.wording import digest_line, plan_word, status_word
from app.text import say
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT
from scenarios.assumptions import list_assumptions
from scenarios.premises import is_decline
from sim.params import Params
from sim.unit_words import unit_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.report.facts import PairFacts
    from app.report.order import Order
    from app.runs import Run
    from scenarios.assumptions import Assumption

WIDE_MM = 186.0
MAP_MM = (91.0, 118.0)
SHARE = "share"


def write_card(order: Order) -> tuple[Path, ...]:
    """Write 施策カルテ of one scenario as PDF: A4 portrait."""
    lang = order.lang
    left, right = order.pairs[0]
    order.tell(say(lang, "report.counting"), 0.05)
    facts = pair_facts(order, left, right)
    order.tell(say(lang, "report.drawing"), 0.3)
    parts = [*front(order, facts), *map_part(order, facts), *does_part(right, lang), *kpi_part(facts, lang)]
    parts += reading_part(order, facts)
    order.tell(say(lang, "report.setting"), 0.6)
    parts += parameter_part(right, lang)
    parts += [tag("h2", esc(say(lang, "credits"))), blocks.sources(order)]
    path = order.folder / f"{right.run_id}-card.pdf"
    title = f"{say(lang, 'report.card')}: {right.title.get(lang)}"
    foot = digest_line(order.services, (left, right), lang)
    write_pdf(path, "".join(parts), title=esc(title), lang=lang, page="A4 portrait", foot=foot)
    return (path,)


def front(order: Order, facts: PairFacts) -> list[str]:
    """Return the first page: head, sentence, judged KPIs, who gains and loses."""
    lang, run = order.lang, facts.right
    beside = [
        say(lang, "report.against", other=facts.left.title.get(lang)),
        f"{say(lang, 'report.standing')}: {plan_word(run, lang)}",
        say(lang, "report.not_official"),
    ]
    runs = tuple(dict.fromkeys((facts.left, run)))
    return [
        blocks.head(order, say(lang, "report.card"), run.title.get(lang), beside),
        blocks.says(facts, lang),
        tag("p", esc(run.description.get(lang)), class_="small"),
        tag("h2", esc(say(lang, "report.goals"))),
        blocks.goals_table(order, goals(order.services, runs), runs),
        tag("p", esc(say(lang, "report.goals_reading")), class_="tiny quiet"),
        tag("h2", esc(say(lang, "report.winners"))),
        blocks.bullets(facts.winners or (say(lang, "report.nobody"),), "small"),
    ]


def does_part(run: Run, lang: str) -> list[str]:
    """Return what the scenario does, modification by modification."""
    return [tag("h2", esc(say(lang, "report.does"))), changes_table(run, lang)]


def changes_table(run: Run, lang: str) -> str:
    """Return what each modification did, on whose word, and how firmly it is decided."""
    told = run.stored.manifest.get("changes") or ()
    if not told:
        return tag("p", esc(say(lang, "report.no_change")), class_="small")
    known = {one.id: one for one in run.stored.scenario.modifications}
    rows = []
    for change in told:
        one = known.get(change["modification"])
        source = "" if one is None or one.source is None else one.source.text.get(lang)
        decision = standing(run, change["modification"], None if one is None else one.decision, lang)
        cells = (Text(change["ja"], change["en"]).get(lang), source, decision)
        rows.append(tag("tr", "".join(tag("td", esc(cell), class_="small") for cell in cells)))
    heads = [say(lang, key) for key in ("report.what", "report.ground", "report.standing")]
    wide = '<col style="width:42%"><col style="width:43%"><col style="width:15%">'
    return blocks.table(heads, rows, "changes", columns=wide)


def standing(run: Run, modification_id: str, decision: str | None, lang: str) -> str:
    """Return how firm a change is: as it says, as the scenario is; the decline of なりゆき is nobody's plan."""
    if decision is not None:
        return say(lang, f"plan_{decision}")
    return say(lang, "report.trend_assumed") if is_decline(modification_id) else plan_word(run, lang)


def map_part(order: Order, facts: PairFacts) -> list[str]:
    """Return the map of the scenario and of its difference, same extent."""
    left, right = facts.left, facts.right
    scenes = [value_scene(order, right, left, right)]
    if left.key != right.key:
        scenes.append(difference_scene(order, left, right))
    lang, metric = order.lang, scenes[0].metric
    heading = f"{metric.label.get(lang)}（{say(lang, f'group_{order.view.group}')} ・ {status_word(right, lang)}）"
    figures = [blocks.map_figure(order, scene, *MAP_MM) for scene in scenes]
    legends = [blocks.legend(order, scene) for scene in scenes]
    return [
        tag(
            "div",
            tag("h2", esc(heading))
            + blocks.row(figures, WIDE_MM - 2 * MAP_MM[0])
            + blocks.row(legends, 8.0)
            + blocks.signs(order, [(left, right)], metric.facilities),
            style="break-inside:avoid",
        )
    ]


def kpi_part(facts: PairFacts, lang: str) -> list[str]:
    """Return every KPI before and after, and what the plan takes; first what has an official figure."""
    everybody = facts.group == EVERYBODY
    taken = {line.kpi_id for line in facts.means if everybody}
    lines = [line for line in facts.cards if line.kpi_id not in taken]
    whose = "" if everybody else f"（{say(lang, f'group_{EVERYBODY}')}）"
    return [
        blocks.kpis_heading(facts, lang),
        blocks.cards_table(facts, lines, lang),
        tag("h2", esc(say(lang, "report.means") + whose)),
        blocks.cards_table(facts, facts.means, lang),
        tag("p", esc(say(lang, "sure_help")), class_="tiny quiet"),
    ]


def reading_part(order: Order, facts: PairFacts) -> list[str]:
    """Return fairness and cautions."""
    lang = order.lang
    parts = []
    if facts.council:
        told = [f"{text}［{status}］" if status else text for text, status in facts.council]
        parts += [tag("h2", esc(say(lang, "report.fairness"))), blocks.bullets(told, "small")]
    runs = tuple(dict.fromkeys((facts.left, facts.right)))
    return [
        *parts,
        tag("h2", esc(say(lang, "notes"))),
        blocks.bullets(facts.cautions, "small"),
        *goal_cautions(order, runs),
    ]


# ---------------------------------------------------------------- 前提条件一覧


def parameter_part(run: Run, lang: str) -> list[str]:
    """Return 前提条件一覧: every parameter with its range, source and status, subject by subject."""
    every = list_assumptions(Params.model_validate(run.stored.manifest["parameters_changed"]))
    assumed = sum(str(one.parameter.status) == "assumed" for one in every)
    changed = sum(one.changed for one in every)
    counts = say(lang, "report.counts", n=len(every), assumed=assumed, changed=changed)
    parts = [
        tag("h2", esc(say(lang, "report.assumptions")), class_="next"),
        tag("p", esc(counts), class_="small"),
    ]
    for group in dict.fromkeys(one.group for one in every):
        rows = [parameter_row(one, lang) for one in every if one.group == group]
        parts += [tag("h3", esc(say(lang, f"report.subject_{group}"))), parameter_table(rows, lang)]
    return parts


def parameter_table(rows: Sequence[str], lang: str) -> str:
    """Return rows of parameters under their heads."""
    keys = ("parameter", "value", "low", "mid", "high", "ground", "state")
    wide = "".join(f'<col style="width:{percent}%">' for percent in (30, 14, 8, 8, 8, 24, 8))
    heads = [say(lang, f"report.{key}") for key in keys]
    return blocks.table(heads, rows, "parameters", (1, 2, 3, 4), columns=wide)


def parameter_row(one: Assumption, lang: str) -> str:
    """Return one parameter; a value that the scenario changed says what it was."""
    row = one.parameter
    unit = unit_words(row.unit, one.name).get(lang)
    value = "—" if one.value is None else f"{shown(one.value, row.unit)} {unit}".strip()
    was = say(lang, "report.was", usual=shown(one.usual, row.unit)) if one.changed else ""
    ends = ["" if end is None else shown(end, row.unit) for end in (row.low, row.mid, row.high)]
    confirm = f" {say(lang, 'report.confirm')}" if row.confirm else ""
    cells = [
        tag("td", esc(row.label.get(lang))),
        tag("td", esc(value) + (f"<br>{esc(was)}" if was else ""), style="text-align:right"),
        *(tag("td", esc(end), class_="num") for end in ends),
        tag("td", esc(row.source.get(lang))),
        tag("td", esc(STATUS_TEXT[row.status].get(lang) + confirm)),
    ]
    return tag("tr", "".join(cells), class_="changed" if one.changed else "")
