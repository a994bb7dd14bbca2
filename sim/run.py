"""Owns a run: which measures, in what order, from a city to rows, cells and splits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.provenance import Status, weakest
from sim.assumed_lines import without_assumed_lines
from sim.catchment import station_xy
from sim.clinic import city_offices, nearest_minutes, outpatient_places
from sim.commuting import school_minutes, works_minutes
from sim.context import RunContext
from sim.kpi.coverage import CIRCLES, catchment_cover, coverage_circles, fit_catchments, fitted_radii, frequent_circles
from sim.kpi.measure import GroupWeights, Measure, group_value, group_weights
from sim.kpi.measures import MEASURES
from sim.kpi.registry import KPIS
from sim.kpi.spec import KpiSpec
from sim.main_station import last_home_s, station_minutes
from sim.mobile_office.coverage import covered_share, visits_within_reach
from sim.pivot import Anchor, join_notes, pivot_rows
from sim.results import KpiRow, RunResult
from sim.reuse import PROCESS_REUSE, Reuse
from sim.shelter import shelters_for
from sim.splits import split_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geodata.city import City
    from geodata.units import FloatArray
    from sim.params import Analysis, Params

    Progress = Callable[[str, float], None]

WITHOUT_ASSUMED = "no_assumed_lines"
NOT_YET = "この版では未計算"
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
) -> RunResult:
    """
    Compute every KPI of one city.

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
        Memory of slow steps; None = the one all runs of this process share.

    Returns
    -------
    result
        Rows in the order of `KPIS`, the `default` setting first and `no_assumed_lines` last within each.

    Notes
    -----
    Pure but for the memory, which only holds what its keys determine: same input, same result.
    """
    context = build_context(city, analysis, params, reference=reference, reuse=reuse)
    rows = list(_rows(context, progress))
    cells = cell_frame(context)
    persons = float(cells["persons"].sum())
    base = persons if reference is None else float(reference.cells["persons"].sum())
    anchor = Anchor(context.city.targets, tuple(rows) if reference is None else reference.kpis, base, persons)
    kpis = tuple(pivot_rows(rows, anchor, params))
    splits = (
        ()
        if reference is None
        else split_changes(kpis, reference.kpis, None if demographic is None else demographic.kpis)
    )
    fitted = tuple(sorted((context.fitted or {}).items()))
    return RunResult(kpis, cells, splits, tuple(context.reused), fitted)


def build_context(
    city: City, analysis: Analysis, params: Params, *, reference: RunResult | None, reuse: Reuse | None = None
) -> RunContext:
    """Return the context of a run; radii that reproduce the official figure come from the baseline's result."""
    context = RunContext(city, analysis, params, PROCESS_REUSE if reuse is None else reuse)
    context.fitted = fit_catchments(context) if reference is None else fitted_radii(reference)
    return context


def _rows(context: RunContext, progress: Progress | None) -> Iterator[KpiRow]:
    population = context.city.population
    older = context.params.older_from_age
    weights = {g: group_weights(population, g, older) for g in population.groups()}
    surety = {g: group_surety(context.city, g) for g in weights}
    bare_city = without_assumed_lines(context.city)
    bare = context if bare_city is context.city else context.for_city(bare_city)
    for done, spec in enumerate(KPIS.values()):
        if progress is not None:
            progress(spec.kpi_id, done / len(KPIS))
        if not spec.computed:
            yield KpiRow(spec.kpi_id, "default", "all", None, None, spec.unit, Status.NO_DATA, NOT_YET)
            continue
        for measure in run_measures(context, bare, spec):
            people = weights if measure.ages is None else _of_ages(context, measure.ages)
            for row in measure_rows(measure, spec, people):
                yield row if row.value is None else replace(row, status=weakest([row.status, surety[row.group]]))
    if progress is not None:
        progress("", 1.0)


def _of_ages(context: RunContext, ages: tuple[int, int]) -> dict[str, GroupWeights]:
    """Return group → its people of some ages."""
    population, older = context.city.population, context.params.older_from_age
    return {g: group_weights(population, g, older, ages) for g in population.groups()}


def group_surety(city: City, group: str) -> Status:
    """Return how sure the split of the residents into a group is: by age and by district it may be an assumption."""
    part = "districts" if group.startswith("district:") else "ages"
    sources = [] if group == "all" else [s.status for s in city.sources if s.layer == f"population.{part}"]
    return weakest(sources)


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
    bare_city = without_assumed_lines(context.city)
    bare = context if bare_city is context.city else context.for_city(bare_city)
    return run_measures(context, bare, spec)[-1]


def measure_rows(measure: Measure, spec: KpiSpec, weights: dict[str, GroupWeights]) -> Iterator[KpiRow]:
    """Yield one row per group, unpivoted."""
    for group, people in weights.items():
        if not measure.speaks_of(group):
            continue
        if measure.missing:
            reason = join_notes(measure.missing, measure.note)
            yield KpiRow(spec.kpi_id, measure.setting, group, None, None, spec.unit, Status.NO_DATA, reason)
            continue
        value = group_value(measure, people)
        if value is None:
            yield KpiRow(spec.kpi_id, measure.setting, group, None, None, spec.unit, Status.NO_DATA, NOBODY)
            continue
        note = join_notes(measure.note, HALF_UNREACHED) if np.isinf(value) else measure.note
        yield KpiRow(spec.kpi_id, measure.setting, group, value, value, spec.unit, measure.status, note)


@dataclass(frozen=True, slots=True)
class _Nearest:
    """Minutes to the nearest of some facilities by walker; NaN where there are none."""

    context: RunContext

    def of(self, kind: str, walker: str) -> FloatArray:
        facilities = self.context.city.facilities
        places = outpatient_places(facilities) if kind == "clinic" else city_offices(facilities)
        if len(places) == 0:
            return np.full(self.context.n_cells, np.nan)
        return nearest_minutes(self.context, places, "older" if walker == "older" else "standard")


def cell_frame(context: RunContext) -> pd.DataFrame:
    """Return the table of cells; columns are declared in `sim.kpi.CELL_COLUMNS`."""
    population, params, nearest = context.city.population, context.params, _Nearest(context)
    district = np.append(population.district_id.astype(object), "")[population.district]
    narrow = CIRCLES["jr800-brt500"]
    circles = coverage_circles(context, params.coverage_station_m, params.coverage_stop_m)
    columns = {
        "cell_id": population.cell_id.astype(object),
        "lon": population.lonlat[:, 0],
        "lat": population.lonlat[:, 1],
        "district_id": district,
        "persons": population.total,
        "persons_65plus": population.at_least(65),
        "persons_75plus": population.at_least(75),
        "station_distance_m": station_distance_m(context),
        "catchment_share": default_catchment(context),
        "catchment_jr800_brt500_share": catchment_cover(context, *narrow),
        "transit_covered_share": context.cover(circles),
        "frequent_covered_share": context.cover(frequent_circles(context)),
        "clinic_nearest_min": nearest.of("clinic", "standard"),
        "clinic_nearest_min_older": nearest.of("clinic", "older"),
        "city_office_nearest_min": nearest.of("office", "standard"),
        "city_office_nearest_min_older": nearest.of("office", "older"),
        "shelter_walk_min": _shelter_minutes(context),
        "school_min": school_minutes(context),
        "works_min": works_minutes(context),
        "station_front_min": station_minutes(context, "standard"),
        "station_front_min_older": station_minutes(context, "older"),
        "last_bus_s": last_home_s(context, "standard"),
        "last_bus_s_older": last_home_s(context, "older"),
        "mobile_office_share": covered_share(context),
        "mobile_office_visits_per_month": visits_within_reach(context),
    }
    return pd.DataFrame(columns)


def default_catchment(context: RunContext) -> FloatArray:
    """Return cell → share in the catchment by the default definition; NaN where there is no station."""
    measure = next(iter(MEASURES["catchment_population_share"](context)))
    return np.full(context.n_cells, np.nan) if measure.missing else measure.standard


def station_distance_m(context: RunContext) -> FloatArray:
    """Return cell centre → straight line to the nearest JR station [m], shape (C,); inf where there is none."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 -- slow to load

    stations = station_xy(context.city.timetable)
    if len(stations) == 0:
        return np.full(context.n_cells, np.inf)
    distance: FloatArray = cKDTree(stations).query(context.city.population.xy)[0]
    return distance


def _shelter_minutes(context: RunContext) -> FloatArray:
    places = shelters_for(context.city.facilities, "default")
    if len(places) == 0:
        return np.full(context.n_cells, np.nan)
    return context.walk_minutes(context.city.facilities.xy[places], max_min=context.params.shelter_max_walk_min)


__all__ = ["build_context", "cell_frame", "find_measure", "run_measures", "run_models"]
