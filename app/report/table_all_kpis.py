"""Owns the workbook of every KPI: each row of kpi.csv with words, an index that explains columns, 前提条件一覧."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.report.table_book import Book, Cell, Column, Figure, Sheet, figure, sheet_name, unit_word
from app.report.table_districts import applied_of
from app.report.table_front import (
    about_line,
    alarm_lines,
    city_name,
    distinct,
    foot_lines,
    run_name,
    short_name,
    sources_sheet,
)
from app.small_numbers import withheld
from app.text import say
from app.text.notes import translate_notes
from geodata.provenance import STATUS_TEXT
from sim.kpi import KPIS
from sim.unit_words import unit_words

if TYPE_CHECKING:
    from pathlib import Path

    from app.report.order import Order
    from app.runs import Run
    from sim.results import KpiRow

LAYERS = ("population", "timetable", "facilities", "streets", "targets")
ROW_KEYS = (
    ("kpi_id", 34), ("title_of", 34), ("setting_id", 19), ("setting", 28), ("group_id", 24), ("group", 20),
    ("value", 13), ("low", 12), ("high", 12), ("model_value", 13), ("unit", 12), ("status", 12), ("note", 50),
)  # fmt: skip
NUMBERS = frozenset({"value", "low", "high", "model_value"})


def write_all_kpis(order: Order) -> tuple[Path, ...]:
    """Write every KPI of all runs in one workbook."""
    from app.report.xlsx_book import write_book  # noqa: PLC0415 - only for workbooks

    return (write_book(kpi_book(order), order.folder / "all-kpis.xlsx"),)


def kpi_book(order: Order) -> Book:
    """Return the workbook: what the columns are, what the KPIs are, a sheet for each run, assumptions, sources."""
    lang, runs = order.lang, distinct(order.runs)
    title = f"{say(lang, 'kpis_title')}: {city_name(runs[-1], lang)}"
    about = about_line(runs, lang)
    sheets = [_index_sheet(runs, lang, title), _spec_sheet(runs, lang)]
    for run in runs:
        sheets.append(_run_sheet(order, run, tuple(sheet.name for sheet in sheets)))
    sheets += [_assumption_sheet(order, runs), sources_sheet(runs, lang)]
    return Book(title, about, tuple(sheets), lang)


def _index_sheet(runs: tuple[Run, ...], lang: str, title: str) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    rows += [(say(lang, f"kpis_{key}"), say(lang, f"kpis_explain_{key}")) for key, _ in ROW_KEYS]
    for status, text in STATUS_TEXT.items():
        rows.append((text.get(lang), say(lang, f"kpis_status_{status.value.replace('-', '_')}")))
    return Sheet(
        name=say(lang, "kpis_index"),
        title=title,
        lead=tuple(say(lang, "book_about_run", run=run_name(run, lang), id=run.run_id) for run in runs),
        columns=(Column(say(lang, "kpis_column"), 26, right=False), Column(say(lang, "kpis_means"), 100, right=False)),
        rows=tuple(rows),
        notes=foot_lines(runs, LAYERS, lang),
    )


def _spec_sheet(runs: tuple[Run, ...], lang: str) -> Sheet:
    keys = (("kpi_id", 30), ("title_of", 34), ("unit", 14), ("good", 12), ("formula", 70), ("settings", 60))
    rows = tuple(
        (
            spec.kpi_id,
            spec.title.get(lang),
            unit_word(spec.unit, lang),
            say(lang, f"kpis_good_{spec.good}"),
            spec.formula.get(lang),
            "\n".join(f"{name}: {text.get(lang)}" for name, text in spec.settings.items()),
        )
        for spec in KPIS.values()
    )
    return Sheet(
        name=say(lang, "kpis_specs"),
        title=say(lang, "kpis_specs"),
        lead=(),
        columns=tuple(Column(say(lang, f"kpis_{key}"), width, right=False) for key, width in keys),
        rows=rows,
        notes=foot_lines(runs, LAYERS, lang),
        frozen=2,
    )


def _run_sheet(order: Order, run: Run, taken: tuple[str, ...]) -> Sheet:
    lang = order.lang
    hidden = hidden_groups(order, run)
    notes = [say(lang, "book_public", n=order.services.city.defaults.public_min_persons)] if order.public else []
    return Sheet(
        name=sheet_name(short_name(run, lang), taken),
        title=f"{say(lang, 'kpis_title')}: {short_name(run, lang)}",
        lead=(say(lang, "book_about_run", run=run_name(run, lang), id=run.run_id),),
        columns=tuple(Column(say(lang, f"kpis_{key}"), width, right=key in NUMBERS) for key, width in ROW_KEYS),
        rows=tuple(_row(row, order, hidden) for row in run.stored.result.kpis),
        alarms=alarm_lines((run,), lang),
        notes=(*notes, *foot_lines((run,), LAYERS, lang)),
        frozen=2,
    )


def _row(row: KpiRow, order: Order, hidden: frozenset[str]) -> tuple[Cell, ...]:
    lang = order.lang
    spec = KPIS[row.kpi_id]
    ends = [(row.value, True), (row.low, False), (row.high, False), (row.model_value, False)]
    cells: list[Cell] = [
        figure(value, row.unit, spec.decimals, lang) if must or value is not None else "" for value, must in ends
    ]
    if row.group in hidden:
        cells = [say(lang, "book_hidden")] * len(cells)
    setting = spec.settings.get(row.setting)
    return (
        row.kpi_id,
        spec.title.get(lang),
        row.setting,
        row.setting if setting is None else setting.get(lang),
        row.group,
        group_name(order, row.group),
        *cells,
        unit_word(row.unit, lang),
        STATUS_TEXT[row.status].get(lang),
        "; ".join(translate_notes(row.note, lang, order.services.english_names)),
    )


def hidden_groups(order: Order, run: Run) -> frozenset[str]:
    """Return the groups of too few persons for a public view; none where the order is not public."""
    if not order.public:
        return frozenset()
    city, cells = order.services.city, run.cells
    limit = city.defaults.public_min_persons
    ages = {age for age in ("65plus", "75plus") if 0 < float(cells[f"persons_{age}"].sum()) < limit}
    persons = cells.groupby("district_id")["persons"].sum()
    few = persons.index[withheld(persons.to_numpy(), limit)]
    return frozenset({*ages, *(f"district:{district_id}" for district_id in few)})


def group_name(order: Order, group: str) -> str:
    """Return a group of people in words."""
    if not group.startswith("district:"):
        return say(order.lang, f"group_{group}")
    population = order.services.city.population
    names = population.district_name_en if order.lang == "en" else population.district_name
    known = dict(zip(population.district_id.tolist(), names.tolist(), strict=True))
    return str(known.get(group.removeprefix("district:"), group))


# ---------------------------------------------------------------- assumptions


def _assumption_sheet(order: Order, runs: tuple[Run, ...]) -> Sheet:
    from app.commands.words import say as say_cli  # noqa: PLC0415 - words of the command line
    from scenarios.assumptions import list_assumptions  # noqa: PLC0415 - brings all parameters

    lang = order.lang
    applied = [applied_of(order, run) for run in runs]
    lists = [list_assumptions(None if one is None else one.params) for one in applied]
    keys = (("parameter", 28), ("subject", 16), ("label", 40), ("param_unit", 12), ("usual", 16))
    columns = [Column(say(lang, f"kpis_{key}"), width, right=key == "usual") for key, width in keys]
    columns += [Column(short_name(run, lang), 16) for run in runs]
    tail = (("changed", 18), ("low", 11), ("high", 11), ("status", 12), ("confirm", 9), ("source", 50))
    columns += [Column(say(lang, f"kpis_{key}"), width, right=key in NUMBERS) for key, width in tail]
    rows = tuple(
        (
            same[0].name,
            say_cli(lang, f"subject.{same[0].group}"),
            same[0].parameter.label.get(lang),
            unit_words(same[0].parameter.unit, same[0].name).get(lang),
            _setting(same[0].usual, same[0].parameter.unit),
            *(_setting(one.value, one.parameter.unit) for one in same),
            "\n".join(run.title.get(lang) for run, one in zip(runs, same, strict=True) if one.changed),
            _setting(same[0].parameter.low, same[0].parameter.unit) if same[0].parameter.low is not None else "",
            _setting(same[0].parameter.high, same[0].parameter.unit) if same[0].parameter.high is not None else "",
            STATUS_TEXT[same[0].parameter.status].get(lang),
            say(lang, "kpis_to_confirm") if same[0].parameter.confirm else "",
            same[0].parameter.source.get(lang),
        )
        for same in zip(*lists, strict=True)
    )
    return Sheet(
        name=say(lang, "kpis_assumptions"),
        title=say(lang, "kpis_assumptions"),
        lead=(say(lang, "kpis_assumptions_lead"),),
        columns=tuple(columns),
        rows=rows,
        notes=foot_lines(runs, LAYERS, lang),
        frozen=3,
    )


def _setting(value: object, unit: str) -> Cell:
    """Return the value of a parameter: a number as one, a table of values in words."""
    from app.commands.assumptions import shown  # noqa: PLC0415 - brings the command line

    if isinstance(value, int | float) and not isinstance(value, bool):
        return Figure(float(value), "0.0##%" if unit == "share" else "#,##0.######")
    return shown(value, unit)
