"""Owns who lives within a walk of a visit of the mobile city office, and how many visits a month that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.mobile_office import MobileOfficePlan, OfficePlace
    from geodata.units import FloatArray
    from sim.context import RunContext


def open_places(plans: tuple[MobileOfficePlan, ...]) -> Iterator[tuple[OfficePlace, float]]:
    """Yield each place that has a visit, with its plan's catchment on foot [m]."""
    for plan in plans:
        for place in plan.places:
            if place.visits:
                yield place, plan.walk_m


def covered_share(context: RunContext, walk_m: float | None = None) -> FloatArray:
    """
    Return cell → share within a walk of any visit, shape (C,).

    Parameters
    ----------
    context
        The run.
    walk_m
        Catchment [m]; None = each plan's own.
    """
    places = open_places(context.city.mobile_offices)
    return context.reach_share([(np.array([place.xy]), walk_m or own) for place, own in places])


def visits_within_reach(context: RunContext) -> FloatArray:
    """Return cell → visits a month within a walk, averaged over the cell's area, shape (C,)."""
    visits = np.zeros(context.n_cells)
    for place, walk_m in open_places(context.city.mobile_offices):
        per_month = sum(visit.per_month for visit in place.visits)
        visits += per_month * context.reach_share([(np.array([place.xy]), walk_m)])
    return visits
