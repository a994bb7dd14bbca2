"""Owns the rivals of the mobile city office: certificates at convenience stores, and fixed offices near by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clinic import OFFICE_KINDS, city_offices, nearest_minutes
from sim.mobile_office.free_time import AGES

if TYPE_CHECKING:
    from geodata.units import BoolArray, FloatArray
    from sim.context import RunContext, Walker
    from sim.params import Params

_OLDER = 65


def office_minutes(context: RunContext, walker: Walker) -> FloatArray:
    """Return cell → minutes to the nearest 本庁 or 支所 by public transport or on foot; inf where there is none."""
    facilities = context.facilities(*OFFICE_KINDS)
    places = city_offices(facilities)
    if len(places) == 0:
        return np.full(context.n_cells, np.inf)
    return nearest_minutes(context, facilities.xy[places], walker)


def office_minutes_by_age(context: RunContext) -> FloatArray:
    """Return cell, age group → minutes to the nearest fixed office; the older walker from its age on, shape (C, G)."""
    older_from = context.params.older_from_age
    return np.stack([office_minutes(context, "older" if age >= older_from else "standard") for age in AGES], axis=1)


def nearest_office(context: RunContext, xy: tuple[float, float]) -> tuple[str, float]:
    """Return the name of the fixed office nearest to a point, and the straight line to it [m]; "", inf if none."""
    facilities = context.facilities(*OFFICE_KINDS)
    places = city_offices(facilities)
    if len(places) == 0:
        return "", float("inf")
    apart_m = np.hypot(*(facilities.xy[places] - np.array(xy)).T)
    nearest = int(np.argmin(apart_m))
    return str(facilities.name[places[nearest]]), float(apart_m[nearest])


def near_office(minutes: FloatArray, params: Params) -> BoolArray:
    """Return where a fixed office counts as near."""
    near: BoolArray = minutes <= params.rival_office_within_min
    return near


def convenience_share(params: Params) -> FloatArray:
    """Return age group → share of certificates taken at convenience stores (コンビニ交付), shape (G,)."""
    young, older = params.convenience_choice_share, params.convenience_older_choice_share
    return params.card_holder_share * np.array([older if age >= _OLDER else young for age in AGES])
