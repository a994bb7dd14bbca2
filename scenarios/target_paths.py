"""Owns putting targets, actuals and runs side by side: one path per KPI, rate and absolute number together."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from geodata.errors import Text
from geodata.provenance import Status, weakest
from scenarios.premises import decline_in
from scenarios.target_cautions import cautions_on, not_held
from scenarios.target_levels import apparent_in, level_of, without_apparent
from scenarios.targets import Forecast, Path, Point, Verdict, judge_target
from sim.kpi import KPIS
from sim.kpi.measure import PER_100K
from sim.kpi.spec import TIME_SETTINGS
from sim.results import DEFAULT_SETTING, KpiRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geodata.targets import TargetRow, Targets
    from scenarios.store import StoredRun
    from sim.kpi import KpiSpec

    Residents = Callable[[int], float | None]
    """Year → official residents; None where no path reaches."""

PEOPLE = "population"
CATCHMENT = "catchment_population_share"
TOLERANCE = 0.01
"""How close a definition must come to the official figure at the baseline [share]."""
Rows = dict[tuple[str, str], KpiRow]
"""(KPI, setting) → row of the whole city."""

Held = list[tuple["StoredRun", Rows]]
"""Runs with their rows."""


def build_paths(
    targets: Targets,
    runs: Iterable[StoredRun] = (),
    *,
    residents: Residents,
    baseline: StoredRun | None = None,
) -> tuple[Path, ...]:
    """
    Return every KPI that has a target: the judged ones first, then those for reference.

    Parameters
    ----------
    targets
        Official figures, with the actuals that were entered.
    runs
        Runs to judge.
    residents
        It turns an official rate into its absolute number.
    baseline
        The run of the city as it is: it tells which definitions reproduce the official figure.
    """
    held = [(run, rows_of_city(run)) for run in runs]
    before = None if baseline is None else rows_of_city(baseline)
    wanted = dict.fromkeys(row.kpi_id for row in targets.rows if row.kind == "target")
    paths = [_path(kpi_id, targets, held, before, residents) for kpi_id in wanted]
    if PEOPLE not in wanted:
        paths += _vision(targets)
    return tuple(sorted(paths, key=lambda path: not path.judged))


def _vision(targets: Targets) -> list[Path]:
    """Return the residents that the city's vision aims at, where it has one: for reference only."""
    rows = [row for row in targets.rows if row.kpi_id == PEOPLE]
    aims = [row for row in rows if row.kind == "path-vision"]
    aim, base = _last(aims, "path-vision"), min(aims, key=lambda row: row.year, default=None)
    if aim is None or base is None or aim is base:
        return []
    actuals = tuple(_point(row) for row in sorted(rows, key=lambda r: r.year) if row.kind == "actual")
    return [
        Path(
            PEOPLE,
            aim.label,
            "persons",
            0,
            judged=False,
            up=True,
            baseline=_point(base),
            target=_point(aim),
            actuals=actuals,
        )
    ]


def _path(kpi_id: str, targets: Targets, held: Held, before: Rows | None, residents: Residents) -> Path:
    rows = [row for row in targets.rows if row.kpi_id == kpi_id]
    target, base, spec = _last(rows, "target"), _last(rows, "baseline"), KPIS.get(kpi_id)
    path = Path(
        kpi_id=kpi_id,
        title=spec.title if spec is not None else rows[0].label,
        unit=spec.unit if spec is not None else rows[0].unit,
        decimals=spec.decimals if spec is not None else _decimals(rows),
        judged=spec is not None and all(row.judged for row in rows),
        up=_is_up(spec, base, target),
        baseline=None if base is None else _point(base),
        target=None if target is None else _point(target),
        actuals=tuple(_point(row) for row in sorted(rows, key=lambda r: r.year) if row.kind == "actual"),
    )
    if spec is None or not path.judged:
        return path
    path = replace(path, absolute=_absolute(path, spec, targets, held, residents))
    return replace(path, forecasts=tuple(_forecast(path, run, found, before) for run, found in held))


def rows_of_city(run: StoredRun) -> Rows:
    """Return the rows of a run for the whole city."""
    return {(row.kpi_id, row.setting): row for row in run.result.kpis if row.group == "all"}


def _last(rows: list[TargetRow], kind: str) -> TargetRow | None:
    """Return the row of a kind that lies farthest ahead."""
    return max((row for row in rows if row.kind == kind), key=lambda row: row.year, default=None)


def _point(row: TargetRow) -> Point:
    return Point(row.year, row.value, row.date, row.source, row.status)


def _decimals(rows: list[TargetRow]) -> int:
    """Return how many decimals figures were published with, of the percentage for shares; at most two."""
    shown = [row.value * (100 if row.unit == "share" else 1) for row in rows]
    return next((n for n in (0, 1) if all(math.isclose(v, round(v, n), abs_tol=1e-9) for v in shown)), 2)


def _is_up(spec: KpiSpec | None, base: TargetRow | None, target: TargetRow | None) -> bool:
    """
    Return whether more is better.

    As the KPI says; where it has no good direction, towards the target. Of what no model claims the strategy wants
    more throughout: a target below the baseline, as for children, is a decline to be stopped there.
    """
    if spec is None or spec.good != "none" or base is None or target is None:
        return spec is None or spec.good != "down"
    return target.value >= base.value


# ---------------------------------------------------------------- runs


def _forecast(path: Path, run: StoredRun, rows: Rows, before: Rows | None) -> Forecast:
    """Return what a run says of a KPI, judged by its target."""
    row = rows.get((path.kpi_id, DEFAULT_SETTING))
    found = replace(_bare_forecast(run, row), broken=tuple(not_held(run)))
    if row is not None and row.value is not None and path.target is not None:
        others = definition_values(rows, before) if path.kpi_id == CATCHMENT else {}
        level = level_of(run, row, others)
        alone, without = judge_target(
            level, path.target.value, up=path.up, real=without_apparent(run, row, level, others)
        )
        found = replace(found, intervals=level.intervals, verdict=alone, alone=alone, without=without)
        found = replace(found, apparent=apparent_in(run, row))
        found = replace(found, cautions=tuple(cautions_on(path, found, run, rows, before)))
    return replace(found, verdict=Verdict.INFEASIBLE) if found.broken else found


def _bare_forecast(run: StoredRun, row: KpiRow | None) -> Forecast:
    scenario = run.scenario
    title = Text(scenario.title.ja, scenario.title.en)
    found = Forecast(
        run.run_id, title, scenario.year, None, decline=decline_in(scenario), own_people=scenario.population is not None
    )
    return found if row is None else replace(found, value=row.value, status=row.status, note=row.note)


def definition_values(rows: Rows, before: Rows | None) -> dict[str, float]:
    """Return setting → catchment share of a run, under every definition that reproduces the official figure."""
    skipped = {DEFAULT_SETTING, "no_assumed_lines", *TIME_SETTINGS}
    known = rows if before is None else before
    kept = [
        setting
        for (kpi_id, setting), row in known.items()
        if kpi_id == CATCHMENT
        and setting not in skipped
        and row.value is not None
        and row.model_value is not None
        and (before is None or abs(row.model_value - row.value) <= TOLERANCE)
    ]
    found = {setting: rows[CATCHMENT, setting].value for setting in kept if (CATCHMENT, setting) in rows}
    return {setting: value for setting, value in found.items() if value is not None}


# ---------------------------------------------------------------- absolute numbers


def _absolute(path: Path, spec: KpiSpec, targets: Targets, runs: Held, residents: Residents) -> Path | None:
    """Return the absolute number of a rate: official points from rate × residents, actuals as entered."""
    other = KPIS.get(spec.companion) if spec.rate else None
    if other is None:
        return None
    scale = PER_100K if spec.unit == "per_100k" else 1.0

    def times_residents(point: Point | None) -> Point | None:
        persons = None if point is None else residents(point.year)
        if point is None or persons is None:
            return None
        return replace(point, value=point.value * persons / scale, status=weakest([point.status, Status.MODELLED]))

    entered = [row for row in targets.rows if row.kpi_id == other.kpi_id]
    base, target = _last(entered, "baseline"), _last(entered, "target")
    return Path(
        other.kpi_id,
        other.title,
        other.unit,
        other.decimals,
        judged=False,
        up=path.up,
        baseline=_point(base) if base is not None else times_residents(path.baseline),
        target=_point(target) if target is not None else times_residents(path.target),
        actuals=tuple(_point(row) for row in sorted(entered, key=lambda r: r.year) if row.kind == "actual"),
        forecasts=tuple(_absolute_forecast(run, rows.get((other.kpi_id, DEFAULT_SETTING))) for run, rows in runs),
    )


def _absolute_forecast(run: StoredRun, row: KpiRow | None) -> Forecast:
    found = _bare_forecast(run, row)
    return found if row is None or row.value is None else replace(found, intervals=level_of(run, row).intervals)
