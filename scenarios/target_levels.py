"""Owns what a verdict on a target goes by: a value with its lines of uncertainty, and both without 見かけの変化."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING

from scenarios.splitting import base_residents
from scenarios.sureness import is_too_few
from scenarios.targets import DEFINITION, DRAWS, Interval, Level
from sim.apparent import apparent_share
from sim.pivot import PIVOTED
from sim.results import DEFAULT_SETTING
from sim.uncertainty.definition import SECOND_METHODS
from sim.uncertainty.draws import OTHER
from sim.uncertainty.lines import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from scenarios.runner import RunFolder
    from scenarios.store import StoredRun
    from sim.results import KpiRow, RunResult
    from sim.uncertainty.draws import Draws

NOTHING: Mapping[str, float] = MappingProxyType({})


def level_of(run: StoredRun | RunFolder, row: KpiRow, others: Mapping[str, float] = NOTHING) -> Level:
    """
    Return the value of a row with its lines of uncertainty.

    From the run's table of uncertainty; where it has no line of draws, from ``low`` and ``high`` of the row, and where
    it has none of definitions, from `others`, the values under other definitions. Too few draws are no
    line of draws. What the tool's other method says is in the line of definitions.
    """
    found: dict[str, Interval] = {}
    result = run.result
    table = None if result is None else tables_of(run).get(TABLE)
    if table is not None and {"kpi", "setting", "group", "line", "low", "high"} <= set(table.columns):
        hit = table[(table["kpi"] == row.kpi_id) & (table["setting"] == row.setting) & (table["group"] == row.group)]
        for line, low, high in zip(hit["line"], hit["low"], hit["high"], strict=True):
            if math.isfinite(low) and math.isfinite(high):
                found[str(line)] = Interval(str(line), float(low), float(high))
    if DRAWS not in found and row.low is not None and row.high is not None:
        found[DRAWS] = Interval(DRAWS, row.low, row.high)
    if is_too_few(run.manifest):
        found.pop(DRAWS, None)
    own = () if row.value is None else (row.value,)
    if DEFINITION not in found and others:
        found[DEFINITION] = Interval(DEFINITION, min(*others.values(), *own), max(*others.values(), *own))
    second = second_value(result, row)
    if second is not None:
        known = found.get(DEFINITION)
        ends = [second, *own, *(() if known is None else (known.low, known.high))]
        found[DEFINITION] = Interval(DEFINITION, min(ends), max(ends))
    return Level(row.value, tuple(found[name] for name in sorted(found, key=lambda name: name != DRAWS)))


def tables_of(run: StoredRun | RunFolder) -> Mapping[str, pd.DataFrame]:
    """Return the tables of a run that was read back, or of one just computed."""
    held: Mapping[str, pd.DataFrame] | None = getattr(run, "tables", None)
    return held if held is not None else {} if run.result is None else run.result.tables


def second_value(result: RunResult | None, row: KpiRow) -> float | None:
    """Return the value of a row by the tool's other method, where it has one."""
    setting = SECOND_METHODS.get(row.kpi_id)
    if setting is None or result is None or row.setting != DEFAULT_SETTING:
        return None
    other = result.find(row.kpi_id, setting, row.group)
    return None if other is None or other.value is None or not math.isfinite(other.value) else other.value


# ---------------------------------------------------------------- without 見かけの変化


def apparent_in(run: StoredRun | RunFolder, row: KpiRow, setting: str = "") -> float:
    """Return the part of a row's change since the baseline that is apparent; `setting`: of its row there."""
    key = row.kpi_id, setting or row.setting, row.group
    splits = () if run.result is None else run.result.splits
    return next((s.apparent for s in splits if (s.kpi_id, s.setting, s.group) == key), 0.0)


def without_apparent(
    run: StoredRun | RunFolder, row: KpiRow, level: Level, others: Mapping[str, float] = NOTHING
) -> Level | None:
    """
    Return a level without 見かけの変化; None where it has none.

    Each definition drifts by its own distance from the official figure, so the ends of that line are found anew: from
    what was evaluated with the draws, else from the values under other definitions (`others`). Draws move neither the
    levels nor the residents, so that their line shifts as the value does.
    """
    drift = apparent_in(run, row)
    if not drift or level.value is None:
        return None
    value = level.value - drift
    evaluated = list(_evaluated(run, row))
    ends = evaluated or [there - apparent_in(run, row, setting) for setting, there in others.items()]
    lines = []
    for one in level.intervals:
        shifted = Interval(one.line, one.low - drift, one.high - drift)
        anew = one.line == DEFINITION and ends
        lines.append(Interval(one.line, min(value, *ends), max(value, *ends)) if anew else shifted)
    return Level(value, tuple(lines))


def _evaluated(run: StoredRun | RunFolder, row: KpiRow) -> Iterator[float]:
    """Yield a row under other data and definitions, each without what is apparent of it."""
    draws, result, family = _draws_of(run), run.result, PIVOTED.get(row.kpi_id)
    if draws is None or result is None or family is None or row.setting != DEFAULT_SETTING:
        return
    place = {key: n for n, key in enumerate(draws.keys)}
    rate, absolute = (place.get((name, row.setting, row.group)) for name in (family.rate_id, family.absolute_id))
    residents = base_residents(result.kpis, result.splits)
    if rate is None or absolute is None or residents is None:
        return
    columns = draws.columns(OTHER)
    told = (draws.of(OTHER)[rate], draws.of(OTHER)[absolute], draws.models[absolute, columns])
    for share, inside, modelled in zip(*(part.tolist() for part in told), strict=True):
        if not math.isfinite(share + inside + modelled) or not share:
            continue
        drift = apparent_share(share, inside, modelled, residents)
        yield share - drift if row.kpi_id == family.rate_id else inside * (1 - drift / share)


def _draws_of(run: StoredRun | RunFolder) -> Draws | None:
    stored: Draws | None = getattr(run, "draws", None)
    return stored if stored is not None or run.result is None else run.result.draws
