"""Owns how KPI lines look on a terminal: one run in full, or several side by side."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text as Styled

from app.commands.layout import GAP, Column, fitted_table
from app.commands.numbers import format_year
from app.commands.run_view import KpiLine, RunView, build_lines
from app.commands.words import say
from geodata.provenance import STATUS_TEXT, weakest
from sim.kpi import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.table import Table

    from geodata.targets import Targets

TABLE_WIDTH = 100
FIRST_WIDTH = {"ja": 28, "en": 20}
RUN_WIDTH = {"ja": 13, "en": 14}
STATUS_WIDTH = {"ja": 8, "en": 8}
"""Cells of the KPI's title, of a run and of the status beside several runs: change and verdict stand in one line."""
STYLES = {
    Judgement.IMPROVED: "green",
    Judgement.WORSE: "red",
    Judgement.WITHHELD: "yellow",
    Judgement.DEFINITION: "yellow",
}


def title_of(run: RunView, lang: str) -> str:
    """Return title and year of a run."""
    return say(lang, "result.table_title", title=run.title.get(lang), year=format_year(run.year, lang))


def names_of(runs: Iterable[RunView], lang: str) -> list[str]:
    """Return the title of each run; where two share one, their ids tell them apart."""
    runs = list(runs)
    titles = [run.title.get(lang) for run in runs]
    return [f"{t} ({run.run_id})" if titles.count(t) > 1 else t for t, run in zip(titles, runs, strict=True)]


def style_of(line: KpiLine) -> str:
    """Return the colour of a verdict; the word stands beside it, so colour never speaks alone."""
    return STYLES.get(line.judgement, "") if line.judgement else ""


def one_run_table(
    lines: Sequence[KpiLine], title: str, lang: str, *, compared: bool, width: int = TABLE_WIDTH
) -> Table:
    """Return the table of one run; without a reference the columns of change are left out."""
    keys = ["kpi", "value", *(("difference", "judgement") if compared else ()), "status"]
    official = any(line.baseline or line.target for line in lines)
    keys += ["baseline", "target"] if official else []
    columns = [Column(say(lang, f"result.{key}"), right=key in {"value", "difference"}) for key in keys]
    rows = []
    for line in lines:
        change = (Styled(line.change, style_of(line)), Styled(line.verdict, style_of(line))) if compared else ()
        figures = (Styled(line.baseline), Styled(line.target)) if official else ()
        rows.append((Styled(line.title), value_cell(line), *change, Styled(line.status), *figures))
    return fitted_table(title, columns, rows, width)


def value_cell(line: KpiLine) -> Styled:
    """Return a value, and beneath it the interval of its draws."""
    cell = Styled(line.value)
    return cell.append(f"\n{line.interval}", style="dim") if line.interval else cell


def side_by_side(
    reference: RunView,
    runs: Sequence[RunView],
    targets: Targets,
    lang: str,
    width: int = TABLE_WIDTH,
    baseline: RunView | None = None,
) -> list[Table]:
    """
    Return tables of several runs beside their reference, evenly many in each and no more than fit.

    `baseline`: as for `build_lines`.
    """
    room = width - 2 - FIRST_WIDTH[lang] - GAP - STATUS_WIDTH[lang]
    most = max(room // (RUN_WIDTH[lang] + GAP) - 1, 1)
    names = names_of((reference, *runs), lang)
    n_tables = -(-len(runs) // most)
    ends = [n * len(runs) // n_tables for n in range(n_tables + 1)]
    return [
        _side_by_side(reference, runs[a:b], [names[0], *names[a + 1 : b + 1]], targets, lang, width, baseline)
        for a, b in pairwise(ends)
    ]


def _side_by_side(  # noqa: PLR0917 - a table of the terminal
    reference: RunView,
    runs: Sequence[RunView],
    names: Sequence[str],
    targets: Targets,
    lang: str,
    width: int,
    baseline: RunView | None,
) -> Table:
    """Return one table: the reference's values, then value, change and verdict of each run, and the weakest status."""
    title = say(lang, "result.versus", title=title_of(reference, lang))
    lines = build_lines(reference, None, targets, lang)
    heads = [_head_cell(line) for line in lines]
    wanted = max((cell_len(part) for head in heads for part in head.plain.split("\n")), default=0)
    free = width - 2 - STATUS_WIDTH[lang] - GAP - len(names) * GAP - max(FIRST_WIDTH[lang], min(wanted, width // 3))
    wide = max(free // len(names), RUN_WIDTH[lang])
    columns = [
        Column(say(lang, "result.kpi")),
        *(Column(name, right=True, most=max(wide, RUN_WIDTH[lang])) for name in names),
        Column(say(lang, "result.status")),
    ]
    by_run = [{line.kpi_id: line for line in build_lines(run, reference, targets, lang, baseline)} for run in runs]
    rows = [
        (
            head,
            Styled(line.value),
            *(_change_cell(found.get(line.kpi_id)) for found in by_run),
            Styled(weakest_status(line.kpi_id, (reference, *runs), lang)),
        )
        for head, line in zip(heads, lines, strict=True)
    ]
    return fitted_table(title, columns, rows, width)


def weakest_status(kpi_id: str, runs: Iterable[RunView], lang: str) -> str:
    """Return the weakest status of the values of a KPI that stand beside each other."""
    rows = [row for run in runs if (row := run.of_kpi(kpi_id)) is not None and row.value is not None]
    return STATUS_TEXT[weakest(row.status for row in rows)].get(lang)


def _head_cell(line: KpiLine) -> Styled:
    """Return a KPI's title with the official figures beneath."""
    figures = " → ".join(text for text in (line.baseline, line.target) if text)
    cell = Styled(line.title)
    return cell.append(f"\n{figures}", style="dim") if figures else cell


def _change_cell(line: KpiLine | None) -> Styled:
    """Return value, then change and verdict beneath; an unchanged value stands alone and dim."""
    if line is None:
        return Styled("—", style="dim")
    if not line.changed:
        return Styled(line.value, style="dim")
    return Styled(f"{line.value}\n").append(f"{line.change} {line.verdict}".strip(), style=style_of(line))
