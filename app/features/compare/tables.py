"""Owns the tables beside the maps: residents and values by district, for those who do not read maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.features.compare.metrics import PERSONS_COLUMN, Metric, find_metric, shown_column
from app.features.compare.paint import is_by_district
from app.features.compare.shown import shown_runs, shown_values
from app.features.compare.state import ViewState
from app.services import Run, Services
from app.small_numbers import withheld
from app.text import say
from geodata.units import FloatArray
from sim.kpi.words import format_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

Rows = list[dict[str, Any]]

# the words of the grid that can appear; everything else is switched off
GRID_WORDS = {
    "ja": {"noRowsToShow": "表示する行がありません", "loadingOoo": "読み込み中…"},
    "en": {},
}


def district_means(values: FloatArray, persons: FloatArray, district: np.ndarray[Any, Any], n: int) -> FloatArray:
    """
    Return the person-weighted mean by district; inf where someone is out of reach of everything, NaN without anyone.

    Parameters
    ----------
    values, persons, district
        Value, residents and district index of each cell, shape (C,); cells without a value do not count.
    n
        Number of districts.
    """
    known = ~np.isnan(values) & (persons > 0) & (district >= 0)
    reached = known & np.isfinite(values)
    weight = np.bincount(district[reached], persons[reached], n)
    total = np.bincount(district[reached], persons[reached] * values[reached], n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: FloatArray = total / weight
    lost = np.bincount(district[known & ~reached], persons[known & ~reached], n)
    return np.where((weight == 0) & (lost > 0), np.inf, mean)


def district_rows(services: Services, state: ViewState) -> tuple[Rows, ...]:
    """Return the rows of each map, all but the left with the change from it; small groups are withheld in public."""
    cells = services.city.population
    n = len(cells.district_id)
    column = shown_column(state)
    metric = find_metric(column)
    names = cells.district_name_en if state.lang == "en" else cells.district_name
    limit = services.city.defaults.public_min_persons if state.public else 0.0
    runs = tuple(shown_runs(services, state).values())
    by_district = is_by_district(runs, column)
    shown = [shown_values(services, run, state, by_district=by_district) for run in runs]
    sides = [_side(run, values, column, state, cells.district, n) for run, values in zip(runs, shown, strict=True)]
    tables: list[Rows] = []
    for side, (persons, values) in enumerate(sides):
        rows = []
        few = withheld(persons, limit)
        for k in range(n):
            small = bool(few[k])
            counted = None if small or np.isnan(persons[k]) else round(float(persons[k]))
            row: dict[str, Any] = {"district": str(names[k]), "persons": counted}
            row["value"] = None if small else _value(values[k], metric)
            if side:
                row["change"] = None if small else _cell(_change(sides[0][1][k], values[k]), metric)
            rows.append(row)
        tables.append(rows)
    return tuple(tables)


def joined_rows(rows: Mapping[str, Rows]) -> Rows:
    """Return the rows of several maps side by side: one row a district, fields named by the map."""
    return [
        {"district": one[0]["district"]}
        | {f"{key}_{side}": value for side, row in zip(rows, one, strict=True) for key, value in row.items()}
        for one in zip(*rows.values(), strict=True)
    ]


def joined_columns(state: ViewState, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the columns of `joined_rows`, those of a map under its title."""
    district = columns(state, right=False)[0] | {"pinned": "left", "width": 130}
    groups = [{"headerName": say(state.lang, "map"), "children": [district]}]
    for side, title in titles.items():
        own = columns(state, right=side != "left")[1:]
        children = [column | {"field": f"{column['field']}_{side}", "minWidth": 76} for column in own]
        groups.append({"headerName": f"{say(state.lang, f'scenario_{side}')}: {title}", "children": children})
    return groups


def _side(
    run: Run, values: FloatArray, column: str, state: ViewState, district: np.ndarray[Any, Any], n: int
) -> tuple[FloatArray, FloatArray]:
    persons = run.cells[PERSONS_COLUMN[state.group]].to_numpy(dtype=float)
    inside = district >= 0
    totals = np.bincount(district[inside], persons[inside], n).astype(np.float64)
    if column in PERSONS_COLUMN.values():
        return totals, totals
    return totals, district_means(values, persons, district, n)


def _change(left: float, right: float) -> float:
    return float(right - left) if np.isfinite(left) and np.isfinite(right) else float("nan")


def _cell(value: float, metric: Metric) -> float | None:
    return round(float(value) * metric.factor, metric.decimals) if np.isfinite(value) else None


def _value(value: float, metric: Metric) -> float | str | None:
    """Return a value as the table holds it: a time of day is text, which sorts as it reads."""
    return format_clock(value) if metric.clock and np.isfinite(value) else _cell(value, metric)


def columns(state: ViewState, *, right: bool) -> list[dict[str, Any]]:
    """Return the column definitions of one table."""
    metric = find_metric(shown_column(state))
    lang = state.lang
    digits = f",.{metric.decimals}f"
    found = [
        {"field": "district", "headerName": say(lang, "district"), "flex": 3, "minWidth": 110},
        _number(
            "persons",
            f"{say(lang, f'group_{state.group}')}（{say(lang, 'persons_unit')}）",
            ",.0f",
            none=say(lang, "hidden_short"),
        ),
        _text("value", say(lang, "value"))
        if metric.clock
        else _number("value", f"{say(lang, 'value')}（{metric.unit.get(lang)}）", digits),
    ]
    if right:
        unit = metric.difference_unit.get(lang)
        found.append(_number("change", f"{say(lang, 'difference')}（{unit}）", "+" + digits))
    return found


def _text(field: str, name: str) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": name,
        "type": "rightAligned",
        "flex": 2,
        "minWidth": 84,
        "valueFormatter": {"function": "params.value === null ? '–' : params.value"},
    }


def _number(field: str, name: str, digits: str, *, none: str = "–") -> dict[str, Any]:
    zero = "±0" if digits.startswith("+") else "0"
    shown = f"params.value === 0 ? '{zero}' : d3.format('{digits}')(params.value)"
    return {
        "field": field,
        "headerName": name,
        "type": "rightAligned",
        "flex": 2,
        "minWidth": 84,
        "valueFormatter": {"function": f"params.value === null ? '{none}' : {shown}"},
    }
