"""Owns the page of a sweep: one file that opens without a network, in both languages, every text of a file escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands import sweep_plot, sweep_table
from app.commands.page_frame import framed, table
from app.commands.sweep_table import field_names, modification_name, short
from app.commands.words import CATALOGUES, say
from app.commands.words import both as words
from app.import_report.markup import both, esc, tag
from app.text.credit_lines import credit_line
from geodata.errors import Text
from geodata.provenance import STATUS_TEXT, Status
from sim.kpi import KPIS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geodata.city import City
    from geodata.errors import Problem
    from geodata.provenance import Source
    from scenarios.batch import Failure
    from scenarios.sweep_file import ReadSweep, SweepFile

MOST_FAILURES, MOST_NUMBERS, MOST_VALUES = 200, 20, 8
STYLE = "td code{font-size:13px}.sources td:nth-child(-n+3){min-width:5.5em}"


def page_text(  # noqa: PLR0917 -- the parts of one page
    sweep: ReadSweep,
    city: City,
    designs: pd.DataFrame,
    values: pd.DataFrame,
    best: Sequence[int],
    failures: Sequence[Failure],
    counted: Mapping[str, int],
) -> str:
    """Return the page: what was varied, the Pareto view, the variants, failures, statuses and sources."""
    given = sweep.file.title
    name = Text(sweep.file.id, sweep.file.id) if given is None else Text(given.ja, given.en)
    title = Text(*(say(lang, "sweep.page_title", title=name.get(lang)) for lang in ("ja", "en")))
    names = field_names(sweep.file.paths, sweep.bases)
    front = set(best)
    variants = sweep_table.variants_table(names, designs, values, front, [g.kpi for g in sweep.file.pareto])
    body = [
        tag("h1", both(title)),
        tag("p", both(_about(sweep, len(designs), len(failures))), class_="about"),
        tag("p", both(_computed(sweep.file))) if sweep.file.kpis else "",
        _section("sweep.page_vary", _varied(sweep, designs, names)),
        _section("sweep.page_pareto", sweep_plot.pareto_view(sweep.file.pareto, values, front)),
        _section("sweep.page_table", variants),
        _section("sweep.page_failed", _failures(failures, designs)),
        _section("sweep.page_status", _statuses(counted)),
        _section("sweep.page_sources", tag("div", _sources(city), class_="sources")),
    ]
    return framed(title, body, sweep_plot.STYLE + sweep_table.STYLE + STYLE, sweep_table.SORTING)


def _about(sweep: ReadSweep, n: int, failed: int) -> Text:
    """Return how many variants of what there are, and how many have numbers."""
    told = []
    for lang in ("ja", "en"):
        titles = [getattr(b.title, lang) for b in sweep.bases]
        bases = "".join(f"「{t}」" for t in titles) if lang == "ja" else ", ".join(f"“{t}”" for t in titles)
        told.append(
            say(lang, "sweep.page_about", n=f"{n:,}", bases=bases, done=f"{n - failed:,}", failed=f"{failed:,}")
        )
    return Text(*told)


def _computed(file: SweepFile) -> Text:
    """Return which KPIs were computed: nobody should look for the others."""
    told = []
    for lang, comma in (("ja", "、"), ("en", ", ")):
        names = comma.join(KPIS[kpi].title.get(lang) for kpi in file.computed)
        told.append(say(lang, "sweep.page_computed", n=len(file.computed), names=names))
    return Text(*told)


def _section(key: str, inner: str) -> str:
    return tag("section", tag("h2", both(words(key))) + inner) if inner else ""


def _varied(sweep: ReadSweep, designs: pd.DataFrame, names: Mapping[str, Text]) -> str:
    rows = []
    for block in sweep.file.vary:
        way = next(w for w in ("grid", "list_", "random", "sobol") if getattr(block, w) is not None).strip("_")
        for path in block.paths:
            owner, key = both(modification_name(path, sweep.bases)), tag("code", esc(path))
            how = both(words(f"sweepway.{way}"))
            rows.append([both(names[path]), owner or "—", key, how, _range(designs[path])])
    return table([words(f"sweephead.{key}") for key in ("field", "owner", "path", "how", "range")], rows)


def _range(column: pd.Series) -> str:
    """Return the values of a field: all of them where they are few, else from the least to the largest."""
    found = list(dict.fromkeys(column.dropna()))
    if len(found) <= MOST_VALUES:
        return esc(", ".join(short(v) for v in found))
    ends = f"{short(min(found))} – {short(max(found))}" if column.dtype.kind in "if" else ""
    return f"{esc(ends)} {both(words('sweep.page_distinct', n=f'{len(found):,}'))}"


def _failures(failures: Sequence[Failure], designs: pd.DataFrame) -> str:
    """Return why variants have no numbers, each reason once with the variants it concerns."""
    if not failures:
        return tag("p", both(words("sweep.page_none")))
    numbers = dict(zip(designs["scenario"], designs["variant"], strict=True))
    alike: dict[tuple[Problem, ...], list[object]] = {}
    for failure in failures:
        alike.setdefault(failure.problems, []).append(numbers[failure.name])
    told = [_reason(problems, found) for problems, found in list(alike.items())[:MOST_FAILURES]]
    more = len(alike) - len(told)
    left = tag("p", both(words("sweep.page_failed_more", n=f"{more:,}")), class_="quiet") if more else ""
    return table([words(f"sweephead.{key}") for key in ("variant", "reason", "remedy", "where")], told) + left


def _reason(problems: Sequence[Problem], numbers: Sequence[object]) -> list[str]:
    shown = ", ".join(str(n) for n in numbers[:MOST_NUMBERS])
    rest = len(numbers) - MOST_NUMBERS
    which = esc(shown) + (f" {both(words('sweep.page_and_more', n=f'{rest:,}'))}" if rest > 0 else "")
    told = (
        "<br>".join(part) for part in zip(*((both(p.message), both(p.hint), _place(p)) for p in problems), strict=True)
    )
    return [which, *told]


def _place(problem: Problem) -> str:
    return tag("code", esc(problem.where))


def _statuses(counted: Mapping[str, int]) -> str:
    known = {str(s): STATUS_TEXT[s] for s in Status}
    rows = [[both(known.get(name, Text(name, name))), f"{n:,}"] for name, n in sorted(counted.items())]
    return table([words("sweephead.state"), words("sweephead.rows")], rows)


def _sources(city: City) -> str:
    rows = [_source(s) for s in sorted(city.sources, key=lambda s: (s.layer, s.source_id))]
    return table([words(f"sweephead.{key}") for key in ("layer", "source", "state", "credit")], rows)


def _source(source: Source) -> list[str]:
    credit = Text(*(credit_line(source.credit, lang) for lang in ("ja", "en")))
    return [both(_layer(source.layer)), both(source.title), both(STATUS_TEXT[source.status]), both(credit)]


def _layer(name: str) -> Text:
    """Return what a layer, or a part of one, is called; its own name where there are no words."""
    key = f"layer.{name.partition('.')[0]}"
    return words(key) if key in CATALOGUES["ja"] else Text(name, name)
