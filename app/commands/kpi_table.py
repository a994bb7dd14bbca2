"""Owns how KPI lines look on a terminal 100 columns wide: one run in full, or several side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from app.commands.numbers import format_year
from app.commands.run_view import KpiLine, RunView, build_lines
from app.commands.words import say
from sim.kpi import Judgement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.targets import Targets

TABLE_WIDTH = 100
COLUMNS_OF_RUNS = {"ja": 5, "en": 4}
RUN_WIDTH = {"ja": 12, "en": 15}
"""Columns beside each other, the reference included, and their width: change and verdict stand in one line."""
STYLES = {Judgement.IMPROVED: "green", Judgement.WORSE: "red", Judgement.WITHHELD: "yellow"}


def title_of(run: RunView, lang: str) -> str:
    """Return title and year of a run."""
    return say(lang, "result.table_title", title=run.title.get(lang), year=format_year(run.year, lang))


def style_of(line: KpiLine) -> str:
    """Return the colour of a verdict; the word stands beside it, so colour never speaks alone."""
    return STYLES.get(line.judgement, "") if line.judgement else ""


def one_run_table(lines: Sequence[KpiLine], title: str, lang: str, *, compared: bool) -> Table:
    """Return the table of one run; without a reference the columns of change are left out."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(say(lang, "result.kpi"), max_width=44, overflow="fold")
    table.add_column(say(lang, "result.value"), justify="right", no_wrap=True)
    if compared:
        table.add_column(say(lang, "result.difference"), justify="right", no_wrap=True)
        table.add_column(say(lang, "result.judgement"), no_wrap=True)
    official = any(line.baseline or line.target for line in lines)
    for key in ("status", "baseline", "target") if official else ("status",):
        table.add_column(say(lang, f"result.{key}"), overflow="fold")
    for line in lines:
        change = (Styled(line.change, style_of(line)), Styled(line.verdict, style_of(line))) if compared else ()
        figures = (line.baseline, line.target) if official else ()
        cells = (line.title, line.value, *change, line.status, *figures)
        table.add_row(*(c if isinstance(c, Styled) else Styled(c) for c in cells))
    return table


def side_by_side(reference: RunView, runs: Sequence[RunView], targets: Targets, lang: str) -> list[Table]:
    """Return tables of several runs beside their reference, as many in each as fit."""
    step = COLUMNS_OF_RUNS[lang] - 1
    return [_side_by_side(reference, runs[start : start + step], targets, lang) for start in range(0, len(runs), step)]


def _side_by_side(reference: RunView, runs: Sequence[RunView], targets: Targets, lang: str) -> Table:
    """Return one table: the reference's values, then value, change and verdict of each run."""
    title = say(lang, "result.versus", title=title_of(reference, lang))
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    first = TABLE_WIDTH - COLUMNS_OF_RUNS[lang] * (RUN_WIDTH[lang] + 2) - 2
    table.add_column(say(lang, "result.kpi"), width=first, overflow="fold")
    for run in (reference, *runs):
        table.add_column(Styled(run.title.get(lang)), justify="right", width=RUN_WIDTH[lang], overflow="fold")
    by_run = [{line.kpi_id: line for line in build_lines(run, reference, targets, lang)} for run in runs]
    for line in build_lines(reference, None, targets, lang):
        cells = [_change_cell(lines.get(line.kpi_id)) for lines in by_run]
        table.add_row(_head_cell(line), Styled(line.value), *cells)
    return table


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
