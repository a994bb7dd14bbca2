"""Owns what one printed map shows: values by cell in the classes of the page, and what is drawn on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.addresses import UNREACHABLE
from app.features.compare.geometry import collect_layers
from app.features.compare.metrics import PERSONS_COLUMN, REACH, Metric, column_for, find_metric
from app.features.compare.paint import is_by_district
from app.features.compare.signs import with_facilities
from app.services import ROUNDING
from app.theme import class_colors, difference_colors

if TYPE_CHECKING:
    from app.report.order import Order, View
    from app.runs import Run
    from app.services import Services
    from geodata.units import FloatArray

NO_VALUE = "#c9d0d8"
LAND = "#fbfaf6"
EMPTY_OPACITY, LEAST, MORE, MOST, EVEN, UNKNOWN = 0.07, 0.14, 0.81, 0.95, 0.9, 0.6
"""How strongly cells are coloured, as on the page: nobody lives there, few, many; all alike; no value."""
EMPTY_ON_THE_WAY, ON_THE_WAY, LATE = 0.34, 0.8, 0.22
"""A journey leads through empty land too; over a time limit."""
DENSE = 0.9
"""Rank of the cell that counts as densely populated."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """
    One map.

    `values`: as stored, shape (C,). `color`: cell → opaque colour on the land, RGB 0–1, shape (C, 3); NaN: not drawn.
    `has_limit`: what lies over a time limit stands back.
    """

    metric: Metric
    run: Run
    reference: Run
    is_difference: bool
    by_district: bool
    values: FloatArray
    color: FloatArray
    breaks: tuple[float, ...]
    colors: tuple[str, ...]
    layers: dict[str, Any]
    has_limit: bool = False

    @property
    def unit(self) -> Any:
        """Unit of what is shown."""
        return self.metric.difference_unit if self.is_difference else self.metric.unit


def value_scene(order: Order, run: Run, reference: Run, beside: Run) -> Scene:
    """
    Return the map of the values of a run.

    `reference`: what lines are marked against. `beside`: whose residents say what is densely populated, as the right
    map on the page does.
    """
    metric = metric_of(order.view)
    by_district = is_by_district((run, reference, beside), metric.column)
    values = _column(order, run, metric.column, by_district=by_district)
    colors = tuple(class_colors(len(metric.breaks) + 1, metric.good))
    persons = persons_of(order, run)
    color = mix_colors(values, metric, metric.breaks, colors, persons, dense_of(persons_of(order, beside)))
    return Scene(
        metric, run, reference, False, by_district, values, color, metric.breaks, colors,
        layers_of(order.services, run, reference, metric.facilities),
    )  # fmt: skip


def difference_scene(order: Order, reference: Run, run: Run) -> Scene:
    """Return the map of what changes from the reference to a run."""
    metric = metric_of(order.view)
    by_district = is_by_district((run, reference), metric.column)
    before, after = (_column(order, one, metric.column, by_district=by_district) for one in (reference, run))
    values = differences(before, after)
    breaks = metric.difference_breaks
    colors = tuple(difference_colors(len(breaks) + 1, metric.good))
    persons = persons_of(order, run)
    color = mix_colors(values, metric, breaks, colors, persons, dense_of(persons))
    return Scene(
        metric, run, reference, True, by_district, values, color, breaks, colors,
        layers_of(order.services, run, reference, metric.facilities),
    )  # fmt: skip


def metric_of(view: View) -> Metric:
    """Return the metric of a view for its age group."""
    return find_metric(column_for(view.metric_name, view.group))


def differences(before: FloatArray, after: FloatArray) -> FloatArray:
    """
    Return after − before by cell, shape (C,); NaN = unknown.

    As on the page: 0 where a cell is out of reach on both sides, ±`UNREACHABLE` where reach itself changes.
    """
    lost = [np.where(np.isinf(side), np.sign(side) * UNREACHABLE, 0.0) for side in (before, after)]
    with np.errstate(invalid="ignore"):
        plain = after - before
    found: FloatArray = np.where((lost[0] != 0) | (lost[1] != 0), lost[1] - lost[0], plain)
    return np.where(np.isnan(before) | np.isnan(after), np.nan, found)


def classes_of(values: FloatArray, breaks: tuple[float, ...]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return cell → class; a value on a limit belongs to the class above; cells without a value get −1."""
    found = np.searchsorted(np.array(breaks), values, side="right")
    return np.where(np.isnan(values), -1, found)


def dense_of(persons: FloatArray) -> float:
    """Return the residents of a densely populated cell: nine in ten have fewer."""
    some = np.sort(persons[persons >= 1])
    return float(some[int(len(some) * DENSE)]) if len(some) else 1.0


def _column(order: Order, run: Run, column: str, *, by_district: bool) -> FloatArray:
    values = order.services.column(run, column, public=order.public, by_district=by_district)
    return np.round(values, ROUNDING).astype(np.float64)


def persons_of(order: Order, run: Run) -> FloatArray:
    """Return the residents of the age group of a view by cell, few of them hidden in public, shape (C,)."""
    return order.services.column(run, PERSONS_COLUMN[order.view.group], public=order.public)


def mix_colors(
    values: FloatArray,
    metric: Metric,
    breaks: tuple[float, ...],
    colors: tuple[str, ...],
    persons: FloatArray,
    dense: float,
    *,
    limit: float | None = None,
) -> FloatArray:
    """
    Return cell → colour as it looks on the land: faint where few live, as on the page.

    `limit`: what lies over it (under it, where more is better) stands back.
    """
    table = np.array([rgb(one) for one in (*colors, NO_VALUE)])
    known = classes_of(values, breaks)
    filled = np.nan_to_num(persons)
    opacity = np.minimum(MOST, LEAST + MORE * np.sqrt(filled / dense))
    if metric.column in PERSONS_COLUMN.values():
        opacity = np.full(len(values), EVEN)
    if metric.column == REACH:
        opacity = np.full(len(values), ON_THE_WAY)
    if limit is not None:
        late = values < limit if metric.good == "up" else values > limit
        opacity = np.where(late, opacity * LATE, opacity)
    opacity = np.where(filled < 1, EMPTY_ON_THE_WAY if metric.column == REACH else EMPTY_OPACITY, opacity)
    opacity = np.where(known < 0, opacity * UNKNOWN, opacity)
    opacity = np.where(np.isnan(persons), np.nan, opacity)[:, None]  # hidden from the public
    mixed: FloatArray = opacity * table[known] + (1 - opacity) * np.array(rgb(LAND))
    return mixed


def rgb(color: str) -> tuple[float, float, float]:
    """Return red, green, blue (0–1) of ``#rrggbb``."""
    red, green, blue = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return red, green, blue


def layers_of(services: Services, run: Run, reference: Run, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Return what is drawn on top, marked by what differs from the reference; only facilities of some kinds."""
    return with_facilities(collect_layers(services.layers_beside(run, reference)), kinds)
