"""Owns the parts that printed sheets share: head, sentences, tables of KPIs, maps with their legend, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.clock import today
from app.components.legend import class_limits
from app.components.path_chart import path_chart
from app.components.path_words import figure
from app.import_report.markup import esc, tag
from app.report.facts import EVERYBODY, goal_of
from app.report.fonts import FAMILY
from app.report.maps import bare_map, run_words
from app.report.maps_furniture import legend_ends, legend_notes, legend_title, sign_words
from app.report.maps_world import fitted, world_of
from app.report.pdf import picture
from app.report.pdf_signs import sign_svg
from app.report.wording import ADDRESS, day, fiscal_short, fiscal_year, plan_word
from app.rounding import rounding_words
from app.text import say
from geodata.provenance import STATUS_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.report.facts import CardLine, PairFacts
    from app.report.maps_scene import Scene
    from app.report.order import Order
    from app.runs import Run
    from geodata.provenance import Source
    from scenarios.targets import Path


def head(order: Order, kind: str, title: str, beside: Sequence[str]) -> str:
    """Return the head of the first page: whose sheet, what it is on, and of when."""
    made = say(order.lang, "report.made", date=day(today(), order.lang))
    city = order.services.city.name.get(order.lang)
    left = tag("div", esc(f"{city} ・ {kind}"), class_="kicker") + tag("h1", esc(title))
    right = "".join(tag("div", esc(line)) for line in (*beside, made))
    return tag("div", tag("div", left) + tag("div", right, class_="of"), class_="head")


def says(facts: PairFacts, lang: str) -> str:
    """Return what a scenario changes for whom, in one sentence, and whether it holds its limits."""
    name = tag("p", esc(run_words(facts.right, lang)), class_="name")
    limits = "".join(
        tag("span", esc(text), class_="limit broken" if holds is False else "limit held")
        for holds, text in facts.limits
    )
    return tag("div", name + tag("p", esc(facts.sentence)) + limits, class_="says")


def bullets(lines: Iterable[str], class_: str = "") -> str:
    """Return lines as a list."""
    return tag("ul", "".join(tag("li", esc(line)) for line in lines), class_=class_)


def table(
    heads: Sequence[str], rows: Iterable[str], class_: str = "", numeric: Sequence[int] = (), columns: str = ""
) -> str:
    """Return a table; rows are markup already."""
    cells = "".join(
        tag("th", esc(word), scope="col", class_="num" if n in numeric else "") for n, word in enumerate(heads)
    )
    return tag("table", f"{columns}<thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody>", class_=class_)


# ---------------------------------------------------------------- judged KPIs


def goals_table(order: Order, paths: Sequence[Path], runs: Sequence[Run]) -> str:
    """Return the judged KPIs: official figures, and of each run value, both lines of uncertainty and verdict."""
    lang = order.lang
    shown = [run for run in runs if not run.is_baseline]
    heads = [say(lang, "report.goal"), *(run.title.get(lang) for run in shown)]
    wide = "".join(f'<col style="width:{percent}%">' for percent in column_widths(len(shown)))
    rows = [tag("tr", _goal_cell(path, lang) + "".join(_run_cell(path, run, lang) for run in shown)) for path in paths]
    return table(heads, rows, "goals", columns=wide)


def column_widths(n: int) -> list[float]:
    """Return the widths of the column of KPIs and of `n` runs [%]: the more runs, the narrower the first."""
    first = 42 - 4 * min(n, 4)
    return [first, *([(100 - first) / max(n, 1)] * n)]


def _goal_cell(path: Path, lang: str) -> str:
    official = (("base", path.baseline), ("actual", path.latest), ("aim", path.target))
    told = [
        say(lang, f"report.{key}", value=figure(path, point.value, lang), year=fiscal_short(point.year, lang),
            status=STATUS_TEXT[point.status].get(lang))
        for key, point in official
        if point is not None
    ]  # fmt: skip
    lines = "".join(tag("div", esc(line), class_="official") for line in told)
    return tag("td", tag("div", esc(path.title.get(lang)), class_="kpi") + lines)


def _run_cell(path: Path, run: Run, lang: str) -> str:
    goal = goal_of(path, run, lang)
    if goal is None:
        return tag("td", "—")
    absolute = f" {goal.absolute}" if goal.absolute else ""
    lines = [(key, text) for key, text in (("line_draws", goal.draws), ("line_definition", goal.definition)) if text]
    parts = [
        tag("div", esc(goal.value) + tag("span", esc(absolute), class_="beneath"), class_="value"),
        *(tag("div", esc(f"{say(lang, f'report.{key}')} {text}"), class_="spread") for key, text in lines),
        tag("span", esc(goal.verdict), class_=f"pill verdict-{goal.code}")
        + (f" {tag('span', esc(goal.status), class_='badge')}" if goal.status else ""),
        *([tag("div", esc(goal.alone.strip("（）() ")), class_="spread")] if goal.alone else []),
    ]
    return tag("td", "".join(parts))


def charts(paths: Sequence[Path], lang: str, *, absolute: bool) -> str:
    """Return the path of each judged KPI to its target: rate, and the number beneath it where there is one."""
    shown = [one for path in paths for one in (path, path.absolute if absolute else None) if one is not None]
    return tag("div", "".join(_chart(path, lang) for path in shown), class_="charts")


def _chart(path: Path, lang: str) -> str:
    """Return a chart as part of the page, so that its words are set in the typeface of the page."""
    return tag("span", path_chart(path, lang).replace("'Noto Sans CJK JP'", f"'{FAMILY}'"), class_="chart")


# ---------------------------------------------------------------- KPIs of two runs


def kpis_heading(facts: PairFacts, lang: str) -> str:
    """Return the heading of the KPIs of two runs; says whose they are where they are not everybody's."""
    title = say(lang, "report.kpis", title=facts.right.title.get(lang))
    group = "" if facts.group == EVERYBODY else f"（{say(lang, f'group_{facts.group}')}）"
    return tag("h2", esc(title + group))


def cards_table(facts: PairFacts, lines: Sequence[CardLine], lang: str, *, notes: bool = True) -> str:
    """Return KPIs before and after with interval, verdict and status."""
    keys = ("report.kpi", "report.before", "report.after", "report.interval", "report.change", "status")
    heads = [say(lang, key) for key in keys]
    heads[1], heads[2] = facts.left.title.get(lang), facts.right.title.get(lang)
    rows = [_card_row(line, notes=notes) for line in lines]
    wide = "".join(f'<col style="width:{percent}%">' for percent in (33, 12, 12, 15, 20, 8))
    told = rounding_words(((line.left, line.change, line.right) for line in lines), lang)
    beneath = "".join(tag("p", esc(words), class_="tiny quiet") for words in told)
    return table(heads, rows, "cards", (1, 2, 3), columns=wide) + beneath


def _card_row(line: CardLine, *, notes: bool) -> str:
    beneath = [line.official, *(line.notes if notes else ())]
    unit = f"（{line.unit}）" if line.unit else ""
    title = tag("div", esc(line.title) + tag("span", esc(unit), class_="small quiet")) + "".join(
        tag("div", esc(t), class_="tiny quiet") for t in beneath if t
    )
    word = tag("span", esc(line.word), class_=f"pill {line.tone}") if line.tone != "none" else ""
    plain = line.word if line.tone == "none" and line.change and not line.change.startswith("＝") else ""
    change = esc(line.change.removesuffix(f" {line.unit}") or line.word) + (
        f" {word}" if word else f"<br>{esc(plain)}" if plain else ""
    )
    if line.sure:
        change += tag("div", esc(line.sure), class_="tiny quiet")
    cells = [
        tag("td", title),
        tag("td", esc(line.left), class_="num"),
        tag("td", esc(line.right), class_="num"),
        tag("td", esc(line.interval), class_="num", style="font-size:8pt;white-space:normal"),
        tag("td", change),
        tag("td", tag("span", esc(line.status), class_="badge")),
    ]
    return tag("tr", "".join(cells))


# ---------------------------------------------------------------- maps


def map_figure(order: Order, scene: Scene, wide_mm: float, high_mm: float) -> str:
    """Return a map with its caption."""
    lang = order.lang
    if scene.is_difference:
        first = say(lang, "report.change_by", title=scene.run.title.get(lang))
        second = say(lang, "report.against", other=scene.reference.title.get(lang))
    else:
        first = scene.run.title.get(lang)
        second = f"{fiscal_year(scene.run.year, lang)} ・ {plan_word(scene.run, lang)}"
    wide_mm, high_mm = fitted(world_of(order.services), order.view.extent, wide_mm, high_mm)
    png = bare_map(order, scene, wide_mm, high_mm)
    caption = tag("figcaption", esc(first) + tag("span", esc(second), class_="second"))
    size = f"width:{wide_mm:.2f}mm;height:{high_mm:.2f}mm"
    return tag("figure", caption + picture(png, f"{first} {second}", size), style=f"width:{wide_mm:.2f}mm")


def row(cells: Iterable[str], gap_mm: float) -> str:
    """Return things side by side, in a table: the printer breaks other ways of it over pages."""
    inner = "".join(
        tag("td", cell, style=f"padding-left:{gap_mm:g}mm" if number else "") for number, cell in enumerate(cells)
    )
    return tag("table", tag("tr", inner), class_="row")


def legend(order: Order, scene: Scene) -> str:
    """Return the strip of classes of a map with its limits, and what must be said of the colours."""
    lang = order.lang
    limits = [*class_limits(scene.metric, difference=scene.is_difference), ""]
    classes = "".join(
        tag("div", tag("div", "", class_="swatch", style=f"background:{color}") + _limit(limit), class_="class")
        for color, limit in zip(scene.colors, limits, strict=True)
    )
    low, high = (tag("span", esc(end), class_="end") if end else "" for end in legend_ends(scene, lang))
    notes = " ・ ".join(legend_notes(scene, lang, public=order.public))
    return tag(
        "div",
        tag("div", esc(legend_title(scene, lang)), class_="name")
        + tag("div", low + classes + high, class_="strip")
        + tag("div", esc(notes), class_="tiny quiet"),
        class_="legend",
    )


def _limit(words: str) -> str:
    return tag("div", esc(words), class_="limit-word")


def signs(order: Order, pairs: Iterable[tuple[Run, Run]], kinds: tuple[str, ...]) -> str:
    """Return what lines and points mean; only the ones that are drawn on the map of any pair."""
    keys = dict.fromkeys(key for pair in pairs for key in order.services.signs(pair, kinds))
    rows = "".join(tag("span", sign_svg(key) + esc(sign_words(key, order.lang)), class_="sign-row") for key in keys)
    return tag("div", rows, class_="signs")


# ---------------------------------------------------------------- sources


def sources(order: Order) -> str:
    """Return every source of the city with date, status and licence."""
    lang = order.lang
    rows = [
        tag("tr", "".join(tag("td", esc(cell)) for cell in (*cells, STATUS_TEXT[s.status].get(lang), _credit(s))))
        for s in order.services.city.sources
        for cells in [(s.title.get(lang), s.date)]
    ]
    return table([say(lang, key) for key in ("layer", "as_of", "status", "source")], rows, "sources")


def source_lines(order: Order) -> str:
    """Return every source of the city in one paragraph, where a table of them would take a page of its own."""
    lang = order.lang
    lines = (
        f"{s.title.get(lang)} ({s.date}, {STATUS_TEXT[s.status].get(lang)}): {_credit(s)}"
        if lang == "en"
        else f"{s.title.get(lang)}（{s.date}、{STATUS_TEXT[s.status].get(lang)}）: {_credit(s)}"
        for s in order.services.city.sources
    )
    return tag("p", esc(" ／ ".join(lines) if lang == "ja" else " / ".join(lines)), class_="imprint")


def _credit(source: Source) -> str:
    """Return whose it is and on what terms, without addresses: they are on the page and in the manifest."""
    credit = ADDRESS.sub("", source.credit).strip(" 、")
    return f"{credit}［{source.licence}］" if source.licence else credit
