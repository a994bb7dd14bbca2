"""Owns 概要版: one to three scenarios on A3, the first page whole in itself, reading and sources behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.components.path_chart import legend_words, run_color
from app.components.path_words import fiscal_year
from app.import_report.markup import esc, tag
from app.report import pdf_blocks as blocks
from app.report.facts import goal_of, goals, is_converted, pair_facts
from app.report.maps_scene import difference_scene, value_scene
from app.report.pdf import write_pdf
from app.report.wording import digest_line, status_word
from app.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.report.facts import CardLine, PairFacts
    from app.report.maps_scene import Scene
    from app.report.order import Order
    from app.runs import Run
    from scenarios.targets import Path as TargetPath

LEFT_MM, GAP_MM, WIDE_MM = 152.0, 7.0, 396.0
BETWEEN_MM, MAP_HIGH_MM = 3.5, 146.0
NONE = "–"
"""What the cards print where there is no value."""
FEW_LINES = 3
"""Lines on who gains and loses of each scenario where several share the page."""


def write_summary(order: Order) -> tuple[Path, ...]:
    """Write 概要版 as PDF: A3 landscape."""
    lang, pairs = order.lang, order.pairs
    order.tell(say(lang, "report.counting"), 0.05)
    facts = [pair_facts(order, left, right) for left, right in pairs]
    references = tuple(dict.fromkeys(left for left, _ in pairs))
    runs = tuple(dict.fromkeys((*references, *order.runs)))
    order.tell(say(lang, "report.drawing"), 0.3)
    body = first_page(order, facts, references, runs)
    order.tell(say(lang, "report.setting"), 0.7)
    body += second_page(order, facts, runs)
    name = "-".join(run.run_id for run in order.runs)
    path = order.folder / f"{name}-summary.pdf"
    title = f"{say(lang, 'report.summary')}: {title_of(order)}"
    write_pdf(
        path, body, title=esc(title), lang=lang, page="A3 landscape", foot=digest_line(order.services, runs, lang)
    )
    return (path,)


def title_of(order: Order) -> str:
    """Return the titles of all scenarios of a sheet."""
    return (" ／ " if order.lang == "ja" else " / ").join(run.title.get(order.lang) for run in order.runs)


def first_page(order: Order, facts: Sequence[PairFacts], references: Sequence[Run], runs: Sequence[Run]) -> str:
    """Return the page that stands for itself: sentences, judged KPIs, means, maps, who gains and loses."""
    lang = order.lang
    against = "、".join(run.title.get(lang) for run in references)
    beside = [say(lang, "report.against", other=against), say(lang, "report.not_official")]
    left = [
        *(blocks.says(one, lang) for one in facts),
        tag("h2", esc(say(lang, "report.goals"))),
        blocks.goals_table(order, goals(order.services, runs), runs),
        tag("p", esc(say(lang, "report.goals_reading")), class_="tiny quiet"),
        *(tag("p", esc(line), class_="tiny") for line in years_caution(order, runs)),
        *(means_part(facts, lang) if len(facts) == 1 else ()),
    ]
    right = [*maps_part(order, references), *people_part(facts, lang)]
    page = side("".join(left), LEFT_MM) + side("".join(right), WIDE_MM - LEFT_MM - GAP_MM, last=True)
    return blocks.head(order, say(lang, "report.summary"), title_of(order), beside) + page


def years_caution(order: Order, runs: Sequence[Run]) -> list[str]:
    """Return that the official baselines and the runs are of different years, with the years; nothing where not."""
    lang, paths = order.lang, goals(order.services, runs)
    bases = sorted({path.baseline.year for path in paths if path.baseline is not None})
    if not bases or {*bases, *(run.year for run in runs)} == {bases[0]}:
        return []
    return [say(lang, "report.base_years", years="・".join(fiscal_year(year, lang) for year in bases))]


def converted_caution(order: Order, runs: Sequence[Run]) -> list[str]:
    """Return what a number of places with decimals is; nothing where there is none."""
    found = [path.absolute for path in goals(order.services, runs) if path.absolute is not None]
    return [say(order.lang, "report.converted_means")] if any(is_converted(path) for path in found) else []


def side(inner: str, wide_mm: float, *, last: bool = False) -> str:
    """Return one of two columns that stand beside each other."""
    return tag("div", inner, class_="side last" if last else "side", style=f"width:{wide_mm:g}mm")


def scenes_of(order: Order, references: Sequence[Run]) -> list[Scene]:
    """Return the maps of the page: values where all compare with one run, then the differences."""
    pairs = order.pairs
    found: list[Scene] = []
    if len(references) == 1:
        left, first = pairs[0]
        found.append(value_scene(order, left, left, first))
        if len(pairs) == 1 and left.key != first.key:
            found.append(value_scene(order, first, left, first))
    return found + [difference_scene(order, left, right) for left, right in pairs if left.key != right.key]


def maps_part(order: Order, references: Sequence[Run]) -> list[str]:
    """Return the maps side by side, all of one extent, with one legend for values and one for differences."""
    scenes = scenes_of(order, references)
    wide = (WIDE_MM - LEFT_MM - GAP_MM - BETWEEN_MM * (len(scenes) - 1)) / len(scenes)
    wide = min(wide - 0.1, 118.0)  # a hair less: rounding must not break the row
    high = min(MAP_HIGH_MM, 2.0 * wide)
    figures = [blocks.map_figure(order, scene, wide, high) for scene in scenes]
    legends = [blocks.legend(order, scene) for scene in (scenes[0], scenes[-1])]
    legends = legends if scenes[0].is_difference != scenes[-1].is_difference else legends[:1]
    lang, metric = order.lang, scenes[0].metric
    group, status = say(lang, f"group_{order.view.group}"), status_word(scenes[-1].run, lang)
    heading = f"{metric.label.get(lang)}（{group} ・ {status}）"
    signs = blocks.signs(order, order.pairs, metric.facilities)
    return [
        tag("h2", esc(heading), style="margin-top:0"),
        blocks.row(figures, BETWEEN_MM),
        blocks.row(legends, 9.0),
        signs,
    ]


def people_part(facts: Sequence[PairFacts], lang: str) -> list[str]:
    """Return who gains and who loses."""
    parts = [tag("h2", esc(say(lang, "report.winners")))]
    for one in facts:
        lines = one.winners if len(facts) == 1 else one.winners[:FEW_LINES]
        name = tag("h3", esc(one.right.title.get(lang))) if len(facts) > 1 else ""
        parts.append(name + blocks.bullets(lines or (say(lang, "report.nobody"),), "small"))
    return parts


def means_part(facts: Sequence[PairFacts], lang: str) -> list[str]:
    """Return what each plan takes, in thousands of yen a year, beside what it compares with."""
    known = [line for line in facts[0].means if any(one.right != NONE for one in _same(line, facts))]
    unknown = [line for line in facts[0].means if line not in known]
    rows = [means_row(line, facts) for line in known]
    heads = ["", *(one.right.title.get(lang) for one in facts)]
    if len(facts) == 1:
        heads = ["", *(say(lang, key) for key in ("report.per_year", "report.interval", "report.change_only"))]
    title = tag("h2", esc(say(lang, "report.means")))
    statuses = dict.fromkeys(one.status for line in known for one in _same(line, facts) if one.right != NONE)
    notes = [say(lang, "report.status", status="・".join(statuses))] if statuses else []
    reasons: dict[str, list[str]] = {}
    for line in unknown:
        reasons.setdefault(line.notes[0] if line.notes else line.word, []).append(line.title)
    notes += [say(lang, "report.unknown", names="、".join(names), why=why) for why, names in reasons.items()]
    table = blocks.table(heads, rows, "means", range(1, len(heads)))
    return [title, table, *(tag("p", esc(note), class_="tiny quiet") for note in notes)]


def _same(line: CardLine, facts: Sequence[PairFacts]) -> list[CardLine]:
    """Return what every scenario says of the KPI of a line."""
    return [other for one in facts for other in one.means if other.kpi_id == line.kpi_id]


def means_row(line: CardLine, facts: Sequence[PairFacts]) -> str:
    """Return a row of what plans take: alone with interval and change, of several one cell each."""
    name = tag("td", esc(f"{line.title}（{line.unit}）" if line.unit else line.title))
    if len(facts) == 1:
        cells = (line.right, line.interval, change_words(line))
        return tag("tr", name + "".join(tag("td", esc(cell), class_="num") for cell in cells))
    mine = [next((m for m in one.means if m.kpi_id == line.kpi_id), None) for one in facts]
    return tag("tr", name + "".join(tag("td", "—" if one is None else means_cell(one), class_="num") for one in mine))


def means_cell(line: CardLine) -> str:
    """Return a figure with its interval, and how it changes."""
    return tag("div", esc(line.right)) + tag("div", esc(change_words(line)), class_="tiny quiet")


def change_words(line: CardLine) -> str:
    """Return how a figure changes, without the unit that its row names."""
    return line.change.removesuffix(f" {line.unit}") or line.word


def second_page(order: Order, facts: Sequence[PairFacts], runs: Sequence[Run]) -> str:
    """Return paths to the targets, fairness, cautions and sources."""
    lang = order.lang
    paths = goals(order.services, runs)
    legend = tag("p", names_of_runs(paths, lang) + esc(" ／ ".join(legend_words(paths, lang))), class_="tiny quiet")
    parts = [] if len(facts) == 1 else means_part(facts, lang)
    parts += [tag("h2", esc(say(lang, "target_path"))), blocks.charts(paths, lang, absolute=False), legend]
    for one in facts:
        if one.council:
            parts += [
                tag("h2", esc(say(lang, "council_title", title=one.right.title.get(lang)))),
                blocks.bullets((f"{text}［{status}］" if status else text for text, status in one.council), "small"),
            ]
        parts.append(about(one, lang))
    cautions = dict.fromkeys((*converted_caution(order, runs), *(text for one in facts for text in one.cautions)))
    parts += [
        tag("h2", esc(say(lang, "notes"))),
        blocks.bullets(cautions, "small"),
        *goal_cautions(order, runs),
        tag("h2", esc(say(lang, "credits"))),
        blocks.source_lines(order),
    ]
    return tag("div", tag("div", "".join(parts), class_="flow"), class_="next")


def names_of_runs(paths: Sequence[TargetPath], lang: str) -> str:
    """Return which colour of the charts is which run."""
    shown = max((path.forecasts for path in paths), key=len, default=())
    return "".join(
        tag("span", "◆ ", style=f"color:{run_color(number)}") + esc(f"{one.title.get(lang)} ／ ")
        for number, one in enumerate(shown)
    )


def about(one: PairFacts, lang: str) -> str:
    """Return what a scenario is, in the words of its file."""
    title = say(lang, "report.about", title=one.right.title.get(lang))
    return tag("h2", esc(title)) + tag("p", esc(one.right.description.get(lang)), class_="small")


def goal_cautions(order: Order, runs: Sequence[Run]) -> list[str]:
    """Return what must be said beside the judged KPIs of each run, each caution once with the KPIs it belongs to."""
    lang, parts = order.lang, []
    for run in runs:
        found: dict[str, list[str]] = {}
        for path in goals(order.services, runs):
            goal = goal_of(path, run, lang)
            for text in () if goal is None else goal.cautions:
                found.setdefault(text, []).append(path.title.get(lang))
        if found:
            lines = [f"{text}（{'、'.join(names)}）" for text, names in found.items()]
            parts += [tag("h3", esc(run.title.get(lang))), blocks.bullets(lines, "small")]
    return parts
