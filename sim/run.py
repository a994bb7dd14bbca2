"""Owns a run: which measures, in what order, from a city to rows, cells and splits."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.provenance import Status, weakest
from sim.base_columns import BASE_PREFIX
from sim.cell_table import CELL_STEPS, cell_frame, residents
from sim.context import RunContext
from sim.kpi.coverage import fit_catchments, fitted_radii
from sim.kpi.measure import GroupWeights, Measure, group_value, group_weights, ordered
from sim.kpi.measures import MEASURES
from sim.kpi.registry import KPIS
from sim.kpi.spec import KpiSpec
from sim.pivot import Anchor, join_notes, pivot_rows, read_with
from sim.results import KpiRow, RunResult, Trace
from sim.reuse import PROCESS_REUSE, Reuse
from sim.ridership.sides import TABLE as RIDE_SIDES
from sim.ridership.sides import ride_sides
from sim.service_tables import service_tables
from sim.splits import split_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    import pandas as pd

    from geodata.city import City
    from geodata.units import FloatArray
    from sim.params import Analysis, Params

    Progress = Callable[[str, float], None]

WITHOUT_ASSUMED = "no_assumed_lines"
NOBODY = "該当する人口なし"
HALF_UNREACHED = "半数以上が到達できない"


def run_models(
    city: City,
    analysis: Analysis,
    params: Params,
    *,
    reference: RunResult | None = None,
    demographic: RunResult | None = None,
    progress: Progress | None = None,
    reuse: Reuse | None = None,
    only_kpis: Collection[str] | None = None,
) -> RunResult:
    """
    Compute the KPIs of one city.

    Parameters
    ----------
    city
        The city, scenario applied, population of its year.
    analysis, params
        Day, window, traveller; parameters of all models.
    reference
        Result of the baseline, for the pivot and the splits; None = this city is the baseline.
    demographic
        Result of the same year's population without modifications, for the splits.
    progress
        Told (KPI id, share done 0–1).
    reuse
        Memory of what was computed; None = the one all runs of this process share.
    only_kpis
        Compute the rows of these KPIs and leave out what is written beside the rows: columns of the cells (but the
        residents), splits, tables of services, traces; None = every KPI, and all of that.

    Returns
    -------
    result
        Rows in the order of `KPIS`, the `default` setting first and `no_assumed_lines` last within each.

    Notes
    -----
    Pure but for the memory, which only holds what its keys determine: same input, same result.
    """
    rows_only = only_kpis is not None
    wanted = frozenset(KPIS if only_kpis is None else only_kpis)
    context = build_context(city, analysis, params, reference=reference, reuse=reuse)
    rows = list(_rows(context, progress, read_with(wanted)))
    cells = residents(context) if rows_only else cell_frame(context)
    persons = float(cells["persons"].sum())
    base = persons if reference is None else float(reference.cells["persons"].sum())
    anchor = Anchor(context.city.targets, tuple(rows) if reference is None else reference.kpis, base, persons)
    pivoted = pivot_rows(rows, anchor, params)
    kpis = tuple(row for row in pivoted if row.kpi_id in wanted)
    splits = (
        ()
        if reference is None or rows_only
        else split_changes(kpis, reference.kpis, None if demographic is None else demographic.kpis)
    )
    fitted = tuple(sorted((context.fitted or {}).items()))
    tables = {} if rows_only else _tables(context, kpis, reference)
    return RunResult(
        kpis,
        cells,
        splits,
        context.reused,
        fitted,
        steps=context.journal.notes(),
        traces=() if rows_only else tuple(_traces(context, cells.columns)),
        unpivoted=tuple(row for row, told in zip(rows, pivoted, strict=True) if row is not told),
        tables=tables,
    )


def _tables(context: RunContext, kpis: tuple[KpiRow, ...], reference: RunResult | None) -> dict[str, pd.DataFrame]:
    tables, sides = service_tables(context), ride_sides(context, kpis, reference)
    return {**tables, RIDE_SIDES: sides} if len(sides) else tables


def build_context(
    city: City, analysis: Analysis, params: Params, *, reference: RunResult | None, reuse: Reuse | None = None
) -> RunContext:
    """Return the context of a run; radii that reproduce the official figure come from the baseline's result."""
    base = None if reference is None else base_columns(reference)
    context = RunContext(city, analysis, params, PROCESS_REUSE if reuse is None else reuse, base=base)
    if reference is not None:
        context.fitted = fitted_radii(reference)
    else:
        context.fitted = context.step("fit", "", lambda: fit_catchments(context))
    return context


def base_columns(reference: RunResult) -> dict[str, FloatArray]:
    """Return the columns of the baseline's cells that models tell a change from, by name."""
    wanted = [name for name in reference.cells.columns if name.startswith(BASE_PREFIX)]
    return {name: reference.cells[name].to_numpy(np.float64) for name in wanted}


def _rows(context: RunContext, progress: Progress | None, wanted: Collection[str]) -> Iterator[KpiRow]:
    """Yield the rows of KPIs; those of a KPI that reads nothing new come from the memory."""
    specs = [spec for kpi_id, spec in KPIS.items() if kpi_id in wanted]
    for done, spec in enumerate(specs):
        if progress is not None:
            progress(spec.kpi_id, done / len(specs))
        yield from kpi_rows(context, spec)
    if progress is not None:
        progress("", 1.0)


def kpi_rows(context: RunContext, spec: KpiSpec) -> tuple[KpiRow, ...]:
    """Return the rows of one KPI, unpivoted; the very same object wherever the memory holds them."""
    return context.step("kpi", spec.kpi_id, lambda: tuple(_rows_of(context, spec)), plain=True)


def default_rows(context: RunContext, spec: KpiSpec) -> tuple[KpiRow, ...]:
    """
    Return the rows of one KPI under its default setting, unpivoted; others may stand behind them.

    The work of the other settings is spared where nobody has done it.
    """
    known: tuple[KpiRow, ...] | None = context.recalled("kpi", spec.kpi_id)
    if known is not None:
        return known

    def compute() -> tuple[KpiRow, ...]:
        first = next(iter(MEASURES[spec.kpi_id](context)))
        return tuple(measure_rows(first, spec, _people(context, first.ages)))

    return context.step("default", spec.kpi_id, compute, plain=True)


def settled_rows(context: RunContext, spec: KpiSpec, n_settings: int = 1) -> tuple[KpiRow, ...]:
    """
    Return the rows of one KPI under its first settings as `kpi_rows` has them, unpivoted, the others not computed.

    A run that somebody made of the same city is taken from the memory.
    """
    wanted = list(spec.settings)[:n_settings]
    known: tuple[KpiRow, ...] | None = context.recalled("kpi", spec.kpi_id)
    if known is not None:
        return tuple(row for row in known if row.setting in wanted)

    def compute() -> tuple[KpiRow, ...]:
        first = itertools.islice(MEASURES[spec.kpi_id](context), n_settings)
        return tuple(_told(context, spec, first))

    return context.step(f"first {n_settings}", spec.kpi_id, compute, plain=True)


def _rows_of(context: RunContext, spec: KpiSpec) -> Iterator[KpiRow]:
    bare = context.bare() if "timetable" in spec.layers else context
    return _told(context, spec, run_measures(context, bare, spec))


def _told(context: RunContext, spec: KpiSpec, measures: Iterable[Measure]) -> Iterator[KpiRow]:
    """Yield the rows of measures, as sure as the split of the residents into their group."""
    surety = {g: group_surety(context, g) for g in context.city.population.groups()}
    for measure in measures:
        for row in measure_rows(measure, spec, _people(context, measure.ages)):
            status = row.status if row.value is None else weakest([row.status, surety[row.group]])
            yield row if status == row.status else replace(row, status=status)


def _people(context: RunContext, ages: tuple[int, int] | None) -> dict[str, GroupWeights]:
    """Return group → its people, of some ages only where they are given."""
    population, older = context.city.population, context.params.older_from_age

    def compute() -> dict[str, GroupWeights]:
        return {g: group_weights(population, g, older, ages) for g in population.groups()}

    return context.step("people", "" if ages is None else f"{ages[0]}-{ages[1]}", compute, key=str(older))


def _traces(context: RunContext, columns: Iterable[str]) -> Iterator[Trace]:
    """Yield what each KPI and column read, so that the memory of another process can take them from this result."""
    names = [("kpi", kpi_id) for kpi_id in KPIS] + [("column", c) for c in columns if c in CELL_STEPS]
    for kind, name in names:
        known = context.trace_of(kind, name)
        if known is not None:
            yield Trace(kind, name, known[0], known[1])


def learn(reuse: Reuse, result: RunResult) -> int:
    """Put the KPIs and columns that a result computed elsewhere holds into the memory; return how many."""
    plain = {(r.kpi_id, r.setting, r.group): r for r in result.unpivoted}
    rows: dict[str, list[KpiRow]] = {}
    for row in result.kpis:
        rows.setdefault(row.kpi_id, []).append(plain.get((row.kpi_id, row.setting, row.group), row))
    held = [trace for trace in result.traces if trace.kind == "kpi" or trace.name in result.cells]
    for trace in held:
        value: tuple[KpiRow, ...] | FloatArray
        value = tuple(rows[trace.name]) if trace.kind == "kpi" else result.cells[trace.name].to_numpy(np.float64)
        reuse.memorize(trace.step, trace.reads, value, plain=trace.kind == "kpi")
    return len(held)


def group_surety(context: RunContext, group: str) -> Status:
    """Return how sure the split of the residents into a group is: by age and by district it may be an assumption."""
    if group == "all":
        return weakest([])
    return context.split_status("districts" if group.startswith("district:") else "ages")


def run_measures(context: RunContext, bare: RunContext, spec: KpiSpec) -> list[Measure]:
    """Return the measures of one KPI under all settings, the one without assumed lines last."""
    measures = list(MEASURES[spec.kpi_id](context))
    repeats = bare is context or "timetable" not in spec.layers
    last = measures[0] if repeats else next(iter(MEASURES[spec.kpi_id](bare)))
    return [*measures, replace(last, setting=WITHOUT_ASSUMED)]


def find_measure(context: RunContext, spec: KpiSpec, setting: str) -> Measure | None:
    """Return the measure of one KPI under one setting, or None; settings after it are not computed."""
    if setting != WITHOUT_ASSUMED:
        return next((m for m in MEASURES[spec.kpi_id](context) if m.setting == setting), None)
    return run_measures(context, context.bare(), spec)[-1]


def measure_rows(measure: Measure, spec: KpiSpec, weights: dict[str, GroupWeights]) -> Iterator[KpiRow]:
    """Yield one row per group, unpivoted."""
    order = ordered(measure)
    for group, people in weights.items():
        if not measure.speaks_of(group):
            continue
        if measure.missing:
            reason = join_notes(measure.missing, measure.note)
            yield KpiRow(spec.kpi_id, measure.setting, group, None, None, spec.unit, Status.NO_DATA, reason)
            continue
        value = group_value(measure.of_group(group), people, order)
        if value is None:
            why = people.missing or NOBODY
            yield KpiRow(spec.kpi_id, measure.setting, group, None, None, spec.unit, Status.NO_DATA, why)
            continue
        note = join_notes(measure.note, HALF_UNREACHED) if np.isinf(value) else measure.note
        yield KpiRow(spec.kpi_id, measure.setting, group, value, value, spec.unit, measure.status, note)


__all__ = [
    "build_context",
    "cell_frame",
    "default_rows",
    "find_measure",
    "kpi_rows",
    "learn",
    "run_measures",
    "run_models",
    "settled_rows",
]
