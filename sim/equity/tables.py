"""Owns the tables of fairness by district and of its indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import Text
from geodata.provenance import Status
from sim.equity.districts import district_shares, district_sums
from sim.equity.findings import (
    clinic_finding,
    clinic_minutes,
    office_finding,
    round_trip_finding,
    school_finding,
)
from sim.equity.indices import fgt, gini, palma, time_left
from sim.equity.people import WHO, Who, people_of, persons_of
from sim.kpi.clinic_measures import CLINIC_MEASURES, E2SFCA
from sim.kpi.equity_measures import GINI, PLACES, measure_gini, people_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.equity.findings import Finding
    from sim.kpi.measure import GroupWeights, Measure

DISTRICT_COLUMNS = (
    "district_id",
    "district",
    "district_en",
    "persons",
    "persons_75plus",
    "persons_75plus_no_licence",
    "clinic_share",
    "clinic_share_75plus",
    "clinic_share_75plus_no_licence",
    "rank",
    "round_trip_share_75plus_no_licence",
    "office_share_75plus_no_licence",
    "school_share",
    "e2sfca_mean",
    "over_limit_min_75plus",
    "status",
)
"""`rank`: 1 = lowest share of those without a licence. `over_limit_min_75plus`: mean minutes beyond the limit of those
of 75 and older who are beyond it, at most the budget. Shares 0–1; empty = no value."""
INDEX_COLUMNS = (
    "measure",
    "measure_ja",
    "measure_en",
    "group",
    "persons",
    "mean",
    "gini",
    "palma",
    "line",
    "fgt0",
    "fgt1",
    "fgt2",
    "gini_between_districts",
    "status",
    "note",
)
_TIME = Text(
    "医療機関までの時間の余裕（上限−所要、分）", "minutes left of the budget after a journey to the nearest clinic"
)
_INDEXED = {
    "default": Text("受診しやすさ（公共交通または徒歩）", "clinic access by public transport or on foot"),
    "car": Text("受診しやすさ（全員が自動車）", "clinic access, everybody by car"),
    PLACES: Text("時間内に行ける医療機関の数", "clinics and hospitals within the time limit"),
}


def equity_districts(context: RunContext) -> pd.DataFrame:
    """Return who reaches what by district, lowest first among those without a licence; districts with people only."""
    population = context.city.population
    none = np.full(len(population.district_id), np.nan)
    everybody = district_sums(population, persons_of(people_of(context, "all")))
    if len(none) == 0 or everybody.sum() <= 0:
        return pd.DataFrame(columns=list(DISTRICT_COLUMNS))
    who: tuple[Who, ...] = ("all", "75plus", "75plus-no-licence")
    clinic = [clinic_finding(context, each) for each in who]
    least = clinic[2]
    shares = [_shares(context, finding, none) for finding in clinic]
    columns = {
        "district_id": population.district_id.astype(object),
        "district": population.district_name.astype(object),
        "district_en": population.district_name_en.astype(object),
        "persons": everybody,
        "persons_75plus": _persons(context, clinic[1], none),
        "persons_75plus_no_licence": _persons(context, least, none),
        "clinic_share": shares[0],
        "clinic_share_75plus": shares[1],
        "clinic_share_75plus_no_licence": shares[2],
        "rank": _ranks(shares[2]),
        "round_trip_share_75plus_no_licence": _shares(context, round_trip_finding(context, who[2]), none),
        "office_share_75plus_no_licence": _shares(context, office_finding(context, who[2]), none),
        "school_share": _shares(context, school_finding(context), none),
        "e2sfca_mean": _e2sfca(context, none),
        "over_limit_min_75plus": _over_limit(context, none),
        "status": str(Status.NO_DATA if least.missing else least.status),
    }
    frame = pd.DataFrame(columns, columns=list(DISTRICT_COLUMNS))
    return frame[frame["persons"] > 0].sort_values(["rank", "district_id"], kind="stable", ignore_index=True)


def _shares(context: RunContext, finding: Finding, none: FloatArray) -> FloatArray:
    found = finding.by_district(context)
    return none if found is None else found.shares


def _persons(context: RunContext, finding: Finding, none: FloatArray) -> FloatArray:
    missing = finding.people.missing
    return none if missing else district_sums(context.city.population, persons_of(finding.people))


def _ranks(shares: FloatArray) -> FloatArray:
    """Return 1 for the lowest; equals share their rank; NaN stays."""
    return np.asarray(pd.Series(shares).round(9).rank(method="min"), dtype=np.float64)


def _e2sfca(context: RunContext, none: FloatArray) -> FloatArray:
    measure = next(iter(CLINIC_MEASURES[E2SFCA](context)))
    people = people_of(context, "all")
    if measure.missing or people.missing:
        return none
    return district_shares(context.city.population, measure, measure.weighed(people)).shares


def _over_limit(context: RunContext, none: FloatArray) -> FloatArray:
    """Return district → mean minutes beyond the limit of people of 75 and older who are beyond it; NaN = nobody is."""
    minutes, people = clinic_minutes(context), people_of(context, "75plus")
    if minutes is None or people.missing:
        return none
    limit_min = context.params.clinic_within_min
    most = limit_min * context.params.equity_budget_factor
    population, left, over = context.city.population, np.zeros(context.n_cells), np.zeros(context.n_cells)
    for time, persons in zip(minutes, (people.standard, people.older), strict=True):
        beyond = persons * (time > limit_min)
        left += beyond
        over += beyond * (np.minimum(time, most) - limit_min)
    counted = district_sums(population, left)
    return np.divide(district_sums(population, over), counted, out=none.copy(), where=counted > 0)


def equity_indices(context: RunContext) -> pd.DataFrame:
    """Return Gini, Palma and FGT of clinic access, by measure and people; measures without a value are left out."""
    return pd.DataFrame(list(_indices(context)), columns=list(INDEX_COLUMNS))


def _indices(context: RunContext) -> Iterator[tuple[object, ...]]:
    for measure in measure_gini(context):
        if measure.missing:
            continue
        for who in WHO:
            yield from _index_row(context, measure, who)
    yield from _time_rows(context)


def _index_row(context: RunContext, measure: Measure, who: Who) -> Iterator[tuple[object, ...]]:
    people = people_of(context, who)
    if people.missing:
        return
    everybody = people_of(context, "all")
    found = measure.of_group(who.removesuffix("-no-licence"))
    values, persons = _stacked(found, people)
    mean = _mean(values, persons)
    line = context.params.equity_line_share * _mean(*_stacked(measure, everybody))
    shortfalls = [fgt(values, persons, line, alpha) if line > 0 else np.nan for alpha in (0, 1, 2)]
    label = _INDEXED[measure.setting]
    status = people_status(context, measure.status, who)
    yield (
        f"{GINI}:{measure.setting}",
        label.ja,
        label.en,
        who,
        float(persons.sum()),
        mean,
        gini(values, persons),
        palma(values, persons),
        line,
        *shortfalls,
        _between(context, found, people),
        str(status),
        measure.note,
    )


def _time_rows(context: RunContext) -> Iterator[tuple[object, ...]]:
    minutes, limit_min = clinic_minutes(context), context.params.clinic_within_min
    if minutes is None:
        return
    factor = context.params.equity_budget_factor
    line = (factor - 1) * limit_min
    for who in WHO:
        finding = clinic_finding(context, who)
        if finding.missing:
            continue
        left = np.concatenate([time_left(time, limit_min, factor) for time in minutes])
        persons = np.concatenate([finding.people.standard, finding.people.older])
        shortfalls = [fgt(left, persons, line, alpha) for alpha in (0, 1, 2)]
        mean, status = _mean(left, persons), str(finding.status)
        counted = float(persons.sum())
        none = np.nan
        row = (counted, mean, none, none, line, *shortfalls, none, status, finding.measure.note)
        yield ("clinic_minutes_left", _TIME.ja, _TIME.en, who, *row)


def _stacked(measure: Measure, people: GroupWeights) -> tuple[FloatArray, FloatArray]:
    return np.concatenate([measure.standard, measure.older]), np.concatenate([people.standard, people.older])


def _mean(values: FloatArray, persons: FloatArray) -> float:
    total = float(persons.sum())
    return float(values @ persons) / total if total > 0 else float("nan")


def _between(context: RunContext, measure: Measure, people: GroupWeights) -> float:
    """Return the Gini coefficient of the districts' means: what is left if all in a district were alike."""
    population = context.city.population
    if len(population.district_id) == 0:
        return float("nan")
    found = district_shares(population, measure, people)
    return gini(np.nan_to_num(found.shares), found.persons)
