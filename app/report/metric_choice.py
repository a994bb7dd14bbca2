"""Owns which map a printed matter shows where nobody chose one: where most people see a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.features.compare.metrics import DEFAULT_METRIC
from app.features.compare.telling import change_of

if TYPE_CHECKING:
    from app.report.order import Order


CHOSEN_FROM = (
    DEFAULT_METRIC,
    "city_office_nearest_min",
    "station_front_min",
    "transit_covered_share",
    "frequent_covered_share",
    "catchment_share",
    "school_min",
    "works_min",
)
"""Metrics that measures move; how crowded a clinic is, which a smaller population moves too, is not among them."""
LEAST = 0.002
"""Mean change per resident, in strongest classes, below which a metric does not move."""
LAST = "mobile_office_share"
"""Where nothing else moves: visits are within reach or not, so that they would win over any minutes."""


def most_moved_metric(order: Order) -> str:
    """
    Return the metric that changes most for the most people over all pairs of an order, by the rule of the page.

    The usual one where nothing moves, or where it moves as much.
    """
    if all(change_of(order.services, *pair, name) < LEAST for pair in order.pairs for name in CHOSEN_FROM):
        moved_last = any(change_of(order.services, *pair, LAST) > 0 for pair in order.pairs)
        return LAST if moved_last else DEFAULT_METRIC
    moved = {name: sum(change_of(order.services, *pair, name) for pair in order.pairs) for name in CHOSEN_FROM}
    best = max(moved.values())
    return next(name for name in CHOSEN_FROM if moved[name] == best)
