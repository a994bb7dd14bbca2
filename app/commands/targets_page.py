"""Owns the page and the table that ``ekisei targets --out`` writes: charts, verdicts, money, in both languages."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from app.commands.page_frame import framed, in_both, table
from app.commands.target_tables import beside
from app.commands.words import both as words
from app.commands.words import say
from app.components.path_chart import legend_words, path_chart, run_color
from app.components.path_words import cautions_of, figure, fiscal_year, spread
from app.components.plan_means import means_of
from app.components.verdict_words import alone_word, verdict_class, verdict_word
from app.import_report.markup import both, esc, tag
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT
from scenarios.target_cautions import not_held
from scenarios.targets import judge_actual

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as File

    from geodata.city import City
    from scenarios.store import StoredRun
    from scenarios.targets import Forecast, Path, Point

COLUMNS = (
    "kpi_id",
    "number",
    "kind",
    "year",
    "date",
    "run",
    "value",
    "low",
    "high",
    "line",
    "unit",
    "status",
    "verdict",
    "source",
    "verdict_of_value",
    "cautions",
)


def write_page(path: File, city: City, paths: Sequence[Path], runs: Sequence[StoredRun]) -> None:
    """Write the page, whole or not at all; it needs no network."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(page_text(city, paths, runs), encoding="utf-8", newline="\n")
    part.replace(path)


def page_text(city: City, paths: Sequence[Path], runs: Sequence[StoredRun]) -> str:
    """Return the page: every judged KPI with its charts, what the runs take, then the others."""
    title = Text(f"{city.name.ja}: 評価指標と実績・試算", f"{city.name.en}: targets, actuals and runs")
    judged = [path for path in paths if path.judged]
    body = [
        tag("h1", both(title)),
        tag("p", both(words("targets.reading")), class_="about"),
        *(broken_section(run) for run in runs if not_held(run)),
        *(kpi_section(path) for path in judged),
        *(means_section(run) for run in runs),
        reference_section([path for path in paths if not path.judged]),
        tag("p", in_both(lambda lang: esc(" ／ ".join(legend_words(judged, lang)))), class_="quiet"),
    ]
    return framed(title, body)


def kpi_section(path: Path) -> str:
    """Return one judged KPI: rate and absolute number side by side, verdicts, cautions."""
    shown = [path] if path.absolute is None else [path, path.absolute]
    charts = "".join(tag("figure", in_both(lambda lang, p=one: path_chart(p, lang)), style="margin:0") for one in shown)  # type: ignore[misc]
    pairs = [pair for f in path.forecasts for pair in zip(cautions_of(f, "ja"), cautions_of(f, "en"), strict=True)]
    cautions = [tag("li", both(Text(*pair))) for pair in dict.fromkeys(pairs)]
    parts = [tag("h2", both(path.title)), tag("div", charts, class_="charts"), figures_table(path)]
    if path.absolute is None:
        parts.append(tag("p", both(words("targets.no_absolute")), class_="quiet"))
    if cautions:
        parts.append(tag("ul", "".join(cautions)))
    return tag("section", "".join(parts))


def figures_table(path: Path) -> str:
    """Return the figures of a KPI as a table: what a reader without the chart needs."""
    heads = ("year", "what", "value", "absolute", "spread", "status", "verdict")
    rows = [point_row(path, kind, point) for kind, point in points_of(path)]
    rows += [run_row(path, number, forecast) for number, forecast in enumerate(path.forecasts)]
    return table([words(f"targets.{head}") for head in heads], rows)


def points_of(path: Path) -> list[tuple[str, Point]]:
    """Return baseline, actuals and target with their kind, in order of years."""
    found = [("baseline", path.baseline), *(("actual", p) for p in path.actuals), ("target", path.target)]
    return [(kind, point) for kind, point in found if point is not None]


def point_row(path: Path, kind: str, point: Point) -> list[str]:
    """Return the row of an official figure or an actual."""
    beneath = (
        next((p for k, p in points_of(path.absolute) if (k, p.year) == (kind, point.year)), None)
        if path.absolute
        else None
    )
    standing = judge_actual(path) if kind == "actual" and point is path.latest else Text("", "")
    return [
        in_both(lambda lang: esc(fiscal_year(point.year, lang))),
        both(words(f"targets.{kind}")),
        in_both(lambda lang: esc(figure(path, point.value, lang))),
        ""
        if beneath is None or path.absolute is None
        else in_both(lambda lang: esc(figure(path.absolute, beneath.value, lang))),  # type: ignore[arg-type]
        "",
        both(STATUS_TEXT[point.status]),
        both(standing),
    ]


def run_row(path: Path, number: int, one: Forecast) -> list[str]:
    """Return the row of a run."""
    under = path.absolute.forecasts[number] if path.absolute is not None else None
    return [
        in_both(lambda lang: esc(fiscal_year(one.year, lang))),
        tag("span", "◆ ", style=f"color:{run_color(number)}") + both(one.title),
        in_both(lambda lang: esc(figure(path, one.value, lang))),
        "" if under is None else in_both(lambda lang: esc(figure(path.absolute, under.value, lang))),  # type: ignore[arg-type]
        in_both(lambda lang: esc(spread(path, one, lang) or "—")),
        both(STATUS_TEXT[one.status]),
        in_both(
            lambda lang: (
                tag("span", esc(verdict_word(one.verdict, lang)), class_=f"verdict {verdict_class(one.verdict)}")
                + esc(alone_word(one, lang))
            )
        ),
    ]


def means_section(run: StoredRun) -> str:
    """Return what a run takes."""
    title = run.scenario.title.text
    other = beside(run)
    found = {lang: means_of(run, other, lang) for lang in ("ja", "en")}
    heads = [words(f"targets.{key}") for key in ("means", "run", "spread", "change", "note")]
    rows = [
        [both(Text(a, b)) for a, b in zip(*pair, strict=True)] for pair in zip(found["ja"], found["en"], strict=True)
    ]
    return tag(
        "section",
        tag("h2", both(words("targets.means_title", title="")) + both(title)) + table(heads, rows),
    )


def broken_section(run: StoredRun) -> str:
    """Return the limits that a run breaks, said once and above everything that its values would reach."""
    title = run.scenario.title.text
    lines = [
        Text(*(say(lang, "targets.broken", title=title.get(lang), text=text.get(lang)) for lang in ("ja", "en")))
        for text in not_held(run)
    ]
    return tag("section", "".join(tag("p", both(line), class_="verdict verdict-infeasible") for line in lines))


def reference_section(paths: Sequence[Path]) -> str:
    """Return the KPIs that no model claims."""
    if not paths:
        return ""
    heads = [words(f"targets.{key}") for key in ("kpi", "baseline", "actual", "target", "standing")]
    rows = [
        [
            both(path.title),
            *(dated(path, p) for p in (path.baseline, path.latest, path.target)),
            both(judge_actual(path)),
        ]
        for path in paths
    ]
    return tag("section", tag("h2", both(words("targets.reference"))) + table(heads, rows))


def dated(path: Path, point: Point | None) -> str:
    """Return a figure with its fiscal year; — without one."""
    if point is None:
        return "—"
    return in_both(lambda lang: esc(f"{figure(path, point.value, lang)} · {fiscal_year(point.year, lang)}"))


def write_table(path: File, paths: Sequence[Path]) -> None:
    """Write every figure as CSV with a byte order mark, so that spreadsheets read Japanese."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in paths:
        writer.writerows(table_rows(one, "rate"))
        if one.absolute is not None:
            writer.writerows(table_rows(one.absolute, "absolute"))
    part = path.with_name(f".{path.name}.part")
    part.write_text(text.getvalue(), encoding="utf-8-sig", newline="\n")
    part.replace(path)


def table_rows(path: Path, number: str) -> list[tuple[object, ...]]:
    """Return the rows of one KPI: official figures, actuals, and one row per run and line of uncertainty."""
    rows: list[tuple[object, ...]] = [
        (
            path.kpi_id,
            number,
            kind,
            p.year,
            p.date,
            "",
            p.value,
            "",
            "",
            "",
            path.unit,
            str(p.status),
            "",
            p.source,
            "",
            "",
        )
        for kind, p in points_of(path)
    ]
    for one in path.forecasts:
        value = "" if one.value is None else one.value
        verdict, alone = (str(one.verdict), str(one.alone)) if number == "rate" else ("", "")
        cautions = "; ".join([*(text.ja for text in one.broken), *cautions_of(one, "ja")]) if number == "rate" else ""
        for line in one.intervals or (None,):
            low, high, name = ("", "", "") if line is None else (line.low, line.high, line.line)
            rows.append(
                (
                    path.kpi_id,
                    number,
                    "run",
                    one.year,
                    "",
                    one.run_id,
                    value,
                    low,
                    high,
                    name,
                    path.unit,
                    str(one.status),
                    verdict,
                    one.note,
                    alone,
                    cautions,
                )
            )
    return rows
